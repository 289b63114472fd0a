"""What each way of keeping the key protects, and what it does not: one table for the launch page,
the guide and the minutes. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from app.language import _

OFFICE, COMMITTEE = "office", "committee"


@dataclass(frozen=True)
class Row:
    """Somebody, and what they could do with an urn that the office has the key of, and with one of
    trustees."""

    who: str
    office: str
    committee: str


ROWS = (
    Row(
        _("Đồng nghiệp, thủ trưởng cơ quan, chuyên viên"),
        _("Chỉ biết số đếm; không đọc được phiếu nào."),
        _("Như bên."),
    ),
    Row(
        _("Ai đọc được hộp thư của người được hỏi, hoặc cổng thư"),
        _("Xem, sửa phần đang trả lời dở, gửi thay trước; gửi rồi thì chỉ thấy mã biên nhận."),
        _("Như bên."),
    ),
    Row(
        _("Quản trị cơ sở dữ liệu, kể cả ghi; bản sao lưu bị lấy"),
        _("Biết ai đã gửi; phiếu không đọc được; phiếu chèn, sửa bị phát hiện; phá được bằng xóa."),
        _("Như bên."),
    ),
    Row(
        _("Người có tệp khóa cùng cơ sở dữ liệu; máy bị lấy"),
        _("ĐỌC ĐƯỢC MỌI PHIẾU, trước khi mở hòm phiếu."),
        _("Không đọc được gì, nếu thiếu cụm từ của đủ số ủy viên."),
    ),
    Row(
        _("Người có toàn quyền trên máy chủ đang chạy"),
        _("Đọc theo được từng phiếu từ lúc ấy."),
        _("Đọc theo được từng phiếu đang gửi từ lúc ấy; phiếu gửi trước đó thì không."),
    ),
    Row(
        _("Ủy viên, ít hơn số người cần, kể cả có cơ sở dữ liệu và tệp khóa"),
        _("(không có ủy viên)"),
        _("Không đọc được gì. Gửi sai phần khóa thì bị nêu tên, không cản được ai."),
    ),
    Row(
        _("Đủ số ủy viên cùng nhau, có bản sao lưu trước khi mở"),
        _("(không có ủy viên)"),
        _("Đọc được mọi phiếu; thêm tệp khóa thì biết của ai; cho đến khi hủy cụm từ."),
    ),
    Row(
        _("Mất khóa"),
        _("Mất tệp khóa và bản dự phòng: không mở được hòm phiếu."),
        _("Còn đủ số ủy viên giữ cụm từ thì mở được; không đủ thì không có cách nào."),
    ),
)


def stays_possible(mode: str) -> Iterator[str]:
    """What a mode does not prevent, in sentences for the minutes."""
    if mode == COMMITTEE:
        yield _(
            "Chế độ ủy viên giữ khóa không ngăn được người có toàn quyền trên máy chủ đang chạy đọc"
            " theo phiếu đang gửi, và đủ số ủy viên thông đồng khi còn cụm từ khóa và bản sao lưu."
        )
    else:
        yield _(
            "Chế độ cơ quan giữ khóa không ngăn được người có cả tệp khóa và cơ sở dữ liệu đọc"
            " phiếu trước khi mở, và người có toàn quyền trên máy chủ đang chạy đọc theo."
        )
    yield _("Khi mọi người trả lời giống nhau thì số liệu chung cho biết từng người đã trả lời gì.")
