"""One person in the console: taken off and brought back, and two officers at once."""

import random
import threading
from dataclasses import replace

import pytest
from sqlmodel import col, select

from app.ballots import ballot as ballots
from app.keys.keyfile import KeyFile
from app.preparation import drafts, steps
from app.roster import listing, people
from app.roster.file import Person
from app.settings import Settings
from app.store.db import Database
from app.store.models import Ballot, Letter, Respondent
from app.waves import closing, corrections, launch, situation
from app.waves import wave as waves
from app.waves.wave import WaveRefused, id_of
from tests.conftest import first_on_both
from tests.making.blocks import cast_ballot, make_answers, make_index, make_wave, names
from tests.making.consoles import Clerk, desk_of
from tests.making.rosters import (
    GROUP,
    PATH,
    count,
    draft_of,
    drafting,
    listed,
    people_of,
    put,
    table,
    workbook,
)

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
DOMAIN = "vi-du.vn"


@pytest.fixture
def clerk(db: Database, keys: KeyFile, configured: Settings) -> Clerk:
    """An officer with a draft and twelve people."""
    return put(drafting(db, keys, configured), people_of(12))


def id_of_name(db: Database, name: str) -> int:
    with db.reading() as session:
        return session.scalars(select(col(Respondent.id)).where(col(Respondent.name) == name)).one()


def remove(clerk: Clerk, db: Database, name: str) -> str:
    """Take somebody off; gives the address of the page."""
    path = f"{PATH}/{id_of_name(db, name)}"
    clerk.open(path)
    clerk.send(clerk.form_to("/bo"))
    assert (clerk.status, clerk.path) == (200, path)
    return path


def test_before_the_launch_a_removal_is_undone_as_if_it_had_not_been(
    clerk: Clerk, db: Database
) -> None:
    before = workbook(clerk.open(PATH), "/xuat")
    path = remove(clerk, db, "Người thứ 3")
    assert "đã bỏ khỏi danh sách" in clerk.heading
    clerk.open(PATH)
    assert "Người thứ 3" not in listed(clerk)
    assert clerk.link("Đã bỏ khỏi danh sách: 1 người").endswith("/da-bo")
    clerk.open(f"{PATH}/da-bo")
    assert listed(clerk) == ["Người thứ 3"]
    clerk.send(clerk.form_to("/khoi-phuc"))
    assert (clerk.status, clerk.path) == (200, path)
    assert workbook(clerk.open(PATH), "/xuat") == before
    clerk.open(f"{PATH}/da-bo")
    assert "Chưa bỏ ai" in clerk.text


def test_who_was_removed_is_counted_nowhere_and_gets_no_ballot(
    clerk: Clerk, db: Database, keys: KeyFile, configured: Settings
) -> None:
    remove(clerk, db, "Người thứ 3")
    assert count(db) == 11
    clerk.open(PATH)
    assert "11 người, 1 cơ quan" in clerk.text
    assert len(workbook(clerk, "/xuat")) == 12
    assert table(clerk.open(f"{PATH}/co-quan"), "co-quan") == [["UBND xã", "không", "11"]]
    with db.reading() as session:
        wave_id = id_of(draft_of(session))
        assert sum(steps.people(session, wave_id).values()) == 11
        assert steps.outside(session, wave_id) == 11
        assert people.elsewhere(session, 0) == [("nhap", 11)], "what another wave may take over"
        assert listing.page(session, wave_id, "nguoi3@vi-du.vn")[1] == 0
    with db.transaction() as session:
        assert launch.launch(db, session, keys, configured, draft_of(session)) == 11
    with db.reading() as session:
        assert len(session.exec(select(Ballot)).all()) == 11
        assert len(session.exec(select(Letter)).all()) == 11


