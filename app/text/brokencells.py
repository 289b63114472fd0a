"""The cells of a table that are in a broken or legacy encoding, told before others are read.

Pure. A cell is judged by itself first, then with the others of its row, and where the row gives
nothing away with the rows of the whole file.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from app.text import garbled, oldwords
from app.text.cleaning import has_encoded_word
from app.text.table import Record, Table


def mark(table: Table, columns: Sequence[str], name: str = "") -> None:
    """Note a fault for each such cell of `columns`, `name` being the one of names, and have
    nothing more said about it."""
    of_rows = [_old_codes(record, columns) for record in table.records]
    rows: Counter[str] = Counter(code for codes in of_rows for code in codes)
    sound = sum(_is_unicode(record, columns) for record in table.records)
    of_file = {code for code, count in rows.items() if count >= sound}
    for place, record in enumerate(table.records):
        seen = of_rows[place] or (set() if _is_unicode(record, columns) else of_file)
        gone = set()
        for column in columns:
            text = record.cells.get(column, "")
            if column in record.spoiled or has_encoded_word(text):
                continue
            problem = garbled.fault(text, seen, name=column == name)
            if problem:
                table.fault(record, column, problem)
                gone.add(column)
        if gone:
            table.records[place] = replace(record, spoiled=record.spoiled | gone)


def _old_codes(record: Record, columns: Sequence[str]) -> set[str]:
    return garbled.old_codes(record.cells.get(column, "") for column in columns)


def _is_unicode(record: Record, columns: Sequence[str]) -> bool:
    return any(oldwords.is_unicode(record.cells.get(column, "")) for column in columns)
