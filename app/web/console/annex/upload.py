"""Từ phụ lục của quyết định: a file sent, and those that wait to be settled."""

from fastapi import APIRouter
from starlette.responses import Response

from app.language import _
from app.papers.annexes import file as annexfile
from app.papers.tables import UnreadableTable
from app.preparation import annexes
from app.web.console.desk.addresses import LOOK, ROOT
from app.web.console.desk.desk import Desk, Faults, Form
from app.web.console.desk.guards import Officer, OfficerForm
from app.web.posts import Upload

router = APIRouter()
INDEXES = f"{ROOT}/bo-chi-so"
PATH = f"{INDEXES}/phu-luc"
NO_FILE = _("Chưa chọn tệp nào. Bấm ô chọn tệp rồi gửi lại.")


@router.api_route(PATH, methods=LOOK)
def show(desk: Officer) -> Response:
    return _page(desk)


def _page(desk: Desk, faults: Faults | None = None) -> Response:
    with desk.db.reading() as session:
        waiting = annexes.waiting(session)
    values: dict[str, object] = {"waiting": waiting, "faults": faults or [], "path": PATH}
    status = 422 if faults else 200
    return desk.page("console/annexes.html", values, section="indexes", status=status)


@router.post(PATH)
def upload(form: OfficerForm) -> Response:
    """Read an annex, or say why it cannot be read; what was read is kept until it is settled."""
    sent = form.upload("tep")
    if sent is None:
        return _page(form, [(NO_FILE, "tep")])
    return take(form, sent)


def is_word(sent: Upload) -> bool:
    """Whether a file can be an annex only: an index is never written in Word."""
    return sent.name.lower().endswith((".docx", ".doc"))


def take(form: Form, sent: Upload) -> Response:
    """Read a file as an annex, whichever page it was sent from."""
    try:
        tables = annexfile.read(sent.data, sent.name)
    except UnreadableTable as refused:
        return _page(form, [(str(refused), "tep")])
    with form.db.transaction() as session:
        now = form.db.now(session)
        id_ = annexes.keep(session, sent.name, tables, form.staff.name, now)
        form.note(session, now, "index.annex-upload", file=sent.name)
    return form.see(f"{PATH}/{id_}", _("Đã đọc phụ lục. Xem lại các chỗ hệ thống đoán."))