def test_who_was_removed_before_the_launch_and_comes_back_after_it_gets_a_ballot(
    clerk: Clerk, db: Database, keys: KeyFile, configured: Settings
) -> None:
    for name in ("Người thứ 3", "Người thứ 4"):
        remove(clerk, db, name)
    stale = clerk.form_to("/khoi-phuc")
    with db.transaction() as session:
        launch.launch(db, session, keys, configured, draft_of(session))
    clerk.send(stale)
    assert clerk.refused == "Trang vừa gửi đã cũ", "the page did not say that a letter goes out"
    clerk.open(stale.action.removesuffix("/khoi-phuc"))
    assert "một thư mời mới được gửi ngay" in clerk.text
    clerk.send(clerk.form_to("/khoi-phuc"), {"ma-xac-thuc": "000000"})
    assert clerk.refused, "taken off before, brought back after: a ballot goes out"
    clerk.send(clerk.form_to("/khoi-phuc"), {"ma-xac-thuc": clerk.code()})
    assert clerk.fine
    assert "đang chờ gửi" in clerk.text
    # The other one is added again by hand, in another group.
    groups = [group.code for group in make_index("pooled").groups]
    typed = {"ten": "Bốn", "thu": "nguoi3@vi-du.vn", "nhom": groups[1], "co-quan": "UBND xã"}
    clerk.open(f"{PATH}/them").submit({**typed, "ma-xac-thuc": clerk.code()})
    assert clerk.fine, clerk.text
    with db.reading() as session:
        wave = draft_of(session)
        assert situation.status(session, wave, db.now(session)).issued == 12
        for name in names(session, wave):
            assert not ballots.find(session, name).cast
        assert (
            session.exec(select(Respondent.group).where(Respondent.name == "Bốn")).one()
            == (groups[1])
        )


def test_an_address_of_somebody_who_was_removed_is_free(clerk: Clerk, db: Database) -> None:
    remove(clerk, db, "Người thứ 3")
    clerk.open(f"{PATH}/{id_of_name(db, 'Người thứ 4')}")
    clerk.send(clerk.forms[0], {"thu": "nguoi3@vi-du.vn"})
    assert clerk.fine, clerk.text
    assert count(db) == 11
    remove(clerk, db, "Người thứ 5")
    clerk.open(f"{PATH}/them").submit(
        {"ten": "Năm", "thu": "nguoi5@vi-du.vn", "nhom": GROUP, "co-quan": "Khác"}
    )
    assert clerk.fine
    put(clerk, people_of(12))
    assert (clerk.status, count(db)) == (200, 12)
    with db.reading() as session:
        assert people.count(session, id_of(draft_of(session)), removed=True) == 0


