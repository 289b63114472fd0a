"""The life of a wave in any order, with kill -9 in between: whatever happens, nothing is lost and
nothing happens twice.

Hypothesis makes up the order: people answer and send, officers add, correct, take off, issue anew,
remind, extend, close, open a single ballot again; a sender hands letters over and is cut off;
somebody opens the urn. Before a deed a process may be killed in the middle of the same: with the
key file about to be told, at the commit, or after it. Then the deed is done again, as people do.

More of it by hand: `python -m tests.waves.test_machine 300`.
"""

import os
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import settings as hypotheses
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlmodel import col, select

from app.ballots import ballot as ballots
from app.ballots.ballot import LinkReplaced, LinkUnknown, NotOpenYet, WaveClosed
from app.bonds.refused import WaveRefused
from app.count import unsealing, urnkeys
from app.keys import guard
from app.keys.keyfile import KeyFile
from app.keys.tokens import BallotName, receipt_hash
from app.letters import outbox
from app.letters.outbox import Claimed, Outcome
from app.mending import leftopen
from app.roster.file import Person
from app.store.db import Database, open_database
from app.store.models import Ballot, Respondent, UrnRow, Wave
from app.store.resultmodels import Minutes, ReceiptHash
from app.waves import closing, closingletter, corrections, launch
from app.waves import wave as waves
from tests.conftest import Clock, Lent
from tests.making import holders
from tests.making.blocks import cast_ballot, make_answers, make_index, make_people, make_wave
from tests.making.deeds import MOMENTS

CODE, DOMAIN = "dot-thu", "vi-du.vn"
PEOPLE = 5
LEASE = timedelta(minutes=5)
KILLED = st.sampled_from((None, None, None, *MOMENTS))
REFUSED = (WaveRefused, WaveClosed, LinkReplaced, LinkUnknown, NotOpenYet)

Deed = Callable[[Database, KeyFile], Any]
Places = Callable[[], Any]


def killed_in(home: "Home", deed: Deed, moment: str) -> None:
    """A process that begins the same deed and is killed in it; refused or done, it ends as well."""
    child = os.fork()
    if child == 0:
        try:
            db, keys = home.opened()
            MOMENTS[moment](db)
            deed(db, keys)
        finally:
            os._exit(0)
    os.waitpid(child, 0)


class Home:
    """A database and its key file, and the clock of both."""

    def __init__(self, address: str, folder: Path) -> None:
        self.address, self.folder = address, folder
        self.clock = Clock(datetime(2026, 3, 2, 2, 0, tzinfo=UTC))
        self.db, self.keys = self.opened()

    def opened(self) -> tuple[Database, KeyFile]:
        db = open_database(self.address, self.clock)
        keys = KeyFile(self.folder / "phieu.key")
        guard.guard(db, keys)
        return db, keys


