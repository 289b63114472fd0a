"""Requests half sent are cut, over real connections: head and body have an end, and a size."""

import pickle
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from starlette.datastructures import Headers

from app.commands import serving
from app.keys.keyfile import KeyFile
from app.main import create_app
from app.settings import Settings, SettingsRefused
from app.store.db import Database
from app.web.bounds import LONGEST_ADDRESS, LONGEST_HEAD, Bounds
from app.web.console.desk.cookies import cookie_name
from app.web.listening import Listening, open_wide
from tests.making.booths import served
from tests.making.consoles import make_staff, new_session
from tests.making.running import house

PATIENCE = 20  # seconds of a test; nothing is measured
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


class Hasty(Listening):
    head_seconds, unread_seconds = 0.4, 0.4


@pytest.fixture
def port(db: Database, keys: KeyFile, configured: Settings) -> Iterator[int]:
    """A server that waits for less than half a second."""
    app = create_app(configured, db, keys)
    (limits,) = [each for each in app.user_middleware if each.cls is Bounds]
    limits.kwargs |= {"grace": 0.4, "rate": 100_000}
    with served(app, Hasty) as url:
        yield int(url.rpartition(":")[2])


@contextmanager
def connection(port: int) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", port), PATIENCE) as made:
        yield made


def rest(made: socket.socket) -> bytes:
    """What comes until the other side closes."""
    found = b""
    with suppress(ConnectionResetError):
        while data := made.recv(65_536):
            found += data
    return found


def get(path: str, *more: str) -> bytes:
    return "\r\n".join([f"GET {path} HTTP/1.1", "Host: 127.0.0.1", *more, "", ""]).encode()


PLAIN = "application/x-www-form-urlencoded"


def post(path: str, length: int, body: bytes, *more: str, kind: str = PLAIN) -> bytes:
    about = [f"Content-Type: {kind}", f"Content-Length: {length}"]
    lines = [f"POST {path} HTTP/1.1", "Host: 127.0.0.1", *about, *more]
    return "\r\n".join([*lines, "", ""]).encode() + body


@SQLITE
def test_half_a_head_is_answered_with_408_and_closed(port: int) -> None:
    with connection(port) as made:
        made.sendall(b"GET / HTTP/1.1\r\nHost: a\r\nX-A: ")
        assert rest(made).startswith(b"HTTP/1.1 408 ")


@SQLITE
def test_a_connection_on_which_nothing_comes_is_closed_without_a_word(port: int) -> None:
    with connection(port) as made:
        assert rest(made) == b""


@SQLITE
def test_a_sign_now_and_then_gains_no_time(port: int) -> None:
    for begin in (b"GET / HTTP/1.1\r\n", get("/alive") + b"GET / HTTP/1.1\r\n", get("/alive")):
        with connection(port) as made, suppress(ConnectionError):
            made.sendall(begin)
            end = time.monotonic() + PATIENCE
            while time.monotonic() < end:
                # Line ends between two requests are no request, and no reason to wait.
                made.sendall(b"\r\n" if begin.endswith(b"\r\n\r\n") else b"a")
                time.sleep(0.05)
            pytest.fail("it would go on for ever")


@SQLITE
def test_a_body_half_sent_is_a_page_and_the_end_of_the_connection(port: int) -> None:
    for path in ("/ma", "/quan-tri/dang-nhap"):
        with connection(port) as made:
            made.sendall(post(path, 100, b"ma=A"))
            head, _blank, page = rest(made).partition(b"\r\n\r\n")
        assert b"connection: close" in head.lower()
        if path != "/ma":
            page = shown_by(port, head)
        else:
            assert head.startswith(b"HTTP/1.1 408 ")
        assert "Đường truyền quá chậm" in page.decode()


def shown_by(port: int, head: bytes, *more: str) -> bytes:
    """The page that the answer to a form of the console leads to."""
    assert head.startswith(b"HTTP/1.1 303 ")
    told = [line.partition(": ") for line in head.decode("latin-1").split("\r\n")[1:]]
    (path,) = [value for name, _colon, value in told if name == "location"]
    brought = [value.partition(";")[0] for name, _colon, value in told if name == "set-cookie"]
    lines = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1", "Connection: close"]
    lines += [f"Cookie: {'; '.join([*more, *brought])}"]
    with connection(port) as made:
        made.sendall("\r\n".join([*lines, "", ""]).encode())
        return rest(made)


@SQLITE
def test_a_body_that_trickles_is_cut_and_one_that_flows_is_read(port: int) -> None:
    with connection(port) as made, suppress(ConnectionError):
        made.sendall(post("/ma", 10_000, b"ma="))
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            made.sendall(b"A")
            time.sleep(0.05)
        pytest.fail("it would go on for ever")
    # Each step takes as long as a whole body without any would be given.
    with connection(port) as made:
        made.sendall(post("/ma", 3 + 4 * 60_000, b"ma=", "Connection: close"))
        for _step in range(4):
            time.sleep(0.25)
            made.sendall(b"A" * 60_000)
        assert rest(made).startswith(b"HTTP/1.1 422 ")


@SQLITE
def test_a_body_that_nobody_reads_is_not_waited_for(port: int) -> None:
    with connection(port) as made:
        made.sendall(post("/ma", 10**9, b"ma=A"))
        assert made.recv(65_536).startswith(b"HTTP/1.1 413 ")
        with suppress(ConnectionError):
            end = time.monotonic() + PATIENCE
            while time.monotonic() < end:
                made.sendall(b"A" * 1000)
                time.sleep(0.05)
            pytest.fail("it would go on for ever")


