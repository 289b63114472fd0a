"""The letter about a later closing goes to all who were invited, and tells nobody who has cast."""

import random
from datetime import datetime, timedelta

import pytest
from sqlalchemy import update
from sqlmodel import col, select

from app.audit import chain
from app.ballots import ballot as ballots
from app.keys.keyfile import KeyFile
from app.language import HANOI
from app.roster import people
from app.settings import Settings
from app.store.db import Database
from app.store.models import Ballot, Letter
from app.waves import closing, corrections
from app.waves import wave as waves
from app.waves.wave import id_of
from app.worker import sending
from tests.conftest import Clock
from tests.making.blocks import cast_all, cast_ballot, make_answers, make_wave, names
from tests.making.consoles import Clerk, desk_of
from tests.making.posting import through
from tests.making.smtp import Kept, SmtpServer, smtp_server

CODE = "dot-thu"
BASE = f"/quan-tri/dot/{CODE}"
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
NEXT = {"ngay": "25/03/2026", "gio": "17:00"}
CLOSES = datetime(2026, 3, 25, 17, tzinfo=HANOI)


def extended(db: Database, told_by: str = "vi-du.vn", days: int = 20) -> None:
    with db.transaction() as session:
        wave = waves.load(session, CODE)
        closing.extend(db, session, wave, db.now(session) + timedelta(days=days), told_by=told_by)


def letters(db: Database, kind: str = "extended") -> list[bytes]:
    with db.reading() as session:
        rows = session.scalars(select(col(Letter.ballot_number)).where(col(Letter.kind) == kind))
        return sorted(rows)


def invited(db: Database, state: str = "sent") -> None:
    with db.transaction() as session:
        session.connection().execute(update(Letter).values(state=state))


def test_it_goes_to_who_has_cast_as_to_who_has_not_and_the_outbox_does_not_differ(
    db: Database, keys: KeyFile
) -> None:
    wave = make_wave(db, keys, people=12)
    cast_all(db, keys, wave, share=0.4)
    invited(db)
    extended(db)
    with db.reading() as session:
        everyone = names(session, wave)
        rows = session.scalars(select(Letter).where(col(Letter.kind) == "extended")).all()
    assert {row.ballot_number for row in rows} == {name.number for name in everyone}
    assert len({(row.state, row.due_at, row.round, row.attempts) for row in rows}) == 1
    with db.reading() as session:
        ballot = ballots.find(session, everyone[11])
    cast_ballot(db, keys, everyone[11], make_answers(ballot, random.Random(3)))
    assert len(letters(db)) == 12, "a letter that vanished would tell of the cast"


