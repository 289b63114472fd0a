"""What `make release` refuses, and why."""

import subprocess
from pathlib import Path

import pytest

from app.folders import ABOVE
from deploy.release import PAPERS, faults_of_changelog, faults_of_tree, faults_of_version

DATED = "# Changelog\n\n## 1.2.0 – 2026-03-02\n\n### Added\n\n- Much.\n"


def test_a_dated_section_with_something_in_it_can_be_released() -> None:
    assert faults_of_changelog(DATED, "1.2.0") == []
    assert faults_of_changelog("## 1.3.0 – unreleased\n\n" + DATED, "1.2.0") == []


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (DATED.replace("2026-03-02", "unreleased"), "no heading"),
        (DATED.replace("1.2.0", "1.1.0"), "no heading"),
        (DATED.replace("- Much.\n", ""), "nothing is said"),
        (DATED.replace("## 1.2", "## 1.3.0 – unreleased\n\n- More.\n\n## 1.2"), "1 lines are"),
        (DATED.replace("## 1.2", "## [Unreleased]\n\n- More.\n\n## 1.2"), "1 lines are"),
    ],
)
def test_a_changelog_that_is_not_ready_is_told(text: str, why: str) -> None:
    found = faults_of_changelog(text, "1.2.0")
    assert any(why in fault for fault in found), found


def house(folder: Path, version: str, image: str) -> Path:
    (folder / "pyproject.toml").write_text(f'[project]\nversion = "{version}"\n')
    (folder / "compose.yaml").write_text(f"    image: phieu:{image}\n")
    (folder / "docs").mkdir(exist_ok=True)
    for paper in PAPERS:
        (folder / paper).write_text(f"phieu-{version}-py3-none-any.whl\n")
    return folder


def test_every_place_that_names_another_version_is_told(tmp_path: Path) -> None:
    assert faults_of_version(house(tmp_path, "1.2.0", "1.2.0"), "1.2.0") == []
    assert len(faults_of_version(house(tmp_path, "1.1.0", "1.1.0"), "1.2.0")) == 4
    assert "no version" in faults_of_version(house(tmp_path, "1.2.0", "1.2.0"), "")[0]


def test_containers_and_papers_bear_the_version_of_the_program() -> None:
    (name,) = [
        line.split('"')[1]
        for line in (ABOVE / "pyproject.toml").read_text("utf-8").split("\n")
        if line.startswith("version = ")
    ]
    assert faults_of_version(ABOVE, name) == []


def test_what_is_not_committed_or_has_a_tag_is_not_released(tmp_path: Path) -> None:
    def git(*words: str) -> None:
        who = ("-c", "user.name=An", "-c", "user.email=an@vi-du.vn")
        subprocess.run(["git", *who, *words], cwd=tmp_path, check=True, capture_output=True)

    git("init")
    (tmp_path / "file").write_text("")
    assert faults_of_tree(tmp_path, "1.2.0") == ["not committed: file"]
    git("add", "file")
    git("commit", "--message", "One")
    assert faults_of_tree(tmp_path, "1.2.0") == []
    git("tag", "v1.2.0")
    assert faults_of_tree(tmp_path, "1.2.0") == ["there is a tag v1.2.0 already"]
