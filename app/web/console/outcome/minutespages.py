"""The minutes of a closing and of an opening: pages to print and sign, and the same for Word."""

from datetime import datetime

from fastapi import APIRouter, HTTPException
from starlette.responses import Response

from app.count import closingfacts, openingfacts
from app.language import _
from app.papers import word
from app.scores import closingminutes, minutes
from app.scores.paper import MOTTO, SIGNED, STATE, Paper
from app.store.db import Session
from app.store.models import Wave
from app.web.console.desk.addresses import LOOK, ROOT
from app.web.console.desk.desk import Desk
from app.web.console.desk.files import DOCX, download
from app.web.console.desk.guards import Reader, ReaderForm

router = APIRouter()
OPENING, CLOSING = "bien-ban", "bien-ban-ket-thuc"
PATH, CLOSED_PATH = f"{ROOT}/dot/{{code}}/{OPENING}", f"{ROOT}/dot/{{code}}/{CLOSING}"


@router.api_route(PATH, methods=LOOK)
def show(desk: Reader, code: str) -> Response:
    return _page(desk, code, OPENING)


@router.api_route(CLOSED_PATH, methods=LOOK)
def show_closing(desk: Reader, code: str) -> Response:
    return _page(desk, code, CLOSING)


def _page(desk: Desk, code: str, which: str, fault: str = "") -> Response:
    with desk.db.reading() as session:
        wave = desk.wave(session, code)
        head = desk.head(session, wave)
        paper, _at = _paper(session, wave, which)
    values: dict[str, object] = {
        "code": code,
        "paper": paper,
        "state": STATE,
        "motto": MOTTO,
        "signed": SIGNED,
        "rehearsal": wave.rehearsal,
        "fault": fault,
    }
    status = 422 if fault else 200
    return desk.page("console/minutes.html", values, head=head, section="exports", status=status)


def _paper(session: Session, wave: Wave, which: str) -> tuple[Paper, datetime]:
    """The minutes, and the time they are about. Raises 404 before there are any."""
    if which == CLOSING:
        closing = closingfacts.of(session, wave)
        if closing is not None:
            return closingminutes.paper(closing), closing.last.at
    else:
        opening = openingfacts.of(session, wave)
        if opening is not None:
            return minutes.paper(opening), opening.unsealed_at
    raise HTTPException(404)


@router.post(f"{PATH}/docx")
def write(form: ReaderForm, code: str) -> Response:
    """The minutes of the opening as a Word file. A rehearsal has none."""
    return _write(form, code, OPENING)


@router.post(f"{CLOSED_PATH}/docx")
def write_closing(form: ReaderForm, code: str) -> Response:
    """Those of the closing."""
    return _write(form, code, CLOSING)


def _write(form: ReaderForm, code: str, which: str) -> Response:
    with form.db.transaction() as session:
        wave = form.wave(session, code)
        paper, at = _paper(session, wave, which)
        if not wave.rehearsal:
            deed = "wave.minutes" if which == OPENING else "wave.closing-minutes"
            form.note(session, form.db.now(session), deed, code, format="docx")
    if wave.rehearsal:
        return _page(form, code, which, _("Đây là đợt tập dượt: không xuất được gì."))
    return download(word.to_docx(paper, at), f"{code}-{which}.docx", DOCX)
