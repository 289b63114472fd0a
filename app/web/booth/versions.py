"""One page of a ballot that two devices filled in: which version shall it be?"""

import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from fastapi import Request
from starlette.responses import Response

from app.ballots import saving
from app.ballots.ballot import OpenBallot
from app.ballots.page import UNITS, Page
from app.ballots.saving import TICKET, WAY, Content, Fields, FormFault, SavedElsewhere
from app.index.parts import Unit
from app.keys.urn import DraftState
from app.language import _
from app.web.booth.ballotpages import asked, frame, ticket
from app.web.booth.returned import ROOM, returned, send_back
from app.web.house import House
from app.web.padding import COMMENT_BYTES, Padding, size
from app.web.pages import page, tie

CHOSEN = _("Các cơ quan đã chọn")


def two_versions(
    house: House,
    ballot: OpenBallot,
    state: DraftState,
    code: str,
    found: SavedElsewhere,
    status: int = 200,
) -> Response:
    """One page saved on two devices: which version shall it be?"""
    shown = found.page
    values = {
        "padding": Padding(),
        "size": size,
        "most": None if shown is None else most_of(shown),
        "all_units_bytes": size(_names(ballot.index.unit_of[code] for code in ballot.units)),
        "rows": [] if shown is None else differences(shown, found.stored, found.posted),
        "hidden": [] if shown is None else resubmitted(shown, found.posted),
        "asked": shown is not None,
        "unasked": _names(ballot.index.unit_of[code] for code in found.unasked),
        "ticket": ticket(
            house, ballot, code, saving.page_print(shown, state) if shown else b"asked no more"
        ),
    }
    return page("ballot/versions.html", frame(ballot) | values, status)


def set_aside(
    request: Request, ballot: OpenBallot, where: str, code: str, fields: Fields
) -> Response | None:
    """Lead to the page that asks, with what was filled in here kept by this browser alone; None
    where a browser has no room for it."""
    said = urlencode([pair for pair in fields if pair[0] not in (TICKET, WAY)])
    packed = zlib.compress(said.encode(), 9)
    return send_back(request, where, what_of(ballot, code), packed) if len(packed) <= ROOM else None


def what_of(ballot: OpenBallot, code: str) -> str:
    """The name of a version that was set aside: of this ballot's page, never another's."""
    return f"hai-ban.{ballot.name.packed().hex()}.{code}"


def conflict(
    request: Request, ballot: OpenBallot, state: DraftState, code: str
) -> SavedElsewhere | None:
    """What `set_aside` kept of a page, as long as keeping it would lose something."""
    packed = returned(request, what_of(ballot, code))
    if packed is None:
        return None
    fields = parse_qsl(zlib.decompress(packed).decode(), keep_blank_values=True)
    try:
        saving.save(asked(ballot, state), code, state, fields, lambda _print: False, False)
    except SavedElsewhere as found:
        return found
    except FormFault:
        return None
    return None


@dataclass(frozen=True)
class Most:
    """How much the question between two versions of a page can show: of all its rows their own
    words, of all its hidden fields their names and values, in bytes."""

    rows: int
    row_bytes: int
    fields: int
    field_bytes: int


def most_of(shown: Page) -> Most:
    """All that a page asks, answered at the greatest length in both versions."""
    if shown.code == UNITS:
        names = size(_names(shown.offered))
        codes = sum(len("units" + unit.code) for unit in shown.offered)
        return Most(1, size(CHOSEN) + 2 * names, len(shown.offered), codes)
    words = {
        code: max(size(level.label) for level in scale.levels) + size(scale.no_opinion)
        for code, scale in shown.index.scale_of.items()
    }
    # Of several that may be ticked, all of them.
    every = {name: size(_all_words(shown, name, levels)) for name, levels in shown.several.items()}
    row_bytes = sum(
        size(tie(shown.text(ask)))
        + 2 * every.get(ask.name, words.get(ask.question.scale or "", COMMENT_BYTES))
        for ask in shown.asks
    )
    value = 1 if shown.items else COMMENT_BYTES
    fields = [ask.name for ask in shown.asks for _tick in shown.several.get(ask.name, "1")]
    field_bytes = sum(len(name) + value for name in fields)
    return Most(len(shown.asks), row_bytes, len(fields), field_bytes)


def _all_words(shown: Page, name: str, levels: str) -> str:
    return shown.index.said(shown.index.question_of[shown.items[name][0]], levels)


def _names(units: Iterable[Unit]) -> str:
    return ", ".join(unit.name for unit in units)


def differences(shown: Page, stored: Content, posted: Content) -> list[tuple[str, str, str]]:
    """(what, as posted here, as stored by the other device) wherever the two differ."""
    if shown.code == UNITS:
        names = [
            _names(unit for unit in shown.offered if unit.code in content)
            for content in (posted, stored)
        ]
        return [(CHOSEN, names[0], names[1])]
    return [
        (shown.text(ask), shown.words(ask, posted), shown.words(ask, stored))
        for ask in shown.asks
        if posted.get(ask.name) != stored.get(ask.name)
    ]


def resubmitted(shown: Page, posted: Content) -> list[tuple[str, str]]:
    """The fields that say `posted` again."""
    if shown.code == UNITS:
        return [("units", code) for code in posted]
    return [
        (name, each)
        for name, value in posted.items()
        for each in (value if name in shown.several else [value])
    ]
