"""Góp ý as a workbook: what the page shows, in its order, and by the same rule."""

from fastapi import APIRouter, HTTPException
from starlette.responses import Response

from app.count import comments, openingfacts
from app.papers import commentbook
from app.waves import wave as waves
from app.waves.wave import id_of
from app.web.console.desk.files import XLSX, download
from app.web.console.desk.guards import ReaderForm
from app.web.console.outcome.shown import PATH

router = APIRouter()


@router.post(f"{PATH}/gop-y/xlsx")
def write(form: ReaderForm, code: str) -> Response:
    """All comments of a wave. A rehearsal has none to take along, nor has an urn that is shut."""
    with form.db.transaction() as session:
        wave = form.wave(session, code)
        if wave.rehearsal or openingfacts.sums(session, id_of(wave)) is None:
            raise HTTPException(404)
        index, _layout = waves.index_of(wave)
        found = [
            (index.question_alone(each), comments.everything(session, wave, each.code))
            for each in index.comments
        ]
        if not any(said for _text, said in found):
            raise HTTPException(404)
        form.note(session, form.db.now(session), "wave.comments", code, format="xlsx")
    data = commentbook.to_xlsx(index.name, code, wave.unsealed_at or wave.closes_at, found)
    return download(data, f"{code}-gop-y.xlsx", XLSX)
