"""How each leaf gets its points: by survey, by appraisal, from elsewhere, or partly each."""

from collections.abc import Mapping
from fractions import Fraction

from app.annex import words
from app.annex.tree import Node, Tree
from app.language import _
from app.text.cleaning import folded

NAMES = {
    "survey": _("điều tra"),
    "appraisal": _("thẩm định"),
    "external": _("lấy từ nơi khác"),
    "split": _("một phần mỗi cách"),
}


def is_split(node: Node) -> bool:
    """Whether the annex gives a leaf points of both kinds."""
    return bool(node.line.survey) and bool(node.line.appraisal)


def settle(tree: Tree, chosen: Mapping[int, str], rest: str) -> bool:
    """Give every leaf a method, or ask for it; gives whether the annex says of some that they are
    surveyed. `chosen` of a node holds for all below it that have none of their own."""
    leaves = tree.leaves()
    for leaf in leaves:
        leaf.guessed_method, why = _told(leaf)
        leaf.is_told = bool(leaf.guessed_method)
        if why:
            leaf.whys.append(("method", why))
    marked = any(leaf.guessed_method in ("survey", "split") for leaf in leaves)
    for leaf in leaves:
        if not leaf.guessed_method and marked:
            leaf.guessed_method = "appraisal"
            leaf.whys.append(("method", _("Không ghi cách đánh giá: coi là thẩm định.")))
        elif not leaf.guessed_method:
            leaf.guessed_method = rest
        leaf.method = _chosen(leaf, chosen) or leaf.guessed_method
        if leaf.method == "split" and not is_split(leaf):
            leaf.method = leaf.guessed_method
        if not leaf.method:
            leaf.asks.append(("method", _("Chưa rõ cách đánh giá.")))
    return marked


def _chosen(leaf: Node, chosen: Mapping[int, str]) -> str:
    node: Node | None = leaf
    while node is not None:
        if node.line.id in chosen:
            return chosen[node.line.id]
        node = node.parent
    return ""


def _told(leaf: Node) -> tuple[str, str]:
    """What the annex says of a leaf, and why that is a guess; "" where it is said plainly."""
    line = leaf.line
    if is_split(leaf):
        parts = (line.survey or Fraction(0)) + (line.appraisal or Fraction(0))
        if leaf.stated is not None and leaf.stated != parts:
            return "split", _("Điểm tối đa không bằng điểm điều tra cộng điểm thẩm định.")
        return "split", _("Có cả điểm điều tra và điểm thẩm định: tách thành hai tiêu chí.")
    for method, points in (("survey", line.survey), ("appraisal", line.appraisal)):
        if points or line.ticks == {method}:
            return method, ""
    node: Node | None = leaf
    while node is not None:
        found = words.method_of(node.line.method)
        if found:
            inherited = _("Theo dòng {name}.").format(name=node.name) if node is not leaf else ""
            return found, inherited
        if node.line.method and node is leaf and words.SURVEY.search(folded(node.line.method)):
            return "", ""
        node = node.parent
    node = leaf
    while node is not None:
        found = words.method_of(node.name)
        if found in ("survey", "external"):
            return found, _("Theo chữ trong tên “{name}”.").format(name=node.name)
        node = node.parent
    return "", ""
