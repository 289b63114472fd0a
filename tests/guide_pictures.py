"""The pictures of the guide, out of the running product: `python -m tests.guide_pictures`.

A console is filled as an officer would leave it, and Chromium looks at its pages.
"""

import argparse
import random
import tempfile
from fractions import Fraction
from pathlib import Path

from app import settings
from app.count import appraised, releasing, wholesheets
from app.index.appraised import leaves_of
from app.keys import guard
from app.keys.keyfile import KeyFile
from app.main import create_app
from app.staff import accounts
from app.staff.links import Links
from app.store.db import Database, open_database
from app.waves import wave as waves
from tests.conftest import Clock
from tests.making import annexes
from tests.making.booths import served
from tests.making.browser import open_browser
from tests.making.bureau import attach
from tests.making.office import NOW, SCORED, fill, sign_in

FOLDER = Path(__file__).parent.parent / "docs" / "pictures"
AT = "/quan-tri/dot/"
# Name of the picture, address, whether somebody is signed in, height that matters.
PAGES = {
    "bo-chi-so": ("/quan-tri/bo-chi-so/5", 1250),
    "xem-thu": ("/quan-tri/bo-chi-so/5/xem-thu/hdnd?trang=cau-q02", 1250),
    "tao-dot": ("/quan-tri/dot/moi", 850),
    "danh-sach": (f"{AT}cchc-2026/danh-sach", 900),
    "mot-nguoi": (f"{AT}cchc-2025/danh-sach/1100", 1100),
    "loi-thu": (f"{AT}cchc-2026/thu", 900),
    "kiem-tra": (f"{AT}cchc-2026/phat-phieu", 1250),
    "tong-quan": ("/quan-tri", 800),
    "theo-doi": (f"{AT}cchc-2025/theo-doi", 1250),
    "thu-hong": (f"{AT}cchc-2025/danh-sach/thu-hong", 1250),
    "mo-hom-phieu": (f"{AT}cchc-2024/mo-hom-phieu", 800),
    "ket-qua": (f"{AT}cchc-2023/ket-qua", 1400),
    "thanh-phan": (f"{AT}cchc-2023/ket-qua#tung-linh-vuc", 900),
    "tung-cau-hoi": (f"{AT}cchc-2023/ket-qua/cau-hoi/q01", 1000),
    "cong-bo": ("/ket-qua/cchc-2023", 1300),
    "xuat-bao-cao": (f"{AT}cchc-2023/xuat-bao-cao", 1000),
    "ca-bo": (f"{AT}cchc-2023/ca-bo", 1150),
    "mot-o": (f"{AT}cchc-2023/ket-qua/co-quan/snv/2.4.1", 1000),
    "nhat-ky": ("/quan-tri/nhat-ky", 850),
    "tai-khoan": ("/quan-tri/tai-khoan", 900),
}

BAD_ROWS = """Họ và tên,Email,Nhóm,Cơ quan,Đơn vị đánh giá
Lò Thị Hương,huong.lo@,hdnd,HĐND tỉnh Lai Châu,
Tao Văn Phúc,phuc.tao@vi-du.gov.vn,Đại biểu,HĐND tỉnh Lai Châu,
Giàng A Sính,sinh.giang@vi-du.gov.vn,hdnd,HĐND tỉnh Lai Châu,
Vàng Thị Mai,sinh.giang@vi-du.gov.vn,hdnd,HĐND tỉnh Lai Châu,
"""


def appraise(db: Database) -> None:
    """What a council may have given, and the whole index made of it."""
    with db.transaction() as session:
        wave, dice = waves.load(session, SCORED.code), random.Random("council")
        index, _layout = waves.index_of(wave)
        points = {
            (unit.code, leaf.code): (leaf.max_points or 0) * Fraction(dice.randint(70, 100), 100)
            for unit in index.units
            for leaf in leaves_of(index, unit)
        }
        appraised.put_in(session, wave, points, {})
        wholesheets.make(db, session, SCORED.code)


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
        keys = guard.guard(db, KeyFile(configured.key_file))
        with db.reading() as session:
            setup = Links(keys).make(session, "setup", 0, db.now(session))
        with served(create_app(configured, db, keys)) as url, open_browser() as browser:
            context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="vi-VN")
            page = context.new_page()
            page.goto(f"{url}/quan-tri/thiet-lap/{setup}")
            page.screenshot(path=folder / "thiet-lap.png")
            fill(db, keys, configured)
            appraise(db)
            name, value = sign_in(db, configured)
            with db.transaction() as session:
                wave = waves.load(session, "cchc-2023")
                now, someone = db.now(session), accounts.everyone(session)[0]
                releasing.ask(session, wave, 1, someone.id, someone.who, now)
                releasing.release(session, wave, 1, 0, "Hội đồng", now)
            context.add_cookies([{"name": name, "value": value, "url": url}])
            for picture, (path, height) in PAGES.items():
                page.set_viewport_size({"width": 1280, "height": height})
                page.goto(f"{url}{path}")
                page.screenshot(path=folder / f"{picture}.png")
            page.set_viewport_size({"width": 1280, "height": 900})
            page.goto(f"{url}{AT}cchc-2026/danh-sach")
            attach(page, "Kiểm tra và nhập", "danh-sach-2026.csv", BAD_ROWS.encode())
            page.screenshot(path=folder / "dong-sai.png")
            page.goto(f"{url}/quan-tri/bo-chi-so/phu-luc")
            attach(page, "Đọc phụ lục", "phu-luc.xlsx", annexes.workbook())
            page.set_viewport_size({"width": 1280, "height": 1250})
            page.screenshot(path=folder / "phu-luc.png")
        db.dispose()


if __name__ == "__main__":
    main()
