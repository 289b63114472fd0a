"""An installation tried out as its owner would: in an empty folder, without checkout or network.

`python -m deploy.trial WHEEL FOLDER` unpacks and installs the bundle of a wheel with the commands
it tells of, and runs the program: commands, server, demo. The tests do the same to a wheel.
Whatever goes wrong ends the trial, with what was said.
"""

import argparse
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from deploy.bundle import name_of, target_of

SAMPLE = "lai-chau-2022"
PATIENCE = 90.0  # seconds, on a busy machine
NOWHERE = "http://127.0.0.1:9/simple"  # where nobody answers


def alone(home: Path) -> dict[str, str]:
    """An environment in which nothing leads to a checkout, to settings, or to packages."""
    path = os.environ["PATH"]
    switched_off = {"PIP_NO_INDEX": "1", "PIP_INDEX_URL": NOWHERE, "PIP_CONFIG_FILE": os.devnull}
    return {"PATH": path, "HOME": str(home), "TMPDIR": str(home), "LANG": "C.UTF-8", **switched_off}


@dataclass(frozen=True)
class Installation:
    """A folder that Phieu is installed in, and an empty one to work in."""

    folder: Path
    place: Path

    @property
    def phieu(self) -> str:
        return str(self.folder / "bin" / "phieu")

    @property
    def environment(self) -> dict[str, str]:
        return alone(self.place)

    def run(self, *words: str) -> str:
        """What a command says."""
        return said(self.phieu, *words, place=self.place)

    def files(self) -> dict[Path, int]:
        """All that is installed, and when it was changed last, but for what Python compiles."""
        found = (path for path in self.folder.rglob("*") if "__pycache__" not in path.parts)
        return {path: path.stat().st_mtime_ns for path in found if path.is_file()}


def must(holds: object, words: str) -> None:
    if not holds:
        raise SystemExit(f"trial: {words}")


def said(*command: str, place: Path, settings: Mapping[str, str] | None = None) -> str:
    done = subprocess.run(
        command,
        cwd=place,
        env=alone(place) | dict(settings or {}),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    must(done.returncode == 0, f"{command}: {done.stdout}{done.stderr}")
    return done.stdout


@contextmanager
def running(installed: Installation, *command: str) -> Iterator["subprocess.Popen[str]"]:
    """A command that goes on until it is told to stop, and then stops by itself."""
    process = subprocess.Popen(
        command,
        cwd=installed.place,
        env=installed.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield process
        process.send_signal(signal.SIGINT)
        words_of_parting, _error = process.communicate(timeout=PATIENCE)
        must(process.returncode == 0, words_of_parting)
    finally:
        process.kill()
        process.communicate()  # it closes the pipe, too


def commands(installed: Installation) -> None:
    """The beginning of the guide: a sample, its check, a wave (and with it the tables)."""
    where = "import app; print(app.__file__)"
    python = str(installed.folder / "bin" / "python")
    found = said(python, "-P", "-c", where, place=installed.place)
    must(found.startswith(str(installed.folder)), found)
    installed.run("sample", SAMPLE, "--out", "mau.xlsx")
    facts = json.loads(installed.run("check", "mau.xlsx", "--json"))
    must(facts["valid"] and facts["code"] == SAMPLE, str(facts))
    today = datetime.now(UTC).date()
    days = ("--opens", str(today), "--closes", str(today + timedelta(days=9)))
    installed.run("wave", "new", "THU", "--index", "mau.xlsx", *days)
    status = json.loads(installed.run("wave", "status", "THU", "--json"))
    must(status["state"] == "draft", str(status))
    must((installed.place / "data" / "phieu.sqlite3").exists(), "no database in ./data")


def server(installed: Installation) -> None:
    """`phieu serve` is ready, and shows pages with their style."""
    with running(
        installed, installed.phieu, "serve", "--port", str(port := _free_port())
    ) as process:
        address = f"http://127.0.0.1:{port}"
        _wait(process, lambda: _page(f"{address}/ready"))
        front = _page(f"{address}/")
        sheet = re.search(r'href="(/static/phieu\.css[^"]*)"', front)
        must(sheet, front)
        must(sheet and _page(address + sheet[1]), "no style sheet")


def demo(installed: Installation) -> None:
    """`phieu demo` with the commands it prints, each typed in another folder."""
    with running(installed, installed.phieu, "demo", "--port", "0") as process:
        must(process.stdout, "")
        lines: list[str] = []
        for line in process.stdout or ():
            lines.append(line)
            if "Ctrl-C" in line:
                break
        told = "".join(lines)
        address = re.search(r"http://\S+/demo$", told, re.MULTILINE)
        must(address and _page(address[0]), told)
        printed = [line.strip() for line in lines if " wave " in line]
        must(len(printed) == 4, told)
        with tempfile.TemporaryDirectory() as elsewhere:
            for line in printed:
                said("sh", "-c", line, place=Path(elsewhere))
    must(not list(installed.place.glob("phieu-demo-*")), "the demo left something behind")


def _page(address: str) -> str:
    try:
        with urlopen(address, timeout=10) as answer:  # noqa: S310 - this machine's
            return str(answer.read().decode())
    except (URLError, OSError):
        return ""


def _wait(process: "subprocess.Popen[str]", came: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not came():
        if process.poll() is not None:
            raise SystemExit(f"trial: it stopped: {process.communicate()[0]}")
        must(time.monotonic() < deadline, "it does not answer")
        time.sleep(0.1)


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bundle-test", description=__doc__)
    parser.add_argument("--python", default=sys.executable, help="the Python it is for")
    parser.add_argument("wheel", type=Path)
    parser.add_argument("folder", type=Path)
    given = parser.parse_args()
    name = name_of(given.wheel, target_of(given.python))
    archive = (given.folder / f"{name}.tar").resolve()
    with tempfile.TemporaryDirectory(prefix="phieu-trial-") as temporary:
        place = Path(temporary)
        installed = Installation(place / "phieu", place / "empty")
        installed.place.mkdir()

        def install() -> None:
            which = {"PYTHON": given.python}
            said("tar", "xf", str(archive), place=place)
            said("sh", f"{name}/install.sh", str(installed.folder), place=place, settings=which)

        print(f"{archive.name}: {archive.stat().st_size / 1e6:.1f} MB", flush=True)
        _timed("install", install)
        before = installed.files()
        for step in (commands, server, demo):
            _timed(step.__name__, lambda step=step: step(installed))  # type: ignore[misc]
        must(installed.files() == before, "something was written where the program lies")
        size = sum(path.stat().st_size for path in installed.folder.rglob("*") if path.is_file())
        print(f"installed: {size / 1e6:.0f} MB")


def _timed(name: str, step: Callable[[], None]) -> None:
    started = time.monotonic()
    step()
    print(f"{name}: {time.monotonic() - started:.1f} s", flush=True)


if __name__ == "__main__":
    main()
