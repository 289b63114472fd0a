"""The columns of a list told by hand, where its heading may be meant in two ways or says too
little."""

from dataclasses import replace

from fastapi import APIRouter
from starlette.responses import Response

from app.language import _
from app.preparation import keptlist
from app.preparation.keptlist import InHand
from app.roster import layout, mending, people
from app.roster.columns import columns_of
from app.store.db import Session
from app.store.models import Wave
from app.text.headings import HEAD, Sheet
from app.waves import wave as waves
from app.waves.wave import WaveRefused, id_of
from app.web.console.desk.addresses import LOOK
from app.web.console.desk.desk import Desk, Faults, Form, Stale
from app.web.console.desk.guards import Officer, OfficerForm
from app.web.console.lists.intake import read_and_take
from app.web.console.lists.roster import PATH, path_of, replace_print
from app.web.console.lists.taking import REPLACE, ListStands, must_be_seen, must_replace
from app.web.console.lists.waiting import CHANGED
from app.web.console.waves.together import held_draft

router = APIRouter()
COLUMNS = f"{PATH}/cot"
GONE = _("Không còn giữ tệp nào chờ chọn cột. Tải tệp danh sách lên lần nữa.")


@router.api_route(COLUMNS, methods=LOOK)
def show(desk: Officer, code: str) -> Response:
    return _page(desk, code)


def _asking(session: Session, wave: Wave) -> InHand | None:
    """The file whose columns nobody has told yet."""
    held = keptlist.of(session, id_of(wave)) if wave.launched_at is None else None
    return held if held is not None and held.is_asking else None


def _page(
    desk: Desk,
    code: str,
    faults: Faults | None = None,
    chosen: dict[int, str] | None = None,
    status: int = 422,
) -> Response:
    with desk.db.reading() as session:
        wave = desk.wave(session, code)
        head = desk.head(session, wave)
        index, _layout = waves.index_of(wave)
        held = _asking(session, wave)
        replace_seen = replace_print(desk, session, wave)
        standing = people.count(session, id_of(wave))
    sheet = held.sheet if held and held.sheet else Sheet(())
    found = layout.columns_of(sheet)
    needed, _more = columns_of(index)
    fields = {f"cot-{each.place}" for each in found} | ({REPLACE} if standing else set())
    values: dict[str, object] = {
        "path": path_of(code),
        "held": held,
        "columns": [
            each if chosen is None else replace(each, title=chosen.get(each.place, ""))
            for each in found
        ],
        "titles": mending.FIELDS,
        "needed": needed,
        "row": (sheet.heading or 0) + 1,
        "most": min(HEAD, len(sheet.rows)),
        "people": standing,
        "replace": replace_seen,
        "seen": desk.print_of(held.print if held else ""),
        "faults": [(words, field if field in fields else "") for words, field in faults or []],
        "at_box": any(field == REPLACE for _words, field in faults or []),
    }
    answer = status if faults else 200
    return desk.page(
        "console/roster-columns.html", values, head=head, section="roster", status=answer
    )


@router.post(COLUMNS)
def choose(form: OfficerForm, code: str) -> Response:
    """Read the file by the columns as they were told, or by another row as its heading."""
    with form.db.reading() as session:
        wave = form.wave(session, code)
        index, _layout = waves.index_of(wave)
        held = _asking(session, wave)
    if held is None or held.sheet is None:
        return _page(form, code, [(GONE, "")])
    sheet, row = held.sheet, form.number("dong-tieu-de")
    chosen = {each.place: form.value(f"cot-{each.place}") for each in layout.columns_of(sheet)}
    try:
        form.must_be_fresh(held.print)
        if row and row != (sheet.heading or 0) + 1:
            return _other_heading(form, code, held, row)
        _must_be_sound(chosen, columns_of(index)[0])
        with form.db.reading() as session:
            must_replace(form, session, wave)
    except Stale:
        return _page(form, code, [(CHANGED, "")], chosen, 409)
    except ListStands as stands:
        return _page(form, code, [(stands.refused().words, REPLACE)], chosen)
    except WaveRefused as refused:
        return _page(form, code, [(refused.words, f"cot-{min(chosen, default=0)}")], chosen)
    laid = layout.lay(sheet, {place: title for place, title in chosen.items() if title})
    return read_and_take(form, wave, index, replace(held, sheet=None), sheet, laid)


def _other_heading(form: Form, code: str, held: InHand, row: int) -> Response:
    with form.db.transaction() as session:
        wave = held_draft(form, session, code)
        must_be_seen(session, wave, held)
        sheet = held.sheet or Sheet(())
        if row > min(HEAD, len(sheet.rows)):
            raise WaveRefused(_("Không có dòng ấy ở đầu tệp. Xem lại số của dòng tiêu đề."))
        keptlist.keep(session, wave, replace(held, sheet=replace(sheet, heading=row - 1)))
    words = _("Đã lấy dòng {row} làm dòng tiêu đề. Chọn cột rồi nhập.")
    return form.see(f"{path_of(code)}/cot", words.format(row=row))


def _must_be_sound(chosen: dict[int, str], needed: list[str]) -> None:
    """Each column that is needed is chosen, and none for two. Raises WaveRefused."""
    titles = [title for title in chosen.values() if title]
    twice = next((title for title in titles if titles.count(title) > 1), None)
    if twice:
        raise WaveRefused(_("Hai cột cùng được chọn là “{title}”.").format(title=twice))
    missing = [title for title in needed if title not in titles]
    if missing:
        words = _("Chưa chọn cột nào là “{title}”.")
        raise WaveRefused(" ".join(words.format(title=title) for title in missing))
