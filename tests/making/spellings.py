"""How people write the offices of Lai Châu, by hand: which unit each means, and what means none."""

import csv
from pathlib import Path

FILE = Path(__file__).parent.parent / "cases" / "agencies.csv"


def spellings() -> list[tuple[str, str]]:
    """(what is written, the unit it means), "" for none."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return [(row["Cơ quan"], row["Đơn vị"]) for row in csv.DictReader(file)]


def of_units() -> list[tuple[str, str]]:
    return [(text, unit) for text, unit in spellings() if unit]


def of_none() -> list[str]:
    return [text for text, unit in spellings() if not unit]
