"""kill -9 in the middle of every deed of a committee's wave: the same deed, done again, finishes.

Each is killed at three moments: with the key file about to be told, with everything but the commit,
and after the commit, before the key file hears of it.
"""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlmodel import col, select

from app.bonds.refused import WaveRefused
from app.count import openingfacts
from app.keys.keyfile import KeyFile
from app.mending import leftopen
from app.record import checking, held
from app.store.db import Database
from app.store.models import Letter
from app.store.trusteemodels import TrusteeLetter
from app.waves import wave as waves
from tests.making import holders
from tests.making.blocks import cast_all
from tests.making.deeds import CODE, DEEDS, MOMENTS
from tests.making.running import House, house

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
# What says, when a deed is done again, that it had come to be.
DONE = "đã phát phiếu|đã kết thúc thu phiếu|kết thúc này đã gửi|đã mở hòm phiếu|Đã hủy|đã gửi khóa"
CASTS = 12
CHILD = "from tests.making.deeds import main; main({deed!r}, {moment!r})"


def killed(home: House, deed: str, moment: str) -> None:
    script = CHILD.format(deed=deed, moment=moment)
    done = home.phieu(script=script)
    # Not every deed tells the key file something, and one that is done already is refused.
    assert done.returncode in (-9, 0) or "WaveRefused" in done.stderr, done.stderr


def again(home: House, do: Callable[[Database, KeyFile], None]) -> str:
    """Do a deed once more; gives why not, when it is refused."""
    try:
        do(home.db, home.keys)
    except WaveRefused as refused:
        return refused.words
    return ""


def test_a_deed_that_was_killed_anywhere_is_finished_by_doing_it_again(
    tmp_path: Path, database_url: str
) -> None:
    with house(tmp_path, database_url) as home:
        home.keys.content()
        holders.draft(home.db, people=CASTS)
        kills = 0
        for deed, do in DEEDS.items():
            for moment in MOMENTS:
                killed(home, deed, moment)
                kills += 1
                leftopen.settle(home.db, home.keys)
            refused = again(home, do)
            assert not refused or re.search(DONE, refused), (deed, refused)
            if deed == "launch":
                cast_all(home.db, home.keys, holders.loaded(home.db))
        assert kills == len(DEEDS) * len(MOMENTS)
        with home.db.reading() as session:
            wave = waves.load(session, CODE)
            opening = openingfacts.of(session, wave)
            record = held.record(session, wave)
            letters = session.scalars(select(col(Letter.kind))).all()
            told = session.scalars(select(col(TrusteeLetter.kind))).all()
        assert opening is not None
        assert (opening.ballots.cast, opening.ballots.counted) == (CASTS - 1, CASTS - 1)
        assert (opening.ballots.void, opening.ballots.foreign) == (1, 0)
        assert record is not None
        assert checking.check(record) == []
        assert letters.count("closing") == CASTS
        # Whose ballot was issued anew has that letter in the place of the invitation.
        assert letters.count("invitation") == CASTS - 1
        assert letters.count("reopened") == 1
        assert told.count("open") + told.count("end") >= 3
