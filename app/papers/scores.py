"""The document of a score sheet as an Excel workbook, for people: ready to read and to print.

Owns the sheets; `sheet` has their look. The same document always gives the same bytes.
Numbers are numbers with Vietnamese formats, as rounded in the document; no text ever becomes a
formula; what is missing is "*" with its reason beneath, never 0.
"""

import io
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from xlsxwriter import Workbook  # type: ignore[import-untyped]

from app.index import file as indexfile
from app.index import rulewords
from app.index.definition import Index
from app.language import _, day, moment, points
from app.papers import bookcharts, choicebook, provinces, surebook, wholebook
from app.papers.sheet import MISSING, NEVER_GUESS, Page, Value
from app.precision.margins import Margins
from app.scores import figures, lines, minutes, nearties
from app.scores.course import Course
from app.scores.keyholders import Keyholders
from app.scores.results import Results
from app.scores.wholeresults import Whole
from app.years.year import Earlier


def to_xlsx(
    document: Mapping[str, Any],
    earlier: Earlier | None = None,
    course: Course | None = None,
    whole: Whole | None = None,
) -> bytes:
    """The workbook of a document: summary, components, leaves, counts, charts, rules, beside an
    earlier one the changes, how sure it is, and the whole index made of it if there is one; each on
    a sheet."""
    index = indexfile.of_sheet(document["index"]["content"])
    out = io.BytesIO()
    workbook = Workbook(out, {"in_memory": True, **NEVER_GUESS})
    closed_at = datetime.fromisoformat(document["closed_at"]).astimezone(UTC)
    # Otherwise the library writes the time of the export, and no two files are the same.
    workbook.set_properties({"title": index.name, "created": closed_at.replace(tzinfo=None)})
    subtitle = _("Bảng điểm số {sheet}, kết thúc thu phiếu ngày {day}").format(
        sheet=document["sheet"], day=day(closed_at)
    )
    results = Results(document, earlier)
    _summary(Page(workbook, _("Tổng hợp"), index.name, subtitle), index, results)
    if whole is not None:
        wholebook.ranking(Page(workbook, _("Cả bộ chỉ số"), index.name, subtitle), whole)
    by_field = Page(workbook, _("Theo lĩnh vực"), index.name, subtitle)
    if whole is None:
        provinces.write(by_field, index, document)
    else:
        wholebook.fields(by_field, whole)
    _leaves(Page(workbook, _("Theo tiêu chí"), index.name, subtitle), index, document)
    _counts(Page(workbook, _("Số phiếu theo câu hỏi"), index.name, subtitle), index, document)
    if index.choices:
        choicebook.write(Page(workbook, _("Câu hỏi thêm"), index.name, subtitle), index, document)
    if any(each.change is not None for each in results.ranked.values()):
        bookcharts.comparison(Page(workbook, _("So sánh"), index.name, subtitle), results)
        name = _("So sánh tiêu chí")
        bookcharts.leaves(Page(workbook, name, index.name, subtitle), results)
        if lines.several(results):
            bookcharts.years(Page(workbook, _("Qua các năm"), index.name, subtitle), results)
    margins = Margins(document, course.precision if course else None)
    bookcharts.charts(Page(workbook, _("Biểu đồ"), index.name, subtitle), results, margins)
    if course is not None and course.precision is not None:
        surebook.write(workbook, results, course, subtitle)
    rules = Page(workbook, _("Quy tắc"), index.name, subtitle)
    rules.header([(_("Mục"), 34), (_("Nội dung"), 110)])
    method = ((_("Quy tắc tính điểm"), words) for words in rulewords.in_words(index))
    held_by = course.held_by if course else None
    for name, value in (*_facts(index, document, held_by), *method, *_lists(index)):
        rules.add(name, value)
    workbook.close()
    return out.getvalue()


