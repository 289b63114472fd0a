"""What an address that is told of new sheets has to look like.

Pure. Written plainly or refused: programs differ over what `https://a@b\\c` or `https://0x7f.1`
means, and where two of them differ one can be led astray.
"""

import ipaddress
import re
from dataclasses import dataclass

from app.language import _

LONGEST = 500
SHAPE = re.compile(
    r"https://(?P<host>[a-z0-9.-]+|\[[0-9a-f:.]+\])(?::(?P<port>[0-9]{1,5}))?"
    r"(?P<target>(?:/[!$%&'()*+,./0-9:;=@A-Z_a-z~-]*)?(?:\?[!$%&'()*+,./0-9:;=?@A-Z_a-z~-]*)?)"
)
LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?")
NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")


class AddressRefused(Exception):
    """No message goes there; the text says why and what to do."""


@dataclass(frozen=True)
class Place:
    """An address taken apart."""

    host: str  # a name, or an IP address without brackets
    port: int
    target: str  # path and query

    @property
    def named(self) -> str:
        """As the header Host has it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == 443 else f"{host}:{self.port}"

    def __str__(self) -> str:
        return f"https://{self.named}{self.target}"


def read(address: str) -> Place:
    """An address as somebody typed it. Raises AddressRefused."""
    typed = address.strip()
    if len(typed) > LONGEST:
        raise AddressRefused(_("Địa chỉ dài quá 500 ký tự. Dùng địa chỉ ngắn hơn."))
    scheme, _sign, rest = typed.partition("://")
    if scheme.lower() != "https":
        raise AddressRefused(_("Địa chỉ phải bắt đầu bằng https://. Nhập lại cả địa chỉ."))
    host = re.split(r"[/?]", rest, maxsplit=1)[0]
    found = SHAPE.fullmatch(f"https://{host.lower()}{rest[len(host) :]}")
    if found is None:
        raise AddressRefused(
            _(
                "Không đọc được địa chỉ này. Viết dạng https://may.vi-du.vn/duong-dan, không dấu,"
                " không có tên người dùng, mật khẩu hay dấu #."
            )
        )
    port = int(found["port"] or 443)
    if not 0 < port < 65_536:
        raise AddressRefused(_("Số cổng trong địa chỉ phải từ 1 đến 65535."))
    target = found["target"]
    return Place(_host(found["host"]), port, target if target.startswith("/") else f"/{target}")


def _host(written: str) -> str:
    if written.startswith("["):
        try:
            return str(ipaddress.IPv6Address(written[1:-1]))
        except ValueError:
            raise _unknown_host() from None
    labels = written.split(".")
    if NUMBER.fullmatch(labels[-1]):
        # Whatever ends in a number is an IP address to a browser: 127.1, 0x7f.1, 2130706433.
        try:
            return str(ipaddress.IPv4Address(written))
        except ValueError:
            raise AddressRefused(
                _("Viết địa chỉ IP đủ bốn số thập phân, hoặc dùng tên máy.")
            ) from None
    if len(labels) < 2 or len(written) > 253:
        raise _unknown_host()
    if not all(LABEL.fullmatch(label) and len(label) < 64 for label in labels):
        raise _unknown_host()
    return written


def _unknown_host() -> AddressRefused:
    return AddressRefused(_("Tên máy trong địa chỉ không đủ hoặc không đúng. Ví dụ: may.vi-du.vn."))
