"""The points that the council gave: imported, and read back as they were imported.

They come in after the launch, since an index is frozen then; each import takes the place of the one
before, and sheets already made keep theirs. What binds the points stands in the key file. The names
of heads decide nothing and are held to nothing, so that they can be forgotten.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from sqlalchemy import delete, insert, select
from sqlmodel import Session, col

from app.bonds import macs, wavefacts
from app.count.tallies import TallyAltered
from app.index import appraised
from app.index.appraised import LISTED, Appraised
from app.index.definition import Index
from app.keys.guard import keys_of
from app.language import _
from app.store.models import Wave
from app.store.resultmodels import AppraisedPoint, UnitHead
from app.text.headings import Rows, Sheet
from app.waves.wave import WaveRefused, hold_row, id_of, index_of

Points = Mapping[tuple[str, str], Fraction]


def take(session: Session, wave: Wave, table: Sheet | Rows) -> Appraised:
    """Read a table of appraised points and keep it, or nothing of it.

    What pages, commands and the API call; of a program `table` may be `entries`, which know no
    names and leave those of heads as they are. Raises `TableFault` with every bad row, WaveRefused.
    """
    index, _layout = index_of(wave)
    found = appraised.read_appraised(index, table)
    put_in(session, wave, found.points, found.heads if isinstance(table, Sheet) else None)
    return found


def entries(given: Sequence[tuple[str, str, str]]) -> Rows:
    """(unit, leaf, points as a text) of a program as a table to `take`; faults name the first of
    them as row 2."""
    return [LISTED, *given]


def put_in(session: Session, wave: Wave, points: Points, heads: Mapping[str, str] | None) -> None:
    """Replace the appraised points of a wave, and the names of heads unless they are None."""
    hold_row(session, wave)
    if wave.cancelled_at is not None:
        raise WaveRefused(_("Đợt {code} đã hủy. Tạo đợt mới với mã khác.").format(code=wave.code))
    if wave.launched_at is None:
        raise WaveRefused(
            _(
                "Đợt {code} chưa phát phiếu, bộ chỉ số còn có thể đổi. Nhập điểm thẩm định sau khi"
                " phát phiếu."
            ).format(code=wave.code)
        )
    before, connection = wavefacts.of_wave(session, wave), session.connection()
    for table in (AppraisedPoint,) if heads is None else (AppraisedPoint, UnitHead):
        connection.execute(delete(table).where(col(table.wave_id) == wave.id))
    rows = [
        {"wave_id": wave.id, "unit": unit, "criterion": criterion, "points": str(value)}
        for (unit, criterion), value in points.items()
    ]
    if rows:
        connection.execute(insert(AppraisedPoint), rows)
    names = [
        {"wave_id": wave.id, "unit": unit, "name": name} for unit, name in (heads or {}).items()
    ]
    if names:
        connection.execute(insert(UnitHead), names)
    wave.appraised_mac = mac(session, wave.code, points)
    session.add(wave)
    session.flush()
    wavefacts.changed(session, wave, before, **wavefacts.appraised(wave))


def checked(session: Session, wave: Wave) -> dict[tuple[str, str], Fraction]:
    """(unit, leaf) → the points imported last, exact, as they were imported. Raises
    TallyAltered."""
    written = _written(session, id_of(wave))
    expected = mac(session, wave.code, written)
    # Of a draft that nothing was imported for the key file knows nothing.
    for facts in keys_of(session).accepted("waves", wave.code, "facts") or [None]:
        held = (facts or {}).get("appraised")
        if held == expected.hex() or (held is None and not written):
            return {key: Fraction(value) for key, value in written.items()}
    raise TallyAltered(wave.code, _("Điểm thẩm định"))


def heads(session: Session, wave: Wave) -> dict[str, str]:
    """Unit → the name of its head, where it was given."""
    query = select(UnitHead).where(col(UnitHead.wave_id) == wave.id)
    return {row.unit: row.name for row in session.scalars(query)}


def forget_heads(session: Session, wave: Wave) -> None:
    """Delete the names of heads, with the other personal data of a wave."""
    session.connection().execute(delete(UnitHead).where(col(UnitHead.wave_id) == wave.id))


def adopt(session: Session, wave: Wave) -> None:
    """Bind the points of a wave as they stand (see `adoption`)."""
    if written := _written(session, id_of(wave)):
        wave.appraised_mac = mac(session, wave.code, written)
        session.add(wave)


def has_any(index: Index) -> bool:
    """Whether there is a whole index to be made: some leaf is appraised."""
    return any(leaf.method == "appraisal" for leaf in index.leaves)


def mac(session: Session, code: str, found: Mapping[tuple[str, str], Fraction | str]) -> bytes:
    """What binds the appraised points of a wave, all together."""
    said = [part for key, value in sorted(found.items()) for part in (*key, str(value))]
    return macs.mac(keys_of(session).derived("appraised points"), "appraised", code, *said)


def _written(session: Session, wave_id: int) -> dict[tuple[str, str], str]:
    rows = session.connection().execute(
        select(AppraisedPoint).where(col(AppraisedPoint.wave_id) == wave_id)
    )
    return {(row.unit, row.criterion): row.points for row in rows}
