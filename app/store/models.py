"""The tables of waves, ballots and letters, and nothing else: columns, named constraints, no
behaviour.

Times are aware UTC. A cast ballot leaves no time behind, so `ballot`, `draft` and `urn` have none.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    LargeBinary,
    MetaData,
    Text,
    UniqueConstraint,
    false,
    true,
)
from sqlalchemy.types import TypeDecorator, TypeEngine
from sqlmodel import Field, SQLModel

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
metadata: MetaData = SQLModel.metadata


class Moment(TypeDecorator[datetime]):
    """An aware time, kept as UTC on both databases."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class OrderKey(TypeDecorator[str]):
    """A key of `order`, compared byte by byte on both databases, whatever their locale is."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[str]:
        plain = Text(collation="C") if dialect.name == "postgresql" else Text()
        return dialect.type_descriptor(plain)


def moment_field(nullable: bool = True, primary_key: bool = False) -> Any:
    return Field(sa_type=Moment, nullable=nullable, default=None, primary_key=primary_key)


class Wave(SQLModel, table=True):
    """An index frozen at launch, a roster, an opening and a closing time."""

    __table_args__ = (CheckConstraint("closes_at > opens_at", name="closes_after_opens"),)

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(unique=True)
    index_content: str = Field(sa_type=Text)  # canonical JSON
    index_digest: str
    mode: str = "office"
    two_people: bool = False
    # "PHIẾU THỬ" on every page, and nothing of it is exported.
    rehearsal: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    # Reminders by rule: days before closing, separated by one space.
    remind_days: str = Field(default="", sa_column_kwargs={"server_default": ""})
    reminded_at: datetime | None = moment_field()  # the last time, by hand or by rule
    # Which groups the hourly notes count together: JSON group → cell; made at launch;
    # null when too few people are left to note anything.
    note_cells: str = Field(default="{}", sa_type=Text, sa_column_kwargs={"server_default": "{}"})
    public_key: bytes | None = Field(default=None, sa_type=LargeBinary)
    opens_at: datetime = moment_field(nullable=False)
    closes_at: datetime = moment_field(nullable=False)
    created_at: datetime = moment_field(nullable=False)
    launched_at: datetime | None = moment_field()
    closed_at: datetime | None = (
        moment_field()
    )  # when casting ended for good: by order, or after the grace
    urn_digest: str | None = None  # of all sealed rows, taken at closing
    # When who took part was first listed, the urn still shut: such a wave never opens again.
    listed_at: datetime | None = moment_field()
    # Ballots issued anew after the closing may be cast until then; null once that is over.
    reopened_until: datetime | None = moment_field()
    # Until when somebody may say that their ballot was not recorded; the urn stays shut until then.
    objections_until: datetime | None = moment_field()
    # When a trustee was first given what they open: such a wave never opens again either.
    shared_at: datetime | None = moment_field()
    unsealed_at: datetime | None = moment_field()
    keys_erased_at: datetime | None = moment_field()
    cancelled_at: datetime | None = moment_field()
    cancel_reason: str | None = None
    # When the contacts of its people, and who of them has cast, were erased by their dates.
    contacts_erased_at: datetime | None = moment_field()
    cast_erased_at: datetime | None = moment_field()
    # Of the imported percents of external leaves, all together.
    external_mac: bytes | None = Field(default=None, sa_type=LargeBinary)
    # Of the imported appraised points, all together.
    appraised_mac: bytes | None = Field(default=None, sa_type=LargeBinary)


class Respondent(SQLModel, table=True):
    """One person of a wave's roster."""

    __table_args__ = (UniqueConstraint("wave_id", "email_key"),)

    id: int | None = Field(default=None, primary_key=True)
    wave_id: int = Field(foreign_key="wave.id")
    name: str
    email: str
    email_key: str
    group: str
    agency: str | None = None  # unit code of the own agency, None for an outside one
    agency_text: str = ""
    position: str = ""
    phone: str = ""
    assigned: str = ""  # unit codes, separated by one space
    # Name, address and agency as written, folded, for the search box of the console.
    search: str = Field(default="", sa_column_kwargs={"server_default": ""})
    # Where the name stands among people, and the agency as written among agencies.
    name_order: str = Field(default="", sa_type=OrderKey, sa_column_kwargs={"server_default": ""})
    agency_order: str = Field(default="", sa_type=OrderKey, sa_column_kwargs={"server_default": ""})
    removed_at: datetime | None = moment_field()  # taken off the roster; can come back
    erased_at: datetime | None = moment_field()  # nothing here says any more who it was
    # Who put this person on the roster, as the log names them, and from which file if from one.
    added_by: str = Field(default="", sa_column_kwargs={"server_default": ""})
    added_from: str = Field(default="", sa_column_kwargs={"server_default": ""})


