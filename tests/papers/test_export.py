"""The document of a score sheet, and its JSON and CSV files."""

import csv
import hashlib
import io
import json
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings

from app.index import file as indexfile
from app.papers.export import Document, digest, receipts_digest, to_csv, to_json
from tests.making.sheets import Answers, Case, cases, levels, make_document, make_facts

HERE = Path(__file__).parent.parent
SCHEMA = json.loads((HERE.parent / "app" / "papers" / "scores.schema.json").read_text("utf-8"))
conforms = jsonschema.Draft202012Validator(SCHEMA)
some = settings(max_examples=40, deadline=None)

# The document


def test_the_document_has_the_keys_of_the_format_in_its_order() -> None:
    found = make_document()
    assert " ".join(found) == (
        "format wave sheet index mode two_people issued cast counted void foreign closed_at "
        "receipts units digest"
    )
    assert list(found["index"]) == ["digest", "content"]
    assert " ".join(found["units"][0]) == (
        "code ballots points max_points percent scaled rank class exact_percent reason missing "
        "criteria"
    )
    survey, _survey, external = found["units"][0]["criteria"]
    assert list(survey) == ["code", "points", "max_points", "exact", "questions"]
    assert list(external) == ["code", "points", "max_points", "exact", "percent"]


def test_the_document_states_the_wave() -> None:
    found = make_document(facts=make_facts(mode="committee", two_people=True))
    stated = {key: found[key] for key in list(found)[:3] + list(found)[4:13]}
    assert stated == {
        "format": "phieu.scores/1",
        "wave": "thu-2022",
        "sheet": 3,
        "mode": "committee",
        "two_people": True,
        "issued": 1611,
        "cast": 1204,
        "counted": 1204,
        "void": 1,
        "foreign": 2,
        "closed_at": "2023-03-04T17:00:00+07:00",
        "receipts": receipts_digest(["bb" * 32, "aa" * 32]),
    }


def test_later_and_void_ballots_stand_beside_those_they_are_of_and_are_left_out_while_none() -> (
    None
):
    keys = list(make_document(facts=make_facts(issued_later=4, altered=2)))
    assert keys[keys.index("issued") : keys.index("foreign")] == [
        *("issued", "issued_later", "cast", "counted", "void", "altered")
    ]
    found = make_document(facts=make_facts(issued_later=4, altered=2))
    assert (found["issued_later"], found["altered"]) == (4, 2)
    assert not {"issued_later", "altered"} & make_document().keys()


def test_a_sheet_of_a_wave_without_later_or_void_ballots_is_as_it_always_was() -> None:
    """A sheet is compared with the last one by its bytes, and old files are verified by theirs."""
    found = make_document()
    assert digest({**found, "issued_later": 0}) != digest(found) == found["digest"]


def test_a_unit_stands_as_the_format_writes_it() -> None:
    unit = make_document(rules={"classes": [{"label": "Khá", "from": 70}]})["units"][0]
    exact = Fraction(83, 95) + Fraction(9, 10) + Fraction("4.182")
    assert unit == {
        "code": "snv",
        "ballots": 19,
        "points": "5.96",
        "max_points": "7.5",
        "percent": "79.41",
        "scaled": "5.96",
        "rank": 1,
        "class": "Khá",
        "exact_percent": str(100 * exact / Fraction("7.5")),
        "reason": None,
        "missing": [],
        "criteria": [
            {
                "code": "2.4.1",
                "points": "0.87",
                "max_points": "1",
                "exact": "83/95",
                "questions": [
                    {
                        "code": "q1",
                        "counts": {
                            "hdnd": {"A": 10, "B": 4, "C": 1, "D": 0, "-": 2},
                            "xa+so": {"A": 4, "B": 0, "C": 0, "D": 0, "-": 1},
                        },
                    }
                ],
            },
            {
                "code": "2.4.2",
                "points": "0.90",
                "max_points": "1.5",
                "exact": "9/10",
                "questions": [
                    {"code": "q2", "counts": {"hdnd": {"A": 0, "B": 5, "C": 0, "D": 0, "-": 0}}}
                ],
            },
            {
                "code": "8.2",
                "points": "4.18",
                "max_points": "5",
                "exact": "2091/500",
                "percent": "83.64",
            },
        ],
    }


