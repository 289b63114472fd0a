"""The rows of a roster file that are nobody's: titles, the heading once more, sums, signatures.

Pure. A row is left out only where it can be no person: one with an address or a group never is, and
what is in doubt stays, a bad row. Each is kept with its text, so that a page can list it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.language import _, number
from app.roster.columns import EMAIL, GROUP
from app.text.cells import is_ours, one_row
from app.text.cleaning import ADDRESS, clean, folded, shown
from app.text.headings import Rows, is_filled, key, spans

NOTE, ITEM = 9, 4  # words of a text that is no name; of one behind a dash
SIGNATURES = 3  # texts of a row below the place to sign
ORDINAL = re.compile(r"\(?(?:\d{1,5}|[IVX]{1,5}|[A-ZĐ])[.)]*")
NUMBERED = re.compile(r"\(?(\d{1,2})\)?")
LETTERED = re.compile(r"\(?[A-ZĐ]\)?")
BEFORE_PART = re.compile(r"^(?:[IVX]{1,5}|[A-ZĐ]|\d{1,2})(?:[.)]+ ?|[:/–-] ?)")
# In small letters with their accents: "Tống" and "Phương" are people.
SUM = re.compile(
    r"(?:tổng(?: cộng| số)?|cộng|tong cong|tong so)"
    r"(?: (?:danh sách|số|người|phiếu|đại biểu|cán bộ|cộng|là|có|gồm))*"
    r"(?: ?[:=.] ?.*| [\d.]+\b.*)?"
)
AMOUNT = re.compile(r"[\d.,]+(?: ?(?:người|phiếu|đại biểu|cán bộ|đ/c|%))?|người|phiếu|đại biểu")
FOOT = re.compile(
    r"(?:người (?:lập|kiểm tra|duyệt|tổng hợp)|lập (?:biểu|bảng)|thủ trưởng|xác nhận|phê duyệt"
    r"|\(?ký\b|nơi nhận|(?:t/?m|kt|tl|tuq|q)\.|ấn định|danh sách (?:này|trên|gồm|có)|ghi chú|lưu ý"
    r"|chú (?:thích|ý)|\(\*+\)|\*+ |liên hệ|mọi (?:thắc mắc|ý kiến)|nguồn:|hết$"
    r"|nguoi lap|thu truong|noi nhan|ghi chu)"
)
SIGN = re.compile(
    r"(?:chánh văn phòng|(?:phó )?(?:giám đốc|chủ tịch|trưởng ban|trưởng phòng|chánh thanh tra)"
    r"|kế toán(?: trưởng)?)(?: .*)?"
)
SIGNED = re.compile(r"(?:người lập|lập (?:biểu|bảng)|thủ trưởng|\(?ký\b|(?:t/?m|kt|tl|tuq|q)\.)")
DATED = re.compile(r"ngày ?[\d.…]* ?tháng ?[\d.…]* ?năm")
PART = re.compile(
    r"(?:(?:sở|các|ubnd|hđnd|ủy ban|uỷ ban|hội đồng|văn phòng|thanh tra|khối|nhóm|lãnh đạo|đại biểu"
    r"|cán bộ|công chức|huyện|thành phố|xã|phường|thị xã|thị trấn|đặc khu|phòng|chi cục|cục"
    r"|trung tâm|bệnh viện|công an|hải quan|kho bạc|doanh nghiệp|người dân|danh sách|phần|mục"
    r"|so ban|cac so|uy ban|hoi dong|van phong|danh sach)\b"
    r"|ban (?:dân|quản lý|tổ chức|tuyên|nội chính|chỉ đạo|thường|chấp hành|quan ly))"
)


@dataclass(frozen=True)
class Aside:
    """A row that was left out, its number in the file, what stands there, and as what."""

    row: int
    text: str
    why: str


ABOVE, AGAIN, NUMBERS = _("trên dòng tiêu đề"), _("dòng tiêu đề lặp lại"), _("dòng số thứ tự cột")
TOTAL, TITLE, FOOTER = _("dòng cộng"), _("tiêu đề phần"), _("ghi chú, chỗ ký")


def of(rows: Rows, heading: int, titles: Mapping[str, int], lines: int = 1) -> list[Aside]:
    """The rows that are nobody's, `heading` being the place of the heading, the last one if it has
    two `lines`, and `titles` the places of its columns."""
    above = [
        _aside(place, row, ABOVE)
        for place, row in enumerate(rows[: heading + 1 - lines])
        if is_filled(row)
    ]
    if not {EMAIL, GROUP} <= titles.keys():
        return above
    heads = [list(map(key, row)) for row in rows[heading + 1 - lines : heading + 1]]
    return above + list(_below(rows, heading, heads, titles[EMAIL], titles[GROUP]))


def _aside(place: int, row: Sequence[str], why: str) -> Aside:
    return Aside(place + 1, shown(" | ".join(_texts(row)), 120), why)


@dataclass(frozen=True)
class _Columns:
    """Where address and group stand, and which groups are written beside an address."""

    email: int
    group: int
    groups: frozenset[str] = frozenset()

    def is_somebodys(self, row: Sequence[str]) -> bool:
        """Whether a row has an address, or what elsewhere is a group."""
        if "@" in _cell(row, self.email) or _has_address(row):
            return True
        return folded(_cell(row, self.group)) in self.groups

    def may_be(self, row: Sequence[str]) -> bool:
        """Whether anything stands where an address or a group should."""
        return not (_is_blank(_cell(row, self.email)) and _is_blank(_cell(row, self.group)))


def _below(
    rows: Rows, heading: int, heads: Sequence[Sequence[str]], email: int, group: int
) -> Iterator[Aside]:
    groups = {folded(_cell(row, group)) for row in rows if _has_address(row)} - {""}
    columns = _Columns(email, group, frozenset(groups))
    last = max((at for at, row in enumerate(rows) if columns.is_somebodys(row)), default=0)
    first, signed = True, False
    for place in range(heading + 1, len(rows)):
        row = rows[place]
        if not is_filled(row):
            continue
        why = ""
        if any(_is_again(row, head) for head in heads):
            why = AGAIN
        elif first and _is_numbering(row):
            why = NUMBERS
        else:
            first = False
            why = _why(row, columns)
            if not why and signed and place > last:
                most = SIGNATURES - columns.may_be(row)
                why = FOOTER if 0 < len(_texts(row)) <= most else ""
            signed = signed or (why == FOOTER and _is_signed(row))
        if why:
            yield _aside(place, row, why)


def _texts(row: Sequence[str]) -> list[str]:
    """What people wrote into a row: no pieces of merges, no formulas."""
    return [clean(cell) for cell in row if cell and not is_ours(cell) and clean(cell)]


def _is_blank(cell: str) -> bool:
    """Whether a cell says nothing: a piece of a merge along its row does not either."""
    return one_row(cell) or not clean(cell)


def _cell(row: Sequence[str], place: int) -> str:
    return row[place] if place < len(row) else ""


def _has_address(row: Sequence[str]) -> bool:
    return any("@" in cell and ADDRESS.fullmatch(clean(cell)) for cell in row)


def _is_again(row: Sequence[str], head: Sequence[str]) -> bool:
    filled = [(place, key(cell)) for place, cell in enumerate(row) if key(cell)]
    same = [place for place, cell in filled if place < len(head) and head[place] == cell]
    return len(same) > 1 and len(same) == len(filled)


def _is_numbering(row: Sequence[str]) -> bool:
    """Whether a row numbers the columns: "(1) (2) (3)", "A B 1 2"."""
    texts = _texts(row)
    rest = list(texts)
    while rest and LETTERED.fullmatch(rest[0]):
        rest.pop(0)
    numbers = [int(found[1]) if (found := NUMBERED.fullmatch(text)) else -1 for text in rest]
    from_one = bool(numbers) and numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    return len(texts) > 2 and from_one and numbers[0] in (1, len(texts) - len(rest) + 1)


def _why(row: Sequence[str], columns: _Columns) -> str:
    """As what a row is left out; "" when it may be somebody."""
    texts = _texts(row)
    if not texts or columns.is_somebodys(row):
        return ""
    if _is_sum(texts):
        return TOTAL
    if any(is_ours(cell) and not one_row(cell) for cell in row):
        return ""
    if all(map(_is_foot, texts)) and not all(map(AMOUNT.fullmatch, map(str.casefold, texts))):
        return FOOTER
    return "" if columns.may_be(row) else _of_one_text(texts)


def _of_one_text(texts: Sequence[str]) -> str:
    if len(texts) == 2 and ORDINAL.fullmatch(texts[0]):
        texts = texts[1:]
    if len(texts) > 1:
        return ""
    words = len(texts[0].split())
    if words >= NOTE or (texts[0][0] in "-–+*•" and words > ITEM):
        return FOOTER
    if words > 1 and PART.match(BEFORE_PART.sub("", texts[0]).casefold()):
        return TITLE
    return ""


def _is_sum(texts: Sequence[str]) -> bool:
    small = [text.casefold() for text in texts]
    return bool(SUM.fullmatch(small[0])) and all(map(AMOUNT.fullmatch, small[1:]))


def _is_foot(text: str) -> bool:
    small = text.casefold()
    found = FOOT.match(small) or SIGN.fullmatch(small) or DATED.search(small)
    return bool(found or AMOUNT.fullmatch(small))


def _is_signed(row: Sequence[str]) -> bool:
    return any(SIGNED.match(small) or SIGN.fullmatch(small) for small in map(_small, _texts(row)))


def _small(text: str) -> str:
    return text.casefold()


def in_numbers(found: Sequence[Aside]) -> str:
    """Which rows were left out, without what stands in them; "" for none."""
    if not found:
        return ""
    words = _("Bỏ qua {count} dòng không phải người: {rows}.")
    return words.format(count=number(len(found)), rows=spans([each.row for each in found]))
