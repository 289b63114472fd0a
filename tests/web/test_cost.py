"""What comes in is cut before anything is done with it whose cost grows faster than its length.

Nothing here looks at a clock: a watch stands before what is quadratic and notes what is too long.
The figures are in tests/load/hostile.py.
"""

import ast
import difflib
import http.cookies
import re
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from fastapi.routing import APIRoute
from hypothesis import given
from hypothesis import strategies as st

from app.ballots.saving import TICKET, tidy_comment
from app.keys.keyfile import KeyFile
from app.letters import texts
from app.letters.mail import mailbox
from app.main import create_app
from app.settings import Settings
from app.store.db import Database
from app.text.cleaning import MOST_MARKS, Form, clean, email_key, normal
from app.web.console.desk.desk import TICKET as TICKET_OF_DESK
from app.web.console.waves.waveform import moment_of
from tests.conftest import Clock
from tests.making.booths import Booth, answers, open_booth
from tests.making.consoles import Clerk
from tests.making.hostile import (
    KB64,
    MIB,
    PIECES,
    Watch,
    asked,
    files_of,
    form_of,
    longest_row,
    mixed,
    text_of,
)
from tests.making.html import FormOf, controls
from tests.making.kept import Kept, kept
from tests.web.console.test_routes import ASKED, actions, everybody, fill, paths_of, routes

APP = Path(__file__).parents[2] / "app"
PLAIN = {"content-type": "application/x-www-form-urlencoded"}
KINDS = pytest.mark.parametrize("kind", PIECES)
SIZES = pytest.mark.parametrize("size", [KB64, MIB], ids=["64 KB", "1 MiB"])
# None of this reaches SQL that differs.
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    found = Watch()
    monkeypatch.setattr(unicodedata, "normalize", found.normalize)
    monkeypatch.setattr(http.cookies, "_unquote", found.unquote)
    monkeypatch.setattr(
        difflib.SequenceMatcher, "set_seq2", lambda matcher, text: found.compare(matcher, text)
    )
    return found


@pytest.fixture
def world(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, clock: Clock
) -> Iterator[Kept]:
    """The console with a wave in every state."""
    with kept(request, "sqlite", tmp_path_factory.mktemp("office"), clock, fill) as world:
        yield world


@pytest.fixture
def office(world: Kept) -> Clerk:
    """Somebody at its desk with every role."""
    return everybody(world)


@pytest.fixture
def booth(db: Database, keys: KeyFile, configured: Settings, clock: Clock) -> Iterator[Booth]:
    with open_booth(db, keys, configured, clock) as booth:
        yield booth


@KINDS
@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC"])
def test_what_is_normalised_was_cut_first(watch: Watch, kind: str, form: Form) -> None:
    text = text_of(kind, KB64)
    found = normal(text, form)
    assert not watch.uncut
    assert unicodedata.is_normalized(form, found)
    assert normal(found, form) == found
    assert longest_row(found) <= MOST_MARKS


def test_no_sign_hides_marks_from_the_cut() -> None:
    """Each sign of Unicode that falls apart into marks counts as one, the two that are letters in
    NFKC."""
    for form in ("NFC", "NFD", "NFKC"):
        apart = "NFKD" if form == "NFKC" else "NFD"
        for sign in map(chr, range(sys.maxunicode + 1)):
            if unicodedata.combining(unicodedata.normalize(apart, sign)[0]):
                assert len(normal(f"a{sign * 40}", form)) <= MOST_MARKS + 1, hex(ord(sign))


@given(st.text(max_size=60))
def test_a_text_without_a_heap_of_marks_is_only_normalised(text: str) -> None:
    if longest_row(unicodedata.normalize("NFKD", text)) <= MOST_MARKS:
        for form in ("NFC", "NFD", "NFKC"):
            assert normal(text, form) == unicodedata.normalize(form, text)


MARKS = st.text(
    alphabet="ae\u1ebf\u0301\u0323\u0302\u0f73\u0f71\uff9e\u200b\uac00\u11a8", max_size=200
)


@given(MARKS)
def test_what_was_cut_is_cut_no_further(text: str) -> None:
    for form in ("NFC", "NFD", "NFKC"):
        assert normal(normal(text, form), form) == normal(text, form)
        assert unicodedata.is_normalized(form, normal(text, form))
    assert clean(clean(text)) == clean(text)
    assert email_key(email_key(text)) == email_key(text)
    assert tidy_comment(tidy_comment(text)) == tidy_comment(text)


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
    assert found == ["text/cleaning.py"]


@SQLITE
@SIZES
def test_no_form_of_the_booth_is_dear(booth: Booth, watch: Watch, size: int) -> None:
    """The forms of strangers and of respondents, and every field of them."""
    text = mixed(size)
    visitor = booth.started(booth.ballot("comments"))
    for path, field in (("/ma", "ma"), ("/gui-lai", "thu"), ("/tra-cuu", "bien-nhan")):
        answer = visitor.client.post(path, content=form_of({field: text}), headers=PLAIN)
        assert answer.status_code in (303, 413, 422, 429), (path, answer.status_code)
        answer = visitor.client.post(path, content=form_of({text: field}), headers=PLAIN)
        assert answer.status_code in (303, 413, 422, 429), (path, answer.status_code)
    while not visitor.form.texts:
        assert visitor.path != "/phieu/xem-lai"
        odd = {name: text for name in visitor.form.values if name != TICKET}
        ticket = {TICKET: visitor.form.values[TICKET][0]}
        answer = visitor.client.post(visitor.path, content=form_of(ticket | odd), headers=PLAIN)
        assert answer.status_code in (303, 413, 422), answer.status_code
        visitor.submit(answers(visitor))
    form = visitor.form
    fields = {name: values[0] for name, values in form.values.items()}
    fields |= dict.fromkeys(form.texts[:1], text)
    answer = visitor.client.post(visitor.path, content=form_of(fields), headers=PLAIN)
    assert answer.status_code in (303, 413, 422), answer.status_code
    visitor.open("/phieu/xem-lai")
    assert visitor.status == 200
    assert not watch.uncut


