"""A ballot as its respondent will see it, for the officer: drawn by the booth's own pages.

There is no such ballot in the database, its forms are inert, and nothing is stored.
"""

from datetime import UTC, datetime, timedelta

from fastapi import APIRouter, HTTPException
from starlette.responses import Response

from app.ballots import OpenBallot
from app.estimate import estimate
from app.index import Index
from app.language import _
from app.questionnaire import COMMENTS, REVIEW, UNITS, questionnaire
from app.saving import Saved, content
from app.tokens import BallotName
from app.urn import DraftState, Layout
from app.web.ballotpages import asked, form_page, review_page, start_page
from app.web.console.desk import LOOK, Desk, Reader
from app.web.console.indexes import PATH, found
from app.web.frame import own_policy

router = APIRouter()
START = "bat-dau"


def made_up(digest: str, index: Index, group: str, agency: str | None) -> OpenBallot:
    """A ballot of a group, seen by somebody of an agency; units assigned are all of them."""
    rates = index.group_of[group].rates
    now = datetime.now(UTC)
    return OpenBallot(
        name=BallotName(bytes(12), 1),
        cast=False,
        begun=False,
        group=group,
        agency=agency if rates != "own" or agency else index.units[0].code,
        assigned=tuple(index.unit_of) if rates == "assigned" else (),
        respondent_name=_("Nguyễn Văn A"),
        wave_id=0,
        wave="",
        index_digest=digest,
        mode="office",
        rehearsal=False,
        public_key=b"",
        opens_at=now,
        closes_at=now + timedelta(days=12),
        closed_at=None,
        unsealed_at=None,
        cancelled_at=None,
        index=index,
        layout=Layout(index),
    )


def state_of(ballot: OpenBallot) -> DraftState:
    """Where units are chosen, the first six were."""
    if not ballot.index.rules.choose_units:
        return DraftState()
    return DraftState(units=frozenset(ballot.units[:6]))


def codes_of(ballot: OpenBallot) -> list[tuple[str, str]]:
    """The pages of a ballot in their order, with a name each."""
    sheet = questionnaire(asked(ballot, state_of(ballot)))
    pages = [(START, _("Trang đầu"))]
    number = 0
    for code in sheet.codes:
        if code == UNITS:
            pages.append((code, _("Chọn cơ quan")))
        elif code == COMMENTS:
            pages.append((code, _("Góp ý")))
        elif code != REVIEW:
            number += 1
            pages.append((code, _("Phần {number}").format(number=number)))
    return [*pages, (REVIEW, _("Xem lại"))]


@router.api_route(f"{PATH}/{{id_:int}}/xem-thu/{{group}}", methods=LOOK)
def preview(desk: Reader, id_: int, group: str) -> Response:
    """The page around: whose eyes, which page, how wide."""
    kept, index = found(desk, id_)
    if group not in index.group_of:
        raise HTTPException(404)
    agency = desk.request.query_params.get("co-quan") or None
    if agency not in index.unit_of:
        agency = None
    ballot = made_up(kept.digest, index, group, agency)
    pages = codes_of(ballot)
    code = desk.request.query_params.get("trang", START)
    if code not in dict(pages):
        code = START
    place = [page for page, _words in pages].index(code)
    guess = estimate(index, group, ballot.agency, ballot.assigned)
    values: dict[str, object] = {
        "kept": kept,
        "index": index,
        "group": index.group_of[group],
        "agency_code": agency or "",
        "pages": pages,
        "code": code,
        "words": pages[place][1],
        "earlier": pages[place - 1][0] if place else "",
        "later": pages[place + 1][0] if place + 1 < len(pages) else "",
        "wide": desk.request.query_params.get("rong") == "1",
        "guess": guess,
        "answers": len(ballot.asked(None)),
    }
    response = desk.page("console/preview.html", values, section="indexes")
    return own_policy(response, "frame-src 'self'")


@router.api_route(f"{PATH}/{{id_:int}}/phieu/{{group}}/{{code}}", methods=LOOK)
def inside(desk: Reader, id_: int, group: str, code: str) -> Response:
    """One page of the ballot, by the booth's own hand."""
    kept, index = found(desk, id_)
    if group not in index.group_of:
        raise HTTPException(404)
    agency = desk.request.query_params.get("co-quan", "")
    ballot = made_up(kept.digest, index, group, agency if agency in index.unit_of else None)
    # It may be shown inside our own page, and its forms lead nowhere.
    return own_policy(_drawn(desk, ballot, code), framed=True)


def _drawn(desk: Desk, ballot: OpenBallot, code: str) -> Response:
    state = state_of(ballot)
    if code == START:
        return start_page(ballot)
    if code == REVIEW:
        return review_page(desk.house, ballot, state)
    page = questionnaire(asked(ballot, state)).page(code)
    if page is None:
        raise HTTPException(404)
    return form_page(desk.house, ballot, state, Saved(page, content(page, state), state))
