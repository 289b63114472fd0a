"""Kết quả: how sure it is, who answered, and ballots that know one level only."""

from fastapi import APIRouter
from starlette.responses import Response

from app.count import course, tallies
from app.papers import export
from app.precision import margins as words
from app.precision.kept import Precision
from app.precision.margins import Margins
from app.scores import sureness, turnout
from app.store.models import Wave
from app.web.console.desk.addresses import LOOK
from app.web.console.desk.desk import Desk
from app.web.console.desk.files import download
from app.web.console.desk.guards import Reader
from app.web.console.outcome.shown import PATH, draw, results_of

router = APIRouter()


@router.api_route(f"{PATH}/do-chac", methods=LOOK)
def show(desk: Reader, code: str) -> Response:
    """The intervals of each list, response rates, ballots of one level."""
    shown, found = results_of(desk, code)
    with desk.db.reading() as session:
        told = course.of(session, shown.wave)
    margins = Margins(found.document, told.precision)
    lists = shown.narrowing.lists(found)
    issued, cast = found.document["issued"], found.document["cast"]
    values: dict[str, object] = {
        "results": found,
        "index": found.index,
        "margins": margins,
        "lists": [
            (each, sureness.rows(margins, each), list(sureness.of_ranking(margins, full)))
            for each in lists
            for full in [found.list_of(each.units[0].code)]
        ],
        "meaning": words.meaning() if margins.known else words.unknown(),
        "response": sureness.response(),
        "tables": [
            table
            for table in (
                turnout.table(told.cells, issued, cast) if told.cells else None,
                sureness.of_agencies(told.precision, found.index),
            )
            if table is not None
        ],
        "one_level": sureness.of_one_level(told.precision, found.index),
    }
    return draw(desk, "result-sure", shown, values)


@router.api_route(f"{PATH}/sai-so.csv", methods=LOOK)
def write(desk: Reader, code: str) -> Response:
    """The intervals as CSV."""
    shown, found = results_of(desk, code)
    precision = of_wave(desk, shown.wave)
    data = export.errors_to_csv(dict(found.document), precision)
    return download(data, f"{code}-sai-so-{shown.sheet}.csv", "text/csv")


def of_wave(desk: Desk, wave: Wave) -> Precision | None:
    """What the opening of a wave kept. Raises TallyAltered."""
    with desk.db.reading() as session:
        return tallies.precision(session, wave)
