"""Bộ chỉ số in the console: upload, faults by cell, the same digest back, preview, copies."""

import io
from pathlib import Path

import openpyxl
import pytest
from sqlmodel import select

from app import ballots, indexbook, indexfile
from app.db import Database
from app.index import Index
from app.keys import KeyFile
from app.officemodels import IndexFile
from app.settings import Settings
from app.web.ballotpages import start_page
from tests.consoles import Clerk, desk_of
from tests.making import INDEXES, make_index, make_wave, names

PATH = "/quan-tri/bo-chi-so"
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
QUESTIONNAIRES = sorted((Path(__file__).parent.parent / "questionnaires").glob("*.toml"))


def put(clerk: Clerk, name: str, data: bytes) -> Clerk:
    clerk.open(PATH)
    return clerk.upload(clerk.forms[0], {"tep": (name, data)})


@SQLITE
@pytest.mark.parametrize("file", QUESTIONNAIRES, ids=lambda file: file.stem)
def test_every_index_comes_back_from_excel_the_same(
    db: Database, keys: KeyFile, configured: Settings, file: Path
) -> None:
    clerk = desk_of(db, keys, configured)
    put(clerk, file.name, file.read_bytes())
    digest = indexfile.digest(indexfile.parse(file.read_bytes()))
    assert digest in clerk.text
    first = clerk.path
    book = clerk.client.get(f"{first}.xlsx").content
    put(clerk, f"{file.stem}.xlsx", book)
    assert clerk.path == first, "the same content makes no second version"
    assert "không có gì đổi" in clerk.text
    again = clerk.client.get(f"{clerk.path}.xlsx").content
    assert indexfile.digest(indexbook.read_book(again, "lai.xlsx")) == digest