def test_a_unit_without_data_is_nulls_with_its_reason() -> None:
    unit = make_document(external={("ttt", "8.2"): Fraction(50)})["units"][1]
    survey, other, external = unit.pop("criteria")
    assert unit == {
        "code": "ttt",
        "ballots": None,
        "points": None,
        "max_points": None,
        "percent": None,
        "scaled": None,
        "rank": None,
        "class": None,
        "exact_percent": None,
        "reason": "no-data",
        "missing": ["2.4.1", "2.4.2"],
    }
    assert (survey["points"], survey["max_points"], survey["exact"]) == (None, "1", None)
    assert survey["questions"] == [{"code": "q1", "counts": None}]
    assert other["points"] is None
    assert external == {
        "code": "8.2",
        "points": None,
        "max_points": "5",
        "exact": None,
        "percent": "50",
    }


def test_a_missing_external_percent_is_null() -> None:
    unit = make_document(external={})["units"][0]
    assert unit["missing"] == ["8.2"]
    assert unit["criteria"][2] == {
        "code": "8.2",
        "points": None,
        "max_points": "5",
        "exact": None,
        "percent": None,
    }


def test_a_maximum_without_a_finite_decimal_is_a_reduced_fraction() -> None:
    leaves = ({"code": "1.1", "max_points": "4/6"}, {"code": "1.2", "max_points": "2.50"})
    answers: Answers = {("q1", "snv"): {"hdnd": levels(9)}, ("q2", "snv"): {"hdnd": levels(9)}}
    unit = make_document(answers, leaves=leaves)["units"][0]
    assert [leaf["max_points"] for leaf in unit["criteria"]] == ["2/3", "2.5"]
    assert (unit["max_points"], unit["exact_percent"]) == ("19/6", "100")
    assert unit["criteria"][0]["exact"] == "2/3"
    assert unit["criteria"][0]["points"] == "0.67"


@pytest.mark.parametrize(
    ("decimals", "points", "percent"), [(0, "1", "68"), (1, "0.7", "67.5"), (3, "0.675", "67.500")]
)
def test_points_are_rounded_half_up_and_padded(decimals: int, points: str, percent: str) -> None:
    leaves = ({"code": "1.1", "max_points": "1"},)
    answers: Answers = {("q1", "snv"): {"hdnd": {"A": 27, "D": 13}}}
    unit = make_document(answers, leaves=leaves, rules={"decimals": decimals})["units"][0]
    assert (unit["points"], unit["percent"]) == (points, percent)


@pytest.mark.parametrize(
    ("percent", "written"), [("100", "100"), ("0", "0"), ("80.50", "80.5"), ("1/8", "0.125")]
)
def test_an_external_percent_is_exact_without_trailing_zeros(percent: str, written: str) -> None:
    found = make_document(external={("snv", "8.2"): Fraction(percent)})
    assert found["units"][0]["criteria"][2]["percent"] == written


def test_the_closing_time_is_that_of_hanoi_in_seconds() -> None:
    facts = make_facts(closed_at=datetime(2023, 3, 4, 17, 30, 59, 999_999, tzinfo=UTC))
    assert make_document(facts=facts)["closed_at"] == "2023-03-05T00:30:59+07:00"


def test_the_receipts_digest_is_over_the_sorted_hashes() -> None:
    hashes = [hashlib.sha256(receipt).hexdigest() for receipt in (b"B", b"A", b"C")]
    lines = "\n".join(sorted(hashes)).encode()
    assert receipts_digest(iter(hashes)) == "sha256:" + hashlib.sha256(lines).hexdigest()
    assert receipts_digest([]) == "sha256:" + hashlib.sha256(b"").hexdigest()


