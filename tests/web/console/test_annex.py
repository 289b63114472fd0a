"""An annex of a decision becomes an index, with few clicks and no guess in secret."""

from collections.abc import Mapping

import pytest

from app.index.definition import Index
from app.keys.keyfile import KeyFile
from app.papers import indexbook
from app.settings import Settings
from app.store.db import Database
from tests.making import annexes
from tests.making.consoles import Clerk, desk_of
from tests.making.html import FormOf

PATH = "/quan-tri/bo-chi-so"
UNITS = "Các sở:\nSở Nội vụ\nSở Tài chính\nCác xã, phường:\nPhường Hạc Thành"
MOST_CLICKS = 10
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


class Mouse:
    """An officer who counts: a link, a field that is changed, a file and a button are a click."""

    def __init__(self, clerk: Clerk) -> None:
        self.clerk, self.clicks = clerk, 0

    def follow(self, address: str) -> None:
        self.clicks += 1
        assert f'href="{address}"' in self.clerk.response.text
        self.clerk.open(address)

    def send(self, name: str, data: bytes) -> None:
        self.clicks += 2
        self.clerk.upload(self.form, {"tep": (name, data)})

    def press(self, button: str, values: Mapping[str, str] | None = None) -> None:
        self.clicks += 1 + len(values or {})
        self.clerk.send(self.form, values, button)

    @property
    def form(self) -> FormOf:
        return self.clerk.forms[0]


def begun(db: Database, keys: KeyFile, configured: Settings, name: str, data: bytes) -> Mouse:
    mouse = Mouse(desk_of(db, keys, configured))
    mouse.clerk.open(PATH)
    mouse.follow(f"{PATH}/phu-luc")
    mouse.send(name, data)
    return mouse


def made(mouse: Mouse) -> tuple[Clerk, bytes]:
    """The page of the index, and the index as a workbook."""
    clerk = mouse.clerk
    assert clerk.fine, clerk.text
    assert "Đã lập bộ chỉ số" in clerk.text
    return clerk, clerk.client.get(f"{clerk.path}.xlsx").content


def points(index: Index) -> str:
    return f"{index.survey_points}/{index.max_points}"


