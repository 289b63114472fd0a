"""Posts that no form of ours can send: refused with a page that says what to do, nothing stored."""

from collections.abc import Callable, Iterator
from urllib.parse import urlencode

import pytest

from app.ballots.page import REVIEW
from app.keys.keyfile import KeyFile
from app.settings import Settings
from app.store.db import Database
from tests.conftest import Clock, first_on_both
from tests.making.booths import Booth, answers, cast, open_booth, walk
from tests.making.html import Visitor

FORM = "application/x-www-form-urlencoded"
Fields = list[tuple[str, str]]

# What a page shows turns on no SQL that differs; what is stored and counted is tried on both.
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def booth(db: Database, keys: KeyFile, configured: Settings, clock: Clock) -> Iterator[Booth]:
    with open_booth(db, keys, configured, clock) as booth:
        yield booth


def fields_of(visitor: Visitor) -> Fields:
    """What the page would send with everything answered."""
    values = {**visitor.form.values, **{n: [v] for n, v in answers(visitor).items()}}
    return [(name, value) for name, several in values.items() for value in several]


FAULTS: dict[str, Callable[[Fields, str, str], Fields]] = {
    "an unknown question": lambda fields, _q, u: [*fields, (f"khong-co.{u}", "A")],
    "an unknown unit": lambda fields, q, _u: [*fields, (f"{q}.khong-co", "A")],
    "an unknown level": lambda fields, q, u: [*without(fields, q, u), (f"{q}.{u}", "Z")],
    "an empty level": lambda fields, q, u: [*without(fields, q, u), (f"{q}.{u}", "")],
    "a doubled field": lambda fields, q, u: [*fields, (f"{q}.{u}", "-")],
    "a field without a dot": lambda fields, q, _u: [*fields, (q, "A")],
    "units where none are asked for": lambda fields, _q, u: [*fields, ("units", u)],
    "markup as a name": lambda fields, _q, _u: [*fields, ("<b>\u202ex</b>", "A")],
    "5,000 unknown fields": lambda fields, _q, _u: [
        *fields,
        *[(f"x.{n}", "A") for n in range(5000)],
    ],
    "50,000 fields": lambda fields, q, u: fields + [(f"{q}.{u}", "A")] * 50_000,
}


def without(fields: Fields, question: str, unit: str) -> Fields:
    return [(name, value) for name, value in fields if name != f"{question}.{unit}"]


@first_on_both("fault", FAULTS)
def test_what_the_form_cannot_say_is_refused(booth: Booth, fault: str) -> None:
    visitor = booth.started(booth.ballot("paging-component"))
    path, before = visitor.path, booth.dump()
    question, _dot, unit = next(iter(visitor.form.radios)).partition(".")
    visitor.post(path, FAULTS[fault](fields_of(visitor), question, unit))
    assert visitor.status == 422
    assert visitor.title.startswith("Lỗi:")
    assert booth.dump() == before
    assert visitor.open(path).status == 200


@SQLITE
def test_a_field_of_another_page_is_refused(booth: Booth) -> None:
    visitor = booth.started(booth.ballot("paging-question"))
    first = fields_of(visitor)
    visitor.submit(answers(visitor))
    before = booth.dump()
    other = [pair for pair in first if "." in pair[0][1:]]
    assert visitor.post(visitor.path, [*fields_of(visitor), *other]).status == 422
    assert booth.dump() == before


@SQLITE
def test_a_form_of_another_page_is_refused(booth: Booth) -> None:
    visitor = booth.started(booth.ballot("paging-question"))
    first = fields_of(visitor)
    visitor.submit(answers(visitor))
    before = booth.dump()
    assert visitor.post(visitor.path, first).status == 422
    assert visitor.post(f"/phieu/{REVIEW}", first).status == 422
    assert booth.dump() == before


@SQLITE
def test_a_unit_that_was_not_ticked_is_refused(booth: Booth) -> None:
    visitor = booth.started(booth.ballot("choose-units"))
    ticked, other = visitor.form.boxes["units"][:2]
    visitor.submit({"units": ticked})
    before = booth.dump()
    (field,) = visitor.form.radios
    question = field.partition(".")[0]
    sent = [*fields_of(visitor), (f"{question}.{other}", "A")]
    assert visitor.post(visitor.path, sent).status == 422
    assert booth.dump() == before


@SQLITE
def test_a_unit_that_is_not_offered_cannot_be_ticked(booth: Booth) -> None:
    visitor = booth.started(booth.ballot("choose-units"))
    before = booth.dump()
    assert visitor.submit({"units": ["khong-co"]}).status == 422
    assert booth.dump() == before


@SQLITE
def test_the_same_answer_sent_twice_is_one_answer(booth: Booth) -> None:
    visitor = booth.started(booth.ballot("paging-component"))
    sent = fields_of(visitor)
    assert visitor.post(visitor.path, [*sent, *sent]).status == 200


@first_on_both("chunked", [False, True])
def test_a_body_of_11_mib_is_refused(booth: Booth, chunked: bool) -> None:
    visitor = booth.started(booth.ballot())
    before = booth.dump()
    body = urlencode([*fields_of(visitor), ("x", "a" * 11 * 1024 * 1024)]).encode()
    parts = (body[at : at + 65536] for at in range(0, len(body), 65536))
    response = visitor.client.post(
        visitor.path, content=parts if chunked else body, headers={"content-type": FORM}
    )
    assert response.status_code == 413
    assert "quá lớn" in response.text
    assert booth.dump() == before
    assert visitor.open("/phieu").status == 200


