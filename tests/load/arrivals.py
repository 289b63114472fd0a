"""Respondents as they really come: each at a moment of their own, with pauses to think, whether the
server keeps up or not. That is what `driver` does not do, where the next comes when the last is
done.

    python -m tests.load.arrivals PORT A_SECOND SECONDS PAUSE <links

So many come a second (a Poisson process), for so many seconds; before each form each thinks, PAUSE
seconds in the mean, and then opens a new connection. What was seen goes to stdout as JSON.
"""

import asyncio
import json
import random
import sys
import time

import uvloop

from tests.load.driver import Astray, Browser, Seen

PATIENCE = 120.0  # seconds after the last has come in which all have to be done
BROKEN = (Astray, OSError, EOFError)


class Person(Browser):
    """One respondent, who thinks before each form."""

    def __init__(self, port: int, seen: Seen, dice: random.Random, pause: float) -> None:
        super().__init__(port, seen, dice)
        self.pause = pause

    async def submit(self) -> None:
        if self.pause:
            await asyncio.sleep(self.dice.expovariate(1 / self.pause))
        self.writer.close()
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        await super().submit()


async def come(
    port: int, a_second: float, seconds: float, pause: float, links: list[str]
) -> dict[str, object]:
    """Give what all saw: receipts, times of requests in seconds, those who went away without."""
    seen, dice, away = Seen(), random.Random(1), list[str]()
    under_way: set[asyncio.Task[None]] = set()
    most = 0

    async def one(link: str) -> None:
        try:
            await Person(port, seen, dice, pause).vote(link)
        except BROKEN as error:
            away.append(f"{type(error).__name__}: {error}")

    begun, cpu = time.perf_counter(), time.process_time()
    due, came = 0.0, 0
    for link in links:
        due += dice.expovariate(a_second)
        if due >= seconds:
            break
        await asyncio.sleep(max(0.0, begun + due - time.perf_counter()))
        task = asyncio.create_task(one(link))
        under_way.add(task)
        task.add_done_callback(under_way.discard)
        came, most = came + 1, max(most, len(under_way))
    last = time.perf_counter() - begun
    if under_way:
        _done, late = await asyncio.wait(under_way, timeout=PATIENCE)
        for task in late:
            task.cancel()
        away += ["not done in time"] * len(late)
    return {
        "came": came,
        "at_once": most,
        "coming": last,
        "seconds": time.perf_counter() - begun,
        "cpu": time.process_time() - cpu,
        "receipts": seen.receipts,
        "requests": seen.requests,
        "away": away,
    }


if __name__ == "__main__":
    found = uvloop.run(
        come(int(sys.argv[1]), *(float(each) for each in sys.argv[2:5]), sys.stdin.read().split())
    )
    json.dump(found, sys.stdout)
