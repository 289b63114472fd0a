"""The figures for Prometheus: requests, letters, the pool of the database, what works by the clock.

Whoever asks says the word of the settings; without one, and to everybody else, this address is not
there. Not by where a request comes from: behind a proxy on this machine everybody comes from here.

The registry is this app's own. Of letters those kinds are left out that a cast takes out of the
outbox: a reminder that vanishes is a cast, with a time (see `backlog.by_state`).
"""

import hmac
import time
from collections.abc import Iterator

from fastapi import APIRouter, HTTPException, Request
from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector
from starlette.responses import Response

from app.letters import backlog
from app.store import pool
from app.web.house import House, house_of
from app.web.meters import Meters

router = APIRouter()
# Seconds: however often somebody asks, letters are not counted more often.
LETTERS_EVERY = 15.0


class Standing(Collector):
    """How the house stands: letters, pool, when the worker last looked."""

    def __init__(self, house: House) -> None:
        self.house = house
        self._letters: dict[str, int] = {}
        self._counted_at = -LETTERS_EVERY

    def describe(self) -> Iterator[GaugeMetricFamily]:
        return iter(())

    def collect(self) -> Iterator[GaugeMetricFamily]:
        letters = GaugeMetricFamily(
            "phieu_letters", "Letters in the outbox, but reminders and copies.", labels=("state",)
        )
        for state, number in sorted(self._by_state().items()):
            letters.add_metric((state,), number)
        yield letters
        connections = GaugeMetricFamily(
            "phieu_database_connections", "Connections of this process.", labels=("state",)
        )
        for state, number in pool.connections(self.house.db).items():
            connections.add_metric((state,), number)
        yield connections
        yield from self._of_worker()

    def _by_state(self) -> dict[str, int]:
        if time.monotonic() - self._counted_at >= LETTERS_EVERY:
            with self.house.db.reading() as session:
                self._letters = backlog.by_state(session)
            self._counted_at = time.monotonic()
        return self._letters

    def _of_worker(self) -> Iterator[GaugeMetricFamily]:
        worker = self.house.worker
        if worker is None:
            return
        refused = GaugeMetricFamily(
            "phieu_sender_refused", "1 while this process sends no letters for a reason it knows."
        )
        refused.add_metric((), worker.last_error is not None)
        yield refused
        looked = GaugeMetricFamily(
            "phieu_worker_look_timestamp_seconds",
            "When this process last looked for what is due; it sends only when it is its turn.",
            labels=("job",),
        )
        for job, at in sorted(self.house.looks.items()):
            looked.add_metric((job,), at)
        yield looked


def registry(house: House, meters: Meters) -> CollectorRegistry:
    """All that this process tells, in a registry of its own."""
    made = CollectorRegistry(auto_describe=False)
    ProcessCollector(registry=made)
    made.register(meters)
    made.register(Standing(house))
    return made


def invited(request: Request) -> None:
    """The guard: raises 404 without the word."""
    word = house_of(request).settings.metrics_token
    scheme, _blank, said = request.headers.get("authorization", "").partition(" ")
    # latin-1: how a header comes; any sign of it may be compared.
    if (
        word is None
        or scheme.lower() != "bearer"
        or not hmac.compare_digest(said.strip().encode("latin-1", "replace"), word.encode())
    ):
        raise HTTPException(404)


@router.get("/metrics")
def metrics(request: Request) -> Response:
    invited(request)
    written = generate_latest(request.app.state.registry)
    return Response(written, headers={"content-type": CONTENT_TYPE_PLAIN_0_0_4})
