"""What all pages share: the house, templates, links and cookies, and who organises.

A handler finds everything it needs in the `House` of its app.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache

from fastapi import Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup, escape
from starlette.responses import RedirectResponse, Response

from app.ballots.saving import TICKET, WAY
from app.folders import folder
from app.index import rulewords
from app.index.definition import Index
from app.index.estimate import deadline
from app.index.parts import Organiser
from app.keys.keyfile import KeyFile
from app.keys.tokens import BallotName
from app.language import HANOI, _, clock, day, moment, number, points, translations
from app.settings import Settings
from app.store.db import Database
from app.text import order
from app.web.assets import asset_url
from app.web.limits import Limits
from app.worker.sending import Worker

TEMPLATES = folder("templates")


@dataclass(frozen=True)
class House:
    """What an app was made of."""

    settings: Settings
    db: Database
    keys: KeyFile
    worker: Worker | None = None  # the sender of this process, if it has one
    limits: Limits = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "limits", Limits(self.db, self.keys))

    @property
    def cookie(self) -> str:
        # A browser takes a __Host- cookie from this very host and over https alone.
        return "__Host-phieu" if self.settings.is_https else "phieu"

    def link(self, ballot: BallotName) -> str:
        """The path of a ballot's link."""
        return f"/p/{self.keys.tokens.link(ballot)}"


def house_of(request: Request) -> House:
    house: House = request.app.state.house
    return house


def named(request: Request) -> BallotName | None:
    """The ballot that this browser's cookie names."""
    house = house_of(request)
    value = request.cookies.get(house.cookie)
    return None if value is None else house.keys.tokens.read_cookie(value)


def set_cookie(response: Response, house: House, ballot: BallotName) -> Response:
    response.set_cookie(
        house.cookie,
        house.keys.tokens.cookie(ballot),
        path="/",
        secure=house.settings.is_https,
        httponly=True,
        samesite="lax",
    )
    return response


def see(path: str) -> Response:
    """303: look there next."""
    return RedirectResponse(path, 303)


def wrong(request: Request) -> bool:
    """Note a wrong link or code; True when its address had too many within a minute.

    Not for use inside a transaction.
    """
    address = request.client.host if request.client else ""
    return house_of(request).limits.links.wrong(address)


def page(name: str, values: Mapping[str, object], status: int = 200) -> Response:
    """A page from `templates/`, UTF-8, never packed: the packed length would tell the answers."""
    return Response(draw(name, values), status, media_type="text/html")


def draw(name: str, values: Mapping[str, object]) -> Markup:
    """A template filled in; whatever it was given is escaped."""
    return Markup(_template(name).render(values))  # noqa: S704


@cache
def _template(name: str) -> Template:
    return _environment().get_template(name)


class Worded(FileSystemLoader):
    """Templates with their plain words already translated: a process speaks one language, and a
    call for each word at each request costs more than all the rest of a page."""

    def get_source(
        self, environment: Environment, template: str
    ) -> tuple[str, str, Callable[[], bool]]:
        source, filename, is_fresh = super().get_source(environment, template)
        return WORDS.sub(_translated, source), filename, is_fresh


WORDS = re.compile(
    r'\{\{ _\("(?P<text>[^"{}]+)"\) \}\}|\{% trans %\}(?P<html>[^{}]+)\{% endtrans %\}'
)


def _translated(found: re.Match[str]) -> str:
    html = found["html"]
    return _(html) if html else str(escape(_(found["text"])))


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=Worded(TEMPLATES),
        autoescape=True,
        extensions=["jinja2.ext.i18n"],
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.install_gettext_translations(  # type: ignore[attr-defined]
        translations, newstyle=True
    )
    environment.globals.update(
        asset_url=asset_url, TICKET=TICKET, WAY=WAY, clock=clock, deadline=deadline
    )
    environment.filters.update(
        number=number,
        tie=tie,
        tel=tel,
        address=breakable,
        day=day,
        moment=moment,
        deadline=deadline,
        points=points,
        rules=rulewords.in_words,
        # Where each name stands, for tables that the browser sorts.
        places=order.places,
        iso=lambda when: when.astimezone(HANOI).isoformat(timespec="minutes"),
    )
    return environment


@dataclass(frozen=True)
class Letterhead:
    """Who asks, on every page. Without an index there is nobody to name yet."""

    organiser: Organiser
    what: str

    @classmethod
    def of(cls, index: Index | None) -> "Letterhead":
        if index is None:
            return cls(Organiser(name=_("Phiếu điều tra")), "")
        what = _("Phiếu đánh giá cải cách hành chính năm {year}").format(year=index.year)
        return cls(index.organiser or Organiser(name=index.name), what)


@lru_cache(4096)
def tie(text: str) -> str:
    """A heading's words that belong together, tied with no-break spaces."""
    text = text.replace("sở, ban, ngành", "sở,\u00a0ban,\u00a0ngành")
    text = re.sub(r"\b([Nn]ăm|[Cc]âu) (?=\d)", "\\1\u00a0", text)
    # The syllables of a place or a name: Lai Châu.
    return re.sub(r"\b(tỉnh|thành phố) (\w+) (?=[^\W\d_a-zà-ỹ])", "\\1 \\2\u00a0", text)


def tel(phone: str) -> str:
    """A telephone number as `tel:` wants it; the leading 0 is Vietnam's."""
    digits = re.sub(r"[^\d+]", "", phone)
    return f"+84{digits[1:]}" if digits.startswith("0") else digits


def breakable(address: str) -> Markup:
    """An e-mail address that may break after the @."""
    local, at, domain = address.partition("@")
    return Markup("{}{}<wbr>{}").format(local, at, domain) if at else escape(address)
