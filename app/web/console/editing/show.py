"""An index that is edited on the page: the way in, and one section of it."""

from collections import Counter
from collections.abc import Sequence

from fastapi import APIRouter, HTTPException
from starlette.responses import Response

from app.index.rows.changes import joined
from app.language import _
from app.preparation import editing, library, versions
from app.preparation.editing import Clash, State
from app.preparation.slips import Slip
from app.store.db import Session
from app.web.console.desk.addresses import LOOK
from app.web.console.desk.desk import Desk
from app.web.console.desk.guards import Officer
from app.web.console.editing.fields import drawn
from app.web.console.editing.sections import (
    SECTION_OF,
    SECTIONS,
    Section,
    field_id,
    page_of,
    pages,
    row_id,
)
from app.web.console.editing.typed import Typed
from app.web.console.indexes import PATH
from app.web.pages import see

router = APIRouter()
EDIT = f"{PATH}/{{id_:int}}/sua"
MOST_CHANGES = 12
MOST_TOLD = 30  # faults above a page; the rest comes when these are mended


def path_of(id_: int, section: Section | None = None) -> str:
    base = f"{PATH}/{id_}/sua"
    return f"{base}/{section.code}" if section else base


def code_of(desk: Desk, id_: int) -> str:
    """The code of the index that a version belongs to. Raises 404."""
    with desk.db.reading() as session:
        kept = library.find(session, id_)
    if kept is None:
        raise HTTPException(404)
    return kept[0].code


def state_of(desk: Desk, id_: int) -> State:
    """What the index of a version says now. Raises 404 where none of it is in use."""
    code = code_of(desk, id_)
    with desk.db.reading() as session:
        found = editing.state(session, code)
    if found is None:
        raise HTTPException(404)
    return found


def section_of(code: str) -> Section:
    """Raises 404."""
    if code not in SECTIONS:
        raise HTTPException(404)
    return SECTIONS[code]


@router.api_route(EDIT, methods=LOOK)
def show(desk: Officer, id_: int) -> Response:
    """The sections, what is wrong still, what editing changes and what it does not."""
    state = state_of(desk, id_)
    kept = state.kept
    if kept.id != id_:
        return see(path_of(kept.id))
    with desk.db.reading() as session:
        left = editing.left_over(session, kept.code, kept.id)
        values: dict[str, object] = {
            "kept": kept,
            "state": state,
            "comments": versions.has_comments(session, kept.id),
            "left": left,
            "left_changes": joined(
                editing.differing(session, left, state.sheets) if left else [], MOST_CHANGES
            ),
            "waves": versions.waves_of(session, kept.code, kept.digest),
            "changes": joined(editing.changed(session, state), MOST_CHANGES),
            "previews": _previews(session, kept.id),
        }
    wrong = Counter(SECTION_OF[slip.sheet].code for slip in state.slips)
    values |= {
        "here": path_of(kept.id),
        "sections": [(each, _count(each, state), wrong[each.code]) for each in SECTIONS.values()],
        "slips": told(state.slips, kept.id)[:MOST_TOLD],
        "more": max(0, len(state.slips) - MOST_TOLD),
        "seen": desk.print_of(state.mark),
        "seen_left": desk.print_of(state.mark, left and left.id),
    }
    return desk.page("console/index-edit.html", values, section="indexes")


def _previews(session: Session, id_: int) -> list[tuple[str, str]]:
    """The groups whose ballots can be looked at: those of the current version."""
    kept = library.find(session, id_)
    return [(group.code, group.name) for group in kept[1].groups] if kept else []


def _count(section: Section, state: State) -> int | None:
    return len(state.sheets[section.sheets[0]]) if section.list else None


