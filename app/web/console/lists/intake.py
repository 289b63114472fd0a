"""A whole list taken in, or refused row by row: a file, or the list of an earlier wave."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from fastapi import APIRouter
from starlette.responses import Response

from app.bounces import returned
from app.index.definition import Index
from app.language import _, number
from app.papers.tables import UnreadableTable, table
from app.preparation import keptlist, lettersahead
from app.preparation.keptlist import InHand
from app.roster import asides, badrows, layout, people, rows
from app.roster import file as rosterfile
from app.roster.badrows import BadRows
from app.roster.columns import WANTED
from app.roster.layout import Laid
from app.roster.rows import FIELDS
from app.store.db import Session
from app.store.models import Wave
from app.text.headings import HiddenRows, Sheet
from app.text.table import TableFault
from app.waves import wave as waves
from app.waves.wave import id_of
from app.web.console.desk.desk import Form
from app.web.console.desk.files import HIDDEN, with_told
from app.web.console.desk.guards import OfficerForm
from app.web.console.lists.roster import PATH, Refused, draw, path_of
from app.web.console.lists.taking import (
    ListStands,
    hand,
    keep_refused,
    must_replace,
    take,
    with_near,
)

router = APIRouter()


@router.post(PATH)
def upload(form: OfficerForm, code: str) -> Response:
    """Take a whole roster, or show every bad row of it and take nothing."""
    sent = form.upload("tep")
    if sent is None:
        return draw(form, code, Refused(_("Chưa chọn tệp nào. Bấm ô chọn tệp rồi gửi lại.")))
    with form.db.reading() as session:
        wave = form.wave(session, code)
        index, _layout = waves.index_of(wave)
        held = hand(form, session, sent.name)
    waves.must_be_draft(wave)
    try:
        with form.db.reading() as session:
            must_replace(form, session, wave)
        sheet = table(sent.data, sent.name, WANTED, form.value(HIDDEN))
    except ListStands as stands:
        return draw(form, code, stands.refused(sent.name))
    except UnreadableTable as refused:
        return draw(form, code, Refused(str(refused)))
    except HiddenRows as hidden:
        return draw(form, code, Refused(str(hidden), HIDDEN, file=sent.name))
    return read_and_take(form, wave, index, held, sheet, layout.lay(sheet))


def read_and_take(
    form: Form, wave: Wave, index: Index, held: InHand, sheet: Sheet, laid: Laid
) -> Response:
    """A file that was laid out: taken, or kept with what is wrong with it. `sheet` is the file as
    it came, to be laid out otherwise when its heading is at fault."""
    held = replace(held, asides=laid.asides)
    try:
        read = rosterfile.read(index, laid)
        near = take(form, wave, index, read.people, held, "roster.import")
    except ListStands as stands:
        return draw(form, wave.code, stands.refused(held.note.file))
    except TableFault as fault:
        first = (laid.sheet.heading or 0) + 2
        settled = not any(each.row < first for each in fault.faults)
        asking = not settled and layout.is_worth_asking(sheet)
        if settled or not asking:
            bad = keep_refused(form, wave.code, held, laid.sheet, fault, settled=True)
        else:
            bad = keep_refused(form, wave.code, held, sheet, fault, settled=False)
        refused = Refused(bad=bad, warnings=fault.warnings, asides=laid.asides, asking=asking)
        return draw(form, wave.code, refused)
    words = with_near(_("Đã nhập {number} người.").format(number=number(len(read.people))), near)
    told = " ".join(filter(None, [laid.sheet.told, asides.in_numbers(laid.asides)]))
    shown = replace(laid.sheet, told=told)
    words = _with_dead(form, words, wave)
    return form.see(path_of(wave.code), with_told(words, shown, read.warnings))


@router.post(f"{PATH}/lay-dot-truoc")
def take_over(form: OfficerForm, code: str) -> Response:
    """The people of an earlier wave who fit this index; the others are shown with the reason."""
    source = form.value("dot")
    with form.db.reading() as session:
        wave, other = form.wave(session, code), form.wave(session, source)
        index, _layout = waves.index_of(wave)
        laid = layout.lay(_lines_of(session, other, index))
        held = hand(form, session, source)
    waves.must_be_draft(wave)
    bad: BadRows | None = None
    fitting: Sequence[rosterfile.Person] = ()
    try:
        fitting = rosterfile.read(index, laid).people
    except TableFault as fault:
        fitting, wrong = rosterfile.parted(index, laid.sheet)
        waiting = keptlist.only(laid.sheet, wrong)
        if not fitting:
            bad = keep_refused(form, code, held, waiting, fault, settled=True)
        else:
            bad = badrows.of(waiting, fault.faults, source)
            held = replace(held, sheet=waiting, settled=True)
    if not fitting:
        words = _("Không ai trong danh sách của đợt {code} hợp với bộ chỉ số này; chưa lấy ai.")
        return draw(form, code, Refused(words.format(code=source), "dot", bad))
    try:
        near = take(form, wave, index, fitting, held, "roster.take-over", bad, **{"from": source})
    except ListStands as stands:
        return draw(form, code, stands.refused())
    if bad:
        return draw(form, code, Refused(bad=bad, taken=len(fitting)))
    words = _("Đã lấy {number} người từ đợt {source}.")
    words = _with_dead(form, words.format(number=number(len(fitting)), source=source), wave)
    return form.see(path_of(code), with_near(words, near))


def _with_dead(form: Form, words: str, wave: Wave) -> str:
    """What is said of a list that was taken, and whom of it letters did not reach before."""
    with form.db.reading() as session:
        dead = returned.dead_before(session, form.keys, id_of(wave), form.db.now(session))
    return f"{words} {lettersahead.dead_words(dead)}" if dead else words


def _lines_of(session: Session, other: Wave, index: Index) -> list[list[str]]:
    """The roster of another wave as a file for this index: units it does not know by their name."""
    earlier, _layout = waves.index_of(other)
    lines: list[list[str]] = [list(FIELDS)]
    for person in people.everyone(session, id_of(other)):
        fields: Mapping[str, str] = rows.fields_of(person)
        if person.agency in earlier.unit_of and person.agency not in index.unit_of:
            fields = {**fields, rosterfile.AGENCY: earlier.unit_of[person.agency].name}
        lines.append(list(fields.values()))
    return lines
