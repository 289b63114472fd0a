"""Cả bộ chỉ số: survey and appraisal together, by rank and by component."""

from fractions import Fraction
from functools import lru_cache

from fastapi import APIRouter, HTTPException
from starlette.responses import Response

from app.count import appraised, scoresheets, wholesheets
from app.count.tallies import TallyAltered
from app.papers import export, wholesheet
from app.scores.wholeresults import EXACT_SUMS, Whole
from app.store.db import Database, Session
from app.store.models import Wave
from app.waves import wave as waves
from app.waves.wave import WaveRefused, id_of
from app.web.console.desk.addresses import LOOK
from app.web.console.desk.files import download
from app.web.console.desk.guards import Reader, ReaderForm
from app.web.console.outcome import exports
from app.web.console.outcome.appraised import PATH as APPRAISED
from app.web.console.outcome.appraised import WHOLE, appraised_index
from app.web.console.outcome.exports import KINDS

router = APIRouter()
WRITERS = {"json": export.to_json, "csv": wholesheet.to_csv}


@lru_cache(16)
def _read(db: Database, code: str, number: int, heads: tuple[tuple[str, str], ...]) -> Whole:
    """A sheet, which never changes, so that it is read once."""
    with db.reading() as session:
        document = wholesheets.document_of(session, waves.load(session, code), number)
    return Whole(document, dict(heads))


@router.api_route(WHOLE, methods=LOOK)
def show(desk: Reader, code: str) -> Response:
    """The newest sheet, or an older one; what has to happen before there is one."""
    asked = desk.request.query_params.get("bang", "")[:6]
    with desk.db.reading() as session:
        wave = desk.wave(session, code)
        head, index = desk.head(session, wave), appraised_index(wave)
        numbers = wholesheets.numbers(session, wave)
        heads = tuple(sorted(appraised.heads(session, wave).items()))
        scored = scoresheets.numbers(session, id_of(wave))
        points = _points(session, wave)
    newer = bool(numbers) and _is_behind(_read(desk.db, code, numbers[-1], heads), scored, points)
    number = int(asked) if asked.isdecimal() and int(asked) in numbers else (numbers or [0])[-1]
    values: dict[str, object] = {
        "code": code,
        "wave": wave,
        "path": WHOLE.format(code=code),
        "appraised_path": APPRAISED.format(code=code),
        "results_path": WHOLE.format(code=code).removesuffix("ca-bo") + "ket-qua",
        "index": index,
        "numbers": numbers,
        "number": number,
        "newer": newer,
        "scored": bool(scored),
        "whole": _read(desk.db, code, number, heads) if number else None,
        "exact_sums": EXACT_SUMS,
    }
    return desk.page("console/whole.html", values, head=head, section="results")


def _points(session: Session, wave: Wave) -> dict[tuple[str, str], Fraction] | None:
    """The points imported last; None where nobody can say, as they were altered."""
    try:
        return appraised.checked(session, wave)
    except TallyAltered:
        return None


def _is_behind(
    newest: Whole, scored: list[int], points: dict[tuple[str, str], Fraction] | None
) -> bool:
    """Whether points or survey have changed since the newest sheet was made."""
    if points is None:
        return False
    made = newest.document
    return made["survey"]["sheet"] != scored[-1] or wholesheet.points_of(made) != points


@router.post(f"{WHOLE}/{{kind}}")
def write(form: ReaderForm, code: str, kind: str) -> Response:
    """The newest sheet for programs; Word and Excel have it beside the survey."""
    if kind not in WRITERS:
        raise HTTPException(404)
    try:
        with form.db.reading() as session:
            appraised_index(form.wave(session, code))
            document = wholesheets.latest(session, code)
        with form.db.transaction() as session:
            now, sheet = form.db.now(session), document["sheet"]
            form.note(session, now, "wave.export", code, format=kind, whole=sheet)
    except WaveRefused as refused:
        return exports.page(form, code, refused.words)
    name = f"{code}-ca-bo-{document['sheet']}.{kind}"
    return download(WRITERS[kind](document), name, KINDS[kind])
