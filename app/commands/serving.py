"""Run the web server: settings checked, database migrated, left-overs finished, then uvicorn."""

import gc
import ipaddress
import os
import sys
from collections.abc import Mapping

import uvicorn
from fastapi import FastAPI

from app import settings
from app.commands import logs
from app.count import urnkeys
from app.keys import guard
from app.keys.keyfile import KeyFile
from app.language import _
from app.main import create_app
from app.mending import adoption, leftopen
from app.settings import Settings, SettingsRefused
from app.staff import accounts
from app.staff.links import Links
from app.store import upkeep
from app.store.db import Database, open_database
from app.web.listening import Listening, open_wide


def application() -> FastAPI:
    """The app from the environment, as uvicorn's worker processes build it."""
    configured = settings.read(os.environ)
    logs.set_up(configured.log_format)
    db = open_database(configured.database_url)
    keys = guard.guard(db, KeyFile(configured.key_file))
    keys.must_be_there()
    if keys.path.exists():
        # Read now, links and tickets go on working while the file is away for a while.
        _tokens = keys.tokens
    with upkeep.allowed():  # what this version has to take over, also in an upgrade
        adoption.adopt(db, keys)
        leftopen.settle(db, keys)
        urnkeys.erase_left(db, keys)
    app = create_app(configured, db, keys, with_worker=True)
    set_aside()
    return app


def set_aside() -> None:
    """Take what the program itself is made of out of the sight of the garbage collector.

    It stays as long as the process, and a page that reads a large sheet would have it searched over
    and over."""
    gc.collect()
    gc.freeze()


def setup_link(db: Database, keys: KeyFile, base_url: str) -> str:
    """The link to the first account; empty once there was one."""
    with db.reading() as session:
        if accounts.any_account(session):
            return ""
        token = Links(keys).make(session, "setup", 0, db.now(session))
    return f"{base_url}/quan-tri/thiet-lap/{token}"


def must_know_its_proxy(environment: Mapping[str, str], configured: Settings) -> None:
    """Raises SettingsRefused where anybody's word on where a request comes from would be taken.

    uvicorn reads FORWARDED_ALLOW_IPS; a star, or a network of all addresses, makes it believe the
    left end of X-Forwarded-For, which the visitor writes, and all limits per network are then no
    limits.
    """
    trusted = environment.get("FORWARDED_ALLOW_IPS", "").split(",")
    if configured.is_https and any(map(_is_anybody, map(str.strip, trusted))):
        raise SettingsRefused(
            _(
                "FORWARDED_ALLOW_IPS không được là “*” hay mọi địa chỉ (“/0”): ai cũng có thể tự"
                " xưng địa chỉ mạng. Ghi địa chỉ hoặc mạng con của máy chủ web đứng trước, ví dụ"
                " 172.31.247.1."
            )
        )


def _is_anybody(trusted: str) -> bool:
    if trusted == "*":
        return True
    try:
        return ipaddress.ip_network(trusted, strict=False).prefixlen == 0
    except ValueError:  # a name: uvicorn trusts no address by it
        return False


def altered_accounts(db: Database) -> str:
    """What whoever starts the server hears of accounts that somebody altered; empty for none."""
    with db.reading() as session:
        found = accounts.altered(session)
    if not found:
        return ""
    words = _(
        "{number} tài khoản đã bị sửa ngoài hệ thống, không đăng nhập được: có người ghi thẳng vào"
        " cơ sở dữ liệu, hoặc cơ sở dữ liệu hay tệp khóa được chép lại từ bản cũ. Xem bằng “phieu"
        " staff list”; chép lại bản lưu mới nhất, hoặc lấy lại từng tài khoản bằng “phieu staff"
        " reset EMAIL”, “phieu staff remove EMAIL”."
    )
    return words.format(number=len(found))


def run(host: str, port: int, workers: int) -> None:
    """Serve until told to stop. Whatever is wrong is said before the first worker starts."""
    configured = settings.read(os.environ)
    must_know_its_proxy(os.environ, configured)
    db = open_database(configured.database_url)
    keys = guard.guard(db, KeyFile(configured.key_file))
    keys.must_be_there()
    with upkeep.allowed():
        adoption.adopt(db, keys)
    link, warning = setup_link(db, keys, configured.base_url), altered_accounts(db)
    db.dispose()
    if warning:
        print(warning, file=sys.stderr, flush=True)
    if link:
        print(_("Chưa có tài khoản nào. Mở đường dẫn này để tạo tài khoản đầu tiên:"))
        print(link, flush=True)
    open_wide()
    uvicorn.run(
        "app.commands.serving:application",
        factory=True,
        host=host,
        port=port,
        http=Listening,
        workers=workers if workers > 1 else None,
        access_log=False,
        server_header=False,
        log_level="warning",
        **logs.of_uvicorn(configured.log_format),
        # A phone on a slow line goes on with its connection; a shorter time cuts it under load.
        timeout_keep_alive=30,
        timeout_graceful_shutdown=10,
    )
