"""So với năm trước: the year beside is chosen or brought, what became what is settled there, and
page, papers and command line say the same of it."""

import json
from pathlib import Path
from typing import Any

from sqlmodel import col, update

from app.audit import chain
from app.count import lineages, scoresheets
from app.keys.keyfile import KeyFile
from app.papers import export, unitsheets
from app.scores import yearwords
from app.scores.course import Course
from app.scores.results import Results
from app.settings import Settings
from app.store.db import Database
from app.store.resultmodels import KeptLineage
from app.waves import wave as waves
from app.years import compare
from app.years import lineage as lineagefiles
from app.years.lineage import Lineage, Link
from app.years.year import Earlier
from tests.commands.test_papers import SQLITE, Run, run
from tests.making.consoles import Clerk, desk_of
from tests.making.twoyears import THEN, sheet
from tests.making.words import text_of
from tests.web.console.test_results import BASE, CODE, scored_wave

__all__ = ["run"]
YEARS = f"{BASE}/ket-qua/so-voi-nam-truoc"
LAST = sheet(2021, THEN)
BECAME = "cu-units-sgt"


def bring(clerk: Clerk, data: bytes, name: str = "nam-truoc.json") -> Clerk:
    clerk.open(YEARS)
    return clerk.upload(clerk.form_to("/bang-diem"), {"bang-diem": (name, data)})


def earlier_of(db: Database) -> Earlier:
    with db.reading() as session:
        found = lineages.earlier(session, waves.load(session, CODE))
    assert found is not None
    return found


