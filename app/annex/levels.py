"""Which line is a field, a criterion, a part of one; which only adds up; which is none."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from app.annex import words
from app.annex.lines import Line
from app.language import _
from app.text.cleaning import folded

DEEPEST = 4
SUM, SKIP, JOIN = "sum", "skip", "join"
ROLES = {
    "0": _("Lĩnh vực"),
    "1": _("Tiêu chí"),
    "2": _("Tiêu chí thành phần"),
    "3": _("Bậc thứ tư"),
    "4": _("Bậc thứ năm"),
    SUM: _("Dòng cộng"),
    JOIN: _("Nối vào dòng trên"),
    SKIP: _("Không phải tiêu chí"),
}


@dataclass(frozen=True)
class Role:
    """What a line is: a depth "0" to "4", or another of `ROLES`; `why` where it is a guess."""

    role: str
    why: str = ""


def propose(lines: Sequence[Line]) -> list[Role]:
    """What each line is, most likely."""
    numbered = sum(bool(line.mark.kind) for line in lines) * 2 > len(lines)
    stack: list[object] = []
    found: list[Role] = []
    ended = False
    for place, line in enumerate(lines):
        plain = folded(line.name)
        if line.hidden:
            role = Role(SKIP, _("Dòng đang ẩn trong tệp nên chưa tính."))
        elif ended or (words.FOOT.search(plain) and line.points is None):
            role = Role(SKIP, _("Đứng dưới bảng."))
        elif words.SUM.search(plain) and not line.mark.kind:
            role = Role(SUM)
            ended = bool(words.ALL.search(plain)) and place > len(lines) * 2 // 3
        elif not line.name:
            role = Role(SKIP, _("Dòng không có tên."))
        elif line.level is not None and not (line.lead and not _has_levels(lines)):
            role = Role(str(line.level))
        else:
            role = _by_mark(lines, place, stack, found, numbered=numbered)
        found.append(role)
    return found


def _has_levels(lines: Sequence[Line]) -> bool:
    return any(line.level is not None and not line.lead for line in lines)


def _by_mark(
    lines: Sequence[Line], place: int, stack: list[object], above: list[Role], *, numbered: bool
) -> Role:
    line = lines[place]
    kind: object = line.mark.kind
    why = ""
    if line.mark.kind in ("I", "field") or line.lead:
        kind = "field" if line.lead or "field" in stack else line.mark.kind
    if not line.mark.kind and numbered:
        return _unnumbered(lines, place, stack, above)
    if not line.mark.kind:
        kind = ("", line.bold, line.indent, line.name.isupper())
        why = _("Dòng không có số thứ tự: xếp bậc theo chữ đậm và độ thụt vào.")
    elif not line.mark.kind.isalnum() or kind == "a":
        if above and _is_scoring(lines, place, above):
            return Role(SKIP, _("Ý nhỏ dưới một tiêu chí: coi là cách chấm điểm."))
        why = "" if kind == "a" else _("Gạch đầu dòng: coi là một bậc dưới.")
    if kind in stack:
        del stack[stack.index(kind) + 1 :]
    else:
        # 1.1 stands below 1, whatever came between.
        while stack and _is_deeper(stack[-1], kind):
            stack.pop()
        stack.append(kind)
    depth = len(stack) - 1
    if depth > DEEPEST:
        return Role(SKIP, _("Bậc thứ sáu trở xuống chưa tính; chọn lại nếu là tiêu chí."))
    return Role(str(depth), why)


def _is_deeper(one: object, other: object) -> bool:
    """Whether a kind of mark always stands below another: 1.1.1 below 1.1, a) below 1."""
    order = [_order(one), _order(other)]
    return None not in order and order[0] > order[1]  # type: ignore[operator]


def _order(kind: object) -> int | None:
    if not isinstance(kind, str):
        return None
    if kind.isdigit():
        return int(kind)
    return {"A": -2, "I": -1, "field": -1}.get(kind, 9 if kind == "a" else 10)


def _unnumbered(lines: Sequence[Line], place: int, stack: list[object], above: list[Role]) -> Role:
    """A line without a number among lines that have one."""
    line = lines[place]
    if not above or not stack:
        return Role(SKIP, _("Dòng không có số thứ tự."))
    if line.bold and line.points is not None and not lines[place - 1].bold:
        del stack[1:]
        return Role("0", _("Dòng đậm không có số thứ tự: coi là lĩnh vực."))
    broken = line.points is None and line.name[:1].islower() and lines[place - 1].name[-1:] != "."
    if broken and above[-1].role not in (SUM, SKIP):
        return Role(JOIN, _("Không có số, bắt đầu bằng chữ thường: coi là phần sau của dòng trên."))
    if _is_scoring(lines, place, above):
        return Role(SKIP, _("Dòng không có số thứ tự: coi là cách chấm điểm, không phải tiêu chí."))
    depth = min(len(stack), DEEPEST)
    return Role(str(depth), _("Dòng không có số thứ tự: coi là một bậc dưới dòng có số."))


def _is_scoring(lines: Sequence[Line], place: int, above: list[Role]) -> bool:
    """Whether lines under a criterion only tell how it is scored: they do not add up to it."""
    kind = lines[place].mark.kind
    first = place
    while first > 0 and lines[first - 1].mark.kind == kind:
        first -= 1
    if first == 0:
        return False
    last = place
    while last + 1 < len(lines) and lines[last + 1].mark.kind == kind:
        last += 1
    head = lines[first - 1].points
    parts = [
        line.points for line in lines[first : last + 1] if not words.SUM.search(folded(line.name))
    ]
    if head is None:
        return all(part is None for part in parts)
    given = [part for part in parts if part is not None]
    if head in given and len(parts) > 1:  # the best way is worth all, the others less or nothing
        return True
    if kind == "a" and given:
        return False
    return not given or len(given) < len(parts) or sum(given, Fraction(0)) != head
