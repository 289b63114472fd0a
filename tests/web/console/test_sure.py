"""How sure results are: what an opening keeps, and what pages and files say of it."""

import csv
import io
import json
from fractions import Fraction

import pytest
from docx import Document
from openpyxl import load_workbook
from sqlalchemy import text

from app.count import course, scoresheets, tallies
from app.count.tallies import TallyAltered
from app.index.definition import Index
from app.keys.keyfile import KeyFile
from app.language import decimal
from app.papers import export
from app.precision.margins import Margins
from app.settings import Settings
from app.store.db import Database
from app.waves import wave as waves
from tests.conftest import first_on_both
from tests.making.consoles import desk_of
from tests.web.console.test_results import BASE, CODE, rows, scored_wave, tables


def forget(keys: KeyFile) -> None:
    """As a key file is where an earlier version has opened the urn."""
    with keys.changing() as content:
        del content["waves"][CODE]["facts"]["now"]["precision"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_intervals_stand_on_pages_and_in_files_alike(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    scored_wave(db, keys, "two-blocks")
    with db.reading() as session:
        document = scoresheets.latest_sheet(session, CODE)
        told = course.of_code(session, CODE)
    assert told.precision is not None
    margins = Margins(document, told.precision)
    known = {
        unit["code"]: margin
        for unit in document["units"]
        if (margin := margins.of(unit["code"])) is not None
    }
    assert known
    clerk = desk_of(db, keys, configured).open(f"{BASE}/ket-qua")
    page = clerk.text
    for margin in known.values():
        assert margin.low < margin.high
        assert margin.shown in page
        assert f"khoảng tin cậy 95% {margin.words}" in page
    drawn = [each for each in clerk.tree.iter() if each.get("class") == "whisker"]
    assert len(drawn) == len(known)
    clerk.open(clerk.link("Kết quả chắc đến đâu"))
    shown = {row[1]: row for table in tables(clerk, "rank") for row in rows(table)}
    names = {unit.name: unit.code for unit in told_index(db).units}
    for name, row in shown.items():
        if names[name] in known:
            assert row[3] == known[names[name]].shown
            assert row[4] == known[names[name]].words
    for words in ("RR2", "AAPOR", "không phải ai nhận phiếu cũng trả lời", "Sai số chuẩn"):
        assert words in clerk.text
    assert clerk.open(f"{BASE}/ket-qua/co-quan/{next(iter(known))}").status == 200
    assert next(iter(known.values())).shown in clerk.text
    picture = clerk.client.get(f"{BASE}/ket-qua/xep-hang.svg").text
    assert "khoảng tin cậy 95%" in picture
    assert picture.count('stroke-width="6"') >= 1
    got = clerk.client.get(f"{BASE}/ket-qua/sai-so.csv").content.decode("utf-8-sig")
    lines = list(csv.DictReader(io.StringIO(got)))
    assert len(lines) == len(document["units"])
    for line in lines:
        if line["Mã đơn vị"] in known:
            margin = known[line["Mã đơn vị"]]
            assert Fraction(line["Sai số ±"]) == margin.half
            assert Fraction(line["Sai số chuẩn"]) == margin.error
    book = load_workbook(io.BytesIO(export.write("xlsx", document, None, told)))
    assert {"Sai số", "Tỷ lệ trả lời"} <= set(book.sheetnames)
    drawn_as = [each.ser[0].errBars for each in book["Biểu đồ"]._charts]
    assert any(bars is not None and bars.plus.numRef for bars in drawn_as)
    halves = {row[1].value: row[4].value for row in book["Sai số"].iter_rows(min_row=5)}
    paper = Document(io.BytesIO(export.write("docx", document, None, told)))
    cells = [[cell.text for cell in row.cells] for table in paper.tables for row in table.rows]
    for name, code in names.items():
        if code in known:
            assert halves[name] == pytest.approx(float(known[code].half))
            assert any(name in row and decimal(known[code].half, 2) in row for row in cells)


def told_index(db: Database) -> Index:
    with db.reading() as session:
        return waves.index_of(waves.load(session, CODE))[0]


@first_on_both("what", ["changed", "gone"], both=1)
def test_errors_that_somebody_altered_are_not_shown(db: Database, keys: KeyFile, what: str) -> None:
    scored_wave(db, keys, "two-blocks")
    with db.transaction() as session:
        session.execute(
            text("UPDATE precision SET document = replace(document, '0.', '1.')")
            if what == "changed"
            else text("DELETE FROM precision")
        )
    with db.reading() as session, pytest.raises(TallyAltered, match="Sai số"):
        tallies.precision(session, waves.load(session, CODE))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_wave_that_an_earlier_version_opened_says_that_it_has_none(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    scored_wave(db, keys, "two-blocks")
    forget(keys)
    clerk = desk_of(db, keys, configured).open(f"{BASE}/ket-qua")
    assert clerk.status == 200
    assert "±" not in clerk.text
    clerk.open(f"{BASE}/ket-qua/do-chac")
    assert "phiên bản chưa tính sai số" in clerk.text
    # Nothing that was put there since is believed.
    with db.reading() as session:
        assert tallies.precision(session, waves.load(session, CODE)) is None
        document, told = scoresheets.latest_sheet(session, CODE), course.of_code(session, CODE)
    assert (
        "Sai số"
        not in load_workbook(io.BytesIO(export.write("xlsx", document, None, told))).sheetnames
    )
    assert export.write("docx", document, None, told)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_nothing_of_the_sums_stays_in_the_database(db: Database, keys: KeyFile) -> None:
    scored_wave(db, keys, "two-blocks")
    with db.reading() as session:
        (document,) = session.execute(text("SELECT document FROM precision")).scalars().all()
    kept = json.loads(document)
    assert set(kept) == {"units", "one_level", "agencies"}
    for unit in kept["units"].values():
        assert set(unit) <= {"error", "margin", "below", "difference"}
        for name in set(unit) - {"below"}:
            assert (100 * Fraction(unit[name])).denominator == 1
