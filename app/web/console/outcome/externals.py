"""Kết quả lấy từ nơi khác: percents that no ballot gives, as a table that is filled in."""

from collections.abc import Mapping
from fractions import Fraction

from fastapi import APIRouter
from starlette.responses import Response

from app.count import externals
from app.index import external
from app.index.parts import Criterion, Unit
from app.language import _, number
from app.papers import rosterbook
from app.papers.tables import UnreadableTable, table
from app.store.db import Session
from app.store.models import Wave
from app.text.headings import HiddenRows
from app.text.table import TableFault
from app.waves import wave as waves
from app.waves.wave import WaveRefused, id_of
from app.web.console.desk.addresses import LOOK, ROOT
from app.web.console.desk.desk import Desk, Faults, Stale
from app.web.console.desk.files import HIDDEN, XLSX, download, with_told
from app.web.console.desk.guards import Officer, OfficerForm
from app.web.console.waves.together import held

router = APIRouter()
EXTERNAL = f"{ROOT}/dot/{{code}}/ket-qua-khac"
SHOWN_BAD = 500  # on one page; the rest comes when these are mended


@router.api_route(EXTERNAL, methods=LOOK)
def show_external(desk: Officer, code: str) -> Response:
    return _page(desk, code)


def percents_of(
    session: Session, wave: Wave
) -> tuple[list[tuple[Unit, Criterion]], Mapping[tuple[str, str], Fraction]]:
    """Units and leaves that take a percent from elsewhere, and those that are known."""
    index, _layout = waves.index_of(wave)
    wanted = [
        (unit, leaf)
        for unit in index.units
        for leaf in index.scored_leaves(unit)
        if leaf.method == "external"
    ]
    return wanted, externals.percents(session, id_of(wave))


def _page(
    desk: Desk,
    code: str,
    faults: Faults | None = None,
    bad: TableFault | None = None,
    file: str = "",
) -> Response:
    """The page; `bad` is what is wrong in the rows of a file that was sent."""
    wrong = bad.faults if bad else ()
    with desk.db.reading() as session:
        wave = desk.wave(session, code)
        head = desk.head(session, wave)
        wanted, known = percents_of(session, wave)
    values: dict[str, object] = {
        "path": f"{ROOT}/dot/{code}/ket-qua-khac",
        "code": code,
        "wanted": wanted,
        "known": known,
        "faults": faults or [],
        "bad": wrong[:SHOWN_BAD],
        "count": len(wrong),
        "told": bad.told if bad else "",
        "file": file,
        "asks_hidden": any(field == HIDDEN for _words, field in faults or []),
        "scored": wave.unsealed_at is not None,
    }
    status = 422 if faults or bad else 200
    return desk.page("console/external.html", values, head=head, section="results", status=status)


@router.api_route(f"{EXTERNAL}/mau.xlsx", methods=LOOK)
def external_template(desk: Officer, code: str) -> Response:
    with desk.db.reading() as session:
        wanted, _known = percents_of(session, desk.wave(session, code))
    lines = [(unit.code, leaf.code, "") for unit, leaf in wanted]
    columns = (external.UNIT, external.CRITERION, external.PERCENT)
    data = rosterbook.table(_("Kết quả lấy từ nơi khác"), columns, lines)
    return download(data, f"{code}-ket-qua-khac.xlsx", XLSX)


@router.post(EXTERNAL)
def upload_external(form: OfficerForm, code: str) -> Response:
    sent = form.upload("tep")
    if sent is None:
        return _page(form, code, [(_("Chọn một tệp."), "tep")])
    try:
        # A large file takes seconds, in which others cast.
        sheet = table(sent.data, sent.name, external.WANTED, form.value(HIDDEN))
        with form.db.reading() as session:
            seen = form.wave(session, code)
            index, _layout = waves.index_of(seen)
        taken = external.read_external(index, sheet)
        with form.db.transaction() as session:
            wave, now = held(form, session, code), form.db.now(session)
            if wave.index_digest != seen.index_digest:
                raise Stale
            externals.put_in(session, wave, percents := taken.percents)
            form.note(session, now, "wave.external", code, rows=len(percents))
    except HiddenRows as rows:
        return _page(form, code, [(str(rows), HIDDEN)])
    except TableFault as fault:
        return _page(form, code, bad=fault, file=sent.name)
    except UnreadableTable as unreadable:
        return _page(form, code, [(str(unreadable), "tep")])
    except WaveRefused as refused:
        return _page(form, code, [(refused.words, "tep")])
    words = _("Đã nhập {number} tỷ lệ.").format(number=number(len(percents)))
    return form.see(f"{ROOT}/dot/{code}/ket-qua-khac", with_told(words, sheet, taken.warnings))
