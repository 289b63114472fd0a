"""Whoever copies the database at several moments of a wave pairs no sealed row with a person.

Drafts, casts in a known order, a ballot issued anew, a reminder, the closing, the trustees at work,
the opening. At each moment the adversary takes all: a dump in SQL, the file of SQLite with its log
or the places and transaction numbers of PostgreSQL. The truth is what a look after each single cast
shows, which nobody has who copies less often. Who has the write-ahead log of SQLite has such looks:
that it is emptied at the opening is all that is promised (docs/trust.md).

Twelve casts lie between two copies. Paired by chance one of them is right on average, and more than
nine once in ten million times.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import col, select

from app.ballots import ballot as ballots
from app.ballots import drafts
from app.count import unsealing
from app.keys.keyfile import KeyFile
from app.keys.tokens import BallotName
from app.keys.urn import Answers
from app.store.db import Database
from app.store.models import Draft, UrnRow
from app.waves import closing, launch
from app.waves import wave as waves
from tests.count.test_urn_order import rank_correlation, rows
from tests.making import holders
from tests.making.blocks import cast_ballot, issue_anew, make_index, make_wave, names

STEP, STEPS = 12, 3
CODE = "dot-thu"


@dataclass
class Copy:
    """All that a copy of the database shows of its order: hint → ballots cast and rows, by it."""

    cast: dict[str, list[bytes]] = field(default_factory=dict)
    urn: dict[str, list[bytes]] = field(default_factory=dict)
    drafts: list[bytes] = field(default_factory=list)
    pages: bytes = b""


def copied(db: Database) -> Copy:
    copy = Copy()
    with db.reading() as session:
        copy.drafts = [bytes(each) for each in session.scalars(select(col(Draft.sealed)))]
    for hint in ("as it comes",) if db.is_sqlite else ("as it comes", "ctid", "xmin::text::bigint"):
        order = "" if hint == "as it comes" else f" ORDER BY {hint}"
        cast = rows(db, f'SELECT number FROM ballot WHERE "cast"{order}')
        copy.cast[hint] = [bytes(row[0]) for row in cast]  # type: ignore[call-overload]
        urn = rows(db, f"SELECT sealed FROM urn{order}")
        copy.urn[hint] = [bytes(row[0]) for row in urn]  # type: ignore[call-overload]
    if db.is_sqlite:
        path = Path(str(db.engine.url.database))
        for which, data in (("file", path), ("log", path.with_name(path.name + "-wal"))):
            pages = data.read_bytes() if data.exists() else b""
            copy.pages += pages
            for table in (copy.cast, copy.urn):
                table[which] = sorted(table["as it comes"], key=pages.rfind)
    return copy


class Life:
    """A wave with its order of casting, and the copies that were taken of it."""

    def __init__(self, db: Database, keys: KeyFile, mode: str) -> None:
        self.db, self.keys, self.mode = db, keys, mode
        index, people = make_index(), STEP * STEPS + 2
        if mode == "committee":
            self.wave, self.those = holders.launched(db, keys, index=index, people=people)
        else:
            self.wave, self.those = make_wave(db, keys, index, people), ()
        with db.reading() as session:
            self.left = names(session, self.wave)
        # The order of the roster is no hint.
        random.Random(7).shuffle(self.left)
        self.order: list[bytes] = []
        self.whose: dict[bytes, bytes] = {}
        self.copies = [copied(db)]

    def sealed(self) -> set[bytes]:
        with self.db.reading() as session:
            return {bytes(each) for each in session.scalars(select(col(UrnRow.sealed)))}

    def cast(self, name: BallotName) -> None:
        before = self.sealed()
        level = "ABC"[len(self.order) % 3]
        cast_ballot(self.db, self.keys, name, Answers({("q1", "snv"): level}))
        (new,) = self.sealed() - before
        self.whose[new] = name.number
        self.order.append(name.number)

    def begin(self, name: BallotName) -> None:
        with self.db.transaction() as session:
            ballot = ballots.find(session, name)
            drafts.start(session, self.keys, ballot, self.db.now(session))

    def cast_step(self) -> None:
        for _cast in range(STEP):
            self.cast(self.left.pop())
        self.copies.append(copied(self.db))

    def lived(self) -> None:
        """From the first draft to the opening."""
        for name in self.left[:4]:
            self.begin(name)
        self.cast_step()
        self.left.append(issue_anew(self.db, self.keys, self.left.pop()))
        self.cast_step()
        self.remind()
        self.cast_step()
        with self.db.transaction() as session:
            closing.close(self.db, session, waves.load(session, CODE))
        self.copies.append(copied(self.db))
        for each in self.those[:2]:
            holders.hand_in(self.db, CODE, each)
        self.copies.append(copied(self.db))
        assert unsealing.unseal(self.db, self.keys, CODE).counted == STEP * STEPS
        self.db.forget_deleted()

    def remind(self) -> None:
        with self.db.transaction() as session:
            wave = waves.load(session, CODE)
            launch.remind(self.db, session, holders.CONFIGURED, wave, by_rule=True)


def right(rows_: Sequence[bytes], people: Sequence[bytes], life: Life) -> int:
    """How many are right of rows and people paired as they stand."""
    return sum(life.whose[row] == who for row, who in zip(rows_, people, strict=True))


def guesses(life: Life) -> Iterator[tuple[str, int]]:
    """How many are right of what is new between two copies, by every pair of hints."""
    for earlier, later in zip(life.copies, life.copies[1 : STEPS + 1], strict=False):
        for by, order in later.urn.items():
            new = [row for row in order if row not in set(earlier.urn["as it comes"])]
            for of, known in later.cast.items():
                people = [who for who in known if who not in set(earlier.cast["as it comes"])]
                assert len(new) == len(people) == STEP
                yield f"{by} / {of}", right(new, people, life)


@pytest.mark.parametrize(
    ("database_url", "mode"),
    [("sqlite", "office"), ("sqlite", "committee"), ("postgresql", "committee")],
    indirect=["database_url"],
)
def test_copies_from_the_whole_life_of_a_wave_pair_no_row_with_its_person(
    db: Database, keys: KeyFile, mode: str
) -> None:
    life = Life(db, keys, mode)
    life.lived()
    assert len(life.whose) == len(life.order) == STEP * STEPS
    # Size: one for all, whatever was said and when.
    assert len({len(row) for copy in life.copies for row in copy.urn["as it comes"]}) == 1
    assert len({len(each) for copy in life.copies for each in copy.drafts}) == 1
    # What came in between two copies, paired by every order that they show.
    found = list(guesses(life))
    assert len(found) >= STEPS * 9
    assert {hint: number for hint, number in found if number > 9} == {}
    # The order of all that were cast, in each copy since.
    at = {number: place for place, number in enumerate(life.order)}
    for copy in life.copies[STEPS:]:
        for hint, order in copy.urn.items():
            places = [at[life.whose[row]] for row in order]
            assert abs(rank_correlation(places)) < 0.8, hint
    # The same by the order of casting itself would have been seen.
    assert right(list(life.whose), life.order, life) == STEP * STEPS
    look_afterwards(life)


def look_afterwards(life: Life) -> None:
    """After the opening nothing is left to pair; a copy from before shows what it showed then."""
    after = copied(life.db)
    assert after.urn["as it comes"] == after.drafts == []
    if life.db.is_sqlite:
        before = life.copies[-1].pages
        assert all(row[-20:] in before for row in life.whose), "they were there"
        if rows(life.db, "PRAGMA journal_mode") == [("wal",)]:
            # The limit: as they came in, so they stand in the log.
            came = sorted(life.whose, key=lambda row: before.find(row[-20:]))
            assert [life.whose[row] for row in came] == life.order
        assert not [row for row in life.whose if row[-20:] in after.pages]
    else:
        with life.db.reading() as session:
            assert session.connection().scalar(text("SELECT pg_relation_size('urn')")) == 0
