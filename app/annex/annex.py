"""An annex as it is understood: its rows with every guess, and what is asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from app.annex import addition, headings, levels, lines, methods, tree
from app.annex.addition import Conflict
from app.annex.choices import Choices
from app.annex.lines import Line
from app.annex.source import Table
from app.annex.tree import Node, Tree
from app.language import _
from app.text.cleaning import clean

MOST = 500  # lines; a province's index has some 150
NO_SURVEY = _("Chưa có tiêu chí nào lấy điểm bằng điều tra. Chọn “điều tra” ở những tiêu chí ấy.")
TOO_MANY = _("Bảng dài hơn {most} dòng nên chưa đọc hết. Tách thành tệp ngắn hơn rồi tải lên lại.")


@dataclass(frozen=True)
class Row:
    """A line as the page shows it; `node` is None where it is no criterion. `guess` is the role as
    it was proposed."""

    line: Line
    role: str
    guess: str
    node: Node | None
    whys: tuple[str, ...]
    asks: tuple[tuple[str, str], ...]  # about what, what


@dataclass(frozen=True)
class Annex:
    """`marked`: the annex says of some leaf that it is surveyed. `tables` are those with a heading,
    by number and name, `used` those that were read."""

    rows: tuple[Row, ...]
    tree: Tree
    conflicts: tuple[Conflict, ...]
    total: Fraction
    marked: bool
    tables: tuple[tuple[int, str], ...]
    used: tuple[int, ...]
    cut: bool = False  # there are more lines

    @property
    def open(self) -> list[Conflict]:
        return [each for each in self.conflicts if not each.chosen]

    @property
    def surveyed(self) -> Fraction:
        """The points by survey and from elsewhere."""
        return sum((_surveyed(leaf) for leaf in self.tree.leaves()), Fraction(0))

    @property
    def has_unmarked(self) -> bool:
        """Whether it is to be asked how the leaves without a word get their points."""
        return not self.marked and not all(leaf.is_told for leaf in self.tree.leaves())

    @property
    def questions(self) -> list[tuple[str, str, Line]]:
        """What has to be answered before there can be an index: about what ("code", "points",
        "method", "sum", "role"), the words, the line."""
        found = [(what, ask, row.line) for row in self.rows for what, ask in row.asks]
        for each in self.open:
            words = _("“{name}”: số ghi và tổng khác nhau. Chọn số đúng.")
            found.append(("sum", words.format(name=each.name), each.line))
        leaves = self.tree.leaves()
        if leaves and all(leaf.method not in ("", "survey", "split") for leaf in leaves):
            found.append(("method", NO_SURVEY, leaves[0].line))
        if self.cut:
            found.append(("role", TOO_MANY.format(most=MOST), self.rows[-1].line))
        return found


def _surveyed(leaf: Node) -> Fraction:
    if leaf.method == "split":
        return leaf.line.survey or Fraction(0)
    return (leaf.points or Fraction(0)) if leaf.method in ("survey", "external") else Fraction(0)


def candidates(tables: Sequence[Table]) -> list[int]:
    """The tables that have a heading of criteria and rows below it."""
    return [
        place
        for place, table in enumerate(tables)
        if (found := headings.find(table)) is not None and len(table.rows) > found.first
    ]


def usual(tables: Sequence[Table]) -> tuple[int, ...]:
    """Which tables are read when nobody has said: of sheets the one with most rows; the tables of a
    text until one begins anew with the first field."""
    found = candidates(tables)
    if not found:
        return ()
    if not tables[found[0]].of_text:
        return (max(found, key=lambda place: (_lines_in(tables[place]), -place)),)
    used: list[int] = []
    first = lines.read([tables[found[0]]])[:1]
    for place in range(found[0], len(tables)):
        head = lines.read([tables[place]])[:1] if place in found else []
        again = bool(used and head and first) and _same_start(head[0], first[0])
        if again:
            break
        used.append(place)
    return tuple(used)


def _same_start(one: Line, other: Line) -> bool:
    return one.mark.parts == other.mark.parts and one.mark.kind == other.mark.kind == "I"


def _lines_in(table: Table) -> int:
    return sum(line.points is not None for line in lines.read([table]))


def understand(tables: Sequence[Table], choices: Choices = Choices()) -> Annex:  # noqa: B008
    """Read an annex by what was settled, guess the rest."""
    known = candidates(tables)
    used = choices.tables or usual(tables)
    every = lines.read([tables[place] for place in used if place < len(tables)])
    read, cut = every[:MOST], len(every) > MOST
    proposed = levels.propose(read)
    roles = {
        line.id: choices.roles.get(line.id, role.role)
        for line, role in zip(read, proposed, strict=True)
    }
    grown = tree.grow(read, roles)
    tree.give_codes(grown, choices.codes)
    conflicts, total = addition.settle(grown, choices.points, choices.sums)
    marked = methods.settle(grown, choices.methods, choices.rest)
    addition.must_have_points(grown)
    for each in grown.all():
        if not clean(each.name):
            each.asks.append(("role", _("Dòng không có tên, không thể là tiêu chí.")))
    _use_parts(grown)
    nodes = {node.line.id: node for node in grown.all()}
    rows = []
    for line, role in zip(read, proposed, strict=True):
        node = nodes.get(line.id)
        settled = line.id in choices.roles
        whys = [] if settled or not role.why else [role.why]
        rows.append(
            Row(
                line,
                roles[line.id],
                role.role,
                node,
                tuple(whys + (_still(node, choices) if node else [])),
                tuple(node.asks) if node else (),
            )
        )
    names = tuple((place, tables[place].name) for place in known)
    return Annex(tuple(rows), grown, tuple(conflicts), total, marked, names, used, cut)


def _use_parts(grown: Tree) -> None:
    """A leaf of both kinds is worth what its parts are, or one of them is wrong."""
    for leaf in grown.leaves():
        if leaf.method != "split":
            continue
        parts = (leaf.line.survey or Fraction(0)) + (leaf.line.appraisal or Fraction(0))
        if leaf.points != parts:
            words = _("Điểm tối đa khác tổng hai phần. Sửa điểm, hoặc chọn một cách đánh giá.")
            leaf.asks.append(("points", words))


def _still(node: Node, choices: Choices) -> list[str]:
    """The guesses about a node that nobody has settled."""
    settled = {
        what
        for what, lines_ in (
            ("code", choices.codes),
            ("method", choices.methods),
            ("points", choices.points),
        )
        if node.line.id in lines_
    }
    return [words for what, words in node.whys if what not in settled]