def test_who_wants_no_reminders_who_was_taken_off_and_who_was_not_invited_get_none(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    wave = make_wave(db, keys, people=6)
    invited(db)
    with db.reading() as session:
        everyone = names(session, wave)

    def of(place: int) -> bool:
        return col(Ballot.number) == everyone[place].number  # type: ignore[no-any-return]

    with db.transaction() as session:
        change = session.connection().execute
        change(update(Ballot).where(of(0)).values(no_reminders=True))
        for place, state in ((2, "failed"), (3, "queued")):
            row = col(Letter.ballot_number) == everyone[place].number
            change(update(Letter).where(row).values(state=state))
    extended(db)
    with db.transaction() as session:
        # After it was queued.
        session.connection().execute(update(Ballot).where(of(4)).values(no_reminders=True))
    with smtp_server() as server:
        sending.send_due(db, keys, through(configured, server))
    told = sorted(kept.recipient for kept in of_it(server))
    assert told == ["nguoi2@vi-du.vn", "nguoi6@vi-du.vn"]


def test_it_bears_the_new_closing_the_same_link_and_the_way_to_no_more_letters(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    wave = make_wave(db, keys, people=1)
    with smtp_server() as server:
        made = through(configured, server)
        sending.send_due(db, keys, made)
        with db.transaction() as session:
            closing.extend(db, session, waves.load(session, CODE), CLOSES, told_by="vi-du.vn")
        sending.send_due(db, keys, made)
    first, second = server.kept
    with db.reading() as session:
        link = keys.tokens.link(names(session, wave)[0])
    assert f"/p/{link}" in first.text
    assert f"/p/{link}" in second.text
    assert "gia hạn đến 17 giờ 00, thứ Tư ngày 25/3/2026" in second.text.replace("\u00a0", " ")
    assert "người đã gửi và chưa gửi phiếu" in second.text
    assert second.message["List-Unsubscribe"] == first.message["List-Unsubscribe"]


def test_another_extension_takes_the_place_of_a_letter_that_has_not_gone(
    db: Database, keys: KeyFile
) -> None:
    make_wave(db, keys, people=3)
    invited(db)
    extended(db)
    extended(db, days=25)
    assert len(letters(db)) == 3
    extended(db, told_by="", days=26)
    assert len(letters(db)) == 3, "the one that waits bears the newest closing"


@pytest.fixture
def pair(db: Database, keys: KeyFile, configured: Settings) -> tuple[Clerk, Clerk]:
    found = (desk_of(db, keys, configured, name="Trần Thu Hà"), desk_of(db, keys, configured))
    make_wave(db, keys, people=4, two_people=True)
    invited(db)
    return found


@SQLITE
def test_on_the_page_it_is_a_box_that_is_empty(
    db: Database, pair: tuple[Clerk, Clerk], clock: Clock
) -> None:
    clerk, _other = pair
    clerk.open(f"{BASE}/gia-han")
    assert "bao" not in clerk.form_to("/gia-han").values
    clerk.submit(NEXT | {"ma-xac-thuc": clerk.code()})
    assert letters(db) == []
    clerk.open(f"{BASE}/gia-han").submit({"ngay": "01/01/2020", "bao": "1", "ma-xac-thuc": "1"})
    assert clerk.refused
    assert clerk.form_to("/gia-han").values["bao"] == ["1"], "what was ticked stays"
    clock.move(minutes=1)
    typed = {"ngay": "26/03/2026", "gio": "17:00", "bao": "1", "ma-xac-thuc": clerk.code()}
    clerk.open(f"{BASE}/gia-han").submit(typed)
    assert "Thư báo hạn mới đang được gửi đi." in clerk.text
    assert len(letters(db)) == 4
    with db.reading() as session:
        said = [line.facts for line in chain.lines(session) if line.action == "wave.extend"]
    assert sorted("told" in facts for facts in said) == [False, True]


@SQLITE
@pytest.mark.parametrize("told", [True, False])
def test_the_second_one_confirms_the_letter_with_the_extension(
    db: Database, pair: tuple[Clerk, Clerk], told: bool
) -> None:
    first, second = pair
    with db.transaction() as session:
        closing.close(db, session, waves.load(session, CODE))
    typed = NEXT | {"ma-xac-thuc": first.code()} | ({"bao": "1"} if told else {})
    first.open(f"{BASE}/gia-han").submit(typed)
    assert letters(db) == []
    second.open(f"{BASE}/gia-han")
    assert ("nhận thư báo hạn mới" in second.text) == told
    form = second.form_to("/gia-han")
    # Another letter than was proposed is another deed.
    sent = {name: values for name, values in form.values.items() if name != "bao"}
    sent |= {} if told else {"bao": ["1"]}
    sent["ma-xac-thuc"] = [second.code()]
    second.post(f"{BASE}/gia-han", [(name, value) for name, all_ in sent.items() for value in all_])
    assert second.refused
    second.open(f"{BASE}/gia-han").submit({"ma-xac-thuc": second.code()})
    assert second.status == 200
    assert len(letters(db)) == (4 if told else 0)


@SQLITE
def test_a_re_issue_after_it_was_queued_sends_the_link_that_works(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    wave = make_wave(db, keys, people=1)
    invited(db)
    extended(db)
    with db.transaction() as session:
        found, now = waves.load(session, CODE), db.now(session)
        (person,) = people.everyone(session, id_of(found))
        corrections.reissue(session, keys, found, person, now, "vi-du.vn")
    with smtp_server() as server:
        sending.send_due(db, keys, through(configured, server))
    with db.reading() as session:
        link = keys.tokens.link(names(session, wave)[0])
    assert all(f"/p/{link}" in kept.text for kept in of_it(server))
    assert len(of_it(server)) == 1


def of_it(server: SmtpServer) -> list[Kept]:
    return [kept for kept in server.kept if "Gia hạn" in str(kept.message["Subject"])]
