"""The respondent's pages: start, units dealt with, questions, comments, review, receipt.

GET looks, POST acts, 303 follows. What goes wrong on the way is raised, and becomes a page in
`faults`. After the cast every page of the ballot leads to its receipt.
"""

from datetime import datetime

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import Response

from app.ballots import ballot as ballots
from app.ballots import casting, drafts, saving
from app.ballots.ballot import IndexChanged, OpenBallot
from app.ballots.casting import DraftChanged
from app.ballots.enquiries import cancel_reason
from app.ballots.page import REVIEW, UNITS
from app.ballots.questionnaire import questionnaire
from app.ballots.saving import FormFault, Saved, SavedElsewhere
from app.keys.copied import LINK, link_token
from app.keys.keyfile import KeyFile
from app.keys.tokens import BallotName
from app.keys.urn import DraftState
from app.language import _
from app.web.booth.ballotpages import (
    asked,
    autosaved,
    autosaved_elsewhere,
    form_page,
    receipt_page,
    review_page,
    start_page,
)
from app.web.booth.versions import two_versions
from app.web.forms import RELOAD, Form, FormRefused, FromHere, Guest, Posted
from app.web.pages import House, house_of, see, set_cookie

router = APIRouter()
LOOK = ["GET", "HEAD"]
RECEIPT = "bien-nhan"
# The page was opened from the review, and leads back there.
FROM_REVIEW = "xem-lai"


@router.api_route("/p/{token}", methods=LOOK)
def look(request: Request, token: str) -> Response:
    """Where a link leads. Scanners open links before people do: nothing changes."""
    house = house_of(request)
    if (meant := link_token(token)) != token:
        return see(f"/p/{meant}")
    with house.db.reading() as session:
        ballot = noted(request, ballots.find(session, by_link(house, token)))
        if ballot.cast:
            return receipt_page(house, ballot, cancel_reason(session, ballot.wave_id))
        ballot.check_open(house.db.now(session), ballot.begun)
    check_keys(house.keys, ballot)
    return start_page(ballot)


@router.api_route("/p/{token}/{_behind:path}", methods=LOOK)
def look_before_slash(token: str) -> Response:
    """A link that something stands behind."""
    meant = link_token(token)
    if not LINK.fullmatch(meant):
        raise ballots.LinkUnknown
    return see(f"/p/{meant}")


@router.post("/p/{token}", dependencies=[FromHere])
def start(request: Request, token: str) -> Response:
    """Begin the ballot, or go on with it; from here on the cookie names it."""
    house = house_of(request)
    target = RECEIPT
    with house.db.transaction() as session:
        ballot = noted(request, ballots.find(session, by_link(house, token)))
        if not ballot.cast:
            now = house.db.now(session)
            ballot.check_open(now, ballot.begun)
            check_keys(house.keys, ballot)
            drafts.start(session, house.keys, ballot, now)
            state = drafts.read(session, house.keys, ballot) if ballot.begun else DraftState()
            target = questionnaire(asked(ballot, state)).resume(state)
    return set_cookie(see(path(target)), house, ballot.name)


@router.api_route("/phieu", methods=LOOK)
def resume(request: Request, guest: Guest) -> Response:
    """Lead to the first unanswered page."""
    house = house_of(request)
    with house.db.reading() as session:
        found = ballots.find(session, guest)
        ballot = answerable(request, found, house.db.now(session))
        state = drafts.read(session, house.keys, ballot)
    return see(path(questionnaire(asked(ballot, state)).resume(state)))


@router.api_route("/phieu/bien-nhan", methods=LOOK)
def receipt(request: Request, guest: Guest) -> Response:
    house = house_of(request)
    with house.db.reading() as session:
        ballot = noted(request, ballots.find(session, guest))
        if ballot.cast:
            return receipt_page(house, ballot, cancel_reason(session, ballot.wave_id))
    return see("/phieu")


@router.api_route("/phieu/xem-lai", methods=LOOK)
def review(request: Request, guest: Guest) -> Response:
    house = house_of(request)
    with house.db.reading() as session:
        found = ballots.find(session, guest)
        ballot = answerable(request, found, house.db.now(session))
        state = drafts.read(session, house.keys, ballot)
    check_keys(house.keys, ballot)
    if questionnaire(asked(ballot, state)).chooses_units and state.units is None:
        return see(path(UNITS))
    return review_page(house, ballot, state)


