"""Where somebody goes on after a page that could not be shown: after signing in, after a fault."""

from urllib.parse import quote

from fastapi import Request
from starlette.routing import Match

from app.web.console.desk.cookies import ROOT
from app.web.console.desk.desk import LOOK, SIGN_IN


def page_of(request: Request) -> str:
    """The page a form stood on: as much of the form's address as can be looked at."""
    path = request.url.path
    while path.startswith(f"{ROOT}/"):
        scope = {**request.scope, "method": "GET", "path": path}
        if any(route.matches(scope)[0] is Match.FULL for route in request.app.routes):
            return path
        path = path.rpartition("/")[0]
    return ROOT


def sign_in_path(request: Request) -> str:
    """Where to sign in, and come back from."""
    if request.method not in LOOK:
        back = page_of(request)
    else:
        back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return SIGN_IN if back == ROOT else f"{SIGN_IN}?tiep={quote(back, safe='/')}"
