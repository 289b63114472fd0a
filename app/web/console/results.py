"""Kết quả: ranking, heat map, one unit, one leaf and its counts, questions, comments."""

from fractions import Fraction
from functools import lru_cache

from fastapi import APIRouter, HTTPException
from starlette.responses import Response

from app import scoresheets, waves
from app.db import Session
from app.language import _, decimal
from app.models import Wave
from app.results import Document, Results, percent_of
from app.waves import id_of
from app.web.console.cookies import ROOT
from app.web.console.desk import LOOK, Desk, Reader

router = APIRouter()
PATH = f"{ROOT}/dot/{{code}}/ket-qua"


@lru_cache(32)
def _results(_wave: int, _sheet: int, _earlier: tuple[int, int], read: "Read") -> Results:
    """The results of one sheet, which never changes, read once."""
    return read()


class Read:
    """How to read the documents; equal to any other, so that it is no part of the cache's key."""

    def __init__(self, document: Document, earlier: Document | None) -> None:
        self.document, self.earlier = document, earlier

    def __call__(self) -> Results:
        return Results(self.document, self.earlier)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Read)

    def __hash__(self) -> int:
        return 0


def results_of(desk: Desk, session: Session, wave: Wave) -> Results | None:
    """The results of the sheet that is asked for, None before there is one."""
    wave_id = id_of(wave)
    numbers = scoresheets.numbers(session, wave_id)
    if not numbers:
        return None
    asked = desk.request.query_params.get("bang", "")
    number = int(asked) if asked.isdecimal() and int(asked[:6]) in numbers else numbers[-1]
    earlier = _earlier(desk, session, wave)
    return _results(
        wave_id,
        number,
        earlier[0],
        Read(scoresheets.document_of(session, wave_id, number), earlier[1]),
    )


def _earlier(desk: Desk, session: Session, wave: Wave) -> tuple[tuple[int, int], Document | None]:
    """The wave to compare with: the one asked for, else the newest before this one."""
    code = desk.request.query_params.get("so-voi", "")
    others = scoresheets.comparable(session, wave)
    chosen = next((each for each in others if each[0] == code), others[0] if others else None)
    if chosen is None or code == "-":
        return (0, 0), None
    _code, other, number = chosen
    return (other, number), scoresheets.document_of(session, other, number)


@router.api_route(PATH, methods=LOOK)
def show(desk: Reader, code: str) -> Response:
    """Ranking and heat map, or what has to happen before there are any."""
    with desk.db.reading() as session:
        wave = desk.wave(session, code)
        head = desk.head(session, wave)
        found = results_of(desk, session, wave)
        values: dict[str, object] = {
            "path": f"{ROOT}/dot/{code}/ket-qua",
            "code": code,
            "wave": wave,
            "results": found,
            "minutes": scoresheets.minutes_of(session, id_of(wave)),
            "sheets": scoresheets.numbers(session, id_of(wave)),
            "others": scoresheets.comparable(session, wave),
        }
    if found is None:
        return desk.page("console/results-none.html", values, head=head, section="results")
    order = desk.request.query_params.get("xep", "")
    values |= {
        "document": found.document,
        "index": found.index,
        "lists": found.lists(order),
        "heats": found.heats(),
        "order": order,
        "notches": " ".join(f"M{float(limit):g} 0v8" for limit in found.limits()),
        "change": change,
        "sheet": found.document["sheet"],
    }
    return desk.page("console/results.html", values, head=head, section="results")


def change(value: Fraction | None, places: int) -> tuple[str, str]:
    """A change as (sign with number, in words)."""
    if value is None:
        return "", ""
    shown = decimal(abs(value), places)
    if value > 0:
        return f"▲ {shown}", _("điểm phần trăm, tăng")
    if value < 0:
        return f"▼ {shown}", _("điểm phần trăm, giảm")
    return shown, _("điểm phần trăm, không đổi")


@router.api_route(f"{PATH}/co-quan/{{unit}}", methods=LOOK)
def show_unit(desk: Reader, code: str, unit: str) -> Response:
    """One unit: every leaf, and every question with its counts."""
    with desk.db.reading() as session:
        wave = desk.wave(session, code)
        head = desk.head(session, wave)
        found = results_of(desk, session, wave)
    if found is None or unit not in found.units:
        raise HTTPException(404)
    index, scored = found.index, found.units[unit]
    leaves = []
    before = ""
    for leaf in scored["criteria"]:
        component = index.component_of[leaf["code"]]
        share = percent_of(leaf)
        leaves.append(
            {
                "leaf": leaf,
                "criterion": index.criterion_of[leaf["code"]],
                "component": component if component.code != before else None,
                "percent": "*" if share is None else decimal(share, found.places),
                "width": "0" if share is None else f"{float(share):.2f}",
                "points": found.points_of(leaf),
                "asked": [_asked(found, each["code"], unit) for each in leaf.get("questions", ())],
            }
        )
        before = component.code
    values: dict[str, object] = {
        "back": f"{ROOT}/dot/{code}/ket-qua",
        "path": f"{ROOT}/dot/{code}/ket-qua/co-quan/{unit}",
        "unit": index.unit_of[unit],
        "ranked": found.ranked(unit),
        "reason": scored["reason"],
        "leaves": leaves,
        "index": index,
        "notches": " ".join(f"M{float(limit):g} 0v8" for limit in found.limits()),
        "change": change(found.ranked(unit).change, found.places),
        "sheet": found.document["sheet"],
    }
    return desk.page("console/result-unit.html", values, head=head, section="results")


