"""An urn changed after its closing, by somebody who changes along whatever holds its digest: the
row of the wave, the key file, the log, the public record. What is still sound names it."""

import os
from collections.abc import Callable

import pytest
from sqlalchemy import delete, insert, update
from sqlmodel import Session, col, select

from app.audit import chain
from app.audit.chain import ChainBroken
from app.bonds.wavefacts import WaveAltered
from app.count import opening, unsealing
from app.keys.keyfile import KeyFile
from app.store.db import Database
from app.store.models import UrnRow, Wave
from app.store.officemodels import AuditRow
from app.store.resultmodels import Minutes, RecordEntry
from app.waves import closing
from app.waves import wave as waves
from app.waves.urndigest import urn_digest
from app.waves.wave import WaveRefused
from tests.count.test_opening import ended
from tests.making.blocks import cast_all, make_wave

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
CODE = "dot-thu"
Row = dict[str, object]
OTHER = os.urandom(64)
CHANGES: dict[str, Callable[[list[Row]], list[Row]]] = {
    "added": lambda those: [*those, {**those[0], "key": os.urandom(16), "sealed": OTHER}],
    "removed": lambda those: those[1:],
    "swapped": lambda those: [{**those[0], "sealed": those[1]["sealed"]}, *those[1:]],
    "changed": lambda those: [{**those[0], "sealed": OTHER}, *those[1:]],
}


class Attacked:
    """A closed wave in other hands."""

    def __init__(self, db: Database, keys: KeyFile) -> None:
        self.db, self.keys = db, keys
        wave = make_wave(db, keys, people=6)
        cast_all(db, keys, wave)
        with db.transaction() as session:
            found = waves.load(session, CODE)
            closing.close(db, session, found)
            closing.note_closing(session, keys, found, "An", db.now(session))
            self.rows = [each.model_dump() for each in session.scalars(select(UrnRow))]
            self.digest, self.wave = found.urn_digest, found

    def put(self, rows: list[Row], session: Session) -> str:
        """Make these the urn; gives its digest."""
        session.connection().execute(delete(UrnRow))
        session.connection().execute(insert(UrnRow), rows)
        return urn_digest(session, self.wave, self.keys.cover(CODE))

    def write(self, table: type, **values: object) -> None:
        with self.db.transaction() as session:
            session.connection().execute(update(table).values(values))

    def refuses(self, why: type[Exception], match: str) -> None:
        with pytest.raises(why, match=match) as refused:
            unsealing.unseal(self.db, self.keys, CODE)
        told = str(getattr(refused.value, "words", refused.value))
        assert "bản lưu" in told or "Hội đồng" in told, told
        with self.db.reading() as session:
            assert session.scalars(select(Minutes)).all() == []
            assert session.scalars(select(UrnRow)).all() != []


@pytest.fixture
def attacked(db: Database, keys: KeyFile) -> Attacked:
    return Attacked(db, keys)


def test_a_digest_changed_along_with_the_rows_is_not_the_one_of_the_key_file(
    attacked: Attacked,
) -> None:
    for change in CHANGES.values():
        with attacked.db.transaction() as session:
            digest = attacked.put(change(attacked.rows), session)
        assert digest != attacked.digest
        attacked.refuses(WaveRefused, "không còn như lúc kết thúc")
        attacked.write(Wave, urn_digest=digest)
        attacked.refuses(WaveAltered, "mã kiểm tra hòm phiếu")
        attacked.write(Wave, urn_digest=attacked.digest)
    with attacked.db.transaction() as session:
        assert attacked.put(attacked.rows, session) == attacked.digest
    assert unsealing.unseal(attacked.db, attacked.keys, CODE).counted == len(attacked.rows)


def test_who_has_the_key_file_too_is_found_by_the_log_and_then_by_the_public_record(
    attacked: Attacked,
) -> None:
    """Whoever signs for the server in all of them is found by those who kept the record alone."""
    db, keys = attacked.db, attacked.keys
    with db.transaction() as session:
        digest = attacked.put(CHANGES["changed"](attacked.rows), session)
        closing.change(session, waves.load(session, CODE), urn_digest=digest)
    attacked.refuses(WaveRefused, "trong nhật ký lúc kết thúc")
    with db.reading() as session:
        (line,) = chain.lines(session, "wave.close", CODE)
        entries = list(session.scalars(select(RecordEntry).order_by(col(RecordEntry.number))))
    with db.transaction() as session:
        session.connection().exec_driver_sql("DROP TRIGGER audit_append_only_update")
        there = update(AuditRow).where(col(AuditRow.number) == line.number)
        facts = select(col(AuditRow.facts)).where(col(AuditRow.number) == line.number)
        written = session.scalars(facts).one()
        forged = written.replace(str(attacked.digest), digest)
        session.connection().execute(there.values(facts=forged))
    attacked.refuses(ChainBroken, f"Dòng {line.number} của nhật ký")
    with db.transaction() as session:
        session.connection().execute(there.values(facts=written))
        chain.note(session, keys, db.now(session), "An", "wave.close", CODE, urn=digest)
    attacked.refuses(WaveRefused, r"trong sổ công khai lúc kết thúc \(mục 1\)")
    assert [each.number for each in entries] == [0, 1]
    forged = entries[1].document.replace(str(attacked.digest), digest)
    with db.transaction() as session:
        session.connection().execute(
            update(RecordEntry).where(col(RecordEntry.number) == 1).values(document=forged)
        )
    attacked.refuses(WaveAltered, "sổ công khai")
    # On the page it is told as well, not as an opening that broke off.
    assert opening.begin(db, keys, CODE, "An")
    progress = ended(keys)
    assert (progress.state, "sổ công khai" in progress.error) == ("failed", True)