def test_after_the_launch_the_address_of_a_removed_person_stays_theirs(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    wave = make_wave(db, keys, code="mo")
    clerk = desk_of(db, keys, configured)
    at = "/quan-tri/dot/mo/danh-sach"
    clerk.open(f"{at}/{id_of_name(db, 'Người thứ 3')}")
    clerk.send(clerk.form_to("/bo"), {"ma-xac-thuc": "000000"})
    assert clerk.refused
    assert "Mã không đúng" in clerk.text
    clerk.send(clerk.form_to("/bo"), {"ma-xac-thuc": clerk.code()})
    clerk.open(f"{at}/{id_of_name(db, 'Người thứ 4')}")
    typed = {"thu": "nguoi3@vi-du.vn", "ma-xac-thuc": clerk.code()}
    clerk.send(clerk.form_to("/dia-chi"), typed)
    assert clerk.refused
    assert "đã bỏ khỏi danh sách và đã có phiếu" in clerk.text
    with db.transaction() as session:
        found = waves.load(session, wave.code)
        somebody = id_of_name(db, "Người thứ 4")
        with pytest.raises(WaveRefused, match="đang ở trong danh sách rồi"):
            corrections.restore(session, keys, found, somebody, db.now(session), DOMAIN)


def test_a_restored_person_has_a_new_link_or_the_ballot_that_was_cast(
    db: Database, keys: KeyFile
) -> None:
    wave = make_wave(db, keys)
    with db.reading() as session:
        first, second = names(session, wave)[:2]
        ids = [person.id or 0 for person in people.everyone(session, id_of(wave))[:2]]
        ballot = ballots.find(session, first)
    cast_ballot(db, keys, first, make_answers(ballot, random.Random(1)))
    for id_ in ids:
        with db.transaction() as session:
            now, found = db.now(session), waves.load(session, wave.code)
            person = session.get_one(Respondent, id_)
            corrections.remove(session, keys, found, person, now, DOMAIN)
            corrections.restore(session, keys, found, id_, now, DOMAIN)
    with db.reading() as session:
        assert ballots.find(session, first).cast
        with pytest.raises(ballots.LinkReplaced):
            ballots.find(session, second)
        assert situation.status(session, wave, db.now(session)).cast == 1


@SQLITE
def test_a_person_who_fits_no_more_is_not_restored(clerk: Clerk, db: Database) -> None:
    path = remove(clerk, db, "Người thứ 3")
    with db.transaction() as session:
        person = session.get_one(Respondent, id_of_name(db, "Người thứ 3"))
        person.group = "nhóm không còn"
        session.add(person)
    clerk.open(path)
    clerk.send(clerk.form_to("/khoi-phuc"))
    assert clerk.refused
    assert "Không có nhóm này" in clerk.text
    assert count(db) == 11


@SQLITE
def test_who_was_removed_does_not_hold_up_another_index(clerk: Clerk, db: Database) -> None:
    remove(clerk, db, "Người thứ 3")
    with db.transaction() as session:
        person = session.get_one(Respondent, id_of_name(db, "Người thứ 3"))
        person.group = "nhóm không còn"
        session.add(person)
        wave, now = draft_of(session), db.now(session)
        other = replace(make_index("pooled"), year=2030)
        drafts.change(session, wave, other, wave.opens_at, wave.closes_at, now)
    assert "nhóm không còn" in clerk.open(clerk.path).text
    assert listed(clerk.open(f"{PATH}/da-bo")) == ["Người thứ 3"]


def test_two_officers_at_one_person_lose_nothing(clerk: Clerk, db: Database) -> None:
    path = f"{PATH}/{id_of_name(db, 'Người thứ 3')}"
    first = clerk.open(path).forms[0]
    second = clerk.open(path).forms[0]
    clerk.send(first, {"chuc-vu": "Trưởng phòng", "dien-thoai": "0912"})
    assert clerk.fine
    clerk.send(second, {"chuc-vu": "Phó phòng", "dien-thoai": "0912"})
    assert clerk.refused
    assert clerk.title.startswith("Lỗi:")
    assert "Chức vụ hiện đang ghi: Trưởng phòng" in clerk.text
    assert "Điện thoại hiện đang ghi" not in clerk.text
    assert clerk.forms[0].values["chuc-vu"] == ["Phó phòng"], "what was typed is kept"
    with db.reading() as session:
        assert session.exec(select(Respondent.position).where(Respondent.position != "")).all() == [
            "Trưởng phòng"
        ]
    clerk.send(clerk.forms[0])
    assert clerk.fine, "seen and pressed again, it is saved"
    assert clerk.forms[0].values["chuc-vu"] == ["Phó phòng"]


@first_on_both("deed", ["/cap-lai", "", "/bo", "/gui-lai"])
def test_who_was_removed_meanwhile_is_told_of(
    db: Database, keys: KeyFile, configured: Settings, deed: str
) -> None:
    make_wave(db, keys, code="mo")
    clerk = desk_of(db, keys, configured)
    path = f"/quan-tri/dot/mo/danh-sach/{id_of_name(db, 'Người thứ 3')}"
    stale = clerk.open(path).form_to(path + deed)
    clerk.send(clerk.form_to("/bo"), {"ma-xac-thuc": clerk.code()})
    with db.reading() as session:
        before = sorted(map(repr, session.exec(select(Letter)).all()))
    clerk.send(stale, {"ma-xac-thuc": clerk.code()})
    assert clerk.refused
    assert clerk.title.startswith("Lỗi:")
    assert "vừa được bỏ khỏi danh sách" in clerk.text
    assert clerk.form_to("/khoi-phuc")
    with db.reading() as session:
        assert sorted(map(repr, session.exec(select(Letter)).all())) == before


@SQLITE
def test_a_form_drawn_before_the_launch_sends_no_letter_after_it(
    clerk: Clerk, db: Database, keys: KeyFile, configured: Settings
) -> None:
    path = f"{PATH}/{id_of_name(db, 'Người thứ 3')}"
    correct = clerk.open(path).forms[0]
    remove_ = clerk.form_to("/bo")
    add = clerk.open(f"{PATH}/them").form
    with db.transaction() as session:
        launch.launch(db, session, keys, configured, draft_of(session))
    typed = {"ten": "Ba", "thu": "ba@vi-du.vn", "nhom": GROUP, "co-quan": "UBND xã"}
    for form, values in ((add, typed), (correct, {"thu": "moi@vi-du.vn"}), (remove_, {})):
        clerk.send(form, values)
        assert clerk.refused, form.action
        assert clerk.title.startswith("Lỗi:")
    with db.reading() as session:
        assert len(session.exec(select(Letter)).all()) == 12
    clerk.send(add, typed)
    assert clerk.form.values["thu"] == ["ba@vi-du.vn"], "what was typed is kept"
    # A ballot goes out now, and that asks for the second factor.
    clerk.send(clerk.form, {"ma-xac-thuc": "000000"})
    assert (bool(clerk.refused), clerk.form.values["thu"]) == (True, ["ba@vi-du.vn"])
    assert [each.get("href") for each in clerk.tree.iter("a")].count("#ma-xac-thuc") == 1
    with db.reading() as session:
        assert len(session.exec(select(Letter)).all()) == 12
    clerk.send(clerk.form, {"ma-xac-thuc": clerk.code()})
    assert clerk.fine
    assert "thư mời đang được gửi đi" in clerk.text


@SQLITE
def test_who_would_add_somebody_too_late_is_told_so_and_gets_no_form(
    clerk: Clerk, db: Database, keys: KeyFile, configured: Settings
) -> None:
    form = clerk.open(f"{PATH}/them").form
    with db.transaction() as session:
        closing.cancel(db, session, configured, draft_of(session), "thử")
    clerk.send(form, {"ten": "Ba", "thu": "ba@vi-du.vn", "nhom": GROUP, "co-quan": "UBND xã"})
    for is_refused in (True, False):
        assert bool(clerk.refused) is is_refused
        assert "danh sách không đổi được nữa" in clerk.text
        assert not [each for each in clerk.forms if each.action.endswith("/them")]
        clerk.open(f"{PATH}/them")


def test_one_address_added_by_two_officers_at_one_instant_is_one_person(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    wave = make_wave(db, keys)
    person = make_person()
    said: list[str] = []

    def press() -> None:
        try:
            with db.transaction() as session:
                found = waves.load(session, wave.code)
                waves.hold(session, found)
                corrections.add(session, keys, found, person, db.now(session), DOMAIN)
            said.append("added")
        except WaveRefused:
            said.append("refused")

    threads = [threading.Thread(target=press) for _officer in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == ["added", "refused", "refused"]
    with db.reading() as session:
        assert situation.status(session, wave, db.now(session)).issued == 21


def make_person() -> Person:
    return Person("Ba", "ba@vi-du.vn", GROUP, None, "UBND xã", "", "", ())


@SQLITE
def test_units_unknown_to_this_years_index_come_along_by_their_names(
    clerk: Clerk, db: Database, keys: KeyFile
) -> None:
    """A code of last year means nothing to people, and must not look like an agency."""
    index = make_index("pooled")
    first, *others = index.units
    renamed = replace(index, units=(replace(first, code="ma-cu"), *others))
    person = Person("An", "an@vi-du.vn", GROUP, "ma-cu", "ma-cu", "", "", ())
    make_wave(db, keys, renamed, [person], code="nam-ngoai")
    put(clerk, people_of(1))
    clerk.open(PATH)
    form = clerk.form_to("/lay-dot-truoc")
    clerk.send(form, form.boxes)
    assert clerk.fine, clerk.text
    assert table(clerk, "nguoi") == [["An", index.groups[0].name, first.name]]
    with db.reading() as session:
        wave_id = id_of(draft_of(session))
        assert people.everyone(session, wave_id)[0].agency == first.code
