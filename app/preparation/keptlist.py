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

from sqlalchemy import delete
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
    """A file; `sheet` are its rows while some wait (`waits`). `print` is of all that is kept."""

    note: Note
    asides: tuple[Aside, ...] = ()
    sheet: Sheet | None = None
    settled: bool = False  # the columns are known
    waits: bool = False
    print: str = ""

    @property
    def is_asking(self) -> bool:
        """Whether nobody has said yet which column is which."""
        return self.waits and not self.settled


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


def of(session: Session, wave_id: int, whole: bool = True) -> InHand | None:
    """The last file with all that is kept of it, or but for its rows; None when there is none."""
    kept = session.get(KeptList, wave_id, populate_existing=True)
    if kept is None:
        return None
    first, _end, rest = zlib.decompress(kept.packed).partition(b"\n")
    facts = json.loads(first)
    sheet = _sheet(**json.loads(rest)) if rest and whole else None
    return InHand(
        note=Note(kept.file, kept.at, kept.by, kept.rows),
        asides=tuple(Aside(*each) for each in facts["asides"]),
        sheet=sheet,
        settled=facts["settled"],
        waits=bool(rest),
        print=hashlib.sha256(kept.packed).hexdigest(),
    )


def only(sheet: Sheet, rows: Sequence[int]) -> Sheet:
    """A sheet that was laid out with only these of its rows, by their numbers from 1."""
    head, wanted = (sheet.heading or 0) + 1, {*rows, (sheet.heading or 0) + 1}
    kept = [row if number in wanted else [] for number, row in enumerate(sheet.rows, start=1)]
    return replace(sheet, rows=kept[: max(wanted, default=head)])


def _packed(held: InHand) -> bytes:
    asides = [(each.row, each.text, each.why) for each in held.asides]
    lines = [json.dumps({"asides": asides, "settled": held.settled}, ensure_ascii=False)]
    if held.sheet is not None:
        sheet = {
            "rows": [list(row) for row in held.sheet.rows],
            "name": held.sheet.name,
            "kinds": list(held.sheet.kinds),
            "heading": held.sheet.heading,
            "told": held.sheet.told,
            "says": list(held.sheet.says),
        }
        lines.append(json.dumps(sheet, ensure_ascii=False))
    return zlib.compress("\n".join(lines).encode())


def _sheet(
    rows: list[list[str]],
    name: str,
    kinds: list[str],
    heading: int | None,
    told: str,
    says: list[str],
) -> Sheet:
    return Sheet(rows, name, kinds, heading=heading, told=told, says=says)
