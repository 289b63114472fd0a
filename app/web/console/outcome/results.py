"""Kết quả: ranking, heat map, one unit, one leaf and its counts, questions, comments."""

from functools import lru_cache
from urllib.parse import urlencode

from fastapi import APIRouter, HTTPException
from starlette.responses import Response

from app.count import comments, openingfacts, scoresheets
from app.language import points
from app.scores import figures, workings
from app.scores.minutes import kept_in_words
from app.scores.results import ORDERS, Results
from app.store.db import Database, Session
from app.store.models import Wave
from app.waves import wave as waves
from app.waves.wave import id_of
from app.web.console.desk.addresses import LOOK, ROOT
from app.web.console.desk.desk import Desk, Reader
from app.web.console.desk.waveline import WaveHead, latest_results

router = APIRouter()
PATH = f"{ROOT}/dot/{{code}}/ket-qua"
Sheet = tuple[int, int]  # wave, number


@lru_cache(16)
def _read(db: Database, sheet: Sheet, earlier: Sheet | None) -> Results:
    """A sheet beside an earlier one. Neither ever changes, so both are read once."""
    with db.reading() as session:
        before = None if earlier is None else scoresheets.document_of(session, *earlier)
        return Results(scoresheets.document_of(session, *sheet), before)


class Shown:
    """What an address of the results asks for: a wave, one of its sheets, a wave beside it."""

    def __init__(self, desk: Desk, code: str) -> None:
        asked = desk.request.query_params
        self.path = f"{ROOT}/dot/{code}/ket-qua"
        self.order = asked.get("xep", "") if asked.get("xep", "") in ORDERS else ""
        with desk.db.reading() as session:
            self.wave: Wave = desk.wave(session, code)
            self.head: WaveHead = desk.head(session, self.wave)
            self.sheets = scoresheets.numbers(session, id_of(self.wave))
            self.others = scoresheets.comparable(session, self.wave)
        newest = self.sheets[-1] if self.sheets else 0
        wanted = asked.get("bang", "")[:6]
        self.sheet = int(wanted) if wanted.isdecimal() and int(wanted) in self.sheets else newest
        self.beside, self.earlier = self._earlier(asked.get("so-voi", ""))
        # Every link goes on with the same sheet beside the same wave.
        self.asked: dict[str, str] = {}
        if self.sheet != newest:
            self.asked["bang"] = str(self.sheet)
        if self.others and self.beside != self.others[0][0]:
            self.asked["so-voi"] = self.beside
        self.tail = f"?{urlencode(self.asked)}" if self.asked else ""
        self.results = None
        if newest:
            self.results = _read(desk.db, (id_of(self.wave), self.sheet), self.earlier)

    def _earlier(self, code: str) -> tuple[str, Sheet | None]:
        """The wave asked for, else the newest before this one; "-" is none."""
        if code == "-" or not self.others:
            return "-", None
        found = next((each for each in self.others if each[0] == code), self.others[0])
        return found[0], (found[1], found[2])

    def sorted_by(self, order: str) -> str:
        """The address of the ranking in another order."""
        return f"?{urlencode({**self.asked, 'xep': order})}#xep-hang"


def _scored(desk: Desk, code: str) -> tuple[Shown, Results]:
    """Raises 404 before there is a sheet."""
    shown = Shown(desk, code)
    if shown.results is None:
        raise HTTPException(404)
    return shown, shown.results


def _page(desk: Desk, name: str, shown: Shown, values: dict[str, object]) -> Response:
    common = {
        "shown": shown,
        "wave": shown.wave,
        "path": shown.path,
        "tail": shown.tail,
        "later": figures.without_later(shown.results.document) if shown.results else "",
    }
    return desk.page(f"console/{name}.html", common | values, head=shown.head, section="results")


@router.api_route(PATH, methods=LOOK)
def show(desk: Reader, code: str) -> Response:
    """Ranking and heat map, or what has to happen before there are any."""
    shown = Shown(desk, code)
    found = shown.results
    if found is None:
        with desk.db.reading() as session:
            latest = latest_results(desk.db, session)
        return _page(desk, "results-none", shown, {"code": code, "latest": latest})
    document = found.document
    rose, compared = figures.rose(each.change for each in found.ranked.values())
    values: dict[str, object] = {
        "code": code,
        "results": found,
        "document": document,
        "kept": kept_in_words(document["mode"], document["two_people"]),
        "index": found.index,
        "share": figures.share(document["counted"], document["issued"]),
        "rose": rose,
        "compared": compared,
        "lists": found.lists(shown.order),
        "order": shown.order,
        "change": figures.change,
        "figures": figures,
    }
    return _page(desk, "results", shown, values)


