"""The cells of one row of a heat map: a page has five thousand, and a template takes a third of its
time to put them together."""

from collections.abc import Sequence
from functools import lru_cache

from markupsafe import Markup, escape

from app.scores.heatmap import Cell

_escaped = lru_cache(4096)(escape)


def heat_cells(
    cells: Sequence[Cell | None],
    leaves: Sequence[tuple[str, str, bool]],
    here: str,
    tail: str,
    by_component: bool,
) -> Markup:
    """Each with its shade, and a link to where it comes from: `here` is the page of the unit, and
    `tail` what its address ends with."""
    unit, end, found = escape(here), escape(tail), []
    for cell, (code, _name, begins) in zip(cells, leaves, strict=True):
        if cell is None:
            found.append('<td class="g"></td>' if begins else "<td></td>")
            continue
        leaf = _escaped(code)
        target = f"{unit}{end}#tp-{leaf}" if by_component else f"{unit}/{leaf}{end}"
        shade = f"h{cell.step} g" if begins else f"h{cell.step}"
        found.append(f'<td class="{shade}"><a href="{target}">{_escaped(cell.text)}</a></td>')
    return Markup("".join(found))  # noqa: S704  # all that is put in is escaped
