"""Names and addresses of a draft that could be tidier: offered, mended where an officer says so."""

import re

from fastapi import APIRouter
from starlette.responses import Response

from app.language import _, number
from app.preparation import tidying
from app.roster.listing import PAGE
from app.waves.wave import WaveRefused, id_of
from app.web.console.desk.addresses import LOOK
from app.web.console.desk.desk import Desk, Faults
from app.web.console.desk.guards import Officer, OfficerForm
from app.web.console.lists.person import note_change
from app.web.console.lists.roster import PATH, path_of
from app.web.console.lists.searches import page_of
from app.web.console.waves.together import held_draft

router = APIRouter()
OFFERED = f"{PATH}/goi-y"


@router.api_route(OFFERED, methods=LOOK)
def show(desk: Officer, code: str) -> Response:
    return _page(desk, code)


def _page(desk: Desk, code: str, faults: Faults | None = None) -> Response:
    with desk.db.reading() as session:
        wave = desk.wave(session, code)
        head = desk.head(session, wave)
        draft = wave.launched_at is None and wave.cancelled_at is None
        names = tidying.names(session, id_of(wave)) if draft else []
        slips = tidying.slips(session, id_of(wave)) if draft else []
    pages = max(1, -(-len(names) // PAGE))
    page = min(page_of(desk), pages)
    values: dict[str, object] = {
        "path": path_of(code),
        "draft": draft,
        "slips": slips,
        "names": names[(page - 1) * PAGE : page * PAGE],
        "all": len(names),
        "page": page,
        "pages": pages,
        "faults": [(words, field if names else "") for words, field in faults or []],
    }
    status = 422 if faults else 200
    return desk.page("console/roster-tidy.html", values, head=head, section="roster", status=status)


@router.post(f"{OFFERED}/ho-ten")
def tidy(form: OfficerForm, code: str) -> Response:
    """The names that were ticked, or all that are offered."""
    whole = form.has("tat-ca")
    ticked = [int(each) for each in form.values("nguoi") if re.fullmatch("[0-9]{1,9}", each)]
    try:
        with form.db.transaction() as session:
            wave, now = held_draft(form, session, code), form.db.now(session)
            if not whole and not ticked:
                raise WaveRefused(_("Chưa đánh dấu họ tên nào."))
            done = tidying.tidy(session, wave, None if whole else ticked)
            if done:
                note_change(session, wave, now)
                form.note(session, now, "roster.tidy", code, people=done)
    except WaveRefused as refused:
        return _page(form, code, [(refused.words, "ho-ten")])
    words = _("Đã sửa {number} họ tên.").format(number=number(done))
    return form.see(f"{path_of(code)}/goi-y", words)


@router.post(f"{OFFERED}/ten-mien")
def redirect(form: OfficerForm, code: str) -> Response:
    """Everybody with one domain gets the one that is meant."""
    try:
        with form.db.transaction() as session:
            wave, now = held_draft(form, session, code), form.db.now(session)
            done, left = tidying.redirect(session, wave, form.value("ten-mien"))
            if not done:
                raise WaveRefused(
                    _("Không sửa được: địa chỉ đã sửa rồi, hoặc đã thuộc người khác.")
                )
            note_change(session, wave, now)
            form.note(session, now, "roster.tidy", code, people=done)
    except WaveRefused as refused:
        return _page(form, code, [(refused.words, "")])
    words = _("Đã sửa {number} địa chỉ.").format(number=number(done))
    if left:
        more = _("{number} địa chỉ giữ nguyên vì sửa xong thì trùng với người khác.")
        words = f"{words} {more.format(number=number(left))}"
    return form.see(f"{path_of(code)}/goi-y", words)
