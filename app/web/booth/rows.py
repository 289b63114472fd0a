"""Which levels stand in a row on a phone, and which one below the other: short names in a row."""

from functools import cache

from app.index.parts import Question, Scale

# A phone of 390 px has room for five boxes of 72 px, and such a box for three lines of eight signs.
MOST, SIGNS, LINES = 5, 8, 3


def is_short(label: str) -> bool:
    """Whether a name fits into one box of a row."""
    lines = [""]
    for word in label.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > SIGNS:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return len(lines) <= LINES and all(len(line) <= SIGNS for line in lines)


@cache
def kind_of(scale: Scale) -> str:
    """The class of the levels: "short" with "no opinion" set apart at the end of the row, "short
    five" where that has a line of its own, nothing where all are stacked."""
    levels = [level.label for level in scale.levels]
    if len(levels) > MOST or not all(map(is_short, levels)):
        return ""
    return "short" if len(levels) < MOST and is_short(scale.no_opinion) else "short five"


def kind_of_choice(scale: Scale, question: Question) -> str:
    """The same of a choice question: a long list is read from above to below on every device, and
    so is what may be ticked several times on a phone."""
    if len(scale.levels) > MOST:
        return "list"
    return "" if question.ticks_several else kind_of(scale)
