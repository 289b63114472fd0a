"""1,611 letters, the sender killed -9 twenty times, the relay answering 421, 451, 552 at random and
cutting the connection of one letter in fifty.

    python -m tests.load.sending [LETTERS [KILLS [SEED]]] [--postgresql]

prints JSON: who has the letter and how often, what the relay did, whom the officer finds listed.
Raises AssertionError where TRUST "Mail" is not kept.
"""

import json
import random
import sys

from app.index import file as indexfile
from tests.load.premises import premises
from tests.making.blocks import LAI_CHAU, make_people, make_wave
from tests.making.roughly import Came, Weather, run, spread
from tests.making.running import house
from tests.making.smtp import smtp_server


def measure(number: int, kills: int, seed: int, postgresql: bool) -> Came:
    index = indexfile.parse(LAI_CHAU.read_bytes())
    with (
        premises(postgresql) as place,
        house(place.folder, place.database_url) as made,
        smtp_server() as relay,
    ):
        wave = make_wave(made.db, made.keys, index, spread(make_people(index, number)))
        return run(made, wave, relay, Weather(random.Random(seed)), kills)


def held_to(came: Came, kills: int) -> None:
    """What TRUST promises, held to what came."""
    assert came.kills == kills
    # A 552 may come to the repeat of a letter that had arrived.
    undeliverable = came.refused | came.unknown
    assert came.missing <= undeliverable, came.missing - undeliverable
    assert came.listed == undeliverable, came.listed ^ undeliverable
    assert not came.strange, came.strange
    assert came.repeats <= came.bound
    assert came.states.keys() <= {"sent", "failed", "uncertain"}, came.states


if __name__ == "__main__":
    words = [int(each) for each in sys.argv[1:] if not each.startswith("--")]
    letters, kills, seed = (*words, *(1611, 20, 1)[len(words) :])
    came = measure(letters, kills, seed, "--postgresql" in sys.argv)
    told = {
        name: len(value) if isinstance(value, set) else value for name, value in vars(came).items()
    }
    print(json.dumps(told | {"kills and cuts": came.bound}, indent=1))
    held_to(came, kills)