@SQLITE
def test_a_comment_loses_the_marks_that_nobody_sees_and_nothing_else(booth: Booth) -> None:
    """Refused for them, a respondent would look in vain for what is wrong."""
    visitor = booth.started(booth.ballot("comments"))
    while not visitor.form.texts:
        visitor.submit(answers(visitor))
    marks = "\u0301\u0323"
    visitor.submit(dict.fromkeys(visitor.form.texts, f"Đường{marks * 3000} xấu{marks * 15}."))
    assert visitor.status == 200
    visitor.open("/phieu/xem-lai")
    kept = next(word for word in visitor.text.split() if word.startswith("Đườn"))
    assert unicodedata.normalize("NFD", kept).count("\u0323") == 15
    assert unicodedata.normalize("NFC", f"xấu{marks * 15}.") in visitor.text


@SQLITE
@pytest.mark.parametrize("size", [3_000, KB64], ids=["3 KB", "64 KB"])
def test_no_address_and_no_cookie_of_the_booth_is_dear(
    booth: Booth, watch: Watch, size: int
) -> None:
    """Asked without a server, which would cut much of it off itself."""
    odd = mixed(size)
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


KIND = re.compile(r"/dot/\w+")


def test_no_form_of_the_console_is_dear(world: Kept, office: Clerk, watch: Watch) -> None:
    """Every kind of form with a text in each of its fields, and with it in a file, as large as it
    may be: a form of another wave is read by the same code."""
    small, large = mixed(KB64), mixed(MIB)
    sent, broken = set(), []

    def kinds(page: str) -> set[str]:
        return {KIND.sub("/dot/{code}", action) for action in actions(page)}

    for route in routes(world.settings, world.db, world.keys):
        if "GET" not in route.methods or "{token}" in route.path:
            continue
        for path in paths_of(route, world.db):
            found = office.client.get(path, follow_redirects=True)
            # Only a page with a form that was not sent yet is read.
            if not found.text.startswith("<!DOCTYPE") or sent.issuperset(kinds(found.text)):
                continue
            for form in office.read(found).forms:
                action = form.action.partition("#")[0]
                kind = KIND.sub("/dot/{code}", action)
                if form.element.get("method") != "post" or kind in sent:
                    continue
                sent.add(kind)
                # Whatever comes to the watch uncut is noted at either size: of each field the
                # smaller text is enough.
                statuses = [
                    *hostile_posts(office, form, action, small),
                    *hostile_posts(office, form, action, large, fields=1),
                ]
                broken += [(action, status) for status in statuses if status >= 500]
    assert not broken
    assert len(sent) > 30
    assert watch.seen
    assert not watch.uncut


def hostile_posts(
    office: Clerk, form: FormOf, action: str, text: str, fields: int | None = None
) -> Iterator[int]:
    """A form with a text, a part in each field and all of it in one (of the first `fields`), and in
    its file."""
    kinds = {each.get("name", ""): each.get("type", "text") for each in controls(form.element)}
    ticket = {TICKET_OF_DESK: form.values.get(TICKET_OF_DESK, [""])[0]}
    names = [name for name in kinds if name and name != TICKET_OF_DESK]
    typed = [name for name in names if kinds[name] in ("text", "search", "email", "password")]
    ticked = {name: values[0] for name, values in form.boxes.items()}
    first = {each: value[0] for each, value in form.values.items()} | ticked
    shares = {name: text[: len(text) // len(names)] for name in names}
    for body in ({**ticket, **shares}, *({**first, name: text} for name in typed[:fields])):
        yield office.client.post(action, content=form_of(body), headers=PLAIN).status_code
    for file in (name for name in names if kinds[name] == "file"):
        rest = {each: value for each, value in first.items() if each != file}
        for name, data in files_of(text):
            yield office.client.post(action, data=rest, files={file: (name, data)}).status_code


def test_no_address_of_the_console_is_dear(world: Kept, office: Clerk, watch: Watch) -> None:
    """The largest that are let in, and larger ones."""
    app, broken = create_app(world.settings, world.db, world.keys), []
    (cookie,) = [f"{each.name}={each.value}" for each in office.client.cookies.jar]
    for route in routes(world.settings, world.db, world.keys):
        if "GET" in route.methods:
            path = paths_of(route, world.db)[0]
            for size in (3_000, KB64):
                query = urlencode([(name, mixed(size // len(ASKED))) for name in ASKED])
                status = asked(app, path, query, cookie)
                broken += [(path, status)] if status >= 500 else []
    assert not broken
    assert not watch.uncut


def test_what_is_too_long_for_a_time_or_a_mailbox_is_not_tried() -> None:
    """Either would take hours: a pattern that parts spaces in two, an encoding of a long domain."""
    assert moment_of("1/2/2026", "1h" + " " * MIB + "x") is None
    assert moment_of(" 1/2/2026 ", " 1 giờ 30 phút ") is not None
    with pytest.raises(ValueError, match="too long"):
        mailbox("a@" + "\ufdfa" * MIB)


def test_of_a_text_that_is_too_long_for_a_letter_nothing_else_is_said() -> None:
    (fault,) = texts.faults("{}" * MIB, 3_000, one_line=False)
    assert "Dài quá" in fault
    short, *_more = texts.reason_faults("\ufdfa" * MIB)
    assert "500" in short
