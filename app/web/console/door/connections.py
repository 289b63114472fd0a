"""Kết nối: the address for the scoring system, and the keys with which it may read."""

from fastapi import APIRouter, HTTPException
from starlette.responses import Response

from app.language import _
from app.staff import connections
from app.staff.connections import ConnectionRefused
from app.text.cleaning import clean
from app.web import api
from app.web.console.desk.addresses import LOOK, ROOT
from app.web.console.desk.desk import WRONG_CODE, CodeRefused, Desk, Faults
from app.web.console.desk.guards import OfficerForm, Reader

router = APIRouter()
PATH = f"{ROOT}/ket-noi"
NAME = "ten-khoa"


@router.api_route(PATH, methods=LOOK)
def show(desk: Reader) -> Response:
    return _page(desk)


def _page(desk: Desk, faults: Faults | None = None, typed: str = "") -> Response:
    with desk.db.reading() as session:
        issued = connections.issued(session)
    values: dict[str, object] = {
        **addresses(desk),
        "path": PATH,
        "issued": issued,
        "most": connections.MOST,
        "full": sum(key.is_live for key in issued) >= connections.MOST,
        "typed": typed,
        "faults": faults or [],
        "bad": [field for _words, field in faults or []],
    }
    status = 422 if faults else 200
    return desk.page("console/connections.html", values, section="exports", status=status)


def addresses(desk: Desk, code: str = "") -> dict[str, object]:
    """The addresses to hand on; without a wave its code stands for any."""
    base = desk.settings.base_url
    return {
        "waves_address": base + api.WAVES,
        "scores_address": base + api.SCORES.format(code=code or _("MÃ-ĐỢT")),
        "wave_address": base + api.WAVE.format(code=code or _("MÃ-ĐỢT")),
        "schema_address": base + api.SCHEMA,
        "document_address": base + api.DOCUMENT,
    }


@router.post(PATH)
def make(form: OfficerForm) -> Response:
    """A new key, shown once."""
    name = form.value(NAME)
    fault = connections.name_fault(name)
    if fault is not None:
        return _page(form, [(fault, NAME)], name)
    try:
        with form.db.transaction() as session:
            now = form.db.now(session)
            key = connections.make(session, name, form.staff.name, now)
            form.must_confirm(session, now)
            form.note(session, now, "connection.make", name=clean(name))
    except ConnectionRefused as refused:
        return _page(form, [(str(refused), NAME)], name)
    except CodeRefused:
        return _page(form, [(WRONG_CODE, "ma-xac-thuc")], name)
    values = {**addresses(form), "key": key, "name": clean(name), "path": PATH}
    return form.page("console/connection-made.html", values, section="exports", has_secret=True)


@router.post(f"{PATH}/{{id_:int}}/thu-hoi")
def revoke(form: OfficerForm, id_: int) -> Response:
    """End a key at once. Nothing is lost by it: another can be made."""
    with form.db.transaction() as session:
        named = {key.id: key.name for key in connections.issued(session)}
        if id_ not in named:
            raise HTTPException(404)
        now = form.db.now(session)
        if connections.revoke(session, id_, now):
            form.note(session, now, "connection.revoke", name=named[id_])
    return form.see(PATH, _("Đã thu hồi khóa “{name}”.").format(name=named[id_]))
