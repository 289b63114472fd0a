"""Commands read when they are called: a list of names costs what the list costs.

To read all there is takes a second, and that was most of a command's time. So a group knows of
each command its name, its words and its module; whoever calls it has the module read.
"""

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any, NamedTuple

from typer import Typer
from typer._click import Command, Context, HelpFormatter
from typer.core import TyperGroup
from typer.main import get_group


class Part(NamedTuple):
    """A command: its module below `app.commands`, the Typer there, and what it does. `is_group`:
    that Typer is the command, else one of its commands is."""

    module: str
    typer: str
    words: str
    is_group: bool = False


def of(module: str, typer: str, words: Mapping[str, str]) -> dict[str, Part]:
    """The commands of one Typer, each with what it does."""
    return {name: Part(module, typer, said) for name, said in words.items()}


class _Commands(Mapping[str, Command]):
    """As a group has its commands, each read when it is asked for."""

    def __init__(self, parts: Mapping[str, Part]) -> None:
        self._parts = parts

    def __iter__(self) -> Iterator[str]:
        return iter(self._parts)

    def __len__(self) -> int:
        return len(self._parts)

    def __getitem__(self, name: str) -> Command:
        part = self._parts[name]
        found: Typer = getattr(import_module(f"app.commands.{part.module}"), part.typer)
        found.rich_markup_mode = None
        command: Command = get_group(found)
        if not part.is_group:
            command = command.commands[name]  # type: ignore[attr-defined]
        command.name, command.help = name, part.words
        return command


def lazily(parts: Mapping[str, Part]) -> type[TyperGroup]:
    """A kind of group that has these commands, in their order."""

    class Lazily(TyperGroup):
        def __init__(self, **told: Any) -> None:
            super().__init__(**told)
            self.commands = _Commands(parts)  # type: ignore[assignment]

        def list_commands(self, ctx: Context) -> list[str]:
            return list(parts)

        def format_commands(self, ctx: Context, formatter: HelpFormatter) -> None:
            with formatter.section("Commands"):
                formatter.write_dl([(name, part.words) for name, part in parts.items()])

    return Lazily
