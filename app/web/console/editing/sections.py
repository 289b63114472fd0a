"""The pages on which an index is edited: one or two sheets of its workbook each."""

from collections.abc import Iterator
from dataclasses import dataclass

from app.index.columns import Column, Layout
from app.index.rows.texts import Row, Sheets
from app.index.sheets import LAYOUT_OF
from app.language import _

ROWS = 25  # on one page
MATRIX_ROWS = 100


@dataclass(frozen=True)
class Section:
    """`code` is the end of its address. The matrix shows one column of its sheet, as boxes."""

    code: str
    sheets: tuple[str, ...]
    title: str
    is_matrix: bool = False

    @property
    def layouts(self) -> tuple[Layout, ...]:
        return tuple(LAYOUT_OF[key] for key in self.sheets)

    @property
    def list(self) -> Layout | None:
        """Its sheet, when that is a list."""
        first = self.layouts[0]
        return first if first.is_list else None

    @property
    def rows(self) -> int:
        return MATRIX_ROWS if self.is_matrix else ROWS

    def columns(self, layout: Layout) -> Iterator[Column]:
        """What can be typed; the code of the index itself stays."""
        for column in layout.columns:
            is_fixed = (layout.key, column.key) == ("index", "code")
            if not is_fixed and (column.key == "groups" or not self.is_matrix):
                yield column


def _of(code: str, *sheets: str) -> Section:
    return Section(code, sheets, _(" và ").join(LAYOUT_OF[key].title for key in sheets))


SECTIONS = {
    section.code: section
    for section in (
        _of("chung", "index", "organiser"),
        _of("quy-tac", "rules"),
        _of("xep-loai", "classes"),
        _of("khoi", "blocks"),
        _of("don-vi", "units"),
        _of("thanh-phan", "components"),
        _of("tieu-chi", "criteria"),
        _of("thang-do", "scales"),
        _of("nhom", "groups"),
        _of("cau-hoi", "questions"),
        Section("nhom-cau-hoi", ("questions",), _("Câu hỏi nào hỏi nhóm nào"), is_matrix=True),
    )
}
# Where a fault of a sheet is mended.
SECTION_OF = {
    key: section for section in SECTIONS.values() if not section.is_matrix for key in section.sheets
}


def pages(section: Section, sheets: Sheets) -> list[tuple[int, int]]:
    """The first row of each page and the one behind its last; a sheet without rows has one page."""
    if section.list is None:
        return [(0, 1)]
    count = len(sheets[section.list.key])
    return [
        (start, min(start + section.rows, count)) for start in range(0, max(count, 1), section.rows)
    ]


def page_of(section: Section, row: int) -> int:
    """The page, from 1, on which a row stands."""
    return row // section.rows + 1 if section.list else 1


def named(row: Row) -> str:
    """What a row is called among others: its code, else what stands first in it."""
    return row.get("code") or next((value for value in row.values() if value), "")


def row_id(sheet: str, place: int) -> str:
    return f"{sheet}-{place}"


def field_id(sheet: str, place: int, column: str) -> str:
    return f"{sheet}-{place}-{column}"
