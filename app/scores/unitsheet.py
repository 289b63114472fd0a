"""What one unit gets to read of a score sheet: points, rank, counts. Pure.

It says of a unit what its page says, and nothing of another one by name: counts by the cells of the
sheet, none where it has none.
"""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from app.index.parts import Question, Scale, Unit
from app.language import _, decimal, number, points
from app.precision.kept import Precision
from app.precision.margins import Margins
from app.scores import (
    choicetables,
    components,
    figures,
    letterhead,
    lines,
    wholepaper,
    yearwords,
)
from app.scores.course import Course
from app.scores.paper import MISSING, Chart, Column, Heading, Items, Paper, Part, Table, Text
from app.scores.results import Results
from app.scores.wholeresults import Whole
from app.scores.workings import NO_OPINION, percent_of

Measured = tuple[str, Fraction | None, Fraction | None, Fraction | None, Fraction | None]


def paper(
    results: Results, code: str, course: Course | None = None, whole: Whole | None = None
) -> Paper:
    """The sheet of one unit, to send to it; with its whole index if there is any."""
    index, unit = results.index, results.index.unit_of[code]
    head = (course or Course()).head or letterhead.of(index)
    about = _("Kết quả điều tra xã hội học của {unit}, {name}")
    if whole is not None:
        about = _("Kết quả điều tra xã hội học và điểm cả bộ chỉ số của {unit}, {name}")
    return Paper(
        above=head.above,
        agency=head.agency,
        number=head.number(_("TB")),
        place=head.place,
        dated=True,
        title=_("Thông báo"),
        about=about.format(unit=unit.name, name=index.name),
        addressee=_("Kính gửi: {unit}").format(unit=unit.name),
        parts=(
            Heading(_("1. Kết quả chung")),
            *([Heading(_("Điều tra xã hội học"), 2)] if whole else []),
            *_survey(results, unit, (course or Course()).precision),
            *_years(results, code),
            *(wholepaper.of_unit(whole, code) if whole else ()),
            Heading(_("2. Kết quả theo chỉ số thành phần")),
            *_measured(results, _fields(results, unit), _("Chỉ số thành phần")),
            Heading(_("3. Kết quả theo tiêu chí")),
            *_measured(results, _leaves(results, unit), _("Tiêu chí"))[:1],
            Heading(_("4. Số phiếu trả lời từng câu hỏi")),
            *_counts(results, unit),
            *choicetables.of_unit(results, unit, _("5. Câu hỏi thêm")),
        ),
        signers=(_("Thủ trưởng cơ quan"),),
        sent_to=(_("Như trên;"), _("Lưu: VT.")),
    )


def _survey(results: Results, unit: Unit, precision: Precision | None) -> Iterator[Part]:
    ranked, found = results.ranked[unit.code], results.list_of(unit.code)
    if results.units[unit.code]["reason"]:
        yield Text(_("Không tiêu chí điều tra nào đủ phiếu, nên không có điểm và không xếp hạng."))
        return
    margin = Margins(results.document, precision).of(unit.code)
    rows = [
        (_("Tỷ lệ phần trăm"), ranked.percent),
        *([(_("Khoảng tin cậy 95% của tỷ lệ"), margin.words)] if margin else []),
        (_("Điểm, trên tối đa"), f"{ranked.points} / {ranked.max_points or MISSING}"),
        (_("Hạng, trên số đơn vị"), f"{ranked.rank or MISSING} / {len(found.units)}"),
        *([(_("Xếp loại"), ranked.label)] if ranked.label else []),
        (_("Trung bình của khối, %"), found.mean or MISSING),
        (_("Số phiếu"), ranked.ballots),
    ]
    if ranked.change is not None and ranked.exact is not None:
        then, _now = figures.years(results.index, results.before)
        before = decimal(ranked.exact - ranked.change, results.places)
        change = figures.change(ranked.change, results.places)[0]
        rows.append((_("Tỷ lệ {then}, %").format(then=then), before))
        rows.append((_("Tăng, giảm so với {then}").format(then=then), change))
        rank = results.comparison.units[unit.code].earlier_rank
        if rank is not None:
            rows.append((_("Hạng {then}").format(then=then), str(rank)))
    columns = (Column(_("Nội dung"), 60, number=False), Column(_("Kết quả"), 40))
    caption = found.title or results.index.name
    later = figures.without_later(results.document)
    yield Table(caption, columns, tuple(rows), (later,) if later else ())


def _years(results: Results, code: str) -> Iterator[Part]:
    """What the unit came from, where that is not itself; and the years in a row."""
    if results.earlier is not None:
        became = tuple(yearwords.of_unit(results, code))
        if became:
            yield Items(became)
        table = lines.of_unit(results, code)
        if table:
            yield table


