"""The addresses of the console: where they begin, what they may hold, and where one goes on after a
page that could not be shown.

Every module with a route imports this one, so that it is read before the first route is made.
"""

from urllib.parse import quote

from fastapi import Request
from starlette.convertors import IntegerConvertor, register_url_convertor
from starlette.routing import Match

ROOT = "/quan-tri"
SIGN_IN = f"{ROOT}/dang-nhap"
SECOND_FACTOR = f"{ROOT}/xac-thuc-hai-lop"
LOOK = ["GET", "HEAD"]


class _KeyConvertor(IntegerConvertor):
    """A number in an address is the key of a row; no table of ours counts beyond nine digits."""

    regex = "[0-9]{1,9}"


register_url_convertor("int", _KeyConvertor())


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
