"""Charts of the results as pictures to save: as the page shows them, with their words."""

from fractions import Fraction

from fastapi import APIRouter, HTTPException
from starlette.responses import Response

from app.language import _
from app.precision.margins import Margins
from app.scores import drawings
from app.scores.drawings import Row, Stack
from app.web.console.desk.addresses import LOOK
from app.web.console.desk.desk import Desk
from app.web.console.desk.files import SVG, download
from app.web.console.desk.guards import Reader
from app.web.console.outcome import groups
from app.web.console.outcome.shown import PATH, Shown, results_of
from app.web.console.outcome.sure import of_wave

router = APIRouter()


@router.api_route(f"{PATH}/xep-hang.svg", methods=LOOK)
def show(desk: Reader, code: str) -> Response:
    """One list of the ranking: a bar for each unit, the limits of classes as marks."""
    shown, found = results_of(desk, code)
    lists = shown.narrowing.lists(found, shown.order)
    place = _place(desk)
    if not 1 <= place <= len(lists):
        raise HTTPException(404)
    ranked = lists[place - 1]
    margins = Margins(found.document, of_wave(desk, shown.wave))
    rows = []
    for unit in ranked.units:
        margin = margins.of(unit.code)
        text = _stated(unit.percent, f"{margin.shown if margin else ''} {unit.label}".strip())
        limits = (margin.low, margin.high) if margin else None
        rows.append(Row(f"{unit.rank or '*'}. {unit.name}", unit.exact, text, limits))
    title = f"{ranked.title}: {found.index.name}" if ranked.title else found.index.name
    notes = [
        _("Tỷ lệ phần trăm của điểm điều tra. Vạch trắng trên thanh là các mốc xếp loại."),
        *([_("Nét đen là khoảng tin cậy 95%.")] if margins.known else []),
        *_source(shown, code),
    ]
    data = drawings.rows(title, rows, found.limits, notes)
    return download(data, f"{code}-xep-hang-{place}.svg", SVG)


def _place(desk: Desk) -> int:
    """Which list of a page is asked for, from 1."""
    asked = desk.request.query_params.get("danh-sach", "1")[:4]
    return int(asked) if asked.isascii() and asked.isdecimal() else 0


@router.api_route(f"{PATH}/theo-nhom.svg", methods=LOOK)
def show_groups(desk: Reader, code: str) -> Response:
    """How each group rates the units of a list, on the mean."""
    shown, found = results_of(desk, code)
    tables, place = groups.tables_of(found, shown.narrowing), _place(desk)
    if not 1 <= place <= len(tables):
        raise HTTPException(404)
    table = tables[place - 1]
    bars = [Row(each.name, each.share, f"{each.mean}%") for each in table.rated]
    title = _("Mỗi nhóm đánh giá thế nào: {list}").format(list=table.title or found.index.name)
    notes = [_("Trung bình tỷ lệ phần trăm của các cơ quan."), *_source(shown, code)]
    data = drawings.rows(title, bars, found.limits, notes)
    return download(data, f"{code}-theo-nhom-{place}.svg", SVG)


@router.api_route(f"{PATH}/cau-hoi/{{question}}.svg", methods=LOOK)
def show_question(desk: Reader, code: str, question: str) -> Response:
    """What was answered to a question, about all units together and about each."""
    shown, found = results_of(desk, code)
    whole = next((each for each in found.answers.together if each.question.code == question), None)
    if whole is None:
        raise HTTPException(404)
    every = [(_("Mọi cơ quan"), whole)]
    every += [
        (found.index.unit_of[unit].name, e) for unit, _leaf, e in found.answers.by_unit(question)
    ]
    bars = [
        Stack(
            name,
            tuple(Fraction(part.width) for part in each.parts),
            "*" if not each.counted else f"{each.ratio}%" if each.ratio else "",
        )
        for name, each in every
    ]
    levels = [part.label for part in whole.parts]
    data = drawings.stacks(whole.text, levels, bars, _source(shown, code))
    return download(data, f"{code}-{question}.svg", SVG)


def _source(shown: Shown, code: str) -> list[str]:
    """Where the numbers are from."""
    told = [_("Đợt {wave}, bảng điểm số {sheet}.").format(wave=code, sheet=shown.sheet)]
    if shown.wave.rehearsal:
        told.insert(0, _("PHIẾU THỬ: đợt tập dượt, không có giá trị."))
    return told


def _stated(percent: str, label: str) -> str:
    """A percent with its class."""
    shown = percent if percent == "*" else f"{percent}%"
    return f"{shown} {label}".strip()
