"""Ballots issued and received by group, in cells of ten or more. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from app.language import _, number
from app.scores import figures
from app.scores.paper import Chart, Column, Part, Table, Text


@dataclass(frozen=True)
class Cell:
    """The groups that are counted together, by name, and their ballots."""

    names: tuple[str, ...]
    issued: int
    received: int

    @property
    def title(self) -> str:
        return "; ".join(self.names)

    @property
    def share(self) -> str:
        return figures.share(self.received, self.issued)


def table(cells: Sequence[Cell], issued: int, received: int) -> Table:
    """A row for each cell, and the whole."""
    rows = [_row(each.title, each.issued, each.received, each.share) for each in cells]
    rows.append(_row(_("Tổng số"), issued, received, figures.share(received, issued)))
    joined = any(len(each.names) > 1 for each in cells)
    notes = (_("Nhóm có dưới 10 phiếu được gộp với nhóm khác."),) if joined else ()
    columns = (
        Column(_("Nhóm đối tượng"), 50, number=False),
        *(Column(title, 15) for title in (_("Phát ra"), _("Nhận về"), _("Tỷ lệ %"))),
    )
    return Table(_("Số phiếu phát ra, nhận về theo nhóm"), columns, tuple(rows), notes)


def _row(title: str, issued: int, received: int, share: str) -> tuple[str, ...]:
    return title, number(issued), number(received), share


def parts(cells: Sequence[Cell] | None, issued: int, received: int) -> tuple[Part, ...]:
    """The table and its chart; a sentence where they may not be told."""
    if cells is None:
        return ()
    if not cells:
        return (
            Text(
                _(
                    "Không nêu số phiếu theo nhóm: quá ít phiếu, hoặc có vài phiếu cấp thêm hay cấp"
                    " lại, nên số theo nhóm sẽ cho biết ai đã trả lời."
                )
            ),
        )
    bars = tuple(
        (each.title, (Fraction(100 * each.received, each.issued),)) for each in cells if each.issued
    )
    caption = _("Tỷ lệ phiếu nhận về theo nhóm, %")
    return table(cells, issued, received), Chart(caption, (_("Tỷ lệ %"),), bars, places=1)
