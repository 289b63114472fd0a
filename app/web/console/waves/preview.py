"""A ballot as its respondent will see it, for the officer: drawn by the booth's own pages.

There is no such ballot in the database, its forms are inert, and nothing is stored.
"""

import re
from datetime import UTC, datetime, timedelta

from fastapi import APIRouter, HTTPException
from starlette.responses import Response

from app.ballots.ballot import OpenBallot
from app.ballots.page import COMMENTS, OF_UNITS, ONCE, REVIEW, UNITS
from app.ballots.questionnaire import Questionnaire, questionnaire
from app.index.definition import Index
from app.index.estimate import USUAL_UNITS, estimate
from app.keys.tokens import BallotName
from app.keys.urn import DraftState, Layout
from app.language import HANOI, _
from app.preparation import library
from app.waves import wave as waves
from app.web.booth.ballotpages import asked, form_page
from app.web.booth.lastpages import review_page
from app.web.booth.startpages import SHEET, parts_page, sheet_page, start_page
from app.web.console.desk.addresses import LOOK, ROOT
from app.web.console.desk.desk import Desk
from app.web.console.desk.guards import Reader
from app.web.console.index import agency_of, assigned_to, found
from app.web.console.indexes import PATH
from app.web.frame import own_policy
from app.web.pages import see

router = APIRouter()
START, PARTS = "bat-dau", "cac-phan"
DAYS = 14  # until a made-up ballot closes
# The policy of the page would block it, and browsers would report that.
SCRIPT = re.compile(rb"<script [^>]*></script>")
LINK = re.compile(rb'href="/phieu/([^"?#]+)(?:\?xem-lai)?')


def made_up(
    index: Index, digest: str, group: str, agency: str | None, contacts_months: int
) -> OpenBallot:
    """A ballot of a group, seen by somebody of an agency."""
    today = datetime.now(UTC).astimezone(HANOI).replace(hour=0, minute=0, second=0, microsecond=0)
    return OpenBallot(
        name=BallotName(bytes(12), 1),
        bond=b"",
        cast=False,
        draft=None,
        group=group,
        agency=agency,
        assigned=assigned_to(index, group, agency),
        wave_id=0,
        wave="",
        index_digest=digest,
        mode="office",
        rehearsal=False,
        public_key=b"",
        opens_at=today,
        is_reopened=False,
        reopened_until=None,
        objections_until=None,
        closes_at=today + timedelta(days=DAYS),
        closed_at=None,
        unsealed_at=None,
        cancelled_at=None,
        index=index,
        layout=Layout(index),
        contacts_months=contacts_months,
        found_at=None,
    )


def state_of(ballot: OpenBallot) -> DraftState:
    """Where units are chosen, so many were as the estimate counts."""
    if not ballot.index.rules.choose_units:
        return DraftState()
    return DraftState(units=frozenset(ballot.units[:USUAL_UNITS]))


def codes_of(sheet: Questionnaire) -> list[tuple[str, str]]:
    """The pages of a ballot in their order, with a name each."""
    names = {UNITS: _("Chọn cơ quan"), COMMENTS: _("Góp ý")}
    words = {
        "component": _("Phần {number}"),
        "question": _("Câu {number}"),
        "unit": _("Cơ quan {number}"),
    }[sheet.index.rules.paging]
    for number, code in enumerate(sheet.bodies, start=1):
        names[code] = words.format(number=number)
    names |= {code: _("Câu hỏi thêm") for code in (OF_UNITS, ONCE)}
    pages = [(code, names[code]) for code in sheet.codes]
    return [(START, _("Trang đầu")), *pages, (REVIEW, _("Xem lại"))]


def preview_of(code: str, group: str) -> str:
    """Where the button of a wave's test letter leads."""
    return f"{ROOT}/dot/{code}/xem-thu/{group}"