@router.api_route(f"{PATH}/co-quan/{{unit}}", methods=LOOK)
def show_unit(desk: Reader, code: str, unit: str) -> Response:
    """One unit: every leaf by component, and every question with its counts."""
    shown, found = _scored(desk, code)
    if unit not in found.units:
        raise HTTPException(404)
    index, scored = found.index, found.units[unit]
    parts: list[tuple[object, object, list[dict[str, object]]]] = []
    for leaf in scored["criteria"]:
        component = index.component_of[leaf["code"]]
        if not parts or parts[-1][0] is not component:
            parts.append((component, found.part(unit, component.code), []))
        parts[-1][2].append(
            {
                "leaf": leaf,
                "criterion": index.criterion_of[leaf["code"]],
                "percent": found.percent_of(leaf),
                "width": found.width_of(leaf),
                "points": found.points_of(leaf),
                "max_points": points(leaf["max_points"]),
                "mean": found.means.get((index.unit_of[unit].block, leaf["code"]), "*"),
                "asked": [
                    found.answers.about(entry["code"], unit, entry)
                    for entry in leaf.get("questions", ())
                ],
            }
        )
    values: dict[str, object] = {
        "unit": index.unit_of[unit],
        "ranked": found.ranked[unit],
        "among": sum(each.rank is not None for each in found.list_of(unit).units),
        "reason": scored["reason"],
        "components": parts,
        "working": workings.of_unit(scored),
        "results": found,
        "index": index,
        "change": figures.change(found.ranked[unit].change, found.places),
    }
    return _page(desk, "result-unit", shown, values)


@router.api_route(f"{PATH}/co-quan/{{unit}}/{{criterion}}", methods=LOOK)
def show_leaf(desk: Reader, code: str, unit: str, criterion: str) -> Response:
    """The counts that made one number, and the sum that was done with them."""
    shown, found = _scored(desk, code)
    leaf = found.leaf(unit, criterion)
    if leaf is None:
        raise HTTPException(404)
    index = found.index
    questions = []
    for entry in leaf.get("questions", ()):
        question = index.question_of[entry["code"]]
        scale = index.scale_of[question.scale or ""]
        rows = [
            (
                ", ".join(index.group_of[group].name for group in cell.split("+")),
                [counts[level.code] for level in scale.levels],
                counts[workings.NO_OPINION],
            )
            for cell, counts in (entry["counts"] or {}).items()
        ]
        questions.append(
            {
                "asked": found.answers.about(entry["code"], unit, entry),
                "scale": scale,
                "rows": rows,
                "joined": any("+" in cell for cell in entry["counts"] or {}),
                "working": workings.of_question(index, question, entry["counts"]),
                "weight": question.weight,
            }
        )
    values: dict[str, object] = {
        "back": f"{shown.path}/co-quan/{unit}{shown.tail}",
        "unit": index.unit_of[unit],
        "criterion": index.criterion_of[criterion],
        "leaf": leaf,
        "percent": found.percent_of(leaf),
        "points": found.points_of(leaf),
        "max_points": points(leaf["max_points"]),
        "questions": questions,
        "working": workings.of_leaf(index, leaf),
        "index": index,
    }
    return _page(desk, "result-leaf", shown, values)


@router.api_route(f"{PATH}/cau-hoi", methods=LOOK)
def show_questions(desk: Reader, code: str) -> Response:
    """The distribution of each question over all units."""
    shown, found = _scored(desk, code)
    values: dict[str, object] = {"asked": found.answers.together, "index": found.index}
    return _page(desk, "result-questions", shown, values)


@router.api_route(f"{PATH}/cau-hoi/{{question}}", methods=LOOK)
def show_question(desk: Reader, code: str, question: str) -> Response:
    """One question unit by unit: the counts of each, and what they come to."""
    shown, found = _scored(desk, code)
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
    return _page(desk, "result-question", shown, values)


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
    return _page(desk, "result-comments", shown, values)


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
            (each, index.question_text(each, None), totals.get(each.code, 0))
            for each in index.comments
        ],
        "comments": comments.page(session, wave, question.code, page) if question else [],
        "total": total,
        "page": page,
        "pages": pages,
    }
