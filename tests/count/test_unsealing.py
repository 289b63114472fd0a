"""From the closed urn to the score sheet: everything is counted once, and only sums stay."""

import json
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import pytest
from sqlalchemy import func, select, text
from sqlmodel import col

from app.ballots import ballot as ballots
from app.ballots.ballot import GRACE
from app.count import externals, scoresheets, unsealing, urnkeys
from app.keys import guard, recovery
from app.keys.keyfile import KeyFile, KeysMissing
from app.keys.tokens import receipt_hash
from app.keys.urn import Answers
from app.mending import adoption
from app.papers import export, verify
from app.store.db import Database
from app.store.models import Ballot, Draft, Respondent, UrnRow, Wave
from app.store.resultmodels import Comment, Minutes, ReceiptHash, TallyRow
from app.waves import closing, corrections
from app.waves import wave as waves
from app.waves.wave import WaveRefused
from tests.conftest import Clock, first_on_both
from tests.making.blocks import (
    INDEXES,
    cast_all,
    cast_ballot,
    make_index,
    make_people,
    make_wave,
    names,
)

# Every row that a count writes is tried on both; these write no others.
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

Said = dict[str, tuple[str, Answers]]


def close(db: Database, wave: Wave) -> None:
    with db.transaction() as session:
        closing.close(db, session, waves.load(session, wave.code))


def score(db: Database, wave: Wave) -> tuple[export.Document, bool]:
    with db.transaction() as session:
        return scoresheets.score(db, session, wave.code)


def count(db: Database, table: type) -> int:
    with db.reading() as session:
        return session.scalars(select(func.count()).select_from(table)).one()


def counted(document: export.Document) -> Counter[tuple[str, str, str]]:
    """(question, unit, level) → how many, over all cells of a document."""
    found: Counter[tuple[str, str, str]] = Counter()
    for unit in document["units"]:
        for leaf in unit["criteria"]:
            for question in leaf.get("questions", []):
                for levels in (question["counts"] or {}).values():
                    for level, number in levels.items():
                        found[question["code"], unit["code"], level] += number
    return +found


ROWS_OF_THEIR_OWN = ["comments", "weighting-groups", "not-applicable"]  # what else is stored
OTHERS = {path.stem for path in INDEXES.glob("*.toml")} - set(ROWS_OF_THEIR_OWN)


@first_on_both("name", [*ROWS_OF_THEIR_OWN, *sorted(OTHERS)], both=3)
def test_every_answer_given_is_counted_once(db: Database, keys: KeyFile, name: str) -> None:
    """For each feature of an index: some 20 ballots, counted here from what was said."""
    index = make_index(name)
    wave = make_wave(db, keys, index, people=30)
    said = cast_all(db, keys, wave, 0.7)
    close(db, wave)
    minutes = unsealing.unseal(db, keys, wave.code)
    assert minutes.counted == minutes.cast == len(said)
    document, fresh = score(db, wave)
    assert fresh
    given = Counter(
        (question, unit, level)
        for _group, answers in said.values()
        for (question, unit), level in answers.levels.items()
    )
    enough = {
        (question, unit)
        for question, unit in index.items
        if sum(n for (q, u, _l), n in given.items() if (q, u) == (question, unit))
        >= index.rules.min_ballots
    }
    assert counted(document) == {key: n for key, n in given.items() if key[:2] in enough}
    verify.verify(export.to_json(document))


@SQLITE
def test_the_order_of_casting_does_not_matter(db: Database, keys: KeyFile) -> None:
    documents = []
    for code, order in (("mot", 1), ("hai", -1)):
        wave = make_wave(db, keys, people=16, code=code)
        with db.reading() as session:
            everyone = names(session, wave)
        for place, name in list(enumerate(everyone))[::order]:
            cast_ballot(db, keys, name, Answers({("q1", "snv"): "ABC-"[place % 4]}))
        close(db, wave)
        unsealing.unseal(db, keys, code)
        documents.append(score(db, wave)[0]["units"])
    assert documents[0] == documents[1]


def test_receipts_are_kept_as_hashes_and_their_digest_is_exported(
    db: Database, keys: KeyFile
) -> None:
    wave = make_wave(db, keys)
    said = cast_all(db, keys, wave)
    close(db, wave)
    unsealing.unseal(db, keys, wave.code)
    hashes = sorted(map(receipt_hash, said))
    with db.reading() as session:
        assert sorted(session.scalars(select(col(ReceiptHash.hash)))) == hashes
    assert score(db, wave)[0]["receipts"] == export.receipts_digest(hashes)


