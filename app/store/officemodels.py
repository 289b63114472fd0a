"""The tables of the office: log, indexes, preparation of a wave, hourly notes, what two people do,
wrong tries.

As in `models`: columns and named constraints, no behaviour.
"""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, LargeBinary, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.store.models import moment_field


class AuditRow(SQLModel, table=True):
    """One line of the log. It never changes; each `mac` covers the one before it."""

    __tablename__ = "audit"
    __table_args__ = (CheckConstraint("number > 0", name="counts_from_one"),)

    number: int = Field(primary_key=True)  # 1, 2, 3 … without a gap
    at: datetime = moment_field(nullable=False)
    who: str
    action: str
    wave: str = ""  # its code
    facts: str = Field(default="{}", sa_type=Text)  # JSON; nobody of a roster is named here
    mac: str


class IndexFile(SQLModel, table=True):
    """An uploaded index, as it was uploaded. The newest of a code is the current one."""

    __tablename__ = "index_file"

    id: int | None = Field(default=None, primary_key=True)
    code: str
    name: str
    year: int
    digest: str
    content: str = Field(sa_type=Text)  # canonical JSON
    file_name: str
    file: bytes = Field(sa_type=LargeBinary)
    uploaded_at: datetime = moment_field(nullable=False)
    uploaded_by: str
    removed_at: datetime | None = moment_field()


class KeptAnnex(SQLModel, table=True):
    """The annex of a decision while officers make an index of it."""

    __tablename__ = "annex"

    id: int | None = Field(default=None, primary_key=True)
    file: str
    at: datetime = moment_field(nullable=False)  # when it came
    by: str
    packed: bytes = Field(sa_type=LargeBinary)  # its tables
    choices: str = Field(default="{}", sa_type=Text, sa_column_kwargs={"server_default": "{}"})


class IndexDraft(SQLModel, table=True):
    """An index as somebody left it on the page while it had faults: no version of it. Each saving
    is a row; the newest that is not settled is gone on with."""

    __tablename__ = "index_draft"
    __table_args__ = (Index("ix_index_draft_code", "code"),)

    id: int | None = Field(default=None, primary_key=True)
    code: str
    based_on: int = Field(foreign_key="index_file.id")  # the version that was current
    packed: bytes = Field(sa_type=LargeBinary)  # rows of texts, see app/index/rows
    faults: int
    saved_at: datetime = moment_field(nullable=False)
    saved_by: str
    settled_at: datetime | None = moment_field()  # a version was made of it, or it was dropped


class LetterText(SQLModel, table=True):
    """What an officer wrote for one kind of letter of a wave; without a row the usual words go."""

    __tablename__ = "letter_text"

    wave_id: int = Field(foreign_key="wave.id", primary_key=True)
    kind: str = Field(primary_key=True)  # invitation | reminder
    subject: str
    body: str = Field(sa_type=Text)
    mac: bytes | None = Field(default=None, sa_type=LargeBinary)


class Salutation(SQLModel, table=True):
    """How the letters of a wave address a group."""

    wave_id: int = Field(foreign_key="wave.id", primary_key=True)
    group: str = Field(primary_key=True)
    text: str
    mac: bytes | None = Field(default=None, sa_type=LargeBinary)


class Preparation(SQLModel, table=True):
    """What was done before the launch of a wave, and for which state of things it holds."""

    wave_id: int = Field(foreign_key="wave.id", primary_key=True)
    roster_at: datetime | None = moment_field()  # the last change of the roster
    roster_file: str = ""
    agencies: str = Field(default="[]", sa_type=Text)  # JSON: those that are no unit's
    # Domains that look mistyped, names that could be tidier.
    slips: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    untidy: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    test_code_mac: str = ""  # of the code in the test letter
    test_print: str = ""  # fingerprint of texts and sender it was sent with
    test_sent_to: str = ""
    test_sent_at: datetime | None = moment_field()
    test_confirmed_at: datetime | None = moment_field()
    recovery_key: bytes | None = Field(default=None, sa_type=LargeBinary)  # public urn key tried
    recovery_at: datetime | None = moment_field()
    # JSON: warning of the index → who keeps it
    warned: str = Field(default="{}", sa_type=Text, sa_column_kwargs={"server_default": "{}"})


