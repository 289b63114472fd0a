"""Letters in bad weather: a relay that answers and cuts at random, a sender that is killed -9.

Sender and relay are real: `phieu send` and `phieu serve` in processes of their own, and an SMTP
server. Only the hours between two attempts are not waited for: the rows of the outbox are made
older instead.
"""

import random
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta

from sqlalchemy import func, update
from sqlmodel import col, select

from app.letters import standing
from app.letters.queue import held, letter, to_send
from app.roster.file import Person
from app.store.models import Ballot, Letter, Respondent, Wave
from app.waves.wave import id_of
from tests.making.forking import Copy
from tests.making.running import House, free_port, waiting_program
from tests.making.smtp import CUT, SmtpServer

SLOWER, LATER, FULL = "421 4.7.0 try later", "451 4.3.2 busy", "552 5.2.2 mailbox full"
AT_THE_DOOR = {"connect": (SLOWER,), "mail": (SLOWER, LATER)}  # a 552 there would be about us
STEPS = ("rcpt", "data", "dot")
DOMAINS = tuple(f"{name}.vi-du.vn" for name in ("so", "huyen", "xa", "ban", "tinh", "hop-thu"))
# Longer than any letter is put off.
A_DAY = timedelta(days=1)
QUIET = 1.0  # seconds without a word of the sender
PATIENCE = 60.0


@dataclass
class Weather:
    """What the relay does to letters, `answers` and `cuts` of each in all."""

    chance: random.Random
    answers: float = 0.15
    cuts: float = 0.02
    cut: Counter[str] = field(default_factory=Counter)  # connections, by the step
    answered: Counter[str] = field(default_factory=Counter)
    full: set[str] = field(default_factory=set)  # to whom the last word was a refusal
    lots: dict[str, tuple[str, object]] = field(default_factory=dict)
    heard: int = 0

    def __call__(self, step: str, recipient: str) -> object:
        self.heard += 1
        if step in AT_THE_DOOR:
            return self._do(step, recipient, self._drawn(0.1, AT_THE_DOOR[step]))
        if step == "rcpt":
            self.full.discard(recipient)
            at = self.chance.choice(STEPS)
            what = self._drawn(0.8, (SLOWER, LATER, FULL))
            if what is CUT:
                at = self.chance.choice((*STEPS, "kept"))
            self.lots[recipient] = at, what
        at, what = self.lots.get(recipient, ("", None))
        return self._do(step, recipient, what) if at == step else None

    def _drawn(self, share: float, answers: Sequence[str]) -> object:
        drawn = self.chance.random()
        if drawn < share * self.cuts:
            return CUT
        return self.chance.choice(answers) if drawn < share * (self.cuts + self.answers) else None

    def _do(self, step: str, recipient: str, what: object) -> object:
        if what is CUT:
            self.cut[step] += 1
        elif isinstance(what, str):
            self.answered[what[:3]] += 1
            if what == FULL:
                self.full.add(recipient)
        return what


def spread(people: Sequence[Person]) -> list[Person]:
    """The people with mailboxes at several hosts, each of which may ask for a pause."""
    return [
        replace(each, email=f"nguoi{place}@{DOMAINS[place % len(DOMAINS)]}")
        for place, each in enumerate(people)
    ]


@dataclass(frozen=True)
class Came:
    """What a run came to, person by person."""

    letters: int
    senders: int
    kills: int
    cuts: dict[str, int]
    answered: dict[str, int]
    arrived: int  # people who have the letter
    repeats: int  # messages beyond the first of somebody
    most: int  # messages to one person
    refused: set[str]  # whom the relay's last word was a 552 about
    unknown: set[str]  # of whose letter nobody knows after two attempts
    listed: set[str]  # who is listed for the officer
    missing: set[str]  # who has no letter
    strange: set[str]  # who got a letter with a Message-ID that is not the outbox's
    states: dict[str, int]
    seconds: float

    @property
    def bound(self) -> int:
        return self.kills + sum(self.cuts.values())


