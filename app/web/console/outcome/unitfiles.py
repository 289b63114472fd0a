"""What goes to each unit as Word files, and the head that stands on every paper."""

from fastapi import APIRouter, HTTPException
from starlette.responses import Response

from app.count import course, lineages, scoresheets, wholesheets
from app.language import _
from app.papers import unitsheets
from app.scores.letterhead import Letterhead
from app.waves import heads
from app.waves.wave import WaveRefused, index_of
from app.web.console.desk.files import DOCX, ZIP, download
from app.web.console.desk.guards import OfficerForm, ReaderForm
from app.web.console.outcome import exports
from app.web.console.outcome.exports import PATH

router = APIRouter()
TOGETHER, APART = "*", "zip"  # no codes of units
LONGEST = 200


@router.post(f"{PATH}/tung-co-quan")
def write(form: ReaderForm, code: str) -> Response:
    """The sheets of all units in one file, of all in a file each, or of one."""
    wanted = form.value("co-quan") or TOGETHER
    try:
        with form.db.reading() as session:
            wave = form.wave(session, code)
            document = scoresheets.latest_sheet(session, code)
            earlier = lineages.earlier(session, wave)
            told = course.of(session, wave)
            whole = wholesheets.beside(session, code, document)
        if wanted not in (TOGETHER, APART, *(unit["code"] for unit in document["units"])):
            raise HTTPException(404)
        facts = {"format": "docx", "sheet": document["sheet"]}
        if wanted not in (TOGETHER, APART):
            facts["unit"] = wanted
        with form.db.transaction() as session:
            form.note(session, form.db.now(session), "wave.unit-sheets", wave.code, **facts)
    except WaveRefused as refused:
        return exports.page(form, code, refused.words)
    name = f"{code}-tung-co-quan-{document['sheet']}"
    if wanted == APART:
        return download(unitsheets.apart(document, earlier, told, whole), f"{name}.zip", ZIP)
    one = None if wanted == TOGETHER else wanted
    if one is not None:
        name = f"{code}-{one}-{document['sheet']}"
    data = unitsheets.together(document, earlier, told, one, whole)
    return download(data, f"{name}.docx", DOCX)


@router.post(f"{PATH}/dau-van-ban")
def keep_head(form: OfficerForm, code: str) -> Response:
    """Write the head of the papers down. All empty is the guess again."""
    fields = ("chu-quan", "co-quan", "ky-hieu", "noi")
    said = Letterhead(*(" ".join(form.value(name).split())[:LONGEST] for name in fields))
    with form.db.transaction() as session:
        index, _layout = index_of(form.wave(session, code))
        head = said if said.agency else heads.guess(index)
        if head != heads.of(session, index):
            heads.keep(session, form.staff.who, form.db.now(session), index, head)
    return form.see(PATH.format(code=code), _("Đã lưu đầu văn bản."))
