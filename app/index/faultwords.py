"""What is wrong with an index, in the words of its workbook instead of those of its text file.

Pure. Officers who fill in a workbook never see the text file: its keys, brackets and quotes in
places and messages become titles of sheets and columns.
"""

import re
from collections.abc import Mapping
from functools import cache

from app.index.faults import Fault
from app.index.sheets import LAYOUT_OF
from app.language import _

# Message of the text file → the same of a workbook. Names in braces stay; `_spoken` has their
# words.
MESSAGES = {
    _('thiếu khóa này; hãy ghi {key} = "…".'): _("đang để trống; hãy điền ô này."),
    _("thiếu khóa này; hãy ghi {key} = và một số."): _("đang để trống; hãy ghi một số."),
    _(
        '“{value}” không phải là số; hãy ghi như 30, 79.5 hoặc "2/3", '
        "với dấu chấm trước phần thập phân."
    ): _(
        "“{value}” không phải là số; hãy ghi như 30 hoặc 79,5, hay 2/3 trong ô định dạng "
        "Văn bản (Text)."
    ),
    _("chưa có; hãy thêm ít nhất một mục [[{kind}]]."): _(
        "chưa có dòng nào; hãy thêm ít nhất một dòng."
    ),
    _('cần từ hai mức trở lên; hãy ghi levels = [{code = "A", label = "Tốt", weight = 1}, …].'): _(
        "thang đo cần từ hai mức trở lên; hãy thêm dòng có cùng mã thang đo."
    ),
    _('chưa hỏi nhóm nào; hãy ghi groups = ["…"] với mã nhóm.'): _(
        "chưa hỏi nhóm nào; hãy ghi mã nhóm."
    ),
    _("câu góp ý không có khóa này; hãy xóa khóa hoặc xóa kind."): _(
        "câu góp ý không có mục này; hãy xóa ô này hoặc đổi loại câu hỏi."
    ),
    _('chỉ câu hỏi thêm (kind = "choice") có khóa này; hãy xóa khóa.'): _(
        "chỉ câu hỏi thêm có mục này; hãy xóa ô này, hoặc đổi loại câu hỏi."
    ),
    _("câu hỏi thêm không chấm điểm nên không có khóa này; hãy xóa khóa."): _(
        "câu hỏi thêm không chấm điểm nên không có mục này; hãy xóa ô này, hoặc đổi loại câu hỏi."
    ),
    _(
        "thiếu khóa này; hãy ghi weight = và một số. Chỉ thang đo của riêng câu"
        ' hỏi thêm (kind = "choice") mới không cần.'
    ): _(
        "đang để trống; hãy ghi một số. Chỉ thang đo mà riêng câu hỏi thêm dùng mới không cần"
        " trọng số."
    ),
    _("là {most}, nhiều hơn {levels} mức của thang đo; hãy ghi số nhỏ hơn."): _(
        "là {most}, nhiều hơn {levels} mức của thang đo; hãy ghi số nhỏ hơn."
    ),
    _("trùng với {other}; hãy ghi số khác."): _("trùng với {other}; hãy ghi số khác."),
    _("mã “{code}” đã dùng ở {first}; hãy đổi mã này."): _(
        "mã “{code}” đã dùng ở {first}; hãy đổi mã này."
    ),
    _("không có mã “{code}” trong {lists}.{near} Hãy sửa mã hoặc thêm mục."): _(
        "không có mã “{code}” ở trang {lists}.{near} Hãy sửa mã, hoặc thêm dòng ở trang ấy."
    ),
    _(
        'tiêu chí “{code}” có method = "{method}" nên không có câu hỏi; '
        'hãy chọn tiêu chí có method = "survey".'
    ): _(
        "tiêu chí “{code}” có phương pháp “{method}” nên không có câu hỏi; "
        "hãy chọn tiêu chí điều tra."
    ),
    _("thành vòng: {loop}; hãy sửa parent của một tiêu chí trong vòng."): _(
        "thành vòng: {loop}; hãy sửa ô “Thuộc” của một tiêu chí trong vòng."
    ),
    _("tiêu chí không có tiêu chí con thì cần khóa này; hãy thêm {key}."): _(
        "đang để trống; tiêu chí không có tiêu chí con thì cần {key}."
    ),
    _("tiêu chí có tiêu chí con thì không có method; hãy xóa khóa này."): _(
        "tiêu chí có tiêu chí con thì không có phương pháp; hãy xóa ô này."
    ),
    _(
        "tiêu chí điều tra chưa có câu hỏi nào; "
        'hãy thêm một [[questions]] có criterion = "{code}" hoặc sửa method.'
    ): _(
        "tiêu chí điều tra chưa có câu hỏi nào; "
        "hãy thêm câu hỏi có tiêu chí “{code}”, hoặc sửa phương pháp."
    ),
    _(
        "ghi {stated}, nhưng các tiêu chí tính vào {key} cộng lại theo khối là: {found}. "
        "Hãy sửa số này, hoặc sửa max_points, method, not_applicable ở tiêu chí và khối."
    ): _(
        "ghi {stated}, nhưng các tiêu chí tính vào {key} cộng lại theo khối là: {found}. "
        "Hãy sửa số này, hoặc sửa điểm tối đa, phương pháp, tiêu chí không tính ở các trang "
        "Tiêu chí và Khối."
    ),
    _(
        "ghi {stated}, nhưng các tiêu chí con cộng lại là {found}. "
        "Hãy sửa max_points ở đây hoặc ở tiêu chí con."
    ): _(
        "ghi {stated}, nhưng các tiêu chí con cộng lại là {found}. "
        "Hãy sửa điểm tối đa ở đây hoặc ở tiêu chí con."
    ),
    # Warnings.
    _('với "pooled", weight của [[groups]] không dùng đến; nếu cần, hãy ghi "groups".'): _(
        "với “Gộp chung”, trọng số nhóm không dùng đến; nếu cần, hãy chọn “Theo trọng số nhóm”."
    ),
    _("còn thiếu {keys}; cần có trước khi phát phiếu."): _(
        "còn thiếu {keys}; cần có trước khi phát phiếu."
    ),
    _("có weight lớn hơn 1 nên điểm vượt điểm tối đa ({told}); 100 % ghi là 1, 60 % là 0,6."): _(
        "có trọng số lớn hơn 1 nên điểm vượt điểm tối đa ({told}); 100 % ghi là 1, 60 % là 0,6."
    ),
    _("không mức nào có weight = 1 nên không ai đạt điểm tối đa ({told})."): _(
        "không mức nào có trọng số 1 nên không ai đạt điểm tối đa ({told})."
    ),
    _("weight không tăng dần hay giảm dần theo thứ tự các mức ({told})."): _(
        "trọng số không tăng dần hay giảm dần theo thứ tự các mức ({told})."
    ),
    _("mọi câu hỏi của tiêu chí đều có weight = 0 nên tiêu chí không có điểm."): _(
        "mọi câu hỏi của tiêu chí đều có trọng số 0 nên tiêu chí không có điểm."
    ),
}
PLACE = re.compile(
    r"\[+(?P<table>\w+)\]+(?P<entry> số \d+(?: \(.*\))?)?(?:, (?P<key>\w+))?", re.DOTALL
)


