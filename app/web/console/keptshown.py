"""A page that a form was answered with, looked at again: by its mark, at its address."""

import json
import re
from base64 import urlsafe_b64decode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match

from app.keys.keyfile import KeyFileLost, KeysMissing
from app.language import moment
from app.staff import keptpages, staff
from app.staff.staff import SignedIn
from app.web.console.desk.addresses import MARK, with_query, without_mark
from app.web.console.desk.cookies import cookie_name, set_session
from app.web.frame import CSP
from app.web.house import House, house_of
from app.web.pages import see

STRANGERS = "phieu-lai"  # the cookie in which a stranger takes a page along


def packed(body: bytes, policy: str, idle: str = "") -> bytes:
    """A page with a policy of its own, if it has one, and the time it says its session ends at."""
    return json.dumps({"policy": policy, "idle": idle}).encode() + b"\n" + body


def strangers_key(house: House) -> bytes:
    return house.keys.derived("kept page of a stranger")


def shown_again(request: Request) -> Response:
    """The page of a mark, else 303 to what stands at its address now."""
    _note_route(request)
    mark, path = request.query_params[MARK], request.scope["path"]
    plain = see(with_query(path, without_mark(request.url.query)))
    if "\0" in path + mark:
        return plain
    house = house_of(request)
    cookie = request.cookies.get(cookie_name(house.settings), "")
    try:
        found = _found(house, cookie, mark, path) if cookie else None
        if found is not None:
            kept, who = found
            return set_session(_drawn(kept, who), house, who.cookie)
        page = _brought(request, house, mark, path)
    except (KeysMissing, KeyFileLost):
        return plain
    return plain if page is None else _drawn(page, None)


def _note_route(request: Request) -> None:
    """Whose template the access log has: nothing else will ask the routes."""
    for route in request.app.routes:
        match, found = route.matches(request.scope)
        if match is Match.FULL:
            request.scope.update(found)
            return


def _found(house: House, cookie: str, mark: str, path: str) -> tuple[bytes, SignedIn] | None:
    with house.db.reading() as session:
        now = house.db.now(session)
        who = staff.signed_in(session, cookie, now)
        page = None if who is None else keptpages.shown(session, who, mark, path, now)
    return None if who is None or page is None else (page, who)


def _brought(request: Request, house: House, mark: str, path: str) -> bytes | None:
    """The page that a stranger's cookie holds."""
    try:
        sealed = urlsafe_b64decode(request.cookies.get(STRANGERS, ""))
    except ValueError:
        return None
    return keptpages.unseal(strangers_key(house), sealed, mark, path)


def _drawn(page: bytes, who: SignedIn | None) -> Response:
    head, _line, body = page.partition(b"\n")
    told = json.loads(head)
    if who is not None:
        body = _on_time(body, told["idle"], who)
    response = Response(body, media_type="text/html")
    if told["policy"]:
        response.headers[CSP[0].decode()] = told["policy"]
    return response


def _on_time(body: bytes, idle: str, who: SignedIn) -> bytes:
    """A page that says when its session ends, as that is now; what stands in `<main>` stays."""
    before, main, rest = body.partition(b"<main")
    inside, end, after = rest.rpartition(b"</main>")
    was, now = idle.encode(), moment(who.idle_ends_at).encode()
    left = b'data-left="%d"' % who.left.total_seconds()
    before = re.sub(rb'data-left="\d+"', left, before.replace(was, now))
    return b"".join((before, main, inside, end, after.replace(was, now)))
