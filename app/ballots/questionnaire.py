"""The pages of one ballot: which there are, in what order, and what each asks.

Pure. A page without an item for this ballot does not exist; page codes are those of `urn.pages`.
"""

import math
from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache

from app.ballots.page import COMMENTS, OF_UNITS, ONCE, REVIEW, UNITS, Ask, Asked, Page
from app.index.estimate import ANSWERS_A_MINUTE
from app.index.parts import Component, Question, Unit
from app.keys.urn import DraftState, Item


class Questionnaire:
    """All pages of a ballot, in their order."""

    def __init__(self, asked: Asked) -> None:
        self.digest = asked.digest
        self.index = index = asked.index
        rated = index.rated_units(asked.group, asked.agency, asked.assigned)
        items, choices = index.asked(asked.group, rated), index.asked_choices(asked.group, rated)
        about = {unit for _question, unit in (*items, *choices)}
        self.offered = tuple(index.unit_of[code] for code in rated if code in about)
        self.chooses_units = index.rules.choose_units and bool(self.offered)
        if self.chooses_units:
            chosen = asked.chosen or frozenset()
            self.units = tuple(unit for unit in self.offered if unit.code in chosen)
            self.items = tuple(item for item in items if item[1] in chosen)
            choices = index.asked_choices(asked.group, chosen.intersection(rated))
        else:
            self.units, self.items = self.offered, items
        self.choices = {
            code: [item for item in choices if bool(item[1]) == (code == OF_UNITS)]
            for code in (OF_UNITS, ONCE)
        }
        self.comments = tuple(q for q in index.comments if asked.group in q.groups)
        self._pages: dict[str, Page] = {}

    @cached_property
    def bodies(self) -> dict[str, list[Item]]:
        """The items of each page of questions, by the page's code."""
        index = self.index
        order: dict[str, Sequence[Owner]] = {
            "component": index.components,
            "question": index.scored_questions,
            "unit": index.units,
        }
        bodies: dict[str, list[Item]] = {page_code(each): [] for each in order[index.rules.paging]}
        for item in self.items:
            bodies[page_code(self.owner(item))].append(item)
        return {code: items for code, items in (bodies | self.choices).items() if items}

    @cached_property
    def everything(self) -> tuple[Item, ...]:
        """All items of all pages."""
        return (*self.items, *(item for items in self.choices.values() for item in items))

    @cached_property
    def page_of(self) -> dict[str, str]:
        """The page of each question; where a page is a unit, of the choice questions alone."""
        return {
            question: code
            for code, items in self.bodies.items()
            if self.index.rules.paging != "unit" or code in self.choices
            for question, _unit in items
        }

    def owner(self, item: Item) -> "Owner":
        """The question, component or unit that the page of an item is about."""
        question = self.index.question_of[item[0]]
        match self.index.rules.paging:
            case "question":
                return question
            case "unit":
                return self.index.unit_of[item[1]]
            case _:
                return self.index.component_of[question.criterion or ""]

    @cached_property
    def numbers(self) -> dict[str, int]:
        """The number of each question on this ballot."""
        # Page after page; where each page asks all questions, as the file has them.
        by_unit = self.index.rules.paging == "unit"
        pages = [self.everything] if by_unit else self.bodies.values()
        codes = dict.fromkeys(question for items in pages for question, _unit in items)
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
        place = list(self.bodies).index(code) + 1
        asks = tuple(self._asks(self.bodies[code]))
        component = self.index.component_of.get(asks[0].question.criterion or "")
        minutes = self._minutes(place)
        # Where a page is a question or a unit, that is what is counted.
        count = len(self.bodies)
        if self.index.rules.paging != "component":
            count -= sum(map(bool, self.choices.values()))
            place = 0 if code in self.choices else place
        return Page(self.digest, code, place, count, component, asks, (), self.index, minutes)

    def _minutes(self, place: int) -> int:
        """What the pages of questions from a place on take, as the letter counts it."""
        rest = list(self.bodies.values())[place - 1 :]
        return math.ceil(sum(map(len, rest)) / ANSWERS_A_MINUTE)

    def _asks(self, items: Sequence[Item]) -> Iterator[Ask]:
        """Unit after unit, and for each the questions."""
        places = {unit.code: place for place, unit in enumerate(self.units)} | {"": 0}
        for question, unit in sorted(items, key=lambda item: places[item[1]]):
            yield Ask(
                f"{question}.{unit}" if unit else question,
                self.index.question_of[question],
                self.numbers[question],
                self.index.unit_of.get(unit),
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
        """The page after the furthest that was left behind; else the first with something
        unanswered, else the review.

        Comments are welcome, not expected: their page is answered once it was submitted.
        """
        if self.chooses_units and not state.units:
            return UNITS
        if (faulty := self.faulty(state)) is not None:
            return faulty
        if passed := [code for code in self.codes if code in state.passed and code != UNITS]:
            return self.after(passed[-1])
        levels = state.answers.levels
        for code, items in self.bodies.items():
            if any(item not in levels for item in items):
                return code
        if self.comments and COMMENTS not in state.pointed_out:
            return COMMENTS
        return REVIEW

    def faulty(self, state: DraftState) -> str | None:
        """The first page with something that may not be cast."""
        asked = set(self.everything)
        ticked = {item: said for item, said in state.answers.levels.items() if item in asked}
        for question, _unit in self.index.overticked(ticked):
            return self.page_of[question]
        return COMMENTS if state.too_long else None


@lru_cache(maxsize=128)
def questionnaire(asked: Asked) -> Questionnaire:
    """The pages of a ballot, kept for those who turn its pages just now."""
    return Questionnaire(asked)


Owner = Question | Component | Unit


def page_code(owner: Owner) -> str:
    """The code of the page of a question, component or unit (as in `urn.pages`)."""
    if isinstance(owner, Question):
        return f"cau-{owner.code}"
    return f"don-vi-{owner.code}" if isinstance(owner, Unit) else f"phan-{owner.code}"
