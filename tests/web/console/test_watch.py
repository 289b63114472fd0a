"""Theo dõi: what came in by group and by day, on the page and as a workbook."""

import io
from datetime import date, datetime, timedelta

import pytest
from openpyxl import load_workbook
from sqlmodel import update

from app.keys.keyfile import KeyFile
from app.language import HANOI
from app.letters import standing
from app.settings import Settings
from app.store.db import Database
from app.store.models import Letter, Wave
from app.waves import notes
from app.waves.notes import Note
from app.waves.wave import id_of
from app.web.console.waves.casts import totals_of
from app.web.console.waves.watch import MOST_FAILED
from tests.conftest import Clock
from tests.making.blocks import cast_all, make_index, make_wave
from tests.making.consoles import desk_of
from tests.making.html import words


def test_days_and_groups_are_counted_as_they_were_noted(
    db: Database, keys: KeyFile, configured: Settings, clock: Clock
) -> None:
    index = make_index("pooled")
    wave = make_wave(db, keys, index, 60, code="mo")
    notes.take_all(db)
    clock.move(days=1)
    cast_all(db, keys, wave, share=0.5)
    notes.take_all(db)
    with db.reading() as session:
        noted = notes.latest(session, wave.id or 0)
    clerk = desk_of(db, keys, configured).open("/quan-tri/dot/mo/theo-doi")
    # Newest first; the last one is the table of groups by days.
    first = [words(row[-1]) for table in clerk.tree.iter("table") for row in table.iter("tr")][-2:]
    assert first == ["30", "0"]
    data = clerk.open("/quan-tri/dot/mo/theo-doi/so-lieu.xlsx").response.content
    sheet = load_workbook(io.BytesIO(data)).active
    assert sheet is not None
    rows = [list(row) for row in sheet.iter_rows(min_row=4, values_only=True)]
    named = {group.name: group.code for group in index.groups}
    counts = {note.cell: note.cast for note in noted}
    assert rows[0][-1] == "Tất cả"
    assert [counts[named[str(name)]] for name in rows[0][1:-1]] == rows[2][1:-1]
    assert [row[-1] for row in rows[1:3]] == [0, 30]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_one_day_alone_is_no_chart_of_days_but_stands_on_the_way_to_the_closing(
    db: Database, keys: KeyFile, configured: Settings, clock: Clock
) -> None:
    opens = clock().replace(minute=0) - timedelta(hours=1)
    wave = make_wave(
        db, keys, make_index("pooled"), 60, opens=opens, closes=opens + timedelta(days=9), code="mo"
    )
    cast_all(db, keys, wave, share=0.5)
    notes.take_all(db)
    clerk = desk_of(db, keys, configured).open("/quan-tri/dot/mo/theo-doi")
    assert "Số phiếu nhận mỗi ngày" not in clerk.text
    # Ten days of Hà Nội: a tenth of sixty.
    assert "đã nhận 30 trên 60 phiếu; nhận đều mỗi ngày thì đến đó là 6" in clerk.text
    assert "mở 02/3" in clerk.text
    assert "hạn 11/3" in clerk.text
    assert "không phải dự báo" in clerk.text
    clock.move(days=1)
    notes.take_all(db)
    clerk = desk_of(db, keys, configured).open("/quan-tri/dot/mo/theo-doi")
    assert "Nhận đều thì mỗi ngày 6 phiếu" in clerk.text
    assert "đến đó là 12" in clerk.text


def test_before_the_first_note_the_workbook_is_empty_and_the_page_says_why(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    make_wave(db, keys, code="mo")
    clerk = desk_of(db, keys, configured).open("/quan-tri/dot/mo/theo-doi")
    assert "Chưa có số liệu" in clerk.text
    assert clerk.open("/quan-tri/dot/mo/theo-doi/so-lieu.xlsx").status == 200


SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@SQLITE
@pytest.mark.parametrize(
    ("noted", "hour", "day"),
    [
        (7, 8, 7),  # opened at 8.30, noted under the hour in which it did
        (8, 0, 7),
        (8, 1, 8),
        (10, 0, 9),
        (10, 1, 9),  # with the grace after a closing at midnight
    ],
)
def test_what_came_in_by_midnight_belongs_to_the_day_before(
    db: Database, keys: KeyFile, noted: int, hour: int, day: int
) -> None:
    opens, closes = datetime(2026, 3, 7, 8, 30, tzinfo=HANOI), datetime(2026, 3, 10, tzinfo=HANOI)
    wave = make_wave(db, keys, opens=opens, closes=closes)
    at = datetime(2026, 3, noted, hour, tzinfo=HANOI)
    assert notes.day_of(wave, at) == date(2026, 3, day)


@SQLITE
def test_every_failed_letter_is_sent_again_also_those_the_page_has_no_room_for(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    wave = make_wave(db, keys, people=MOST_FAILED + 3, code="mo")
    with db.transaction() as session:
        session.execute(update(Letter).values(state="failed", error="đầy"))
    clerk = desk_of(db, keys, configured).open("/quan-tri/dot/mo/theo-doi")
    assert "200 trong 203 người" in clerk.text
    clerk.press("Gửi lại tất cả thư không gửi được")
    with db.reading() as session:
        assert standing.progress(session, id_of(wave))["waiting"] == MOST_FAILED + 3


def test_days_before_cells_were_put_together_are_told_in_the_cells_of_now() -> None:
    opens = datetime(2026, 3, 2, 8, tzinfo=HANOI)
    wave = Wave(code="mo", opens_at=opens, closes_at=opens + timedelta(days=9))
    first, second = (opens + timedelta(days=1, hours=n) for n in (1, 25))
    noted = [
        *(Note(first, cell, 40, cast) for cell, cast in {"": 30, "a": 11, "b": 12, "c": 7}.items()),
        *(Note(second, cell, 40, cast) for cell, cast in {"": 33, "a+c": 20, "b": 13}.items()),
    ]
    assert list(totals_of(wave, noted).values()) == [
        {"": 30, "a+c": 18, "b": 12},
        {"": 33, "a+c": 20, "b": 13},
    ]
