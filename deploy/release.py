"""`make release VERSION=x.y.z`: what has to be true before a version is given away, all at once."""

import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Sequence
from pathlib import Path

HOUSE = Path(__file__).parent.parent
PAPERS = ("README.md", "docs/huong-dan.md")
FILE = re.compile(r"phieu-(\d+\.\d+\.\d+)-")  # a wheel, a bundle
LOCKS = ("requirements.txt", "requirements-dev.txt")
UNRELEASED = "unreleased"


def faults_of_version(house: Path, version: str) -> list[str]:
    """Places that name another version."""
    found = []
    if not re.fullmatch(r"\d+\.\d+\.\d+", version):
        found.append(f"“{version}” is no version: make release VERSION=1.2.3")
    project = tomllib.loads((house / "pyproject.toml").read_text("utf-8"))["project"]
    if project["version"] != version:
        found.append(f"pyproject.toml is of version {project['version']}")
    images = re.findall(r"image: phieu:(\S+)", (house / "compose.yaml").read_text("utf-8"))
    if images != [version]:
        found.append(f"compose.yaml names the image {', '.join(images)}")
    for paper in PAPERS:
        for told in sorted(set(FILE.findall((house / paper).read_text("utf-8"))) - {version}):
            found.append(f"{paper} tells of files of version {told}")  # noqa: PERF401
    return found


def faults_of_changelog(text: str, version: str) -> list[str]:
    """What is amiss with the section of a version, or left over for a later one."""
    found = []
    sections = {}
    for section in re.split(r"^## ", text, flags=re.MULTILINE)[1:]:
        heading, _line, lines = section.partition("\n")
        name, _dash, date = heading.partition(" – ")
        sections[name] = (date, re.findall(r"^- ", lines, re.MULTILINE))
    date, lines = sections.get(version, ("", []))
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", date):
        found.append(f"CHANGELOG.md: no heading “## {version} – YYYY-MM-DD”")
    if not lines:
        found.append(f"CHANGELOG.md: nothing is said of {version}")
    for name, (date, lines) in sections.items():
        if UNRELEASED in (date.lower(), name.lower().strip("[]")) and lines:
            found.append(f"CHANGELOG.md: {len(lines)} lines are unreleased")
    return found


def faults_of_lock(house: Path) -> list[str]:
    """Whether `make lock` would change something, tried on copies."""
    with tempfile.TemporaryDirectory(prefix="phieu-lock-") as temporary:
        for name in ("pyproject.toml", *LOCKS):
            shutil.copy(house / name, temporary)
        makefile = str(house / "Makefile")
        command = ["make", "--silent", "--directory", temporary, "--file", makefile, "lock"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            return [f"make lock: {done.stderr.strip()}"]
        changed = [
            name
            for name in LOCKS
            if (Path(temporary) / name).read_bytes() != (house / name).read_bytes()
        ]
    return [f"{name} is not what `make lock` makes" for name in changed]


def faults_of_tree(house: Path, version: str) -> list[str]:
    """What is not committed, and a tag that is given already."""
    found = []
    changed = _git(house, "status", "--porcelain")
    if changed:
        found.append(f"not committed: {', '.join(line[3:] for line in changed)}")
    if _git(house, "tag", "--list", f"v{version}"):
        found.append(f"there is a tag v{version} already")
    return found


def _git(house: Path, *words: str) -> Sequence[str]:
    said = subprocess.run(["git", *words], cwd=house, check=True, capture_output=True, text=True)
    return said.stdout.splitlines()


def main() -> None:
    (version,) = sys.argv[1:]
    changelog = (HOUSE / "CHANGELOG.md").read_text("utf-8")
    found = [
        *faults_of_version(HOUSE, version),
        *faults_of_changelog(changelog, version),
        *faults_of_lock(HOUSE),
        *faults_of_tree(HOUSE, version),
    ]
    if found:
        sys.exit("Not released:\n" + "\n".join(f"  {fault}" for fault in found))
    print(f"{version} can be released.")


if __name__ == "__main__":
    main()
