"""`phieu doctor`: on one page, what is wrong with this installation and what to do about it."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import typer

from app import settings
from app.commands import serving
from app.doctor import clocks, inside, machine, reaching
from app.doctor.finding import BAD, GOOD, LOOK, Finding
from app.keys import guard
from app.keys.keyfile import KeyFile, KeysMissing
from app.language import _, moment, number
from app.settings import Settings, SettingsRefused
from app.store.db import Database

command = typer.Typer()


@command.command()
def doctor() -> None:
    print(_("Kiểm tra hệ thống Phiếu, {now}").format(now=moment(datetime.now(UTC))))
    found = list(_all())
    marks = {GOOD: _("Đạt"), LOOK: _("Nên xem"), BAD: _("CHƯA ĐẠT")}
    widest = max(map(len, marks.values()))
    for each in found:
        print(f"{marks[each.state]:<{widest}}  {each.about}: {each.words}")
        for line in each.remedy.splitlines():
            print(f"{'':<{widest}}  → {line}")
    bad = sum(each.state == BAD for each in found)
    if bad:
        print(_("{number} điều chưa đạt. Sửa rồi chạy lại lệnh này.").format(number=number(bad)))
        raise SystemExit(1)
    print(_("Không có gì chưa đạt."))


def _all() -> Iterator[Finding]:
    """What can be looked at, though what comes before it failed."""
    about = _("Cài đặt")
    try:
        configured = settings.read(os.environ)
        serving.must_know_its_proxy(os.environ, configured)
    except SettingsRefused as refused:
        remedy = _("Sửa trong tệp cài đặt của dịch vụ; rồi chạy lại lệnh này.")
        for fault in str(refused).splitlines():
            yield Finding(BAD, about, fault, remedy)
        return
    words = _("Đọc được, dữ liệu ở {place}.").format(place=configured.data.resolve())
    yield Finding(GOOD, about, words)
    keys = KeyFile(configured.key_file)
    yield from _of_database(configured, keys)
    folders = (configured.data, keys.path.parent, Path("/tmp"))  # noqa: S108  # where its disk is
    yield from machine.of_disk(*(each.resolve() for each in folders))
    yield reaching.of_relay(configured)
    yield reaching.of_sender(keys.path)
    yield reaching.of_address(configured)


def _of_database(configured: Settings, keys: KeyFile) -> Iterator[Finding]:
    about = _("Cơ sở dữ liệu")
    path = Path(configured.database_url.removeprefix("sqlite:///"))
    if configured.is_sqlite and not path.exists():
        words = _("Chưa có {path}.").format(path=path)
        yield Finding(LOOK, about, words, _("Chạy “phieu serve” một lần để tạo."))
        return
    if configured.is_sqlite and not os.access(path, os.R_OK | os.W_OK):
        words = _("Tài khoản đang chạy lệnh này không đọc, ghi được {path}.").format(path=path)
        yield Finding(BAD, about, words, _("Chạy lệnh này bằng tài khoản của dịch vụ."))
        return
    db = Database(configured.database_url)
    try:
        guard.guard(db, keys)
        with db.reading() as session:
            tables = inside.of_tables(configured, session)
            yield tables
            if tables.state == GOOD:
                yield from machine.of_key_file(configured, keys)
                yield clocks.of_clock(db, session)
                yield from inside.of_rows(db, keys, session)
    except KeysMissing:
        pass  # told already
    except Exception as error:  # noqa: BLE001  # whatever it is, the page goes on
        words = _("Không dùng được: {why}").format(why=str(error).partition("\n")[0])
        remedy = _("Xem máy cơ sở dữ liệu có chạy không, và PHIEU_DATABASE_URL, PHIEU_DATA.")
        yield Finding(BAD, about, words, remedy)
    finally:
        db.dispose()
