"""Who took part: told after the close, where the index says so, and never to collect more."""

from dataclasses import replace
from datetime import timedelta

import pytest

from app.audit import chain
from app.ballots.ballot import GRACE
from app.count import unsealing
from app.keys.keyfile import KeyFile
from app.settings import Settings
from app.store.db import Database
from app.store.models import Wave
from app.text.order import person_key
from app.waves import participation, proposals
from app.waves import wave as waves
from app.waves.closing import close, extend
from app.waves.wave import WaveRefused
from tests.conftest import Clock
from tests.making.blocks import cast_all, make_index, make_people, make_wave
from tests.making.consoles import Clerk, desk_of
from tests.making.rosters import workbook

CODE = "co"
PATH = f"/quan-tri/dot/{CODE}"
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def open_wave(
    db: Database, keys: KeyFile, name: str = "participation-list", two_people: bool = False
) -> Wave:
    """An open wave of twenty people, of whom twelve have cast."""
    index = make_index(name)
    invited = [
        replace(person, name=f"{'ZĐAÁÂ'[place % 5]}n {19 - place}")
        for place, person in enumerate(make_people(index, 20))
    ]
    wave = make_wave(db, keys, index, invited, code=CODE, two_people=two_people)
    cast_all(db, keys, wave, share=0.6, seed=4)
    return wave


def end(db: Database) -> None:
    with db.transaction() as session:
        close(db, session, waves.load(session, CODE))


def offers(clerk: Clerk, path: str) -> bool:
    """Whether the page of the list has a form to an address."""
    clerk.open(f"{PATH}/danh-sach")
    return any(form.action.endswith(path) for form in clerk.forms)


@SQLITE
def test_who_took_part_stands_in_the_order_of_the_alphabet_with_the_agency_by_name(
    db: Database, keys: KeyFile
) -> None:
    open_wave(db, keys)
    end(db)
    unsealing.unseal(db, keys, CODE)
    with db.transaction() as session:
        wave = waves.load(session, CODE)
        lines = participation.list_them(session, wave, db.now(session))
        assert wave.listed_at is None, "an opened wave cannot be extended anyway"
    told = [person_key(name) for name, _position, _agency in lines]
    assert len(told) == 12
    assert told == sorted(told)
    units = {unit.name for unit in make_index("participation-list").units}
    assert {agency for _name, _position, agency in lines} <= {*units, "UBND xã"}


@SQLITE
def test_nobody_is_told_where_the_index_does_not_say_so(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    open_wave(db, keys, "pooled")
    end(db)
    clerk = desk_of(db, keys, configured)
    assert not offers(clerk, "/tham-gia")
    with db.transaction() as session, pytest.raises(WaveRefused, match="thư mời đã không"):
        participation.list_them(session, waves.load(session, CODE), db.now(session))


def test_a_list_drawn_before_the_opening_ends_all_extending(
    db: Database, keys: KeyFile, configured: Settings, clock: Clock
) -> None:
    first, second = (desk_of(db, keys, configured) for _officer in range(2))
    open_wave(db, keys, two_people=True)
    assert not offers(second, "/tham-gia")
    assert "lập được sau khi kết thúc thu phiếu" in second.text
    with db.transaction() as session, pytest.raises(WaveRefused, match="sau khi đã kết thúc"):
        participation.list_them(session, waves.load(session, CODE), db.now(session))
    end(db)
    first.open(f"{PATH}/gia-han").submit(
        {"ngay": "31/12/2026", "gio": "", "ma-xac-thuc": first.code()}, "Đề nghị gia hạn"
    )
    confirming = second.open(f"{PATH}/gia-han").form_to("/gia-han")

    second.open(f"{PATH}/danh-sach").send(second.form_to("/tham-gia"), {"ma-xac-thuc": "000000"})
    assert (bool(second.refused), second.title[:4]) == (True, "Lỗi:")
    with db.reading() as session:
        assert waves.load(session, CODE).listed_at is None
    heading, *lines = workbook(second, "/tham-gia", second.code())
    assert heading == ["Họ và tên", "Chức vụ", "Cơ quan"]
    assert len(lines) == 12

    with db.reading() as session:
        wave, now = waves.load(session, CODE), db.now(session)
        assert proposals.waiting(session, wave, now) == []
    second.send(confirming, {"ma-xac-thuc": second.code()})
    assert second.refused == "Trang vừa gửi đã cũ"
    second.open(f"{PATH}/gia-han")
    assert "không gia hạn được nữa" in second.text
    assert not [form for form in second.forms if form.action.endswith("/gia-han")]
    with db.transaction() as session, pytest.raises(WaveRefused, match="không gia hạn được nữa"):
        extend(db, session, waves.load(session, CODE), now + timedelta(days=1))
    # It can be drawn again, without a code.
    second.open(f"{PATH}/danh-sach")
    assert workbook(second, "/tham-gia")[1:] == lines
    with db.reading() as session:
        deeds = [line.action for line in chain.lines(session)]
    assert deeds.count("roster.participation") == 2


@SQLITE
def test_a_scheduled_close_is_final_only_after_its_grace(
    db: Database, keys: KeyFile, clock: Clock
) -> None:
    wave = open_wave(db, keys)
    for minutes, final in ((1, False), (GRACE.total_seconds() // 60, True)):
        clock.now = wave.closes_at + timedelta(minutes=minutes)
        with db.transaction() as session:
            found = waves.load(session, CODE)
            if final:
                assert len(participation.list_them(session, found, db.now(session))) == 12
            else:
                with pytest.raises(WaveRefused, match="sau khi đã kết thúc"):
                    participation.list_them(session, found, db.now(session))
