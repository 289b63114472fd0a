"""The tables of what other programs are told: their addresses, and what goes there.

As in `models`: columns and named constraints, no behaviour.
"""

from datetime import datetime

from sqlalchemy import Index, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.store.models import moment_field


class Webhook(SQLModel, table=True):
    """Where the program of a key of connection is told that there is a sheet; one a key."""

    id: int | None = Field(default=None, primary_key=True)
    key_id: int = Field(foreign_key="connection_key.id", unique=True)
    address: str
    sealed: bytes = Field(sa_type=LargeBinary)  # its secret, bound to key and address
    set_by: str
    set_at: datetime = moment_field(nullable=False)


class WebhookCall(SQLModel, table=True):
    """A sheet that one address is to be told of, or a trial, which names none."""

    __tablename__ = "webhook_call"
    __table_args__ = (
        UniqueConstraint("webhook_id", "kind", "wave", "sheet", name="uq_webhook_call_sheet"),
        Index("ix_webhook_call_due_at", "due_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    webhook_id: int = Field(foreign_key="webhook.id", ondelete="CASCADE")
    message: str  # the id that the address gets: the same at every attempt
    kind: str  # sheet | whole | trial
    wave: str = ""  # its code
    sheet: int | None = None
    made_at: datetime = moment_field(nullable=False)
    # When it is tried next: none once it is taken, or given up.
    due_at: datetime | None = moment_field()
    attempts: int = 0
    tried_at: datetime | None = moment_field()
    taken_at: datetime | None = moment_field()
    answer: str = ""  # what became of the last attempt, in words
