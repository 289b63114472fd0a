"""Dữ liệu cá nhân: until when what is kept of each wave, what was erased, what is never built."""

from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter
from starlette.responses import Response

from app.bonds.keptsums import LETTERS
from app.bonds.wavefacts import WaveAltered
from app.language import _
from app.privacy import dates, purging, wording
from app.store.db import Session
from app.store.models import Wave
from app.waves import wave as waves
from app.waves.wave import WaveRefused
from app.web.console.desk.addresses import LOOK, ROOT
from app.web.console.desk.guards import Reader

router = APIRouter()
PATH = f"{ROOT}/du-lieu-ca-nhan"

FROM = {
    "release": _("60 ngày sau khi Hội đồng công bố"),
    "sheet": _("60 ngày sau bảng điểm đầu tiên; Hội đồng chưa công bố"),
    "cancelled": _("60 ngày sau khi hủy đợt"),
    "contacts": _("cùng lúc với thông tin liên hệ"),
}


@dataclass(frozen=True)
class Row:
    """A wave: until when what is kept, what is erased already, which notice it has."""

    code: str
    until: dates.Dates
    cast_from: str
    contacts_erased_at: datetime | None
    cast_erased_at: datetime | None
    is_draft: bool
    notice: str
    version: str  # the beginning of the index's check code, which the launch froze
    altered: bool


@router.api_route(PATH, methods=LOOK)
def show(desk: Reader) -> Response:
    with desk.db.reading() as session:
        now = desk.db.now(session)
        reports = purging.reports(session)
        letters = {row.wave: row.at for row, _numbers in reports if row.what == LETTERS}
        codes = waves.codes(session)
        values: dict[str, object] = {
            "letters": {code: letters.get(code) for code in codes},
            "rows": [_row(session, code, now) for code in codes],
            "reports": [
                (row, wording.of_wave(row.wave, row.what), wording.numbers(numbers))
                for row, numbers in reports
            ],
        }
    return desk.page("console/privacy.html", values, section="privacy")


def _row(session: Session, code: str, now: datetime) -> Row:
    try:
        wave = waves.load(session, code)
        index, _layout = waves.index_of(wave)
    except (WaveAltered, WaveRefused):
        nothing = dates.Dates(None, None, None, "contacts")
        return Row(code, nothing, "", None, None, False, "", "", altered=True)
    return _sound(session, wave, index.organiser.notice if index.organiser else "", now)


def _sound(session: Session, wave: Wave, notice: str | None, now: datetime) -> Row:
    until = dates.of(session, wave, now)
    return Row(
        wave.code,
        until,
        FROM[until.cast_from] if until.cast else "",
        wave.contacts_erased_at,
        wave.cast_erased_at,
        wave.launched_at is None,
        notice or "",
        wave.index_digest.removeprefix("sha256:")[:12],
        altered=False,
    )
