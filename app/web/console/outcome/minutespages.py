"""The minutes of an opening: a page to print and sign, and the same as a Word file."""

from fastapi import APIRouter, HTTPException
from starlette.responses import Response

from app.count import openingfacts
from app.language import _
from app.papers import word
from app.scores import minutes
from app.scores.minutes import Opening
from app.scores.paper import MOTTO, SIGNED, STATE
from app.store.db import Session
from app.store.models import Wave
from app.web.console.desk.addresses import LOOK, ROOT
from app.web.console.desk.desk import Desk
from app.web.console.desk.files import DOCX, download
from app.web.console.desk.guards import Reader, ReaderForm

router = APIRouter()
PATH = f"{ROOT}/dot/{{code}}/bien-ban"


@router.api_route(PATH, methods=LOOK)
def show(desk: Reader, code: str) -> Response:
    return _page(desk, code)


def _page(desk: Desk, code: str, fault: str = "") -> Response:
    with desk.db.reading() as session:
        wave = desk.wave(session, code)
        head = desk.head(session, wave)
        opening = _opening(session, wave)
    values: dict[str, object] = {
        "code": code,
        "paper": minutes.paper(opening),
        "state": STATE,
        "motto": MOTTO,
        "signed": SIGNED,
        "rehearsal": wave.rehearsal,
        "fault": fault,
    }
    status = 422 if fault else 200
    return desk.page("console/minutes.html", values, head=head, section="exports", status=status)


def _opening(session: Session, wave: Wave) -> Opening:
    """Raises 404 before the urn is opened."""
    opening = openingfacts.of(session, wave)
    if opening is None:
        raise HTTPException(404)
    return opening


@router.post(f"{PATH}/docx")
def write(form: ReaderForm, code: str) -> Response:
    """The minutes as a Word file. A rehearsal has none."""
    with form.db.transaction() as session:
        wave = form.wave(session, code)
        opening = _opening(session, wave)
        if not opening.rehearsal:
            form.note(session, form.db.now(session), "wave.minutes", code, format="docx")
    if opening.rehearsal:
        return _page(form, code, _("Đây là đợt tập dượt: không xuất được gì."))
    data = word.to_docx(minutes.paper(opening), opening.unsealed_at)
    return download(data, f"{code}-bien-ban.docx", DOCX)
