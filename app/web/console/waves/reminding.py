"""Gửi thư nhắc ngay: asked first, with how many, when the last went and from when it can go."""

from datetime import datetime

from fastapi import APIRouter
from starlette.responses import Response

from app.language import _, number
from app.store.db import Session
from app.store.models import Wave
from app.waves import counts, launch, reminders
from app.waves.notecells import LEAST
from app.waves.wave import WaveRefused
from app.web.console.desk.addresses import LOOK, ROOT
from app.web.console.desk.desk import Desk
from app.web.console.desk.guards import Officer, OfficerForm

router = APIRouter()
PATH = f"{ROOT}/dot/{{code}}/theo-doi/nhac"


@router.api_route(PATH, methods=LOOK)
def ask(desk: Officer, code: str) -> Response:
    return _page(desk, code)


def _page(desk: Desk, code: str, fault: str = "") -> Response:
    with desk.db.reading() as session:
        wave, now = desk.wave(session, code), desk.db.now(session)
        head = desk.head(session, wave)
        earliest = launch.next_reminder(wave)
        values: dict[str, object] = {
            "path": f"{ROOT}/dot/{code}/theo-doi/nhac",
            "back": f"{ROOT}/dot/{code}/theo-doi",
            "wave": wave,
            "open": head.state == "open",
            "about": _about(session, wave, now),
            "too_soon": earliest if earliest > now else None,
            "due": [time for time in reminders.due_times(wave) if time > now],
            "fault": fault,
        }
    status = 422 if fault else 200
    return desk.page("console/remind.html", values, head=head, section="watch", status=status)


def _about(session: Session, wave: Wave, now: datetime) -> str:
    """How many have not answered, as every page counts them; nothing before the first note."""
    whole = counts.of(session, wave, now)
    if whole is None:
        return ""
    if (left := whole.issued - whole.cast) < LEAST:
        return _("Theo số liệu gần nhất thì ít hơn {number} người.").format(number=LEAST)
    return _("Theo số liệu gần nhất thì khoảng {number} người.").format(number=number(left))


@router.post(PATH)
def remind(form: OfficerForm, code: str) -> Response:
    """Remind those who have not cast."""
    try:
        with form.db.transaction() as session:
            wave, now = form.wave(session, code), form.db.now(session)
            launch.remind(form.db, session, form.settings, wave)
            form.note(session, now, "wave.remind", code)
            about = _about(session, wave, now)
    except WaveRefused as refused:
        return _page(form, code, refused.words)
    words = _("Thư nhắc đang được gửi đến những người chưa trả lời.")
    return form.see(f"{ROOT}/dot/{code}/theo-doi", f"{words} {about}".strip())
