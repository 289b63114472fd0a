"""The tables of committee mode: who opens an urn together, their trial, what they handed in.

As in `models`: columns and named constraints, no behaviour. No row decides anything by itself: the
key file has the same.
"""

from datetime import datetime

from sqlalchemy import Index, LargeBinary, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.store.models import moment_field


class TrusteeRow(SQLModel, table=True):
    """One trustee of a wave: where their link goes, and the public half of their key."""

    __tablename__ = "trustee"
    __table_args__ = (UniqueConstraint("wave_id", "place"), UniqueConstraint("wave_id", "email"))

    number: bytes = Field(sa_type=LargeBinary, primary_key=True)  # 12 random bytes, in the link
    wave_id: int = Field(foreign_key="wave.id")
    place: int  # 1, 2, 3 …
    name: str
    email: str
    key: bytes | None = Field(default=None, sa_type=LargeBinary)
    key_at: datetime | None = moment_field()  # when it was handed in
    tried_at: datetime | None = moment_field()  # when the trial ballot was opened with it


class TrusteeBody(SQLModel, table=True):
    """How many trustees of a wave open its urn, and the ballot that they try it with."""

    __tablename__ = "trustee_body"

    wave_id: int = Field(
        foreign_key="wave.id", primary_key=True, sa_column_kwargs={"autoincrement": False}
    )
    need: int
    trial: bytes | None = Field(default=None, sa_type=LargeBinary)  # a row of an urn
    trial_of: str | None = None  # the index digest it is bound to


class HandedRow(SQLModel, table=True):
    """The shares that one trustee handed in, encrypted under the wave's secret."""

    __tablename__ = "handed"

    wave_id: int = Field(
        foreign_key="wave.id", primary_key=True, sa_column_kwargs={"autoincrement": False}
    )
    place: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    handed_at: datetime = moment_field(nullable=False)
    rows: int  # of the urn, whose share fits
    missing: int  # for which nothing was handed in
    refused: int  # for which something else was
    sealed: bytes = Field(sa_type=LargeBinary)


class TrusteeLetter(SQLModel, table=True):
    """A letter to a trustee. It holds no link; that is made when it is sent."""

    __tablename__ = "trustee_letter"
    __table_args__ = (Index("ix_trustee_letter_due_at", "due_at"),)

    id: int | None = Field(default=None, primary_key=True)
    # key (to make) | again (made anew) | trial (to open) | open (the urn) | end (destroy phrases)
    kind: str
    wave_id: int = Field(foreign_key="wave.id")
    number: bytes = Field(sa_type=LargeBinary)  # of the trustee
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
