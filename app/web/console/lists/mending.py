"""The rows of a list that wait, mended: one by one as they were typed, or many by what they have in
common.

What was typed is kept even where it is not right yet, so that nothing is typed twice.
"""

from dataclasses import replace

from fastapi import APIRouter
from starlette.responses import Response

from app.index.definition import Index
from app.language import _, number
from app.preparation import keptlist, keptrows
from app.preparation.keptlist import InHand
from app.roster import badrows, mending
from app.roster import file as rosterfile
from app.roster.badrows import BadRows
from app.roster.columns import EMAIL
from app.roster.file import Person
from app.roster.layout import Laid
from app.store.db import Session
from app.store.models import Wave
from app.text.headings import Sheet, is_filled
from app.text.table import Fault, TableFault
from app.waves import addresses, corrections
from app.waves import wave as waves
from app.waves.wave import WaveRefused, id_of
from app.web.console.desk.desk import Form
from app.web.console.desk.guards import OfficerForm
from app.web.console.lists.person import note_change
from app.web.console.lists.roster import path_of
from app.web.console.lists.searches import page_of
from app.web.console.lists.taking import keep_waiting
from app.web.console.lists.waiting import (
    NAMES,
    REFUSALS,
    WAITING,
    draw_refused,
    forget_waiting,
    held_of,
    waiting_path,
)

router = APIRouter()
DOUBLED = _("Đã thuộc một người trong danh sách")


@router.post(WAITING)
def mend(form: OfficerForm, code: str) -> Response:
    """Keep what was typed into the rows of a page; who is sound joins the people taken before."""
    try:
        with form.db.transaction() as session:
            wave, held, bad = held_of(form, session, code)
            index, _layout = waves.index_of(wave)
            typed, dropped = _typed(form, bad)
            sheet = mending.mended(held.sheet or Sheet(()), typed, dropped)
            left, added = _settle(form, session, wave, index, held, sheet)
            settled = len(bad.rows) - left
    except REFUSALS as refused:
        return draw_refused(form, code, refused)
    return _after(form, code, left, settled, added)


@router.post(f"{WAITING}/nhom")
def regroup(form: OfficerForm, code: str) -> Response:
    """Take what stands for a group in many rows for a group of the index."""
    try:
        with form.db.transaction() as session:
            wave, held, bad = held_of(form, session, code)
            index, _layout = waves.index_of(wave)
            meant = {
                text: group
                for place, (text, _rows) in enumerate(mending.unknown_groups(index, bad))
                if (group := form.value(f"la-{place}")) in index.group_of
            }
            if not meant:
                raise WaveRefused(_("Chọn nhóm cho ít nhất một cách ghi."))
            sheet = mending.regrouped(held.sheet or Sheet(()), meant)
            left, added = _settle(form, session, wave, index, held, sheet)
            settled = len(bad.rows) - left
    except REFUSALS as refused:
        return draw_refused(form, code, refused, "la-0")
    return _after(form, code, left, settled, added)


def _typed(form: Form, bad: BadRows) -> tuple[dict[int, dict[str, str]], list[int]]:
    """What was typed into which rows, and the rows that are to go."""
    known, places = {row.row for row in bad.rows}, mending.places_in(bad.heading)
    sent = {*form.values("dong")}
    rows = [row for row in sorted(known) if str(row) in sent]
    typed = {
        row: {
            title: form.value(f"{NAMES[title]}-{row}")
            for title in places
            if form.has(f"{NAMES[title]}-{row}")
        }
        for row in rows
    }
    offered = form.number("dung-dia-chi")
    if offered in typed:
        typed[offered][EMAIL] = form.value(f"goi-y-{offered}")
    dropped = [row for row in rows if form.has(f"bo-{row}")]
    return {row: cells for row, cells in typed.items() if row not in dropped}, dropped


