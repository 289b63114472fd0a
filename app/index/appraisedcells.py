"""The cells of a file of appraised points: leaves, points and names of heads, each with its faults.

Pure.
"""

import re
from dataclasses import dataclass, field
from fractions import Fraction

from app.index.definition import Index
from app.index.external import CRITERION, is_number
from app.index.names import Names
from app.index.names import units as units_of
from app.index.parts import Criterion
from app.language import _, points
from app.text.cleaning import clean, shown
from app.text.table import Record, Table

HEAD = "Người đứng đầu"
NUMBER = re.compile(r"([+-]?[0-9]{1,30})(?:[.,]([0-9]{1,30}))?")
CODE = re.compile(r"[0-9]+(?:\.[0-9]+)+\.?")
ABSENT = ("", "-", "–", "—")  # how people leave a cell of a table out
LONGEST_NAME = 200


def leaves(index: Index) -> tuple[Criterion, ...]:
    """All leaves that are appraised, in file order."""
    return tuple(leaf for leaf in index.leaves if leaf.method == "appraisal")


class Leaves(Names):
    """The leaves that are appraised, found in a cell or in the title of a column."""

    def __init__(self, index: Index) -> None:
        super().__init__({leaf.code: leaf.name for leaf in leaves(index)})

    def titled(self, cell: str) -> str | None:
        """The leaf that a title means: its code, its name, or both ("1.1. Kế hoạch")."""
        text = clean(cell)
        found = self.find(text)
        if len(found) == 1:
            return found[0]
        first = text.partition(" ")[0].rstrip(".:")
        return first if first in self.name_of else None


@dataclass
class Cells:
    """Points and names of a file as its rows are read."""

    index: Index
    points: dict[tuple[str, str], Fraction] = field(default_factory=dict)
    heads: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.leaves, self.units = Leaves(self.index), units_of(self.index)

    def foreign(self, title: str) -> str:
        """What is wrong with a column whose title looks like a criterion that is not appraised."""
        first = title.partition(" ")[0].rstrip(".:")
        if title in self.index.criterion_of or first in self.index.criterion_of:
            return _("tiêu chí này không chấm bằng thẩm định. Xóa cột.")
        if CODE.fullmatch(first):
            return _("bộ chỉ số không có tiêu chí này. Sửa mã, hoặc xóa cột.")
        return ""

    def maxima(self, filled: Table, record: Record) -> None:
        """The row of maxima of our form: another one means another index."""
        for leaf in self.leaves.name_of:
            cell = record.cells.get(leaf, "")
            most = self.index.criterion_of[leaf].max_points or Fraction(0)
            if clean(cell) in ABSENT:
                continue
            stated = self._number(filled, record, leaf)
            if stated is not None and stated != most:
                words = _(
                    "Bộ chỉ số của đợt này có điểm tối đa {most}. Tải lại tệp mẫu của đợt này."
                )
                filled.fault(record, leaf, words.format(most=points(most)))

    def leaf(self, filled: Table, record: Record) -> str | None:
        """The code of a row's leaf; None where there is none, which is noted."""
        text = clean(record.cells[CRITERION])
        if is_number(filled, record, CRITERION):
            return None
        found = self.leaves.find(text)
        if len(found) == 1:
            return found[0]
        codes = ", ".join(self.leaves.name_of)
        if not text:
            problem = _("Để trống. Điền một trong các mã: {codes}.")
        elif found:
            problem = _("Có nhiều tiêu chí như vậy. Điền đúng mã: {codes}.")
            codes = ", ".join(found)
        elif text in self.index.criterion_of or text in {c.code for c in self.index.components}:
            problem = _("Tiêu chí này không chấm bằng thẩm định. Dùng một trong các mã: {codes}.")
        else:
            problem = _(
                "Không có tiêu chí này. Dùng một trong các mã: {codes}. Nếu Excel tự đổi mã thành"
                " số hay ngày, định dạng cột là Văn bản (Text) rồi gõ lại."
            )
        filled.fault(record, CRITERION, problem.format(codes=codes))
        return None

    def head(self, filled: Table, record: Record, unit: str) -> None:
        """Take the name of the head of a unit, one for each."""
        name = clean(record.cells.get(HEAD, ""))
        if not name or HEAD in record.spoiled:
            return
        if len(name) > LONGEST_NAME:
            words = _("Dài quá {most} dấu. Chỉ ghi họ tên.").format(most=LONGEST_NAME)
            filled.fault(record, HEAD, words)
        elif self.heads.setdefault(unit, name) != name:
            words = _("Khác tên đã ghi ở dòng trên của cùng đơn vị: {name}. Ghi một tên.")
            filled.fault(record, HEAD, words.format(name=shown(self.heads[unit])))

    def take(self, filled: Table, record: Record, column: str, unit: str, leaf: str) -> None:
        """Take the points in a cell."""
        given = self.given(filled, record, column, leaf)
        if given is not None:
            self.points[unit, leaf] = given

    def given(
        self, filled: Table, record: Record, column: str, leaf: str | None
    ) -> Fraction | None:
        """The points in a cell, no more than the leaf's maximum; None for a blank, or a fault."""
        given = self._number(filled, record, column) if clean(record.cells[column]) else None
        if given is None:
            return None
        most = self.index.criterion_of[leaf].max_points if leaf else None
        if given < 0:
            filled.fault(record, column, _("Điểm không được nhỏ hơn 0."))
        elif most is not None and given > most:
            words = _("Lớn hơn điểm tối đa của tiêu chí {code} là {most}. Xem lại điểm.")
            filled.fault(record, column, words.format(code=leaf, most=points(most)))
        return given

    @staticmethod
    def _number(filled: Table, record: Record, column: str) -> Fraction | None:
        text = clean(record.cells[column])
        match = NUMBER.fullmatch(text)
        if match:
            number = Fraction(f"{match[1]}.{match[2] or 0}")
            if record.kinds.get(column) == "n":
                # What a formula gave has a tail that Excel does not show: 0.30000000000000004.
                number = Fraction(f"{float(number):.15g}")
            return number
        if NUMBER.fullmatch(re.sub(r"\s", "", text)):
            problem = _("Có dấu cách trong số, nên không rõ là số nào. Gõ liền nhau, ví dụ 2,34.")
        else:
            problem = _("Không phải số. Viết điểm bằng chữ số, ví dụ 2,34.")
        filled.fault(record, column, problem)
        return None
