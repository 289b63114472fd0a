"""How sure the results are, in tables and sentences for pages and papers. Pure.

Whatever stands here is for people to judge by; no score is changed by it.
"""

from collections.abc import Iterator, Sequence

from app.index.definition import Index
from app.language import _, decimal, number
from app.precision import levels
from app.precision.kept import Precision
from app.precision.margins import Margins, meaning, not_apart, summary, unknown
from app.scores import figures
from app.scores.paper import MISSING, Column, Part, Table, Text
from app.scores.results import List


def of_ranking(margins: Margins, each: List) -> Iterator[str]:
    """What is said beneath a list of the ranking."""
    if margins.known:
        pairs = margins.pairs(each.units)
        yield from filter(None, (summary(pairs), not_apart(pairs)))


def rows(margins: Margins, each: List) -> list[tuple[str, ...]]:
    """Of each unit of a list: rank, name, percent, margin, interval, standard error, and whether it
    is told apart from the next one."""
    told = {pair.upper.code: pair.apart for pair in margins.pairs(each.units)}
    words = {True: _("hơn rõ"), False: _("chưa đủ để nói hơn"), None: ""}
    found: list[tuple[str, ...]] = []
    for unit in each.units:
        margin = margins.of(unit.code)
        found.append(
            (
                str(unit.rank or MISSING),
                unit.name,
                unit.percent,
                margin.shown if margin else MISSING,
                margin.words if margin else MISSING,
                decimal(margin.error, 2) if margin else MISSING,
                words[told.get(unit.code)],
            )
        )
    return found


def response() -> str:
    """By which definition a response rate is one."""
    return _(
        "Tỷ lệ trả lời tính theo định nghĩa RR2 của AAPOR (Standard Definitions, bản thứ 10, 2023):"
        " số phiếu nhận về, kể cả phiếu còn bỏ trống một số câu, chia cho số phiếu phát ra, kể cả"
        " phiếu có thư không đến nơi và phiếu của người sau đó bị bỏ khỏi danh sách."
    )


def of_agencies(precision: Precision | None, index: Index) -> Table | None:
    """How many of each agency have answered; None where no agency may be told."""
    if precision is None or not precision.agencies:
        return None
    found = []
    for each in precision.agencies:
        known = index.unit_of.get(each.code)
        name = known.name if known else each.code or _("Các cơ quan khác, tính chung")
        share = figures.share(each.cast, each.issued)
        found.append((name, number(each.issued), number(each.cast), share))
    columns = (
        Column(_("Cơ quan của người trả lời"), 50, number=False),
        *(Column(title, 15) for title in (_("Phát ra"), _("Nhận về"), _("Tỷ lệ %"))),
    )
    note = _(
        "Chỉ tính phiếu phát ra khi bắt đầu. Cơ quan đứng riêng khi ở mỗi nhóm đối tượng có từ 10"
        " người trở lên, hoặc không có ai; còn lại tính chung, để không ai biết một người đã trả"
        " lời hay chưa."
    )
    title = _("Số phiếu phát ra, nhận về theo cơ quan của người trả lời")
    return Table(title, columns, tuple(found), (note,))


def of_one_level(precision: Precision | None, index: Index) -> Table | None:
    """The share of ballots that know one level only; None where no group is large enough."""
    if precision is None or not precision.one_level:
        return None
    found = []
    for cell, percent in precision.one_level:
        names = "; ".join(index.group_of[code].name for code in cell.split("+"))
        found.append((names, MISSING if percent is None else number(percent)))
    columns = (
        Column(_("Nhóm đối tượng"), 70, number=False),
        Column(_("Phiếu chỉ chọn một mức, %"), 30),
    )
    notes = [
        _(
            "Trong các phiếu chọn mức ở từ {answers} câu trả lời trở lên. Số này để xem lại cách"
            " thu phiếu, không làm thay đổi điểm nào; người trả lời có thể thật lòng thấy mọi nơi"
            " như nhau."
        ).format(answers=levels.ANSWERS)
    ]
    if any(percent is None for _cell, percent in precision.one_level):
        notes.append(
            _(
                "* Không nêu: dưới {few} phiếu như vậy, hoặc dưới {few} phiếu khác vậy; nêu ra thì"
                " đoán được từng người đã trả lời gì."
            ).format(few=levels.HIDDEN)
        )
    title = _("Phiếu chọn cùng một mức ở mọi câu")
    return Table(title, columns, tuple(found), tuple(notes))


def parts(precision: Precision | None, index: Index) -> tuple[Part, ...]:
    """What a report says of it beside the ranking."""
    if precision is None:
        return (Text(unknown()),)
    tables = (of_agencies(precision, index), of_one_level(precision, index))
    return tuple(table for table in tables if table is not None)


def notes(margins: Margins, lists: Sequence[List]) -> list[str]:
    """The sentences of all lists, and what they mean."""
    if not margins.known:
        return [unknown()]
    return [
        meaning(),
        *(
            f"{each.title}: {words}" if each.title else words
            for each in lists
            for words in of_ranking(margins, each)
        ),
    ]
