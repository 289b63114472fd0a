"""The migrations make the tables that the models describe, on both databases."""

from alembic import command
from alembic.config import Config

from app.db import ROOT, Database


def test_the_migrations_leave_nothing_to_do(db: Database) -> None:
    config = Config(toml_file=str(ROOT / "pyproject.toml"))
    config.set_main_option("script_location", str(ROOT / "migrations"))
    with db.engine.connect() as connection, connection.begin():
        config.attributes["connection"] = connection
        # Raises with what differs.
        command.check(config)
