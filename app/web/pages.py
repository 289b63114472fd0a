"""What all pages share: templates, how they are drawn, and how words and numbers look on them."""

import re
from collections.abc import Callable, Mapping
from functools import cache, lru_cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup, escape
from starlette.responses import RedirectResponse, Response

from app.ballots.saving import TICKET, WAY
from app.folders import folder
from app.index import rulewords
from app.index.estimate import deadline
from app.language import HANOI, LANGUAGE, _, check, clock, day, moment, number, points, translations
from app.text import order
from app.web.assets import asset_url
from app.web.heatcells import heat_cells

TEMPLATES = folder("templates")


def see(path: str) -> Response:
    """303: look there next."""
    return RedirectResponse(path, 303)


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
        if template.startswith("console/"):
            # Beside each heading of the console stands the way to its part of the guide.
            source = source.replace("</h1>", "</h1>{{ help_here }}")
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
        language=LANGUAGE,
        asset_url=asset_url,
        TICKET=TICKET,
        WAY=WAY,
        clock=clock,
        deadline=deadline,
        heat_cells=heat_cells,
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
        check=check,
        rules=rulewords.in_words,
        # Where each name stands, for tables that the browser sorts.
        places=order.places,
        iso=lambda when: when.astimezone(HANOI).isoformat(timespec="minutes"),
    )
    return environment


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
