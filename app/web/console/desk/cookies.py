"""What the console leaves in a browser: a session, and a word for the next page."""

import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode

from fastapi import Request
from starlette.responses import Response

from app.settings import Settings
from app.text.cleaning import email_key
from app.web.console.desk.addresses import ROOT
from app.web.house import House

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


def set_browser(response: Response, request: Request, house: House, email: str) -> Response:
    """Have a browser remember that this account was signed in to here. It opens nothing: it only
    keeps the wrong tries of others apart from this browser's."""
    number = knows_browser(request, house, email) or secrets.token_hex(8)
    response.set_cookie(
        _browser_name(house, email),
        f"{number}.{_browser_mac(house, email, number)}",
        max_age=400 * 24 * 3600,  # no browser keeps one longer
        path=ROOT,
        secure=house.settings.is_https,
        httponly=True,
        samesite="lax",
    )
    return response


def knows_browser(request: Request, house: House, email: str) -> str:
    """The number of a browser in which this account was signed in to, else nothing."""
    number, _dot, mac = request.cookies.get(_browser_name(house, email), "").partition(".")
    fits = hmac.compare_digest(mac.encode(), _browser_mac(house, email, number).encode())
    return number if number and fits else ""


def _browser_name(house: House, email: str) -> str:
    # Several people may share a browser.
    return f"phieu-may-{house.keys.tokens.fingerprint(_browser_of(email))[:12]}"


def _browser_mac(house: House, email: str, number: str) -> str:
    return house.keys.tokens.fingerprint(_browser_of(email) + b"\0" + number.encode())


def _browser_of(email: str) -> bytes:
    return b"console browser " + email_key(email).encode()


def cookie_name(settings: Settings) -> str:
    # A browser takes a __Host- cookie from this very host and over https alone.
    return "__Host-phieu-quan-tri" if settings.is_https else "phieu-quan-tri"


def set_session(response: Response, house: House, cookie: str) -> Response:
    """Give a browser its session, or the mark that its person was there just now."""
    response.set_cookie(
        cookie_name(house.settings),
        cookie,
        path="/",
        secure=house.settings.is_https,
        httponly=True,
        samesite="lax",
    )
    return response
