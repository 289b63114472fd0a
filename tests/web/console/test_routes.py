"""Every route of the console: it has a guard, its GET writes nothing, each role sees its own."""

import random
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest
from fastapi.routing import APIRoute
from sqlmodel import SQLModel, select

from app.ballots import ballot as ballots
from app.count import scoresheets, unsealing
from app.keys.keyfile import KeyFile
from app.main import create_app
from app.settings import Settings
from app.store.db import Database
from app.store.officemodels import IndexFile
from app.waves import closing, notes
from app.waves import wave as waves
from app.web.console.desk import guards
from app.web.console.door.masterkey import OTHERS_CODE
from tests.conftest import Clock
from tests.making.blocks import (
    INDEXES,
    cast_all,
    cast_ballot,
    make_answers,
    make_index,
    make_wave,
    names,
)
from tests.making.consoles import Clerk, desk_of, stranger
from tests.making.html import FormOf, controls
from tests.making.kept import Kept, copied, kept

SQLITE = pytest.mark.parametrize("world", ["sqlite"], indirect=True)

# Without a session: the ways in, each with a link or a password of its own.
DOORS = {
    *(
        f"/quan-tri/{way}/{{token}}/{{_behind:path}}"
        for way in ("thiet-lap", "moi", "dat-lai-mat-khau")
    ),
    "/quan-tri/dang-nhap",
    "/quan-tri/thiet-lap/{token}",
    "/quan-tri/moi/{token}",
    "/quan-tri/quen-mat-khau",
    "/quan-tri/dat-lai-mat-khau/{token}",
}
OFFICER_ONLY = re.compile(
    r"/dot/(moi|\{code\}/(danh-sach|phat-phieu|theo-doi|thu|tap-duot|sua|bo|gia-han|ket-thuc|huy"
    r"|mo-hom-phieu|ket-qua-khac|diem-tham-dinh|tinh-diem))"
)


def routes(settings: Settings, db: Database, keys: KeyFile) -> list[APIRoute]:
    app = create_app(settings, db, keys)
    found = [r for r in app.routes if isinstance(r, APIRoute) and r.path.startswith("/quan-tri")]
    assert len(found) > 60
    return found


def guards_of(route: APIRoute) -> set[object]:
    """Every dependency of a route, however deep."""
    found: set[object] = set()
    waiting = list(route.dependant.dependencies)
    while waiting:
        each = waiting.pop()
        found.add(each.call)
        waiting += each.dependencies
    return found


@SQLITE
def test_every_route_has_a_guard_and_every_form_a_ticket(world: Kept) -> None:
    for route in routes(world.settings, world.db, world.keys):
        found = guards_of(route)
        if route.path in DOORS:
            assert guards.signed_in not in found
            continue
        assert guards.signed_in in found, route.path
        if route.path not in ("/quan-tri/dang-xuat", "/quan-tri/xac-thuc-hai-lop"):
            assert guards.anyone in found, route.path
        roles = {r for g in found for r in getattr(g, "roles", ())}
        if OFFICER_ONLY.search(route.path):
            assert roles == {"officer"}, route.path
        if route.path.endswith("/tai-khoan/{staff_id:int}"):
            assert roles == {"admin"}, route.path
        if "POST" in route.methods:
            assert any(getattr(guard, "__name__", "") == "posted" for guard in found), route.path
        assert not {"GET", "POST"} <= route.methods


def fill(db: Database, keys: KeyFile, configured: Settings) -> None:
    """A wave in every state, and an index."""
    clerk = desk_of(db, keys, configured)
    clerk.open("/quan-tri/bo-chi-so")
    data = (INDEXES / "pooled.toml").read_bytes()
    clerk.upload(clerk.forms[0], {"tep": ("a.toml", data)})
    for code in ("mo", "dong", "diem", "huy"):
        wave = make_wave(db, keys, code=code, people=24)
        cast_all(db, keys, wave)
    notes.take_all(db)
    with db.transaction() as session:
        closing.cancel(db, session, configured, waves.load(session, "huy"), "thử")
        for code in ("dong", "diem"):
            closing.close(db, session, waves.load(session, code))
    unsealing.unseal(db, keys, "diem")
    with db.transaction() as session:
        scoresheets.score(db, session, "diem")
        now = db.now(session)
        index = make_index("pooled")
        waves.new(session, "nhap", index, now, now.replace(day=28), now)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def world(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Kept]:
    """The office of the tests that only look, on each database."""
    folder, clock = tmp_path_factory.mktemp("office"), Clock(datetime(2026, 3, 2, 2, 0, tzinfo=UTC))
    with kept(request, request.param, folder, clock, fill) as world:
        yield world