def run(house: House, wave: Wave, relay: SmtpServer, weather: Weather, kills: int) -> Came:
    """Send all, by turns with `phieu send` and `phieu serve`, each killed in the middle of it;
    once there were so many kills, until nothing is left to go."""
    begun, senders, killed = time.monotonic(), 0, 0
    relay.script = weather
    house.environment |= {"PHIEU_SMTP_URL": relay.url}
    longest = 2 + _left(house) // (2 * kills)
    while _left(house):
        assert time.monotonic() - begun < PATIENCE * (1 + kills), "it comes to no end"
        senders += 1
        with _sender(house, serve=senders % 2 == 0 and killed < kills) as process:
            enough = len(relay.kept) + weather.chance.randrange(1, longest)
            if killed == kills:
                process.wait(PATIENCE)
            elif _has_come_to(house, relay, weather, process, enough):
                # Not always between the relay's taking of a letter and its answer.
                time.sleep(weather.chance.choice((0, 0, 0.003, 0.01)))
                process.kill()
                process.wait(PATIENCE)
                killed += process.returncode < 0
        _make_older(house, claims=True)
    return _came(house, wave, relay, weather, killed, senders, time.monotonic() - begun)


@contextmanager
def _sender(house: House, serve: bool) -> Iterator[Copy]:
    words = ("serve", "--port", str(free_port())) if serve else ("send",)
    log = str(house.folder / "sender.log")
    process = waiting_program().start(words, house.folder, house.environment, log, log)
    try:
        yield process
    finally:
        process.kill()
        process.wait(PATIENCE)


def _has_come_to(
    house: House, relay: SmtpServer, weather: Weather, process: Copy, enough: int
) -> bool:
    """Wait until the relay has so many messages; False when the sender has ended before. While it
    waits for a letter's time, that time comes."""
    heard, since, end = weather.heard, time.monotonic(), time.monotonic() + PATIENCE
    while len(relay.kept) < enough:
        assert time.monotonic() < end, "the sender does nothing"
        if process.poll() is not None:
            return False
        if weather.heard != heard:
            heard, since = weather.heard, time.monotonic()
        elif time.monotonic() - since > QUIET:
            _make_older(house, claims=False)
            since = time.monotonic()
        time.sleep(0.001)
    return True


def _left(house: House) -> int:
    with house.db.reading() as session:
        query = select(func.count()).select_from(letter).where(to_send | held)
        return session.connection().execute(query).scalar_one()


def _make_older(house: House, claims: bool) -> None:
    """Let the time come of all that waits; with `claims`, let those of the killed run out."""
    with house.db.transaction() as session:
        now = house.db.now(session)
        waits = update(letter).where(to_send, letter.c.due_at > now)
        session.connection().execute(waits.values(due_at=now))
        if claims:
            of_the_killed = update(letter).where(held)
            session.connection().execute(of_the_killed.values(claimed_until=now - A_DAY))


def _came(
    house: House,
    wave: Wave,
    relay: SmtpServer,
    weather: Weather,
    killed: int,
    senders: int,
    seconds: float,
) -> Came:
    with house.db.reading() as session:
        rows = session.connection().execute(
            select(col(Respondent.email), col(Letter.message_id), col(Letter.state))
            .join(Ballot, col(Ballot.respondent_id) == col(Respondent.id))
            .join(Letter, col(Letter.ballot_number) == col(Ballot.number))
        )
        known = {email: (message_id, state) for email, message_id, state in rows}
        listed = {each.email for each in standing.failed(session, id_of(wave))}
    came = Counter(kept.recipient for kept in relay.kept)
    return Came(
        letters=len(known),
        senders=senders,
        kills=killed,
        cuts=dict(weather.cut),
        answered=dict(weather.answered),
        arrived=len(came),
        repeats=came.total() - len(came),
        most=max(came.values()),
        refused=set(weather.full),
        unknown={email for email, row in known.items() if row[1] == "uncertain"},
        listed=listed,
        missing=set(known) - set(came),
        strange={
            kept.recipient
            for kept in relay.kept
            if kept.message["Message-ID"] != f"<{known[kept.recipient][0]}>"
        },
        states=dict(Counter(state for _message_id, state in known.values())),
        seconds=seconds,
    )
