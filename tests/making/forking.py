"""The program in processes of its own without the second that each would take to start.

One process has read the program and waits; for each command it makes a copy of itself, which then
does what `python -m app` does (or another module), in the folder, with the environment and nothing
else of the caller, in a session of its own.
"""

import atexit
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

WAITING = """
import gc, json, os, runpy, sys
sys.path[0] = os.getcwd()  # of this checkout, wherever a copy goes
import app.main, app.commands.main, app.commands.serving, app.papers.export, app.papers.verify
import app.worker.sending, uvicorn.lifespan.on, uvloop, httptools
from app.letters.mail import _templates
from app.web.pages import TEMPLATES, _template
for path in TEMPLATES.glob("ballot/*.html"):
    _template(f"ballot/{path.name}")
for path in TEMPLATES.glob("letters/*.*"):
    _templates().get_template(path.name)
gc.freeze()
for line in sys.stdin:
    asked = json.loads(line)
    if "pid" in asked:
        ended, status = os.waitpid(asked["pid"], os.WNOHANG)
        print(os.waitstatus_to_exitcode(status) if ended else "runs", flush=True)
        continue
    child = os.fork()
    if child:
        print(child, flush=True)
        continue
    status = 70
    try:
        os.setsid()
        os.chdir(asked["folder"])
        os.environ.clear()
        os.environ.update(asked["environment"])
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        for place, path in ((1, asked["out"]), (2, asked["err"])):
            os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND), place)
        sys.argv = ["phieu", *asked["words"]]
        if asked["script"]:
            exec(asked["script"], {"__name__": "__main__"})
        else:
            runpy.run_module(asked["module"], run_name="__main__")
        status = 0
    except SystemExit as ended:
        status = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except BaseException:
        import traceback
        traceback.print_exc()
        status = 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)
"""


class Waiting:
    """The process that has read the program; it ends with this one."""

    def __init__(self, root: Path) -> None:
        self.lock = threading.Lock()
        self.process = subprocess.Popen(
            [sys.executable, "-X", "utf8", "-c", WAITING],
            cwd=root,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        atexit.register(self.end)

    def end(self) -> None:
        self.process.communicate()

    def ask(self, **asked: object) -> str:
        assert self.process.stdin
        assert self.process.stdout
        with self.lock:
            self.process.stdin.write(json.dumps(asked) + "\n")
            self.process.stdin.flush()
            return self.process.stdout.readline().strip()

    def start(
        self,
        words: Sequence[str],
        folder: Path,
        environment: Mapping[str, str],
        out: str,
        err: str,
        module: str = "app",
        script: str | None = None,
    ) -> "Copy":
        """A copy at work; what it says is added to the files `out` and `err`. With `script`, that
        Python text in place of the program."""
        where = {"folder": str(folder), "environment": dict(environment), "out": out, "err": err}
        return Copy(self, int(self.ask(words=list(words), module=module, script=script, **where)))

    def run(
        self,
        words: tuple[str, ...],
        folder: Path,
        environment: Mapping[str, str],
        script: str | None = None,
    ) -> subprocess.CompletedProcess[str]:
        """Run a command to its end, as `subprocess.run` with its output captured; with `script`,
        that Python text in place of the program."""
        with tempfile.NamedTemporaryFile("r+") as out, tempfile.NamedTemporaryFile("r+") as err:
            status = self.start(words, folder, environment, out.name, err.name, script=script).wait(
                60
            )
            return subprocess.CompletedProcess(["phieu", *words], status, out.read(), err.read())


@dataclass
class Copy:
    """A process of the program, as `subprocess.Popen` has it."""

    waiting: Waiting
    pid: int
    returncode: int | None = None

    def poll(self) -> int | None:
        if self.returncode is None:
            said = self.waiting.ask(pid=self.pid)
            self.returncode = None if said == "runs" else int(said)
        return self.returncode

    def wait(self, seconds: float) -> int:
        end, pause = time.monotonic() + seconds, 0.001
        while (status := self.poll()) is None:
            assert time.monotonic() < end, "it does not end"
            time.sleep(pause)
            pause = min(2 * pause, 0.01)
        return status

    def kill(self) -> None:
        """As a power cut does, with all it started; it is not waited for."""
        if self.poll() is None:
            try:
                os.killpg(self.pid, signal.SIGKILL)
            except ProcessLookupError:  # it has no session of its own yet
                os.kill(self.pid, signal.SIGKILL)
