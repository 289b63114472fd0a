"""Codes as the files for analysts have them: such that no program takes one for a number.

"1.10" is not "1.1", but pandas and R read both as 1.1; "NA" they read as nothing. Where one code of
a kind could be mistaken so, a letter stands before all codes of that kind.
"""

from collections.abc import Iterable, Mapping

from app.index.definition import Index

LETTERS = {
    "wave": "w",
    "question": "q",
    "component": "c",
    "criterion": "c",
    "unit": "u",
    "block": "b",
    "group": "g",
    "scale": "s",
}
# What pandas or R take for a missing value or a truth.
OTHER = {"na", "n/a", "nan", "null", "none", "true", "false", "t", "f", "inf", "-inf"}


class Codes:
    """The codes of an index and a wave."""

    def __init__(self, index: Index, wave: str) -> None:
        kinds: Mapping[str, Iterable[str]] = {
            "wave": [wave],
            "question": index.question_of,
            "component": [each.code for each in index.components],
            "criterion": index.criterion_of,
            "unit": index.unit_of,
            "block": index.block_of,
            "group": index.group_of,
            "scale": index.scale_of,
        }
        self.letters = {
            kind: LETTERS[kind] if any(map(_is_mistaken, codes)) else ""
            for kind, codes in kinds.items()
        }

    def of(self, kind: str, code: str) -> str:
        """One code; none stays none."""
        return self.letters[kind] + code if code else ""

    def cell(self, key: str) -> str:
        """The key of a cell."""
        return "+".join(self.of("group", code) for code in key.split("+")) if key else ""


def _is_mistaken(code: str) -> bool:
    try:
        float(code)
    except ValueError:
        return code.lower() in OTHER
    return True
