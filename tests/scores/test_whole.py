"""Appraised and surveyed points joined: against an independent sum, and against printed tables."""

import random
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

import pytest

from app.papers import wholesheet
from app.papers.export import Document
from app.scores import whole
from app.scores.wholeresults import EXACT_SUMS, Whole
from tests.making.sheets import levels, make_document

LEAVES = (
    {"code": "1.1", "max_points": "7"},
    {"code": "1.2", "max_points": "20", "method": "appraisal"},
    {"code": "2.1", "parent": "2", "max_points": "20/3"},
    {"code": "2.2", "parent": "2", "max_points": "3", "method": "external"},
    {"code": "2.3", "parent": "2", "max_points": "30.5", "method": "appraisal"},
    {"code": "3.1", "parent": "3", "max_points": "19.5", "method": "appraisal"},
)
BLOCKS: tuple[dict[str, Any], ...] = (
    {"code": "so"},
    {
        "code": "phuong",
        "not_applicable": ["3.1"],
        "classes": [{"label": "Xuất sắc", "from": 70}],
    },
)
UNITS: tuple[dict[str, Any], ...] = tuple(
    {"code": f"u{n}", "block": BLOCKS[n % 2]["code"], "name": f"Đơn vị {n}"} for n in range(8)
)
Given = dict[tuple[str, str], Fraction]


def survey(dice: random.Random, **rules: Any) -> Document:
    """A score sheet: u7 has no data, u6 no percent from elsewhere."""
    answers = {
        (question, unit["code"]): {
            "hdnd": levels(*(dice.randrange(9) for _ in range(4)), none=5),
            "so": levels(5, dice.randrange(5)),
        }
        for question in ("q1", "q2")
        for unit in UNITS[:7]
    }
    percents = {(f"u{n}", "2.2"): Fraction(dice.randrange(10_001), 100) for n in range(6)}
    return make_document(
        answers,
        percents,
        rules={"classes": [{"label": "Tốt", "from": 60}, {"label": "Khá", "from": 40}]} | rules,
        leaves=LEAVES,
        blocks=BLOCKS,
        units=UNITS,
    )


def points(dice: random.Random) -> Given:
    """Appraised points; of u5 a leaf is not appraised yet."""
    most = {"1.2": 2000, "2.3": 3050, "3.1": 1950}
    given = {
        (unit["code"], leaf): Fraction(dice.randrange(top + 1), 100)
        for unit in UNITS
        for leaf, top in most.items()
        if leaf != "3.1" or unit["block"] == "so"
    }
    del given["u5", "2.3"]
    return given


def by_hand(document: Document, given: Given) -> dict[str, tuple[Fraction, Fraction]]:
    """Points and maxima of the units that have a whole result, summed leaf by leaf."""
    found = {}
    for unit in document["units"]:
        code, maxima = unit["code"], Fraction(0)
        if code in ("u5", "u7"):
            continue
        sums = sum(value for (of, _leaf), value in given.items() if of == code)
        maxima += Fraction("50.5") + (Fraction("19.5") if int(code[1:]) % 2 == 0 else 0)
        for leaf in unit["criteria"]:
            if leaf["exact"] is not None:
                sums, maxima = sums + Fraction(leaf["exact"]), maxima + Fraction(leaf["max_points"])
        found[code] = (Fraction(sums), maxima)
    return found


@pytest.mark.parametrize("ranking", ["blocks", "one-list"])
@pytest.mark.parametrize("seed", range(4))
def test_points_percent_rank_and_class_are_those_of_an_independent_sum(
    seed: int, ranking: str
) -> None:
    dice = random.Random(seed)
    document, given = survey(dice, ranking=ranking), points(dice)
    expected = by_hand(document, given)
    percents = {code: 100 * sums / maxima for code, (sums, maxima) in expected.items()}
    made = wholesheet.document(1, document, given)
    for unit in made["units"]:
        code = unit["code"]
        if code not in expected:
            assert unit["reason"] == {"u5": "not-appraised", "u7": "no-data"}[code]
            assert unit["points"] is unit["percent"] is unit["rank"] is unit["class"] is None
            continue
        sums, maxima = expected[code]
        assert Fraction(unit["exact_points"]) == sums
        assert Fraction(unit["max_points"]) == maxima
        assert Fraction(unit["exact_percent"]) == percents[code]
        shown = Decimal(percents[code].numerator) / Decimal(percents[code].denominator)
        assert unit["percent"] == str(shown.quantize(Decimal("0.01"), ROUND_HALF_UP))
        rivals = [
            other
            for other in percents
            if ranking == "one-list" or (int(other[1:]) - int(code[1:])) % 2 == 0
        ]
        assert unit["rank"] == 1 + sum(percents[other] > percents[code] for other in rivals)
        limits = [("Xuất sắc", 70)] if int(code[1:]) % 2 else [("Tốt", 60), ("Khá", 40)]
        reached = [label for label, limit in limits if percents[code] >= limit]
        assert unit["class"] == (reached[0] if reached else None)
    assert next(u for u in made["units"] if u["code"] == "u5")["missing"] == ["2.3"]


