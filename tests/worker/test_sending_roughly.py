"""A relay that answers and cuts at random, a sender that is killed: who has the letter, how often.

The same with 1,611 letters and 20 kills is `python -m tests.load.sending`.
"""

import random
from pathlib import Path

from tests.load.sending import held_to
from tests.making.blocks import make_index, make_people, make_wave
from tests.making.roughly import Weather, run, spread
from tests.making.running import house
from tests.making.smtp import smtp_server


def test_three_kills_and_a_relay_in_bad_weather_leave_nobody_out(
    database_url: str, tmp_path: Path
) -> None:
    with house(tmp_path, database_url) as made, smtp_server() as relay:
        wave = make_wave(made.db, made.keys, make_index(), spread(make_people(make_index(), 60)))
        # Worse than the weather of the long run, so that all of it happens to sixty letters.
        weather = Weather(random.Random(15), answers=0.3, cuts=0.1)
        came = run(made, wave, relay, weather, kills=3)
    held_to(came, 3)
    assert came.letters == 60
    assert {"421", "451", "552"} <= came.answered.keys()
    assert came.cuts
