"""Every page of the console, and every page of a fault, suits everybody: axe, telephone, dark.

Pages are found by walking the routes, and forms by reading the pages, so that a new one cannot be
forgotten.
"""

import csv
import io
import re
import zlib
from base64 import b32decode
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

import httpx
import openpyxl
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from openpyxl.cell.cell import MergedCell
from playwright.sync_api import Browser, Page

from app import settings
from app.count import opening, scoresheets, unsealing
from app.keys import guard
from app.keys.keyfile import KeyFile
from app.main import create_app
from app.papers import indexbook
from app.papers.annexes import file as annexfile
from app.preparation import annexes as kept_annexes
from app.preparation import editing, library
from app.roster import file as rosterfile
from app.roster import people
from app.settings import Settings
from app.staff import accounts, connections
from app.staff.links import Links
from app.store.db import Database, open_database
from app.waves import closing
from app.waves import wave as waves
from app.waves.wave import id_of
from tests.conftest import Clock
from tests.making import annexes, office
from tests.making.blocks import cast_all, make_index, make_wave
from tests.making.booths import served
from tests.making.browser import DESKTOP, device
from tests.making.bureau import Telephone, attach, send
from tests.making.eye import Eye, made_of, offer_axe
from tests.staff.test_staff import GOOD, setup_path

pytest_plugins = ["tests.making.browser_fixtures"]
YEARS = [f"cchc-{year}" for year in (2026, 2025, 2024, 2023)]
# Waves in the states that the office of five years has not.
OTHERS = ["trong", "hoi-them", "cho-mo", "dong", "dang-mo", "chua-tinh", "huy", "thu"]
# What no page comes from: files to download, parts of pages.
NO_PAGES = re.compile(r"\.(csv|xlsx|svg|docx)$|/tep$|/tien-do$|/hinh/|/bang-noi$")


@dataclass
class House:
    """The served office, its routes, and a client of the officer's session."""

    url: str
    app: FastAPI
    db: Database
    keys: KeyFile
    settings: Settings
    cookie: tuple[str, str]
    eye: Eye
    pages: dict[str, str] = field(default_factory=dict)
    opened: set[str] = field(default_factory=set)
    known: set[str] = field(default_factory=set)

    def routes(self, method: str) -> list[APIRoute]:
        return routes_of(self.app, method)


def routes_of(app: FastAPI, method: str) -> list[APIRoute]:
    """The console's routes that take a method."""
    found = [each for each in app.routes if isinstance(each, APIRoute) and method in each.methods]
    return [each for each in found if each.path.startswith("/quan-tri")]


@pytest.fixture(scope="module")
def eye() -> Eye:
    """One eye for all: what it saw in one place it need not see again in another."""
    return Eye()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, eye: Eye) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("office")
    made = settings.read(
        {
            "PHIEU_DATA": str(folder),
            "PHIEU_KEY_FILE": str(folder / "keys" / "phieu.key"),
            "PHIEU_MAIL_FROM": "phieu@vi-du.vn",
            "PHIEU_SMTP_URL": "smtp://127.0.0.1:9",
        }
    )
    db, keys = open_database(made.database_url, Clock(office.NOW)), KeyFile(made.key_file)
    guard.guard(db, keys)
    office.fill(db, keys, made)
    other_waves(db, keys, made)
    with db.transaction() as session:
        tables = annexfile.read(annexes.workbook(), "phu-luc.xlsx")
        kept_annexes.keep(session, "phu-luc.xlsx", tables, "Trần Thu Hà", office.NOW)
    app = create_app(made, db, keys)
    offer_axe(app)
    with served(app) as url:
        yield House(url, app, db, keys, made, office.sign_in(db, made, "council"), eye)
    db.dispose()


def other_waves(db: Database, keys: KeyFile, made: Settings) -> None:
    now, index = office.NOW, make_index()
    with db.transaction() as session:
        # Whoever edits the index of the draft has left it with faults.
        (code, *_others) = [kept.code for kept in library.current(session)]
        begun = editing.state(session, code)
        assert begun is not None
        row = begun.sheets["questions"][1]
        row |= {"weight": "nhiều", "groups": "", "scale": "la", "text": ""}
        saved = editing.save(session, code, begun.mark, begun.sheets, office.HA, now)
        assert saved.faults == 4
        waves.new(session, "trong", index, now, now.replace(day=28), now)
    make_wave(db, keys, code="cho-mo", opens=now.replace(day=20), closes=now.replace(day=28))
    for code in ("dong", "dang-mo", "chua-tinh", "huy", "thu"):
        asked = make_index("participation-list" if code == "dong" else "pooled")
        cast_all(db, keys, make_wave(db, keys, asked, code=code, rehearsal=code == "thu"))
    with db.transaction() as session:
        closing.cancel(db, session, made, waves.load(session, "huy"), "Danh sách nhầm.")
        for code in ("dong", "dang-mo", "chua-tinh", "thu"):
            closing.close(db, session, waves.load(session, code))
    # One whose index has questions that only ask.
    cast_all(db, keys, make_wave(db, keys, make_index("choices"), code="hoi-them"))
    with db.transaction() as session:
        closing.close(db, session, waves.load(session, "hoi-them"))
    for code in ("chua-tinh", "thu", "hoi-them"):
        unsealing.unseal(db, keys, code)
    with db.transaction() as session:
        scoresheets.score(db, session, "hoi-them")
        connections.make(session, "Hệ thống chấm điểm", "Hà", now)


