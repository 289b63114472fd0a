"""What the reader of a workbook does not tell: errors, formulas, what is merged, what is hidden.

Part of the process that reads a workbook (`xlsx`), under its limits. The XML of a sheet is walked
once and kept nowhere; what is wrong with it is raised as it comes, and means a damaged file.
"""

import re
import zipfile
from collections.abc import Callable, Iterator
from posixpath import normpath
from xml.etree import ElementTree as ET
from xml.parsers import expat

MERGED, AREA = 50_000, 2_000_000  # merged ranges of a sheet, and the cells in them

PLACE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
TRUE = ("1", "true")
LITERAL = re.compile(r'"[^"]*"|\\.')


class TooMany(Exception):
    """More is merged than a list of people can hold."""


class Marks:
    """Places, from 0, of a sheet's cells that are no plain values, and what of it is hidden.

    `formulas` are all that may lack a result: in a workbook that is to be calculated anew when it
    is opened, a stored nought or blank stands for none.
    """

    def __init__(self, archive: zipfile.ZipFile, name: str, most_columns: int) -> None:
        self.percents: set[tuple[int, int]] = set()
        self.formulas: set[tuple[int, int]] = set()
        self.errors: dict[tuple[int, int], str] = {}
        self.merged: list[tuple[str, int, int, int, int]] = []
        self.hidden_rows: set[int] = set()
        self.hidden_columns: set[int] = set()
        self._most_columns = most_columns
        self._styles = percent_styles(archive)
        part, self._anew = sheet_part(archive, name)
        self._place, self._type, self._space = (-1, -1), "", ""
        self._takes: dict[str, Callable[[dict[str, str]], None]] = {
            "c": self._cell,
            "v": self._value,
            "f": self._formula,
            "row": self._row,
            "col": self._columns,
            "mergeCell": self._merge,
        }
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.StartElementHandler = self._start
        with archive.open(part) as xml:
            self._parser.ParseFile(xml)

    def _start(self, name: str, has: dict[str, str]) -> None:
        self._parser.CharacterDataHandler = None
        space, _blank, local = name.rpartition(" ")
        self._space = self._space or space
        if space != self._space:
            return  # what newer programs add has cells and formulas of its own
        if local in self._takes:
            self._takes[local](has)

    def _cell(self, has: dict[str, str]) -> None:
        row, column = self._place
        self._place = place_of(has["r"]) if "r" in has else (row, column + 1)
        self._type = has.get("t", "n")
        if has.get("s") in self._styles:
            self.percents.add(self._place)
        if self._type == "e":
            self.errors[self._place] = ""

    def _value(self, _has: dict[str, str]) -> None:
        if self._type == "e":
            self._parser.CharacterDataHandler = self._say

    def _formula(self, _has: dict[str, str]) -> None:
        # A text that is stored is a result even if it is empty.
        if self._type != "e" and (self._anew or self._type != "str"):
            self.formulas.add(self._place)

    def _row(self, has: dict[str, str]) -> None:
        self._place = int(has.get("r", self._place[0] + 2)) - 1, -1
        if has.get("hidden") in TRUE or float(has.get("ht", 9)) < 1:
            self.hidden_rows.add(self._place[0])

    def _columns(self, has: dict[str, str]) -> None:
        if has.get("hidden") in TRUE or float(has.get("width", 9)) < 0.1:
            last = min(int(has["max"]), self._most_columns)
            self.hidden_columns.update(range(int(has["min"]) - 1, last))

    def _merge(self, has: dict[str, str]) -> None:
        first, _colon, last = has["ref"].replace("$", "").partition(":")
        if len(self.merged) == MERGED:
            raise TooMany
        self.merged.append((has["ref"], *place_of(first), *place_of(last or first)))

    def _say(self, text: str) -> None:
        self.errors[self._place] = (self.errors[self._place] + text)[:40]

    def lacks(self, value: object) -> bool:
        """Whether what is stored for a formula is no result."""
        return value == "" or (self._anew and value == 0)

    def pieces(self, filled: list[bool], width: int) -> Iterator[tuple[tuple[int, int], str]]:
        """All cells but the first of each merged range, in rows that have something at all."""
        area = 0
        for name, top, left, bottom, right in self.merged:
            right, bottom = min(right + 1, width), min(bottom + 1, len(filled))
            area += max(0, bottom - top) * max(1, right - left)
            if area > AREA:
                raise TooMany
            for row in range(top, bottom):
                for column in range(left, right) if filled[row] else ():
                    if (row, column) != (top, left):
                        yield (row, column), name


def percent_styles(archive: zipfile.ZipFile) -> set[str]:
    """The numbers of the styles that show a value in percent."""
    if "xl/styles.xml" not in archive.namelist():
        return set()
    styles = ET.fromstring(archive.read("xl/styles.xml"))  # noqa: S314 - limited process
    formats = {
        each.get("numFmtId"): LITERAL.sub("", each.get("formatCode", ""))
        for each in styles.iterfind("{*}numFmts/{*}numFmt")
    } | {"9": "0%", "10": "0.00%"}
    return {
        str(number)
        for number, style in enumerate(styles.iterfind("{*}cellXfs/{*}xf"))
        if "%" in formats.get(style.get("numFmtId"), "")
    }


def sheet_part(archive: zipfile.ZipFile, name: str) -> tuple[str, bool]:
    """The path of a sheet inside the archive; whether Excel calculates all anew at opening."""
    workbook = ET.fromstring(archive.read("xl/workbook.xml"))  # noqa: S314
    key = next(
        value
        for each in workbook.iterfind("{*}sheets/{*}sheet")
        if each.get("name") == name
        for attribute, value in each.items()
        if attribute.endswith("}id")
    )
    anew = any(each.get("fullCalcOnLoad") in TRUE for each in workbook.iterfind("{*}calcPr"))
    links = ET.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
    target = next(each.get("Target", "") for each in links if each.get("Id") == key)
    target = target.replace("\\", "/")
    path = normpath(target.removeprefix("/") if target.startswith("/") else f"xl/{target}")
    parts = {part.replace("\\", "/").casefold(): part for part in archive.namelist()}
    return parts[path.casefold()], anew


def place_of(cell: str) -> tuple[int, int]:
    """Row and column, from 0, of a cell: C2 is (1, 2)."""
    found = PLACE.fullmatch(cell)
    if found is None:
        raise ValueError(cell)
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(found[2]) - 1, column - 1
