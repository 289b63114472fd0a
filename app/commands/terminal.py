"""What every command of the command line shares: refusals, progress, files, times."""

import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from app import settings
from app.audit import chain
from app.audit.chain import ChainBroken
from app.ballots.ballot import BallotAltered, WaveAltered
from app.bonds.accountfacts import AccountAltered
from app.count import urnkeys
from app.index import file as indexfile
from app.index.definition import Index
from app.index.file import Fault, IndexFault
from app.keys import guard
from app.keys.keyfile import KeyFile, KeysMissing
from app.language import HANOI, _, decimal, number
from app.mending import adoption, leftopen
from app.papers import indexbook
from app.papers.export import Document
from app.papers.tables import UnreadableTable, is_workbook, table
from app.settings import Settings, SettingsRefused
from app.staff.accounts import AccountRefused
from app.store.db import Database, DatabaseUnavailable, Session, open_database
from app.text.headings import INCLUDE, SKIP, HiddenRows, Sheet, Wanted
from app.text.table import Fault as TableWarning
from app.text.table import TableFault
from app.waves.wave import WaveRefused

REFUSALS = (
    AccountRefused,
    AccountAltered,
    ChainBroken,
    WaveRefused,
    WaveAltered,
    BallotAltered,
    IndexFault,
    TableFault,
    UnreadableTable,
    KeysMissing,
    SettingsRefused,
    DatabaseUnavailable,
)

FEW = 20  # warnings of one kind that are told one by one

Json = Annotated[bool, typer.Option("--json", help=_("In JSON ra stdout"))]


def refuse(text: str) -> NoReturn:
    """Say why not and what to do, and end with status 1."""
    print(text, file=sys.stderr)
    raise SystemExit(1)


@contextmanager
def workshop(keys_lost: bool = False) -> Iterator[tuple[Database, KeyFile, Settings]]:
    """Database, key file and settings, with what a crash left behind finished.

    Raises KeysMissing when the key file is lost, but with `keys_lost`: for what brings it back.
    """
    configured = settings.read(os.environ)
    db = open_database(configured.database_url)
    keys = guard.guard(db, KeyFile(configured.key_file))
    try:
        if not keys_lost:
            keys.must_be_there()
            adoption.adopt(db, keys)
            leftopen.settle(db, keys)
            urnkeys.erase_left(db, keys)
        yield db, keys, configured
    finally:
        db.dispose()


def note(
    db: Database, session: Session, keys: KeyFile, action: str, code: str = "", **facts: object
) -> chain.Head:
    """One line of the log about a command."""
    now = db.now(session)
    return chain.note(session, keys, now, chain.COMMAND_LINE, action, code, **facts)


@contextmanager
def progress_bar(title: str) -> Iterator[Callable[[int, int], None] | None]:
    """A progress bar on a terminal, nothing elsewhere."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task(title, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def read_bytes(file: Path) -> bytes:
    """A file's content, or a refusal that names it."""
    try:
        return file.read_bytes()
    except OSError as error:
        refuse(
            _("Không đọc được tệp {file}: {reason}. Xem lại tên và quyền của tệp.").format(
                file=file, reason=error.strerror
            )
        )


class Hidden(StrEnum):
    include = INCLUDE
    skip = SKIP


HiddenChoice = Annotated[
    Hidden | None,
    typer.Option(
        "--hidden-rows",
        help=_("Dòng đang ẩn trong tệp Excel: include (nhập cả) hoặc skip (bỏ qua)"),
    ),
]


def read_table(file: Path, wanted: Wanted, hidden: Hidden | None) -> Sheet:
    """The table of a file, or a refusal: also of rows that are hidden, until somebody has said."""
    try:
        return table(read_bytes(file), file.name, wanted, hidden or "")
    except HiddenRows as rows:
        remedy = _(
            "Thêm --hidden-rows include để nhập cả các dòng ấy, hoặc --hidden-rows skip để bỏ qua."
        )
        refuse(f"{rows} {remedy}")


def tell(warnings: Sequence[TableWarning]) -> None:
    """What to look at in a table; of what is alike only the first few, and how many more."""
    told: Counter[str] = Counter()
    for warning in warnings:
        told[warning.kind] += 1
        if not warning.kind or told[warning.kind] <= FEW:
            print(_("Lưu ý: {warning}").format(warning=warning), file=sys.stderr)
    for kind, count in told.items():
        if kind and count > FEW:
            more = _("Lưu ý: và {count} dòng nữa: {kind}.")
            print(more.format(count=number(count - FEW), kind=kind), file=sys.stderr)


def write_bytes(out: Path, data: bytes) -> None:
    """What `--out` asks for."""
    try:
        out.write_bytes(data)
    except OSError as error:
        refuse(
            _("Không ghi được tệp {file}: {reason}. Chọn nơi khác bằng --out.").format(
                file=out, reason=error.strerror
            )
        )


def read_index(file: Path) -> Index:
    """The index of a file, .toml or .xlsx. Raises IndexFault."""
    return indexbook.read_file(read_bytes(file), file.name)


def warnings_of(index: Index, file: Path) -> tuple[Fault, ...]:
    """What deserves a second look, in the words of the file's kind."""
    found = indexfile.warnings(index)
    return tuple(map(indexbook.in_words, found)) if is_workbook(b"", file.name) else found


def read_moment(text: str, option: str, closing: bool = False) -> datetime:
    """An ISO time; without offset it is Hà Nội's; a date alone is its first instant.

    A closing is exclusive: a date alone is the first instant of the next day.
    """
    try:
        value = datetime.fromisoformat(text)
        alone = len(text) <= 10
        if value.tzinfo is None:
            value = value.replace(tzinfo=HANOI)
        return value + timedelta(days=1) if closing and alone else value
    except (ValueError, OverflowError):
        refuse(
            _(
                "{option} “{text}” không phải thời điểm. Viết như 2026-02-20 hoặc"
                " 2026-02-20T08:00+07:00."
            ).format(option=option, text=text)
        )


def ranking(document: Document) -> Iterator[str]:
    """A line for each unit of a score sheet, by rank; those without one come last."""
    names = {unit["code"]: unit["name"] for unit in document["index"]["content"]["units"]}
    for unit in sorted(document["units"], key=lambda unit: unit["rank"] or len(names) + 1):
        name = names[unit["code"]]
        if unit["percent"] is None:
            without = unit["points"] is None
            why = _("không có dữ liệu") if without else _("tối đa 0 điểm nên không có tỷ lệ")
            yield f"   *  {name}: {why}"
            continue
        places = len(unit["percent"].partition(".")[2])
        yield _("{rank:>4}  {name}: {points} điểm, {percent}%").format(
            rank=unit["rank"],
            name=name,
            points=decimal(unit["points"], places),
            percent=decimal(unit["percent"], places),
        )