class Life(RuleBasedStateMachine):
    """What people were told, held against what the program has of it."""

    homes: Places

    def __init__(self) -> None:
        super().__init__()
        self._open = ExitStack()
        self.home: Home = self._open.enter_context(type(self).homes())
        self.db, self.keys, self.clock = self.home.db, self.home.keys, self.home.clock
        self.shown: dict[BallotName, str] = {}  # receipts that people have seen
        self.handed: Counter[int] = Counter()  # letter → how often a relay took it
        self.cut_off: Counter[int] = Counter()  # … and how often its sender was killed after that
        self.marks: dict[int, str] = {}  # letter → Message-ID
        self.invited: Counter[BallotName] = Counter()
        self.in_hand: list[Claimed] = []

    def teardown(self) -> None:
        self._open.close()

    # What there is.

    @property
    def wave(self) -> Wave:
        with self.db.reading() as session:
            return waves.load(session, CODE)

    def ballots(self) -> dict[int, tuple[BallotName, bool, bool]]:
        """Respondent → ballot, whether it is cast, and whether the person is on the roster."""
        with self.db.reading() as session:
            rows = session.connection().execute(
                select(
                    col(Ballot.respondent_id),
                    col(Ballot.number),
                    col(Ballot.issue),
                    col(Ballot.cast),
                    col(Respondent.removed_at).is_(None),
                ).join(Respondent, col(Respondent.id) == col(Ballot.respondent_id))
            )
            return {
                who: (BallotName(number, issue), bool(is_cast), bool(there))
                for who, number, issue, is_cast, there in rows
            }

    def whose(self, place: int) -> int:
        return sorted(self.ballots())[place % len(self.ballots())]

    def now_of(self, session: Any) -> datetime:
        return self.db.now(session)

    # How it is done: killed perhaps, then done again.

    def do(self, deed: Deed, moment: str | None) -> Any:
        """What a deed gives; None where it is refused."""
        if moment is not None:
            killed_in(self.home, deed, moment)
            # As a start does.
            leftopen.settle(self.db, self.keys)
            urnkeys.erase_left(self.db, self.keys)
        try:
            return deed(self.db, self.keys)
        except REFUSED:
            return None

    def change(self, moment: str | None, do: Callable[..., object]) -> None:
        """A deed of an officer: `do(session, keys, wave, now)`."""

        def deed(db: Database, keys: KeyFile) -> None:
            with db.transaction() as session:
                do(session, keys, waves.load(session, CODE), db.now(session))

        self.do(deed, moment)

    def about(self, moment: str | None, who: int, do: Callable[..., object]) -> None:
        """The same about one person: `do(session, keys, wave, person, now, domain)`."""

        def deed(session: Any, keys: KeyFile, wave: Wave, now: datetime) -> None:
            do(session, keys, wave, session.get_one(Respondent, who), now, DOMAIN)

        self.change(moment, deed)

    # What happens.

    @initialize()
    def launched(self) -> None:
        index = make_index()
        self.people = make_people(index, PEOPLE + 20)
        make_wave(self.db, self.keys, index, self.people[:PEOPLE])

    @rule(place=st.integers(0, 20), moment=KILLED)
    def cast(self, place: int, moment: str | None) -> None:
        name = self.ballots()[self.whose(place)][0]

        def deed(db: Database, keys: KeyFile) -> str:
            with db.reading() as session:
                ballot = ballots.find(session, name)
            if ballot.cast:
                return keys.receipt(CODE, name)  # whoever has cast sees it again
            return cast_ballot(db, keys, name, make_answers(ballot, Random(len(self.shown))))

        receipt = self.do(deed, moment)
        if receipt is not None:
            assert receipt == self.keys.receipt(CODE, name)
            assert self.shown.setdefault(name, receipt) == receipt

    @rule(place=st.integers(0, 20), moment=KILLED)
    def issued_anew(self, place: int, moment: str | None) -> None:
        self.about(moment, self.whose(place), corrections.reissue)

    @rule(place=st.integers(0, 20), moment=KILLED)
    def taken_off(self, place: int, moment: str | None) -> None:
        who = self.whose(place)
        if self.ballots()[who][2]:
            self.about(moment, who, corrections.remove)

    @rule(place=st.integers(0, 20), moment=KILLED)
    def brought_back(self, place: int, moment: str | None) -> None:
        who = self.whose(place)
        self.change(
            moment,
            lambda session, keys, wave, now: corrections.restore(
                session, keys, wave, who, now, DOMAIN
            ),
        )

    @precondition(lambda self: len(self.ballots()) < PEOPLE + 6)
    @rule(moment=KILLED)
    def added(self, moment: str | None) -> None:
        person: Person = self.people[len(self.ballots())]
        self.change(
            moment,
            lambda session, keys, wave, now: corrections.add(
                session, keys, wave, person, now, DOMAIN
            ),
        )

    @rule(moment=KILLED)
    def reminded(self, moment: str | None) -> None:
        self.change(
            moment,
            lambda session, _keys, wave, _now: launch.remind(
                self.db, session, holders.CONFIGURED, wave, by_rule=True
            ),
        )

    @rule(days=st.integers(1, 20), moment=KILLED)
    def extended(self, days: int, moment: str | None) -> None:
        def deed(db: Database, _keys: KeyFile) -> None:
            with db.transaction() as session:
                wave = waves.load(session, CODE)
                until = max(wave.closes_at, db.now(session)) + timedelta(days=days)
                closing.extend(db, session, wave, until)

        self.do(deed, moment)

    @rule(moment=KILLED)
    def closed(self, moment: str | None) -> None:
        def deed(db: Database, keys: KeyFile) -> None:
            with db.transaction() as session:
                wave = waves.load(session, CODE)
                closing.close(db, session, wave)
                closing.note_closing(session, keys, wave, "An", db.now(session))

        self.do(deed, moment)

    @rule(moment=KILLED)
    def asked_whether_it_was_recorded(self, moment: str | None) -> None:
        def ask(session: Any, _keys: KeyFile, wave: Wave, now: datetime) -> None:
            waves.hold(session, wave)
            closingletter.ask(session, wave, now + timedelta(hours=2), now, DOMAIN)

        self.change(moment, ask)

    @rule(place=st.integers(0, 20), moment=KILLED)
    def opened_again_for_one(self, place: int, moment: str | None) -> None:
        who = self.whose(place)

        def reopen(session: Any, keys: KeyFile, wave: Wave, now: datetime) -> None:
            person, until = session.get_one(Respondent, who), now + timedelta(hours=1)
            corrections.reopen(session, keys, wave, person, until, now, DOMAIN)

        self.change(moment, reopen)

    @rule(minutes=st.sampled_from((1, 10, 180, 3000)))
    def time_passes(self, minutes: int) -> None:
        self.clock.move(minutes=minutes)
        closing.settle_all(self.db, self.keys)

    @rule(most=st.integers(1, 4))
    def a_sender_takes_letters(self, most: int) -> None:
        with self.db.transaction() as session:
            now = self.db.now(session)
            self.in_hand += outbox.claim(session, now, f"s{len(self.marks)}", now + LEASE, most)

    @precondition(lambda self: self.in_hand)
    @rule(then=st.sampled_from(("told", "told", "killed", "never begun")))
    def a_letter_goes(self, then: str) -> None:
        letter = self.in_hand.pop(0)
        if then == "never begun":
            return
        with self.db.transaction() as session:
            if not outbox.begin(session, letter):
                return
        self.taken_by_the_relay(letter)
        if then == "killed":
            self.cut_off[letter.id] += 1
            return
        with self.db.transaction() as session:
            outbox.record(session, [Outcome(letter, "sent")], self.db.now(session))

    def taken_by_the_relay(self, letter: Claimed) -> None:
        facts = letter.facts
        self.handed[letter.id] += 1
        assert self.marks.setdefault(letter.id, facts.message_id) == facts.message_id
        name, is_cast, there = next(
            found for found in self.ballots().values() if found[0].number == facts.ballot.number
        )
        if facts.kind == "reminder":
            assert not is_cast, "a reminder to somebody who has cast"
        if facts.kind in ("reminder", "copy", "extended"):
            assert there, "a link to somebody taken off"
        if facts.kind in ("invitation", "reopened") and facts.ballot == name:
            self.invited[name] += 1

    @rule()
    def everything_is_sent(self) -> None:
        """Senders work off what there is; whoever is asked for a ballot has its letter then."""
        self.in_hand.clear()
        self.clock.move(minutes=6)
        closing.settle_all(self.db, self.keys)
        while True:
            with self.db.transaction() as session:
                now = self.db.now(session)
                found = outbox.claim(session, now, "all", now + LEASE, 50)
            for letter in found:
                with self.db.transaction() as session:
                    if outbox.begin(session, letter):
                        self.taken_by_the_relay(letter)
                        outbox.record(session, [Outcome(letter, "sent")], self.db.now(session))
            if not found:
                break
        wave = self.wave
        if wave.closed_at is None and wave.reopened_until is None:
            for name, is_cast, there in self.ballots().values():
                if there and not is_cast:
                    assert self.invited[name], "nobody is left without a letter"

    @rule(moment=KILLED)
    def unsealed(self, moment: str | None) -> None:
        self.do(lambda db, keys: unsealing.unseal(db, keys, CODE), moment)

    # What must hold, at every moment.

    @invariant()
    def every_receipt_that_was_shown_is_there_once(self) -> None:
        if not hasattr(self, "people"):
            return
        now = {name: is_cast for name, is_cast, _there in self.ballots().values()}
        counting = {name for name, is_cast in now.items() if is_cast}
        assert counting == {name for name in self.shown if name in now}
        with self.db.reading() as session:
            rows = len(session.scalars(select(col(UrnRow.key))).all())
            minutes = session.scalars(select(Minutes)).first()
            hashes = list(session.scalars(select(col(ReceiptHash.hash))))
        if minutes is None:
            # Each cast is a row, what became of the ballot later or not.
            assert (rows, hashes) == (len(self.shown), [])
            return
        assert rows == 0
        assert minutes.counted == minutes.cast == len(counting)
        assert minutes.void == len(self.shown) - len(counting)
        assert minutes.foreign == 0
        assert sorted(hashes) == sorted(receipt_hash(self.shown[name]) for name in counting)
        assert not self.keys.has_wave(CODE)

    @invariant()
    def no_letter_goes_twice_but_for_a_kill(self) -> None:
        repeats = {id_: number - 1 - self.cut_off[id_] for id_, number in self.handed.items()}
        assert not [id_ for id_, number in repeats.items() if number > 0]