def _settle(
    form: Form, session: Session, wave: Wave, index: Index, held: InHand, sheet: Sheet
) -> tuple[int, int]:
    """Keep a sheet that was mended; gives how many rows are bad still, and how many people joined
    the roster: those who are sound now, if the others of the list are on it already."""
    note = keptrows.note(session, id_of(wave))
    taken = note[2] if note else 0
    joined: list[Person] = []
    faults: tuple[Fault, ...] = ()
    if taken:
        joined, sheet, doubled = _joining(form, session, wave, index, sheet)
        faults = doubled
    try:
        rosterfile.read(index, Laid(sheet))
        bad = badrows.of(Laid(sheet), faults, held.note.file, sheet.told)
    except TableFault as fault:
        first = (sheet.heading or 0) + 1
        found = [each for each in fault.faults if each.row > first]
        if not found and any(map(is_filled, sheet.rows[first:])):
            raise  # of the heading: another index needs another column
        bad = badrows.of(Laid(sheet), [*found, *faults], held.note.file, sheet.told)
    if taken and not bad.rows:
        keptrows.forget(session, id_of(wave))
        keptlist.keep(session, wave, replace(held, sheet=None))
    elif taken:
        keptrows.keep(session, wave, bad, taken + len(joined))
        keptlist.keep(session, wave, replace(held, sheet=sheet))
    elif any(sheet.rows[(sheet.heading or 0) + 1 :]):
        keep_sound(session, wave, held, sheet, bad)
    else:
        forget_waiting(session, wave)
    return len(bad.rows), len(joined)


def keep_sound(session: Session, wave: Wave, held: InHand, sheet: Sheet, bad: BadRows) -> None:
    """Keep a list of which nothing is taken yet, be all of it sound."""
    keep_waiting(session, wave, held, sheet, bad, settled=True)
    if not bad.rows:
        note = replace(held.note, rows=bad.sound)
        keptlist.keep(session, wave, replace(held, note=note, sheet=sheet))


def _joining(
    form: Form, session: Session, wave: Wave, index: Index, sheet: Sheet
) -> tuple[list[Person], Sheet, tuple[Fault, ...]]:
    """The people of the sound rows put on the roster, the sheet without them, and a fault for each
    whose address somebody on it has."""
    people, wrong = rosterfile.parted(index, sheet)
    first = (sheet.heading or 0) + 1
    sound = [
        at
        for at, row in enumerate(sheet.rows[first:], start=first + 1)
        if is_filled(row) and at not in wrong
    ]
    joined, gone, faults = [], [], []
    now, by = form.db.now(session), form.staff.who
    for at, person in zip(sound, people, strict=True):
        try:
            addresses.must_be_new(session, id_of(wave), person.email)
        except WaveRefused as refused:
            faults.append(Fault(at, f"{EMAIL}: {refused.words}", f"{EMAIL}: {DOUBLED}"))
            continue
        made = corrections.add(session, form.keys, wave, person, now, form.settings.host, by)
        form.note(session, now, "roster.add", wave.code, respondent=made)
        joined.append(person)
        gone.append(at)
    if joined:
        note_change(session, wave, now)
    return joined, mending.mended(sheet, {}, gone), tuple(faults)


def _after(form: Form, code: str, left: int, settled: int, added: int) -> Response:
    """The next page: what is left to mend, or the list."""
    told = []
    if added:
        told.append(_("Đã thêm {number} người vào danh sách.").format(number=number(added)))
    elif settled:
        told.append(_("Đã xong {number} dòng.").format(number=number(settled)))
    if left:
        words = _("Đã lưu điều vừa sửa. Còn {number} dòng chưa đúng; lý do ở từng dòng.")
        told.append(words.format(number=number(left)))
        return form.see(f"{waiting_path(code)}?trang={page_of(form)}", " ".join(told))
    if added:
        return form.see(path_of(code), " ".join([*told, _("Không còn dòng nào chờ sửa.")]))
    return form.see(waiting_path(code), " ".join(told))
