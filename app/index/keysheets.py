"""The sheets of an index that are no list: one row per key, its title on the left.

Pure. What index it is, who organises it, and the rules of its points.
"""

from app.index.columns import Column, Layout, code, name
from app.language import _

KEY_SHEETS = (
    Layout(
        "index",
        _("Chung"),
        _("Bộ chỉ số là gì, của năm nào, bao nhiêu điểm."),
        (
            code(_("Mã bộ chỉ số"), _("Ví dụ lai-chau-2022.")),
            name(_("Tên bộ chỉ số")),
            Column("year", _("Năm"), "number", _("Năm được đánh giá."), required=True),
            Column(
                "max_points",
                _("Điểm tối đa"),
                "number",
                _("Của cả bộ chỉ số; nếu các khối khác nhau thì của khối cao nhất."),
                required=True,
            ),
            Column(
                "survey_points",
                _("Điểm điều tra"),
                "number",
                _("Của các tiêu chí điều tra và lấy từ kết quả khác, cùng khối ấy."),
                required=True,
            ),
        ),
        is_list=False,
    ),
    Layout(
        "organiser",
        _("Cơ quan tổ chức"),
        _("In trên mọi thư và mọi trang phiếu. Cần đủ trước khi phát phiếu."),
        (
            Column("name", _("Tên cơ quan"), "text"),
            Column("unit", _("Mã đơn vị"), "code", _("Nếu cũng được đánh giá."), among="units"),
            Column("basis", _("Căn cứ"), "prose", _("Quyết định, kế hoạch của cuộc điều tra.")),
            Column("contact", _("Bộ phận liên hệ"), "text"),
            Column("phone", _("Điện thoại"), "digits"),
            Column("email", _("E-mail"), "text"),
            Column(
                "notice",
                _("Dữ liệu cá nhân"),
                "prose",
                _("Dùng để làm gì, giữ gì, giữ bao lâu, người trả lời có quyền gì."),
            ),
        ),
        is_list=False,
    ),
    Layout(
        "rules",
        _("Quy tắc"),
        _("Câu trả lời thành điểm thế nào. Để trống thì dùng giá trị đầu tiên trong danh sách."),
        (
            Column(
                "weighting",
                _("Gộp các nhóm"),
                "choice",
                _("Cộng phiếu của mọi nhóm, hay bình quân các nhóm theo trọng số."),
                words={"pooled": _("Gộp chung"), "groups": _("Theo trọng số nhóm")},
            ),
            Column(
                "no_opinion",
                _("Không có ý kiến"),
                "choice",
                words={"exclude": _("Không tính vào điểm"), "zero": _("Tính là 0 điểm")},
            ),
            Column(
                "own_unit",
                _("Đánh giá cơ quan mình"),
                "choice",
                _("Không áp dụng cho nhóm chỉ đánh giá cơ quan mình."),
                words={"exclude": _("Không được phép"), "allow": _("Được phép")},
            ),
            Column(
                "min_ballots",
                _("Số phiếu tối thiểu"),
                "number",
                _("Nhóm có ít hơn được cộng chung với nhóm khác. Để trống: 5."),
            ),
            Column("decimals", _("Số chữ số thập phân"), "number", _("Để trống: 2.")),
            Column(
                "ranking",
                _("Xếp hạng"),
                "choice",
                words={"blocks": _("Trong từng khối"), "one-list": _("Một danh sách chung")},
            ),
            Column(
                "paging",
                _("Mỗi trang phiếu"),
                "choice",
                words={
                    "component": _("Một thành phần"),
                    "question": _("Một câu hỏi"),
                    "unit": _("Một đơn vị"),
                },
            ),
            Column(
                "choose_units",
                _("Chọn đơn vị trước"),
                "flag",
                _("Trang đầu hỏi người trả lời đã làm việc với đơn vị nào. Để trống: Không."),
            ),
            Column(
                "participation_list",
                _("Danh sách tham gia"),
                "flag",
                _(
                    "Lập được danh sách người đã gửi phiếu, sau khi kết thúc thu phiếu. Để trống:"
                    " Không."
                ),
            ),
        ),
        is_list=False,
    ),
)