@SQLITE
def test_an_upload_half_sent_is_cut_too(
    port: int, db: Database, keys: KeyFile, configured: Settings
) -> None:
    staff_id, _secret = make_staff(db, keys, "officer")
    cookie = f"Cookie: {cookie_name(configured)}={new_session(db, staff_id)}"
    kind = "multipart/form-data; boundary=x"
    begun = b'--x\r\nContent-Disposition: form-data; name="tep"; filename="a.csv"\r\n\r\nabc'
    with connection(port) as made:
        made.sendall(post("/quan-tri/bo-chi-so", 10_000, begun, cookie, kind=kind))
        head, _blank, _rest = rest(made).partition(b"\r\n\r\n")
    assert b"connection: close" in head.lower()
    assert "Đường truyền quá chậm" in shown_by(port, head).decode()


@SQLITE
def test_some_hundred_half_requests_keep_nobody_out(port: int) -> None:
    with ExitStack() as stack:
        idle = [stack.enter_context(connection(port)) for _each in range(300)]
        for place, made in enumerate(idle):
            made.sendall((b"", b"GET / HTTP/1.1\r\nX: ", post("/ma", 100, b"ma="))[place % 3])
        with connection(port) as visitor:
            visitor.sendall(get("/alive", "Connection: close"))
            assert rest(visitor).endswith(b"ok\n")
        for made in idle:
            rest(made)


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (get("/" + "a" * LONGEST_ADDRESS), b"414"),
        (get("/?" + "a" * LONGEST_ADDRESS), b"414"),
        (get("/quan-tri?tim=" + "%cc%81%cc%a3" * 2_000), b"414"),
        (get("/", "Cookie: phieu=" + "a" * LONGEST_HEAD), b"431"),
        (get("/phieu", 'Cookie: phieu="' + '\\"' * LONGEST_HEAD + '"'), b"431"),
        (get("/", *[f"A{number}: b" for number in range(4_000)]), b"431"),
        (get("/api/waves", "Authorization: Bearer " + "a" * LONGEST_HEAD), b"431"),
        (b"GET / HTTP/1.1\r\nX: " + b"a" * 1_000_000, b"431"),
        (b"GET /" + b"a" * 1_000_000, b"431"),
        (b"\r\n" * 500_000, b""),
    ],
    ids=range(10),
)
@SQLITE
def test_an_address_and_headers_have_a_size(port: int, sent: bytes, status: bytes) -> None:
    with connection(port) as made:
        with suppress(OSError):  # closed while this still speaks
            made.sendall(sent)
            made.shutdown(socket.SHUT_WR)
        assert rest(made)[9:12] in (status, b"")
    with connection(port) as visitor:
        visitor.sendall(get("/alive", "Connection: close"))
        assert rest(visitor).endswith(b"ok\n")


@SQLITE
def test_requests_one_after_the_other_are_served_as_ever(port: int) -> None:
    with connection(port) as made:
        for _each in range(4):
            time.sleep(0.15)
            made.sendall(get("/alive"))
            assert made.recv(65_536).endswith(b"ok\n")
        made.sendall(get("/alive") + get("/alive", "Connection: close"))
        assert rest(made).count(b"ok\n") == 2


def test_what_follows_a_body_adds_no_header() -> None:
    """A proxy that looked at the headers has not seen the trailers."""
    seen: list[Headers] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            return
        while (await receive()).get("more_body"):
            pass
        seen.append(Headers(raw=scope["headers"]))
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})

    sent = (
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
        b"1\r\na\r\n0\r\nX-Forwarded-For: 1.2.3.4\r\n\r\n"
    )
    with (
        served(app, Hasty) as url,  # type: ignore[arg-type]
        connection(int(url.rpartition(":")[2])) as made,
    ):
        made.sendall(sent)
        rest(made)
    assert "x-forwarded-for" not in seen[0]


@SQLITE
def test_every_worker_listens_so(
    tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What uvicorn is given goes to its workers as a pickle."""
    given: dict[str, Any] = {}
    monkeypatch.setenv("PHIEU_DATA", str(tmp_path))
    monkeypatch.setenv("PHIEU_DATABASE_URL", database_url)
    monkeypatch.setattr(uvicorn, "run", lambda _app, **how: given.update(how))
    serving.run("127.0.0.1", 8000, 4)
    passed = pickle.loads(pickle.dumps(given))
    assert passed["http"] is Listening
    assert passed["workers"] == 4


@SQLITE
def test_the_program_itself_listens_so(tmp_path: Path, database_url: str) -> None:
    with house(tmp_path, database_url) as home, home.serving() as server:
        with connection(server.port) as made:
            with suppress(ConnectionError):
                made.sendall(b"GET / HTTP/1.1\r\nX: " + b"a" * 1_000_000)
            assert rest(made)[9:12] in (b"431", b"")
        assert server.device().open("/alive").status == 200


def test_a_server_opens_as_wide_as_it_may() -> None:
    import resource

    soft, hard = before = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(soft, 512), hard))
        open_wide()
        assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] >= min(hard, 65_536)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


@pytest.mark.parametrize(
    "trusted", ["*", "10.0.0.1, *", "0.0.0.0/0", "10.0.0.1, ::/0", "8.8.8.8/0"]
)
@SQLITE
def test_a_star_for_the_proxy_is_refused_on_https(configured: Settings, trusted: str) -> None:
    secure = replace(configured, base_url="https://phieu.vi-du.vn")
    with pytest.raises(SettingsRefused, match="FORWARDED_ALLOW_IPS"):
        serving.must_know_its_proxy({"FORWARDED_ALLOW_IPS": trusted}, secure)
    serving.must_know_its_proxy({"FORWARDED_ALLOW_IPS": trusted}, configured)
    serving.must_know_its_proxy({"FORWARDED_ALLOW_IPS": "10.0.0.0/24,::1"}, secure)
    serving.must_know_its_proxy({}, secure)
