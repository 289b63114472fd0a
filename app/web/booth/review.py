"""What the review shows: every answer by component and question, and what is missing."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from app.ballots.page import OF_UNITS, ONCE, place_of
from app.ballots.questionnaire import Questionnaire, page_code
from app.index.parts import Question
from app.keys.urn import DraftState
from app.web.padding import size


@dataclass(frozen=True)
class Answered:
    """One question: where to change it, and the answer about each unit (None: unanswered), which
    is no longer than the longest of `labels`. Where a page is a unit, it is asked about that unit
    alone; a choice question about none has one answer, about "".
    """

    number: int
    text: str
    page: str
    field: str
    labels: tuple[str, ...]
    answers: tuple[tuple[str, str | None], ...]
    missing: tuple[tuple[str, str], ...]  # (field, unit)


@dataclass(frozen=True)
class Part:
    """The questions of one component; where a page is a unit, those about it; at last the choice
    questions."""

    name: str
    items: int
    missing: int
    questions: tuple[Answered, ...]


@dataclass(frozen=True)
class Widest:
    """The longest that what leads to an unanswered item can say."""

    number: int
    page: str
    field: str
    unit: str
    units: int


@dataclass(frozen=True)
class Review:
    """The whole ballot; `comments` are (text of the question, what was written)."""

    items: int
    missing: int
    units: int
    chooses_units: bool
    parts: tuple[Part, ...]
    widest: Widest
    comments: tuple[tuple[str, str], ...]


def review_of(sheet: Questionnaire, state: DraftState) -> Review:
    """The review of a draft."""
    parts = tuple(_parts(sheet, state))
    texts = state.answers.comments
    return Review(
        items=len(sheet.everything),
        missing=sum(part.missing for part in parts),
        units=len(sheet.units),
        chooses_units=sheet.chooses_units,
        parts=parts,
        widest=_widest(sheet, parts),
        comments=tuple(
            (sheet.index.question_alone(question), texts.get(question.code, ""))
            for question in sheet.comments
        ),
    )


def _widest(sheet: Questionnaire, parts: Iterable[Part]) -> Widest:
    names = (unit.name for unit in sheet.units)
    questions = [question for part in parts for question in part.questions]
    unit = max((unit.code for unit in sheet.units), key=len, default="")
    field = max(sheet.numbers, key=len, default="") + (f".{unit}" if unit else "")
    return Widest(
        number=len(questions),
        page=max((question.page for question in questions), key=len, default=""),
        # Of a choice question about none it has two signs before it.
        field=f"o.{field}" if sheet.choices[ONCE] and not unit else field,
        unit=max(names, key=size, default=""),
        units=len(sheet.units),
    )


def _parts(sheet: Questionnaire, state: DraftState) -> Iterator[Part]:
    """Neighbouring questions of one component or unit, as the pages have them."""
    index = sheet.index
    units: dict[str, list[str]] = {code: [] for code in sheet.numbers}
    for question, unit in sheet.everything:
        units[question].append(unit)

    def component(code: str) -> str:
        return index.component_of[index.question_of[code].criterion or ""].name

    def together(codes: Iterable[str]) -> list[Answered]:
        return [_answered(sheet, state, index.question_of[code], units[code]) for code in codes]

    if index.rules.paging == "unit":
        for code, items in sheet.bodies.items():
            if code not in sheet.choices:
                name = index.unit_of[items[0][1]].name
                yield _part(
                    name, [_answered(sheet, state, index.question_of[q], [u]) for q, u in items]
                )
    else:
        scored = [code for code in sheet.numbers if index.question_of[code].is_scored]
        for name, codes in groupby(scored, component):
            yield _part(name, together(codes))
    for code in (OF_UNITS, ONCE):
        if page := sheet.page(code):
            asked = dict.fromkeys(question for question, _unit in sheet.choices[code])
            yield _part(page.heading, together(asked))


def _part(name: str, questions: list[Answered]) -> Part:
    return Part(
        name,
        sum(len(question.answers) for question in questions),
        sum(len(question.missing) for question in questions),
        tuple(questions),
    )


def _answered(
    sheet: Questionnaire, state: DraftState, question: Question, units: list[str]
) -> Answered:
    index, levels = sheet.index, state.answers.levels
    said = [
        (unit, index.unit_of[unit].name if unit else "", levels.get((question.code, unit)))
        for unit in units
    ]
    return Answered(
        number=sheet.numbers[question.code],
        text=_text(sheet, question, units),
        page=sheet.page_of.get(question.code) or page_code(sheet.owner((question.code, units[0]))),
        field=place_of(question.code, units[0]),
        labels=_labels(sheet, question),
        answers=tuple(
            (name, None if ticks is None else index.said(question, ticks))
            for _unit, name, ticks in said
        ),
        missing=tuple(
            (place_of(question.code, unit), name) for unit, name, ticks in said if ticks is None
        ),
    )


def _text(sheet: Questionnaire, question: Question, units: list[str]) -> str:
    if units == [""]:
        return sheet.index.question_alone(question)
    single = sheet.index.unit_of[units[0]] if len(units) == 1 else None
    return sheet.index.question_text(question, single)


def _labels(sheet: Questionnaire, question: Question) -> tuple[str, ...]:
    """Every answer that may be given; where several may be ticked, the longest alone."""
    index = sheet.index
    levels = [level.code for level in index.scale_of[question.scale or ""].levels]
    if question.ticks_several:
        longest = sorted(levels, key=lambda level: size(index.said(question, level)))
        most = "".join(longest[-(question.most or 1) :])
        return index.said(question, most), index.said(question, "-")
    return tuple(index.said(question, level) for level in [*levels, "-"])
