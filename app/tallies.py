"""What an opening wrote (tally, sums), held to the key file, and read back for a score sheet.

The digest of all of it stands in the key file from the opening on, and the digest of each score
sheet from its making on. What differs is altered: no sheet is made of it and none is handed out.
"""

import hashlib
import json
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import rfc8785
from sqlalchemy import select
from sqlmodel import Session, col

from app import bonds, scoring, wavefacts
from app.keyguard import keys_of
from app.language import _
from app.models import ExternalPercent, Minutes, TallyRow, UnitBallots, Wave
from app.waves import WaveRefused, id_of

SUMS = (
    *("issued", "issued_later", "cast", "counted", "void", "altered", "foreign"),
    *("urn_digest", "receipts", "comments_withheld", "unproved"),
)


class TallyAltered(WaveRefused):
    """What an opening wrote is not as it was written."""

    def __init__(self, wave: str, what: str) -> None:
        super().__init__(
            _(
                "{what} của đợt {code} trong cơ sở dữ liệu khác với lúc hệ thống ghi. Chưa làm gì."
                " Giữ nguyên hiện trạng, báo Hội đồng, khôi phục cơ sở dữ liệu từ bản lưu."
            ).format(what=what, code=wave)
        )


def read(session: Session, wave: Wave) -> scoring.Tally:
    """The tally of an unsealed wave. Raises TallyAltered."""
    known = wavefacts.of_wave(keys_of(session), wave).get("opened")
    if known is not None and known != digest_of(session, wave):
        raise TallyAltered(wave.code, _("Bảng kiểm phiếu"))
    return _tally(session, id_of(wave))


def _tally(session: Session, wave_id: int) -> scoring.Tally:
    connection = session.connection()
    rows = connection.execute(select(TallyRow).where(col(TallyRow.wave_id) == wave_id))
    counts = {
        (row.question, row.unit): None if row.cells is None else json.loads(row.cells)
        for row in rows
    }
    found = connection.execute(select(UnitBallots).where(col(UnitBallots.wave_id) == wave_id))
    ballots: Mapping[str, int | None] = {row.unit: row.ballots for row in found}
    return scoring.Tally(counts, ballots)


def digest_of(session: Session, wave: Wave) -> str:
    """One digest of all that an opening wrote but for comments and single receipts."""
    tally, minutes = _tally(session, id_of(wave)), session.get_one(Minutes, id_of(wave))
    said: Any = {
        "counts": sorted([*key, cells] for key, cells in tally.counts.items()),
        "ballots": dict(tally.ballots),
        "sums": {name: getattr(minutes, name) for name in SUMS},
    }
    return "sha256:" + hashlib.sha256(rfc8785.dumps(said)).hexdigest()


def sheet_digest(document: str) -> str:
    """What the key file keeps of a score sheet as it is stored."""
    return "sha256:" + hashlib.sha256(document.encode()).hexdigest()


def must_be_sheet(session: Session, code: str, number: int, document: str) -> None:
    """Raises TallyAltered unless a stored score sheet is as it was made."""
    for facts in keys_of(session).accepted("waves", code, "facts"):
        known = (facts or {}).get("sheets", {}).get(str(number))
        if known == sheet_digest(document):
            return
    raise TallyAltered(code, _("Bảng điểm số {number}").format(number=number))


def keep_sheet(session: Session, wave: Wave, number: int, document: str) -> None:
    """Hold a new score sheet to the key file. The caller holds the wave."""
    before = wavefacts.of_wave(keys_of(session), wave)
    sheets = {**before.get("sheets", {}), str(number): sheet_digest(document)}
    wavefacts.changed(session, wave, before, sheets=sheets)


def external_of(session: Session, wave: Wave) -> dict[tuple[str, str], Fraction]:
    """(unit, criterion) → the percent imported last, exact, as it was imported. Raises
    TallyAltered."""
    found = percents(session, id_of(wave))
    if found and not bonds.fits(wave.external_mac, external_mac(session, wave.code, found)):
        raise TallyAltered(wave.code, _("Kết quả lấy từ nơi khác"))
    return found


def percents(session: Session, wave_id: int) -> dict[tuple[str, str], Fraction]:
    """The same, unchecked, for pages."""
    rows = session.connection().execute(
        select(ExternalPercent).where(col(ExternalPercent.wave_id) == wave_id)
    )
    return {(row.unit, row.criterion): Fraction(row.percent) for row in rows}


def external_mac(session: Session, code: str, found: Mapping[tuple[str, str], Fraction]) -> bytes:
    """What binds the imported percents of a wave, all together."""
    said = [part for key, percent in sorted(found.items()) for part in (*key, str(percent))]
    return bonds.mac(keys_of(session).derived("external results"), "external", code, *said)
