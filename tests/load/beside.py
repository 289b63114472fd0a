"""Two states of the program side by side in one run: the CPU of a ballot, and ballots a second.

    python -m tests.load.beside OTHER [--postgresql] [--one-page] [--rounds N] [--together N]

OTHER is a checkout of the other state (`git worktree add`), with the same tables. Ballots go in
turns, some here and some there, one after another, all servers on one core and the driver on
another; the middle of the rounds' ratios counts, since a machine with other work is not as fast in
one second as in the next. With `--together` as many
ballots more are cast by 32 at once, seven times in turns.
"""

import argparse
import os
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tests.load.answering import WARM_UP, Booth, Outcome
from tests.load.hello import bare
from tests.load.premises import ROOT, Server, premises
from tests.load.respondents import AT_ONCE
from tests.load.shapes import FOUR_PAGES, ONE_PAGE, Shape

PAIRS = 7
EACH = 8  # ballots of a round


@dataclass(frozen=True)
class Side:
    """One state of the program, serving."""

    booth: Booth
    server: Server

    def cast(self, ballots: int, at_once: int = 1) -> Outcome:
        return self.booth.cast(self.server, ballots, at_once)


def sides(
    stack: ExitStack, trees: list[Path], postgresql: bool, shape: Shape, ballots: int
) -> list[Side]:
    found = []
    for tree in trees:
        place = stack.enter_context(premises(postgresql))
        place.tree = tree
        booth = Booth(place, shape, ballots)
        found.append(Side(booth, stack.enter_context(place.serving())))
        pinned(found[-1].server.pid)
        found[-1].cast(2 * WARM_UP)
    return found


def pinned(pid: int) -> None:
    """Both servers on the same core: two are never alike on a machine with other work."""
    if hasattr(os, "sched_setaffinity"):
        for task in Path(f"/proc/{pid}/task").iterdir():
            os.sched_setaffinity(int(task.name), {0})


def told(other: float, here: float, unit: str) -> str:
    return f"other {other:.4g}, here {here:.4g} {unit}: {100 * (here / other - 1):+.1f} %"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.load.beside")
    parser.add_argument("other", type=Path)
    parser.add_argument("--postgresql", action="store_true")
    parser.add_argument("--one-page", action="store_true")
    parser.add_argument("--rounds", type=int, default=21)
    parser.add_argument("--together", type=int, default=0)
    asked = parser.parse_args()
    shape = ONE_PAGE if asked.one_page else FOUR_PAGES
    ballots = 2 * WARM_UP + asked.rounds * EACH + PAIRS * asked.together
    with ExitStack() as stack:
        hello = stack.enter_context(bare())
        pinned(hello.server.pid)
        trees = [asked.other.resolve(), ROOT]
        other, here = sides(stack, trees, asked.postgresql, shape, ballots)
        rounds = [
            (other.cast(EACH).each, hello.cpu(), here.cast(EACH).each)
            for _round in range(asked.rounds)
        ]
        ratio = median(mine / theirs for theirs, _hello, mine in rounds)
        hellos = [median(each[side] / each[1] for each in rounds) for side in (0, 2)]
        print(f"{shape.name}: {told(*hellos, 'hellos')}; of pairs {100 * (ratio - 1):+.1f} %")
        if asked.together:
            pairs = [
                [side.cast(asked.together, AT_ONCE) for side in (other, here)]
                for _time in range(PAIRS)
            ]
            speeds = [median(pair[side].per_second for pair in pairs) for side in (0, 1)]
            tails = [median(pair[side].driven.slowest(0.99) for pair in pairs) for side in (0, 1)]
            cpus = [median(pair[side].each for pair in pairs) for side in (0, 1)]
            print(f"{AT_ONCE} at once: {told(*speeds, 'ballots/s')}")
            print(f"p99 {told(*tails, 's')}; CPU of a ballot {told(*cpus, 's')}")


if __name__ == "__main__":
    main()