@SQLITE
def test_a_workbook_with_wrong_sums_becomes_an_index_in_ten_clicks(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    mouse = begun(db, keys, configured, "phu-luc.xlsx", annexes.workbook())
    page = mouse.clerk
    assert "Đã đọc: Trang “Phụ lục 1”. Không đọc: Trang “Danh sách cơ quan”." in page.text
    assert "ghi 8,5, cộng lại được 8" in page.text, "both numbers are told"
    assert "Số 3.1 trong Excel: theo thứ tự thì là 3.10." in page.text
    mouse.press("Tạo bộ chỉ số", {"co-quan": UNITS})
    assert page.refused, "nobody has said which sum is right"
    sums = [name for name in mouse.form.values if name.startswith("tong-")]
    assert len(sums) == 1, "the sum of all follows"
    mouse.press("Tạo bộ chỉ số", dict.fromkeys(sums, "sum"))
    page, book = made(mouse)
    index = indexbook.read_book(book, "lai.xlsx")
    assert points(index) == "11/29"
    assert index.year == 2025
    assert index.name == "Bộ chỉ số cải cách hành chính các sở, ban, ngành tỉnh A năm 2025"
    assert [block.name for block in index.blocks] == ["Các sở", "Các xã, phường"]
    assert index.criterion_of["3.10"].name == "Thái độ phục vụ của công chức"
    parts = {leaf.code: leaf.method for leaf in index.leaves if leaf.parent == "1.2.2"}
    assert parts == {"1.2.2.td": "appraisal", "1.2.2.dt": "survey"}
    assert len(index.scored_questions) == 6
    assert all(len(question.groups) == len(index.groups) for question in index.questions)
    first = index.scored_questions[0].text
    assert first == "Ông/Bà đánh giá thế nào về chất lượng kế hoạch của {unit} năm {year}?"
    assert mouse.clicks <= MOST_CLICKS, mouse.clicks
    page.open(f"{PATH}/phu-luc")
    assert "Đang làm dở" not in page.text, "what has become an index waits no more"


@SQLITE
def test_word_tables_become_indexes_in_ten_clicks_and_keep_the_units_of_the_last(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    mouse = begun(db, keys, configured, "phu-luc.docx", annexes.word_of_columns())
    page = mouse.clerk
    assert "Không ghi cách đánh giá: coi là thẩm định." in page.text
    unsaid = next(
        name for name, each in rows(mouse).items() if "Sáng kiến trong cải cách hành chính" in each
    )
    mouse.press(
        "Tạo bộ chỉ số", {"co-quan": UNITS, f"cach-{unsaid}": "survey", f"diem-{unsaid}": "3"}
    )
    page, book = made(mouse)
    columns = indexbook.read_book(book, "lai.xlsx")
    assert points(columns) == "13/29"
    assert [each.code for each in columns.components] == ["1", "2", "3"]
    assert [each.code for each in columns.leaves if each.parent == "3.1"][-1] == "3.1.10"
    assert mouse.clicks <= MOST_CLICKS, mouse.clicks

    mouse = Mouse(page)
    page.open(PATH)
    mouse.follow(f"{PATH}/phu-luc")
    mouse.send("cap-xa.docx", annexes.word_of_fields())
    assert "Số 1.2 đứng hai lần, lần trước ở Bảng 2, dòng 6." in page.text
    assert "coi là cách chấm điểm" in page.text
    mouse.press("Tạo bộ chỉ số")
    page, book = made(mouse)
    index = indexbook.read_book(book, "lai.xlsx")
    assert index.code != columns.code, "no other index is replaced"
    assert points(index) == "23/39"
    assert index.criterion_of["4.1"].method == "external"
    assert (index.units, index.blocks, index.groups) == (
        columns.units,
        columns.blocks,
        columns.groups,
    )
    assert mouse.clicks <= MOST_CLICKS, mouse.clicks


def rows(mouse: Mouse) -> dict[str, str]:
    """The text of each row of the page, by the number in the names of its fields."""
    found = {}
    for row in mouse.clerk.tree.iter("tr"):
        if row.get("id", "").startswith("dong-"):
            found[row.get("id", "").removeprefix("dong-")] = "".join(row.itertext())
    return found


@SQLITE
def test_what_an_officer_settles_is_kept_and_the_rest_stays_a_guess(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    mouse = begun(db, keys, configured, "phu-luc.docx", annexes.word_of_fields())
    page = mouse.clerk
    of = {text: name for name, text in rows(mouse).items()}
    twice = next(name for text, name in of.items() if "Tính đồng bộ" in text)
    scoring = next(name for text, name in of.items() if "Trễ dưới 15 ngày" in text)
    stale = mouse.form
    mouse.press(
        "Lưu và xem lại",
        {f"ma-{twice}": "2.1.3", f"la-{scoring}": "3", "nhom": "Đại biểu HĐND; 0,5; ai đó khác"},
    )
    assert page.fine
    assert "Số 1.2 đứng hai lần" not in page.text, "it was settled"
    assert mouse.form.values[f"ma-{twice}"] == ["2.1.3"]
    assert mouse.form.values[f"la-{scoring}"] == ["3"]
    assert "ghi 2,5, cộng lại được 1" in page.text, "now it is a part, and does not add up"
    page.send(stale, {f"ma-{twice}": "9"}, "Lưu và xem lại")
    assert "vừa được sửa ở nơi khác" in page.text
    assert mouse.form.values[f"ma-{twice}"] == ["2.1.3"]
    mouse.press("Tạo bộ chỉ số", {f"la-{scoring}": "skip", f"ma-{twice}": "2.1.2", "nam": "25"})
    assert page.refused
    for words in (
        "Mã 2.1.2 đã dùng ở Bảng 2, dòng 6. Ghi mã khác.",
        "Nhóm “Đại biểu HĐND”: không hiểu “ai đó khác”.",
        "Chưa có cơ quan nào.",
        "Nhập năm bằng bốn chữ số",
    ):
        assert words in page.text, words
    mouse.clerk.open(page.path.partition("?")[0])
    page.press("Bỏ tệp này")
    assert page.heading == "Từ phụ lục của quyết định"
    assert "phu-luc.docx" not in page.text


@SQLITE
def test_another_sheet_can_be_read_and_what_no_word_tells_is_asked_once(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    mouse = begun(db, keys, configured, "hai-trang.xlsx", annexes.two_sheets())
    page = mouse.clerk
    assert "Đã đọc: Trang “Sở”." in page.text
    mouse.press("Lưu và xem lại", {"bang": "1"})
    assert "Đã đọc: Trang “Xã”." in page.text
    assert "Phụ lục không có chữ nào cho biết" in page.text
    mouse.press("Tạo bộ chỉ số", {"co-quan": UNITS})
    assert page.text.count("Chưa rõ cách đánh giá.") > 1, "each is named, and nothing is made"
    mouse.press("Lưu và xem lại", {"con-lai": "appraisal"})
    assert "Chưa có tiêu chí nào lấy điểm bằng điều tra." in page.text
    mouse.press("Tạo bộ chỉ số", {"cach-1": "survey"})
    page, book = made(mouse)
    index = indexbook.read_book(book, "lai.xlsx")
    assert points(index) == "3/5", "what was chosen for a field holds for its criteria"
    assert mouse.clicks <= MOST_CLICKS + 3, "for the other sheet, and for looking twice"
