"""One message handed over: connected to an address that was looked at, TLS verified against the
name, no redirect followed, nothing of the answer read but its status."""

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Mapping

from app.language import _
from app.webhooks.addresses import AddressRefused, Place
from app.webhooks.networks import Outside

MOST_TRIED = 3  # addresses of one name


class NotTaken(Exception):
    """Nobody took the message; the text says why, in words for the console."""


def post(place: Place, body: bytes, headers: Mapping[str, str], outside: Outside) -> int:
    """The status of the answer. Raises NotTaken where there is none."""
    until = time.monotonic() + outside.seconds
    try:
        found = outside.checked(place)
    except AddressRefused as refused:
        raise NotTaken(str(refused)) from refused
    raw = _connected(place, found, until, outside)
    # A server may answer a byte at a time, each in time: the whole has an end of its own.
    end = threading.Timer(max(0.0, until - time.monotonic()), _shut, [raw])
    end.daemon = True
    end.start()
    try:
        return _answer(place, raw, body, headers, outside)
    except ssl.SSLCertVerificationError as error:
        raise NotTaken(_("Chứng thư của máy ấy không hợp lệ hoặc không đúng tên.")) from error
    except ssl.SSLError as error:
        raise NotTaken(_("Không lập được kết nối https với máy ấy.")) from error
    except (OSError, http.client.HTTPException) as error:
        raise NotTaken(_("Máy ấy không trả lời, hoặc ngắt giữa chừng.")) from error
    finally:
        end.cancel()
        raw.close()


def _connected(place: Place, found: list[str], until: float, outside: Outside) -> socket.socket:
    for address in found[:MOST_TRIED]:
        left = until - time.monotonic()
        if left <= 0:
            break
        try:
            raw = socket.create_connection((address, place.port), timeout=left)
        except OSError:
            continue
        if outside.is_allowed(str(raw.getpeername()[0])):
            return raw
        raw.close()
    raise NotTaken(_("Không kết nối được tới máy ấy."))


def _answer(
    place: Place, raw: socket.socket, body: bytes, headers: Mapping[str, str], outside: Outside
) -> int:
    # A copy of the descriptor goes to TLS, so that ours can end it from another thread.
    with outside.trusted().wrap_socket(raw.dup(), server_hostname=place.host) as secure:
        secure.settimeout(outside.seconds)
        connection = http.client.HTTPConnection(place.host, place.port)
        connection.auto_open = 0
        connection.sock = secure
        sent = {"Host": place.named, "Content-Type": "application/json", "User-Agent": "phieu"}
        connection.request("POST", place.target, body, {**sent, **headers, "Connection": "close"})
        return connection.getresponse().status


def _shut(raw: socket.socket) -> None:
    try:
        raw.shutdown(socket.SHUT_RDWR)
    except OSError:
        return
