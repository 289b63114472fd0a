"""Phát phiếu: the page of the check list, the launch, its progress."""

from fastapi import APIRouter
from starlette.responses import Response

from app.keys import recovery
from app.language import _, number
from app.letters import backlog, standing
from app.preparation import checks, steps
from app.scores.protection import ROWS
from app.staff import accounts
from app.staff.staff import OFFICER
from app.store.db import Session
from app.store.models import Wave
from app.waves import launch, staffmail
from app.waves import wave as waves
from app.waves.wave import WaveRefused, id_of
from app.web.console.desk.addresses import LOOK, ROOT
from app.web.console.desk.desk import WRONG_CODE, CodeRefused, Desk, Faults
from app.web.console.desk.guards import Officer, OfficerForm
from app.web.console.waves.checklist import check_list, seen_of
from app.web.console.waves.together import held_draft
from app.web.console.waves.waveform import rehearsed

router = APIRouter()
PATH = f"{ROOT}/dot/{{code}}/phat-phieu"


def path_of(code: str) -> str:
    return f"{ROOT}/dot/{code}/phat-phieu"


@router.api_route(PATH, methods=LOOK)
def show(desk: Officer, code: str) -> Response:
    return draw(desk, code)


def draw(desk: Desk, code: str, faults: Faults | None = None) -> Response:
    with desk.db.reading() as session:
        wave = desk.wave(session, code)
        head = desk.head(session, wave)
        index, _layout = waves.index_of(wave)
        values: dict[str, object] = {
            "path": path_of(code),
            "code": code,
            "wave": wave,
            "index": index,
            "faults": faults or [],
            "bad": [field for _words, field in faults or []],
        }
        if wave.launched_at is None:
            row = steps.of(session, id_of(wave))
            found = check_list(desk, session, wave, index, row)
            values |= {
                "checks": found,
                "green": checks.is_green(found),
                "passed": {each.key for each in found if each.state == checks.OK},
                "at_once": wave.opens_at <= desk.db.now(session),
                "row": row,
                "protects": ROWS,
                "trustees": any(each.key == "trustees" for each in found),
                "seen": seen_of(desk, session, wave, row),
                "phrase": recovery.SHORTEST_PHRASE,
                "people": sum(steps.people(session, id_of(wave)).values()),
            }
        else:
            values |= _progress(desk, session, wave) | {
                "tells_mail": True,
                "source": rehearsed(code, waves.codes(session)) if wave.rehearsal else "",
            }
    name = "console/launch.html" if wave.launched_at is None else "console/launched.html"
    status = 422 if faults else 200
    return desk.page(name, values, head=head, section="launch", status=status)


def _progress(desk: Desk, session: Session, wave: Wave) -> dict[str, object]:
    """How the invitations stand. Of reminders nothing: who waits for one has not cast."""
    now = desk.db.now(session)
    put_off = backlog.put_off(session, now, id_of(wave), "invitation")
    return {
        "mail": standing.progress(session, id_of(wave)),
        "error": desk.worker_error,
        "put_off": [each.words(now) for each in put_off],
    }


@router.api_route(f"{PATH}/tien-do", methods=LOOK)
def show_progress(desk: Officer, code: str) -> Response:
    """The part of the page that changes while letters go out."""
    with desk.db.reading() as session:
        wave = desk.wave(session, code)
        values: dict[str, object] = {"path": path_of(code)} | _progress(desk, session, wave)
    return desk.fragment("console/launch-progress.html", values)


@router.post(PATH)
def launch_now(form: OfficerForm, code: str) -> Response:
    """All or nothing; of two officers the first one launches."""
    try:
        with form.db.transaction() as session:
            # Nobody becomes an officer, or ceases to be one, between the count and the launch.
            accounts.take_turn(session)
            accounts.must_be_whole(session)
            wave, now = held_draft(form, session, code), form.db.now(session)
            row = steps.of(session, id_of(wave))
            if form.seen != seen_of(form, session, wave, row):
                raise WaveRefused(
                    _("Đợt vừa được sửa từ lúc mở trang này. Xem lại danh sách kiểm tra rồi phát.")
                )
            index, _layout = waves.index_of(wave)
            if not checks.is_green(check_list(form, session, wave, index, row)):
                raise WaveRefused(_("Danh sách kiểm tra còn mục chưa đạt."))
            form.must_confirm(session, now)
            two = accounts.count_of(session, OFFICER) >= 2
            issued = launch.launch(form.db, session, form.keys, form.settings, wave, two)
            head = form.note(session, now, "wave.launch", code, **launch.facts(wave, issued))
            staffmail.queue_heads(session, now, code, "wave.launch", head)
    except CodeRefused:
        return draw(form, code, [(WRONG_CODE, "ma-xac-thuc")])
    except WaveRefused as refused:
        return draw(form, code, [(refused.words, "")])
    return form.see(path_of(code), _("Đã phát {number} phiếu.").format(number=number(issued)))
