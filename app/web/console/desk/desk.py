"""The desk: who is signed in, what was posted, how a page of the console is drawn.

The guards in `guards` make it: a handler gets a `Desk` (GET) or a `Form` (POST).
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from fastapi import HTTPException, Request
from markupsafe import Markup
from starlette.responses import Response

from app.audit import chain
from app.keys.keyfile import KeyFile
from app.language import _
from app.letters import stops
from app.letters.stops import Stop
from app.settings import Settings
from app.staff import guesses, staff
from app.staff.staff import SignedIn
from app.store.db import Database, Session
from app.store.models import Wave
from app.waves import wave as waves
from app.waves.wave import WaveRefused
from app.web.console.desk.addresses import ROOT
from app.web.console.desk.cookies import SAID, leave_word, read_word, set_session
from app.web.console.desk.guideparts import link_to, part_of
from app.web.console.desk.tries import must_not_guess_codes, wrong_code
from app.web.console.desk.waveline import WaveHead, head_of, newest
from app.web.console.desk.waveswitch import others, page_in
from app.web.house import House
from app.web.pages import page, see
from app.web.posts import Posts, Upload

TICKET = "ve"
CONFIRM = "ma-xac-thuc"
WRONG_CODE = _("Mã xác thực không đúng hoặc đã dùng. Đợi mã mới rồi nhập.")
Faults = list[tuple[str, str]]  # words, and at which field


class Stale(Exception):
    """What the page showed has changed meanwhile."""


class CodeRefused(Exception):
    """The second factor's code is wrong or was used; `WRONG_CODE` says so at the field."""


@dataclass(frozen=True)
class Desk:
    """A request of somebody who is signed in."""

    request: Request
    house: House
    staff: SignedIn

    @property
    def db(self) -> Database:
        return self.house.db

    @property
    def keys(self) -> KeyFile:
        return self.house.keys

    @property
    def settings(self) -> Settings:
        return self.house.settings

    @cached_property
    def mail_stop(self) -> Stop | None:
        """That no letters go out, whichever process saw it."""
        with self.db.reading() as session:
            return stops.standing(session, stops.OUT)

    @property
    def mail_alarm(self) -> Stop | None:
        """The same, where those who can have it mended are to see it on every page."""
        stop = self.mail_stop
        return stop if stop and stop.is_alarm and self.is_a("officer", "admin") else None

    @property
    def worker_error(self) -> str | None:
        """Why no letters go out, for the pages that tell of letters anyway."""
        if self.mail_stop is not None:
            return self.mail_stop.words
        worker = self.house.worker
        return None if worker is None else worker.last_error

    @property
    def returns_error(self) -> str | None:
        """Why letters that came back are not read, whichever process saw it."""
        with self.db.reading() as session:
            stop = stops.standing(session, stops.BACK)
        return None if stop is None else stop.words

    def is_a(self, *roles: str) -> bool:
        return not self.staff.roles.isdisjoint(roles)

    def wave(self, session: Session, code: str) -> Wave:
        """The wave of an address. Raises 404."""
        try:
            return waves.load(session, code)
        except WaveRefused as error:
            raise HTTPException(404) from error

    def head(self, session: Session, wave: Wave) -> WaveHead:
        """What stands about a wave under the menu."""
        return head_of(self.db, session, wave)

    def print_of(self, *parts: object) -> str:
        """A print of some state, for tickets: see `must_be_fresh`."""
        return self.keys.tokens.fingerprint(repr(parts).encode())

    def ticket(self, path: str, seen: str = "") -> Markup:
        """The hidden field of a form that is posted to `path`."""
        return Markup('<input type="hidden" name="{}" value="{}">').format(
            TICKET, f"{ticket_mac(self, path, seen)}.{seen}"
        )

    def page(
        self,
        name: str,
        values: dict[str, object] | None = None,
        head: WaveHead | None = None,
        section: str = "",
        status: int = 200,
        has_secret: bool = False,
    ) -> Response:
        """A page of the console, with the message of the last action on top. With a secret, as the
        answer of a form, it can be looked at for a short time only."""
        self.request.state.has_secret = has_secret
        said = read_word(self.request, self.house)
        here = {"help_here": link_to(part_of(name)), **(values or {})}
        response = page(name, self._values(here, head, section, said), status)
        if said:
            response.delete_cookie(SAID, path=ROOT)
        # Somebody is there still; a fragment that asks by itself shows nothing of that.
        return set_session(response, self.house, self.staff.cookie)

    def fragment(self, name: str, values: dict[str, object]) -> Response:
        """A part of a page, for htmx."""
        return page(name, self._values(values, None, "", ""))

    def _values(
        self, values: dict[str, object] | None, head: WaveHead | None, section: str, said: str
    ) -> dict[str, object]:
        shown = head or newest(self.db)
        return {
            "staff": self.staff,
            "roles": self.staff.roles,
            "head": head,
            "here": shown.code if shown else None,
            "agency": shown.agency if shown else "",
            "section": section,
            "switch": others(self.db, head.code) if head else [],
            "page_in": self._page_in,
            "help_to": link_to,
            "help_here": "",
            "upkeep": self.house.upkeep(),
            "said": said,
            "mail_alarm": self.mail_alarm,
            "ticket": self.ticket,
            **(values or {}),
        }

    def _page_in(self, other: WaveHead) -> str:
        """Where this page has its like in another wave."""
        return page_in(other, self.request.url.path, self.staff.roles)


