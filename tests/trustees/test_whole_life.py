"""Whoever copies the database at several moments of a wave, or keeps its log, pairs no sealed row
with a person.

Drafts, casts in a known order, a ballot issued anew, a reminder, the closing, the trustees at work,
the opening. At each moment the adversary takes all: a dump in SQL, the file of SQLite with its log
or the places and transaction numbers of PostgreSQL. Who keeps the write-ahead log (SQLite's `-wal`,
PostgreSQL's `pg_wal`, an archive or a standby) sees each write by itself: who has cast, which rows
went and which came. The truth is what the key file shows under the covers.

Twelve casts lie between two copies. Paired by chance one of them is right on average, and more than
nine once in ten million times.
"""

import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import col, select

from app.ballots import ballot as ballots
from app.ballots import drafts
from app.count import unsealing
from app.keys.cover import Cover
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
    urn: dict[str, list[bytes]] = field(default_factory=dict)  # as they lie there, covered
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
        self.inner: dict[bytes, bytes] = {}
        # What a log shows: whoever was cast, the rows that went, and those that came.
        self.log: list[tuple[bytes | None, set[bytes], set[bytes]]] = []
        self.copies = [copied(db)]

    def whose(self, stored: bytes) -> bytes:
        """Whose a row is, by the key file."""
        return self.inner[self.keys.cover(CODE).off(stored)]

    def stored(self) -> set[bytes]:
        with self.db.reading() as session:
            return {bytes(each) for each in session.scalars(select(col(UrnRow.sealed)))}

    def cast(self, name: BallotName) -> None:
        before, off = self.stored(), self.keys.cover(CODE).off
        level = "ABC"[len(self.order) % 3]
        cast_ballot(self.db, self.keys, name, Answers({("q1", "snv"): level}))
        after = self.stored()
        self.log.append((name.number, before - after, after - before))
        (new,) = set(map(off, after)) - set(map(off, before))
        self.inner[new] = name.number
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
        before = self.stored()
        with self.db.transaction() as session:
            closing.close(self.db, session, waves.load(session, CODE))
        self.log.append((None, before - self.stored(), self.stored() - before))
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
    return sum(life.whose(row) == who for row, who in zip(rows_, people, strict=True))


def guesses(life: Life) -> Iterator[tuple[str, int]]:
    """How many are right of what is new between two copies, by every pair of hints; as if the
    adversary were told which rows are new under their covers."""
    off = life.keys.cover(CODE).off
    for earlier, later in zip(life.copies, life.copies[1 : STEPS + 1], strict=False):
        there = set(map(off, earlier.urn["as it comes"]))
        for by, order in later.urn.items():
            new = [row for row in order if off(row) not in there]
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
    assert len(life.inner) == len(life.order) == STEP * STEPS
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
            places = [at[life.whose(row)] for row in order]
            assert abs(rank_correlation(places)) < 0.8, hint
    # The same by the order of casting itself would have been seen.
    assert right(list(life.inner), life.order, life) == STEP * STEPS
    look_afterwards(life)


def look_afterwards(life: Life) -> None:
    """After the opening nothing is left to pair; a copy from before shows what it showed then."""
    after, last = copied(life.db), life.copies[-1]
    assert after.urn["as it comes"] == after.drafts == []
    if life.db.is_sqlite:
        there = last.urn["as it comes"]
        assert all(row[-20:] in last.pages for row in there), "they were there"
        assert not [row for row in there if row[-20:] in after.pages]
    else:
        with life.db.reading() as session:
            assert session.connection().scalar(text("SELECT pg_relation_size('urn')")) == 0


def followed(life: Life) -> dict[bytes, dict[bytes, float]]:
    """All that a log tells of each row that is left: how likely it is whose, if each that came in a
    write is as likely as any other what went, or the new one."""
    likely: dict[bytes, dict[bytes, float]] = {}
    for who, went, came in life.log:
        mixed: Counter[bytes] = Counter()
        for row in went:
            mixed.update(likely.pop(row))
        if who is not None:
            mixed[who] += 1
        for row in came:
            likely[row] = {each: share / len(came) for each, share in mixed.items()}
    return likely


def guessed(likely: Mapping[bytes, Mapping[bytes, float]]) -> dict[bytes, bytes]:
    """Each row's most likely person, the surest first, nobody twice."""
    by_share = sorted(
        ((share, row, who) for row, those in likely.items() for who, share in those.items()),
        reverse=True,
    )
    found: dict[bytes, bytes] = {}
    for _share, row, who in by_share:
        if row not in found and who not in found.values():
            found[row] = who
    return found


def of_the_log(life: Life) -> int:
    """How many a log pairs right: 1 by chance, more than 9 once in a million times."""
    found = guessed(followed(life))
    assert len(found) == STEP * STEPS
    return sum(life.whose(row) == who for row, who in found.items())


def bytes_logged(db: Database) -> bytes:
    """The log itself: it is a file beside SQLite's, the folder `pg_wal` of PostgreSQL's server."""
    if db.is_sqlite:
        path = Path(str(db.engine.url.database))
        return path.with_name(path.name + "-wal").read_bytes()
    with db.reading() as session:
        folder = Path(session.connection().scalar(text("SHOW data_directory")))
    return b"".join(
        each.read_bytes() for each in sorted((folder / "pg_wal").iterdir()) if each.is_file()
    )


def closed(db: Database, keys: KeyFile, mode: str) -> Life:
    life = Life(db, keys, mode)
    for _step in range(STEPS):
        life.cast_step()
    before = life.stored()
    with db.transaction() as session:
        closing.close(db, session, waves.load(session, CODE))
    life.log.append((None, before - life.stored(), life.stored() - before))
    return life


@pytest.mark.parametrize(
    ("database_url", "mode"),
    [("sqlite", "office"), ("sqlite", "committee"), ("postgresql", "office")],
    indirect=["database_url"],
)
def test_the_log_of_a_database_pairs_no_row_with_its_person(
    db: Database, keys: KeyFile, mode: str
) -> None:
    life = closed(db, keys, mode)
    assert of_the_log(life) <= 9
    if not db.is_sqlite or rows(db, "PRAGMA journal_mode") == [("wal",)]:
        logged = bytes_logged(db)
        last = sorted(life.stored(), key=lambda row: logged.find(row[-20:]))
        assert all(row[-20:] in logged for row in last), "it is the log"
        at = {number: place for place, number in enumerate(life.order)}
        assert abs(rank_correlation([at[life.whose(row)] for row in last])) < 0.8
        # All of a write came at once; of what was sealed itself nothing was ever written.
        assert not [row for row in life.inner if row[-20:] in logged]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_without_covers_the_log_pairs_every_row(
    db: Database, keys: KeyFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The attack itself, on the urn of a wave that an earlier version launched."""
    monkeypatch.setattr("app.keys.keyfile.Cover", partial_cover)
    life = closed(db, keys, "office")
    assert of_the_log(life) == STEP * STEPS


def partial_cover(receipt_key: bytes, wave: str, *, covers: bool) -> Cover:
    assert covers, "a wave of today is covered"
    return Cover(receipt_key, wave, covers=False)
