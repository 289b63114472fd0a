"""A page put together out of one drawn before is byte for byte the page drawn whole, whoever saw
the others before."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from app.ballots import ballot as ballots
from app.ballots import saving
from app.ballots.ballot import OpenBallot
from app.ballots.page import COMMENTS, UNITS
from app.ballots.questionnaire import questionnaire
from app.index import file as indexfile
from app.keys.keyfile import KeyFile
from app.keys.urn import Answers, DraftState
from app.settings import Settings
from app.store.db import Database
from app.web.booth import ballotpages, blanks, lastpages
from app.web.booth.ballotpages import asked, form_page, frame
from app.web.booth.lastpages import receipt_page, review_page
from app.web.booth.startpages import _of_start, start_page
from app.web.house import House
from app.web.pages import page
from tests.conftest import Clock
from tests.making.blocks import INDEXES, LAI_CHAU, make_people, make_wave, names

FILES = [LAI_CHAU, *sorted(INDEXES.glob("*.toml"))]
STATES = 3
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def house(db: Database, keys: KeyFile, configured: Settings) -> House:
    return House(configured, db, keys)


def some(house: House, clock: Clock) -> Iterator[OpenBallot]:
    """Ballots of every index: of its groups and agencies, of a rehearsal, of a later closing."""
    for place, path in enumerate(FILES):
        index = indexfile.parse(path.read_bytes())
        people = make_people(index, 12)
        for late in (False, True):
            closes = clock.now + timedelta(days=20 + late)
            code = f"dot-{place}-{late:d}"
            wave = make_wave(
                house.db, house.keys, index, people, code=code, closes=closes, rehearsal=late
            )
            with house.db.plain_reading() as plain, house.db.reading() as session:
                for name in names(session, wave)[:: 1 + 4 * late]:
                    yield ballots.find(plain, name)


def filled(ballot: OpenBallot, dice: random.Random) -> DraftState:
    """A draft of which some or all is answered."""
    chosen = frozenset(unit for unit in ballot.units if dice.random() < 0.8)
    state = DraftState(units=chosen if ballot.index.rules.choose_units else None)
    share = dice.choice([1.0, 1.0, 0.8, 0.0])
    sheet = questionnaire(asked(ballot, state))
    levels = {}
    for code in sheet.codes:
        shown = sheet.page(code)
        assert shown is not None
        for name, item in shown.items.items():
            if dice.random() < share:
                levels[item] = dice.choice(sorted(shown.fields[name] or ()))
    return replace(state, answers=Answers(levels))


def test_pages_of_questions(house: House, clock: Clock) -> None:
    dice, seen = random.Random(1), set()
    for ballot in some(house, clock):
        for _state in range(STATES):
            state = filled(ballot, dice)
            sheet = questionnaire(asked(ballot, state))
            for code in sheet.codes:
                shown = sheet.page(code)
                if shown is None or code in (UNITS, COMMENTS):
                    continue
                quick = form_page(house, ballot, state, shown)
                # As it is drawn where a form could not be kept.
                whole = form_page(house, ballot, state, shown, saving.content(shown, state))
                assert quick.body == whole.body, (ballot.wave, ballot.group, code)
                assert quick.raw_headers == whole.raw_headers
                seen.add(quick.body)
    assert len(seen) > 100
    assert len(blanks._kept) < len(seen)


def test_the_review(house: House, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    dice, full = random.Random(2), 0
    for ballot in some(house, clock):
        for _state in range(STATES):
            state = filled(ballot, dice)
            sheet = questionnaire(asked(ballot, state))
            full += lastpages.is_full(lastpages.review_of(sheet, state))
            quick = review_page(house, ballot, state)
            with monkeypatch.context() as patch:
                patch.setattr(lastpages, "is_full", lambda _review: False)
                whole = review_page(house, ballot, state)
            assert quick.body == whole.body, (ballot.wave, ballot.group)
            assert quick.raw_headers == whole.raw_headers
    assert full > 20


def test_first_page_and_receipt(house: House, clock: Clock) -> None:
    for found in some(house, clock):
        for ballot in (
            found,
            replace(found, draft=b""),
            replace(found, closed_at=clock.now),
            replace(found, closed_at=clock.now, objections_until=found.closes_at),
            replace(found, is_reopened=True, reopened_until=found.opens_at),
            replace(found, closed_at=clock.now, unsealed_at=clock.now),
            replace(found, contacts_months=5),
        ):
            whole = page("ballot/start.html", _of_start(ballot, "/x?a=1&b", None, None))
            assert start_page(ballot, "/x?a=1&b").body == whole.body
            own = house.keys.receipt(ballot.wave, ballot.name)
            for cancelled, reason in ((None, ""), (clock.now, ""), (clock.now, "Vì <lũ>")):
                ended = replace(ballot, cancelled_at=cancelled)
                values = {"receipt": own, "reason": reason}
                drawn = page("ballot/receipt.html", frame(ended) | values)
                assert receipt_page(house, ended, reason).body == drawn.body


def test_only_so_many_are_kept(house: House, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blanks, "MOST_KEPT", 3)
    monkeypatch.setattr(blanks, "_kept", {})
    first = next(some(house, clock))
    for months in range(9):
        start_page(replace(first, contacts_months=months), "/")
        assert len(blanks._kept) <= 3
    assert ballotpages.of_frame(first) == (first.rehearsal, first.closes_at)
