"""Rows of texts as fields: what each is called, what it may hold, what is wrong with it."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.index.columns import NO, YES, Column, Layout
from app.index.rows.edits import NAMED_IN
from app.index.rows.texts import NUMBERS, Row, Sheets
from app.language import _
from app.preparation.slips import Slip
from app.web.console.editing.sections import Section, field_id, named
from app.web.console.editing.typed import Typed

MOST_OPTIONS = 40  # of a drop-down; more are offered while one types
LISTED_IN = {place: key for key, places in NAMED_IN.items() for place in places}


@dataclass(frozen=True)
class Field:
    """`kind` is text, area, number, select, list or boxes."""

    id: str
    title: str
    note: str
    kind: str
    value: str
    required: bool
    options: Sequence[tuple[str, str]] = ()
    slips: Sequence[str] = ()

    @property
    def is_wide(self) -> bool:
        """A name is longer than a code or a number."""
        return self.kind == "text" and self.id.endswith(("-name", "-label", "-contact", "-email"))

    @property
    def ticked(self) -> set[str]:
        return {code.strip() for code in self.value.replace(",", ";").split(";")}


@dataclass(frozen=True)
class Shown:
    """A row; `number` is its place in its sheet, from 1; `origin` the row that it came from."""

    place: int
    number: int
    wanted: str  # the number it shall have
    origin: str
    name: str
    fields: list[Field]
    slips: Sequence[str] = ()


def options_of(sheets: Sheets, layout: Layout, column: Column) -> list[tuple[str, str]]:
    """What can be chosen in a column: the words of the workbook, or codes of another sheet."""
    if column.kind == "flag":
        return [("", _("(để trống)")), (YES, YES), (NO, NO)]
    if column.kind == "choice":
        words = [(word, word) for word in column.words.values()]
        return words if "" in column.words else [("", _("(để trống)")), *words]
    key = LISTED_IN.get((layout.key, column.key))
    if key is None:
        return []
    lists = ("components", "criteria") if column.key == "parent" else (key,)
    found: dict[str, str] = {}
    for each in lists:
        for row in sheets[each]:
            code, name = row.get("code", ""), row.get("name", "")
            found.setdefault(code, f"{code}: {name}" if name else code)
    return list(found.items())


def drawn(
    section: Section,
    layout: Layout,
    sheets: Sheets,
    typed: Typed,
    slips: Sequence[Slip] = (),
) -> list[Shown]:
    """The rows of a page, each with where it came from; `slips` are of rows by their place in the
    whole sheet."""
    columns = [(column, options_of(sheets, layout, column)) for column in section.columns(layout)]
    told: dict[tuple[int | None, str], list[str]] = {}
    for slip in slips:
        if slip.sheet == layout.key:
            told.setdefault((slip.row, slip.column), []).append(slip.words)
    shown = []
    for place, (origin, row) in enumerate(typed.rows):
        at = typed.start + place
        fields = [
            _field(layout, place, column, row, options, told.get((at, column.key), ()))
            for column, options in columns
        ]
        here = {(at, column.key) for column, _options in columns}
        beside = [
            words
            for (slip_row, column), found in told.items()
            if slip_row == at and (slip_row, column) not in here
            for words in found
        ]
        wanted = typed.places.get(place, str(at + 1))
        shown.append(Shown(place, at + 1, wanted, origin, named(row), fields, beside))
    return shown


def _field(
    layout: Layout,
    place: int,
    column: Column,
    row: Row,
    options: Sequence[tuple[str, str]],
    slips: Sequence[str],
) -> Field:
    value = row.get(column.key, "")
    kind = "area" if column.kind == "prose" else "text"
    if column.kind in NUMBERS:
        kind = "number"
    elif column.kind == "codes" and column.key == "groups":
        kind = "boxes"
        codes = {code for code, _words in options}
        lost = [code.strip() for code in value.split(";") if code.strip() not in {"", *codes}]
        options = [*options, *((code, _("{code} (không có)").format(code=code)) for code in lost)]
    elif options and column.kind in ("choice", "flag"):
        kind = "select"
    elif options and column.kind == "code":
        kind = "select" if len(options) <= MOST_OPTIONS else "list"
        if kind == "select":
            options = [("", _("(để trống)")), *options]
            if value not in {code for code, _words in options}:
                options = [*options, (value, _("{code} (không có)").format(code=value))]
    id_ = field_id(layout.key, place, column.key)
    return Field(id_, column.title, column.on_page, kind, value, column.required, options, slips)
