"""A sender in a process of its own, to be killed: `… -m tests.making.send_child SECONDS [LEASE]`.

It reads the usual environment; its clock goes SECONDS ahead, so that claims of the killed before
it have run out. A claim lasts LEASE seconds, if not as long as ever.
"""

import os
import sys
from datetime import UTC, datetime, timedelta

from app import settings
from app.keys import guard
from app.keys.keyfile import KeyFile
from app.store.db import Database
from app.worker import delivery
from app.worker.sending import send_due


def main(seconds: float, *lease: float) -> None:
    for lasting in lease:
        delivery.LEASE = timedelta(seconds=lasting)
    configured = settings.read(os.environ)
    ahead = timedelta(seconds=seconds)
    db = Database(configured.database_url, lambda: datetime.now(UTC) + ahead)
    send_due(db, guard.guard(db, KeyFile(configured.key_file)), configured)


if __name__ == "__main__":
    main(*map(float, sys.argv[1:]))
