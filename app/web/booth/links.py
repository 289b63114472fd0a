"""Where the link of a letter leads: the first page of a ballot, or its receipt."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.ballots import ballot as ballots
from app.ballots import drafts
from app.ballots.ballot import OpenBallot
from app.ballots.enquiries import cancel_reason
from app.ballots.questionnaire import questionnaire
from app.keys.copied import LINK, link_token
from app.keys.tokens import BallotName
from app.keys.urn import DraftState
from app.store.plain import Access
from app.store.upkeep import ReadOnly
from app.web.booth.ballotpages import asked
from app.web.booth.lane import Lane
from app.web.booth.lastpages import receipt_page
from app.web.booth.opened import LOOK, RECEIPT, check_keys, noted, path
from app.web.booth.posted import NoBallotOpen
from app.web.booth.startpages import LETTER, PART, SHEET, sheet_page, start_page
from app.web.booth.upkeep import notice
from app.web.forms import FromHere
from app.web.house import House, house_of, named, set_cookie
from app.web.pages import see

router = APIRouter(route_class=Lane)


@router.api_route("/p/{token}", methods=LOOK)
def look(request: Request, token: str) -> Response:
    """Where a link leads. Scanners open links before people do: nothing changes."""
    house = house_of(request)
    if (meant := link_token(token)) != token:
        return see(f"/p/{meant}")
    with house.db.plain_reading() as session:
        ballot = noted(request, ballots.find(session, by_link(house, token)))
        if ballot.cast:
            return receipt_page(house, ballot, cancel_reason(session, ballot.wave_id))
        ballot.check_open(house.db.now(session, ballot.found_at), ballot.begun)
        check_keys(house.keys, ballot)
        state = drafts.read(session, house.keys, ballot) if ballot.begun else None
    read = f"/phieu/{SHEET}?{LETTER}={token}"
    return start_page(ballot, read, state, notice(house))


@router.api_route(f"/phieu/{SHEET}", methods=LOOK)
def read_sheet(request: Request) -> Response:
    """All questions, to be read or printed: before beginning by the link, later by the cookie."""
    house = house_of(request)
    token = request.query_params.get(LETTER, "")
    name = by_link(house, token) if token else named(request)
    if name is None:
        raise NoBallotOpen
    with house.db.plain_reading() as session:
        ballot = noted(request, ballots.find(session, name))
        if ballot.cast:
            return see(house.link(ballot.name))
        ballot.check_open(house.db.now(session, ballot.found_at), ballot.begun)
    return sheet_page(ballot, house.link(ballot.name) if token else "/phieu/cac-phan")


@router.api_route("/p/{token}/{_behind:path}", methods=LOOK)
@router.api_route("/khong-nhac/{token}/{_behind:path}", methods=LOOK)
def look_before_slash(request: Request, token: str) -> Response:
    """A link that something stands behind."""
    meant = link_token(token)
    if not LINK.fullmatch(meant):
        raise ballots.LinkUnknown
    _root, way, _behind = request.url.path.split("/", 2)
    return see(f"/{way}/{meant}")


@router.post("/p/{token}", dependencies=[FromHere])
def start(request: Request, token: str) -> Response:
    """Begin the ballot, or go on with it; from here on the cookie names it."""
    house = house_of(request)
    name = by_link(house, token)
    try:
        with house.db.plain_transaction() as session:
            target = _begun(request, session, ballots.find(session, name))
    except ReadOnly:
        # Who has begun before can read on.
        with house.db.plain_reading() as session:
            ballot = ballots.find(session, name)
            if not (ballot.begun or ballot.cast):
                raise
            target = _begun(request, session, ballot)
    return set_cookie(see(path(target)), house, name)


def _begun(request: Request, session: Access, ballot: OpenBallot) -> str:
    """Begin a ballot, unless it was; gives the page to go on with."""
    house = house_of(request)
    noted(request, ballot)
    if ballot.cast:
        return RECEIPT
    now = house.db.now(session, ballot.found_at)
    ballot.check_open(now, ballot.begun)
    check_keys(house.keys, ballot)
    drafts.start(session, house.keys, ballot, now)
    state = drafts.read(session, house.keys, ballot) if ballot.begun else DraftState()
    sheet = questionnaire(asked(ballot, state))
    wanted = request.query_params.get(PART, "")
    return wanted if wanted in sheet.codes else sheet.resume(state)


def by_link(house: House, token: str) -> BallotName:
    """The ballot that a link names. Raises LinkUnknown."""
    name = house.keys.tokens.read_link(link_token(token))
    if name is None:
        raise ballots.LinkUnknown
    return name
