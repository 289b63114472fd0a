"""A ballot issued anew between closing and opening: a code, a time, a second officer where two are
needed. What the pages say does not depend on whether the ballot was cast."""

from fastapi import APIRouter
from starlette.responses import Response

from app.index.estimate import deadline
from app.language import _
from app.waves import corrections, deeds, reopening
from app.waves.wave import WaveRefused
from app.web.console.desk.desk import WRONG_CODE, CodeRefused
from app.web.console.desk.guards import OfficerForm
from app.web.console.lists.person import draw, listed
from app.web.console.lists.roster import PATH, path_of
from app.web.console.lists.searches import query_of
from app.web.console.waves.together import ASKED, agreed, held, time_given
from app.web.console.waves.waveform import unread

router = APIRouter()
CODE = "ma-xac-thuc-mo"


@router.post(f"{PATH}/{{id_:int}}/mo-lai")
def reopen(form: OfficerForm, code: str, id_: int) -> Response:
    """Another ballot instead of this one, for it alone, until a time."""
    until, typed = time_given(form), (form.value("ngay"), form.value("gio"))
    if until is None:
        words, _field = unread(*typed, "")
        return draw(form, code, id_, faults=[(words, "ngay")], until=typed)
    try:
        with form.db.transaction() as session:
            wave, now = held(form, session, code), form.db.now(session)
            person = listed(session, wave, id_)
            reopening.must_reopen(wave, until, now)
            form.must_confirm(session, now)
            facts = agreed(form, session, wave, deeds.reopen(wave, id_, until), now)
            words = ASKED
            if facts is not None:
                domain = form.settings.host
                corrections.reopen(session, form.keys, wave, person, until, now, domain)
                said = {"respondent": id_, "until": deadline(until), **facts}
                form.note(session, now, "roster.reopen", code, **said)
                words = _("Đã cấp lại phiếu; gửi được đến {until}. Thư mời mới đang được gửi đi.")
                words = words.format(until=deadline(until))
    except CodeRefused:
        return draw(form, code, id_, faults=[(WRONG_CODE, CODE)], until=typed)
    except WaveRefused as refused:
        return draw(form, code, id_, faults=[(refused.words, "ngay")], until=typed)
    return form.see(f"{path_of(code)}/{id_}{query_of(form)}", words)
