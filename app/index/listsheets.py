"""The sheets of an index that are lists: one row per entry.

Pure.
"""

from app.index.columns import Column, Layout, code, name
from app.index.entries import NO_OPINION
from app.language import _

LEAVES = _("Mã các tiêu chí, cách nhau bằng dấu chấm phẩy. Để trống nếu tính đủ.")

LIST_SHEETS = (
    Layout(
        "classes",
        _("Xếp loại"),
        _("Mỗi dòng một loại. Để trống cả trang nếu không xếp loại."),
        (
            Column("from", _("Từ (%)"), "percent", _("Từ 0 đến 100."), required=True),
            Column("label", _("Xếp loại"), "text", required=True),
            Column(
                "block",
                _("Khối"),
                "code",
                _(
                    "Mã khối, nếu khối xếp loại theo mức riêng; khối ấy chỉ dùng các dòng của mình."
                    " Để trống: mọi khối còn lại."
                ),
                among="blocks",
            ),
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
                _("Như mã khác, dùng được dấu chấm. 1.10 khác 1.1."),
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
            Column(
                "levels.weight",
                _("Trọng số"),
                "share",
                _("0,6 là 60 % điểm. Chỉ để trống ở thang đo mà riêng câu hỏi thêm dùng."),
            ),
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
                _(
                    "Để trống: Chấm điểm. Câu góp ý không có tiêu chí, thang đo, trọng số. Câu hỏi"
                    " thêm có thang đo, không có tiêu chí, trọng số: chỉ hỏi và đếm, không tính"
                    " điểm."
                ),
                words={
                    "": _("Chấm điểm"),
                    "comment": _("Góp ý"),
                    "choice": _("Câu hỏi thêm"),
                },
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
                page_note=_("Đánh dấu các nhóm được hỏi."),
            ),
            Column(
                "weight",
                _("Trọng số"),
                "share",
                _("Giữa các câu hỏi của một tiêu chí. Để trống: 1."),
            ),
            Column(
                "about",
                _("Hỏi về"),
                "choice",
                _("Chỉ ghi ở câu hỏi thêm. Để trống: Không gắn với đơn vị, mỗi phiếu hỏi một lần."),
                words={"none": _("Không gắn với đơn vị"), "unit": _("Từng đơn vị")},
            ),
            Column(
                "most",
                _("Chọn tối đa"),
                "number",
                _("Số mức được chọn cùng lúc. Chỉ ghi ở câu hỏi thêm. Để trống: 1."),
            ),
        ),
    ),
)
