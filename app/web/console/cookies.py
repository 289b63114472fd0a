"""What the console leaves in a browser: a session, and a word for the next page."""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode

from fastapi import Request
from starlette.responses import Response

from app.settings import Settings
from app.web.pages import House

ROOT = "/quan-tri"
SAID = "phieu-loi-nhan"


def leave_word(response: Response, house: House, said: str) -> Response:
    """Have the next page of the console say something."""
    if said:
        packed = urlsafe_b64encode(said.encode()).decode()
        signed = f"{packed}.{house.keys.tokens.fingerprint(said.encode())}"
        response.set_cookie(
            SAID,
            signed,
            max_age=120,
            path=ROOT,
            secure=house.settings.is_https,
            httponly=True,
            samesite="lax",
        )
    return response


def read_word(request: Request, house: House) -> str:
    """What the last action left for this page to say."""
    packed, _dot, mac = request.cookies.get(SAID, "").partition(".")
    try:
        said = urlsafe_b64decode(packed).decode()
    except ValueError:
        return ""
    expected = house.keys.tokens.fingerprint(said.encode())
    return said if hmac.compare_digest(mac.encode(), expected.encode()) else ""


def cookie_name(settings: Settings) -> str:
    # A browser takes a __Host- cookie from this very host and over https alone.
    return "__Host-phieu-quan-tri" if settings.is_https else "phieu-quan-tri"


def set_session(response: Response, house: House, key: str) -> Response:
    """Give a browser its session."""
    response.set_cookie(
        cookie_name(house.settings),
        key,
        path="/",
        secure=house.settings.is_https,
        httponly=True,
        samesite="lax",
    )
    return response
