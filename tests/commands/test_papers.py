"""Papers by command: sheets of units, the minutes, Mẫu phiếu."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from app.commands.main import app
from app.count import closingfacts, course, openingfacts
from app.keys.keyfile import KeyFile
from app.papers import unitsheets, word
from app.scores import closingminutes, minutes
from app.settings import Settings
from app.store.db import Database
from app.waves.wave import load
from tests.making.blocks import LAI_CHAU, make_wave
from tests.making.words import text_of
from tests.web.console.test_results import CODE, scored_wave

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
Run = Callable[..., Any]


@pytest.fixture
def run(configured: Settings, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command line beside the database of a test."""
    monkeypatch.setenv("PHIEU_DATA", str(configured.data))
    monkeypatch.setenv("PHIEU_DATABASE_URL", configured.database_url)
    monkeypatch.setenv("PHIEU_KEY_FILE", str(configured.key_file))
    return lambda *words: CliRunner().invoke(app, [str(word) for word in words])


@SQLITE
def test_sheets_of_units_and_minutes_are_those_of_the_pages(
    db: Database, keys: KeyFile, run: Run, tmp_path: Path
) -> None:
    document = scored_wave(db, keys)
    with db.reading() as session:
        told = course.of_code(session, CODE)
        opening = openingfacts.of(session, load(session, CODE))
    first = document["units"][0]["code"]
    for unit, name, wanted in (
        (first, "mot.docx", unitsheets.together(document, None, told, first)),
        ("all", "moi.docx", unitsheets.together(document, None, told)),
        ("all", "moi.zip", unitsheets.apart(document, None, told)),
    ):
        asked = ("--format", "docx", "--unit", unit, "--out", tmp_path / name)
        done = run("wave", "export", CODE, *asked)
        assert done.exit_code == 0, done.output
        assert (tmp_path / name).read_bytes() == wanted
    done = run("wave", "minutes", CODE, "--out", tmp_path / "bien-ban.docx")
    assert done.exit_code == 0, done.output
    assert opening is not None
    written = word.to_docx(minutes.paper(opening), opening.unsealed_at)
    assert (tmp_path / "bien-ban.docx").read_bytes() == written
    done = run("wave", "minutes", CODE, "--of", "closing", "--out", tmp_path / "ket-thuc.docx")
    assert "“Biên bản kết thúc thu phiếu”" in done.output
    with db.reading() as session:
        closed = closingfacts.of(session, load(session, CODE))
    assert closed is not None
    written = word.to_docx(closingminutes.paper(closed), closed.last.at)
    assert (tmp_path / "ket-thuc.docx").read_bytes() == written
    out = ("--out", tmp_path / "x")
    unknown = run("wave", "export", CODE, "--format", "docx", "--unit", "la", *out)
    assert (unknown.exit_code, "Không có cơ quan nào mã la" in unknown.output) == (1, True)
    assert run("wave", "export", CODE, "--format", "csv", "--unit", "all", *out).exit_code == 2
    assert not (tmp_path / "x").exists()


@SQLITE
def test_without_a_word_the_minutes_are_the_latest_there_are(
    db: Database, keys: KeyFile, run: Run, tmp_path: Path
) -> None:
    out = tmp_path / "bien-ban.docx"
    make_wave(db, keys)
    none = run("wave", "minutes", "dot-thu", "--out", out)
    assert (none.exit_code, "chưa có biên bản nào" in none.output) == (1, True)
    run("wave", "close", "dot-thu", "--yes")
    early = run("wave", "minutes", "dot-thu", "--of", "opening", "--out", out)
    assert (early.exit_code, "chưa mở hòm phiếu" in early.output) == (1, True)
    assert not out.exists()
    assert "“Biên bản kết thúc thu phiếu”" in run("wave", "minutes", "dot-thu", "--out", out).output
    assert "Người kết thúc: dòng lệnh" in text_of(out.read_bytes())


def test_mau_phieu_needs_an_index_alone(tmp_path: Path) -> None:
    out = tmp_path / "mau.docx"
    done = CliRunner().invoke(app, ["forms", str(LAI_CHAU), "--out", str(out), "--group", "hdnd"])
    assert done.exit_code == 0, done.output
    assert "(Dành cho đối tượng: Đại biểu HĐND tỉnh" in text_of(out.read_bytes())
    wrong = ["forms", str(LAI_CHAU), "--out", str(out), "--group", "la"]
    refused = CliRunner().invoke(app, wrong)
    assert (refused.exit_code, "Không có nhóm nào mã la" in refused.output) == (1, True)


@SQLITE
def test_the_whole_index_by_command_from_the_points_to_a_file_that_verifies(
    db: Database, keys: KeyFile, run: Run, tmp_path: Path
) -> None:
    scored_wave(db, keys, "external")
    points, out = tmp_path / "diem.csv", tmp_path / "ca-bo.json"
    early = run("wave", "whole", CODE)
    assert "Nhập điểm thẩm định trước" in str(early.exception)
    points.write_text("Đơn vị;Tiêu chí;Điểm\nsnv;1.0;6\nla;1.0;1\n", "utf-8")
    bad = run("wave", "appraised", CODE, points)
    assert bad.exit_code != 0
    assert {"Dòng 2", "Dòng 3"} <= set(re.findall(r"Dòng \d+", f"{bad.output}{bad.exception}"))
    points.write_text("Đơn vị;Tiêu chí;Điểm\nsnv;1.0;2,34\n", "utf-8")
    taken = run("wave", "appraised", CODE, points)
    assert "Đã nhập 1 điểm thẩm định" in taken.output, taken.output
    assert "Sở Tài chính; tiêu chí 1.0" in taken.output
    made = run("wave", "whole", CODE)
    assert "2,34 = " in made.output, made.output
    assert "số 1 (mới)" in made.output
    assert "Không có gì đổi" in run("wave", "whole", CODE).output
    asked = ("wave", "export", CODE, "--whole", "--out", out, "--format")
    assert run(*asked, "json").exit_code == 0
    found = run("verify", out)
    assert (found.exit_code, "lập từ bảng điểm điều tra số 1" in found.output) == (0, True)
    out.write_text(out.read_text("utf-8").replace('"2.34"', '"2.35"'), "utf-8")
    assert "units[snv].points" in str(run("verify", out).output)
    assert run(*asked, "docx").exit_code == 2
