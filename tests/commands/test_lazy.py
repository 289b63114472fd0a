"""A list of commands costs what the list costs: nothing of the program is read for it."""

import subprocess
import sys
from importlib import import_module

import pytest
from typer.testing import CliRunner

from app.commands import main, wave
from app.commands.lazy import Part

# What takes a second to read.
HEAVY = {"sqlalchemy", "sqlmodel", "fastapi", "cryptography", "docx", "jinja2", "rich"}
ALL = {**main.COMMANDS, **{f"wave {name}": part for name, part in wave.COMMANDS.items()}}


def read_by(*words: str) -> set[str]:
    """The packages that a process has read at the end of a command."""
    script = (
        "import sys; from app.commands.main import main\n"
        "try: main()\n"
        "except SystemExit as end: assert not end.code\n"
        "print(' '.join({name.partition('.')[0] for name in sys.modules}), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *words], capture_output=True, text=True, check=True
    )
    assert "Usage" in done.stdout
    return set(done.stderr.split())


@pytest.mark.parametrize("words", [("--help",), ("wave", "--help")])
def test_help_reads_nothing_of_what_the_commands_need(words: tuple[str, ...]) -> None:
    assert not read_by(*words) & HEAVY


@pytest.mark.parametrize("name", ALL)
def test_every_command_is_where_the_list_says_and_says_the_same(name: str) -> None:
    part = ALL[name]
    assert isinstance(part, Part)
    assert hasattr(import_module(f"app.commands.{part.module}"), part.typer)
    done = CliRunner().invoke(main.app, [*name.split(), "--help"], env={"COLUMNS": "300"})
    assert done.exit_code == 0, done.output
    assert part.words in " ".join(done.output.split())


def test_a_mistyped_command_is_told_the_near_one() -> None:
    for words, near in (("sned", "send"), ("wave stauts", "status")):
        done = CliRunner().invoke(main.app, words.split())
        assert done.exit_code == 2
        assert f"'{near}'" in done.output
