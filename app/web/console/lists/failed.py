"""Everybody whose invitation did not get through, in one table: other addresses for all at once.

Each officer gives one code, however many addresses there are. Who needs no second person for it
(`readdressing`) gets the invitation at once, the others wait together as one proposal.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from fastapi import APIRouter
from starlette.responses import Response

from app.bounces import returned
from app.index.definition import Index
from app.language import _, number
from app.letters import standing
from app.letters.standing import Failed
from app.papers import rosterbook
from app.papers.tables import UnreadableTable, table
from app.roster import addressfile, people
from app.roster import file as rosterfile
from app.roster.addressfile import Known
from app.text.headings import HiddenRows, Sheet
from app.text.order import name_key
from app.text.table import TableFault
from app.waves import corrections, deeds, readdressing
from app.waves import wave as waves
from app.waves.proposals import Waiting
from app.waves.wave import WaveRefused, id_of
from app.web.console.desk.addresses import LOOK
from app.web.console.desk.desk import WRONG_CODE, CodeRefused, Desk, Faults, Form
from app.web.console.desk.files import HIDDEN, XLSX, download
from app.web.console.desk.guards import Officer, OfficerForm
from app.web.console.lists.roster import PATH, path_of
from app.web.console.lists.searches import asked_of
from app.web.console.waves.together import held, pair_of

router = APIRouter()
FAILED = f"{PATH}/thu-hong"
FILE, FIELD = "tep", "moi-"


@dataclass
class Refused(Exception):
    """Why nothing was changed: sentences, each at a field; and what was typed, by person."""

    faults: Faults
    typed: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Asked:
    """A proposal about several addresses: whose, from where, to where."""

    waiting: Waiting
    people: Sequence[tuple[str, str, str]]


@router.api_route(FAILED, methods=LOOK)
def show(desk: Officer, code: str) -> Response:
    return draw(desk, code)


def draw(desk: Desk, code: str, refused: Refused | None = None) -> Response:
    """The table; with `refused` the answer to a form, its fields as they were typed."""
    asked = asked_of(desk)
    with desk.db.reading() as session:
        wave, now = desk.wave(session, code), desk.db.now(session)
        head = desk.head(session, wave)
        index, _layout = waves.index_of(wave)
        failed = standing.failed(session, id_of(wave))
        group, agency = asked["nhom"], asked["co-quan"]
        found = [
            each
            for each in failed
            if group in ("", each.group) and agency in ("", agency_of(index, each))
        ]
        shown = found[: readdressing.MOST]
        pair = pair_of(desk, session, wave, "addresses")
        waits = pair.waiting if pair else []
        named = people.named(session, [id_ for w in waits for id_ in deeds.people_of(w.arguments)])
        asked_for = [_asked(each, named) for each in waits]
        free = readdressing.alone(session, wave, [e.id for e in shown], desk.staff.id, now)
        values: dict[str, object] = {
            "path": f"{path_of(code)}/thu-hong",
            "base": path_of(code),
            "index": index,
            "launched": wave.launched_at is not None,
            "changeable": wave.launched_at is not None and corrections.may_change(wave, now),
            "failed": shown,
            "back": returned.people(session, id_of(wave)),
            "found": len(found),
            "failures": len(failed),
            "agency_of": {each.id: agency_of(index, each) for each in shown},
            "offered": sorted({agency_of(index, each) for each in failed} - {""}, key=name_key),
            "asked": asked,
            "narrowed": bool(group or agency),
            "moving": readdressing.waiting_for(session, wave, now),
            "alone": free,
            "pair": pair,
            "asked_for": asked_for,
            "typed": refused.typed if refused else {},
            "faults": refused.faults if refused else [],
            "hidden": next((words for words, at in refused.faults if at == HIDDEN), "")
            if refused
            else "",
        }
    status = 422 if refused else 200
    return desk.page("console/failed.html", values, head=head, section="watch", status=status)


def agency_of(index: Index, person: Failed) -> str:
    return people.agency_name(index, person.agency, person.agency_text)


def _asked(waits: Waiting, named: Mapping[int, tuple[str, str]]) -> Asked:
    changes = deeds.changes_of(waits.arguments)
    rows = [(*named[id_], email) for id_, email in changes.items() if id_ in named]
    return Asked(waits, sorted(rows, key=lambda row: name_key(row[0])))


@router.post(f"{FAILED}/tai-ve")
def export(form: OfficerForm, code: str) -> Response:
    """The table as a workbook with an empty column; filled in, it can be uploaded here."""
    with form.db.transaction() as session:
        wave, now = form.wave(session, code), form.db.now(session)
        index, _layout = waves.index_of(wave)
        found = standing.failed(session, id_of(wave))
        form.note(session, now, "roster.export", code, people=len(found))
    groups = index.group_of
    rows = [
        (e.name, groups[e.group].name, agency_of(index, e), e.email, e.error, "") for e in found
    ]
    columns = (
        rosterfile.NAME,
        rosterfile.GROUP,
        rosterfile.AGENCY,
        addressfile.OLD,
        _("Lý do"),
        addressfile.NEW,
    )
    data = rosterbook.table(_("Thư không gửi được"), columns, rows)
    return download(data, f"{code}-thu-khong-gui-duoc.xlsx", XLSX)


@router.post(f"{FAILED}/gui-lai")
def resend(form: OfficerForm, code: str) -> Response:
    """Send the invitations once more that came back from addresses that are there."""
    try:
        with form.db.transaction() as session:
            wave, now = held(form, session, code), form.db.now(session)
            back = [each.id for each in returned.people(session, id_of(wave))]
            again = corrections.resend_to(session, wave, back, now, form.settings.host)
            form.note(session, now, "letters.resend", code, people=again)
    except WaveRefused as refused:
        return draw(form, code, Refused([(refused.words, "")]))
    return form.see(f"{path_of(code)}/thu-hong", _("Các thư bị trả lại đang được gửi lại."))


def changes_of(form: Form, failed: Sequence[Failed], sheet: Sheet | None) -> dict[int, str]:
    """What was typed, and what a file has beside. Raises Refused."""
    typed = {each.id: form.value(f"{FIELD}{each.id}") for each in failed}
    typed = {id_: email for id_, email in typed.items() if email}
    if sheet is not None:
        known = [Known(each.id, each.name, each.email) for each in failed]
        try:
            typed |= addressfile.read(sheet, known)
        except TableFault as fault:
            raise Refused([(str(each), FILE) for each in fault.faults[:50]], typed) from fault
    if not typed:
        words = _("Chưa ghi địa chỉ mới nào. Ghi vào bảng, hoặc chọn tệp có cột “{column}”.")
        first = f"{FIELD}{failed[0].id}" if failed else ""
        raise Refused([(words.format(column=addressfile.NEW), first)])
    if len(typed) > readdressing.MOST:
        words = _("Mỗi lần đổi nhiều nhất {most} địa chỉ; lần này có {count}.")
        words = words.format(most=number(readdressing.MOST), count=number(len(typed)))
        raise Refused([(words, FILE)], typed)
    return typed


def sheet_of(form: Form) -> Sheet | None:
    """The file that came along, if one did. Raises Refused."""
    sent = form.upload(FILE)
    if sent is None:
        return None
    typed = {
        int(name.removeprefix(FIELD)): value
        for name, value in form.posts.fields
        if name.startswith(FIELD) and name.removeprefix(FIELD).isdecimal() and value
    }
    try:
        return table(sent.data, sent.name, addressfile.WANTED, form.value(HIDDEN))
    except UnreadableTable as refused:
        raise Refused([(str(refused), FILE)], typed) from refused
    except HiddenRows as hidden:
        raise Refused([(str(hidden), HIDDEN)], typed) from hidden


def refused_by(error: WaveRefused | CodeRefused, typed: Mapping[int, str]) -> Refused:
    """A verb's own words, or those about a wrong code, beside what was typed."""
    if isinstance(error, CodeRefused):
        return Refused([(WRONG_CODE, "ma-xac-thuc")], typed)
    return Refused([(error.words, "")], typed)
