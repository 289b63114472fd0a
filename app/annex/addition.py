"""Sums that do not add up, and what would settle each of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from app.annex import lines, words
from app.annex.lines import Line
from app.annex.tree import Node, Tree
from app.language import _, points
from app.text.cleaning import folded

MOST_WAYS = 15
NO_NUMBER = _("“{text}” không phải số điểm. Ghi số, ví dụ 2,5.")
SUM = "sum"  # the sum of the parts is right


@dataclass(frozen=True)
class Conflict:
    """A line says one number, its parts add up to another. `ways` are (choice, words); `chosen` is
    the one that was taken, "" for none."""

    line: Line
    name: str
    stated: Fraction
    summed: Fraction
    ways: tuple[tuple[str, str], ...]
    chosen: str = ""


def settle(
    tree: Tree, typed: Mapping[int, str], sums: Mapping[int, str]
) -> tuple[list[Conflict], Fraction]:
    """Give every node its points; gives the sums that differ, and the sum of all."""
    conflicts: list[Conflict] = []
    for root in tree.roots:
        _points_of(root, typed, sums, conflicts)
    for line, before in tree.sums:
        parts = _meant(line, before)
        stated = _typed(line, typed)
        summed = sum((part.points or Fraction(0) for part in parts), Fraction(0))
        whole = all(leaf.points is not None for part in parts for leaf in part.leaves())
        said = [part.points if part.stated is None else part.stated for part in parts]
        follows = stated == sum((each or Fraction(0) for each in said), Fraction(0))
        # What adds up the numbers as they are printed follows what is settled of those.
        if stated is None or stated == summed or not whole or follows:
            continue
        ways = ((SUM, _("{sum}: cộng các dòng ở trên").format(sum=points(summed))),)
        chosen = sums.get(line.id, "")
        conflicts.append(
            Conflict(line, line.name, stated, summed, ways, chosen if chosen == SUM else "")
        )
    return conflicts, sum((root.points or Fraction(0) for root in tree.roots), Fraction(0))


def _typed(line: Line, typed: Mapping[int, str]) -> Fraction | None:
    return lines.number(typed[line.id]) if line.id in typed else line.points


def _meant(line: Line, before: list[Node]) -> list[Node]:
    """What a line adds up: all, or the field just before it."""
    plain = folded(line.name)
    one = before[-1:]
    if words.ALL.search(plain) and len(before) > 1 and "linh vuc" not in plain:
        return before
    if line.points is not None and one and one[0].points != line.points:
        whole = sum((part.points or Fraction(0) for part in before), Fraction(0))
        if whole == line.points:
            return before
    return one


def _points_of(
    node: Node, typed: Mapping[int, str], sums: Mapping[int, str], conflicts: list[Conflict]
) -> None:
    for child in node.children:
        _points_of(child, typed, sums, conflicts)
    if node.line.id in typed and not node.children:
        node.stated = lines.number(typed[node.line.id])
        if node.stated is None and typed[node.line.id]:
            node.asks.append(("points", NO_NUMBER.format(text=typed[node.line.id])))
    if not node.children:
        node.points = node.stated
        if node.points is None and node.line.unread:
            node.asks.append(("points", NO_NUMBER.format(text=node.line.unread)))
        return
    summed, whole = _summed(node)
    node.points = summed
    if node.stated is None or node.stated == summed or not whole:
        return
    chosen = sums.get(node.line.id, "")
    ways = _ways(node, node.stated, summed)
    if chosen not in dict(ways):
        chosen = ""
    conflicts.append(Conflict(node.line, node.name, node.stated, summed, ways, chosen))
    for child in node.children:
        if chosen == str(child.line.id) and child.points is not None:
            child.points += node.stated - summed
            node.points = node.stated


def _summed(node: Node) -> tuple[Fraction, bool]:
    """The sum of a node's parts, and whether all of them are known. What one of them alone lacks
    is the rest."""
    open_ = [child for child in node.children if child.points is None]
    summed = sum((child.points or Fraction(0) for child in node.children), Fraction(0))
    stated = node.stated or Fraction(0)
    if len(open_) == 1 and not open_[0].children and stated > summed:
        open_[0].points = stated - summed
        told = _("Phụ lục không ghi điểm: lấy phần còn lại của dòng trên.")
        open_[0].whys.append(("points", told))
        return stated, True
    return summed, not open_


def _ways(node: Node, stated: Fraction, summed: Fraction) -> tuple[tuple[str, str], ...]:
    found = [(SUM, _("{sum}: cộng các dòng dưới").format(sum=points(summed)))]
    for child in node.children:
        if child.children or child.points is None or child.points + stated - summed < 0:
            continue
        words_ = _("{stated}: sửa dòng {code} từ {old} thành {new}")
        told = words_.format(
            stated=points(stated),
            code=child.code,
            old=points(child.points),
            new=points(child.points + stated - summed),
        )
        found.append((str(child.line.id), told))
    return tuple(found[:MOST_WAYS])


def must_have_points(tree: Tree) -> None:
    """Ask for the points of each leaf that has none."""
    for leaf in tree.leaves():
        if leaf.points is None and all(what != "points" for what, _words in leaf.asks):
            leaf.asks.append(("points", _("Chưa có điểm tối đa.")))