def test_afterwards_only_sums_are_left(db: Database, keys: KeyFile) -> None:
    wave = make_wave(db, keys)
    cast_all(db, keys, wave, 0.5)
    close(db, wave)
    unsealing.unseal(db, keys, wave.code)
    assert count(db, UrnRow) == count(db, Draft) == 0
    assert not keys.has_wave(wave.code)
    with db.reading() as session:
        assert waves.load(session, wave.code).keys_erased_at is not None
        cells = [json.loads(row) for row in session.scalars(select(col(TallyRow.cells))) if row]
    assert all(sum(cell.values()) >= 5 for row in cells for cell in row.values())


@first_on_both(
    "people,kept",
    [(20, {"q98": 10, "q99": 20}), (9, {}), (10, {"q99": 10}), (18, {"q99": 18})],
)
def test_comments_of_fewer_than_ten_ballots_that_were_asked_are_not_kept(
    db: Database, keys: KeyFile, people: int, kept: dict[str, int]
) -> None:
    """Half of the people are asked q98, all of them q99."""
    wave = make_wave(db, keys, make_index("comments"), people)
    with db.reading() as session:
        everyone = [ballots.find(session, name) for name in names(session, wave)]
    for ballot in everyone:
        said = {q.code: "Góp ý" for q in ballot.index.comments if ballot.group in q.groups}
        cast_ballot(db, keys, ballot.name, Answers({}, said))
    close(db, wave)
    assert unsealing.unseal(db, keys, wave.code).comments_withheld == (len(kept) < 2)
    with db.reading() as session:
        assert Counter(session.scalars(select(col(Comment.question)))) == kept


@SQLITE
def test_whether_few_wrote_a_comment_is_not_told(db: Database, keys: KeyFile) -> None:
    wave = make_wave(db, keys, make_index("comments"), 12)
    cast_all(db, keys, wave, 0)
    close(db, wave)
    assert unsealing.unseal(db, keys, wave.code).comments_withheld


def test_comments_are_kept_in_an_order_of_their_own(db: Database, keys: KeyFile) -> None:
    wave = make_wave(db, keys, make_index("comments"), 12)
    comment = waves.index_of(wave)[0].comments[-1].code
    with db.reading() as session:
        everyone = names(session, wave)
    for place, name in enumerate(everyone):
        cast_ballot(db, keys, name, Answers({}, {comment: f"{place:02}"}))
    close(db, wave)
    unsealing.unseal(db, keys, wave.code)
    table = "comment" if db.is_sqlite else "comment ORDER BY ctid"
    with db.reading() as session:
        stored = [row[0] for row in session.connection().execute(text(f"SELECT text FROM {table}"))]
    assert sorted(stored) == [f"{place:02}" for place in range(12)]
    assert stored != sorted(stored)  # by chance once in 479,001,600 times


def test_an_urn_is_opened_only_when_closed(
    db: Database, keys: KeyFile, clock: Clock, configured: object
) -> None:
    wave = make_wave(db, keys)
    cast_all(db, keys, wave, 0.5)
    for now in (clock.now, wave.closes_at - timedelta(seconds=1), wave.closes_at):
        clock.now = now
        with pytest.raises(WaveRefused, match="phieu wave close"):
            unsealing.unseal(db, keys, wave.code)
    clock.now = wave.closes_at + GRACE
    assert unsealing.unseal(db, keys, wave.code).counted == 10


@SQLITE
def test_an_urn_is_opened_once(db: Database, keys: KeyFile) -> None:
    wave = make_wave(db, keys)
    cast_all(db, keys, wave)
    close(db, wave)
    unsealing.unseal(db, keys, wave.code)
    with pytest.raises(WaveRefused, match="phieu wave score"):
        unsealing.unseal(db, keys, wave.code)
    assert count(db, Minutes) == 1


def test_an_empty_urn_gives_a_sheet_without_points(db: Database, keys: KeyFile) -> None:
    wave = make_wave(db, keys)
    close(db, wave)
    assert unsealing.unseal(db, keys, wave.code).counted == 0
    document, _fresh = score(db, wave)
    assert {unit["reason"] for unit in document["units"]} == {"no-data"}
    verify.verify(export.to_json(document))


