"""The limits of one house: what a process remembers, and what all processes know together.

The stricter of both holds. Whoever can write to the database, and empties the tables, still meets
the memory of each process; a process that was started anew still meets the tables.
"""

from app.ballots import copies
from app.keys.keyfile import KeyFile
from app.keys.wrongtries import WrongTries
from app.staff import connections, mistypes
from app.store.bundles import Bundle
from app.store.db import Database
from app.web.throttle import Throttle, network


class Shared:
    """A throttle that all processes have together; `wrong` and `is_over` as of `Throttle`.

    No wrong try reads more than one row, and none above the limit reads or writes any.
    """

    def __init__(self, kind: str, tries: WrongTries, most: int = 60, seconds: float = 60) -> None:
        self._kind, self._tries = kind, tries
        self._memory = Throttle(most=most, seconds=seconds)

    def wrong(self, who: str) -> bool:
        """Note a wrong try; True when it is one too many. Not for use inside a transaction."""
        if self._memory.wrong(who):
            return True
        window = self._tries.window(self._kind, network(who), self._memory.seconds)
        before = self._tries.number(window)
        if before <= self._memory.most:
            self._tries.add(window, last=before + 1 >= self._memory.most)
        return before >= self._memory.most

    def is_over(self, who: str) -> bool:
        """Whether the next try must wait: here even a right one would not pass."""
        if self._memory.is_over(who):
            return True
        window = self._tries.window(self._kind, network(who), self._memory.seconds)
        return self._tries.number(window) >= self._memory.most


class Limits:
    """What counts the wrong tries of a house, and what waits to be written down."""

    def __init__(self, db: Database, keys: KeyFile) -> None:
        many, few = WrongTries(db, keys, every=5), WrongTries(db, keys, every=1)
        # Links, access codes, receipts and keys of connection, by network.
        self.links = Shared("link", many)
        # Passwords: by place, and by account and place; see web/console/desk/tries.py.
        self.knocks = Shared("knock", many)
        self.sign_ins = Shared("sign-in", few, most=20, seconds=900)
        # Codes of a telephone, by account and way; what all processes know of them is in `guesses`.
        self.codes = Throttle(most=20, seconds=900)
        self.mistyped: Bundle[int] = Bundle(
            lambda counted: mistypes.write_down(db, keys, counted), every=0
        )
        self.asked: Bundle[str] = Bundle(
            lambda addresses: copies.write_down(db, addresses), every=1
        )
        # Keys of connection, when they were used.
        self.used: Bundle[int] = Bundle(lambda used: connections.note_used(db, used), every=0)
        self._bundles = (many.bundle, few.bundle, self.mistyped, self.asked, self.used)

    def write_down(self) -> None:
        """Write down whatever waits in memory. What cannot be written waits on, keeps nothing else
        waiting, and is raised at the end."""
        faults = []
        for bundle in self._bundles:
            try:
                bundle.write_down()
            except Exception as error:  # noqa: BLE001  # raised below
                faults.append(error)
        if faults:
            raise faults[0]
