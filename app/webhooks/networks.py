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

IP = ipaddress.IPv4Address | ipaddress.IPv6Address
# IPv6 that carries an IPv4 address in its last four bytes: translated (NAT64), and compatible.
WITHIN = tuple(map(ipaddress.IPv6Network, ("64:ff9b::/96", "::/96")))
# Nobody's of the Internet, whatever a version of Python knows of them.
CLOSED = tuple(
    map(
        ipaddress.ip_network,
        ("100.64.0.0/10", "192.0.0.0/24", "192.88.99.0/24", "198.18.0.0/15", "64:ff9b:1::/48"),
    )
)
CLOSED_6 = tuple(map(ipaddress.IPv6Network, ("100::/64", "fec0::/10", "fc00::/7", "5f00::/16")))


def is_public(address: str) -> bool:
    """Whether an IP address is one of the Internet, with all that is packed into it."""
    try:
        found: IP = ipaddress.ip_address(address)
    except ValueError:
        return False
    return all(_is_public(each) for each in _with_packed(found))


def _is_public(ip: IP) -> bool:
    if isinstance(ip, ipaddress.IPv6Address) and ip.scope_id is not None:
        return False
    closed = any(ip in network for network in (*CLOSED, *CLOSED_6) if network.version == ip.version)
    return ip.is_global and not (
        closed
        or ip.is_multicast
        or ip.is_reserved
        or ip.is_private
        or ip.is_loopback
        or ip.is_link_local
        or ip.is_unspecified
    )


def _with_packed(ip: IP) -> list[IP]:
    """An address, or in its stead those that it stands for."""
    if isinstance(ip, ipaddress.IPv4Address):
        return [ip]
    if ip.ipv4_mapped is not None:
        return [ip.ipv4_mapped]
    if ip in WITHIN[0]:
        return [ipaddress.IPv4Address(ip.packed[-4:])]
    packed: list[IP] = [ip]
    if ip.sixtofour is not None:
        packed.append(ip.sixtofour)
    if ip.teredo is not None:
        packed.extend(ip.teredo)
    if ip in WITHIN[1]:
        packed.append(ipaddress.IPv4Address(ip.packed[-4:]))
    return packed


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
