"""More of what somebody tries who can write anything to the database at any time: old rows put
back, rows deleted, columns that decide only later, one officer's account beside it."""

import subprocess
import sys
import unicodedata
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import Session

from app import settings
from app.audit import chain
from app.ballots import ballot as ballots
from app.ballots import drafts
from app.bonds.ballotfacts import BallotAltered
from app.bonds.wavefacts import WaveAltered
from app.count import comments, externals, openingfacts, scoresheets, tallies, urnkeys
from app.count.tallies import TallyAltered
from app.index import file as indexfile
from app.keys import recovery
from app.keys.keyfile import KeyFile
from app.keys.tokens import BallotName, receipt_hash
from app.keys.urn import Answers, DraftState
from app.mending import leftopen
from app.preparation import agencies, wordings
from app.roster import rows
from app.settings import Settings
from app.staff import guesses
from app.store.db import Database
from app.store.models import Respondent, Wave
from app.store.officemodels import Preparation
from app.store.resultmodels import Sheet
from app.waves import alterations, closing, corrections, launch, notes, participation, reminders
from app.waves import wave as waves
from app.waves.alterations import BallotsAltered
from app.waves.wave import WaveRefused, id_of
from tests.bonds.test_attacks import DOMAIN, SQLITE, Intruder, drop_triggers, opened
from tests.conftest import Clock, first_on_both
from tests.making.blocks import cast_all, cast_ballot, make_index, make_people, make_wave
from tests.making.consoles import desk_of, stranger

CONFIGURED = settings.read(
    {"PHIEU_MAIL_FROM": "phieu@vi-du.vn", "PHIEU_BASE_URL": "http://127.0.0.1:8000"}
)


@pytest.fixture
def intruder(db: Database, keys: KeyFile, clock: Clock) -> Intruder:
    made = Intruder(db, keys, clock, make_wave(db, keys, make_index(), 20))
    drop_triggers(db)
    return made


# Answers of one person.


def _begun(intruder: Intruder) -> tuple[Any, Any, Answers]:
    """The first ballot with answers in its draft: (its row, its draft's row, the answers)."""
    db, keys = intruder.db, intruder.keys
    (name, *_others) = intruder.names
    with db.transaction() as session:
        ballot = ballots.find(session, name)
        drafts.start(session, keys, ballot, db.now(session))
    said = Answers({ballot.asked(None)[0]: "A"})
    with db.transaction() as session:
        ballot = ballots.find(session, name)
        state = DraftState(said, frozenset(ballot.units))
        drafts.change(session, keys, ballot, db.now(session), lambda _before: state)
    (row,) = intruder.read("SELECT * FROM ballot WHERE number = :n", n=name.number)
    (draft,) = intruder.read("SELECT * FROM draft WHERE ballot_number = :n", n=name.number)
    return row, draft, said


@first_on_both("how", ["address", "anew", "cast and anew"])
def test_a_draft_put_back_is_not_read_by_whoever_was_given_the_ballot_anew(
    intruder: Intruder, how: str
) -> None:
    """One officer sends the ballot to a mailbox of his own, and puts the draft back that was
    deleted with it: he has the link now, and must not see what its owner had answered."""
    db, keys = intruder.db, intruder.keys
    row, draft, said = _begun(intruder)
    (name, *_others) = intruder.names
    if how == "cast and anew":
        cast_ballot(db, keys, name, said)
    with db.transaction() as session:
        wave, now = waves.load(session, intruder.wave.code), db.now(session)
        person = session.get_one(Respondent, row.respondent_id)
        if how == "address":
            index, _layout = waves.index_of(wave)
            wanted = rows.person_of(index, rows.fields_of(person) | {"Email": "ke@xau.vn"})
            corrections.correct(session, keys, wave, person, wanted, now, DOMAIN)
        else:
            corrections.reissue(session, keys, wave, person, now, DOMAIN)
    assert intruder.read("SELECT count(*) FROM draft")[0][0] == 0
    intruder.write(
        "INSERT INTO draft (ballot_number, sealed) VALUES (:n, :s)", n=name.number, s=draft.sealed
    )
    (anew, *_others) = intruder.names
    assert anew.issue == 2
    with db.reading() as session:
        ballot = ballots.find(session, anew)
        assert drafts.read(session, keys, ballot).answers == Answers()


