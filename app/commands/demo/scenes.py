"""Whom the demo asks for each index that comes with the program: how many of a group, which posts
they hold, how many units each rates, what they are called. Pure.

Nobody here exists; addresses end in a name that RFC 2606 keeps for nobody (`.example`).
"""

import random
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from app.commands.demo import names
from app.commands.demo.names import ENGLISH, INDONESIAN, VIETNAMESE, Tongue
from app.index.definition import Index

# 1,611 respondents, as in Lai Châu.
LAI_CHAU: Mapping[str, int] = {"hdnd": 55, "ubnd": 10, "so": 80, "phong": 1010, "xa": 456}
COMMUNES = {
    "huyện Tam Đường": ("Bản Bo", "Bình Lư", "Hồ Thầu", "Nà Tăm", "Sơn Bình"),
    "huyện Phong Thổ": ("Mường So", "Khổng Lào", "Dào San", "Bản Lang", "Sin Suối Hồ"),
    "huyện Sìn Hồ": ("Nậm Tăm", "Chăn Nưa", "Tả Phìn", "Pa Tần", "Noong Hẻo"),
    "huyện Nậm Nhùn": ("Lê Lợi", "Nậm Hàng", "Mường Mô", "Hua Bum", "Nậm Manh"),
    "huyện Mường Tè": ("Bum Nưa", "Ka Lăng", "Thu Lũm", "Tà Tổng", "Pa Ủ"),
    "huyện Than Uyên": ("Mường Cang", "Mường Kim", "Phúc Than", "Hua Nà", "Ta Gia"),
    "huyện Tân Uyên": ("Thân Thuộc", "Trung Đồng", "Pắc Ta", "Nậm Cần", "Hố Mít"),
    "thành phố Lai Châu": ("San Thàng", "Sùng Phài"),
}
OFFICES = ("Nội vụ", "Tư pháp", "Tài chính - Kế hoạch", "Văn hóa và Thông tin", "Dân tộc")

Post = tuple[str, str]  # position, own agency


