"""An annex as the page shows it: its rows with their fields, its guesses by kind."""

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction

from app.annex.annex import Annex, Row
from app.annex.choices import Choices
from app.annex.methods import NAMES, is_split
from app.language import points as shown_points

NAMES_OF = {"role": "la", "code": "ma", "points": "diem", "method": "cach", "sum": "tong"}


@dataclass(frozen=True)
class Fields:
    """What the fields of a row hold; None where it has no such field."""

    role: str
    code: str | None = None
    points: str | None = None
    method: str | None = None


@dataclass(frozen=True)
class Shown:
    row: Row
    fields: Fields
    depth: int
    worth: str  # where it is no field
    methods: tuple[tuple[str, str], ...]

    @property
    def name(self) -> str:
        return self.row.node.name if self.row.node else self.row.line.name

    @property
    def is_leaf(self) -> bool:
        return self.row.node is not None and not self.row.node.children


def rows(annex: Annex, choices: Choices) -> list[Shown]:
    """The rows as the page shows them, and as `posted` compares them with what comes back."""
    return [_shown(row, choices) for row in annex.rows]


def _shown(row: Row, choices: Choices) -> Shown:
    node = row.node
    if node is None:
        return Shown(row, Fields(row.role), 0, _points(row.line.points), ())
    if node.children:
        fields = Fields(row.role, node.code, None, choices.methods.get(row.line.id, ""))
        stated = node.points if node.stated is None else node.stated
        return Shown(row, fields, node.depth, _points(stated), _methods(split=False))
    typed = choices.points.get(row.line.id)
    text = _points(node.points) or typed or ""
    fields = Fields(row.role, node.code, text, node.method)
    return Shown(row, fields, node.depth, "", _methods(split=is_split(node)))


def _methods(*, split: bool) -> tuple[tuple[str, str], ...]:
    return tuple((key, words) for key, words in NAMES.items() if split or key != "split")


def _points(value: Fraction | None) -> str:
    return "" if value is None else shown_points(value)


def field_of(what: str, line: int) -> str:
    """The id of the field where something about a line is settled."""
    return f"{NAMES_OF[what]}-{line}"


def guesses(annex: Annex) -> list[tuple[str, int, int]]:
    """The guesses, those of one kind together: its words, how often, the first line."""
    count = Counter(why for row in annex.rows for why in row.whys)
    first = {why: row.line.id for row in reversed(annex.rows) for why in row.whys}
    return [(why, often, first[why]) for why, often in count.items()]