def addresses(house: House, route: APIRoute) -> list[str]:
    """What an officer may type for a route: of every wave where it is about one."""
    with house.db.reading() as session:
        staff = "2"
        kept = library.current(session)[0].id
        found = []
        for code in [*YEARS, *OTHERS] if "{code}" in route.path else [""]:
            path = route.path
            if "/phu-luc/" in path or "/ket-noi/" in path:
                known = {"id_:int": "1"}
            elif "/bo-chi-so/" in path:
                known = {
                    "id_:int": str(kept),
                    "group": "hdnd",
                    "code": "cau-q02",
                    "section": "cau-hoi",
                }
            else:
                wave = waves.load(session, code) if code else None
                everyone = people.everyone(session, id_of(wave)) if wave else []
                index = waves.index_of(wave)[0] if wave else make_index()
                unit = index.units[0]
                leaf = next(each for each in index.scored_leaves(unit) if each.method == "survey")
                known = {
                    "id_:int": str(everyone[0].id) if everyone else "0",
                    "code": code,
                    "unit": unit.code,
                    "criterion": leaf.code,
                    "question": index.questions[0].code,
                    "group": index.groups[0].code,
                    "staff_id:int": staff,
                }
            for name in re.findall(r"{([^}]+)}", path):
                assert name in known, f"say what {{{name}}} may be in {route.path}"
                path = path.replace(f"{{{name}}}", known[name])
            found.append(path)
    return sorted(set(found))


def headings(html: str) -> str:
    """From which level of heading to which the page goes."""
    levels = [int(level) for level in re.findall(r"<h([1-6])[ >]", html)]
    steps = {f"{one}{two}" for one, two in pairwise(levels)}
    return " ".join(sorted(steps))


def pages_of(house: House) -> dict[str, str]:
    """Every page there is for who is signed in, by its address; each route gives one at least."""
    found, without = house.pages, []
    if found:
        return found
    with httpx.Client(
        base_url=house.url, cookies=dict([house.cookie]), timeout=30, verify=False
    ) as client:
        for route in house.routes("GET"):
            if "{token}" in route.path or NO_PAGES.search(route.path):
                continue
            count = len(found)
            for path in addresses(house, route):
                response = client.get(path, follow_redirects=True)
                assert response.status_code in (200, 403, 404), path
                if response.status_code == 200 and "<!DOCTYPE" in response.text[:40]:
                    found[path] = response.text
            if len(found) == count:
                without.append(route.path)
    assert not without, f"no page of these was seen: {without}"
    return found


@pytest.fixture
def desk(browser: Browser, house: House) -> Iterator[Page]:
    """The officer's browser."""
    with device(browser, house.url, DESKTOP) as watched:
        name, value = house.cookie
        watched.page.context.add_cookies([{"name": name, "value": value, "url": house.url}])
        yield watched.page
        assert not watched.faults


PARTS = 6


# In parts, since all at once would take a slow machine longer than a test may.
@pytest.mark.parametrize("part", range(PARTS))
def test_every_page_of_the_console_suits_everybody(house: House, desk: Page, part: int) -> None:
    said: list[str] = []
    busy = opening.Opening(house.db, house.keys, "dang-mo", "", {}, None)  # type: ignore[arg-type]
    busy.done, busy.total = 7, 20
    busy.write("running")
    pages = pages_of(house)
    assert len(pages) > 150
    for path, html in pages.items():
        kind = re.sub(r"/dot/[^/]+|\d+", "", path)
        if zlib.crc32(kind.encode()) % PARTS != part:
            continue
        # One page of each route is opened, and each that brings a kind of element, or an order of
        # headings, that no page had.
        made = {*made_of(html).split("\n"), *re.findall(r"<h[1-6](?=[ >])", html), headings(html)}
        if kind in house.opened and made <= house.known:
            continue
        house.opened.add(kind)
        house.known |= made
        desk.goto(path)
        said += house.eye.objections(desk, path)
    desk.goto("/quan-tri/khong-co")
    said += house.eye.objections(desk, "404")
    assert not said, "\n".join(said)


