"""What an administrator of the database could pair sealed rows with people by, tried out.

The truth comes from the private key, which no attacker has before the urn is opened. With
`urn.rows.STIRRED` = 7, the newest row of the urn lies among 8 rows that were written together, and
the ballot just cast among 8 ballots; so a guess about the last cast is right once in 8 at most,
and one by transaction number alone once in 64. Bounds are those that 100,000 simulated urns of 60
casts never reached; without stirring every one of these attacks finds all 60.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from sqlalchemy import inspect, text
from sqlmodel import col, select

from app.ballots import ballot as ballots
from app.ballots import drafts
from app.keys import guard
from app.keys.keyfile import KeyFile
from app.keys.tokens import BallotName
from app.keys.urn import Answers, DraftState
from app.store.db import Database, open_database
from app.store.models import Draft, UrnRow, Wave
from app.urn.rows import STIRRED
from app.waves.wave import index_of
from tests.making.blocks import cast_all, cast_ballot, make_index, make_wave, names

CASTS = 60


class Truth:
    """Whose each sealed row is, by the private key."""

    def __init__(self, db: Database, keys: KeyFile, wave: Wave) -> None:
        self.db = db
        with db.reading() as session:
            self.names = names(session, wave)
        self._whose = {keys.receipt(wave.code, name).encode(): name.number for name in self.names}
        self._cover = keys.cover(wave.code)
        self._opener = keys.wave(wave.code).opener(wave.code, index_of(wave)[1].ballot_bytes)
        self._known: dict[bytes, bytes] = {}

    def ballot(self, sealed: bytes) -> bytes:
        """The number of the ballot that `sealed` is."""
        if sealed not in self._known:
            self._known[sealed] = self._whose[self._opener.unseal(self._cover.off(sealed))[:19]]
        return self._known[sealed]


def rows(db: Database, sql: str) -> list[tuple[object, ...]]:
    with db.reading() as session:
        return [tuple(row) for row in session.connection().execute(text(sql))]


def make_cast_wave(db: Database, keys: KeyFile, index: str = "pooled") -> tuple[Wave, Truth]:
    wave = make_wave(db, keys, make_index(index), CASTS)
    cast_all(db, keys, wave)
    return wave, Truth(db, keys, wave)


def rank_correlation(places: Sequence[object]) -> float:
    """Spearman's rho of the order 0, 1, 2, … and the order of `places`."""
    n = len(places)
    rank = {place: number for number, place in enumerate(sorted(places))}  # type: ignore[type-var]
    distance = sum((rank[place] - number) ** 2 for number, place in enumerate(places))
    return 1 - 6 * distance / (n * (n * n - 1))


def test_the_measure_of_order_tells_order_from_none() -> None:
    assert rank_correlation(range(9)) == 1
    assert rank_correlation(range(9, 0, -1)) == -1
    assert rank_correlation([1, 4, 2, 5, 3]) == 0.5


def test_sealed_ballots_and_drafts_have_one_size_whatever_they_say(
    db: Database, keys: KeyFile
) -> None:
    wave = make_wave(db, keys, make_index("comments"), 12)
    with db.reading() as session:
        everyone = names(session, wave)
    comments = index_of(wave)[0].comments
    long = {question.code: "ữ" * 2000 for question in comments}
    cast_ballot(db, keys, everyone[0], Answers())
    cast_ballot(db, keys, everyone[1], Answers({("q1", "snv"): "A", ("q1", "stc"): "-"}))
    cast_ballot(db, keys, everyone[2], Answers({}, {comments[-1].code: "ngắn"}))
    cast_ballot(db, keys, everyone[3], Answers({("q1", "stc"): "B"}, long))
    begin_drafts(db, keys, everyone[4:], long)
    with db.reading() as session:
        sizes = {len(sealed) for sealed in session.scalars(select(col(UrnRow.sealed)))}
        assert len(sizes) == 1
        drafts = [len(sealed) for sealed in session.scalars(select(col(Draft.sealed)))]
    assert len(drafts) == 8
    assert len(set(drafts)) == 1


def begin_drafts(
    db: Database, keys: KeyFile, everyone: Sequence[BallotName], comments: Mapping[str, str]
) -> None:
    """Drafts from empty to full."""
    for place, name in enumerate(everyone):
        texts = {code: said[: place * 250] for code, said in comments.items()}
        units = frozenset(["snv", "stc"][: place % 3])
        state = DraftState(Answers({}, texts), units if place else None)
        with db.transaction() as session:
            drafts.start(session, keys, ballots.find(session, name), db.now(session))
        if place:
            with db.transaction() as session:
                ballot = ballots.find(session, name)
                drafts.change(
                    session, keys, ballot, db.now(session), lambda _before, after=state: after
                )


def test_urn_draft_and_ballot_hold_no_time_and_no_sequence(db: Database) -> None:
    columns = {
        table: {
            column["name"]: str(column["type"]) for column in inspect(db.engine).get_columns(table)
        }
        for table in ("urn", "draft", "ballot")
    }
    binary = "BLOB" if db.is_sqlite else "BYTEA"
    assert columns == {
        "urn": {"key": binary, "wave_id": "INTEGER", "sealed": binary},
        "draft": {"ballot_number": binary, "sealed": binary},
        "ballot": {
            "number": binary,
            "wave_id": "INTEGER",
            "respondent_id": "INTEGER",
            "issue": "INTEGER",
            "code_mac": binary,
            "cast": "BOOLEAN",
            "ever_cast": "BOOLEAN",
            "at_launch": "BOOLEAN",
            "no_reminders": "BOOLEAN",
            "bond": binary,
        },
    }
    if db.is_sqlite:
        assert rows(db, "SELECT name FROM sqlite_master WHERE name = 'sqlite_sequence'") == []
        assert rows(db, "PRAGMA table_list('urn')")[0][4] == 1, "without a rowid"
        on = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN "
    else:
        defaults = (
            "SELECT column_default FROM information_schema.columns WHERE column_default IS NOT NULL"
            " AND table_schema = 'public' AND table_name IN ('urn', 'draft', 'ballot')"
        )
        assert sorted(rows(db, defaults)) == [("false",), ("true",)], "constants, no sequence"
        assert rows(db, "SHOW track_commit_timestamp") == [("off",)]
        on = (
            "SELECT tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid"
            " WHERE NOT tgisinternal AND relname IN "
        )
    assert rows(db, on + "('urn', 'draft', 'ballot')") == []


