"""Index → workbook → index: nothing is lost, whatever stands in it; and noise is faults."""

import copy
import io
import zipfile
from fractions import Fraction
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.index import file as indexfile
from app.index.definition import Index
from app.index.faults import IndexFault
from app.papers import indexbook
from app.papers.indextemplate import NotForExcel
from tests.index.test_choices import with_choices
from tests.index.test_properties import raw_indexes
from tests.making.blocks import INDEXES
from tests.making.books import pages_of, small_book, small_pages
from tests.making.small_index import GONE, make_raw

HOUSE = Path(__file__).parents[2]
FILES = sorted([*(HOUSE / "questionnaires").glob("*.toml"), *INDEXES.glob("*.toml")])


def again(index: Index) -> Index:
    return indexbook.read_sheets(pages_of(indexbook.write_book(index)))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_index_comes_back_with_the_same_digest(file: Path) -> None:
    index = indexfile.parse(file.read_bytes())
    data = indexbook.write_book(index)
    back = indexbook.read_book(data, file.name)
    assert back == index
    assert indexfile.digest(back) == indexfile.digest(index)
    assert indexbook.write_book(back) == data


@settings(max_examples=40, deadline=None)
@given(raw_indexes())
def test_any_index_comes_back_as_it_was(raw: dict[str, Any]) -> None:
    index = indexfile.read(raw)
    assert again(index) == index


SIGNS = st.characters(
    codec="utf-8",
    exclude_categories=("Cc", "Cf", "Cs", "Zl", "Zp"),
    exclude_characters="\ufffe\uffff",
)
TEXTS = st.text(st.one_of(st.sampled_from("=+-@'\"<>&;_xr/0A "), SIGNS), min_size=1, max_size=30)
PROSE = st.text(st.one_of(st.sampled_from("=\n\t'\"<>&;\\ {}"), SIGNS), min_size=1, max_size=40)


@settings(max_examples=40, deadline=None)
@given(st.tuples(TEXTS, TEXTS, TEXTS).filter(lambda texts: all(map(str.strip, texts))), PROSE)
@example(("=1+1", "'1.10", "_x0041_"), "=HYPERLINK(1)\n\n\t{x}")
@example(("<r>a</r>", "<r></r>", "https://vi-du.vn"), "<r>\n</r>")
@example(("-", "TRUE", "#N/A"), "a\u0302 Ô")
@example(("2026-01-01", "007", "1,5"), "😀" * 5_000 + "\n" + "_x000D_" * 700)
@example(("Ví dụ: a", "Mục", "a;b"), "x" * 10_000)
def test_any_text_comes_back_as_it_was(names: tuple[str, str, str], prose: str) -> None:
    raw = make_raw(
        index__name=names[0],
        units__0__name=names[1],
        scales__0__no_opinion=names[2],
        organiser={"basis": prose.strip() or "x", "phone": names[2]},
        rules__classes=[{"label": names[0], "from": "1/3"}, {"label": names[1], "from": "0"}],
        questions__1__text="Về {unit}:\n" + prose[:9_000],
    )
    index = indexfile.read(raw)
    assert again(index) == index


@pytest.mark.parametrize(
    "number",
    [
        *("2/3", "0.1", "123456789012345", "1234567890123456", "0.123456789012345", "1/1024"),
        *("9" * 30, "1" + "0" * 29, "0." + "0" * 28 + "1", "1/" + "7" * 30, "0"),
    ],
)
def test_any_number_comes_back_exactly(number: str) -> None:
    index = indexfile.read(make_raw(groups__0__weight=number))
    assert again(index).groups[0].weight == Fraction(number)
    assert again(index) == index


@pytest.mark.parametrize("organiser", [GONE, {}, {"unit": "snv"}, {"email": "a@b.vn"}])
def test_an_organiser_none_empty_or_begun_stays_so(organiser: object) -> None:
    raw = make_raw() if organiser is GONE else make_raw(organiser=organiser)
    index = indexfile.read(raw)
    assert again(index) == index


def with_choices_and_classes() -> dict[str, Any]:
    """Choice questions, a scale of theirs without weights, and a block with classes of its own."""
    raw = with_choices()
    raw["rules"] = {"classes": [{"label": "Tốt", "from": "80"}, {"label": "Khá", "from": "65"}]}
    raw["blocks"].append({"code": "xa", "name": "Xã", "classes": []})
    raw["blocks"][0]["classes"] = [{"label": "Xuất sắc", "from": "93"}, {"label": "B", "from": 0}]
    return raw


def test_choice_questions_and_the_classes_of_a_block_come_back() -> None:
    index = indexfile.read(with_choices_and_classes())
    assert again(index) == index
    assert indexfile.digest(again(index)) == indexfile.digest(index)
    raw = with_choices_and_classes()
    del raw["rules"]
    only_block = indexfile.read(raw)
    assert again(only_block) == only_block


