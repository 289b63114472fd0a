"""What a form of fields says: the rows of its page as they were typed, and what a button does to
them."""

import re
from dataclasses import dataclass, field

from app.index.columns import Column
from app.index.rows import edits
from app.index.rows.texts import Row, Sheets
from app.language import _
from app.web.console.desk.guards import OfficerForm
from app.web.console.editing.sections import Section, field_id

BUTTON = "lam"
NEW = "moi"  # the origin of a row that stood nowhere before


class NoPlace(Exception):
    """What was typed as the place of a row is no number; the text says what to do."""

    def __init__(self, place: int, number: str) -> None:
        message = _("Thứ tự “{number}” không phải là số; hãy ghi số từ 1. Chưa lưu trang này.")
        super().__init__(message.format(number=number[:40]))
        self.field = f"so-{place}"


@dataclass
class Typed:
    """The rows of a page, each with the row of the sheet it came from, from `start` to `end`."""

    sheet: str
    start: int
    end: int
    rows: list[tuple[str, Row]]
    focus: int | None = None  # the row that a button made or moved
    places: dict[int, str] = field(default_factory=dict)  # numbers typed anew, by the row

    def whole(self, base: Sheets) -> tuple[Sheets, list[int | None]]:
        """The sheets with these rows in the place of those of the page; where each row of this
        sheet came from."""
        old = base[self.sheet]
        origins = [
            *range(self.start),
            *(int(origin) if origin != NEW else None for origin, _row in self.rows),
            *range(self.end, len(old)),
        ]
        rows = [*old[: self.start], *(row for _origin, row in self.rows), *old[self.end :]]
        return {**base, self.sheet: rows}, origins


def read(form: OfficerForm, section: Section, base: Sheets) -> list[Typed]:
    """The rows of each sheet of a page as they were typed."""
    fields: dict[str, list[str]] = {}
    for name, value in form.posts.fields:
        fields.setdefault(name, []).append(value)
    found = []
    for layout in section.layouts:
        columns, old = list(section.columns(layout)), base[layout.key]
        if not layout.is_list:
            was = old[0] if old else {}
            row = _row(fields, layout.key, 0, columns, was)
            found.append(Typed(layout.key, 0, len(old), [("0" if old else NEW, row)]))
            continue
        start = min(form.number("dau"), len(old))
        end = min(max(start, form.number("cuoi")), len(old))
        rows = []
        for place, origin in enumerate(fields.get("dong", ())):
            known = re.fullmatch("[0-9]{1,6}", origin) and start <= int(origin) < end
            was = old[int(origin)] if known else {}
            row = _row(fields, layout.key, place, columns, was)
            rows.append((origin if known else NEW, row))
        places = {
            place: number
            for place in range(len(rows))
            for number in fields.get(f"so-{place}", ())[:1]
            if number.strip() != fields.get(f"la-{place}", [""])[0]
        }
        found.append(Typed(layout.key, start, end, rows, None, places))
    return found


def _row(
    fields: dict[str, list[str]], sheet: str, place: int, columns: list[Column], was: Row
) -> Row:
    row = dict(was)
    for column in columns:
        name = field_id(sheet, place, column.key)
        if column.kind == "codes" and column.key == "groups":
            # Boxes that are not ticked are not sent; the row was, so none is.
            value = "; ".join(fields.get(name, ()))
            if {*_codes(value)} == {*_codes(was.get(column.key, ""))}:
                value = was.get(column.key, "")  # in the order of the file
        elif name in fields:
            value = fields[name][0].replace("\r\n", "\n")
        else:
            continue
        # What was not there and is blank still is not there: an organiser of whom nothing is known.
        if value or was or column.key == "groups":
            row[column.key] = value
    return row


def _codes(text: str) -> list[str]:
    return [code for code in map(str.strip, re.split("[;,\n]", text)) if code]


def press(typed: Typed, button: str) -> bool:
    """Do what a button of a row does; gives whether there is such a button."""
    found = re.fullmatch(r"(them|xoa|len|xuong)-([0-9]{1,4})", button)
    if not found:
        return False
    place, rows = int(found[2]), typed.rows
    typed.places = {}  # rows stand elsewhere now
    match found[1]:
        case "them":
            typed.focus = min(place, len(rows))
            rows.insert(typed.focus, (NEW, {}))
        case "xoa" if place < len(rows):
            del rows[place]
            typed.focus = min(place, len(rows) - 1) if rows else None
        case "len" if 0 < place < len(rows):
            rows[place - 1], rows[place] = rows[place], rows[place - 1]
            typed.focus = place - 1
        case "xuong" if place + 1 < len(rows):
            rows[place + 1], rows[place] = rows[place], rows[place + 1]
            typed.focus = place + 1
        case _:
            return False
    return True


def moved(
    typed: Typed, whole: Sheets, origins: list[int | None]
) -> tuple[Sheets, list[int | None]]:
    """The whole sheet with each row whose number was typed anew at that number. Raises NoPlace."""
    pairs = list(zip(whole[typed.sheet], origins, strict=True))
    jumps = []
    for place, number in typed.places.items():
        if not re.fullmatch(r"\s*0*[1-9][0-9]{0,5}\s*", number):
            raise NoPlace(place, number.strip())
        jumps.append((int(number) - 1, pairs[typed.start + place]))
    for _wanted, pair in jumps:
        pairs = [each for each in pairs if each is not pair]
    for wanted, pair in sorted(jumps, key=lambda jump: jump[0]):
        pairs.insert(min(wanted, len(pairs)), pair)
    rows = [row for row, _origin in pairs]
    return {**whole, typed.sheet: rows}, [origin for _row, origin in pairs]


def followed(base: Sheets, whole: Sheets, sheet: str, origins: list[int | None]) -> Sheets:
    """What names a code that was changed names the new one."""
    return edits.followed(base, whole, sheet, origins)
