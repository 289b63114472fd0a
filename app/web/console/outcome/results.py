"""Kết quả: ranking, heat map, one unit, one leaf and its counts."""

from fastapi import APIRouter, HTTPException
from starlette.responses import Response

from app.count import keyholding
from app.language import points
from app.precision.margins import Margins
from app.scores import choices, figures, nearties, sureness, workings, yearwords
from app.scores.minutes import kept_in_words
from app.web.console.desk.addresses import LOOK
from app.web.console.desk.guards import Reader
from app.web.console.desk.waveline import latest_results
from app.web.console.outcome.shown import PATH, Shown, draw, results_of
from app.web.console.outcome.sure import of_wave

router = APIRouter()


@router.api_route(PATH, methods=LOOK)
def show(desk: Reader, code: str) -> Response:
    """Ranking and heat map, or what has to happen before there are any."""
    shown = Shown(desk, code)
    found = shown.results
    if found is None:
        with desk.db.reading() as session:
            latest = latest_results(desk.db, session)
        return draw(desk, "results-none", shown, {"code": code, "latest": latest})
    document = found.document
    with desk.db.reading() as session:
        held_by = keyholding.of(session, shown.wave)
    rose, compared = figures.rose(each.change for each in found.ranked.values())
    values: dict[str, object] = {
        "code": code,
        "results": found,
        "document": document,
        "kept": kept_in_words(document["mode"], document["two_people"], held_by),
        "index": found.index,
        "share": figures.share(document["counted"], document["issued"]),
        "rose": rose,
        "compared": compared,
        "lists": shown.narrowing.lists(found, shown.order),
        "fields": shown.narrowing.fields(found),
        "heats": shown.narrowing.heats(found),
        "order": shown.order,
        "change": figures.change,
        "figures": figures,
        "near_ties": nearties.in_words,
        "appraises": any(leaf.method == "appraisal" for leaf in found.index.leaves),
        "margins": Margins(document, of_wave(desk, shown.wave)),
        "sure": sureness.of_ranking,
        "whole": {unit.code: each for each in found.lists() for unit in each.units},
    }
    return draw(desk, "results", shown, values)


@router.api_route(f"{PATH}/co-quan/{{unit}}", methods=LOOK)
def show_unit(desk: Reader, code: str, unit: str) -> Response:
    """One unit: every leaf by component, and every question with its counts."""
    shown, found = results_of(desk, code)
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
        "margin": Margins(found.document, of_wave(desk, shown.wave)).of(unit),
        "near_tie": nearties.of_unit(found.list_of(unit), unit, found.places),
        "among": sum(each.rank is not None for each in found.list_of(unit).units),
        "reason": scored["reason"],
        "components": parts,
        "working": workings.of_unit(scored),
        "wishes": choices.Choices(index, found.document).of_unit(unit),
        "few": choices.few(index),
        "of_shares": choices.of_shares,
        "results": found,
        "index": index,
        "change": figures.change(found.ranked[unit].change, found.places),
        "exact_sums": figures.exact_sums(),
        "became": tuple(yearwords.of_unit(found, unit)) if found.earlier else (),
    }
    return draw(desk, "result-unit", shown, values)


@router.api_route(f"{PATH}/co-quan/{{unit}}/{{criterion}}", methods=LOOK)
def show_leaf(desk: Reader, code: str, unit: str, criterion: str) -> Response:
    """The counts that made one number, and the sum that was done with them."""
    shown, found = results_of(desk, code)
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
    return draw(desk, "result-leaf", shown, values)
