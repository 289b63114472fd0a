"""Letters to the people of the console and to trustees come back too, and their pages say so."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlmodel import col, select

from app.bounces import marks, taking
from app.bounces.marks import Sent
from app.bounces.verdicts import BLOCKED, DEAD, DELAYED, SOFT
from app.keys.keyfile import KeyFile
from app.settings import Settings
from app.staff import accounts
from app.staff import outbox as staffbox
from app.store.db import Database
from app.store.models import DeadAddress, Wave
from app.store.staffmodels import StaffLetter
from app.store.trusteemodels import TrusteeLetter
from app.trustees import outbox as trusteebox
from app.waves import staffmail, trusteedeeds
from app.waves import wave as waves
from app.worker.sending import send_due
from tests.bounces.test_taking import FULL, PATH, bounce, take
from tests.making import holders
from tests.making.consoles import desk_of
from tests.making.posting import through
from tests.making.smtp import Kept, Script, smtp_server

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
COUNCIL = "hoi-dong@vi-du.vn"
TRUSTEES = [("", f"uy-vien-{place}@vi-du.vn") for place in (1, 2, 3)]
TRUSTEES_PAGE = "/quan-tri/dot/dot-thu/uy-vien-giu-khoa"
Post = Callable[..., dict[str, Kept]]


@pytest.fixture
def wave(db: Database, keys: KeyFile) -> Wave:
    """A draft with three trustees, and somebody of the council who is invited."""
    wave = holders.draft(db)
    with db.transaction() as session:
        now = db.now(session)
        waves.hold_draft(session, found := waves.load(session, "dot-thu"))
        trusteedeeds.appoint(session, found, 2, TRUSTEES, now, "An <an@vi-du.vn>")
        staff_id = accounts.add(session, COUNCIL, "Lò Văn A", ["council"], now)
        staffmail.queue(session, "invitation", staff_id, now)
    return wave


@pytest.fixture
def post(db: Database, keys: KeyFile, configured: Settings, wave: Wave) -> Post:
    """Send what is due; what came, by whom it is to."""

    def send(script: Script | None = None) -> dict[str, Kept]:
        with smtp_server(script) as server:
            send_due(db, keys, through(replace(configured, return_path=PATH), server))
        return {kept.recipient: kept for kept in server.kept}

    return send


def lost(db: Database) -> tuple[set[str], set[str]]:
    """Who of the console, and which trustees, are said not to have got their last letter."""
    with db.reading() as session:
        people = {each.id: each.email for each in accounts.everyone(session)}
        wave = waves.load(session, "dot-thu")
        trustees = {
            each.number: each.email for each in holders.body.must_be(session, wave).trustees
        }
        return (
            {people[each] for each in staffbox.not_arrived(session)},
            {trustees[each] for each in trusteebox.not_arrived(session, wave)},
        )


def test_each_letter_has_a_return_path_of_its_own_that_a_ballots_is_no_mark_of(
    db: Database, keys: KeyFile, post: Post
) -> None:
    came = post()
    assert set(came) == {COUNCIL, *(email for _name, email in TRUSTEES)}
    assert len({kept.sender for kept in came.values()}) == 4
    # The numbers are the same in all tables; a mark of one is none of another.
    found = {next(marks.found_in(PATH, kept.sender.encode()))[:2] for kept in came.values()}
    assert found == {(1, "."), (1, "_"), (2, "_"), (3, "_")}
    staff = came[COUNCIL].sender
    for other in ("-", "_"):
        assert take(
            db, keys, bounce(replace(came[COUNCIL], sender=staff.replace(".", other, 1)))
        ) == (taking.FOREIGN)
    assert lost(db) == (set(), set())


def test_a_letter_that_comes_back_is_told_of_its_reader_until_a_later_one_arrives(
    db: Database, keys: KeyFile, post: Post
) -> None:
    came = post()
    for _twice in range(2):
        assert take(db, keys, bounce(came[COUNCIL])) == DEAD
        assert take(db, keys, bounce(came["uy-vien-2@vi-du.vn"], FULL)) == SOFT
        assert take(
            db, keys, bounce(came["uy-vien-3@vi-du.vn"], "554 5.7.1 blocked by policy")
        ) == (BLOCKED)
        assert lost(db) == ({COUNCIL}, {"uy-vien-2@vi-du.vn", "uy-vien-3@vi-du.vn"})
    with db.reading() as session:
        # Nobody of these is asked anything: their addresses are marked in no roster.
        assert session.exec(select(DeadAddress)).all() == []
    with db.transaction() as session:
        now = db.now(session)
        waves.hold_draft(session, found := waves.load(session, "dot-thu"))
        mine = holders.body.must_be(session, found).at_address("uy-vien-2@vi-du.vn")
        trusteedeeds.write_again(session, found, mine.number, now)
    post()
    assert lost(db) == ({COUNCIL}, {"uy-vien-3@vi-du.vn"})
    # The bounce of the first, read again, says nothing of the second.
    take(db, keys, bounce(came["uy-vien-2@vi-du.vn"], FULL))
    assert lost(db) == ({COUNCIL}, {"uy-vien-3@vi-du.vn"})


@SQLITE
def test_what_the_relay_refuses_for_good_is_told_alike(db: Database, post: Post) -> None:
    post(lambda at, to: "550 5.1.1 no such user" if at == "rcpt" and to == COUNCIL else None)
    assert lost(db) == ({COUNCIL}, set())


@SQLITE
def test_a_letter_that_is_late_or_was_never_to_go_is_not_said_to_be_lost(
    db: Database, keys: KeyFile, post: Post
) -> None:
    with db.transaction() as session:
        now = db.now(session)
        (council,) = [e for e in accounts.everyone(session) if e.email == COUNCIL]
        staffmail.queue(
            session, "head", council.id, now, wave="", action="x", head="1 y", record=""
        )
        staffbox.staffqueue.drop(session, "head", now, "Không còn chờ.")
    came = post()
    assert take(db, keys, bounce(came[COUNCIL], action="delayed")) == DELAYED
    assert lost(db) == (set(), set())


@SQLITE
def test_a_forged_bounce_of_a_letter_to_staff_does_nothing(
    db: Database, keys: KeyFile, post: Post
) -> None:
    """Not with a sign changed, not of a row that was never sent, not to an address of before."""
    came = post()
    kept = came[COUNCIL]
    for forged in (kept.sender.replace("+1.", "+2."), kept.sender[:-12] + "a@so.gov.vn"):
        assert take(db, keys, bounce(replace(kept, sender=forged))) == taking.FOREIGN
    guess = marks.address(PATH, b"guessed" * 4, Sent(1, "", COUNCIL, marks.STAFF))
    assert take(db, keys, bounce(replace(kept, sender=guess))) == taking.FOREIGN
    with db.transaction() as session:
        session.connection().exec_driver_sql("UPDATE staff_letter SET sent_at = NULL")
    take(db, keys, bounce(kept))
    with db.reading() as session:
        assert session.scalars(select(col(StaffLetter.returned))).all() == [None]
        assert set(session.scalars(select(col(TrusteeLetter.returned)))) == {None}


@SQLITE
def test_the_pages_of_accounts_and_trustees_name_who_did_not_get_their_letter(
    db: Database, keys: KeyFile, configured: Settings, post: Post
) -> None:
    came = post()
    take(db, keys, bounce(came[COUNCIL]))
    take(db, keys, bounce(came["uy-vien-2@vi-du.vn"]))
    admin = desk_of(db, keys, configured, "admin", "officer")
    for page in ("/quan-tri/tai-khoan", "/quan-tri/tai-khoan/1"):
        assert "địa chỉ không còn dùng: 550 5.1.1 user unknown" in admin.open(page).text
    page = admin.open(TRUSTEES_PAGE).text
    assert page.count("550 5.1.1 user unknown") == 1
    assert "hỏi lại địa chỉ qua điện thoại" in page
    # Who reads their own page is told as well, whatever their role.
    with db.transaction() as session:
        accounts_row = session.get_one(StaffLetter, 1)
        accounts_row.staff_id = admin.staff_id
        session.add(accounts_row)
    assert "thư hệ thống gửi ngày" in admin.open("/quan-tri/tai-khoan").text
