"""Điểm thẩm định: the points of the council put in, looked at beside the survey, made a sheet."""

from fastapi import APIRouter, HTTPException
from starlette.responses import Response

from app.count import appraised, wholesheets
from app.count.tallies import TallyAltered
from app.index.appraised import leaves_of, missing, wanted
from app.index.definition import Index
from app.language import _, number
from app.papers import wholebook
from app.papers.tables import UnreadableTable, table
from app.scores.wholeresults import EXACT_SUMS, Whole
from app.store.db import Session
from app.store.models import Wave
from app.text.headings import HiddenRows
from app.text.table import TableFault
from app.waves.wave import WaveRefused, index_of
from app.web.console.desk.addresses import LOOK, ROOT
from app.web.console.desk.desk import Desk, Faults, Stale
from app.web.console.desk.files import HIDDEN, XLSX, download, with_told
from app.web.console.desk.guards import Officer, OfficerForm
from app.web.console.outcome.externals import SHOWN_BAD
from app.web.console.waves.together import held

router = APIRouter()
PATH = f"{ROOT}/dot/{{code}}/diem-tham-dinh"
WHOLE = f"{ROOT}/dot/{{code}}/ca-bo"


@router.api_route(PATH, methods=LOOK)
def show(desk: Officer, code: str) -> Response:
    return _page(desk, code)


def appraised_index(wave: Wave) -> Index:
    """The index of a wave that has something to appraise. Raises 404."""
    index, _layout = index_of(wave)
    if not appraised.has_any(index):
        raise HTTPException(404)
    return index


def _page(
    desk: Desk,
    code: str,
    faults: Faults | None = None,
    bad: TableFault | None = None,
    file: str = "",
) -> Response:
    """The page; `bad` is what is wrong in the rows of a file that was sent."""
    wrong, faults = bad.faults if bad else (), list(faults or ())
    with desk.db.reading() as session:
        wave = desk.wave(session, code)
        head, index = desk.head(session, wave), appraised_index(wave)
        try:
            known = appraised.checked(session, wave)
        except TallyAltered as altered:
            known = {}
            faults.append((altered.words, ""))
        preview, waits = _preview(session, wave) if known else (None, "")
        made = wholesheets.numbers(session, wave)
    left = missing(index, known)
    values: dict[str, object] = {
        "path": PATH.format(code=code),
        "whole_path": WHOLE.format(code=code),
        "code": code,
        "launched": wave.launched_at is not None,
        "rows": [(unit, len(leaves_of(index, unit)), left.get(unit, ())) for unit in index.units],
        "known": len(known),
        "left": sum(map(len, left.values())),
        "preview": preview,
        "waits": waits,
        "made": made,
        "exact_sums": EXACT_SUMS,
        "faults": faults,
        "bad": wrong[:SHOWN_BAD],
        "count": len(wrong),
        "told": bad.told if bad else "",
        "file": file,
        "asks_hidden": any(field == HIDDEN for _words, field in faults),
    }
    status = 422 if faults or bad else 200
    return desk.page("console/appraised.html", values, head=head, section="results", status=status)


def _preview(session: Session, wave: Wave) -> tuple[Whole | None, str]:
    """What the next sheet would say, or why there can be none yet."""
    try:
        return Whole(wholesheets.draft(session, wave), appraised.heads(session, wave)), ""
    except WaveRefused as refused:
        return None, refused.words


@router.api_route(f"{PATH}/mau.xlsx", methods=LOOK)
def form_file(desk: Officer, code: str) -> Response:
    """The form, with what is known filled in."""
    with desk.db.reading() as session:
        wave = desk.wave(session, code)
        index = appraised_index(wave)
        known, heads = appraised.checked(session, wave), appraised.heads(session, wave)
    return download(wholebook.form(index, known, heads), f"{code}-diem-tham-dinh.xlsx", XLSX)


@router.post(PATH)
def upload(form: OfficerForm, code: str) -> Response:
    sent = form.upload("tep")
    if sent is None:
        return _page(form, code, [(_("Chọn một tệp."), "tep")])
    try:
        with form.db.reading() as session:
            seen = form.wave(session, code)
            index = appraised_index(seen)
        # A large file takes seconds.
        sheet = table(sent.data, sent.name, wanted(index), form.value(HIDDEN))
        with form.db.transaction() as session:
            wave, now = held(form, session, code), form.db.now(session)
            if wave.index_digest != seen.index_digest:
                raise Stale
            taken = appraised.take(session, wave, sheet)
            form.note(session, now, "wave.appraised", code, rows=len(taken.points))
    except HiddenRows as rows:
        return _page(form, code, [(str(rows), HIDDEN)])
    except TableFault as fault:
        return _page(form, code, bad=fault, file=sent.name)
    except UnreadableTable as unreadable:
        return _page(form, code, [(str(unreadable), "tep")])
    except WaveRefused as refused:
        return _page(form, code, [(refused.words, "tep")])
    words = _("Đã nhập {number} điểm thẩm định.").format(number=number(len(taken.points)))
    return form.see(PATH.format(code=code), with_told(words, sheet, taken.warnings))


@router.post(f"{PATH}/lap-bang")
def make(form: OfficerForm, code: str) -> Response:
    """Make the sheet of the whole index; one that would say the same is not made again."""
    try:
        with form.db.transaction() as session:
            appraised_index(form.wave(session, code))
            document, fresh = wholesheets.make(form.db, session, code)
            if fresh:
                now, survey = form.db.now(session), document["survey"]["sheet"]
                sheet = document["sheet"]
                form.note(session, now, "wave.whole", code, sheet=sheet, survey=survey)
    except WaveRefused as refused:
        return _page(form, code, [(refused.words, "")])
    words = _("Đã lập bảng điểm cả bộ chỉ số, số {sheet}.") if fresh else _("Không có gì đổi.")
    return form.see(WHOLE.format(code=code), words.format(sheet=document["sheet"]))
