"""The pages of a ballot that was begun: units dealt with, questions, comments, review, receipt.

GET looks, POST acts, 303 follows. What goes wrong on the way is raised, and becomes a page in
`faults`. After the cast every page of the ballot leads to its receipt.
"""

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import Response

from app.ballots import ballot as ballots
from app.ballots import casting, drafts, saving
from app.ballots.ballot import OpenBallot
from app.ballots.casting import CommentTooLong, DraftChanged, TooManyTicks
from app.ballots.enquiries import cancel_reason
from app.ballots.page import COMMENTS, REVIEW, UNITS
from app.ballots.questionnaire import questionnaire
from app.ballots.saving import FormFault, Saved, SavedElsewhere
from app.keys.tokens import BallotName
from app.keys.urn import DraftState
from app.language import _
from app.store.upkeep import ReadOnly
from app.web.booth.ballotpages import (
    asked,
    autosaved,
    autosaved_elsewhere,
    autosaved_later,
    form_page,
)
from app.web.booth.lane import Lane
from app.web.booth.lastpages import receipt_page, review_page
from app.web.booth.opened import LOOK, RECEIPT, check_keys, noted, opened, path
from app.web.booth.posted import Form, Guest, Posted
from app.web.booth.returned import forget, returned, send_back
from app.web.booth.startpages import parts_page
from app.web.booth.upkeep import notice, of_page, of_review, put_off
from app.web.booth.versions import conflict, set_aside, two_versions
from app.web.forms import RELOAD, FormRefused
from app.web.house import House, house_of, set_cookie
from app.web.pages import see

router = APIRouter(route_class=Lane)
# The page was opened from the review, and leads back there.
FROM_REVIEW = "xem-lai"


@router.api_route("/phieu", methods=LOOK)
def resume(request: Request, guest: Guest) -> Response:
    """Lead to the first unanswered page."""
    ballot, state = opened(request, guest)
    return see(path(questionnaire(asked(ballot, state)).resume(state)))


@router.api_route("/phieu/bien-nhan", methods=LOOK)
def receipt(request: Request, guest: Guest) -> Response:
    house = house_of(request)
    with house.db.plain_reading() as session:
        ballot = noted(request, ballots.find(session, guest))
        if ballot.cast:
            return receipt_page(house, ballot, cancel_reason(session, ballot.wave_id))
    return see("/phieu")


@router.api_route("/phieu/xem-lai", methods=LOOK)
def review(request: Request, guest: Guest) -> Response:
    house = house_of(request)
    ballot, state = opened(request, guest)
    check_keys(house.keys, ballot)
    sheet = questionnaire(asked(ballot, state))
    if sheet.chooses_units and state.units is None:
        return see(path(UNITS))
    if (faulty := sheet.faulty(state)) is not None:
        return see(path(faulty))
    changed = returned(request, changed_of(guest)) is not None
    return review_page(house, ballot, state, changed, upkeep=notice(house))


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
            with house.db.plain_transaction() as session:
                casting.cast(house.db, session, house.keys, form.ballot, seen)
            # A cookie set anew makes Chromium forget the review; no-store alone does not.
            return forget(request, set_cookie(see(path(RECEIPT)), house, form.ballot))
    except ReadOnly as refused:
        ballot, state = opened(request, form.ballot)
        shown = review_page(house, ballot, state, status=503, upkeep=of_review(refused))
        return put_off(request, refused, shown)
    except DraftChanged:
        return send_back(request, path(REVIEW), changed_of(form.ballot), b"")
    except CommentTooLong:
        return see(path(COMMENTS))
    except TooManyTicks:
        return see(path(REVIEW))  # which leads to them
    ballot, state = opened(request, form.ballot)
    return see(path(questionnaire(asked(ballot, state)).before(REVIEW) or REVIEW))


@router.api_route("/phieu/cac-phan", methods=LOOK)
def show_parts(request: Request, guest: Guest) -> Response:
    """The list of parts: what is done, what is lacking."""
    ballot, state = opened(request, guest)
    return parts_page(ballot, state)


@router.api_route("/phieu/{code}", methods=LOOK)
def show(request: Request, guest: Guest, code: str) -> Response:
    """One page of the ballot, with what was saved."""
    house = house_of(request)
    ballot, state = opened(request, guest)
    if code not in ballot.layout.pages:
        raise HTTPException(404)
    page = questionnaire(asked(ballot, state)).page(code)
    if unsettled := conflict(request, ballot, state, code):
        return two_versions(house, ballot, state, code, unsettled)
    if page is None:
        return see("/phieu")
    return form_page(house, ballot, state, page, upkeep=notice(house))


@router.post("/phieu/{code}")
def save(request: Request, form: Form, code: str) -> Response:
    """Save a page and go on; what is unanswered is pointed out once."""
    try:
        return _save(request, form, code)
    except ReadOnly as refused:
        return put_off(request, refused, _unsaved(request, form, refused))


def _unsaved(request: Request, form: Posted, refused: ReadOnly) -> Response:
    """The page as it was filled in: nothing may be written now."""
    if _autosaving(request):
        return autosaved_later()
    house = house_of(request)
    ballot, state = opened(request, form.ballot)
    page = Saving(house, ballot, form, False)
    page.change(state)
    said = page.saved
    return form_page(house, ballot, state, said.page, said.content, 503, of_page(refused))


def _autosaving(request: Request) -> bool:
    return "x-phieu-autosave" in request.headers


def _save(request: Request, form: Posted, code: str) -> Response:
    house = house_of(request)
    if form.page != code:
        raise other_page()
    here = path(code) + (f"?{FROM_REVIEW}" if FROM_REVIEW in request.query_params else "")
    if form.takes_stored:
        return forget(request, see(here))
    autosaving = _autosaving(request)
    with house.db.plain_transaction() as session:
        ballot = noted(request, ballots.find_to_change(session, form.ballot))
        now = house.db.now(session, ballot.found_at)
        page = Saving(house, ballot, form, autosaving)
        try:
            drafts.change(session, house.keys, ballot, now, page.change)
        except FormFault as fault:
            raise FormRefused(422, FAULTY, RELOAD, fault.faults) from fault
        except SavedElsewhere as found:
            if autosaving:
                return autosaved_elsewhere()
            return set_aside(request, ballot, here, code, form.fields) or two_versions(
                house, ballot, page.before, code, found, 409
            )
    saved = page.saved
    if autosaving:
        return autosaved(house, ballot, saved, now)
    if not saved.kept:
        return form_page(house, ballot, saved.state, saved.page, saved.content, 422)
    if saved.too_long or saved.overticked or saved.unanswered:
        return forget(request, see(here))
    return forget(request, see(following(request, house, ballot, saved, form.goes_back)))


FAULTY = _("Câu trả lời vừa gửi không hợp lệ")


class Saving:
    """`saving.save` as a change of the draft; keeps what it came upon and what became of it."""

    def __init__(self, house: House, ballot: OpenBallot, form: Posted, autosaving: bool) -> None:
        self.tokens, self.ballot, self.form = house.keys.tokens, ballot, form
        self.autosaving = autosaving
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
            point_out=not (self.form.goes_back or self.autosaving),
            keep_faulty=not self.autosaving,
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


def changed_of(name: BallotName) -> str:
    """What a review is sent back for: another device saved meanwhile."""
    return f"vua-sua.{name.packed().hex()}"


def other_page() -> FormRefused:
    return FormRefused(422, _("Biểu mẫu này thuộc một trang khác của phiếu"), RELOAD)
