"""SIGTERM, as a supervisor sends it: what is under way is finished, nothing claimed is lost."""

import http.client
import os
import signal
import socket
import threading
from collections import Counter
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.making.blocks import make_index, make_wave
from tests.making.crowd import pick_for
from tests.making.posting import make_letters, rows, states
from tests.making.running import Server, house, until
from tests.making.smtp import smtp_server

PEOPLE = 12
BOTH = pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)


def tell_to_stop(server: Server) -> None:
    assert server.process is not None
    os.kill(server.process.pid, signal.SIGTERM)


def ended(server: Server) -> int:
    """How it ended: uvicorn ends as it was told to once all is done, as systemd expects."""
    assert server.process is not None
    return server.process.wait(30)


def listens(port: int) -> bool:
    with socket.socket() as visitor:
        visitor.settimeout(5)
        return visitor.connect_ex(("127.0.0.1", port)) == 0


@BOTH
def test_a_cast_that_is_coming_in_is_taken_and_answered(tmp_path: Path, database_url: str) -> None:
    with house(tmp_path, database_url) as home:
        wave = make_wave(home.db, home.keys, make_index("comments"), 3)
        name = home.names(wave)[0]
        with home.serving() as server:
            device = server.device()
            device.fill(home.link(name), pick_for(name), "Góp ý")
            body = urlencode(device.page.fields, doseq=True).encode()
            cookies = "; ".join(f"{each}={value}" for each, value in device.cookies.items())
            head = (
                f"POST {device.path} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n"
                f"Cookie: {cookies}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                f"Content-Length: {len(body)}\r\n\r\n"
            )
            with socket.create_connection(("127.0.0.1", server.port), 30) as raw:
                raw.sendall(head.encode() + body[:10])
                # Once another is answered, this one has been begun.
                server.device().open("/alive")
                tell_to_stop(server)
                until(lambda: not listens(server.port), "nobody new is let in")
                raw.sendall(body[10:])
                answer = http.client.HTTPResponse(raw, method="POST")
                answer.begin()
                assert (answer.status, answer.headers["location"]) == (303, "/phieu/bien-nhan")
                answer.read()
            # Whoever still had a connection kept open does not hold it up.
            assert ended(server) == -signal.SIGTERM
        assert home.cast(wave) == {name.number}


@BOTH
def test_the_letter_under_way_is_finished_and_no_other_begun(
    tmp_path: Path, database_url: str
) -> None:
    at_dot, go_on = threading.Event(), threading.Event()

    def script(step: str, _to: str) -> object:
        if step != "kept":
            return None
        # The first of them is in the relay's hands; its answer comes after the signal.
        at_dot.set()
        return 0.0 if go_on.is_set() else 1.5

    with (
        smtp_server(script) as relay,
        house(tmp_path, database_url, PHIEU_SMTP_URL=relay.url, PHIEU_MAIL_RATE="4") as home,
    ):
        make_letters(home.db, home.keys, PEOPLE)
        with home.serving() as server:
            assert at_dot.wait(30)
            tell_to_stop(server)
            assert ended(server) == -signal.SIGTERM
            handed_over = {kept.recipient for kept in relay.kept}
            assert 0 < len(handed_over) < PEOPLE
            assert states(home.db) == Counter(
                sent=len(handed_over), queued=PEOPLE - len(handed_over)
            )
            assert not [row for row in rows(home.db) if row.claimed_until is not None]
        go_on.set()
        home.environment["PHIEU_MAIL_RATE"] = "1000"
        with home.serving():
            until(lambda: states(home.db) == Counter(sent=PEOPLE), "the others go", 60)
        assert Counter(kept.recipient for kept in relay.kept) == Counter(
            {f"nguoi{number}@vi-du.vn": 1 for number in range(PEOPLE)}
        )
