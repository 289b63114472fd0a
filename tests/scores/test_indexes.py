"""The indexes that come with the program: their size, a wave of each computed a second time, and
figures that provinces and agencies have printed.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from fractions import Fraction

import pytest

from app.commands.demo.table import tables
from app.count import scoresheets, unsealing
from app.folders import questionnaires
from app.index import file as indexfile
from app.index.definition import Index
from app.keys.keyfile import KeyFile
from app.keys.urn import Answers
from app.language import decimal
from app.papers import export, verify
from app.papers.export import Document, document
from app.scores import charts, figures
from app.scores.results import Results
from app.scores.scoring import Counts, Tally, UnitScore, cells, score, whole_percent
from app.store.db import Database
from app.waves import closing
from app.waves import wave as waves
from app.years.year import Earlier
from tests.making.blocks import cast_ballot, make_people, make_wave, names
from tests.making.recomputed import Ballot, Item, Sheet, simulated
from tests.making.sheets import make_facts

# code → units, components, criteria, sub-criteria, blocks
SIZES = {
    "quang-ninh-2017-so": (20, 10, 36, 51, 1),
    "quang-ninh-2017-huyen": (14, 10, 29, 63, 1),
    "nganh-doc": (24, 8, 22, 3, 2),
    "quang-tri-2021": (71, 8, 27, 3, 4),
    "hai-phong-2025": (127, 8, 29, 15, 3),
    "sipas": (6, 5, 20, 0, 1),
    "skm-2017": (6, 1, 9, 0, 1),
    "arta-csm": (8, 1, 8, 0, 1),
    "lai-chau-2022": (20, 8, 39, 20, 2),
}


def text_of(code: str) -> str:
    return questionnaires()[code].read_text("utf-8")


def index_of(code: str) -> Index:
    return indexfile.parse(text_of(code).encode())


def tally_of(index: Index, ballots: Iterable[Ballot]) -> Tally:
    """The ballots counted by group and put into cells, as the urn is opened."""
    said: dict[Item, dict[str, Counter[str]]] = {item: {} for item in index.items}
    for ballot in ballots:
        for item, level in ballot.levels.items():
            said[item].setdefault(ballot.group, Counter())[level] += 1
    counts: dict[Item, Counts | None] = {
        item: cells(index, index.question_of[item[0]], by_group) for item, by_group in said.items()
    }
    return Tally(counts, dict.fromkeys(index.unit_of))


def test_every_index_that_comes_with_the_program_is_among_those_here() -> None:
    assert SIZES.keys() == questionnaires().keys()


@pytest.mark.parametrize("code", SIZES)
def test_an_index_has_the_size_of_the_real_one_and_nothing_to_look_at_again(code: str) -> None:
    index = index_of(code)
    tops = {each.code for each in index.components}
    upper = [each for each in index.criteria if each.parent in tops]
    criteria = (len(upper), len(index.criteria) - len(upper))
    found = (len(index.units), len(tops), *criteria, len(index.blocks))
    assert (index.code, *found) == (code, *SIZES[code])
    assert indexfile.warnings(index) == ()


@pytest.mark.parametrize("code", SIZES)
def test_a_simulated_wave_is_computed_alike_a_second_time(code: str) -> None:
    text, index = text_of(code), index_of(code)
    ballots, external = simulated(text, code, 40)
    again = Sheet(text, ballots, external)
    sheet = score(index, tally_of(index, ballots), external)
    assert any(unit.percent is not None for unit in sheet.units)
    for unit in sheet.units:
        assert unit.percent == again.percents[unit.code], unit.code
        assert unit.rank == again.rank(unit.code), unit.code
        assert unit.class_label == again.label(unit.code), unit.code
        known = again.points[unit.code] or {}
        assert {leaf.code: leaf.points for leaf in unit.leaves if leaf.points is not None} == {
            leaf: points for leaf, (points, _maximum) in known.items()
        }


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_wave_of_skm_gives_the_points_of_its_29_people(db: Database, keys: KeyFile) -> None:
    """955 points of 29 people for nine elements are 91.475…; whoever rounds early prints 90.56."""
    text, index = text_of("skm-2017"), index_of("skm-2017")
    service = index.units[0].code
    people = [
        replace(person, assigned=(service,), agency=None, agency_text="")
        for person in make_people(index, 29)
    ]
    # 955 = 261 answers at 4, less 89 points: 89 answers say 3.
    items = index.asked("pengguna", [service])
    threes = iter("3" * 89 + "4" * 172)
    said = [Ballot("pengguna", {item: next(threes) for item in items}) for _person in people]
    wave = make_wave(db, keys, index, people, code=index.code)
    with db.reading() as session:
        issued = names(session, wave)
    for name, ballot in zip(issued, said, strict=True):
        cast_ballot(db, keys, name, Answers(dict(ballot.levels), {}))
    with db.transaction() as session:
        closing.close(db, session, waves.load(session, index.code))
    unsealing.unseal(db, keys, index.code)
    with db.transaction() as session:
        found = scoresheets.score(db, session, index.code)[0]
    assert verify.verify(export.to_json(found)).units == len(index.units)
    again = Sheet(text, said, {})
    unit = next(unit for unit in found["units"] if unit["code"] == service)
    assert Fraction(unit["exact_percent"]) == again.percents[service] == Fraction(955 * 25, 29 * 9)
    assert (unit["percent"], unit["class"]) == ("91.48", "A (Sangat baik)")
    assert decimal(Fraction(unit["exact_percent"]), 3) == "91,475"
    assert {other["reason"] for other in found["units"] if other is not unit} == {"no-data"}


def scored(index: Index, percents: Mapping[str, Fraction]) -> Document:
    """A sheet whose units have just these percents at every leaf."""
    thousands = {unit: percent * 100 for unit, percent in percents.items()}
    assert all(value.denominator == 1 for value in thousands.values())
    counts: dict[Item, Counts | None] = {}
    for question, unit in index.items:
        asked = index.question_of[question]
        best = int(thousands[unit])
        codes = [level.code for level in index.scale_of[asked.scale or ""].levels]
        said = dict.fromkeys([*codes, "-"], 0) | {codes[0]: best, codes[-1]: 10000 - best}
        counts[question, unit] = {asked.groups[0]: said}
    external = {
        (unit.code, leaf.code): percents[unit.code]
        for unit in index.units
        for leaf in index.scored_leaves(unit)
        if leaf.method == "external"
    }
    tally = Tally(counts, dict.fromkeys(index.unit_of, 10000))
    return document(make_facts(), 1, index, score(index, tally, external))


def spread(index: Index, known: Mapping[str, str], mean: str) -> dict[str, Fraction]:
    """Percents for all units: those that are known, and others below them that make the mean."""
    others = [unit.code for unit in index.units if unit.code not in known]
    percents = {unit: Fraction(percent) for unit, percent in known.items()}
    left = Fraction(mean) * len(index.units) - sum(percents.values())
    for place, unit in enumerate(others, start=1):
        step = Fraction(place) - Fraction(len(others) + 1, 2)
        percents[unit] = Fraction(round((left / len(others) + step / 10) * 100), 100)
    percents[others[0]] += Fraction(mean) * len(index.units) - sum(percents.values())
    return percents


@pytest.mark.parametrize(
    ("code", "first", "mean", "rise"),
    [
        (
            "quang-ninh-2017-so",
            {"sxd": "89.92", "syt": "88.35", "skhdt": "88.29", "stc": "87.94", "snv": "87.82"},
            "85.69",
            "5.15",
        ),
        (
            "quang-ninh-2017-huyen",
            {
                "ha-long": "88.89",
                "cam-pha": "87.95",
                "dong-trieu": "87.80",
                "uong-bi": "86.97",
                "hai-ha": "86.90",
            },
            "85.24",
            "5.01",
        ),
    ],
)
def test_the_figures_of_quang_ninh_2017_come_out_as_printed(
    code: str, first: dict[str, str], mean: str, rise: str
) -> None:
    index = index_of(code)
    now = spread(index, first, mean)
    before = {unit: percent - Fraction(rise) for unit, percent in now.items()}
    results = Results(scored(index, now), Earlier(scored(index, before)))
    (ranked,) = results.lists()
    assert ranked.mean == mean.replace(".", ",")
    assert [unit.code for unit in ranked.units[:5]] == [*first]
    assert [unit.percent for unit in ranked.units[:5]] == [
        percent.replace(".", ",") for percent in first.values()
    ]
    assert [unit.rank for unit in ranked.units] == [*range(1, len(index.units) + 1)]
    assert {unit.label for unit in ranked.units} == {"Tốt"}
    assert figures.change(ranked.units[0].change, 2)[0] == f"▲ {rise.replace('.', ',')}"


def test_the_figures_of_lai_chau_2022_come_out_as_printed() -> None:
    """5 of 20 units rose; Sở Công Thương rose by 5.71, and has 93.27 % in a component."""
    index = index_of("lai-chau-2022")
    assert len([unit for unit in index.units if unit.block == "dac-thu"]) == 5
    now = {unit.code: Fraction(8000 + place, 100) for place, unit in enumerate(index.units)}
    now["sct"] = Fraction("93.27")
    before = {
        unit: percent - Fraction("5.71") if place < 4 else percent + 1
        for place, (unit, percent) in enumerate(now.items())
    } | {"bqlkkt": Fraction("75")}
    results = Results(scored(index, now), Earlier(scored(index, before)))
    assert figures.rose(unit.change for unit in results.ranked.values()) == (5, 20)
    assert figures.change(results.ranked["sct"].change, 2)[0] == "▲ 5,71"
    assert results.part("sct", "2")["percent"] == "93,27"
    so, dac_thu = results.lists()
    assert (so.units[0].code, dac_thu.units[0].code) == ("sct", "bqlkkt")


@pytest.mark.parametrize(
    ("appraised", "surveyed", "printed", "right"),
    [
        ("57.66", ("9.56", "18.83", "5"), "91.04", "91,05"),
        ("55.94", ("8.89", "20.09", "1.84"), "86.77", "86,76"),
        ("53.99", ("8.81", "18.17", "4.76"), "85.74", "85,73"),
    ],
)
def test_a_whole_is_the_sum_of_its_exact_parts(
    appraised: str, surveyed: tuple[str, ...], printed: str, right: str
) -> None:
    """Quảng Ninh, Đồng Tháp and Phú Thọ in the PAR INDEX of 2020, which were printed otherwise."""
    whole = whole_percent(
        unit_with(sum(map(Fraction, surveyed)), 50), Fraction(appraised), Fraction(50)
    )
    assert whole is not None
    assert decimal(whole, 2) == right != printed.replace(".", ",")


def test_points_of_84_are_a_percent_of_84() -> None:
    """Ban Dân tộc of Thanh Hóa in 2023."""
    whole = whole_percent(unit_with(Fraction("8.32"), 14), Fraction(60), Fraction(70))
    assert whole is not None
    assert (whole, decimal(whole, 2)) == (Fraction(6832, 84), "81,33")


def unit_with(points: Fraction | int, maximum: int) -> UnitScore:
    """A unit of the survey with so many points."""
    index = index_of("skm-2017")
    unit = score(index, Tally({}, {}), {}).units[0]
    return replace(unit, points=Fraction(points), max_points=Fraction(maximum))


@pytest.mark.parametrize(
    ("percent", "label"),
    [
        ("88.31", "A (Sangat baik)"),
        ("88.3099", "B (Baik)"),
        ("88.30", "B (Baik)"),
        ("76.605", "C (Kurang baik)"),
        ("64.999", "D (Tidak baik)"),
        ("24.99", ""),
    ],
)
def test_what_lies_in_a_gap_between_printed_classes_is_of_the_lower(
    percent: str, label: str
) -> None:
    classes = index_of("skm-2017").rules.classes
    reached = [each.label for each in classes if each.from_percent <= Fraction(percent)]
    assert (reached[0] if reached else "") == label


def test_classes_of_a_block_are_those_of_its_charts_and_of_its_list() -> None:
    """In Hải Phòng 92 % is "Xuất sắc" for a sở and a xã, but not for a phường."""
    index = index_of("hai-phong-2025")
    sheet = scored(index, dict.fromkeys(index.unit_of, Fraction(92)))
    assert [each.notches[0] for each in tables(index, sheet)] == ["92", "93", "90"]
    results = Results(sheet)
    labels = {unit.block: results.ranked[unit.code].label for unit in index.units}
    assert labels == {"so": "Xuất sắc", "phuong": "Tốt", "xa": "Xuất sắc"}
    steps = {heat.title: heat.rows[0][2][0] for heat in results.heats}
    shown = {title: cell.step for title, cell in steps.items() if cell is not None}
    assert shown == {"Sở, ban, ngành": 5, "Phường": 4, "Xã, đặc khu": 5}
    assert [(blocks, key[0][2]) for blocks, key in results.legend()] == [
        ("Sở, ban, ngành", "92"),
        ("Phường", "93"),
        ("Xã, đặc khu", "90"),
    ]
    assert results.shades_of("hong-bang").notches == charts.notches(
        [Fraction(n) for n in (93, 85, 75, 60)]
    )
    assert results.shades_among(["hong-bang", "cat-hai"]) is None
    assert [(blocks, key[0][2]) for blocks, key in results.legend("phuong")] == [("", "93")]