@SQLITE
def test_the_template_can_be_filled_in_and_comes_back_the_same(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    clerk = desk_of(db, keys, configured)
    template = clerk.client.get(f"{PATH}/mau.xlsx").content
    book = openpyxl.load_workbook(io.BytesIO(template))
    assert any(sheet.data_validations.dataValidation for sheet in book), "drop-downs"
    put(clerk, "mau.xlsx", template)
    if clerk.status == 422:  # its example rows were taken out: then it says where to begin
        assert clerk.tree.find(".//table") is not None
        return
    first = clerk.path
    put(clerk, "lai.xlsx", clerk.client.get(f"{first}.xlsx").content)
    assert clerk.path == first


@SQLITE
def test_every_fault_is_told_by_sheet_and_cell_and_nothing_is_kept(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    clerk = desk_of(db, keys, configured)
    index = make_index("pooled")
    book = openpyxl.load_workbook(io.BytesIO(indexbook.write_book(index)))
    scale = index.scales[0].code
    spoiled = []
    for sheet in book:
        for row in sheet.iter_rows(min_row=2):
            for cell in row:
                if cell.value == scale and sheet.title != "Thang đo":
                    cell.value = "khong-co"
                    spoiled.append(cell.coordinate)
    assert spoiled
    out = io.BytesIO()
    book.save(out)
    put(clerk, "hong.xlsx", out.getvalue())
    assert clerk.status == 422
    assert clerk.title.startswith("Lỗi:")
    for cell in spoiled:
        assert cell in clerk.text
    with db.reading() as session:
        assert not session.exec(select(IndexFile)).all()


@SQLITE
@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("khong.xlsx", b"PK\x03\x04 not a workbook"),
        ("anh.xlsx", b"\x89PNG\r\n\x1a\n"),
        ("rong.toml", b""),
        ("nhi-phan.toml", bytes(range(256))),
        ("mat-khau.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000)),
    ],
)
def test_what_is_no_index_gets_a_clear_page(
    db: Database, keys: KeyFile, configured: Settings, name: str, data: bytes
) -> None:
    clerk = put(desk_of(db, keys, configured), name, data)
    assert clerk.status == 422
    assert clerk.title.startswith("Lỗi:")
    assert "Traceback" not in clerk.response.text


@SQLITE
def test_eleven_megabytes_are_refused(db: Database, keys: KeyFile, configured: Settings) -> None:
    clerk = put(desk_of(db, keys, configured), "to.xlsx", bytes(11 * 1024 * 1024))
    assert clerk.status == 413
    assert "10 MB" in clerk.text


def test_an_example_is_copied_changed_taken_away_and_brought_back(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    clerk = desk_of(db, keys, configured)
    clerk.open(PATH)
    assert "Chưa có bộ chỉ số nào" in clerk.text
    clerk.send(clerk.forms[1])
    first = clerk.path
    clerk.send(clerk.form_to("/chep"), {"ma": "lai-chau-2023", "nam": "hai nghìn"})
    assert clerk.status == 422
    clerk.send(clerk.form_to("/chep"), {"ma": "lai-chau-2023", "nam": "2023"})
    assert clerk.path != first
    assert "2023" in clerk.heading
    clerk.open(first)
    clerk.send(clerk.form_to("/chep"), {"ma": "lai-chau-2023"})
    assert "Đã có bộ chỉ số" in clerk.text
    clerk.open(first)
    clerk.send(clerk.form_to("/bo"))
    assert "đã bỏ" in clerk.text
    stale = clerk.form_to("/lay-lai")
    clerk.send(stale)
    assert "đang dùng" in clerk.text
    clerk.send(stale)
    assert clerk.status == 409
    clerk.open("/quan-tri/nhat-ky?viec=index")
    for deed in ("Tải lên bộ chỉ số", "Chép bộ chỉ số", "Bỏ bộ chỉ số", "Lấy lại bộ chỉ số"):
        assert deed in clerk.text


@SQLITE
def test_the_council_looks_and_does_not_touch(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    officer = desk_of(db, keys, configured)
    path = put(officer, "a.toml", (INDEXES / "pooled.toml").read_bytes()).path
    council = desk_of(db, keys, configured, "council")
    assert council.open(path).status == 200
    assert not council.forms
    assert council.open(f"{path}/xem-thu/{make_index('pooled').groups[0].code}").status == 200
    council.post(f"{path}/bo", [])
    assert council.status == 403


@SQLITE
@pytest.mark.parametrize("name", ["pooled", "choose", "own", "assigned", "paging"])
def test_the_preview_is_the_respondents_own_page(
    db: Database, keys: KeyFile, configured: Settings, name: str
) -> None:
    index = next(
        index
        for file in sorted(INDEXES.glob("*.toml"))
        if _is(name, index := indexfile.parse(file.read_bytes()))
    )
    clerk = desk_of(db, keys, configured)
    put(clerk, "a.xlsx", indexbook.write_book(index))
    path = clerk.path
    for group in index.groups:
        clerk.open(f"{path}/xem-thu/{group.code}")
        assert clerk.status == 200
        policy = clerk.response.headers["content-security-policy"]
        assert "frame-src 'self'" in policy
        for option in clerk.tree.findall(".//select[@id='trang']/option"):
            inside = clerk.client.get(f"{path}/phieu/{group.code}/{option.get('value')}")
            assert inside.status_code == 200, option.get("value")
            assert "form-action 'none'" in inside.headers["content-security-policy"]
            assert "frame-ancestors 'self'" in inside.headers["content-security-policy"]
            assert "<h1" in inside.text


def _is(name: str, index: Index) -> bool:
    return {
        "pooled": index.code == "pooled",
        "choose": index.rules.choose_units,
        "own": any(group.rates == "own" for group in index.groups),
        "assigned": any(group.rates == "assigned" for group in index.groups),
        "paging": index.rules.paging == "question",
    }[name]


@SQLITE
def test_the_preview_says_what_a_real_ballot_says(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    index = make_index("pooled")
    wave = make_wave(db, keys, index)
    clerk = desk_of(db, keys, configured)
    put(clerk, "a.xlsx", indexbook.write_book(index))
    with db.reading() as session:
        ballot = ballots.find(session, names(session, wave)[0])
    real = start_page(ballot)
    agency = ballot.agency or ""
    inside = clerk.client.get(
        f"{clerk.path}/phieu/{ballot.group}/bat-dau", params={"co-quan": agency}
    )
    assert _asked(inside.text) == _asked(bytes(real.body).decode())


def _asked(page: str) -> list[str]:
    """What the page says, but for the closing time."""
    lines = page.partition("<main")[2].partition("</main>")[0].splitlines()
    return [line for line in lines if "<time" not in line and "Hạn gửi" not in line]
