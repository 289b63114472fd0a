"""Index files that are fine: what is read from them, their canonical content and digest."""

import hashlib
import json
import tomllib
import unicodedata
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from app.index import file as indexfile
from app.index.parts import Organiser, Rules
from tests.making.small_index import SMALL, SMALL_CONTENT

ROOT = Path(__file__).parents[2]
TINY = sorted((ROOT / "tests" / "indexes").glob("*.toml"))
LAI_CHAU = ROOT / "questionnaires" / "lai-chau-2022.toml"


def sorted_json(content: object) -> bytes:
    """RFC 8785 for what canonical content is made of: texts, booleans, lists, ASCII keys."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


def values(content: object) -> Iterator[object]:
    """Every value of a JSON document that is neither object nor array."""
    if isinstance(content, dict | list):
        for item in content.values() if isinstance(content, dict) else content:
            yield from values(item)
    else:
        yield content


def test_the_canonical_content_is_the_one_the_format_describes() -> None:
    assert indexfile.canonical(indexfile.parse(SMALL)) == SMALL_CONTENT


def test_the_digest_is_the_sha256_of_the_sorted_compact_json() -> None:
    expected = hashlib.sha256(sorted_json(SMALL_CONTENT)).hexdigest()
    assert indexfile.digest(indexfile.parse(SMALL)) == f"sha256:{expected}"


def test_a_text_with_quotes_line_ends_and_signs_beyond_the_bmp_has_the_right_digest() -> None:
    index = indexfile.parse(SMALL.replace('"Góp ý"', '"Góp\\ný \\"khác\\" \\\\ 😀 \\t\u00e9"'))
    content = indexfile.canonical(index)
    assert content["questions"][1]["text"] == 'Góp\ný "khác" \\ 😀 \té'
    expected = hashlib.sha256(sorted_json(content)).hexdigest()
    assert indexfile.digest(index) == f"sha256:{expected}"


def test_the_canonical_content_reads_back_as_the_same_index() -> None:
    index = indexfile.parse(SMALL)
    content = json.loads(json.dumps(indexfile.canonical(index)))
    assert indexfile.read(content) == index


def test_an_index_without_organiser_has_none_in_its_content() -> None:
    index = indexfile.parse(SMALL)
    assert index.organiser is None
    assert "organiser" not in indexfile.canonical(index)


def test_an_organiser_keeps_just_the_keys_it_was_given() -> None:
    index = indexfile.parse(SMALL + '[organiser]\nname = "Sở Nội vụ"\nunit = "snv"\n')
    assert index.organiser == Organiser(name="Sở Nội vụ", unit="snv")
    content = indexfile.canonical(index)
    assert content["organiser"] == {"name": "Sở Nội vụ", "unit": "snv"}
    assert indexfile.read(content) == index


def test_stated_defaults_change_nothing() -> None:
    stated = SMALL.replace(
        'name = "Đại biểu HĐND"', 'name = "Đại biểu HĐND"\nrates = "all"\nweight=1.0'
    )
    stated = stated.replace('block = "so"', 'block = "so"\nnot_applicable = []')
    stated += '[rules]\nmin_ballots = "5"\nown_unit = "exclude"\nclasses = []\nchoose_units = false'
    assert indexfile.parse(stated) == indexfile.parse(SMALL)
    assert indexfile.parse(SMALL).rules == Rules()


def test_texts_are_composed_and_trimmed() -> None:
    decomposed = unicodedata.normalize("NFD", SMALL)
    assert decomposed != SMALL
    assert indexfile.digest(indexfile.parse(decomposed)) == indexfile.digest(indexfile.parse(SMALL))


def test_the_order_of_keys_does_not_matter_but_that_of_entries_does() -> None:
    swapped = SMALL.replace(
        'code = "snv"\nname = "Sở Nội vụ"\n', 'name = "Sở Nội vụ"\ncode = "snv"\n'
    )
    more = '[[groups]]\ncode = "xa"\nname = "Xã"\n'
    digests = [
        indexfile.digest(indexfile.parse(text))
        for text in (
            SMALL,
            swapped,
            SMALL.replace("[[groups]]", more + "[[groups]]"),
            SMALL.replace("[[questions]]", more + "[[questions]]", 1),
        )
    ]
    assert digests[0] == digests[1]
    assert len(set(digests)) == 3


def test_bytes_with_a_byte_order_mark_and_windows_line_ends_read_the_same() -> None:
    windows = "\ufeff" + SMALL.replace("\n", "\r\n")
    assert indexfile.parse(windows.encode()) == indexfile.parse(SMALL)
    assert indexfile.parse(windows) == indexfile.parse(SMALL)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("1", Fraction(1)),
        ("1.0", Fraction(1)),
        ("0x1", Fraction(1)),
        ("1e0", Fraction(1)),
        ('"1"', Fraction(1)),
        ('"1.50"', Fraction(3, 2)),
        ('"2/3"', Fraction(2, 3)),
        ('"04/06"', Fraction(2, 3)),
        ("0.1", Fraction(1, 10)),
        ("0", Fraction(0)),
        ("-0.0", Fraction(0)),
        ("0e999999999", Fraction(0)),
        ("0." + "0" * 28 + "1", Fraction(1, 10**29)),
    ],
)
def test_numbers_are_exact_in_every_notation(written: str, meant: Fraction) -> None:
    index = indexfile.parse(SMALL.replace("weight = 0.20", f"weight = {written}"))
    assert index.scales[0].levels[1].weight == meant
    assert indexfile.read(indexfile.canonical(index)) == index


def test_decimals_from_a_mapping_are_read_like_those_of_a_file() -> None:
    raw = tomllib.loads(SMALL, parse_float=Decimal)
    assert indexfile.read(raw) == indexfile.parse(SMALL)


def test_lines_of_a_notice_may_break() -> None:
    index = indexfile.parse(SMALL + '[organiser]\nnotice = """\nMục đích.\n\n\tQuyền.\n"""')
    assert index.organiser is not None
    assert index.organiser.notice == "Mục đích.\n\n\tQuyền."


def test_codes_differing_by_a_trailing_zero_are_two_codes() -> None:
    text = SMALL.replace('"1.2"', '"1.10"').replace(
        "[[scales]]",
        """[[criteria]]
