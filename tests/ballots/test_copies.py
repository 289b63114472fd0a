"""A letter asked for again: nothing done before the answer tells whose address it is."""

from collections.abc import Iterator

import pytest

from app.ballots import copies, enquiries
from app.keys.keyfile import KeyFile
from app.main import create_app
from app.settings import Settings
from app.store.db import Database
from app.worker import sending
from tests.conftest import Clock
from tests.making.booths import Booth, open_booth, served
from tests.making.posting import through
from tests.making.running import until
from tests.making.smtp import smtp_server
from tests.web.booth.test_front import letters_of, sent
from tests.web.test_limits import statements

# The queue is tried on both; by whom it is given turns on no SQL.
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

KNOWN, OFTEN, UNKNOWN = "nguoi2@vi-du.vn", "nguoi1@vi-du.vn", "nguoi-la@vi-du.vn"


@pytest.fixture
def booth(db: Database, keys: KeyFile, configured: Settings, clock: Clock) -> Iterator[Booth]:
    with open_booth(db, keys, configured, clock) as booth:
        yield booth


def ask(booth: Booth, address: str) -> str:
    response = booth.visitor().client.post("/gui-lai", data={"thu": address}, follow_redirects=True)
    assert response.status_code == 200
    return response.text


def test_asking_does_the_same_work_for_every_address(booth: Booth) -> None:
    booth.wave()
    booth.wave(code="hai")
    booth.wave(code="ba")
    sent(booth)
    asked = [KNOWN, UNKNOWN, OFTEN, "x" * 60 + "@vi-du.vn", KNOWN, UNKNOWN]
    work = [statements(booth.db, lambda a=address: ask(booth, a)) for address in asked]  # type: ignore[misc]
    assert work[0]
    assert all(each == work[0] for each in work)
    words = " ".join(work[0])
    assert "letter" not in words
    assert "respondent" not in words


def test_what_was_asked_for_survives_a_restart_and_goes_once(
    booth: Booth, db: Database, keys: KeyFile, configured: Settings
) -> None:
    _wave, (first, second, *_rest) = booth.wave()
    sent(booth)
    for address in (OFTEN, OFTEN.upper(), UNKNOWN, KNOWN, OFTEN):
        ask(booth, address)
    assert letters_of(booth, first) == ["invitation"]
    copies.give(db, "vi-du.vn")
    copies.give(db, "vi-du.vn")
    assert letters_of(booth, first) == letters_of(booth, second) == ["copy", "invitation"]
    assert not booth.dump()["copy_asked"]


def test_one_that_cannot_be_queued_keeps_no_other_waiting(
    booth: Booth, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    _wave, (first, second, *_rest) = booth.wave()
    sent(booth)
    real = enquiries.ask_copy

    def spoiled(session, address, now, domain):  # type: ignore[no-untyped-def]
        real(session, address, now, domain)
        if address == OFTEN:
            raise ValueError(address)

    monkeypatch.setattr(enquiries, "ask_copy", spoiled)
    ask(booth, OFTEN)
    ask(booth, KNOWN)
    copies.give(db, "vi-du.vn")
    assert letters_of(booth, first) == ["invitation"], "half of it was taken back"
    assert letters_of(booth, second) == ["copy", "invitation"]
    assert not booth.dump()["copy_asked"]


@SQLITE
def test_the_server_gives_what_was_asked_for_by_itself(
    booth: Booth, db: Database, keys: KeyFile, configured: Settings
) -> None:
    _wave, (first, *_rest) = booth.wave()
    sent(booth)
    with served(create_app(configured, db, keys, with_worker=True)) as url:
        other = Booth(url, db, keys, booth.clock, booth.app)
        ask(other, OFTEN)
        until(lambda: letters_of(booth, first) == ["copy", "invitation"], "the copy is queued")
        for client in other.clients:
            client.close()


def test_phieu_send_sends_what_was_asked_for(
    booth: Booth, db: Database, keys: KeyFile, configured: Settings
) -> None:
    booth.wave()
    sent(booth)
    ask(booth, OFTEN)
    ask(booth, UNKNOWN)
    with smtp_server() as server:
        assert sending.send_due(db, keys, through(configured, server)).sent == 1
    assert [kept.message["To"] for kept in server.kept if OFTEN in kept.message["To"]]
