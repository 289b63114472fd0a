"""The opening of an urn beside the server's other work, with a progress that every process can see.

A thread opens; how far it is stands in a small file beside the key file, which all processes share.
Whoever holds the lock of that file is the only one at work. A heartbeat that has stopped while the
wave is still sealed means that the opening broke off: it has written nothing, and can begin again.
"""

import fcntl
import json
import logging
import os
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from app.audit.chain import ChainBroken
from app.bonds.wavefacts import WaveAltered
from app.count import unsealing
from app.keys.keyfile import KeyFile, KeyFileLost, KeysMissing
from app.language import _
from app.store.db import Database
from app.waves import wave as waves
from app.waves.proposals import Second
from app.waves.wave import WaveRefused

log = logging.getLogger("phieu.opening")
BEAT = 1.0  # seconds
SILENT = 30.0  # seconds without a heartbeat: nobody is at work any more


@dataclass(frozen=True)
class Progress:
    """How far an opening is: `state` is running, stopped, failed (and why) or none."""

    state: str
    done: int = 0
    total: int = 0
    error: str = ""


def progress(keys: KeyFile, code: str) -> Progress:
    """What is known of the opening of a wave."""
    try:
        found = json.loads(_file(keys, code).read_text())
        alive = time.time() - float(found["beat"]) < SILENT
        state = str(found["state"])
        if state == "running" and not alive:
            state = "stopped"
        return Progress(state, int(found["done"]), int(found["total"]), str(found["error"]))
    except (OSError, ValueError, KeyError, TypeError):
        return Progress("none")


def begin(
    db: Database,
    keys: KeyFile,
    code: str,
    who: str,
    second: Second | None = None,
) -> bool:
    """Start to open; False when it is being opened already, here or in another process."""
    lock = _locked(keys, code)
    if lock is None:
        return False
    job = Opening(db, keys, code, who, second, lock)
    job.write("running")
    threading.Thread(target=job.run, name=f"opening {code}", daemon=True).start()
    return True


def _locked(keys: KeyFile, code: str) -> IO[str] | None:
    """The lock of an opening, None when somebody has it. It ends with its process."""
    path = _file(keys, code)
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = path.with_name(f"{path.name}.lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        return None
    return lock


class Opening:
    """One opening in its thread."""

    def __init__(
        self,
        db: Database,
        keys: KeyFile,
        code: str,
        who: str,
        second: Second | None,
        lock: IO[str],
    ) -> None:
        self.db, self.keys, self.code = db, keys, code
        self.who, self.second = who, second
        self.lock = lock
        self.done = self.total = 0
        self.ended = threading.Event()

    def run(self) -> None:
        """Open, and leave nothing but the reason when it cannot be done."""
        beat = threading.Thread(target=self._beat, daemon=True)
        beat.start()
        state, error = "done", ""
        try:
            told = self._progress
            unsealing.unseal(self.db, self.keys, self.code, told, self.who, self.second)
        except WaveRefused as refused:
            state, error = "failed", refused.words
        except WaveAltered as altered:
            state, error = "failed", altered.words
        except KeyFileLost:
            state, error = "failed", _("Máy chủ thiếu tệp khóa. Báo người quản trị máy chủ.")
        except (KeysMissing, ChainBroken) as broken:
            state, error = "failed", str(broken)
        except Exception as fault:  # noqa: BLE001  # whatever it is, the page must say so
            log.warning("the opening of %s broke off: %s", self.code, type(fault).__name__)
            state, error = self._broke_off()
        finally:
            self.ended.set()
            beat.join()
            if state == "done":
                _file(self.keys, self.code).unlink(missing_ok=True)
            else:
                self.write(state, error)
            self.lock.close()

    def _broke_off(self) -> tuple[str, str]:
        """What to say of an opening that ended by a fault: it may have been written before."""
        try:
            with self.db.reading() as session:
                opened = waves.load(session, self.code).unsealed_at is not None
        except Exception:  # noqa: BLE001  # the database may be the fault
            return "failed", _(
                "Việc mở hòm phiếu dừng giữa chừng, và cơ sở dữ liệu không trả lời nên chưa biết đã"
                " ghi hay chưa. Phiếu không mất. Đợi vài phút rồi tải lại trang này."
            )
        if opened:
            return "done", ""
        return "failed", _(
            "Việc mở hòm phiếu dừng giữa chừng. Chưa ghi gì, phiếu còn nguyên; mở lại."
        )

    def _progress(self, done: int, total: int) -> None:
        self.done, self.total = done, total

    def _beat(self) -> None:
        while not self.ended.wait(BEAT):
            self.write("running")

    def write(self, state: str, error: str = "") -> None:
        """Tell every process how far it is."""
        path = _file(self.keys, self.code)
        fresh = path.with_name(f"{path.name}.new")
        words = {"state": state, "done": self.done, "total": self.total, "error": error}
        try:
            fresh.write_text(json.dumps(words | {"beat": time.time(), "pid": os.getpid()}))
            fresh.rename(path)
        except OSError as fault:
            # Nobody sees how far it is; the opening itself goes on.
            log.warning("no progress of %s can be told: %s", self.code, type(fault).__name__)


def _file(keys: KeyFile, code: str) -> Path:
    return keys.path.with_name(f"{keys.path.name}.opening-{code}")
