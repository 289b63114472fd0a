"""What the review shows: every answer by component and question, and what is missing."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from app.ballots.questionnaire import Questionnaire, page_code
from app.index.parts import Question
from app.keys.urn import DraftState
from app.web.padding import size


@dataclass(frozen=True)
class Answered:
    """One question: where to change it, and the answer about each unit (None: unanswered), which
    is one of `labels`. Where a page is a unit, it is asked about that unit alone."""

    number: int
    text: str
    page: str
    field: str
    labels: tuple[str, ...]
    answers: tuple[tuple[str, str | None], ...]
    missing: tuple[tuple[str, str], ...]  # (field, unit)


@dataclass(frozen=True)
class Part:
    """The questions of one component; where a page is a unit, those about it."""

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
        items=len(sheet.items),
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
    return Widest(
        number=len(questions),
        page=max((question.page for question in questions), key=len, default=""),
        field=max(sheet.numbers, key=len, default="") + f".{unit}",
        unit=max(names, key=size, default=""),
        units=len(sheet.units),
    )


def _parts(sheet: Questionnaire, state: DraftState) -> Iterator[Part]:
    """Neighbouring questions of one component or unit, as the pages have them."""
    index = sheet.index
    if index.rules.paging == "unit":
        for items in sheet.bodies.values():
            name = index.unit_of[items[0][1]].name
            yield _part(
                name, [_answered(sheet, state, index.question_of[q], [u]) for q, u in items]
            )
        return
    units: dict[str, list[str]] = {code: [] for code in sheet.numbers}
    for question, unit in sheet.items:
        units[question].append(unit)

    def component(code: str) -> str:
        return index.component_of[index.question_of[code].criterion or ""].name

    for name, codes in groupby(sheet.numbers, component):
        yield _part(
            name, [_answered(sheet, state, index.question_of[code], units[code]) for code in codes]
        )


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
    scale = index.scale_of[question.scale or ""]
    labels = {level.code: level.label for level in scale.levels} | {"-": scale.no_opinion}
    said = [levels.get((question.code, unit)) for unit in units]
    single = index.unit_of[units[0]] if len(units) == 1 else None
    return Answered(
        number=sheet.numbers[question.code],
        text=index.question_text(question, single),
        page=page_code(sheet.owner((question.code, units[0]))),
        field=f"{question.code}.{units[0]}",
        labels=tuple(labels.values()),
        answers=tuple(
            (index.unit_of[unit].name, None if level is None else labels[level])
            for unit, level in zip(units, said, strict=True)
        ),
        missing=tuple(
            (f"{question.code}.{unit}", index.unit_of[unit].name)
            for unit, level in zip(units, said, strict=True)
            if level is None
        ),
    )
