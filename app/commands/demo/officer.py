"""The officer of the demo: an account as any other, whose telephone is a page."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from app.audit import chain
from app.index import file as indexfile
from app.index.definition import Index
from app.keys.keyfile import KeyFile
from app.preparation import library
from app.staff import accounts, factors, passwords, staff
from app.store.db import Database, Session

NAME, MAILBOX = "Trần Thu Hà", "tran.thu.ha"


@dataclass(frozen=True)
class Officer:
    """Who the visitor is at the console. `secret` is what the telephone would hold."""

    id: int
    name: str
    email: str
    secret: bytes

    @property
    def who(self) -> str:
        """As the log names them."""
        return f"{self.name} <{self.email}>"


def furnish(db: Database, keys: KeyFile, index: Index, file: bytes, domain: str) -> Officer:
    """The account, and the index in the library, each with its line in the log."""
    email = f"{MAILBOX}@{domain}"
    secret = secrets.token_bytes(20)
    hashed = passwords.hashed(secrets.token_urlsafe())
    with db.transaction() as session:
        now = db.now(session)
        id_ = accounts.set_up(session, NAME, email, hashed, now)
        factors.use_secret(session, keys, id_, secret, 0, now)
        officer = Officer(id_, NAME, email, secret)
        chain.note(session, keys, now, officer.who, "account.setup")
        name, digest = f"{index.code}.toml", indexfile.digest(index)
        library.store(session, index, name, file, NAME, now)
        chain.note(session, keys, now, officer.who, "index.upload", digest=digest, file=name)
    return officer


def telephone(session: Session, officer: Officer, now: datetime) -> tuple[str, int]:
    """A code that passes now, and for how many seconds it will; "" while none is left to use."""
    used = factors.last_step(session, officer.id)
    seconds = int(now.timestamp())
    # A clock half a minute off is allowed: so a code of the coming half minute passes too.
    for step in (seconds // staff.STEP, seconds // staff.STEP + 1):
        if step > used:
            return staff.code_at(officer.secret, step), (step + 2) * staff.STEP - seconds
    return "", staff.STEP - seconds % staff.STEP
