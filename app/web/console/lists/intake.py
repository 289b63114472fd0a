"""A whole list taken in, or refused row by row: a file, or the list of an earlier wave."""

from collections.abc import Mapping, Sequence

from fastapi import APIRouter
from starlette.responses import Response

from app.bonds import origins
from app.index.definition import Index
from app.language import _, number
from app.papers.tables import UnreadableTable, table
from app.preparation import agencies, keptrows
from app.roster import badrows, people, rows
from app.roster import file as rosterfile
from app.roster.badrows import BadRows
from app.roster.columns import WANTED
from app.roster.rows import FIELDS
from app.store.db import Session
from app.store.models import Wave
from app.text.headings import HiddenRows, Sheet
from app.text.table import TableFault
from app.waves import wave as waves
from app.waves.wave import id_of
from app.web.console.desk.desk import Form, Stale
from app.web.console.desk.files import HIDDEN, with_told
from app.web.console.desk.guards import OfficerForm
from app.web.console.lists.roster import PATH, Refused, draw, path_of, replace_print
from app.web.console.waves.together import held_draft

router = APIRouter()
REPLACE = "thay"


class ListStands(Exception):
    """There are people already, and nobody has said that they are to go; how many they are."""

    def __init__(self, people: int) -> None:
        super().__init__(people)
        self.people = people


def _must_replace(form: Form, session: Session, wave: Wave) -> int:
    """How many people go when a whole list comes. Raises ListStands."""
    standing = people.count(session, id_of(wave))
    if standing and form.value(REPLACE) != replace_print(form, session, wave):
        raise ListStands(standing)
    return standing


def _stands(error: ListStands) -> Refused:
    words = _(
        "Danh sách đang có {number} người. Đánh dấu ô “Thay {number} người đang có” nếu đúng là"
        " muốn thay, rồi gửi lại."
    )
    return Refused(words.format(number=number(error.people)), REPLACE)


@router.post(PATH)
def upload(form: OfficerForm, code: str) -> Response:
    """Take a whole roster, or show every bad row of it and take nothing."""
    sent = form.upload("tep")
    if sent is None:
        return draw(form, code, Refused(_("Chưa chọn tệp nào. Bấm ô chọn tệp rồi gửi lại.")))
    with form.db.reading() as session:
        wave = form.wave(session, code)
        index, _layout = waves.index_of(wave)
    waves.must_be_draft(wave)
    sheet = Sheet(())
    try:
        with form.db.reading() as session:
            _must_replace(form, session, wave)
        sheet = table(sent.data, sent.name, WANTED, form.value(HIDDEN))
        read = rosterfile.read(index, sheet)
        near = _take(form, wave, index, taken := read.people, sent.name, "roster.import")
    except ListStands as stands:
        return draw(form, code, _stands(stands))
    except UnreadableTable as refused:
        return draw(form, code, Refused(str(refused)))
    except HiddenRows as hidden:
        return draw(form, code, Refused(str(hidden), HIDDEN))
    except TableFault as fault:
        bad = badrows.of(sheet, fault.faults, sent.name, fault.told)
        _keep(form, code, bad)
        return draw(form, code, Refused(bad=bad, warnings=fault.warnings))
    words = _with_near(_("Đã nhập {number} người.").format(number=number(len(taken))), near)
    return form.see(path_of(code), with_told(words, sheet, read.warnings))


def _with_near(words: str, near: bool) -> str:
    more = _("Có tên cơ quan gần giống một đơn vị; xem và xác nhận bên dưới.")
    return f"{words} {more}" if near else words


def _keep(form: Form, code: str, bad: BadRows) -> None:
    with form.db.transaction() as session:
        keptrows.keep(session, held_draft(form, session, code), bad)


def _take(
    form: Form,
    seen: Wave,
    index: Index,
    taken: Sequence[rosterfile.Person],
    file: str,
    action: str,
    bad: BadRows | None = None,
    **facts: object,
) -> bool:
    """Put these people in the place of those there are; whether agencies are to be settled.

    `seen` is the wave as it was when they were read. Raises ListStands, Stale.
    """
    with form.db.transaction() as session:
        wave, now = held_draft(form, session, seen.code), form.db.now(session)
        if wave.index_digest != seen.index_digest:
            raise Stale
        if gone := _must_replace(form, session, wave):
            facts = {**facts, "replaced": gone}
        source = origins.of_wave(file) if action == "roster.take-over" else origins.of_file(file)
        waves.import_roster(session, wave, taken, form.staff.who, source)
        near = agencies.roster_changed(session, wave, index, file, now)
        if bad:
            keptrows.keep(session, wave, bad, len(taken))
        form.note(session, now, action, wave.code, people=len(taken), **facts)
    return bool(near)


@router.post(f"{PATH}/lay-dot-truoc")
def take_over(form: OfficerForm, code: str) -> Response:
    """The people of an earlier wave who fit this index; the others are shown with the reason."""
    source = form.value("dot")
    with form.db.reading() as session:
        wave, other = form.wave(session, code), form.wave(session, source)
        index, _layout = waves.index_of(wave)
        lines = _lines_of(session, other, index)
    waves.must_be_draft(wave)
    bad: BadRows | None = None
    fitting: Sequence[rosterfile.Person] = ()
    try:
        fitting = rosterfile.read(index, lines).people
    except TableFault as fault:
        bad = badrows.of(lines, fault.faults, source)
        wrong = {each.row for each in bad.rows}
        rest = [row for place, row in enumerate(lines, start=1) if place not in wrong]
        fitting = rosterfile.read(index, rest).people if len(rest) > 1 else ()
    if not fitting:
        if bad:
            _keep(form, code, bad)
        words = _("Không ai trong danh sách của đợt {code} hợp với bộ chỉ số này; chưa lấy ai.")
        return draw(form, code, Refused(words.format(code=source), "dot", bad))
    try:
        near = _take(
            form, wave, index, fitting, source, "roster.take-over", bad, **{"from": source}
        )
    except ListStands as stands:
        return draw(form, code, _stands(stands))
    if bad:
        return draw(form, code, Refused(bad=bad, taken=len(fitting)))
    words = _("Đã lấy {number} người từ đợt {source}.")
    words = words.format(number=number(len(fitting)), source=source)
    return form.see(path_of(code), _with_near(words, near))


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
