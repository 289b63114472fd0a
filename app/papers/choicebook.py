"""The sheet of a workbook with the questions that only ask: a row for each level and cell."""

from decimal import Decimal
from fractions import Fraction

from app.index.definition import Index
from app.language import _, rounded
from app.papers.sheet import MISSING, Page
from app.scores.choices import Choices, Said, few, of_shares
from app.scores.results import Document


def write(page: Page, index: Index, document: Document) -> None:
    """All of them: those about none first, then unit by unit."""
    choices = Choices(index, document)
    page.header(
        [
            *((_("Câu hỏi"), 60), (_("Đơn vị"), 34), (_("Nhóm"), 40), (_("Mức"), 40)),
            *((_("Số phiếu chọn"), 10), (_("Số phiếu trả lời"), 10), (_("Tỷ lệ %"), 10)),
        ],
        frozen=1,
    )
    withheld = False
    for said in choices.about_none:
        withheld |= _rows(page, "", said)
    for _question, rows in choices.by_unit:
        for unit, said in rows:
            withheld |= _rows(page, unit.name, said)
    page.filtered()
    notes = [_("Câu hỏi thêm chỉ để lấy ý kiến, không tính điểm.")]
    shares = dict.fromkeys(of_shares(each) for each in index.choices)
    page.notes([*notes, *shares, *([f"* {few(index)}"] if withheld else [])])


def _rows(page: Page, unit: str, said: Said) -> bool:
    """The rows of one question about one unit; whether it has none that may be told."""
    if not said.cells:
        page.add(said.text, unit or None, *[MISSING] * 5)
        return True
    for place, name in enumerate((_("Tất cả"), *said.cells)):
        answers = said.answers[place]
        for level in said.levels:
            ticked = (level.whole, *level.cells)[place]
            share = _figure(ticked.percent)
            page.add(said.text, unit or None, name, level.label, ticked.count, answers, share)
    return False


def _figure(percent: Fraction | None) -> Decimal | None:
    return None if percent is None else Decimal(rounded(percent, 1))
