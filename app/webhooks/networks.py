"""Where a message may lead: to addresses of the Internet, never to this machine, this network, or
another that is not public.

A name is resolved here, every address it has is looked at, and just these are connected to: asked
again, a name server could give another answer. Asked when an address is set and at each message.
"""

import ipaddress
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass

from app.language import _
from app.webhooks.addresses import AddressRefused, Place

TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")  # an IPv4 address in the last four bytes
UNICAST = ipaddress.IPv6Network("2000::/3")  # all that is given out of IPv6
# Nobody's of the Internet, whatever a version of Python knows of them: of carriers, of protocols,
# of tunnels, of examples.
CLOSED = tuple(
    map(
        ipaddress.IPv4Network,
        ("100.64.0.0/10", "192.0.0.0/24", "192.88.99.0/24", "198.18.0.0/15"),
    )
)
CLOSED_6 = tuple(
    map(ipaddress.IPv6Network, ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"))
)


def is_public(address: str) -> bool:
    """Whether an IP address is one of the Internet; of one that carries an IPv4 address, whether
    that is."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv4Address):
        return _is_public_4(ip)
    if ip.scope_id is not None:
        return False
    if ip.ipv4_mapped is not None:
        return _is_public_4(ip.ipv4_mapped)
    if ip in TRANSLATED:
        return _is_public_4(ipaddress.IPv4Address(ip.packed[-4:]))
    closed = any(ip in network for network in CLOSED_6)
    return ip in UNICAST and ip.is_global and not closed


def _is_public_4(ip: ipaddress.IPv4Address) -> bool:
    closed = any(ip in network for network in CLOSED)
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or closed)


def resolve(host: str, port: int) -> list[str]:
    """The IP addresses of a name, in the order to be tried. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


@dataclass(frozen=True)
class Outside:
    """The way out. Tests have one that leads to a server of their own."""

    resolve: Callable[[str, int], list[str]] = resolve
    is_allowed: Callable[[str], bool] = is_public
    trusted: Callable[[], ssl.SSLContext] = ssl.create_default_context
    seconds: float = 10.0  # for a message in all, name servers apart

    def checked(self, place: Place) -> list[str]:
        """The IP addresses of a place. Raises AddressRefused where one of them is not allowed."""
        try:
            found = self.resolve(place.host, place.port)
        except (OSError, UnicodeError):
            found = []
        if not found:
            raise AddressRefused(
                _("Không tìm thấy máy {host}. Xem lại tên máy trong địa chỉ.").format(
                    host=place.host
                )
            )
        if not all(self.is_allowed(each) for each in found):
            raise AddressRefused(
                _(
                    "Máy {host} nằm trong mạng nội bộ. Chỉ báo được tới địa chỉ công khai trên"
                    " Internet; hệ thống ở mạng nội bộ thì tự hỏi bảng điểm mới theo giờ."
                ).format(host=place.host)
            )
        return found
