"""What happens to somebody of the console, or to a trustee, while a letter to them is in a sender's
hands: it goes to nobody who is not there any more, and no sender undoes another's work."""

from collections.abc import Callable

import pytest
from sqlmodel import col, select

from app.keys.keyfile import KeyFile
from app.letters import errands
from app.settings import Settings
from app.staff import accounts
from app.staff import outbox as staffbox
from app.store.db import Database, Session
from app.store.staffmodels import StaffLetter
from app.store.trusteemodels import TrusteeLetter
from app.waves import staffmail, trusteedeeds
from app.waves import wave as waves
from app.worker.sending import send_due
from tests.conftest import Clock, first_on_both
from tests.making import holders
from tests.making.posting import through
from tests.making.smtp import smtp_server

COUNCIL = "hoi-dong@vi-du.vn"
PEOPLE = [("", f"uy-vien-{place}@vi-du.vn") for place in (1, 2, 3)]
Deed = Callable[[Session, int], None]


def invited(db: Database) -> int:
    with db.transaction() as session:
        now = db.now(session)
        staff_id = accounts.add(session, COUNCIL, "Lò Văn A", ["council"], now)
        staffmail.queue(session, "invitation", staff_id, now)
    return staff_id


def at_data(db: Database, deed: Deed, staff_id: int, to: str) -> Callable[[str, str], None]:
    """A relay before whose answer to DATA something is done, at the first letter to somebody."""
    done: list[str] = []

    def script(at: str, recipient: str) -> None:
        if at == "data" and recipient == to and not done:
            done.append(at)
            with db.transaction() as session:
                deed(session, staff_id)

    return script


@first_on_both("deed", ["removed", "accepted"])
def test_a_letter_in_hand_goes_to_no_account_that_is_gone_or_wants_it_no_more(
    db: Database, keys: KeyFile, configured: Settings, deed: str
) -> None:
    def do(session: Session, staff_id: int) -> None:
        if deed == "removed":
            accounts.remove(session, staff_id, db.now(session))
        else:
            accounts.use_password(session, staff_id, "$argon2id$chosen")

    staff_id = invited(db)
    with smtp_server(at_data(db, do, staff_id, COUNCIL)) as server:
        send_due(db, keys, through(configured, server))
    assert server.kept == []
    with db.reading() as session:
        (row,) = session.scalars(select(StaffLetter)).all()
        assert row.failed_at is not None
        assert row.error in ("Tài khoản đã xóa.", "Đã nhận lời mời.")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_letter_in_hand_goes_to_no_trustee_who_was_replaced(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    def appoint(session: Session, people: list[tuple[str, str]]) -> None:
        waves.hold_draft(session, wave := waves.load(session, "dot-thu"))
        trusteedeeds.appoint(session, wave, 2, people, db.now(session), "An <an@vi-du.vn>")

    holders.draft(db)
    with db.transaction() as session:
        appoint(session, PEOPLE)
    new = [*PEOPLE[1:], ("", "uy-vien-4@vi-du.vn")]
    script = at_data(db, lambda session, _id: appoint(session, new), 0, PEOPLE[0][1])
    with smtp_server(script) as server:
        send_due(db, keys, through(configured, server))
    assert {kept.recipient for kept in server.kept} == {email for _name, email in new}


def test_what_a_sender_says_that_stalled_past_its_claim_changes_nothing(
    db: Database, keys: KeyFile, clock: Clock
) -> None:
    invited(db)
    with db.transaction() as session:
        first = staffbox.take(session, db.now(session))
    clock.move(seconds=errands.CLAIM.total_seconds() + 1)
    with db.transaction() as session:
        second = staffbox.take(session, db.now(session))
    assert first is not None
    assert second is not None
    with db.transaction() as session:
        now = db.now(session)
        assert not staffbox.may_go(session, first, now)
        assert staffbox.may_go(session, second, now)
        staffbox.release(session, first)
        staffbox.record(session, first, now, "550 no", final=True)
        assert staffbox.may_go(session, second, now)
        staffbox.record(session, second, now, "", final=False)
        staffbox.record(session, first, now, "550 no", final=True)
    with db.reading() as session:
        query = select(col(StaffLetter.error), col(StaffLetter.failed_at))
        assert session.exec(query).all() == [(None, None)]
        assert session.exec(select(TrusteeLetter)).all() == []
