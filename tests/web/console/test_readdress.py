"""Another address after the launch: who may, who is told, and what an old page comes to."""

import random

import pytest
from sqlmodel import col, select

from app.audit import chain
from app.ballots import ballot as ballots
from app.keys.keyfile import KeyFile
from app.settings import Settings
from app.staff import accounts
from app.store.db import Database
from app.store.models import Letter, Respondent
from app.waves import wave as waves
from tests.conftest import Clock
from tests.making.blocks import cast_ballot, make_answers, make_wave, names
from tests.making.consoles import Clerk, desk_of

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PATH = "/quan-tri/dot/dot-thu/danh-sach/4"
OLD, NEW = "nguoi4@vi-du.vn", "moi@vi-du.vn"


def address(db: Database) -> str:
    with db.reading() as session:
        return session.get_one(Respondent, 4).email


def told(db: Database) -> list[str | None]:
    """The addresses that are told of a change, in order."""
    with db.reading() as session:
        query = select(col(Letter.address)).where(col(Letter.kind) == "moved")
        return list(session.exec(query.order_by(col(Letter.id))))


def deeds(db: Database) -> list[tuple[str, dict[str, object]]]:
    with db.reading() as session:
        return [(line.action, dict(line.facts)) for line in chain.lines(session)]


def who(db: Database, clerk: Clerk) -> str:
    with db.reading() as session:
        return accounts.get(session, clerk.staff_id).who


def change(clerk: Clerk, email: str, code: str = "") -> Clerk:
    """Type another address and send it."""
    clerk.open(PATH)
    typed = {"thu": email, "ma-xac-thuc": code or clerk.code()}
    return clerk.send(clerk.form_to("/dia-chi"), typed)  # type: ignore[return-value]


def test_every_address_that_was_used_is_told_whatever_follows(
    db: Database, keys: KeyFile, configured: Settings, clock: Clock
) -> None:
    wave = make_wave(db, keys)
    clerk = desk_of(db, keys, configured)
    for email in (NEW, "nua@vi-du.vn", OLD):
        assert change(clerk, email).fine, clerk.text
        clock.move(minutes=1)
    clerk.send(clerk.form_to("/gui-lai"))
    clerk.open(PATH).send(clerk.form_to("/cap-lai"), {"ma-xac-thuc": clerk.code()})
    assert clerk.fine
    with db.reading() as session:
        name = names(session, wave)[3]
        ballot = ballots.find(session, name)
    # Whoever has the new mailbox is quick.
    cast_ballot(db, keys, name, make_answers(ballot, random.Random(1)))
    clock.move(minutes=1)
    clerk.open(PATH).send(clerk.form_to("/bo"), {"ma-xac-thuc": clerk.code()})
    assert clerk.fine
    assert told(db) == [OLD, NEW, "nua@vi-du.vn"]


