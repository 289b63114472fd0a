"""Recomputing an exported file from nothing but the file."""

import copy
import json
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.index import file as indexfile
from app.papers.export import Document, digest, to_json
from app.papers.verify import Differs, NotScores, verify
from tests.making.sheets import Case, cases, levels, make_document, make_facts, make_index

some = settings(max_examples=60, deadline=None)
Path_ = tuple[str | int, ...]

SOUND = make_document(
    rules={"classes": [{"label": "Khá", "from": 70}]},
    external={("snv", "8.2"): Fraction("83.64"), ("ttt", "8.2"): Fraction(50)},
    answers={
        ("q1", "snv"): {
            "hdnd": levels(10, 4, 1, 0, none=2),
            "so": levels(1),
            "xa": levels(3, none=1),
        },
        ("q2", "snv"): {"hdnd": levels(1, 5)},
        ("q1", "ttt"): {"hdnd": levels(4)},
        ("q1", "sxd"): {"hdnd": levels(9, 1)},
    },
    units=({"code": "snv"}, {"code": "ttt"}, {"code": "sxd"}),
)


def signed(found: Document) -> bytes:
    """The file with a document digest that fits whatever was altered."""
    return to_json(found | {"digest": digest(found)})


def altered(path: Path_, value: Any, found: Document = SOUND) -> bytes:
    other = copy.deepcopy(found)
    at: Any = other
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = value
    return signed(other)


def differs(data: bytes) -> Differs:
    with pytest.raises(Differs) as caught:
        verify(data)
    return caught.value


def leaves_of(value: Any, path: Path_ = ()) -> Iterator[tuple[Path_, Any]]:
    """Every value of a document that is no object and no list, with its path."""
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves_of(inner, (*path, key))
    else:
        yield path, value


def place(path: Path_, found: Document = SOUND) -> str:
    """A path as `verify` writes it: entries with a code are named by it."""
    at: Any = found
    text = ""
    for key in path:
        entry = at[key]
        if isinstance(key, int):
            text += f"[{entry['code']}]" if isinstance(entry, dict) else f"[{key}]"
        else:
            text += f".{key}" if text else key
        at = entry
    return text


