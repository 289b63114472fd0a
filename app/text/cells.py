"""What stands in a cell without content of its own: an error, no result, a piece of a merge.

Pure. Such a cell is never a blank: it is a text beginning with "#", and stays one in a list that is
kept, downloaded and sent again.
"""

import re

from app.language import _
from app.text.cleaning import clean

MERGED, FORMULA = "#GỘP", "#CÔNG THỨC"
# From the first column along one row: a line over a part of the list, or the place to sign.
ACROSS = re.compile(r"A(\d+):[A-Z]+\1")
ALONG = re.compile(r"[A-Z]+(\d+):[A-Z]+\1")

# The codes of Excel and of others, a column too narrow for its number, a sheet still being filled.
ERROR = re.compile(
    r"#(N/A|NULL!|[A-Z][A-Z0-9_]*[!?]|DIV/0!|GETTING_DATA)|#{3,}|Err:\d{3}|Loading\.\.\.|Loading…",
    re.IGNORECASE,
)
REMEDIES = {
    MERGED: _(
        "Ô nằm trong vùng ô gộp {range}, mà vùng ấy chỉ có nội dung ở ô đầu. Bỏ gộp ô (Unmerge"
        " Cells) rồi ghi vào từng ô."
    ),
    FORMULA: _(
        "Ô có công thức chưa có kết quả. Mở tệp bằng Excel, đợi tính xong rồi lưu lại; hoặc ghi giá"
        " trị thay công thức."
    ),
    "": _("Ô đang báo lỗi. Sửa công thức, hoặc ghi giá trị thay công thức."),
}
TITLE = _(
    "Ô nằm trong vùng ô gộp {range} của một dòng. Dòng ấy là tiêu đề phần hay chỗ ký thì xóa cả"
    " dòng; là một người hay một kết quả thì bỏ gộp ô (Unmerge Cells) rồi ghi vào từng ô."
)
DATE = _(
    "Excel đã đổi ô này thành ngày tháng. Định dạng ô là Văn bản (Text) rồi gõ lại như ban đầu."
)
TRUTH = _("Ô là giá trị đúng/sai của Excel. Ghi lại nội dung bằng chữ.")
KIND_REMEDIES = {"d": DATE, "t": TRUTH}


def merged(place: str) -> str:
    """The text of a cell in a merged range, "D2:D4", that is not its first."""
    return f"{MERGED} {place}"


def is_ours(text: str) -> bool:
    """Whether a text is one of those that stand for what is no text."""
    return text == FORMULA or text.startswith(f"{MERGED} ")


def one_row(text: str) -> bool:
    """Whether a cell is a piece of a merge along one row, not its first."""
    return text.startswith(f"{MERGED} ") and bool(ALONG.fullmatch(clean(text[len(MERGED) :])))


def error(code: str) -> str:
    """The text of a cell that shows an error, whatever its code."""
    return code if ERROR.fullmatch(code) else "#ERROR!"


def spoiled(text: str, kind: str = " ") -> tuple[str, dict[str, str]] | None:
    """What to do about a cell that has no content of its own, with its values; None if it has."""
    if kind in KIND_REMEDIES:
        return KIND_REMEDIES[kind], {}
    if not text or len(text) > 60:
        return None
    if text.startswith(f"{MERGED} "):
        place = clean(text.removeprefix(MERGED))
        return TITLE if ACROSS.fullmatch(place) else REMEDIES[MERGED], {"range": place}
    if text == FORMULA:
        return REMEDIES[FORMULA], {}
    return (REMEDIES[""], {}) if ERROR.fullmatch(text.strip()) else None


def letters(column: int) -> str:
    """The name of a column, counted from 0: 0 is A, 27 is AB."""
    name = ""
    column += 1
    while column:
        column, letter = divmod(column - 1, 26)
        name = chr(ord("A") + letter) + name
    return name
