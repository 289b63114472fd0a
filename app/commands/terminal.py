"""What every command of the command line shares: refusals, the workshop, progress, times."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Annotated, NoReturn

import typer

from app import settings
from app.audit import chain
from app.count import urnkeys
from app.keys import guard
from app.keys.keyfile import KeyFile
from app.language import HANOI, _
from app.mending import adoption, leftopen
from app.settings import Settings
from app.store import upkeep
from app.store.db import Database, Session, open_database

Code = Annotated[str, typer.Argument(help=_("Mã đợt"), metavar="MÃ")]
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
            if not _is_worked_on(db):
                adoption.adopt(db, keys)
                leftopen.settle(db, keys)
                urnkeys.erase_left(db, keys)
        yield db, keys, configured
    finally:
        db.dispose()


def _is_worked_on(db: Database) -> bool:
    with db.reading() as session:
        return upkeep.standing(session) is not None


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
