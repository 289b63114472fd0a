"""What no mutant changes, made once for all of them: empty databases to copy."""

from pathlib import Path


def test_sqlite(blank_sqlite: Path) -> None:
    assert blank_sqlite.exists()


def test_postgresql(blank_postgresql: str) -> None:
    assert blank_postgresql
