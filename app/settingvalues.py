"""One setting at a time: a text of the environment taken apart, or refused in words.

Pure. A refusal names the setting and says what to write instead; it never quotes a value that may
hold a password.
"""

import ipaddress
import re
from dataclasses import dataclass
from email.utils import getaddresses
from urllib.parse import SplitResult, unquote, urlsplit

from app.language import _, number
from app.text.cleaning import LONGEST_ADDRESS, LONGEST_LOCAL

LONGEST_VALUE = 1000
LONGEST_URL = 200  # of our pages: links in letters are to stay whole on one line
LONGEST_HOST = 253
HOST = re.compile(r"(?!.*\.\.)[a-z0-9_]([a-z0-9_.-]*[a-z0-9])?", re.ASCII)
LOCAL_PART = re.compile(r"[\w!#$%&'*+/=?^`{|}~-]+(\.[\w!#$%&'*+/=?^`{|}~-]+)*", re.ASCII)
# Contacts outlive the letters by a month, since who was not reached is known by them (90 days); and
# notices of indexes promise no more than a year and a half.
SHORTEST_MONTHS, LONGEST_MONTHS = 4, 18
RATE = re.compile(r"\d{1,5}([.,]\d{1,3})?", re.ASCII)
SLOWEST, FASTEST = 0.01, 10_000
SHORTEST_TOKEN = 24  # of /metrics
LOG_FORMATS = ("text", "json")


class SettingsRefused(Exception):
    """Settings are wrong or unsafe; the text names each and says what to do."""


@dataclass(frozen=True)
class Server:
    """An address of a server, taken apart; secrets as they are, not quoted."""

    scheme: str
    host: str
    port: int | None
    user: str | None
    password: str | None
    path: str


@dataclass(frozen=True)
class ReturnPath:
    """An address with a place for the mark of one letter: what stands before it and behind it."""

    before: str
    behind: str

    @property
    def plain(self) -> str:
        """The address without a mark, to be shown."""
        return f"{self.before.rstrip('+')}{self.behind}".lstrip("@")

    def filled(self, mark: str) -> str:
        return f"{self.before}{mark}{self.behind}"


def bare(name: str, value: str) -> str:
    """A value without the blanks and the quotes that some readers of env files leave around it."""
    value = value.strip(" \t\r\n")
    for quote in "\"'":
        if len(value) > 1 and value[0] == value[-1] == quote and quote not in value[1:-1]:
            value = value[1:-1].strip(" \t\r\n")
    if len(value) > LONGEST_VALUE:
        raise SettingsRefused(
            _("{name} dài quá {most} ký tự. Xem lại giá trị.").format(
                name=name, most=number(LONGEST_VALUE)
            )
        )
    if not value.isprintable():
        raise SettingsRefused(
            _("{name} có ký tự không nhìn thấy hoặc xuống dòng. Gõ lại giá trị bằng tay.").format(
                name=name
            )
        )
    return value


def relay(name: str, url: str) -> Server:
    """The relay of PHIEU_SMTP_URL."""
    form = _("{name} phải có dạng smtp://người-dùng:mật-khẩu@máy:cổng hoặc smtps://…").format(
        name=name
    )
    signs = _(
        " Ký tự đặc biệt trong tên và mật khẩu viết dạng %XX: @ là %40, : là %3A, / là %2F, ? là"
        " %3F, # là %23, [ là %5B, ] là %5D, % là %25, dấu cách là %20."
    )
    parts = _split(url, form + signs)
    if parts.scheme not in ("smtp", "smtps"):
        raise SettingsRefused(form)
    if parts.path not in ("", "/") or "?" in url or "#" in url or " " in url:
        raise SettingsRefused(form + signs)
    server = _server(name, parts, form + signs)
    if server.password and not server.user:
        raise SettingsRefused(_("{name} có mật khẩu mà không có tên người dùng.").format(name=name))
    if server.user and not server.password:
        raise SettingsRefused(_("{name} có tên người dùng mà không có mật khẩu.").format(name=name))
    return server


