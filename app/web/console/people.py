"""One person of a roster: look, add, correct, remove, send again, issue anew.

No page here tells, by word or by state, whether the ballot was cast.
"""

from datetime import datetime

from fastapi import APIRouter, HTTPException
from starlette.responses import Response

from app import corrections, people, preparation, proposals, roster, waves
from app.db import Session
from app.language import _
from app.launch import mail_domain
from app.models import Respondent, Wave
from app.people import FIELDS
from app.table import TableFault
from app.waves import WaveRefused, id_of
from app.web.console.desk import LOOK, CodeRefused, Desk, Form, Officer, OfficerForm
from app.web.console.roster import PATH, path_of

router = APIRouter()
# How the fields of one person are named on the page.
NAMES = {
    roster.NAME: "ten",
    roster.EMAIL: "thu",
    roster.GROUP: "nhom",
    roster.AGENCY: "co-quan",
    roster.ASSIGNED: "don-vi",
    roster.POSITION: "chuc-vu",
    roster.PHONE: "dien-thoai",
}


def _typed(form: Form) -> dict[str, str]:
    typed = {field: form.value(name) for field, name in NAMES.items()}
    typed[roster.ASSIGNED] = ";".join(form.values("don-vi"))
    return typed


@router.api_route(f"{PATH}/them", methods=LOOK)
def ask_new(desk: Officer, code: str) -> Response:
    return _new(desk, code, dict.fromkeys(FIELDS, ""), [])


def _new(desk: Desk, code: str, typed: dict[str, str], faults: list[str]) -> Response:
    with desk.db.reading() as session:
        wave = desk.wave(session, code)
        head = desk.head(session, wave)
        index, _layout = waves.index_of(wave)
    values: dict[str, object] = {
        "path": path_of(code),
        "index": index,
        "typed": {NAMES[field]: value for field, value in typed.items()},
        "assigned": typed[roster.ASSIGNED].split(";"),
        "launched": wave.launched_at is not None,
        "faults": [(words, "") for words in faults],
    }
    status = 422 if faults else 200
    return desk.page("console/person-new.html", values, head=head, section="roster", status=status)


@router.post(f"{PATH}/them")
def add(form: OfficerForm, code: str) -> Response:
    typed = _typed(form)
    try:
        with form.db.transaction() as session:
            wave, now = form.wave(session, code), form.db.now(session)
            index, _layout = waves.index_of(wave)
            person = people.person_of(index, typed)
            domain = mail_domain(form.settings)
            made = corrections.add(session, form.keys, wave, person, now, domain)
            if wave.launched_at is None:
                _roster_changed(session, wave, now)
            form.note(session, now, "roster.add", code, respondent=made)
    except TableFault as fault:
        return _new(form, code, typed, [each.message for each in fault.faults])
    except WaveRefused as refused:
        return _new(form, code, typed, [str(refused)])
    words = _("Đã thêm; thư mời đang được gửi đi.") if wave.launched_at else _("Đã thêm một người.")
    return form.see(path_of(code), words)


def _roster_changed(session: Session, wave: Wave, now: datetime) -> None:
    index, _layout = waves.index_of(wave)
    units = {unit.code: unit.name for unit in index.units}
    row = preparation.of(session, id_of(wave))
    preparation.roster_changed(session, wave, units, row.roster_file, now)


@router.api_route(f"{PATH}/{{id_:int}}", methods=LOOK)
def show(desk: Officer, code: str, id_: int) -> Response:
    return _page(desk, code, id_)


def _person(session: Session, wave: Wave, id_: int) -> Respondent:
    person = people.get(session, id_of(wave), id_)
    if person is None:
        raise HTTPException(404)
    return person


def _page(
    desk: Desk,
    code: str,
    id_: int,
    typed: dict[str, str] | None = None,
    faults: list[tuple[str, str]] | None = None,
) -> Response:
    with desk.db.reading() as session:
        wave, now = desk.wave(session, code), desk.db.now(session)
        head = desk.head(session, wave)
        index, _layout = waves.index_of(wave)
        person = _person(session, wave, id_)
        stored = people.fields_of(person)
        waiting = [
            each
            for each in proposals.waiting(session, id_of(wave), now)
            if each.action == "void" and each.arguments.get("respondent") == id_
        ]
        state, error = corrections.invitation(session, wave, id_)
    shown = typed or stored
    values: dict[str, object] = {
        "path": f"{path_of(code)}/{id_}",
        "back": path_of(code),
        "person": person,
        "index": index,
        "typed": {NAMES[field]: value for field, value in shown.items()},
        "assigned": shown[roster.ASSIGNED].split(";"),
        "seen": desk.print_of(sorted(stored.items())),
        "launched": wave.launched_at is not None,
        "changeable": corrections.may_change(wave, now),
        "two_people": wave.two_people,
        "waiting": waiting,
        "mine": any(each.staff_id == desk.staff.id for each in waiting),
        "state": state,
        "error": error,
        "faults": faults or [],
        "bad_code": any(field == "ma-xac-thuc" for _words, field in faults or []),
    }
    status = 422 if faults else 200
    return desk.page("console/person.html", values, head=head, section="roster", status=status)


