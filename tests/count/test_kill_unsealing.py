"""kill -9 of `phieu wave unseal`, at moments that the child itself knows exactly.

The child runs the real command with one function that kills its process instead of, or right
after, doing its work. Before the commit all is as it was; after it the next command finishes.
"""

import json
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.ballots import ballot as ballots
from app.ballots import drafts
from app.commands.terminal import workshop
from app.count import unsealing
from app.store.models import Draft, UrnRow, Wave
from app.store.resultmodels import Comment, Minutes, ReceiptHash, TallyRow, UnitBallots
from app.waves import closing
from app.waves import wave as waves
from tests.conftest import first_on_both
from tests.making.blocks import cast_all, make_index, make_wave
from tests.making.running import House, house

CASTS = 10

# `with_kill(module, name, before)` makes a function of the program the last thing that happens.
CHILD = """
import os
from app.bonds import pledges
from app.commands.main import main
from app.count import writing
from app.keys import keptfile, keyfile, urn

def with_kill(place, name, before=False):
    real = getattr(place, name)
    def last(*arguments, **named):
        if not before:
            real(*arguments, **named)
        os.kill(os.getpid(), 9)
    setattr(place, name, last)

{kill}
main()
"""

# What a database makes of what was not committed is tried with each, what the key file holds with
# one.
BEFORE_THE_COMMIT = {
    "with everything written but the commit": 'with_kill(writing, "write")',
    "in the middle of the count": 'with_kill(urn.Layout, "unpack_comments")',
    "with the key file about to be told": 'with_kill(keptfile.Path, "rename", before=True)',
}
AFTER_THE_COMMIT = {
    "before the keys are erased": 'with_kill(keyfile.KeyFile, "erase_wave", before=True)',
    "before the key file hears of it": 'with_kill(pledges, "_ended", before=True)',
    "with the new key file beside the old one": """
erase = keyfile.KeyFile.erase_wave
def half(self, code):
    with_kill(keptfile.Path, "rename", before=True)
    erase(self, code)
keyfile.KeyFile.erase_wave = half
""",
    "before the erasing is noted": 'with_kill(keyfile.KeyFile, "erase_wave")',
}
SUMS = (TallyRow, UnitBallots, Comment, ReceiptHash, Minutes)


def rows(home: House, table: type) -> int:
    with home.db.reading() as session:
        return session.scalars(select(func.count()).select_from(table)).one()


def load(home: House) -> Wave:
    with home.db.reading() as session:
        return waves.load(session, "dot-thu")


def closed_wave(home: House) -> list[str]:
    """A closed wave with ballots in its urn and a draft that was never cast; gives its secrets."""
    wave = make_wave(home.db, home.keys, make_index("comments"), CASTS + 2)
    cast_all(home.db, home.keys, wave, CASTS / (CASTS + 2))

    with home.db.transaction() as session:
        ballot = ballots.find(session, home.names(wave)[-1])
        drafts.start(session, home.keys, ballot, home.db.now(session))
    with home.db.transaction() as session:
        closing.close(home.db, session, waves.load(session, wave.code))
    entry = json.loads(home.keys.path.read_text())["waves"][wave.code]
    return [entry["secret"], entry["private_key"]]


def killed(home: House, kill: str) -> None:
    done = home.phieu("wave", "unseal", "dot-thu", script=CHILD.format(kill=kill))
    assert done.returncode == -9, done.stderr


def is_finished(home: House, secrets: list[str]) -> None:
    """All sums are there, once; sealed rows, drafts and keys are gone."""
    wave = load(home)
    assert wave.unsealed_at is not None
    assert wave.keys_erased_at is not None
    assert rows(home, UrnRow) == rows(home, Draft) == 0
    assert rows(home, ReceiptHash) == CASTS
    with home.db.reading() as session:
        minutes = session.get_one(Minutes, wave.id)
    assert (minutes.counted, minutes.cast, minutes.foreign) == (CASTS, CASTS, 0)
    left = b"".join(path.read_bytes() for path in home.keys.path.parent.iterdir())
    assert [secret for secret in secrets if secret.encode() in left] == []


@first_on_both("moment", BEFORE_THE_COMMIT)
def test_killed_before_its_commit_an_unsealing_leaves_the_urn_as_it_was(
    tmp_path: Path, database_url: str, moment: str
) -> None:
    with house(tmp_path, database_url) as home:
        secrets = closed_wave(home)
        before = load(home)
        killed(home, BEFORE_THE_COMMIT[moment])
        assert load(home) == before
        assert [rows(home, table) for table in SUMS] == [0] * len(SUMS)
        assert (rows(home, UrnRow), rows(home, Draft)) == (CASTS, 1)
        assert unsealing.unseal(home.db, home.keys, "dot-thu").counted == CASTS
        is_finished(home, secrets)


@first_on_both("moment", AFTER_THE_COMMIT)
def test_killed_after_its_commit_an_unsealing_is_finished_by_the_next_command(
    tmp_path: Path, database_url: str, moment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with house(tmp_path, database_url) as home:
        secrets = closed_wave(home)
        killed(home, AFTER_THE_COMMIT[moment])
        left = load(home)
        assert left.unsealed_at is not None
        assert left.keys_erased_at is None
        for name, value in home.environment.items():
            monkeypatch.setenv(name, value)
        with workshop():
            is_finished(home, secrets)


def test_a_server_that_starts_finishes_what_a_killed_unsealing_left(
    tmp_path: Path, database_url: str
) -> None:
    with house(tmp_path, database_url) as home:
        secrets = closed_wave(home)
        killed(home, AFTER_THE_COMMIT["before the keys are erased"])
        assert home.keys.has_wave("dot-thu")
        with home.serving() as server:
            assert server.device().open("/ready").status == 200
        is_finished(home, secrets)
