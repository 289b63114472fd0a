"""The page on which anybody recomputes an exported sheet, as it ships: kiem-tra.html.

One file for any browser, with its style and its script inside, that works from disk and without a
network. It is written from docs/scores.md and docs/index-file.md and shares no code with the
program that makes the sheets: a fault in one of the two shows where they disagree. Pure, but for
reading that file.
"""

import base64
import hashlib
import re
from functools import cache
from pathlib import Path

NAME = "kiem-tra.html"


@cache
def page() -> bytes:
    return Path(__file__).with_name(NAME).read_bytes()


@cache
def policy() -> str:
    """What a browser lets the page do: run its one script, show its one style, and nothing else."""
    script, style = (_digest(name) for name in ("script", "style"))
    return (
        f"default-src 'none'; script-src {script}; style-src {style}; img-src data:;"
        " form-action 'none'; base-uri 'none'"
    )


def _digest(element: str) -> str:
    (content,) = re.findall(rf"<{element}>(.*?)</{element}>", page().decode(), re.DOTALL)
    return f"'sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}'"
