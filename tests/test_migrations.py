"""The migrations make the tables that the models describe, on both databases."""

from alembic import command
from alembic.config import Config

from app.db import ROOT, Database, open_database


def check(db: Database) -> None:
    """`alembic check`. Raises with what differs."""
    config = Config(toml_file=str(ROOT / "pyproject.toml"))
    config.set_main_option("script_location", str(ROOT / "migrations"))
    with db.engine.connect() as connection, connection.begin():
        config.attributes["connection"] = connection
        command.check(config)


def test_the_migrations_leave_nothing_to_do(db: Database) -> None:
    check(db)


def test_migrating_again_changes_nothing(db: Database, database_url: str) -> None:
    again = open_database(database_url)
    check(again)
    again.dispose()
