"""The tables of the doors: which row speaks of an exception, and who draws it."""

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from app.web.faults import Door, Doors, Fault, Rows


class Known(Exception):
    """Has a row at the last door alone."""


class Narrow(Known):
    """Has a row of its own at the desk."""


class Unknown(Exception):
    """Has no row."""


def door(root: str, rows: Rows, too_long: Fault | None = None) -> Door:
    def bare(fault: Fault) -> Response:
        return PlainTextResponse(f"{root}: {fault.title}", fault.status)

    crash = Fault(500, "crash", "")
    return Door(root, rows, lambda _request, fault: bare(fault), bare, crash, too_long)


DOORS = Doors(
    door("/desk", {Narrow: Fault(409, "narrow", "", headers={"Retry-After": "60"})}),
    door("", {Known: lambda _request, error: Fault(404, str(error), "")}, Fault(431, "long", "")),
)


def at(path: str) -> Request:
    return Request({"type": "http", "path": path, "query_string": b"", "headers": []})


def said(response: Response) -> tuple[int, str]:
    return response.status_code, bytes(response.body).decode()


def test_a_door_says_what_its_own_row_says() -> None:
    response = DOORS.answer(at("/desk/x"), Narrow())
    assert said(response) == (409, "/desk: narrow")
    assert response.headers["retry-after"] == "60"


def test_the_last_door_speaks_where_another_has_no_row() -> None:
    assert said(DOORS.answer(at("/desk"), Known("k"))) == (404, ": k")
    assert said(DOORS.too_long(at("/desk/x"), 414)) == (414, ": long")


@pytest.mark.parametrize("path", ["/", "/desks", "/x/desk"])
def test_an_address_of_no_door_is_of_the_last_one(path: str) -> None:
    assert said(DOORS.answer(at(path), Narrow("n"))) == (404, ": n")


def test_what_has_no_row_goes_on_to_the_last_resort() -> None:
    with pytest.raises(Unknown):
        DOORS.answer(at("/desk/x"), Unknown())
