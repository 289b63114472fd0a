"""Workbooks of people as officers have them, to be made odd in one way."""

import io
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from app.index import file as indexfile
from app.index.definition import Index
from app.papers import tables
from app.roster import file as rosterfile
from app.roster.columns import WANTED
from app.roster.file import Roster
from app.text.headings import Sheet

CASES = Path(__file__).parent.parent / "cases"
HEADING = ["Họ và tên", "Email", "Nhóm", "Cơ quan", "Đơn vị đánh giá", "Chức vụ", "Điện thoại"]


def index() -> Index:
    return indexfile.parse((CASES / "index.toml").read_bytes())


def person(number: int, *more: object, group: str = "hdnd") -> list[object]:
    """A row: its agency and what stands behind it are `more`."""
    return [f"Người {chr(65 + number)}", f"n{number}@vi-du.vn", group, *more]


def book(*rows: Sequence[object]) -> tuple[openpyxl.Workbook, Worksheet]:
    """A workbook of one sheet, "Danh sách"."""
    made = openpyxl.Workbook()
    sheet = made.active
    sheet.title = "Danh sách"
    for row in rows:
        sheet.append(row)
    return made, sheet


def saved(made: openpyxl.Workbook) -> bytes:
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def changed(made: openpyxl.Workbook, change: Callable[[bytes], bytes]) -> bytes:
    """A workbook with the XML of its first sheet changed: what no library writes."""
    parts, out = zipfile.ZipFile(io.BytesIO(saved(made))), io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target:
        for part in parts.namelist():
            content = parts.read(part)
            target.writestr(part, change(content) if part.endswith("sheet1.xml") else content)
    return out.getvalue()


def sheet_of(data: bytes | openpyxl.Workbook, hidden: str = "", name: str = "ds.xlsx") -> Sheet:
    whole = data if isinstance(data, bytes) else saved(data)
    return tables.table(whole, name, WANTED, hidden)


def read(data: bytes | openpyxl.Workbook, hidden: str = "", name: str = "ds.xlsx") -> Roster:
    return rosterfile.read(index(), sheet_of(data, hidden, name))
