"""`python -m tests.golden_wave FOLDER`: see the package."""

import argparse
import contextlib
import os
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from app import settings
from app.keys import guard
from app.keys.keyfile import KeyFile
from app.language import HANOI
from app.store.db import open_database
from tests.conftest import Clock
from tests.golden_wave import collecting, ending, half, preparing, stilled
from tests.golden_wave.album import Album
from tests.golden_wave.world import World
from tests.making.smtp import smtp_server

START = datetime(2026, 3, 2, 9, 0, tzinfo=HANOI)
PORT = 2525
CHAPTERS = (
    *(preparing.prepare, preparing.draft, preparing.launch),
    *(collecting.collect, collecting.correct, collecting.keep_half),
    *(ending.close, ending.unseal, ending.hand_out, ending.cancel, ending.do_the_rest),
)


@contextlib.contextmanager
def world_in(home: Path, album: Album) -> Iterator[World]:
    clock = Clock(START)
    stilled.still("phieu", clock)
    environment = {
        "PHIEU_DATA": str(home / "data"),
        "PHIEU_KEY_FILE": str(home / "keys" / "phieu.key"),
        "PHIEU_MAIL_FROM": "phieu@vi-du.vn",
        "PHIEU_SMTP_URL": f"smtp://127.0.0.1:{PORT}",
        "PHIEU_BASE_URL": "http://127.0.0.1:8000",
    }
    os.environ.update(environment)
    configured = settings.read(environment)
    db = open_database(configured.database_url, clock)
    keys = guard.guard(db, KeyFile(configured.key_file))
    with smtp_server() as post:
        stilled.lead(PORT, post.port)
        yield World(album, db, keys, configured, clock, post)
    db.dispose()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder: Path = parser.parse_args().folder
    if folder.exists():
        parser.error(f"{folder} is there")
    with tempfile.TemporaryDirectory() as home, world_in(Path(home), Album(folder)) as world:
        for chapter in CHAPTERS:
            chapter(world)
        world.at("end")
        world.album.keep("database.sql", half.dump(world.db))
        for file in sorted(world.keys.path.parent.iterdir()):
            world.album.keep(file.name, file.read_bytes())
    print(sum(path.is_file() for path in folder.rglob("*")), "files")


if __name__ == "__main__":
    main()
