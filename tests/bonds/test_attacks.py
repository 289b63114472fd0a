"""Somebody who can write anything to the database, and has no key file: he gets nothing.

No answer of one person, no key, no link, no other result; and what he altered is told by name.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import col, select

from app.ballots import ballot as ballots
from app.ballots import enquiries
from app.ballots.ballot import BallotAltered, WaveAltered
from app.count import openingfacts, scoresheets, unsealing, urnkeys
from app.count.tallies import TallyAltered
from app.index import file as indexfile
from app.keys.keyfile import KeyFile
from app.keys.tokens import BallotName
from app.letters import outbox
from app.preparation import wordings
from app.settings import Settings
from app.store.db import Database
from app.store.models import Respondent, Wave
from app.store.resultmodels import Minutes
from app.waves import alterations, closing, corrections
from app.waves import wave as waves
from app.waves.alterations import BallotsAltered
from app.waves.wave import WaveRefused, id_of
from tests.commands.test_out_of_turn import Office
from tests.conftest import Clock, first_on_both
from tests.making.blocks import cast_all, make_index, make_wave, names
from tests.making.consoles import desk_of, stranger

DOMAIN = "phieu.vi-du.vn"
# A row is written the same way in both databases, and read into the same value: one attack on each
# table and kind of value is tried on both, and whatever turns on a transaction; the others are not.
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@dataclass
class Intruder:
    """Whoever can write to the database, and a wave of twenty people."""

    db: Database
    keys: KeyFile
    clock: Clock
    wave: Wave
    said: dict[str, Any] = field(default_factory=dict)

    def write(self, statement: str, **values: object) -> int:
        """Any statement; gives how many rows it changed."""
        with self.db.engine.execution_options(phieu_write=True).begin() as connection:
            return connection.execute(text(statement), values).rowcount

    def read(self, statement: str, **values: object) -> list[Any]:
        with self.db.engine.begin() as connection:
            return list(connection.execute(text(statement), values).all())

    def copy_row(self, table: str, where: str, **values: object) -> None:
        """Put a row in once more, some of its columns otherwise."""
        ((row),) = self.read(f'SELECT * FROM "{table}" WHERE {where}')
        made = {**row._mapping, **values}
        columns = ", ".join(f'"{name}"' for name in made)
        places = ", ".join(f":{name}" for name in made)
        assert self.write(f'INSERT INTO "{table}" ({columns}) VALUES ({places})', **made) == 1

    def close(self) -> None:
        with self.db.transaction() as session:
            wave = waves.load(session, self.wave.code)
            closing.close(self.db, session, wave)
            closing.note_closing(session, self.keys, wave, "An", self.db.now(session))

    def unseal(self) -> Minutes:
        return unsealing.unseal(self.db, self.keys, self.wave.code)

    @property
    def names(self) -> list[BallotName]:
        with self.db.reading() as session:
            return names(session, self.wave)

    def claimed(self) -> list[tuple[str, str]]:
        """(kind, address) of the letters that a sender would now be given."""
        with self.db.transaction() as session:
            now = self.db.now(session)
            got = outbox.claim(session, now, "sender", now + timedelta(seconds=10), 1000)
            return [(each.facts.kind, each.facts.email) for each in got]

    def sent_everything(self) -> None:
        self.write("UPDATE letter SET state = 'sent', sent_at = due_at")


def drop_triggers(db: Database) -> None:
    """They stop slips of the hand, not who owns the tables."""
    with db.engine.execution_options(phieu_write=True).begin() as connection:
        if not db.is_sqlite:
            for table in ("wave", "sheet", "audit"):
                connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
            return
        found = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))
        for name in found.scalars().all():
            connection.execute(text(f"DROP TRIGGER {name}"))


@pytest.fixture
def intruder(db: Database, keys: KeyFile, clock: Clock) -> Intruder:
    made = Intruder(db, keys, clock, make_wave(db, keys, make_index(), 20))
    drop_triggers(db)
    return made


# 1. How a sealed ballot is counted.

MOVES = {
    "group": "UPDATE respondent SET \"group\" = 'xa' WHERE \"group\" = 'hdnd'",
    "taken off": "UPDATE respondent SET removed_at = '2026-03-01 00:00:00' WHERE id = 1",
    "at launch": "UPDATE ballot SET at_launch = false WHERE respondent_id = 1",
    "another's bond": "UPDATE ballot SET bond = (SELECT b.bond FROM ballot b WHERE"
    " b.respondent_id = 2) WHERE respondent_id = 1",
    "agency": "UPDATE respondent SET agency = 'stc' WHERE agency = 'snv'",
    "no agency": "UPDATE respondent SET agency = NULL WHERE agency = 'snv'",
    "assigned": "UPDATE respondent SET assigned = 'snv' WHERE id <= 3",
    "address": "UPDATE respondent SET email = 'ke@xau.vn', email_key = 'ke@xau.vn' WHERE id = 1",
    "name": "UPDATE respondent SET name = 'Ai đó' WHERE id = 1",
    "issue": "UPDATE ballot SET issue = 2 WHERE respondent_id = 1",
    "no bond": "UPDATE ballot SET bond = NULL WHERE respondent_id = 1",
}


@first_on_both("move", MOVES, both=4)
def test_what_decides_how_a_ballot_counts_cannot_be_altered(intruder: Intruder, move: str) -> None:
    cast_all(intruder.db, intruder.keys, intruder.wave)
    intruder.close()
    before = intruder.read("SELECT * FROM respondent ORDER BY id")
    ballots_before = intruder.read("SELECT * FROM ballot")
    assert intruder.write(MOVES[move]) >= 1
    with pytest.raises(BallotsAltered, match="khác với lúc phát") as refused:
        intruder.unseal()
    assert refused.value.found.altered[0].name
    assert intruder.read("SELECT count(*) FROM tally")[0][0] == 0
    # Set right, the urn opens, and nothing is lost.
    for row in before:
        kept = {"id_": row.id, "g": row.group, "a": row.agency, "s": row.assigned, "n": row.name}
        kept |= {"e": row.email, "k": row.email_key}
        intruder.write(
            'UPDATE respondent SET "group" = :g, agency = :a, assigned = :s, name = :n,'
            " email = :e, email_key = :k, removed_at = NULL WHERE id = :id_",
            **kept,
        )
    for row in ballots_before:
        kept = {"n": row.number, "i": row.issue, "l": row.at_launch, "b": row.bond}
        intruder.write(
            "UPDATE ballot SET issue = :i, at_launch = :l, bond = :b WHERE number = :n", **kept
        )
    assert intruder.unseal().counted == len(before)


@SQLITE
def test_two_people_who_change_places_are_found(intruder: Intruder) -> None:
    cast_all(intruder.db, intruder.keys, intruder.wave)
    intruder.close()
    first, second = intruder.read("SELECT * FROM respondent WHERE id IN (1, 2) ORDER BY id")
    for row, other in ((first, second), (second, first)):
        intruder.write(
            'UPDATE respondent SET "group" = :g, agency = :a WHERE id = :i',
            g=other.group,
            a=other.agency,
            i=row.id,
        )
    with pytest.raises(BallotsAltered) as refused:
        intruder.unseal()
    assert {each.respondent_id for each in refused.value.found.altered} == {1, 2}


def test_a_ballot_row_that_is_deleted_is_missed(intruder: Intruder) -> None:
    cast_all(intruder.db, intruder.keys, intruder.wave, share=0.5)
    intruder.close()
    intruder.write("DELETE FROM letter")
    assert intruder.write('DELETE FROM ballot WHERE NOT "cast" AND respondent_id = 20') == 1
    with pytest.raises(BallotsAltered, match="1 phiếu đã phát không còn"):
        intruder.unseal()


def test_a_ballot_row_that_is_made_up_is_found(intruder: Intruder) -> None:
    cast_all(intruder.db, intruder.keys, intruder.wave)
    intruder.copy_row("respondent", "id = 1", id=900, email="ma@xau.vn", email_key="ma@xau.vn")
    intruder.copy_row(
        "ballot", "respondent_id = 1", number=b"\x07" * 12, code_mac=b"x" * 32, respondent_id=900
    )
    intruder.close()
    with pytest.raises(BallotsAltered) as refused:
        intruder.unseal()
    assert [each.email for each in refused.value.found.altered] == ["ma@xau.vn"]


@SQLITE
def test_a_row_made_up_in_the_place_of_one_deleted_is_told_as_both(intruder: Intruder) -> None:
    intruder.close()
    intruder.write("DELETE FROM letter")
    intruder.write("UPDATE ballot SET number = :n WHERE respondent_id = 1", n=b"\x07" * 12)
    with pytest.raises(BallotsAltered) as refused:
        intruder.unseal()
    assert (len(refused.value.found.altered), refused.value.found.lost) == (1, 1)


def test_altered_ballots_declared_void_are_told_and_the_others_counted(intruder: Intruder) -> None:
    cast_all(intruder.db, intruder.keys, intruder.wave)
    intruder.close()
    moved = intruder.write(MOVES["group"])
    with intruder.db.transaction() as session:
        wave, now = waves.load(session, intruder.wave.code), intruder.db.now(session)
        found = alterations.find(session, intruder.keys, wave)
        assert len(found.altered) == moved
        with pytest.raises(WaveRefused, match="không còn như đã xem"):
            alterations.declare_void(session, wave, "0" * 64, now)
        alterations.declare_void(session, wave, found.digest, now)
    minutes = intruder.unseal()
    assert minutes.altered == minutes.void == moved
    assert minutes.counted == minutes.cast == 20 - moved
    assert minutes.issued == 20


@SQLITE
def test_what_was_not_declared_void_still_keeps_the_urn_shut(intruder: Intruder) -> None:
    intruder.close()
    intruder.write("UPDATE respondent SET name = 'x' WHERE id = 1")
    with intruder.db.transaction() as session:
        wave, now = waves.load(session, intruder.wave.code), intruder.db.now(session)
        found = alterations.find(session, intruder.keys, wave)
        alterations.declare_void(session, wave, found.digest, now)
    intruder.write("UPDATE respondent SET name = 'x' WHERE id = 2")
    with pytest.raises(BallotsAltered) as refused:
        intruder.unseal()
    assert [each.respondent_id for each in refused.value.found.altered] == [2]


@SQLITE
def test_two_people_declare_void_where_the_wave_wants_two(
    db: Database, keys: KeyFile, clock: Clock
) -> None:
    wave = make_wave(db, keys, people=6, two_people=True)
    intruder = Intruder(db, keys, clock, wave)
    with db.transaction() as session:
        closing.close(db, session, waves.load(session, wave.code))
    intruder.write("UPDATE respondent SET name = 'x' WHERE id = 1")
    with db.transaction() as session:
        wave, now = waves.load(session, wave.code), db.now(session)
        found = alterations.find(session, keys, wave)
        with pytest.raises(WaveRefused, match="hai người"):
            alterations.declare_void(session, wave, found.digest, now)


# 2. Whether a wave is launched, closed, opened.

FACTS = {
    "closed": "UPDATE wave SET closed_at = '2026-03-02 00:00:00', urn_digest = 'sha256:00'",
    "one person": "UPDATE wave SET two_people = true",
    "public key": "UPDATE wave SET public_key = :k",
    "draft again": "UPDATE wave SET launched_at = NULL",
    "draft, no key": "UPDATE wave SET launched_at = NULL, public_key = NULL",
    "closes earlier": "UPDATE wave SET closes_at = '2026-03-01 12:00:00'",
    "closes later": "UPDATE wave SET closes_at = '2027-03-01 12:00:00'",
    "opens earlier": "UPDATE wave SET opens_at = '2020-03-01 12:00:00'",
    "opened": "UPDATE wave SET closed_at = '2026-03-01 23:00:00',"
    " unsealed_at = '2026-03-02 00:00:00'",
    "cancelled": "UPDATE wave SET cancelled_at = '2026-03-02 00:00:00', cancel_reason = 'http://x'",
    "rehearsal": "UPDATE wave SET rehearsal = true",
    "mode": "UPDATE wave SET mode = 'committee'",
    "digest": "UPDATE wave SET index_digest = 'sha256:00'",
}


@first_on_both("how", FACTS, both=3)
def test_no_verb_works_with_a_wave_that_was_altered(intruder: Intruder, how: str) -> None:
    (first, *_others) = intruder.names
    intruder.write(FACTS[how], **({"k": b"\x09" * 32} if ":k" in FACTS[how] else {}))
    db, keys, code = intruder.db, intruder.keys, intruder.wave.code
    with db.reading() as session, pytest.raises(WaveAltered, match="khác với tệp khóa"):
        waves.load(session, code)
    with db.transaction() as session, pytest.raises(WaveAltered):
        waves.hold_draft(session, session.get_one(Wave, id_of(intruder.wave)))
    hot = how not in ("draft again", "one person")
    if hot:
        with db.reading() as session, pytest.raises(WaveAltered):
            ballots.find(session, first)
    with pytest.raises(WaveAltered):
        intruder.unseal()
    # By the clock nothing happens to it either: no key is erased, no closing made final.
    intruder.clock.move(days=400)
    closing.settle_all(db, keys)
    urnkeys.erase_left(db, keys)
    assert keys.has_wave(code)
    assert keys.prepared(code, intruder.wave.index_digest) is None
    if how in ("cancelled", "closes later", "opened"):
        assert intruder.claimed() == []


@SQLITE
def test_a_wave_deleted_and_made_anew_gets_no_keys_of_the_old_one(intruder: Intruder) -> None:
    for table in ("letter", "ballot", "respondent", "record_entry", "wave"):
        intruder.write(f"DELETE FROM {table}")
    db, _keys, wave = intruder.db, intruder.keys, intruder.wave
    with db.transaction() as session:
        now = db.now(session)
        made = waves.new(session, wave.code, make_index(), now, now + timedelta(days=9), now)
        with pytest.raises(WaveAltered):
            waves.hold_draft(session, made)


# 3. The outbox as a deputy.


def test_a_letter_row_of_ones_own_sends_no_link_to_another_address(intruder: Intruder) -> None:
    intruder.sent_everything()
    for number, kind in enumerate(("invitation", "reminder", "copy", "moved", "cancellation")):
        intruder.copy_row(
            "letter",
            "ballot_number = (SELECT number FROM ballot WHERE respondent_id = 1) AND id < 7000",
            id=7000 + number,
            kind=kind,
            round=9,
            state="queued",
            address="ke@xau.vn",
            message_id=f"{number}@x",
            sent_at=None,
        )
    assert intruder.claimed() == []
    told = intruder.read("SELECT error FROM letter WHERE id >= 7000 AND state = 'failed'")
    assert told
    assert all("sửa ngoài hệ thống" in row.error for row in told)


@SQLITE
def test_an_address_of_a_real_correction_serves_no_other_letter(intruder: Intruder) -> None:
    db, keys = intruder.db, intruder.keys
    intruder.sent_everything()
    with db.transaction() as session:
        wave, now = waves.load(session, intruder.wave.code), db.now(session)
        index, _layout = waves.index_of(wave)
        (person, *_others) = session.scalars(select(Respondent).order_by(col(Respondent.id)))
        from app.roster import rows

        wanted = rows.person_of(index, rows.fields_of(person) | {"Email": "moi@vi-du.vn"})
        corrections.correct(session, keys, wave, person, wanted, now, DOMAIN)
    intruder.write("UPDATE letter SET state = 'sent' WHERE kind = 'invitation'")
    told = intruder.read("SELECT address FROM letter WHERE kind = 'moved'")
    assert [row.address for row in told] == ["nguoi1@vi-du.vn"]
    intruder.copy_row("letter", "kind = 'moved'", id=9000, kind="copy", round=5, message_id="y@x")
    assert intruder.claimed() == [("moved", "nguoi1@vi-du.vn")]


@SQLITE
def test_invented_people_with_ballots_get_no_link_and_are_not_counted(intruder: Intruder) -> None:
    db, keys = intruder.db, intruder.keys
    cast_all(db, keys, intruder.wave)
    intruder.sent_everything()
    for number in range(3):
        email, id_ = f"ma{number}@xau.vn", 900 + number
        intruder.copy_row("respondent", "id = 1", id=id_, email=email, email_key=email)
        intruder.copy_row(
            "ballot",
            "respondent_id = 1",
            number=bytes([number]) * 12,
            code_mac=bytes([number]) * 32,
            respondent_id=id_,
            cast=False,
        )
        with db.transaction() as session:
            enquiries.ask_copy(session, email, db.now(session), DOMAIN)
    assert intruder.claimed() == []
    with db.reading() as session, pytest.raises(BallotAltered):
        ballots.find(session, BallotName(bytes([1]) * 12, 1))


@SQLITE
def test_an_access_code_of_ones_own_opens_no_ballot_of_another(intruder: Intruder) -> None:
    own, victim = intruder.names[:2]
    tokens = intruder.keys.tokens
    mac = tokens.code_mac(tokens.access_code(own))
    intruder.write("UPDATE ballot SET code_mac = :m WHERE number = :n", m=b"-" * 32, n=own.number)
    intruder.write("UPDATE ballot SET code_mac = :m WHERE number = :n", m=mac, n=victim.number)
    with intruder.db.reading() as session, pytest.raises(BallotAltered):
        ballots.find_by_code(session, mac)


@SQLITE
def test_a_link_that_was_replaced_does_not_come_back_with_an_old_row(intruder: Intruder) -> None:
    db, keys = intruder.db, intruder.keys
    (stolen, *_others) = intruder.names
    before = intruder.read("SELECT * FROM ballot WHERE number = :n", n=stolen.number)[0]
    with db.transaction() as session:
        wave, now = waves.load(session, intruder.wave.code), db.now(session)
        person = session.get_one(Respondent, before.respondent_id)
        corrections.reissue(session, keys, wave, person, now, DOMAIN)
    intruder.write(
        "UPDATE ballot SET issue = :i, code_mac = :m, bond = :b WHERE number = :n",
        i=before.issue,
        m=before.code_mac,
        b=before.bond,
        n=before.number,
    )
    with db.reading() as session, pytest.raises(BallotAltered):
        ballots.find(session, stolen)
    intruder.close()
    with pytest.raises(BallotsAltered):
        intruder.unseal()


@SQLITE
def test_somebody_taken_off_does_not_come_back_by_a_row(intruder: Intruder) -> None:
    db, keys = intruder.db, intruder.keys
    intruder.sent_everything()
    with db.transaction() as session:
        wave, now = waves.load(session, intruder.wave.code), db.now(session)
        corrections.remove(session, keys, wave, session.get_one(Respondent, 1), now, DOMAIN)
    intruder.write("UPDATE respondent SET removed_at = NULL WHERE id = 1")
    with db.transaction() as session:
        enquiries.ask_copy(session, "nguoi1@vi-du.vn", db.now(session), DOMAIN)
    assert ("copy", "nguoi1@vi-du.vn") not in intruder.claimed()


# And what decides over results and words.


def opened(intruder: Intruder) -> None:
    cast_all(intruder.db, intruder.keys, intruder.wave)
    intruder.close()
    intruder.unseal()


ALTER: dict[str, str] = {
    "cells": "UPDATE tally SET cells = replace(cells, ': 1', ': 2')",
    "ballots": "UPDATE unit_ballots SET ballots = 3",
    "sums": "UPDATE minutes SET issued = 25",
    "no cells": "UPDATE tally SET cells = NULL",
    "a row less": "DELETE FROM tally WHERE unit = 'snv'",
    "void": "UPDATE minutes SET void = 1",
    "unproved": "UPDATE minutes SET unproved = '[\"x\"]'",
}


@first_on_both("what", ALTER, both=3)
def test_no_sheet_is_made_of_a_tally_that_was_altered(intruder: Intruder, what: str) -> None:
    opened(intruder)
    assert intruder.write(ALTER[what]) >= 1
    with intruder.db.transaction() as session, pytest.raises(TallyAltered, match="Bảng kiểm phiếu"):
        scoresheets.score(intruder.db, session, intruder.wave.code)


def test_no_sheet_is_handed_out_that_was_altered(intruder: Intruder) -> None:
    opened(intruder)
    with intruder.db.transaction() as session:
        scoresheets.score(intruder.db, session, intruder.wave.code)
    with intruder.db.reading() as session:
        assert scoresheets.published(session)
    intruder.write("UPDATE sheet SET document = replace(document, '\"rank\": 1', '\"rank\": 2')")
    for look in (
        lambda session: scoresheets.latest_sheet(session, intruder.wave.code),
        scoresheets.published,
        lambda session: scoresheets.digest_of(session, intruder.wave.code, 1),
    ):
        with intruder.db.reading() as session, pytest.raises(TallyAltered, match="Bảng điểm"):
            look(session)


def test_words_of_somebody_else_go_into_no_letter(intruder: Intruder) -> None:
    intruder.write(
        "INSERT INTO letter_text (wave_id, kind, subject, body) VALUES (:w, 'invitation', '',"
        " 'Bấm vào http://xau.vn')",
        w=id_of(intruder.wave),
    )
    with intruder.db.reading() as session:
        wording = wordings.of(session, waves.load(session, intruder.wave.code))
    assert wording.altered
    assert not wording.bodies


# What the console does goes on as before, and survives a crash between the two files.


def test_every_deed_of_the_console_leaves_a_ballot_that_counts(intruder: Intruder) -> None:
    db, keys = intruder.db, intruder.keys
    deeds: list[Callable[[Any, Wave, Respondent, Any], object]] = [
        lambda s, w, p, now: corrections.reissue(s, keys, w, p, now, DOMAIN),
        lambda s, w, p, now: corrections.remove(s, keys, w, p, now, DOMAIN),
        lambda s, w, p, now: corrections.restore(s, keys, w, p.id, now, DOMAIN),
        lambda s, w, p, now: corrections.resend(s, w, p, now, DOMAIN),
        lambda s, w, p, now: corrections.reissue(s, keys, w, p, now, DOMAIN),
    ]
    for deed in deeds:
        for id_ in (1, 2):
            with db.transaction() as session:
                wave, now = waves.load(session, intruder.wave.code), db.now(session)
                deed(session, wave, session.get_one(Respondent, id_), now)
    cast_all(db, keys, intruder.wave)
    intruder.close()
    assert intruder.unseal().counted == 20


@pytest.mark.parametrize("committed", [True, False])
def test_a_crash_between_database_and_key_file_alters_nothing(
    intruder: Intruder, committed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    db, keys = intruder.db, intruder.keys

    class Crash(BaseException):
        pass

    def die(*_args: object) -> None:
        raise Crash

    with monkeypatch.context() as patched:
        patched.setattr("app.bonds.pledges._ended", lambda *_args: None)
        with pytest.raises(Crash) if not committed else _nothing(), db.transaction() as session:
            wave, now = waves.load(session, intruder.wave.code), db.now(session)
            corrections.reissue(session, keys, wave, session.get_one(Respondent, 1), now, DOMAIN)
            if not committed:
                die()
    with db.reading() as session:
        assert not alterations.find(session, keys, waves.load(session, intruder.wave.code))
    with db.transaction() as session:
        wave, now = waves.load(session, intruder.wave.code), db.now(session)
        corrections.reissue(session, keys, wave, session.get_one(Respondent, 1), now, DOMAIN)
    cast_all(db, keys, intruder.wave)
    intruder.close()
    assert intruder.unseal().counted == 20
    content = keys.path.read_text()
    assert not re.search(r'"next"', content)


class _nothing:  # noqa: N801
    def __enter__(self) -> None:
        return None

    def __exit__(self, *_args: object) -> None:
        return None


# The console and the command line, when it has happened.


@SQLITE
def test_officers_see_which_ballots_were_altered_and_declare_them_void(
    intruder: Intruder, configured: Settings
) -> None:
    db, keys = intruder.db, intruder.keys
    cast_all(db, keys, intruder.wave)
    clerk = desk_of(db, keys, configured, "officer")
    page = f"/quan-tri/dot/{intruder.wave.code}/phieu-bi-sua"
    assert "Mọi phiếu đều như lúc phát" in clerk.open(page).text
    intruder.write("UPDATE respondent SET name = 'Ai đó' WHERE id = 1")
    assert "Ai đó" in clerk.open(page).text
    assert not [form for form in clerk.forms if form.action.endswith("phieu-bi-sua")]
    intruder.close()
    clerk.open(page).press("Tuyên bố vô hiệu", {"ma-xac-thuc": "000000"})
    assert clerk.refused
    intruder.clock.move(seconds=60)
    clerk.press("Tuyên bố vô hiệu", {"ma-xac-thuc": clerk.code()})
    assert "Đã tuyên bố vô hiệu" in clerk.text
    minutes = intruder.unseal()
    assert (minutes.altered, minutes.counted) == (1, 19)
    with db.reading() as session:
        opening = openingfacts.of(session, waves.load(session, intruder.wave.code))
    assert opening is not None
    assert opening.voided_by.startswith("Cán bộ")


@SQLITE
def test_two_officers_declare_void_one_after_the_other(
    db: Database, keys: KeyFile, clock: Clock, configured: Settings
) -> None:
    first = desk_of(db, keys, configured, "officer")
    second = desk_of(db, keys, configured, "officer")
    wave = make_wave(db, keys, people=12, two_people=True)
    intruder = Intruder(db, keys, clock, wave)
    intruder.write("UPDATE respondent SET name = 'Ai đó' WHERE id = 1")
    intruder.close()
    page = f"/quan-tri/dot/{wave.code}/phieu-bi-sua"
    ask = "Đề nghị tuyên bố vô hiệu"
    first.open(page).press(ask, {"ma-xac-thuc": first.code()})
    assert "đang chờ một chuyên viên khác" in first.text
    # Somebody alters one more in between: what was asked for is not that.
    intruder.write("UPDATE respondent SET name = 'Ai đó' WHERE id = 2")
    confirm = "Xác nhận và tuyên bố vô hiệu"
    second.open(page).press(confirm, {"ma-xac-thuc": second.code()})
    assert second.refused
    intruder.write("UPDATE respondent SET name = 'Người thứ 2' WHERE id = 2")
    clock.move(seconds=60)
    second.open(page).press(confirm, {"ma-xac-thuc": second.code()})
    assert "Đã tuyên bố vô hiệu" in second.text


def test_a_proposal_written_into_the_table_asks_for_nothing(
    db: Database, keys: KeyFile, clock: Clock, configured: Settings
) -> None:
    first = desk_of(db, keys, configured, "officer")
    second = desk_of(db, keys, configured, "officer")
    wave = make_wave(db, keys, people=12, two_people=True)
    intruder = Intruder(db, keys, clock, wave)
    intruder.close()
    urn = f"/quan-tri/dot/{wave.code}/mo-hom-phieu"
    first.open(urn).press("Đề nghị mở hòm phiếu", {"ma-xac-thuc": first.code()})
    assert "đề nghị mở hòm phiếu lúc" in second.open(urn).text
    first.press("Rút đề nghị")
    # Taken back, and opened again by hand.
    intruder.write("UPDATE proposal SET withdrawn_at = NULL")
    assert "đề nghị mở hòm phiếu lúc" not in second.open(urn).text
    # One of another's name.
    intruder.copy_row("proposal", "id = 1", id=50, staff_id=second.staff_id)
    assert "đề nghị mở hòm phiếu lúc" not in first.open(urn).text


def test_the_command_line_sets_a_wave_right_and_declares_ballots_void(
    intruder: Intruder, configured: Settings
) -> None:
    office, code = Office(configured), intruder.wave.code
    intruder.write("UPDATE wave SET closes_at = '2026-03-01 12:00:00'")
    with pytest.raises(WaveAltered, match="phieu wave repair"):
        office.types("status", code)
    assert "như tệp khóa ghi" in office.types("repair", code)
    assert "đang đúng" in office.types("repair", code)
    intruder.write("UPDATE respondent SET name = 'Ai đó' WHERE id = 1")
    office.types("close", code, "--yes")
    with pytest.raises(BallotsAltered, match="phieu wave void-altered"):
        office.types("unseal", code)
    office.types("void-altered", code, "--yes")
    assert "đếm được 0" in office.types("unseal", code)


@SQLITE
def test_another_index_in_the_row_puts_nobody_elses_name_on_a_page(
    intruder: Intruder, configured: Settings
) -> None:
    index = make_index("external")
    intruder.write(
        "UPDATE wave SET index_content = :c, index_digest = :d",
        c=json.dumps(indexfile.canonical(index), ensure_ascii=False),
        d=indexfile.digest(index),
    )
    with intruder.db.reading() as session:
        assert enquiries.newest_index(session) is None
        assert enquiries.sealed_waves(session) == []
    visitor = stranger(intruder.db, intruder.keys, configured)
    assert visitor.open("/").status == 200
    (first, *_others) = intruder.names
    assert visitor.open(f"/p/{intruder.keys.tokens.link(first)}").status == 503
    assert "không còn như lúc phát" in visitor.text


def test_a_database_restored_from_a_backup_is_accepted_by_command_and_told(
    intruder: Intruder, configured: Settings
) -> None:
    """Earlier states of rows, which are no attack; what somebody made up stays altered."""
    db, keys, office, code = intruder.db, intruder.keys, Office(configured), intruder.wave.code
    with pytest.raises(WaveRefused, match="không có gì phải nhận"):
        office.types("accept", code, "--reason", "thử")
    backup = intruder.read("SELECT number, issue, code_mac, bond FROM ballot ORDER BY number")
    with db.transaction() as session:
        wave, now = waves.load(session, code), db.now(session)
        corrections.reissue(session, keys, wave, session.get_one(Respondent, 1), now, DOMAIN)
    for row in backup:
        intruder.write(
            "UPDATE ballot SET issue = :i, code_mac = :m, bond = :b WHERE number = :n",
            i=row.issue,
            m=row.code_mac,
            b=row.bond,
            n=row.number,
        )
    with db.reading() as session:
        assert alterations.find(session, keys, waves.load(session, code))
    office.types("accept", code, "--reason", "Khôi phục từ bản lưu 1/3")
    intruder.write("UPDATE respondent SET name = 'x' WHERE id = 2")
    with db.reading() as session:
        found = alterations.find(session, keys, waves.load(session, code))
    assert [each.respondent_id for each in found.altered] == [2]
    intruder.write("UPDATE respondent SET name = 'Người thứ 2' WHERE id = 2")
    cast_all(db, keys, intruder.wave)
    intruder.close()
    minutes = intruder.unseal()
    assert minutes.counted == 20
    assert "Khôi phục từ bản lưu 1/3" in minutes.unproved
