"""Cả bộ chỉ số through pages: points put in, looked at, made a sheet, handed out."""

import json
import re
from fractions import Fraction

import pytest

from app.count import appraised, scoresheets, wholesheets
from app.keys.keyfile import KeyFile
from app.papers import export
from app.settings import Settings
from app.store.db import Database
from app.waves import wave as waves
from tests.making.consoles import Clerk, desk_of
from tests.making.html import words
from tests.making.words import tables as tables_of
from tests.web.console.test_results import BASE, CODE, closed_wave, scored_wave

PAGE, WHOLE = f"{BASE}/diem-tham-dinh", f"{BASE}/ca-bo"
HEADING = "Đơn vị;Người đứng đầu;1.0\n"
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def sent(text: str) -> dict[str, tuple[str, bytes]]:
    return {"tep": ("diem.csv", (HEADING + text).encode())}


def test_points_become_a_sheet_that_is_seen_handed_out_and_verified(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    survey = scored_wave(db, keys, "external")
    before = export.to_json(survey)
    clerk, council = desk_of(db, keys, configured), desk_of(db, keys, configured, "council")
    council.open(f"{BASE}/ket-qua")
    council.open(council.link("Cả bộ chỉ số"))
    assert "nhập điểm thẩm định, xem lại rồi lập bảng điểm" in council.text
    # Only some of it: who lacks points has no result, and the page says which.
    clerk.open(PAGE)
    clerk.upload(clerk.form_to("/diem-tham-dinh"), sent("snv;Lò Văn Sơn;2,34\n"))
    assert clerk.fine
    assert "Đã nhập 1 điểm thẩm định" in clerk.text
    assert "còn thiếu 1" in clerk.text
    assert "chưa có điểm thẩm định của tiêu chí 1.0" in clerk.text
    clerk.upload(clerk.form_to("/diem-tham-dinh"), sent("snv;Lò Văn Sơn;2,34\nstc;;1.5\n"))
    assert "Đã nhập đủ 2 điểm" in clerk.text
    clerk.send(clerk.form_to("/lap-bang"))
    assert (clerk.path, clerk.fine) == (WHOLE, True)
    assert "Đã lập bảng điểm cả bộ chỉ số, số 1" in clerk.text
    assert "Lò Văn Sơn" in clerk.text
    assert "lệch 0,01" in clerk.text
    document = made(db, 1)
    shown = [words(cell) for cell in clerk.tree.iter("td") if cell.get("class") == "n big"]
    percents = {unit["percent"].replace(".", ",") for unit in document["units"]}
    assert set(shown) == percents
    # The same again makes no sheet; other points do, and the first stays as it was.
    clerk.open(PAGE)
    clerk.send(clerk.form_to("/lap-bang"))
    assert "Không có gì đổi" in clerk.text
    clerk.open(PAGE)
    clerk.upload(clerk.form_to("/diem-tham-dinh"), sent("snv;;3\nstc;;1,5\n"))
    council.open(WHOLE)
    assert "điểm thẩm định hoặc bảng điểm điều tra đã đổi" in council.text
    assert "Lò Văn Sơn" not in council.text  # replaced by the next import, as the points
    clerk.send(clerk.form_to("/lap-bang"))
    assert "số 2" in clerk.text
    assert made(db, 1) == document
    council.open(f"{WHOLE}?bang=1")
    assert "Đây là bảng điểm cũ, số 1" in council.text
    # Files: the survey sheet is the bytes that it was; the whole one verifies on the page.
    council.open(f"{BASE}/xuat-bao-cao")
    assert file_of(council, "/xuat-bao-cao/json") == before
    file = file_of(council, "/ca-bo/json")
    assert json.loads(file) == made(db, 2)
    council.upload(council.form_to("/kiem-tra"), {"tep": ("a.json", file)})
    assert "lập từ bảng điểm điều tra số 1" in council.text
    assert "Tệp trùng với bảng điểm đang lưu ở đây" in council.text
    forged = json.loads(file) | {"sheet": 1}
    forged["digest"] = export.digest(forged)
    council.upload(council.form_to("/kiem-tra"), {"tep": ("a.json", export.to_json(forged))})
    assert "khác bảng điểm số 1" in council.text
    council.open(f"{BASE}/xuat-bao-cao")
    word = tables_of(file_of(council, "/xuat-bao-cao/docx"))
    assert any("Thẩm định" in table[0] for table in word)
    council.post(f"{PAGE}/lap-bang", [])
    assert council.refused == "Trang này không thuộc vai trò của tài khoản này"
    clerk.open("/quan-tri/nhat-ky")
    assert "Nhập điểm thẩm định" in clerk.text
    assert "Lập bảng điểm cả bộ chỉ số" in clerk.text


def file_of(clerk: Clerk, address: str) -> bytes:
    form = clerk.form_to(address)
    fields = {name: values[0] for name, values in form.values.items()}
    return clerk.client.post(form.action, data=fields).content


def made(db: Database, number: int) -> export.Document:
    with db.reading() as session:
        return wholesheets.document_of(session, waves.load(session, CODE), number)


def test_a_bad_file_is_refused_with_all_its_rows_and_nothing_is_kept(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    closed_wave(db, keys, "external")
    clerk = desk_of(db, keys, configured)
    clerk.open(PAGE)
    clerk.upload(clerk.form_to("/diem-tham-dinh"), sent("snv;;99\nxyz;;1\nstc;;2 .34\n"))
    assert clerk.refused
    assert clerk.title.startswith("Lỗi:")
    for said in ("3 chỗ cần sửa", "Lớn hơn điểm tối đa", "Không có đơn vị này", "dấu cách"):
        assert said in clerk.text, said
    for name, data in (("a.xlsx", b"PK\x03\x04 nothing"), ("a.csv", b"")):
        clerk.upload(clerk.form_to("/diem-tham-dinh"), {"tep": (name, data)})
        assert clerk.refused, name
    with db.reading() as session:
        assert appraised.checked(session, waves.load(session, CODE)) == {}
    form = clerk.client.get(f"{PAGE}/mau.xlsx")
    assert form.content.startswith(b"PK")
    # Points may come before the urn is opened; a sheet may not.
    clerk.open(PAGE)
    clerk.upload(clerk.form_to("/diem-tham-dinh"), sent("snv;;2\n"))
    assert "chưa có bảng điểm" in clerk.text
    assert "/lap-bang" not in clerk.response.text


def test_a_wave_that_nothing_is_appraised_of_has_no_such_page(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    scored_wave(db, keys, "pooled")
    clerk = desk_of(db, keys, configured)
    clerk.open(f"{BASE}/ket-qua")
    assert "Cả bộ chỉ số" not in clerk.text
    for path in (PAGE, WHOLE, f"{PAGE}/mau.xlsx"):
        assert clerk.client.get(path).status_code == 404


def test_an_api_takes_entries_as_a_file_is_taken(db: Database, keys: KeyFile) -> None:
    scored_wave(db, keys, "external")
    given = [("snv", "1.0", "2.34"), ("stc", "1.0", "0")]
    with db.transaction() as session:
        found = appraised.take(session, waves.load(session, CODE), appraised.entries(given))
    assert found.points["snv", "1.0"] == Fraction("2.34")
    with db.transaction() as session:
        document, fresh = wholesheets.make(db, session, CODE)
        again = wholesheets.beside(session, CODE, scoresheets.latest_sheet(session, CODE))
    assert fresh
    assert again is not None
    assert again.document == document
    assert re.fullmatch(r"sha256:[0-9a-f]{64}", document["digest"])
