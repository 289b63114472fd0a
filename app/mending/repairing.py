"""Write the row of a wave that somebody altered anew, as the key file knows it.

The key file has the facts themselves, so that no backup is needed; what is gone from other tables
does not come back by it.
"""

from typing import cast

from sqlalchemy import select, update
from sqlmodel import Session, col

from app.bonds import wavefacts
from app.keys.guard import keys_of
from app.language import _
from app.record import held
from app.record.checking import NotRecord
from app.store.models import Wave
from app.store.turns import take_close_lock
from app.waves.wave import WaveRefused


def repair(session: Session, code: str) -> list[str]:
    """Write the facts of the key file into the row; gives the names of those that differed.

    Raises WaveRefused when there is no such row, or the key file knows no such wave.
    """
    wave = session.scalars(select(Wave).where(col(Wave.code) == code)).first()
    keys = keys_of(session)
    known = [facts for facts in wavefacts.accepted(keys, code) if facts is not wavefacts.DRAFT]
    if wave is None or not known:
        raise WaveRefused(
            _(
                "Không đưa về được: tệp khóa hoặc cơ sở dữ liệu không có đợt {code} đã phát phiếu."
                " Khôi phục cơ sở dữ liệu từ bản lưu."
            ).format(code=code)
        )
    take_close_lock(session, cast(int, wave.id))
    session.refresh(wave, with_for_update=True)
    differing = wavefacts.differing(keys, code, wave)
    if differing:
        right = {name: known[0][name] for name in wavefacts.OF_ROW}
        session.connection().execute(update(Wave).where(col(Wave.id) == wave.id).values(right))
    return differing


def record_differs(session: Session, code: str) -> bool:
    """Whether the public record of a wave is not as the key file knows it."""
    wave = session.scalars(select(Wave).where(col(Wave.code) == code)).one()
    return not held.is_sound(session, wave)


def repair_record(session: Session, code: str, copy: bytes) -> list[str]:
    """Write the public record anew from a copy that anybody kept; gives ["record"] where it
    differed. Raises WaveRefused unless the copy is the record that the key file knows."""
    wave = session.scalars(select(Wave).where(col(Wave.code) == code)).one()
    if held.is_sound(session, wave):
        return []
    try:
        if held.put_back(session, wave, copy):
            return ["record"]
    except NotRecord as error:
        raise WaveRefused(str(error)) from error
    raise WaveRefused(
        _(
            "Bản sổ này không phải sổ mà tệp khóa ghi (cũ hơn, của đợt khác, hoặc đã bị sửa). Tìm"
            " bản khác: ai theo dõi sổ đều giữ một bản."
        )
    )
