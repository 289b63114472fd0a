"""Who has something to do in a wave hears of it by letter: once, and nothing that is not theirs."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest
from sqlalchemy import update
from sqlmodel import col, select

from app.audit import chain
from app.ballots.ballot import GRACE
from app.count import scoresheets, unsealing
from app.keys.keyfile import KeyFile
from app.language import moment
from app.letters import errands
from app.roster import people
from app.settings import Settings
from app.staff import letters as staffletters
from app.staff import outbox
from app.store.db import Database
from app.store.models import Letter
from app.store.officemodels import FailuresTold
from app.store.staffmodels import Staff, StaffLetter
from app.waves import closing, deeds, proposals, summons
from app.waves import wave as waves
from app.waves.deeds import Deed
from app.waves.proposals import Second
from app.waves.wave import id_of
from tests.conftest import Clock
from tests.making.blocks import cast_all, make_wave
from tests.making.consoles import make_staff, stranger

CODE = "dot-thu"
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def office(db: Database, keys: KeyFile) -> dict[str, int]:
    """Two officers and the council, with a wave of the two; a third officer who came later."""
    found = {
        who: make_staff(db, keys, role, name=name)[0]
        for who, role, name in (
            ("first", "officer", "Trần Thu Hà"),
            ("second", "officer", "Lò Văn B"),
            ("council", "council", "Nguyễn Thị C"),
        )
    }
    make_wave(db, keys, two_people=True)
    found["later"] = make_staff(db, keys, "officer", name="Phạm Văn D")[0]
    return found


def propose(db: Database, staff_id: int, deed: Callable[..., Deed] = deeds.void, *more: Any) -> int:
    with db.transaction() as session:
        wave = waves.load(session, CODE)
        said = deed(*(more or (1,)))
        return proposals.propose(session, wave, said, staff_id, db.now(session))


def close(db: Database, keys: KeyFile, who: str = chain.CLOCK) -> None:
    with db.transaction() as session:
        wave = waves.load(session, CODE)
        closing.close(db, session, wave)
        closing.note_closing(session, keys, wave, who, db.now(session))


def waiting(db: Database, kind: str) -> list[int]:
    """To whom letters of a kind wait, by number of account."""
    with db.reading() as session:
        rows = session.scalars(
            select(StaffLetter).where(
                col(StaffLetter.kind) == kind,
                col(StaffLetter.sent_at).is_(None),
                col(StaffLetter.failed_at).is_(None),
            )
        ).all()
    return sorted(row.staff_id for row in rows)


def read(
    db: Database, keys: KeyFile, configured: Settings, kind: str
) -> list[tuple[str, str, str]]:
    """Those that would go now: to whom, subject, text; the relay takes them."""
    found = []
    with db.transaction() as session:
        now = db.now(session)
        while taken := outbox.take(session, now):
            data = staffletters.render(session, keys, configured, "a@vi-du.vn", taken, now)
            outbox.record(session, taken, now, "", final=True)
            if taken.kind == kind:
                message: Any = message_from_bytes(data, policy=default)
                text = message.get_body().get_content()
                assert "\n\n\n" not in text
                found.append((taken.name, message["Subject"], text))
    return found


def test_a_proposal_calls_the_second_one_and_nobody_else(
    db: Database, keys: KeyFile, configured: Settings, office: dict[str, int]
) -> None:
    propose(db, office["first"])
    assert waiting(db, "proposal") == [office["second"]]
    ((name, subject, text),) = read(db, keys, configured, "proposal")
    assert name == "Lò Văn B"
    assert subject == "Chờ xác nhận: Cấp lại phiếu của một người (đợt dot-thu)"
    assert "Trần Thu Hà vừa đề nghị: Cấp lại phiếu của một người." in text
    with db.reading() as session:
        (asked,) = proposals.waiting(session, waves.load(session, CODE), db.now(session))
        everyone = people.everyone(session, id_of(waves.load(session, CODE)))
    assert f"trước {moment(asked.until)}" in text
    assert f"http://127.0.0.1:8000/quan-tri/dot/{CODE}/danh-sach/1" in text.splitlines()
    assert not [each for each in everyone if each.name in text or each.email in text]


@SQLITE
@pytest.mark.parametrize("kept", [True, False])
def test_a_proposal_that_is_refused_or_undone_calls_nobody(
    db: Database, office: dict[str, int], kept: bool
) -> None:
    if kept:
        propose(db, office["first"])
    with pytest.raises(waves.WaveRefused):
        propose(db, office["second"] if kept else office["later"])
    assert waiting(db, "proposal") == ([office["second"]] if kept else [])


@pytest.mark.parametrize("way", ["withdrawn", "confirmed", "too late"])
def test_a_letter_about_a_proposal_that_waits_no_more_does_not_go(
    db: Database,
    keys: KeyFile,
    configured: Settings,
    office: dict[str, int],
    clock: Clock,
    way: str,
) -> None:
    asked, other = propose(db, office["first"]), propose(db, office["second"], deeds.void, 2)
    with db.transaction() as session:
        wave, now = waves.load(session, CODE), db.now(session)
        if way == "withdrawn":
            proposals.withdraw(session, wave, asked, now)
        elif way == "confirmed":
            second = Second(asked, office["second"])
            proposals.confirm(session, wave, deeds.void(1), second, now)
        else:
            proposals.withdraw(session, wave, other, now)
            clock.now += proposals.LASTS
    found = read(db, keys, configured, "proposal")
    assert [name for name, _subject, _text in found] == (
        [] if way == "too late" else ["Trần Thu Hà"]
    )


def test_of_a_closing_all_officers_hear_but_who_ordered_it(
    db: Database, keys: KeyFile, configured: Settings, office: dict[str, int]
) -> None:
    with db.reading() as session:
        who = session.get_one(Staff, office["first"])
        said = f"{who.name} <{who.email}>"
    close(db, keys, said)
    assert waiting(db, "closed") == sorted([office["second"], office["later"]])
    found = read(db, keys, configured, "closed")
    for _name, subject, text in found:
        assert subject == "Đã kết thúc thu phiếu, mở được hòm phiếu (đợt dot-thu)"
        assert "Cần hai chuyên viên" in text
        assert f"http://127.0.0.1:8000/quan-tri/dot/{CODE}/mo-hom-phieu" in text.splitlines()


@SQLITE
def test_an_extension_or_the_opening_takes_back_what_says_that_it_can_be_opened(
    db: Database, keys: KeyFile
) -> None:
    make_staff(db, keys, "officer")
    make_wave(db, keys)
    close(db, keys)
    assert len(waiting(db, "closed")) == 1
    with db.transaction() as session:
        wave, now = waves.load(session, CODE), db.now(session)
        closing.extend(db, session, wave, now + timedelta(days=20))
    assert waiting(db, "closed") == []
    close(db, keys)
    unsealing.unseal(db, keys, CODE)
    assert waiting(db, "closed") == []


def test_two_processes_that_close_by_the_clock_call_once(
    db: Database, keys: KeyFile, office: dict[str, int], clock: Clock
) -> None:
    clock.now += timedelta(days=10) + GRACE
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _turn: closing.settle_all(db, keys), range(4)))
    assert waiting(db, "closed") == sorted(office[who] for who in ("first", "second", "later"))


def test_results_are_told_to_officers_and_council_once_a_sheet(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    to = sorted(make_staff(db, keys, role)[0] for role in ("officer", "council", "admin"))[:2]
    cast_all(db, keys, make_wave(db, keys))
    close(db, keys)
    unsealing.unseal(db, keys, CODE)
    for _time in range(2):
        with db.transaction() as session:
            scoresheets.score(db, session, CODE)
    assert waiting(db, "scored") == to
    for _name, subject, text in read(db, keys, configured, "scored"):
        assert subject == "Đã có bảng điểm số 1 (đợt dot-thu)"
        assert f"http://127.0.0.1:8000/quan-tri/dot/{CODE}/ket-qua" in text.splitlines()
    with db.transaction() as session:
        summons.whole_made(session, waves.load(session, CODE), 2, db.now(session))
    assert waiting(db, "whole") == to
    for _name, subject, text in read(db, keys, configured, "whole"):
        assert subject == "Đã có bảng điểm cả bộ chỉ số, số 2 (đợt dot-thu)"
        assert f"http://127.0.0.1:8000/quan-tri/dot/{CODE}/ca-bo" in text.splitlines()


@SQLITE
def test_a_rehearsal_calls_nobody_for_what_has_no_second_person(
    db: Database, keys: KeyFile
) -> None:
    make_staff(db, keys, "officer")
    cast_all(db, keys, make_wave(db, keys, rehearsal=True))
    fail(db, 3)
    summons.tell_failures(db)
    close(db, keys)
    unsealing.unseal(db, keys, CODE)
    with db.transaction() as session:
        scoresheets.score(db, session, CODE)
    assert [waiting(db, kind) for kind in ("closed", "scored", "failed")] == [[], [], []]


def fail(db: Database, count: int, rest: str = "sent") -> None:
    """The first invitations that have not failed yet do, and the others are gone."""
    with db.transaction() as session:
        left = (col(Letter.kind) == "invitation", col(Letter.state) != "failed")
        ids = session.scalars(select(col(Letter.id)).where(*left).order_by(col(Letter.id))).all()
        change = update(Letter).where(col(Letter.id).in_(ids[:count])).values(state="failed")
        session.connection().execute(change)
        others = update(Letter).where(col(Letter.id).in_(ids[count:])).values(state=rest)
        session.connection().execute(others)


def test_what_failed_is_told_in_sum_and_once_a_day_whoever_looks(
    db: Database, keys: KeyFile, configured: Settings, office: dict[str, int], clock: Clock
) -> None:
    officers = sorted(office[who] for who in ("first", "second", "later"))
    fail(db, 0)
    summons.tell_failures(db)
    assert waiting(db, "failed") == []
    fail(db, 11)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _turn: summons.tell_failures(db), range(4)))
    assert waiting(db, "failed") == officers
    found = read(db, keys, configured, "failed")
    assert {subject for _name, subject, _text in found} == {
        "11 thư mời không gửi được (đợt dot-thu)"
    }
    assert f"/quan-tri/dot/{CODE}/theo-doi#thu-hong" in found[0][2]
    fail(db, 2)
    clock.move(hours=23)
    summons.tell_failures(db)
    assert waiting(db, "failed") == [], "not twice a day"
    clock.move(hours=2)
    summons.tell_failures(db)
    assert [subject for _n, subject, _t in read(db, keys, configured, "failed")] == [
        "13 thư mời không gửi được (đợt dot-thu)"
    ] * 3
    clock.move(hours=30)
    summons.tell_failures(db)
    assert waiting(db, "failed") == [], "nothing new failed"


@SQLITE
def test_what_failed_is_told_when_a_launch_is_through_or_takes_hours(
    db: Database, office: dict[str, int], clock: Clock
) -> None:
    fail(db, 1, rest="queued")
    summons.tell_failures(db)
    assert waiting(db, "failed") == []
    clock.move(hours=2)
    summons.tell_failures(db)
    assert len(waiting(db, "failed")) == 3


@SQLITE
@pytest.mark.parametrize("written", ["[[1]]", "{", '{"1": 1}', "[" * 5000])
def test_a_line_about_failures_that_somebody_wrote_stops_no_letter(
    db: Database, office: dict[str, int], clock: Clock, written: str
) -> None:
    fail(db, 2)
    with db.transaction() as session:
        wave_id, before = id_of(waves.load(session, CODE)), clock.now - timedelta(days=2)
        session.add(FailuresTold(wave_id=wave_id, told_at=before, letters=written))
    summons.tell_failures(db)
    assert len(waiting(db, "failed")) == 3


@pytest.mark.parametrize("altered", ["address", "who", "facts", "roles"])
@SQLITE
def test_an_altered_row_makes_no_letter_to_a_stranger(
    db: Database,
    keys: KeyFile,
    configured: Settings,
    office: dict[str, int],
    altered: str,
) -> None:
    stranger_, _secret = make_staff(db, keys, "admin", name="Người lạ")
    if altered == "roles":
        with db.transaction() as session:
            session.get_one(Staff, stranger_).roles = "officer"
    close(db, keys)
    with db.transaction() as session:
        if altered == "address":
            session.get_one(Staff, office["first"]).email = "ai-do@vi-du.vn"
        row = session.scalars(
            select(StaffLetter).where(
                col(StaffLetter.kind) == "closed", col(StaffLetter.staff_id) == office["first"]
            )
        ).one()
        if altered == "who":
            row.staff_id = stranger_
        elif altered == "facts":
            row.facts = row.facts.replace("mo-hom-phieu", "../../ai-do")
    found = [name for name, _subject, _text in read(db, keys, configured, "closed")]
    assert "Người lạ" not in found
    assert ("Trần Thu Hà" in found) == (altered == "roles")


@SQLITE
@pytest.mark.parametrize("written", ["[]", "{", "[" * 5000])
def test_a_letter_that_somebody_wrote_keeps_no_proposal_from_being_taken_back(
    db: Database, office: dict[str, int], written: str
) -> None:
    asked = propose(db, office["first"])
    with db.transaction() as session:
        session.add(
            StaffLetter(
                kind="proposal", staff_id=office["later"], facts=written, due_at=db.now(session)
            )
        )
    with db.transaction() as session:
        proposals.withdraw(session, waves.load(session, CODE), asked, db.now(session))
    assert waiting(db, "proposal") == [office["later"]]


def test_a_sender_that_was_killed_is_followed_by_one_with_the_same_message_id(
    db: Database, keys: KeyFile, configured: Settings, office: dict[str, int], clock: Clock
) -> None:
    propose(db, office["first"])

    def taken() -> str:
        with db.transaction() as session:
            now = db.now(session)
            found = outbox.take(session, now)
            if found is None:
                return ""
            data = staffletters.render(session, keys, configured, "a@vi-du.vn", found, now)
            return str(message_from_bytes(data)["Message-ID"])

    first = taken()
    assert first
    assert taken() == "", "in one sender's hands"
    clock.now += errands.CLAIM + timedelta(seconds=1)
    assert taken() == first


@SQLITE
def test_no_letter_tells_how_many_have_cast(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    make_staff(db, keys, "officer", name="Trần Thu Hà")
    said = []
    for code, share in (("dot-mot", 0.3), ("dot-hai", 1.0)):
        cast_all(db, keys, make_wave(db, keys, code=code), share=share)
        with db.transaction() as session:
            wave = waves.load(session, code)
            closing.close(db, session, wave)
            closing.note_closing(session, keys, wave, chain.CLOCK, db.now(session))
        unsealed = read(db, keys, configured, "closed")
        unsealing.unseal(db, keys, code)
        with db.transaction() as session:
            scoresheets.score(db, session, code)
        unsealed += read(db, keys, configured, "scored")
        said.append([text.replace(code, "CODE") for _name, _subject, text in unsealed])
    assert said[0] == said[1]
    assert len(said[0]) == 2


@SQLITE
def test_the_link_of_a_letter_leads_through_the_sign_in_to_its_page(
    db: Database, keys: KeyFile, configured: Settings, office: dict[str, int]
) -> None:
    propose(db, office["first"])
    ((_name, _subject, text),) = read(db, keys, configured, "proposal")
    link = next(line for line in text.splitlines() if "/quan-tri/" in line)
    path = link.removeprefix("http://127.0.0.1:8000")
    guest = stranger(db, keys, configured)
    guest.open(path)
    assert guest.path.partition("?")[0] == "/quan-tri/dang-nhap"
    assert guest.form.values["tiep"] == [path]
