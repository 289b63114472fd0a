"""docs/trust.md names tests; each of them is there."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_every_test_that_the_page_of_attacks_names_exists() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", (ROOT / "docs/trust.md").read_text())
    assert len(named) > 50
    missing = []
    for path in {path for path, _name in named}:
        text = (ROOT / path).read_text() if (ROOT / path).exists() else ""
        there = {e.name for e in ast.parse(text).body if isinstance(e, ast.FunctionDef)}
        missing += [f"{path}::{name}" for of, name in named if of == path and name not in there]
    assert sorted(missing) == []


def test_whoever_reads_of_security_finds_the_page_of_attacks() -> None:
    for page, link in (
        ("README.md", "docs/trust.md"),
        ("SECURITY.md", "docs/trust.md"),
        ("docs/architecture.md", "(trust.md)"),
    ):
        assert link in (ROOT / page).read_text(), page
