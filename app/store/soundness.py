"""Whether the tables of a database are those of this program, and the database itself is sound."""

from sqlalchemy import text
from sqlmodel import Session

from app.store import migrating

EMPTY, BEHIND, SAME, AHEAD = "empty", "behind", "same", "ahead"


def found(session: Session) -> str | None:
    """The migration that the tables stand at; None where there are none."""
    return migrating.revision(session.connection())


def tables(session: Session) -> str:
    """How the tables stand to this program. AHEAD: a newer one has migrated them, as an upgrade
    does while the processes of the version before still serve."""
    number, all_known = found(session), migrating.revisions()
    if number is None:
        return EMPTY
    if number == all_known[-1]:
        return SAME
    return BEHIND if number in all_known else AHEAD


def damage(session: Session) -> str:
    """What SQLite says of a damaged file; empty where it finds nothing. Reads the whole file."""
    connection = session.connection()
    if connection.dialect.name != "sqlite":
        return ""
    said = str(connection.execute(text("PRAGMA quick_check(1)")).scalar())
    return "" if said == "ok" else said


def only_reads(session: Session) -> bool:
    """Whether this is a server that takes no writes: a standby, or one that was told so."""
    connection = session.connection()
    if connection.dialect.name != "postgresql":
        return False
    return str(connection.execute(text("SHOW transaction_read_only")).scalar()) == "on"
