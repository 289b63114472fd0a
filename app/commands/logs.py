"""How lines of the log are written: as text, or as JSON for a program that collects them.

A line of JSON has the fields of `FIELDS` and no other. What others attach to a record is not
written, nor is the message of an exception; of loggers that are not ours not even their message,
which they may have filled with whatever they had at hand.
"""

import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from typing import Any

TEXT = "%(levelname)s %(name)s %(message)s"
FIELDS = (
    *("at", "level", "logger", "message"),
    *("method", "route", "status", "ms"),  # of the access log
    *("error", "where"),  # what failed: its kind, and the places in the code
)
ACCESS = ("method", "route", "status", "ms")
# uvicorn speaks here of its own start and end, and of requests that it could not read.
TRUSTED = ("phieu.", "uvicorn.error")


class Json(logging.Formatter):
    """A record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
        }
        args = record.args
        if record.name == "phieu.access" and isinstance(args, tuple) and len(args) == len(ACCESS):
            line |= zip(ACCESS, args, strict=True)
            line["ms"] = round(float(str(line["ms"])), 1)
        elif record.name.startswith(TRUSTED):
            line["message"] = record.getMessage()
        if record.exc_info and record.exc_info[0] is not None:
            kind, _error, trace = record.exc_info
            line["error"] = f"{kind.__module__}.{kind.__qualname__}"
            frames = traceback.extract_tb(trace)
            line["where"] = [f"{each.filename}:{each.lineno} {each.name}" for each in frames]
        return json.dumps(line, ensure_ascii=False)


def of_uvicorn(form: str) -> dict[str, Any]:
    """What uvicorn is to make of its own loggers: in JSON they are written as all others."""
    return {"log_config": None} if form == "json" else {}


def set_up(form: str) -> None:
    """Write what is logged to stderr, in the form of the settings."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Json() if form == "json" else logging.Formatter(TEXT))
    # What is there of an earlier app of this process stays as it is.
    logging.basicConfig(level=logging.INFO, handlers=[handler])
