"""An urn, an index or a key changed by hand: refused with a remedy, nothing written, nothing lost.

Whoever does this has the database and every public key, and drops triggers as he likes.
"""

import json
import os
from collections.abc import Callable

import pytest
from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col

from app.ballots.ballot import WaveAltered
from app.count import unsealing
from app.keys.keyfile import KeyFile
from app.keys.urn import Answers, Spoiled, new_key_pair
from app.store.db import Database
from app.store.models import Ballot, UrnRow, Wave
from app.store.resultmodels import Comment, Minutes, ReceiptHash, TallyRow, UnitBallots
from app.waves import closing
from app.waves import wave as waves
from app.waves.wave import WaveRefused, index_of
from tests.conftest import first_on_both
from tests.making.blocks import cast_all, cast_ballot, make_wave, names

SUMS = (TallyRow, UnitBallots, Comment, ReceiptHash, Minutes)
Row = tuple[bytes, int, bytes]  # key, wave, sealed
Tamper = Callable[["Urn"], None]


class Urn:
    """The urn of a wave in the hands of an administrator of the database."""

    def __init__(self, db: Database, keys: KeyFile) -> None:
        self.db, self.keys = db, keys
        self.other = make_wave(db, keys, people=2, code="dot-khac")
        self.wave = make_wave(db, keys, people=6)
        cast_all(db, keys, self.other)
        self.cast = len(cast_all(db, keys, self.wave))

    def rows(self, wave: Wave | None = None) -> list[Row]:
        with self.db.reading() as session:
            statement = select(UrnRow).order_by(col(UrnRow.key))
            if wave is not None:
                statement = statement.where(col(UrnRow.wave_id) == wave.id)
            return [(row.key, row.wave_id, row.sealed) for row in session.scalars(statement)]

    def put(self, rows: list[Row]) -> None:
        """Make these all rows of the table."""
        with self.db.transaction() as session:
            session.connection().execute(delete(UrnRow))
            names = ("key", "wave_id", "sealed")
            session.connection().execute(
                insert(UrnRow), [dict(zip(names, row, strict=True)) for row in rows]
            )

    def change(self, change: Callable[[Row], list[Row]], only: int = 1) -> None:
        """Put others in the place of some rows of the wave."""
        mine = self.rows(self.wave)[:only]
        rest = [row for row in self.rows() if row not in mine]
        self.put(rest + [new for row in mine for new in change(row)])

    def add(self, sealed: bytes) -> None:
        self.put([*self.rows(), (os.urandom(16), waves.id_of(self.wave), sealed)])

    def forged(self, receipt: str = "BCDF-GHJK-LMNP-QRST", answers: bytes | None = None) -> bytes:
        """A sealed ballot as anybody makes one with the public key."""
        layout = index_of(self.wave)[1]
        if answers is None:
            answers = layout.pack(Answers(dict.fromkeys(layout.items, "A")))
        return self.keys.wave(self.wave.code).urn(self.wave.code).seal(receipt, answers)

    def close(self) -> None:
        with self.db.transaction() as session:
            closing.close(self.db, session, waves.load(session, self.wave.code))

    def unseal(self) -> Minutes:
        return unsealing.unseal(self.db, self.keys, self.wave.code)

    def refuses(self, match: str) -> None:
        """Unsealing is refused with a remedy, and whatever there is stays as it is."""
        before = self.everything()
        with pytest.raises(WaveRefused, match=match) as refused:
            self.unseal()
        assert "Khôi phục cơ sở dữ liệu từ bản lưu" in str(refused.value)
        assert "Chưa ghi gì" in str(refused.value) or "làm lại" in str(refused.value)
        assert self.everything() == before

    def everything(self) -> list[object]:
        with self.db.reading() as session:
            sums = [session.scalars(select(func.count()).select_from(t)).one() for t in SUMS]
            wave = waves.load(session, self.wave.code)
        assert sums == [0] * len(SUMS)
        return [self.rows(), wave.model_dump(), self.keys.path.read_text()]


@pytest.fixture
def urn(db: Database, keys: KeyFile) -> Urn:
    return Urn(db, keys)


def spoil(urn: Urn) -> None:
    urn.change(lambda row: [(row[0], row[1], row[2][:-1] + bytes([row[2][-1] ^ 1]))])


def remove(urn: Urn) -> None:
    urn.change(lambda _row: [])


def duplicate(urn: Urn) -> None:
    urn.change(lambda row: [row, (os.urandom(16), row[1], row[2])])


def swap_with_another_wave(urn: Urn) -> None:
    ours, theirs = urn.rows(urn.wave)[0], urn.rows(urn.other)[0]
    rest = [row for row in urn.rows() if row not in (ours, theirs)]
    urn.put([*rest, (ours[0], theirs[1], ours[2]), (theirs[0], ours[1], theirs[2])])


def replace_by_a_forged_one(urn: Urn) -> None:
    urn.change(lambda row: [(row[0], row[1], urn.forged())])


def add_forged(urn: Urn) -> None:
    urn.add(urn.forged())


def add_noise(urn: Urn) -> None:
    urn.add(os.urandom(len(urn.forged())))


def add_what_is_no_ballot(urn: Urn) -> None:
    urn.add(b"")


