"""Mẫu phiếu: the questionnaire of each group on paper, from an index alone."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from app.index.definition import Index
from app.papers import forms
from tests.making.blocks import make_index as index_of_file
from tests.making.sheets import make_index
from tests.making.words import markup_of, opened, tables, text_of

AT = datetime(2023, 1, 5, tzinfo=UTC)
UNITS = ({"code": "snv", "name": "Sở Nội vụ"}, {"code": "stc", "name": "Sở Tài chính"})


def made(**features: Any) -> Index:
    questions = (
        {"criterion": "1.1", "groups": ["hdnd", "xa"], "text": "Năm {year}, {unit} thế nào?"},
        {"criterion": "1.1", "groups": ["xa"], "text": "Có nhanh không?"},
    )
    groups = ({"code": "hdnd", "name": "Đại biểu"}, {"code": "xa", "name": "Xã", **features})
    return make_index(questions=questions, groups=groups, units=UNITS)


def test_each_group_has_its_questions_with_a_box_for_each_unit_and_level() -> None:
    data = forms.to_docx(made(), AT)
    said = text_of(data)
    assert "Mẫu số 01" in said
    assert "(Dành cho đối tượng: Đại biểu)" in said
    assert "Câu 1. Năm 2022, từng cơ quan dưới đây thế nào?" in said
    assert said.count("Có nhanh không?") == 1
    first = tables(data)[0]
    assert first == [
        ["TT", "Cơ quan, đơn vị", "Mức A", "Mức B", "Mức C", "Mức D", "Không có ý kiến"],
        ["1", "Sở Nội vụ", *["☐"] * 5],
        ["2", "Sở Tài chính", *["☐"] * 5],
    ]
    assert len(tables(data)) == 3
    assert len(opened(data).sections) == 2
    assert forms.to_docx(made(), AT) == data


def test_one_group_comes_alone_with_its_own_number() -> None:
    said = text_of(forms.to_docx(made(), AT, "xa"))
    assert "Mẫu số 02" in said
    assert "Mẫu số 01" not in said
    assert "Câu 2. Có nhanh không?" in said


def test_who_rates_the_own_agency_has_one_row_of_boxes() -> None:
    data = forms.to_docx(made(rates="own"), AT, "xa")
    assert "Câu 1. Năm 2022, cơ quan của Ông/Bà thế nào?" in text_of(data)
    assert tables(data)[0][1:] == [["☐"] * 5]


def test_who_is_assigned_units_is_told_so() -> None:
    said = text_of(forms.to_docx(made(rates="assigned"), AT, "xa"))
    assert "chỉ đánh giá các cơ quan ghi trong thư mời" in said
    assert "không đánh giá cơ quan mình đang công tác" in said


def test_who_asks_and_on_what_basis_stands_there() -> None:
    data = forms.to_docx(index_of_file("weighting-groups"), AT)
    assert "(Kèm theo Kế hoạch điều tra (giả định))" in text_of(data)
    assert "cchc@vi-du.vn" in text_of(data)
    assert "Sở Nội vụ kính đề nghị Ông/Bà" in text_of(data)


def test_questions_that_only_ask_have_a_box_for_each_answer() -> None:
    data = forms.to_docx(index_of_file("choices"), AT, "xa")
    said = text_of(data)
    asked = ("nên làm gì trước? (chọn tối đa 2)", "cải thiện điều gì nhất? (chọn tối đa 3)")
    # As on the ballot: about units first, then about none, comments last; of the own group alone.
    order = ["Câu 1. Ông/Bà đánh giá", "Câu hỏi thêm", "Câu 2. Ông/Bà đã gặp", *asked, "Câu 5. Góp"]
    places = [said.index(words) for words in order]
    assert places == sorted(places)
    assert "dịch vụ công trực tuyến không?" not in said
    found = tables(data)
    heads = ["TT", "Cơ quan, đơn vị"]
    assert found[1][0] == [*heads, "Có", "Không", "Không nhớ"]
    assert found[1][1] == ["1", "Sở Nội vụ", *["☐"] * 3]
    assert found[3][1:3] == [["☐", "Thủ tục đơn giản hơn"], ["☐", "Trả kết quả đúng hẹn"]]


def test_many_answers_about_units_are_numbered() -> None:
    index = index_of_file("choices")
    (scale,) = (each for each in index.scales if each.code == "mong")
    more = tuple(replace(scale.levels[0], code=code, label=f"Việc {code}") for code in "EFG")
    scales = [each for each in index.scales if each != scale]
    wide = replace(index, scales=(*scales, replace(scale, levels=scale.levels + more)))
    data = forms.to_docx(wide, AT, "xa")
    assert "(1) Thủ tục đơn giản hơn; (2) Trả kết quả đúng hẹn" in text_of(data)
    assert tables(data)[2][0][2:] == [f"({place})" for place in range(1, 9)]


def test_comments_have_lines_to_write_on() -> None:
    data = forms.to_docx(index_of_file("comments"), AT)
    assert markup_of(data).count('w:leader="dot"') >= forms.COMMENT_LINES
