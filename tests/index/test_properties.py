"""What holds for every index file: made-up indexes, notations, spoilt entries, plain noise."""

import copy
import hashlib
import json
import unicodedata
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.index import file as indexfile
from app.index.faults import Fault, IndexFault
from app.language import exact
from tests.making.small_index import make_raw

CODES = st.text("abcXYZ019-_", min_size=1, max_size=6).filter(lambda code: code != "units")
DOTTED = st.text("abZ019-_.", min_size=1, max_size=8)
WORDS = st.text("aăâđêôơư ẤỆǭ“”\"'\\{}<>&$\u00a0😀", max_size=8).map(lambda text: f"Ô{text}.")
FRACTIONS = st.fractions(0, 100, max_denominator=60)
POINTS = st.one_of(FRACTIONS, st.integers(0, 9).map(Fraction))


def written(value: Fraction) -> st.SearchStrategy[object]:
    """The ways a file may write a number."""
    ways: list[object] = [str(value), f"{value.numerator * 2}/{value.denominator * 2}"]
    if "/" not in exact(value):
        ways += [Decimal(exact(value)), exact(value)]
    if value.denominator == 1:
        ways += [value.numerator, f"{value.numerator}.00"]
    return st.sampled_from(ways)


def entries(codes: list[str], **keys: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    return st.tuples(
        *(st.fixed_dictionaries({"code": st.just(code), **keys}) for code in codes)
    ).map(list)


def some(codes: list[str], least: int = 0) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(codes), unique=True, min_size=least) if codes else st.just([])


@st.composite
def raw_indexes(draw: st.DrawFn) -> dict[str, Any]:
    """A valid index as a file may write it, with its sums worked out here."""

    def codes(alphabet: st.SearchStrategy[str], least: int, most: int) -> list[str]:
        return draw(st.lists(alphabet, min_size=least, max_size=most, unique=True))

    name = {"name": WORDS}
    tree = codes(DOTTED, 2, 9)
    plain = [code for code in tree if "." not in code][:1] or ["g-0"]
    components, criteria = plain, [code for code in tree if code not in plain]
    parents = {
        code: draw(st.sampled_from([*components, *criteria[:position]]))
        for position, code in enumerate(criteria)
    }
    leaves = [code for code in criteria if code not in parents.values()]
    points = {leaf: draw(POINTS) for leaf in leaves}
    methods = {leaf: draw(st.sampled_from(["survey", "appraisal", "external"])) for leaf in leaves}

    blocks = draw(entries(codes(CODES, 1, 1), **name, not_applicable=some(leaves)))
    rest = [leaf for leaf in leaves if leaf not in blocks[0]["not_applicable"]]
    # A second block that counts no leaf the first leaves out is never the larger one.
    other = sorted({*blocks[0]["not_applicable"], *draw(some(rest))})
    scored = [leaf for leaf in rest if methods[leaf] != "appraisal"]
    whole, survey = (sum((points[leaf] for leaf in part), Fraction(0)) for part in (rest, scored))
    if sum((points[leaf] for leaf in leaves if leaf not in other), Fraction(0)) < whole:
        blocks.append({"code": f"{blocks[0]['code']}2", "name": "Khác", "not_applicable": other})
    groups = codes(CODES, 1, 3)
    scales = codes(CODES, 1, 2)
    levels = st.lists(st.sampled_from("ABCDxyz09_"), min_size=2, max_size=4, unique=True).flatmap(
        lambda signs: entries(signs, label=WORDS, weight=POINTS.flatmap(written))
    )
    surveyed = [leaf for leaf in leaves if methods[leaf] == "survey"]
    asked = codes(CODES, len(surveyed) + 1, len(surveyed) + 3)
    questions = [
        {
            "code": code,
            "text": draw(WORDS) + draw(st.sampled_from(["", "{unit}", "{year} {unit}"])),
            "criterion": leaf,
            "scale": draw(st.sampled_from(scales)),
            "groups": draw(some(groups, 1)),
            "weight": draw(POINTS.flatmap(written)),
        }
        for code, leaf in zip(asked, surveyed, strict=False)
    ] + [
        {"code": code, "text": "Góp ý", "kind": "comment", "groups": draw(some(groups, 1))}
        for code in asked[len(surveyed) :]
    ]
    return {
        "format": draw(st.sampled_from([1, "1"])),
        "index": {
            "code": draw(CODES),
            "name": draw(WORDS),
            "year": draw(st.sampled_from([2022, "2022", Decimal("2022.0")])),
            "max_points": draw(written(whole)),
            "survey_points": draw(written(survey)),
        },
        "rules": draw(
            st.fixed_dictionaries(
                {},
                optional={
                    "weighting": st.sampled_from(["pooled", "groups"]),
                    "min_ballots": st.integers(1, 9).map(Fraction).flatmap(written),
                    "decimals": st.integers(0, 4),
                    "choose_units": st.booleans(),
                },
            )
        ),
        "blocks": blocks,
        "units": draw(
            entries(
                codes(CODES, 1, 3),
                **name,
                block=st.sampled_from([block["code"] for block in blocks]),
                not_applicable=some(leaves),
            )
        ),
        "components": draw(entries(components, **name)),
        "criteria": [
            {"code": code, "parent": parents[code], "name": draw(WORDS)}
            | (
                {"max_points": draw(written(points[code])), "method": methods[code]}
                if code in points
                else {}
            )
            for code in criteria
        ],
        "scales": draw(entries(scales, levels=levels)),
        "groups": draw(
            entries(
                groups,
                **name,
                weight=POINTS.flatmap(written),
                rates=st.sampled_from(["all", "assigned", "own"]),
            )
        ),
        "questions": questions,
    }


def paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every value in a document, tables and lists among them."""
    yield path
    if isinstance(value, dict | list):
        for step, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from paths(item, (*path, step))


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.decimals(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


def faults_of(raw: Any) -> list[Fault]:
    """The faults of a file, none for an index that then holds its promises."""
    try:
        index = indexfile.read(raw)
    except IndexFault as fault:
        return list(fault.faults)
    assert indexfile.read(indexfile.canonical(index)) == index
    return []


@settings(max_examples=60)  # to make one up takes longest
@given(raw_indexes(), st.data())
def test_any_index_reads_back_has_a_digest_and_is_held_to_its_sums(
    raw: dict[str, Any], data: st.DataObject
) -> None:
    index = indexfile.read(raw)
    content = indexfile.canonical(index)
    again = indexfile.read(json.loads(json.dumps(content)))
    assert again == index
    assert indexfile.canonical(again) == content
    # The digest is the hash of the content, and ignores notation.
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    expected = f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"
    decomposed = json.loads(unicodedata.normalize("NFD", json.dumps(content, ensure_ascii=False)))
    assert indexfile.digest(index) == expected
    assert indexfile.digest(indexfile.read(decomposed)) == expected
    # A changed sum is always noticed.
    key = data.draw(st.sampled_from(["max_points", "survey_points"]))
    more = data.draw(st.fractions("1/60", 9, max_denominator=60))
    raw["index"][key] = str(Fraction(content["index"][key]) + more)
    assert [fault.place for fault in faults_of(raw)] == [f"[index], {key}"]


@given(st.data())
def test_whatever_stands_in_a_file_is_an_index_or_faults(data: st.DataObject) -> None:
    raw = make_raw()
    spots = [path for path in paths(raw) if path]
    for path in data.draw(st.lists(st.sampled_from(spots), min_size=1, max_size=3)):
        table: Any = raw
        try:
            for step in path[:-1]:
                table = table[step]
            table[path[-1]] = copy.deepcopy(data.draw(JUNK))
        except (KeyError, IndexError, TypeError):
            continue  # an earlier change took the place away
    assert all(fault.place and fault.message.endswith(".") for fault in faults_of(raw))


@given(JUNK)
def test_noise_is_faults(raw: Any) -> None:
    faults = faults_of(raw)
    assert faults
    assert all(fault.place and fault.message.endswith(".") for fault in faults)


@given(st.text() | st.binary())
def test_a_noisy_file_is_faults(source: str | bytes) -> None:
    with pytest.raises(IndexFault):
        indexfile.parse(source)


MISTAKES: dict[str, tuple[object, str]] = {
    "indx": (1, "indx"),
    "index__yaer": (1, "[index], yaer"),
    "index__name": ("", "[index], name"),
    "index__survey_points": ("99", "[index], survey_points"),
    "rules__decimals": (-1, "[rules], decimals"),
    "units__0__block": ("x", "[[units]] số 1 (snv), block"),
    "units__0__name": (1, "[[units]] số 1 (snv), name"),
    "criteria__0__method": ("survey", "[[criteria]] số 1 (1.1), method"),
    "criteria__2__max_points": ("1/0", "[[criteria]] số 3 (1.1.2), max_points"),
    "criteria__3__colour": ("red", "[[criteria]] số 4 (1.2), colour"),
    "groups__0__weight": (0.1, "[[groups]] số 1 (hdnd), weight"),
    "questions__0__groups": (["x"], "[[questions]] số 1 (q1), groups"),
    "questions__1__weight": ("1", "[[questions]] số 2 (q2), weight"),
}


@given(st.sets(st.sampled_from(sorted(MISTAKES)), min_size=1))
def test_no_fault_hides_another(chosen: set[str]) -> None:
    faults = faults_of(make_raw(**{path: MISTAKES[path][0] for path in chosen}))
    assert sorted(fault.place for fault in faults) == sorted(MISTAKES[path][1] for path in chosen)
