"""The migrations make the very tables that the models describe: `alembic check`, on both."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

import app.officemodels
from app.db import Database, open_database
from app.models import metadata


def differences(db: Database) -> list[object]:
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, metadata))


def test_the_migrations_make_what_the_models_describe(db: Database) -> None:
    assert app.officemodels.__doc__  # its tables are in the same metadata
    assert not differences(db)


def test_migrating_again_changes_nothing(db: Database, database_url: str) -> None:
    again = open_database(database_url)
    assert not differences(again)
    again.dispose()
