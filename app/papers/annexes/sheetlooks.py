"""What is bold and what is indented in a sheet, beside its other marks."""

import zipfile
from xml.etree import ElementTree as ET

from app.papers.sheetmarks import TRUE, Marks


class Looks(Marks):
    """As `Marks`; `bold` are the places of bold cells, `indents` how far others are moved in."""

    def __init__(self, archive: zipfile.ZipFile, name: str, most_columns: int) -> None:
        self.bold: set[tuple[int, int]] = set()
        self.indents: dict[tuple[int, int], int] = {}
        self._bold, self._indented = looks_of(archive)
        super().__init__(archive, name, most_columns)

    def _cell(self, has: dict[str, str]) -> None:
        super()._cell(has)
        style = has.get("s", "")
        if style in self._bold:
            self.bold.add(self._place)
        if style in self._indented:
            self.indents[self._place] = self._indented[style]


def looks_of(archive: zipfile.ZipFile) -> tuple[set[str], dict[str, int]]:
    """The numbers of the styles that are bold, and the indents of those that have one."""
    if "xl/styles.xml" not in archive.namelist():
        return set(), {}
    styles = ET.fromstring(archive.read("xl/styles.xml"))  # noqa: S314 - limited process
    fonts = [
        (mark := font.find("{*}b")) is not None and mark.get("val", "1") in TRUE
        for font in styles.iterfind("{*}fonts/{*}font")
    ]
    bold, indents = set(), {}
    for number, style in enumerate(styles.iterfind("{*}cellXfs/{*}xf")):
        font = int(style.get("fontId", "0"))
        if font < len(fonts) and fonts[font]:
            bold.add(str(number))
        aligned = style.find("{*}alignment")
        if aligned is not None and int(aligned.get("indent", "0")):
            indents[str(number)] = int(aligned.get("indent", "0"))
    return bold, indents
