"""The program where it is installed: a wheel in an environment of its own, no checkout near."""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import httpx
import pytest

from app.commands.demo import commands
from app.folders import ABOVE, PROGRAM, folder
from app.web.console.desk.handbook import FILES
from deploy import trial
from deploy.trial import Installation, running, said

SOURCES = ("app", "docs", "migrations", "questionnaires", "templates")
ROOT = ("LICENSE", "MANIFEST.in", "README.md", "pyproject.toml", "setup.py")
CARRIED = {".py", ".html", ".txt", ".toml", ".json", ".css", ".js", ".svg", ".pot", ".mo", ".mako"}
PICTURES = ABOVE / "docs" / "pictures"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, made of the source distribution, as `make wheel` makes it."""
    return build(tmp_path_factory.mktemp("built"))


def build(place: Path, *kinds: str) -> Path:
    sources = place / "sources"
    for name in SOURCES:
        shutil.copytree(
            ABOVE / name,
            sources / name,
            copy_function=shutil.copyfile,  # with times of its own
            ignore=shutil.ignore_patterns("__pycache__"),
        )
    for name in ROOT:
        shutil.copyfile(ABOVE / name, sources / name)
    command = [sys.executable, "-m", "build", "--no-isolation", *kinds, "--outdir", str(place)]
    environment = os.environ | {"SOURCE_DATE_EPOCH": "1700000000"}
    subprocess.run(command, cwd=sources, env=environment, check=True, capture_output=True)
    (wheel,) = place.glob("*.whl")
    return wheel


def test_the_wheel_carries_every_file_that_the_program_reads(built: Path) -> None:
    with zipfile.ZipFile(built) as wheel:
        carried = {name for name in wheel.namelist() if name.startswith("app/")}
    inside = {path: f"app/{path.relative_to(PROGRAM)}" for path in PROGRAM.rglob("*")}
    for name in SOURCES[2:]:
        beside = (ABOVE / name).rglob("*")
        inside |= {path: f"app/{path.relative_to(ABOVE)}" for path in beside}
    wanted = {name for path, name in inside.items() if path.suffix in CARRIED}
    # Of the papers the guide alone, which the console shows.
    guide = [*map(str, FILES.values()), *(f"pictures/{p.name}" for p in PICTURES.glob("*.png"))]
    assert carried == wanted | {f"app/docs/{name}" for name in guide}


def test_the_same_sources_give_the_same_wheel(built: Path, tmp_path: Path) -> None:
    again = build(tmp_path, "--wheel")  # of the checkout, where the other one is of its archive
    assert again.read_bytes() == built.read_bytes()


def test_the_folders_of_a_checkout_lie_beside_the_program() -> None:
    assert [folder(name) for name in SOURCES[1:]] == [ABOVE / name for name in SOURCES[1:]]
    assert folder("locale") == PROGRAM / "locale"


@pytest.fixture(scope="module")
def installed(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """The wheel in an environment that borrows the packages of this one, but not the program."""
    place = tmp_path_factory.mktemp("installation")
    found = Installation(place / "phieu", place / "empty")
    found.place.mkdir()
    venv.create(found.folder, symlinks=True)
    python = str(found.folder / "bin" / "python")
    pip = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet"]
    said(*pip, "--no-deps", "--no-compile", "--no-index", str(built), place=place)
    # A path in a .pth file is searched; the .pth files in that folder (this checkout) are not read.
    (packages,) = found.folder.glob("lib/python*/site-packages")
    (packages / "borrowed.pth").write_text(sysconfig.get_path("purelib"))
    return found


def test_it_runs_without_a_checkout_and_without_a_network(installed: Installation) -> None:
    before = installed.files()
    trial.commands(installed)
    trial.server(installed)
    assert installed.files() == before, "nothing is written where the program lies"


# As `phieu demo` runs it, with fewer people; `make bundle-test` starts it as it is.
SMALL = """import functools
from app.commands.demo.demo import rehearse, run
sizes = {"hdnd": 12, "ubnd": 4, "so": 8, "phong": 12, "xa": 8}
run.__globals__["rehearse"] = functools.partial(rehearse, sizes=sizes)
run(0)"""


def test_its_demo_starts_and_its_commands_find_the_program(installed: Installation) -> None:
    python = str(installed.folder / "bin" / "python")
    with running(installed, python, "-P", "-c", SMALL) as process:
        told = ""
        while "Ctrl-C" not in told:
            line = process.stdout.readline() if process.stdout else ""
            assert line, told
            told += line
        (address,) = re.findall(r"http://\S+/demo$", told, re.MULTILINE)
        assert httpx.get(address, timeout=30).status_code == 200
    assert not list(installed.place.glob("phieu-demo-*"))
    show = f"from {commands.__name__} import phieu; print(phieu('verify', '--help'))"
    line = said(python, "-P", "-c", show, place=installed.place)
    assert line.startswith(f"{installed.folder}/bin/phieu ")
    assert "JSON" in said("sh", "-c", line, place=installed.place)
