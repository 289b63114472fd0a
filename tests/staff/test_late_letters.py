"""A letter to somebody of the console that comes late opens nothing the person has closed."""

import re

import pytest
from sqlmodel import col, select

from app.keys.keyfile import KeyFile
from app.settings import Settings
from app.staff import outbox
from app.staff.links import Links
from app.store.db import Database
from app.store.staffmodels import StaffLetter
from app.waves import staffmail
from app.worker import sending
from tests.conftest import Clock
from tests.making.consoles import choose_password, make_staff, stranger
from tests.making.posting import through
from tests.making.smtp import CUT, Script, SmtpServer, smtp_server
from tests.staff.test_staff import GOOD, enrol
from tests.web.console.test_accounts import invited

NEW = "mười hai con giáp cùng chạy"


def links(server: SmtpServer) -> list[str]:
    found = [re.search(r"/quan-tri/moi/\S+", kept.text) for kept in server.kept]
    return [link[0] for link in found if link]


def once(step: str, answer: object) -> Script:
    """A relay that misbehaves at the first letter only."""
    said: list[int] = []

    def script(at: str, _recipient: str) -> object:
        if at != step or said:
            return None
        said.append(1)
        return answer

    return script


@pytest.mark.parametrize("step", ["kept", "rcpt"])
def test_an_invitation_does_not_go_any_more_once_it_was_accepted(
    db: Database, keys: KeyFile, configured: Settings, clock: Clock, step: str
) -> None:
    """The relay cuts after the final dot, or puts the first of two letters off."""
    staff_id = invited(db)
    with smtp_server(once(step, CUT if step == "kept" else "451 later")) as server:
        sending.send_due(db, keys, through(configured, server))
        if step == "rcpt":
            with db.transaction() as session:
                staffmail.queue(session, "invitation", staff_id, db.now(session))
            sending.send_due(db, keys, through(configured, server))
        guest = stranger(db, keys, configured)
        guest.open(links(server)[0]).submit({"mat-khau": GOOD, "lap-lai": GOOD})
        enrol(guest, keys, clock)
        clock.move(minutes=2)
        sending.send_due(db, keys, through(configured, server))
        assert len(links(server)) == 1
    with db.reading() as session:
        first = session.scalars(select(StaffLetter).order_by(col(StaffLetter.id))).first()
        assert first is not None
        assert first.error == "Đã nhận lời mời."
        assert not outbox.is_due(session, db.now(session))


def test_a_letter_behind_an_accepted_invitation_still_goes(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    staff_id = invited(db)
    with db.transaction() as session:
        choose_password(session, staff_id, GOOD)
    invited(db, "b@vi-du.vn")
    with smtp_server() as server:
        sending.send_due(db, keys, through(configured, server))
    assert [kept.recipient for kept in server.kept] == ["b@vi-du.vn"]


def test_an_invitation_link_holds_only_while_no_password_was_chosen(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    staff_id = invited(db)
    with db.transaction() as session:
        choose_password(session, staff_id, GOOD)
        now = db.now(session)
        late = Links(keys).make(session, "invitation", staff_id, now)
        assert Links(keys).read(session, "invitation", late, now) is None
    thief = stranger(db, keys, configured)
    assert thief.open(f"/quan-tri/moi/{late}").status == 404
    thief.post(f"/quan-tri/moi/{late}", [("mat-khau", NEW), ("lap-lai", NEW)])
    assert thief.refused == "Đường dẫn này không còn dùng được"


@pytest.mark.parametrize("chosen", [False, True])
def test_who_forgot_before_the_telephone_was_set_up_hears_whom_to_ask(
    db: Database, keys: KeyFile, configured: Settings, chosen: bool
) -> None:
    make_staff(db, keys, "admin", name="Trần Thu Hà")
    staff_id = invited(db)
    with smtp_server() as server:
        sending.send_due(db, keys, through(configured, server))
        if chosen:
            with db.transaction() as session:
                choose_password(session, staff_id, GOOD)
        stranger(db, keys, configured).open("/quan-tri/quen-mat-khau").submit(
            {"email": "a@vi-du.vn"}
        )
        sending.send_due(db, keys, through(configured, server))
        told = server.kept[-1].text
    assert "nhờ gửi lại lời mời" in told
    assert "Trần Thu Hà <" in told
    assert "/quan-tri/" not in told, "the mailbox alone gives no password"
