"""Results from elsewhere (SIPAS …) by page: the template filled in, faults by row, a new sheet."""

import io
from collections.abc import Mapping

import openpyxl
import pytest

from app.audit import chain
from app.count import externals, scoresheets
from app.keys.keyfile import KeyFile
from app.settings import Settings
from app.store.db import Database
from app.web.console.desk.files import XLSX
from tests.making.consoles import Clerk, desk_of
from tests.making.html import words
from tests.web.console.test_results import BASE, CODE, scored_wave

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


def bad_rows(clerk: Clerk) -> list[list[str]]:
    """What the table of faults says: row of the file, and what is wrong there."""
    table = next(
        each for each in clerk.tree.iter("table") if each.find("caption[@id='loi']") is not None
    )
    return [[words(cell) for cell in row] for row in table.findall("tbody/tr")]


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
    assert clerk.fine, clerk.text
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
        noted = [line.action for line in chain.lines(session, "wave", CODE)][::-1]
    assert [action for action in noted if action != "wave.unseal"] == [
        *("wave.external", "wave.score", "wave.external", "wave.external", "wave.score"),
    ]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_every_bad_row_of_it_is_told_and_the_old_percents_stay(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    scored_wave(db, keys, "external")
    clerk = desk_of(db, keys, configured)
    send(clerk, filled(clerk, {2: 81, 3: 82}))
    with db.reading() as session:
        before = externals.percents(session, 1)
    assert before
    send(clerk, filled(clerk, {2: 181, 3: "tám mươi"}))
    assert clerk.refused
    assert clerk.title.startswith("Lỗi:")
    assert "2 chỗ cần sửa" in clerk.text
    assert [row[0] for row in bad_rows(clerk)] == ["2", "3"]
    assert "tám mươi" in bad_rows(clerk)[1][1]
    # All of them, and of more than a page holds how many there are.
    for lines in (60, 510):
        table = "Đơn vị,Tiêu chí,Tỷ lệ\n" + "khong-co,2.1,70\n" * lines
        send(clerk, table.encode(), "sai.csv")
        assert (bool(clerk.refused), len(bad_rows(clerk))) == (True, min(lines, 500))
        assert f"{lines} chỗ cần sửa" in clerk.text
        assert ("Còn 10 chỗ nữa" in clerk.text) == (lines > 500)
    with db.reading() as session:
        assert externals.percents(session, 1) == before
    assert sheets(db) == [1]