@router.post(f"{PATH}/{{id_:int}}")
def correct(form: OfficerForm, code: str, id_: int) -> Response:
    typed = _typed(form)
    try:
        with form.db.transaction() as session:
            wave, now = form.wave(session, code), form.db.now(session)
            person = _person(session, wave, id_)
            stored = people.fields_of(person)
            form.must_be_fresh(sorted(stored.items()))
            if wave.launched_at is not None:
                # What cannot change any more is not asked for.
                for field in (roster.GROUP, roster.AGENCY, roster.ASSIGNED):
                    typed[field] = stored[field]
            index, _layout = waves.index_of(wave)
            wanted = people.person_of(index, typed)
            domain = mail_domain(form.settings)
            corrections.correct(session, form.keys, wave, person, wanted, now, domain)
            if wave.launched_at is None:
                _roster_changed(session, wave, now)
            form.note(session, now, "roster.correct", code, respondent=id_)
    except TableFault as fault:
        return _page(form, code, id_, typed, [(each.message, "") for each in fault.faults])
    except WaveRefused as refused:
        return _page(form, code, id_, typed, [(str(refused), "")])
    return form.see(f"{path_of(code)}/{id_}", _("Đã lưu."))


@router.post(f"{PATH}/{{id_:int}}/bo")
def remove(form: OfficerForm, code: str, id_: int) -> Response:
    with form.db.transaction() as session:
        wave, now = form.wave(session, code), form.db.now(session)
        corrections.remove(session, form.keys, wave, _person(session, wave, id_), now)
        if wave.launched_at is None:
            _roster_changed(session, wave, now)
        form.note(session, now, "roster.remove", code, respondent=id_)
    return form.see(path_of(code), _("Đã bỏ một người khỏi danh sách. Thêm lại lúc nào cũng được."))


@router.post(f"{PATH}/{{id_:int}}/gui-lai")
def resend(form: OfficerForm, code: str, id_: int) -> Response:
    with form.db.transaction() as session:
        wave, now = form.wave(session, code), form.db.now(session)
        person = _person(session, wave, id_)
        corrections.resend(session, wave, person, now, mail_domain(form.settings))
        form.note(session, now, "letters.resend", code, respondent=id_)
    return form.see(f"{path_of(code)}/{id_}", _("Thư mời đang được gửi lại."))


@router.post(f"{PATH}/{{id_:int}}/cap-lai")
def reissue(form: OfficerForm, code: str, id_: int) -> Response:
    """Another ballot instead of this one; where two people are needed the first one asks."""
    try:
        with form.db.transaction() as session:
            wave, now = form.wave(session, code), form.db.now(session)
            person = _person(session, wave, id_)
            corrections.must_be_changeable(wave, now)
            form.must_confirm(session, now)
            waits = form.value("de-nghi")
            arguments = {"respondent": id_}
            if wave.two_people and not waits:
                proposals.propose(session, wave, "void", arguments, form.staff.id, now)
                form.note(session, now, "wave.propose", code, proposal="void", respondent=id_)
                words = _("Đã ghi đề nghị. Việc này cần một chuyên viên khác xác nhận.")
            else:
                if wave.two_people:
                    known = form.number("de-nghi")
                    taken = proposals.confirm(session, wave, "void", known, form.staff.id, now)
                    if taken.arguments != arguments:
                        raise HTTPException(404)
                domain = mail_domain(form.settings)
                corrections.reissue(session, form.keys, wave, person, now, domain)
                form.note(session, now, "roster.reissue", code, respondent=id_)
                words = _("Đã cấp lại phiếu; thư mời mới đang được gửi đi.")
    except CodeRefused:
        wrong = _("Mã xác thực không đúng hoặc đã dùng. Đợi mã mới rồi nhập.")
        return _page(form, code, id_, faults=[(wrong, "ma-xac-thuc")])
    except WaveRefused as refused:
        return _page(form, code, id_, faults=[(str(refused), "")])
    return form.see(f"{path_of(code)}/{id_}", words)
