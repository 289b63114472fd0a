"""Set rows of waves and the key file right with each other.

A row that somebody altered is written anew as the key file knows it, which has the facts
themselves, so that no backup is needed; what is gone from other tables does not come back by it.
What a crash between a commit and the key file left open is closed as the database has it.
"""

from typing import cast

from sqlalchemy import select, update
from sqlmodel import Session, col

from app.bonds import wavefacts
from app.keys.guard import keys_of
from app.keys.keyfile import KeyFile
from app.language import _
from app.store.db import Database, take_close_lock
from app.store.models import Wave
from app.waves import accountsettling
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


def settle_left(db: Database, keys: KeyFile) -> None:
    """Put in force what a transaction said of a wave, or an account, before its commit, and could
    not say after it.

    Until then the state before would be believed too. One under way elsewhere is not touched: its
    row still says what it said before.
    """
    if not keys.path.exists():
        return
    accountsettling.settle_left(db, keys)
    waves = keys.content()["waves"]
    left = [code for code, entry in waves.items() if "next" in entry.get("facts", {})]
    for code in left:
        with db.transaction() as session:
            wave = session.scalars(select(Wave).where(col(Wave.code) == code)).first()
            if wave is None:
                continue
            take_close_lock(session, cast(int, wave.id))
            session.refresh(wave, with_for_update=True)
            with keys.changing() as content:
                slot = content["waves"][code]["facts"]
                pending = slot.get("next")
                if pending and wavefacts.came_to_be(session, wave, slot["now"] or {}, pending):
                    slot["now"] = slot.pop("next")
