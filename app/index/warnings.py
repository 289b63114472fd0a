"""What an officer should look at again in an index that is valid.

Pure. A warning refuses nothing.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from app.index.definition import Index
from app.index.entries import ORGANISER_LINES, PLACEHOLDERS
from app.index.faults import Fault, echo, entry_place
from app.index.parts import Component, Criterion, Level, Organiser
from app.language import _, points
from app.text import garbled

FEW_BALLOTS = 5
NEEDED = [key for key in ORGANISER_LINES if key != "unit"]


def warnings(index: Index) -> tuple[Fault, ...]:
    """Everything worth a second look, with its place."""
    return tuple(
        Fault(place, message)
        for found in (of_rules, of_organiser, of_names, of_scales, of_questions, of_texts)
        for place, message in found(index)
    )


def of_rules(index: Index) -> Iterator[tuple[str, str]]:
    if index.rules.min_ballots < FEW_BALLOTS:
        yield (
            "[rules], min_ballots",
            _(
                "là {least} nên nhóm chỉ có {least} phiếu cũng được cộng và hiện riêng, có thể để"
                " lộ ai trả lời gì; nên ghi từ {few}."
            ).format(least=index.rules.min_ballots, few=FEW_BALLOTS),
        )
    if index.rules.weighting == "pooled" and len({group.weight for group in index.groups}) > 1:
        yield (
            "[rules], weighting",
            _('với "pooled", weight của [[groups]] không dùng đến; nếu cần, hãy ghi "groups".'),
        )
    yield from _of_classes(index)


def _of_classes(index: Index) -> Iterator[tuple[str, str]]:
    """Classes of blocks that leave those of the rules unused, or units of one list apart."""
    own = [bool(block.classes) for block in index.blocks]
    if index.rules.classes and all(own):
        yield (
            "[rules], classes",
            _("không dùng đến, vì khối nào cũng có mức xếp loại riêng."),
        )
    for number, block in enumerate(index.blocks, start=1):
        if any(own) and not (block.classes or index.rules.classes):
            yield (
                entry_place("[[blocks]]", number, block.code),
                _("không có mức xếp loại nào, trong khi khối khác có; đơn vị sẽ chưa xếp loại."),
            )
    if index.rules.ranking == "one-list" and len({b.classes for b in index.blocks}) > 1:
        yield (
            "[rules], ranking",
            _(
                'với "one-list" mà các khối có mức xếp loại khác nhau, hai đơn vị cùng danh sách,'
                " cùng tỷ lệ có thể khác loại."
            ),
        )


def of_organiser(index: Index) -> Iterator[tuple[str, str]]:
    organiser = index.organiser or Organiser()
    absent = [key for key in NEEDED if getattr(organiser, key) is None]
    if absent:
        yield (
            "[organiser]",
            _("còn thiếu {keys}; cần có trước khi phát phiếu.").format(keys=", ".join(absent)),
        )


def of_names(index: Index) -> Iterator[tuple[str, str]]:
    """Rosters may name units and groups, so a name should mean one of them."""
    for kind, entries in (("units", index.units), ("groups", index.groups)):
        for number in repeats(entry.name for entry in entries):
            place = entry_place(f"[[{kind}]]", number, entries[number - 1].code)
            yield (
                f"{place}, name",
                _("trùng tên với một mục ở trên; trong danh sách đối tượng hãy dùng mã."),
            )
    tops: list[tuple[str, int, Component | Criterion, str]] = [
        ("components", n, top, "") for n, top in enumerate(index.components, start=1)
    ]
    nodes = [("criteria", n, node, node.parent) for n, node in enumerate(index.criteria, start=1)]
    rows = [*tops, *nodes]
    for number in repeats(f"{parent}\n{node.name}" for _kind, _at, node, parent in rows):
        kind, at, node, _parent = rows[number - 1]
        yield (
            f"{entry_place(f'[[{kind}]]', at, node.code)}, name",
            _("trùng tên với một mục cùng cấp; bảng điểm sẽ có hai dòng như nhau."),
        )


def of_scales(index: Index) -> Iterator[tuple[str, str]]:
    scored = {question.scale for question in index.scored_questions}
    for number, scale in enumerate(index.scales, start=1):
        place = f"{entry_place('[[scales]]', number, scale.code)}, levels"
        if scale.code in scored:
            yield from ((place, words) for words in _of_weights(scale.levels))
        if list(repeats([*(level.label for level in scale.levels), scale.no_opinion])):
            yield place, _("có hai mức cùng tên; người trả lời sẽ không phân biệt được.")


def _of_weights(levels: Sequence[Level]) -> Iterator[str]:
    """What weights do to points that nobody may have meant."""
    weights = [level.worth for level in levels]
    told = "; ".join(
        _("{label}: {percent} % số điểm").format(
            label=level.label, percent=points(level.worth * 100)
        )
        for level in levels
    )
    if max(weights) > 1:
        yield _(
            "có weight lớn hơn 1 nên điểm vượt điểm tối đa ({told}); 100 % ghi là 1, 60 % là 0,6."
        ).format(told=told)
    elif max(weights) < 1:
        yield _("không mức nào có weight = 1 nên không ai đạt điểm tối đa ({told}).").format(
            told=told
        )
    if weights not in (sorted(weights), sorted(weights, reverse=True)):
        yield _("weight không tăng dần hay giảm dần theo thứ tự các mức ({told}).").format(
            told=told
        )


def of_questions(index: Index) -> Iterator[tuple[str, str]]:
    asked = {group for question in index.scored_questions for group in question.groups}
    for number, group in enumerate(index.groups, start=1):
        if group.code not in asked:
            place = entry_place("[[groups]]", number, group.code)
            yield place, _("không có câu hỏi chấm điểm nào cho nhóm này nên nhóm không có phiếu.")
    for number in _asked_twice(index):
        place = entry_place("[[questions]]", number, index.questions[number - 1].code)
        yield (
            f"{place}, text",
            _("trùng lời với một câu ở trên của cùng nhóm; người trả lời gặp hai câu như nhau."),
        )
    of_leaf = index.questions_of_leaf
    for number, question in enumerate(index.questions, start=1):
        place = entry_place("[[questions]]", number, question.code)
        for name in sorted(set(re.findall(r"\{([^{}]*)\}", question.text)) - {*PLACEHOLDERS}):
            message = _("{braces} không phải chỗ điền nên sẽ hiện nguyên như vậy.")
            yield f"{place}, text", message.format(braces=f"{{{echo(name)}}}")
        leaf = question.criterion
        if leaf is None:
            continue
        if not any(index.applies(leaf, unit) for unit in index.units):
            yield place, _("không hỏi về đơn vị nào, vì tiêu chí không tính cho đơn vị nào.")
        if not any(other.weight for other in of_leaf[leaf]):
            yield (
                f"{place}, weight",
                _("mọi câu hỏi của tiêu chí đều có weight = 0 nên tiêu chí không có điểm."),
            )


def _asked_twice(index: Index) -> Iterator[int]:
    """The positions, from 1, of questions that some group has been asked in the same words."""
    asked: set[tuple[str, str]] = set()
    for number, question in enumerate(index.questions, start=1):
        these = {(group, question.text.casefold()) for group in question.groups}
        if asked & these:
            yield number
        asked |= these


def of_texts(index: Index) -> Iterator[tuple[str, str]]:
    """Letters that are lost, or in an encoding before Unicode, would stand so on every page."""
    for place, text in _texts(index):
        problem = garbled.fault(text, prose=True)
        if problem:
            yield place, _("“{text}”: {problem}").format(text=echo(text), problem=problem)


def _texts(index: Index) -> Iterator[tuple[str, str]]:
    """What people read of an index, each with its place."""
    yield "[index], name", index.name
    for key in ("name", "basis", "contact", "notice"):
        yield f"[organiser], {key}", getattr(index.organiser, key, None) or ""
    for kind in ("blocks", "units", "components", "criteria", "groups"):
        for number, entry in enumerate(getattr(index, kind), start=1):
            yield f"{entry_place(f'[[{kind}]]', number, entry.code)}, name", entry.name
    for number, question in enumerate(index.questions, start=1):
        yield f"{entry_place('[[questions]]', number, question.code)}, text", question.text
    for number, scale in enumerate(index.scales, start=1):
        labels = " · ".join([*(level.label for level in scale.levels), scale.no_opinion])
        yield f"{entry_place('[[scales]]', number, scale.code)}, levels", labels


def repeats(names: Iterable[str]) -> Iterator[int]:
    """The positions, from 1, of names that stood before, whatever the case."""
    seen: set[str] = set()
    for number, name in enumerate(names, start=1):
        if name.casefold() in seen:
            yield number
        seen.add(name.casefold())
