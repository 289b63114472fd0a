"""What a hostile request costs the others: every door is sent 64 KB and 1 MiB of each text, one
after the other, while another visitor opens the front page again and again.

    python -m tests.load.hostile [--doors WORD] [--size 64|1024]
"""

import argparse
import contextlib
import http.client
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import httpx

from app import settings
from app.index import file as indexfile
from tests.load import console
from tests.load.premises import Premises, premises
from tests.load.table import Row, markdown
from tests.making.blocks import LAI_CHAU, make_index, make_wave, names
from tests.making.consoles import cookie_of
from tests.making.hostile import KB64, MIB, PIECES, files_of, form_of, text_of
from tests.making.html import FormOf, Visitor, controls

PLAIN = {"content-type": "application/x-www-form-urlencoded"}
EVERY = 0.02  # seconds between two looks of the other visitor
LONGEST = 60  # seconds that an answer is waited for


@dataclass
class Door:
    """One request that a text can be put into."""

    words: str
    method: str
    path: str
    fields: dict[str, str] = field(default_factory=dict)
    into: str = ""  # the field; a file's has `is_file`
    is_file: bool = False
    cookie: str = ""


class Neighbour:
    """Another visitor: how long the front page took each time."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.slowest = 0.0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def _look(self) -> None:
        while not self._stop.wait(EVERY):
            begun = time.perf_counter()
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=LONGEST)
            with (
                contextlib.suppress(OSError, http.client.HTTPException),
                contextlib.closing(connection),
            ):
                connection.request("GET", "/")
                connection.getresponse().read()
            self.slowest = max(self.slowest, time.perf_counter() - begun)

    def __enter__(self) -> "Neighbour":
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._stop.set()
        self._thread.join(LONGEST)

    def taken(self) -> float:
        slowest, self.slowest = self.slowest, 0.0
        return slowest


def fill(place: Premises) -> tuple[str, str]:
    """Waves in every state and an index; gives the console's cookie and a link to a ballot."""
    with place.opened() as (db, keys):
        configured = settings.read(place.environment)
        console.fill(db, keys, configured, indexfile.parse(LAI_CHAU.read_bytes()), 60)
        wave = make_wave(db, keys, make_index("comments"), 24, base_url=place.base_url)
        with db.reading() as session:
            link = f"/p/{keys.tokens.link(names(session, wave)[-1])}"
        name, value = cookie_of(db, keys, configured, "officer", "council", "admin")
        return f"{name}={value}", link


def doors(place: Premises, cookie: str, link: str) -> Iterator[Door]:
    """Every form of every page, every kind of address and every cookie."""
    for path, name in (("/ma", "ma"), ("/gui-lai", "thu"), ("/tra-cuu", "bien-nhan")):
        yield Door(f"form {path}", "POST", path, into=name)
    for name in ("email", "mat-khau", "ma", "tiep"):
        yield Door(f"form sign-in {name}", "POST", "/quan-tri/dang-nhap", into=name)
    yield Door("form forgotten", "POST", "/quan-tri/quen-mat-khau", into="email")
    for path in ("/p/", "/khong-nhac/", "/static/", "/phieu/", "/quan-tri/moi/"):
        yield Door(f"address {path}", "PATH", path)
    for path in ("/?v=", "/quan-tri/dang-nhap?tiep="):
        yield Door(f"address {path}", "PATH", path)
    for path in ("/phieu", "/quan-tri"):
        for name in ("phieu", "phieu-quan-tri", "phieu-loi-nhan"):
            yield Door(f"cookie {name} to {path}", "COOKIE", path, into=name)
    with httpx.Client(base_url=place.base_url, timeout=LONGEST) as client:
        yield from of_ballot(Visitor(client), link)
    with httpx.Client(
        base_url=place.base_url, timeout=LONGEST, headers={"cookie": cookie}
    ) as client:
        yield from of_console(Visitor(client), cookie)


def of_ballot(visitor: Visitor, link: str) -> Iterator[Door]:
    """The fields of a question's page and of the comments."""
    visitor.open(link).submit()
    for _page in range(60):
        form = visitor.form
        held = "; ".join(f"{each.name}={each.value}" for each in visitor.client.cookies.jar)
        first = {name: values[0] for name, values in form.values.items()}
        for name in list(dict.fromkeys([*form.values, *form.texts]))[:4]:
            yield Door(
                f"ballot {visitor.path} {name}", "POST", visitor.path, first, name, False, held
            )
        if form.texts:
            return
        visitor.submit({name: values[0] for name, values in form.radios.items()} | form.boxes)


