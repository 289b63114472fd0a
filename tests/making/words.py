"""Word files read back: their texts and their tables, by the library that writes them."""

import io
import zipfile
from typing import Any

from docx import Document


def opened(data: bytes) -> Any:
    return Document(io.BytesIO(data))


def tables(data: bytes) -> list[list[list[str]]]:
    """Every table as rows of texts; a cell over several columns stands once for each."""
    return [
        [[cell.text for cell in row.cells] for row in table.rows] for table in opened(data).tables
    ]


def table_of(data: bytes, *titles: str) -> list[list[str]]:
    """The rows beneath the heading that begins so."""
    found = [rows for rows in tables(data) if rows[0][: len(titles)] == list(titles)]
    assert len(found) == 1, (titles, len(found))
    return found[0][1:]


def text_of(data: bytes) -> str:
    """All texts outside tables, a line for each paragraph."""
    return "\n".join(paragraph.text for paragraph in opened(data).paragraphs)


def markup_of(data: bytes) -> str:
    """All parts of the file that hold text."""
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        names = [name for name in file.namelist() if name.endswith((".xml", ".rels"))]
        return "\n".join(file.read(name).decode() for name in names)
