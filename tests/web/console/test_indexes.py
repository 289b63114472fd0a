"""Bộ chỉ số in the console: upload, faults by cell, the same digest back, copies."""

import io
from pathlib import Path

import openpyxl
import pytest
from sqlmodel import SQLModel, select

from app.folders import questionnaires
from app.index import file as indexfile
from app.keys.keyfile import KeyFile
from app.papers import indexbook
from app.settings import Settings
from app.store.db import Database
from app.store.officemodels import IndexFile
from tests.making import annexes
from tests.making.blocks import INDEXES, make_index
from tests.making.consoles import Clerk, desk_of
from tests.making.html import words

PATH = "/quan-tri/bo-chi-so"
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
# One of each kind, choice questions and classes of blocks too; tests/papers has all of them.
KINDS = ("lai-chau-2022", "hai-phong-2025", "sipas")
QUESTIONNAIRES = [path for code, path in questionnaires().items() if code in KINDS]


def put(clerk: Clerk, name: str, data: bytes) -> Clerk:
    clerk.open(PATH)
    return clerk.upload(clerk.forms[0], {"tep": (name, data)})


@SQLITE
@pytest.mark.parametrize("file", QUESTIONNAIRES, ids=lambda file: file.stem)
def test_an_index_comes_back_from_excel_the_same(
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
def test_the_template_filled_in_comes_back_the_same(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    clerk = desk_of(db, keys, configured)
    template = clerk.client.get(f"{PATH}/mau.xlsx").content
    put(clerk, "mau.xlsx", template)
    assert clerk.refused, "its examples are no index"
    put(clerk, "mau.xlsx", filled_in(template))
    assert clerk.heading == "Bộ chỉ số thử"
    first = clerk.path
    digest = indexfile.digest(indexbook.read_book(filled_in(template), "mau.xlsx"))
    assert digest in clerk.text
    again = clerk.client.get(f"{first}.xlsx").content
    assert indexfile.digest(indexbook.read_book(again, "lai.xlsx")) == digest
    put(clerk, "lai.xlsx", again)
    assert clerk.path == first


def filled_in(template: bytes) -> bytes:
    """The template as the simplest officer fills it in: the examples are taken as they are."""
    book = openpyxl.load_workbook(io.BytesIO(template))
    for cell, value in {"B2": "thu-2026", "B3": "Bộ chỉ số thử", "B4": 2026}.items():
        book["Chung"][cell] = value
    book["Chung"]["B5"] = book["Chung"]["B6"] = 2
    for sheet in book.worksheets:
        for row in range(2, sheet.max_row + 1):
            example = sheet.cell(row, 1)
            example.value = str(example.value or "").removeprefix("Ví dụ: ") or None
    return saved(book)


@SQLITE
def test_the_template_teaches_and_offers_words(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    clerk = desk_of(db, keys, configured)
    book = openpyxl.load_workbook(io.BytesIO(clerk.client.get(f"{PATH}/mau.xlsx").content))
    assert "1. Điền các trang theo thứ tự" in str(book["Hướng dẫn"]["A2"].value)
    offered = [
        str(rule.formula1)
        for rule in book["Tiêu chí"].data_validations.dataValidation
        if rule.type == "list"
    ]
    assert any("Điều tra" in words for words in offered)


@SQLITE
def test_every_fault_is_told_by_sheet_and_cell_and_nothing_is_kept(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    clerk = desk_of(db, keys, configured)
    book = openpyxl.load_workbook(io.BytesIO(indexbook.write_book(make_index("pooled"))))
    book["Đơn vị"]["C2"] = "khoi-la"
    book["Chung"]["B4"] = "năm ngoái"
    book["Thang đo"]["D3"] = "nhiều"
    put(clerk, "hong.xlsx", saved(book))
    assert clerk.refused
    assert clerk.title.startswith("Lỗi:")
    table = next(t for t in clerk.tree.iter("table") if "hong.xlsx" in words(t.find("caption")))
    rows = [[words(cell) for cell in row] for row in table.findall("./tbody/tr")]
    assert [row[:2] for row in rows] == [
        ["Chung", "ô B4"],
        ["Đơn vị", "ô C2"],
        ["Thang đo", "ô D3"],
    ]
    assert "khoi-la" in rows[1][2]
    with db.reading() as session:
        assert not session.exec(select(IndexFile)).all()


@SQLITE
def test_a_page_of_faults_has_an_end(db: Database, keys: KeyFile, configured: Settings) -> None:
    clerk = desk_of(db, keys, configured)
    book = openpyxl.load_workbook(io.BytesIO(indexbook.write_book(make_index("pooled"))))
    for row in range(2, 702):
        book["Đơn vị"].cell(row, 1, f"mã sai {row}")
        book["Đơn vị"].cell(row, 2, "Tên")
        book["Đơn vị"].cell(row, 3, "so")
    put(clerk, "hong.xlsx", saved(book))
    assert clerk.refused
    assert "Tệp có 701 chỗ cần sửa" in clerk.text
    assert "Còn 201 chỗ nữa" in clerk.text
    assert len(list(clerk.tree.iter("tr"))) == 501


def saved(book: openpyxl.Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


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
    assert clerk.refused
    assert clerk.title.startswith("Lỗi:")
    # To the cells that are wrong, or to another file.
    assert {link.get("href") for link in clerk.tree.iter("a")} & {"#loi", "#tep"}
    with db.reading() as session:
        assert not session.exec(select(IndexFile)).all()


@SQLITE
def test_a_picture_is_told_apart_from_an_index(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    clerk = put(desk_of(db, keys, configured), "anh.png", b"\x89PNG\r\n\x1a\n")
    assert clerk.refused
    assert "không phải bảng tính Excel" in clerk.text


@SQLITE
def test_a_word_file_is_read_as_the_annex_that_it_can_only_be(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    clerk = put(desk_of(db, keys, configured), "phu-luc.docx", annexes.word_of_fields())
    assert clerk.fine, clerk.text
    assert clerk.path.startswith(f"{PATH}/phu-luc/")
    assert "Đã đọc phụ lục" in clerk.text
    old = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le")
    clerk = put(clerk, "phu-luc.doc", old)
    assert clerk.refused
    assert "Word đời cũ" in clerk.text


@SQLITE
def test_a_form_without_a_file_says_where_to_choose_one(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    clerk = desk_of(db, keys, configured).open(PATH)
    clerk.submit()
    assert clerk.refused
    assert clerk.link("Chưa chọn tệp nào. Bấm ô chọn tệp rồi gửi lại.") == "#tep"


@SQLITE
def test_eleven_megabytes_are_refused(db: Database, keys: KeyFile, configured: Settings) -> None:
    clerk = put(desk_of(db, keys, configured), "to.xlsx", bytes(11 * 1024 * 1024))
    assert clerk.refused
    assert "10 MB" in clerk.text


def test_an_example_is_copied_changed_taken_away_and_brought_back(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    clerk = desk_of(db, keys, configured)
    clerk.open(PATH)
    assert "Chưa có bộ chỉ số nào" in clerk.text
    clerk.send(clerk.forms[1], {"vi-du": "lai-chau-2022"})
    first = clerk.path
    clerk.send(clerk.form_to("/chep"), {"ma": "lai-chau-2023", "nam": "hai nghìn"})
    assert clerk.refused
    clerk.send(clerk.form_to("/chep"), {"ma": "lai-chau-2023", "nam": "2023"})
    assert clerk.path != first
    assert "2023" in clerk.heading
    clerk.open(first)
    clerk.send(clerk.form_to("/chep"), {"ma": "lai-chau-2023"})
    assert "Đã có bộ chỉ số" in clerk.text
    assert clerk.link("Đã có bộ chỉ số mã lai-chau-2023. Chọn mã khác.") == "#ma"
    clerk.open(first)
    clerk.send(clerk.form_to("/bo"))
    assert "đã bỏ" in clerk.text
    clerk.open(PATH)
    assert "Đã bỏ: 1 bộ chỉ số" in clerk.text
    assert words(clerk.tree.find(f".//details//a[@href='{first}']"))
    clerk.open(first)
    stale = clerk.form_to("/lay-lai")
    clerk.send(stale)
    assert "đang dùng" in clerk.text
    clerk.send(stale)
    assert clerk.refused == "Trang vừa gửi đã cũ"
    clerk.open("/quan-tri/nhat-ky?viec=index")
    for deed in ("Tải lên bộ chỉ số", "Sao chép bộ chỉ số", "Bỏ bộ chỉ số", "Lấy lại bộ chỉ số"):
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
    for deed in (PATH, f"{path}/bo", f"{path}/chep", f"{path}/lay-lai"):
        assert council.post(deed, []).refused == "Trang này không thuộc vai trò của tài khoản này"


@SQLITE
def test_looking_changes_nothing(db: Database, keys: KeyFile, configured: Settings) -> None:
    clerk = desk_of(db, keys, configured)
    path = put(clerk, "a.toml", (INDEXES / "two-blocks.toml").read_bytes()).path
    before = rows_of(db)
    group = make_index("two-blocks").groups[0].code
    for look in (
        PATH, f"{PATH}/mau.xlsx", path, f"{path}.xlsx", f"{path}/tep", f"{path}/xem-thu/{group}",
        f"{path}/phieu/{group}/bat-dau", f"{path}/phieu/{group}/xem-lai",
    ):  # fmt: skip
        assert clerk.client.get(look).status_code == 200, look
        assert clerk.client.head(look).status_code == 200, look
    assert rows_of(db) == before


@SQLITE
def test_the_preview_shows_the_pages_of_questions_that_only_ask(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    clerk = desk_of(db, keys, configured)
    path = put(clerk, "a.toml", (INDEXES / "choices.toml").read_bytes()).path
    assert "hỏi thêm, chọn tối đa 3" in clerk.text
    preview = clerk.open(f"{path}/xem-thu/xa")
    assert "7 câu trả lời về 2 cơ quan" in preview.text
    for page, field in (("hoi-don-vi", "m3.stc"), ("hoi-them", "m1")):
        drawn = clerk.client.get(f"{path}/phieu/xa/{page}")
        assert (drawn.status_code, f'name="{field}"' in drawn.text) == (200, True)
    assert clerk.client.get(f"{path}/phieu/xa/xem-lai").text.count("Chưa trả lời") == 7


def rows_of(db: Database) -> dict[str, list[object]]:
    with db.reading() as session:
        return {
            table.name: sorted(map(tuple, session.execute(select(table)).all()), key=repr)
            for table in SQLModel.metadata.sorted_tables
        }


@SQLITE
def test_an_index_that_is_not_there_is_not_found(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    clerk = desk_of(db, keys, configured)
    for number in ("1", str(2**31), str(2**70)):
        for end in ("", ".xlsx", "/tep", "/xem-thu/hdnd", "/phieu/hdnd/bat-dau"):
            assert clerk.client.get(f"{PATH}/{number}{end}").status_code == 404, number + end


@SQLITE
def test_the_file_comes_back_as_it_was_sent(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    clerk = desk_of(db, keys, configured)
    data = (INDEXES / "pooled.toml").read_bytes()
    path = put(clerk, "Bộ chỉ số (cuối).toml", data).path
    response = clerk.client.get(f"{path}/tep")
    assert response.content == data
    assert "filename*=UTF-8''B%E1%BB%99" in response.headers["content-disposition"]
