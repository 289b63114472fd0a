"""One person added to a roster: at once before the launch, afterwards by two where two are needed.

Several people may wait to be added side by side. Each stands on this page with all that matters
about them, since whoever confirms confirms just that.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import APIRouter
from starlette.responses import Response

from app.index.definition import Index
from app.language import _
from app.roster import people, rows
from app.roster.file import ASSIGNED, Person
from app.roster.rows import FIELDS
from app.store.db import Session
from app.store.models import Wave
from app.text.table import TableFault
from app.waves import addresses, corrections, overview, proposals, rosterdeeds
from app.waves import wave as waves
from app.waves.proposals import Waiting
from app.waves.wave import WaveRefused, id_of
from app.web.console.desk.addresses import LOOK
from app.web.console.desk.desk import WRONG_CODE, CodeRefused, Desk, Faults, Stale
from app.web.console.desk.guards import Officer, OfficerForm
from app.web.console.lists.person import NAMES, note_change, typed_of
from app.web.console.lists.roster import PATH, path_of
from app.web.console.waves.together import ASKED, agreed, held, pair_of

router = APIRouter()
CONFIRM_FIELD = "ma-xac-thuc-{number}"


@dataclass(frozen=True)
class Coming:
    """Somebody whom one officer has asked to add."""

    waiting: Waiting
    person: Person
    agency: str
    units: str
    asked: str
    until: str
    seen: str  # what the reader confirms
    can: bool

    @classmethod
    def of(cls, desk: Desk, index: Index, waiting: Waiting, can: bool) -> "Coming":
        person = rosterdeeds.person_of(waiting)
        return cls(
            waiting=waiting,
            person=person,
            agency=people.agency_name(index, person.agency, person.agency_text),
            units=", ".join(index.unit_of[unit].name for unit in person.assigned),
            asked=overview.when(waiting.at),
            until=overview.when(waiting.until),
            seen=desk.print_of(waiting.id, sorted(waiting.arguments.items())),
            can=can,
        )


@router.api_route(f"{PATH}/them", methods=LOOK)
def ask(desk: Officer, code: str) -> Response:
    return _page(desk, code, dict.fromkeys(FIELDS, ""), [])


def _page(
    desk: Desk, code: str, typed: dict[str, str], faults: Faults, status: int = 422
) -> Response:
    with desk.db.reading() as session:
        wave, now = desk.wave(session, code), desk.db.now(session)
        head = desk.head(session, wave)
        index, _layout = waves.index_of(wave)
        changeable = corrections.may_change(wave, now)
        pair = pair_of(desk, session, wave, "add")
    others = pair.others if pair else []
    coming = [
        Coming.of(desk, index, each, changeable and each in others)
        for each in (pair.waiting if pair else [])
    ]
    asks = changeable and (pair is None or pair.mine)
    fields = {CONFIRM_FIELD.format(number=each.waiting.id) for each in coming if each.can}
    fields |= {*NAMES.values(), "ma-xac-thuc"} if asks else set()
    values: dict[str, object] = {
        "path": path_of(code),
        "index": index,
        "typed": {NAMES[field]: value for field, value in typed.items()},
        "assigned": typed[ASSIGNED].split(";"),
        "launched": wave.launched_at is not None,
        "phase": desk.print_of(wave.launched_at is not None),
        "changeable": changeable,
        "pair": pair,
        "coming": coming,
        "asks": asks,
        # The page may have no form any more, and no field to lead to.
        "faults": [(words, field if field in fields else "") for words, field in faults],
        "bad": [field for _words, field in faults],
    }
    answer = status if faults else 200
    return desk.page("console/person-new.html", values, head=head, section="roster", status=answer)


@router.post(f"{PATH}/them")
def add(form: OfficerForm, code: str) -> Response:
    """Somebody new, or the wish for it where two are needed."""
    typed = typed_of(form)
    try:
        with form.db.transaction() as session:
            wave, now = held(form, session, code), form.db.now(session)
            form.must_be_fresh(wave.launched_at is not None)
            index, _layout = waves.index_of(wave)
            person = rows.person_of(index, typed)
            corrections.must_be_changeable(wave, now)
            addresses.must_be_new(session, id_of(wave), person.email)
            if wave.launched_at is not None:
                form.must_confirm(session, now)  # a ballot goes out
            facts = agreed(form, session, wave, rosterdeeds.add(person), now)
            if facts is not None:
                made = _put(form, session, wave, person, facts)
                note_change(session, wave, now)
                form.note(session, now, "roster.add", code, respondent=made, **facts)
    except Stale:
        words = _("Đợt vừa được phát phiếu, chưa thêm ai. Thêm thì người này nhận thư mời ngay.")
        return _page(form, code, typed, [(words, "")], 409)
    except CodeRefused:
        return _page(form, code, typed, [(WRONG_CODE, "ma-xac-thuc")])
    except TableFault as fault:
        return _page(form, code, typed, [(each.message, "") for each in fault.faults])
    except WaveRefused as refused:
        return _page(form, code, typed, [(refused.words, "")])
    if facts is None:
        return form.see(f"{path_of(code)}/them", ASKED)
    return form.see(path_of(code), _added(person, wave.launched_at is not None))


def _put(
    form: OfficerForm, session: Session, wave: Wave, person: Person, facts: Mapping[str, object]
) -> int:
    """Onto the roster, by one officer or, as `facts` say, by two."""
    who, first = form.staff.who, facts.get("proposed")
    if first:
        who = _("{first}, {second} xác nhận").format(first=first, second=who)
    now, domain = form.db.now(session), form.settings.host
    return corrections.add(session, form.keys, wave, person, now, domain, who)


def _added(person: Person, launched: bool) -> str:
    words = _("Đã thêm {name}; thư mời đang được gửi đi.") if launched else _("Đã thêm {name}.")
    return words.format(name=person.name)


@router.post(f"{PATH}/them/xac-nhan")
def confirm(form: OfficerForm, code: str) -> Response:
    """The second of two: just the person who was shown is added."""
    number = form.number("de-nghi")
    try:
        with form.db.transaction() as session:
            wave, now = held(form, session, code), form.db.now(session)
            corrections.must_be_changeable(wave, now)
            form.must_confirm(session, now)
            found = [
                each for each in proposals.waiting(session, wave, now, "add") if each.id == number
            ]
            if not found:
                raise proposals.gone()
            form.must_be_fresh(number, sorted(found[0].arguments.items()))
            person = rosterdeeds.person_of(found[0])
            facts = agreed(form, session, wave, rosterdeeds.add(person), now)
            if facts is None:
                raise proposals.gone()
            made = _put(form, session, wave, person, facts)
            form.note(session, now, "roster.add", code, respondent=made, **facts)
    except CodeRefused:
        return _refused(form, code, WRONG_CODE, CONFIRM_FIELD.format(number=number))
    except Stale:
        return _refused(form, code, str(proposals.gone()))
    except WaveRefused as refused:
        return _refused(form, code, refused.words)
    return form.see(f"{path_of(code)}/them", _added(person, launched=True))


def _refused(form: OfficerForm, code: str, words: str, field: str = "") -> Response:
    return _page(form, code, dict.fromkeys(FIELDS, ""), [(words, field)])