def base_url(name: str, url: str) -> str:
    """What links begin with, in one writing: no slash at the end, scheme and host in small."""
    form = _("{name} phải có dạng https://phieu.tinh.gov.vn.").format(name=name)
    if len(url) > LONGEST_URL:
        raise SettingsRefused(
            _("{name} dài quá {most} ký tự. Dùng địa chỉ ngắn hơn.").format(
                name=name, most=LONGEST_URL
            )
        )
    parts = _split(url, form)
    if "@" in parts.netloc:
        raise SettingsRefused(
            form + _(" Bỏ tên người dùng và mật khẩu: mọi thư đều mang địa chỉ này.")
        )
    if parts.scheme not in ("http", "https") or "?" in url or "#" in url:
        raise SettingsRefused(form)
    server = _server(name, parts, form)
    path = server.path.rstrip("/")
    if path and not re.fullmatch(r"(/(?!\.{1,2}(/|$))[A-Za-z0-9._~-]+)+", path):
        raise SettingsRefused(
            _("{name}: sau tên máy chỉ viết chữ không dấu, số, dấu gạch và “/”.").format(name=name)
        )
    if server.scheme == "http" and not is_loopback(server.host):
        raise SettingsRefused(
            _(
                "{name} phải bắt đầu bằng https://, vì đường dẫn riêng không được đi qua"
                " mạng để ngỏ."
            ).format(name=name)
        )
    return f"{server.scheme}://{parts.netloc.lower()}{path}"


def mail_from(name: str, text: str) -> str:
    """One mailbox, with or without a name before it."""
    found = getaddresses([text])
    local, _at, domain = found[0][1].rpartition("@") if len(found) == 1 else ("", "", "")
    fits = len(local) <= LONGEST_LOCAL and len(found[0][1]) <= LONGEST_ADDRESS
    if not fits or not LOCAL_PART.fullmatch(local) or not HOST.fullmatch(domain.lower()):
        raise SettingsRefused(
            _(
                "{name} phải là một địa chỉ thư không dấu, ví dụ phieu@tinh.gov.vn hoặc"
                ' "Sở Nội vụ" <phieu@tinh.gov.vn>.'
            ).format(name=name)
        )
    return text


LONGEST_MARK = 33


def return_path(name: str, text: str) -> ReturnPath:
    """An address, with a star where the mark goes; without one it goes behind a plus sign."""
    local, _at, domain = text.rpartition("@")
    starred = local if "*" in local else f"{local}+*"
    before, _star, behind = starred.partition("*")
    whole = before + "0" * LONGEST_MARK + behind
    fits = len(whole) <= LONGEST_LOCAL and len(whole) + 1 + len(domain) <= LONGEST_ADDRESS
    if (
        not local
        or local.count("*") > 1
        or not fits
        or not LOCAL_PART.fullmatch(whole)
        or not HOST.fullmatch(domain.lower())
    ):
        raise SettingsRefused(
            _(
                "{name} phải là một địa chỉ thư không dấu, phần trước “@” không quá {most} ký tự,"
                " ví dụ tra-lai@tinh.gov.vn; dấu * đánh chỗ ghi ký hiệu của từng thư, ví dụ"
                " tra-lai-*@tinh.gov.vn (không ghi thì là tra-lai+*)."
            ).format(name=name, most=LONGEST_LOCAL - LONGEST_MARK - 1)
        )
    return ReturnPath(before.lower(), f"{behind}@{domain}".lower())


