"""The pictures of the guide, out of the running product: `python -m tests.guide_pictures`.

A console is filled as an officer would leave it, and Chromium looks at its pages.
"""

import argparse
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

from sqlmodel import Session

from app import closing, indexfile, indexlibrary, notes, scoresheets, settings, unsealing, waves
from app.db import Database, open_database
from app.keys import KeyFile
from app.language import HANOI
from app.main import create_app
from app.models import Wave
from app.officemodels import HourlyNote
from app.settings import Settings
from app.stafflinks import Links
from app.waves import id_of
from tests.booths import served
from tests.browser import open_browser
from tests.conftest import Clock
from tests.consoles import cookie_of
from tests.making import LAI_CHAU, cast_all, make_people, make_wave

FOLDER = Path(__file__).parent.parent / "docs" / "pictures"
NOW = datetime(2026, 11, 24, 9, 5, tzinfo=HANOI)
AT = "/quan-tri/dot/"
# Name of the picture, address, whether somebody is signed in, height that matters.
PAGES = {
    "bo-chi-so": ("/quan-tri/bo-chi-so/1", 1250),
    "xem-thu": ("/quan-tri/bo-chi-so/1/xem-thu/hdnd?trang=phan-2", 1250),
    "tao-dot": ("/quan-tri/dot/moi", 850),
    "danh-sach": (f"{AT}cchc-2026/danh-sach", 900),
    "loi-thu": (f"{AT}cchc-2026/thu", 900),
    "kiem-tra": (f"{AT}cchc-2026/phat-phieu", 1250),
    "tong-quan": ("/quan-tri", 800),
    "theo-doi": (f"{AT}cchc-2025/theo-doi", 1250),
    "mo-hom-phieu": (f"{AT}cchc-2024/mo-hom-phieu", 800),
    "ket-qua": (f"{AT}cchc-2023/ket-qua", 1400),
    "mot-o": (f"{AT}cchc-2023/ket-qua/co-quan/snv/2.4.1", 1000),
    "nhat-ky": ("/quan-tri/nhat-ky", 850),
    "tai-khoan": ("/quan-tri/tai-khoan", 900),
}


def fill(db: Database, keys: KeyFile, configured: Settings) -> None:
    """Waves of four years: results, closed, collecting, in preparation."""
    index = indexfile.parse(LAI_CHAU.read_bytes())
    base = configured.base_url
    with db.transaction() as session:
        data, now = LAI_CHAU.read_bytes(), db.now(session)
        indexlibrary.store(session, index, LAI_CHAU.name, data, "Trần Thu Hà", now)
    for code, people, share in (("cchc-2023", 400, 0.6), ("cchc-2024", 120, 0.5)):
        wave = make_wave(db, keys, index, people, code=code, base_url=base)
        cast_all(db, keys, wave, share)
        with db.transaction() as session:
            closing.close(db, session, waves.load(session, code))
    unsealing.unseal(db, keys, "cchc-2023")
    with db.transaction() as session:
        scoresheets.score(db, session, "cchc-2023")
    wave = make_wave(db, keys, index, 200, code="cchc-2025", base_url=base)
    cast_all(db, keys, wave, share=0.4)
    with db.transaction() as session:
        some_days(session, waves.load(session, "cchc-2025"), db.now(session))
    notes.take_all(db)
    with db.transaction() as session:
        now = db.now(session)
        opens, closes = now + timedelta(days=2), now + timedelta(days=15)
        draft = waves.new(session, "cchc-2026", index, opens, closes, now)
        waves.import_roster(session, draft, make_people(index, 240))


def some_days(session: Session, wave: Wave, now: datetime) -> None:
    """Notes of the days before, as the clock would have taken them."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    for days, cast in zip(range(6, 0, -1), (11, 24, 33, 45, 58, 71), strict=True):
        at = hour - timedelta(days=days)
        session.add(HourlyNote(wave_id=id_of(wave), at=at, cell="", issued=200, cast=cast))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=FOLDER)
    folder: Path = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home:
        environment = {
            "PHIEU_DATA": home,
            "PHIEU_KEY_FILE": f"{home}/keys/phieu.key",
            "PHIEU_MAIL_FROM": "phieu@vi-du.vn",
            "PHIEU_SMTP_URL": "smtp://127.0.0.1:9",
        }
        configured = settings.read(environment)
        db = open_database(configured.database_url, Clock(NOW))
        keys = KeyFile(configured.key_file)
        with db.reading() as session:
            setup = Links(keys).make(session, "setup", 0, db.now(session))
        with served(create_app(configured, db, keys)) as url, open_browser() as browser:
            context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="vi-VN")
            page = context.new_page()
            page.goto(f"{url}/quan-tri/thiet-lap/{setup}")
            page.screenshot(path=folder / "thiet-lap.png")
            fill(db, keys, configured)
            name, value = cookie_of(db, keys, configured, "officer", "admin")
            context.add_cookies([{"name": name, "value": value, "url": url}])
            for picture, (path, height) in PAGES.items():
                page.set_viewport_size({"width": 1280, "height": height})
                page.goto(f"{url}{path}")
                page.screenshot(path=folder / f"{picture}.png")
        db.dispose()


if __name__ == "__main__":
    main()
