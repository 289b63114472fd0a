"""The columns of a roster file: their titles, what a file is known by, and who needs which.

Pure.
"""

from collections.abc import Sequence

from app.index.definition import Index
from app.text.cleaning import ADDRESS, clean
from app.text.headings import Wanted

NAME, EMAIL, GROUP = "Họ và tên", "Email", "Nhóm"
AGENCY, ASSIGNED = "Cơ quan", "Đơn vị đánh giá"
POSITION, PHONE, CHANNEL = "Chức vụ", "Điện thoại", "Kênh"
LONGEST = {NAME: 200, AGENCY: 300, POSITION: 200, PHONE: 50}
NEEDED = frozenset((AGENCY, ASSIGNED))  # by some groups
BY_LETTER = "thư"
# In one cell; one with more of them holds no list of units, and each is compared with every name.
MOST_STRANGE = 10


def is_person(row: Sequence[str]) -> bool:
    """Whether a row without a heading is somebody's: an address, and two cells more."""
    filled = [cell for cell in row if cell and not cell.isspace()]
    return len(filled) > 2 and any(
        "@" in each and ADDRESS.fullmatch(clean(each)) for each in filled
    )


WANTED = Wanted((NAME, EMAIL, GROUP), (AGENCY, ASSIGNED, POSITION, PHONE, CHANNEL), is_person)


def needs(index: Index, group: str, column: str) -> bool:
    """Whether what somebody of a group rates hangs on a column."""
    rates = index.group_of[group].rates
    if column == ASSIGNED:
        return rates == "assigned"
    return rates == "own" or index.rules.own_unit == "exclude"


def columns_of(index: Index) -> tuple[list[str], list[str]]:
    """The columns that every row needs, and those that may be missing."""
    needed = [
        column
        for column in (AGENCY, ASSIGNED)
        if all(needs(index, group.code, column) for group in index.groups)
    ]
    return [*WANTED.titles, *needed], [each for each in WANTED.more if each not in needed]