def inbox(name: str, url: str) -> Server:
    """The mailbox of PHIEU_BOUNCE_IMAP; off this machine only where nothing goes in clear."""
    form = _(
        "{name} phải có dạng imaps://người-dùng:mật-khẩu@máy/INBOX; ký tự đặc biệt trong tên và mật"
        " khẩu viết dạng %XX."
    ).format(name=name)
    parts = _split(url, form)
    if parts.scheme not in ("imap", "imaps") or "?" in url or "#" in url or " " in url:
        raise SettingsRefused(form)
    server = _server(name, parts, form)
    path = unquote(server.path)
    if not server.user or not server.password or '"' in path or "\\" in path or not path.isascii():
        raise SettingsRefused(form)
    return Server(server.scheme, server.host, server.port, server.user, server.password, path)


def rate(name: str, text: str) -> float:
    """Letters a second."""
    value = float(text.replace(",", ".")) if RATE.fullmatch(text) else 0.0
    if not SLOWEST <= value <= FASTEST:
        raise SettingsRefused(
            _("{name} là số thư mỗi giây, từ 0,01 đến 10.000, ví dụ 5.").format(name=name)
        )
    return value


def months(name: str, text: str) -> int:
    """How long contacts are kept after a closing; the longest where nothing is said."""
    value = int(text or LONGEST_MONTHS) if re.fullmatch(r"\d{0,2}", text, re.ASCII) else 0
    if not SHORTEST_MONTHS <= value <= LONGEST_MONTHS:
        words = _("{name} là số tháng giữ thông tin liên hệ, từ {least} đến {most}.")
        raise SettingsRefused(words.format(name=name, least=SHORTEST_MONTHS, most=LONGEST_MONTHS))
    return value


def is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _split(url: str, form: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError:
        # Brackets that are no IPv6 address.
        raise SettingsRefused(form) from None


def _server(name: str, parts: SplitResult, form: str) -> Server:
    try:
        port = parts.port
        user, password = (
            unquote(text, errors="strict") if text else None
            for text in (parts.username, parts.password)
        )
    except ValueError:
        raise SettingsRefused(form) from None
    secrets = parts.netloc.rpartition("@")[0]
    if re.search(r"%(?![0-9A-Fa-f]{2})", secrets):
        raise SettingsRefused(form)
    if port == 0:
        raise SettingsRefused(_("{name}: cổng là số từ 1 đến 65535.").format(name=name))
    if parts.netloc.endswith(":"):
        raise SettingsRefused(form)
    return Server(parts.scheme, _host(name, parts, form), port, user, password, parts.path)


def _host(name: str, parts: SplitResult, form: str) -> str:
    host = parts.hostname or ""
    if not host.isascii():
        raise SettingsRefused(
            _(
                "{name}: tên máy viết bằng chữ không dấu; tên miền có dấu viết dạng xn--…{such}"
            ).format(name=name, such=_such(host))
        )
    if "[" in parts.netloc.rpartition("@")[2]:
        # urlsplit has looked at the brackets; a zone (%eth0) is of one machine only.
        if "%" in host:
            raise SettingsRefused(form)
        return host
    longest = max(map(len, host.split(".")))
    if not HOST.fullmatch(host) or longest > 63 or len(host) > LONGEST_HOST:
        raise SettingsRefused(form)
    return host


def _such(host: str) -> str:
    """The ASCII form of an international host, to be copied; empty where there is none."""
    try:
        return " (" + host.encode("idna").decode() + ")."
    except UnicodeError:
        return "."


def metrics_token(name: str, text: str) -> str:
    """The word that whoever reads the figures says; long enough that nobody guesses it."""
    if len(text) < SHORTEST_TOKEN or not text.isascii() or " " in text:
        raise SettingsRefused(
            _(
                "{name} phải có ít nhất {least} chữ, số không dấu. Tạo bằng: openssl rand -hex 24"
            ).format(name=name, least=SHORTEST_TOKEN)
        )
    return text


def log_format(name: str, text: str) -> str:
    if text not in LOG_FORMATS:
        raise SettingsRefused(
            _("{name} là {known}.").format(name=name, known=_(" hoặc ").join(LOG_FORMATS))
        )
    return text
