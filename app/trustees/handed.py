"""What trustees handed in, kept until enough of them have: encrypted under the wave's secret.

A share is 33 bytes (x and 32 bytes) of one row; they lie in the order of the rows' ids.
"""

import hashlib
import os
from bisect import bisect_left
from collections.abc import Mapping
from datetime import datetime

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import delete, insert, select, update
from sqlmodel import Session, col

from app.bonds.refused import WaveRefused
from app.keys.committee import SHARE
from app.keys.guard import keys_of
from app.keys.tokens import derive
from app.language import _
from app.store.models import Wave
from app.store.trusteemodels import HandedRow
from app.trustees.body import Trustee
from app.trustees.files import ID_BYTES, Opened

RECORD = ID_BYTES + SHARE
NONCE = 12


class Shares:
    """What one trustee handed in, by the rows of the urn."""

    def __init__(self, records: bytes) -> None:
        self._records = records

    def _id(self, place: int) -> bytes:
        return self._records[place * RECORD : place * RECORD + ID_BYTES]

    def of_id(self, row_id: bytes) -> bytes | None:
        places = range(len(self._records) // RECORD)
        place = bisect_left(places, row_id, key=self._id)
        if place == len(places) or self._id(place) != row_id:
            return None
        at = place * RECORD + ID_BYTES
        return self._records[at : at + SHARE]

    def of(self, row: bytes) -> bytes | None:
        """x and share for a row of the urn; None where there is none."""
        return self.of_id(hashlib.sha256(row).digest())


def keep(
    session: Session,
    wave: Wave,
    place: int,
    now: datetime,
    shares: Mapping[bytes, bytes],
    missing: int,
    refused: int,
) -> None:
    """Keep what fits, in place of what the same trustee handed in before."""
    records = b"".join(row_id + shares[row_id] for row_id in sorted(shares))
    nonce = os.urandom(NONCE)
    sealed = nonce + _cipher(session, wave).encrypt(nonce, records, _bound(wave, place))
    connection = session.connection()
    mine = col(HandedRow.wave_id) == wave.id, col(HandedRow.place) == place
    connection.execute(delete(HandedRow).where(*mine))
    row = {"wave_id": wave.id, "place": place, "handed_at": now, "sealed": sealed}
    counts = {"rows": len(shares), "missing": missing, "refused": refused}
    connection.execute(insert(HandedRow), [row | counts])


def shares_of(session: Session, wave: Wave) -> dict[int, Shares]:
    """What was handed in, by place. What somebody wrote into the table is not."""
    cipher, found = _cipher(session, wave), {}
    query = select(col(HandedRow.place), col(HandedRow.sealed))
    rows = session.connection().execute(query.where(col(HandedRow.wave_id) == wave.id))
    for place, sealed in rows:
        try:
            records = cipher.decrypt(sealed[:NONCE], sealed[NONCE:], _bound(wave, place))
        except (InvalidTag, ValueError):
            continue
        found[place] = Shares(records)
    return found


def empty(session: Session, wave: Wave) -> None:
    """Forget the shares, and keep who handed in when: the urn is open, or destroyed."""
    mine = col(HandedRow.wave_id) == wave.id
    session.connection().execute(update(HandedRow).where(mine).values(sealed=b""))


def forget(session: Session, wave: Wave) -> None:
    """Those of the trial, at the launch."""
    session.connection().execute(delete(HandedRow).where(col(HandedRow.wave_id) == wave.id))


def _cipher(session: Session, wave: Wave) -> AESGCM:
    return AESGCM(derive(keys_of(session).wave(wave.code).secret, "handed shares"))


def _bound(wave: Wave, place: int) -> bytes:
    return f"{wave.code} {wave.index_digest} {place}".encode()


def check_head(wave: Wave, mine: Trustee, opened: Opened, urn: str) -> None:
    """Raises WaveRefused unless a file is of this wave, this trustee and this step."""
    if opened.wave != wave.code or opened.index_digest != wave.index_digest:
        words = _("Tệp phần khóa này của đợt “{other}”, không phải đợt {wave}. Chọn tệp khác.")
        raise WaveRefused(words.format(other=opened.wave[:80], wave=wave.code))
    if opened.place != mine.place:
        words = _("Tệp phần khóa này của ủy viên thứ {other}; {name} là ủy viên thứ {place}.")
        raise WaveRefused(words.format(other=opened.place, name=mine.called, place=mine.place))
    if opened.urn != urn:
        raise WaveRefused(
            _("Tệp phần khóa này của lần mở thử, không phải của hòm phiếu. Chọn tệp khác.")
            if not opened.urn
            else _("Tệp phần khóa này không phải của lần mở thử. Chọn tệp khác.")
            if not urn
            else _(
                "Tệp phần khóa này của một hòm phiếu khác với hòm phiếu lúc kết thúc (mã kiểm tra"
                " khác nhau). Lấy lại tệp của đợt rồi mở lại."
            )
        )


def wrong(mine: Trustee) -> WaveRefused:
    """Nothing in a file fits."""
    return WaveRefused(
        _(
            "Không phần khóa nào của {name} khớp với hòm phiếu: sai cụm từ khóa, hoặc nhầm tệp."
            " Chưa ghi gì. Mở lại với đúng cụm từ khóa."
        ).format(name=mine.called)
    )
