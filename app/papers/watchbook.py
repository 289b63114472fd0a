"""The hourly notes of a wave as an Excel workbook, day by day."""

import io
from collections.abc import Mapping, Sequence
from datetime import date

from xlsxwriter import Workbook  # type: ignore[import-untyped]

from app.language import _
from app.papers.sheet import NEVER_GUESS, Page


def to_xlsx(
    title: str,
    wave: str,
    cells: Sequence[tuple[str, str]],
    totals: Mapping[date, Mapping[str, int]],
) -> bytes:
    """How many had cast by the end of each day; `cells` are columns with their names."""
    out = io.BytesIO()
    workbook = Workbook(out, {"in_memory": True, **NEVER_GUESS})
    subtitle = _("Đợt {wave}: phiếu đã nhận đến hết từng ngày, theo nhóm.").format(wave=wave)
    page = Page(workbook, _("Phiếu đã nhận"), title, subtitle)
    page.header([(_("Ngày"), 14), *((name, 24) for _cell, name in cells)], frozen=1)
    for day in sorted(totals):
        page.add(f"{day:%d/%m/%Y}", *(totals[day].get(cell) for cell, _name in cells))
    page.notes([_("Nhóm dưới 10 người được đếm chung với nhóm khác. Không ghi ai đã gửi phiếu.")])
    workbook.close()
    return out.getvalue()
