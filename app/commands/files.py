"""Files on the command line: read, with what is to be looked at in them."""

import sys
from collections import Counter
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from app.commands.terminal import refuse
from app.index import file as indexfile
from app.index.definition import Index
from app.index.file import Fault
from app.language import _, number
from app.papers import indexbook
from app.papers.tables import is_workbook, table
from app.text.headings import INCLUDE, SKIP, HiddenRows, Sheet, Wanted
from app.text.table import Fault as TableWarning

FEW = 20  # warnings of one kind that are told one by one


def read_bytes(file: Path) -> bytes:
    """A file's content, or a refusal that names it."""
    try:
        return file.read_bytes()
    except OSError as error:
        refuse(
            _("Không đọc được tệp {file}: {reason}. Xem lại tên và quyền của tệp.").format(
                file=file, reason=error.strerror
            )
        )


def write_bytes(out: Path, data: bytes) -> None:
    """What `--out` asks for."""
    try:
        out.write_bytes(data)
    except OSError as error:
        refuse(
            _("Không ghi được tệp {file}: {reason}. Chọn nơi khác bằng --out.").format(
                file=out, reason=error.strerror
            )
        )


class Hidden(StrEnum):
    include = INCLUDE
    skip = SKIP


HiddenChoice = Annotated[
    Hidden | None,
    typer.Option(
        "--hidden-rows",
        help=_("Dòng đang ẩn trong tệp Excel: include (nhập cả) hoặc skip (bỏ qua)"),
    ),
]


def read_table(file: Path, wanted: Wanted, hidden: Hidden | None) -> Sheet:
    """The table of a file, or a refusal: also of rows that are hidden, until somebody has said."""
    try:
        return table(read_bytes(file), file.name, wanted, hidden or "")
    except HiddenRows as rows:
        remedy = _(
            "Thêm --hidden-rows include để nhập cả các dòng ấy, hoặc --hidden-rows skip để bỏ qua."
        )
        refuse(f"{rows} {remedy}")


def tell(warnings: Sequence[TableWarning]) -> None:
    """What to look at in a table; of what is alike only the first few, and how many more."""
    told: Counter[str] = Counter()
    for warning in warnings:
        told[warning.kind] += 1
        if not warning.kind or told[warning.kind] <= FEW:
            print(_("Lưu ý: {warning}").format(warning=warning), file=sys.stderr)
    for kind, count in told.items():
        if kind and count > FEW:
            more = _("Lưu ý: và {count} dòng nữa: {kind}.")
            print(more.format(count=number(count - FEW), kind=kind), file=sys.stderr)


def read_index(file: Path) -> Index:
    """The index of a file, .toml or .xlsx. Raises IndexFault."""
    return indexbook.read_file(read_bytes(file), file.name)


def warnings_of(index: Index, file: Path) -> tuple[Fault, ...]:
    """What deserves a second look, in the words of the file's kind."""
    found = indexfile.warnings(index)
    return tuple(map(indexbook.in_words, found)) if is_workbook(b"", file.name) else found


def tell_of_index(warnings: Sequence[Fault]) -> None:
    for warning in warnings:
        print(_("Lưu ý: {warning}").format(warning=warning), file=sys.stderr)
