"""The house and what is said of it: packages that name their modules, and docs/architecture.md."""

import ast
import re
from pathlib import Path

import pytest

HOUSE = Path(__file__).parent.parent
APP = HOUSE / "app"
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