@SQLITE
def test_a_draft_moved_to_another_ballot_shows_nothing_there(intruder: Intruder) -> None:
    db, keys = intruder.db, intruder.keys
    _row, draft, _said = _begun(intruder)
    (_first, own, *_others) = intruder.names
    intruder.write(
        "INSERT INTO draft (ballot_number, sealed) VALUES (:n, :s)", n=own.number, s=draft.sealed
    )
    with db.reading() as session:
        ballot = ballots.find(session, own)
        assert drafts.read(session, keys, ballot).answers == Answers()


# The result.


def test_ballots_said_not_to_be_cast_are_not_left_out_in_silence(intruder: Intruder) -> None:
    """The rows of the urn stand in the digest of the close; who cast stands in no MAC."""
    cast_all(intruder.db, intruder.keys, intruder.wave)
    intruder.close()
    left_out = 'UPDATE ballot SET "cast" = false, ever_cast = false WHERE respondent_id <= 5'
    assert intruder.write(left_out) == 5
    with pytest.raises(WaveRefused, match="không khớp số phiếu đã gửi"):
        intruder.unseal()
    intruder.write('UPDATE ballot SET "cast" = true, ever_cast = true WHERE respondent_id <= 5')
    assert intruder.unseal().counted == 20


@SQLITE
def test_votes_changed_over_to_others_are_not_counted(intruder: Intruder) -> None:
    cast_all(intruder.db, intruder.keys, intruder.wave, share=0.5)
    intruder.close()
    intruder.write('UPDATE ballot SET "cast" = NOT "cast", ever_cast = NOT ever_cast')
    with pytest.raises(WaveRefused, match="không khớp số phiếu đã gửi"):
        intruder.unseal()


def scored_with(intruder: Intruder, percent: int) -> Any:
    with intruder.db.transaction() as session:
        wave = waves.load(session, intruder.wave.code)
        index, _layout = waves.index_of(wave)
        (leaf,) = [each.code for each in index.leaves if each.method == "external"][:1]
        percents = {
            (unit.code, leaf): Fraction(percent)
            for unit in index.units
            if index.applies(leaf, unit)
        }
        externals.put_in(session, wave, percents)
    return _scored(intruder)


def _scored(intruder: Intruder) -> Any:
    with intruder.db.transaction() as session:
        document, _new = scoresheets.score(intruder.db, session, intruder.wave.code)
    return document


@pytest.fixture
def with_external(db: Database, keys: KeyFile, clock: Clock) -> Intruder:
    made = Intruder(db, keys, clock, make_wave(db, keys, make_index("external"), 20))
    drop_triggers(db)
    opened(made)
    return made


def test_an_earlier_sheet_does_not_become_the_newest_again(with_external: Intruder) -> None:
    intruder = with_external
    scored_with(intruder, 40)
    scored_with(intruder, 80)
    intruder.write("DELETE FROM sheet WHERE number = 2")
    code = intruder.wave.code
    for look in (
        lambda session: scoresheets.latest_sheet(session, code),
        scoresheets.published,
        lambda session: scoresheets.published(session, code),
        lambda session: scoresheets.document_of(session, id_of(intruder.wave), 1),
    ):
        with intruder.db.reading() as session, pytest.raises(TallyAltered):
            look(session)
    with pytest.raises(TallyAltered):
        _scored(intruder)


@SQLITE
def test_sheets_that_are_all_gone_are_not_begun_anew(with_external: Intruder) -> None:
    intruder = with_external
    scored_with(intruder, 40)
    intruder.write("DELETE FROM sheet")
    with pytest.raises(TallyAltered):
        _scored(intruder)
    with intruder.db.reading() as session, pytest.raises(TallyAltered):
        scoresheets.latest_sheet(session, intruder.wave.code)
    with intruder.db.reading() as session, pytest.raises(TallyAltered):
        scoresheets.published(session)


def test_a_wave_that_is_gone_is_missed(with_external: Intruder) -> None:
    intruder = with_external
    scored_with(intruder, 40)
    for table in (
        *("letter", "ballot", "respondent", "sheet", "tally", "unit_ballots", "minutes"),
        *("receipt_hash", "precision", "external_percent", "comment", "hourly_note"),
        *("record_entry", "wave"),
    ):
        intruder.write(f"DELETE FROM {table}")
    with intruder.db.reading() as session, pytest.raises(WaveAltered):
        waves.load(session, intruder.wave.code)
    with intruder.db.reading() as session, pytest.raises(TallyAltered):
        scoresheets.published(session)