def _asked(found: Results, question: str, unit: str | None) -> dict[str, object]:
    """A question with its bar and counts."""
    index = found.index
    asked = index.question_of[question]
    scale = index.scale_of[asked.scale or ""]
    counts = found.distribution(question, unit)
    scored = sum(counts[level.code] for level in scale.levels)
    bars, start = [], Fraction(0)
    for place, level in enumerate(scale.levels):
        share = Fraction(100 * counts[level.code], scored) if scored else Fraction(0)
        shade = 1 + (3 * place) // max(1, len(scale.levels) - 1)
        bars.append((shade, f"{float(start):.2f}", f"{float(share):.2f}"))
        start += share
    shares = [
        (level.label, decimal(Fraction(100 * counts[level.code], scored), 0) if scored else "0")
        for level in scale.levels
    ]
    return {
        "code": question,
        "text": index.question_text(asked, index.unit_of[unit] if unit else None),
        "bars": bars,
        "label": ", ".join(f"{label} {share}%" for label, share in shares),
        "counts": [
            (bars[place][0], level.label, counts[level.code])
            for place, level in enumerate(scale.levels)
        ],
        "no_opinion": (scale.no_opinion, counts["-"]),
        "total": scored + counts["-"],
    }


@router.api_route(f"{PATH}/co-quan/{{unit}}/{{criterion}}", methods=LOOK)
def show_leaf(desk: Reader, code: str, unit: str, criterion: str) -> Response:
    """The counts that made one number, and the sum that was done with them."""
    with desk.db.reading() as session:
        wave = desk.wave(session, code)
        head = desk.head(session, wave)
        found = results_of(desk, session, wave)
    leaf = None if found is None else found.leaf(unit, criterion)
    if found is None or leaf is None:
        raise HTTPException(404)
    index = found.index
    questions = []
    for each in leaf.get("questions", ()):
        asked = index.question_of[each["code"]]
        scale = index.scale_of[asked.scale or ""]
        rows = [
            (
                ", ".join(index.group_of[group].name for group in cell.split("+")),
                [counts[level.code] for level in scale.levels],
                counts["-"],
            )
            for cell, counts in (each["counts"] or {}).items()
        ]
        questions.append(
            {
                "asked": _asked(found, each["code"], unit),
                "scale": scale,
                "rows": rows,
                "withheld": each["counts"] is None,
                "weight": asked.weight,
            }
        )
    share = percent_of(leaf)
    values: dict[str, object] = {
        "back": f"{ROOT}/dot/{code}/ket-qua/co-quan/{unit}",
        "unit": index.unit_of[unit],
        "criterion": index.criterion_of[criterion],
        "leaf": leaf,
        "percent": None if share is None else decimal(share, found.places),
        "points": found.points_of(leaf),
        "questions": questions,
        "index": index,
        "sheet": found.document["sheet"],
    }
    return desk.page("console/result-leaf.html", values, head=head, section="results")


@router.api_route(f"{PATH}/cau-hoi", methods=LOOK)
def show_questions(desk: Reader, code: str) -> Response:
    """The distribution of each question over all units."""
    with desk.db.reading() as session:
        wave = desk.wave(session, code)
        head = desk.head(session, wave)
        found = results_of(desk, session, wave)
    if found is None:
        raise HTTPException(404)
    values: dict[str, object] = {
        "back": f"{ROOT}/dot/{code}/ket-qua",
        "asked": [_asked(found, each.code, None) for each in found.index.scored_questions],
        "index": found.index,
    }
    return desk.page("console/result-questions.html", values, head=head, section="results")


@router.api_route(f"{PATH}/gop-y", methods=LOOK)
def show_comments(desk: Reader, code: str) -> Response:
    """The comments, without group, unit or order."""
    with desk.db.reading() as session:
        wave = desk.wave(session, code)
        head = desk.head(session, wave)
        index, _layout = waves.index_of(wave)
        comments = scoresheets.comments(session, id_of(wave))
        minutes = scoresheets.minutes_of(session, id_of(wave))
    if minutes is None:
        raise HTTPException(404)
    values: dict[str, object] = {
        "back": f"{ROOT}/dot/{code}/ket-qua",
        "asked": [
            (index.question_text(question, None), comments.get(question.code, []))
            for question in index.comments
        ],
        "withheld": minutes.comments_withheld,
    }
    return desk.page("console/result-comments.html", values, head=head, section="results")
