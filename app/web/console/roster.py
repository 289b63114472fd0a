"""Danh sách: upload, faults by row, who is on it, near-matching agencies, last wave's list."""

import json
from collections.abc import Sequence

from fastapi import APIRouter
from starlette.responses import Response

from app import participation, people, preparation, roster, rosterbook, waves
from app.corrections import may_change
from app.db import Session
from app.index import Index
from app.language import _, number
from app.models import Wave
from app.people import FIELDS
from app.table import TableFault
from app.waves import id_of
from app.web.console.cookies import ROOT
from app.web.console.desk import LOOK, Desk, Form, Officer, OfficerForm
from app.web.console.downloads import XLSX, download
from app.workbook import UnreadableTable, rows

router = APIRouter()
WAVE = f"{ROOT}/dot/{{code}}"
PATH = f"{WAVE}/danh-sach"
MOST_BAD_ROWS = 2_000


def path_of(code: str) -> str:
    return f"{ROOT}/dot/{code}/danh-sach"


@router.api_route(PATH, methods=LOOK)
def show(desk: Officer, code: str) -> Response:
    return _page(desk, code)


def _page(
    desk: Desk,
    code: str,
    faults: Sequence[tuple[int, str]] = (),
    bad_rows: str = "",
    file_name: str = "",
    refusal: str = "",
) -> Response:
    asked = desk.request.query_params
    search, group, order = asked.get("tim", "")[:100], asked.get("nhom", ""), asked.get("xep", "")
    wanted = asked.get("trang", "1")
    page = max(1, int(wanted[:6])) if wanted.isdecimal() else 1
    with desk.db.reading() as session:
        wave, now = desk.wave(session, code), desk.db.now(session)
        head = desk.head(session, wave)
        index, _layout = waves.index_of(wave)
        wave_id = id_of(wave)
        listed, total = people.listing(session, wave_id, search, group, order, page)
        prepared = preparation.of(session, wave_id)
        values: dict[str, object] = {
            "code": code,
            "path": path_of(code),
            "wave": wave,
            "index": index,
            "listed": listed,
            "total": total,
            "page": page,
            "pages": max(1, -(-total // people.PAGE)),
            "asked": {"tim": search, "nhom": group, "xep": order},
            "groups": people.by_group(session, wave_id),
            "agencies": people.by_agency(session, wave_id),
            "near": preparation.near_agencies(prepared),
            "near_seen": desk.print_of(prepared.agencies),
            "prepared": prepared,
            "earlier": _earlier(session, wave),
            "draft": wave.launched_at is None and wave.cancelled_at is None,
            "changeable": may_change(wave, now),
            "listable": index.rules.participation_list,
            "faults": faults,
            "bad_rows": bad_rows,
            "file_name": file_name,
            "refusal": refusal,
        }
    status = 422 if faults or refusal else 200
    return desk.page("console/roster.html", values, head=head, section="roster", status=status)


def _earlier(session: Session, wave: Wave) -> list[str]:
    """The waves whose roster could be taken over."""
    return [other for other in waves.codes(session) if other != wave.code]


@router.post(PATH)
def upload(form: OfficerForm, code: str) -> Response:
    """Take a whole roster, or show every bad row of it and take nothing."""
    sent = form.upload("tep")
    if sent is None:
        return _page(form, code, refusal=_("Chưa chọn tệp nào. Bấm ô chọn tệp rồi gửi lại."))
    with form.db.reading() as session:
        wave = form.wave(session, code)
        index, _layout = waves.index_of(wave)
    found: list[list[str]] = []
    try:
        waves.must_be_draft(wave)
        found = rows(sent.data, sent.name)
        read = roster.read(index, found)
    except UnreadableTable as refused:
        return _page(form, code, refusal=str(refused), file_name=sent.name)
    except TableFault as fault:
        told = [(each.row, each.message) for each in fault.faults]
        return _page(form, code, told, bad_rows_of(found, told), sent.name)
    near = _take(form, code, index, read.people, sent.name, "roster.import")
    words = _("Đã nhập {number} người.").format(number=number(len(read.people)))
    if near:
        words += " " + _("Có tên cơ quan gần giống một đơn vị; xem và xác nhận bên dưới.")
    return form.see(path_of(code), words)


def _take(
    form: Form,
    code: str,
    index: Index,
    taken: Sequence[roster.Person],
    file: str,
    action: str,
    **facts: object,
) -> bool:
    with form.db.transaction() as session:
        wave, now = form.wave(session, code), form.db.now(session)
        waves.import_roster(session, wave, taken)
        units = {unit.code: unit.name for unit in index.units}
        near = preparation.roster_changed(session, wave, units, file, now)
        form.note(session, now, action, code, people=len(taken), **facts)
    return bool(near)


def bad_rows_of(found: list[list[str]], told: Sequence[tuple[int, str]]) -> str:
    """The heading and the bad rows with their reasons, as JSON for the download."""
    reasons: dict[int, list[str]] = {}
    for row, message in told:
        reasons.setdefault(row, []).append(message)
    heading = next((row for row in found if any(cell.strip() for cell in row)), [])
    width = len(heading)
    bad = [
        [*(found[row - 1] + [""] * width)[:width], " ".join(messages)]
        for row, messages in list(reasons.items())[:MOST_BAD_ROWS]
        if 0 < row <= len(found)
    ]
    return json.dumps([[*heading, _("Lý do")], *bad], ensure_ascii=False)


@router.post(f"{PATH}/dong-loi")
def bad_rows(form: OfficerForm, code: str) -> Response:
    """The bad rows that the page held, as a workbook to mend and upload."""
    try:
        heading, *bad = json.loads(form.value("dong"))
        lines = [[str(cell) for cell in row] for row in bad]
        data = rosterbook.table(_("Dòng cần sửa"), [str(cell) for cell in heading], lines)
    except (ValueError, TypeError, RecursionError):
        return _page(form, code, refusal=_("Tải lại tệp danh sách để có các dòng cần sửa."))
    return download(data, f"{code}-dong-can-sua.xlsx", XLSX)


@router.api_route(f"{PATH}/mau.xlsx", methods=LOOK)
def template(desk: Officer, code: str) -> Response:
    """An empty list for this wave's index."""
    with desk.db.reading() as session:
        index, _layout = waves.index_of(desk.wave(session, code))
    return download(rosterbook.template(index, FIELDS), f"{code}-mau-danh-sach.xlsx", XLSX)


@router.post(f"{PATH}/xuat")
def export(form: OfficerForm, code: str) -> Response:
    """The list as it stands; it can be uploaded again."""
    with form.db.transaction() as session:
        wave = form.wave(session, code)
        everyone = people.everyone(session, id_of(wave))
        form.note(session, form.db.now(session), "roster.export", code, people=len(everyone))
    lines = [list(people.fields_of(person).values()) for person in everyone]
    data = rosterbook.table(_("Danh sách"), FIELDS, lines)
    return download(data, f"{code}-danh-sach.xlsx", XLSX)


@router.post(f"{PATH}/co-quan")
def agencies(form: OfficerForm, code: str) -> Response:
    """Which near matches are the unit, and which are another agency."""
    same = form.values("la-don-vi")
    with form.db.transaction() as session:
        wave, now = form.wave(session, code), form.db.now(session)
        prepared = preparation.of(session, id_of(wave))
        form.must_be_fresh(prepared.agencies)
        preparation.settle_agencies(session, wave, same, now)
        form.note(session, now, "roster.agencies", code, rows=len(same))
    return form.see(path_of(code), _("Đã xác nhận tên cơ quan."))


@router.post(f"{PATH}/lay-dot-truoc")
def take_over(form: OfficerForm, code: str) -> Response:
    """The people of an earlier wave who fit this index; the others are shown with the reason."""
    source = form.value("dot")
    with form.db.reading() as session:
        wave = form.wave(session, code)
        index, _layout = waves.index_of(wave)
        known = people.everyone(session, id_of(form.wave(session, source)))
    waves.must_be_draft(wave)
    table = [list(FIELDS), *(list(people.fields_of(person).values()) for person in known)]
    told: list[tuple[int, str]] = []
    try:
        fitting = roster.read(index, table).people
    except TableFault as fault:
        told = [(each.row, each.message) for each in fault.faults]
        bad = {row for row, _message in told}
        rest = [row for place, row in enumerate(table, start=1) if place not in bad]
        fitting = roster.read(index, rest).people
    _take(form, code, index, fitting, source, "roster.take-over", **{"from": source})
    if told:
        return _page(form, code, told, bad_rows_of(table, told), source)
    words = _("Đã lấy {number} người từ đợt {source}.")
    return form.see(path_of(code), words.format(number=number(len(fitting)), source=source))


@router.post(f"{PATH}/tham-gia")
def took_part(form: OfficerForm, code: str) -> Response:
    """Who took part, and nothing else; where the index says so, once casting is over."""
    with form.db.transaction() as session:
        wave = form.wave(session, code)
        lines = participation.took_part(session, wave)
        now = form.db.now(session)
        form.note(session, now, "roster.participation", code, people=len(lines))
    columns = (roster.NAME, roster.POSITION, roster.AGENCY)
    data = rosterbook.table(_("Người tham gia"), columns, lines)
    return download(data, f"{code}-nguoi-tham-gia.xlsx", XLSX)
