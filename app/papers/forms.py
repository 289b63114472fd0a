"""Mẫu phiếu: the questionnaire of a group on paper, as provinces annex it to their plan.

It needs an index alone. The same index gives the same bytes.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime

from app.index.definition import Index
from app.index.parts import Group, Question, Scale
from app.language import _
from app.papers import word
from app.scores.paper import BLANK, Column, Heading, Lines, Paper, Part, Table, Text

BOX = "\N{BALLOT BOX}"
COMMENT_LINES = 4
# So many answers and no more have room for their words beside the name of a unit.
BESIDE = 6


def to_docx(index: Index, at: datetime, group: str | None = None) -> bytes:
    """One Word file, dated `at` (aware), of the questionnaires of all groups or of one."""
    papers = [
        paper(index, each, number)
        for number, each in enumerate(index.groups, start=1)
        if group in (None, each.code)
    ]
    return word.of_several(papers, at)


def paper(index: Index, group: Group, number: int) -> Paper:
    """The questionnaire of a group, which is the `number`th of its index."""
    return Paper(
        agency="",
        number="",
        label=_("Mẫu số {number:02}").format(number=number),
        attached=_("(Kèm theo {basis})").format(basis=_basis(index)),
        title=_("Phiếu điều tra xã hội học"),
        about=_("Phục vụ xác định {name}").format(name=index.name),
        addressee=_("(Dành cho đối tượng: {group})").format(group=group.name),
        parts=tuple(_parts(index, group)),
        signers=(),
    )


def _basis(index: Index) -> str:
    known = index.organiser.basis if index.organiser else None
    return known or _("Kế hoạch số ……… ngày ……/……/……… của {who}").format(who=BLANK)


def _parts(index: Index, group: Group) -> Iterator[Part]:
    yield from _opening(index, group)
    number, headed = 0, ""
    several = group.rates != "own" and len(index.units) > 1
    for question in index.scored_questions:
        if group.code not in question.groups:
            continue
        number += 1
        component = index.component_of[question.criterion or ""]
        if component.code != headed:
            headed = component.code
            yield Heading(f"{component.code}. {component.name}")
        yield Heading(_words(index, group, question, number), 2)
        yield _boxes(index, group, question)
    asked = [*index.choices_about("unit"), *index.choices_about("none")]
    choices = [question for question in asked if group.code in question.groups]
    if choices:
        yield Heading(_("Câu hỏi thêm"))
    for question in choices:
        number += 1
        yield Heading(_words(index, group, question, number), 2)
        of_units = several and question.about == "unit"
        yield from _choices_of_units(index, question) if of_units else (_choices(index, question),)
    for question in index.comments:
        if group.code in question.groups:
            number += 1
            yield Heading(_words(index, group, question, number), 2)
            yield Text(_("Xin đừng ghi tên hoặc chi tiết để người khác nhận ra Ông/Bà."))
            yield Lines(COMMENT_LINES)
    yield Text(_("Xin trân trọng cảm ơn Ông/Bà!"))


def _opening(index: Index, group: Group) -> Iterator[Part]:
    organiser = index.organiser
    who = (organiser.name if organiser else None) or BLANK
    yield Text(
        _(
            "Để có cơ sở xác định {name}, {who} kính đề nghị Ông/Bà trả lời các câu hỏi dưới đây."
            " Câu trả lời được giữ kín và chỉ dùng để tổng hợp chung."
        ).format(name=index.name, who=who)
    )
    yield Text(" ".join(_how(index, group)))
    if organiser and organiser.notice:
        yield Text(organiser.notice)
    known = (organiser.contact, organiser.phone, organiser.email) if organiser else ()
    contact = ", ".join(filter(None, known))
    if contact:
        yield Text(_("Cần hỏi thêm, xin liên hệ: {contact}.").format(contact=contact))


def _how(index: Index, group: Group) -> Iterator[str]:
    if group.rates == "own":
        yield _("Ở mỗi câu hỏi, Ông/Bà đánh dấu X vào một ô ứng với mức Ông/Bà chọn.")
        yield _("Ông/Bà chỉ đánh giá cơ quan mình đang công tác.")
        return
    yield _(
        "Ở mỗi câu hỏi, với từng cơ quan, Ông/Bà đánh dấu X vào một ô ứng với mức Ông/Bà chọn; nếu"
        " không biết đủ để đánh giá, xin chọn ô cuối."
    )
    if group.rates == "assigned":
        yield _("Ông/Bà chỉ đánh giá các cơ quan ghi trong thư mời; các cơ quan khác để trống.")
    elif index.rules.choose_units:
        yield _("Ông/Bà chỉ đánh giá các cơ quan mình đã làm việc cùng; cơ quan khác để trống.")
    if index.rules.own_unit == "exclude":
        yield _("Ông/Bà không đánh giá cơ quan mình đang công tác.")


def _words(index: Index, group: Group, question: Question, number: int) -> str:
    text = question.text.replace("{year}", str(index.year))
    name = _("cơ quan của Ông/Bà") if group.rates == "own" else _("từng cơ quan dưới đây")
    words = _("Câu {number}. {text}").format(number=number, text=text.replace("{unit}", name))
    most = question.most or 1
    return f"{words} {_('(chọn tối đa {most})').format(most=most)}" if most > 1 else words


def _boxes(index: Index, group: Group, question: Question) -> Table:
    """A row of boxes for each unit the question is about, or one for the own agency."""
    scale = index.scale_of[question.scale or ""]
    if group.rates == "own":
        levels = _levels(scale, 100)
        return Table("", levels, ((BOX,) * len(levels),))
    levels = _levels(scale, 60)
    return _by_unit(index, index.units_of_leaf[question.criterion or ""], levels)


def _by_unit(index: Index, units: Iterable[str], levels: tuple[Column, ...]) -> Table:
    rows = tuple(
        (str(place), index.unit_of[code].name, *((BOX,) * len(levels)))
        for place, code in enumerate(units, start=1)
    )
    heads = (Column(_("TT"), 6, centred=True), Column(_("Cơ quan, đơn vị"), 36, number=False))
    return Table("", (*heads, *levels), rows)


def _choices(index: Index, question: Question) -> Table:
    """A box beside each answer of a question that only asks."""
    scale = index.scale_of[question.scale or ""]
    columns = (Column(_("Đánh dấu"), 14, centred=True), Column(_("Trả lời"), 86, number=False))
    return Table("", columns, tuple((BOX, label) for label in _labels(scale)))


def _choices_of_units(index: Index, question: Question) -> Iterator[Part]:
    """A row of boxes for each unit; where there are many answers they are numbered."""
    scale, units = index.scale_of[question.scale or ""], [unit.code for unit in index.units]
    labels = _labels(scale)
    if len(labels) <= BESIDE:
        yield _by_unit(index, units, _levels(scale, 60))
        return
    numbered = [f"({place}) {label}" for place, label in enumerate(labels, start=1)]
    yield Text("; ".join(numbered) + ".")
    width = 60 // len(labels)
    numbers = (f"({place})" for place in range(1, len(labels) + 1))
    yield _by_unit(index, units, tuple(Column(each, width, centred=True) for each in numbers))


def _levels(scale: Scale, width: int) -> tuple[Column, ...]:
    labels = _labels(scale)
    return tuple(Column(label, width // len(labels), centred=True) for label in labels)


def _labels(scale: Scale) -> list[str]:
    return [*(level.label for level in scale.levels), scale.no_opinion]
