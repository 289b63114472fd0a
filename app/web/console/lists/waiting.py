"""The rows of a list that wait: shown to be mended, left behind for now, or dropped."""

from dataclasses import replace

from fastapi import APIRouter
from starlette.responses import Response

from app.language import _, number
from app.preparation import keptlist, keptrows
from app.preparation.keptlist import InHand
from app.roster import file as rosterfile
from app.roster import mending, people
from app.roster.badrows import BadRows
from app.store.db import Session
from app.store.models import Wave
from app.text.headings import Sheet
from app.text.table import TableFault
from app.waves import wave as waves
from app.waves.wave import WaveRefused, id_of
from app.web.console.desk.addresses import LOOK
from app.web.console.desk.desk import Desk, Faults, Form, Stale
from app.web.console.desk.guards import Officer, OfficerForm
from app.web.console.lists.roster import PATH, path_of, replace_print
from app.web.console.lists.searches import page_of
from app.web.console.lists.taking import (
    REPLACE,
    ListStands,
    take,
    with_near,
)
from app.web.console.waves.together import held_draft

router = APIRouter()
WAITING = f"{PATH}/cho-sua"
PAGE = 20  # rows of a page, each a form of its own size
REFUSALS = (Stale, WaveRefused, TableFault)
CHANGED = _("Danh sách này vừa được sửa ở nơi khác; chưa lưu gì. Xem lại các dòng dưới đây.")
GONE = _("Không còn dòng nào chờ sửa. Tải lại tệp danh sách nếu cần.")


def waiting_path(code: str) -> str:
    return f"{path_of(code)}/cho-sua"


@router.api_route(WAITING, methods=LOOK)
def show(desk: Officer, code: str) -> Response:
    return draw_waiting(desk, code)


def draw_refused(
    desk: Desk, code: str, refused: Stale | WaveRefused | TableFault, field: str = ""
) -> Response:
    """The page that says why nothing was done, one of REFUSALS; `field` is what a wave refuses."""
    if isinstance(refused, Stale):
        return draw_waiting(desk, code, [(CHANGED, "")], 409)
    if isinstance(refused, TableFault):
        return draw_waiting(desk, code, [(each.message, "") for each in refused.faults])
    return draw_waiting(desk, code, [(refused.words, field)])


