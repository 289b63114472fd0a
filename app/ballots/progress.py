"""How far a ballot is: its parts one by one.

Pure.
"""

from dataclasses import dataclass

from app.ballots.page import COMMENTS, UNITS, Page
from app.ballots.questionnaire import Questionnaire
from app.keys.urn import DraftState
from app.language import _

DONE, LACKING, UNTOUCHED = "done", "lacking", "untouched"


@dataclass(frozen=True)
class Part:
    """A page in the list of parts. `missing` of `items` are unanswered; 0 of 0 on the others."""

    code: str
    number: str
    name: str
    items: int
    missing: int
    state: str


def parts(sheet: Questionnaire, state: DraftState) -> list[Part]:
    """All pages up to the review, and how far each is."""
    found = [_part(sheet, code, state) for code in sheet.codes]
    return [part for part in found if part is not None]


def _part(sheet: Questionnaire, code: str, state: DraftState) -> Part | None:
    page = sheet.page(code)
    if page is None:
        return None
    if code == UNITS:
        return Part(code, "", _("Chọn cơ quan"), 0, 0, DONE if state.units else UNTOUCHED)
    if code == COMMENTS:
        said = state.answers.comments or COMMENTS in state.pointed_out
        how = LACKING if state.too_long else DONE if said else UNTOUCHED
        return Part(code, "", _("Góp ý"), 0, 0, how)
    levels = state.answers.levels
    missing = sum(item not in levels for item in page.items.values())
    over = page.index.overticked({i: levels[i] for i in page.items.values() if i in levels})
    begun = missing < len(page.items) or code in state.passed | state.pointed_out
    how = LACKING if over else DONE if not missing else LACKING if begun else UNTOUCHED
    number = page.numbered if page.place else ""
    return Part(code, number, name_of(page), len(page.items), missing, how)


def name_of(page: Page) -> str:
    """What a page of questions is called in a list: not its whole question."""
    if not page.by_question:
        return page.heading
    criterion = page.asks[0].question.criterion or ""
    return page.index.criterion_of[criterion].name
