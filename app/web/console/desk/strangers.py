"""Pages of the console for who is not signed in."""

from collections.abc import Mapping

from starlette.responses import Response

from app.web.pages import page

NOBODY: dict[str, object] = {
    "staff": None,
    "roles": frozenset(),
    "head": None,
    "here": None,
    "agency": "",
    "section": "",
    "switch": [],
    "help_here": "",
    "said": "",
}


def strangers_page(name: str, values: Mapping[str, object], status: int = 200) -> Response:
    """A page that names nobody and leads nowhere."""
    return page(name, {**NOBODY, **values}, status)
