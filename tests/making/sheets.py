"""Small indexes, tallies and documents for the tests of scoring, export and verify."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from app.index import file as indexfile
from app.index.definition import Index
from app.papers.export import Document, WaveFacts, document, receipts_digest
from app.scores import figures
from app.scores.scoring import Counts, ScoreSheet, Tally, cells, score
from app.years.comparison import Comparison
from app.years.year import Year

CLOSED_AT = datetime(2023, 3, 4, 10, 0, 0, 654321, tzinfo=UTC)
LEVELS = ("1", "3/5", "1/5", "0")
HDND, XA, SO = {"code": "hdnd"}, {"code": "xa"}, {"code": "so"}


def make_index(
    *,
    rules: dict[str, Any] | None = None,
    groups: tuple[dict[str, Any], ...] = (HDND, XA, SO),
    levels: tuple[str, ...] = LEVELS,
    leaves: tuple[dict[str, Any], ...] = ({"code": "1.1", "max_points": "1"},),
    questions: tuple[dict[str, Any], ...] | None = None,
    units: tuple[dict[str, Any], ...] = ({"code": "snv"},),
    blocks: tuple[dict[str, Any], ...] = ({"code": "b1"},),
    **head: Any,
) -> Index:
    """An index from what matters to a test; codes, names and sums are filled in."""
    leaves = tuple({"parent": "1", "method": "survey"} | leaf for leaf in leaves)
    scored = [leaf for leaf in leaves if leaf["method"] != "appraisal"]
    parents = sorted({leaf["parent"] for leaf in leaves} - {leaf["code"] for leaf in leaves})
    named = {"1": "Chỉ đạo, điều hành", "2": "Thể chế", "3": "Thủ tục hành chính"}
    if questions is None:
        asked = [leaf["code"] for leaf in leaves if leaf["method"] == "survey"]
        questions = tuple({"criterion": code} for code in asked)
    raw = {
        "format": 1,
        "index": {"code": "thu", "name": "Bộ chỉ số thử", "year": 2022}
        | {"max_points": _largest(blocks, leaves), "survey_points": _largest(blocks, scored)}
        | head,
        "rules": rules or {},
        "blocks": _named(blocks, "Khối"),
        "units": _named([{"block": blocks[0]["code"]} | unit for unit in units], "Đơn vị"),
        "components": [{"code": code, "name": named[code]} for code in parents],
        "criteria": _named(leaves, "Tiêu chí"),
        "scales": [
            {
                "code": "tot",
                "levels": [
                    {"code": code, "label": f"Mức {code}", "weight": weight}
                    for code, weight in zip("ABCDEFG", levels, strict=False)
                ],
            }
        ],
        "groups": _named(groups, "Nhóm"),
        "questions": [
            {
                "code": f"q{number}",
                "text": "Ông/Bà đánh giá {unit} thế nào?",
                "scale": "tot",
                "groups": [group["code"] for group in groups],
            }
            | question
            for number, question in enumerate(questions, start=1)
        ],
    }
    return indexfile.read(raw)


def _named(entries: Any, word: str) -> list[dict[str, Any]]:
    return [{"name": f"{word} {entry['code']}"} | entry for entry in entries]


def _largest(blocks: Any, leaves: Any) -> str:
    sums = [
        sum(
            Fraction(leaf["max_points"])
            for leaf in leaves
            if leaf["code"] not in block.get("not_applicable", ())
        )
        for block in blocks
    ]
    return str(max(sums))


def changed(now: Index, then: Index) -> figures.Changed:
    """In what an index differs from an earlier one, without a lineage."""
    return figures.changed(Comparison(Year(now, {}), Year(then, {})))


def levels(*numbers: int, none: int = 0) -> dict[str, int]:
    """Answers by level: levels(20, 15, 5, 0, none=10) is 20 times A, … and 10 times no opinion."""
    return dict(zip("ABCDEFG", numbers, strict=False)) | {"-": none}


Answers = dict[tuple[str, str], dict[str, dict[str, int]]]


def make_tally(index: Index, answers: Answers, later: Answers | None = None) -> Tally:
    """(question, unit) → group → answers, put into cells; every other question has no answers.

    `later` are answers of ballots issued after the launch, beside the others.
    """
    later = later or {}
    at_launch, in_all = _ballots(answers), _ballots(answers) + _ballots(later)
    few = index.rules.min_ballots
    return Tally(
        {
            item: cells(
                index,
                index.question_of[item[0]],
                together(answers.get(item, {}), later.get(item, {})),
                {group: sum(said.values()) for group, said in answers.get(item, {}).items()},
            )
            for item in index.items
        },
        {u.code: in_all[u.code] if at_launch[u.code] >= few else None for u in index.units},
    )


def together(*parts: Counts) -> dict[str, dict[str, int]]:
    """The answers of each group, added up."""
    found: dict[str, Counter[str]] = {}
    for part in parts:
        for group, said in part.items():
            found.setdefault(group, Counter()).update(said)
    return {group: dict(said) for group, said in found.items()}


def _ballots(answers: Answers) -> Counter[str]:
    """As many ballots per unit as its question with the most levels needs."""
    ballots: Counter[str] = Counter()
    for (_question, unit), by_group in answers.items():
        most = sum(sum(given.values()) - given.get("-", 0) for given in by_group.values())
        ballots[unit] = max(ballots[unit], most)
    return ballots


def fixed_tally(index: Index, counts: dict[tuple[str, str], Counts | None]) -> Tally:
    """A tally of cells as they stand."""
    return Tally(counts, dict.fromkeys(index.unit_of))


def make_facts(**changes: Any) -> WaveFacts:
    facts: dict[str, Any] = {
        "code": "thu-2022",
        "mode": "office",
        "two_people": False,
        "issued": 1611,
        "cast": 1204,
        "counted": 1204,
        "void": 1,
        "foreign": 2,
        "closed_at": CLOSED_AT,
        "receipts": receipts_digest(["aa" * 32, "bb" * 32]),
    }
    return WaveFacts(**facts | changes)


LEAVES = (
    {"code": "2.4.1", "max_points": "1"},
    {"code": "2.4.2", "max_points": "3/2"},
    {"code": "8.2", "max_points": "5", "method": "external"},
)
UNITS = ({"code": "snv", "name": "Sở Nội vụ"}, {"code": "ttt", "name": "Thanh tra"})
ANSWERS: Answers = {
    ("q1", "snv"): {"hdnd": levels(10, 4, 1, 0, none=2), "so": levels(1), "xa": levels(3, none=1)},
    ("q2", "snv"): {"hdnd": levels(0, 5)},
    ("q1", "ttt"): {"hdnd": levels(4)},
}


def make_document(
    answers: Answers | None = None, external: Any = None, facts: Any = None, **features: Any
) -> Document:
    index = make_index(**{"leaves": LEAVES, "units": UNITS} | features)
    tally = make_tally(index, ANSWERS if answers is None else answers)
    percents = {("snv", "8.2"): Fraction("83.64")} if external is None else external
    return document(facts or make_facts(), 3, index, score(index, tally, percents))


@dataclass(frozen=True)
class Case:
    """A random index with the answers and imported percents of a wave.

    `later` are answers of ballots issued after the launch, beside `answers`.
    """

    index: Index
    answers: Answers
    external: dict[tuple[str, str], Fraction]
    later: Answers = field(default_factory=dict)

    def said(self, item: tuple[str, str]) -> dict[str, dict[str, int]]:
        """All answers to one question about one unit, by group."""
        return together(self.answers.get(item, {}), self.later.get(item, {}))

    @property
    def tally(self) -> Tally:
        return make_tally(self.index, self.answers, self.later)

    @property
    def sheet(self) -> ScoreSheet:
        return score(self.index, self.tally, self.external)

    @property
    def document(self) -> Document:
        added = sum(_ballots(self.later).values())
        return document(make_facts(issued_later=added), 1, self.index, self.sheet)


PARENTS = st.sampled_from("123")
WEIGHTS = st.sampled_from(["0", "1", "1", "2", "1/3", "3/10"])
NAMES = st.sampled_from(["Sở Nội vụ", "=1+1", "+84", "-2", "@a", "Sở “Ê”, a; b", "a\u0302 <b>&"])


@st.composite
def cases(draw: st.DrawFn, **fixed_rules: Any) -> Case:
    """Waves of up to 4 units, 5 leaves in 3 components, and 4 groups; every scale begins with
    weight 1."""
    group_codes = ["g1", "g2", "g3", "g4"][: draw(st.integers(1, 4))]
    leaves = [
        {
            "code": f"1.{number}",
            "parent": draw(PARENTS),
            "max_points": draw(st.sampled_from(["1", "3/2", "2/3", "5", "0"])),
            "method": draw(st.sampled_from(["survey", "survey", "external", "appraisal"])),
        }
        for number in range(1, draw(st.integers(1, 4)) + 1)
    ]
    leaves.append({"code": "1.10", "parent": draw(PARENTS), "max_points": "3", "method": "survey"})
    codes = [leaf["code"] for leaf in leaves]
    blocks = [{"code": "b1"}, {"code": "b2", "not_applicable": draw(_some(codes[:-1]))}]
    units = [
        {
            "code": f"u{number}",
            "name": f"{draw(NAMES)} {number}",
            "block": draw(st.sampled_from(["b1", "b2"])),
            "not_applicable": draw(_some(codes[:1])),
        }
        for number in range(1, draw(st.integers(1, 4)) + 1)
    ]
    questions = [
        {
            "criterion": leaf["code"],
            "groups": draw(
                st.lists(st.sampled_from(group_codes), min_size=1, max_size=4, unique=True)
            ),
            "weight": draw(WEIGHTS),
        }
        for leaf in leaves
        if leaf["method"] == "survey"
        for _number in range(draw(st.integers(1, 2)))
    ]
    rules = {
        "weighting": draw(st.sampled_from(["pooled", "groups"])),
        "no_opinion": draw(st.sampled_from(["exclude", "zero"])),
        "min_ballots": draw(st.integers(1, 6)),
        "decimals": draw(st.integers(0, 4)),
        "ranking": draw(st.sampled_from(["blocks", "one-list"])),
        "classes": [
            {"label": label, "from": since}
            for label, since in (("Tốt", 80), ("Khá", "65.5"), ("Yếu", draw(st.integers(0, 9))))
        ],
    }
    index = make_index(
        rules=rules | fixed_rules,
        groups=tuple({"code": code, "weight": draw(WEIGHTS)} for code in group_codes),
        levels=("1", *draw(st.lists(st.sampled_from(LEVELS[1:]), min_size=1, max_size=3))),
        leaves=tuple(leaves),
        questions=tuple(questions),
        units=tuple(units),
        blocks=tuple(blocks),
    )
    few = st.integers(0, 5)
    levels_ = [level.code for level in index.scales[0].levels]

    def drawn(question: str) -> dict[str, dict[str, int]]:
        return {
            group: {level: draw(few) for level in [*levels_, "-"]}
            for group in draw(_some(list(index.question_of[question].groups)))
        }

    answers = {item: drawn(item[0]) for item in index.items if draw(st.integers(0, 9))}
    somebody_added = draw(st.booleans())
    later = {item: drawn(item[0]) for item in index.items if somebody_added and draw(st.booleans())}
    external = {
        (unit.code, leaf.code): Fraction(draw(st.integers(0, 10_000)), 100)
        for unit in index.units
        for leaf in index.scored_leaves(unit)
        if leaf.method == "external" and draw(st.booleans())
    }
    return Case(index, answers, external, later)


def _some(values: list[str]) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(values), unique=True) if values else st.just([])
