"""What to begin with where an annex says nothing: groups, scales, the words of a question."""

from fractions import Fraction

from app.index.entries import NO_OPINION
from app.index.parts import Group, Level, Scale
from app.language import _

GROUPS = (
    Group("hdnd", _("Đại biểu HĐND tỉnh, lãnh đạo Ủy ban MTTQ Việt Nam tỉnh"), Fraction(1, 5)),
    Group("ubnd", _("Lãnh đạo UBND tỉnh, lãnh đạo Văn phòng UBND tỉnh"), Fraction(1, 5)),
    Group("so", _("Lãnh đạo sở, ban, ngành"), Fraction(1, 5)),
    Group("phong", _("Lãnh đạo phòng thuộc sở, ban, ngành"), Fraction(1, 5)),
    Group("xa", _("Lãnh đạo UBND cấp xã"), Fraction(1, 5)),
)


def _scale(code: str, *levels: tuple[str, str]) -> Scale:
    made = (
        Level(sign, label, Fraction(weight))
        for sign, (label, weight) in zip("ABCDE", levels, strict=False)
    )
    return Scale(code, tuple(made), NO_OPINION)


SCALES = {
    scale.code: scale
    for scale in (
        _scale(
            "tot-4",
            (_("Rất tốt"), "1"),
            (_("Tốt"), "0.6"),
            (_("Trung bình"), "0.2"),
            (_("Chưa tốt"), "0"),
        ),
        _scale(
            "tot-5",
            (_("Rất tốt"), "1"),
            (_("Tốt"), "0.75"),
            (_("Khá"), "0.5"),
            (_("Trung bình"), "0.25"),
            (_("Kém"), "0"),
        ),
        _scale(
            "hai-long-5",
            (_("Rất hài lòng"), "1"),
            (_("Hài lòng"), "0.75"),
            (_("Bình thường"), "0.5"),
            (_("Không hài lòng"), "0.25"),
            (_("Rất không hài lòng"), "0"),
        ),
    )
}
NAME = "{tiêu chí}"
PATTERN = _("Ông/Bà đánh giá thế nào về {tiêu chí} của {unit} năm {year}?")
COMMENT = _("Ông/Bà có góp ý gì khác?")
