"""Committee mode, all of it: a wave of 1,611 from the first account to signed minutes, by browser
and letters alone, two of three trustees, everybody but one casts. With SHARE 4, of every fourth.

    python -m tests.load.committeewalk [SHARE] [--postgresql] [--pictures FOLDER]

prints JSON: seconds of each step, the two trustees' browsers among them, and what was counted.
Raises where a page does not say what it should. Pictures are of each page, on a desk and a phone.
"""

import argparse
import csv
import io
import json
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Page

from app import settings
from app.commands.demo import people as demopeople
from app.commands.demo import scenes
from app.index import file as indexfile
from app.keys import guard
from app.keys.keyfile import KeyFile
from app.store.db import open_database
from tests.conftest import Clock
from tests.load.premises import premises
from tests.load.respondents import drive
from tests.making.blocks import LAI_CHAU
from tests.making.browser import DESKTOP, PHONE, open_browser, resize
from tests.making.bureau import open_bureau
from tests.making.committeewalk import Walk

AT_ONCE = 8


def roster_of(share: int) -> tuple[bytes, int]:
    """One in `share` of each group of the 1,611 people of Lai Châu; and how many they are."""
    index = indexfile.parse(LAI_CHAU.read_bytes())
    sizes = {group: -(-size // share) for group, size in scenes.of(index).sizes.items()}
    out = io.StringIO()
    csv.writer(out).writerows(demopeople.roster(index, sizes))
    return out.getvalue().encode(), sum(sizes.values())


def crowd(url: str, links: list[str]) -> list[str]:
    return drive(int(url.rpartition(":")[2]), links, AT_ONCE).receipts


def walk(share: int, postgresql: bool, pictures: Path | None) -> dict[str, object]:
    def look(page: Page, name: str) -> None:
        if pictures is None:
            return
        before = page.viewport_size
        for size, where in ((DESKTOP, "ban"), (PHONE, "thoai")):
            resize(page, size)
            page.screenshot(path=pictures / f"{name}-{where}.png", full_page=True)
        if before is not None:
            page.set_viewport_size(before)

    roster, people = roster_of(share)
    with premises(postgresql) as place, open_browser() as browser:
        clock = Clock(datetime(2026, 3, 2, 2, 0, tzinfo=UTC))
        db, keys = open_database(place.database_url, clock), KeyFile(place.folder / "phieu.key")
        db.migrate()
        guard.guard(db, keys)
        configured = settings.read(place.environment)
        with open_bureau(browser, db, keys, configured, clock) as bureau:
            one = Walk(bureau, LAI_CHAU.read_bytes(), roster, look)
            counted = one.all(people, crowd, place.folder / "theo-doi")
        db.dispose()
    return {
        "database": "PostgreSQL" if postgresql else "SQLite",
        "people": people,
        "seconds": one.took,
        "counted": counted,
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("share", nargs="?", type=int, default=1)
    parser.add_argument("--postgresql", action="store_true")
    parser.add_argument("--pictures", type=Path)
    asked = parser.parse_args()
    found = walk(asked.share, asked.postgresql, asked.pictures)
    print(json.dumps(found, ensure_ascii=False, indent=1))
