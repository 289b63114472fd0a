"""Pages before and beside those with questions: the start, the list of parts, and the whole
questionnaire to read first."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from markupsafe import Markup, escape
from starlette.responses import Response

from app.ballots.ballot import OpenBallot
from app.ballots.progress import parts
from app.ballots.questionnaire import Questionnaire, questionnaire
from app.index.estimate import estimate
from app.index.parts import Unit
from app.keys.urn import DraftState
from app.privacy import dates
from app.web.booth.ballotpages import asked, frame, of_frame
from app.web.booth.blanks import Unpadded, blank, mark
from app.web.booth.upkeep import Notice
from app.web.padding import Padding
from app.web.pages import draw, page

# Where all questions can be read; what of an address names the link of a letter, and a part.
SHEET, LETTER, PART = "mau-phieu", "thu", "phan"


def start_page(
    ballot: OpenBallot,
    read: str,
    state: DraftState | None = None,
    upkeep: Notice | None = None,
) -> Response:
    """The first page; of a ballot that was begun with the list of its parts. All questions can be
    read at `read`."""
    if state is None and upkeep is None:

        def draw_blank(_padding: Unpadded) -> Markup:
            return draw("ballot/start.html", _of_start(ballot, mark("read"), None, None))

        key = (
            *("bat-dau", asked(ballot), ballot.begun, ballot.public_key, ballot.contacts_months),
            *of_frame(ballot),
        )
        return blank(key, draw_blank).filled({"read": escape(read).encode()})
    return page("ballot/start.html", _of_start(ballot, read, state, upkeep))


def _of_start(
    ballot: OpenBallot, read: str, state: DraftState | None, upkeep: Notice | None
) -> dict[str, object]:
    everything = everything_asked(ballot)
    values = {
        "sheet": everything,
        "group": _within_sentence(ballot.index.group_of[ballot.group].name),
        "estimate": estimate(ballot.index, ballot.group, ballot.agency, ballot.assigned),
        "read": read,
        "parts": [] if state is None else parts(questionnaire(asked(ballot, state)), state),
        "kept_until": dates.months_after(ballot.closes_at, ballot.contacts_months),
        "months": ballot.contacts_months,
        "PART": PART,
        "padding": Padding(),
        "upkeep": upkeep,
    }
    return frame(ballot) | values


def everything_asked(ballot: OpenBallot) -> Questionnaire:
    """The pages about all units: where units are chosen, as if all were."""
    return questionnaire(asked(ballot, DraftState(units=frozenset(ballot.index.unit_of))))


def _within_sentence(name: str) -> str:
    """A name after other words: "lãnh đạo sở", but "HĐND" as it is."""
    return name[:1].lower() + name[1:] if name[1:2].islower() else name


def parts_page(ballot: OpenBallot, state: DraftState) -> Response:
    """What is done, what is lacking and what was not begun, each with its way there."""
    sheet = questionnaire(asked(ballot, state))
    values = {
        "parts": parts(sheet, state),
        "going_on": sheet.resume(state),
        "padding": Padding(),
        "codes": (*sheet.codes, "xem-lai"),
        "sheet_code": SHEET,
    }
    return page("ballot/partlist.html", frame(ballot) | values)


@dataclass(frozen=True)
class Printed:
    """One question as it is read: its number and text, and the levels it may be answered with."""

    number: int
    text: str
    levels: tuple[str, ...]
    most: int  # how many of them


def sheet_page(ballot: OpenBallot, back: str) -> Response:
    """The questionnaire of the ballot's group, without anything to fill in."""
    sheet = everything_asked(ballot)
    index = ballot.index
    values = {
        "group": index.group_of[ballot.group].name,
        "units": sheet.units,
        "parts": list(printed(sheet)),
        "comments": [index.question_alone(question) for question in sheet.comments],
        "chooses_units": sheet.chooses_units,
        "estimate": estimate(index, ballot.group, ballot.agency, ballot.assigned),
        "back": back,
    }
    return page("ballot/sheet.html", frame(ballot) | values)


def printed(sheet: Questionnaire) -> Iterator[tuple[str, list[Printed]]]:
    """(component, its questions) in the order of the ballot, the choice questions last."""
    index = sheet.index
    # Of one unit a question may name it; over several it speaks of each below.
    unit = sheet.units[0] if len(sheet.units) == 1 else None

    def component(code: str) -> str:
        return index.component_of[index.question_of[code].criterion or ""].name

    scored = [code for code in sheet.numbers if index.question_of[code].is_scored]
    for name, codes in groupby(scored, component):
        yield name, [_printed(sheet, code, unit) for code in codes]
    for code, items in sheet.choices.items():
        if shown := sheet.page(code):
            codes_of = dict.fromkeys(question for question, _unit in items)
            yield shown.heading, [_printed(sheet, each, unit) for each in codes_of]


def _printed(sheet: Questionnaire, code: str, unit: Unit | None) -> Printed:
    question = sheet.index.question_of[code]
    scale = sheet.index.scale_of[question.scale or ""]
    text = sheet.index.question_text(question, unit)
    if question.about == "none":
        text = sheet.index.question_alone(question)
    labels = (*(level.label for level in scale.levels), scale.no_opinion)
    return Printed(sheet.numbers[code], text, labels, question.most or 1)
