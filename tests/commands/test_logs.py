"""Lines of the log as JSON: the fields of the list and no other, whatever is attached or thrown."""

import json
import logging
import sys
from pathlib import Path

import pytest

from app.commands.logs import FIELDS, Json
from tests.commands.test_leaks import BROWSER, PROXIED, VISITOR, a_run, found_in, misuse

SECRET = "nguyen.van.an@vi-du.vn"


def written(record: logging.LogRecord) -> dict[str, object]:
    line = Json().format(record)
    assert "\n" not in line
    found: dict[str, object] = json.loads(line)
    return found


def record(name: str, message: str, *args: object, **attached: object) -> logging.LogRecord:
    made = logging.LogRecord(name, logging.WARNING, __file__, 1, message, args, None)
    made.__dict__.update(attached)
    return made


def test_a_line_of_the_access_log_has_the_route_and_nothing_of_the_visitor() -> None:
    of_one = record("phieu.access", "%s %s %d %.1f ms", "GET", "/p/{token}", 200, 12.345)
    of_one.client = SECRET
    line = written(of_one)
    assert set(line) == {"at", "level", "logger", "method", "route", "status", "ms"}
    assert (line["method"], line["route"], line["status"], line["ms"]) == (
        "GET",
        "/p/{token}",
        200,
        12.3,
    )


def test_what_is_attached_to_a_record_is_not_written() -> None:
    line = written(record("phieu.mail", "no letters go out: %s", "RelayBusy", email=SECRET))
    assert line["message"] == "no letters go out: RelayBusy"
    assert SECRET not in json.dumps(line)


@pytest.mark.parametrize("name", ["asyncio", "sqlalchemy.engine", "alembic", "phieux", "root"])
def test_of_a_logger_that_is_not_ours_no_message_is_written(name: str) -> None:
    for message, args in ((f"future: {SECRET}", ()), ("of %s", (SECRET,))):
        line = written(record(name, message, *args))
        assert set(line) == {"at", "level", "logger"}


def test_of_an_exception_its_kind_and_place_are_written_and_never_what_it_says() -> None:
    try:
        raise ValueError(SECRET)
    except ValueError:
        failed = record("phieu.crash", "a page fell", exc_info=sys.exc_info(), stack_info=SECRET)
    line = written(failed)
    assert line["error"] == "builtins.ValueError"
    assert "test_logs.py" in str(line["where"])
    assert SECRET not in json.dumps(line)


def test_a_run_from_end_to_end_leaves_no_secret_in_lines_of_json_and_in_figures(
    tmp_path: Path, database_url: str
) -> None:
    word = "mot-tu-du-dai-de-khong-ai-doan-ra"
    told = {"PHIEU_LOG": "json", "PHIEU_METRICS_TOKEN": word}
    with a_run(tmp_path, database_url, **told) as (run, server, smtp):
        misuse(run, server)
        addresses = [kept.recipient for kept in smtp.kept]
        figures = server.device(headers={"Authorization": f"Bearer {word}"}).open("/metrics")
        log = run.log.read_text()
    assert figures.status == 200
    assert 'phieu_letters{state="sent"} 4.0' in figures.text
    lines = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    assert len(lines) > 40
    assert {name for line in lines for name in line} <= set(FIELDS)
    assert any(line.get("route") == "/p/{token}" and line["status"] == 404 for line in lines)
    assert any("sqlalchemy.exc." in str(line.get("message")) for line in lines)
    secrets = [*run.secrets, *addresses, VISITOR, PROXIED, BROWSER, word]
    assert found_in(log.encode(), secrets) == []
    assert found_in(figures.text.encode(), secrets) == []
