"""Results from elsewhere (SIPAS …) by page: the template filled in, faults by row, a new sheet."""

import io
from collections.abc import Mapping

import openpyxl

from app import audit, scoresheets
from app.db import Database
from app.keys import KeyFile
from app.settings import Settings
from app.web.console.downloads import XLSX
from tests.consoles import Clerk, desk_of
from tests.test_console_results import BASE, CODE, scored_wave

PATH = f"{BASE}/ket-qua-khac"


def template(clerk: Clerk) -> openpyxl.Workbook:
    response = clerk.client.get(f"{PATH}/mau.xlsx")
    assert response.headers["content-type"] == XLSX
    return openpyxl.load_workbook(io.BytesIO(response.content))


def filled(clerk: Clerk, percents: Mapping[int, object]) -> bytes:
    """The template with percents in its last column, by row."""
    workbook = template(clerk)
    sheet = workbook.worksheets[0]
    for row, percent in percents.items():
        sheet.cell(row, sheet.max_column).value = percent
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def send(clerk: Clerk, data: bytes, name: str = "sipas.xlsx") -> Clerk:
    clerk.open(PATH)
    return clerk.upload(clerk.form_to("/ket-qua-khac"), {"tep": (name, data)})


def sheets(db: Database) -> list[int]:
    with db.reading() as session:
        return scoresheets.numbers(session, 1)


def test_the_template_comes_back_and_a_change_makes_a_new_sheet(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    scored_wave(db, keys, "external")
    clerk = desk_of(db, keys, configured)
    found = template(clerk).worksheets[0]
    heading = [cell.value for cell in next(found.iter_rows())]
    lines = found.max_row - 1
    assert lines > 1
    send(clerk, filled(clerk, {row: 80 + row for row in range(2, lines + 2)}))
    assert clerk.status == 200, clerk.text
    assert "82" in clerk.text
    assert sheets(db) == [1], "nothing is computed by itself"
    clerk.send(clerk.form_to("/tinh-diem"))
    assert "bảng điểm số 2" in clerk.text
    send(clerk, filled(clerk, {row: 80 + row for row in range(2, lines + 2)}))
    clerk.send(clerk.form_to("/tinh-diem"))
    assert "Không có gì đổi" in clerk.text
    send(clerk, filled(clerk, {2: "82,5", **{row: 80 + row for row in range(3, lines + 2)}}))
    clerk.send(clerk.form_to("/tinh-diem"))
    assert sheets(db) == [1, 2, 3]
    assert len(heading) == 3
    with db.reading() as session:
        noted = [line.action for line in audit.lines(session, "wave", CODE)][::-1]
    assert [action for action in noted if action != "wave.unseal"] == [
        *("wave.external", "wave.score", "wave.external", "wave.external", "wave.score"),
    ]


def test_every_bad_row_of_it_is_told_and_the_old_percents_stay(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    scored_wave(db, keys, "external")
    clerk = desk_of(db, keys, configured)
    send(clerk, filled(clerk, {2: 81, 3: 82}))
    with db.reading() as session:
        before = scoresheets.external_of(session, 1)
    assert before
    send(clerk, filled(clerk, {2: 181, 3: "tám mươi"}))
    assert clerk.status == 422
    assert clerk.title.startswith("Lỗi:")
    for words in ("Dòng 2", "Dòng 3", "tám mươi"):
        assert words in clerk.text
    with db.reading() as session:
        assert scoresheets.external_of(session, 1) == before
    assert sheets(db) == [1]