class Ballot(SQLModel, table=True):
    """One respondent's right to answer once. No time and no answer is ever kept here."""

    __table_args__ = (UniqueConstraint("wave_id", "respondent_id"),)

    number: bytes = Field(sa_type=LargeBinary, primary_key=True)  # 12 random bytes
    wave_id: int = Field(foreign_key="wave.id")
    respondent_id: int = Field(foreign_key="respondent.id")
    issue: int = 1
    code_mac: bytes = Field(sa_type=LargeBinary, unique=True)  # finds the ballot of an access code
    cast: bool = False
    # What the hourly notes count: a ballot that was cast stays counted when it is issued anew.
    ever_cast: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    at_launch: bool = Field(default=True, sa_column_kwargs={"server_default": true()})
    no_reminders: bool = False
    # The MAC of what decides over it, with its respondent's part: see app/bonds.
    bond: bytes | None = Field(default=None, sa_type=LargeBinary)


class Draft(SQLModel, table=True):
    """Answers not yet cast, encrypted, of one size. It exists from "Bắt đầu" until the cast."""

    # A rowid would tell who began first.
    __table_args__ = {"sqlite_with_rowid": False}

    ballot_number: bytes = Field(
        sa_column=Column(LargeBinary, ForeignKey("ballot.number"), primary_key=True)
    )
    sealed: bytes = Field(sa_type=LargeBinary)


class UrnRow(SQLModel, table=True):
    """A sealed ballot under a random key: no reference, no time, no sequence."""

    __tablename__ = "urn"
    # A rowid would count the casts.
    __table_args__ = {"sqlite_with_rowid": False}

    key: bytes = Field(sa_type=LargeBinary, primary_key=True)
    wave_id: int = Field(foreign_key="wave.id")
    sealed: bytes = Field(sa_type=LargeBinary)


class Letter(SQLModel, table=True):
    """The outbox: a message about a ballot. It holds neither link nor text; both are made anew."""

    __table_args__ = (
        UniqueConstraint("ballot_number", "kind", "round"),
        Index("ix_letter_state_due_at", "state", "due_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    wave_id: int = Field(foreign_key="wave.id")
    ballot_number: bytes = Field(
        sa_column=Column(LargeBinary, ForeignKey("ballot.number"), nullable=False)
    )
    # invitation | reminder | cancellation | copy (asked for by the respondent) | moved (to an
    # address that was corrected) | removed (taken off the roster) | extended (a later closing) |
    # reopened (issued anew after the closing) | closing (whether the ballot was recorded)
    kind: str
    round: int = 1
    # queued | claimed | sent | deferred | failed | uncertain | replaced (by a later issue)
    state: str = "queued"
    address: str | None = None  # instead of the respondent's: the old one of a correction
    address_mac: bytes | None = Field(default=None, sa_type=LargeBinary)
    due_at: datetime = moment_field(nullable=False)  # not before this time
    attempts: int = 0
    claim: str | None = None  # random; whose claim it is
    claimed_until: datetime | None = moment_field()
    data_begun: bool = False  # the claim came as far as DATA
    message_id: str = Field(unique=True)  # random left part, the same at every attempt
    sent_at: datetime | None = moment_field()
    error: str | None = None
    # It was sent and came back all the same: blocked | soft. One to a dead address is failed.
    returned: str | None = None


class DeadAddress(SQLModel, table=True):
    """An address that letters came back from for good. Nobody can be found by it: `key` is a keyed
    print, which only says of an address that somebody writes into a list whether it was dead."""

    __tablename__ = "dead_address"

    key: str = Field(primary_key=True)
    at: datetime = moment_field(nullable=False)


class MailStop(SQLModel, table=True):
    """Since when no letters go out, or none that came back are read, and why; no row while they do.
    For all processes: the one that sends is seldom the one that shows a page."""

    __tablename__ = "mail_stop"

    kind: str = Field(primary_key=True)  # out | back
    since: datetime = moment_field(nullable=False)
    seen_at: datetime = moment_field(nullable=False)  # the last time it was tried
    words: str = Field(sa_type=Text)
    for_good: bool  # waiting does not help: somebody has to change something
