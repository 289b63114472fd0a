"""What commands print."""

from app.commands.outcome import ranking
from tests.making.sheets import make_document


def test_units_stand_by_rank_and_those_without_one_say_why() -> None:
    assert list(ranking(make_document())) == [
        "   1  Sở Nội vụ: 5,96 điểm, 79,41%",
        "   *  Thanh tra: không có dữ liệu",
    ]
    nothing_to_get = make_document(
        leaves=({"code": "1.1", "max_points": "0"}, {"code": "1.2", "max_points": "1"}),
        units=({"code": "snv", "name": "Sở Nội vụ", "not_applicable": ["1.2"]}, {"code": "ttt"}),
        answers={("q1", "snv"): {"hdnd": {"A": 9}}, ("q2", "ttt"): {"hdnd": {"A": 9}}},
        external={},
    )
    first, last = ranking(nothing_to_get)
    assert first.endswith("1,00 điểm, 100,00%")
    assert last == "   *  Sở Nội vụ: tối đa 0 điểm nên không có tỷ lệ"
