"""A record fetched over the network: https, or http to this machine; no redirect, no more than a
record may be, and not for ever."""

import http.client
import socket
import ssl
import threading
from urllib.parse import urlsplit

from app.language import _

MOST = 4 * 1024 * 1024  # bytes
SECONDS = 30.0
LOOPBACK = ("127.0.0.1", "::1", "localhost")


class NotFetched(Exception):
    """There is no answer, or none that could be a record; the text says why."""


def json_address(address: str) -> str:
    """Where the JSON of a record is, from its own address or that of its page. Raises
    NotFetched."""
    try:
        parts = urlsplit(address.strip())
        port = parts.port
    except ValueError:
        raise NotFetched(_wrong(address)) from None
    plain = parts.scheme == "http" and parts.hostname in LOOPBACK
    path = parts.path.rstrip("/")
    named = parts.hostname and "/cong-khai/" in path and not path.endswith("/cong-khai/")
    if not (parts.scheme == "https" or plain) or not named or parts.username or port == 0:
        raise NotFetched(_wrong(address))
    if not path.endswith(".json"):
        path += ".json"
    return f"{parts.scheme}://{parts.netloc}{path}"


def _wrong(address: str) -> str:
    return _(
        "“{address}” không phải địa chỉ của sổ công khai. Viết như"
        " https://khao-sat.tinh.gov.vn/cong-khai/MÃ-ĐỢT."
    ).format(address=address[:200])


def fetch(address: str, seconds: float = SECONDS, most: int = MOST) -> bytes:
    """What the address of the JSON of a record answers. Raises NotFetched."""
    parts = urlsplit(address)
    host = parts.hostname or ""
    if parts.scheme == "https":
        secure = ssl.create_default_context()
        connection: http.client.HTTPConnection = http.client.HTTPSConnection(
            host, parts.port, timeout=seconds, context=secure
        )
    else:
        connection = http.client.HTTPConnection(host, parts.port, timeout=seconds)
    # A server may send a byte at a time, each in time: the whole has an end of its own.
    end = threading.Timer(seconds, _shut, [connection])
    end.daemon = True
    end.start()
    try:
        connection.request(
            "GET", parts.path, headers={"User-Agent": "phieu", "Accept": "application/json"}
        )
        response = connection.getresponse()
        data = response.read(most + 1)
        is_whole = not response.length
    except (OSError, http.client.HTTPException, ValueError) as error:
        why = str(error) or type(error).__name__
        words = _("Không lấy được sổ công khai từ {address}: {why}. Thử lại sau.")
        raise NotFetched(words.format(address=address, why=why[:200])) from error
    finally:
        end.cancel()
        connection.close()
    if response.status != 200:
        words = _("{address} trả lời {status}, không phải sổ công khai. Xem lại địa chỉ.")
        raise NotFetched(words.format(address=address, status=response.status))
    if len(data) > most:
        words = _("{address} trả lời dài quá {most} MiB, không phải sổ công khai.")
        raise NotFetched(words.format(address=address, most=most // 2**20))
    if not is_whole or not data:
        words = _("{address} ngắt giữa chừng. Thử lại sau.")
        raise NotFetched(words.format(address=address))
    return data


def _shut(connection: http.client.HTTPConnection) -> None:
    try:
        if connection.sock is not None:
            connection.sock.shutdown(socket.SHUT_RDWR)
    except OSError:
        return
