"""Many people at once, whose answers are known, and what must be in the urn after them."""

import json
import threading
import time
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from zlib import crc32

from sqlmodel import col, select

from app.ballots import ballot as ballots
from app.count import unsealing
from app.keys.tokens import BallotName
from app.keys.urn import RECEIPT_BYTES
from app.store.models import Wave
from app.store.resultmodels import Minutes, TallyRow
from app.urn import rows as urnrows
from app.waves import closing
from app.waves import wave as waves
from tests.making.running import CUT_OFF, House, Pick, Server, until

CLIENTS = 4


def pick_for(ballot: BallotName) -> Pick:
    """Answers that look like chance, and are the same whenever and wherever they are given."""

    def pick(field_name: str, values: list[str]) -> str:
        return values[crc32(ballot.number + field_name.encode()) % len(values)]

    return pick


class Crowd:
    """Clients who cast one ballot after the other, and try again after every fault."""

    def __init__(self, home: House, server: Server, names: list[BallotName]) -> None:
        self.home, self.server, self.names = home, server, names
        self.shown: dict[BallotName, str] = {}
        self.faults: list[tuple[int, str]] = []  # status and page, or 0 for a cut connection
        self._lock = threading.Lock()

    def start(self, pool: ThreadPoolExecutor) -> list[Future[None]]:
        return [pool.submit(self._cast_all, self.names[c::CLIENTS]) for c in range(CLIENTS)]

    def wait_for(self, receipts: int) -> None:
        until(lambda: len(self.shown) >= receipts, "more receipts", 90)

    def _cast_all(self, names: list[BallotName]) -> None:
        for name in names:
            until(lambda name=name: self._cast(name), "a receipt", 90)  # type: ignore[misc]

    def _cast(self, name: BallotName) -> bool:
        device = self.server.device()
        try:
            device.fill(self.home.link(name), pick_for(name), "Góp ý")
            receipt = device.receipt
            if receipt is None and device.status == 200:
                receipt = device.cast()
            said = (device.status, device.text)
        except CUT_OFF as fault:
            receipt, said = None, (0, repr(fault))
        with self._lock:
            if receipt is not None:
                self.shown[name] = receipt
                return True
            self.faults.append(said)
        time.sleep(0.05)
        return False

    def is_counted(self, wave: Wave) -> None:
        """Every receipt shown is in the urn once, nothing else is, and each answer is counted."""
        assert set(self.shown) == set(self.names)
        assert receipts_in_urn(self.home, wave) == sorted(self.shown.values())
        assert len(set(self.shown.values())) == len(self.names)
        assert self.home.cast(wave) == {name.number for name in self.names}
        minutes = close_and_unseal(self.home, wave)
        assert (minutes.counted, minutes.void, minutes.foreign) == (len(self.names), 0, 0)
        assert tally(self.home, wave) == expected_tally(self.home, wave, self.names)


def receipts_in_urn(house: House, wave: Wave) -> list[str]:
    """The receipts of all sealed rows, sorted, as only the private key tells them."""
    _index, layout = waves.index_of(wave)
    opener = house.keys.wave(wave.code).opener(wave.code, layout.ballot_bytes)
    with house.db.reading() as session:
        rows = urnrows.read(session, wave, house.keys.cover(wave.code))
        return sorted(opener.unseal(row)[:RECEIPT_BYTES].decode() for row in rows)


def close_and_unseal(house: House, wave: Wave) -> Minutes:
    with house.db.transaction() as session:
        closing.close(house.db, session, waves.load(session, wave.code))
    return unsealing.unseal(house.db, house.keys, wave.code)


def tally(house: House, wave: Wave) -> Counter[tuple[str, str, str]]:
    """(question, unit, level) → how many, over all cells of an unsealed wave."""
    found: Counter[tuple[str, str, str]] = Counter()
    with house.db.reading() as session:
        for row in session.scalars(select(TallyRow).where(col(TallyRow.wave_id) == wave.id)):
            for levels in json.loads(row.cells or "{}").values():
                for level, number in levels.items():
                    found[row.question, row.unit, level] += number
    return +found


def expected_tally(
    house: House, wave: Wave, cast: Iterable[BallotName]
) -> Counter[tuple[str, str, str]]:
    """The tally when each of these ballots said what `pick_for` says."""
    found: Counter[tuple[str, str, str]] = Counter()
    with house.db.reading() as session:
        for name in cast:
            ballot = ballots.find(session, name)
            for question, unit in ballot.asked(None):
                scale = ballot.index.scale_of[ballot.index.question_of[question].scale or ""]
                offered = [*(level.code for level in scale.levels), "-"]
                found[question, unit, pick_for(name)(f"{question}.{unit}", offered)] += 1
    return found
