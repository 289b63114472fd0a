"""What a form that was sent back said, kept by its own browser for the page that shows it again.

A refused form answers 303, so that Back and reload work; what was typed is in no address and in no
table. It lies in a cookie for a few minutes, of one length whatever it holds, and only this program
can read it.
"""

import os
import time

from fastapi import Request
from starlette.responses import Response

from app.web.house import House, house_of
from app.web.pages import see

SECONDS = 10 * 60
# As much as a browser takes in one cookie, less what encryption and its name add.
ROOM = 2600
HEAD = 60  # bytes at the front: when it was kept, how long it is, and what for


def send_back(request: Request, where: str, what: str, data: bytes) -> Response:
    """Lead to `where`, which will find `data`, of ROOM at most, under the name `what`."""
    house = house_of(request)
    head = f"{int(time.time())} {len(data)} {_print(house, what)}".encode().ljust(HEAD)
    response = see(where)
    response.set_cookie(
        _name(house),
        house.keys.tokens.veil((head + data).ljust(HEAD + ROOM, b"\0"), os.urandom(12)),
        max_age=SECONDS,
        path="/",
        secure=house.settings.is_https,
        httponly=True,
        samesite="lax",
    )
    return response


def returned(request: Request, what: str) -> bytes | None:
    """What was sent back under this name a short while ago."""
    house = house_of(request)
    value = request.cookies.get(_name(house))
    found = house.keys.tokens.unveil(value) if value else None
    if found is None:
        return None
    at, length, named = found[:HEAD].decode().split()
    if named != _print(house, what) or not 0 <= time.time() - int(at) <= SECONDS:
        return None
    return found[HEAD : HEAD + int(length)]


def kept_text(request: Request, what: str) -> str | None:
    """The same as text; None when nothing was sent back."""
    found = returned(request, what)
    return None if found is None else found.decode()


def forget(request: Request, response: Response) -> Response:
    """Have the browser forget what was sent back: it was seen to."""
    house = house_of(request)
    if _name(house) in request.cookies:
        response.delete_cookie(
            _name(house), path="/", secure=house.settings.is_https, httponly=True, samesite="lax"
        )
    return response


def _print(house: House, what: str) -> str:
    return house.keys.tokens.fingerprint(what.encode())


def _name(house: House) -> str:
    return f"{house.cookie}-lai"
