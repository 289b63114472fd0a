"""Where the menu leads as long as there is no wave: what the page is for, and how to get there."""

from fastapi import APIRouter
from starlette.responses import Response

from app.language import _
from app.preparation import library
from app.waves import wave as waves
from app.web.console.desk.addresses import LOOK, ROOT
from app.web.console.desk.desk import Desk
from app.web.console.desk.guards import Officer, Reader
from app.web.pages import see

router = APIRouter()


def _page(desk: Desk, section: str, what: str) -> Response:
    with desk.db.reading() as session:
        wave = waves.current(session, desk.db.now(session))
        has_index = bool(library.current(session))
    if wave is not None:
        return see(f"{ROOT}/dot/{wave.code}/{section}")
    values: dict[str, object] = {"what": what, "has_index": has_index}
    return desk.page("console/home-empty.html", values)


@router.api_route(f"{ROOT}/danh-sach", methods=LOOK)
def to_roster(desk: Officer) -> Response:
    return _page(
        desk,
        "danh-sach",
        _(
            "Danh sách người nhận phiếu thuộc về một đợt điều tra. Tạo đợt rồi tải tệp danh"
            " sách lên ở đây."
        ),
    )


@router.api_route(f"{ROOT}/phat-phieu", methods=LOOK)
def to_launch(desk: Officer) -> Response:
    return _page(
        desk,
        "phat-phieu",
        _(
            "Phát phiếu là bước sau khi đã có đợt và danh sách: khi ấy ở đây có danh sách"
            " kiểm tra và nút phát."
        ),
    )


@router.api_route(f"{ROOT}/theo-doi", methods=LOOK)
def to_watch(desk: Officer) -> Response:
    return _page(
        desk,
        "theo-doi",
        _(
            "Trang Theo dõi có số liệu khi đợt đang thu phiếu: bao nhiêu phiếu đã nhận, thư"
            " nào chưa tới."
        ),
    )


@router.api_route(f"{ROOT}/ket-qua", methods=LOOK)
def to_results(desk: Reader) -> Response:
    return _page(
        desk,
        "ket-qua",
        _(
            "Kết quả có sau khi mở hòm phiếu của một đợt: xếp hạng, điểm từng tiêu chí, từng"
            " câu hỏi."
        ),
    )


@router.api_route(f"{ROOT}/xuat-bao-cao", methods=LOOK)
def to_exports(desk: Reader) -> Response:
    return _page(
        desk,
        "xuat-bao-cao",
        _("Báo cáo xuất được khi đã có bảng điểm: Word, Excel, tệp cho hệ thống chấm điểm."),
    )