def test_what_is_wrong_with_them_is_told_at_its_cell() -> None:
    data = indexbook.write_book(indexfile.read(with_choices_and_classes()))
    pages = {title: {(r, c): (k, t) for r, c, k, t in cells} for title, cells in pages_of(data)}
    pages["Xếp loại"][3, 2] = ("text", "xax")
    pages["Xếp loại"][4, 0] = ("text", "930")
    pages["Câu hỏi"][3, 8] = ("number", "9")
    pages["Câu hỏi"][4, 6] = ("number", "1")
    pages["Câu hỏi"][1, 7] = ("text", "Từng đơn vị")
    pages["Thang đo"].pop((1, 3))
    book = [(t, [(*at, *cell) for at, cell in sorted(cells.items())]) for t, cells in pages.items()]
    with pytest.raises(IndexFault) as caught:
        indexbook.read_sheets(book)
    told = [str(fault) for fault in caught.value.faults]
    assert [fault.partition(":")[0] for fault in told] == [
        *("Xếp loại, ô C4", "Xếp loại, ô A5", "Thang đo, ô D2"),
        *("Câu hỏi, ô H2", "Câu hỏi, ô I4", "Câu hỏi, ô G5"),
    ]
    assert "Có phải “xa”?" in told[0]
    assert not any(word in " ".join(told) for word in ("kind", "weight", "khóa"))


def test_an_index_without_scales_comes_back() -> None:
    changes = {"criteria__1__method": "appraisal", "scales": [], "index__survey_points": "2"}
    raw = make_raw(**changes)
    del raw["questions"][0]
    assert again(indexfile.read(raw)) == indexfile.read(raw)


def test_the_same_index_gives_the_same_bytes() -> None:
    index = indexfile.read(make_raw())
    assert indexbook.write_book(index) == indexbook.write_book(again(index))


def test_codes_are_texts_and_no_text_is_a_formula() -> None:
    index = indexfile.read(make_raw(units__0__name="=1+1", groups__0__weight="2/3"))
    data = indexbook.write_book(index)
    book = openpyxl.load_workbook(io.BytesIO(data))
    cells = {cell.coordinate: cell for row in book["Tiêu chí"].iter_rows() for cell in row}
    assert (cells["A2"].value, cells["A2"].data_type, cells["A2"].number_format) == (
        "1.1",
        "s",
        "@",
    )
    assert (cells["D4"].value, cells["D4"].data_type) == (1, "n")
    weight = book["Nhóm đối tượng"]["C2"]
    assert (weight.value, weight.data_type, weight.number_format) == ("2/3", "s", "@")
    archive = zipfile.ZipFile(io.BytesIO(data))
    parts = [name for name in archive.namelist() if name.startswith("xl/worksheets/")]
    assert not any(b"<f>" in archive.read(name) for name in parts)


@pytest.mark.parametrize(
    ("change", "cell"),
    [
        ({"units__0__name": "a\uffff"}, "Đơn vị, ô B2"),
        ({"groups__0__code": "g" * 33_000, "questions__1__groups": ["g" * 33_000]}, "ô A2"),
    ],
)
def test_what_no_workbook_can_hold_is_refused_and_not_lost(
    change: dict[str, Any], cell: str
) -> None:
    change |= {"questions__0__groups": change.get("questions__1__groups", ["hdnd"])}
    with pytest.raises(NotForExcel, match=cell):
        indexbook.write_book(indexfile.read(make_raw(**change)))


def test_more_rows_than_are_read_back_are_not_written() -> None:
    many = [{"code": "so" if n == 0 else f"k{n}", "name": "K"} for n in range(5_000)]
    with pytest.raises(NotForExcel, match=r"^Khối: quá nhiều dòng"):
        indexbook.write_book(indexfile.read(make_raw(blocks=many)))
    index = indexfile.read(make_raw(blocks=many[:4_999]))
    assert again(index) == index


# Noise

CELL = st.tuples(
    st.sampled_from(["text", "number", "date", "truth", "error"]),
    st.one_of(
        st.sampled_from(
            ["", " ", "so", "1.1", "1.1.1", "-1", "1/0", "99%", "0,5", "TRUE", "Góp ý"]
        ),
        st.sampled_from(
            ["Ví dụ: x", "Mã", "Tên đơn vị", "{uint}", "a;a;", "a\r\nb", "\u200b", "units"]
        ),
        st.text(max_size=5),
    ),
)
SPOTS = [(n, spot) for n, (_title, cells) in enumerate(small_pages()) for spot in cells]


@settings(deadline=None)
@given(st.data())
def test_whatever_stands_in_the_cells_is_an_index_or_faults(data: st.DataObject) -> None:
    pages = [(title, dict(cells)) for title, cells in copy.deepcopy(small_pages())]
    inside = st.sampled_from(SPOTS)
    beside = st.tuples(
        st.integers(0, len(pages) - 1), st.tuples(st.integers(0, 8), st.integers(0, 8))
    )
    for number, spot in data.draw(st.lists(inside | beside, min_size=1, max_size=6)):
        pages[number][1][spot] = data.draw(CELL)
    if data.draw(st.booleans()):
        del pages[data.draw(st.integers(0, len(pages) - 1))]
    book = [(t, [(*spot, *cell) for spot, cell in sorted(cells.items())]) for t, cells in pages]
    try:
        index = indexbook.read_sheets(book)
    except IndexFault as fault:
        assert fault.faults  # noqa: PT017 - either outcome is right
        for each in fault.faults:
            assert each.place, each
            assert each.message.endswith("."), each
            assert not any(sign in str(each.place) for sign in "[]"), each
    else:
        assert again(index) == index


def test_the_small_index_is_the_ground_that_noise_falls_on() -> None:
    assert indexbook.read_sheets(small_book({})) == indexfile.read(make_raw())
