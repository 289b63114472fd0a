"""Kết nối: the addresses for the scoring system, and the keys with which it reads and writes."""

from datetime import datetime, timedelta
from typing import Any

from fastapi import APIRouter, HTTPException
from starlette.responses import Response

from app.language import _
from app.staff import connections
from app.staff.connections import ConnectionRefused, Grant
from app.store.db import Session
from app.text.cleaning import clean
from app.waves import wave as waves
from app.web.api import more, routes, v1
from app.web.console.desk.addresses import LOOK, ROOT
from app.web.console.desk.desk import WRONG_CODE, CodeRefused, Desk, Faults
from app.web.console.desk.guards import OfficerForm, Reader
from app.web.console.door import keyform
from app.web.console.door.keyform import NAME, Typed
from app.web.console.waves import waveform
from app.webhooks import hooks

router = APIRouter()
PATH = f"{ROOT}/ket-noi"


@router.api_route(PATH, methods=LOOK)
def show(desk: Reader) -> Response:
    return _page(desk)


def _page(desk: Desk, faults: Faults | None = None, typed: Typed | None = None) -> Response:
    with desk.db.reading() as session:
        now = desk.db.now(session)
        issued = connections.issued(session)
        told = {each.key_id: each for each in hooks.everyone(session)}
        named = _waves(session)
    values: dict[str, object] = {
        **addresses(desk),
        "path": PATH,
        "issued": issued,
        "told_at": told,
        "now": now,
        "a_day": timedelta(days=1),
        "waves": named,
        "most": connections.MOST,
        "full": sum(key.is_live for key in issued) >= connections.MOST,
        "typed": typed or keyform.blank(now),
        "faults": faults or [],
        "bad": [field for _words, field in faults or []],
    }
    status = 422 if faults else 200
    return desk.page("console/connections.html", values, section="exports", status=status)


def _waves(session: Session) -> dict[str, str]:
    """The waves that a key may be for: code → name."""
    return {
        each.code: waves.index_of(each)[0].name
        for each in waves.every(session)
        if not each.rehearsal
    }


def addresses(desk: Desk, code: str = "") -> dict[str, object]:
    """The addresses to hand on; without a wave its code stands for any."""
    base, wave = desk.settings.base_url, code or _("MÃ-ĐỢT")
    return {
        "waves_address": base + v1.WAVES,
        "scores_address": base + v1.SCORES.format(code=wave),
        "wave_address": base + v1.WAVE.format(code=wave),
        "appraised_address": base + more.APPRAISED.format(code=wave),
        "schema_address": base + routes.SCHEMA,
        "document_address": base + routes.DOCUMENT,
    }


@router.post(PATH)
def make(form: OfficerForm) -> Response:
    """A new key, shown once."""
    typed = keyform.read(form.posts)
    with form.db.reading() as session:
        grant = keyform.judged(typed, waves.codes(session), form.db.now(session))
    if not isinstance(grant, Grant):
        return _page(form, grant, typed)
    try:
        with form.db.transaction() as session:
            now = form.db.now(session)
            key = connections.make(session, typed.name, form.staff.name, now, grant)
            form.must_confirm(session, now)
            form.note(session, now, "connection.make", name=clean(typed.name), **_facts(grant))
    except ConnectionRefused as refused:
        return _page(form, [(str(refused), NAME)], typed)
    except CodeRefused:
        return _page(form, [(WRONG_CODE, "ma-xac-thuc")], typed)
    values = {
        **addresses(form),
        "key": key,
        "name": clean(typed.name),
        "path": PATH,
        "grant": grant,
        "last_day": last_day(grant),
    }
    return form.page("console/connection-made.html", values, section="exports", has_secret=True)


def last_day(grant: Grant) -> datetime | None:
    """The last day on which a key is taken."""
    return grant.expires_at and grant.expires_at - timedelta(days=1)


def _facts(grant: Grant) -> dict[str, Any]:
    """What the log says of a grant: what is not as usual."""
    day = last_day(grant)
    return {
        **({"scope": grant.scope} if grant.may_write else {}),
        **({"waves": sorted(grant.waves)} if grant.waves else {}),
        **({"last_day": waveform.typed_of(day)[0]} if day else {}),
    }


@router.post(f"{PATH}/{{id_:int}}/thu-hoi")
def revoke(form: OfficerForm, id_: int) -> Response:
    """End a key at once, and tell its program no more. Nothing is lost by it: another can be
    made."""
    with form.db.transaction() as session:
        key = connections.of_id(session, id_)
        if key is None:
            raise HTTPException(404)
        now = form.db.now(session)
        if connections.revoke(session, id_, now):
            form.note(session, now, "connection.revoke", name=key.name)
        hooks.drop(session, id_)
    return form.see(PATH, _("Đã thu hồi khóa “{name}”.").format(name=key.name))
