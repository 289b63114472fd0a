"""What the empty workbook of an index holds to learn from: steps, and an example on every list.

Pure. The examples agree with one another: without their marks, and with the first sheet filled in,
they are an index.
"""

from collections.abc import Mapping
from typing import Any

from app.index.parts import Rules
from app.language import _

STEPS = (
    _("1. Điền các trang theo thứ tự từ trái sang phải. Giữ nguyên tên trang và dòng tiêu đề."),
    _(
        "2. Dòng bắt đầu bằng “Ví dụ:” là ví dụ, chữ xám nghiêng: hãy xóa cả dòng, hoặc ghi đè"
        " bằng nội dung thật và xóa chữ “Ví dụ:”."
    ),
    _(
        "3. Mã là chữ, không phải số: 1.10 khác 1.1. Các ô mã đã định dạng Văn bản (Text); khi"
        " chép từ tệp khác sang, hãy dán giá trị (Paste Values)."
    ),
    _(
        "4. Số ghi như 30 hoặc 0,6. Phân số như 2/3 thì trước hết định dạng ô là Văn bản (Text),"
        " nếu không Excel sẽ đổi thành ngày tháng."
    ),
    _("5. Ô có nhiều mã: ghi cách nhau bằng dấu chấm phẩy, ví dụ 3.1; 3.2."),
    _("6. Lưu thành Excel Workbook (*.xlsx) rồi nạp tệp. Mọi lỗi được báo theo trang và ô."),
)

_LEVELS = (("A", _("Rất tốt"), "1"), ("B", _("Tốt"), "0.6"), ("C", _("Trung bình"), "0.2"))
_QUESTION = _("Ông/Bà đánh giá thế nào về tính kịp thời của văn bản do {unit} tham mưu năm {year}?")

# Shaped like `file.canonical`.
EXAMPLES: Mapping[str, Any] = {
    "rules": {**vars(Rules()), "classes": [{"from": "80", "label": _("Tốt")}]},
    "blocks": [
        {"code": "so", "name": _("Sở, ban, ngành")},
        {"code": "xa", "name": _("Xã, phường"), "classes": [{"from": "90", "label": _("Tốt")}]},
    ],
    "units": [{"code": "snv", "name": _("Sở Nội vụ"), "block": "so"}],
    "components": [{"code": "1", "name": _("Cải cách thể chế")}],
    "criteria": [
        {"code": "1.1", "parent": "1", "name": _("Chất lượng văn bản tham mưu")},
        {
            "code": "1.1.1",
            "parent": "1.1",
            "name": _("Tính kịp thời"),
            "max_points": "2",
            "method": "survey",
        },
    ],
    "scales": [
        {
            "code": "tot-4",
            "no_opinion": _("Không có ý kiến"),
            "levels": [
                *(
                    {"code": code, "label": label, "weight": share}
                    for code, label, share in _LEVELS
                ),
                {"code": "D", "label": _("Chưa tốt"), "weight": "0"},
            ],
        },
        {
            "code": "mong-doi",
            "no_opinion": _("Không có ý kiến"),
            "levels": [
                {"code": "1", "label": _("Rút ngắn thời hạn")},
                {"code": "2", "label": _("Hướng dẫn rõ hơn")},
            ],
        },
    ],
    "groups": [
        {"code": "hdnd", "name": _("Đại biểu HĐND tỉnh"), "weight": "1", "rates": "all"},
    ],
    "questions": [
        {
            "code": "q01",
            "text": _QUESTION,
            "criterion": "1.1.1",
            "scale": "tot-4",
            "groups": ["hdnd"],
            "weight": "1",
        },
        {
            "code": "q98",
            "text": _("Ông/Bà mong cơ quan cải tiến điều gì trước?"),
            "kind": "choice",
            "scale": "mong-doi",
            "groups": ["hdnd"],
            "about": "none",
            "most": "1",
        },
        {"code": "q99", "text": _("Góp ý khác"), "kind": "comment", "groups": ["hdnd"]},
    ],
}