def plain_digest(value: Any) -> str:
    """RFC 8785 as far as this format needs it: ASCII keys and whole numbers."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def test_the_digests_can_be_computed_without_us() -> None:
    found = json.loads(to_json(make_document()))
    assert plain_digest(found["index"]["content"]) == found["index"]["digest"]
    stated = found.pop("digest")
    assert plain_digest(found) == stated


# JSON


@some
@given(cases())
def test_every_document_conforms_to_the_schema_that_ships(case: Case) -> None:
    conforms.validate(json.loads(to_json(case.document)))


def test_the_schema_is_sound_and_refuses_what_is_not_of_the_format() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    sound = make_document()
    for path, value in (
        (["sheet"], 0),
        (["extra"], 1),
        (["closed_at"], "2023-03-04T17:00:00Z"),
        (["issued_later"], 0),
        (["altered"], None),
        (["units", 0, "ballots"], -1),
        (["units", 0, "ballots"], "19"),
        (["units", 0, "points"], 5.96),
        (["units", 0, "points"], None),
        (["units", 0, "reason"], "no-data"),
        (["units", 1, "points"], "0.00"),
        (["units", 0, "criteria", 0, "exact"], "1.5"),
        (["units", 0, "criteria", 2, "percent"], "83.640"),
        (["units", 0, "criteria", 0, "questions", 0, "counts", "hdnd", "A"], -1),
    ):
        spoiled = json.loads(to_json(sound))
        at = spoiled
        for key in path[:-1]:
            at = at[key]  # type: ignore[index]
        at[path[-1]] = value  # type: ignore[index]
        assert not conforms.is_valid(spoiled), path


def test_the_schema_knows_later_and_void_ballots_and_those_that_are_too_few() -> None:
    conforms.validate(make_document(answers={}, facts=make_facts(issued_later=1, altered=1)))


def test_the_json_is_readable_utf_8_with_a_line_end() -> None:
    data = to_json(make_document())
    assert "Sở Nội vụ".encode() in data
    assert data.endswith(b"\n}\n")
    assert data.count(b"\n") > 50


@some
@given(cases())
def test_the_same_sheet_always_gives_the_same_bytes(case: Case) -> None:
    kept = json.loads(json.dumps(case.document, ensure_ascii=False))  # as the database keeps it
    assert to_json(kept) == to_json(case.document)
    assert to_csv(kept) == to_csv(case.document)


def test_every_tiny_index_can_be_exported() -> None:
    for path in sorted((HERE / "indexes").glob("*.toml")):
        index = indexfile.parse(path.read_text("utf-8"))
        answers = {
            (question, unit): {group: {"-": 1} for group in index.question_of[question].groups}
            for question, unit in index.items
        }
        found = Case(index, answers, {}).document
        conforms.validate(found)
        assert len(read_csv(found)) > len(index.units)


# CSV


def read_csv(found: Document) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(to_csv(found).decode("utf-8-sig"), newline="")))


def test_the_csv_begins_with_the_mark_that_excel_needs() -> None:
    data = to_csv(make_document())
    assert data.startswith(b"\xef\xbb\xbf")
    assert data.endswith(b"\r\n")


def test_the_csv_has_a_row_for_each_unit_and_each_of_its_leaves() -> None:
    rows = read_csv(make_document())
    assert [(row["Mã đơn vị"], row["Mã tiêu chí"]) for row in rows] == [
        *(("snv", ""), ("snv", "2.4.1"), ("snv", "2.4.2"), ("snv", "8.2")),
        *(("ttt", ""), ("ttt", "2.4.1"), ("ttt", "2.4.2"), ("ttt", "8.2")),
    ]
    assert rows[0] == {
        "Mã đơn vị": "snv",
        "Đơn vị": "Sở Nội vụ",
        "Khối": "Khối b1",
        "Mã tiêu chí": "",
        "Tiêu chí": "",
        "Điểm": "5.96",
        "Điểm tối đa": "7.5",
        "Tỷ lệ %": "79.41",
        "Điểm quy đổi": "5.96",
        "Hạng": "1",
        "Xếp loại": "",
        "Số phiếu": "19",
        "Ghi chú": "",
    }
    assert (rows[3]["Tiêu chí"], rows[3]["Điểm"], rows[3]["Tỷ lệ %"]) == (
        "Tiêu chí 8.2",
        "4.18",
        "83.64",
    )


def test_what_is_missing_in_the_csv_is_empty_with_its_reason_and_never_nought() -> None:
    rows = read_csv(make_document())
    assert [(row["Điểm"], row["Ghi chú"]) for row in rows[4:]] == [
        ("", "Không có tiêu chí điều tra nào tính được điểm"),
        ("", "Không đủ câu trả lời để tính điểm"),
        ("", "Không đủ câu trả lời để tính điểm"),
        ("", "Chưa nhập tỷ lệ"),
    ]


def test_too_few_ballots_to_be_told_are_an_empty_cell_of_the_csv() -> None:
    rows = read_csv(make_document())
    assert [row["Số phiếu"] for row in rows if not row["Mã tiêu chí"]] == ["19", ""]


@pytest.mark.parametrize(
    "name", ["=1+1", "+84", "-2+3", "@SUM(A1)", "\N{FULLWIDTH EQUALS SIGN}1+1"]
)
def test_no_text_of_the_csv_becomes_a_formula(name: str) -> None:
    rows = read_csv(make_document(units=({"code": "-snv", "name": name},), answers={}))
    assert rows[0]["Đơn vị"] == f"'{name}"
    assert rows[0]["Mã đơn vị"] == "'-snv"


def test_commas_quotes_and_line_ends_of_a_name_stay_in_their_cell() -> None:
    name = 'Sở "A", B; C'
    rows = read_csv(make_document(units=({"code": "snv", "name": name},)))
    assert rows[0]["Đơn vị"] == name
    assert len(rows) == 4
