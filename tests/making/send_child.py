"""A sender in a process of its own, to be killed: `python -m tests.making.send_child SECONDS`.

It reads the usual environment; its clock goes SECONDS ahead, so that claims of the killed before
it have run out.
"""

import os
import sys
from datetime import UTC, datetime, timedelta

from app import settings
from app.keys import guard
from app.keys.keyfile import KeyFile
from app.store.db import Database
from app.worker.sending import send_due


def main(seconds: float) -> None:
    configured = settings.read(os.environ)
    ahead = timedelta(seconds=seconds)
    db = Database(configured.database_url, lambda: datetime.now(UTC) + ahead)
    send_due(db, guard.guard(db, KeyFile(configured.key_file)), configured)


if __name__ == "__main__":
    main(float(sys.argv[1]))
