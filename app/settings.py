"""The environment, read once, and refused when unsafe."""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from app.language import _


class SettingsRefused(Exception):
    """A setting is wrong or unsafe; the text names it and says what to do."""


@dataclass(frozen=True)
class Relay:
    """The SMTP server that takes our letters."""

    host: str
    port: int
    user: str | None
    password: str | None
    tls: bool  # from the first byte (smtps)

    @property
    def is_loopback(self) -> bool:
        return is_loopback(self.host)


@dataclass(frozen=True)
class Settings:
    data: Path
    database_url: str
    key_file: Path
    relay: Relay | None
    mail_from: str | None
    mail_rate: float | None  # letters per second, None for no limit
    base_url: str

    @property
    def host(self) -> str:
        """Whose name links, Message-IDs and our greeting to the relay carry."""
        return urlsplit(self.base_url).hostname or "localhost"

    @property
    def is_https(self) -> bool:
        return self.base_url.startswith("https://")

    @property
    def is_sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")

    @property
    def keys_lie_with_data(self) -> bool:
        """Whether one stolen folder would hold both database and keys."""
        return self.is_sqlite and self.key_file.resolve().parent == self.data.resolve()


def is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def read(environment: Mapping[str, str]) -> Settings:
    """The settings of CONTRACT §4 out of the environment. Raises SettingsRefused."""
    data = Path(environment.get("PHIEU_DATA") or "data")
    relay = _relay(environment.get("PHIEU_SMTP_URL", ""))
    return Settings(
        data=data,
        database_url=_database_url(environment, data),
        key_file=Path(environment.get("PHIEU_KEY_FILE") or data / "phieu.key"),
        relay=relay,
        mail_from=environment.get("PHIEU_MAIL_FROM") or None,
        mail_rate=_rate(environment.get("PHIEU_MAIL_RATE", ""), relay),
        base_url=_base_url(environment.get("PHIEU_BASE_URL") or "http://127.0.0.1:8000"),
    )


# What libpq takes for sslmode and keeps: "allow" and "prefer" go on without TLS where a server, or
# whoever stands between, has none.
KEPT_MODES = ("require", "verify-ca", "verify-full")


def _database_url(environment: Mapping[str, str], data: Path) -> str:
    url = environment.get("PHIEU_DATABASE_URL", "")
    if not url:
        return f"sqlite:///{data.resolve() / 'phieu.sqlite3'}"
    if not url.startswith(("postgresql://", "postgres://", "sqlite:///")):
        raise SettingsRefused(
            _("PHIEU_DATABASE_URL phải có dạng postgresql://người-dùng:mật-khẩu@máy/cơ-sở-dữ-liệu.")
        )
    if not url.startswith("sqlite"):
        _must_be_sealed(url, environment)
    return url.replace("postgres://", "postgresql://", 1) if url.startswith("postgres://") else url


def _must_be_sealed(url: str, environment: Mapping[str, str]) -> None:
    """Refuse a database on another machine whose connection may go unencrypted, unless told so."""
    try:
        parts = urlsplit(url)
        asked = parse_qs(parts.query, max_num_fields=50)
        named = [parts.hostname or "", *asked.get("host", []), *asked.get("hostaddr", [])]
    except ValueError as error:
        raise SettingsRefused(
            _("PHIEU_DATABASE_URL không đọc được. Ký tự lạ trong mật khẩu phải viết dạng %XX.")
        ) from error
    hosts = [host for each in named for host in each.split(",") if host]
    # What the address leaves out libpq takes from here; a path is a socket of this machine.
    far = next(
        (
            host
            for host in hosts or environment.get("PGHOST", "").split(",")
            if host and not host.startswith(("/", "@")) and not is_loopback(_without_port(host))
        ),
        None,
    )
    mode = asked.get("sslmode", [environment.get("PGSSLMODE", "")])[-1]
    if far is not None and mode not in (*KEPT_MODES, "disable"):
        raise SettingsRefused(
            _(
                "PHIEU_DATABASE_URL nối tới máy {host} mà không bắt buộc mã hóa. Thêm vào cuối địa"
                " chỉ ?sslmode=verify-full&sslrootcert=… (hoặc ít nhất ?sslmode=require). Chỉ khi"
                " đường nối ấy không rời mạng riêng của máy này mới ghi rõ ?sslmode=disable."
            ).format(host=far)
        )


def _without_port(host: str) -> str:
    name, colon, port = host.rpartition(":")
    return name if colon and port.isdecimal() and (":" not in name or "]" in name) else host


def _relay(url: str) -> Relay | None:
    if not url:
        return None
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        port = -1
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname or port == -1:
        raise SettingsRefused(
            _("PHIEU_SMTP_URL phải có dạng smtp://người-dùng:mật-khẩu@máy:cổng hoặc smtps://…")
        )
    return Relay(
        host=parts.hostname,
        port=port or (465 if parts.scheme == "smtps" else 587),
        user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
        tls=parts.scheme == "smtps",
    )


def _rate(text: str, relay: Relay | None) -> float | None:
    if not text:
        return None if relay is None or relay.is_loopback else 5.0
    try:
        rate = float(text.replace(",", "."))
    except ValueError:
        rate = -1.0
    if not 0 < rate <= 10_000:
        raise SettingsRefused(_("PHIEU_MAIL_RATE là số thư mỗi giây, lớn hơn 0, ví dụ 5."))
    return rate


def _base_url(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise SettingsRefused(_("PHIEU_BASE_URL phải có dạng https://phieu.tinh.gov.vn."))
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise SettingsRefused(
            _(
                "PHIEU_BASE_URL phải bắt đầu bằng https://, vì đường dẫn riêng không được đi qua"
                " mạng để ngỏ."
            )
        )
    return url.rstrip("/")