@SQLITE
def test_the_minutes_say_who_put_people_on_the_roster_as_it_was_launched(
    intruder: Intruder,
) -> None:
    opened(intruder)

    def said() -> str:
        with intruder.db.reading() as session:
            opening = openingfacts.of(session, waves.load(session, intruder.wave.code))
        assert opening is not None
        return opening.roster

    before = said()
    assert "20 người" in before
    intruder.write("UPDATE respondent SET added_by = 'Bí thư', added_from = 'bịa' WHERE id > 3")
    assert said() == before


@first_on_both("how", ["put back", "deleted", "deleted, no mac"])
def test_percents_from_elsewhere_are_those_imported_last(with_external: Intruder, how: str) -> None:
    intruder = with_external
    scored_with(intruder, 40)
    before = intruder.read("SELECT unit, criterion, percent FROM external_percent")
    mac = intruder.read("SELECT external_mac FROM wave")[0][0]
    scored_with(intruder, 80)
    intruder.write("DELETE FROM external_percent")
    if how == "deleted, no mac":
        intruder.write("UPDATE wave SET external_mac = NULL")
    if how == "put back":
        intruder.write("UPDATE wave SET external_mac = :m", m=mac)
        for row in before:
            intruder.write(
                "INSERT INTO external_percent (wave_id, unit, criterion, percent)"
                " VALUES (:w, :u, :c, :p)",
                w=id_of(intruder.wave),
                u=row.unit,
                c=row.criterion,
                p=row.percent,
            )
    with pytest.raises(TallyAltered, match="nơi khác"):
        _scored(intruder)
    # And a new file puts it right.
    assert scored_with(intruder, 90)


@SQLITE
def test_percents_imported_before_the_launch_hold_after_it(
    db: Database, keys: KeyFile, clock: Clock
) -> None:
    index = make_index("external")
    with db.transaction() as session:
        now = db.now(session)
        wave = waves.new(session, "som", index, now, now + timedelta(days=9), now)
        waves.import_roster(session, wave, make_people(index, 20))
        (leaf,) = [each.code for each in index.leaves if each.method == "external"][:1]
        unit = next(unit for unit in index.units if index.applies(leaf, unit))
        externals.put_in(session, wave, {(unit.code, leaf): Fraction(50)})
        launch.launch(db, session, keys, CONFIGURED, wave)
    intruder = Intruder(db, keys, clock, wave)
    drop_triggers(db)
    opened(intruder)
    _scored(intruder)
    intruder.write("DELETE FROM external_percent")
    intruder.write("UPDATE wave SET external_mac = NULL")
    with pytest.raises(TallyAltered):
        _scored(intruder)


def test_no_comment_is_read_that_nobody_wrote(intruder: Intruder) -> None:
    made = make_wave(intruder.db, intruder.keys, make_index("comments"), 40, code="gop-y")
    intruder.wave = made
    opened(intruder)
    wave_id = id_of(made)
    question = intruder.read("SELECT question FROM comment")[0][0]

    def read(session: Any) -> Any:
        wave = waves.load(session, intruder.wave.code)
        return comments.page(session, wave, question, 1)

    with intruder.db.reading() as session:
        assert read(session)
    for statement in (
        "UPDATE comment SET text = 'Giám đốc nhận tiền'",
        "DELETE FROM comment WHERE key = (SELECT min(key) FROM comment)",
        "INSERT INTO comment (key, wave_id, question, text) SELECT :k, wave_id, question, 'x'"
        " FROM comment LIMIT 1",
    ):
        kept = intruder.read("SELECT * FROM comment")
        intruder.write(statement, **({"k": b"\x05" * 16} if ":k" in statement else {}))
        with intruder.db.reading() as session, pytest.raises(TallyAltered, match="Góp ý"):
            read(session)
        intruder.write("DELETE FROM comment")
        for row in kept:
            intruder.write(
                "INSERT INTO comment (key, wave_id, question, text) VALUES (:k, :w, :q, :t)",
                k=row.key,
                w=wave_id,
                q=row.question,
                t=row.text,
            )
    with intruder.db.reading() as session:
        assert read(session)