def other(value: Any) -> Any:
    """Another value of the same kind."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if value is None:
        return "0"
    return "1" + value[1:] if value[:1] in "023456789" else value + "0"


# Sound files


@some
@given(cases())
def test_what_was_exported_is_verified(case: Case) -> None:
    found = verify(to_json(case.document))
    assert (found.wave, found.sheet, found.units) == ("thu-2022", 1, len(case.index.units))
    assert found.digest == case.document["digest"]


def test_every_tiny_index_is_verified() -> None:
    for path in sorted((Path(__file__).parent.parent / "indexes").glob("*.toml")):
        index = indexfile.parse(path.read_text("utf-8"))
        answers = {
            (question, unit): {
                group: {"A": 3, "-": 1} for group in index.question_of[question].groups
            }
            for question, unit in index.items
        }
        assert verify(to_json(Case(index, answers, {}).document)).units == len(index.units)


def test_neither_the_order_of_keys_nor_white_space_matters() -> None:
    assert verify(json.dumps(SOUND, sort_keys=True).encode()).digest == SOUND["digest"]


# Altered files

STATED = {
    *("wave", "sheet", "two_people", "issued", "void", "foreign", "receipts", "closed_at"),
    *(f"units[{code}].ballots" for code in ("snv", "sxd")),
}


# Inputs that do not touch the points: no opinion here, and what a unit without data has besides.
IDLE = {"units[ttt].criteria[8.2].percent"}


def is_input(path: Path_) -> bool:
    return "counts" in path or (path[-1] == "percent" and "criteria" in path)


@pytest.mark.parametrize(
    ("path", "value"), [(p, v) for p, v in leaves_of(SOUND) if p[0] == "units"], ids=str
)
def test_every_altered_value_of_a_unit_is_named(path: Path_, value: Any) -> None:
    data = altered(path, other(value))
    if place(path) in STATED | IDLE or path[-1] == "-":
        verify(data)  # not recomputable
    elif is_input(path):
        assert differs(data).place.startswith("units[")
    else:
        found = differs(data)
        assert found.place == place(path)
        if path[-1] != "ballots":
            assert found.computed == ("null" if value is None else str(value))


@pytest.mark.parametrize(
    ("path", "value"), [(p, v) for p, v in leaves_of(SOUND) if p[0] == "index"], ids=str
)
def test_every_altered_value_of_the_index_is_found(path: Path_, value: Any) -> None:
    with pytest.raises((Differs, NotScores)) as caught:
        verify(altered(path, other(value)))
    assert "index" in str(caught.value)


@pytest.mark.parametrize("key", [key for key in SOUND if key not in ("index", "units", "digest")])
def test_what_is_only_stated_is_at_least_covered_by_the_digest(key: str) -> None:
    value = "2023-03-04T18:00:00+07:00" if key == "closed_at" else other(SOUND[key])
    if key == "receipts":
        value = "sha256:" + "0" * 64
    if key == "mode":
        value = "committee"
    with pytest.raises((Differs, NotScores)):
        verify(to_json(SOUND | {key: value}))
    if key in STATED or key == "mode":
        verify(altered((key,), value))


def test_an_altered_digest_is_named() -> None:
    assert differs(to_json(SOUND | {"digest": "sha256:" + "0" * 64})).place == "digest"


def test_a_difference_tells_place_found_and_computed() -> None:
    found = differs(altered(("units", 0, "criteria", 0, "points"), "0.99"))
    assert str(found) == "units[snv].criteria[2.4.1].points: trong tệp là 0.99, phải là 0.87."


def test_the_first_of_several_differences_is_named() -> None:
    late = json.loads(altered(("units", 1, "reason"), None))
    assert differs(altered(("units", 0, "rank"), 1, late)).place == "units[snv].rank"


def test_an_index_altered_with_both_digests_made_anew_shows_in_the_points() -> None:
    spoiled = copy.deepcopy(SOUND)
    content = spoiled["index"]["content"]
    content["scales"][0]["levels"][1]["weight"] = "9/10"
    spoiled["index"]["digest"] = indexfile.digest(indexfile.read(content))
    assert differs(signed(spoiled)).place == "units[snv].points"


def test_content_that_is_not_canonical_is_named() -> None:
    path = ("index", "content", "criteria", 1, "max_points")
    assert differs(altered(path, "1.5")).place == "index.content.criteria[2.4.2].max_points"


@pytest.mark.parametrize(
    ("path", "value", "named"),
    [
        (("units",), SOUND["units"][:2], "units[sxd]"),
        (("units",), [*SOUND["units"], SOUND["units"][0]], "units[3]"),
        (("units",), SOUND["units"][::-1], "units[snv].code"),
        (("units",), {}, "units"),
        (("units", 1, "criteria"), None, "units[ttt].criteria"),
        (("units", 0, "criteria", 0, "questions"), [], "units[snv].criteria[2.4.1].questions[q1]"),
        (("units", 0, "extra"), 1, "units[snv].extra"),
        (("extra",), {"a": []}, "extra"),
        (("units", 0, "rank"), True, "units[snv].rank"),
        (("units", 0, "missing"), ["8.2"], "units[snv].missing[0]"),
    ],
    ids=str,
)
def test_what_is_absent_too_much_or_in_another_order_is_named(
    path: Path_, value: Any, named: str
) -> None:
    assert differs(altered(path, value)).place == named


# Counts that no unsealing gives

Q1 = ("units", 0, "criteria", 0, "questions", 0, "counts")
NINE = {"A": 9, "B": 0, "C": 0, "D": 0, "-": 0}


@pytest.mark.parametrize(
    ("value", "inside"),
    [
        ({"hdnd": NINE | {"A": 4}}, "[hdnd]"),
        ({"hdnd": NINE, "so+xa": NINE}, ""),
        ({"hdnd+hdnd": NINE}, ""),
        ({"hdnd": NINE, "hdnd+xa": NINE}, ""),
        ({"nobody": NINE}, ""),
        ({"": NINE}, ""),
        ({}, ""),
        ([], ""),
        ("x", ""),
        ({"hdnd": {"A": 9}}, "[hdnd]"),
        ({"hdnd": NINE | {"E": 0}}, "[hdnd]"),
        ({"hdnd": NINE | {"A": -1, "B": 9}}, "[hdnd].A"),
        ({"hdnd": NINE | {"A": "9"}}, "[hdnd].A"),
        ({"hdnd": NINE | {"A": True}}, "[hdnd].A"),
        ({"hdnd": None}, "[hdnd]"),
        ({"hdnd": NINE | {"A": 1205}}, ""),
    ],
    ids=str,
)
def test_counts_that_rule_0_does_not_permit_are_named(value: Any, inside: str) -> None:
    named = "units[snv].criteria[2.4.1].questions[q1].counts"
    assert differs(altered(Q1, value)).place == named + inside


def test_two_cells_of_several_groups_are_not_permitted() -> None:
    groups = tuple({"code": code} for code in ("a", "b", "c", "d"))
    sound = make_document({("q1", "snv"): {"a": levels(9)}}, groups=groups)
    found = differs(altered(Q1, {"a+b": NINE, "c+d": NINE}, sound))
    assert (found.found, found.computed) == ("a+b, c+d", "nhiều nhất một ô gồm nhiều nhóm")


@pytest.mark.parametrize(
    "value", ["83.640", "101", "-1", "1e1", "1/3", "83,64", " 1", "٣", 50, True, []]
)
def test_a_percent_that_no_import_gives_is_named(value: Any) -> None:
    path = ("units", 0, "criteria", 2, "percent")
    assert differs(altered(path, value)).place == "units[snv].criteria[8.2].percent"


@pytest.mark.parametrize(
    ("facts", "named"),
    [
        ({"cast": 1612, "counted": 1612}, "cast"),
        ({"counted": 1203}, "counted"),
        ({"cast": 18, "counted": 18}, "units[snv].ballots"),
    ],
)
def test_more_ballots_counted_than_can_be_is_named(facts: Any, named: str) -> None:
    assert differs(to_json(make_document(facts=make_facts(**facts)))).place == named


@pytest.mark.parametrize("ballots", [-1, 1205, 18, "19", None, True, 19.5])
def test_ballots_of_a_unit_must_be_possible(ballots: Any) -> None:
    if ballots == 19.5:
        with pytest.raises(NotScores):
            verify(altered(("units", 0, "ballots"), ballots))
        return
    assert differs(altered(("units", 0, "ballots"), ballots)).place == "units[snv].ballots"


def test_ballots_of_a_unit_must_stand_there() -> None:
    other_ = copy.deepcopy(SOUND)
    del other_["units"][1]["ballots"]
    found = differs(signed(other_))
    assert (found.place, found.found) == ("units[ttt].ballots", "không có")


# What is stated of ballots issued later or declared void, and small numbers

LATER = make_document(
    {("q1", "snv"): {"xa": levels(9)}, ("q1", "ttt"): {"hdnd": levels(4)}},
    facts=make_facts(issued_later=3, altered=2),
)


def test_ballots_issued_later_or_declared_void_are_stated_and_verified() -> None:
    assert (LATER["issued_later"], LATER["altered"]) == (3, 2)
    assert verify(to_json(LATER)).digest == LATER["digest"]
    assert verify(altered(("issued_later",), 1611, LATER))
    assert verify(altered(("altered",), 1611 - 1204, LATER))


@pytest.mark.parametrize("key", ["issued_later", "altered"])
@pytest.mark.parametrize("value", [0, -1, None, True, "3", [], {}], ids=repr)
def test_none_issued_later_is_left_out_and_never_nought(key: str, value: Any) -> None:
    for found in (SOUND, LATER):
        with pytest.raises(NotScores, match=key):
            verify(altered((key,), value, found))


@pytest.mark.parametrize(
    ("facts", "named"),
    [
        ({"issued_later": 1612}, "issued_later"),
        ({"altered": 1612}, "altered"),
        ({"altered": 1611 - 1204 + 1}, "cast"),
    ],
)
def test_more_later_or_void_ballots_than_can_be_are_named(facts: Any, named: str) -> None:
    assert differs(to_json(make_document(facts=make_facts(**facts)))).place == named


def test_later_ballots_join_cells_further_than_the_counts_show_and_that_is_permitted() -> None:
    joined = {("q1", "snv"): {"hdnd": levels(1), "xa": levels(9), "so": levels(20)}}
    added = {("q1", "snv"): {"hdnd": levels(30)}}
    index = make_index()
    case = Case(index, joined, {}, added)
    (counts,) = case.tally.counts.values()
    assert {cell: sum(levels_.values()) for cell, levels_ in (counts or {}).items()} == {
        "hdnd+xa": 40,
        "so": 20,
    }
    assert case.document["issued_later"] == 30
    assert verify(to_json(case.document))
    twice = {"a+b": NINE, "c+d": NINE}
    groups = tuple({"code": code} for code in ("a", "b", "c", "d"))
    facts = make_facts(issued_later=9)
    found = make_document({("q1", "snv"): {"a": levels(9)}}, facts=facts, groups=groups)
    assert differs(altered(Q1, twice, found)).place.endswith("counts")


def test_a_file_of_before_that_states_a_small_number_of_ballots_is_still_sound() -> None:
    small = make_document(
        {("q1", "snv"): {"xa": levels(9)}, ("q1", "ttt"): {"hdnd": levels(1)}}, external={}
    )
    assert small["units"][1]["ballots"] is None
    for number in range(5):
        assert verify(altered(("units", 1, "ballots"), number, small))


def test_a_file_that_withholds_small_numbers_withholds_all_of_them() -> None:
    units = ({"code": "snv"}, {"code": "ttt"}, {"code": "sxd"})
    found = make_document({("q1", "snv"): {"xa": levels(9)}}, units=units)
    assert [unit["ballots"] for unit in found["units"]] == [9, None, None]
    named = differs(altered(("units", 1, "ballots"), 1, found))
    assert (named.place, named.found, named.computed) == ("units[ttt].ballots", "1", "null")
    assert differs(altered(("units", 2, "ballots"), 1, found)).place == "units[sxd].ballots"
    assert differs(altered(("units", 1, "ballots"), 4, LATER)).place == "units[ttt].ballots"


@pytest.mark.parametrize(("later", "named"), [(0, True), (4, True), (5, False)])
def test_too_few_ballots_to_be_told_cannot_have_given_more_levels(later: int, named: bool) -> None:
    """Nine levels need nine ballots: four of the launch at most, and the others issued later."""
    answers = {("q1", "snv"): {"xa": levels(9)}}
    sound = make_document(answers, facts=make_facts(issued_later=later))
    data = altered(("units", 0, "ballots"), None, sound)
    if named:
        found = differs(data)
        assert (found.place, found.found) == ("units[snv].ballots", "null")
    else:
        assert verify(data)


# Files that are no scores


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfe",
        b"PK\x03\x04",
        b"null",
        b"[]",
        b"{}",
        b'{"format": "phieu.scores/2"}',
        b'{"format": "phieu.scores/1"}',
        b'{"format": "phieu.scores/1", "sheet": NaN}',
        b'{"format": "phieu.scores/1", "sheet": 1.0}',
        b'{"format": "phieu.scores/1", "sheet": 1e400}',
        b'{"format": "phieu.scores/1", "sheet": 9007199254740992}',
        b'{"format": "phieu.scores/1", "sheet": ' + b"9" * 100_000 + b"}",
        b'{"format": "phieu.scores/1", "wave": "\\ud800"}',
        b'{"format": "phieu.scores/1", "\\ud800": 1}',
        b"[" * 100_000,
        b'{"format": "phieu.scores/1", "units": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"format": "phieu.scores/1", "units": ' + b"[" * 900 + b"]" * 900 + b"}",
        b'{"format": "phieu.scores/1", "format": "phieu.scores/1"}',
    ],
    ids=lambda data: repr(data[:50]),
)
def test_a_file_that_is_no_scores_is_refused_with_a_reason(data: bytes) -> None:
    with pytest.raises(NotScores) as caught:
        verify(data)
    assert str(caught.value).endswith((".", "…"))


def test_a_name_that_stands_twice_is_refused() -> None:
    twice = to_json(SOUND).replace(b'"rank": 1,', b'"rank": 1, "rank": 1,', 1)
    with pytest.raises(NotScores, match="“rank” có hai lần"):
        verify(twice)
    # Looked for one by one this would take minutes, in which nobody is served.
    many = ",".join(f'"a{number}":0' for number in range(150_000))
    with pytest.raises(NotScores, match="“b” có hai lần"):
        verify(f'{{{many},"b":0,"b":0}}'.encode())


@pytest.mark.parametrize("key", [key for key in SOUND if key not in ("units", "digest")])
@pytest.mark.parametrize("value", [None, -1, [], {}, "", "x\u202ey", True], ids=repr)
def test_a_fact_that_is_absent_or_of_another_kind_is_refused_by_name(key: str, value: Any) -> None:
    if key == "two_people" and value is True:
        return
    with pytest.raises(NotScores, match=key if key != "format" else "phieu.scores/1"):
        verify(altered((key,), value))
    if value is None:
        absent = {name: entry for name, entry in SOUND.items() if name != key}
        with pytest.raises(NotScores):
            verify(signed(absent))


@pytest.mark.parametrize(
    "value",
    [
        *("2023-03-04T17:00:00Z", "2023-03-04T10:00:00+00:00", "2023-13-04T17:00:00+07:00"),
        *("2023-03-04", "2023-03-04T17:00:00.5+07:00", "0001-01-01T00:00:00+07:00"),
    ],
)
def test_a_closing_time_in_another_form_is_refused(value: str) -> None:
    with pytest.raises(NotScores, match="closed_at"):
        verify(altered(("closed_at",), value))


def test_an_index_with_a_fault_is_refused_with_the_fault() -> None:
    with pytest.raises(NotScores, match=r"index\.content.*\[\[units\]\]"):
        verify(altered(("index", "content", "units", 0, "block"), "nowhere"))


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 2**53 - 1) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=6,
)
PLACES = [path for path, _value in leaves_of(SOUND)]


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(PLACES), st.integers(0, 9), ANYTHING)
def test_whatever_stands_in_a_file_there_is_an_answer(path: Path_, depth: int, value: Any) -> None:
    data = altered(path[: max(1, len(path) - depth)], value)
    try:
        verify(data)
    except (NotScores, Differs) as error:
        told = str(error)
    else:
        told = ""
    assert told.isprintable()


@pytest.mark.parametrize("number", [2**53, -(2**53), 2**54 - 1], ids=repr)
def test_a_number_that_not_every_reader_keeps_exact_is_refused_as_such(number: int) -> None:
    with pytest.raises(NotScores, match=f"số không được phép: .*{number}"):
        verify(json.dumps({"format": "phieu.scores/1", "wave": "w", "issued": number}).encode())


def test_the_largest_number_that_every_reader_keeps_is_a_number() -> None:
    found = SOUND | {"issued": 2**53 - 1}
    assert differs(json.dumps(found).encode()).place == "digest"


def test_no_sheet_has_the_number_nought() -> None:
    with pytest.raises(NotScores, match=r"^sheet: "):
        verify(altered(("sheet",), 0))
