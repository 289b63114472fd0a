"""What a ballot's pages say while nothing may be written: before somebody fills one in, and when a
page that was filled in could not be saved. What was chosen stands on it still."""

from dataclasses import dataclass

from fastapi import Request
from starlette.responses import Response

from app.language import _
from app.store.upkeep import ReadOnly, Standing
from app.web.faults import later
from app.web.house import House

UNSAVED = _("Chưa lưu: hệ thống đang bảo trì")


@dataclass(frozen=True)
class Notice:
    """On top of a page: that the installation is worked on; with `unsaved` what did not happen."""

    standing: Standing
    unsaved: str = ""  # the heading
    remedy: str = ""


def notice(house: House) -> Notice | None:
    """What a page says beforehand, if anything."""
    standing = house.upkeep()
    return None if standing is None else Notice(standing)


def of_page(refused: ReadOnly) -> Notice:
    return Notice(
        refused.standing,
        _("Câu trả lời trên trang này chưa được lưu"),
        _(
            "Những gì vừa chọn vẫn còn trên trang này. Xin để nguyên trang, đợi rồi bấm lại nút ở"
            " cuối trang. Các trang đã lưu trước đó vẫn còn."
        ),
    )


def of_review(refused: ReadOnly) -> Notice:
    return Notice(
        refused.standing,
        _("Phiếu chưa được gửi"),
        _(
            "Mọi câu trả lời đã lưu vẫn còn. Xin đợi rồi bấm “Gửi phiếu” lần nữa, hoặc mở lại đường"
            " dẫn trong thư mời."
        ),
    )


def put_off(request: Request, refused: ReadOnly, response: Response) -> Response:
    """The same page, with the header that says when to ask again."""
    response.headers.update(later(request, refused))
    return response
