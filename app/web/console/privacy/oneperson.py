"""What is held about one person copied for them, and erased when they ask for it.

Neither answer depends on whether the ballot was cast.
"""

from fastapi import APIRouter, HTTPException
from starlette.responses import Response

from app.language import _
from app.privacy import copying, erasing, purging
from app.roster import people
from app.store.db import Session
from app.store.models import Respondent, Wave
from app.waves.wave import WaveRefused, id_of
from app.web.console.desk.desk import WRONG_CODE, CodeRefused
from app.web.console.desk.files import download
from app.web.console.desk.guards import OfficerForm
from app.web.console.lists.person import draw, note_change
from app.web.console.lists.roster import PATH, path_of
from app.web.console.waves.together import held

router = APIRouter()
TEXT = "text/plain; charset=utf-8"
# Other forms of the page of a person ask for a code too.
CODE = "ma-xac-thuc-xoa"


@router.post(f"{PATH}/{{id_:int}}/ban-sao")
def copy(form: OfficerForm, code: str, id_: int) -> Response:
    """A text to hand to the person."""
    with form.db.transaction() as session:
        wave, now = form.wave(session, code), form.db.now(session)
        text = copying.of_person(session, wave, _known(session, wave, id_), now)
        form.note(session, now, "privacy.copy", code)
    # Old editors take a text for another encoding without this mark.
    return download(text.encode("utf-8-sig"), f"{code}-ban-sao-du-lieu.txt", TEXT)


@router.post(f"{PATH}/{{id_:int}}/xoa-du-lieu")
def erase(form: OfficerForm, code: str, id_: int) -> Response:
    """Gone at once before the launch and after the opening; after the launch it takes a code."""
    try:
        with form.db.transaction() as session:
            wave, now = held(form, session, code), form.db.now(session)
            person = _known(session, wave, id_)
            if not erasing.may_erase(wave):
                raise WaveRefused(erasing.refusal(session, wave))
            if wave.launched_at is not None:
                form.must_confirm(session, now)
            erasing.erase(session, wave, person, now, form.staff.name)
            note_change(session, wave, now)
            form.note(session, now, "privacy.erase", code)
    except CodeRefused:
        return draw(form, code, id_, faults=[(WRONG_CODE, CODE)])
    except WaveRefused as refused:
        return draw(form, code, id_, faults=[(refused.words, "")])
    purging.clean(form.db, form.keys)
    return form.see(path_of(code), _("Đã xóa dữ liệu của người ấy."))


def _known(session: Session, wave: Wave, id_: int) -> Respondent:
    person = people.find(session, id_of(wave), id_, hold=True)
    if person is None or person.erased_at is not None:
        raise HTTPException(404)
    return person
