"""Where the CPU of a ballot goes, request by request, inside one process: no sockets, no driver.

    python -m tests.load.microseconds [--postgresql] [--one-page] [--functions NUMBER] [--ballots N]

prints the microseconds of CPU of each kind of request, and in hellos of the same process; with
`--functions` then the dearest functions by cProfile, which counts what calls cost it double.
"""

import argparse
import asyncio
import cProfile
import io
import pstats
import random
import time
from collections import defaultdict
from statistics import mean
from urllib.parse import unquote

from starlette.types import ASGIApp, Message

from app import settings
from app.commands import serving
from app.main import create_app
from app.web.booth import lane
from tests.load import hello
from tests.load.driver import RECEIPT, Astray, Browser, Seen
from tests.load.premises import premises
from tests.load.shapes import FOUR_PAGES, ONE_PAGE
from tests.load.waves import open_wave

WARM_UP = 20


class Inside(Browser):
    """A respondent's browser that calls the app itself, and keeps what each request took."""

    def __init__(self, app: ASGIApp, seen: Seen, took: dict[str, list[float]]) -> None:
        super().__init__(8000, seen, random.Random(1))
        self.app, self.took = app, took

    async def vote(self, link: str) -> None:
        self.path, self.page = link, await self.get(link)
        while not RECEIPT.search(self.page):
            await self.submit()
        self.seen.receipts.append("")

    async def request(
        self, method: str, path: str, form: bytes = b""
    ) -> tuple[int, dict[bytes, bytes], bytes]:
        headers = [(b"host", b"127.0.0.1:8000"), (b"accept", b"text/html")]
        if self.cookies:
            cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
            headers.append((b"cookie", cookies.encode()))
        if method == "POST":
            headers += [
                (b"content-type", b"application/x-www-form-urlencoded"),
                (b"content-length", str(len(form)).encode()),
                (b"sec-fetch-site", b"same-origin"),
            ]
        address, _mark, query = path.partition("?")
        scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "server": ("127.0.0.1", 8000),
            "client": ("127.0.0.1", 50000),
            "scheme": "http",
            "method": method,
            "root_path": "",
            "path": unquote(address),
            "raw_path": address.encode(),
            "query_string": query.encode(),
            "headers": headers,
            "state": {},
        }
        sent: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": form, "more_body": False}

        async def send(message: Message) -> None:
            sent.append(message)

        begun = time.process_time()
        await self.app(scope, receive, send)
        took = time.process_time() - begun
        route = getattr(scope.get("route"), "path", "-")
        self.took[f"{method} {route}"].append(took)
        head = b"\r\n".join(
            [b"HTTP/1.1 %d " % sent[0]["status"]]
            + [b"%s: %s" % pair for pair in sent[0]["headers"]]
        )
        status, found = self.read_head(head + b"\r\n\r\n")
        return status, found, b"".join(message.get("body", b"") for message in sent[1:])


async def bare() -> float:
    """Seconds of CPU of one bare answer inside this process."""
    browser = Inside(hello.app, Seen(), defaultdict(list))
    for _time in range(3000):
        await browser.get("/")
    return mean(browser.took["GET /"][1000:])


async def walk(app: ASGIApp, links: list[str], took: dict[str, list[float]]) -> None:
    seen = Seen()
    for link in links:
        await Inside(app, seen, took).vote(link)
    if len(seen.receipts) != len(links):
        raise Astray("not every ballot was cast")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.load.microseconds")
    parser.add_argument("--postgresql", action="store_true")
    parser.add_argument("--one-page", action="store_true")
    parser.add_argument("--functions", type=int, default=0)
    parser.add_argument("--ballots", type=int, default=100)
    asked = parser.parse_args()
    took: dict[str, list[float]] = defaultdict(list)
    shape = ONE_PAGE if asked.one_page else FOUR_PAGES
    with premises(asked.postgresql) as place:
        links, _receipts = open_wave(place, shape, 2 * asked.ballots + WARM_UP)
        with place.opened() as (db, keys):
            app = create_app(settings.read(place.environment), db, keys)
            serving.set_aside()
            with asyncio.Runner() as runner:
                answer = runner.run(bare())
                runner.run(walk(app, links[:WARM_UP], defaultdict(list)))
                some, others = links[WARM_UP : -asked.ballots], links[-asked.ballots :]
                runner.run(walk(app, some, took))
                whole = sum(map(sum, took.values())) / len(some)
                print(f"{shape.name}: {whole * 1e3:.1f} ms, {whole / answer:.0f} hellos")
                print(f"{'hello':36}       {answer * 1e6:6.0f} µs")
                for kind, times in took.items():
                    number = len(times) / len(some)
                    print(f"{kind:36} × {number:.0f} {mean(times) * 1e6:8.0f} µs")
                if asked.functions:
                    _functions(runner, app, others, asked.functions)


def _functions(runner: asyncio.Runner, app: ASGIApp, links: list[str], number: int) -> None:
    """Everything on the loop's own thread, so that one profile has it all."""
    import fastapi.routing
    import starlette.concurrency as hop

    async def inline(function, /, *args, **kwargs):  # type: ignore[no-untyped-def]
        return function(*args, **kwargs)

    for module in (hop, fastapi.routing, lane):
        module.run_in_threadpool = inline
    profile = cProfile.Profile()
    profile.enable()
    runner.run(walk(app, links, defaultdict(list)))
    profile.disable()
    for order in ("tottime", "cumulative"):
        out = io.StringIO()
        pstats.Stats(profile, stream=out).sort_stats(order).print_stats(number)
        print(out.getvalue())


if __name__ == "__main__":
    main()