class KeptBadRows(SQLModel, table=True):
    """The refused rows of the last file for a wave's roster, until the next one or the launch."""

    __tablename__ = "bad_rows"

    wave_id: int = Field(foreign_key="wave.id", primary_key=True)
    file: str
    rows: int  # how many are bad
    taken: int  # how many other people of the file are on the roster
    packed: bytes = Field(sa_type=LargeBinary)


class KeptList(SQLModel, table=True):
    """The last file for a wave's roster, until the next one or the launch: what it was called, what
    was left out of it and, while rows of it wait, all that is not on the roster yet."""

    __tablename__ = "kept_list"

    wave_id: int = Field(foreign_key="wave.id", primary_key=True)
    file: str
    at: datetime = moment_field(nullable=False)  # when it came
    by: str
    rows: int  # rows that can be read and are not on the roster
    packed: bytes = Field(sa_type=LargeBinary)


class HourlyNote(SQLModel, table=True):
    """How many of a wave had cast at one time: in all (`cell` "") and per cell of ten or more."""

    __tablename__ = "hourly_note"

    wave_id: int = Field(foreign_key="wave.id", primary_key=True)
    at: datetime = moment_field(nullable=False, primary_key=True)
    cell: str = Field(primary_key=True)  # group codes joined by "+"
    issued: int
    cast: int


class ReminderRule(SQLModel, table=True):
    """A reminder that went by rule, so that it does not go twice."""

    __tablename__ = "reminder_rule"
    __table_args__ = (UniqueConstraint("wave_id", "due_at"),)

    id: int | None = Field(default=None, primary_key=True)
    wave_id: int = Field(foreign_key="wave.id")
    due_at: datetime = moment_field(nullable=False)
    done_at: datetime = moment_field(nullable=False)


class FailuresTold(SQLModel, table=True):
    """The last letter to the officers of a wave about invitations that failed, and which had."""

    __tablename__ = "failures_told"

    wave_id: int = Field(foreign_key="wave.id", primary_key=True)
    told_at: datetime = moment_field(nullable=False)
    letters: str = Field(sa_type=Text)  # JSON: their numbers


class WaveOfficer(SQLModel, table=True):
    """Who can be one of two in a wave: its officers at the launch, and who came in afterwards."""

    __tablename__ = "wave_officer"

    wave_id: int = Field(foreign_key="wave.id", primary_key=True)
    staff_id: int = Field(foreign_key="staff.id", primary_key=True)
    counts_from: datetime = moment_field(nullable=False)


class Proposal(SQLModel, table=True):
    """What one person asks and a second one has to confirm."""

    id: int | None = Field(default=None, primary_key=True)
    wave_id: int = Field(foreign_key="wave.id")
    action: str  # of a deed, see app/waves/deeds.py
    arguments: str = Field(default="{}", sa_type=Text)  # JSON
    staff_id: int = Field(foreign_key="staff.id")
    at: datetime = moment_field(nullable=False)
    expires_at: datetime = moment_field(nullable=False)
    # No page reads it: the log names the two, and this is what that can be held against.
    confirmed_by: int | None = Field(default=None, foreign_key="staff.id")
    done_at: datetime | None = moment_field()
    withdrawn_at: datetime | None = moment_field()
    mac: bytes | None = Field(default=None, sa_type=LargeBinary)


class WrongTry(SQLModel, table=True):
    """How often somebody was wrong since a window began. Nobody is named, nothing can be undone to
    a name: `key` is a keyed print."""

    __tablename__ = "wrong_try"
    __table_args__ = (Index("ix_wrong_try_ends_at", "ends_at"),)

    key: str = Field(primary_key=True)
    ends_at: datetime = moment_field(nullable=False)
    number: int


class CopyAsked(SQLModel, table=True):
    """Somebody asked for a letter again, by an address that may be nobody's; gone in seconds."""

    __tablename__ = "copy_asked"

    id: int | None = Field(default=None, primary_key=True)
    email_key: str
