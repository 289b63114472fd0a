"""What a program gives away, kept as files of a folder: one for each page, letter and download."""

import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

import httpx
from fastapi import FastAPI

from tests.making.consoles import Clerk, InProcess
from tests.making.html import Visitor
from tests.making.smtp import Kept

ENDINGS = {
    "text/html": ".html",
    "application/json": ".json",
    "text/csv": ".csv",
    "text/css": ".css",
    "text/javascript": ".js",
    "image/svg+xml": ".svg",
}


@dataclass
class Album:
    """A folder with one folder for each chapter."""

    folder: Path
    chapter: str = ""
    pages: Counter[str] = field(default_factory=Counter)

    def keep(self, name: str, data: bytes | str) -> None:
        path = self.folder / self.chapter / name
        path.parent.mkdir(parents=True, exist_ok=True)
        assert not path.exists(), f"{path} is there"
        path.write_bytes(data.encode() if isinstance(data, str) else data)

    def page(self, request: httpx.Request, response: httpx.Response) -> None:
        """An answer's body under the name of its address, and its head beside it."""
        self.pages[self.chapter] += 1
        asked = unquote(request.url.raw_path.decode())
        words = re.sub(r"[^\w.=-]+", "_", asked).strip("_")[:90] or "front"
        kind = response.headers.get("content-type", "").partition(";")[0]
        ending = ENDINGS.get(kind, "")
        place = f"{self.pages[self.chapter]:03}-{request.method.lower()}-{words}"
        name = f"{place}-{response.status_code}{ending}"
        self.keep(f"{name}", response.content)
        lines = [f"{response.status_code} {request.method} {asked}"]
        lines += [f"{key}: {value}" for key, value in response.headers.multi_items()]
        self.keep(f"heads/{name}.txt", "\n".join([*lines, ""]))

    def letters(self, kept: list[Kept]) -> None:
        """Letters in the order of their readers, whichever came first; then none is left."""
        for each in sorted(kept, key=lambda each: (each.recipient, each.content)):
            self.pages[f"{self.chapter} {each.recipient}"] += 1
            place = self.pages[f"{self.chapter} {each.recipient}"]
            name = f"letters/{each.recipient}-{place}"
            self.keep(f"{name}.eml", each.content)
            self.keep(f"{name}.txt", f"{each.message['Subject']}\n\n{each.text}")
        kept.clear()

    def clerk(self, clerk: Clerk) -> Clerk:
        """The same person, whose every page is kept."""
        clerk.client._transport = Filming(clerk.client._transport, self)
        return clerk

    def visitor(self, app: FastAPI) -> Visitor:
        """A new device of somebody who answers."""
        transport, base = Filming(InProcess(app), self), "http://127.0.0.1:8000"
        headers = {"accept-encoding": "identity"}
        return Visitor(httpx.Client(transport=transport, base_url=base, headers=headers))


class Filming(httpx.BaseTransport):
    """An app whose answers are kept."""

    def __init__(self, inner: httpx.BaseTransport, album: Album) -> None:
        self.inner, self.album = inner, album

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        response = self.inner.handle_request(request)
        response.read()
        self.album.page(request, response)
        return response
