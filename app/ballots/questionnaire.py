"""The pages of one ballot: which there are, in what order, and what each asks.

Pure. A page without an item for this ballot does not exist; page codes are those of `urn.pages`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from app.index.definition import Component, Index, Question, Unit
from app.keys.urn import DraftState
from app.language import _

UNITS, COMMENTS, REVIEW = "co-quan", "gop-y", "xem-lai"

Item = tuple[str, str]


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
    """One question about one unit, or a comment (`unit` is None); `number` counts on the ballot."""

    name: str
    question: Question
    number: int
    unit: Unit | None


@dataclass(frozen=True)
class Page:
    """One page. `place` of `count` counts the pages of questions; both are 0 on the others."""

    digest: str
    code: str
    place: int
    count: int
    component: Component | None
    asks: tuple[Ask, ...]
    offered: tuple[Unit, ...]
    index: Index = field(compare=False, repr=False)

    @cached_property
    def items(self) -> dict[str, Item]:
        """The (question, unit) behind each radio field."""
        return {ask.name: (ask.question.code, ask.unit.code) for ask in self.asks if ask.unit}

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

    @cached_property
    def heading(self) -> str:
        """What all of a page of questions is about; `legends` say the rest."""
        unit = self.units[0] if len(self.units) == 1 else None
        if self.by_question:
            return self.index.question_text(self.asks[0].question, unit)
        return unit.name if unit else self.component.name if self.component else ""

    @cached_property
    def where(self) -> str:
        """The place of a page of questions: "Câu 8/19 · Cải cách tổ chức bộ máy"."""
        words = _("Câu {place}/{count}") if self.by_question else _("Phần {place}/{count}")
        place = words.format(place=self.place, count=self.count)
        if self.component is None or self.heading == self.component.name:
            return place
        return f"{place} · {self.component.name}"

    @cached_property
    def legends(self) -> dict[str, str]:
        """What each field of a page of questions asks, below the heading."""
        if self.by_question:
            return {ask.name: ask.unit.name for ask in self.asks if ask.unit}
        return {ask.name: f"{ask.number}. {self.text(ask)}" for ask in self.asks}

    def text(self, ask: Ask) -> str:
        return self.index.question_text(ask.question, ask.unit)

    def words(self, ask: Ask, content: Mapping[str, str]) -> str:
        """What `content` says to a question, in words; empty when nothing."""
        said = content.get(ask.name, "")
        if ask.question.scale is None or not said:
            return said
        scale = self.index.scale_of[ask.question.scale]
        labels = {level.code: level.label for level in scale.levels}
        return labels.get(said, scale.no_opinion)

    @cached_property
    def no_opinions(self) -> tuple[str, ...]:
        """The labels of "-" on the page, each once."""
        scales = self.index.scale_of
        return tuple(
            dict.fromkeys(
                scales[ask.question.scale].no_opinion for ask in self.asks if ask.question.scale
            )
        )


class Questionnaire:
    """All pages of a ballot, in their order."""

    def __init__(self, asked: Asked) -> None:
        self.digest = asked.digest
        self.index = index = asked.index
        rated = index.rated_units(asked.group, asked.agency, asked.assigned)
        items = index.asked(asked.group, rated)
        about = {unit for _question, unit in items}
        self.offered = tuple(index.unit_of[code] for code in rated if code in about)
        self.chooses_units = index.rules.choose_units and bool(self.offered)
        if self.chooses_units:
            chosen = asked.chosen or frozenset()
            self.units = tuple(unit for unit in self.offered if unit.code in chosen)
            self.items = tuple(item for item in items if item[1] in chosen)
        else:
            self.units, self.items = self.offered, items
        self.comments = tuple(q for q in index.comments if asked.group in q.groups)
        self._pages: dict[str, Page] = {}

    @cached_property
    def bodies(self) -> dict[str, list[Item]]:
        """The items of each page of questions, by the page's code."""
        index = self.index
        by_question = index.rules.paging == "question"
        order = index.scored_questions if by_question else index.components
        bodies: dict[str, list[Item]] = {page_code(each): [] for each in order}
        for item in self.items:
            question = index.question_of[item[0]]
            owner = question if by_question else index.component_of[question.criterion or ""]
            bodies[page_code(owner)].append(item)
        return {code: items for code, items in bodies.items() if items}

    @cached_property
    def numbers(self) -> dict[str, int]:
        """The number of each question on this ballot."""
        codes = dict.fromkeys(question for items in self.bodies.values() for question, _u in items)
        return {code: number for number, code in enumerate(codes, start=1)}

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """The codes of all pages before the review."""
        return (
            *((UNITS,) if self.chooses_units else ()),
            *self.bodies,
            *((COMMENTS,) if self.comments else ()),
        )

    def page(self, code: str) -> Page | None:
        """The page of a code, None when this ballot has no such page."""
        if code not in self._pages and code in self.codes:
            self._pages[code] = self._page(code)
        return self._pages.get(code)

    def _page(self, code: str) -> Page:
        if code == UNITS:
            return Page(self.digest, code, 0, 0, None, (), self.offered, self.index)
        if code == COMMENTS:
            asks = tuple(Ask(q.code, q, 0, None) for q in self.comments)
            return Page(self.digest, code, 0, 0, None, asks, (), self.index)
        place, count = list(self.bodies).index(code) + 1, len(self.bodies)
        asks = tuple(self._asks(self.bodies[code]))
        component = self.index.component_of[asks[0].question.criterion or ""]
        return Page(self.digest, code, place, count, component, asks, (), self.index)

    def _asks(self, items: Sequence[Item]) -> Iterator[Ask]:
        """Unit after unit, and for each the questions."""
        places = {unit.code: place for place, unit in enumerate(self.units)}
        for question, unit in sorted(items, key=lambda item: places[item[1]]):
            yield Ask(
                f"{question}.{unit}",
                self.index.question_of[question],
                self.numbers[question],
                self.index.unit_of[unit],
            )

    def before(self, code: str) -> str | None:
        """The page before, None before the first."""
        place = self.codes.index(code) if code in self.codes else len(self.codes)
        return self.codes[place - 1] if place else None

    def after(self, code: str) -> str:
        """The page after, at last the review."""
        place = self.codes.index(code) + 1 if code in self.codes else 0
        return self.codes[place] if place < len(self.codes) else REVIEW

    def resume(self, state: DraftState) -> str:
        """The first page with something unanswered, else the review.

        Comments are welcome, not expected: their page is answered once it was submitted.
        """
        if self.chooses_units and not state.units:
            return UNITS
        levels = state.answers.levels
        for code, items in self.bodies.items():
            if any(item not in levels for item in items):
                return code
        if self.comments and COMMENTS not in state.pointed_out:
            return COMMENTS
        return REVIEW


@lru_cache(maxsize=128)
def questionnaire(asked: Asked) -> Questionnaire:
    """The pages of a ballot, kept for those who turn its pages just now."""
    return Questionnaire(asked)


def page_code(owner: Question | Component) -> str:
    """The code of the page of a question or component (as in `urn.pages`)."""
    return f"cau-{owner.code}" if isinstance(owner, Question) else f"phan-{owner.code}"