AFTER_CLOSING: list[Tamper] = [
    spoil,
    remove,
    duplicate,
    swap_with_another_wave,
    replace_by_a_forged_one,
    add_forged,
    add_noise,
    add_what_is_no_ballot,
]


@first_on_both("tamper", AFTER_CLOSING)
def test_an_urn_changed_after_closing_is_not_opened_until_it_is_restored(
    urn: Urn, tamper: Tamper
) -> None:
    urn.close()
    saved = urn.rows()
    tamper(urn)
    assert urn.rows() != saved
    urn.refuses("không còn như lúc kết thúc")
    urn.put(saved)
    assert urn.unseal().counted == urn.cast


@first_on_both("tamper", [add_forged, add_noise, add_what_is_no_ballot, duplicate])
def test_a_row_added_before_closing_is_foreign_and_the_count_goes_on(
    urn: Urn, tamper: Tamper
) -> None:
    tamper(urn)
    urn.close()
    minutes = urn.unseal()
    assert (minutes.counted, minutes.foreign, minutes.void) == (urn.cast, 1, 0)


@first_on_both("tamper", [spoil, remove, swap_with_another_wave, replace_by_a_forged_one])
def test_a_ballot_lost_before_closing_is_noticed_at_the_count(urn: Urn, tamper: Tamper) -> None:
    tamper(urn)
    urn.close()
    urn.refuses("không khớp số phiếu đã gửi")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_ballot_whose_mark_of_being_cast_is_taken_away_stops_the_count(urn: Urn) -> None:
    with urn.db.transaction() as session:
        name = names(session, urn.wave)[0]
        mark = update(Ballot).where(col(Ballot.number) == name.number)
        session.connection().execute(mark.values(cast=False))
    urn.close()
    urn.refuses("không khớp số phiếu đã gửi")


@first_on_both("answers", [b"XX", b"AA", b"A", b"AAA", b"", b"\xff\0"])
def test_answers_that_no_form_allows_stop_the_count(urn: Urn, answers: bytes) -> None:
    """A respondent with access to the database puts his own receipt on a ballot of his making.

    Nobody asked him about both units."""
    with urn.db.reading() as session:
        name = names(session, urn.wave)[0]
    receipt = urn.keys.receipt(urn.wave.code, name)
    with urn.db.reading() as session:
        sealed = session.scalars(select(col(UrnRow.sealed))).all()
    cover = urn.keys.cover(urn.wave.code)
    code, layout = urn.wave.code, index_of(urn.wave)[1]
    opener = urn.keys.wave(code).opener(code, layout.ballot_bytes)

    def is_mine(row: bytes) -> bool:
        try:
            return opener.unseal(cover.off(row)).startswith(receipt.encode())
        except Spoiled:
            return False

    (mine,) = filter(is_mine, sealed)
    others = [row for row in urn.rows() if row[2] != mine]
    urn.put([*others, (os.urandom(16), waves.id_of(urn.wave), urn.forged(receipt, answers))])
    urn.close()
    urn.refuses("không khớp số phiếu đã gửi")


def drop_the_trigger(session: Session, db: Database) -> None:
    on = "" if db.is_sqlite else " ON wave"
    session.connection().execute(text(f"DROP TRIGGER wave_frozen{on}"))


@pytest.mark.parametrize("column", ["index_content", "index_digest", "public_key", "opens_at"])
def test_the_database_itself_refuses_to_change_what_is_frozen(urn: Urn, column: str) -> None:
    with pytest.raises(DBAPIError, match="frozen"), urn.db.transaction() as session:
        session.connection().execute(text(f"UPDATE wave SET {column} = NULL"))


def test_an_index_changed_behind_the_trigger_is_found_at_the_opening(urn: Urn) -> None:
    urn.close()
    with urn.db.transaction() as session:
        drop_the_trigger(session, urn.db)
        content = waves.load(session, urn.wave.code).index_content
        raw = json.loads(content)
        raw["scales"][0]["levels"][0]["weight"] = "1/2"
        change_index(session, urn.wave, json.dumps(raw))
    urn.refuses("đã bị sửa sau khi tạo đợt")
    with urn.db.transaction() as session:
        change_index(session, urn.wave, content)
    assert urn.unseal().counted == urn.cast


def change_index(session: Session, wave: Wave, content: str) -> None:
    statement = update(Wave).where(col(Wave.id) == wave.id)
    session.connection().execute(statement.values(index_content=content))


def test_an_urn_key_put_in_by_hand_collects_no_ballot(db: Database, keys: KeyFile) -> None:
    """Else its owner would read along, and seal again what he read."""
    wave = make_wave(db, keys, people=2)
    with db.transaction() as session:
        everyone = names(session, wave)
        drop_the_trigger(session, db)
        session.connection().execute(update(Wave).values(public_key=new_key_pair()[1]))
    with pytest.raises(WaveAltered, match="khóa của hòm phiếu"):
        cast_ballot(db, keys, everyone[0], Answers({("q1", "snv"): "A"}))
    with db.reading() as session:
        assert not session.scalars(select(UrnRow)).all()
        assert not session.scalars(select(Ballot).where(col(Ballot.cast))).all()
    with db.transaction() as session:
        session.connection().execute(update(Wave).values(public_key=wave.public_key))
    cast_ballot(db, keys, everyone[0], Answers({("q1", "snv"): "A"}))