@router.post("/phieu/xem-lai")
def cast(request: Request, form: Form) -> Response:
    """Cast the ballot as it was reviewed."""
    house = house_of(request)
    if form.page != REVIEW:
        raise other_page()

    def seen(_ballot: OpenBallot, state: DraftState) -> bool:
        return house.keys.tokens.fingerprint(saving.draft_print(state)) == form.seen

    try:
        if not form.goes_back:
            with house.db.transaction() as session:
                casting.cast(house.db, session, house.keys, form.ballot, seen)
            # A cookie set anew makes Chromium forget the review; no-store alone does not.
            return set_cookie(see(path(RECEIPT)), house, form.ballot)
        changed = False
    except DraftChanged:
        changed = True
    with house.db.reading() as session:
        found = ballots.find(session, form.ballot)
        ballot = answerable(request, found, house.db.now(session))
        state = drafts.read(session, house.keys, ballot)
    if changed:
        return review_page(house, ballot, state, changed=True)
    return see(path(questionnaire(asked(ballot, state)).before(REVIEW) or REVIEW))


@router.api_route("/phieu/{code}", methods=LOOK)
def show(request: Request, guest: Guest, code: str) -> Response:
    """One page of the ballot, with what was saved."""
    house = house_of(request)
    with house.db.reading() as session:
        found = ballots.find(session, guest)
        ballot = answerable(request, found, house.db.now(session))
        state = drafts.read(session, house.keys, ballot)
    if code not in ballot.layout.pages:
        raise HTTPException(404)
    page = questionnaire(asked(ballot, state)).page(code)
    if page is None:
        return see("/phieu")
    return form_page(house, ballot, state, Saved(page, saving.content(page, state), state))


@router.post("/phieu/{code}")
def save(request: Request, form: Form, code: str) -> Response:
    """Save a page and go on; what is unanswered is pointed out once."""
    house = house_of(request)
    if form.page != code:
        raise other_page()
    if form.takes_stored:
        return see(path(code))
    autosaving = "x-phieu-autosave" in request.headers
    with house.db.transaction() as session:
        ballot = noted(request, ballots.find(session, form.ballot))
        now = house.db.now(session)
        page = Saving(house, ballot, form, point_out=not (form.goes_back or autosaving))
        try:
            drafts.change(session, house.keys, ballot, now, page.change)
        except FormFault as fault:
            raise FormRefused(422, FAULTY, RELOAD, fault.faults) from fault
        except SavedElsewhere as found:
            if autosaving:
                return autosaved_elsewhere()
            return two_versions(house, ballot, page.before, code, found)
    saved = page.saved
    if autosaving:
        return autosaved(house, ballot, saved, now)
    if saved.too_long or saved.unanswered:
        return form_page(house, ballot, saved.state, saved)
    return see(following(request, house, ballot, saved, form.goes_back))


FAULTY = _("Câu trả lời vừa gửi không hợp lệ")


class Saving:
    """`saving.save` as a change of the draft; keeps what it came upon and what became of it."""

    def __init__(self, house: House, ballot: OpenBallot, form: Posted, point_out: bool) -> None:
        self.tokens, self.ballot, self.form = house.keys.tokens, ballot, form
        self.point_out = point_out
        self.before: DraftState
        self.saved: Saved

    def change(self, before: DraftState) -> DraftState:
        self.before = before
        self.saved = saving.save(
            asked(self.ballot, before),
            self.form.page,
            before,
            self.form.fields,
            lambda print_: self.tokens.fingerprint(print_) == self.form.seen,
            self.point_out,
        )
        return self.saved.state


def following(request: Request, house: House, ballot: OpenBallot, saved: Saved, back: bool) -> str:
    """Where a saved page leads."""
    if FROM_REVIEW in request.query_params:
        return path(REVIEW)
    sheet = questionnaire(asked(ballot, saved.state))
    if not back:
        return path(sheet.after(saved.page.code))
    before = sheet.before(saved.page.code)
    return path(before) if before else house.link(ballot.name)


def by_link(house: House, token: str) -> BallotName:
    """The ballot that a link names. Raises LinkUnknown."""
    name = house.keys.tokens.read_link(link_token(token))
    if name is None:
        raise ballots.LinkUnknown
    return name


def noted(request: Request, ballot: OpenBallot) -> OpenBallot:
    """The ballot, which the error pages will know too."""
    request.state.ballot = ballot
    return ballot


def answerable(request: Request, ballot: OpenBallot, now: datetime) -> OpenBallot:
    """A ballot that was begun and can be answered. Raises AlreadyCast, NotOpenYet, WaveClosed."""
    noted(request, ballot)
    if ballot.cast:
        raise drafts.AlreadyCast
    ballot.check_open(now, begun=True)
    return ballot


def check_keys(keys: KeyFile, ballot: OpenBallot) -> None:
    """Raises KeysMissing, or IndexChanged when the key file knows another index or urn key."""
    known = keys.wave(ballot.wave)
    if (known.index_digest, known.public_key) != (ballot.index_digest, ballot.public_key):
        raise IndexChanged


def path(code: str) -> str:
    return f"/phieu/{code}"


def other_page() -> FormRefused:
    return FormRefused(422, _("Biểu mẫu này thuộc một trang khác của phiếu"), RELOAD)
