"""One person of a roster taken off and brought back, and who is off it.

No page here tells, by word or by state, whether the ballot was cast.
"""

from datetime import datetime

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import Response

from app.language import _
from app.roster import listing, people, rows
from app.store.db import Session
from app.store.models import Wave
from app.text.table import TableFault
from app.waves import corrections, proposals, rosterdeeds
from app.waves import wave as waves
from app.waves.wave import WaveRefused, id_of
from app.web.console.desk.addresses import LOOK
from app.web.console.desk.desk import WRONG_CODE, CodeRefused, Desk
from app.web.console.desk.guards import Officer, OfficerForm
from app.web.console.lists.person import draw, listed, note_change
from app.web.console.lists.roster import PATH, path_of
from app.web.console.lists.searches import page_of, query_of
from app.web.console.waves.together import ASKED, agreed, held

router = APIRouter()
# Other forms of the page of a person ask for a code too.
CODE = "ma-xac-thuc-bo"


@router.post(f"{PATH}/{{id_:int}}/bo")
def remove(form: OfficerForm, code: str, id_: int) -> Response:
    """Off the roster; after the launch it asks for a code, as everything that ends a link does, and
    for a second person where two are needed."""
    try:
        with form.db.transaction() as session:
            wave, now = held(form, session, code), form.db.now(session)
            form.must_be_fresh(wave.launched_at is not None)
            person = listed(session, wave, id_)
            corrections.must_be_changeable(wave, now)
            if wave.launched_at is not None:
                form.must_confirm(session, now)
            facts = agreed(form, session, wave, rosterdeeds.remove(id_), now)
            words = ASKED
            if facts is not None:
                domain = form.settings.host
                corrections.remove(session, form.keys, wave, person, now, domain)
                _over(session, wave, id_, now)
                form.note(session, now, "roster.remove", code, respondent=id_, **facts)
                words = _("Đã bỏ người này khỏi danh sách.")
    except CodeRefused:
        return draw(form, code, id_, faults=[(WRONG_CODE, CODE)])
    except WaveRefused as refused:
        return draw(form, code, id_, faults=[(refused.words, "")])
    return form.see(f"{path_of(code)}/{id_}{query_of(form)}", words)


def _over(session: Session, wave: Wave, id_: int, now: datetime) -> None:
    """What follows from somebody being off the roster, or on it again."""
    note_change(session, wave, now)
    proposals.withdraw_about(session, wave, id_, now)


@router.post(f"{PATH}/{{id_:int}}/khoi-phuc")
def restore(form: OfficerForm, code: str, id_: int) -> Response:
    """Back on the roster; after the launch with another link, and with a code and a second person,
    as for adding.

    Who was taken off before the launch gets a first ballot by it.
    """
    try:
        with form.db.transaction() as session:
            wave, now = held(form, session, code), form.db.now(session)
            form.must_be_fresh(wave.launched_at is not None)
            _must_be_off(session, wave, id_)
            corrections.must_be_changeable(wave, now)
            if wave.launched_at is not None:
                form.must_confirm(session, now)
            facts = agreed(form, session, wave, rosterdeeds.restore(id_), now)
            words = ASKED
            if facts is not None:
                domain = form.settings.host
                corrections.restore(session, form.keys, wave, id_, now, domain)
                _over(session, wave, id_, now)
                form.note(session, now, "roster.restore", code, respondent=id_, **facts)
                words = _("Đã khôi phục.")
                if wave.launched_at is not None:
                    words = _("Đã khôi phục; thư mời mới đang được gửi đi.")
    except CodeRefused:
        return draw(form, code, id_, faults=[(WRONG_CODE, CODE)])
    except TableFault as fault:
        return draw(form, code, id_, faults=[(each.message, "") for each in fault.faults])
    except WaveRefused as refused:
        return draw(form, code, id_, faults=[(refused.words, "")])
    return form.see(f"{path_of(code)}/{id_}{query_of(form)}", words)


def _must_be_off(session: Session, wave: Wave, id_: int) -> None:
    """Raises 404, WaveRefused for who is on the roster, TableFault for who does not fit."""
    person = people.find(session, id_of(wave), id_, hold=True)
    if person is None:
        raise HTTPException(404)
    if person.removed_at is None:
        raise WaveRefused(_("Người này đang ở trong danh sách rồi."))
    index, _layout = waves.index_of(wave)
    # The index may be another one since.
    rows.person_of(index, rows.fields_of(person))


@router.api_route(f"{PATH}/da-bo", methods=LOOK)
def show_removed(desk: Officer, code: str) -> Response:
    """Who was taken off, the last one first."""
    with desk.db.reading() as session:
        wave, now = desk.wave(session, code), desk.db.now(session)
        head = desk.head(session, wave)
        index, _layout = waves.index_of(wave)
        wave_id, page = id_of(wave), page_of(desk)
        found, total = listing.page(session, wave_id, page=page, index=index, removed=True)
    values: dict[str, object] = {
        "path": path_of(code),
        "index": index,
        "listed": found,
        "total": total,
        "page": min(page, listing.pages(total)),
        "pages": listing.pages(total),
        "launched": wave.launched_at is not None,
        "phase": desk.print_of(wave.launched_at is not None),
        "changeable": corrections.may_change(wave, now),
    }
    return desk.page("console/removed.html", values, head=head, section="roster")


def person_removed(request: Request, error: Exception) -> Response:
    """Somebody took the person off while another page about them was open."""
    desk: Desk = request.state.desk
    code, id_ = error.args
    words = _("Người này vừa được bỏ khỏi danh sách, nên việc vừa gửi chưa được thực hiện.")
    return draw(desk, code, id_, faults=[(words, "")], status=409)
