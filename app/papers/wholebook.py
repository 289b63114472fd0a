"""The whole index as sheets of a workbook, and the form that appraised points come in.

The form is what `app/index/appraised.py` reads: a row per unit, a column per appraised leaf, with
what is known already filled in.
"""

import io
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from xlsxwriter import Workbook  # type: ignore[import-untyped]

from app.index.appraised import HEAD, LISTED, MOST, NAME, leaves
from app.index.definition import Index
from app.index.external import UNIT
from app.index.parts import Criterion
from app.language import _, exact, points, rounded
from app.papers import rosterbook
from app.papers.sheet import A3, MISSING, NEVER_GUESS, Blank, Page, Value
from app.scores.wholeresults import EXACT_SUMS, Four, Whole

COLUMNS = 90  # of leaves; the reader takes a hundred columns
TITLE, LEAF = 3, 10


def ranking(page: Page, whole: Whole) -> None:
    """A row per unit, list by list and by rank."""
    index = whole.index
    page.header(
        [
            *((_("Hạng"), 7), (_("Đơn vị"), 44), (_("Khối"), 22)),
            *([(_("Người đứng đầu"), 26)] if whole.has_heads else []),
            *((title, 10) for title in (_("ĐTXHH"), _("Thẩm định"), _("Tổng"), _("Điểm tối đa"))),
            (_("Tỷ lệ %"), 10),
            *([(_("Xếp loại"), 14)] if whole.is_classed else []),
        ],
        frozen=2,
    )
    for each in whole.lists:
        for row in each.rows:
            survey, appraised, total, percent = figures(row.four, whole.places)
            most = row.max_points
            page.add(
                MISSING if row.rank is None else row.rank,
                *(row.name, index.block_of[index.unit_of[row.code].block].name),
                *([row.head or None] if whole.has_heads else []),
                *(survey, appraised, total, MISSING if most is None else _shortest(most), percent),
                *([row.label or None] if whole.is_classed else []),
            )
    page.filtered()
    lacking = [words for each in whole.lists for words in whole.lacking(each)]
    of_heads = _("Người đứng đầu được xếp loại theo đơn vị của mình.")
    sheet = _("Bảng điểm cả bộ chỉ số, số {sheet}. Mã kiểm tra: {digest}").format(
        sheet=whole.document["sheet"], digest=whole.document["digest"]
    )
    page.notes([EXACT_SUMS, *lacking, *([of_heads] if whole.has_heads else []), sheet])


def fields(page: Page, whole: Whole) -> None:
    """Units by component, four columns each: the table as provinces lay it out, filled in."""
    page.sheet.set_paper(A3)
    spans = [("", 2), *((f"{each.code}. {each.name}", 4) for each in whole.components)]
    page.band([*spans, (_("Tổng"), 4)])
    four = ((_("ĐTXHH"), 8), (_("Thẩm định"), 8), (_("Tổng"), 8), (_("%"), 8))
    heads = [(_("STT"), 6), (_("Cơ quan"), 30)]
    page.header([*heads, *(four * (len(whole.components) + 1))], frozen=2)
    rows = [row for each in whole.lists for row in each.rows]
    for number, row in enumerate(rows, start=1):
        cells: list[Value] = []
        for component in whole.components:
            part = row.fields.get(component.code)
            cells += figures(part, whole.places) if part else [None] * 4
        page.add(number, row.name, *cells, *figures(row.four, whole.places))
    page.notes(
        [
            EXACT_SUMS,
            _("* Chưa có số liệu hoặc chưa có điểm thẩm định. Ô trống: không có phần ấy."),
        ]
    )


def figures(four: Four, places: int) -> list[Value]:
    """The four numbers as cells."""

    def cell(value: Fraction | None, there: bool) -> Value:
        if not there:
            return None
        return MISSING if value is None else Decimal(rounded(value, places))

    surveys, appraises = four.applies
    either = surveys or appraises
    return [
        cell(four.survey, surveys),
        cell(four.appraised, appraises),
        cell(four.total, either),
        cell(four.percent, either),
    ]


def form(
    index: Index, known: Mapping[tuple[str, str], Fraction], heads: Mapping[str, str]
) -> bytes:
    """The form of appraised points, with what is known filled in."""
    shown = leaves(index)
    if len(shown) > COLUMNS:
        lines = [
            (unit.code, leaf.code, _written(known.get((unit.code, leaf.code))))
            for unit in index.units
            for leaf in shown
            if index.applies(leaf.code, unit)
        ]
        return rosterbook.table(_("Điểm thẩm định"), LISTED, lines)
    out = io.BytesIO()
    workbook = Workbook(out, {"in_memory": True, **NEVER_GUESS})
    guide = _(
        "Mỗi cơ quan một dòng, mỗi tiêu chí thẩm định một cột. Điền ô màu vàng; ô có dấu “–” là"
        " tiêu chí không áp dụng. Cột Người đứng đầu không bắt buộc."
    )
    page = Page(workbook, _("Điểm thẩm định"), index.name, guide)
    names = [(leaf.name, 1) for leaf in shown]
    page.band([("", TITLE), *names])
    widths = [(UNIT, 12), (NAME, 34), (HEAD, 22)]
    page.header([*widths, *((leaf.code, LEAF) for leaf in shown)], frozen=2)
    page.add(MOST, None, None, *(_shortest(leaf.max_points or Fraction(0)) for leaf in shown))
    for place, leaf in enumerate(shown, start=TITLE):
        _bounded(page, place, len(index.units), leaf)
    for unit in index.units:
        cells: list[Value] = []
        for leaf in shown:
            given = known.get((unit.code, leaf.code))
            if not index.applies(leaf.code, unit):
                cells.append("–")
            else:
                cells.append(Blank() if given is None else _shortest(given))
        page.add(unit.code, unit.name, heads.get(unit.code) or None, *cells)
    workbook.close()
    return out.getvalue()


def _bounded(page: Page, column: int, rows: int, leaf: Criterion) -> None:
    """Have Excel refuse more than a leaf's maximum while it is being typed."""
    most = leaf.max_points or Fraction(0)
    words = _("Điểm từ 0 đến {most}, ví dụ 2,34.").format(most=points(most))
    limits = {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": float(most)}
    said = {"error_title": leaf.code[:32], "error_message": words}
    page.sheet.data_validation(page.row, column, page.row + rows - 1, column, limits | said)


def _written(value: Fraction | None) -> str:
    return "" if value is None else exact(value)


def _shortest(value: Fraction) -> Value:
    """A number with the digits it has."""
    text = exact(value)
    return value if "/" in text else Decimal(text)
