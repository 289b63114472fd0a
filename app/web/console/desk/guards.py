"""Who may come to the desk: the guards of the console.

A handler takes one of them as its parameter and gets a `Desk` (GET) or a `Form` (POST). A form has
come from our own page, carries the ticket of its address and of its session, and is small; what is
wrong is raised, and has a row in `faults`.
"""

import hmac
from collections.abc import Callable, Iterator
from typing import Annotated

from fastapi import Depends, HTTPException, Request

from app.staff import staff
from app.staff.staff import ADMIN, COUNCIL, OFFICER, SignedIn
from app.web.console.desk.cookies import cookie_name
from app.web.console.desk.desk import TICKET, Desk, Form, ticket_mac
from app.web.house import House, house_of
from app.web.posts import Posts, posts


class NotSignedIn(Exception):
    """No session, or it ended: by time, by a new password, by an administrator."""


class NoSecondFactor(Exception):
    """Signed in, but the second factor has not been set up yet."""


class WrongRole(Exception):
    """This page is for others."""


class TicketRefused(Exception):
    """A form without the ticket of this session and address."""


def signed_in(request: Request) -> Desk:
    """The guard of whoever has a session, also before the second factor is set up."""
    if "\0" in request.scope["path"] or b"%00" in request.scope["query_string"]:
        raise HTTPException(404)  # no address of ours has that sign, and PostgreSQL none at all
    house = house_of(request)
    cookie = request.cookies.get(cookie_name(house.settings))
    found = _whose(house, cookie) if cookie else None
    if found is None:
        raise NotSignedIn
    desk = Desk(request, house, found)
    request.state.desk = desk
    return desk


def _whose(house: House, cookie: str) -> SignedIn | None:
    # Twice: the account may just be changed, and the key file have been told in between.
    for _look in range(2):
        with house.db.reading() as session:
            found = staff.signed_in(session, cookie, house.db.now(session))
        if found is not None:
            return found
    return None


def anyone(desk: Annotated[Desk, Depends(signed_in)]) -> Desk:
    if not desk.staff.ready:
        raise NoSecondFactor
    return desk


def _role(*roles: str) -> Callable[[Desk], Desk]:
    def guard(desk: Annotated[Desk, Depends(anyone)]) -> Desk:
        if not desk.is_a(*roles):
            raise WrongRole
        return desk

    # What the test that walks all routes reads.
    guard.roles = frozenset(roles)  # type: ignore[attr-defined]
    return guard


def _form(guard: Callable[..., Desk]) -> Callable[[Desk, Posts], Iterator[Form]]:
    # The guard comes first: nobody without a session makes us read ten megabytes.
    def posted(
        desk: Annotated[Desk, Depends(guard)], found: Annotated[Posts, Depends(posts)]
    ) -> Iterator[Form]:
        form = form_of(desk, found)
        try:
            yield form
        finally:
            form.tell_wrong_code()

    return posted


def form_of(desk: Desk, found: Posts) -> Form:
    """A form with its ticket checked. Raises TicketRefused."""
    mac, dot, seen = found.value(TICKET).partition(".")
    expected = ticket_mac(desk, desk.request.url.path, seen)
    if not dot or not hmac.compare_digest(mac.encode(), expected.encode()):
        raise TicketRefused
    return Form(desk.request, desk.house, desk.staff, found, seen)


officer, admin = _role(OFFICER), _role(ADMIN)
reader, council = _role(OFFICER, COUNCIL), _role(COUNCIL)
Officer = Annotated[Desk, Depends(officer)]
Reader = Annotated[Desk, Depends(reader)]
Admin = Annotated[Desk, Depends(admin)]
Anyone = Annotated[Desk, Depends(anyone)]
SignedInDesk = Annotated[Desk, Depends(signed_in)]
OfficerForm = Annotated[Form, Depends(_form(officer), scope="function")]
ReaderForm = Annotated[Form, Depends(_form(reader), scope="function")]
CouncilForm = Annotated[Form, Depends(_form(council), scope="function")]
AdminForm = Annotated[Form, Depends(_form(admin), scope="function")]
AnyoneForm = Annotated[Form, Depends(_form(anyone), scope="function")]
SignedInForm = Annotated[Form, Depends(_form(signed_in), scope="function")]
