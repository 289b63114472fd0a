"""Kết quả by group: how each group rates, how each unit stands with each group."""

from functools import lru_cache

from fastapi import APIRouter
from starlette.responses import Response

from app.scores import figures
from app.scores.bygroup import ByGroup, Table
from app.scores.narrowing import Narrowing
from app.scores.results import Results
from app.web.console.desk.addresses import LOOK
from app.web.console.desk.guards import Reader
from app.web.console.outcome.shown import PATH, draw, results_of

router = APIRouter()


@lru_cache(16)
def _by_group(results: Results) -> ByGroup:
    return ByGroup(results)


@lru_cache(64)
def tables_of(results: Results, narrowing: Narrowing) -> tuple[Table, ...]:
    """A table for each list of the ranking."""
    return _by_group(results).tables(narrowing)


@router.api_route(f"{PATH}/theo-nhom", methods=LOOK)
def show(desk: Reader, code: str) -> Response:
    """A table of groups and a map of units by groups, for each list of the ranking."""
    shown, found = results_of(desk, code)
    values: dict[str, object] = {
        "results": found,
        "index": found.index,
        "tables": tables_of(found, shown.narrowing),
        "change": figures.change,
    }
    return draw(desk, "result-groups", shown, values)
