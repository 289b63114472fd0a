"""The lines as a tree: each under its parent, with a code."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from app.annex.levels import JOIN, SKIP, SUM
from app.annex.lines import Line
from app.annex.title import calm
from app.language import _

CODE_SIGNS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.")


@dataclass
class Node:
    """A field, criterion or part of one. `stated` is what the annex says it is worth, `points` what
    counts; `whys` are the guesses about it, `asks` what keeps it from being used."""

    line: Line
    name: str
    parent: "Node | None" = None
    children: list["Node"] = field(default_factory=list)
    code: str = ""
    stated: Fraction | None = None
    points: Fraction | None = None
    method: str = ""
    guessed_method: str = ""
    is_told: bool = False  # the annex says how it gets its points
    whys: list[tuple[str, str]] = field(default_factory=list)  # about what, why
    asks: list[tuple[str, str]] = field(default_factory=list)  # about what, what

    @property
    def depth(self) -> int:
        return 0 if self.parent is None else self.parent.depth + 1

    def below(self) -> Iterator["Node"]:
        """All nodes below, parents first."""
        for child in self.children:
            yield child
            yield from child.below()

    def leaves(self) -> list["Node"]:
        return [each for each in (self, *self.below()) if not each.children]


@dataclass
class Tree:
    """The fields with all below them, and the lines that add up: each with the fields before it
    since the last such line, and whether it means all."""

    roots: list[Node] = field(default_factory=list)
    sums: list[tuple[Line, list[Node]]] = field(default_factory=list)

    def all(self) -> Iterator[Node]:
        for root in self.roots:
            yield root
            yield from root.below()

    def leaves(self) -> list[Node]:
        return [leaf for root in self.roots for leaf in root.leaves()]


def grow(lines: Sequence[Line], roles: Mapping[int, str]) -> Tree:
    """Put each line under the last one that is of a higher level."""
    tree, path = Tree(), list[Node]()
    last: Node | None = None
    for line in lines:
        role = roles[line.id]
        if role == SKIP:
            continue
        if role == SUM:
            tree.sums.append((line, list(tree.roots)))
        elif role == JOIN:
            if last is not None:
                last.name = f"{last.name} {line.name}".strip()
                last.stated = line.points if last.stated is None else last.stated
        else:
            depth = min(int(role), len(path))
            del path[depth:]
            parent = path[-1] if path else None
            last = Node(line, calm(line.name), parent, stated=line.points)
            if depth < int(role):
                words = _("Không thấy dòng bậc trên: đã đặt lên bậc gần nhất.")
                last.whys.append(("role", words))
            (parent.children if parent else tree.roots).append(last)
            path.append(last)
    return tree


def give_codes(tree: Tree, chosen: Mapping[int, str]) -> None:
    """Give every node a code of its own, by its number where it has one."""
    taken: dict[str, Node] = {}
    _codes_of(tree.roots, "", chosen, taken)


def _codes_of(
    nodes: Sequence[Node], above: str, chosen: Mapping[int, str], taken: dict[str, Node]
) -> None:
    count = 0
    for node in nodes:
        last = _last_part(node, count)
        count = int(last) if last.isdigit() else count + 1
        if node.line.id in chosen:
            _take_chosen(node, chosen[node.line.id], taken)
        else:
            _take_free(node, f"{above}.{last}" if above else last, taken)
        _codes_of(node.children, node.code, chosen, taken)


def _last_part(node: Node, count: int) -> str:
    """The last part of a code; `count` is that of the brother before."""
    line = node.line
    mark, expected = line.mark, count + 1
    if mark.kind in ("a", "A"):
        return mark.text.strip("()[].:/ ")
    if not mark.parts:
        return str(expected)
    last = mark.parts[-1]
    if line.kept_number and len(mark.parts) == 2 and last * 10 == expected:
        words = _("Số {text} trong Excel: theo thứ tự thì là {code}.")
        told = words.format(text=mark.text, code=f"{mark.parts[0]}.{expected}")
        node.whys.append(("code", told))
        return str(expected)
    if line.was_date and last != expected == mark.parts[0]:
        # 1.2 that Excel took for the second of January, or the first of February.
        words = _("Excel đã đổi số thành ngày tháng; theo thứ tự thì là {code}.")
        node.whys.append(("code", words.format(code=f"{last}.{expected}")))
        return str(expected)
    return str(last)


def _take_chosen(node: Node, code: str, taken: dict[str, Node]) -> None:
    node.code = code
    if not code or not set(code) <= CODE_SIGNS or (node.parent is None and "." in code):
        words = _("Mã chỉ gồm chữ không dấu, chữ số, - và _; mã tiêu chí có thêm dấu chấm.")
        node.asks.append(("code", words))
    elif code in taken:
        words = _("Mã {code} đã dùng ở {where}. Ghi mã khác.")
        told = words.format(code=code, where=taken[code].line.where)
        node.asks.append(("code", told))
    else:
        taken[code] = node


def _take_free(node: Node, code: str, taken: dict[str, Node]) -> None:
    free, count = code, 1
    while free in taken:
        count += 1
        free = f"{code}-{count}"
    if free != code:
        words = _("Số {number} đứng hai lần, lần trước ở {where}. Mã đặt tạm là {code}.")
        shown = node.line.mark.text or code
        told = words.format(number=shown, where=taken[code].line.where, code=free)
        node.whys.append(("code", told))
    node.code = free
    taken[free] = node
