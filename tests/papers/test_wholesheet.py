"""The whole index as files: its document recomputed from itself, its workbook, its Word part."""

import copy
import csv
import json
import random
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from referencing import Registry, Resource

from app.papers import export, unitsheets, verify, wholesheet
from app.papers.differences import Differs
from app.papers.export import Document, digest, to_json
from app.papers.wholeverify import NotScores, in_words, verify_file
from app.scores.course import Course
from app.scores.wholeresults import EXACT_SUMS, Whole
from tests.making.books import pages_of
from tests.making.sheets import LEAVES, make_document
from tests.making.words import table_of, tables, text_of
from tests.papers.test_verify import leaves_of
from tests.scores.test_whole import points, survey

PAPERS = Path(export.__file__).parent
SCHEMA = json.loads((PAPERS / "whole.schema.json").read_text("utf-8"))
SCORES = json.loads((PAPERS / "scores.schema.json").read_text("utf-8"))
known = Registry().with_resource("urn:phieu:scores:1", Resource.from_contents(SCORES))
conforms = jsonschema.Draft202012Validator(SCHEMA, registry=known)

DICE = random.Random(3)
SURVEY, POINTS = survey(DICE), points(DICE)
SOUND = wholesheet.document(2, SURVEY, POINTS)


def signed(found: Document) -> bytes:
    return to_json(found | {"digest": digest(found)})


def altered(path: tuple[str | int, ...], value: Any, found: Document = SOUND) -> bytes:
    other = copy.deepcopy(found)
    at: Any = other
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = value
    return signed(other)


def test_a_sound_sheet_is_verified_and_conforms_to_the_schema_that_ships() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    conforms.validate(json.loads(to_json(SOUND)))
    found = verify_file(to_json(SOUND))
    assert (found.sheet, found.survey, found.digest) == (2, 3, SOUND["digest"])
    assert "bảng điểm điều tra số 3" in in_words(found)
    # The score sheet in it is the score sheet, and is verified by itself as ever.
    assert SOUND["survey"]["content"] == SURVEY
    assert verify_file(to_json(SURVEY)) == verify.verify(to_json(SURVEY))
    with pytest.raises(NotScores):
        verify.verify(to_json(SOUND))


def test_every_value_that_is_changed_is_named_though_the_digest_fits() -> None:
    small = make_document(
        leaves=(*LEAVES, {"code": "2.5", "max_points": "7", "method": "appraisal"})
    )
    sound = wholesheet.document(1, small, {("snv", "2.5"): Fraction("6.5")})
    looked = 0
    for path, value in leaves_of(sound):
        if path[0] == "survey" and path[1] == "content":
            continue  # as test_verify does
        other = {str: "7.77", int: 99, type(None): "0.5"}[type(value)]
        if path in (("sheet",), ("digest",)):
            continue  # the one is stated, the other made anew here
        with pytest.raises((Differs, NotScores)):
            verify_file(altered(path, other, sound))
        looked += 1
    assert looked > 30


@pytest.mark.parametrize(
    ("path", "value", "place"),
    [
        (("units", 0, "criteria", 0, "points"), "20.01", "units[u0].criteria[1.2].points"),
        (("units", 0, "criteria", 0, "points"), "1.50", "units[u0].criteria[1.2].points"),
        (("units", 0, "criteria", 0, "points"), 1, "units[u0].criteria[1.2].points"),
        (("units", 1, "criteria"), [], "units[u1].criteria[1.2]"),
        (("units", 0, "rank"), 9, "units[u0].rank"),
        (("survey", "sheet"), 4, "survey.sheet"),
        (("survey", "digest"), "sha256:" + "0" * 64, "survey.digest"),
        (("survey", "content", "units", 0, "rank"), 9, "survey.content.units[u0].rank"),
        (("survey", "content", "digest"), "x", "survey.content.digest"),
        (("wave",), "khac", "wave"),
        (("more",), 1, "more"),
    ],
)
def test_what_was_changed_is_named_by_its_place(
    path: tuple[str | int, ...], value: Any, place: str
) -> None:
    with pytest.raises(Differs) as differs:
        verify_file(altered(path, value))
    assert differs.value.place == place
    assert str(differs.value).startswith(place)


@pytest.mark.parametrize(
    "data",
    [
        altered(("survey",), None),
        altered(("survey", "content"), {"format": "phieu.whole/1"}),
        altered(("sheet",), 0),
        altered(("format",), "phieu.whole/2"),
        b"{}",
        b"\xff",
    ],
)
def test_what_is_no_such_file_is_refused_with_a_reason(data: bytes) -> None:
    with pytest.raises(NotScores):
        verify_file(data)


