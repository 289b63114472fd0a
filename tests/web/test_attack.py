"""Beside a guessing attack and a slow-loris everybody casts, and nobody is refused for it."""

from pathlib import Path

import pytest

from tests.load.attack import Guesser, Loris, People, at_work
from tests.making.blocks import make_index, make_wave
from tests.making.running import house, until


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_ordinary_respondents_cast_beside_an_attack(tmp_path: Path, database_url: str) -> None:
    with house(tmp_path, database_url) as home:
        wave = make_wave(home.db, home.keys, make_index("comments"), 12)
        names = home.names(wave)
        with home.serving() as server:
            slow, guess = Loris(server.port, 100), Guesser(server)
            with at_work(slow.run, guess.run, stops=[slow.stop, guess.stop]):
                until(lambda: slow.opened >= 100, "the loris holds its connections")
                until(lambda: guess.heard[429] > 0, "who guesses is told to wait")
                people = People(home, server)
                people.cast_all(names[1:], float("inf"))
                assert (len(set(people.shown)), dict(people.faults)) == (11, {})
                # From the very network of the attack a right link opens, too.
                assert server.device("127.0.0.2").open(home.link(names[0])).status == 200
            assert set(guess.heard) == {404, 429}
            assert guess.heard[404] < 200
        assert len(home.cast(wave)) == 11
