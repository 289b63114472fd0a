"""What a supervisor hears: 503 for what lacks in this process, a warning for all else."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import text

from app.audit import chain
from app.doctor import clocks
from app.keys.keyfile import KeyFile
from app.letters import stops
from app.settings import Settings
from app.store import upkeep
from app.store.migrating import revisions
from tests.conftest import Clock
from tests.making.booths import Booth, open_booth
from tests.store.test_upkeep import switch_on


@pytest.fixture
def booth(db: object, keys: KeyFile, configured: Settings, clock: Clock) -> Iterator[Booth]:
    with open_booth(db, keys, configured, clock) as booth:  # type: ignore[arg-type]
        yield booth


def asked(booth: Booth) -> tuple[int, list[str], list[str]]:
    answer = booth.visitor().client.get("/ready")
    said = answer.json()
    assert said["ready"] == (answer.status_code == 200)
    return answer.status_code, said["reasons"], said["warnings"]


def stand_at(booth: Booth, number: str) -> None:
    with booth.db.transaction() as session:
        set_to = text("UPDATE alembic_version SET version_num = :number")
        session.connection().execute(set_to, {"number": number})


def test_alive_and_health_are_one(booth: Booth) -> None:
    client = booth.visitor().client
    assert client.get("/health").text == client.get("/alive").text == "ok\n"


def test_tables_of_before_are_not_ready_those_of_the_next_release_are(booth: Booth) -> None:
    assert asked(booth) == (200, [], [])
    stand_at(booth, revisions()[-2])
    status, reasons, _warnings = asked(booth)
    stand_at(booth, revisions()[-1])
    assert (status, len(reasons)) == (503, 1)
    assert "chưa được nâng" in reasons[0]
    # As an upgrade leaves them, while this process still serves.
    stand_at(booth, "9999")
    try:
        assert asked(booth) == (200, [], [])
    finally:
        stand_at(booth, revisions()[-1])


def test_letters_that_stand_still_are_a_warning_once_somebody_has_to_act(booth: Booth) -> None:
    with booth.db.transaction() as session:
        now = booth.db.now(session)
        stops.mark(session, stops.OUT, now, "tên máy bí mật", for_good=False)
    assert asked(booth) == (200, [], [])
    with booth.db.transaction() as session:
        now = booth.db.now(session)
        stops.mark(session, stops.OUT, now, "tên máy bí mật", for_good=True)
    status, _reasons, warnings = asked(booth)
    assert status == 200
    assert warnings == ["Thư không gửi đi được; trang quản trị ghi vì sao."]


def test_a_clock_that_went_back_or_differs_is_a_warning(booth: Booth, clock: Clock) -> None:
    with booth.db.transaction() as session:
        chain.note(session, booth.keys, booth.db.now(session), "An", "roster.add")
    before = clock.now
    clock.now = before - timedelta(minutes=5)
    assert asked(booth)[2] == ["Đồng hồ máy chủ sai; “phieu doctor” nói rõ."]
    clock.now = before
    assert asked(booth) == (200, [], [])


def test_a_clock_of_another_machine_that_differs_is_told(
    booth: Booth, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = clock.now + timedelta(seconds=45)
    monkeypatch.setattr(booth.db, "now", lambda _session: here)
    with booth.db.reading() as session:
        assert "lệch nhau 45 giây" in clocks.wrong(booth.db, session)


def test_the_switch_for_upgrades_is_a_warning(booth: Booth) -> None:
    switch_on(booth.db)
    with booth.db.reading() as session:
        assert upkeep.standing(session) is not None
    assert asked(booth) == (200, [], ["Hệ thống đang bảo trì: chỉ xem được."])
