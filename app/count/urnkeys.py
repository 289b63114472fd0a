"""The keys of an urn: put back from a recovery copy, and erased once it is opened or destroyed."""

import logging

from sqlalchemy import select, update
from sqlmodel import col

from app.bonds import wavefacts
from app.keys import recovery
from app.keys.keyfile import KeyFile, KeysMissing
from app.keys.recovery import OpenedCopy
from app.language import _
from app.store.db import Database
from app.store.models import Wave

log = logging.getLogger("phieu.unsealing")


def restore(keys: KeyFile, wave: Wave, copy: OpenedCopy) -> None:
    """Put the keys of a wave that the caller holds back; what was erased stays so, and another
    wave's keys are refused. Raises KeysMissing."""
    gone = wave.unsealed_at is not None or wave.cancelled_at is not None
    if gone or (copy.wave, copy.public_key) != (wave.code, wave.public_key):
        raise KeysMissing(
            _("Tệp này không phải bản khóa dự phòng của đợt {code}. Chọn tệp khác.").format(
                code=wave.code
            )
        )
    recovery.put_back(keys, copy)


def erase_left(db: Database, keys: KeyFile) -> None:
    """Erase the keys of every wave that is unsealed or cancelled; a crash may have left them.

    What a full disk beside the key file does not let be erased, or what is not there because a
    folder is not mounted, waits for the next call, which the server makes by the clock.
    """
    with db.reading() as session:
        ended = session.scalars(
            select(Wave).where(
                col(Wave.unsealed_at).is_not(None) | col(Wave.cancelled_at).is_not(None),
            )
        ).all()
    # The key file says whether it holds keys still, whatever the row says.
    left = [wave for wave in ended if wave.keys_erased_at is None or keys.has_wave(wave.code)]
    for wave in left:
        if wavefacts.differing(keys, wave.code, wave):
            # Who writes into the database shall not have an urn made unreadable.
            log.error("the keys of %s stay: its row is not as the key file knows it", wave.code)
            continue
        try:
            keys.erase_wave(wave.code)
        except (OSError, KeysMissing) as fault:
            why = fault.strerror if isinstance(fault, OSError) else "the key file is not there"
            log.error("the keys of %s are not erased yet: %s", wave.code, why)
            continue
        with db.transaction() as session:
            session.connection().execute(
                update(Wave).where(col(Wave.id) == wave.id).values(keys_erased_at=db.now(session))
            )
    if left and not db.forget_deleted():
        # The next purge does it.
        log.warning("rows of an urn may linger in files of the database: it is read meanwhile")