code = "1.1.20"
parent = "1.1"
name = "Không điểm"
max_points = 0
method = "appraisal"
[[criteria]]
code = "1.1.200"
parent = "1.1"
name = "Không điểm"
max_points = 0
method = "appraisal"

[[scales]]""",
    )
    index = indexfile.parse(text)
    assert {"1.1", "1.10", "1.1.20", "1.1.200"} <= index.criterion_of.keys()


@pytest.mark.parametrize("path", [*TINY, LAI_CHAU], ids=lambda path: path.stem)
class TestEveryIndexOfTheProject:
    def test_it_is_named_after_its_code(self, path: Path) -> None:
        assert indexfile.parse(path.read_bytes()).code == path.stem

    def test_it_can_be_launched(self, path: Path) -> None:
        index = indexfile.parse(path.read_bytes())
        expected = ["[rules], min_ballots"] if path.stem == "min-ballots-one" else []
        assert [warning.place for warning in indexfile.warnings(index)] == expected

    def test_its_content_is_texts_and_booleans_and_reads_back(self, path: Path) -> None:
        index = indexfile.parse(path.read_text(encoding="utf-8"))
        content = indexfile.canonical(index)
        assert all(isinstance(value, str | bool) for value in values(content))
        assert indexfile.read(content) == index

    def test_its_digest_is_the_sha256_of_its_content(self, path: Path) -> None:
        index = indexfile.parse(path.read_bytes())
        expected = hashlib.sha256(sorted_json(indexfile.canonical(index))).hexdigest()
        assert indexfile.digest(index) == f"sha256:{expected}"


def test_the_index_of_lai_chau_has_the_sizes_its_report_tells() -> None:
    index = indexfile.parse(LAI_CHAU.read_bytes())
    assert (len(index.units), len(index.components), len(index.groups)) == (20, 8, 5)
    assert sum(unit.block == "dac-thu" for unit in index.units) == 5
    methods = [leaf.method for leaf in index.leaves]
    assert (methods.count("survey"), methods.count("external")) == (22, 1)
    assert (len(index.scored_questions), len(index.comments)) == (23, 1)
    special = next(unit for unit in index.units if unit.block == "dac-thu")
    points = [leaf.max_points or 0 for leaf in index.scored_leaves(special)]
    assert sum(points) == 24
