"""Talking to a relay: never in clear off loopback, and never past the final dot by mistake."""

import asyncio
import datetime as dt
import ipaddress
import ssl
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from app.letters.relay import Connection, Timeouts, greeting
from app.letters.replies import Cut, RelayRefused, Reply
from app.settings import Relay
from tests.making.smtp import CUT, SmtpServer, smtp_server

SENDER, TO = "phieu@vi-du.vn", "minh@vi-du.vn"
LETTER = b"Subject: Phieu\r\n\r\n.a dot\r\n..\r\nend\r\n"
QUICK = Timeouts(connect=1, command=0.5, final=1)
# Reaches this machine, but by its number it is not loopback.
ELSEWHERE = "0.0.0.0"

T = TypeVar("T")


def run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(asyncio.wait_for(work, 20))


def make_connection(server: SmtpServer | int, host: str = "127.0.0.1", **how: Any) -> Connection:
    port = server if isinstance(server, int) else server.port
    relay = Relay(host, port, how.pop("user", None), how.pop("password", None), tls=False)
    return Connection(relay, "[127.0.0.1]", how.pop("timeouts", Timeouts()))


async def send(connection: Connection, to: str = TO) -> Reply | None:
    """Hand one letter over, dot and all; the reply that ended it."""
    refusal = await connection.offer(SENDER, to, LETTER)
    return await connection.finish() if refusal is None else refusal


async def send_and_close(connection: Connection, *to: str) -> list[Reply | None]:
    try:
        return [await send(connection, each) for each in to or (TO,)]
    finally:
        await connection.close()


def refused(connection: Connection) -> RelayRefused:
    with pytest.raises(RelayRefused) as caught:
        run(send_and_close(connection))
    assert "gửi lại" in str(caught.value) or "smtps://" in str(caught.value)
    return caught.value


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Key and certificate of a server at ELSEWHERE, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "relay.vi-du.vn")])
    now = dt.datetime.now(dt.UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(ELSEWHERE))]), False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "relay.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + signed.public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.fixture
def tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    return context


def test_a_letter_arrives_as_it_was_written_dots_and_all() -> None:
    with smtp_server() as server:
        assert run(send_and_close(make_connection(server))) == [Reply(250, "OK")]
    (kept,) = server.kept
    assert (kept.sender, kept.recipient, kept.content) == (SENDER, TO, LETTER)


def test_one_connection_carries_many_letters() -> None:
    with smtp_server() as server:
        run(send_and_close(make_connection(server), *[TO] * 5))
    assert (len(server.kept), server.connections) == (5, 1)


def test_until_the_dot_the_relay_has_taken_nothing() -> None:
    async def offer_and_abandon(connection: Connection) -> None:
        assert await connection.offer(SENDER, TO, LETTER) is None
        connection.abandon()
        await send(connection, "second@vi-du.vn")
        await connection.close()

    with smtp_server() as server:
        run(offer_and_abandon(make_connection(server)))
    assert [kept.recipient for kept in server.kept] == ["second@vi-du.vn"]


@pytest.mark.parametrize("step", ["rcpt", "data"])
@pytest.mark.parametrize("line", ["550 5.1.1 nobody", "451 later", "452 full"])
def test_a_refused_letter_leaves_the_connection_to_the_next(step: str, line: str) -> None:
    def script(at: str, to: str) -> str | None:
        return line if (at, to) == (step, "no@vi-du.vn") else None

    with smtp_server(script) as server:
        first, second = run(send_and_close(make_connection(server), "no@vi-du.vn", TO))
    assert first == Reply(int(line[:3]), line[4:])
    assert second == Reply(250, "OK")
    assert server.connections == 1


def test_a_421_closes_the_connection_and_the_next_letter_opens_another() -> None:
    def script(at: str, to: str) -> str | None:
        return "421 closing" if (at, to) == ("rcpt", "no@vi-du.vn") else None

    with smtp_server(script) as server:
        first, second = run(send_and_close(make_connection(server), "no@vi-du.vn", TO))
    assert first == Reply(421, "closing")
    assert second == Reply(250, "OK")
    assert server.connections == 2


def test_a_kept_connection_that_went_stale_is_opened_again_unnoticed() -> None:
    served: list[str] = []

    def script(at: str, _to: str) -> object:
        served.append(at)
        # The relay hangs up on the second letter of a connection.
        return CUT if at == "mail" and served.count("mail") == 2 else None

    with smtp_server(script) as server:
        assert run(send_and_close(make_connection(server), TO, TO)) == [Reply(250, "OK")] * 2
    assert (len(server.kept), server.connections) == (2, 2)


