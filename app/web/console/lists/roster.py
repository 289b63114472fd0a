"""Danh sách: who is on it, page by page, and why a list was not taken."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from fastapi import APIRouter
from starlette.responses import Response

from app.bounces import returned
from app.language import decimal
from app.letters import standing
from app.preparation import agencies, keptlist, keptrows, steps
from app.roster import listing, people
from app.roster.asides import Aside
from app.roster.badrows import BadRows
from app.store.db import Session
from app.store.models import Wave
from app.text.table import Fault
from app.waves import proposals
from app.waves import wave as waves
from app.waves.closing import is_final
from app.waves.corrections import may_change
from app.waves.wave import id_of
from app.web.console.desk.addresses import LOOK, ROOT
from app.web.console.desk.desk import Desk
from app.web.console.desk.guards import Officer
from app.web.console.lists.searches import (
    LETTERS,
    agencies_of,
    asked_of,
    is_narrowed,
    letter_of,
    page_of,
)

router = APIRouter()
WAVE = f"{ROOT}/dot/{{code}}"
PATH = f"{WAVE}/danh-sach"
SHOWN_BAD, SHOWN_WARNINGS = 500, 50


def path_of(code: str) -> str:
    return f"{ROOT}/dot/{code}/danh-sach"


@dataclass(frozen=True)
class Refused:
    """Why a list was not taken, or not all of it: a sentence at a field, or the bad rows."""

    words: str = ""
    field: str = "tep"
    bad: BadRows | None = None
    taken: int = 0
    warnings: Sequence[Fault] = ()
    asides: Sequence[Aside] = ()
    asking: bool = False  # the columns of the file can be told by hand
    file: str = ""  # that was sent and has to be chosen again

    @property
    def alike(self) -> list[tuple[str, list[int]]]:
        """Each warning once, with the rows it is about: one name stands in a hundred rows."""
        found: dict[str, list[int]] = {}
        for each in self.warnings:
            found.setdefault(each.message, []).append(each.row)
        return list(found.items())


@router.api_route(PATH, methods=LOOK)
def show(desk: Officer, code: str) -> Response:
    return draw(desk, code)


def draw(desk: Desk, code: str, refused: Refused | None = None) -> Response:
    """The page of the whole list; with `refused` it is the answer to a form."""
    asked = asked_of(desk)
    with desk.db.reading() as session:
        wave, now = desk.wave(session, code), desk.db.now(session)
        head = desk.head(session, wave)
        index, _layout = waves.index_of(wave)
        wave_id = id_of(wave)
        listed, total = listing.page(
            session,
            wave_id,
            asked["tim"],
            asked["nhom"],
            asked["xep"],
            page_of(desk),
            index,
            agency=asked["co-quan"],
            more=standing.invited(wave_id, letter_of(wave, asked)),
        )
        prepared = steps.of(session, wave_id)
        draft = wave.launched_at is None and wave.cancelled_at is None
        near = agencies.found(prepared) if draft else []
        groups = people.by_group(session, wave_id)
        counted = people.agencies(index, people.by_agency(session, wave_id))
        values: dict[str, object] = {
            "code": code,
            "path": path_of(code),
            "wave": wave,
            "index": index,
            "listed": listed,
            "total": total,
            "page": min(page_of(desk), listing.pages(total)),
            "pages": listing.pages(total),
            "asked": asked,
            "query": {field: value for field, value in asked.items() if value},
            "narrowed": is_narrowed(asked),
            "offered": agencies_of(counted, asked["co-quan"]),
            "letters": LETTERS if wave.launched_at is not None else {},
            "groups": groups,
            "people": (whole := sum(groups.values())),
            "shares": {
                group.code: decimal(Fraction(100 * groups.get(group.code, 0), whole or 1), 1)
                for group in index.groups
            },
            "assigning": any(group.rates == "assigned" for group in index.groups),
            "agencies": len(counted),
            "removed": people.count(session, wave_id, removed=True),
            "dead": returned.dead_before(session, desk.keys, wave_id, now) if draft else [],
            "near": near,
            "meant": people.first_names(session, wave_id, [each.text for each in near]),
            "unseen": len(agencies.unseen(prepared, index)) if draft else 0,
            "untidy": (prepared.slips, prepared.untidy) if draft else (0, 0),
            "near_seen": desk.print_of(prepared.agencies),
            "earlier": people.elsewhere(session, wave_id) if draft else [],
            "replace": replace_print(desk, session, wave),
            "draft": draft,
            "changeable": may_change(wave, now),
            "adding": len(proposals.waiting(session, wave, now, "add")) if wave.two_people else 0,
            "listable": index.rules.participation_list
            and wave.cast_erased_at is None
            and wave.contacts_erased_at is None,
            "erased": people.erased(session, wave_id),
            "ended": wave.cancelled_at is None and is_final(wave, now),
            "kept": keptrows.note(session, wave_id) if draft else None,
            "held": keptlist.of(session, wave_id, whole=False) if draft else None,
            "refused": refused,
            "most": (SHOWN_BAD, SHOWN_WARNINGS),
        }
    status = 422 if refused else 200
    return desk.page("console/roster.html", values, head=head, section="roster", status=status)


def replace_print(desk: Desk, session: Session, wave: Wave) -> str:
    """What the box "thay" is worth: these people, as the page showed them."""
    stands = people.count(session, id_of(wave)), steps.of(session, id_of(wave)).roster_at
    return desk.print_of(*stands)
