"""Công bố kết quả: the page for the press looked at beforehand, released, and taken back."""

from fastapi import APIRouter, HTTPException
from starlette.responses import Response

from app.count import course, releasing, scoresheets
from app.language import _
from app.scores.press import Press
from app.scores.results import Results
from app.staff.staff import COUNCIL
from app.waves.wave import WaveRefused, id_of
from app.web import press
from app.web.console.desk.addresses import LOOK, ROOT
from app.web.console.desk.desk import WRONG_CODE, CodeRefused, Desk, Faults
from app.web.console.desk.guards import CouncilForm, Reader, ReaderForm, WrongRole
from app.web.console.waves.together import held

router = APIRouter()
PATH = f"{ROOT}/dot/{{code}}/cong-bo"


@router.api_route(PATH, methods=LOOK)
def show(desk: Reader, code: str) -> Response:
    return _page(desk, code)


def _page(desk: Desk, code: str, faults: Faults | None = None, bad: str = "") -> Response:
    """The page; `bad` is the field whose code was wrong."""
    with desk.db.reading() as session:
        wave, now = desk.wave(session, code), desk.db.now(session)
        head = desk.head(session, wave)
        numbers = scoresheets.numbers(session, id_of(wave))
        stands = releasing.standing(session, wave, now)
    council, asked = desk.is_a(COUNCIL), stands.asked
    mine = asked is not None and asked.staff_id == desk.staff.id
    newest = numbers[-1] if numbers else 0
    values: dict[str, object] = {
        "path": PATH.format(code=code),
        "code": code,
        "wave": wave,
        "newest": newest,
        "stands": stands,
        "mine": mine,
        "council": council,
        # What is public and new is not released twice.
        "fresh": stands.released is None or stands.released.sheet != newest,
        "confirms": council and asked is not None and not mine,
        "address": f"{desk.settings.base_url}/ket-qua/{code}",
        "faults": faults or [],
        "bad": bad,
    }
    status = 422 if faults else 200
    return desk.page("console/press.html", values, head=head, section="exports", status=status)


@router.api_route(f"{PATH}/xem-truoc", methods=LOOK)
def preview(desk: Reader, code: str) -> Response:
    """The page as everybody would see it, of the newest sheet. Raises 404 before there is one."""
    with desk.db.reading() as session:
        wave = desk.wave(session, code)
        numbers = scoresheets.numbers(session, id_of(wave))
        if not numbers or wave.rehearsal:
            raise HTTPException(404)
        document = scoresheets.document_of(session, id_of(wave), numbers[-1])
        told = course.of(session, wave)
    return Response(press.page(Press(Results(document), told)), media_type="text/html")


@router.post(PATH)
def release(form: ReaderForm, code: str) -> Response:
    """Release a sheet: at once, as the second of two, or ask for the second."""
    sheet, second = form.number("bang"), form.has("xac-nhan")
    try:
        with form.db.transaction() as session:
            wave, now = held(form, session, code), form.db.now(session)
            asks = wave.two_people and not second
            if not asks and not form.is_a(COUNCIL):
                raise WrongRole
            form.must_confirm(session, now)
            me = (form.staff.id, form.staff.who, now)
            if asks:
                releasing.ask(session, wave, sheet, *me)
                form.note(session, now, "press.ask", code, sheet=sheet)
            else:
                told = releasing.release(session, wave, sheet, *me)
                form.note(session, now, "press.release", code, sheet=sheet, **told)
    except CodeRefused:
        return _page(form, code, [(WRONG_CODE, "ma-xac-thuc")], "ma-xac-thuc")
    except WaveRefused as refused:
        return _page(form, code, [(refused.words, "")])
    words = _("Đã ghi đề nghị. Cần một người khác của Hội đồng xác nhận để công bố.")
    return form.see(PATH.format(code=code), words if asks else _("Đã công bố."))


@router.post(f"{PATH}/rut-de-nghi")
def withdraw(form: ReaderForm, code: str) -> Response:
    """Take back what waits; anybody who sees it may."""
    try:
        with form.db.transaction() as session:
            wave, now = held(form, session, code), form.db.now(session)
            if releasing.withdraw(session, wave, now):
                form.note(session, now, "press.withdraw", code)
    except WaveRefused as refused:
        return _page(form, code, [(refused.words, "")])
    return form.see(PATH.format(code=code), _("Đã rút đề nghị."))


@router.post(f"{PATH}/rut")
def take_back(form: CouncilForm, code: str) -> Response:
    """Release nothing any more; one of the council is enough, as it may be urgent."""
    try:
        with form.db.transaction() as session:
            wave, now = held(form, session, code), form.db.now(session)
            form.must_confirm(session, now)
            releasing.take_back(session, wave, now)
            form.note(session, now, "press.take-back", code)
    except CodeRefused:
        return _page(form, code, [(WRONG_CODE, "ma-xac-thuc-rut")], "ma-xac-thuc-rut")
    except WaveRefused as refused:
        return _page(form, code, [(refused.words, "")])
    return form.see(PATH.format(code=code), _("Đã rút. Trang công bố không còn mở được."))
