"""The comments of a wave as an Excel workbook: a sheet for each question, in the order of the page.

A comment has no number of its own, no group and no agency: nothing stands beside it. Above the
table is what the file may be used for.
"""

import io
from collections.abc import Sequence
from datetime import UTC, datetime

from xlsxwriter import Workbook  # type: ignore[import-untyped]

from app.language import _, number
from app.papers.sheet import NEVER_GUESS, Page


def use() -> str:
    """What the comments may be used for."""
    return _(
        "Góp ý được giữ kín người viết: đã xáo thứ tự, không kèm nhóm hay cơ quan. Chỉ dùng để rút"
        " kinh nghiệm và cải tiến công việc. Không tìm hiểu ai viết, không chuyển nguyên văn cho"
        " người bị góp ý; khi trích vào báo cáo thì bỏ tên người, tên nơi và việc riêng có thể làm"
        " lộ người viết. Dùng xong thì xóa tệp."
    )


def to_xlsx(
    title: str, wave: str, at: datetime, questions: Sequence[tuple[str, Sequence[str]]]
) -> bytes:
    """Each question with its comments; the same ones always give the same bytes."""
    out = io.BytesIO()
    workbook = Workbook(out, {"in_memory": True, **NEVER_GUESS})
    created = at.astimezone(UTC).replace(tzinfo=None)
    workbook.set_properties({"title": title, "created": created})
    for place, (text, comments) in enumerate(questions, 1):
        name = _("Góp ý") if len(questions) == 1 else _("Góp ý %d") % place
        told = _("Đợt {wave}: {count} góp ý.").format(wave=wave, count=number(len(comments)))
        page = Page(workbook, name, title, f"{told} {use()}")
        page.header([(text, 110)], frozen=0)
        for comment in comments:
            page.add(comment)
        if not comments:
            page.notes([_("Không có góp ý nào được giữ lại ở câu hỏi này.")])
    workbook.close()
    return out.getvalue()
