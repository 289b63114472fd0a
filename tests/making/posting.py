"""Building blocks of tests about letters: a wave with letters due, a look into the outbox."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlmodel import Session, col, select

from app.keys.keyfile import KeyFile
from app.letters import backlog, outbox, queue
from app.letters.attempts import Pace
from app.letters.outbox import Claimed, Outcome
from app.settings import Relay, Settings
from app.store.db import Database
from app.store.models import Letter, Wave
from app.waves.wave import id_of
from app.worker.delivery import Delivery
from tests.making.blocks import make_index, make_people, make_wave, names
from tests.making.smtp import SmtpServer

LEASE = timedelta(seconds=10)


def make_letters(
    db: Database, keys: KeyFile, number: int = 5, domains: Sequence[str] = ("vi-du.vn",), **how: Any
) -> Wave:
    """A launched wave whose invitations are due, to addresses of the domains in turn."""
    index = make_index()
    people = [
        replace(person, email=f"nguoi{place}@{domains[place % len(domains)]}")
        for place, person in enumerate(make_people(index, number))
    ]
    return make_wave(db, keys, index, people, **how)


def through(configured: Settings, server: SmtpServer | int, **changes: Any) -> Settings:
    """The settings with the relay on loopback."""
    port = server if isinstance(server, int) else server.port
    relay = replace(Relay("127.0.0.1", port, None, None, tls=False), **changes)
    return replace(configured, relay=relay)


def make_delivery(db: Database, keys: KeyFile, settings: Settings, **how: Any) -> Delivery:
    return Delivery(db, keys, settings, pace=Pace(settings.mail_rate), **how)


def claim(db: Database, sender: str = "a", most: int = 100) -> list[Claimed]:
    with db.transaction() as session:
        now = db.now(session)
        return outbox.claim(session, now, sender, now + LEASE, most)


def begin(db: Database, claimed: Claimed) -> bool:
    with db.transaction() as session:
        return outbox.begin(session, claimed, db.now(session))


def record(db: Database, *outcomes: Outcome) -> None:
    with db.transaction() as session:
        outbox.record(session, outcomes, db.now(session))


def waiting(db: Database) -> tuple[int, int, int]:
    """How many letters are due, claimed, for later."""
    with db.reading() as session:
        found = backlog.waiting(session, db.now(session))
    return found.due, found.claimed, found.later


def remind(db: Database, wave: Wave, numbers: Iterable[bytes] | None = None) -> int:
    with db.transaction() as session:
        chosen = [name.number for name in names(session, wave)] if numbers is None else [*numbers]
        return queue.queue(session, id_of(wave), "reminder", chosen, db.now(session), "vi-du.vn")


def rows(db: Database, kind: str = "invitation") -> list[Letter]:
    with db.reading() as session:
        return list(
            session.exec(select(Letter).where(Letter.kind == kind).order_by(col(Letter.id)))
        )


def states(db: Database, kind: str = "invitation") -> Counter[str]:
    return Counter(row.state for row in rows(db, kind))


def ballots(session: Session, wave: Wave) -> list[bytes]:
    return [name.number for name in names(session, wave)]
