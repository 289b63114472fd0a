"""Kết quả question by question, and the comments."""

from fastapi import APIRouter, HTTPException
from starlette.responses import Response

from app.count import comments, openingfacts
from app.papers import commentbook
from app.store.db import Session
from app.store.models import Wave
from app.waves import wave as waves
from app.waves.wave import id_of
from app.web.console.desk.addresses import LOOK
from app.web.console.desk.guards import Reader
from app.web.console.outcome.shown import PATH, Shown, draw, results_of

router = APIRouter()


@router.api_route(f"{PATH}/cau-hoi", methods=LOOK)
def show_questions(desk: Reader, code: str) -> Response:
    """The distribution of each question over all units."""
    shown, found = results_of(desk, code)
    values: dict[str, object] = {"asked": found.answers.together, "index": found.index}
    return draw(desk, "result-questions", shown, values)


@router.api_route(f"{PATH}/cau-hoi/{{question}}", methods=LOOK)
def show_question(desk: Reader, code: str, question: str) -> Response:
    """One question unit by unit: the counts of each, and what they come to."""
    shown, found = results_of(desk, code)
    whole = next((each for each in found.answers.together if each.question.code == question), None)
    if whole is None:
        raise HTTPException(404)
    rows = found.answers.by_unit(question)
    values: dict[str, object] = {
        "whole": whole,
        "rows": rows,
        "thin": not all(each.counted for _unit, _leaf, each in rows),
        "index": found.index,
        "scale": found.index.scale_of[whole.question.scale or ""],
    }
    return draw(desk, "result-question", shown, values)


@router.api_route(f"{PATH}/gop-y", methods=LOOK)
def show_comments(desk: Reader, code: str) -> Response:
    """The comments to one question, without group, unit or order, fifty a page."""
    shown = Shown(desk, code)
    asked = desk.request.query_params
    with desk.db.reading() as session:
        minutes = openingfacts.sums(session, id_of(shown.wave))
        if minutes is None:
            raise HTTPException(404)
        values = _comments(session, shown.wave, asked.get("cau", ""), asked.get("trang", "1"))
    values["withheld"] = minutes.comments_withheld
    values["use"] = commentbook.use()
    values["downloadable"] = values["any"] and not shown.wave.rehearsal
    return draw(desk, "result-comments", shown, values)


def _comments(session: Session, wave: Wave, code: str, wanted: str) -> dict[str, object]:
    index, _layout = waves.index_of(wave)
    totals = comments.counts(session, id_of(wave))
    question = next((each for each in index.comments if each.code == code), None)
    question = question or next(iter(index.comments), None)
    total = totals.get(question.code, 0) if question else 0
    pages = max(1, -(-total // comments.A_PAGE))
    page = min(pages, max(1, int(wanted[:6]))) if wanted.isdecimal() else 1
    return {
        "question": question,
        "questions": [
            (each, index.question_alone(each), totals.get(each.code, 0)) for each in index.comments
        ],
        "comments": comments.page(session, wave, question.code, page) if question else [],
        "any": bool(totals),
        "total": total,
        "page": page,
        "pages": pages,
    }
