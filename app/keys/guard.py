"""Whose key file it is: that of one database, and never one made anew beside what another guards.

A second key file beside accounts, waves or a log would sign in nobody, open no urn, and break the
chain of the log with its first line. So whoever has both database and key file guards the one with
the other: the key file is not made any more once the database has used one, and every session knows
which key file its rows are held to.
"""

from sqlalchemy import select
from sqlmodel import col

import app.store.upkeep  # noqa: F401  (it has every guarded session asked before its commit)
from app.keys.keyfile import KeyFile
from app.store.db import KEYS, Database
from app.store.models import Wave
from app.store.officemodels import AuditRow
from app.store.plain import Access
from app.store.staffmodels import Staff


def guard(db: Database, keys: KeyFile) -> KeyFile:
    """The key file that guards a database."""
    keys.may_be_made = lambda: not in_use(db)
    db.guarded_by = keys
    return keys


def keys_of(session: Access) -> KeyFile:
    """The key file that the rows of a session are held to."""
    keys = session.info.get(KEYS)
    if not isinstance(keys, KeyFile):
        raise RuntimeError("no key file guards this database: call guard.guard first")
    return keys


def in_use(db: Database) -> bool:
    """Whether there is an account, a wave or a line of the log, gone ones too."""
    with db.reading() as session:
        return any(
            session.connection().execute(select(column).limit(1)).first() is not None
            for column in (col(Staff.id), col(Wave.id), col(AuditRow.number))
        )
