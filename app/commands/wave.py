"""`phieu wave …`: which commands there are, and where each is."""

import typer

from app.commands.lazy import lazily, of
from app.language import _

COMMANDS = {
    **of(
        "waveverbs",
        "verbs",
        {
            "new": _("Tạo một đợt từ tệp bộ chỉ số."),
            "roster": _("Nhập danh sách đối tượng; thay danh sách cũ."),
            "external": _("Nhập kết quả của tiêu chí lấy từ nơi khác (SIPAS, PCI …)."),
            "appraised": _(
                "Nhập điểm thẩm định: cột Đơn vị, Tiêu chí, Điểm, hoặc mỗi tiêu chí một cột."
            ),
            "launch": _("Phát phiếu: đóng băng, tạo khóa, cấp phiếu, xếp hàng thư mời."),
            "remind": _("Xếp hàng thư nhắc cho những người chưa gửi phiếu."),
            "extend": _("Gia hạn gửi phiếu."),
            "cancel": _("Hủy đợt: báo cho mọi người, hủy hòm phiếu mà không mở."),
            "close": _("Kết thúc thu phiếu ngay bây giờ."),
        },
    ),
    **of(
        "outcome",
        "outcome",
        {
            "unseal": _("Mở hòm phiếu thành bảng kiểm phiếu (chỉ khi đã kết thúc)."),
            "score": _("Tính bảng điểm điều tra."),
            "whole": _("Lập bảng điểm cả bộ chỉ số: điều tra cộng thẩm định."),
            "export": _("Xuất bảng điểm mới nhất ra tệp."),
        },
    ),
    **of(
        "status",
        "standing",
        {
            "status": _("Tình hình của một đợt."),
        },
    ),
    **of(
        "years",
        "years",
        {
            "compare": _("So một đợt với đợt của năm trước."),
        },
    ),
    **of(
        "wavemend",
        "mending",
        {
            "repair": _("Đưa các mốc của đợt về như tệp khóa ghi."),
            "accept": _("Nhận đợt như cơ sở dữ liệu vừa khôi phục từ bản lưu."),
            "void-altered": _("Tuyên bố vô hiệu các phiếu bị sửa ngoài hệ thống."),
        },
    ),
    **of(
        "record",
        "records",
        {
            "record": _("Ghi sổ công khai của đợt ra tệp JSON."),
            "record-key": _("Đổi khóa ký sổ công khai, khi ngờ tệp khóa đã lọt ra ngoài."),
        },
    ),
    **of(
        "trustees",
        "of_wave",
        {
            "trustees": _(
                "Lập danh sách ủy viên giữ khóa (trước khi phát phiếu); mỗi người nhận một thư."
            ),
            "trustee": _("Nhận tệp khóa công khai của một ủy viên."),
            "shares": _(
                "Ghi ra tệp phần ủy viên phải mở: trước khi phát phiếu là phiếu thử, sau là hòm"
                " phiếu."
            ),
            "share": _("Nhận tệp phần khóa mà một ủy viên đã mở."),
        },
    ),
    **of(
        "minutes",
        "papers",
        {
            "minutes": _("Ghi biên bản kết thúc thu phiếu, hoặc mở hòm phiếu, ra tệp Word."),
        },
    ),
}

wave = typer.Typer(cls=lazily(COMMANDS), no_args_is_help=True)
