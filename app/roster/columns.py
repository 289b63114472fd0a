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


# A name in two columns: what stands before the given name, and that one alone.
BEFORE_GIVEN = (
    "Họ đệm",
    "Họ và đệm",
    "Họ và tên đệm",
    "Họ tên đệm",
    "Họ lót",
    "Họ và chữ lót",
    "Họ",
)
GIVEN = "Tên"
SYNONYMS = {
    NAME: (
        *("Họ tên", "Họ & tên", "Họ, tên", "Họ và tên người trả lời", "Họ tên cán bộ", GIVEN),
        *("Họ và tên cán bộ", "Họ và tên đại biểu", "Tên cán bộ", "Tên người nhận phiếu"),
        *BEFORE_GIVEN,
    ),
    EMAIL: (
        *("Mail", "Thư điện tử", "Thư", "Hòm thư", "Hộp thư", "Hòm thư điện tử", "Hộp thư điện tử"),
        *("Địa chỉ email", "Địa chỉ mail", "Địa chỉ thư", "Địa chỉ thư điện tử", "Gmail"),
        *("Email công vụ", "Thư công vụ", "Thư điện tử công vụ", "Hộp thư công vụ"),
        *("Hòm thư công vụ", "Địa chỉ email công vụ", "Địa chỉ hộp thư", "Địa chỉ hòm thư"),
        *("Email cá nhân", "Địa chỉ email cá nhân", "Email liên hệ"),
    ),
    GROUP: (
        *("Nhóm đối tượng", "Đối tượng", "Nhóm khảo sát", "Đối tượng khảo sát", "Nhóm điều tra"),
        *("Đối tượng điều tra", "Nhóm đối tượng khảo sát", "Nhóm đối tượng điều tra"),
        *("Mã nhóm", "Tên nhóm đối tượng", "Loại đối tượng", "Nhóm người trả lời", "Mẫu phiếu"),
        *("Loại phiếu", "Nhóm phiếu"),
    ),
    AGENCY: (
        *("Đơn vị công tác", "Nơi công tác", "Cơ quan công tác", "Cơ quan, đơn vị", "Đơn vị"),
        *(
            "Cơ quan, đơn vị công tác",
            "Cơ quan/đơn vị",
            "Tên cơ quan",
            "Tên đơn vị",
            "Nơi làm việc",
        ),
        *("Đơn vị làm việc", "Cơ quan làm việc", "Cơ quan chủ quản", "Cơ quan nơi công tác"),
    ),
    ASSIGNED: (
        *("Đơn vị được đánh giá", "Đơn vị được giao đánh giá", "Cơ quan được đánh giá"),
        *("Cơ quan đánh giá", "Các đơn vị đánh giá", "Đánh giá đơn vị", "Đơn vị cần đánh giá"),
    ),
    POSITION: ("Chức danh", "Chức vụ, chức danh", "Chức vụ/chức danh", "Vị trí công tác"),
    PHONE: (
        *("SĐT", "Số điện thoại", "Di động", "ĐT", "Điện thoại di động", "Số điện thoại di động"),
        *("ĐTDĐ", "Số di động", "Số ĐT", "Điện thoại liên hệ", "Số điện thoại liên hệ", "Mobile"),
    ),
    CHANNEL: ("Kênh gửi", "Cách gửi", "Hình thức gửi"),
}
WANTED = Wanted(
    (NAME, EMAIL, GROUP), (AGENCY, ASSIGNED, POSITION, PHONE, CHANNEL), is_person, SYNONYMS
)


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
