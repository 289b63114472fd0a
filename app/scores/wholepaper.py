"""The whole index in the report: the ranking in its section, the fields of each unit in the annex.

Pure.
"""

from collections.abc import Iterator, Sequence

from app.index.parts import Component
from app.language import _, number
from app.scores.figures import joined
from app.scores.paper import MISSING, Column, Facts, Heading, Part, Table, Text
from app.scores.wholeresults import EXACT_SUMS, List, Whole

# So many components, of four columns each, stand side by side on A4 across.
SIDE_BY_SIDE = 3


def parts(whole: Whole) -> Iterator[Part]:
    """Each list by rank of the whole index, and by what it can be checked."""
    index = whole.index
    words = _(
        "Điểm cả bộ chỉ số là điểm điều tra xã hội học (ĐTXHH) cộng điểm thẩm định; tỷ lệ tính trên"
        " điểm tối đa của các tiêu chí có số liệu."
    )
    yield Text(words)
    for each in whole.lists:
        if each.title:
            yield Heading(each.title, 2)
        first = [row for row in each.rows if row.rank == 1]
        if first:
            words = _("{count} đơn vị, trung bình {mean}%. Dẫn đầu là {names} ({percent}%).")
            yield Text(
                words.format(
                    count=number(len(each.rows)),
                    mean=whole.number(each.mean),
                    names=joined(row.name for row in first),
                    percent=whole.number(first[0].four.percent),
                )
            )
        yield _ranking(whole, each)
    if whole.has_heads and whole.is_classed:
        yield Text(_("Người đứng đầu được xếp loại theo đơn vị của mình."))
    words = _("Lập từ bảng điểm cả bộ chỉ số, số {sheet}, của {name}.")
    yield Text(words.format(sheet=whole.document["sheet"], name=index.name))
    code = _("Mã kiểm tra bảng điểm cả bộ chỉ số")
    yield Facts(((code, whole.document["digest"]),), codes=True)


def _ranking(whole: Whole, each: List) -> Table:
    heads = whole.has_heads
    columns = [
        Column(_("Hạng"), 7, centred=True),
        Column(_("Cơ quan"), 21, number=False),
        *([Column(_("Người đứng đầu"), 16, number=False)] if heads else []),
        Column(_("ĐTXHH"), 10),
        *(Column(title, 8) for title in (_("Thẩm định"), _("Tổng"), _("Tối đa"), "%")),
        *([Column(_("Loại"), 11, number=False)] if whole.is_classed else []),
    ]
    rows = []
    for row in each.rows:
        survey, appraised, total, percent = row.four.shown(whole.places)
        rows.append(
            (
                MISSING if row.rank is None else str(row.rank),
                row.name,
                *([row.head] if heads else []),
                *(survey, appraised, total, whole.maximum(row.max_points), percent),
                *([row.label or MISSING] if whole.is_classed else []),
            )
        )
    notes = (EXACT_SUMS, *whole.lacking(each))
    return Table(_("Xếp hạng cả bộ chỉ số"), tuple(columns), tuple(rows), notes)


def annex(whole: Whole) -> tuple[Part, ...]:
    """Units by component, four columns each."""
    return (
        Heading(_("Phụ lục. Điểm cả bộ chỉ số của từng đơn vị theo chỉ số thành phần")),
        Text(EXACT_SUMS),
        *(table for each in whole.lists for table in _tables(whole, each)),
    )


def _tables(whole: Whole, each: List) -> Iterator[Table]:
    there = {code for row in each.rows for code in row.fields}
    known = [component for component in whole.components if component.code in there]
    for first in range(0, len(known) + 1, SIDE_BY_SIDE):
        here = known[first : first + SIDE_BY_SIDE]
        yield _table(whole, each, here, last=first + SIDE_BY_SIDE > len(known))


def _table(whole: Whole, each: List, here: Sequence[Component], last: bool) -> Table:
    four = (Column(_("ĐTXHH"), 6), Column(_("Thẩm định"), 6), Column(_("Tổng"), 6), Column("%", 6))
    columns, spans = [Column(_("Cơ quan"), 17, number=False)], [(_("Cơ quan"), 1)]
    spans += ((f"{component.code}. {component.name}", 4) for component in here)
    if last:
        spans.append((_("Tổng"), 4))
    columns += four * (len(spans) - 1)
    rows = []
    for row in each.rows:
        cells: list[str] = []
        for component in here:
            part = row.fields.get(component.code)
            cells += part.shown(whole.places) if part else ("", "", "", "")
        cells += row.four.shown(whole.places) if last else ()
        rows.append((row.name, *cells))
    notes = []
    if any("" in row for row in rows):
        notes.append(_("Ô trống: không có phần ấy."))
    if any(MISSING in cell for row in rows for cell in row[1:]):
        notes.append(_("* Chưa có số liệu hoặc chưa có điểm thẩm định."))
    title = each.title or whole.index.name
    return Table(title, tuple(columns), tuple(rows), tuple(notes), tuple(spans))