def test_the_workbook_has_the_whole_index_in_the_layout_of_provinces() -> None:
    whole = Whole(SOUND, {"u0": "Lò Văn Sơn"})
    data = export.write("xlsx", SURVEY, None, None, whole)
    assert data == export.write("xlsx", SURVEY, None, None, whole)
    book = dict(pages_of(data))
    ranking = [text for _row, _column, _kind, text in book["Cả bộ chỉ số"]]
    assert EXACT_SUMS in ranking
    assert "Lò Văn Sơn" in ranking
    assert any(SOUND["digest"] in text for text in ranking)
    fields = {(row, column): text for row, column, _kind, text in book["Theo lĩnh vực"]}
    heads = [text for (row, _column), text in sorted(fields.items()) if row == 4]
    assert heads == ["STT", "Cơ quan", *["ĐTXHH", "Thẩm định", "Tổng", "%"] * 4]
    names = {text: row for (row, column), text in fields.items() if column == 1}
    row = whole.rows["u0"]
    shown = row.four.shown(2)
    last = [fields[names["Đơn vị 0"], column] for column in range(14, 18)]
    assert [Decimal(text) for text in last] == [Decimal(t.replace(",", ".")) for t in shown]
    assert fields[names["Đơn vị 5"], 17] == "*"
    # Without a whole sheet the council fills the table in, as ever.
    assert "Cả bộ chỉ số" not in dict(pages_of(export.write("xlsx", SURVEY)))


def test_the_report_tells_the_whole_index_and_lists_heads_with_their_class() -> None:
    whole = Whole(SOUND, {"u0": "Lò Văn Sơn"})
    data = export.write("docx", SURVEY, None, None, whole)
    told = " ".join([text_of(data), *(" ".join(row) for each in tables(data) for row in each)])
    for words in ("Kết quả cả bộ chỉ số", EXACT_SUMS, "Lò Văn Sơn", SOUND["digest"], "Thẩm định"):
        assert words in told, words
    assert "được xếp loại theo đơn vị" in told
    assert "Kiểm tra lại kết quả" in told  # the last section is still there
    assert "Kết quả cả bộ chỉ số" not in text_of(export.write("docx", SURVEY))


def test_a_unit_reads_its_whole_index_with_the_numbers_of_all_other_papers() -> None:
    whole = Whole(SOUND, {"u0": "Lò Văn Sơn"})
    rows = {row["Mã đơn vị"]: row for row in _csv(SOUND)}
    for unit in ("u0", "u1"):
        data = unitsheets.together(SURVEY, None, Course(), unit, whole)
        own, stated = dict(map(tuple, tables(data)[2])), rows[unit]
        assert own["Tỷ lệ phần trăm"] == stated["Tỷ lệ %"].replace(".", ",")
        label = stated["Xếp loại"]
        assert own.get("Xếp loại", "") == label
        assert own["Hạng, trên số đơn vị"] == f"{stated['Hạng']} / 4"
        for name, key in (
            ("Điểm điều tra xã hội học, trên tối đa", "ĐTXHH"),
            ("Điểm thẩm định, trên tối đa", "Thẩm định"),
            ("Tổng điểm, trên tối đa", "Tổng điểm"),
        ):
            assert own[name].split(" / ")[0] == stated[key].replace(".", ","), name
        sums = table_of(data, "Chỉ số thành phần", "ĐTXHH")[-1]
        assert sums[1:4] == [own[name].split(" / ")[0] for name in list(own)[1:4]]
        head = own.get("Người đứng đầu, xếp loại theo đơn vị")
        named = f"Lò Văn Sơn ({label})" if label else "Lò Văn Sơn"
        assert head == (named if unit == "u0" else None)
    # Of a unit that lacks points it is said which; without a whole sheet nothing is said.
    lacking = unitsheets.together(SURVEY, None, Course(), "u5", whole)
    assert "chưa có điểm thẩm định của tiêu chí 2.3" in text_of(lacking)
    assert "Cả bộ chỉ số" not in text_of(unitsheets.together(SURVEY, None, Course(), "u0"))


def _csv(document: Document) -> list[dict[str, str]]:
    return list(csv.DictReader(wholesheet.to_csv(document).decode("utf-8-sig").splitlines()))


def test_the_csv_has_a_row_for_each_unit_with_a_reason_where_there_is_no_result() -> None:
    rows = wholesheet.to_csv(SOUND).decode("utf-8-sig").splitlines()
    assert len(rows) == 9
    assert "Chưa có điểm thẩm định của tiêu chí 2.3" in rows[6]
    assert "Không có tiêu chí điều tra" in rows[8]
    assert Fraction(rows[1].split(",")[5]) == Fraction(SOUND["units"][0]["points"])
    assert wholesheet.points_of(SOUND) == POINTS
