"""Texts, forms and files that cost much to read, and a look at what is done with them.

A text is hostile by how often a program must look at each sign of it: marks in a row that have to
be sorted, signs that become eighteen, signs at which a pattern or a parser begins anew.
"""

import asyncio
import difflib
import http.cookies
import io
import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import lru_cache
from urllib.parse import quote, quote_plus

import xlsxwriter
from starlette.types import ASGIApp, Message

from app.index.external import CRITERION, PERCENT, UNIT
from app.papers.export import FORMAT
from app.roster.file import AGENCY, ASSIGNED, EMAIL, GROUP, NAME, PHONE, POSITION

ROSTER = (NAME, EMAIL, GROUP, AGENCY, ASSIGNED, POSITION, PHONE)
OUTSIDE = (UNIT, CRITERION, PERCENT)

# With the form around them they are as large as forms may be.
KB64, MIB = 64 * 1024 - 1500, 1024 * 1024 - 1500
MOST_MARKS = 30  # UAX #15, Stream-Safe Text Format

PIECES = {
    "marks out of order": "\u0301\u0323",
    "letters with marks": "a" + "\u0301\u0323" * 40,
    "marks of class 0": "\u0f73\u0f71",
    "marks that are letters": "\uff9e\u0334",
    "marks between invisible signs": "\u0301\u200b\u0323\u200b",
    "jamo": "\u1100\u1161\u11a8",
    "signs that become eighteen": "\ufdfa",
    "at": "@",
    "dots": "a.",
    "digits": "9",
    "equals": "=",
    "quotes": '\\"',
    "braces": "{}",
    "brackets": "[",
    "semicolons": ";",
    "spaces": " \u00a0",
    "dashes": "\r\n-",
}


def text_of(kind: str, size: int) -> str:
    """So many bytes of UTF-8, or a little less."""
    piece = PIECES[kind]
    return ("a" + piece * (size // len(piece.encode())))[:size]


def mixed(size: int) -> str:
    """Some of each, in all so many bytes."""
    return "".join(text_of(kind, size // len(PIECES)) for kind in PIECES)


def form_of(fields: dict[str, str]) -> bytes:
    """Fields as a program sends them that counts bytes: only what parts fields is written in %."""
    return b"&".join(
        quote_plus(name).encode() + b"=" + written(text) for name, text in fields.items()
    )


@lru_cache(8)
def written(text: str) -> bytes:
    parts = {"&": "%26", "+": "%2B", "%": "%25", "\0": "%00"}
    return text.translate({ord(sign): code for sign, code in parts.items()}).encode()


@lru_cache(2)
def files_of(text: str) -> tuple[tuple[str, bytes], ...]:
    """The files that the doors take, with the text wherever there is one."""
    return tuple(_files(text))


def _files(text: str) -> Iterator[tuple[str, bytes]]:
    line = text.replace("\r", " ").replace("\n", " ").replace('"', "'")
    yield "a.csv", "\n".join([",".join(ROSTER), ",".join([line[:20_000]] * len(ROSTER))]).encode()
    yield "a.csv", "\n".join([",".join(ROSTER), ",".join([line] * len(ROSTER))]).encode()
    yield "a.csv", "\n".join([",".join(OUTSIDE), f"{line},{line},{line}"]).encode()
    yield "a.csv", line.encode()
    yield "a.toml", f'year = 2026\nname = "{line[:9000]}"\n{line[:200]} = 1\n'.encode()
    yield "a.toml", text.encode()
    yield "a.json", f'{{"format": "{FORMAT}", "wave": "{line}"}}'.encode()
    yield "a.xlsx", book_of(text)


def book_of(text: str) -> bytes:
    """A workbook with the text in its name of a sheet, its heading and its cells."""
    data = io.BytesIO()
    with xlsxwriter.Workbook(data, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, [*ROSTER, text[:32_767]])
        for row in range(1, 4):
            sheet.write_row(row, 0, [text[:32_767]] * len(ROSTER))
    return data.getvalue()


def longest_row(text: str, form: str = "NFC") -> int:
    """How many marks stand in a row, those too that only a decomposition brings to light."""
    apart = "NFKD" if "K" in form else "NFD"
    marks = [sign for sign in set(text) if unicodedata.combining(HONEST(apart, sign)[0])]
    rows = re.findall(f"[{re.escape(''.join(sorted(marks)))}]+", text) if marks else []
    return max(map(len, rows), default=0)


def asked(app: ASGIApp, path: str, query: str = "", cookie: str = "") -> int:
    """The status of an address, however long it is, of an app without a server."""
    status = 0

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        nonlocal status
        status = message.get("status", status)

    headers = [(b"host", b"127.0.0.1:8000")]
    headers += [(b"cookie", cookie.encode())] if cookie else []
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": quote(path).encode(),
        "query_string": query.encode(),
        "headers": headers,
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 8000),
        "state": {},
    }
    asyncio.run(app(scope, receive, send))  # type: ignore[arg-type]
    return status


HONEST: Callable[[str, str], str] = unicodedata.normalize


class Watch:
    """Stands before what is quadratic, and notes whatever comes to it uncut."""

    def __init__(self) -> None:
        self.seen = 0
        self.uncut: list[str] = []

    def normalize(self, form: str, text: str) -> str:
        self.seen += 1
        if not text.isascii() and longest_row(text, form) > MOST_MARKS:
            self.uncut.append(f"{form} of {len(text)} signs: {text[:40]!a}")
            return text  # or the test itself would take hours
        return HONEST(form, text)

    def compare(self, matcher: difflib.SequenceMatcher[str], text: str) -> None:
        if len(text) > 1000:
            self.uncut.append(f"likeness of {len(text)} signs: {text[:40]!a}")
        COMPARE(matcher, text)

    def unquote(self, text: str) -> str:
        if len(text) > 16_384:
            self.uncut.append(f"cookie of {len(text)} signs: {text[:40]!a}")
            return text
        return UNQUOTE(text)


UNQUOTE: Callable[[str], str] = http.cookies._unquote  # type: ignore[attr-defined]
COMPARE = difflib.SequenceMatcher.set_seq2
