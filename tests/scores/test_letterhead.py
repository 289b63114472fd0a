"""The head of a paper, from the name of who sends it."""

import pytest

from app.scores.letterhead import guessed
from app.scores.paper import BLANK


@pytest.mark.parametrize(
    ("name", "above", "agency", "sign", "place"),
    [
        ("Sở Nội vụ tỉnh Lai Châu", "UBND tỉnh Lai Châu", "Sở Nội vụ", "SNV", "Lai Châu"),
        (
            "Sở Khoa học và Công nghệ thành phố Hải Phòng",
            *("UBND thành phố Hải Phòng", "Sở Khoa học và Công nghệ", "SKHCN", "Hải Phòng"),
        ),
        ("Sở Nội vụ TP. Huế", "UBND thành phố Huế", "Sở Nội vụ", "SNV", "Huế"),
        ("Văn phòng UBND tỉnh Yên Bái", "UBND tỉnh Yên Bái", "Văn phòng UBND", "VPUBND", "Yên Bái"),
        ("Ủy ban nhân dân tỉnh Lai Châu", "", "Ủy ban nhân dân tỉnh Lai Châu", "UBND", "Lai Châu"),
        ("UBND xã Bum Tở", "", "UBND xã Bum Tở", "UBND", "Bum Tở"),
        ("Sở Nội vụ", BLANK, "Sở Nội vụ", "SNV", ""),
        ("Bảo hiểm xã hội", BLANK, "Bảo hiểm xã hội", "BHXH", ""),
        ("", "", BLANK, "", ""),
    ],
)
def test_the_head_is_told_by_the_name(
    name: str, above: str, agency: str, sign: str, place: str
) -> None:
    head = guessed(name)
    assert (head.above, head.agency, head.sign, head.place) == (above, agency, sign, place)


def test_the_number_has_the_sign() -> None:
    assert guessed("Sở Nội vụ tỉnh Lai Châu").number("BC") == "Số: ………/BC-SNV"
    assert guessed("").number("BC") == "Số: ………/BC"