def in_words(fault: Fault, spots: Mapping[str, str] | None = None) -> Fault:
    """A fault or warning of an index file as an officer reads it.

    `spots` says where in the workbook each place is; others are told by titles and numbers:
    `[[units]] số 3 (stc), name` is "Đơn vị số 3 (stc), Tên đơn vị".
    """
    spots = spots or {}
    for pattern, message in _patterns():
        said = pattern.fullmatch(fault.message)
        if said:
            words = {name: _spoken(name, text, spots) for name, text in said.groupdict().items()}
            return Fault(_place(fault.place, spots), message.format(**words))
    return Fault(_place(fault.place, spots), fault.message)


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((_pattern(message), spoken) for message, spoken in MESSAGES.items())


def _pattern(message: str) -> re.Pattern[str]:
    """What matches a message with anything in its braces."""
    parts = re.split(r"\{(\w+)\}", message)
    parts[::2] = map(re.escape, parts[::2])
    parts[1::2] = (f"(?P<{name}>.*?)" for name in parts[1::2])
    return re.compile("".join(parts), re.DOTALL)


def _spoken(name: str, text: str, spots: Mapping[str, str]) -> str:
    """The words for what stood in the braces `{name}`."""
    match name:
        case "first" | "other":
            return _place(text, spots)
        case "lists":
            return _(" hoặc ").join(f"“{_place(each, {})}”" for each in text.split(", "))
        case "key":
            return _title("criteria" if text == "method" else "index", text).lower()
        case "keys":
            return ", ".join(_title("organiser", key).lower() for key in text.split(", "))
        case "method":
            methods = next(c.words for c in LAYOUT_OF["criteria"].columns if c.key == "method")
            return methods.get(text, text)
        case "stated" | "found":
            return text.replace(", ", "; ").replace(".", ",")
    return text


def _place(place: str, spots: Mapping[str, str]) -> str:
    if place in spots:
        return spots[place]
    found = PLACE.fullmatch(place.replace("[rules], classes", "[[classes]]"))
    if not found or found["table"] not in LAYOUT_OF:
        return place
    entry = LAYOUT_OF[found["table"]].title + (found["entry"] or "")
    return f"{entry}, {_title(found['table'], found['key'])}" if found["key"] else entry


def _title(table: str, key: str) -> str:
    """The title of a key's column; of a list within an entry, what its rows are."""
    within = {"levels": _("các mức")}
    titles = {column.key: column.title for column in LAYOUT_OF[table].columns}
    return titles.get(key) or within.get(key, key)
