"""What a public record tells once a day in sum, told when the day is over."""

import logging

from app.bonds.wavefacts import WaveAltered
from app.record import keeping
from app.store.db import Database
from app.waves.wave import hold, load

log = logging.getLogger("phieu.record")


def tell_all(db: Database) -> None:
    """Tell the sums of days that are over, each wave in a transaction of its own."""
    with db.reading() as session:
        codes = keeping.untold(session, db.now(session))
    for code in codes:
        try:
            with db.transaction() as session:
                wave = load(session, code)
                hold(session, wave)
                keeping.tell_sums(session, wave, db.now(session))
        except WaveAltered as altered:
            # The others are not to wait for it.
            log.error("%s", altered)
