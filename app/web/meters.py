"""What requests are counted as, for whoever watches over the server.

Some fifteen seconds lie between two looks at these figures. So whatever is counted has a time, and
is kept for years by a program that many people look at. A count of casts, or of posts to the page
that casts, would be a result before the end, and one with a time. Hence all pages of a respondent
are counted as one: no address of theirs, no method and no status tells a cast from a saved page,
nor does how long it took: times are counted in steps in which the two are alike, without their sum.
Files of pages are not counted: a receipt has the browser forget what it kept and ask for it again.

Everything else goes by the template of its route. A path, a query or a method of somebody's own
making is never a label. Only the event loop counts, so nothing is locked.
"""

import os
from bisect import bisect_left
from collections.abc import Collection, Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.registry import Collector

# The route that all pages of respondents are counted as, and whatever is not there.
RESPONDENTS = "respondents"
NOWHERE = "-"
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
# Seconds. Nothing of a ballot takes as long as the first step on a machine that is not too slow.
STEPS = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
BOUNDS = (*map(str, STEPS), "+Inf")

Kind = tuple[str, str, int]  # route, method, status


class Meters(Collector):
    """The requests of this process. Templates of `as_one` are not told apart, those of `left_out`
    not counted."""

    def __init__(self, as_one: Collection[str] = (), left_out: Collection[str] = ()) -> None:
        self.as_one, self.left_out = frozenset(as_one), frozenset(left_out)
        self.in_flight = 0
        self._requests: dict[Kind, int] = {}
        self._took: dict[str, list[int]] = {}

    def note(self, route: str, method: str, status: int, seconds: float) -> None:
        """One request that has been answered; status 0: it was cut off before."""
        if route in self.left_out:
            return
        if route in self.as_one or route == NOWHERE:
            # What is nowhere may be the link of a ballot that was cut short.
            route, method, status = RESPONDENTS, NOWHERE, status // 100
            # 3xx leads on from a form, 2xx shows the page: a page that is shown is both.
            if status in (2, 3):
                status = 2
        elif method not in METHODS:
            method = NOWHERE
        kind = route, method, status
        self._requests[kind] = self._requests.get(kind, 0) + 1
        took = self._took.get(route)
        if took is None:
            took = self._took[route] = [0] * len(BOUNDS)
        took[bisect_left(STEPS, seconds)] += 1

    def describe(self) -> Iterator[CounterMetricFamily]:
        """Nothing beforehand: the registry need not look to know the names."""
        return iter(())

    def collect(self) -> Iterator[CounterMetricFamily | GaugeMetricFamily | HistogramMetricFamily]:
        # One process answers of those that share a port: which, so that no count seems to go back.
        process = str(os.getpid())
        requests = CounterMetricFamily(
            "phieu_requests",
            "Requests answered; all pages of respondents are one route.",
            labels=("process", "route", "method", "status"),
        )
        for (route, method, status), number in sorted(self._requests.items()):
            said = f"{status}xx" if route == RESPONDENTS else str(status)
            requests.add_metric((process, route, method, said), number)
        yield requests
        took = HistogramMetricFamily(
            "phieu_request_seconds", "How long requests took.", labels=("process", "route")
        )
        for route, counts in sorted(self._took.items()):
            total, buckets = 0, []
            for bound, number in zip(BOUNDS, counts, strict=True):
                total += number
                buckets.append((bound, float(total)))
            took.add_metric((process, route), buckets, None)
        yield took
        flying = GaugeMetricFamily(
            "phieu_requests_in_flight", "Requests not answered yet.", labels=("process",)
        )
        flying.add_metric((process,), self.in_flight)
        yield flying
