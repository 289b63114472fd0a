"""The report on a survey, as an agency sends it to the appraisal council. Pure.

All of it comes from the document of the sheet, the index frozen in it, for the changes the document
of an earlier sheet, and the course of the wave: the same sheets give the same report. What none of
them holds (number, day, who signs) stays blank for the officer.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from app.index import rulewords
from app.index.definition import Index
from app.language import _, day, moment, number, points
from app.scores import (
    choicetables,
    components,
    componenttables,
    extremes,
    figures,
    findings,
    letterhead,
    minutes,
    ranking,
    sureness,
    turnout,
    wholepaper,
)
from app.scores.course import Course
from app.scores.paper import BLANK, Column, Facts, Fill, Heading, Items, Paper, Part, Table, Text
from app.scores.results import Document, Results
from app.scores.wholeresults import Whole
from app.years.year import Earlier

NUMERALS = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")


def paper(
    document: Document,
    earlier: Earlier | None = None,
    course: Course | None = None,
    whole: Whole | None = None,
) -> Paper:
    """The report of a sheet, beside an earlier one and with the whole index if there is any."""
    results, course = Results(document, earlier), course or Course()
    index = results.index
    head = course.head or letterhead.of(index)
    compared = any(each.change is not None for each in results.ranked.values())
    sections: list[tuple[str, Iterable[Part]]] = [
        (_("Tổ chức điều tra"), _organisation(results, course)),
        (_("Cách tính điểm"), _method(index)),
        (_("Kết quả xếp hạng"), ranking.parts(results, course)),
        (_("Kết quả theo chỉ số thành phần"), componenttables.by_component(results)),
        (_("Tiêu chí cao nhất, thấp nhất"), extremes.of_criteria(results)),
    ]
    if whole is not None:
        sections.append((_("Kết quả cả bộ chỉ số"), wholepaper.parts(whole)))
    if earlier is not None and compared:
        then, _now = figures.years(index, results.before)
        words = _("So với {then}").format(then=then)
        sections.append((words, findings.against(results)))
    sections += [
        (_("Tiêu chí chưa có số liệu"), findings.missing(results)),
        *((title, (Fill(hint),)) for title, hint in _to_fill()),
        (_("Kiểm tra lại kết quả"), _checking(results, earlier if compared else None)),
    ]
    parts: list[Part] = [Text(_opening(index, _agency(index)))]
    for numeral, (title, found) in zip(NUMERALS, sections, strict=False):
        parts += [Heading(f"{numeral}. {title}"), *found]
    parts.append(
        Text(_("Trên đây là kết quả điều tra xã hội học, kính trình Hội đồng thẩm định xem xét."))
    )
    return Paper(
        above=head.above,
        agency=head.agency,
        number=head.number(_("BC")),
        place=head.place,
        title=_("Báo cáo"),
        about=_("Kết quả điều tra xã hội học phục vụ xác định {name}").format(name=index.name),
        parts=tuple(parts),
        signers=(_("Thủ trưởng cơ quan"),),
        addressee=_("Kính gửi: Hội đồng thẩm định"),
        dated=True,
        sent_to=(_("Như trên;"), _("Lưu: VT.")),
        annex=_numbered([*_annex(results), *(wholepaper.annex(whole) if whole else ())]),
    )


def _numbered(parts: Sequence[Part]) -> tuple[Part, ...]:
    """Annexes with their numbers, as Decree 30/2020 has them: roman, and none for one alone."""
    alone = sum(isinstance(each, Heading) and each.level == 1 for each in parts) == 1
    numbers, found = iter(NUMERALS), list[Part]()
    for each in parts:
        if isinstance(each, Heading) and each.level == 1:
            words = _("Phụ lục. {title}") if alone else _("Phụ lục {number}. {title}")
            each = replace(each, text=words.format(number=next(numbers), title=each.text))
        found.append(each)
    return tuple(found)


def _to_fill() -> tuple[tuple[str, str], ...]:
    """What nobody but the agency can say."""
    return (
        (
            _("Đánh giá chung"),
            _("Viết nhận xét chung: mức độ tham gia, mặt bằng kết quả, những việc làm được."),
        ),
        (
            _("Tồn tại, nguyên nhân"),
            _("Viết những tiêu chí, lĩnh vực, cơ quan còn thấp và nguyên nhân."),
        ),
        (_("Kiến nghị"), _("Viết kiến nghị với Hội đồng thẩm định, UBND và các cơ quan.")),
    )


def _agency(index: Index) -> str:
    return (index.organiser.name if index.organiser else None) or BLANK


def _opening(index: Index, agency: str) -> str:
    basis = (index.organiser.basis if index.organiser else None) or BLANK
    words = _(
        "Thực hiện {basis}, {agency} báo cáo kết quả điều tra xã hội học phục vụ xác định {name}"
        " như sau:"
    )
    return words.format(basis=basis, agency=agency, name=index.name)


def _organisation(results: Results, course: Course) -> Iterator[Part]:
    document, index = results.document, results.index
    yield Heading(_("1. Nội dung hỏi"), 2)
    words = _(
        "Phần điểm điều tra tối đa {survey} trên {whole} điểm. Phiếu có {questions} câu hỏi về"
        " {leaves} tiêu chí."
    )
    methods = [leaf.method for leaf in index.leaves]
    asked = words.format(
        survey=points(index.survey_points),
        whole=points(index.max_points),
        questions=len(index.scored_questions),
        leaves=methods.count("survey"),
    )
    if "external" in methods:
        taken = _("Có {count} tiêu chí lấy từ kết quả khác.")
        asked = f"{asked} {taken.format(count=methods.count('external'))}"
    yield Text(asked)
    yield _asked_table(index)
    yield Heading(_("2. Đơn vị được đánh giá"), 2)
    counts = [(block.name, len(results.codes_of(block))) for block in index.blocks]
    blocks = (_("{name} {count} đơn vị").format(name=name, count=count) for name, count in counts)
    yield Text(
        _("{count} đơn vị: {blocks}.").format(count=len(index.units), blocks="; ".join(blocks))
    )
    yield Heading(_("3. Người trả lời"), 2)
    groups = "; ".join(group.name for group in index.groups)
    yield Text(_("{count} nhóm: {groups}.").format(count=len(index.groups), groups=groups))
    yield Heading(_("4. Thời gian và số phiếu"), 2)
    closed_at = moment(datetime.fromisoformat(document["closed_at"]))
    yield Text(_when(course, closed_at))
    share = figures.share(document["counted"], document["issued"])
    words = _("Đã nhận {counted} trên {issued} phiếu")
    received = words.format(counted=number(document["counted"]), issued=number(document["issued"]))
    yield Text(f"{received} ({share}%)." if share else f"{received}.")
    yield minutes.ballot_table(minutes.of_sheet(document))
    yield from turnout.parts(course.cells, document["issued"], document["cast"])
    if course.cells is not None:
        yield Text(sureness.response())
        yield from sureness.parts(course.precision, index)
    if later := figures.without_later(document):
        yield Text(later)
    yield Heading(_("5. Giữ bí mật câu trả lời"), 2)
    yield Text(
        _(
            "Phiếu được mã hóa ngay khi gửi và chỉ được mở sau khi kết thúc đợt điều tra. Khi mở,"
            " hệ thống chỉ cộng số liệu chung, không lưu từng phiếu."
        )
    )
    kept = minutes.kept_in_words(document["mode"], document["two_people"], course.held_by)
    yield Text(_("Giữ khóa hòm phiếu: {kept}.").format(kept=kept))


def _when(course: Course, closed_at: str) -> str:
    """When ballots were handed out and taken in; dots where nobody knows."""
    if course.launched_at is None:
        words = _("Phát phiếu từ ngày ………………; kết thúc thu phiếu lúc {moment}.")
        return words.format(moment=closed_at)
    launched = day(course.launched_at)
    if course.opens_at is None or day(course.opens_at) == launched:
        words = _("Phát phiếu ngày\u00a0{launched}; kết thúc thu phiếu lúc {moment}.")
        return words.format(launched=launched, moment=closed_at)
    words = _(
        "Phát phiếu ngày\u00a0{launched}, nhận phiếu từ ngày\u00a0{opens}; kết thúc thu phiếu lúc"
        " {moment}."
    )
    return words.format(launched=launched, opens=day(course.opens_at), moment=closed_at)


def _asked_table(index: Index) -> Table:
    leaves = [leaf for leaf in index.leaves if leaf.method in ("survey", "external")]
    rows = []
    for component in components.scored(index):
        here = [leaf for leaf in leaves if index.component_of[leaf.code] == component]
        questions = sum(len(index.questions_of_leaf[leaf.code]) for leaf in here)
        rows.append((f"{component.code}. {component.name}", str(len(here)), str(questions)))
    columns = (
        Column(_("Chỉ số thành phần"), 24, number=False),
        Column(_("Số tiêu chí"), 7),
        Column(_("Số câu hỏi"), 7),
    )
    return Table(_("Tiêu chí chấm bằng điều tra và lấy từ kết quả khác"), columns, tuple(rows))


def _method(index: Index) -> Iterator[Part]:
    yield Text(
        _(
            "Tỷ lệ của một câu hỏi là tổng của số phiếu chọn mỗi mức nhân với trọng số của mức ấy,"
            " chia cho số phiếu được tính. Điểm của một tiêu chí là điểm tối đa nhân với trung bình"
            " tỷ lệ các câu hỏi của tiêu chí ấy, theo trọng số câu hỏi; tiêu chí lấy từ kết quả"
            " khác dùng tỷ lệ của nơi ấy. Tỷ lệ của một đơn vị là tổng điểm chia cho tổng điểm tối"
            " đa của các tiêu chí có số liệu."
        )
    )
    scales = (
        _("Trọng số các mức: {levels}.").format(levels=rulewords.scale_in_words(scale))
        for scale in index.scored_scales
    )
    yield Items((*scales, *rulewords.in_words(index)))


def _checking(results: Results, earlier: Earlier | None) -> Iterator[Part]:
    """What the numbers can be checked by, and how."""
    document = results.document
    yield Text(
        _("Báo cáo này lập từ bảng điểm số {sheet}, {name}.").format(
            sheet=document["sheet"], name=results.index.name
        )
    )
    rows = [
        (_("Mã kiểm tra bảng điểm"), document["digest"]),
        (_("Mã kiểm tra bộ chỉ số"), document["index"]["digest"]),
        (_("Mã kiểm tra các biên nhận"), document["receipts"]),
    ]
    if earlier is not None:
        then, _now = figures.years(results.index, results.before)
        title = _("Bảng điểm số {sheet} của {then}, để so sánh")
        rows.append(
            (title.format(sheet=earlier.sheet["sheet"], then=then), earlier.sheet["digest"])
        )
    yield Facts(tuple(rows), codes=True)
    yield Text(
        _(
            "Ai có tệp JSON của bảng điểm này cũng tính lại được mọi con số từ số phiếu trong tệp:"
            " ở trang Xuất báo cáo, mục “Kiểm tra một tệp đã xuất”, hoặc bằng lệnh “phieu verify”."
            " Mã kiểm tra của tệp phải trùng với mã trên đây."
        )
    )


def _annex(results: Results) -> tuple[Part, ...]:
    return (
        Heading(_("Điểm điều tra của từng đơn vị theo chỉ số thành phần")),
        Text(_("Tỷ lệ là phần trăm của điểm tối đa. {sums}").format(sums=figures.exact_sums())),
        *componenttables.unit_tables(results),
        *choicetables.annex(results),
    )
