"""What was said to the questions that only ask: counts and shares, by cell and in all. Pure.

A share is of the ballots that answered; where several may be ticked, shares add to more than
100 %. Counts are those of the document; where it has none (rule 0), nothing is shown.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from app.index.definition import Index
from app.index.parts import Question, Unit
from app.language import _
from app.scores import charts, figures
from app.scores.cells import level_codes

Document = Mapping[str, Any]


@dataclass(frozen=True)
class Ticked:
    """How many of so many ballots ticked a level."""

    count: int
    answers: int

    @property
    def percent(self) -> Fraction | None:
        return Fraction(100 * self.count, self.answers) if self.answers else None

    @property
    def share(self) -> str:
        """The same as people read it; empty where nobody answered."""
        return figures.share(self.count, self.answers)


@dataclass(frozen=True)
class Level:
    """One level of a question: what was ticked in all, and in each cell. `width` is of its bar."""

    label: str
    whole: Ticked
    width: str
    cells: tuple[Ticked, ...]


@dataclass(frozen=True)
class Said:
    """A question with what was said, about one unit or about none; without cells nothing is told.

    `answers` are the ballots that answered, in all and then in each cell of `cells`.
    """

    question: Question
    text: str
    answers: tuple[int, ...]
    cells: tuple[str, ...]  # the names of their groups
    levels: tuple[Level, ...]

    @property
    def is_joined(self) -> bool:
        """Whether some groups are counted together."""
        return any("; " in name for name in self.cells)


@dataclass(frozen=True)
class Choices:
    """All choice questions of a document."""

    index: Index
    document: Document

    @property
    def about_none(self) -> tuple[Said, ...]:
        """Those that are asked once, in index order."""
        return tuple(self._said(entry, None) for entry in self.document.get("choices", ()))

    def of_unit(self, code: str) -> tuple[Said, ...]:
        """Those about one unit."""
        unit = next(each for each in self.document["units"] if each["code"] == code)
        about = self.index.unit_of[code]
        return tuple(self._said(entry, about) for entry in unit.get("choices", ()))

    @property
    def by_unit(self) -> tuple[tuple[Question, tuple[tuple[Unit, Said], ...]], ...]:
        """Each question about units, with what was said of each of them, in index order."""
        found: dict[str, list[tuple[Unit, Said]]] = {}
        for unit in self.document["units"]:
            about = self.index.unit_of[unit["code"]]
            for entry in unit.get("choices", ()):
                found.setdefault(entry["code"], []).append((about, self._said(entry, about)))
        return tuple((self.index.question_of[code], tuple(said)) for code, said in found.items())

    def labels(self, question: Question) -> tuple[str, ...]:
        """What its levels are called, "no opinion" last."""
        scale = self.index.scale_of[question.scale or ""]
        return (*(level.label for level in scale.levels), scale.no_opinion)

    def _said(self, entry: Document, unit: Unit | None) -> Said:
        question = self.index.question_of[entry["code"]]
        answers, counts = entry["answers"] or {}, entry["counts"] or {}
        text = self.index.question_text(question, unit)
        total, codes = sum(answers.values()), level_codes(self.index, question)
        if not total:
            return Said(question, text, (), (), ())
        levels = []
        for code, label in zip(codes, self.labels(question), strict=True):
            count = sum(counts[cell][code] for cell in answers)
            levels.append(
                Level(
                    label,
                    whole := Ticked(count, total),
                    charts.width(whole.percent),
                    tuple(Ticked(counts[cell][code], answers[cell]) for cell in answers),
                )
            )
        names = tuple(names_of(self.index, cell) for cell in answers)
        return Said(question, text, (total, *answers.values()), names, tuple(levels))


def names_of(index: Index, cell: str) -> str:
    """The groups of a cell."""
    return "; ".join(index.group_of[code].name for code in cell.split("+"))


def of_shares(question: Question) -> str:
    """What a share is of, and why shares may add to more than 100 %."""
    if question.ticks_several:
        return _(
            "Mỗi phiếu được chọn tới {most} mức, mức nào cũng đếm. Tỷ lệ tính trên số phiếu trả"
            " lời, nên cộng các tỷ lệ có thể quá 100%."
        ).format(most=question.most)
    return _("Mỗi phiếu chọn một mức. Tỷ lệ tính trên số phiếu trả lời.")


def few(index: Index) -> str:
    """Why nothing is told of a question."""
    return _("Có ít hơn {number} phiếu trả lời, không công bố.").format(
        number=index.rules.min_ballots
    )