def everybody(world: Kept) -> Clerk:
    """A desk of every role."""
    return desk_of(world.db, world.keys, world.settings, "officer", "council", "admin")


def dump(db: Database) -> dict[str, list[str]]:
    with db.reading() as session:
        return {
            table.name: sorted(map(repr, session.execute(select(table)).all()))
            for table in SQLModel.metadata.sorted_tables
        }


def paths_of(route: APIRoute, db: Database) -> list[str]:
    """The addresses of a GET route, for every wave, unit and person there is."""
    with db.reading() as session:
        index_id = session.exec(select(IndexFile.id)).first()
    index = make_index("pooled")
    found = []
    for code in ("mo", "dong", "diem", "huy", "nhap"):
        path = route.path.replace("{code}", code)
        if "/bo-chi-so/" in path:
            path = route.path.replace("{code}", "xem-lai")
        for name, value in {
            "{id_:int}": str(index_id if "bo-chi-so" in path else 1),
            "{group}": index.groups[0].code,
            "{unit}": index.units[0].code,
            "{criterion}": next(iter(index.scored_leaves(index.units[0]))).code,
            "{staff_id:int}": "1",
            "{question}": index.scored_questions[0].code,
            "{chart}": "cong-don",
            "{section}": "don-vi",
            "{token}": "x",
            "{_behind:path}": ")",
        }.items():
            path = path.replace(name, value)
        found.append(path)
    return sorted(set(found))


def test_looking_writes_nothing_and_no_page_breaks(world: Kept) -> None:
    """On SQLite each page is read as HTML as well: of another database it is the same page."""
    office, seen = everybody(world), 0
    before = dump(world.db)
    for route in routes(world.settings, world.db, world.keys):
        if "GET" in route.methods:
            for path in paths_of(route, world.db):
                if world.db.is_sqlite:
                    found = office.open(path).response
                else:
                    found = office.client.get(path, follow_redirects=True)
                assert found.status_code in (200, 403, 404), (path, found.text[:3000])
                seen += found.status_code == 200
    assert seen > 60
    # Wrong links to the console, five of which are guesses that are counted.
    assert dump(world.db) | {"wrong_try": before["wrong_try"]} == before


@SQLITE
@pytest.mark.parametrize("role", ["officer", "council", "admin", ""])
def test_each_role_sees_only_its_own(world: Kept, role: str) -> None:
    at_desk = desk_of if role else stranger
    client = at_desk(world.db, world.keys, world.settings, *[role][: bool(role)]).client
    for route in routes(world.settings, world.db, world.keys):
        if route.path in DOORS:
            continue
        roles = {r for g in guards_of(route) for r in getattr(g, "roles", ())}
        allowed = bool(role) and (not roles or role in roles)
        path = paths_of(route, world.db)[0]
        if "GET" in route.methods:
            found = client.get(path, follow_redirects=True)
            if role:
                assert (found.status_code == 403) is not allowed, path
        else:
            found = client.post(path, data={"ma-xac-thuc": "123456"}, follow_redirects=True)
            if role:
                # Without its ticket even the right role's form is refused, at an address.
                assert found.history[0].status_code == 303, path
                assert "<title>Lỗi: " in found.text, path
        if not role:
            assert found.url.path == "/quan-tri/dang-nhap", path
        if role == "council":
            assert "nguoi1@" not in found.text


@SQLITE
def test_forged_posts_do_nothing(world: Kept) -> None:
    clerk, other = everybody(world), everybody(world)
    ticket = clerk.open("/quan-tri/dot/mo/theo-doi").form_to("/lich-nhac").values["ve"][0]
    before = dump(world.db)
    forged = [("ve", ticket)]
    other.post("/quan-tri/dot/mo/theo-doi/lich-nhac", forged)
    assert other.refused == "Biểu mẫu này không còn dùng được", "a ticket of another session"
    clerk.post("/quan-tri/dot/dong/theo-doi/lich-nhac", forged)
    assert clerk.refused == "Biểu mẫu này không còn dùng được", "a ticket of another address"
    headers = {"sec-fetch-site": "cross-site"}
    clerk.post("/quan-tri/dot/mo/theo-doi/lich-nhac", forged, headers)
    assert clerk.status == 403, "another site's page"
    # But for the pages that say so.
    assert dump(world.db) | {"kept_page": before["kept_page"]} == before


