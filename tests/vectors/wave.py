"""A made-up wave small enough to be followed by hand, with every case of docs/scores.md in it.

Sở Nội vụ has all its leaves; Sở Tài chính and Sở Xây dựng are level, Sở Y tế is behind them; Thanh
tra has too few answers for any number; Ban Quản lý is in a block with classes of its own.
"""

import hashlib
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

from app.index import file as indexfile
from app.index.definition import Index
from app.keys import tokens
from app.papers import wholesheet
from app.papers.export import Document, WaveFacts, document, receipts_digest
from app.scores.cells import Chosen, chosen
from app.scores.scoring import Tally, score
from tests.making.sheets import Answers, levels, make_tally

COUNTED = 48
POOLED: dict[str, Any] = {
    "classes": [{"label": "Tốt", "from": 80}, {"label": "Khá", "from": "62.5"}]
}
GROUPS: dict[str, Any] = {
    "weighting": "groups",
    "no_opinion": "zero",
    "ranking": "one-list",
    "decimals": 3,
    "min_ballots": 6,
}


def receipts() -> list[str]:
    """The receipts of the counted ballots, as their people saw them."""
    names = [tokens.BallotName(number.to_bytes(12, "big"), 1) for number in range(COUNTED)]
    return [tokens.receipt(b"vector", "vi-du-2025", name) for name in names]


def index(rules: dict[str, Any]) -> Index:
    tot = [("A", "Tốt", "1"), ("B", "Khá", "3/5"), ("C", "Trung bình", "1/5"), ("D", "Kém", "0")]
    mong = [("1", "Thủ tục đơn giản hơn"), ("2", "Đúng hẹn"), ("3", "Thái độ phục vụ")]
    every = ["hdnd", "xa", "so"]
    return indexfile.read(
        {
            "format": 1,
            "index": {
                "code": "vi-du-2025",
                "name": "Chỉ số CCHC ví dụ năm 2025",
                "year": 2025,
                "max_points": "31/6",
                "survey_points": "25/6",
            },
            "organiser": {"name": "Sở Nội vụ tỉnh ví dụ", "unit": "snv", "email": "cchc@vi-du.vn"},
            "rules": rules,
            "blocks": [
                {"code": "so", "name": "Sở, ban, ngành"},
                {
                    "code": "dac-thu",
                    "name": "Đơn vị đặc thù",
                    "not_applicable": ["2.1.1"],
                    "classes": [{"label": "Đạt", "from": 50}],
                },
            ],
            "units": [
                {"code": "snv", "name": "Sở Nội vụ", "block": "so"},
                {"code": "stc", "name": "Sở Tài chính", "block": "so"},
                {"code": "sxd", "name": "Sở Xây dựng", "block": "so"},
                {"code": "syt", "name": "Sở Y tế", "block": "so", "not_applicable": ["1.2"]},
                {"code": "ttt", "name": "Thanh tra tỉnh", "block": "so"},
                {"code": "bql", "name": "Ban Quản lý khu kinh tế", "block": "dac-thu"},
            ],
            "components": [
                {"code": "1", "name": "Chỉ đạo, điều hành"},
                {"code": "2", "name": "Cải cách thể chế"},
            ],
            "criteria": [
                {
                    "code": "1.1",
                    "parent": "1",
                    "name": "Lãnh đạo",
                    "max_points": 1,
                    "method": "survey",
                },
                {
                    "code": "1.2",
                    "parent": "1",
                    "name": "SIPAS",
                    "max_points": 1,
                    "method": "external",
                },
                {
                    "code": "1.3",
                    "parent": "1",
                    "name": "Kế hoạch",
                    "max_points": 1,
                    "method": "appraisal",
                },
                {"code": "2.1", "parent": "2", "name": "Văn bản"},
                {
                    "code": "2.1.1",
                    "parent": "2.1",
                    "name": "Kịp thời",
                    "max_points": "2/3",
                    "method": "survey",
                },
                {
                    "code": "2.1.2",
                    "parent": "2.1",
                    "name": "Khả thi",
                    "max_points": "3/2",
                    "method": "survey",
                },
            ],
            "scales": [
                {
                    "code": "tot-4",
                    "levels": [{"code": c, "label": t, "weight": w} for c, t, w in tot],
                },
                {"code": "mong", "levels": [{"code": c, "label": t} for c, t in mong]},
            ],
            "groups": [
                {"code": "hdnd", "name": "Đại biểu HĐND tỉnh", "weight": 2},
                {"code": "xa", "name": "Lãnh đạo UBND xã", "weight": "1/2"},
                {"code": "so", "name": "Lãnh đạo sở", "weight": "0.3", "rates": "assigned"},
            ],
            "questions": [
                {**_scored("q1", "1.1", every), "weight": 1},
                {**_scored("q2", "1.1", ["hdnd"]), "weight": "1/2"},
                _scored("q3", "2.1.1", ["xa", "so"]),
                _scored("q4", "2.1.2", every),
                {"code": "y1", "text": "Góp ý khác", "kind": "comment", "groups": every},
                {**_asked("m1", "Mong điều gì nhất?", every), "most": 2},
                {**_asked("m2", "Với {unit} thì sao?", ["xa"]), "about": "unit"},
            ],
        }
    )