def test_no_receipt_is_said_to_be_counted_that_was_not(
    intruder: Intruder, configured: Settings
) -> None:
    opened(intruder)
    made_up = intruder.keys.receipt("dot-khac", BallotName(bytes(12), 1))
    intruder.write(
        "INSERT INTO receipt_hash (wave_id, hash) VALUES (:w, :h)",
        w=id_of(intruder.wave),
        h=receipt_hash(made_up),
    )
    with intruder.db.reading() as session, pytest.raises(TallyAltered, match="biên nhận"):
        tallies.is_counted(session, made_up)
    visitor = stranger(intruder.db, intruder.keys, configured)
    visitor.open("/tra-cuu").send(visitor.forms[-1], {"bien-nhan": made_up})
    assert visitor.status == 503
    assert "không còn như lúc kiểm phiếu" in visitor.text
    intruder.write("DELETE FROM receipt_hash WHERE hash = :h", h=receipt_hash(made_up))
    with intruder.db.reading() as session:
        assert not tallies.is_counted(session, made_up)
    intruder.write("DELETE FROM receipt_hash")
    with intruder.db.reading() as session, pytest.raises(TallyAltered):
        tallies.is_counted(session, made_up)


def test_a_tally_that_is_no_json_is_told_as_altered(intruder: Intruder) -> None:
    opened(intruder)
    for cells in ("{", "[1e999]", '{"a": {"A": 99999999999999999999}}', "NaN", '"' + "x" * 70000):
        intruder.write("UPDATE tally SET cells = :c", c=cells)
        with pytest.raises(TallyAltered):
            _scored(intruder)


class Crash(BaseException):
    pass