# Forms that may well be sent empty: nobody chosen who is left as they were, the usual words, no
# reminders, all of the log, the head that the organiser's name tells.
EMPTY_IS_FINE = (
    # The year before, as usual; a year in which nothing became anything else.
    "/quan-tri/dot/{code}/ket-qua/so-voi-nam-truoc/dot",
    "/quan-tri/dot/{code}/ket-qua/so-voi-nam-truoc/bang-noi",
    "/quan-tri/dot/{code}/xuat-bao-cao/dau-van-ban",
    "/quan-tri/dot/{code}/theo-doi/lich-nhac",
    "/quan-tri/dot/{code}/thu",
    "/quan-tri/nhat-ky/kiem-tra",
    # What was guessed stays guessed; only the other button wants everything.
    "/quan-tri/bo-chi-so/phu-luc/{id_:int}",
    # Each agency left blank is an agency that nobody rates; the page says so.
    "/quan-tri/dot/{code}/danh-sach/khong-duoc-danh-gia",
)
# No page comes of it: nothing is asked but which file it is to be.
GIVES_FILES = ("/quan-tri/dot/{code}/xuat-bao-cao/tung-co-quan",)
FORM = re.compile(r'<form[^>]*method="post"[^>]*action="([^"]+)"[^>]*>(.*?)</form>', re.DOTALL)
FIELD = re.compile(r'<(?:textarea|select)|<input(?![^>]*type="hidden")')


def forms_to_fill(house: House) -> dict[str, tuple[str, str]]:
    """Forms with fields, by their route: where one stands, and its action."""
    found: dict[str, tuple[str, str]] = {}
    routes = house.routes("POST")
    for path, html in pages_of(house).items():
        for action, inside in FORM.findall(html):
            plain = action.partition("?")[0].partition("#")[0]
            (route,) = [each for each in routes if each.path_regex.match(plain)][:1] or [None]
            assert route is not None, f"{path} sends a form to nowhere: {action}"
            if FIELD.search(inside) and route.path not in GIVES_FILES:
                found.setdefault(route.path, (path, action))
    return found


def test_every_form_that_is_sent_empty_comes_back_with_its_faults(house: House, desk: Page) -> None:
    said: list[str] = []
    for route, (path, action) in forms_to_fill(house).items():
        desk.goto(path)
        # As from a browser that does not know what is required.
        with desk.expect_navigation() as answer:
            desk.evaluate(
                """action => { const form = document.querySelector(`main form[action="${action}"]`);
                form.noValidate = true;
                for (const field of form.querySelectorAll("input, textarea"))
                  if (!["hidden", "checkbox", "radio"].includes(field.type)) field.value = "";
                form.querySelector("button:not([type=button])").click() }""",
                action,
            )
        status = answer.value.status
        refused = status == 200 and desk.title().startswith("Lỗi:")
        if refused == (route in EMPTY_IS_FINE):
            said.append(f"{path}, {route}: {status} {desk.title()}")
        said += house.eye.objections(desk, f"{path}, sent empty to {action}")
    assert not said, "\n".join(said)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_empty_console_and_its_doors_suit_everybody(
    browser: Browser, db: Database, keys: KeyFile, configured: Settings, clock: Clock, eye: Eye
) -> None:
    """Before there is anything: the ways in, what they refuse, and pages that say how to begin."""
    said: list[str] = []
    app = create_app(configured, db, keys)
    offer_axe(app)
    with served(app) as url, device(browser, url, DESKTOP) as watched:
        page = watched.page

        def look(where: str, status: int = 200) -> None:
            assert watched.status == status, where
            said.extend(eye.objections(page, where))

        page.goto("/quan-tri")
        look("before the first account")
        page.goto("/quan-tri/moi/x")
        look("a link that is over", 404)
        page.goto(setup_path(db, keys))
        look("setup")
        page.evaluate("document.querySelector('main form').noValidate = true")
        send(page, "Tạo tài khoản", ten="", email="hà", mat_khau="ngắn", lap_lai="khác")
        look("setup, refused")
        send(page, "Tạo tài khoản", ten="Hà", email="ha@vi-du.vn", mat_khau=GOOD, lap_lai=GOOD)
        look("second factor")
        page.get_by_text("Không quét được").click()
        spelled = page.locator("details code").inner_text()
        telephone = Telephone(clock, b32decode(spelled.replace(" ", "")))
        send(page, "Xác nhận", ma="000000")
        look("second factor, refused")
        send(page, "Xác nhận", ma=telephone.code())
        look("recovery codes")
        for route in routes_of(app, "GET"):
            if "{" not in route.path and not NO_PAGES.search(route.path):
                page.goto(route.path)
                look(f"{route.path}, empty")
        for kind in ("moi", "dat-lai-mat-khau"):
            with db.transaction() as session:
                now = db.now(session)
                someone = accounts.find(session, "ha@vi-du.vn").id
                if kind == "moi":
                    someone = accounts.add(session, "son@vi-du.vn", "Sơn", ["council"], now)
                purpose = "invitation" if kind == "moi" else "reset"
                link = Links(keys).make(session, purpose, someone, now)
            page.goto(f"/quan-tri/{kind}/{link}")
            look(kind)
            page.evaluate("document.querySelector('main form').noValidate = true")
            with page.expect_navigation():
                page.locator("main form button:not([type=button])").first.click()
            look(f"{kind}, refused")
        for path in ("/quan-tri/dang-nhap", "/quan-tri/quen-mat-khau"):
            page.context.clear_cookies()
            page.goto(path)
            look(path)
            page.evaluate("document.querySelector('main form').noValidate = true")
            with page.expect_navigation():
                page.locator("main form button:not([type=button])").first.click()
            look(f"{path}, empty", watched.status)
        assert not watched.faults
    assert not said, "\n".join(said)


