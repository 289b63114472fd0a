"""The addresses of the console: where they begin, what they may hold, and where one goes on after a
page that could not be shown.

Every module with a route imports this one, so that it is read before the first route is made.
"""

from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

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


MARK = "lai"  # in the query of an address: which page is shown again there, see `kept`
LONGEST_QUERY = 1_000


def page_of(request: Request) -> str:
    """The page a form belongs to: as much of the form's address as can be looked at."""
    path = request.url.path
    while path.startswith(f"{ROOT}/"):
        if can_be_looked_at(request, path):
            return path
        path = path.rpartition("/")[0]
    return ROOT


def can_be_looked_at(request: Request, path: str) -> bool:
    scope = {**request.scope, "method": "GET", "path": path}
    return any(route.matches(scope)[0] is Match.FULL for route in request.app.routes)


def stood_on(request: Request) -> tuple[str, str]:
    """The page that a form was sent from, as its browser says, else the one it belongs to: path
    and query, without the mark of a page shown again."""
    sent_from = urlsplit(request.headers.get("referer", ""))
    path = unquote(sent_from.path)
    if f"{path}/".startswith(f"{ROOT}/") and can_be_looked_at(request, path):
        return path, without_mark(sent_from.query)
    return page_of(request), ""


def without_mark(query: str) -> str:
    if len(query) > LONGEST_QUERY:
        return ""
    fields = parse_qsl(query, keep_blank_values=True)
    return urlencode([(name, value) for name, value in fields if name != MARK])


def with_query(path: str, query: str) -> str:
    return f"{quote(path)}?{query}" if query else quote(path)


def sign_in_path(request: Request) -> str:
    """Where to sign in, and come back from."""
    if request.method not in LOOK:
        back = page_of(request)
    else:
        query = without_mark(request.url.query)
        back = request.url.path + (f"?{query}" if query else "")
    return SIGN_IN if back == ROOT else f"{SIGN_IN}?tiep={quote(back, safe='/')}"
