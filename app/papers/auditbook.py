"""The log in words, and as an Excel workbook that says how to check it."""

import io
import json
from collections.abc import Iterable

from xlsxwriter import Workbook  # type: ignore[import-untyped]

from app.audit.chain import Line
from app.audit.deeds import ROLES
from app.language import _, check, clock, day, number
from app.papers.sheet import NEVER_GUESS, Page
from app.scores.minutes import keys_in_words

# What the facts of a line are called on the page.
NAMES = {
    "warning": _("điều nên xem lại"),
    "name": _("tên"),
    "staff": _("tài khoản"),
    "roles": _("vai trò"),
    "code": _("mã"),
    "changes": _("sửa"),
    "faults": _("số lỗi còn lại"),
    "digest": _("mã kiểm tra bộ chỉ số"),
    "file": _("tệp"),
    "people": _("số người"),
    "replaced": _("thay số người"),
    "rows": _("số dòng"),
    "issued": _("số phiếu phát ra"),
    "cast": _("số phiếu đã gửi"),
    "not_cast": _("số phiếu chưa gửi"),
    "in_urn": _("số phiếu niêm phong trong hòm, không khớp"),
    "least": _("phải có ít nhất"),
    "most": _("có thể có nhiều nhất"),
    "counted": _("số phiếu đếm được"),
    "void": _("số phiếu mất hiệu lực"),
    "altered": _("số phiếu tuyên bố vô hiệu vì bị sửa"),
    "respondents": _("những người số"),
    "lost": _("số phiếu không còn dữ liệu đúng"),
    "facts": _("các mốc"),
    "foreign": _("số phiếu lạ"),
    "opens": _("lúc mở"),
    "closes": _("hạn gửi"),
    "told": _("có thư báo"),
    "reason": _("lý do"),
    "urn": _("mã kiểm tra hòm phiếu"),
    "sheet": _("bảng điểm số"),
    "earlier": _("đợt để so"),
    "survey": _("bảng điểm điều tra số"),
    "whole": _("bảng điểm cả bộ chỉ số, số"),
    "format": _("định dạng"),
    "unit": _("cơ quan"),
    "organiser": _("cơ quan tổ chức"),
    "above": _("cơ quan chủ quản"),
    "agency": _("cơ quan ban hành"),
    "sign": _("ký hiệu"),
    "place": _("nơi ban hành"),
    "two_people": _("cần hai người"),
    "mode": _("cách giữ khóa"),
    "proposal": _("việc được đề nghị"),
    "kind": _("loại"),
    "respondent": _("người số"),
    "request": _("đề nghị số"),
    "days": _("số ngày trước hạn"),
    "from": _("lấy từ"),
    "proposed": _("người đề nghị"),
    "confirmed": _("người thứ hai"),
    "trial": _("tập dượt"),
    "kept_head": _("mã dòng cuối mà máy chủ đã ghi"),
    "last_line": _("dòng cuối còn lại"),
    "times": _("số lần"),
    "scope": _("quyền của khóa"),
    "waves": _("các đợt"),
    "last_day": _("dùng đến hết ngày"),
    "address": _("địa chỉ"),
    "trustee": _("ủy viên giữ khóa"),
    "trustees": _("các ủy viên giữ khóa"),
    "need": _("số ủy viên cần"),
    "print": _("mã nhận dạng khóa"),
    "missing": _("số phần khóa không có"),
    "refused": _("số phần khóa không khớp"),
    "until": _("đến"),
    "sealed": _("mã hóa"),
    "made": _("làm lúc"),
    "what": _("xóa"),
    "letters": _("số thư"),
    "ballots": _("số phiếu"),
    "unreached": _("chưa thư nào tới người này"),
}
# What some facts say, which are kept as a code.
VALUES = {
    "mode": {mode: keys_in_words(mode) for mode in ("office", "committee")},
    "proposal": {
        "unseal": _("mở hòm phiếu"),
        "extend": _("gia hạn"),
        "void": _("cấp lại phiếu"),
        "reopen": _("cấp lại phiếu sau khi kết thúc"),
        "address": _("đổi địa chỉ thư"),
        "addresses": _("đổi địa chỉ thư của nhiều người"),
        "add": _("thêm một người"),
        "remove": _("bỏ một người"),
        "restore": _("khôi phục một người"),
        "altered": _("tuyên bố vô hiệu phiếu bị sửa"),
    },
    "kind": {"invitation": _("thư mời"), "reminder": _("thư nhắc")},
    "what": {
        "contacts": _("thông tin liên hệ"),
        "letters": _("thư đã gửi"),
        "cast": _("dấu đã gửi phiếu hay chưa"),
    },
    "roles": ROLES,
    "scope": {"read": _("đọc"), "write": _("đọc và gửi điểm thẩm định")},
    "format": {"xlsx": "Excel", "json": "JSON", "csv": "CSV", "docx": "Word"},
}


def in_words(line: Line, is_short: bool = False) -> str:
    """The facts of a line, for a reader: "số người 1.611; tệp ds.xlsx"; check codes whole, or
    their beginning where it `is_short`."""
    return "; ".join(
        f"{NAMES.get(name, name)}: {_value(name, _brief(value) if is_short else value)}"
        for name, value in line.facts.items()
    )


def _brief(value: object) -> object:
    return check(value) if isinstance(value, str) and value.startswith("sha256:") else value


def _value(name: str, value: object) -> str:
    if isinstance(value, bool):
        return _("có") if value else _("không")
    if isinstance(value, int):
        return number(value)
    if isinstance(value, list):
        return ", ".join(_value(name, each) for each in value)
    return VALUES.get(name, {}).get(str(value), str(value))


def to_xlsx(lines: Iterable[Line]) -> bytes:
    """Lines in the order given, each with its code of the chain."""
    out = io.BytesIO()
    workbook = Workbook(out, {"in_memory": True, **NEVER_GUESS})
    subtitle = _(
        "Mỗi dòng có một mã tính từ dòng ấy và mã dòng trước; trang Nhật ký kiểm tra được."
    )
    page = Page(workbook, _("Nhật ký"), _("Nhật ký"), subtitle)
    page.header(
        [
            (_("Số"), 8),
            (_("Lúc"), 18),
            (_("Người làm"), 36),
            (_("Việc"), 30),
            (_("Đợt"), 20),
            (_("Chi tiết"), 60),
            (_("Mã"), 68),
        ]
    )
    for line in lines:
        when = f"{clock(line.at)} {day(line.at)}"
        facts = in_words(line) if line.facts else ""
        page.add(line.number, when, line.who, line.words, line.wave, facts, line.mac)
    workbook.close()
    return out.getvalue()


def to_json(lines: Iterable[Line]) -> str:
    """Lines as JSON, one on each line of text, as they lie in the chain."""
    return "\n".join(
        json.dumps(
            {
                "number": line.number,
                "at": line.at.isoformat(timespec="microseconds"),
                "who": line.who,
                "action": line.action,
                "wave": line.wave,
                "facts": line.facts,
                "mac": line.mac,
            },
            ensure_ascii=False,
        )
        for line in lines
    )
