"""Kết quả: the questions that only ask, by cell and unit by unit."""

from fastapi import APIRouter, HTTPException
from starlette.responses import Response

from app.scores import choices
from app.web.console.desk.addresses import LOOK
from app.web.console.desk.guards import Reader
from app.web.console.outcome.shown import PATH, draw, results_of

router = APIRouter()


@router.api_route(f"{PATH}/cau-hoi-them", methods=LOOK)
def show(desk: Reader, code: str) -> Response:
    """Those about none with their cells; those about units in a table, or of one unit by cell.

    Raises 404 where the index has none, and for a unit that it has not.
    """
    shown, found = results_of(desk, code)
    index, unit = found.index, desk.request.query_params.get("co-quan", "")
    if not index.choices or (unit and unit not in index.unit_of):
        raise HTTPException(404)
    values: dict[str, object] = {
        "index": index,
        "found": choices.Choices(index, found.document),
        "units": index.units,
        "one": index.unit_of.get(unit),
        "few": choices.few(index),
        "of_shares": choices.of_shares,
    }
    return draw(desk, "result-choices", shown, values)
