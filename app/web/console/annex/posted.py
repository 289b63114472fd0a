"""What of a posted page was changed: the rest stays a guess."""

from collections.abc import Mapping

from app.annex.annex import Annex
from app.annex.choices import KINDS, Choices
from app.annex.levels import ROLES
from app.annex.methods import NAMES
from app.text.cleaning import clean
from app.web.console.annex import shown
from app.web.console.annex.told import FIELDS
from app.web.console.desk.desk import Form

# Of each kind of choice, the part of `shown.Fields`.
PARTS = {"roles": "role", "codes": "code", "points": "points", "methods": "method"}
LONGEST = 20_000


def choices_of(form: Form, annex: Annex, before: Choices) -> Choices:
    """What is settled after this form: what stood before, and what differs from what was drawn."""
    tables = _tables(form, annex)
    texts = _texts(form, before.texts)
    if tables and tables != (before.tables or annex.used):
        return Choices(tables=tables, texts=texts)
    found: dict[str, dict[int, str]] = {kind: dict(getattr(before, kind)) for kind in KINDS}
    fields = dict(reversed(form.posts.fields))
    for each in shown.rows(annex, before):
        id_ = each.row.line.id
        for kind, part in PARTS.items():
            drawn = getattr(each.fields, part)
            value = clean(fields.get(shown.field_of(part, id_), drawn or ""))[:60]
            if drawn is None or value == drawn or not _is_sound(kind, value):
                continue
            if value:
                found[kind][id_] = value
            else:
                found[kind].pop(id_, None)
    for conflict in annex.conflicts:
        id_ = conflict.line.id
        value = fields.get(shown.field_of("sum", id_), conflict.chosen)
        if value in dict(conflict.ways):
            found["sums"][id_] = value
        elif not value:
            found["sums"].pop(id_, None)
    rest = fields.get("con-lai", before.rest)
    return Choices(
        roles=found["roles"],
        codes=found["codes"],
        points=found["points"],
        methods=found["methods"],
        sums=found["sums"],
        rest=rest if rest in ("", "survey", "appraisal") else "",
        tables=before.tables,
        texts=texts,
    )


def _is_sound(kind: str, value: str) -> bool:
    if kind == "roles":
        return value in ROLES
    return kind != "methods" or not value or value in NAMES


def _tables(form: Form, annex: Annex) -> tuple[int, ...]:
    """Which tables are to be read."""
    known = {place for place, _name in annex.tables} | set(annex.used)
    parts = [part for part in form.value("bang").split(",") if part.isdecimal() and len(part) < 5]
    found = tuple(int(part) for part in parts)
    return found if known.issuperset(found) else ()


def _texts(form: Form, before: Mapping[str, str]) -> dict[str, str]:
    """What was typed into the fields below, line ends as one sign."""
    found = dict(before)
    for name in FIELDS:
        if form.has(name):
            found[name] = form.value(name).replace("\r\n", "\n")[:LONGEST]
    return found
