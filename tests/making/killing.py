"""Processes that are killed with SIGKILL at a step of a deed: of the key file, of the database."""

import os
import signal
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlmodel import Session

from app.bonds.refused import WaveRefused
from app.count import urnkeys
from app.keys import guard, keptfile
from app.keys.keyfile import KeyFile
from app.mending import leftopen
from app.store.db import Database, open_database
from tests.conftest import Clock
from tests.making.deeds import Deed

# No deed has more steps, however often it begins anew.
MOST = 80


class Home:
    """A database and its key file, and the clock of both."""

    def __init__(self, address: str, folder: Path) -> None:
        self.address, self.path = address, folder / "phieu.key"
        self.clock = Clock(datetime(2026, 3, 2, 2, 0, tzinfo=UTC))
        self.db, self.keys = self.opened()

    def opened(self) -> tuple[Database, KeyFile]:
        """Both as a process of its own has them."""
        db, keys = open_database(self.address, self.clock), KeyFile(self.path)
        guard.guard(db, keys)
        return db, keys

    def stand(self) -> object:
        """All that the database says."""
        with self.db.reading() as session:
            ask = session.connection().exec_driver_sql
            if self.db.is_sqlite:
                of_tables = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY 1"
                names = ask(of_tables).scalars().all()
                return [ask(f'SELECT * FROM "{name}"').all() for name in names]
            of_tables = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
            names = ask(of_tables).scalars().all()
            said = (f"(SELECT md5(string_agg(t::text, '')) FROM \"{name}\" t)" for name in names)
            return ask(f"SELECT concat_ws(' ', {', '.join(said)})").scalar()


class Counted:
    """Steps of this process, which is killed at the one told."""

    def __init__(self, last: int) -> None:
        self.left = last

    def step(self, *_arguments: object) -> None:
        self.left -= 1
        if not self.left:
            os.kill(os.getpid(), signal.SIGKILL)

    def around(self, place: Any, name: str) -> None:
        """A step before a function of the program, and one after it."""
        real: Callable[..., Any] = getattr(place, name)

        def stepped(*arguments: Any, **named: Any) -> Any:
            self.step()
            given = real(*arguments, **named)
            self.step()
            return given

        setattr(place, name, stepped)


def killed_at(home: Home, deed: Deed, step: int, of_key_file: bool = True) -> bool:
    """A process that starts, does a deed and is killed at its so many-th step; whether it came to
    that. What is done already is refused, or nothing. Without those `of_key_file` the steps are
    those of the database alone."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            db, keys = home.opened()
            counted = Counted(step)
            if of_key_file:
                counted.around(keptfile.Path, "rename")
            counted.around(Database, "forget_deleted")
            event.listen(db.engine, "commit", counted.step)
            event.listen(Session, "after_commit", counted.step)
            started(db, keys)
            deed(db, keys)
            status = 0
        except WaveRefused:
            status = 0
        except BaseException:  # noqa: BLE001
            traceback.print_exc()
        finally:
            os._exit(status)
    ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert ended in (0, -signal.SIGKILL), ended
    return ended != 0


def started(db: Database, keys: KeyFile) -> None:
    """What a start does before anything else."""
    leftopen.settle(db, keys)
    urnkeys.erase_left(db, keys)


def killed_everywhere(home: Home, deed: Deed, of_key_file: bool = True) -> int:
    """Processes one after the other do a deed, each killed a step later than the one before it, and
    at the first step again where the database had come further; gives how many were killed."""
    step, before = 1, home.stand()
    for kills in range(MOST):
        if not killed_at(home, deed, step, of_key_file):
            return kills
        now = home.stand()
        step, before = (step + 1, before) if now == before else (1, now)
    raise AssertionError("it never ends")
