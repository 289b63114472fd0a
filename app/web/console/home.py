"""Tổng quan: the current wave in one line of steps, and the one thing to do next."""

from fastapi import APIRouter
from starlette.responses import Response

from app.language import _
from app.letters import standing
from app.preparation import library, steps
from app.preparation.checks import BAD
from app.scores import figures
from app.store.db import Session
from app.store.models import Wave
from app.waves import counts, nextstep, overview, proposals, reminders
from app.waves import wave as waves
from app.waves.overview import Facts
from app.waves.wave import id_of
from app.web.console.desk.addresses import LOOK, ROOT
from app.web.console.desk.desk import Desk
from app.web.console.desk.guards import Anyone
from app.web.console.desk.waveline import head_of, latest_results
from app.web.console.desk.waveswitch import Group, grouped
from app.web.console.waves.asked import asked_anywhere
from app.web.console.waves.checklist import check_list
from app.web.pages import see

router = APIRouter()


@router.api_route(ROOT, methods=LOOK)
def show(desk: Anyone) -> Response:
    """For officers and the council the wave; for who only keeps accounts, those."""
    if not desk.is_a("officer", "council"):
        return see(f"{ROOT}/tai-khoan")
    officer = desk.is_a("officer")
    with desk.db.reading() as session:
        wave = waves.current(session, desk.db.now(session))
        values: dict[str, object] = {
            "wave": wave,
            "has_index": bool(library.current(session)),
            "others": _others(desk, session, wave),
            "asked": asked_anywhere(desk, session) if officer else [],
            "latest": None if officer else latest_results(desk.db, session),
        }
        if wave is not None:
            head = head_of(desk.db, session, wave)
            facts = _facts(desk, session, wave, head.state)
            whole = counts.of(session, wave, facts.now)
            if officer and facts.mail_fault and facts.waiting:
                values["tells_mail"] = True
            values |= {
                "title": head.title,
                "state": head.state,
                "tag": head.tag,
                "steps": overview.steps(facts),
                "next": nextstep.of(facts) if officer else nextstep.for_council(facts),
                "base": f"{ROOT}/dot/{wave.code}",
                "whole": whole,
                "share": figures.share(whole.cast, whole.issued) if whole else "",
                "left": overview.left(wave.closes_at, facts.now),
                "coming": _coming(session, wave, head.state, desk),
            }
    return desk.page("console/home.html", values, section="home")


def _facts(desk: Desk, session: Session, wave: Wave, state: str) -> Facts:
    wave_id = id_of(wave)
    people = failed = waiting = 0
    red: tuple[str, ...] = ()
    proposed, mine = "", False
    if state == "draft":
        row = steps.of(session, wave_id)
        people = sum(steps.people(session, wave_id).values())
        index, _layout = waves.index_of(wave)
        found = check_list(desk, session, wave, index, row)
        red = tuple(each.words for each in found if each.state == BAD)
    elif state in ("launched", "open"):
        mail = standing.progress(session, wave_id)
        failed, waiting = mail["failed"], mail["waiting"] + mail["deferred"]
    elif state == "closed":
        now = desk.db.now(session)
        asked = proposals.waiting(session, wave, now, "unseal")
        proposed = asked[0].staff_name if asked else ""
        mine = bool(asked) and asked[0].staff_id == desk.staff.id
    return Facts(
        state=state,
        opens_at=wave.opens_at,
        closes_at=wave.closes_at,
        launched_at=wave.launched_at,
        closed_at=wave.closed_at,
        unsealed_at=wave.unsealed_at,
        now=desk.db.now(session),
        people=people,
        red=red,
        failed=failed,
        waiting=waiting,
        mail_fault=desk.worker_error or "",
        proposed_by=proposed,
        proposed_by_reader=mine,
        two_people=wave.two_people,
        rehearsal=wave.rehearsal,
    )


def _coming(session: Session, wave: Wave, state: str, desk: Desk) -> list[tuple[str, str, str]]:
    """What the clock will do: (when, what, where it is changed)."""
    if state not in ("launched", "open"):
        return []
    now = desk.db.now(session)
    found: list[tuple[str, str, str]] = []
    if state == "launched":
        found.append((overview.when(wave.opens_at), _("Mở phiếu và gửi thư mời."), ""))
    found += [
        (overview.when(due), _("Thư nhắc, gửi cho người chưa trả lời."), "theo-doi#nhac")
        for due in reminders.due_times(wave)
        if due > now
    ]
    found.append((overview.until(wave.closes_at), _("Kết thúc thu phiếu."), "gia-han"))
    return found


def _others(desk: Desk, session: Session, current: Wave | None) -> list[Group]:
    """The other waves: those that run first, drafts and rehearsals apart."""
    found = [wave for wave in waves.every(session) if current is None or wave.id != current.id]
    return grouped([head_of(desk.db, session, wave) for wave in found[:20]])