def draw_waiting(
    desk: Desk, code: str, faults: Faults | None = None, status: int = 422, page: int = 0
) -> Response:
    """A page of the rows that wait, each with its fields and what is wrong with them."""
    with desk.db.reading() as session:
        wave = desk.wave(session, code)
        head = desk.head(session, wave)
        index, _layout = waves.index_of(wave)
        held, bad, taken = in_hand(session, wave)
        replace_seen = replace_print(desk, session, wave)
        standing = people.count(session, id_of(wave))
    rows = bad.rows if bad else ()
    pages = max(1, -(-len(rows) // PAGE))
    page = min(page or page_of(desk), pages)
    sheet = held.sheet if held and held.sheet else Sheet(())
    shown = rows[(page - 1) * PAGE : page * PAGE]
    groups = mending.unknown_groups(index, bad) if bad else []
    sound = held.note.rows if held else 0
    fields = {REPLACE if standing and sound and not taken else "", "la-0" if groups else ""}
    values: dict[str, object] = {
        "path": path_of(code),
        "wave": wave,
        "index": index,
        "held": held,
        "bad": bad,
        "waiting": len(rows),
        "taken": taken,
        "sound": sound,
        "rows": [mending.mendable(index, bad, row, sheet) for row in shown] if bad else [],
        "groups": groups,
        "guess": mending.groups_of(index).nearest,
        "names": NAMES,
        "people": standing,
        "replace": replace_seen,
        "seen": desk.print_of(held.print if held else ""),
        "page": page,
        "pages": pages,
        "faults": [(words, field if field in fields else "") for words, field in faults or []],
        "at_box": any(field == REPLACE for _words, field in faults or []),
    }
    answer = status if faults else 200
    return desk.page(
        "console/roster-waiting.html", values, head=head, section="roster", status=answer
    )


# How the fields of a row are named on the page, each with the number of the row behind it.
NAMES = dict(
    zip(
        mending.FIELDS,
        ("ten", "thu", "nhom", "co-quan", "don-vi", "chuc-vu", "dien-thoai", "kenh"),
        strict=True,
    )
)


def in_hand(session: Session, wave: Wave) -> tuple[InHand | None, BadRows | None, int]:
    """The file in hand, its bad rows, and how many people of it are on the roster."""
    if wave.launched_at is not None or wave.cancelled_at is not None:
        return None, None, 0
    held = keptlist.of(session, id_of(wave))
    note = keptrows.note(session, id_of(wave))
    if held is None or held.sheet is None or not held.settled:
        return None, None, 0
    return held, keptrows.of(session, id_of(wave)), note[2] if note else 0


@router.post(f"{WAITING}/bo")
def drop(form: OfficerForm, code: str) -> Response:
    """Go on without what waits, rows or a file: the officer says so."""
    try:
        with form.db.transaction() as session:
            wave = held_draft(form, session, code)
            held = keptlist.of(session, id_of(wave), whole=False)
            if held is None or not held.waits:
                raise WaveRefused(GONE)
            form.must_be_fresh(held.print)
            note = keptrows.note(session, id_of(wave))
            rows = note[1] if note else 0
            forget_waiting(session, wave)
            now = form.db.now(session)
            form.note(session, now, "roster.drop-rows", code, rows=rows)
    except REFUSALS as refused:
        return draw_refused(form, code, refused)
    if note and note[2]:
        words = _("Đã bỏ {number} dòng chờ sửa; không gửi phiếu cho những người ấy.")
    else:
        words = _("Đã bỏ tệp {file}; không ai của tệp ấy vào danh sách.")
    return form.see(path_of(code), words.format(number=number(rows), file=held.note.file))


@router.post(f"{PATH}/dua-vao")
def take_sound(form: OfficerForm, code: str) -> Response:
    """The sound rows onto the roster; the others wait."""
    try:
        with form.db.reading() as session:
            wave = form.wave(session, code)
            waves.must_be_draft(wave)
            index, _layout = waves.index_of(wave)
            held, bad, taken = in_hand(session, wave)
        if held is None or held.sheet is None or taken:
            raise WaveRefused(GONE)
        form.must_be_fresh(held.print)
        sound, wrong = rosterfile.parted(index, held.sheet)
        if not sound:
            raise WaveRefused(_("Chưa có dòng nào đúng để đưa vào. Sửa các dòng dưới đây."))
        rest = keptlist.only(held.sheet, wrong) if wrong else None
        after = replace(held, note=replace(held.note, rows=0), sheet=rest)
        near = take(form, wave, index, sound, after, "roster.import", bad if wrong else None)
    except ListStands as stands:
        return draw_waiting(form, code, [(stands.refused().words, REPLACE)])
    except REFUSALS as refused:
        return draw_refused(form, code, refused)
    words = _("Đã nhập {number} người.").format(number=number(len(sound)))
    if wrong:
        words += " " + _("{number} dòng chờ sửa.").format(number=number(len(wrong)))
    return form.see(path_of(code), with_near(words, near))


def held_of(form: Form, session: Session, code: str) -> tuple[Wave, InHand, BadRows]:
    """A draft and what waits of its list, as the page showed it. Raises Stale, WaveRefused."""
    wave = held_draft(form, session, code)
    held, bad, _taken = in_hand(session, wave)
    if held is None or bad is None:
        raise WaveRefused(GONE)
    form.must_be_fresh(held.print)
    return wave, held, bad


def forget_waiting(session: Session, wave: Wave) -> None:
    """Nothing waits any more; what was left out of the file is told as before."""
    held = keptlist.of(session, id_of(wave))
    note = keptrows.note(session, id_of(wave))
    keptrows.forget(session, id_of(wave))
    if held is not None and note is not None and note[2]:
        keptlist.keep(session, wave, replace(held, sheet=None))
    else:
        keptlist.forget(session, id_of(wave))
