"""`make bundle`: one archive from which a machine without a network installs Phieu.

Its wheels are for one Python on one kind of machine, which its name tells and install.sh asks
before it does anything. What is downloaded is held to the hashes of the lock files.
"""

import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name, parse_wheel_filename

HOUSE = Path(__file__).parent.parent
HERE = HOUSE / "deploy"
PAPERS = ("docs", "questionnaires", "CHANGELOG.md", "LICENSE")
# What docs/operations.md puts into /etc.
SERVICE = (
    *("phieu.service", "nginx-phieu.conf", "logrotate-phieu"),
    *("fail2ban-filter.conf", "fail2ban-jail.conf"),
)
# The C libraries of Debian 10, Ubuntu 20.04 and RHEL 8, and of CentOS 7.
NEWEST_GLIBC, OLDEST_GLIBC = 28, 17
ASK = """
import json, platform, sys
print(json.dumps({
    "implementation": sys.implementation.name,
    "python": "%d.%d" % sys.version_info[:2],
    "system": platform.system(),
    "machine": platform.machine(),
}))
"""


@dataclass(frozen=True)
class Target:
    """The Python and the kind of machine that a bundle is for."""

    implementation: str
    python: str
    system: str
    machine: str

    @property
    def name(self) -> str:
        return f"py{self.python}-{self.system.lower()}-{self.machine}"


def target_of(python: str) -> Target:
    """What an interpreter says of itself."""
    said = subprocess.run([python, "-c", ASK], check=True, capture_output=True).stdout
    return Target(**json.loads(said))


def entries(lock: str) -> dict[str, str]:
    """The entries of a lock file with their hashes, by the name of the package."""
    found: dict[str, str] = {}
    for entry in re.split(r"\n(?=[a-z])", lock)[1:]:
        name = canonicalize_name(Requirement(entry.partition(" \\")[0]).name)
        found[name] = f"{found.get(name, '')}{entry.rstrip()}\n"
    return found


def wanted(house: Path) -> str:
    """The lock of what runs, without what only builds, and with the pip that installs it."""
    groups = tomllib.loads((house / "pyproject.toml").read_text("utf-8"))["dependency-groups"]
    run = entries((house / "requirements.txt").read_text("utf-8"))
    for name in groups["build"]:
        del run[canonicalize_name(Requirement(name).name)]
    tools = entries((house / "requirements-dev.txt").read_text("utf-8"))
    return "".join([*run.values(), tools["pip"]])


def download(requirements: Path, python: str, target: Target, wheels: Path) -> None:
    """Wheels only: what has none would have to be compiled, and would then fit this machine."""
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", python]
    command += ["download", "--quiet", "--only-binary", ":all:", "--no-deps", "--require-hashes"]
    command += ["--requirement", str(requirements), "--dest", str(wheels)]
    for platform in platforms(target):
        command += ["--platform", platform]
    subprocess.run(command, check=True)


def platforms(target: Target) -> list[str]:
    """The wheels that are taken for Linux: where there are several, not those for its newest."""
    if target.system != "Linux":
        return []
    minors = range(NEWEST_GLIBC, OLDEST_GLIBC - 1, -1)
    names = [*(f"manylinux_2_{minor}" for minor in minors), "manylinux2014"]
    return [f"{name}_{target.machine}" for name in names]


def pins(wheels: Path) -> str:
    """Requirements that name every wheel of a folder, with its hash."""
    lines = []
    for path in sorted(wheels.iterdir()):
        name, version, _build, _tags = parse_wheel_filename(path.name)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        lines.append(f"{name}=={version} --hash=sha256:{digest}\n")
    return "".join(lines)


def least_glibc(wheels: Path) -> str:
    """The oldest C library of Linux that all wheels of a folder run on; empty where none asks."""
    asked = [(0, 0)]
    for path in wheels.iterdir():
        tags = re.findall(r"manylinux_(\d+)_(\d+)_", path.name)
        if tags:  # a wheel with several tags runs on the oldest of them
            asked.append(min((int(major), int(minor)) for major, minor in tags))
    return ".".join(map(str, max(asked))) if max(asked) > (0, 0) else ""


def fill(folder: Path, wheel: Path, target: Target, python: str) -> None:
    """Everything that the archive holds."""
    wheels = folder / "wheels"
    wheels.mkdir(parents=True)
    locked = folder / "requirements.txt"
    locked.write_text(wanted(HOUSE), "utf-8")
    download(locked, python, target, wheels)
    (pip,) = wheels.glob("pip-*.whl")
    pip.rename(folder / pip.name)
    shutil.copy(wheel, wheels)
    locked.write_text(pins(wheels), "utf-8")
    version = str(parse_wheel_filename(wheel.name)[1])
    facts = {
        "version": version,
        "python": target.python,
        "system": target.system,
        "machine": target.machine,
        "glibc": least_glibc(wheels),
    }
    lines = [f"{name}={value}\n" for name, value in facts.items()]
    (folder / "bundle.txt").write_text("".join(lines), "utf-8")
    shutil.copy(HERE / "install.sh", folder)
    words = (HERE / "DOC-TRUOC.txt").read_text("utf-8").format(name=folder.name, **facts)
    (folder / "DOC-TRUOC.txt").write_text(words, "utf-8")
    for name in PAPERS:
        copy = shutil.copytree if (HOUSE / name).is_dir() else shutil.copy
        copy(HOUSE / name, folder / name)
    (folder / "deploy").mkdir()
    for name in SERVICE:
        shutil.copy(HERE / name, folder / "deploy")


def pack(folder: Path, archive: Path, moment: int) -> None:
    """A folder as an archive: the same files give the same bytes."""

    def plain(member: tarfile.TarInfo) -> tarfile.TarInfo:
        member.mtime, member.uid, member.gid, member.uname, member.gname = moment, 0, 0, "", ""
        runs = member.isdir() or member.name.endswith(".sh")
        member.mode = 0o755 if runs else 0o644
        return member

    # Wheels and pictures are packed already.
    with tarfile.open(archive, "w") as tar:
        for path in (folder, *_below(folder)):
            name = str(path.relative_to(folder.parent))
            tar.add(path, name, recursive=False, filter=plain)


def _below(folder: Path) -> Iterator[Path]:
    yield from sorted(path for path in folder.rglob("*") if "__pycache__" not in path.parts)


def name_of(wheel: Path, target: Target) -> str:
    """What the archive is called, and the one folder in it."""
    return f"phieu-{parse_wheel_filename(wheel.name)[1]}-bundle-{target.name}"


def make(wheel: Path, python: str, out: Path) -> Path:
    """The archive in the folder `out`; gives its path."""
    target = target_of(python)
    with tempfile.TemporaryDirectory(prefix="phieu-bundle-") as temporary:
        folder = Path(temporary) / name_of(wheel, target)
        fill(folder, wheel, target, python)
        archive = out / f"{folder.name}.tar"
        pack(folder, archive, int(os.environ.get("SOURCE_DATE_EPOCH", "315532800")))
    return archive


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bundle", description=__doc__)
    parser.add_argument("--python", default=sys.executable, help="the Python it is for")
    parser.add_argument("wheel", type=Path)
    parser.add_argument("out", type=Path)
    given = parser.parse_args()
    archive = make(given.wheel, given.python, given.out)
    print(f"{archive}  {archive.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
