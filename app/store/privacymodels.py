"""The table of what was erased of personal data: reports, which name nobody.

As in `models`: columns and named constraints, no behaviour.
"""

from datetime import datetime

from sqlalchemy import Index, Text
from sqlmodel import Field, SQLModel

from app.store.models import moment_field


class Purge(SQLModel, table=True):
    """One report: what was erased of a wave, or of the house (`wave_id` null), and how much."""

    __table_args__ = (Index("ix_purge_wave_id_what", "wave_id", "what"),)

    id: int | None = Field(default=None, primary_key=True)
    wave_id: int | None = None  # no key: a report outlives a draft that is dropped
    wave: str = ""  # its code
    what: str  # contacts | letters | cast | person
    at: datetime = moment_field(nullable=False)
    due_at: datetime = moment_field(nullable=False)
    by: str
    counts: str = Field(sa_type=Text)  # JSON: how many of what
    # JSON: sums that pages still tell, as they were told before.
    kept: str = Field(default="{}", sa_type=Text)
    is_clean: bool = False  # nothing of it lingers in the database's files
