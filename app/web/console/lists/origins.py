"""Ai đã đưa ai vào danh sách: who put how many people on a roster, from what, since when.

Invented people cannot be told from others by a program; people can, who see whose hand it was.
Officers see names of those who were typed in; the council sees numbers and files.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter
from starlette.responses import Response

from app.audit import chain
from app.bonds import origins
from app.bonds.origins import Newcomer, Origin
from app.index.definition import Index
from app.store.db import Session
from app.store.models import Wave
from app.waves import overview
from app.waves import wave as waves
from app.web.console.desk.addresses import LOOK, ROOT
from app.web.console.desk.guards import Reader
from app.web.console.lists.roster import path_of

router = APIRouter()


@dataclass(frozen=True)
class Section:
    """The people of one origin, and what is known about them."""

    origin: Origin
    groups: list[tuple[str, int]]  # name and people, as the index orders them
    since: str  # when the list was put in, as the log knows
    people: Sequence[tuple[Newcomer, str]]  # who was typed in or came later, and when


@router.api_route(f"{ROOT}/dot/{{code}}/nguoi-dua-vao", methods=LOOK)
def show(desk: Reader, code: str) -> Response:
    officer = desk.is_a("officer")
    with desk.db.reading() as session:
        wave = desk.wave(session, code)
        head = desk.head(session, wave)
        index, _layout = waves.index_of(wave)
        found = origins.of(session, wave)
        people = origins.newcomers(session, wave) if officer else []
        sections = _sections(session, wave, index, found, people)
    values: dict[str, object] = {
        "path": path_of(code),
        "index": index,
        "sections": [each for each in sections if not each.origin.later],
        "later": [each for each in sections if each.origin.later],
        "launched": wave.launched_at is not None,
        "officer": officer,
    }
    section = "roster" if officer else "log"
    return desk.page("console/origins.html", values, head=head, section=section)


def _sections(
    session: Session,
    wave: Wave,
    index: Index,
    found: Sequence[Origin],
    people: Sequence[Newcomer],
) -> list[Section]:
    lists, ones = _times(session, wave)
    return [
        Section(
            origin=origin,
            groups=_in_order(index, origin.groups),
            since=lists.get(origin.by, "") if origin.source else "",
            people=[
                (each, ones.get(each.id, ""))
                for each in people
                if (each.by, each.source, each.later) == (origin.by, origin.source, origin.later)
            ],
        )
        for origin in found
    ]


def _in_order(index: Index, groups: Mapping[str, int]) -> list[tuple[str, int]]:
    places = {group.code: place for place, group in enumerate(index.groups)}
    sorted_ = sorted(groups, key=lambda code: (places.get(code, len(places)), code))
    known = index.group_of
    return [(known[code].name if code in known else code, groups[code]) for code in sorted_]


def _times(session: Session, wave: Wave) -> tuple[dict[str, str], dict[int, str]]:
    """When the log says that a list was put in, by whom; and one person, by their number."""
    lists: dict[str, str] = {}
    ones: dict[int, str] = {}
    for line in reversed(chain.lines(session, "roster", wave.code)):
        if line.action in ("roster.import", "roster.take-over"):
            lists[line.who] = _when(line.at)
        elif line.action == "roster.add":
            # Somebody added again comes back, and keeps the first time.
            ones.setdefault(int(str(line.facts.get("respondent", 0))), _when(line.at))
    return lists, ones


def _when(at: datetime) -> str:
    return overview.when(at)