@router.api_route(preview_of("{code}", "{group}"), methods=LOOK)
def from_letter(desk: Reader, code: str, group: str) -> Response:
    """The preview of the index of a wave; one that came by command is not kept to be previewed."""
    with desk.db.reading() as session:
        wave = desk.wave(session, code)
        index, _layout = waves.index_of(wave)
        versions = library.versions(session, index.code)
    kept = next((each.id for each in versions if each.digest == wave.index_digest), None)
    if kept is None or group not in index.group_of:
        return see(f"{ROOT}/dot/{code}/phat-phieu")
    return see(f"{PATH}/{kept}/xem-thu/{group}")


@router.api_route(f"{PATH}/{{id_:int}}/xem-thu/{{group}}", methods=LOOK)
def preview(desk: Reader, id_: int, group: str) -> Response:
    """The page around: whose eyes, which page, how wide."""
    kept, index = found(desk, id_)
    ballot = _ballot(desk, index, kept.digest, group)
    sheet = questionnaire(asked(ballot, state_of(ballot)))
    pages = codes_of(sheet)
    code = desk.request.query_params.get("trang", START)
    if code not in dict(pages):
        code = START
    place = [page for page, _words in pages].index(code)
    rates = index.group_of[group].rates
    values: dict[str, object] = {
        "kept": kept,
        "index": index,
        "group": index.group_of[group],
        "agency_code": ballot.agency or "",
        # Elsewhere everybody of a group sees the same.
        "by_agency": rates == "own" or index.rules.own_unit == "exclude",
        "pages": pages,
        "code": code,
        "words": pages[place][1],
        "earlier": pages[place - 1][0] if place else "",
        "later": pages[place + 1][0] if place + 1 < len(pages) else "",
        "wide": desk.request.query_params.get("rong") == "1",
        "guess": estimate(index, group, ballot.agency, ballot.assigned),
        "sheet": sheet,
    }
    response = desk.page("console/preview.html", values, section="indexes")
    return own_policy(response, "frame-src 'self'")


@router.api_route(f"{PATH}/{{id_:int}}/phieu/{{group}}/{{code}}", methods=LOOK)
def inside(desk: Reader, id_: int, group: str, code: str) -> Response:
    """One page of the ballot, by the booth's own hand."""
    kept, index = found(desk, id_)
    ballot = _ballot(desk, index, kept.digest, group)
    here = f"{PATH}/{id_}/phieu/{group}"
    return own_policy(_inert(_drawn(desk, ballot, code), here, ballot.agency or ""), framed=True)


def _ballot(desk: Desk, index: Index, digest: str, group: str) -> OpenBallot:
    """The ballot that an address speaks of. Raises 404."""
    if group not in index.group_of:
        raise HTTPException(404)
    agency = desk.request.query_params.get("co-quan")
    agency = agency_of(index, group, agency)
    return made_up(index, digest, group, agency, desk.settings.contacts_months)


def _drawn(desk: Desk, ballot: OpenBallot, code: str) -> Response:
    # Nothing is ticked for the respondent.
    state = DraftState() if code == UNITS else state_of(ballot)
    if code == START:
        return start_page(ballot, f"/phieu/{SHEET}")
    if code == SHEET:
        return sheet_page(ballot, f"/phieu/{START}")
    if code == PARTS:
        return parts_page(ballot, state)
    if code == REVIEW:
        return review_page(desk.house, ballot, state)
    page = questionnaire(asked(ballot, state)).page(code)
    if page is None:
        raise HTTPException(404)
    return form_page(desk.house, ballot, state, page)


def _inert(drawn: Response, here: str, agency: str) -> Response:
    """The page without its script, with links to other pages of the preview; the policy stops its
    forms."""
    links = LINK.sub(
        lambda found: f'href="{here}/{found[1].decode()}?co-quan={agency}'.encode(), drawn.body
    )
    return Response(SCRIPT.sub(b"", links), drawn.status_code, media_type="text/html")