@SQLITE
def test_an_address_is_not_changed_without_a_code_but_a_name_is(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    make_wave(db, keys)
    clerk = desk_of(db, keys, configured)
    assert change(clerk, NEW, "000000").refused
    assert clerk.title.startswith("Lỗi:")
    form = clerk.form_to("/dia-chi")
    assert form.values["thu"] == [NEW], "what was typed is kept"
    assert (address(db), told(db)) == (OLD, [])
    clerk.open(PATH)
    assert "thu" not in clerk.forms[0].values
    # A field that the page does not have changes nothing.
    clerk.send(clerk.forms[0], {"ten": "Tên Khác", "thu": NEW})
    assert clerk.fine
    assert clerk.heading == "Tên Khác"
    assert (address(db), told(db)) == (OLD, [])


@SQLITE
@pytest.mark.parametrize("email", ["", "không phải", "nguoi5@vi-du.vn", OLD.upper()])
def test_an_address_that_cannot_be_is_refused_beside_what_was_typed(
    db: Database, keys: KeyFile, configured: Settings, email: str
) -> None:
    clerk, _other = (desk_of(db, keys, configured) for _officer in range(2))
    for code in ("dot-thu", "hai-nguoi"):
        make_wave(db, keys, code=code, two_people=code == "hai-nguoi")
    with db.reading() as session:
        wave = waves.load(session, "hai-nguoi")
        query = select(col(Respondent.id)).where(
            col(Respondent.wave_id) == wave.id, col(Respondent.email) == OLD
        )
        other = session.exec(query).one()
    for path in (PATH, f"/quan-tri/dot/hai-nguoi/danh-sach/{other}"):
        clerk.open(path)
        typed = {"thu": email, "ma-xac-thuc": clerk.code()}
        clerk.send(clerk.form_to("/dia-chi"), typed)
        assert (bool(clerk.refused), clerk.title[:4]) == (True, "Lỗi:")
    assert (address(db), told(db)) == (OLD, [])
    assert deeds(db) == []


@SQLITE
def test_where_two_are_needed_one_asks_and_another_confirms_what_is_asked(
    db: Database, keys: KeyFile, configured: Settings, clock: Clock
) -> None:
    first = desk_of(db, keys, configured, name="Trần Thu Hà")
    second = desk_of(db, keys, configured, name="Lò Văn B")
    make_wave(db, keys, two_people=True)
    assert change(first, NEW).fine
    assert (address(db), told(db)) == (OLD, [])
    assert "Đang chờ một chuyên viên khác xác nhận" in first.text
    assert not [form for form in first.forms if form.action.endswith("/dia-chi")]
    second.open(PATH)
    assert f"Trần Thu Hà đã đề nghị đổi địa chỉ thư của người này thành {NEW}" in second.text
    form = second.form_to("/dia-chi")
    # The proposer's own hand with the second one's form.
    ticket = first.open(PATH).form_to("/rut-lai").values["ve"]
    number = form.values["de-nghi"]
    assert (
        first.post(f"{PATH}/dia-chi", [("ve", ticket[0]), ("de-nghi", number[0])]).refused
        == "Biểu mẫu này không còn dùng được"
    )
    # Just what was asked is confirmed, and nothing else.
    second.send(form, {"thu": "khac@vi-du.vn", "ma-xac-thuc": second.code()})
    assert second.refused
    assert (address(db), told(db)) == (OLD, [])
    second.send(second.form_to("/dia-chi"), {"ma-xac-thuc": second.code()})
    assert second.fine, second.text
    assert (address(db), told(db)) == (NEW, [OLD])
    assert deeds(db) == [
        ("roster.address", {"respondent": 4, "proposed": who(db, first)}),
        ("wave.propose", {"proposal": "address", "respondent": 4}),
    ]


@SQLITE
def test_one_cannot_confirm_what_one_has_asked(
    db: Database, keys: KeyFile, configured: Settings, clock: Clock
) -> None:
    clerk, _other = (desk_of(db, keys, configured) for _officer in range(2))
    make_wave(db, keys, two_people=True)
    # A page of before the proposal still has the form.
    form = clerk.open(PATH).form_to("/dia-chi")
    change(clerk, NEW)
    for asked in ({"de-nghi": "1"}, {}):
        clock.move(minutes=2)
        clerk.send(form, {"thu": NEW, "ma-xac-thuc": clerk.code(), **asked})
        assert clerk.refused
    assert (address(db), told(db)) == (OLD, [])
    clerk.send(clerk.form_to("/rut-lai"))
    assert clerk.fine
    assert clerk.form_to("/dia-chi").values["thu"] == [OLD]
    assert [action for action, _facts in deeds(db)] == ["wave.withdraw", "wave.propose"]


@SQLITE
def test_a_proposal_for_one_person_changes_nobody_else(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    first, second = (desk_of(db, keys, configured) for _officer in range(2))
    make_wave(db, keys, two_people=True)
    change(first, NEW)
    second.open(PATH.replace("/4", "/5"))
    form = second.form_to("/dia-chi")
    second.send(form, {"thu": NEW, "ma-xac-thuc": second.code(), "de-nghi": "1"})
    assert second.refused
    # A proposal of another deed is none of this one.
    first.open(PATH.replace("/4", "/6"))
    first.send(first.form_to("/cap-lai"), {"ma-xac-thuc": first.code()})
    second.open(PATH.replace("/4", "/6"))
    form = second.form_to("/dia-chi")
    second.send(form, {"thu": NEW, "ma-xac-thuc": second.code(), "de-nghi": "2"})
    assert second.refused
    assert told(db) == []


@SQLITE
def test_an_old_page_changes_no_address(db: Database, keys: KeyFile, configured: Settings) -> None:
    make_wave(db, keys)
    first, second = (desk_of(db, keys, configured) for _officer in range(2))
    form = first.open(PATH).form_to("/dia-chi")
    change(second, "khac@vi-du.vn")
    first.send(form, {"thu": NEW, "ma-xac-thuc": first.code()})
    assert (bool(first.refused), first.title[:4]) == (True, "Lỗi:")
    assert "chưa đổi địa chỉ" in first.text
    assert (address(db), told(db)) == ("khac@vi-du.vn", [OLD])


@SQLITE
def test_the_pages_say_how_one_person_would_come_to_two_ballots(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    make_wave(db, keys)
    clerk = desk_of(db, keys, configured)
    twice = "gửi cả hai thì cả hai được đếm"
    assert twice in clerk.open(f"{PATH.removesuffix('/4')}/them").text
    assert twice in clerk.open(PATH).text
    assert "Số phiếu bị hủy hiệu lực có trong biên bản" in clerk.text
    clerk.send(clerk.form_to("/bo"), {"ma-xac-thuc": clerk.code()})
    assert "cả hai được đếm" in clerk.text
