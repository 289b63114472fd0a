"""The officer of the demo: an account as any other, whose telephone is a page."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.audit import chain
from app.count import appraised
from app.index.definition import Index
from app.keys.keyfile import KeyFile
from app.preparation import library
from app.staff import accounts, factors, passwords, staff
from app.store.db import Database, Session
from app.store.models import Wave
from app.waves import launch, situation
from app.waves import wave as waves

NAME, MAILBOX = "Trần Thu Hà", "tran.thu.ha"


@dataclass(frozen=True)
class Officer:
    """Who the visitor is at the console. `secret` is what the telephone would hold."""

    id: int
    name: str
    email: str
    secret: bytes


def furnish(db: Database, keys: KeyFile, index: Index, file: bytes, domain: str) -> Officer:
    """The account, the index in the library, and the log of what was done for its wave."""
    email = f"{MAILBOX}@{domain}"
    secret = secrets.token_bytes(20)
    hashed = passwords.hashed(secrets.token_urlsafe())
    with db.transaction() as session:
        now = db.now(session)
        id_ = accounts.set_up(session, NAME, email, hashed, now)
        factors.use_secret(session, keys, id_, secret, 0, now)
        name = f"{index.code}.toml"
        library.store(session, index, name, file, NAME, now)
        officer = Officer(id_, NAME, email, secret)
        _log(session, keys, officer, waves.load(session, index.code), name, now)
    return officer


def _log(
    session: Session, keys: KeyFile, officer: Officer, wave: Wave, file: str, now: datetime
) -> None:
    who = f"{officer.name} <{officer.email}>"
    issued = situation.status(session, wave, now).issued
    given = len(appraised.checked(session, wave))
    done: list[tuple[str, Mapping[str, Any]]] = [
        ("account.setup", {}),
        ("index.upload", {"digest": wave.index_digest, "file": file}),
        ("wave.new", {"digest": wave.index_digest}),
        ("roster.import", {"people": issued}),
        ("wave.launch", launch.facts(wave, issued)),
    ]
    if given:
        done.append(("wave.appraised", {"rows": given}))
    for action, facts in done:
        of_wave = wave.code if action.partition(".")[0] in ("wave", "roster") else ""
        chain.note(session, keys, now, who, action, of_wave, **facts)


def telephone(session: Session, officer: Officer, now: datetime) -> tuple[str, int]:
    """A code that passes now, and for how many seconds it will; "" while none is left to use."""
    used = factors.last_step(session, officer.id)
    seconds = int(now.timestamp())
    # A clock half a minute off is allowed: so a code of the coming half minute passes too.
    for step in (seconds // staff.STEP, seconds // staff.STEP + 1):
        if step > used:
            return staff.code_at(officer.secret, step), (step + 2) * staff.STEP - seconds
    return "", staff.STEP - seconds % staff.STEP
