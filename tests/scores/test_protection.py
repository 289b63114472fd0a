"""What each way of keeping the key protects: one table wherever it stands."""

from pathlib import Path

from app.scores import protection
from app.scores.protection import ROWS

GUIDE = Path(__file__).parents[2] / "docs" / "huong-dan.md"


def test_the_guide_has_the_very_table_of_the_pages() -> None:
    lines = GUIDE.read_text("utf-8").splitlines()
    head = lines.index("| ai | cơ quan tổ chức giữ khóa | ủy viên giữ khóa |")
    rows = [f"| {row.who} | {row.office} | {row.committee} |" for row in ROWS]
    assert lines[head + 2 : head + 2 + len(rows)] == rows
    assert lines[head + 2 + len(rows)] == ""


def test_each_mode_says_what_it_does_not_prevent() -> None:
    office = list(protection.stays_possible(protection.OFFICE))
    committee = list(protection.stays_possible(protection.COMMITTEE))
    assert "tệp khóa và cơ sở dữ liệu" in office[0]
    assert "đủ số ủy viên thông đồng" in committee[0]
    assert office[1:] == committee[1:]