def lived(homes: Places, examples: int, steps: int = 30) -> None:
    machine = type("Lived", (Life,), {"homes": staticmethod(homes)})
    how = hypotheses(max_examples=examples, stateful_step_count=steps)
    run_state_machine_as_test(machine, settings=how)


@contextmanager
def folders() -> Iterator[Path]:
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    folder = Path(tempfile.mkdtemp(prefix="phieu-machine-", dir=memory))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def on_sqlite(blank: Path) -> Places:
    @contextmanager
    def home() -> Iterator[Home]:
        with folders() as folder:
            shutil.copyfile(blank, folder / "phieu.sqlite3")
            found = Home(f"sqlite:///{folder / 'phieu.sqlite3'}", folder)
            yield found
            found.db.dispose()

    return home


def test_any_life_of_a_wave_with_kills_in_between_on_sqlite(blank_sqlite: Path) -> None:
    lived(on_sqlite(blank_sqlite), 8)


def test_any_life_of_a_wave_with_kills_in_between_on_postgresql(
    request: pytest.FixtureRequest,
) -> None:
    lent: Lent = request.getfixturevalue("lent")

    @contextmanager
    def home() -> Iterator[Home]:
        with folders() as folder, lent.one() as address:
            found = Home(address, folder)
            yield found
            found.db.dispose()

    lived(home, 3)


if __name__ == "__main__":
    with folders() as made:
        open_database(f"sqlite:///{made / 'blank.sqlite3'}").dispose()
        lived(on_sqlite(made / "blank.sqlite3"), int(sys.argv[1]), 50)
