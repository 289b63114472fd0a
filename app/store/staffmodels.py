"""The tables of the people of the console, and of what proves who they are.

As in `models`: columns and named constraints, no behaviour.
"""

from datetime import datetime

from sqlalchemy import Index, LargeBinary, Text
from sqlmodel import Field, SQLModel

from app.store.models import moment_field


class Staff(SQLModel, table=True):
    """One person's account of the console. What it knows of secrets is hashed or encrypted."""

    id: int | None = Field(default=None, primary_key=True)
    name: str
    email: str
    email_key: str = Field(unique=True)
    roles: str  # of officer, council, admin; separated by one space
    password_hash: str = ""  # Argon2id; begins with ! until the person has chosen one
    totp_sealed: bytes | None = Field(default=None, sa_type=LargeBinary)  # under the key file
    totp_confirmed_at: datetime | None = moment_field()
    totp_step: int = 0  # the last thirty seconds whose code was used: none is taken twice
    # JSON way → how many wrong codes, since when; see `guesses`.
    wrong_codes: str = Field(default="", sa_column_kwargs={"server_default": ""})
    created_at: datetime = moment_field(nullable=False)
    removed_at: datetime | None = moment_field()


class RecoveryCode(SQLModel, table=True):
    """A code for who has lost the telephone; it is deleted when used."""

    __tablename__ = "recovery_code"

    staff_id: int = Field(foreign_key="staff.id", primary_key=True)
    mac: bytes = Field(sa_type=LargeBinary, primary_key=True)


class StaffSession(SQLModel, table=True):
    """A browser that signed in; it knows the key, we a MAC of it."""

    __tablename__ = "staff_session"

    key_hash: bytes = Field(sa_type=LargeBinary, primary_key=True)
    staff_id: int = Field(foreign_key="staff.id")
    created_at: datetime = moment_field(nullable=False)
    expires_at: datetime = moment_field(nullable=False)
    mac: bytes | None = Field(default=None, sa_type=LargeBinary)


class KeptPage(SQLModel, table=True):
    """A page that a form was answered with, sealed for the session that it was made for; it goes
    with that session."""

    __tablename__ = "kept_page"
    __table_args__ = (
        Index("ix_kept_page_key_hash", "key_hash"),
        Index("ix_kept_page_ends_at", "ends_at"),
    )

    mark: str = Field(primary_key=True)  # what its address names it by
    key_hash: bytes = Field(
        sa_type=LargeBinary, foreign_key="staff_session.key_hash", ondelete="CASCADE"
    )
    kept_at: datetime = moment_field(nullable=False)
    ends_at: datetime = moment_field(nullable=False)
    sealed: bytes = Field(sa_type=LargeBinary)


class StaffLetter(SQLModel, table=True):
    """A letter to somebody of the console, in the order of `id`. It holds no link; that is made
    when it is sent."""

    __tablename__ = "staff_letter"

    id: int | None = Field(default=None, primary_key=True)
    # invitation | reset | head (of the log, to the council) | officer (a new one) | proposal (that
    # waits) | closed | scored | whole (index) | failed (invitations of a wave) | again (letters go)
    kind: str
    staff_id: int = Field(foreign_key="staff.id")
    facts: str = Field(default="{}", sa_type=Text)  # JSON
    due_at: datetime = moment_field(nullable=False)
    attempts: int = 0
    claimed_until: datetime | None = moment_field()
    sent_at: datetime | None = moment_field()
    failed_at: datetime | None = moment_field()
    error: str | None = None
    # refused by the relay for good, or it came back: dead | blocked | soft
    returned: str | None = None
    mac: bytes | None = Field(default=None, sa_type=LargeBinary)


class ConnectionKey(SQLModel, table=True):
    """A key of connection (khóa kết nối): a program that has it may read score sheets, and with the
    scope write hand in appraised points."""

    __tablename__ = "connection_key"

    id: int | None = Field(default=None, primary_key=True)
    name: str  # which program, as the officer calls it
    key_hash: bytes = Field(sa_type=LargeBinary, unique=True)  # a MAC of its SHA-256
    made_by: str
    made_at: datetime = moment_field(nullable=False)
    revoked_at: datetime | None = moment_field()
    scope: str = Field(default="read", sa_column_kwargs={"server_default": "read"})  # or write
    # Codes of waves, one space between; empty: every wave.
    waves: str = Field(default="", sa_type=Text, sa_column_kwargs={"server_default": ""})
    expires_at: datetime | None = moment_field()
    used_at: datetime | None = moment_field()  # the last time, to the minute
    mac: bytes | None = Field(default=None, sa_type=LargeBinary)


class WrongPassword(SQLModel, table=True):
    """Wrong passwords of one account that the log has not told yet."""

    __tablename__ = "wrong_password"

    staff_id: int = Field(
        primary_key=True, sa_column_kwargs={"autoincrement": False}
    )  # 0: nobody's
    told_at: datetime = moment_field(nullable=False)  # the last line
    untold: int
