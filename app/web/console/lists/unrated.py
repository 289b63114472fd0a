"""Agencies that nobody rates, looked at once before the launch: whoever is in a rated unit under
another name would rate it."""

from fastapi import APIRouter
from starlette.responses import Response

from app.index.names import units as units_of
from app.language import _, number
from app.preparation import agencies, steps
from app.roster import people
from app.text.cleaning import clean
from app.waves import wave as waves
from app.waves.wave import WaveRefused, id_of
from app.web.console.desk.addresses import LOOK
from app.web.console.desk.desk import Desk, Faults, Stale
from app.web.console.desk.guards import Officer, OfficerForm
from app.web.console.lists.roster import PATH, path_of
from app.web.console.waves.together import held_draft

router = APIRouter()
UNRATED = f"{PATH}/khong-duoc-danh-gia"
CHANGED = _("Danh sách vừa thay đổi; chưa lưu gì. Xem lại các cơ quan dưới đây.")


@router.api_route(UNRATED, methods=LOOK)
def show(desk: Officer, code: str) -> Response:
    return _page(desk, code)


def _page(
    desk: Desk,
    code: str,
    faults: Faults | None = None,
    typed: list[str] | None = None,
    status: int = 422,
) -> Response:
    with desk.db.reading() as session:
        wave = desk.wave(session, code)
        head = desk.head(session, wave)
        index, _layout = waves.index_of(wave)
        draft = wave.launched_at is None and wave.cancelled_at is None
        row = steps.of(session, id_of(wave))
        found = agencies.strangers(row) if draft else []
        names = people.first_names(session, id_of(wave), [each.text for each in found])
    values: dict[str, object] = {
        "path": path_of(code),
        "index": index,
        "agencies": found,
        "names": names,
        "typed": typed if typed and len(typed) == len(found) else [""] * len(found),
        "unseen": len(agencies.unseen(row, index)),
        "seen": desk.print_of(row.agencies),
        "faults": faults or [],
        "bad": {field for _words, field in faults or []},
    }
    answer = status if faults else 200
    return desk.page(
        "console/roster-unrated.html", values, head=head, section="roster", status=answer
    )


@router.post(UNRATED)
def confirm(form: OfficerForm, code: str) -> Response:
    """They are other agencies, but for those that are a unit after all."""
    typed: list[str] = []
    try:
        with form.db.transaction() as session:
            wave, now = held_draft(form, session, code), form.db.now(session)
            index, _layout = waves.index_of(wave)
            row = steps.of(session, id_of(wave))
            form.must_be_fresh(row.agencies)
            found = agencies.strangers(row)
            typed = [form.value(f"la-{place}") for place in range(len(found))]
            units = units_of(index)
            codes = [units.find(clean(text)) for text in typed]
            faults = [
                (_("“{text}” không phải mã hay tên một đơn vị.").format(text=text), f"la-{place}")
                for place, (text, code_) in enumerate(zip(typed, codes, strict=True))
                if text and len(code_) != 1
            ]
            if not faults:
                meant = {
                    each.text: code_[0] for each, code_ in zip(found, codes, strict=True) if code_
                }
                agencies.look_at(session, wave, index, meant, now)
                form.note(session, now, "roster.agencies", code, rows=len(found))
    except Stale:
        return _page(form, code, [(CHANGED, "")], status=409)
    except WaveRefused as refused:
        return _page(form, code, [(refused.words, "")], typed)
    if faults:
        return _page(form, code, faults, typed)
    words = _("Đã xem {number} cơ quan không được đánh giá.").format(number=number(len(found)))
    return form.see(path_of(code), words)
