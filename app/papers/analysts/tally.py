"""The rows of kiem-phieu.csv: a row for each level of each cell of each question and unit.

A question about a unit that has no counts (rule 0) has one row, without cell, level and numbers,
and 1 under `withheld`. What a code stands for is in the codebook; the label of a level stands
beside it too, as two scales may give one code to different levels.
"""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any, NamedTuple

from app.index.definition import Index
from app.index.parts import Question
from app.language import _, exact, rounded
from app.papers.analysts.codes import Codes
from app.scores.cells import NO_OPINION, level_codes

Document = Mapping[str, Any]
SCORED, CHOICE = "scored", "choice"
DIGITS = 10  # of a weight that has no end as a decimal


class Column(NamedTuple):
    """A column of the tally; `kind` is a type of a Table Schema (Frictionless)."""

    name: str
    kind: str
    words: str


COLUMNS = (
    Column("wave", "string", _("Mã đợt điều tra")),
    Column("sheet", "integer", _("Số của bảng điểm")),
    Column("year", "integer", _("Năm của bộ chỉ số")),
    Column("question", "string", _("Mã câu hỏi")),
    Column("kind", "string", _("Loại câu hỏi: scored tính điểm, choice chỉ để lấy ý kiến")),
    Column("component", "string", _("Mã chỉ số thành phần; trống với câu hỏi thêm")),
    Column("criterion", "string", _("Mã tiêu chí; trống với câu hỏi thêm")),
    Column("unit", "string", _("Mã đơn vị được hỏi về; trống khi câu hỏi không về đơn vị nào")),
    Column("block", "string", _("Mã khối của đơn vị")),
    Column(
        "cell", "string", _("Nhóm đối tượng, hoặc mấy nhóm ít phiếu cộng chung, nối bằng dấu +")
    ),
    Column("level", "string", _("Mã mức; - là không có ý kiến")),
    Column("level_label", "string", _("Tên mức")),
    Column("weight", "number", _("Trọng số của mức, từ 0 đến 1; trống khi mức không tính điểm")),
    Column("n", "integer", _("Số phiếu chọn mức này trong nhóm")),
    Column("answers", "integer", _("Số phiếu của nhóm đã trả lời câu hỏi này, kể cả không ý kiến")),
    Column("withheld", "integer", _("1: quá ít phiếu nên không công bố số phiếu; 0: có số phiếu")),
)
Row = tuple[str, ...]


def rows(index: Index, document: Document, codes: Codes) -> Iterator[Row]:
    """Unit by unit in the order of the sheet, then the questions about none."""
    for unit in document["units"]:
        for leaf in unit["criteria"]:
            for entry in leaf.get("questions", ()):
                yield from _of(index, document, codes, entry, unit["code"])
        for entry in unit.get("choices", ()):
            yield from _of(index, document, codes, entry, unit["code"])
    for entry in document.get("choices", ()):
        yield from _of(index, document, codes, entry, "")


def _of(
    index: Index, document: Document, codes: Codes, entry: Document, unit: str
) -> Iterator[Row]:
    question = index.question_of[entry["code"]]
    leaf = question.criterion or ""
    head = (
        *(codes.of("wave", document["wave"]), str(document["sheet"]), str(index.year)),
        *(codes.of("question", question.code), SCORED if question.is_scored else CHOICE),
        codes.of("component", index.component_of[leaf].code if leaf else ""),
        *(codes.of("criterion", leaf), codes.of("unit", unit)),
        codes.of("block", index.unit_of[unit].block if unit else ""),
    )
    if entry["counts"] is None:
        yield (*head, "", "", "", "", "", "", "1")
        return
    known = levels(index, question)
    for cell, counts in entry["counts"].items():
        # Of several ticks a ballot counts at each level; then the sheet says how many answered.
        answers = entry["answers"][cell] if "answers" in entry else sum(counts.values())
        for code, (label, weight) in known.items():
            yield (
                *head,
                codes.cell(cell),
                code,
                label,
                weight,
                str(counts[code]),
                str(answers),
                "0",
            )


def levels(index: Index, question: Question) -> dict[str, tuple[str, str]]:
    """Each level of a question with its label and weight, "-" last."""
    scale = index.scale_of[question.scale or ""]
    found = {
        level.code: (level.label, figure(level.weight if question.is_scored else None))
        for level in scale.levels
    }
    found[NO_OPINION] = (scale.no_opinion, "")
    return {code: found[code] for code in level_codes(index, question)}


def figure(value: Fraction | None) -> str:
    """A number with a point; what has no end is rounded."""
    text = "" if value is None else exact(value)
    return rounded(value, DIGITS) if value is not None and "/" in text else text


def cells(document: Document) -> Iterator[str]:
    """The keys of all cells of a document, each once."""
    found: dict[str, None] = {}
    for unit in document["units"]:
        entries = [each for leaf in unit["criteria"] for each in leaf.get("questions", ())]
        for entry in (*entries, *unit.get("choices", ())):
            found |= dict.fromkeys(entry["counts"] or ())
    for entry in document.get("choices", ()):
        found |= dict.fromkeys(entry["counts"] or ())
    yield from found
