"""Small things to be written down, in bundles: what a stranger can do often must not become as
many writes, each of which keeps somebody waiting who casts.

Memory is bounded, and so are the writes, whatever comes in: the oldest things go, and of a flood
there is a write or two a second.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable, Hashable, Mapping
from typing import Generic, TypeVar

SAVED_UP, A_SECOND = 100, 2.0  # writes
MOST = 5_000  # things that wait

Thing = TypeVar("Thing", bound=Hashable)


class Bundle(Generic[Thing]):
    """What waits to be written down, and how often each thing came. `write` gets it all at once.

    A thing waits for `write_down`, which the clock calls each second; but when it has come `every`
    times it is written at once, while there are writes left. 0: adding never writes, so that it
    costs the same whatever the thing is.
    """

    def __init__(
        self,
        write: Callable[[Mapping[Thing, int]], None],
        every: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._write, self._every, self._clock = write, every, clock
        self._left, self._since = float(SAVED_UP), clock()
        self._waiting: Counter[Thing] = Counter()
        self._lock, self._writing = threading.Lock(), threading.Lock()

    def add(self, thing: Thing, at_once: bool = False) -> None:
        """Keep it, and write down what waits if that is due, or asked for.

        Raises what the database raises; then everything waits for the next write.
        """
        with self._lock:
            self._waiting[thing] += 1
            due = at_once or (self._every and self._waiting[thing] >= self._every)
            due = due and self._one_left()
            if len(self._waiting) > MOST:
                del self._waiting[next(iter(self._waiting))]
        # Whoever finds a write under way leaves it at that: one thread at a time may wait for it.
        if due and self._writing.acquire(blocking=False):
            try:
                self._write_waiting()
            finally:
                self._writing.release()

    def waiting(self, thing: Thing) -> int:
        """How often it came since it was written down."""
        with self._lock:
            return self._waiting[thing]

    def write_down(self) -> None:
        """Write down whatever waits, now. Raises what the database raises."""
        with self._writing:
            self._write_waiting()

    def _one_left(self) -> bool:
        now = self._clock()
        self._left = min(SAVED_UP, self._left + (now - self._since) * A_SECOND)
        self._since = now
        if self._left < 1:
            return False
        self._left -= 1
        return True

    def _write_waiting(self) -> None:
        with self._lock:
            bundle, self._waiting = self._waiting, Counter()
        if not bundle:
            return
        try:
            self._write(bundle)
        except BaseException:
            with self._lock:
                self._waiting.update(bundle)
            raise