@router.api_route(f"{EDIT}/{{section}}", methods=LOOK)
def show_section(desk: Officer, id_: int, section: str) -> Response:
    chosen, state = section_of(section), state_of(desk, id_)
    asked = desk.request.query_params.get("trang", "")
    number = int(asked) if asked.isdecimal() and len(asked) < 5 else 1
    if state.kept.id != id_:
        return see(f"{path_of(state.kept.id, chosen)}?trang={number}")
    spans = pages(chosen, state.sheets)
    number = min(max(number, 1), len(spans))
    start, end = spans[number - 1]
    typed = [
        Typed(
            layout.key,
            start if layout.is_list else 0,
            end if layout.is_list else 1,
            [
                (str(place), row)
                for place, row in enumerate(state.sheets[layout.key])
                if not layout.is_list or start <= place < end
            ],
        )
        for layout in chosen.layouts
    ]
    return draw(desk, state, chosen, typed, state.mark, state.slips)


def draw(
    desk: Desk,
    state: State,
    section: Section,
    typed: Sequence[Typed],
    mark: str,
    slips: Sequence[Slip] = (),
    *,
    clash: Clash | None = None,
    refused: tuple[str, str] | None = None,
    is_saved: bool = True,
) -> Response:
    """A section with the rows of one page, as they are kept or as they were typed over `mark`."""
    with desk.db.reading() as session:
        previews = _previews(session, state.kept.id)
    shown = [
        (layout, drawn(section, layout, state.sheets, each, slips))
        for layout, each in zip(section.layouts, typed, strict=True)
    ]
    here, first = path_of(state.kept.id, section), typed[0]
    number = page_of(section, first.start)
    spans = pages(section, state.sheets)
    on_page = [f"{here}?trang={number}", here]
    links = [
        (words, f"#{end}" if path in on_page and not section.is_matrix else f"{path}#{end}")
        for words, address in told(slips, state.kept.id)
        for path, _sign, end in [address.partition("#")]
    ]
    values: dict[str, object] = {
        "kept": state.kept,
        "state": state,
        "part": section,
        "parts": list(SECTIONS.values()),
        "shown": shown,
        "here": here,
        "edit": path_of(state.kept.id),
        "page": number,
        "pages": [(place, *_ends(section, state, span)) for place, span in enumerate(spans, 1)],
        "first": first,
        "seen": mark,
        "is_saved": is_saved,
        "clash": clash,
        "refused": refused,
        "slips": links[:MOST_TOLD],
        "more": max(0, len(links) - MOST_TOLD),
        "texts": [row.get("text", "") for _origin, row in first.rows],
        "lists": [
            (f"{layout.key}.{each.id.rpartition('-')[2]}", each.options)
            for layout, rows in shown
            for row in rows[:1]
            for each in row.fields
            if each.kind == "list"
        ],
        "previews": previews,
    }
    status = 422 if clash or refused else 200
    return desk.page("console/index-edit-sheet.html", values, section="indexes", status=status)


def _ends(section: Section, state: State, span: tuple[int, int]) -> tuple[str, str]:
    """What the first and the last row of a page are called."""
    if section.list is None or span[0] == span[1]:
        return "", ""
    rows = state.sheets[section.list.key]
    return rows[span[0]].get("code", ""), rows[span[1] - 1].get("code", "")


def told(slips: Sequence[Slip], id_: int) -> list[tuple[str, str]]:
    """Faults in words, each with the address of its field."""
    found = []
    for slip in slips:
        section = SECTION_OF[slip.sheet]
        layout = next(each for each in section.layouts if each.key == slip.sheet)
        column = next((each.title for each in layout.columns if each.key == slip.column), "")
        row = _row_words(layout.is_list, slip.row)
        words = ", ".join(filter(None, [layout.title, row, column]))
        found.append((f"{words}: {slip.words}", address_of(slip, id_)))
    return found


def _row_words(is_list: bool, row: int | None) -> str:
    return _("dòng {row}").format(row=row + 1) if is_list and row is not None else ""


def address_of(slip: Slip, id_: int) -> str:
    """Where a fault is mended."""
    section = SECTION_OF[slip.sheet]
    if slip.row is None:
        return f"{path_of(id_, section)}#{slip.sheet}"
    page = page_of(section, slip.row)
    place = slip.row - (page - 1) * section.rows if section.list else 0
    known = any(c.key == slip.column for lay in section.layouts for c in section.columns(lay))
    end = field_id(slip.sheet, place, slip.column) if known else row_id(slip.sheet, place)
    return f"{path_of(id_, section)}?trang={page}#{end}"
