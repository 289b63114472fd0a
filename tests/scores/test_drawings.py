"""Charts as files: sound XML with the words in it, drawn to scale, nothing that a program runs."""

from fractions import Fraction
from xml.etree.ElementTree import Element, fromstring

from app.scores import drawings
from app.scores.drawings import Chart, Column, Row, Stack

SVG = "{http://www.w3.org/2000/svg}"
ODD = 'Sở <b>"A" & B</b>'


def parsed(data: bytes) -> tuple[Element, str]:
    root = fromstring(data)
    assert {each.tag for each in root.iter()} <= {
        f"{SVG}{name}" for name in ("svg", "title", "rect", "g", "path", "text")
    }
    assert not any({"style", "class"} & each.attrib.keys() for each in root.iter())
    return root, "\n".join(filter(None, root.itertext()))


def widths(root: Element, fill: str) -> list[float]:
    return [
        float(each.get("width", "")) for each in root.iter(f"{SVG}rect") if each.get("fill") == fill
    ]


def test_bars_are_drawn_to_scale_and_what_is_missing_is_not_drawn() -> None:
    rows = [Row(ODD, Fraction(50), "50,00%"), Row("Sở C", Fraction(25), "25,00%")]
    root, said = parsed(drawings.rows("Xếp hạng", [*rows, Row("Sở D", None, "*")], [Fraction(80)]))
    assert widths(root, drawings.ACCENT) == [240, 120]
    assert len(widths(root, drawings.GROUND)) == 3
    assert ODD in said
    assert "25,00%" in said


def test_columns_are_drawn_to_scale_beside_the_line() -> None:
    columns = (
        Column("01", "T2", "30", 30),
        Column("02", "T3", "", 0),
        Column("03", "T4", "60", 60),
    )
    chart = Chart(columns, Fraction(60), (Fraction(0), Fraction(60)))
    root, said = parsed(drawings.columns("Theo ngày", chart, [ODD * 20]))
    heights = [
        float(each.get("height", ""))
        for each in root.iter(f"{SVG}rect")
        if each.get("fill") == drawings.ACCENT
    ]
    assert heights[0] * 2 == heights[2]
    assert heights[1] == 0
    assert said.count("T3") == 1
    # Long words break into lines within the picture.
    tall = float(root.get("height", ""))
    assert all(float(each.get("y", "0")) < tall for each in root.iter(f"{SVG}text"))


def test_the_parts_of_a_stack_stand_one_behind_the_other() -> None:
    bar = Stack("Sở A", (Fraction(50), Fraction(30), Fraction(20)), "71%")
    root, said = parsed(drawings.stacks("Câu hỏi", ["Tốt", "Khá", ODD], [bar]))
    parts = [each for each in root.iter(f"{SVG}rect") if each.get("stroke")][3:]
    starts = [float(each.get("x", "")) for each in parts]
    assert [round(x - starts[0]) for x in starts] == [0, 240, 384]
    assert ODD in said
