"""The sheet as provinces lay their table out: units by component, each with four columns.

Survey points come from the document; appraised points are for the council to fill, and the sums
beside them follow (docs/scores.md, rule 8: over the maxima of what has points).
"""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from xlsxwriter.utility import xl_rowcol_to_cell  # type: ignore[import-untyped]

from app.index.definition import Index
from app.index.parts import Unit
from app.language import _, rounded
from app.papers.sheet import A3, MISSING, Blank, Page, Sum, Value
from app.scores import components
from app.scores.components import Part

FIRST = 2  # columns before the first component
WIDTH = 4


def write(page: Page, index: Index, document: Mapping[str, Any]) -> None:
    """Fill a page: a row per unit, block by block, by rank."""
    blocks = [block.code for block in index.blocks]
    rows = sorted(
        document["units"],
        key=lambda unit: (
            blocks.index(index.unit_of[unit["code"]].block),
            unit["rank"] is None,
            unit["rank"] or 0,
        ),
    )
    page.sheet.set_paper(A3)  # some forty columns
    spans = [("", FIRST), *((f"{each.code}. {each.name}", WIDTH) for each in index.components)]
    page.band([*spans, (_("Tổng"), WIDTH)])
    four = ((_("ĐTXHH"), 8), (_("Thẩm định"), 7), (_("Tổng"), 7), (_("%"), 7))
    heads = [(_("STT"), 6), (_("Cơ quan"), 30)]
    page.header([*heads, *(four * (len(index.components) + 1))], frozen=FIRST)
    for number, unit in enumerate(rows, start=1):
        page.add(number, *_row(page.row, index, unit))
    page.notes(
        [
            _("ĐTXHH: điểm điều tra xã hội học, không sửa. Thẩm định: Hội đồng điền ô màu vàng."),
            _("Tổng và % tự tính sau khi điền; % tính trên điểm tối đa của tiêu chí có điểm."),
            _("ĐTXHH ở cột Tổng làm tròn từ giá trị chính xác, có thể lệch ít so với cộng cột."),
            _("* Chưa có số liệu; lý do ở trang “Tổng hợp”."),
        ]
    )


def _row(row: int, index: Index, unit: Mapping[str, Any]) -> list[Value]:
    known = index.unit_of[unit["code"]]
    parts, appraised = components.of_unit(index, unit), _appraised(index, known)
    places = index.rules.decimals
    like = Decimal(1).scaleb(-places)
    cells: list[Value] = [known.name]
    columns, whole = [], Fraction(0)
    for place, component in enumerate(index.components):
        part, maximum = parts.get(component.code), appraised.get(component.code)
        most = (part.max_points if part else Fraction(0)) + (maximum or 0)
        column = FIRST + WIDTH * place
        cells += _four(row, column, _survey(part, places), maximum is not None, most, like)
        columns.append(column)
        whole += most
    cells += _total(row, columns, unit, whole, like)
    return cells


def _survey(part: Part | None, places: int) -> Value:
    if part is None:
        return None
    return MISSING if part.points is None else Decimal(rounded(part.points, places))


def _four(
    row: int, column: int, survey: Value, is_appraised: bool, most: Fraction, like: Decimal
) -> list[Value]:
    """Survey, appraisal, sum and percent of one component of one unit."""
    mine, council, total = (xl_rowcol_to_cell(row, column + step) for step in range(3))
    if not most:
        return [survey, None, None, None]
    filled = f'{council}=""' if is_appraised else "FALSE"
    return [
        survey,
        Blank() if is_appraised else None,
        Sum(f'=IF({filled},"",N({mine})+N({council}))', like),
        Sum(f'=IF({total}="","",100*{total}/({most}))', like),
    ]


def _total(
    row: int, columns: list[int], unit: Mapping[str, Any], whole: Fraction, like: Decimal
) -> list[Value]:
    """The four columns over all components; empty until every component has its sum.

    What nobody filled in is missing and no 0, for one unit without any data too.
    """
    points = MISSING if unit["points"] is None else Decimal(unit["points"])
    councils = ",".join(xl_rowcol_to_cell(row, column + 1) for column in columns)
    sums = ",".join(xl_rowcol_to_cell(row, column + 2) for column in columns)
    here = FIRST + WIDTH * len(columns)
    mine, council, total = (xl_rowcol_to_cell(row, here + step) for step in range(3))
    return [
        points,
        Sum(f'=IF(COUNT({councils})=0,"",SUM({councils}))', like),
        Sum(f'=IF(COUNT({sums})<COUNTA({sums}),"",N({mine})+N({council}))', like)
        if whole
        else None,
        Sum(f'=IF({total}="","",100*{total}/({whole}))', like) if whole else None,
    ]


def _appraised(index: Index, unit: Unit) -> dict[str, Fraction]:
    """Component → the maximum of its appraised leaves that apply to a unit."""
    found: dict[str, Fraction] = {}
    for leaf in index.leaves:
        if leaf.method == "appraisal" and index.applies(leaf.code, unit):
            component = index.component_of[leaf.code].code
            found[component] = found.get(component, Fraction(0)) + (leaf.max_points or 0)
    return found
