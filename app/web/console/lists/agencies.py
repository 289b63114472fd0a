"""Danh sách by group and agency, and the names of agencies that nearly are a unit."""

from fastapi import APIRouter
from starlette.responses import Response

from app.language import _
from app.papers import rosterbook
from app.preparation import agencies, steps
from app.roster import people
from app.text.order import name_key
from app.waves import wave as waves
from app.waves.wave import WaveRefused, id_of
from app.web.console.desk.addresses import LOOK
from app.web.console.desk.desk import Desk
from app.web.console.desk.files import XLSX, download
from app.web.console.desk.guards import Officer, OfficerForm
from app.web.console.lists.roster import PATH, Refused, draw, path_of
from app.web.console.waves.together import held

router = APIRouter()
# By which the table is sorted, "-" for the other way round; the largest come first.
LARGEST, SMALLEST, NAME, NAME_BACK = "-nguoi", "nguoi", "ten", "-ten"
Counted = list[tuple[str, bool, int]]


@router.api_route(f"{PATH}/co-quan", methods=LOOK)
def show(desk: Officer, code: str) -> Response:
    """Every agency and how many people it has."""
    order = desk.request.query_params.get("xep", "")
    order = order if order in (LARGEST, SMALLEST, NAME, NAME_BACK) else LARGEST
    with desk.db.reading() as session:
        wave = desk.wave(session, code)
        head = desk.head(session, wave)
    _groups, counted = _counts(desk, code)
    if order in (NAME, NAME_BACK):
        counted.sort(key=lambda each: name_key(each[0]), reverse=order == NAME_BACK)
    elif order == SMALLEST:
        counted.reverse()
    values: dict[str, object] = {
        "path": path_of(code),
        "agencies": counted,
        "people": sum(number for _name, _rated, number in counted),
        "order": order,
    }
    return desk.page("console/agencies.html", values, head=head, section="roster")


def _counts(desk: Desk, code: str) -> tuple[list[tuple[str, int]], Counted]:
    """People by group, as the index has them, and by agency, the largest first."""
    with desk.db.reading() as session:
        wave = desk.wave(session, code)
        index, _layout = waves.index_of(wave)
        groups = people.by_group(session, id_of(wave))
        counted = people.agencies(index, people.by_agency(session, id_of(wave)))
    counted.sort(key=lambda each: (-each[2], name_key(each[0])))
    return [(group.name, groups.get(group.code, 0)) for group in index.groups], counted


@router.api_route(f"{PATH}/so-nguoi.xlsx", methods=LOOK)
def export(desk: Officer, code: str) -> Response:
    """How many people each group and each agency has."""
    groups, counted = _counts(desk, code)
    return download(rosterbook.summary(groups, counted), f"{code}-so-nguoi.xlsx", XLSX)


@router.post(f"{PATH}/co-quan")
def settle(form: OfficerForm, code: str) -> Response:
    """Which near matches are the unit, and which are another agency."""
    try:
        with form.db.transaction() as session:
            wave, now = held(form, session, code), form.db.now(session)
            prepared = steps.of(session, id_of(wave))
            form.must_be_fresh(prepared.agencies)
            choices = {
                each.text: choice
                for place, each in enumerate(agencies.found(prepared))
                if (choice := form.value(f"ten-{place}")) in (agencies.SAME, agencies.OTHER)
            }
            if not choices:
                raise WaveRefused(_("Chọn một câu trả lời cho ít nhất một tên cơ quan."))
            index, _layout = waves.index_of(wave)
            agencies.settle(session, wave, index, choices, now)
            left = len(agencies.open_ones(steps.of(session, id_of(wave))))
            form.note(session, now, "roster.agencies", code, rows=len(choices))
    except WaveRefused as refused:
        return draw(form, code, Refused(refused.words, "gan-giong"))
    words = (
        _("Đã lưu. Còn {number} tên cơ quan chưa xác nhận.").format(number=left)
        if left
        else _("Đã xác nhận {number} tên cơ quan.").format(number=len(choices))
    )
    return form.see(path_of(code), words)