@SQLITE
def test_a_sheet_of_last_year_is_brought_settled_and_told_alike_everywhere(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    document = scored_wave(db, keys)
    clerk = desk_of(db, keys, configured)
    clerk.open(clerk.open(f"{BASE}/ket-qua").link("So với năm trước"))
    assert "Chưa có bảng điểm nào trước đợt này" in clerk.text
    bring(clerk, export.to_json(LAST))
    assert clerk.fine, clerk.text
    assert "So với năm 2021: đợt cchc-2021, bảng điểm số 3." in clerk.text
    assert "Đơn vị mới, không so được: Sở Tài chính." in clerk.text
    assert "Đơn vị không còn: Sở Giao thông; Sở Khoa học; Sở Thông tin; Ban Dân tộc." in clerk.text
    clerk.send(clerk.form_to("/bang-noi"), {BECAME: "stc"})
    assert clerk.fine, clerk.text
    results = Results(document, earlier_of(db))
    said = [*yearwords.of_units(results), *next(iter(yearwords.all_of(results)))[1]]
    assert "Sở Tài chính trước là Sở Giao thông." in said
    report = text_of(export.to_docx(document, earlier_of(db)))
    for words in said:
        assert words in clerk.text
        assert words in report
    own = text_of(unitsheets.together(document, earlier_of(db), Course(), "stc"))
    assert "Sở Tài chính trước là Sở Giao thông." in own
    assert "năm 2021" in clerk.open(f"{BASE}/ket-qua").text
    assert "Sở Tài chính trước là Sở Giao thông." in clerk.open(f"{BASE}/ket-qua/co-quan/stc").text
    with db.reading() as session:
        noted = [line.facts for line in chain.lines(session, "wave.lineage", CODE)]
    assert noted == [{"earlier": "cchc-2021"}] * 2


@SQLITE
def test_what_cannot_be_believed_or_be_is_told_and_nothing_is_lost(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    scored_wave(db, keys)
    clerk = desk_of(db, keys, configured)
    spoiled = json.loads(export.to_json(LAST))
    spoiled["units"][0]["points"] = "9.99"
    for data, words in (
        (b"{}", "không dùng được"),
        (json.dumps(spoiled).encode(), "units[snv].points: trong tệp là 9.99"),
        (export.to_json({**sheet_of(db)}), "bảng điểm của chính đợt"),
    ):
        bring(clerk, data)
        assert clerk.refused
        assert words in clerk.text
    bring(clerk, export.to_json(LAST))
    file = clerk.client.get(f"{YEARS}/bang-noi").content
    assert lineagefiles.parse(file, *indexes(db)) == Lineage()
    clerk.open(YEARS)
    with_both = {"cu-units-skhcn": "snv", "moi-units-stc": "snv"}
    clerk.send(clerk.form_to("/bang-noi"), {**with_both, BECAME: "stc"})
    assert clerk.refused
    assert "vừa gộp vừa tách" in clerk.text
    assert clerk.form_to("/bang-noi").values["cu-units-skhcn"] == ["snv"]
    bad = b"""format = 1
[[units]]
from = ["sgt"]
to = ["stc"]
[[units]]
from = ["sgt", "x"]
to = ["snv"]
"""
    clerk.open(YEARS)
    clerk.upload(clerk.form_to("/tep"), {"tep": ("noi.toml", bad)})
    assert clerk.refused
    assert "năm trước không có mã “x”" in clerk.text
    assert "“sgt” đã ghi ở [[units]] số 1; một mã năm trước chỉ ghi một lần" in clerk.text
    clerk.open(YEARS)
    good = lineagefiles.written(Lineage((Link(("sgt", "bdt"), ("stc",)),))).encode()
    clerk.upload(clerk.form_to("/tep"), {"tep": ("noi.toml", good)})
    assert clerk.fine, clerk.text
    assert "Sở Tài chính gộp từ Sở Giao thông và Ban Dân tộc." in clerk.text
    with db.transaction() as session:
        written = lineagefiles.written(Lineage())
        session.connection().execute(
            update(KeptLineage).where(col(KeptLineage.wave_id) > 0).values(content=written)
        )
    assert "Bảng nối năm của đợt" in clerk.open(YEARS).text
    with db.transaction() as session:
        lineages.adopt(session, waves.load(session, CODE))
    assert clerk.open(YEARS).fine


def sheet_of(db: Database) -> Any:
    with db.reading() as session:
        return scoresheets.latest_sheet(session, CODE)


def indexes(db: Database) -> Any:
    results = Results(sheet_of(db), earlier_of(db))
    return results.index, results.before


@SQLITE
def test_the_wave_to_compare_with_is_chosen_and_papers_follow(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    scored_wave(db, keys, code="cu", people=30)
    scored_wave(db, keys, code="moi", people=36)
    scored_wave(db, keys)
    clerk = desk_of(db, keys, configured)
    assert earlier_of(db).sheet["wave"] == "moi"
    clerk.open(YEARS)
    clerk.send(clerk.form_to("/dot"), {"dot": "cu"})
    assert clerk.fine, clerk.text
    assert "đợt cu, bảng điểm số 1" in clerk.text
    assert earlier_of(db).sheet["wave"] == "cu"
    assert "đợt moi" in clerk.open(f"{YEARS}?so-voi=moi").text
    clerk.open(YEARS)
    clerk.send(clerk.form_to("/dot"), {"dot": ""})
    assert earlier_of(db).sheet["wave"] == "moi"
    council = desk_of(db, keys, configured, "council")
    assert council.open(YEARS).forms == [] or "Lưu bảng nối năm" not in council.text


@SQLITE
def test_the_command_compares_with_a_wave_or_a_file_that_verifies(
    db: Database, keys: KeyFile, run: Run, tmp_path: Path
) -> None:
    before = scored_wave(db, keys, code="cu", people=30)
    document = scored_wave(db, keys)
    done = run("wave", "compare", CODE, "cu", "--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout) == compare.document(document, before)
    told = run("wave", "compare", CODE, "cu").stdout
    results = Results(document, Earlier(before))
    for _block, said in yearwords.all_of(results):
        for words in said:
            assert words in told
    file, lineage = tmp_path / "cu.json", tmp_path / "noi.toml"
    file.write_bytes(export.to_json(LAST))
    found = Lineage((Link(("sgt",), ("stc",)),))
    lineage.write_text(lineagefiles.written(found))
    done = run("wave", "compare", CODE, file, "--lineage", lineage, "--json")
    assert json.loads(done.stdout) == compare.document(document, LAST, found)
    lineage.write_text('format = 1\n[[units]]\nfrom = ["sgt", "la"]\nto = ["stc", "snv"]\n')
    file.write_bytes(export.to_json(LAST).replace(b'"cast": 10', b'"cast": 9'))
    for asked, words in (
        ((CODE, "cu", "--lineage", lineage), "[[units]] số 1, from: năm trước không có mã “sgt”"),
        ((CODE, file), "counted: trong tệp là 10, phải là 9"),
        ((CODE, "khong-co"), "không có tệp khong-co"),
    ):
        refused = run("wave", "compare", *asked)
        assert refused.exit_code == 1
        assert words in str(refused.exception) + refused.output