def of_console(visitor: Visitor, cookie: str) -> Iterator[Door]:
    seen: set[str] = set()
    for name, path in console.pages().items():
        visitor.open(path)
        if visitor.status != 200 or visitor.tree.find(".//main") is None:
            continue
        yield Door(f"address of {name}", "PATH", f"{path.partition('?')[0]}?tim=", cookie=cookie)
        for form in visitor.forms:
            action = visitor._local(form.action)
            if form.element.get("method") == "post" and action not in seen:
                seen.add(action)
                yield from doors_of(form, action, cookie)


def doors_of(form: FormOf, action: str, cookie: str) -> Iterator[Door]:
    ticked = {name: values[0] for name, values in form.boxes.items()}
    first = {name: values[0] for name, values in form.values.items()} | ticked
    written = ("input", "text", "textarea", "search", "email", "tel", "password", "file")
    for control in controls(form.element):
        name, kind = control.get("name", ""), control.get("type", control.tag)
        if name and kind in written:
            words = f"{'file' if kind == 'file' else 'form'} {action} {name}"
            is_file = kind == "file"
            yield Door(words, "POST", action, first, name, is_file, cookie)


def send(place: Premises, door: Door, text: str) -> None:
    """Send a text through a door, in each of the ways there are; the answer does not matter."""
    cookie = {"Cookie": door.cookie} if door.cookie else {}
    match door.method:
        case "PATH":
            raw = text.encode()
            path = "".join(f"%{byte:02X}" for byte in raw[: len(raw) // 3])
            ask(place, "GET", door.path + path, b"", cookie)
        case "COOKIE":
            for value in (text, f'"{text}"'):
                sent = f"{door.into}={value}".encode().replace(b"\r\n", b"").replace(b"\n", b"")
                ask(place, "GET", door.path, b"", {"Cookie": sent.decode("latin-1")})
        case _ if door.is_file:
            for name, data in files_of(text):
                request = httpx.Request(
                    "POST",
                    place.base_url,
                    data={n: v for n, v in door.fields.items() if n != door.into},
                    files={door.into: (name, data)},
                )
                kind = {"Content-Type": request.headers["content-type"]}
                ask(place, "POST", door.path, request.read(), cookie | kind)
        case _:
            body = form_of({**door.fields, door.into: text})
            ask(place, "POST", door.path, body, cookie | PLAIN)


def ask(place: Premises, method: str, path: str, body: bytes, headers: dict[str, str]) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", place.port, timeout=LONGEST)
    with contextlib.suppress(OSError, http.client.HTTPException), contextlib.closing(connection):
        connection.request(method, path.partition("#")[0], body or None, headers)
        connection.getresponse().read()


def rows(place: Premises, word: str = "", sizes: tuple[int, ...] = (KB64, MIB)) -> Iterator[Row]:
    """For each size the slowest page of the other visitor, and the dearest request."""
    cookie, link = fill(place)
    with place.serving() as server:
        found = [door for door in doors(place, cookie, link) if word in door.words]
        for size in sizes:
            waits, costs = {}, {}
            with Neighbour(place.port) as neighbour:
                for door in found:
                    for kind in PIECES:
                        text = text_of(kind, size)
                        time.sleep(EVERY)
                        neighbour.taken()
                        before = server.cpu()
                        send(place, door, text)
                        time.sleep(EVERY)
                        words = f"{door.words}, {kind}"
                        waits[words], costs[words] = neighbour.taken(), server.cpu() - before
            kib = f"{round(size / 1024)} KiB to {len(found)} doors × {len(PIECES)} texts"
            yield row(f"slowest other page meanwhile, {kib}", waits, must=1000, goal=200)
            yield row(f"dearest of them in CPU, {kib}", costs)


def row(words: str, seconds: dict[str, float], must: float | None = None, goal: float = 0) -> Row:
    worst = sorted(seconds, key=lambda each: -seconds[each])[:8]
    note = "; ".join(f"{each} {1000 * seconds[each]:.0f}" for each in worst)
    return Row(words, 1000 * seconds[worst[0]], "ms", must, goal if must else None, note=note)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.load.hostile", description=__doc__)
    parser.add_argument("--doors", default="", help="only doors with this in their name")
    parser.add_argument("--size", type=int, choices=(64, 1024), help="KiB; both when not given")
    wanted = parser.parse_args()
    sizes = {64: (KB64,), 1024: (MIB,)}.get(wanted.size, (KB64, MIB))
    with premises() as place:
        print(markdown(rows(place, wanted.doors, sizes)))


if __name__ == "__main__":
    main()
