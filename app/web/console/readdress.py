"""Another address of a person after the launch: a code, and a second officer where two are needed.

Whoever gets the letters of somebody can answer in their name. So the address of before is told of
every change, and none is made by one person alone where the wave wants two. What the pages say
does not depend on whether the ballot was cast.
"""

from fastapi import APIRouter, HTTPException
from starlette.responses import Response

from app import corrections, people, proposals, roster, waves
from app.cleaning import email_key
from app.db import Session
from app.language import _
from app.launch import mail_domain
from app.models import Wave
from app.proposals import Waiting
from app.table import TableFault
from app.waves import WaveRefused, id_of
from app.web.console.desk import CodeRefused, OfficerForm, Stale
from app.web.console.people import draw, held, listed, state_of
from app.web.console.roster import PATH, path_of

router = APIRouter()
# The fields of this form on the page of a person; another form there asks for a code too.
FIELD, CODE = "thu", "ma-xac-thuc-thu"


@router.post(f"{PATH}/{{id_:int}}/dia-chi")
def readdress(form: OfficerForm, code: str, id_: int) -> Response:
    email = form.value(FIELD)
    try:
        with form.db.transaction() as session:
            wave, now = held(form, session, code), form.db.now(session)
            person = listed(session, wave, id_)
            form.must_be_fresh(*state_of(wave, person))
            form.must_confirm(session, now)
            corrections.must_be_changeable(wave, now)
            facts: dict[str, object] = {}
            second = wave.two_people and bool(form.value("de-nghi"))
            if second:
                number = form.number("de-nghi")
                taken = proposals.confirm(session, wave, "address", number, form.staff.id, now)
                if taken.arguments.get("respondent") != id_:
                    raise HTTPException(404)
                email, facts["proposed"] = taken.arguments["email"], taken.staff_name
            index, _layout = waves.index_of(wave)
            wanted = people.person_of(index, people.fields_of(person) | {roster.EMAIL: email})
            if email_key(wanted.email) == person.email_key:
                raise WaveRefused(_("Địa chỉ mới giống địa chỉ đang ghi. Chưa đổi gì."))
            if wave.two_people and not second:
                corrections.must_be_free(session, id_of(wave), wanted.email, id_)
                if waiting := _waiting(form, session, wave, id_):
                    raise WaveRefused(_already(waiting))
                arguments = {"respondent": id_, "email": wanted.email}
                proposals.propose(session, wave, "address", arguments, form.staff.id, now)
                form.note(session, now, "wave.propose", code, proposal="address", respondent=id_)
                words = _("Đã ghi đề nghị. Việc này cần một chuyên viên khác xác nhận.")
            else:
                domain = mail_domain(form.settings)
                corrections.correct(session, form.keys, wave, person, wanted, now, domain)
                form.note(session, now, "roster.address", code, respondent=id_, **facts)
                words = _("Đã đổi địa chỉ; thư mời mới và thư báo địa chỉ cũ đang được gửi đi.")
    except Stale:
        old = _(
            "Từ lúc mở trang, người này hoặc đợt điều tra đã thay đổi, nên chưa đổi địa chỉ. Xem"
            " lại rồi làm lại nếu vẫn cần."
        )
        return draw(form, code, id_, faults=[(old, "")], status=409, address=email)
    except CodeRefused:
        wrong = _("Mã xác thực không đúng hoặc đã dùng. Đợi mã mới rồi nhập.")
        return draw(form, code, id_, faults=[(wrong, CODE)], address=email)
    except TableFault as fault:
        faults = [(each.message, FIELD) for each in fault.faults]
        return draw(form, code, id_, faults=faults, address=email)
    except WaveRefused as refused:
        return draw(form, code, id_, faults=[(str(refused), "")], address=email)
    return form.see(f"{path_of(code)}/{id_}", words)


def _waiting(form: OfficerForm, session: Session, wave: Wave, id_: int) -> Waiting | None:
    """The change of this person's address that waits for a second officer."""
    for each in proposals.waiting(session, id_of(wave), form.db.now(session)):
        if each.action == "address" and each.arguments.get("respondent") == id_:
            return each
    return None


def _already(waiting: Waiting) -> str:
    return _(
        "{name} đã đề nghị đổi địa chỉ thành {email}. Xác nhận hoặc rút đề nghị ấy trước."
    ).format(name=waiting.staff_name, email=waiting.arguments["email"])


@router.post(f"{PATH}/{{id_:int}}/dia-chi/rut-lai")
def withdraw(form: OfficerForm, code: str, id_: int) -> Response:
    """Take the proposal back; anybody of the office may."""
    with form.db.transaction() as session:
        wave, now = held(form, session, code), form.db.now(session)
        waiting = _waiting(form, session, wave, id_)
        if waiting is not None and str(waiting.id) == form.value("de-nghi"):
            proposals.withdraw(session, wave, waiting.id, now)
            form.note(session, now, "wave.withdraw", code, proposal="address", respondent=id_)
    return form.see(f"{path_of(code)}/{id_}", _("Đã rút đề nghị đổi địa chỉ."))
