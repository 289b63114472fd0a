"""Other addresses for everybody whose invitation did not get through: one code of each officer."""

from datetime import datetime

from fastapi import APIRouter
from starlette.responses import Response

from app.language import _, moment, number
from app.letters import standing
from app.roster.file import Person
from app.store.db import Session
from app.store.models import Wave
from app.waves import corrections, deeds, proposals, readdressing
from app.waves import wave as waves
from app.waves.deeds import Deed
from app.waves.proposals import LASTS, Second
from app.waves.wave import WaveRefused, id_of
from app.web.console.desk.desk import CodeRefused, Faults, Form
from app.web.console.desk.guards import OfficerForm
from app.web.console.lists.failed import (
    FAILED,
    FIELD,
    Refused,
    changes_of,
    draw,
    refused_by,
    sheet_of,
)
from app.web.console.lists.roster import path_of
from app.web.console.waves.together import held

router = APIRouter()


@router.post(FAILED)
def change(form: OfficerForm, code: str) -> Response:
    """Change what one officer may, and propose the rest together."""
    typed: dict[int, str] = {}
    try:
        sheet = sheet_of(form)
        with form.db.transaction() as session:
            wave, now = held(form, session, code), form.db.now(session)
            corrections.must_be_changeable(wave, now)
            failed = standing.failed(session, id_of(wave))
            typed = changes_of(form, failed, sheet)
            wanted = _read(session, wave, typed, now)
            form.must_confirm(session, now)
            free = readdressing.alone(session, wave, wanted.keys(), form.staff.id, now)
            mine = {id_: person for id_, person in wanted.items() if id_ in free}
            _do(form, session, wave, mine, now, {"unreached": True} if wave.two_people else {})
            rest = {id_: each.email for id_, each in wanted.items() if id_ not in free}
            if rest:
                _propose(form, session, wave, rest, now)
    except Refused as refused:
        return draw(form, code, refused)
    except (WaveRefused, CodeRefused) as error:
        return draw(form, code, refused_by(error, typed))
    return form.see(f"{path_of(code)}/thu-hong", _said(len(mine), len(rest), now))


def _read(session: Session, wave: Wave, typed: dict[int, str], now: datetime) -> dict[int, Person]:
    """Everybody as they are to be. Raises Refused with all that is wrong."""
    index, _layout = waves.index_of(wave)
    asked = readdressing.waiting_for(session, wave, now)
    wanted, faults = readdressing.read(session, wave, index, typed)
    words = _("Đã có đề nghị đổi địa chỉ của người này, đang chờ xác nhận.")
    faults += [(id_, words) for id_ in typed if id_ in asked]
    if faults:
        raise Refused(_told(session, faults), typed)
    return wanted


def _told(session: Session, faults: list[tuple[int, str]]) -> Faults:
    named = readdressing.names(session, [id_ for id_, _words in faults])
    return [(f"{named.get(id_, '')}: {words}", f"{FIELD}{id_}") for id_, words in faults]


def _do(
    form: Form,
    session: Session,
    wave: Wave,
    wanted: dict[int, Person],
    now: datetime,
    facts: dict[str, object],
) -> None:
    """A line of the log for each person."""
    readdressing.change(session, form.keys, wave, wanted, now, form.settings.host)
    for id_ in wanted:
        form.note(session, now, "roster.address", wave.code, respondent=id_, **facts)


def _propose(
    form: Form, session: Session, wave: Wave, changes: dict[int, str], now: datetime
) -> None:
    deed = deeds.addresses(changes)
    asked = proposals.propose(session, wave, deed, form.staff.id, now)
    for id_ in sorted(changes):
        facts = {"proposal": deed.action, "request": asked, "respondent": id_}
        form.note(session, now, "wave.propose", wave.code, **facts)


def _said(done: int, asked: int, now: datetime) -> str:
    told = []
    if done:
        words = _("Đã đổi địa chỉ của {count} người; thư mời mới đang được gửi đi.")
        told.append(words.format(count=number(done)))
    if asked:
        words = _(
            "Đã ghi đề nghị đổi địa chỉ của {count} người: thư cũ có thể đã tới, nên cần một chuyên"
            " viên khác xác nhận, đến {until}."
        )
        told.append(words.format(count=number(asked), until=moment(now + LASTS)))
    return " ".join(told)


@router.post(f"{FAILED}/xac-nhan")
def confirm(form: OfficerForm, code: str) -> Response:
    """Do what another officer asked for, all of it."""
    try:
        with form.db.transaction() as session:
            wave, now = held(form, session, code), form.db.now(session)
            corrections.must_be_changeable(wave, now)
            waits = proposals.waiting(session, wave, now, "addresses")
            asked = next((each for each in waits if each.id == form.number("de-nghi")), None)
            if asked is None:
                raise proposals.gone()
            form.must_confirm(session, now)
            index, _layout = waves.index_of(wave)
            changes = deeds.changes_of(asked.arguments)
            wanted, faults = readdressing.read(session, wave, index, changes)
            if faults:
                words = _("Chưa đổi gì. Rút đề nghị này rồi lập lại cho đúng.")
                raise Refused([*((each, "") for each, _at in _told(session, faults)), (words, "")])
            deed = Deed(asked.action, asked.arguments)
            proposals.confirm(session, wave, deed, Second(asked.id, form.staff.id), now)
            _do(form, session, wave, wanted, now, {"proposed": asked.who})
    except Refused as refused:
        return draw(form, code, refused)
    except WaveRefused as error:
        return draw(form, code, refused_by(error, {}))
    except CodeRefused as error:
        ((words, _field),) = refused_by(error, {}).faults
        return draw(form, code, Refused([(words, f"ma-xac-thuc-{form.number('de-nghi')}")]))
    return form.see(f"{path_of(code)}/thu-hong", _said(len(wanted), 0, now))
