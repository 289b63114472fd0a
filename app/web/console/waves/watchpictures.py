"""The charts of Theo dõi as pictures to save."""

from fractions import Fraction

from fastapi import APIRouter, HTTPException
from starlette.responses import Response

from app.language import _, moment, number
from app.scores import drawings
from app.scores.drawings import Row
from app.waves import counts
from app.waves import wave as waves
from app.web.console.desk.addresses import LOOK
from app.web.console.desk.files import SVG, download
from app.web.console.desk.guards import Officer
from app.web.console.waves import course
from app.web.console.waves.casts import days_of, rows_of
from app.web.console.waves.watch import PATH

router = APIRouter()


@router.api_route(f"{PATH}/{{chart}}.svg", methods=LOOK)
def show(desk: Officer, code: str, chart: str) -> Response:
    """One of the charts: theo-nhom, tung-ngay or cong-don."""
    with desk.db.reading() as session:
        wave = desk.wave(session, code)
        index, _layout = waves.index_of(wave)
        whole = counts.of(session, wave, desk.db.now(session))
        noted = counts.course(session, wave, whole)
    days = days_of(wave, noted)
    if whole is None or not days or chart not in ("theo-nhom", "tung-ngay", "cong-don"):
        raise HTTPException(404)
    when = (
        _("Số phiếu cuối cùng, sau khi kết thúc thu phiếu.")
        if whole.at is None
        else _("Số liệu ghi lúc {when}.").format(when=moment(whole.at))
    )
    told = [index.name, when]
    if wave.rehearsal:
        told.insert(0, _("PHIẾU THỬ: đợt tập dượt, không có giá trị."))
    if chart == "theo-nhom":
        rows = rows_of(index, [note for note in noted if note.at == noted[-1].at])
        bars = [
            Row(
                row.name,
                Fraction(100 * row.cast, row.issued) if row.issued else None,
                f"{row.percent}%: {number(row.cast)}/{number(row.issued)}",
            )
            for row in rows
        ]
        title = _("Phiếu đã nhận theo nhóm, đợt {code}").format(code=code)
        data = drawings.rows(title, bars, notes=told)
    else:
        found = course.of(wave, days, whole.issued)
        title, drawn = (
            (_("Phiếu nhận từng ngày, đợt {code}"), found.daily)
            if chart == "tung-ngay"
            else (_("Phiếu đã nhận đến hết từng ngày, đợt {code}"), found.whole)
        )
        data = drawings.columns(title.format(code=code), drawn, [*told, course.legend()])
    return download(data, f"{code}-{chart}.svg", SVG)
