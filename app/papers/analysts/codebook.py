"""The rows of so-tay-ma.csv: what every code of the tally stands for.

A row without a code tells of the column itself. `belongs_to` is what stands above a code: the scale
of a level, the criterion of a question, the block of a unit.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from app.index.definition import Index
from app.language import _
from app.papers.analysts.codes import Codes
from app.papers.analysts.tally import CHOICE, COLUMNS, SCORED, Column, cells, figure
from app.scores.cells import NO_OPINION
from app.scores.choices import names_of

FIELDS = (
    Column("variable", "string", _("Cột của kiem-phieu.csv, hoặc group: nhóm, scale: thang đo")),
    Column("code", "string", _("Mã; trống thì dòng nói về cả cột")),
    Column("label", "string", _("Tên, hoặc nguyên văn câu hỏi")),
    Column("belongs_to", "string", _("Mã ở trên: thang đo của mức, tiêu chí của câu hỏi, khối…")),
    Column("scale", "string", _("Mã thang đo của câu hỏi")),
    Column("most", "integer", _("Mỗi phiếu được chọn tối đa bao nhiêu mức của câu hỏi")),
    Column("weight", "number", _("Trọng số của mức, của nhóm, của câu hỏi")),
    Column("maximum", "number", _("Điểm tối đa của tiêu chí")),
)
Row = tuple[str, ...]


def rows(index: Index, document: Mapping[str, Any], codes: Codes) -> Iterator[Row]:
    """Columns first, then the codes of each, in index order."""
    for column in told(codes):
        yield _row(column.name, "", column.words)
    yield _row("wave", codes.of("wave", document["wave"]), index.name)
    yield _row("kind", SCORED, _("Câu hỏi tính điểm"))
    yield _row("kind", CHOICE, _("Câu hỏi thêm, không tính điểm"))
    yield from _rated(index, codes)
    for cell in cells(document):
        yield _row("cell", codes.cell(cell), names_of(index, cell))
    yield from _asked(index, codes)


def _rated(index: Index, codes: Codes) -> Iterator[Row]:
    """Criteria, units and who rates them."""
    for component in index.components:
        yield _row("component", codes.of("component", component.code), component.name)
    for leaf in index.criteria:
        kind = "criterion" if leaf.parent in index.criterion_of else "component"
        above, worth = codes.of(kind, leaf.parent), figure(leaf.max_points)
        yield _row("criterion", codes.of("criterion", leaf.code), leaf.name, above, maximum=worth)
    for block in index.blocks:
        yield _row("block", codes.of("block", block.code), block.name)
    for unit in index.units:
        yield _row("unit", codes.of("unit", unit.code), unit.name, codes.of("block", unit.block))
    for group in index.groups:
        yield _row("group", codes.of("group", group.code), group.name, weight=figure(group.weight))


def _asked(index: Index, codes: Codes) -> Iterator[Row]:
    """Questions, and the levels of their scales."""
    for question in (*index.scored_questions, *index.choices):
        yield _row(
            "question",
            codes.of("question", question.code),
            index.question_alone(question),
            above=codes.of("criterion", question.criterion or ""),
            scale=codes.of("scale", question.scale or ""),
            most=str(question.most or 1),
            weight=figure(question.weight),
        )
    for scale in index.scales:
        above = codes.of("scale", scale.code)
        for level in scale.levels:
            yield _row("level", level.code, level.label, above, weight=figure(level.weight))
        yield _row("level", NO_OPINION, scale.no_opinion, above)


def told(codes: Codes) -> list[Column]:
    """The columns of the tally, with what stands before their codes."""
    found = []
    for column in COLUMNS:
        letter = codes.letters.get("group" if column.name == "cell" else column.name, "")
        words = _("; trước mỗi mã có thêm chữ {letter}").format(letter=letter) if letter else ""
        found.append(column._replace(words=column.words + words))
    return found


def _row(
    variable: str,
    code: str,
    label: str,
    above: str = "",
    scale: str = "",
    most: str = "",
    weight: str = "",
    maximum: str = "",
) -> Row:
    return variable, code, " ".join(label.split()), above, scale, most, weight, maximum
