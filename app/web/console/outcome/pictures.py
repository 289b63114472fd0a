"""The ranking as a picture to save, list by list as the page shows it."""

from fastapi import APIRouter, HTTPException
from starlette.responses import Response

from app.language import _
from app.scores import drawings
from app.scores.drawings import Row
from app.web.console.desk.addresses import LOOK
from app.web.console.desk.files import SVG, download
from app.web.console.desk.guards import Reader
from app.web.console.outcome.shown import PATH, results_of

router = APIRouter()


@router.api_route(f"{PATH}/xep-hang.svg", methods=LOOK)
def show(desk: Reader, code: str) -> Response:
    """One list of the ranking: a bar for each unit, the limits of classes as marks."""
    shown, found = results_of(desk, code)
    asked = desk.request.query_params.get("danh-sach", "1")[:4]
    place = int(asked) if asked.isdecimal() else 0
    lists = shown.narrowing.lists(found, shown.order)
    if not 1 <= place <= len(lists):
        raise HTTPException(404)
    ranked = lists[place - 1]
    rows = [
        Row(f"{unit.rank or '*'}. {unit.name}", unit.exact, _stated(unit.percent, unit.label))
        for unit in ranked.units
    ]
    title = f"{ranked.title}: {found.index.name}" if ranked.title else found.index.name
    notes = [
        _("Tỷ lệ phần trăm của điểm điều tra. Vạch trắng trên thanh là các mốc xếp loại."),
        _("Đợt {wave}, bảng điểm số {sheet}.").format(wave=code, sheet=shown.sheet),
    ]
    if shown.wave.rehearsal:
        notes.insert(0, _("PHIẾU THỬ: đợt tập dượt, không có giá trị."))
    data = drawings.rows(title, rows, found.limits, notes)
    return download(data, f"{code}-xep-hang-{place}.svg", SVG)


def _stated(percent: str, label: str) -> str:
    """A percent with its class."""
    shown = percent if percent == "*" else f"{percent}%"
    return f"{shown} {label}".strip()
