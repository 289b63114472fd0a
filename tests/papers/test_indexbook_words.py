"""No officer meets the words of the text file: every message and place has its own."""

import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_file

from app.index import file as indexfile
from app.index.definition import Index
from app.index.faults import Fault
from app.index.faultwords import MESSAGES, in_words
from tests.making.small_index import make_raw

HOUSE = Path(__file__).parents[2]
SOURCES = ("entries", "tables", "numbers", "checks", "sums", "warnings")
# Keys, brackets, quotes, and the names of the parts of a text file.
OF_TEXT = re.compile(
    r"\[|\]|=|\"|khóa|ngoặc|\b(max_points|survey_points|method|parent|weight|not_applicable|kind"
    r"|levels|format|pooled|groups|true|bảng gồm)\b"
)
# Said about forms that a cell cannot have: a list, a table, a number without quotes.
NEVER_OF_A_CELL = {
    "chỉ nhận true hoặc false, không có ngoặc kép.",
    "hãy ghi format = {format}, dạng duy nhất mà phiên bản này đọc được.",
    "không có khóa này.{near} Các khóa dùng được: {known}.",
    "là một danh sách; trước mỗi phần tử hãy viết [[{key}]], hai dấu ngoặc.",
    "phải là chữ trong ngoặc kép, ví dụ {key} = \"…\".",
    "phải là danh sách các bảng: {key} = [{{…}}, {{…}}].",
    "phải là danh sách mã trong ngoặc vuông, ví dụ {key} = [\"a\", \"b\"].",
    "phải là một bảng gồm các khóa, ví dụ {{{hint} = \"…\"}}.",
    "phải là một mục viết [{key}], một dấu ngoặc vuông.",
    "phải là một số, ví dụ 30, 79.5 hoặc \"2/3\".",
    "phải để trong ngoặc kép, ví dụ {key} = \"2.4\".",
    "thiếu mục này; hãy thêm [index] với mã, tên, năm và điểm.",
}  # fmt: skip


def messages() -> set[str]:
    """Everything these modules say."""
    return {
        str(message)
        for name in SOURCES
        for _line, message, _comments, _context in extract_from_file(
            "python", HOUSE / "app" / "index" / f"{name}.py"
        )
    }


def test_every_message_with_words_of_the_text_file_has_another_for_workbooks() -> None:
    told = {message for message in messages() if OF_TEXT.search(message)}
    assert told - set(MESSAGES) == NEVER_OF_A_CELL


def test_every_message_that_is_replaced_is_said_somewhere() -> None:
    assert set(MESSAGES) <= messages()


def test_what_replaces_them_has_no_such_words_and_the_same_braces() -> None:
    for before, after in MESSAGES.items():
        assert not OF_TEXT.search(re.sub(r"\{\w+\}", "", after)), after
        known = set(re.findall(r"\{(\w+)\}", before))
        assert set(re.findall(r"\{(\w+)\}", after)) <= known
        assert known - set(re.findall(r"\{(\w+)\}", after)) <= {"key", "kind"}


@pytest.mark.parametrize(
    ("place", "spoken"),
    [
        ("[rules], min_ballots", "Quy tắc, Số phiếu tối thiểu"),
        ("[organiser]", "Cơ quan tổ chức"),
        ("[[units]] số 3 (stc), name", "Đơn vị số 3 (stc), Tên đơn vị"),
        ("[[groups]] số 12", "Nhóm đối tượng số 12"),
        ("[[scales]] số 1 (tot), levels", "Thang đo số 1 (tot), các mức"),
        ("[rules], classes số 1 (Tốt, (khá)), from", "Xếp loại số 1 (Tốt, (khá)), Từ (%)"),
        ("Dòng 4", "Dòng 4"),
        ("[[nothing]] số 1", "[[nothing]] số 1"),
    ],
)
def test_a_place_is_told_by_titles_and_numbers(place: str, spoken: str) -> None:
    assert in_words(Fault(place, "x.")) == Fault(spoken, "x.")


def test_the_place_of_a_cell_goes_before() -> None:
    spots = {"[[units]] số 2 (a)": "Đơn vị, dòng 9", "[[units]] số 1 (a)": "Đơn vị, dòng 5"}
    said = Fault("[[units]] số 2 (a)", "mã “a” đã dùng ở [[units]] số 1 (a); hãy đổi mã này.")
    expected = "mã “a” đã dùng ở Đơn vị, dòng 5; hãy đổi mã này."
    assert in_words(said, spots) == Fault("Đơn vị, dòng 9", expected)


def test_a_piece_of_the_file_in_a_message_stays_as_it_is() -> None:
    text = (
        '“weight = 0” không phải là số; hãy ghi như 30, 79.5 hoặc "2/3", '
        "với dấu chấm trước phần thập phân."
    )
    assert in_words(Fault("[index], year", text)).message.startswith("“weight = 0” không phải")


def warned() -> Index:
    return indexfile.read(
        make_raw(
            rules__min_ballots="1",
            groups=[
                {"code": "hdnd", "name": "A", "weight": "2"},
                {"code": "xa", "name": "a"},
            ],
            scales__0__levels__0__weight="2",
            scales__0__no_opinion="Tốt",
            questions__0__weight="0",
            questions__1__text="Về {abcdef}",
            units__0__not_applicable=["1.1.1"],
        )
    )


def test_every_warning_is_told_without_a_word_of_the_text_file() -> None:
    found = [in_words(fault) for fault in indexfile.warnings(warned())]
    assert len(found) == 10
    for fault in found:
        assert not OF_TEXT.search(str(fault).replace("số 1 ", "")), fault
    assert str(found[2]) == (
        "Cơ quan tổ chức: còn thiếu tên cơ quan, căn cứ, bộ phận liên hệ, điện thoại, e-mail, dữ"
        " liệu cá nhân; cần có trước khi phát phiếu."
    )