@SQLITE
def test_without_the_key_file_nothing_is_opened_and_nothing_is_lost(
    db: Database, keys: KeyFile
) -> None:
    wave = make_wave(db, keys)
    said = cast_all(db, keys, wave)
    close(db, wave)
    aside = keys.path.rename(keys.path.with_suffix(".aside"))
    with pytest.raises(KeysMissing, match="chép lại từ bản lưu"):
        unsealing.unseal(db, KeyFile(keys.path), wave.code)
    assert count(db, UrnRow) == len(said)
    aside.rename(keys.path)
    assert unsealing.unseal(db, KeyFile(keys.path), wave.code).counted == len(said)


@SQLITE
def test_a_recovery_copy_opens_the_urn_of_a_lost_key_file(db: Database, keys: KeyFile) -> None:
    """With a key file made anew; what that cannot know any more the minutes say."""
    wave = make_wave(db, keys)
    said = cast_all(db, keys, wave)
    close(db, wave)
    copy = recovery.copy_of(keys, wave.code, "ba con mèo đen")
    keys.path.unlink()
    fresh = guard.guard(db, KeyFile(keys.path))
    fresh.make_anew("")
    adoption.adopt(db, fresh)
    with db.transaction() as session:
        opened = recovery.open_copy(copy, "ba con mèo đen")
        urnkeys.restore(fresh, waves.load(session, wave.code), opened)
    minutes = unsealing.unseal(db, fresh, wave.code)
    assert minutes.counted == len(said)
    assert "không chứng minh được" in json.loads(minutes.unproved)[0]


def test_a_replaced_issue_in_the_urn_is_void(db: Database, keys: KeyFile) -> None:
    """A vote that was voided: its ballot is issued again, and its sealed row stays behind."""
    wave = make_wave(db, keys)
    said = cast_all(db, keys, wave, 0.5)
    with db.transaction() as session:
        first = session.scalars(select(Ballot).where(col(Ballot.cast))).first()
        assert first is not None
        wave, person = (
            waves.load(session, wave.code),
            session.get_one(Respondent, first.respondent_id),
        )
        corrections.reissue(session, keys, wave, person, db.now(session), "phieu.vi-du.vn")
    close(db, wave)
    minutes = unsealing.unseal(db, keys, wave.code)
    assert (minutes.counted, minutes.void, minutes.foreign) == (len(said) - 1, 1, 0)


def test_a_sheet_is_written_anew_only_when_something_changes(db: Database, keys: KeyFile) -> None:
    index = make_index("external")
    wave = make_wave(db, keys, index)
    cast_all(db, keys, wave)
    close(db, wave)
    with pytest.raises(WaveRefused, match="phieu wave unseal"):
        score(db, wave)
    unsealing.unseal(db, keys, wave.code)
    with db.reading() as session, pytest.raises(WaveRefused, match="phieu wave score"):
        scoresheets.latest_sheet(session, wave.code)
    first, fresh = score(db, wave)
    assert fresh
    assert score(db, wave) == (first, False)
    leaf = next(leaf for leaf in index.leaves if leaf.method == "external")
    unit = next(unit for unit in index.units if index.applies(leaf.code, unit))
    with db.transaction() as session:
        percents = {(unit.code, leaf.code): Fraction("83.64")}
        externals.put_in(session, waves.load(session, wave.code), percents)
    second, fresh = score(db, wave)
    assert fresh
    assert (first["sheet"], second["sheet"]) == (1, 2)
    with db.reading() as session:
        assert scoresheets.latest_sheet(session, wave.code) == second
        kept = session.connection().execute(text("SELECT document FROM sheet WHERE number = 1"))
        assert json.loads(kept.scalar_one()) == first


@SQLITE
def test_the_minutes_tell_how_many_ballots_came_after_the_launch(
    db: Database, keys: KeyFile
) -> None:
    """People of somebody's own making would come that way."""
    wave = make_wave(db, keys)
    with db.transaction() as session:
        found = waves.load(session, wave.code)
        for place in range(2):
            late = replace(make_people(make_index(), 1)[0], email=f"muon{place}@vi-du.vn")
            corrections.add(session, keys, found, late, db.now(session), "vi-du.vn")
    cast_all(db, keys, wave)
    close(db, wave)
    minutes = unsealing.unseal(db, keys, wave.code)
    assert (minutes.issued, minutes.issued_later) == (22, 2)


def test_a_score_sheet_never_changes(db: Database, keys: KeyFile) -> None:
    from sqlalchemy.exc import DBAPIError

    wave = make_wave(db, keys)
    close(db, wave)
    unsealing.unseal(db, keys, wave.code)
    score(db, wave)
    for verb in ("UPDATE sheet SET document = ''", "DELETE FROM sheet"):
        with pytest.raises(DBAPIError, match="never changes"), db.transaction() as session:
            session.connection().execute(text(verb))
