"""The command line in processes of its own without the second that each would take to start.

One process has read the program and waits; for each command it makes a copy of itself, which then
does what `python -m app` does, in the folder, with the environment and nothing else of the caller.
"""

import atexit
import json
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path

WAITING = """
import json, os, sys
from app.commands import main
for line in sys.stdin:
    asked = json.loads(line)
    child = os.fork()
    if not child:
        status = 70
        try:
            os.chdir(asked["folder"])
            os.environ.clear()
            os.environ.update(asked["environment"])
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            for place, path in ((1, asked["out"]), (2, asked["err"])):
                os.dup2(os.open(path, os.O_WRONLY), place)
            sys.argv = ["phieu", *asked["words"]]
            main.main()
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
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
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

    def run(
        self, words: tuple[str, ...], folder: Path, environment: Mapping[str, str]
    ) -> subprocess.CompletedProcess[str]:
        """Run a command to its end, as `subprocess.run` with its output captured."""
        assert self.process.stdin
        assert self.process.stdout
        with tempfile.NamedTemporaryFile("r+") as out, tempfile.NamedTemporaryFile("r+") as err:
            asked = {
                "words": words,
                "folder": str(folder),
                "environment": dict(environment),
                "out": out.name,
                "err": err.name,
            }
            self.process.stdin.write(json.dumps(asked) + "\n")
            self.process.stdin.flush()
            status = int(self.process.stdout.readline())
            return subprocess.CompletedProcess(["phieu", *words], status, out.read(), err.read())
