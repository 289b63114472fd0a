"""Whether a key file may be made: only beside a database that has never used one.

A second key file beside accounts, waves or a log would sign in nobody, open no urn, and break the
chain of the log with its first line. So whoever has both database and key file guards the one with
the other.
"""

from sqlalchemy import select
from sqlmodel import col

from app.db import Database
from app.keys import KeyFile
from app.models import Wave
from app.officemodels import AuditRow, Staff


def guard(db: Database, keys: KeyFile) -> KeyFile:
    """The key file, not to be made any more once the database has used one."""
    keys.may_be_made = lambda: not in_use(db)
    return keys


def in_use(db: Database) -> bool:
    """Whether there is an account, a wave or a line of the log, gone ones too."""
    with db.reading() as session:
        return any(
            session.connection().execute(select(column).limit(1)).first() is not None
            for column in (col(Staff.id), col(Wave.id), col(AuditRow.number))
        )
