"""The benchmark measures what it says: whole ballots through the real forms, whole urns."""

import random
from dataclasses import replace

import pytest

from app.count import unsealing
from app.index import file as indexfile
from tests.load.answering import QUICK, cast, measure
from tests.load.driver import Astray, Browser, Seen
from tests.load.growth import peak, peaks
from tests.load.hello import bare
from tests.load.premises import premises
from tests.load.respondents import drive
from tests.load.shapes import FOUR_PAGES, LONG, ONE_PAGE, SHAPES, Shape
from tests.load.table import Row, markdown
from tests.load.waves import cast_by, full_urn, open_wave, outsiders, roster_people
from tests.making.blocks import LAI_CHAU


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.code)
def test_each_ballot_has_the_answers_and_pages_of_its_name(shape: Shape) -> None:
    index = indexfile.parse(shape.index_file.encode())
    units = [unit.code for unit in index.units]
    assert len(index.asked("hdnd", units)) == shape.questions * shape.units
    assert shape.pages == {FOUR_PAGES: 4, ONE_PAGE: 1, LONG: 19}[shape]


def test_the_driver_brings_every_link_to_its_own_receipt() -> None:
    with premises() as place:
        links, receipts = open_wave(place, FOUR_PAGES, 6)
        with place.serving() as server:
            outcome = cast(place, server, FOUR_PAGES, links[:4], receipts[:4], 3)
            # Links again: whoever has cast sees the receipt at once, and nothing is counted twice.
            again = drive(place.port, links[:4], 2)
        assert sorted(again.receipts) == sorted(receipts[:4])
        assert again.answers == 0
        with place.opened() as (db, _keys):
            assert cast_by(db, FOUR_PAGES.code) == outcome.ballots == 4
    assert outcome.cpu > 0
    assert outcome.memory > 0
    # Link, start, four pages and the review are asked for and posted, then comes the receipt.
    assert len(outcome.driven.requests) == 4 * 13


def test_whoever_comes_at_a_moment_of_their_own_is_brought_to_a_receipt_too() -> None:
    with premises() as place:
        links, receipts = open_wave(place, ONE_PAGE, 30)
        slow, fast = peaks(place, (4, 40), links, receipts, seconds=0.4, pause=0.01)
        with place.opened() as (db, _keys):
            counted = cast_by(db, ONE_PAGE.code)
    shown = [int(step.note.split()[0]) for step in (slow, fast)]
    assert sum(shown) == counted
    assert 4 < shown[1] < 30
    assert peak(86_000) == pytest.approx(2.123, abs=0.001)


def test_the_benchmark_refuses_receipts_that_are_not_the_ballots() -> None:
    with premises() as place:
        links, receipts = open_wave(place, ONE_PAGE, 2)
        with place.serving() as server, pytest.raises(AssertionError, match="receipts"):
            cast(place, server, ONE_PAGE, links[:1], receipts[1:], 1)


def filled(form: str) -> tuple[str, list[tuple[str, str]]]:
    browser = Browser(0, Seen(), random.Random(1))
    browser.path = "/trang"
    return browser.fill(f"<body><form></form><main>{form}</main></body>".encode())


def test_a_form_is_filled_in_as_a_browser_would() -> None:
    action, fields = filled(
        '<form method="post" action="/a?b&amp;c"><input type="hidden" name=".x" value="&lt;1">'
        '<input type="radio" name="q.u" value="-" checked><input type="checkbox" name="units"'
        ' value="u"><textarea name="c" rows="2"></textarea>'
        '<button class="btn">Tiếp</button><button name="den" value="truoc">Lùi</button></form>'
    )
    assert action == "/a?b&c"
    assert dict(fields) | {"c": ""} == {".x": "<1", "q.u": "-", "units": "u", "c": ""}


def test_the_first_submit_button_is_the_one_that_is_pressed() -> None:
    _action, fields = filled('<form><button name="a" value="1"></button><button name="b"></form>')
    assert fields == [("a", "1")]


def test_a_page_without_one_form_is_not_what_was_promised() -> None:
    with pytest.raises(Astray):
        filled("")
    with pytest.raises(Astray):
        filled("<form></form><form></form>")


def test_an_urn_written_in_bulk_opens_like_any_other() -> None:
    index = indexfile.parse(LAI_CHAU.read_bytes())
    everybody = roster_people(index)[:30]
    with premises() as place, place.opened() as (db, keys):
        full_urn(db, keys, index, everybody, 75, "day")
        minutes = unsealing.unseal(db, keys, "day")
    assert (minutes.issued, minutes.counted, minutes.void, minutes.foreign) == (75, 75, 0, 0)


def test_people_of_no_unit_are_asked_about_all_of_them() -> None:
    index = indexfile.parse(LONG.index_file.encode())
    assert {(person.group, person.agency) for person in outsiders(index, 9)} == {("hdnd", None)}


def test_ballots_are_compared_with_bare_answers_of_the_same_run() -> None:
    with premises() as place, bare() as hello:
        found = measure(place, hello, ONE_PAGE, QUICK[ONE_PAGE])
    # Seven requests, each of which does more than to say a few words.
    assert found.hellos == found.alone.each / found.hello > 7
    assert found.crowd.per_second > 0
    assert found.crowd.p99 > 0


ROW = Row("việc", 30, "ms", must=20, goal=10, today="400 ms")


@pytest.mark.parametrize(
    ("row", "word"),
    [
        (replace(ROW, figure=9), "goal"),
        (replace(ROW, figure=15), "as asked"),
        (ROW, "near"),
        (replace(ROW, figure=31), "**1.6 times worse than asked**"),
        (replace(ROW, figure=15, more_is_better=True), "goal"),
        (replace(ROW, figure=8, more_is_better=True), "**2.5 times worse than asked**"),
        (replace(ROW, must=None, note="vì sao"), "vì sao"),
        # Where there is a multiple, that is what is asked for.
        (replace(ROW, multiple=9.0, of="hellos"), "goal"),
    ],
)
def test_a_figure_is_judged_by_what_is_asked_for(row: Row, word: str) -> None:
    assert row.verdict == word


def test_a_time_is_told_in_bare_answers_unless_it_is_compared_with_something_else() -> None:
    assert ROW.in_hellos(0.0002).multiple == pytest.approx(150)
    letters = replace(ROW, multiple=2.0, of="× bare")
    assert letters.in_hellos(0.0002) == letters
    bytes_ = replace(ROW, unit="KB")
    assert bytes_.in_hellos(0.0002) == bytes_


def test_the_table_is_markdown_with_what_is_asked_for_in_multiples() -> None:
    head, rule, line = markdown([replace(ROW, multiple=150.0, of="hellos", must=95)]).splitlines()
    assert [cell.strip() for cell in head.split("|")[1:-1]] == [
        *("work", "measured", "multiple", "must", "goal", "today", ""),
    ]
    assert set(rule) == {"|", "-", " "}
    assert [cell.strip() for cell in line.split("|")[1:-1]] == [
        *("việc", "30 ms", "150 hellos", "95 hellos", "10 hellos", "400 ms"),
        "**1.6 times worse than asked**",
    ]
