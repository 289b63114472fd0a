"""The last two pages of a ballot: the review, and the receipt."""

from markupsafe import Markup
from starlette.responses import Response

from app.ballots import saving
from app.ballots.ballot import OpenBallot
from app.ballots.page import REVIEW
from app.ballots.questionnaire import questionnaire
from app.keys.urn import DraftState
from app.web.booth.asks import said
from app.web.booth.ballotpages import asked, frame, of_frame, ticket
from app.web.booth.blanks import Unpadded, blank, mark
from app.web.booth.review import Answered, Review, review_of
from app.web.booth.upkeep import Notice
from app.web.frame import set_header
from app.web.house import House
from app.web.padding import COMMENT_BYTES, Padding, size
from app.web.pages import draw, page


def review_page(
    house: House,
    ballot: OpenBallot,
    state: DraftState,
    changed: bool = False,
    status: int = 200,
    upkeep: Notice | None = None,
) -> Response:
    review = review_of(questionnaire(asked(ballot, state)), state)
    own = ticket(house, ballot, REVIEW, saving.draft_print(state))
    if is_full(review) and not (changed or upkeep):
        return _full_review(ballot, state, review, own)
    padding = Padding()

    def answers(question: Answered) -> Markup:
        drawn = [said(unit, answer, question.labels) for unit, answer in question.answers]
        padding.short += sum(each.short for each in drawn)
        return Markup("".join(each.html for each in drawn))  # noqa: S704, drawn by a template

    values = {"changed": changed, "upkeep": upkeep, "answers": answers, "ticket": own}
    return page("ballot/review.html", frame(ballot) | _of_review(review, padding) | values, status)


def is_full(review: Review) -> bool:
    """Whether nothing is missing, and nothing but answers is shown."""
    return bool(review.items) and not (review.missing or review.comments)


def _of_review(review: Review, padding: Padding) -> dict[str, object]:
    return {"review": review, "padding": padding, "size": size, "comment_bytes": COMMENT_BYTES}


def _full_review(ballot: OpenBallot, state: DraftState, review: Review, own: str) -> Response:
    """The review of a ballot without comments on which nothing is missing."""
    questions = [question for part in review.parts for question in part.questions]

    def draw_blank(padding: Unpadded) -> Markup:
        marks = {id(question): mark(f"said{place}") for place, question in enumerate(questions)}
        values = {
            "changed": False,
            "upkeep": None,
            "answers": lambda question: marks[id(question)],
            "ticket": mark("ticket"),
        }
        return draw("ballot/review.html", frame(ballot) | _of_review(review, padding) | values)

    filled, short = {"ticket": own.encode()}, 0
    for place, question in enumerate(questions):
        found = [said(unit, answer, question.labels) for unit, answer in question.answers]
        filled[f"said{place}"] = b"".join([each.raw for each in found])
        short += sum([each.short for each in found])
    key = (asked(ballot, state), REVIEW, *of_frame(ballot))
    return blank(key, draw_blank).filled(filled, short)


def receipt_page(house: House, ballot: OpenBallot, cancel_reason: str) -> Response:
    """The receipt: the same from link, access code and every device, for ever."""

    def draw_blank(_padding: Unpadded) -> Markup:
        values = {"receipt": mark("receipt"), "reason": cancel_reason}
        return draw("ballot/receipt.html", frame(ballot) | values)

    key = (
        *("bien-nhan", ballot.index_digest, ballot.is_over, ballot.cancelled_at, cancel_reason),
        *(ballot.unsealed_at, ballot.objections_until, ballot.reopened_until),
        *of_frame(ballot),
    )
    own = house.keys.receipt(ballot.wave, ballot.name)
    response = blank(key, draw_blank).filled({"receipt": own.encode()})
    # Whoever sits down at this browser next shall not page back to the answers.
    return set_header(response, "Clear-Site-Data", '"cache"')
