"""Another address of a person after the launch: a code, and a second officer where two are needed.

Whoever gets the letters of somebody can answer in their name. So the address of before is told of
every change, and none is made by one person alone where the wave wants two, unless no letter ever
came through (`readdressing`). What the pages say does not depend on whether the ballot was cast.
"""

from fastapi import APIRouter
from starlette.responses import Response

from app.language import _
from app.text.table import TableFault
from app.waves import addresses, corrections, deeds, readdressing
from app.waves import wave as waves
from app.waves.wave import WaveRefused, id_of
from app.web.console.desk.desk import WRONG_CODE, CodeRefused, Stale
from app.web.console.desk.guards import OfficerForm
from app.web.console.lists.person import draw, listed, state_of
from app.web.console.lists.roster import PATH, path_of
from app.web.console.lists.searches import next_of, query_of
from app.web.console.waves.together import ASKED, agreed, held

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
            index, _layout = waves.index_of(wave)
            wanted = readdressing.wanted_of(index, person, email)
            addresses.must_be_free(session, id_of(wave), wanted.email, id_)
            facts: dict[str, object] | None = {"unreached": True} if wave.two_people else {}
            asked = bool(form.value("de-nghi"))
            if asked or not readdressing.alone(session, wave, [id_], form.staff.id, now):
                facts = agreed(form, session, wave, deeds.address(id_, wanted.email), now)
            words, onward = ASKED, f"{path_of(code)}/{id_}{query_of(form)}"
            if facts is not None:
                onward = next_of(form, code, id_)
                domain = form.settings.host
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
        return draw(form, code, id_, faults=[(WRONG_CODE, CODE)], address=email)
    except TableFault as fault:
        faults = [(each.message, FIELD) for each in fault.faults]
        return draw(form, code, id_, faults=faults, address=email)
    except WaveRefused as refused:
        return draw(form, code, id_, faults=[(refused.words, "")], address=email)
    return form.see(onward, words)
