"""The environment, read once, and refused when unsafe: all that is wrong with it at once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from urllib.parse import parse_qs, urlsplit

from app import settingpaths, settingvalues
from app.language import LANGUAGES, _
from app.settingvalues import ReturnPath, SettingsRefused, bare, is_loopback
from app.store import addresses

__all__ = ["Inbox", "Relay", "ReturnPath", "Settings", "SettingsRefused", "is_loopback", "read"]

T = TypeVar("T")

NAMES = (
    *("PHIEU_DATA", "PHIEU_DATABASE_URL", "PHIEU_KEY_FILE", "PHIEU_SMTP_URL"),
    *("PHIEU_MAIL_FROM", "PHIEU_MAIL_RATE", "PHIEU_BASE_URL"),
    *("PHIEU_BOUNCE_ADDRESS", "PHIEU_BOUNCE_IMAP", "PHIEU_BOUNCE_FOLDER"),
    "PHIEU_CONTACTS_MONTHS",
    *("PHIEU_METRICS_TOKEN", "PHIEU_LOG"),
)


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
class Inbox:
    """The folder on an IMAP server where letters come back to."""

    host: str
    port: int
    user: str
    password: str
    folder: str
    tls: bool  # from the first byte (imaps)


@dataclass(frozen=True)
class Settings:
    data: Path
    database_url: str
    key_file: Path
    relay: Relay | None
    mail_from: str | None
    mail_rate: float | None  # letters per second, None for no limit
    base_url: str
    return_path: ReturnPath | None = None  # where letters come back to
    inbox: Inbox | None = None  # what comes back there is read here, or in a folder or file
    bounce_folder: Path | None = None
    contacts_months: int = settingvalues.LONGEST_MONTHS  # of waves launched from now on
    metrics_token: str | None = None  # who says it may read /metrics; nobody without
    log_format: str = "text"  # or json

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


def read(environment: Mapping[str, str]) -> Settings:
    """The settings of CONTRACT §4 out of the environment. Raises SettingsRefused."""
    faults: list[str] = []

    def take(instead: T, read_one: Callable[..., T], *of: object) -> T:
        try:
            return read_one(*of)
        except SettingsRefused as refused:
            faults.append(str(refused))
            return instead

    bared = {name: take("", bare, name, environment.get(name, "")) for name in NAMES}
    given = {**environment, **bared}
    data = Path(given["PHIEU_DATA"] or "data")
    key_file = Path(given["PHIEU_KEY_FILE"] or data / "phieu.key")
    take(None, settingpaths.folder, "PHIEU_DATA", data)
    if given["PHIEU_KEY_FILE"] or not faults:
        take(None, settingpaths.file, "PHIEU_KEY_FILE", key_file)
    take(None, _language, environment.get("PHIEU_LANGUAGE", ""))
    relay = take(None, _relay, given["PHIEU_SMTP_URL"])
    found = Settings(
        data=data,
        database_url=take("", _database_url, given, data),
        key_file=key_file,
        relay=relay,
        mail_from=take(None, _mail_from, given["PHIEU_MAIL_FROM"]),
        mail_rate=take(None, _rate, given["PHIEU_MAIL_RATE"], relay),
        base_url=take("", _base_url, given["PHIEU_BASE_URL"]),
        return_path=take(None, _return_path, given["PHIEU_BOUNCE_ADDRESS"]),
        inbox=take(None, _inbox, given["PHIEU_BOUNCE_IMAP"]),
        bounce_folder=take(None, _bounce_folder, given["PHIEU_BOUNCE_FOLDER"]),
        contacts_months=take(
            0, settingvalues.months, "PHIEU_CONTACTS_MONTHS", given["PHIEU_CONTACTS_MONTHS"]
        ),
        metrics_token=take(None, _metrics_token, given["PHIEU_METRICS_TOKEN"]),
        log_format=take("text", _log_format, given["PHIEU_LOG"]),
    )
    if (found.inbox or found.bounce_folder) and not given["PHIEU_BOUNCE_ADDRESS"]:
        faults.append(
            _(
                "Thiếu PHIEU_BOUNCE_ADDRESS: địa chỉ nhận thư trả lại, ví dụ tra-lai@tinh.gov.vn."
                " Không có địa chỉ ấy thì không biết thư trả lại là của ai."
            )
        )
    if faults:
        raise SettingsRefused("\n".join(faults))
    return found


def _language(code: str) -> None:
    if code and code not in LANGUAGES:
        raise SettingsRefused(
            _("PHIEU_LANGUAGE: không có bản dịch “{code}”. Có: {known}.").format(
                code=code[:20], known=", ".join(LANGUAGES)
            )
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
        url = addresses.in_query(url)
        _must_be_sealed(url, environment)
    return url.replace("postgres://", "postgresql://", 1) if url.startswith("postgres://") else url


def _must_be_sealed(url: str, environment: Mapping[str, str]) -> None:
    """Refuse a database on another machine whose connection may go unencrypted, unless told so."""
    try:
        parts = urlsplit(url)
        asked = parse_qs(parts.query, max_num_fields=50)
        if parts.port == 0:
            raise ValueError(url)
        addresses = asked.get("hostaddr", [environment.get("PGHOSTADDR", "")])
        named = [parts.hostname or "", *asked.get("host", []), *addresses]
    except ValueError as error:
        raise SettingsRefused(
            _(
                "PHIEU_DATABASE_URL không đọc được. Ký tự lạ trong mật khẩu phải viết dạng %XX;"
                " cổng là số từ 1 đến 65535."
            )
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
    server = settingvalues.relay("PHIEU_SMTP_URL", url)
    return Relay(
        host=server.host,
        port=server.port or (465 if server.scheme == "smtps" else 587),
        user=server.user,
        password=server.password,
        tls=server.scheme == "smtps",
    )


def _mail_from(text: str) -> str | None:
    return settingvalues.mail_from("PHIEU_MAIL_FROM", text) if text else None


def _return_path(text: str) -> ReturnPath | None:
    return settingvalues.return_path("PHIEU_BOUNCE_ADDRESS", text) if text else None


def _inbox(url: str) -> Inbox | None:
    if not url:
        return None
    server = settingvalues.inbox("PHIEU_BOUNCE_IMAP", url)
    return Inbox(
        host=server.host,
        port=server.port or (993 if server.scheme == "imaps" else 143),
        user=server.user or "",
        password=server.password or "",
        folder=server.path.strip("/") or "INBOX",
        tls=server.scheme == "imaps",
    )


def _bounce_folder(text: str) -> Path | None:
    if not text:
        return None
    if settingpaths.kind_of("PHIEU_BOUNCE_FOLDER", path := Path(text)) is None:
        raise SettingsRefused(
            _(
                "PHIEU_BOUNCE_FOLDER: không có {path}. Ghi một tệp hộp thư (mbox) hoặc một thư mục"
                " Maildir."
            ).format(path=path)
        )
    return path


def _metrics_token(text: str) -> str | None:
    return settingvalues.metrics_token("PHIEU_METRICS_TOKEN", text) if text else None


def _log_format(text: str) -> str:
    return settingvalues.log_format("PHIEU_LOG", text or "text")


def _rate(text: str, relay: Relay | None) -> float | None:
    if not text:
        return None if relay is None or relay.is_loopback else 5.0
    return settingvalues.rate("PHIEU_MAIL_RATE", text)


def _base_url(url: str) -> str:
    return settingvalues.base_url("PHIEU_BASE_URL", url or "http://127.0.0.1:8000")