@pytest.mark.parametrize("committed", [True, False])
def test_a_crash_between_database_and_key_file_alters_no_result(
    with_external: Intruder, committed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    intruder, db, keys = with_external, with_external.db, with_external.keys
    scored_with(intruder, 40)
    with monkeypatch.context() as patched:
        patched.setattr("app.bonds.pledges._ended", lambda *_args: None)
        with suppress(Crash), db.transaction() as session:
            scored_anew(db, session, waves.load(session, intruder.wave.code))
            if not committed:
                raise Crash
    for _time in range(2):
        with db.reading() as session:
            document = scoresheets.latest_sheet(session, intruder.wave.code)
        assert document["sheet"] == (2 if committed else 1)
        assert _scored(intruder) == document
        leftopen.settle(db, keys)
    assert scored_with(intruder, 80)["sheet"] == (3 if committed else 2)


@pytest.mark.parametrize("committed", [True, False])
def test_the_next_deed_builds_on_what_the_key_file_has_not_heard_of_yet(
    with_external: Intruder, committed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another one's commit is through, and he has not come to say so: nothing of it is lost."""
    intruder, db = with_external, with_external.db
    scored_with(intruder, 40)
    with monkeypatch.context() as patched:
        patched.setattr("app.bonds.pledges._ended", lambda *_args: None)
        with suppress(Crash), db.transaction() as session:
            scored_anew(db, session, waves.load(session, intruder.wave.code))
            if not committed:
                raise Crash
    assert scored_with(intruder, 80)["sheet"] == (3 if committed else 2)
    leftopen.settle(db, intruder.keys)
    with db.reading() as session:
        for number, document in session.execute(select(Sheet.number, Sheet.document)):  # type: ignore[call-overload]
            tallies.must_be_sheet(session, intruder.wave.code, number, document)


def scored_anew(db: Database, session: Session, wave: Wave) -> None:
    percents = dict.fromkeys(externals.percents(session, id_of(wave)), Fraction(70))
    externals.put_in(session, wave, percents)
    scoresheets.score(db, session, wave.code)


# Keys of a wave, and what a draft is launched with.

ENDED = {
    "cancelled": "UPDATE wave SET launched_at = NULL, cancelled_at = created_at",
    "opened": "UPDATE wave SET launched_at = NULL, unsealed_at = created_at",
}


@pytest.mark.parametrize("how", list(ENDED))
@SQLITE
def test_no_urn_is_made_unreadable_by_a_row(intruder: Intruder, how: str) -> None:
    intruder.write(ENDED[how])
    urnkeys.erase_left(intruder.db, intruder.keys)
    assert intruder.keys.has_wave(intruder.wave.code)


@SQLITE
def test_keys_are_erased_whatever_a_row_says_of_that(intruder: Intruder) -> None:
    cast_all(intruder.db, intruder.keys, intruder.wave)
    intruder.close()
    intruder.write("UPDATE wave SET keys_erased_at = created_at")
    intruder.unseal()
    assert not intruder.keys.has_wave(intruder.wave.code)


@pytest.mark.parametrize("committed", [True, False])
def test_the_keys_of_a_launch_that_was_cut_off_are_handed_to_nobody(
    db: Database, keys: KeyFile, clock: Clock, monkeypatch: pytest.MonkeyPatch, committed: bool
) -> None:
    """Its commit went through, the key file was not told, and the row is made a draft's again: what
    is copied then must not open the wave when the row comes back."""
    index = make_index()
    keys.content()
    with db.transaction() as session:
        now = db.now(session)
        wave = waves.new(session, "dot-thu", index, now, now + timedelta(days=9), now)
        waves.import_roster(session, wave, make_people(index, 20))
    public = keys.make_wave("dot-thu", wave.index_digest)
    with monkeypatch.context() as patched:
        patched.setattr("app.bonds.pledges._ended", lambda *_args: None)
        with suppress(Crash), db.transaction() as session:
            launch.launch(db, session, keys, CONFIGURED, waves.load(session, "dot-thu"))
            if not committed:
                raise Crash
    intruder = Intruder(db, keys, clock, wave)
    drop_triggers(db)
    if committed:
        leftopen.settle(db, KeyFile(keys.path.with_name("none")))
        launched = intruder.read("SELECT launched_at FROM wave")[0][0]
        intruder.write("UPDATE wave SET launched_at = NULL, public_key = NULL")
        leftopen.settle(db, keys)
    assert keys.prepared("dot-thu", wave.index_digest) is None
    assert keys.make_wave("dot-thu", wave.index_digest) != public
    assert recovery.open_copy(recovery.copy_of(keys, "dot-thu", "x" * 16), "x" * 16).public_key == (
        keys.prepared("dot-thu", wave.index_digest)
    )
    if committed:
        intruder.write("UPDATE wave SET launched_at = :l, public_key = :k", l=launched, k=public)
        with db.reading() as session, pytest.raises(WaveAltered):
            waves.load(session, "dot-thu")
    else:
        # Who was honest launches again.
        with db.transaction() as session:
            launch.launch(db, session, keys, CONFIGURED, waves.load(session, "dot-thu"))
        with db.reading() as session:
            assert not alterations.find(session, keys, waves.load(session, "dot-thu"))


PRESET = {
    "unsealed_at": "'2026-03-01 12:00:00'",
    "public_key": ":k",
    "closed_at": "'2026-03-01 12:00:00'",
    "listed_at": "'2026-03-01 12:00:00'",
    "urn_digest": "'sha256:00'",
    "mode": "'committee'",
}


@first_on_both("name", PRESET, both=2)
def test_no_wave_is_launched_with_what_only_a_later_deed_writes(
    db: Database, keys: KeyFile, clock: Clock, name: str
) -> None:
    index = make_index()
    with db.transaction() as session:
        now = db.now(session)
        wave = waves.new(session, "nhap", index, now, now + timedelta(days=9), now)
        waves.import_roster(session, wave, make_people(index, 20))
    intruder = Intruder(db, keys, clock, wave)
    value = PRESET[name]
    intruder.write(
        f"UPDATE wave SET {name} = {value}", **({"k": b"k" * 32} if value == ":k" else {})
    )
    with db.transaction() as session:
        wave = session.get_one(Wave, id_of(wave))
        with pytest.raises((WaveAltered, WaveRefused)):
            launch.launch(db, session, keys, CONFIGURED, wave)
    assert not keys.path.exists() or not (keys.slot("waves", "nhap", "facts") or {}).get("now")


NULLS = ("respondent.name", "respondent.email", "respondent.group", "respondent.assigned")


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("column", [*NULLS, "ballot.at_launch", "ballot.issue"])
def test_a_row_without_what_it_must_have_is_altered_too(intruder: Intruder, column: str) -> None:
    table, _dot, name = column.partition(".")
    where = "id" if table == "respondent" else "respondent_id"
    intruder.close()
    intruder.write(f'ALTER TABLE {table} ALTER COLUMN "{name}" DROP NOT NULL')
    intruder.write(f'UPDATE {table} SET "{name}" = NULL WHERE {where} = 1')
    with pytest.raises(BallotsAltered):
        intruder.unseal()
    with intruder.db.reading() as session, pytest.raises(BallotAltered):
        ballots.find(session, intruder.names[0] if name != "issue" else _first(intruder))


def _first(intruder: Intruder) -> BallotName:
    (row,) = intruder.read("SELECT number FROM ballot WHERE respondent_id = 1")
    return BallotName(row.number, 1)


# Two people, and the person a page showed.


@SQLITE
def test_two_people_who_change_places_with_their_ballots_are_found(intruder: Intruder) -> None:
    """An officer proposes a deed about one person; before it is confirmed another one stands under
    that number."""
    first, second = intruder.read("SELECT * FROM respondent WHERE id IN (1, 2) ORDER BY id")
    one, two = intruder.read("SELECT * FROM ballot WHERE respondent_id <= 2 ORDER BY respondent_id")
    intruder.write("UPDATE respondent SET email_key = 'x' || id WHERE id <= 2")
    for row, other in ((first, second), (second, first)):
        intruder.write(
            'UPDATE respondent SET name = :n, email = :e, email_key = :k, "group" = :g,'
            " agency = :a, assigned = :s WHERE id = :i",
            n=other.name,
            e=other.email,
            k=other.email_key,
            g=other.group,
            a=other.agency,
            s=other.assigned,
            i=row.id,
        )
    spare = 777
    intruder.copy_row("respondent", "id = 1", id=spare, email="s@x", email_key="s@x")
    for number, to in ((one.number, spare), (two.number, 1), (one.number, 2)):
        intruder.write("UPDATE ballot SET respondent_id = :r WHERE number = :n", r=to, n=number)
    intruder.write("DELETE FROM respondent WHERE id = :i", i=spare)
    db, keys = intruder.db, intruder.keys
    with db.transaction() as session:
        wave, now = waves.load(session, intruder.wave.code), db.now(session)
        person = session.get_one(Respondent, 1)
        with pytest.raises(BallotAltered):
            corrections.reissue(session, keys, wave, person, now, DOMAIN)


# Who took part.


def _with_list(db: Database, keys: KeyFile, clock: Clock) -> Intruder:
    index = make_index()
    index = replace(index, rules=replace(index.rules, participation_list=True))
    index = indexfile.read(indexfile.canonical(index))
    intruder = Intruder(db, keys, clock, make_wave(db, keys, index, 20))
    drop_triggers(db)
    cast_all(db, keys, intruder.wave, share=0.5)
    intruder.close()
    return intruder


def _listed(intruder: Intruder) -> list[tuple[str, str, str]]:
    with intruder.db.transaction() as session:
        wave, now = waves.load(session, intruder.wave.code), intruder.db.now(session)
        return participation.list_them(session, wave, now)


def test_the_list_of_who_took_part_names_nobody_by_a_row(
    db: Database, keys: KeyFile, clock: Clock
) -> None:
    intruder = _with_list(db, keys, clock)
    assert len(_listed(intruder)) == 10
    intruder.write("UPDATE respondent SET name = 'Kẻ nhận tiền' WHERE id = 1")
    with pytest.raises(WaveRefused):
        _listed(intruder)
    intruder.write("UPDATE respondent SET name = 'Người thứ 1' WHERE id = 1")
    assert len(_listed(intruder)) == 10
    intruder.unseal()
    assert len(_listed(intruder)) == 10
    intruder.write('UPDATE ballot SET "cast" = NOT "cast"')
    with pytest.raises(WaveRefused):
        _listed(intruder)


# One wave that was spoilt is no reason for others to wait.


def test_a_spoilt_wave_keeps_no_other_from_its_notes_and_reminders(
    db: Database, keys: KeyFile, clock: Clock, intruder: Intruder, configured: Settings
) -> None:
    other = make_wave(db, keys, make_index(), 20, code="dot-hai")
    with db.transaction() as session:
        wave = waves.load(session, "dot-hai")
        reminders.set_days(session, wave, [9])
    intruder.write(
        "UPDATE wave SET note_cells = '[', remind_days = 'x 5' WHERE id = :i",
        i=id_of(intruder.wave),
    )
    notes.take_all(db)
    with db.reading() as session:
        assert notes.of(session, id_of(other))
    due = reminders.due_times(wave)[0]
    clock.move(seconds=(due - clock.now).total_seconds() + 60)
    reminders.remind_all(db, keys, configured)
    with db.reading() as session:
        assert reminders.done(session, id_of(other))


# What the officer saw is what is launched.

SWAPS = {
    "address": "UPDATE respondent SET email = 'ke@xau.vn', email_key = 'ke@xau.vn' WHERE id = 3",
    "taken off": "UPDATE respondent SET removed_at = created_at FROM wave WHERE respondent.id = 3",
    "group": "UPDATE respondent SET \"group\" = 'xa' WHERE \"group\" = 'hdnd'",
    "trial no more": "UPDATE wave SET rehearsal = NOT rehearsal",
    "near agencies": "UPDATE preparation SET agencies = '['",  # as good as emptied
    "words": "DELETE FROM salutation",
}


@first_on_both("what", SWAPS, both=2)
def test_a_draft_that_was_changed_since_its_officer_looked_is_not_launched(
    db: Database, keys: KeyFile, clock: Clock, configured: Settings, what: str
) -> None:
    relay = settings.read({"PHIEU_SMTP_URL": "smtp://127.0.0.1:9"}).relay
    index, clerk = make_index(), desk_of(db, keys, replace(configured, relay=relay))
    with db.transaction() as session:
        now = db.now(session)
        wave = waves.new(session, "dot-thu", index, now, now + timedelta(days=9), now)
        wave.rehearsal = True
        session.flush()
        waves.import_roster(session, wave, make_people(index, 60))
        wordings.keep(session, wave, {}, {"hdnd": "Kính gửi đồng chí"})
        agencies.roster_changed(session, wave, index, "ds.xlsx", now)
    page = "/quan-tri/dot/dot-thu/phat-phieu"
    form = clerk.open(page).form_to("/phat-phieu")
    Intruder(db, keys, clock, wave).write(SWAPS[what])
    clerk.send(form, {"ma-xac-thuc": clerk.code()})
    assert clerk.fine is (what == "near agencies")
    with db.reading() as session:
        launched = waves.load(session, "dot-thu").launched_at
    assert (launched is not None) == (what == "near agencies")
    if what == "address":
        assert "vừa được sửa" in clerk.text
        clerk.open(page).form_to("/phat-phieu")
        clock.move(seconds=60)
        clerk.send(clerk.form_to("/phat-phieu"), {"ma-xac-thuc": clerk.code()})
        assert "Đã phát 60 phiếu" in clerk.text


# Honest use is never told as altered.


def test_odd_names_are_bound_as_the_database_gives_them_back(
    db: Database, keys: KeyFile, clock: Clock
) -> None:
    index = make_index()
    odd = [
        unicodedata.normalize("NFD", "Nguyễn Thị Hồng Điệp"),
        unicodedata.normalize("NFC", "Nguyễn Thị Hồng Điệp"),
        'O\'Brien \\ "x" -- ; DROP TABLE ballot',
        "𠮷野 👩‍👩‍👧 \u202eđảo",
        "  hai  dấu  cách ",
        "\ufeffBOM \u200b\u00ad",
        "İıſß",
        "x" * 2000,
        "12:34 ",
    ]
    found = make_people(index, 40)
    made = [
        replace(person, name=odd[place % len(odd)], agency_text="", position=odd[-place % 9])
        for place, person in enumerate(found)
    ]
    intruder = Intruder(db, keys, clock, make_wave(db, keys, index, made))
    clock.move(microseconds=123457)
    deeds: list[Any] = [corrections.reissue, corrections.remove]
    for deed in deeds:
        for id_ in (1, 2, 3):
            with db.transaction() as session:
                wave, now = waves.load(session, intruder.wave.code), db.now(session)
                deed(session, keys, wave, session.get_one(Respondent, id_), now, DOMAIN)
    with db.transaction() as session:
        wave, now = waves.load(session, intruder.wave.code), db.now(session)
        corrections.restore(session, keys, wave, 1, now, DOMAIN)
        closing.extend(db, session, wave, now + timedelta(days=20, microseconds=7))
    with db.reading() as session:
        assert not alterations.find(session, keys, waves.load(session, intruder.wave.code))
    cast_all(db, keys, intruder.wave, share=0)
    intruder.close()
    with db.transaction() as session:
        wave, now = waves.load(session, intruder.wave.code), db.now(session)
        closing.extend(db, session, wave, now + timedelta(days=1, microseconds=1))
    intruder.close()
    assert intruder.unseal().issued == 40


def test_a_draft_cancelled_or_refused_half_way_is_launched_or_ended_as_ever(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    index = make_index()
    other = make_wave(db, keys, index, 12, code="dot-kia")
    with db.transaction() as session:
        now = db.now(session)
        for code in ("dot-mot", "dot-hai"):
            wave = waves.new(session, code, index, now, now + timedelta(days=9), now)
            waves.import_roster(session, wave, make_people(index, 20))
    with suppress(Crash), db.transaction() as session:
        launch.launch(db, session, keys, CONFIGURED, waves.load(session, "dot-mot"))
        raise Crash
    with db.transaction() as session:
        launch.launch(db, session, keys, CONFIGURED, waves.load(session, "dot-mot"))
        closing.cancel(db, session, configured, waves.load(session, "dot-hai"), "Danh sách sai")
    urnkeys.erase_left(db, keys)
    with db.reading() as session:
        for code in ("dot-mot", "dot-hai", other.code):
            waves.load(session, code)
        assert not alterations.find(session, keys, waves.load(session, "dot-mot"))
    assert keys.has_wave("dot-mot")


BESIDE = """
import sys
from pathlib import Path
from app.keys.keyfile import KeyFile
keys = KeyFile(Path(sys.argv[1]))
for number in range(40):
    with keys.changing() as content:
        content.setdefault("tried", []).append(f"{sys.argv[2]}-{number}")
"""


def test_two_processes_that_change_the_key_file_lose_nothing(keys: KeyFile) -> None:
    keys.content()
    run = [sys.executable, "-c", BESIDE, str(keys.path)]
    both = [subprocess.Popen([*run, name]) for name in ("a", "b", "c")]
    assert [each.wait(60) for each in both] == [0, 0, 0]
    assert len(set(keys.content()["tried"])) == 120


ODD = ["[", "[1]", "1", '"x"', "null", '{"sign-in": 1}', '{"sign-in": ["x", "y"]}', "[" * 9000]


@first_on_both("odd", ODD)
def test_what_is_no_json_of_ours_breaks_no_page(
    db: Database, keys: KeyFile, clock: Clock, configured: Settings, odd: str
) -> None:
    clerk = desk_of(db, keys, configured, "officer", "council", "admin")
    wave = make_wave(db, keys, make_index(), 12)
    with db.transaction() as session:
        session.add(Preparation(wave_id=id_of(wave)))
    with db.transaction() as session:
        chain.note(session, keys, db.now(session), "An", "wave.close", wave.code, urn="x")
    intruder = Intruder(db, keys, clock, wave)
    drop_triggers(db)
    for statement in (
        "UPDATE wave SET note_cells = :o",
        "UPDATE wave SET remind_days = :o",
        "UPDATE preparation SET agencies = :o",
        "UPDATE staff SET wrong_codes = :o",
        "UPDATE audit SET facts = :o",
    ):
        intruder.write(statement, o=odd)
    notes.take_all(db)
    reminders.remind_all(db, keys, configured)
    base = f"/quan-tri/dot/{wave.code}"
    for page in ("", "/danh-sach", "/theo-doi", "/phat-phieu", "/mo-hom-phieu", "/loi-thu"):
        assert clerk.open(f"{base}{page}").status in (200, 404), page
    assert clerk.open("/quan-tri/nhat-ky").status == 200
    assert clerk.open("/quan-tri/tai-khoan").status == 200
    with db.transaction() as session:
        assert not guesses.is_over(session, clerk.staff_id, guesses.SIGN_IN, clock.now)
        assert guesses.wrong(session, clerk.staff_id, guesses.SIGN_IN, clock.now) == 1
    with db.reading() as session, pytest.raises(chain.ChainBroken):
        chain.last(session, keys, "wave.close", wave.code)
