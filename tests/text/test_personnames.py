"""Titles and capitals in names: what is offered, and what is left as it is."""

import pytest

from app.text.personnames import tidied


@pytest.mark.parametrize(
    ("name", "tidy"),
    [
        ("Ông Nguyễn Văn A", "Nguyễn Văn A"),
        ("Bà: Lò Thị Hoa", "Lò Thị Hoa"),
        ("ThS. Nguyễn Văn An", "Nguyễn Văn An"),
        ("Ths Nguyễn Văn An", "Nguyễn Văn An"),
        ("Bs. Tao Thị Bình", "Tao Thị Bình"),
        ("PGS.TS. Lê Minh", "Lê Minh"),
        ("BSCKII. Vàng A Cơ", "Vàng A Cơ"),
        ("BS.CKI Vàng A Cơ", "Vàng A Cơ"),
        ("Đ/c Lò Văn Hặc", "Lò Văn Hặc"),
        ("Bác sĩ Lò Văn Hặc", "Lò Văn Hặc"),
        ("ÔNG NGUYỄN VĂN A", "Nguyễn Văn A"),
        ("NGUYỄN VĂN A", "Nguyễn Văn A"),
        ("nguyễn văn a", "Nguyễn Văn A"),
        ("Nguyễn văn An", "Nguyễn Văn An"),
        ("H'HEN NIÊ", "H'Hen Niê"),
        ("Lò Thị Hoa (Bà)", "Lò Thị Hoa"),
    ],
)
def test_a_name_is_offered_without_title_and_capitals(name: str, tidy: str) -> None:
    assert tidied(name) == tidy
    assert tidied(tidy) == tidy


@pytest.mark.parametrize(
    "name",
    [
        *("Nguyễn Văn A", "Bá Thị Hoa", "Tsơ Văn B", "Anh Dũng", "Ông Hoa", "Lò Văn Bà"),
        *("H'Hen Niê", "Y Bhiăk", "Chị", "Đặng Thị Cử", "Giàng A Sử", "Người thứ 3", "K'Brôi"),
        *("Cn", "Hà Ks"),
    ],
)
def test_a_tidy_name_stays(name: str) -> None:
    assert tidied(name) == name