@pytest.mark.parametrize("step", ["rcpt", "data", "dot", "kept"])
def test_a_cut_in_a_letter_is_told_apart_from_silence(step: str) -> None:
    for action, stalled in ((CUT, False), (60, True)):

        def script(at: str, _to: str, action: object = action) -> object:
            return action if at == step else None

        with smtp_server(script) as server, pytest.raises(Cut) as caught:
            run(send_and_close(make_connection(server, timeouts=QUICK if stalled else Timeouts())))
        assert caught.value.stalled is stalled


def test_a_relay_that_takes_its_time_over_the_content_is_waited_for() -> None:
    def script(at: str, _to: str) -> object:
        return 0.8 if at == "dot" else None

    with smtp_server(script) as server:
        patient = Timeouts(command=0.5, final=30)
        assert run(send_and_close(make_connection(server, timeouts=patient))) == [Reply(250, "OK")]


@pytest.mark.parametrize(
    ("step", "line", "temporary", "words"),
    [
        ("connect", "554 no service", False, "từ chối kết nối: 554 no service"),
        ("connect", "421 too busy", True, "tạm ngừng nhận thư: 421 too busy"),
        ("mail", "550 not you", False, "không nhận người gửi phieu@vi-du.vn: 550 not you"),
        ("mail", "451 slow down", True, "tạm ngừng nhận thư: 451 slow down"),
        ("mail", "530 log in", False, "530 log in"),
        ("rcpt", "530 log in", False, "không cho đăng nhập: 530 log in"),
        ("data", "535 log in", False, "không cho đăng nhập: 535 log in"),
    ],
)
def test_a_relay_that_wants_nothing_of_us_is_refused_as_a_whole(
    step: str, line: str, temporary: bool, words: str
) -> None:
    with smtp_server(lambda at, _to: line if at == step else None) as server:
        found = refused(make_connection(server))
    assert words in str(found)
    assert found.temporary is temporary
    assert server.kept == []


def test_no_relay_there_says_where_it_was_looked_for() -> None:
    with smtp_server() as server:
        port = server.port
    found = refused(make_connection(port))
    assert f"127.0.0.1:{port}" in str(found)
    assert "PHIEU_SMTP_URL" in str(found)
    assert found.temporary


def test_a_relay_that_accepts_and_says_nothing_is_given_up() -> None:
    with smtp_server(lambda at, _to: 60 if at == "connect" else None) as server:
        assert "quá thời gian chờ" in str(refused(make_connection(server, timeouts=QUICK)))


def test_a_right_password_is_taken_and_a_wrong_one_names_the_setting() -> None:
    with smtp_server(password="đúng") as server:
        connection = make_connection(server, user="phieu", password="đúng")
        assert run(send_and_close(connection)) == [Reply(250, "OK")]
        found = refused(make_connection(server, user="phieu", password="sai"))
    assert "PHIEU_SMTP_URL" in str(found)
    assert not found.temporary
    assert "sai" not in str(found)


def test_off_loopback_nothing_is_said_without_tls() -> None:
    seen: list[str] = []

    def script(at: str, _to: str) -> None:
        seen.append(at)

    with smtp_server(script, password="bí mật") as server:
        found = refused(make_connection(server, ELSEWHERE, user="phieu", password="bí mật"))
    assert "STARTTLS" in str(found)
    assert seen == ["connect"]


def test_off_loopback_letters_go_through_starttls(
    tls: ssl.SSLContext, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with smtp_server(password="bí mật", tls=tls) as server:
        connection = make_connection(server, ELSEWHERE, user="phieu", password="bí mật")
        assert run(send_and_close(connection, TO, TO)) == [Reply(250, "OK")] * 2
    assert server.encrypted


def test_a_relay_nobody_vouches_for_gets_nothing(tls: ssl.SSLContext) -> None:
    seen: list[str] = []

    def script(at: str, _to: str) -> None:
        seen.append(at)

    with smtp_server(script, password="bí mật", tls=tls) as server:
        connection = make_connection(server, ELSEWHERE, user="phieu", password="bí mật")
        assert "chứng thư" in str(refused(connection))
    assert "auth" not in seen
    assert "mail" not in seen


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("phieu.laichau.gov.vn", "phieu.laichau.gov.vn"),
        ("127.0.0.1", "[127.0.0.1]"),
        ("::1", "[IPv6:::1]"),
        ("bücher.vn", "xn--bcher-kva.vn"),
    ],
)
def test_we_greet_by_the_name_of_our_pages(host: str, name: str) -> None:
    assert greeting(host) == name
