"""The tally for analysts: what a program that knows nothing of it reads."""

import csv
import io
import json
import zipfile
from collections import Counter
from dataclasses import replace

import pytest

from app.index.parts import Unit
from app.papers.analysts import bundle, syntax
from app.papers.analysts.codes import Codes
from app.papers.export import Document
from tests.making.blocks import make_index
from tests.papers.test_verify_choices import SOUND

INDEX = make_index("choices")


def opened(document: Document) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(bundle.to_zip(document))) as found:
        return {name: found.read(name).decode() for name in found.namelist()}


FILES = opened(SOUND)


def rows(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(FILES[name], newline="")))


def test_the_tally_has_the_counts_of_the_sheet_and_nothing_finer() -> None:
    found = rows("kiem-phieu.csv")
    wishes = {
        (row["cell"], row["level"]): (row["n"], row["answers"])
        for row in found
        if row["question"] == "m1"
    }
    said = SOUND["choices"][0]
    assert wishes == {
        (cell, level): (str(n), str(said["answers"][cell]))
        for cell, levels in said["counts"].items()
        for level, n in levels.items()
    }
    scored = [row for row in found if row["kind"] == "scored" and row["unit"] == "snv"]
    assert [(row["level_label"], row["weight"], row["n"]) for row in scored] == [
        ("Tốt", "1", "9"),
        ("Trung bình", "0.5", "3"),
        ("Chưa tốt", "0", "0"),
        ("Không có ý kiến", "", "2"),
    ]
    assert {row["answers"] for row in scored} == {"14"}
    (hidden,) = (row for row in found if row["question"] == "m4")
    assert (hidden["withheld"], hidden["cell"], hidden["level"], hidden["n"]) == ("1", "", "", "")


def test_every_code_of_the_tally_is_in_the_codebook() -> None:
    known = {(row["variable"], row["code"]): row for row in rows("so-tay-ma.csv")}
    for row in rows("kiem-phieu.csv"):
        for name in row:
            assert known[name, ""]["label"], name
        for name in ("wave", "question", "kind", "component", "criterion", "unit", "block", "cell"):
            assert not row[name] or known[name, row[name]]["label"], name
    assert known["question", "m1"]["most"] == "3"
    assert known["criterion", "c1.1"]["maximum"] == "2"


@pytest.mark.parametrize(
    ("codes", "letter"),
    [(("snv", "stc"), ""), (("snv", "01"), "u"), (("NA", "snv"), "u"), (("1e5", "x"), "u")],
)
def test_a_code_that_a_program_takes_for_a_number_gets_a_letter(
    codes: tuple[str, ...], letter: str
) -> None:
    units = tuple(Unit(code, code, "so") for code in codes)
    assert Codes(replace(INDEX, units=units), "d").of("unit", codes[0]) == letter + codes[0]


def test_the_package_describes_just_the_columns_there_are() -> None:
    described = json.loads(FILES["datapackage.json"])
    for each in described["resources"]:
        header = FILES[each["path"]].partition("\r\n")[0]
        assert header == ",".join(field["name"] for field in each["schema"]["fields"])
        assert header.isascii()
    assert SOUND["digest"] in described["description"]


def test_spss_gets_each_column_as_wide_as_it_is_and_quotes_quoted() -> None:
    text = FILES["phieu.sps"]
    assert text.startswith("\N{ZERO WIDTH NO-BREAK SPACE}* Encoding: UTF-8.")
    widest = max(len(row["level_label"].encode()) for row in rows("kiem-phieu.csv"))
    assert f"    level_label A{widest}\n" in text
    assert "    'stc' 'Sở Tài chính'\n" in text
    odd = syntax.spss((), (), {"unit": {"a": "it's. " + "ữ" * 90}}).decode()
    label = odd.split("'a' ")[1].split("\n")[0]
    assert label.startswith("'it''s. ")
    assert len(label[1:-1].replace("''", "'").encode()) <= 120


def test_the_same_sheet_gives_the_same_files_and_no_label_becomes_a_formula() -> None:
    assert bundle.to_zip(SOUND) == bundle.to_zip(SOUND)
    index = json.loads(json.dumps(SOUND))
    index["index"]["content"]["units"][0]["name"] = "=1+2"
    found = csv.DictReader(io.StringIO(opened(index)["so-tay-ma.csv"], newline=""))
    assert Counter(row["label"] for row in found)["'=1+2"] == 1