def faulty_workbook() -> bytes:
    """An index with a word where a number belongs, on every sheet."""
    workbook = openpyxl.load_workbook(io.BytesIO(indexbook.write_book(make_index())))
    for sheet in workbook:
        for cells in sheet.iter_rows(min_row=2, max_row=4):
            for cell in cells:
                if not isinstance(cell, MergedCell):
                    cell.value = "lạ lắm"
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def test_a_file_can_be_dropped_beside_its_field(house: House, desk: Page) -> None:
    desk.goto("/quan-tri/dot/cchc-2026/danh-sach")
    desk.locator("summary", has_text="Thay danh sách này").click()
    assert desk.locator("[data-drop]").is_visible()
    desk.evaluate(
        """() => {
          const carried = new DataTransfer();
          carried.items.add(new File(["a"], "ds.csv"));
          document.querySelector(".drop").dispatchEvent(
            new DragEvent("drop", { dataTransfer: carried, bubbles: true, cancelable: true }));
        }"""
    )
    assert desk.evaluate("document.querySelector('#tep').files[0].name") == "ds.csv"


LATER = ["khong-duoc-danh-gia", "goi-y"]  # what is offered about a list that went in


def roster_file(agency: str, email: str = "") -> bytes:
    """The roster of the draft with another agency, and perhaps another address, for a few."""
    out = io.StringIO()
    lines = csv.writer(out)
    lines.writerow(
        [
            rosterfile.NAME,
            rosterfile.EMAIL,
            rosterfile.GROUP,
            rosterfile.AGENCY,
            rosterfile.ASSIGNED,
        ]
    )
    for place, person in enumerate(office.respondents(office.DRAFT.index, 2026)):
        odd = place % 50 == 7
        told = (agency if odd else person.agency_text, ";".join(person.assigned))
        name = f"Ông {person.name}" if odd else person.name
        lines.writerow([name, email if odd and email else person.email, person.group, *told])
    return out.getvalue().encode()


def test_every_fault_of_a_file_suits_everybody(house: House, desk: Page) -> None:
    """By cell, by row, near agencies: the longest pages of faults there are."""
    said: list[str] = []
    upload, enter, other = "Kiểm tra và tải lên", "Kiểm tra và nhập", "Nhập"
    for path, button, name, data, words in (
        ("/quan-tri/bo-chi-so", upload, "a.toml", b"format = 1\n[index]\ncode = 3", "[index]"),
        ("/quan-tri/bo-chi-so", upload, "a.xlsx", faulty_workbook(), "dòng 2"),
        ("/quan-tri/bo-chi-so/phu-luc", "Đọc phụ lục", "a.docx", b"%PDF", "bản PDF"),
        ("cchc-2026/danh-sach", enter, "a.csv", roster_file("Sở Lạ", "không phải"), "không phải"),
        ("cchc-2026/danh-sach", enter, "d.csv", "Ai,Hộp\nAn,an@vi-du.vn".encode(), "Chọn cột"),
        ("cchc-2026/danh-sach", enter, "b.csv", roster_file("Sở Nội vụ tỉnh"), "gần giống"),
        ("cchc-2023/ket-qua-khac", other, "c.csv", "Đơn vị,x\n1,2".encode(), "chỗ cần sửa"),
    ):
        desk.goto(path if path.startswith("/") else f"/quan-tri/dot/{path}")
        attach(desk, button, name, data)
        assert words in desk.locator("main").inner_text(), (path, name)
        said += house.eye.objections(desk, f"{path}, {name}")
        for more in {"a.csv": ["cho-sua"], "d.csv": ["cot"], "b.csv": LATER}.get(name, []):
            desk.goto(f"/quan-tri/dot/{path}/{more}")
            assert desk.locator("main button").count(), more
            said += house.eye.objections(desk, f"{path}/{more}")
    assert not said, "\n".join(said)
