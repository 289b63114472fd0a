"""The migrations make the tables that the models describe, on both databases."""

import json
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import text

from app.folders import ABOVE
from app.store.db import Database, open_database


def check(db: Database) -> None:
    """`alembic check`. Raises with what differs."""
    config = Config(toml_file=str(ABOVE / "pyproject.toml"))
    config.set_main_option("script_location", str(ABOVE / "migrations"))
    with db.engine.connect() as connection, connection.begin():
        config.attributes["connection"] = connection
        command.check(config)


def test_the_migrations_leave_nothing_to_do(db: Database) -> None:
    check(db)


def test_migrating_again_changes_nothing(db: Database, database_url: str) -> None:
    again = open_database(database_url)
    check(again)
    again.dispose()


def test_an_open_wave_goes_on_with_what_its_last_note_told_apart(
    database_url: str, tmp_path: Path
) -> None:
    is_sqlite = database_url.startswith("sqlite")
    database = Database(f"sqlite:///{tmp_path / 'before.sqlite3'}" if is_sqlite else database_url)
    config = Config(toml_file=str(ABOVE / "pyproject.toml"))
    config.set_main_option("script_location", str(ABOVE / "migrations"))
    before = [
        "INSERT INTO wave (id, code, index_content, index_digest, mode, two_people, opens_at,"
        " closes_at, created_at) VALUES (1, 'mo', '{}', '', 'office', false,"
        " '2026-03-01', '2026-03-09', '2026-03-01')",
        *(
            f'INSERT INTO respondent (id, wave_id, name, email, email_key, "group", agency_text,'
            f" position, phone, assigned) VALUES ({n}, 1, '', '', '{n}', 'a', '', '', '', '')"
            for n in (1, 2)
        ),
        *(
            'INSERT INTO ballot (number, wave_id, respondent_id, issue, code_mac, "cast",'
            f" no_reminders) VALUES (:number{n}, 1, {n}, 1, :number{n}, {cast}, false)"
            for n, cast in ((1, "true"), (2, "false"))
        ),
        *(
            'INSERT INTO hourly_note (wave_id, at, cell, issued, "cast")'
            f" VALUES (1, '2026-03-0{day}', '{cell}', 20, 1)"
            for day, cells in ((2, ("", "a", "b", "c")), (3, ("", "a+b", "c")))
            for cell in cells
        ),
    ]
    with database.engine.execution_options(phieu_write=True).begin() as connection:
        config.attributes["connection"] = connection
        if not is_sqlite:
            # The fixture's is at its head already.
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
        command.upgrade(config, "0004")
        for line in before:
            numbers = {f"number{n}": bytes([n]) for n in (1, 2) if f":number{n}" in line}
            connection.execute(text(line), numbers)
        command.upgrade(config, "head")
        (cells,) = connection.execute(text("SELECT note_cells FROM wave")).one()
        ballots = connection.execute(
            text('SELECT "cast", ever_cast, at_launch FROM ballot ORDER BY respondent_id')
        ).all()
    database.dispose()
    assert json.loads(cells) == {"a": "a+b", "b": "a+b", "c": "c"}
    assert [tuple(map(bool, row)) for row in ballots] == [(True, True, True), (False, False, True)]
