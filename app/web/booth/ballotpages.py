"""What the pages of a ballot show: values for their templates, and their tickets."""

from datetime import datetime

from markupsafe import Markup
from starlette.responses import JSONResponse, Response

from app.ballots import saving
from app.ballots.ballot import OpenBallot
from app.ballots.page import COMMENTS, REVIEW, UNITS, Ask, Asked
from app.ballots.questionnaire import questionnaire
from app.ballots.saving import Saved
from app.index.estimate import estimate
from app.keys.urn import COMMENT_SIGNS, DraftState
from app.language import _, clock
from app.web.booth.asks import Drawn, drawn, said
from app.web.booth.letterhead import Letterhead
from app.web.booth.review import Answered, review_of
from app.web.forms import LARGEST_BODY
from app.web.frame import set_header
from app.web.house import House
from app.web.padding import SIGN_BYTES, Padding, size
from app.web.pages import page

TOO_LONG = _("Góp ý dài quá nên chưa được lưu")
STORED = _("Các câu trả lời trên trang này đã được lưu")
NO_COMMENTS = _("Chưa có góp ý nào được lưu")
NO_ANSWERS = _("Chưa có câu trả lời nào trên trang này")
COMMENT_BYTES = SIGN_BYTES * COMMENT_SIGNS
CHECKED = Markup(" checked")
NOTES = (TOO_LONG, STORED, NO_COMMENTS, NO_ANSWERS)
TEMPLATES = {UNITS: "ballot/units.html", COMMENTS: "ballot/comments.html"}


def asked(ballot: OpenBallot, state: DraftState | None = None) -> Asked:
    """Whom the ballot asks about what, in this state of its draft."""
    chosen = None if state is None else state.units
    return Asked(
        ballot.index_digest, ballot.group, ballot.agency, ballot.assigned, chosen, ballot.index
    )


def ticket(house: House, ballot: OpenBallot, code: str, shown: bytes) -> str:
    tokens = house.keys.tokens
    return tokens.ticket(ballot.name, code, tokens.fingerprint(shown))


def frame(ballot: OpenBallot) -> dict[str, object]:
    """What the frame around every page of a ballot needs."""
    return {"head": Letterhead.of(ballot.index), "ballot": ballot, "year": ballot.index.year}


def start_page(ballot: OpenBallot) -> Response:
    # Where units are chosen, the questions are those about all of them.
    everything = asked(ballot, DraftState(units=frozenset(ballot.index.unit_of)))
    values = {
        "sheet": questionnaire(everything),
        "group": _within_sentence(ballot.index.group_of[ballot.group].name),
        "estimate": estimate(ballot.index, ballot.group, ballot.agency, ballot.assigned),
    }
    return page("ballot/start.html", frame(ballot) | values)


def _within_sentence(name: str) -> str:
    """A name after other words: "lãnh đạo sở", but "HĐND" as it is."""
    return name[:1].lower() + name[1:] if name[1:2].islower() else name


def form_page(house: House, ballot: OpenBallot, state: DraftState, saved: Saved) -> Response:
    """A page with its form; 422 when something on it has to be pointed out."""
    shown = saved.page
    faulty = bool(saved.unanswered or saved.too_long)
    padding = Padding()
    if shown.code == UNITS:
        padding.short += (len(shown.offered) - len(saved.content)) * size(CHECKED)
    note = _note(saved, bool(saving.content(shown, state)))
    values = {
        "page": shown,
        "padding": padding,
        "asks": _asks(saved, faulty, padding) if shown.items else [],
        "content": saved.content,
        "note": padding.fit(note, *NOTES),
        "ticket": ticket(house, ballot, shown.code, saving.page_print(shown, state)),
        "unanswered": saved.unanswered,
        "too_long": saved.too_long,
        "most": COMMENT_SIGNS,
        "comment_bytes": COMMENT_BYTES,
        "checked": CHECKED,
        "longest": LARGEST_BODY,
    }
    template = TEMPLATES.get(shown.code, "ballot/questions.html")
    return page(template, frame(ballot) | values, 422 if faulty else 200)


def _asks(saved: Saved, faulty: bool, padding: Padding) -> list[tuple[Ask, Drawn]]:
    """The questions of a page with their answers."""
    shown, content, open_ = saved.page, saved.content, frozenset(saved.unanswered)
    asks = [
        (ask, drawn(shown, ask, content.get(ask.name), ask.name in open_, faulty))
        for ask in shown.asks
    ]
    padding.short += sum(each.short for _ask, each in asks)
    return asks


def _note(saved: Saved, stored: bool) -> str:
    """What the page says of itself at its end, until the script says more."""
    if saved.too_long:
        return TOO_LONG
    if stored:
        return STORED
    return NO_COMMENTS if saved.page.code == COMMENTS else NO_ANSWERS


def autosaved(house: House, ballot: OpenBallot, saved: Saved, now: datetime) -> Response:
    """What the script of a page is told: a note to show, and the ticket to go on with."""
    if saved.too_long:
        return JSONResponse({"note": TOO_LONG}, 422)
    drawn = ticket(house, ballot, saved.page.code, saving.page_print(saved.page, saved.state))
    note = _("Đã lưu lúc {time}").format(time=clock(now))
    return JSONResponse({"note": note, "ticket": drawn})


def autosaved_elsewhere() -> Response:
    note = _("Phiếu này vừa được lưu trên một thiết bị khác. Bấm “Lưu và tiếp tục” để chọn bản.")
    return JSONResponse({"note": note}, 409)


def review_page(
    house: House, ballot: OpenBallot, state: DraftState, changed: bool = False
) -> Response:
    review = review_of(questionnaire(asked(ballot, state)), state)
    padding = Padding()

    def answers(question: Answered) -> Markup:
        drawn = [said(unit, answer, question.labels) for unit, answer in question.answers]
        padding.short += sum(each.short for each in drawn)
        return Markup("".join(each.html for each in drawn))  # noqa: S704, drawn by a template

    values = {
        "changed": changed,
        "review": review,
        "padding": padding,
        "size": size,
        "answers": answers,
        "comment_bytes": COMMENT_BYTES,
        "ticket": ticket(house, ballot, REVIEW, saving.draft_print(state)),
    }
    return page("ballot/review.html", frame(ballot) | values, 409 if changed else 200)


def receipt_page(house: House, ballot: OpenBallot, cancel_reason: str) -> Response:
    """The receipt: the same from link, access code and every device, for ever."""
    values = {
        "receipt": house.keys.receipt(ballot.wave, ballot.name),
        "reason": cancel_reason,
    }
    response = page("ballot/receipt.html", frame(ballot) | values)
    # Whoever sits down at this browser next shall not page back to the answers.
    return set_header(response, "Clear-Site-Data", '"cache"')