def test_no_page_tells_that_somebody_has_cast(
    db: Database, keys: KeyFile, configured: Settings, clock: Clock, tmp_path: Path
) -> None:
    """All pages of an open wave are the same before and after one ballot is cast."""
    wave = make_wave(db, keys, people=24, code="mo")
    notes.take_all(db)
    clerk = desk_of(db, keys, configured, "officer", "council", "admin")
    looked = [
        route
        for route in routes(configured, db, keys)
        if "GET" in route.methods and "{code}" in route.path and "bo-chi-so" not in route.path
    ]

    def everything() -> dict[str, str]:
        found = {}
        for route in looked:
            path = route.path.replace("{code}", "mo").replace("{id_:int}", "1")
            path = path.replace("{unit}", "a").replace("{criterion}", "1.1")
            response = clerk.client.get(path, follow_redirects=True)
            # A workbook holds the second in which it was made.
            if response.headers.get("content-type", "").startswith("text/html"):
                found[path] = response.text
        for path in ("/quan-tri", "/quan-tri/nhat-ky", "/quan-tri/dot/mo/danh-sach?tim=nguoi1"):
            found[path] = clerk.client.get(path, follow_redirects=True).text
        return found

    before = everything()
    assert len(before) > 20
    with db.reading() as session:
        name = names(session, wave)[0]
        ballot = ballots.find(session, name)
    cast_ballot(db, keys, name, make_answers(ballot, random.Random(2)))
    assert everything() == before


# What a browser may be made to send: no page and no form may break over it. The first are what
# databases choke on, each another one; the last what programs do.
CHOKING = ["9" * 30, "a\0b", "' \u202e{x}%s --"]
ODD = [*CHOKING, "", "9" * 4_400, "[" * 1_200, "9999-12-31"]
ASKED = ["tim", "nhom", "xep", "trang", "bang", "bo-chi-so", "viec", "dot", "ai", "truoc"]
ASKED += ["so-voi", "co-quan", "rong", "tiep", "khoi", "thanh-phan", "loai", "danh-sach"]
FILES = [
    ("", b""),
    ("a\0b.xlsx", b"PK\x03\x04"),
    ("../../a.toml", b"[" * 50_000),
    ("\u202eslx.toml", b"a = " + b"[" * 50_000),
    ("a.toml", b"year = " + b"9" * 5_000),
    ("x" * 3_000 + ".csv", b"\xff\xfe\0\0"),
    ("b.json", b'{"wave": ' + b"9" * 5_000 + b"}"),
    ("a.csv", b'"' * 50_000),
    ("b.csv", b";" * 50_000 + b"\n" * 50_000),
    ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)),
]


def test_odd_addresses_break_no_page(world: Kept) -> None:
    """Only the status is looked at: to read every page as HTML would take minutes."""
    client, broken = everybody(world).client, []
    for route in routes(world.settings, world.db, world.keys):
        if "GET" not in route.methods:
            continue
        path = paths_of(route, world.db)[0]
        # What has too many digits comes as far as no database.
        # So long that an address has room for it in half of what can be asked.
        long = [("9" * 4_400, ASKED[::2]), ("9" * 4_400, ASKED[1::2])] if world.db.is_sqlite else []
        for odd, asked in [*((each, ASKED) for each in CHOKING), *long]:
            found = client.get(f"{path}?{urlencode([(name, odd) for name in asked])}")
            broken += [(path, odd[:40])] if found.status_code >= 500 else []
        for odd in ("9" * 30, "a%00b", "%FF"):
            for part in re.findall(r"\{\w+(?::int)?\}", route.path):
                odd_path = re.sub(re.escape(part), odd, route.path)
                odd_path = re.sub(r"\{\w+:int\}", "1", odd_path.replace("{code}", "mo"))
                found = client.get(re.sub(r"\{\w+\}", "x", odd_path))
                broken += [(route.path, part, odd[:40])] if found.status_code >= 500 else []
    assert not broken


# What of an address says which wave, file or person it is about.
KIND = re.compile(r"(?<=/dot)/[\w-]+|/\d+")
ACTION = re.compile(r'<form[^>]*method="post"[^>]*action="([^"#]+)')