def _scored(code: str, leaf: str, groups: list[str]) -> dict[str, Any]:
    text = "Ông/Bà đánh giá {unit} năm {year} thế nào?"
    return {"code": code, "text": text, "groups": groups, "criterion": leaf, "scale": "tot-4"}


def _asked(code: str, text: str, groups: list[str]) -> dict[str, Any]:
    return {"code": code, "text": text, "groups": groups, "kind": "choice", "scale": "mong"}


LEVEL = {"hdnd": levels(4, 4), "xa": levels(10, 5, 5)}
ANSWERS: Answers = {
    ("q1", "snv"): {"hdnd": levels(7, 3, 1, 0, none=1), "xa": levels(12, 6), "so": levels(2, 1)},
    ("q2", "snv"): {"hdnd": levels(5, 4, 1, 1, none=1)},
    ("q3", "snv"): {"xa": levels(9, 5, 3, 1, none=2), "so": levels(1, 1, 1)},
    ("q4", "snv"): {"hdnd": levels(3, 2, 4), "xa": levels(5, 5, 5), "so": levels(4, 4)},
    ("q1", "stc"): LEVEL,
    ("q4", "stc"): {"xa": levels(6, 4)},
    ("q1", "sxd"): LEVEL,
    ("q4", "sxd"): {"xa": levels(6, 4)},
    ("q1", "syt"): {"hdnd": levels(0, 0, 0, 0, none=7), "xa": levels(2, 2, 2, 2)},
    ("q2", "syt"): {"hdnd": levels(0, 0, 0, 0, none=8)},
    ("q4", "syt"): {"so": levels(1, 0, 0, 7)},
    ("q1", "ttt"): {"hdnd": levels(2), "xa": levels(1)},
    ("q4", "bql"): {"hdnd": levels(2, 1, 0, 3), "xa": levels(1, 1, 1), "so": levels(1, 1)},
}
PERCENTS = {
    ("snv", "1.2"): Fraction("83.64"),
    ("stc", "1.2"): Fraction("79.125"),
    ("sxd", "1.2"): Fraction("79.125"),
    ("ttt", "1.2"): Fraction(90),
    ("bql", "1.2"): Fraction(0),
}
APPRAISED = {
    (unit, "1.3"): Fraction(points)
    for unit, points in (("snv", "0.75"), ("stc", "1"), ("sxd", "0.5"), ("ttt", "1"), ("bql", "0"))
}


def sheet(rules: dict[str, Any]) -> Document:
    """The score sheet of the wave under these rules."""
    made = index(rules)
    answered = make_tally(made, ANSWERS)
    wishes = {
        "hdnd": {"1": 6, "2": 5, "3": 0, "-": 1},
        "xa": {"1": 8, "2": 10, "3": 7, "-": 2},
        "so": {"1": 2, "2": 1, "3": 1, "-": 0},
    }
    said: dict[tuple[str, str], Chosen | None] = dict.fromkeys(made.choice_items)
    once, each = made.question_of["m1"], made.question_of["m2"]
    said["m1", ""] = chosen(made, once, wishes, {"hdnd": 9, "xa": 17, "so": 3})
    said["m2", "snv"] = chosen(made, each, {"xa": {"1": 4, "2": 3, "3": 1, "-": 1}}, {"xa": 9})
    tally = Tally(answered.counts, answered.ballots, said)
    hashes = [hashlib.sha256(receipt.encode()).hexdigest() for receipt in receipts()]
    facts = WaveFacts(
        code="vi-du-2025",
        mode="office",
        two_people=True,
        issued=60,
        cast=COUNTED,
        counted=COUNTED,
        void=1,
        foreign=0,
        closed_at=datetime(2026, 3, 6, 10, tzinfo=UTC),
        receipts=receipts_digest(hashes),
    )
    return document(facts, 1, made, score(made, tally, PERCENTS))


def whole() -> Document:
    """The sheet of the whole index; Sở Y tế has no appraised points yet."""
    return wholesheet.document(1, sheet(POOLED), APPRAISED)
