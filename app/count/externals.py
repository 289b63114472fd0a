"""The percents that come from elsewhere: imported, and read back as they were imported.

What binds them stands in the key file from the launch, or their import, on.
"""

from collections.abc import Mapping
from fractions import Fraction

from sqlalchemy import delete, insert, select
from sqlmodel import Session, col

from app.bonds import macs, wavefacts
from app.count.tallies import TallyAltered
from app.keys.guard import keys_of
from app.language import _
from app.store.models import Wave
from app.store.resultmodels import ExternalPercent
from app.waves.wave import WaveRefused, hold_row, id_of


def checked(session: Session, wave: Wave) -> dict[tuple[str, str], Fraction]:
    """(unit, criterion) → the percent imported last, exact, as it was imported. Raises
    TallyAltered."""
    written = _written_percents(session, id_of(wave))
    expected = mac(session, wave.code, written)
    row = wavefacts.external(wave)["external"]
    for facts in keys_of(session).accepted("waves", wave.code, "facts"):
        held = (facts or {}).get("external", row)  # an earlier version held it to the row alone
        if held == expected.hex() or (held is None and not written):
            return {key: Fraction(percent) for key, percent in written.items()}
    raise TallyAltered(wave.code, _("Kết quả lấy từ nơi khác"))


def percents(session: Session, wave_id: int) -> dict[tuple[str, str], Fraction]:
    """The same, unchecked, for pages."""
    written = _written_percents(session, wave_id)
    return {key: Fraction(percent) for key, percent in written.items()}


def _written_percents(session: Session, wave_id: int) -> dict[tuple[str, str], str]:
    rows = session.connection().execute(
        select(ExternalPercent).where(col(ExternalPercent.wave_id) == wave_id)
    )
    return {(row.unit, row.criterion): row.percent for row in rows}


def mac(session: Session, code: str, found: Mapping[tuple[str, str], Fraction | str]) -> bytes:
    """What binds the imported percents of a wave, all together."""
    said = [part for key, percent in sorted(found.items()) for part in (*key, str(percent))]
    return macs.mac(keys_of(session).derived("external results"), "external", code, *said)


def put_in(session: Session, wave: Wave, percents: Mapping[tuple[str, str], Fraction]) -> None:
    """Replace the external percents of a wave; sheets already written keep theirs."""
    hold_row(session, wave)
    launched = wave.launched_at is not None
    before = wavefacts.of_wave(session, wave) if launched else {}
    if wave.cancelled_at is not None:
        raise WaveRefused(_("Đợt {code} đã hủy. Tạo đợt mới với mã khác.").format(code=wave.code))
    connection = session.connection()
    connection.execute(delete(ExternalPercent).where(col(ExternalPercent.wave_id) == wave.id))
    rows = [
        {"wave_id": wave.id, "unit": unit, "criterion": criterion, "percent": str(percent)}
        for (unit, criterion), percent in percents.items()
    ]
    if rows:
        connection.execute(insert(ExternalPercent), rows)
    wave.external_mac = mac(session, wave.code, percents)
    session.add(wave)
    session.flush()
    if launched:
        wavefacts.changed(session, wave, before, **wavefacts.external(wave))
