"""The whole index on papers: in the report its ranking and, in the annex, the fields of each unit;
on the sheet of a unit its own. Pure.
"""

from collections.abc import Iterator, Sequence

from app.index.parts import Component
from app.language import _, number
from app.scores.figures import joined
from app.scores.paper import MISSING, Column, Facts, Heading, Part, Table, Text
from app.scores.wholeresults import EXACT_SUMS, List, Row, Whole

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
        *([Column(_("Loại"), 13, number=False)] if whole.is_classed else []),
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


def of_unit(whole: Whole, code: str) -> Iterator[Part]:
    """What the sheet of a unit says: points, percent, rank, class and head; then by component."""
    row = whole.rows[code]
    yield Heading(_("Cả bộ chỉ số"), 2)
    yield _facts(whole, row)
    columns = (
        Column(_("Chỉ số thành phần"), 44, number=False),
        *(Column(title, 14) for title in (_("ĐTXHH"), _("Thẩm định"), _("Tổng"), "%")),
    )
    rows = [
        (f"{each.code}. {each.name}", *row.fields[each.code].shown(whole.places))
        for each in whole.components
        if each.code in row.fields
    ]
    rows.append((_("Tổng"), *row.four.shown(whole.places)))
    caption = _("Điểm điều tra xã hội học (ĐTXHH) và điểm thẩm định theo chỉ số thành phần")
    yield Table(caption, columns, tuple(rows), (EXACT_SUMS, *_signs(rows)))


def _facts(whole: Whole, row: Row) -> Table:
    survey, appraised, total, percent = row.four.shown(whole.places)
    found = next(each for each in whole.lists if row in each.rows)
    most = whole.maxima(row.code)
    rows = [
        (_("Điểm điều tra xã hội học, trên tối đa"), f"{survey} / {whole.maximum(most[0])}"),
        (_("Điểm thẩm định, trên tối đa"), f"{appraised or 0} / {whole.maximum(most[1])}"),
        (_("Tổng điểm, trên tối đa"), f"{total} / {whole.maximum(row.max_points)}"),
        (_("Tỷ lệ phần trăm"), percent),
        (_("Hạng, trên số đơn vị"), f"{row.rank or MISSING} / {len(found.rows)}"),
        *([(_("Xếp loại"), row.label)] if row.label else []),
        (_("Trung bình của khối, %"), whole.number(found.mean)),
    ]
    if row.head:
        head = f"{row.head} ({row.label})" if row.label else row.head
        rows.append((_("Người đứng đầu, xếp loại theo đơn vị"), head))
    columns = (Column(_("Nội dung"), 60, number=False), Column(_("Kết quả"), 40))
    why = whole.why(row)
    return Table(found.title or whole.index.name, columns, tuple(rows), (why,) if why else ())


def annex(whole: Whole) -> tuple[Part, ...]:
    """Units by component, four columns each."""
    return (
        Heading(_("Điểm cả bộ chỉ số của từng đơn vị theo chỉ số thành phần")),
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
    title = each.title or whole.index.name
    return Table(title, tuple(columns), tuple(rows), _signs(rows), tuple(spans))


def _signs(rows: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """What an empty cell and a star mean, where there are such."""
    notes = []
    if any("" in row for row in rows):
        notes.append(_("Ô trống: không có phần ấy."))
    if any(MISSING in cell for row in rows for cell in row[1:]):
        notes.append(_("* Chưa có số liệu hoặc chưa có điểm thẩm định."))
    return tuple(notes)
