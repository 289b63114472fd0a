"""CPU of a cast and of finding a ballot, inside one process: for comparing two versions in one run.

    python -m tests.load.casting [BALLOTS]

prints JSON: milliseconds of CPU a cast (transaction and commit included), microseconds a look-up.
"""

import json
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from app.ballots import ballot as ballots
from app.ballots import casting, drafts
from app.index import file as files
from app.keys import guard
from app.keys.keyfile import KeyFile
from app.keys.tokens import BallotName
from app.keys.urn import Answers, DraftState
from app.store.db import Database, open_database
from tests.making.blocks import LAI_CHAU, make_people, make_wave, names


def opened(folder: Path) -> tuple[Database, KeyFile]:
    """An empty SQLite database and its key file."""
    db = open_database(f"sqlite:///{folder / 'phieu.sqlite3'}")
    keys = KeyFile(folder / "keys" / "phieu.key")
    guard.guard(db, keys)
    return db, keys


def cast_some(db: Database, keys: KeyFile, everyone: Sequence[BallotName]) -> float:
    """Answer and cast these ballots; gives the seconds of CPU that the casts alone take."""
    for ballot_name in everyone:
        with db.transaction() as session:
            ballot = ballots.find(session, ballot_name)
            drafts.start(session, keys, ballot, db.now(session))
            said = Answers(dict.fromkeys(ballot.asked(None), "A"))
            state = DraftState(said, frozenset(ballot.units))
            drafts.change(session, keys, ballot, db.now(session), lambda _b: state)  # noqa: B023
    begun = time.process_time()
    for ballot_name in everyone:
        with db.transaction() as session:
            casting.cast(db, session, keys, ballot_name, lambda _ballot, _draft: True)
    return time.process_time() - begun


def measure(number: int) -> dict[str, float]:
    """Casts of `number` ballots about 20 units."""
    with tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as name:
        db, keys = opened(Path(name))
        index = files.parse(LAI_CHAU.read_bytes())
        wave = make_wave(db, keys, index, make_people(index, number))
        with db.reading() as session:
            everyone = names(session, wave)
        begun = time.process_time()
        for ballot_name in everyone:
            with db.reading() as session:
                ballots.find(session, ballot_name)
        looked = time.process_time() - begun
        cast = cast_some(db, keys, everyone)
        db.dispose()
    return {"cast_ms": 1e3 * cast / len(everyone), "find_us": 1e6 * looked / len(everyone)}


if __name__ == "__main__":
    print(json.dumps(measure(int(sys.argv[1]) if len(sys.argv) > 1 else 400)))