@dataclass(frozen=True)
class Holds:
    """The posts of a group: positions in turn, and agencies in turn: those named, else the units of
    some blocks."""

    positions: tuple[str, ...]
    agencies: tuple[str, ...] = ()
    blocks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Scene:
    """`each`: from how many to how many units one rater of an `assigned` group has."""

    domain: str
    sizes: Mapping[str, int]
    each: tuple[int, int]
    tongue: Tongue
    post: Callable[[Index, random.Random, str, int], Post]

    def last_year(self, index: Index) -> dict[str, int]:
        """How many of a group were asked the year before: some tenth, but enough for every unit."""
        rates = {group.code: group.rates for group in index.groups}
        shared = {"all": len(index.units), "own": 1, "assigned": self.each[0]}
        enough = {
            group: 30 * len(index.units) // (shared[rates[group]] * len(rates)) for group in rates
        }
        return {
            group: min(size, max(10, size // 10, enough[group]))
            for group, size in self.sizes.items()
        }


def of(index: Index) -> Scene:
    """The scene of an index, whatever its year; a plain one for an index nobody thought of."""
    name = re.sub(r"-?20\d\d", "", index.code)
    if name == "lai-chau":
        return Scene("laichau.vi-du.example", LAI_CHAU, (6, 8), names.LAI_CHAU, _lai_chau)
    holds = HELD.get(name, {})
    place, each, tongue = PLACES.get(name, ("tinh", (8, 12), VIETNAMESE))

    def post(index: Index, _dice: random.Random, group: str, place: int) -> Post:
        return _post(index, holds.get(group), group, place)

    sizes = {group.code: _size(index, group.code, each) for group in index.groups}
    return Scene(f"{place}.vi-du.example", sizes, each, tongue, post)


def _size(index: Index, group: str, each: tuple[int, int]) -> int:
    """How many of a group: some twenty and more for each unit where a rater has few of them."""
    units, groups = len(index.units), len(index.groups)
    rates = index.group_of[group].rates
    if rates == "all":
        return 90
    return max(60, 60 * units // ((1 if rates == "own" else each[0]) * groups))


def _post(index: Index, holds: Holds | None, group: str, place: int) -> Post:
    if holds is None:
        return index.group_of[group].name, index.units[place % len(index.units)].name
    position = holds.positions[place % len(holds.positions)]
    agencies = holds.agencies or [unit.name for unit in index.units if unit.block in holds.blocks]
    return position, agencies[place % len(agencies)]


def _lai_chau(index: Index, dice: random.Random, group: str, place: int) -> Post:
    unit = index.units[place % len(index.units)]
    district, communes = dice.choice(list(COMMUNES.items()))
    match group:
        case "hdnd" if place % 4:
            return "Đại biểu HĐND tỉnh", "HĐND tỉnh Lai Châu"
        case "hdnd":
            return "Phó Chủ tịch", "Ủy ban MTTQ Việt Nam tỉnh Lai Châu"
        case "ubnd" if place % 2:
            return "Phó Chánh Văn phòng", "Văn phòng UBND tỉnh"
        case "ubnd":
            return "Lãnh đạo UBND tỉnh", "UBND tỉnh Lai Châu"
        case "so" if unit.name.startswith("Sở"):
            return dice.choice(["Giám đốc", "Phó Giám đốc"]), unit.name
        case "so":
            return "Lãnh đạo cơ quan", unit.name
        case "phong" if place % 3:
            return dice.choice(["Trưởng phòng", "Phó Trưởng phòng"]), unit.name
        case "phong":
            return "Trưởng phòng", f"Phòng {dice.choice(OFFICES)} {district}"
    return dice.choice(["Chủ tịch", "Phó Chủ tịch"]), f"UBND xã {dice.choice(communes)}, {district}"


HEADS, DIVISIONS = ("Giám đốc", "Phó Giám đốc"), ("Trưởng phòng", "Phó Trưởng phòng")
CHAIRS = ("Chủ tịch", "Phó Chủ tịch")
DISTRICTS = ("UBND huyện Vân Đồn", "UBND huyện Tiên Yên", "UBND thị xã Quảng Yên")
FIRMS = ("Hiệp hội Doanh nghiệp tỉnh", "Công ty Than Đèo Nai", "Công ty Vận tải Biển Đông Bắc")


def _deputies(place: str) -> Holds:
    return Holds(("Đại biểu",), (f"HĐND {place}",))


HELD: Mapping[str, Mapping[str, Holds]] = {
    "quang-ninh-so": {
        "hdnd": _deputies("tỉnh Quảng Ninh"),
        "so": Holds(HEADS, blocks=("so",)),
        "phong": Holds(DIVISIONS, blocks=("so",)),
        "huyen": Holds(CHAIRS, DISTRICTS),
    },
    "quang-ninh-huyen": {
        "hdnd": _deputies("tỉnh Quảng Ninh"),
        "so": Holds(HEADS, ("Sở Nội vụ", "Sở Tài chính", "Sở Tư pháp", "Sở Xây dựng")),
        "xa": Holds(("Chủ tịch UBND xã", "Phó Chủ tịch UBND xã"), blocks=("huyen",)),
        "thon": Holds(("Trưởng thôn", "Trưởng khu phố"), blocks=("huyen",)),
    },
    "nganh-doc": {
        "hdnd": _deputies("tỉnh Quảng Ninh"),
        "so": Holds(HEADS, blocks=("so",)),
        "huyen": Holds(CHAIRS, DISTRICTS),
        "dn": Holds(("Giám đốc", "Kế toán trưởng"), FIRMS),
    },
    "quang-tri": {
        "hdnd": _deputies("tỉnh Quảng Trị"),
        "lanhdao": Holds(("Lãnh đạo",), blocks=("so", "huyen")),
        "xa": Holds((*CHAIRS, "Công chức"), blocks=("xa",)),
        "dan": Holds(("",), ("Khu phố 1", "Thôn Hà Trung", "Thôn An Mỹ", "Hợp tác xã Đông Gio")),
    },
    "hai-phong": {
        "hdnd": _deputies("thành phố Hải Phòng"),
        "so": Holds(HEADS, blocks=("so",)),
        "phongso": Holds(DIVISIONS, blocks=("so",)),
        "xa": Holds(CHAIRS, blocks=("phuong", "xa")),
        "phongxa": Holds(DIVISIONS, blocks=("phuong", "xa")),
    },
    "sipas": {"nguoi-dan": Holds(("",), ("Tổ dân phố số 1", "Tổ dân phố số 4", "Thôn Đoài"))},
    "skm": {"pengguna": Holds(("",), ("Warga", "Pelaku usaha"))},
    "arta-csm": {
        "citizen": Holds(("",), ("Citizen",)),
        "business": Holds(("Owner", "Manager"), ("Sari-sari store", "Trading company")),
        "government": Holds(("Officer",), ("National agency", "Barangay hall")),
    },
}
# Domain, units of a rater, language. Who used a service rates that one.
PLACES: Mapping[str, tuple[str, tuple[int, int], Tongue]] = {
    "quang-ninh-so": ("quangninh", (6, 8), VIETNAMESE),
    "quang-ninh-huyen": ("quangninh", (6, 8), VIETNAMESE),
    "nganh-doc": ("quangninh", (6, 8), VIETNAMESE),
    "quang-tri": ("quangtri", (8, 12), VIETNAMESE),
    "hai-phong": ("haiphong", (8, 12), VIETNAMESE),
    "sipas": ("hanoi", (1, 1), VIETNAMESE),
    "skm": ("kabupaten", (1, 1), INDONESIAN),
    "arta-csm": ("municipality", (1, 1), ENGLISH),
}