@dataclass(frozen=True)
class Form(Desk):
    """A posted form of somebody who is signed in."""

    posts: Posts
    seen: str

    def value(self, name: str) -> str:
        """One field, without space around; empty when it is not there."""
        return self.posts.value(name)

    def values(self, name: str) -> list[str]:
        return self.posts.values(name)

    def number(self, name: str) -> int:
        return self.posts.number(name)

    def has(self, name: str) -> bool:
        return self.posts.has(name)

    def upload(self, name: str) -> Upload | None:
        """The file of a field, None when none was chosen."""
        return self.posts.uploads.get(name)

    def must_be_fresh(self, *parts: object) -> None:
        """Raises Stale unless the page was drawn from just this state."""
        if not hmac.compare_digest(self.seen.encode(), self.print_of(*parts).encode()):
            raise Stale

    def must_confirm(self, session: Session, now: datetime) -> None:
        """Ask for the second factor again. Raises CodeRefused, TooManyTries."""
        typed, me = self.value(CONFIRM), self.staff.id
        must_not_guess_codes(self.house, session, me, guesses.DEED, typed, now)
        if not staff.confirm(session, self.keys, me, typed, now):
            wrong_code(self.house, me, guesses.DEED)
            self.request.state.wrong_code = True
            raise CodeRefused

    def tell_wrong_code(self) -> None:
        """Count a code that was wrong, in a transaction of its own and with a line of the log: what
        was to be done has been rolled back."""
        if getattr(self.request.state, "wrong_code", False):
            with self.db.transaction() as session:
                now = self.db.now(session)
                # A recovery code is compared above the limit too; the log hears no more of it.
                if guesses.wrong(session, self.staff.id, guesses.DEED, now) <= guesses.MOST:
                    self.note(session, now, "account.code")

    def note(
        self, session: Session, now: datetime, action: str, wave: str = "", **facts: object
    ) -> chain.Head:
        """One line of the log, in the transaction of the deed."""
        return chain.note(session, self.keys, now, self.staff.who, action, wave, **facts)

    def see(self, path: str, said: str = "") -> Response:
        """303 to the next page, which shows what was done."""
        return leave_word(see(path), self.house, said)


def ticket_mac(desk: Desk, path: str, seen: str) -> str:
    parts = b"\0".join([desk.staff.key_hash, path.encode(), seen.encode()])
    return desk.keys.tokens.fingerprint(b"console " + hashlib.sha256(parts).digest())
