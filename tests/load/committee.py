"""Committee mode, two of three: CPU of a cast beside one of office mode, and how long a trustee's
browser takes to open a whole wave. From the making of keys to the opened urn, by the browser.

    python -m tests.load.committee [BALLOTS] [--postgresql]

prints JSON: milliseconds of CPU a cast in both modes, in turns; seconds from the press of a button
to the page that says that the shares are there, for each trustee; what was counted.
"""

import json
import sys
import time

from playwright.sync_api import Browser

from app.count import unsealing
from app.keys.keyfile import KeyFile
from app.keys.tokens import BallotName
from app.main import create_app
from app.store.db import Database
from app.waves import closing, launch
from app.waves import wave as waves
from tests.load.casting import cast_some
from tests.load.premises import premises
from tests.making import holders
from tests.making.blocks import make_index, make_people, make_wave, names
from tests.making.booths import served
from tests.making.browser import open_browser
from tests.making.guardian import Guardian

CODE = "hoi-dong"
TURNS = 200


def measure(number: int, postgresql: bool) -> dict[str, object]:
    index = make_index("pooled")
    with premises(postgresql) as place, place.opened() as (db, keys), open_browser() as browser:
        db.migrate()
        configured = holders.CONFIGURED
        office = make_wave(db, keys, index, make_people(index, number), code="co-quan")
        with served(create_app(configured, db, keys)) as url:
            guardians = _launched(db, keys, number, url, browser)
            costs: dict[str, list[float]] = {"office": [], "committee": []}
            committee = holders.loaded(db, CODE)
            with db.reading() as session:
                todo = {"office": names(session, office), "committee": names(session, committee)}
            while todo["office"]:
                for mode, left in todo.items():
                    now, todo[mode] = left[:TURNS], left[TURNS:]
                    costs[mode].append(cast_some(db, keys, now) / len(now) * 1000)
            with db.transaction() as session:
                closing.close(db, session, waves.load(session, CODE))
            took = []
            for each in (guardians[2], guardians[0]):
                begun = time.perf_counter()
                each.opens("Mở và gửi phần khóa", ends="Đã nhận phần khóa của Ông/Bà")
                took.append(round(time.perf_counter() - begun, 2))
            begun = time.perf_counter()
            found = unsealing.unseal(db, keys, CODE)
            return {
                "database": "PostgreSQL" if postgresql else "SQLite",
                "cast, ms of CPU": {mode: round(min(each), 3) for mode, each in costs.items()},
                "a trustee's browser, s": took,
                "unsealing, s": round(time.perf_counter() - begun, 2),
                "counted": found.counted,
                "faults": [each.faults for each in guardians],
            }


def _launched(
    db: Database, keys: KeyFile, number: int, url: str, browser: Browser
) -> list[Guardian]:
    those = holders.holders()
    holders.draft(db, make_index("pooled"), number, CODE)
    holders.appoint(db, CODE, 2, those)
    guardians = [
        Guardian(
            browser,
            url,
            f"/giu-khoa/{keys.tokens.trustee(BallotName(holders.number_of(db, CODE, each), 1))}",
        )
        for each in those
    ]
    for each in guardians:
        each.makes_a_key()
    for each in guardians:
        each.opens("Mở thử", ends="Ông/Bà đã mở thử xong")
    with db.transaction() as session:
        launch.launch(db, session, keys, holders.CONFIGURED, waves.load(session, CODE))
    return guardians


if __name__ == "__main__":
    words = [each for each in sys.argv[1:] if not each.startswith("--")]
    number = int(words[0]) if words else 1611
    print(json.dumps(measure(number, "--postgresql" in sys.argv), ensure_ascii=False, indent=1))
