"""Respondents: follow each link through the real forms to its receipt, as a browser would.

A process of its own, so that its work is never counted as the server's: links come on stdin, what
was seen goes to stdout as JSON. It knows the contract of the pages and nothing else: one form in
<main>, its first submit button goes forward, the receipt stands in `id="receipt"`.

    python -m tests.load.driver PORT RESPONDENTS [--plain] <links

With `--plain` each link is asked for once, over kept connections: so the bare framework is driven.
"""

import asyncio
import json
import random
import re
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import urlencode

import uvloop

MAIN = re.compile(rb"<main\b.*?</main>", re.DOTALL)
FORM = re.compile(r"<form\b([^>]*)>(.*?)</form>", re.DOTALL)
FIELD = re.compile(r"<(input|button|textarea)\b([^>]*)>")
ATTRIBUTE = re.compile(r'([a-z-]+)(?:="([^"]*)")?')
RECEIPT = re.compile(rb'id="receipt"[^>]*>([^<]+)<')
LONGEST = 200  # requests of one ballot; more is going in circles


class Astray(Exception):
    """A page is not what the contract promises."""


@dataclass
class Seen:
    """What all respondents together saw: times in seconds."""

    receipts: list[str] = field(default_factory=list)
    requests: list[float] = field(default_factory=list)
    answers: int = 0


class Browser:
    """One respondent's browser: one connection, cookies, the page it is on."""

    def __init__(self, port: int, seen: Seen, dice: random.Random) -> None:
        self.port, self.seen, self.dice = port, seen, dice
        self.cookies: dict[str, str] = {}

    async def look(self, links: Iterator[str]) -> None:
        """Ask for links one after another."""
        await self.connect()
        for link in links:
            await self.get(link)
        self.writer.close()

    async def connect(self) -> None:
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)

    async def vote(self, link: str) -> None:
        await self.connect()
        try:
            self.path, self.page = link, await self.get(link)
            for _step in range(LONGEST):
                receipt = RECEIPT.search(self.page)
                if receipt:
                    self.seen.receipts.append(receipt[1].decode().strip())
                    return
                await self.submit()
            raise Astray(f"no receipt after {LONGEST} pages")
        finally:
            self.writer.close()

    async def get(self, path: str) -> bytes:
        status, _headers, body = await self.request("GET", path)
        if status != 200:
            raise Astray(f"GET {path}: {status}")
        return body

    async def submit(self) -> None:
        """Fill the form of the page in, press its first button, go where that leads."""
        action, fields = self.fill(self.page)
        target = action or self.path
        status, headers, body = await self.request("POST", target, urlencode(fields).encode())
        if status == 303:
            self.path = headers[b"location"].decode()
            self.page = await self.get(self.path)
        elif status == 200:
            self.path, self.page = target, body
        else:
            raise Astray(f"POST {target}: {status}")

    def fill(self, page: bytes) -> tuple[str, list[tuple[str, str]]]:
        """The form's action and its fields: something for each radio group, all boxes ticked."""
        main = MAIN.search(page)
        forms = FORM.findall(main[0].decode()) if main else []
        if len(forms) != 1:
            raise Astray(f"{len(forms)} forms in <main> of {self.path}")
        attributes, inside = forms[0]
        fields: list[tuple[str, str]] = []
        groups: dict[str, list[str]] = {}
        pressed = False
        for tag, text in FIELD.findall(inside):
            at = dict(ATTRIBUTE.findall(text))
            name, value, kind = at.get("name"), at.get("value", ""), at.get("type", "submit")
            if tag == "button" or (tag == "input" and kind == "submit"):
                if kind == "submit" and not pressed:
                    pressed = True
                    if name:
                        fields.append((name, value))
            elif name is None:
                continue
            elif tag == "textarea":
                fields.append((name, f"Góp ý {self.dice.random()}"))
            elif kind == "radio":
                groups.setdefault(name, []).append(value)
            else:
                fields.append((name, unescape(value)))
        fields += [(unescape(name), self.dice.choice(values)) for name, values in groups.items()]
        self.seen.answers += len(groups)
        return unescape(dict(ATTRIBUTE.findall(attributes)).get("action", "")), fields

    async def request(
        self, method: str, path: str, form: bytes = b""
    ) -> tuple[int, dict[bytes, bytes], bytes]:
        lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{self.port}", "Accept: text/html"]
        if self.cookies:
            lines.append("Cookie: " + "; ".join(f"{n}={v}" for n, v in self.cookies.items()))
        if method == "POST":
            lines += [
                "Content-Type: application/x-www-form-urlencoded",
                f"Content-Length: {len(form)}",
                "Sec-Fetch-Site: same-origin",
            ]
        begun = time.perf_counter()
        self.writer.write("\r\n".join([*lines, "", ""]).encode() + form)
        head = await self.reader.readuntil(b"\r\n\r\n")
        status, headers = self.read_head(head)
        body = await self.reader.readexactly(int(headers[b"content-length"]))
        self.seen.requests.append(time.perf_counter() - begun)
        return status, headers, body

    def read_head(self, head: bytes) -> tuple[int, dict[bytes, bytes]]:
        first, *lines = head[:-4].split(b"\r\n")
        headers = {}
        for line in lines:
            name, _colon, value = line.partition(b": ")
            headers[name.lower()] = value
            if name.lower() == b"set-cookie":
                name, _sign, value = value.partition(b";")[0].partition(b"=")
                self.cookies[name.decode()] = value.decode()
        return int(first.split(b" ", 2)[1]), headers


async def drive(
    port: int, respondents: int, links: list[str], plain: bool = False
) -> dict[str, object]:
    """Cast a ballot for each link, `respondents` at once, without a pause to think."""
    seen, dice, rest = Seen(), random.Random(1), iter(links)

    async def respond() -> None:
        if plain:
            await Browser(port, seen, dice).look(rest)
        for link in rest:
            await Browser(port, seen, dice).vote(link)

    begun, cpu = time.perf_counter(), time.process_time()
    await asyncio.gather(*(respond() for _number in range(respondents)))
    return {
        "seconds": time.perf_counter() - begun,
        "cpu": time.process_time() - cpu,
        "receipts": seen.receipts,
        "requests": seen.requests,
        "answers": seen.answers,
    }


if __name__ == "__main__":
    port, respondents, *plain = sys.argv[1:]
    links = sys.stdin.read().split()
    result = uvloop.run(drive(int(port), int(respondents), links, bool(plain)))
    json.dump(result, sys.stdout)
