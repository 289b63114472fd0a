"""The bare framework, beside which every figure is put: one route that answers a few words.

    python -m tests.load.hello PORT

serves it as `phieu serve` is served: one process, the same uvicorn with the same options. A
*hello* is the CPU that one such answer costs. It is measured in turns with whatever is compared
with it, since a machine is not as fast at noon as it was in the morning.
"""

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import uvicorn
from fastapi import FastAPI

from tests.load.premises import PATIENCE, ROOT, Server, free_port, wait_for
from tests.load.respondents import AT_ONCE, Driven, drive

ALONE, TOGETHER = 500, 3000  # answers in a turn
WARM_UP = 300

app = FastAPI(openapi_url=None)


@app.get("/")
async def hello() -> dict[str, str]:
    return {"xin": "chào"}


@dataclass(frozen=True)
class Bare:
    """The bare server, under way."""

    server: Server
    port: int

    def cpu(self, answers: int = ALONE) -> float:
        """Seconds of CPU of one answer, asked for one after another."""
        before = self.server.cpu()
        self._ask(answers, 1)
        return (self.server.cpu() - before) / answers

    def together(self, answers: int = TOGETHER) -> "Crowd":
        """As many at once as ballots are answered by."""
        driven = self._ask(answers, AT_ONCE)
        return Crowd(answers / driven.seconds, driven.slowest(0.99))

    def _ask(self, answers: int, at_once: int) -> Driven:
        return drive(self.port, ["/"] * answers, at_once, plain=True)


@dataclass(frozen=True)
class Crowd:
    """Answers a second, and the time within which 99 of 100 came."""

    per_second: float
    p99: float

    @classmethod
    def best(cls, *crowds: "Crowd") -> "Crowd":
        return cls(max(c.per_second for c in crowds), min(c.p99 for c in crowds))


@contextmanager
def bare() -> Iterator[Bare]:
    """The bare server, warmed up, until the block ends."""
    port = free_port()
    process = subprocess.Popen([sys.executable, "-m", "tests.load.hello", str(port)], cwd=ROOT)
    try:
        wait_for(f"http://127.0.0.1:{port}/", process)
        found = Bare(Server(process.pid), port)
        found.cpu(WARM_UP)
        yield found
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(PATIENCE)


if __name__ == "__main__":
    uvicorn.run(
        app,
        host="127.0.0.1",
        port=int(sys.argv[1]),
        access_log=False,
        server_header=False,
        log_level="warning",
        timeout_keep_alive=30,
        timeout_graceful_shutdown=10,
    )
