"""kill -9 at every step of launch, close, voiding, opening and purge, with keys in the office and
with a committee, on both databases: the same deed, done again, finishes.

A step is before and after each time that the key file is written, the database commits, or its
files are cleaned.
"""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import col, select

from app.audit import chain
from app.audit import checking as logchecking
from app.bonds import nameless
from app.bonds.refused import WaveRefused
from app.count import closingfacts, openingfacts
from app.record import checking, held
from app.scores import closingsums
from app.scores.urnsums import Ballots
from app.store.models import Letter, Respondent
from app.store.privacymodels import Purge
from app.store.trusteemodels import TrusteeLetter
from app.waves import alterations
from app.waves import wave as waves
from tests.making import holders
from tests.making.blocks import cast_all
from tests.making.deeds import CODE, COMMITTEE, OFFICE, Deed, alter
from tests.making.killing import Home, killed_everywhere, started

# What says, when a deed is done again, that it had come to be.
DONE = (
    "đã phát phiếu|đã kết thúc thu phiếu|kết thúc này đã gửi|đã mở hòm phiếu|Đã hủy|đã gửi khóa"
    "|không có gì để tuyên bố|^$"
)
# At how many steps of the database each is killed at least: two a commit, two a cleaning. The key
# file, told before a commit and after it, has as many again.
LEAST = {"launch": 4, "close": 4, "void": 4, "declare": 4, "unseal": 8, "purge": 12}
CASTS = 12


@pytest.fixture
def home(database_url: str, tmp_path: Path) -> Iterator[Home]:
    made = Home(database_url, tmp_path)
    yield made
    made.db.dispose()


@pytest.mark.parametrize("mode", ["office", "committee"])
def test_a_deed_that_was_killed_at_any_step_is_finished_by_doing_it_again(
    home: Home, mode: str
) -> None:
    db, keys = home.db, home.keys
    keys.content()
    holders.draft(db, people=CASTS)
    kills: Counter[str] = Counter()
    # What the key file goes through does not turn on the kind of database.
    every = db.is_sqlite and mode == "office"
    for name, deed in (COMMITTEE if mode == "committee" else OFFICE).items():
        if name == "declare":
            alter(db)
        if name == "purge":
            # Whose ballot was issued anew has that letter in the place of the invitation.
            assert letters_of(home) == {"invitation": CASTS - 1, "reopened": 1, "closing": CASTS}
            home.clock.move(days=600)
        if name in LEAST:
            kills[name] = killed_everywhere(home, deed, every)
            started(db, keys)
        assert re.search(DONE, refused_of(home, deed)), name
        if name == "launch":
            cast_all(db, keys, holders.loaded(db))
    assert LEAST.keys() - kills.keys() <= {"declare"}
    assert all(kills[name] >= (1 + every) * LEAST[name] for name in kills), kills
    with db.reading() as session:
        wave = waves.load(session, CODE)
        minutes, opening = closingfacts.of(session, wave), openingfacts.of(session, wave)
        record = held.record(session, wave)
        told = Counter(session.scalars(select(col(TrusteeLetter.kind))))
        purges = session.scalars(select(Purge)).all()
        people = session.scalars(select(Respondent)).all()
        logchecking.verify(session, keys, None)
        done = Counter(line.action for line in chain.lines(session))
        assert not alterations.find(session, keys, wave)
    void = 2 if mode == "office" else 1
    assert opening is not None
    assert opening.ballots == Ballots(
        CASTS, CASTS - void, CASTS - void, void, 0, issued_later=0, altered=void - 1
    )
    assert minutes is not None
    assert [(each.cast, each.not_cast) for each in minutes.closes] == [(12, 0), (11, 1)]
    assert not any(closingsums.wrong(each.sums) for each in minutes.closes)
    assert record is not None
    assert checking.check(record) == []
    assert [(each["what"], each["facts"].get("count")) for each in record["entries"]] == [
        *(("launch", None), ("close", None), ("reopen", None), ("void", 1), ("close", None)),
        *([("void", 1)] if mode == "office" else []),
        *(("unseal", None), ("score", None)),
    ]
    assert (done["wave.close"], done["wave.unseal"]) == (2, 1)
    assert told == ({} if mode == "office" else {"end": 3})
    assert [(each.what, each.is_clean) for each in purges] == [
        ("letters", True),
        ("cast", True),
        ("contacts", True),
    ]
    assert not any(each.name or each.email for each in people)
    assert not keys.has_wave(CODE)
    assert nameless.left(keys) == []


def refused_of(home: Home, deed: Deed) -> str:
    """Why a deed is refused; "" where it is not."""
    try:
        deed(home.db, home.keys)
    except WaveRefused as refused:
        return refused.words
    return ""


def letters_of(home: Home) -> Counter[str]:
    with home.db.reading() as session:
        return Counter(session.scalars(select(col(Letter.kind))))
