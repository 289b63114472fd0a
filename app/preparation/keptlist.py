"""The last file of a roster in hand: its name, what was left out of it, what of it still waits.

Until its heading is settled a file is kept as it came, then under our titles; of a list of which a
part was taken only the rows that wait.
"""

import hashlib
import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import delete, select
from sqlmodel import Session, col

from app.roster.asides import Aside
from app.store.models import Wave
from app.store.officemodels import KeptList
from app.text.headings import Sheet
from app.waves.wave import id_of


@dataclass(frozen=True)
class Note:
    """What a page says of the last file: its name, who sent it and when, how many sound rows of it
    wait to be taken."""

    file: str
    at: datetime
    by: str
    rows: int


@dataclass(frozen=True)
class InHand:
    """A file; `sheet` is None once all of it is on the roster. `print` is of all that is kept."""

    note: Note
    asides: tuple[Aside, ...] = ()
    sheet: Sheet | None = None
    settled: bool = False  # the columns are known
    print: str = ""

    @property
    def is_asking(self) -> bool:
        """Whether nobody has said yet which column is which."""
        return self.sheet is not None and not self.settled


def keep(session: Session, wave: Wave, held: InHand) -> None:
    """Keep a file, instead of the one before."""
    forget(session, id_of(wave))
    note = held.note
    kept = KeptList(
        wave_id=id_of(wave),
        file=note.file,
        at=note.at,
        by=note.by,
        rows=note.rows,
        packed=_packed(held),
    )
    session.add(kept)
    session.flush()


def forget(session: Session, wave_id: int) -> None:
    session.connection().execute(delete(KeptList).where(col(KeptList.wave_id) == wave_id))


def of(session: Session, wave_id: int) -> InHand | None:
    """The last file with all that is kept of it; None when there is none."""
    kept = session.get(KeptList, wave_id, populate_existing=True)
    if kept is None:
        return None
    whole = json.loads(zlib.decompress(kept.packed))
    sheet = _sheet(**whole["sheet"]) if whole["sheet"] else None
    asides = tuple(Aside(*each) for each in whole["asides"])
    note = Note(kept.file, kept.at, kept.by, kept.rows)
    return InHand(note, asides, sheet, whole["settled"], hashlib.sha256(kept.packed).hexdigest())


def note(session: Session, wave_id: int) -> Note | None:
    """What a page says of the last file."""
    columns = (KeptList.file, KeptList.at, KeptList.by, KeptList.rows)
    query = select(*map(col, columns)).where(col(KeptList.wave_id) == wave_id)
    row = session.connection().execute(query).first()
    return None if row is None else Note(*row)


def only(sheet: Sheet, rows: Sequence[int]) -> Sheet:
    """A sheet that was laid out with only these of its rows, by their numbers from 1."""
    head, wanted = (sheet.heading or 0) + 1, {*rows, (sheet.heading or 0) + 1}
    kept = [row if number in wanted else [] for number, row in enumerate(sheet.rows, start=1)]
    return replace(sheet, rows=kept[: max(wanted, default=head)])


def _packed(held: InHand) -> bytes:
    sheet = held.sheet
    whole = {
        "asides": [(each.row, each.text, each.why) for each in held.asides],
        "settled": held.settled,
        "sheet": sheet
        and {
            "rows": [list(row) for row in sheet.rows],
            "name": sheet.name,
            "kinds": list(sheet.kinds),
            "heading": sheet.heading,
            "told": sheet.told,
            "says": list(sheet.says),
        },
    }
    return zlib.compress(json.dumps(whole, ensure_ascii=False).encode())


def _sheet(
    rows: list[list[str]],
    name: str,
    kinds: list[str],
    heading: int | None,
    told: str,
    says: list[str],
) -> Sheet:
    return Sheet(rows, name, kinds, heading=heading, told=told, says=says)
