"""Danh sách as files: a template, the list as it stands, the rows to mend, who took part."""

from fastapi import APIRouter
from starlette.responses import Response

from app.language import _
from app.letters import standing
from app.papers import rosterbook
from app.preparation import keptrows
from app.roster import file as rosterfile
from app.roster import listing, people, rows
from app.roster.rows import FIELDS
from app.waves import participation
from app.waves import wave as waves
from app.waves.wave import id_of
from app.web.console.desk.addresses import LOOK
from app.web.console.desk.desk import WRONG_CODE, CodeRefused
from app.web.console.desk.files import XLSX, download
from app.web.console.desk.guards import Officer, OfficerForm
from app.web.console.lists.roster import PATH, Refused, draw
from app.web.console.lists.searches import asked_of, is_narrowed, letter_of
from app.web.console.waves.together import held

router = APIRouter()


@router.post(f"{PATH}/dong-loi")
def bad_rows(form: OfficerForm, code: str) -> Response:
    """Every bad row of the last file, as a workbook to mend and upload."""
    with form.db.transaction() as session:
        bad = keptrows.of(session, id_of(form.wave(session, code)))
        if bad is not None:
            # People's names and addresses leave the house with it.
            now = form.db.now(session)
            form.note(session, now, "roster.export", code, rows=len(bad.rows))
    if bad is None:
        words = _("Không còn giữ dòng nào cần sửa. Tải lại tệp danh sách để có các dòng ấy.")
        return draw(form, code, Refused(words))
    heading, *lines = bad.sheet
    data = rosterbook.table(_("Dòng cần sửa"), heading, lines)
    return download(data, f"{code}-dong-can-sua.xlsx", XLSX)


@router.api_route(f"{PATH}/mau.xlsx", methods=LOOK)
def template(desk: Officer, code: str) -> Response:
    """An empty list for this wave's index."""
    with desk.db.reading() as session:
        index, _layout = waves.index_of(desk.wave(session, code))
    return download(rosterbook.template(index, FIELDS), f"{code}-mau-danh-sach.xlsx", XLSX)


@router.post(f"{PATH}/xuat")
def export(form: OfficerForm, code: str) -> Response:
    """The list as it stands, or as it was asked for; it can be uploaded again."""
    asked = asked_of(form)
    with form.db.reading() as session:
        wave = form.wave(session, code)
        index, _layout = waves.index_of(wave)
        if is_narrowed(asked):
            search, within, order = asked["tim"], asked["nhom"], asked["xep"]
            more = standing.invited(id_of(wave), letter_of(wave, asked))
            found = listing.everyone(
                session, id_of(wave), search, within, order, index, asked["co-quan"], more
            )
        else:
            found = people.everyone(session, id_of(wave))
        lines = rows.of(index, found)
    with form.db.transaction() as session:
        form.note(session, form.db.now(session), "roster.export", code, people=len(lines))
    data = rosterbook.table(_("Danh sách"), FIELDS, lines)
    return download(data, f"{code}-danh-sach.xlsx", XLSX)


@router.post(f"{PATH}/tham-gia")
def took_part(form: OfficerForm, code: str) -> Response:
    """Who took part, and nothing else; where the index says so, once the wave is closed.

    The first list before the opening ends all extending: that asks for the second factor.
    """
    try:
        with form.db.transaction() as session:
            wave, now = held(form, session, code), form.db.now(session)
            if wave.unsealed_at is None and wave.listed_at is None:
                form.must_confirm(session, now)
            lines = participation.list_them(session, wave, now)
            form.note(session, now, "roster.participation", code, people=len(lines))
    except CodeRefused:
        return draw(form, code, Refused(WRONG_CODE, "ma-xac-thuc"))
    columns = (rosterfile.NAME, rosterfile.POSITION, rosterfile.AGENCY)
    data = rosterbook.table(_("Người tham gia"), columns, lines)
    return download(data, f"{code}-nguoi-tham-gia.xlsx", XLSX)