def test_equal_percents_share_a_rank_and_the_next_is_left_out() -> None:
    answers = {("q1", f"u{n}"): {"hdnd": levels(5)} for n in range(4)}
    document = make_document(
        answers,
        {},
        leaves=({"code": "1.1", "max_points": "1"}, LEAVES[1]),
        units=tuple({"code": f"u{n}"} for n in range(4)),
    )
    # 1/3 and 2/6 are alike, whatever is shown of them.
    given = {(f"u{n}", "1.2"): Fraction(value) for n, value in enumerate((5, 9, 9, 1))}
    made = wholesheet.document(1, document, given)
    assert [unit["rank"] for unit in made["units"]] == [3, 1, 1, 4]


@pytest.mark.parametrize(
    ("appraised", "asked", "outer", "more", "total"),
    [
        ("57.66", "9.56", "18.83", "5", "91,05"),
        ("55.94", "8.89", "20.09", "1.84", "86,76"),
        ("53.99", "8.81", "18.17", "4.76", "85,73"),
    ],
)
def test_the_sums_that_were_printed_wrong_come_out_right(
    appraised: str, asked: str, outer: str, more: str, total: str
) -> None:
    """PAR INDEX 2020: Quảng Ninh was printed 91.04, Đồng Tháp 86.77, Phú Thọ 85.74."""
    document = make_document(
        {("q1", "tinh"): {"hdnd": levels(5)}},
        {("tinh", "1.3"): Fraction(100), ("tinh", "1.4"): Fraction(100)},
        leaves=(
            {"code": "1.1", "max_points": "60", "method": "appraisal"},
            {"code": "1.2", "max_points": asked},
            {"code": "1.3", "max_points": outer, "method": "external"},
            {"code": "1.4", "max_points": more, "method": "external"},
        ),
        units=({"code": "tinh"},),
    )
    found = Whole(wholesheet.document(1, document, {("tinh", "1.1"): Fraction(appraised)}))
    (row,) = found.lists[0].rows
    assert row.four.shown(2)[2] == total
    assert row.fields["1"].shown(2)[2] == total


def test_rounded_parts_may_miss_their_sum_and_the_page_says_so() -> None:
    dice = random.Random(7)
    found = Whole(wholesheet.document(1, survey(dice), points(dice)))
    missed = 0
    for row in found.rows.values():
        if row.reason:
            continue
        survey_, appraised, total, _percent = (
            Decimal(text.replace(",", ".")) for text in row.four.shown(2)
        )
        assert abs(total - survey_ - appraised) <= Decimal("0.01")
        fields = [part.total for part in row.fields.values()]
        assert sum(filter(None, fields)) == row.four.total
        rounded = sum(Decimal(part.shown(2)[2].replace(",", ".")) for part in row.fields.values())
        missed += rounded != total
        # The two parts of the bar end at the percent.
        assert abs(sum(map(float, row.bars)) - float(row.four.percent or 0)) < 0.02
    assert missed
    assert "lệch 0,01" in EXACT_SUMS


def test_a_component_without_a_part_shows_nothing_there_and_one_that_lacks_it_a_star() -> None:
    dice = random.Random(1)
    found = Whole(wholesheet.document(1, survey(dice), points(dice)))
    assert found.rows["u0"].fields["3"].shown(2)[0] == ""  # appraised only
    assert "3" not in found.rows["u1"].fields  # not of its block
    assert found.rows["u5"].fields["2"].shown(2)[1:] == ("*", "*", "*")
    assert found.rows["u5"].fields["1"].shown(2)[2] != "*"
    lists = {each.title: each for each in found.lists}
    assert [row.code for row in lists["Khối phuong"].rows][-2:] == ["u5", "u7"]
    told = found.lacking(lists["Khối phuong"])
    assert any("Đơn vị 5" in words and "2.3" in words for words in told)
    assert any("Đơn vị 7: không có số liệu điều tra" in words for words in told)


def test_a_unit_that_nothing_is_appraised_of_has_its_survey_as_its_whole() -> None:
    document = make_document(
        {("q1", "snv"): {"hdnd": levels(3, 2)}},
        {},
        leaves=({"code": "1.1", "max_points": "2"}, LEAVES[1]),
        units=({"code": "snv", "not_applicable": ["1.2"]},),
    )
    index = Whole(wholesheet.document(1, document, {})).index
    (unit,) = whole.join(index, document, {})
    assert (unit.reason, unit.percent) == (None, Fraction(document["units"][0]["exact_percent"]))
