"""What the pages of a ballot show: values for their templates, and their tickets."""

from datetime import datetime

from markupsafe import Markup
from starlette.responses import JSONResponse, Response

from app import saving
from app.ballots import OpenBallot
from app.estimate import estimate
from app.language import _, clock
from app.questionnaire import COMMENTS, REVIEW, UNITS, Ask, Asked, Page, questionnaire
from app.saving import Content, Saved, SavedElsewhere
from app.urn import COMMENT_SIGNS, DraftState
from app.web.frame import set_header
from app.web.pages import House, Letterhead, draw, page
from app.web.review import review_of

TOO_LONG = _("Góp ý dài quá nên chưa được lưu")
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


_fieldsets: dict[tuple[str, str, int, bool, str | None, bool], Markup] = {}
MOST_FIELDSETS = 10_000


def fieldset(shown: Page, ask: Ask, chosen: str | None, bad: bool) -> Markup:
    """One question about one unit, drawn once for everybody who answers alike."""
    key = (shown.digest, ask.name, ask.number, shown.by_question, chosen, bad)
    drawn = _fieldsets.get(key)
    if drawn is None:
        if len(_fieldsets) >= MOST_FIELDSETS:
            _fieldsets.clear()
        values = {"page": shown, "ask": ask, "chosen": chosen, "bad": bad}
        drawn = _fieldsets[key] = draw("ballot/ask.html", values)
    return drawn


def form_page(house: House, ballot: OpenBallot, state: DraftState, saved: Saved) -> Response:
    """A page with its form; 422 when something on it has to be pointed out."""
    shown = saved.page
    faulty = bool(saved.unanswered or saved.too_long)
    values = {
        "page": shown,
        "fieldset": fieldset,
        "content": saved.content,
        "note": _note(saved, bool(saving.content(shown, state))),
        "ticket": ticket(house, ballot, shown.code, saving.page_print(shown, state)),
        "unanswered": saved.unanswered,
        "too_long": saved.too_long,
        "most": COMMENT_SIGNS,
    }
    template = TEMPLATES.get(shown.code, "ballot/questions.html")
    return page(template, frame(ballot) | values, 422 if faulty else 200)


def _note(saved: Saved, stored: bool) -> str:
    """What the page says of itself at its end, until the script says more."""
    if saved.too_long:
        return TOO_LONG
    if stored:
        return _("Các câu trả lời trên trang này đã được lưu")
    if saved.page.code == COMMENTS:
        return _("Chưa có góp ý nào được lưu")
    return _("Chưa có câu trả lời nào trên trang này")


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
    values = {
        "changed": changed,
        "review": review_of(questionnaire(asked(ballot, state)), state),
        "ticket": ticket(house, ballot, REVIEW, saving.draft_print(state)),
    }
    return page("ballot/review.html", frame(ballot) | values, 409 if changed else 200)


def two_versions(
    house: House, ballot: OpenBallot, state: DraftState, code: str, found: SavedElsewhere
) -> Response:
    """One page saved on two devices: which version shall it be?"""
    shown = found.page
    values = {
        "rows": [] if shown is None else differences(shown, found.stored, found.posted),
        "hidden": [] if shown is None else resubmitted(shown, found.posted),
        "asked": shown is not None,
        "unasked": ", ".join(ballot.index.unit_of[code].name for code in found.unasked),
        "ticket": ticket(
            house, ballot, code, saving.page_print(shown, state) if shown else b"asked no more"
        ),
    }
    return page("ballot/versions.html", frame(ballot) | values, 409)


def differences(shown: Page, stored: Content, posted: Content) -> list[tuple[str, str, str]]:
    """(what, as posted here, as stored by the other device) wherever the two differ."""
    if shown.code == UNITS:
        names = [
            ", ".join(unit.name for unit in shown.offered if unit.code in content)
            for content in (posted, stored)
        ]
        return [(_("Các cơ quan đã chọn"), names[0], names[1])]
    return [
        (shown.text(ask), shown.words(ask, posted), shown.words(ask, stored))
        for ask in shown.asks
        if posted.get(ask.name) != stored.get(ask.name)
    ]


def resubmitted(shown: Page, posted: Content) -> list[tuple[str, str]]:
    """The fields that say `posted` again."""
    if shown.code == UNITS:
        return [("units", code) for code in posted]
    return list(posted.items())


def receipt_page(house: House, ballot: OpenBallot, cancel_reason: str) -> Response:
    """The receipt: the same from link, access code and every device, for ever."""
    values = {
        "receipt": house.keys.receipt(ballot.wave, ballot.name),
        "reason": cancel_reason,
    }
    response = page("ballot/receipt.html", frame(ballot) | values)
    # Whoever sits down at this browser next shall not page back to the answers.
    return set_header(response, "Clear-Site-Data", '"cache"')