def _figure(text: str | None) -> Value:
    """A number of the document as a cell; "*" where it has none."""
    if text is None:
        return MISSING
    return Fraction(text) if "/" in text else Decimal(text)


def _summary(page: Page, index: Index, results: Results) -> None:
    document = results.document
    page.header(
        [
            *((figures.rank_title(index), 7), (_("Đơn vị"), 44), (_("Khối"), 24), (_("Điểm"), 10)),
            *((_("Điểm tối đa"), 10), (_("Tỷ lệ %"), 10)),
            (_("Điểm quy đổi, thang {points}").format(points=points(index.survey_points)), 12),
            *((_("Xếp loại"), 14), (_("Số phiếu"), 10)),
        ],
        frozen=2,
    )
    blocks = {block.code: order for order, block in enumerate(index.blocks)}

    def place(unit: Mapping[str, Any]) -> tuple[int, bool, int]:
        block = blocks[index.unit_of[unit["code"]].block]
        table = block if index.rules.ranking == "blocks" else 0
        return table, unit["rank"] is None, unit["rank"] or 0

    for unit in sorted(document["units"], key=place):
        known = index.unit_of[unit["code"]]
        sums = (_figure(unit[key]) for key in ("points", "max_points", "percent", "scaled"))
        rank = MISSING if unit["rank"] is None else unit["rank"]
        page.add(
            *(rank, known.name, index.block_of[known.block].name),
            *(*sums, unit["class"], _ballots(unit["ballots"], index.rules.min_ballots)),
        )
    page.filtered()
    near = [words for each in results.lists() for words in nearties.in_words(each, results.places)]
    page.notes([*_reasons(index, document), *near, *_later(document)])


def _ballots(count: int | None, least: int) -> Value:
    known = figures.told(count, least)
    return figures.ballots(count, least) if known is None else known


def _later(document: Mapping[str, Any]) -> tuple[str, ...]:
    words = figures.without_later(document)
    return (words,) if words else ()


def _leaves(page: Page, index: Index, document: Mapping[str, Any]) -> None:
    reached = [
        {leaf["code"]: leaf["points"] for leaf in unit["criteria"]} for unit in document["units"]
    ]
    shown = [leaf for leaf in index.leaves if any(leaf.code in row for row in reached)]
    page.header(
        [(_("Đơn vị"), 44), *((leaf.name, 14) for leaf in shown), (_("Tổng"), 10)],
        frozen=1,
    )
    maxima = {
        leaf["code"]: leaf["max_points"] for unit in document["units"] for leaf in unit["criteria"]
    }
    for unit, row in zip(document["units"], reached, strict=True):
        known = (_figure(row[leaf.code]) if leaf.code in row else None for leaf in shown)
        page.add(index.unit_of[unit["code"]].name, *known, _figure(unit["points"]))
    page.filtered()
    page.add(_("Điểm tối đa"), *(_figure(maxima[leaf.code]) for leaf in shown), None)
    empty = _("Ô trống: tiêu chí không áp dụng cho đơn vị.")
    page.notes([*_reasons(index, document), empty, figures.exact_sums()])


def _reasons(index: Index, document: Mapping[str, Any]) -> Iterator[str]:
    """Why there is a "*": a line for each unit that has one."""
    for unit in document["units"]:
        name = index.unit_of[unit["code"]].name
        if unit["reason"] is not None:
            yield _("* {unit}: không có tiêu chí điều tra nào tính được điểm.").format(unit=name)
        elif unit["missing"]:
            leaves = (index.criterion_of[code].name for code in unit["missing"])
            yield _(
                "* {unit}: chưa có số liệu cho tiêu chí {leaves}; điểm tối đa không gồm phần này."
            ).format(unit=name, leaves="; ".join(f"“{each}”" for each in leaves))
        elif unit["percent"] is None:
            yield _("* {unit}: điểm tối đa là 0, không có tỷ lệ.").format(unit=name)


