"""How often one address may be wrong: more than 60 wrong links or codes a minute is too often.

Only the wrong ones are counted, so that whoever has the right one always passes. Memory is bounded.
This is what one process remembers; what all of them know is in `limits`.
"""

import ipaddress
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable

WRONG_A_MINUTE = 60
ADDRESSES = 20_000


class Throttle:
    """Remembers the last wrong tries of each address; `clock` gives seconds.

    More than `most` within so many `seconds` are too many.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        most: int = WRONG_A_MINUTE,
        seconds: float = 60,
    ) -> None:
        self._clock, self.most, self.seconds = clock, most, seconds
        self._tries: OrderedDict[str, deque[float]] = OrderedDict()
        self._lock = threading.Lock()

    def wrong(self, address: str) -> bool:
        """Note a wrong try; True when it is one too many."""
        key, now = network(address), self._clock()
        with self._lock:
            tries = self._tries.setdefault(key, deque(maxlen=self.most + 1))
            self._tries.move_to_end(key)
            tries.append(now)
            if len(self._tries) > ADDRESSES:
                self._tries.popitem(last=False)
            return len(tries) > self.most and now - tries[0] < self.seconds

    def is_over(self, address: str) -> bool:
        """Whether the next try must wait: here even a right one would not pass."""
        key, now = network(address), self._clock()
        with self._lock:
            tries = self._tries.get(key, ())
            return len(tries) >= self.most and now - tries[-self.most] < self.seconds


def network(address: str) -> str:
    """One customer's addresses: a whole /64 in IPv6."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 6:
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return address
