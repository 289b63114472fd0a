"""The page of one person of a roster.

No page here tells, by word or by state, whether the ballot was cast.
"""

from datetime import datetime, timedelta

from fastapi import APIRouter, HTTPException
from starlette.responses import Response

from app.index.definition import Index
from app.language import _
from app.letters import standing
from app.preparation import agencies, steps
from app.privacy import copying, erasing
from app.roster import file as rosterfile
from app.roster import people, rows
from app.store.db import Session
from app.store.models import Respondent, Wave
from app.waves import corrections, issuing, readdressing, reopening
from app.waves import wave as waves
from app.waves.wave import id_of
from app.web.console.desk.addresses import LOOK
from app.web.console.desk.desk import Desk, Faults, Form
from app.web.console.desk.guards import Officer
from app.web.console.lists.roster import PATH, path_of
from app.web.console.lists.searches import back_of, query_of
from app.web.console.waves.together import pair_of
from app.web.console.waves.waveform import typed_of as clock_of

router = APIRouter()
# How long a ballot issued anew after the closing may be cast, unless the officer says otherwise.
REOPENED = timedelta(days=2)
# How the fields of one person are named on the page.
NAMES = {
    rosterfile.NAME: "ten",
    rosterfile.EMAIL: "thu",
    rosterfile.GROUP: "nhom",
    rosterfile.AGENCY: "co-quan",
    rosterfile.ASSIGNED: "don-vi",
    rosterfile.POSITION: "chuc-vu",
    rosterfile.PHONE: "dien-thoai",
}


class PersonRemoved(Exception):
    """The person was taken off since the page was drawn."""

    def __init__(self, wave: str, respondent: int) -> None:
        super().__init__(wave, respondent)


def typed_of(form: Form) -> dict[str, str]:
    """The fields of one person as they were typed."""
    typed = {field: form.value(name) for field, name in NAMES.items()}
    typed[rosterfile.ASSIGNED] = ";".join(form.values("don-vi"))
    return typed


def note_change(session: Session, wave: Wave, now: datetime) -> None:
    if wave.launched_at is None:
        index, _layout = waves.index_of(wave)
        file = steps.of(session, id_of(wave)).roster_file
        agencies.roster_changed(session, wave, index, file, now)


@router.api_route(f"{PATH}/{{id_:int}}", methods=LOOK)
def show(desk: Officer, code: str, id_: int) -> Response:
    return draw(desk, code, id_)


def listed(session: Session, wave: Wave, id_: int) -> Respondent:
    """Somebody on the roster, to be changed. Raises 404, PersonRemoved."""
    person = people.find(session, id_of(wave), id_, hold=True)
    if person is None:
        raise HTTPException(404)
    if person.removed_at is not None:
        raise PersonRemoved(wave.code, id_)
    return person


def draw(
    desk: Desk,
    code: str,
    id_: int,
    typed: dict[str, str] | None = None,
    faults: Faults | None = None,
    status: int = 422,
    address: str = "",
    until: tuple[str, str] = ("", ""),
) -> Response:
    """The page of one person; with `faults` the answer to a form, its fields as they were typed.

    With `status` 409 the page was old: what stands now is told beside what was typed.
    """
    with desk.db.reading() as session:
        wave, now = desk.wave(session, code), desk.db.now(session)
        head = desk.head(session, wave)
        index, _layout = waves.index_of(wave)
        person = people.find(session, id_of(wave), id_)
        if person is None or person.erased_at is not None:
            raise HTTPException(404)
        stored = rows.readable(index, person)
        off = person.removed_at is not None
        pair = pair_of(desk, session, wave, "void", id_)
        again = pair_of(desk, session, wave, "reopen", id_)
        reopens = not off and issuing.has_ballot(session, id_) and reopening.may_reopen(wave)
        moving = pair_of(desk, session, wave, "address", id_)
        together = unreached = False
        if moving and not moving.waiting:
            together = id_ in readdressing.waiting_for(session, wave, now)
            if unreached := bool(readdressing.alone(session, wave, [id_], desk.staff.id, now)):
                moving = None
        leaving = pair_of(desk, session, wave, "restore" if off else "remove", id_)
        elsewhere = copying.others(session, wave, person)
        state, error = standing.invitation_of(session, id_) if wave.launched_at else ("", "")
    asks, moves, leaves = (each is None or each.asks for each in (pair, moving, leaving))
    asks_again = again is None or again.asks
    # The page may have lost the form that was sent.
    lost = set() if asks else {"ma-xac-thuc"}
    lost |= set() if moves else {"ma-xac-thuc-thu"}
    lost |= set() if leaves else {"ma-xac-thuc-bo"}
    lost |= set() if reopens and asks_again else {"ma-xac-thuc-mo", "ngay"}
    lost |= {"ngay"} if again and again.waiting else set()
    if moving and moving.waiting:
        lost.add("thu")
    faults = [(words, "" if field in lost else field) for words, field in faults or []]
    shown = typed or stored
    if typed and status == 409:
        faults = _changed(index, stored, typed)
    values: dict[str, object] = {
        "path": f"{path_of(code)}/{id_}",
        "back": back_of(desk, code),
        "kept": query_of(desk),
        "person": person,
        "index": index,
        "own_agency": people.agency_name(index, person.agency, person.agency_text),
        "typed": {NAMES[field]: value for field, value in shown.items()},
        "assigned": shown[rosterfile.ASSIGNED].split(";"),
        "address": address or person.email,
        "seen": desk.print_of(*state_of(wave, person)),
        "launched": wave.launched_at is not None,
        "phase": desk.print_of(wave.launched_at is not None),
        "changeable": corrections.may_change(wave, now),
        "pair": pair,
        "asks": asks,
        "moving": moving,
        "moves": moves and not together,
        "together": together,
        "unreached": unreached,
        "again": again,
        "reopens": reopens,
        "asks_again": asks_again,
        "until": dict(
            zip(("ngay", "gio"), until if until[0] else clock_of(now + REOPENED), strict=True)
        ),
        "leaving": leaving,
        "others": elsewhere,
        "erasable": erasing.may_erase(wave),
        "refusal": "" if erasing.may_erase(wave) else erasing.refusal(session, wave),
        "leaves": leaves,
        "state": state,
        "error": error,
        "faults": faults or [],
        "bad": [field for _words, field in faults or []],
    }
    name = "console/person-removed.html" if off else "console/person.html"
    answer = status if faults else 200
    return desk.page(name, values, head=head, section="roster", status=answer)


def state_of(wave: Wave, person: Respondent) -> tuple[object, ...]:
    """What the page of a person was drawn from."""
    return wave.launched_at is not None, sorted(rows.fields_of(person).items())


def _changed(index: Index, shown: dict[str, str], typed: dict[str, str]) -> Faults:
    """What stands now, where it differs from what was typed on a page drawn before."""
    words = _(
        "Từ lúc mở trang, người này hoặc đợt điều tra đã thay đổi, nên phần vừa gõ chưa được lưu."
        " Xem lại rồi bấm Lưu nếu vẫn muốn ghi như đã gõ."
    )
    said, now = [(words, "")], _("{field} hiện đang ghi: {value}")
    for field, value in shown.items():
        if sorted(value.split(";")) != sorted(typed[field].split(";")):
            if field == rosterfile.ASSIGNED:
                units = [index.unit_of[unit].name for unit in value.split(";") if unit]
                value = ", ".join(units)
            said.append((now.format(field=field, value=value or _("(trống)")), NAMES[field]))
    return said
