"""Alembic's way in: runs migrations on the connection that app/store/db.py hands over.

From the command line (`alembic check`, `alembic revision --autogenerate -m "…"`) there is none, so
the database of the environment is opened, as the program would.
"""

import os
from contextlib import AbstractContextManager, nullcontext

from alembic import context
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Column, Connection, String
from sqlalchemy.types import TypeEngine
from sqlmodel import SQLModel

import app.store.models
import app.store.officemodels
import app.store.privacymodels
import app.store.resultmodels
import app.store.staffmodels
import app.store.trusteemodels
import app.store.upkeepmodels
import app.store.webhookmodels  # noqa: F401  (all fill SQLModel.metadata)
from app import settings
from app.store.db import Database


def connection() -> AbstractContextManager[Connection]:
    """The live connection of the caller, who ends the transaction, or one of our own."""
    given: Connection | None = context.config.attributes.get("connection")
    if given is not None:
        return nullcontext(given)
    database = Database(settings.read(os.environ).database_url)
    return database.engine.execution_options(phieu_write=True).begin()


def type_differs(
    _context: MigrationContext,
    _inspected_column: Column[object],
    _metadata_column: Column[object],
    inspected: TypeEngine[object],
    wanted: TypeEngine[object],
) -> bool | None:
    """Text without a limit is one type under two names; about others Alembic decides (None)."""
    # SQLModel's AutoString wraps a String; both databases keep VARCHAR and TEXT alike.
    plain = [getattr(kind, "impl", kind) for kind in (inspected, wanted)]
    return False if all(isinstance(k, String) and k.length is None for k in plain) else None


def default_differs(
    _context: MigrationContext,
    _inspected_column: Column[object],
    _metadata_column: Column[object],
    inspected: str | None,
    _metadata_default: object,
    wanted: str | None,
) -> bool | None:
    """An empty text is one default; about others Alembic decides (None)."""
    # SQLite gives it back in brackets, which Alembic takes for something else.
    return False if (inspected, wanted) == ("('')", "") else None


with connection() as live:
    context.configure(
        connection=live,
        target_metadata=SQLModel.metadata,
        # SQLite alters a table by making it anew.
        render_as_batch=live.dialect.name == "sqlite",
        compare_type=type_differs,
        compare_server_default=default_differs,
    )
    with context.begin_transaction():
        context.run_migrations()
