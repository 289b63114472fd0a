"""Two years of one survey, small enough to count by hand: a sheet of 2021 and one of 2022.

Seven criteria of one component, three of another; of the units one is renamed, two are merged, one
is new and one is gone.
"""

from typing import Any

from app.papers.export import Document
from app.years.lineage import Lineage, Link
from tests.making.sheets import Answers, levels, make_document, make_facts

LEAVES = (
    *({"code": f"1.{n}", "max_points": "1", "parent": "1"} for n in range(1, 8)),
    *({"code": f"2.{n}", "max_points": "1", "parent": "2"} for n in range(1, 4)),
)
BLOCKS = ({"code": "so", "name": "Sở"},)
# Share of A among ten answers to each leaf, the rest D: that times ten is the percent.
Shares = dict[str, tuple[int, ...]]
THEN: Shares = {
    "snv": (8, 8, 8, 8, 8, 8, 8, 6, 6, 6),  # 74
    "sgt": (9, 9, 9, 9, 9, 9, 9, 9, 9, 9),  # 90
    "skhcn": (7, 7, 7, 7, 7, 7, 7, 7, 7, 7),  # 70
    "stttt": (5, 5, 5, 5, 5, 5, 5, 5, 5, 5),  # 50, merged with skhcn: 60
    "bdt": (6, 6, 6, 6, 6, 6, 6, 6, 6, 6),  # 60, gone
}
NOW: Shares = {
    "snv": (9, 9, 9, 7, 7, 7, 7, 6, 6, 7),  # 74: even
    "sxd": (8, 8, 8, 8, 8, 8, 8, 8, 8, 8),  # 80, was sgt: fell
    "skhcn": (9, 9, 9, 6, 6, 6, 6, 6, 6, 7),  # 70, of two: rose
    "sdl": (10, 10, 10, 10, 10, 10, 10, 10, 10, 10),  # 100, new
}
NAMES = {
    "snv": "Sở Nội vụ",
    "sgt": "Sở Giao thông",
    "skhcn": "Sở Khoa học",
    "stttt": "Sở Thông tin",
    "bdt": "Ban Dân tộc",
    "sxd": "Sở Xây dựng",
    "sdl": "Sở Du lịch",
}
LINEAGE = Lineage(
    units=(Link(("sgt",), ("sxd",)), Link(("skhcn", "stttt"), ("skhcn",))),
)


def sheet(year: int, shares: Shares, **features: Any) -> Document:
    """The sheet of a year from the shares of A."""
    answers: Answers = {
        (f"q{place}", unit): {"hdnd": levels(share, 0, 0, 10 - share)}
        for unit, of_unit in shares.items()
        for place, share in enumerate(of_unit, start=1)
    }
    return make_document(
        answers,
        {},
        make_facts(code=f"cchc-{year}", cast=10, counted=10, issued=20),
        leaves=features.pop("leaves", LEAVES),
        units=tuple({"code": code, "name": NAMES[code]} for code in shares),
        blocks=BLOCKS,
        year=year,
        **features,
    )
