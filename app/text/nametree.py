"""Names as a tree of words, and how far the words of a text follow it.

Pure. People write "Sở KH và ĐT", "VP UBND", "Sở Nộ vụ" or "SởNội vụ": a word of a text is a word of
a name, misspelt or not, the initials of several, or several run together. Names that begin alike
are followed once, so that a text costs the same among ten names and among hundreds.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from app.text.offices import is_like

Thing = TypeVar("Thing")
TWO_LETTERS = {"ch", "gh", "gi", "kh", "ng", "nh", "ph", "qu", "th", "tr"}
MOST_WRONG = 2
MOST_LETTERS = 40  # of a word: initials of no name are as long


@dataclass(eq=False)
class Node(Generic[Thing]):
    """The words that lead here are the names of what ends here, and the first `depth` words of the
    names of what goes `beyond`."""

    depth: int = 0
    ending: list[Thing] = field(default_factory=list)
    beyond: list[Thing] = field(default_factory=list)
    after: dict[str, "Node[Thing]"] = field(default_factory=dict)
    by_letter: dict[str, list["Branch[Thing]"]] = field(default_factory=dict)

    def step(self, word: str) -> "Node[Thing]":
        """The node after a word, made if there is none."""
        node = self.after.get(word)
        if node is None:
            node = self.after[word] = Node(self.depth + 1)
            two = {word[:2]} & TWO_LETTERS
            branch = Branch(word, tuple({word[:1], word, *two}), node)
            self.by_letter.setdefault(word[0], []).append(branch)
        return node


@dataclass(frozen=True, eq=False, slots=True)
class Branch(Generic[Thing]):
    """A word, the `pieces` that can stand for it among others, and where it leads."""

    word: str
    pieces: tuple[str, ...]
    node: Node[Thing]


def grow(names: Iterable[tuple[tuple[str, ...], Thing, bool]]) -> Node[Thing]:
    """The tree of names, each with the thing that it names and whether its beginning does too; the
    order is kept."""
    root: Node[Thing] = Node()
    for words, thing, by_beginning in names:
        node = root
        for word in words:
            node = node.step(word)
            if node.depth == len(words):
                node.ending.append(thing)
            elif by_beginning:
                node.beyond.append(thing)
    return root


def ends(
    root: Node[Thing], words: tuple[str, ...], start: int
) -> Iterator[tuple[int, Node[Thing], int]]:
    """(place after the last word, node, misspelt words) for each way that the words of a text from
    `start` on follow the tree."""
    reached = {root: 0}
    for place in range(start, len(words)):
        after: dict[Node[Thing], int] = {}
        for node, wrong in reached.items():
            for end, more in _steps(node, words[place], wrong < MOST_WRONG).items():
                after[end] = min(wrong + more, after.get(end, wrong + more))
        if not after:
            return
        reached = after
        for node, wrong in reached.items():
            yield place + 1, node, wrong


def _steps(node: Node[Thing], word: str, may_be_wrong: bool) -> dict[Node[Thing], int]:
    """Where a word of a text leads, with 1 if it is misspelt for that."""
    steps = dict.fromkeys(_initials(node, word), 0) if len(word) <= MOST_LETTERS else {}
    if may_be_wrong and word not in node.after:
        for branch in node.by_letter.get(word[0], ()):
            if branch.node not in steps and is_like(word, branch.word):
                steps[branch.node] = 1
    return steps


def _initials(node: Node[Thing], word: str) -> set[Node[Thing]]:
    """Where a word leads that is made of initials and of whole words."""
    if word[0] not in node.by_letter:
        return set()
    reached: dict[int, set[Node[Thing]]] = {0: {node}}  # letters read → nodes
    for read in range(len(word)):
        for here in reached.pop(read, ()):
            for branch in here.by_letter.get(word[read], ()):
                for piece in branch.pieces:
                    if word.startswith(piece, read):
                        reached.setdefault(read + len(piece), set()).add(branch.node)
    return reached.get(len(word), set())
