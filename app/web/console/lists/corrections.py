"""One person of a roster: corrected, written to again, given another ballot.

No page here tells, by word or by state, whether the ballot was cast.
"""

from fastapi import APIRouter
from starlette.responses import Response

from app.language import _
from app.roster import file as rosterfile
from app.roster import rows
from app.text.table import TableFault
from app.waves import corrections, deeds
from app.waves import wave as waves
from app.waves.wave import WaveRefused
from app.web.console.desk.desk import WRONG_CODE, CodeRefused, Stale
from app.web.console.desk.guards import OfficerForm
from app.web.console.lists.person import draw, listed, note_change, state_of, typed_of
from app.web.console.lists.roster import PATH, path_of
from app.web.console.lists.searches import next_of, query_of
from app.web.console.waves.together import ASKED, agreed, held

router = APIRouter()


@router.post(f"{PATH}/{{id_:int}}")
def correct(form: OfficerForm, code: str, id_: int) -> Response:
    typed = typed_of(form)
    try:
        with form.db.transaction() as session:
            wave, now = held(form, session, code), form.db.now(session)
            person = listed(session, wave, id_)
            stored = rows.fields_of(person)
            if wave.launched_at is not None:
                # What cannot change any more is not asked for; the address has its own form.
                for field in (
                    rosterfile.EMAIL,
                    rosterfile.GROUP,
                    rosterfile.AGENCY,
                    rosterfile.ASSIGNED,
                ):
                    typed[field] = stored[field]
            index, _layout = waves.index_of(wave)
            form.must_be_fresh(*state_of(wave, person))
            wanted = rows.person_of(index, typed)
            domain = form.settings.host
            corrections.correct(session, form.keys, wave, person, wanted, now, domain)
            note_change(session, wave, now)
            form.note(session, now, "roster.correct", code, respondent=id_)
    except Stale:
        return draw(form, code, id_, typed, status=409)
    except TableFault as fault:
        return draw(form, code, id_, typed, [(each.message, "") for each in fault.faults])
    except WaveRefused as refused:
        return draw(form, code, id_, typed, [(refused.words, "")])
    return form.see(next_of(form, code, id_), _("Đã lưu."))


@router.post(f"{PATH}/{{id_:int}}/gui-lai")
def resend(form: OfficerForm, code: str, id_: int) -> Response:
    try:
        with form.db.transaction() as session:
            wave, now = held(form, session, code), form.db.now(session)
            person = listed(session, wave, id_)
            corrections.resend(session, wave, person, now, form.settings.host)
            form.note(session, now, "letters.resend", code, respondent=id_)
    except WaveRefused as refused:
        return draw(form, code, id_, faults=[(refused.words, "")])
    return form.see(next_of(form, code, id_), _("Thư mời đang được gửi lại."))


@router.post(f"{PATH}/{{id_:int}}/cap-lai")
def reissue(form: OfficerForm, code: str, id_: int) -> Response:
    """Another ballot instead of this one; where two people are needed the first one asks."""
    try:
        with form.db.transaction() as session:
            wave, now = held(form, session, code), form.db.now(session)
            person = listed(session, wave, id_)
            corrections.must_be_changeable(wave, now)
            form.must_confirm(session, now)
            facts = agreed(form, session, wave, deeds.void(id_), now)
            words = ASKED
            if facts is not None:
                domain = form.settings.host
                corrections.reissue(session, form.keys, wave, person, now, domain)
                form.note(session, now, "roster.reissue", code, respondent=id_, **facts)
                words = _("Đã cấp lại phiếu; thư mời mới đang được gửi đi.")
    except CodeRefused:
        return draw(form, code, id_, faults=[(WRONG_CODE, "ma-xac-thuc")])
    except WaveRefused as refused:
        return draw(form, code, id_, faults=[(refused.words, "")])
    return form.see(f"{path_of(code)}/{id_}{query_of(form)}", words)
