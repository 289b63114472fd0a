"""Every page of the console, and every page of a fault, suits everybody: axe, telephone, dark.

Pages are found by walking the routes, and forms by reading the pages, so that a new one cannot be
forgotten.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from playwright.sync_api import Browser, Page

from app import closing, indexlibrary, opening, people, settings, unsealing, waves
from app.db import Database, open_database
from app.keys import KeyFile
from app.main import create_app
from app.settings import Settings
from app.stafflinks import Links
from app.waves import id_of
from tests import office
from tests.booths import served
from tests.browser import DESKTOP, Eye, device, made_of
from tests.bureau import Telephone, attach, send
from tests.conftest import Clock
from tests.making import INDEXES, cast_all, make_index, make_wave

pytest_plugins = ["tests.browser_fixtures"]
YEARS = [f"cchc-{year}" for year in (2026, 2025, 2024, 2023)]
# Waves in the states that the office of five years has not.
OTHERS = ["trong", "cho-mo", "dong", "dang-mo", "chua-tinh", "huy", "thu"]
# What no page comes from: files to download, parts of pages.
NO_PAGES = re.compile(r"\.xlsx$|/tep$|/tien-do$")


@dataclass
class House:
    """The served office, its routes, and a client of the officer's session."""

    url: str
    app: FastAPI
    db: Database
    keys: KeyFile
    settings: Settings
    cookie: tuple[str, str]
    eye: Eye = field(default_factory=Eye)

    def routes(self, method: str) -> list[APIRoute]:
        found = [each for each in self.app.routes if isinstance(each, APIRoute)]
        return [r for r in found if r.path.startswith("/quan-tri") and method in r.methods]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
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
    office.fill(db, keys, made)
    other_waves(db, keys, made)
    app = create_app(made, db, keys)
    with served(app) as url:
        yield House(url, app, db, keys, made, office.sign_in(db, made, "council"))
    db.dispose()


def other_waves(db: Database, keys: KeyFile, made: Settings) -> None:
    now, index = office.NOW, make_index()
    with db.transaction() as session:
        waves.new(session, "trong", index, now, now.replace(day=28), now)
    make_wave(db, keys, code="cho-mo", opens=now.replace(day=20), closes=now.replace(day=28))
    for code in ("dong", "dang-mo", "chua-tinh", "huy", "thu"):
        cast_all(db, keys, make_wave(db, keys, code=code, rehearsal=code == "thu"))
    with db.transaction() as session:
        closing.cancel(db, session, made, waves.load(session, "huy"), "Danh sách nhầm.")
        for code in ("dong", "dang-mo", "chua-tinh", "thu"):
            closing.close(db, session, waves.load(session, code))
    for code in ("chua-tinh", "thu"):
        unsealing.unseal(db, keys, code)


def addresses(house: House, route: APIRoute) -> list[str]:
    """What an officer may type for a route: of every wave where it is about one."""
    with house.db.reading() as session:
        staff = "2"
        kept = indexlibrary.current(session)[0].id
        found = []
        for code in [*YEARS, *OTHERS] if "{code}" in route.path else [""]:
            path = route.path
            if "/bo-chi-so/" in path:
                known = {"id_:int": str(kept), "group": "hdnd", "code": "cau-q02"}
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
                    "staff_id:int": staff,
                }
            for name in re.findall(r"{([^}]+)}", path):
                assert name in known, f"say what {{{name}}} may be in {route.path}"
                path = path.replace(f"{{{name}}}", known[name])
            found.append(path)
    return sorted(set(found))


def pages_of(house: House) -> dict[str, str]:
    """Every page there is for who is signed in, by its address; each route gives one at least."""
    found, without = {}, []
    with httpx.Client(base_url=house.url, cookies=dict([house.cookie]), timeout=30) as client:
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


def test_every_page_of_the_console_suits_everybody(house: House, desk: Page) -> None:
    said: list[str] = []
    busy = opening.Opening(house.db, house.keys, "dang-mo", "", {}, None)  # type: ignore[arg-type]
    busy.done, busy.total = 7, 20
    busy.write("running")
    seen = set()
    for path, html in pages_of(house).items():
        seen.add(path)
        if made_of(html) in house.eye.seen:
            continue
        desk.goto(path)
        said += house.eye.objections(desk, path)
    desk.goto("/quan-tri/khong-co")
    said += house.eye.objections(desk, "404")
    assert len(seen) > 150
    assert not said, "\n".join(said)
