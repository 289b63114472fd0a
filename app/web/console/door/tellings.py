"""Báo có bảng điểm: where the program of a key is told of new sheets, and what became of it."""

from fastapi import APIRouter, HTTPException
from starlette.responses import Response

from app.language import _
from app.staff import connections
from app.staff.connections import Issued
from app.store.db import Session
from app.web.console.desk.addresses import LOOK, ROOT
from app.web.console.desk.desk import WRONG_CODE, CodeRefused, Desk, Faults
from app.web.console.desk.guards import OfficerForm, Reader
from app.webhooks import addresses, calls, hooks
from app.webhooks.addresses import AddressRefused

router = APIRouter()
PATH = f"{ROOT}/ket-noi/{{id_:int}}/bao"
ADDRESS = "dia-chi-nhan"


@router.api_route(PATH, methods=LOOK)
def show(desk: Reader, id_: int) -> Response:
    return _page(desk, id_)


def _page(desk: Desk, id_: int, faults: Faults | None = None, typed: str = "") -> Response:
    with desk.db.reading() as session:
        key, hook = _key(session, id_), hooks.of_key(session, id_)
        said = calls.last(session, hook.id) if hook else []
        is_over = key.grant.is_over(desk.db.now(session))
    values: dict[str, object] = {
        "path": f"{ROOT}/ket-noi/{id_}/bao",
        "back": f"{ROOT}/ket-noi",
        "key": key,
        "hook": hook,
        "calls": said,
        "waiting": any(each.is_trial and each.due_at for each in said),
        "is_over": is_over,
        "typed": typed or (hook.address if hook else ""),
        "faults": faults or [],
        "bad": [field for _words, field in faults or []],
    }
    status = 422 if faults else 200
    return desk.page("console/connection-told.html", values, section="exports", status=status)


def _key(session: Session, id_: int) -> Issued:
    """A key that is live. Raises 404."""
    key = connections.of_id(session, id_)
    if key is None or not key.is_live:
        raise HTTPException(404)
    return key


@router.post(PATH)
def put(form: OfficerForm, id_: int) -> Response:
    """Set the address; the secret of its messages is shown once."""
    typed = form.value(ADDRESS)
    try:
        place = addresses.read(typed)
        # Name servers may take their time: no transaction waits for them.
        form.house.outside.checked(place)
    except AddressRefused as refused:
        return _page(form, id_, [(str(refused), ADDRESS)], typed)
    try:
        with form.db.transaction() as session:
            key, now = _key(session, id_), form.db.now(session)
            secret = hooks.put(session, id_, place, form.staff.name, now)
            form.must_confirm(session, now)
            form.note(session, now, "connection.told", name=key.name, address=str(place))
    except CodeRefused:
        return _page(form, id_, [(WRONG_CODE, "ma-xac-thuc")], typed)
    values = {"secret": secret, "address": str(place), "key": key, "path": form.request.url.path}
    return form.page("console/connection-secret.html", values, section="exports", has_secret=True)


@router.post(f"{PATH}/thu")
def try_out(form: OfficerForm, id_: int) -> Response:
    """A trial message, at once."""
    with form.db.transaction() as session:
        _key(session, id_)
        hook = hooks.of_key(session, id_)
        if hook is None:
            raise HTTPException(404)
        queued = calls.try_out(session, hook.id, form.db.now(session))
    words = _("Đang gửi thử. Tải lại trang sau vài giây để xem máy ấy trả lời thế nào.")
    waits = _("Một lần gửi thử còn đang chờ. Tải lại trang sau vài giây.")
    return form.see(f"{ROOT}/ket-noi/{id_}/bao", words if queued else waits)


@router.post(f"{PATH}/thoi")
def drop(form: OfficerForm, id_: int) -> Response:
    """Tell no more."""
    with form.db.transaction() as session:
        key, now = _key(session, id_), form.db.now(session)
        if hooks.drop(session, id_):
            form.note(session, now, "connection.told-no-more", name=key.name)
    return form.see(f"{ROOT}/ket-noi/{id_}/bao", _("Không báo cho hệ thống này nữa."))
