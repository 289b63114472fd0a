"""The tables of what an opening left, and of the score sheets made of it.

As in `models`: columns and named constraints, no behaviour.
"""

from datetime import date, datetime

from sqlalchemy import LargeBinary, Text
from sqlmodel import Field, SQLModel

from app.store.models import moment_field


class ExternalPercent(SQLModel, table=True):
    """The imported percent of an external leaf; replaced by the next import."""

    __tablename__ = "external_percent"

    wave_id: int = Field(foreign_key="wave.id", primary_key=True)
    unit: str = Field(primary_key=True)
    criterion: str = Field(primary_key=True)
    percent: str  # exact, as a reduced fraction


class AppraisedPoint(SQLModel, table=True):
    """The imported points of an appraised leaf; replaced by the next import."""

    __tablename__ = "appraised_point"

    wave_id: int = Field(foreign_key="wave.id", primary_key=True)
    unit: str = Field(primary_key=True)
    criterion: str = Field(primary_key=True)
    points: str  # exact, as a reduced fraction


class UnitHead(SQLModel, table=True):
    """The name of the head of a unit, where an officer gave it; replaced by the next import."""

    __tablename__ = "unit_head"

    wave_id: int = Field(foreign_key="wave.id", primary_key=True)
    unit: str = Field(primary_key=True)
    name: str


class TallyRow(SQLModel, table=True):
    """How many ballots said what, per question, unit and cell: the finest that is kept.

    Of a choice question about none the unit is "".
    """

    __tablename__ = "tally"

    wave_id: int = Field(foreign_key="wave.id", primary_key=True)
    question: str = Field(primary_key=True)
    unit: str = Field(primary_key=True)
    cells: str | None = Field(default=None, sa_type=Text)  # JSON cell → level → number
    # Of a choice question alone: JSON cell → ballots that answered, or null by rule 0.
    answers: str | None = Field(default=None, sa_type=Text)


class UnitBallots(SQLModel, table=True):
    """How many ballots give a unit a level anywhere; null below `min_ballots`."""

    __tablename__ = "unit_ballots"

    wave_id: int = Field(foreign_key="wave.id", primary_key=True)
    unit: str = Field(primary_key=True)
    ballots: int | None


class KeptPrecision(SQLModel, table=True):
    """How sure an opening says its results are; no row of one by an earlier version."""

    __tablename__ = "precision"

    wave_id: int = Field(foreign_key="wave.id", primary_key=True)
    document: str = Field(sa_type=Text)  # JSON of app.precision.kept


class Comment(SQLModel, table=True):
    """A comment without group, unit or order."""

    __table_args__ = {"sqlite_with_rowid": False}

    key: bytes = Field(sa_type=LargeBinary, primary_key=True)
    wave_id: int = Field(foreign_key="wave.id")
    question: str
    text: str = Field(sa_type=Text)


class ReceiptHash(SQLModel, table=True):
    """The SHA-256 of a counted receipt, for /tra-cuu."""

    __tablename__ = "receipt_hash"
    __table_args__ = {"sqlite_with_rowid": False}

    wave_id: int = Field(foreign_key="wave.id", primary_key=True)
    hash: str = Field(primary_key=True)


class Minutes(SQLModel, table=True):
    """What the council signs: the sums of one opening of the urn."""

    wave_id: int = Field(foreign_key="wave.id", primary_key=True)
    issued: int
    # Of these, after the launch: to people who were added then.
    issued_later: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    cast: int
    counted: int
    void: int
    # Of the ballots issued: declared void because their row was altered, or is gone.
    altered: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    foreign: int
    urn_digest: str
    receipts: str  # "sha256:…" over the sorted receipt hashes
    comments_withheld: bool = False
    # What this wave cannot prove, since it is older than the means to: JSON list of words.
    unproved: str = Field(default="[]", sa_type=Text, sa_column_kwargs={"server_default": "[]"})


class KeptLineage(SQLModel, table=True):
    """What year a wave is compared with, and what its units and criteria became since."""

    __tablename__ = "lineage"

    wave_id: int = Field(foreign_key="wave.id", primary_key=True)
    earlier: str  # the code of that year's wave
    # phieu.scores JSON, where that wave is none of this database.
    document: str | None = Field(default=None, sa_type=Text)
    content: str = Field(sa_type=Text)  # a lineage file
    mac: bytes = Field(sa_type=LargeBinary)


class Sheet(SQLModel, table=True):
    """A numbered score sheet; it never changes."""

    wave_id: int = Field(foreign_key="wave.id", primary_key=True)
    number: int = Field(primary_key=True)
    created_at: datetime = moment_field(nullable=False)
    document: str = Field(sa_type=Text)  # phieu.scores JSON


class WholeSheet(SQLModel, table=True):
    """A numbered sheet of the whole index; it never changes."""

    __tablename__ = "whole_sheet"

    wave_id: int = Field(foreign_key="wave.id", primary_key=True)
    number: int = Field(primary_key=True)
    created_at: datetime = moment_field(nullable=False)
    document: str = Field(sa_type=Text)  # phieu.whole JSON


class RecordEntry(SQLModel, table=True):
    """An entry of a wave's public record; it never changes."""

    __tablename__ = "record_entry"

    wave_id: int = Field(foreign_key="wave.id", primary_key=True)
    number: int = Field(primary_key=True)
    document: str = Field(sa_type=Text)  # JSON, with its digest and signature


class RecordSum(SQLModel, table=True):
    """What a public record tells of once a day in sum, and has not told yet."""

    __tablename__ = "record_sum"

    wave_id: int = Field(foreign_key="wave.id", primary_key=True)
    what: str = Field(primary_key=True)  # issue | void
    day: date  # Hà Nội's
    count: int


class PressRelease(SQLModel, table=True):
    """Which score sheet of a wave everybody may read, and which one somebody asks to release."""

    __tablename__ = "press_release"

    wave_id: int = Field(foreign_key="wave.id", primary_key=True)
    sheet: int | None = None
    released_at: datetime | None = moment_field()
    released_by: str | None = None
    asked_sheet: int | None = None
    asked_at: datetime | None = moment_field()
    asked_by: str | None = None
    asked_staff_id: int | None = Field(default=None, foreign_key="staff.id")
