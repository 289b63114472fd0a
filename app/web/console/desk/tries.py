"""Wrong passwords and codes: how many are too many, and that nobody keeps another one out.

- A password is compared unless too many were wrong *from the same place*: of this account 20 within
  15 minutes, of whatever accounts 60 within a minute. A place is a network, or a browser that has
  signed in to this account before; so a stranger can close only a way of his own.
- Codes of a telephone are limited per account, wherever they come from, since six digits can be
  guessed; they are counted only after the right password. A recovery code (47 bits) always passes.
- What was wrong is counted in memory and in the database, and the stricter of both holds: neither a
  restart, nor another process, nor who empties a table gives anybody more tries.
- Whatever was wrong, and whichever limit of an account is reached, a stranger hears the same.

Passwords are hashed one at a time, whoever asks; who waits for it holds none of the threads that
serve ballots, and a queue that is too long is closed.
"""

import threading
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request

from app.staff import guesses, staff
from app.store.db import Session
from app.web.console.desk.cookies import knows_browser
from app.web.house import House, house_of
from app.web.posts import Posts, PostsOf
from app.web.throttle import network

# With a tenth of a second each, the last one in the queue waits for some seconds.
MOST_WAITING, MOST_OF_ONE = 24, 6


class TooManyTries(Exception):
    """Too many wrong passwords or codes; even a right one waits, a recovery code does not."""


class Crowded(Exception):
    """Too many wait to have a password compared; later is better."""


def must_not_guess(house: House, account: str) -> None:
    """Raises TooManyTries, before a password is compared."""
    if house.limits.sign_ins.is_over(account):
        raise TooManyTries


def must_not_guess_codes(
    house: House, session: Session, staff_id: int, way: str, typed: str, now: datetime
) -> None:
    """Raises TooManyTries, before a code of a way (see `guesses`) is compared."""
    over = house.limits.codes.is_over(f"{way} {staff_id}")
    over = over or guesses.is_over(session, staff_id, way, now)
    if over and not is_recovery(typed):
        raise TooManyTries


def wrong_code(house: House, staff_id: int, way: str) -> None:
    """Note a wrong code in memory; `guesses.wrong` notes it in the account's row, in a transaction
    that is committed."""
    house.limits.codes.wrong(f"{way} {staff_id}")


def is_recovery(typed: str) -> bool:
    """Whether it can only be a recovery code."""
    return bool(staff.spelled(typed)) and not staff.is_of_telephone(typed)


def place_of(request: Request, email: str) -> str:
    """Where a sign-in comes from: a browser that knows this account, else a network."""
    return knows_browser(request, house_of(request), email) or network_of(request)


def network_of(request: Request) -> str:
    return network(request.client.host if request.client else "")


class Queue:
    """Who waits for a password to be hashed; a known browser finds a place when a stranger does
    not."""

    def __init__(self, most: int = MOST_WAITING, of_one: int = MOST_OF_ONE) -> None:
        self.most, self.of_one = most, of_one
        self._waiting: Counter[str] = Counter()
        self._lock = threading.Lock()

    @contextmanager
    def place(self, whose: str, known: bool) -> Iterator[None]:
        """Raises Crowded."""
        with self._lock:
            most = 2 * self.most if known else self.most
            if self._waiting.total() >= most or self._waiting[whose] >= self.of_one:
                raise Crowded
            self._waiting[whose] += 1
        try:
            yield
        finally:
            with self._lock:
                self._waiting[whose] -= 1
                self._waiting += Counter()  # forgets who waits no more


QUEUE = Queue()


async def place(request: Request, found: PostsOf) -> AsyncIterator[None]:
    """A place in the queue; the form has been read, so that a slow one keeps nobody waiting."""
    with QUEUE.place(*_whose(request, found)):
        yield


def _whose(request: Request, found: Posts) -> tuple[str, bool]:
    desk = getattr(request.state, "desk", None)
    if desk is not None:
        return f"staff {desk.staff.id}", True
    browser = knows_browser(request, house_of(request), found.value("email"))
    return browser or network_of(request), bool(browser)


async def turn(_place: Annotated[None, Depends(place, scope="function")]) -> AsyncIterator[None]:
    yield


# The one object of its kind: the limit is the object's.
_ONE_AT_A_TIME = Depends(turn, scope="function", max_concurrency=1)
# A handler that hashes a password takes one of these, after its form.
Turn = Annotated[None, _ONE_AT_A_TIME]
