"""The commands the demo prints: what works in another terminal, from any folder, on its wave."""

import os
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path

from app.folders import ABOVE


def command(data: Path, *words: str, environment: Mapping[str, str] = os.environ) -> str:
    """A line for a shell that runs `phieu` with these words on the wave in the folder `data`."""
    settings = {"PHIEU_DATA": str(data)}
    # Without these a shell with settings of its own would touch a real wave.
    settings |= {name: "" for name in ELSEWHERE if environment.get(name)}
    return phieu(*words, settings=settings)


ELSEWHERE = ("PHIEU_DATABASE_URL", "PHIEU_KEY_FILE")


def phieu(*words: str, settings: Mapping[str, str] | None = None) -> str:
    """A line for a shell that runs `phieu` with these words."""
    settings = dict(settings or {})
    beside = Path(sys.executable).with_name("phieu")
    if beside.exists():
        program = [str(beside)]
    else:
        program = [sys.executable, "-m", "app"]
        settings["PYTHONPATH"] = str(ABOVE)
    assignments = [f"{name}={shlex.quote(value)}" for name, value in settings.items()]
    return " ".join([*assignments, shlex.join([*program, *words])])
