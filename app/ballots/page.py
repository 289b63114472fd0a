"""One page of a questionnaire: what it asks, and in what order.

Pure.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from app.index.definition import Index
from app.index.parts import Component, Question, Unit
from app.keys.urn import CHOICES, Item
from app.language import _

# The pages that are of no question and no component.
UNITS, COMMENTS, REVIEW = "co-quan", "gop-y", "xem-lai"
# The pages of choice questions, as in `urn.pages`: about each unit, and about none.
OF_UNITS, ONCE = CHOICES


@dataclass(frozen=True)
class Asked:
    """Whom a ballot asks about what; equal ones have equal pages.

    `chosen` are the units dealt with, None as long as they were not asked for.
    """

    digest: str
    group: str
    agency: str | None
    assigned: tuple[str, ...]
    chosen: frozenset[str] | None
    # The digest stands for it: to compare a whole index at every request would be slow.
    index: Index = field(compare=False, repr=False)


@dataclass(frozen=True)
class Ask:
    """One question about one unit, or about none and a comment (`unit` is None); `number` counts
    on the ballot."""

    name: str
    question: Question
    number: int
    unit: Unit | None

    @property
    def place(self) -> str:
        """Where it stands on its page. The name of a question alone might be one of ours."""
        return place_of(self.question.code, self.unit.code if self.unit else "")


def place_of(question: str, unit: str) -> str:
    return f"{question}.{unit}" if unit else f"o.{question}"


@dataclass(frozen=True)
class Page:
    """One page. `place` of `count` counts the pages of questions, and `minutes` are what they take
    from this one on; all are 0 on the others."""

    digest: str
    code: str
    place: int
    count: int
    component: Component | None
    asks: tuple[Ask, ...]
    offered: tuple[Unit, ...]
    index: Index = field(compare=False, repr=False)
    minutes: int = 0

    @cached_property
    def items(self) -> dict[str, Item]:
        """The (question, unit) behind each field of levels."""
        return {
            ask.name: (ask.question.code, ask.unit.code if ask.unit else "")
            for ask in self.asks
            if ask.question.scale
        }

    @cached_property
    def several(self) -> dict[str, str]:
        """The fields of which several may be ticked, with what may be, in order."""
        scales = self.index.scale_of
        return {
            ask.name: "".join(level.code for level in scales[ask.question.scale or ""].levels) + "-"
            for ask in self.asks
            if ask.question.ticks_several
        }

    @cached_property
    def units(self) -> tuple[Unit, ...]:
        """The units asked about."""
        return tuple(dict.fromkeys(ask.unit for ask in self.asks if ask.unit))

    @cached_property
    def fields(self) -> Mapping[str, frozenset[str] | None]:
        """Every field the form can post, with the values it may have (None: any text)."""
        if self.code == UNITS:
            return {"units": frozenset(unit.code for unit in self.offered)}
        values = {
            code: frozenset(level.code for level in scale.levels) | {"-"}
            for code, scale in self.index.scale_of.items()
        }
        return {
            ask.name: values[ask.question.scale] if ask.question.scale else None
            for ask in self.asks
        }

    @property
    def by_question(self) -> bool:
        return self.code.startswith("cau-")

    @property
    def is_of_choices(self) -> bool:
        return self.code in CHOICES

    @property
    def by_unit(self) -> bool:
        return self.code.startswith("don-vi-")

    @cached_property
    def heading(self) -> str:
        """What all of a page of questions is about; `legends` say the rest."""
        unit = self.units[0] if len(self.units) == 1 else None
        if self.code == ONCE:
            return _("Câu hỏi thêm")
        if self.code == OF_UNITS:
            whom = unit.name if unit else _("từng cơ quan")
            return _("Câu hỏi thêm về {unit}").format(unit=whom)
        if self.by_question:
            return self.index.question_text(self.asks[0].question, unit)
        return unit.name if unit else self.component.name if self.component else ""

    @cached_property
    def where(self) -> str:
        """The place of a page of questions: "Câu 8/19 · Cải cách tổ chức bộ máy"."""
        if self.component is None or self.heading == self.component.name or self.by_unit:
            return self.numbered
        return f"{self.numbered} · {self.component.name}"

    @cached_property
    def numbered(self) -> str:
        """The place alone: "Câu 8/19"."""
        if not self.place:
            return _("Hỏi thêm")
        words = _("Phần {place}/{count}")
        if self.by_question:
            words = _("Câu {place}/{count}")
        elif self.by_unit:
            words = _("Cơ quan {place}/{count}")
        return words.format(place=self.place, count=self.count)

    @cached_property
    def legends(self) -> dict[str, str]:
        """What each field of a page of questions asks, below the heading."""
        if self.by_question:
            return {ask.name: ask.unit.name for ask in self.asks if ask.unit}
        return {ask.name: f"{ask.number}. {self.text(ask)}" for ask in self.asks}

    def text(self, ask: Ask) -> str:
        if ask.unit is None:
            return self.index.question_alone(ask.question)
        return self.index.question_text(ask.question, ask.unit)

    def words(self, ask: Ask, content: Mapping[str, str]) -> str:
        """What `content` says to a question, in words; empty when nothing."""
        said = content.get(ask.name, "")
        return said if ask.question.scale is None else self.index.said(ask.question, said)

    @cached_property
    def no_opinions(self) -> tuple[str, ...]:
        """The labels of "-" on the page, each once."""
        scales = self.index.scale_of
        return tuple(
            dict.fromkeys(
                scales[ask.question.scale].no_opinion for ask in self.asks if ask.question.scale
            )
        )