def _counts(page: Page, index: Index, document: Mapping[str, Any]) -> None:
    levels = _levels(index)
    none = dict.fromkeys(scale.no_opinion for scale in index.scored_scales)
    page.header(
        [
            *((_("Đơn vị"), 30), (_("Tiêu chí"), 36), (_("Câu hỏi"), 90), (_("Nhóm"), 50)),
            *((words, 12) for words in levels.values()),
            *((" / ".join(none), 12), (_("Tổng"), 9)),
        ],
        frozen=1,
    )
    withheld = False
    for unit in document["units"]:
        for leaf in unit["criteria"]:
            for question in leaf.get("questions", ()):
                about = index.unit_of[unit["code"]]
                text = index.question_text(index.question_of[question["code"]], about)
                asked = (about.name, index.criterion_of[leaf["code"]].name, text)
                for cell, counts in (question["counts"] or {}).items():
                    names = "; ".join(index.group_of[code].name for code in cell.split("+"))
                    numbers = (counts.get(level) for level in (*levels, "-"))
                    page.add(*asked, names, *numbers, sum(counts.values()))
                if question["counts"] is None:
                    withheld = True
                    page.add(*asked, *[MISSING] * (len(levels) + 3))
    page.filtered()
    if withheld:
        reason = _("* Có ít hơn {number} phiếu trả lời, không công bố và không tính điểm.")
        page.notes([reason.format(number=index.rules.min_ballots), *_later(document)])


def _levels(index: Index) -> dict[str, str]:
    """The code of each level with what it is called, on every scale that scores it."""
    found: dict[str, dict[str, None]] = {}
    for scale in index.scored_scales:
        for level in scale.levels:
            found.setdefault(level.code, {})[level.label] = None
    return {code: " / ".join(labels) for code, labels in found.items()}


def _facts(
    index: Index, document: Mapping[str, Any], held_by: Keyholders | None
) -> Iterator[tuple[str, Value]]:
    """Who asked, what the urn held, and what the files can be checked by."""
    yield _("Bộ chỉ số"), index.name
    yield _("Năm"), str(index.year)
    if index.organiser is not None:
        organiser = index.organiser
        for name, text in (
            (_("Cơ quan tổ chức"), organiser.name),
            (_("Căn cứ"), organiser.basis),
            (_("Liên hệ"), organiser.contact),
            (_("Điện thoại"), organiser.phone),
            (_("E-mail"), organiser.email),
            (_("Dữ liệu cá nhân"), organiser.notice),
        ):
            if text is not None:
                yield name, text
    yield _("Kết thúc thu phiếu"), moment(datetime.fromisoformat(document["closed_at"]))
    yield from minutes.ballot_rows(minutes.of_sheet(document))
    kept = held_by.words if held_by else minutes.keys_in_words(document["mode"])
    yield _("Giữ khóa hòm phiếu"), kept
    for each in held_by.those if held_by else ():
        name = _("Ủy viên giữ khóa {place}").format(place=each.place)
        yield name, f"{each.called}: {each.print}"
    yield _("Mở hòm phiếu cần hai người"), _("Có") if document["two_people"] else _("Không")
    yield _("Mã kiểm tra bộ chỉ số"), document["index"]["digest"]
    yield _("Mã kiểm tra các biên nhận"), document["receipts"]
    yield _("Mã kiểm tra bảng điểm"), document["digest"]


def _lists(index: Index) -> Iterator[tuple[str, Value]]:
    """Who was asked what, and what an answer is worth."""
    for group in index.groups:
        weight = _(", trọng số {weight}").format(weight=points(group.weight))
        text = group.name + (weight if index.rules.weighting == "groups" else "")
        yield _("Nhóm đối tượng"), text
    for scale in index.scales:
        yield _("Thang đo"), f"{rulewords.scale_in_words(scale)}; {scale.no_opinion}"
    for question in index.scored_questions:
        yield _("Câu hỏi"), index.question_alone(question)