# SQLite keeps no transaction numbers and no order of insertion beside its pages.
on_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


@on_postgresql
def test_transaction_numbers_pair_no_ballot_with_its_sealed_row(
    db: Database, keys: KeyFile
) -> None:
    """The attack of a database copy: rows of both tables with one transaction number."""
    _wave, truth = make_cast_wave(db, keys)
    cast, urn = defaultdict(list), defaultdict(list)
    for xmin, number in rows(db, 'SELECT xmin::text, number FROM ballot WHERE "cast"'):
        cast[xmin].append(number)
    for xmin, sealed in rows(db, "SELECT xmin::text, sealed FROM urn"):
        urn[xmin].append(truth.ballot(sealed))  # type: ignore[arg-type]
    # A ballot and a row alone in their transaction: 1.5 such pairs on average, one right in 35.
    alone = [x for x in urn if len(urn[x]) == len(cast.get(x, [])) == 1]
    assert sum(urn[xmin] == cast[xmin] for xmin in alone) <= 2
    # Everybody of a transaction paired as they come: 1 right on average, chance alone gives 1.
    right = sum(
        row == number
        for xmin in urn
        for row, number in zip(urn[xmin], cast.get(xmin, []), strict=False)
    )
    assert right <= 10


@on_postgresql
def test_the_newest_row_cannot_be_told_from_those_written_with_it(
    db: Database, keys: KeyFile
) -> None:
    """An attacker who looks after every cast sees at most a group of eight.

    The statement number within the transaction and the place on the page are his best hints.
    """
    wave = make_wave(db, keys, make_index("comments"), CASTS)
    truth = Truth(db, keys, wave)
    hints = {
        "ballot": ("number", ["cmin::text::int", "ctid"]),
        "urn": ("sealed", ["cmin::text::int", "ctid", "pg_column_toast_chunk_id(sealed)"]),
    }
    right: dict[tuple[str, str, int], int] = defaultdict(int)
    for place, name in enumerate(truth.names):
        cast_ballot(db, keys, name, Answers({("q1", "snv"): "ABC"[place % 3]}))
        if place <= STIRRED:
            continue
        for table, (column, signs) in hints.items():
            for sign in signs:
                group = rows(
                    db,
                    f"SELECT {column} FROM {table} WHERE xmin::text ="
                    f" (SELECT max(xmin::text::bigint)::text FROM urn) ORDER BY {sign}",
                )
                assert len(group) == STIRRED + 1
                for end in (0, -1):
                    guess = group[end][0]
                    whose = guess if table == "ballot" else truth.ballot(guess)  # type: ignore[arg-type]
                    right[table, sign, end] += whose == name.number
    # 52 guesses of each kind, one in 8 right: 6.5, and more than 20 once in a million times. A
    # ballot that was never stirred stays on the page it was issued on, where a vacuum has left the
    # room: its place may tell that it is the new one, as its mark of being cast does. Which sealed
    # row is the new one nothing tells.
    assert len(right) == 10
    told = {hint: found for hint, found in right.items() if found > 20}
    assert told.keys() <= {("ballot", "ctid", 0), ("ballot", "ctid", -1)}, told


@on_postgresql
def test_the_order_on_the_pages_of_postgresql_is_not_that_of_casting(
    db: Database, keys: KeyFile
) -> None:
    """Row order, and the order of the values stored out of line, correlate by 0.16 on average."""
    _wave, truth = make_cast_wave(db, keys, "comments")
    for order in ("ctid", "pg_column_toast_chunk_id(sealed)"):
        found = rows(db, f"SELECT sealed FROM urn ORDER BY {order}")
        place = {truth.ballot(row[0]): number for number, row in enumerate(found)}  # type: ignore[arg-type]
        assert abs(rank_correlation([place[name.number] for name in truth.names])) < 0.7, order


@pytest.mark.parametrize("index", ["pooled", "comments"])
def test_the_order_in_the_file_of_sqlite_is_not_that_of_casting(
    tmp_path: Path, keys: KeyFile, index: str
) -> None:
    """Short rows lie in the tree's pages, long ones in pages that are taken as they come."""
    path = tmp_path / "phieu.sqlite3"
    db = open_database(f"sqlite:///{path}")
    guard.guard(db, keys)
    wave, truth = make_cast_wave(db, keys, index)
    with db.reading() as session:
        statement = select(col(UrnRow.sealed)).where(col(UrnRow.wave_id) == wave.id)
        sealed = session.scalars(statement).all()
    db.forget_deleted()
    db.dispose()
    content = path.read_bytes()
    place = {truth.ballot(row): offset(content, row) for row in sealed}
    assert abs(rank_correlation([place[name.number] for name in truth.names])) < 0.7


def offset(content: bytes, sealed: bytes) -> int:
    """Where the end of a row lies in the file; the end of a long one is out of line."""
    # Two pieces, since one of them may be cut by a page's end.
    at = max(content.find(sealed[-20:]), content.find(sealed[-40:-20]))
    assert at > 0
    return at
