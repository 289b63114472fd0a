"""What was answered to the questions of a score sheet, about one unit or about all. Pure.

Counts are those of the document; where it has none (rule 0), nothing is shown.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from app.index.definition import Index
from app.index.parts import Question
from app.language import decimal
from app.scores import charts, workings
from app.scores.workings import NO_OPINION

Document = Mapping[str, Any]


@dataclass(frozen=True)
class Asked:
    """A question with what was answered, about one unit or about all.

    `counted` is False where rule 0 left no counts at all; `ratio` is of one unit.
    """

    question: Question
    text: str
    parts: tuple[charts.Part, ...]
    no_opinion: tuple[str, int]
    counted: bool
    ratio: str

    @property
    def label(self) -> str:
        """The bar in words, empty when nobody gave a level."""
        drawn = any(part.count for part in self.parts)
        return ", ".join(f"{part.label} {part.percent}%" for part in self.parts) if drawn else ""


class Answers:
    """The questions of a document. It never changes, so what is made is kept."""

    def __init__(self, document: Document, index: Index) -> None:
        self.document, self.index = document, index

    def about(self, code: str, unit: str, entry: Document) -> Asked:
        """One question about one unit, from its entry in the document."""
        counts: Counter[str] = Counter()
        for cell in (entry["counts"] or {}).values():
            counts.update(cell)
        ratio = workings.of_question(self.index, self.index.question_of[code], entry["counts"])
        shown = (
            "" if ratio.result is None else decimal(100 * ratio.result, self.index.rules.decimals)
        )
        return self._asked(code, unit, counts, entry["counts"] is not None, shown)

    @cached_property
    def together(self) -> tuple[Asked, ...]:
        """Each question over all units."""
        found: dict[str, Counter[str]] = {}
        leaves = (leaf for unit in self.document["units"] for leaf in unit["criteria"])
        for entry in (entry for leaf in leaves for entry in leaf.get("questions", ())):
            for cell in (entry["counts"] or {}).values():
                found.setdefault(entry["code"], Counter()).update(cell)
        return tuple(
            self._asked(each.code, None, found.get(each.code, Counter()), each.code in found, "")
            for each in self.index.scored_questions
        )

    def by_unit(self, code: str) -> tuple[tuple[str, str, Asked], ...]:
        """One question about each unit it was asked of, in index order: (unit, leaf, answers)."""
        return tuple(
            (unit["code"], leaf["code"], self.about(code, unit["code"], entry))
            for unit in self.document["units"]
            for leaf in unit["criteria"]
            for entry in leaf.get("questions", ())
            if entry["code"] == code
        )

    def _asked(
        self, code: str, unit: str | None, counts: Counter[str], counted: bool, ratio: str
    ) -> Asked:
        question = self.index.question_of[code]
        scale = self.index.scale_of[question.scale or ""]
        about = None if unit is None else self.index.unit_of[unit]
        return Asked(
            question=question,
            text=self.index.question_text(question, about),
            parts=charts.parts([(level.label, counts[level.code]) for level in scale.levels]),
            no_opinion=(scale.no_opinion, counts[NO_OPINION]),
            counted=counted,
            ratio=ratio,
        )
