"""The sheets and columns of an index as an Excel workbook: what reading and writing agree on.

Pure. The words are those officers meet; each column names the key of docs/index-file.md that it
holds. A list has one row per entry; other sheets have one row per key, its title on the left.
"""

from app.index.columns import Column, Layout
from app.index.entries import NO_OPINION
from app.language import _

GUIDE = _("Hướng dẫn")
EXAMPLE = _("Ví dụ:")  # what a row begins with that is there to be read, not used
ENTRY = (_("Mục"), _("Nội dung"), _("Giải thích"))  # the columns of a sheet that is no list

LEAVES = _("Mã các tiêu chí, cách nhau bằng dấu chấm phẩy. Để trống nếu tính đủ.")
CODE_NOTE = _("Không dấu, không dấu cách: chữ cái, chữ số, “-” và “_”. Mỗi mã dùng một lần.")


def code(title: str, note: str = CODE_NOTE) -> Column:
    return Column("code", title, "code", note, required=True)


def name(title: str) -> Column:
    return Column("name", title, "text", required=True)


LAYOUTS = (
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
                words={"component": _("Một thành phần"), "question": _("Một câu hỏi")},
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
    Layout(
        "classes",
        _("Xếp loại"),
        _("Mỗi dòng một loại. Để trống cả trang nếu không xếp loại."),
        (
            Column("from", _("Từ (%)"), "percent", _("Từ 0 đến 100."), required=True),
            Column("label", _("Xếp loại"), "text", required=True),
        ),
    ),
    Layout(
        "blocks",
        _("Khối"),
        _("Các đơn vị có chung thang điểm. Ít nhất một khối."),
        (
            code(_("Mã khối")),
            name(_("Tên khối")),
            Column("not_applicable", _("Tiêu chí không tính"), "codes", LEAVES),
        ),
    ),
    Layout(
        "units",
        _("Đơn vị"),
        _("Các cơ quan, đơn vị được đánh giá."),
        (
            code(_("Mã đơn vị")),
            name(_("Tên đơn vị")),
            Column("block", _("Khối"), "code", _("Mã khối."), required=True, among="blocks"),
            Column(
                "not_applicable",
                _("Tiêu chí không tính"),
                "codes",
                _("Ngoài những tiêu chí khối đã bỏ. {leaves}").format(leaves=LEAVES),
            ),
        ),
    ),
    Layout(
        "components",
        _("Thành phần"),
        _("Các chỉ số thành phần, cấp trên cùng của bộ chỉ số."),
        (code(_("Mã thành phần")), name(_("Tên chỉ số thành phần"))),
    ),
    Layout(
        "criteria",
        _("Tiêu chí"),
        _("Cây tiêu chí, từ trên xuống dưới. Tiêu chí không có tiêu chí con thì có điểm."),
        (
            code(
                _("Mã tiêu chí"),
                _("Như mã khác, dùng được dấu chấm. Gõ trong ô định dạng Văn bản: 1.10 khác 1.1."),
            ),
            Column(
                "parent",
                _("Thuộc"),
                "code",
                _("Mã của thành phần, hoặc của tiêu chí cấp trên."),
                required=True,
            ),
            name(_("Tên tiêu chí")),
            Column(
                "max_points",
                _("Điểm tối đa"),
                "number",
                _("Bắt buộc nếu không có tiêu chí con; nếu có thì là tổng, hoặc để trống."),
            ),
            Column(
                "method",
                _("Phương pháp"),
                "choice",
                _("Bắt buộc nếu không có tiêu chí con; nếu có thì để trống."),
                words={
                    "survey": _("Điều tra"),
                    "appraisal": _("Thẩm định"),
                    "external": _("Lấy từ kết quả khác"),
                },
            ),
        ),
    ),
    Layout(
        "scales",
        _("Thang đo"),
        _("Mỗi dòng một mức, xếp từ mức tốt nhất. Mỗi thang đo có từ hai mức."),
        (
            code(_("Mã thang đo"), _("Ghi ở mọi dòng của thang đo.")),
            Column(
                "levels.code", _("Mã mức"), "code", _("Một chữ cái hoặc chữ số."), required=True
            ),
            Column("levels.label", _("Tên mức"), "text", required=True),
            Column("levels.weight", _("Trọng số"), "share", _("0,6 là 60 % điểm."), required=True),
            Column(
                "no_opinion",
                _("Câu không có ý kiến"),
                "text",
                _("Ghi ở dòng đầu của thang đo. Để trống: “{usual}”.").format(usual=NO_OPINION),
            ),
        ),
    ),
    Layout(
        "groups",
        _("Nhóm đối tượng"),
        _("Những ai trả lời phiếu."),
        (
            code(_("Mã nhóm")),
            name(_("Tên nhóm")),
            Column(
                "weight",
                _("Trọng số"),
                "share",
                _("Dùng khi quy tắc là “Theo trọng số nhóm”. Để trống: 1."),
            ),
            Column(
                "rates",
                _("Đánh giá"),
                "choice",
                _("Để trống: Mọi đơn vị. Đơn vị được giao thì ghi trong danh sách đối tượng."),
                words={
                    "all": _("Mọi đơn vị"),
                    "assigned": _("Đơn vị được giao"),
                    "own": _("Cơ quan mình"),
                },
            ),
        ),
    ),
    Layout(
        "questions",
        _("Câu hỏi"),
        _("Theo thứ tự trên phiếu. Mỗi tiêu chí điều tra cần ít nhất một câu."),
        (
            code(_("Mã câu hỏi")),
            Column(
                "text",
                _("Nội dung câu hỏi"),
                "prose",
                _("{unit} và {year} sẽ được thay bằng tên đơn vị và năm."),
                required=True,
            ),
            Column(
                "kind",
                _("Loại"),
                "choice",
                _("Để trống: Chấm điểm. Câu góp ý không có tiêu chí, thang đo, trọng số."),
                words={"": _("Chấm điểm"), "comment": _("Góp ý")},
            ),
            Column(
                "criterion", _("Tiêu chí"), "code", _("Mã tiêu chí điều tra."), among="criteria"
            ),
            Column("scale", _("Thang đo"), "code", _("Mã thang đo."), among="scales"),
            Column(
                "groups",
                _("Nhóm đối tượng"),
                "codes",
                _("Mã các nhóm được hỏi, cách nhau bằng dấu chấm phẩy."),
                required=True,
            ),
            Column(
                "weight",
                _("Trọng số"),
                "share",
                _("Giữa các câu hỏi của một tiêu chí. Để trống: 1."),
            ),
        ),
    ),
)

LAYOUT_OF = {layout.key: layout for layout in LAYOUTS}
