"""What comes in is cut before anything is done with it whose cost grows faster than its length.

Nothing here looks at a clock: a watch stands before what is quadratic and notes what is too long.
The figures are in tests/load/hostile.py.
"""

import ast
import difflib
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from fastapi.routing import APIRoute

from app.db import Database
from app.keys import KeyFile
from app.main import create_app
from app.settings import Settings
from tests.booths import Booth, open_booth
from tests.conftest import Clock
from tests.consoles import Clerk
from tests.hostile import KB64, MIB, PIECES, Watch, asked, files_of, form_of, text_of
from tests.html import FormOf, controls
from tests.test_console_routes import ASKED, office, paths_of, routes

APP = Path(__file__).parent.parent / "app"
PLAIN = {"content-type": "application/x-www-form-urlencoded"}
KINDS = pytest.mark.parametrize("kind", PIECES)
SIZES = pytest.mark.parametrize("size", [KB64, MIB], ids=["64 KB", "1 MiB"])
# None of this reaches SQL that differs.
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

__all__ = ["office"]


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    found = Watch()
    monkeypatch.setattr(unicodedata, "normalize", found.normalize)
    monkeypatch.setattr(
        difflib.SequenceMatcher, "set_seq2", lambda matcher, text: found.compare(matcher, text)
    )
    return found


@pytest.fixture
def booth(db: Database, keys: KeyFile, configured: Settings, clock: Clock) -> Iterator[Booth]:
    with open_booth(db, keys, configured, clock) as booth:
        yield booth


def test_nothing_but_cleaning_normalises() -> None:
    """One function cuts first; a second call would be one without the cut."""
    found = []
    for path in sorted(APP.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            named = getattr(node, "attr", None) or getattr(node, "id", None)
            is_import = isinstance(node, ast.Import | ast.ImportFrom)
            brought = [each.name for each in node.names] if is_import else []
            if named == "normalize" or "normalize" in brought:
                found.append(path.relative_to(APP).as_posix())
    assert found == ["cleaning.py"]


@SQLITE
@KINDS
@SIZES
def test_no_form_of_the_booth_is_dear(booth: Booth, watch: Watch, kind: str, size: int) -> None:
    """The forms of strangers and of respondents, and every field of them."""
    text = text_of(kind, size)
    visitor = booth.started(booth.ballot("comments"))
    for path, field in (("/ma", "ma"), ("/gui-lai", "thu"), ("/tra-cuu", "bien-nhan")):
        answer = visitor.client.post(path, content=form_of({field: text}), headers=PLAIN)
        assert answer.status_code in (413, 422, 429), (path, answer.status_code)
        answer = visitor.client.post(path, content=form_of({text: field}), headers=PLAIN)
        assert answer.status_code in (413, 422, 429), (path, answer.status_code)
    while "phieu/gop-y" not in visitor.path and not visitor.form.texts:
        form = visitor.form
        first = {name: values[0] for name, values in form.radios.items()} | form.boxes
        odd = {name: text for name in form.values if name != ".ve"}
        visitor.client.post(visitor.path, content=form_of(odd), headers=PLAIN)
        visitor.submit(first)
    form = visitor.form
    fields = {name: values[0] for name, values in form.values.items()}
    fields |= dict.fromkeys(form.texts[:1], text)
    answer = visitor.client.post(visitor.path, content=form_of(fields), headers=PLAIN)
    assert answer.status_code in (200, 303, 413, 422), answer.status_code
    assert not watch.uncut


@SQLITE
@KINDS
def test_no_address_and_no_cookie_of_the_booth_is_dear(
    booth: Booth, watch: Watch, kind: str
) -> None:
    """Asked without a server, which would cut much of it off itself."""
    odd = text_of(kind, KB64)
    paths = {route.path for route in booth.app.routes if isinstance(route, APIRoute)}
    for path in sorted(paths):
        for part in re.findall(r"\{\w+\}", path):
            assert asked(booth.app, path.replace(part, odd.replace("/", ""))) < 500, path
        assert asked(booth.app, path, f"v={quote(odd)}&tim={quote(odd)}") < 500, path
    for name in ("phieu", "phieu-quan-tri", "phieu-loi-nhan"):
        for value in (odd, f'"{odd}"'):
            for path in ("/phieu", "/quan-tri", "/phieu/1", "/khong-co"):
                assert asked(booth.app, path, cookie=f"{name}={value}") < 500
    assert not watch.uncut


@SQLITE
@KINDS
@SIZES
def test_no_form_of_the_console_is_dear(
    db: Database,
    keys: KeyFile,
    configured: Settings,
    office: Clerk,
    watch: Watch,
    kind: str,
    size: int,
) -> None:
    """Every form of every page with the text in every field, and with it in a file."""
    text, sent, broken = text_of(kind, size), set(), []
    files = list(files_of(text))
    for route in routes(db, keys, configured):
        if "GET" not in route.methods or "{token}" in route.path:
            continue
        for path in paths_of(route, db):
            office.open(path)
            is_page = office.tree.find(".//main") is not None
            for form in office.forms if is_page else []:
                action = form.action.partition("#")[0]
                if form.element.get("method") != "post" or action in sent:
                    continue
                sent.add(action)
                for status in hostile_posts(office, form, action, text, files):
                    broken += [(action, status)] if status >= 500 else []
    assert not broken
    assert len(sent) > 45
    assert watch.seen
    assert not watch.uncut


def hostile_posts(
    office: Clerk, form: FormOf, action: str, text: str, files: list[tuple[str, bytes]]
) -> Iterator[int]:
    kinds = {each.get("name", ""): each.get("type") for each in controls(form.element)}
    ticket = form.values.get("ve", [""])[0]
    names = [name for name in kinds if name and name != "ve"]
    share = {name: text[: len(text) // max(1, len(names))] for name in names}
    body = form_of({"ve": ticket, **share})
    yield office.client.post(action, content=body, headers=PLAIN).status_code
    file = next((name for name, kind in kinds.items() if kind == "file"), None)
    for name, data in files if file else []:
        rest = {each: value[0] for each, value in form.values.items() if each != file}
        yield office.client.post(action, data=rest, files={str(file): (name, data)}).status_code


@SQLITE
@KINDS
def test_no_address_of_the_console_is_dear(
    db: Database, keys: KeyFile, configured: Settings, office: Clerk, watch: Watch, kind: str
) -> None:
    """The largest that are let in, and larger ones."""
    app, broken = create_app(configured, db, keys), []
    (cookie,) = [f"{each.name}={each.value}" for each in office.client.cookies.jar]
    for route in routes(db, keys, configured):
        if "GET" in route.methods:
            path = paths_of(route, db)[0]
            for size in (2_000, KB64):
                query = urlencode([(name, text_of(kind, size // len(ASKED))) for name in ASKED])
                status = asked(app, path, query, cookie)
                broken += [(path, status)] if status >= 500 else []
    assert not broken
    assert not watch.uncut
