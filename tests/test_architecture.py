"""The house and what is said of it: packages that name their modules, and docs/architecture.md."""

import ast
import re
import tomllib
from pathlib import Path

import pytest

HOUSE = Path(__file__).parent.parent
APP = HOUSE / "app"
PAGE = (HOUSE / "docs" / "architecture.md").read_text("utf-8")
PAPERS = [*sorted(HOUSE.glob("*.md")), *sorted((HOUSE / "docs").glob("*.md"))]
PACKAGES = sorted(path.parent for path in APP.rglob("__init__.py"))


def named(package: Path) -> list[str]:
    """What a package's docstring lists: a name at the start of a line, and a gap behind it."""
    doc = ast.get_docstring(ast.parse((package / "__init__.py").read_text("utf-8")))
    return re.findall(r"^(\w+/?) {2,}\S", doc or "", re.MULTILINE)


@pytest.mark.parametrize("package", PACKAGES, ids=lambda path: str(path.relative_to(HOUSE)))
def test_every_package_names_its_modules_and_nothing_else(package: Path) -> None:
    modules = {path.stem for path in package.glob("*.py")} - {"__init__"}
    inner = {f"{path.name}/" for path in PACKAGES if path.parent == package}
    names = named(package)
    assert sorted(names) == sorted(modules | inner), f"{package}/__init__.py"


@pytest.mark.parametrize("package", PACKAGES, ids=lambda path: str(path.relative_to(HOUSE)))
def test_a_package_holds_nothing_but_what_it_says_of_itself(package: Path) -> None:
    (only,) = ast.parse((package / "__init__.py").read_text("utf-8")).body
    assert isinstance(only, ast.Expr)
    assert isinstance(only.value, ast.Constant)


def test_every_folder_of_modules_is_a_package() -> None:
    assert {path.parent for path in APP.rglob("*.py")} == set(PACKAGES)


def drawn(heading: str) -> list[str]:
    """The lines of the drawing under a heading of the page."""
    text = PAGE.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    return text.split("```\n")[1].splitlines()


def test_the_page_draws_every_package_and_every_module_beside_them() -> None:
    folders: list[str] = []
    found = []
    for line in drawn("The tree"):
        name = line.split()[0]
        folders[(len(line) - len(line.lstrip())) // 2 :] = [name]
        found.append("".join(folders))
    assert len(set(found)) == len(found)
    packages = {f"{path.relative_to(HOUSE)}/" for path in PACKAGES}
    modules = {f"app/{path.stem}" for path in APP.glob("*.py")} - {"app/__init__"}
    assert {name for name in found if name.startswith("app/")} == packages | modules
    for name in set(found) - packages - modules:
        assert (HOUSE / name).is_dir(), name


def test_the_floors_of_the_page_are_those_of_the_contract() -> None:
    project = tomllib.loads((HOUSE / "pyproject.toml").read_text("utf-8"))
    contracts = project["tool"]["importlinter"]["contracts"]
    (layers,) = [each["layers"] for each in contracts if each.get("containers") == ["app"]]
    assert [sorted(floor.split(" | ")) for floor in drawn("The floors")] == [
        sorted(floor.split(" | ")) for floor in layers
    ]


@pytest.mark.parametrize("name", ["ballot", "letter"])
def test_the_way_of_a_ballot_and_of_a_letter_has_five_hops_with_their_files(name: str) -> None:
    text = PAGE.split(f"\n## The five hops of a {name}\n")[1].split("\n## ")[0]
    hops = re.findall(r"^(\d)\. (.*(?:\n   .*)*)", text, re.MULTILINE)
    assert [number for number, _ in hops] == ["1", "2", "3", "4", "5"]
    assert all(re.search(r"`app/[\w/]+\.py`", words) for _, words in hops)


@pytest.mark.parametrize("paper", PAPERS, ids=lambda path: path.name)
def test_every_file_that_a_paper_names_is_there(paper: Path) -> None:
    text = paper.read_text("utf-8")
    for name in re.findall(r"`((?:app|tests|migrations|templates|docs)/[\w./-]*)`", text):
        assert (HOUSE / name).exists(), f"{paper.name}: {name}"