def _fields(results: Results, unit: Unit) -> list[tuple[Measured, str]]:
    """(name, points, own percent, mean of the block, percent then), and the maximum."""
    index = results.index
    own = components.of_unit(index, results.units[unit.code])
    means = results.component_means[unit.block]
    compared = results.comparison if results.earlier else None
    found = []
    for each in index.components:
        if each.code in own:
            part = own[each.code]
            percent = compared.unit_component(unit.code, each.code) if compared else None
            name = f"{each.code}. {each.name}"
            most = points(part.max_points) if part.points is not None else MISSING
            values = (name, part.points, part.percent, means.get(each.code), percent)
            found.append((values, most))
    return found


def _leaves(results: Results, unit: Unit) -> list[tuple[Measured, str]]:
    index = results.index
    means = results.leaf_means[unit.block]
    compared = results.comparison if results.earlier else None
    found = []
    for leaf in results.units[unit.code]["criteria"]:
        code = leaf["code"]
        exact = None if leaf["exact"] is None else Fraction(leaf["exact"])
        name = index.criterion_of[code].name
        before = compared.unit_leaf(unit.code, code) if compared else None
        values = (name, exact, percent_of(leaf), means.get(code), before)
        found.append((values, points(leaf["max_points"])))
    return found


def _measured(
    results: Results, found: list[tuple[Measured, str]], title: str
) -> tuple[Table | Chart, ...]:
    """A row for each, beside the block's mean and the year before; the same as bars."""
    compared = any(values[4] is not None for values, _most in found)
    then, _now = figures.years(results.index, results.before)

    def shown(value: Fraction | None) -> str:
        return MISSING if value is None else decimal(value, results.places)

    rows = []
    for (name, worth, percent, mean, before), most in found:
        gap = None if percent is None or mean is None else percent - mean
        row = [name, shown(worth), most, shown(percent), shown(mean)]
        row.append(figures.change(gap, results.places)[0] or MISSING)
        rows.append((*row, *([shown(before)] if compared else [])))
    columns = (
        Column(title, 36, number=False),
        *(Column(each, 9) for each in (_("Điểm"), _("Tối đa"), _("Tỷ lệ %"))),
        *(Column(each, 12) for each in (_("TB khối %"), _("Hơn, kém khối"))),
        *([Column(_("{then}, %").format(then=figures.titled(then)), 12)] if compared else []),
    )
    starred = any(MISSING in row for row in rows)
    notes = (_("* Không đủ số liệu; không tính vào tỷ lệ, cũng không tính là 0 điểm."),)
    caption = _("Điểm, tỷ lệ, so với trung bình của khối (TB khối)")
    bars = tuple((values[0], values[2:4]) for values, _most in found)
    series = (_("Đơn vị"), _("Trung bình của khối"))
    return (
        Table(caption, columns, tuple(rows), (figures.exact_sums(), *(notes if starred else ()))),
        Chart(_("So với trung bình của khối, %"), series, bars, results.places),
    )


def _counts(results: Results, unit: Unit) -> Iterator[Part]:
    """For each scale the counts of its questions, cell by cell."""
    index = results.index
    entries: dict[str, list[tuple[Question, Any]]] = {}
    for leaf in results.units[unit.code]["criteria"]:
        for entry in leaf.get("questions", ()):
            question = index.question_of[entry["code"]]
            entries.setdefault(question.scale or "", []).append((question, entry["counts"]))
    least = index.rules.min_ballots
    yield Text(
        _("Câu hỏi có dưới {number} phiếu trả lời không được công bố số phiếu.").format(
            number=least
        )
    )
    for scale in index.scales:
        if scale.code in entries:
            yield _scale_table(results, unit, scale, entries[scale.code])


def _scale_table(
    results: Results, unit: Unit, scale: Scale, entries: list[tuple[Question, Any]]
) -> Table:
    index = results.index
    rows: list[tuple[str, ...]] = []
    for question, counts in entries:
        rows.append((index.question_text(question, unit),))
        for cell, given in (counts or {}).items():
            names = "; ".join(index.group_of[code].name for code in cell.split("+"))
            said = [given[level.code] for level in scale.levels]
            numbers = (*said, given[NO_OPINION], sum(said) + given[NO_OPINION])
            rows.append((names, *map(number, numbers)))
        if counts is None:
            few = _("Có ít hơn {number} phiếu trả lời, không công bố.")
            rows.append((few.format(number=index.rules.min_ballots),))
    width = 70 // (len(scale.levels) + 2)
    columns = (
        Column(_("Câu hỏi, nhóm đối tượng"), 30, number=False),
        *(Column(level.label, width) for level in scale.levels),
        Column(scale.no_opinion, width),
        Column(_("Tổng"), width),
    )
    return Table(_("Số phiếu theo nhóm đối tượng và mức trả lời"), columns, tuple(rows))
