"""A program that is told of sheets: a server on https, with a certificate of its own authority."""

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from app.webhooks.networks import Outside

HOST = "nhan-tin.vi-du.vn"


@dataclass
class Receiver:
    """What came, and what is answered: a status, or a way of one's own."""

    port: int = 0
    answer: int | Callable[[BaseHTTPRequestHandler], None] = 204
    came: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    trusted: ssl.SSLContext = field(default_factory=lambda: ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))

    @property
    def address(self) -> str:
        return f"https://{HOST}:{self.port}/nhan?tu=phieu"

    def outside(self, seconds: float = 5.0) -> Outside:
        """A way out on which every name is this server, and this machine is allowed."""
        return Outside(
            resolve=lambda _host, _port: ["127.0.0.1"],
            is_allowed=lambda address: address == "127.0.0.1",
            trusted=lambda: self.trusted,
            seconds=seconds,
        )


def certificate(folder: Path, host: str = HOST) -> tuple[Path, Path]:
    """A certificate that vouches for itself, and its key."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    files = folder / "chung-thu.pem", folder / "khoa.pem"
    files[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return files


@contextmanager
def receiving(folder: Path, host: str = HOST) -> Iterator[Receiver]:
    """The server while it runs."""
    receiver, (file, key) = Receiver(), certificate(folder, host)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            sent = {name.lower(): value for name, value in self.headers.items()}
            receiver.came.append((self.path, sent, body))
            if not isinstance(receiver.answer, int):
                receiver.answer(self)
                return
            self.send_response(receiver.answer)
            if 300 <= receiver.answer < 400:
                self.send_header("Location", f"https://{HOST}:{receiver.port}/khac")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            pass  # who does not trust the certificate hangs up

    server = Server(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file, key)
    server.socket = context.wrap_socket(
        server.socket, server_side=True, do_handshake_on_connect=False
    )
    receiver.port = server.server_address[1]
    receiver.trusted = ssl.create_default_context(cafile=str(file))
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
