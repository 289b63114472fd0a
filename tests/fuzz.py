"""`make fuzz`: schemathesis over a server of two made-up waves, with a key that writes.

python -m tests.fuzz SCHEMATHESIS [ITS OPTIONS …]
"""

import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from app import settings
from app.keys import guard
from app.keys.keyfile import KeyFile
from app.main import create_app
from app.staff import connections
from app.store.db import open_database
from tests.conftest import Clock
from tests.making.booths import served
from tests.web.console.test_results import scored_wave


def main(schemathesis: str, *more: str) -> int:
    with tempfile.TemporaryDirectory() as home:
        Path(home, "keys").mkdir()
        environment = {"PHIEU_DATA": home, "PHIEU_KEY_FILE": f"{home}/keys/phieu.key"}
        read = settings.read(environment)
        db = open_database(read.database_url, Clock(datetime(2026, 3, 2, 2, 0, tzinfo=UTC)))
        keys = guard.guard(db, KeyFile(read.key_file))
        scored_wave(db, keys, code="cu")
        scored_wave(db, keys, "two-blocks")
        with db.transaction() as session:
            grant = connections.Grant(connections.WRITE)
            key = connections.make(session, "Fuzz", "Hà", db.now(session), grant)
        with served(create_app(read, db, keys)) as url:
            command = [schemathesis, "run", f"{url}/openapi.json", "--url", url]
            command += ["--header", f"Authorization: Bearer {key}", "--checks", "all", *more]
            status = subprocess.run(command, check=False).returncode
        db.dispose()
    return status


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