def test_odd_fields_break_no_form(
    request: pytest.FixtureRequest, world: Kept, tmp_path: Path
) -> None:
    """Every kind of form, sent with each odd value in all its fields, and with odd files: that of
    another wave or person is read by the same code, and asks for the same in SQL."""
    sent: set[str] = set()
    broken, pages = [], []
    with copied(request, world, tmp_path) as own:
        office = everybody(own)

        def known(action: str) -> str:
            return KIND.sub("/-", action.partition("?")[0])

        for route in routes(own.settings, own.db, own.keys):
            if "GET" not in route.methods or "{token}" in route.path:
                continue
            for path in paths_of(route, own.db):
                found = office.client.get(path, follow_redirects=True)
                # Only a page with a form that was not sent yet is read.
                if not found.text.startswith("<!DOCTYPE") or sent.issuperset(
                    map(known, actions(found.text))
                ):
                    continue
                for form in office.read(found).forms:
                    action = form.action.partition("#")[0]
                    if form.element.get("method") != "post" or known(action) in sent:
                        continue
                    sent.add(known(action))
                    for answer, odd in odd_posts(office, form, action):
                        broken += [(action, odd)] if answer.status_code >= 500 else []
                        pages += [(action, odd)] if is_page_of_a_form(answer) else []
    assert not broken
    assert not pages, "a browser cannot come back to these"
    assert len(sent) > 35, sorted(sent)


def is_page_of_a_form(answer: httpx.Response) -> bool:
    """Whether a form is answered by a page itself; what no browser sends may be."""
    told = answer.headers.get("content-type", "")
    odd = "Không đọc được" in answer.text or "không nói rõ độ lớn" in answer.text
    return told.startswith("text/html") and "attachment" not in str(answer.headers) and not odd


def actions(page: str) -> list[str]:
    """Where the forms of a page are sent to."""
    return [unescape(action) for action in ACTION.findall(page)]


def odd_posts(office: Clerk, form: FormOf, action: str) -> Iterator[tuple[httpx.Response, str]]:
    """A form sent with each odd value and file: the answer, and what was sent."""
    ticket = form.values.get("ve", [""])[0]
    kinds = {each.get("name", ""): each.get("type") for each in controls(form.element)}
    is_sqlite = office.db is not None and office.db.is_sqlite
    for odd in ODD if is_sqlite else CHOKING:
        values = {name: odd for name in kinds if name and name != "ve"}
        yield office.client.post(action, data={**values, "ve": ticket}), odd[:40]
    file = next((name for name, kind in kinds.items() if kind == "file"), None)
    # A file that nobody can read comes as far as no database.
    for name, data in FILES if file and is_sqlite else []:
        files = {str(file): (name, data)}
        rest = {each: value[0] for each, value in form.values.items() if each != file}
        yield office.client.post(action, data=rest, files=files), name[:40]


# Passwords and codes are typed anew, and a file is chosen anew.
FORGOTTEN = {"password", "file", "hidden", "checkbox", "radio", "submit"}


@SQLITE
def test_what_was_typed_stands_on_the_page_of_a_refused_form(
    request: pytest.FixtureRequest, world: Kept, tmp_path: Path
) -> None:
    """Every form of every page, with a word in each of its fields that suits none of them."""
    sent: set[str] = set()
    lost = []
    with copied(request, world, tmp_path) as own:
        office = everybody(own)
        for route in routes(own.settings, own.db, own.keys):
            if "GET" not in route.methods or "{token}" in route.path:
                continue
            for path in paths_of(route, own.db):
                found = office.client.get(path, follow_redirects=True)
                if not found.text.startswith("<!DOCTYPE") or sent.issuperset(actions(found.text)):
                    continue
                for form in office.read(found).forms:
                    typed = {name: f"gõ {place}" for place, name in enumerate(typed_in(form))}
                    if form.element.get("method") != "post" or form.action in sent or not typed:
                        continue
                    sent.add(form.action)
                    office.send(form, typed)
                    if not office.refused:
                        continue
                    again = [each for each in office.forms if each.action == form.action]
                    stands = again[0].values if again else {}
                    wrong = {name for name in typed if stands.get(name) != [typed[name]]}
                    lost += [(path, form.action, sorted(wrong))] if wrong else []
    assert len(sent) > 10
    assert not lost, "\n".join(map(str, lost))


def typed_in(form: FormOf) -> list[str]:
    """The fields of a form that somebody types in, but for codes."""
    found = {
        each.get("name", "")
        for each in controls(form.element)
        if each.tag in ("input", "textarea")
        and each.get("type", "text") not in FORGOTTEN
        and each.get("autocomplete") != "one-time-code"
        and each.get("name") != OTHERS_CODE
    }
    return sorted(found - {""})