@first_on_both(
    "kind, body, status",
    [
        (FORM, b"q1.snv=%ff%fe", 422),
        (FORM, "q1.snv=\xff".encode("latin-1"), 422),
        ("application/json", b"{}", 415),
        ("multipart/form-data; boundary=x", b"--x\r\n\r\n--x--\r\n", 415),
        ("", b"q1.snv=A", 415),
    ],
)
def test_a_body_that_is_no_form_is_refused(
    booth: Booth, kind: str, body: bytes, status: int
) -> None:
    visitor = booth.started(booth.ballot())
    before = booth.dump()
    response = visitor.client.post(visitor.path, content=body, headers={"content-type": kind})
    assert response.status_code == status
    assert "Không đọc được biểu mẫu" in response.text
    assert booth.dump() == before


@first_on_both("ticket", [None, "", "abc", "a.b.c.d", "\u0111", "two"])
def test_a_form_without_its_ticket_is_refused(booth: Booth, ticket: str | None) -> None:
    visitor = booth.started(booth.ballot())
    before = booth.dump()
    sent = [(n, v) for n, v in fields_of(visitor) if n != ".phieu"]
    if ticket == "two":
        (real,) = visitor.form.values[".phieu"]
        sent += [(".phieu", real), (".phieu", real + "x")]
    elif ticket is not None:
        sent.append((".phieu", ticket))
    assert visitor.post(visitor.path, sent).status == 403
    assert "Tải lại trang" in visitor.text
    assert booth.dump() == before


def test_a_form_of_another_ballot_is_refused_and_nothing_stored(booth: Booth) -> None:
    _wave, (first, second, *_rest) = booth.wave("tree")
    browser = booth.started(first)
    path, form = browser.path, browser.form
    sent = fields_of(browser)
    browser.open(booth.link(second)).submit()
    before = booth.dump()
    browser.post(path, sent)
    assert browser.status == 409
    assert "phiếu khác" in browser.text
    assert booth.dump() == before
    browser.open(booth.link(first)).submit()
    assert browser.post(path, sent).status == 200
    assert form.action == path


def test_a_review_of_another_ballot_casts_nothing(booth: Booth) -> None:
    _wave, (first, second, *_rest) = booth.wave("tree")
    browser = booth.started(first)
    walk(browser)
    sent = fields_of(browser)
    browser.open(booth.link(second)).submit()
    before = booth.dump()
    assert browser.post("/phieu/xem-lai", sent).status == 409
    assert booth.dump() == before


@SQLITE
def test_a_page_without_a_cookie_says_where_to_go(booth: Booth) -> None:
    started = booth.started(booth.ballot())
    stranger = booth.visitor()
    assert stranger.open("/phieu").status == 403
    assert stranger.open(started.path).status == 403
    assert "thư mời" in stranger.text
    before = booth.dump()
    assert stranger.post(started.path, fields_of(started)).status == 403
    assert booth.dump() == before


@SQLITE
def test_a_made_up_cookie_opens_nothing(booth: Booth) -> None:
    ballot = booth.ballot()
    for value in ("", "x", booth.link(ballot).removeprefix("/p/"), "a.b.c"):
        response = booth.visitor().client.get("/phieu", headers={"cookie": f"phieu={value}"})
        assert response.status_code == 403


CROSS_SITE = [
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
    {"origin": "https://ke-xau.example"},
    {"origin": "null"},
    {"sec-fetch-site": "cross-site", "origin": "http://127.0.0.1:8000"},
]


@first_on_both("headers", CROSS_SITE)
def test_a_post_from_another_site_is_refused(booth: Booth, headers: dict[str, str]) -> None:
    _wave, (first, second, *_rest) = booth.wave("tree")
    visitor = booth.started(first)
    path, sent = visitor.path, fields_of(visitor)
    before = booth.dump()
    for url in (path, "/phieu/xem-lai", booth.link(second), "/ma", "/gui-lai", "/tra-cuu"):
        visitor.post(url, sent, headers)
        assert visitor.status == 403, url
    assert booth.dump() == before
    assert visitor.open("/phieu").path == path


@SQLITE
def test_a_post_from_our_own_pages_is_taken(booth: Booth) -> None:
    ours = [
        {"sec-fetch-site": "same-origin", "origin": booth.url},
        {"sec-fetch-site": "none"},
        {"origin": booth.url},
        {"origin": "http://127.0.0.1:8000"},
        {},
    ]
    _wave, people = booth.wave("tree")
    for ballot, headers in zip(people, ours, strict=False):
        visitor = booth.visitor()
        visitor.post(booth.link(ballot), [], headers)
        assert visitor.status == 200
        assert visitor.post(visitor.path, fields_of(visitor), headers).status == 200


def test_what_is_cast_cannot_be_changed_or_cast_again(booth: Booth) -> None:
    visitor = booth.started(booth.ballot("tree"))
    path, page = visitor.path, fields_of(visitor)
    walk(visitor)
    review = fields_of(visitor)
    receipt = cast(visitor)
    before = booth.dump()
    for url, sent in ((path, page), ("/phieu/xem-lai", review), ("/phieu/xem-lai", review)):
        visitor.post(url, sent)
        assert (visitor.status, visitor.receipt) == (200, receipt)
    assert booth.dump() == before


@first_on_both("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_other_methods_are_refused_with_a_page(booth: Booth, method: str) -> None:
    ballot = booth.ballot()
    visitor = booth.started(ballot)
    for path in (visitor.path, booth.link(ballot), "/"):
        response = visitor.client.request(method, path)
        assert response.status_code == 405
        assert "GET" in response.headers["allow"] or "POST" in response.headers["allow"]
        assert "Lỗi:" in response.text
