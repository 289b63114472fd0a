"""What year a wave is compared with, and the lineage between both: the newest wave before it, or
another that an officer chose, a sheet of another system too. What is kept is bound to the key file.
"""

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, select
from sqlmodel import Session, col

from app.bonds import macs
from app.count import scoresheets
from app.count.tallies import TallyAltered
from app.index import file as indexfile
from app.index.definition import Index
from app.keys.guard import keys_of
from app.language import _
from app.papers.export import Document
from app.store.models import Wave
from app.store.resultmodels import KeptLineage
from app.waves.wave import hold, id_of, index_of
from app.years import lineage as lineages
from app.years.lineage import Lineage
from app.years.year import Earlier

FILE, NONE = "tep", "-"  # which year is asked for, where it is no wave of here


@dataclass(frozen=True)
class Kept:
    """The year an officer chose for a wave."""

    earlier: str
    sheet: Document | None  # that was brought as a file
    content: str

    @property
    def choice(self) -> str:
        return self.earlier if self.sheet is None else FILE


def kept(session: Session, wave: Wave) -> Kept | None:
    """What is kept with a wave. Raises TallyAltered."""
    row = session.get(KeptLineage, id_of(wave), populate_existing=True)
    if row is None:
        return None
    if not macs.fits(row.mac, _mac(session, wave, row.earlier, row.document, row.content)):
        raise TallyAltered(wave.code, _("Bảng nối năm"))
    sheet = None if row.document is None else json.loads(row.document)
    return Kept(row.earlier, sheet, row.content)


def keep(session: Session, wave: Wave, sheet: Document, lineage: Lineage, *, brought: bool) -> None:
    """Compare a wave with the sheet of an earlier year; `brought`: it came as a file. What was kept
    is replaced."""
    hold(session, wave)
    said: dict[str, Any] = {
        "earlier": sheet["wave"],
        "document": json.dumps(sheet, ensure_ascii=False) if brought else None,
        "content": lineages.written(lineage),
    }
    row = KeptLineage(wave_id=id_of(wave), **said, mac=_mac(session, wave, **said))
    session.merge(row)
    session.flush()


def forget(session: Session, wave: Wave) -> None:
    """Compare a wave with the newest before it again."""
    hold(session, wave)
    session.connection().execute(delete(KeptLineage).where(col(KeptLineage.wave_id) == wave.id))


def adopt(session: Session, wave: Wave) -> None:
    """Bind what is kept as it stands: the key file that it was bound to is lost."""
    row = session.get(KeptLineage, id_of(wave), populate_existing=True)
    if row is not None:
        row.mac = _mac(session, wave, row.earlier, row.document, row.content)
        session.add(row)


def _mac(session: Session, wave: Wave, earlier: str, document: str | None, content: str) -> bytes:
    key = keys_of(session).derived("lineages")
    return macs.mac(key, "lineage", wave.code, earlier, document, content)


def stamp(session: Session) -> tuple[bytes, ...]:
    """What differs whenever something else is kept with any wave."""
    rows = session.connection().execute(
        select(col(KeptLineage.mac)).order_by(col(KeptLineage.wave_id))
    )
    return tuple(bytes(mac) for mac in rows.scalars())


def earlier(session: Session, wave: Wave, choice: str = "") -> Earlier | None:
    """The year that a wave is compared with, and those before: the one asked for (a code, FILE or
    NONE), else the one that is kept, else the newest wave before it. Raises TallyAltered."""
    known = kept(session, wave)
    choice = choice or (known.choice if known else "")
    if choice == NONE:
        return None
    before = scoresheets.comparable(session, wave)
    found = next((each for each in before if each[0] == choice), before[0] if before else None)
    if known and known.choice == choice:
        if known.sheet is not None:
            then = indexfile.read(known.sheet["index"]["content"])
            return Earlier(known.sheet, _lineage(session, wave, known, then))
        if found is None or found[0] != choice:
            raise TallyAltered(wave.code, _("Bảng nối năm"))
    if found is None:
        return None
    code, wave_id, number = found
    sheet = scoresheets.document_of(session, wave_id, number)
    older = session.get_one(Wave, wave_id)
    lineage = None
    if known and known.sheet is None and known.earlier == code:
        lineage = _lineage(session, wave, known, index_of(older)[0])
    return Earlier(sheet, lineage, earlier(session, older))


def _lineage(session: Session, wave: Wave, known: Kept, then: Index) -> Lineage:
    return lineages.parse(known.content, index_of(wave)[0], then)
