"""What was typed on a page of an index: kept as a version of it, or with its faults; redrawn where
only a row was added, taken off or moved."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter, HTTPException
from starlette.responses import Response

from app.index.rows.changes import joined
from app.index.rows.texts import Sheets
from app.language import _, number
from app.papers.indextemplate import NotForExcel
from app.preparation import editing
from app.preparation.editing import Clash, Saved
from app.store.db import Session
from app.web.console.desk.desk import Stale
from app.web.console.desk.guards import OfficerForm
from app.web.console.editing import typed as typing
from app.web.console.editing.sections import Section
from app.web.console.editing.show import EDIT, code_of, draw, path_of, section_of, state_of
from app.web.console.editing.typed import BUTTON, NoPlace, Typed

router = APIRouter()
MOST_WORDS = 3  # changes that are told once they are kept
MOST_LOGGED = 10


@router.post(f"{EDIT}/bo")
def drop(form: OfficerForm, id_: int) -> Response:
    """Forget what is unfinished, if it is what the page showed."""
    code = code_of(form, id_)
    with form.db.transaction() as session:
        editing.hold(session)
        found = editing.state(session, code)
        form.must_be_fresh(found and found.mark)
        now = form.db.now(session)
        if editing.settle(session, code, now):
            form.note(session, now, "index.edit-dropped", code=code)
    return form.see(path_of(id_), _("Đã bỏ phần đang sửa dở. Bản đang dùng không đổi."))


@router.post(f"{EDIT}/tiep")
def resume(form: OfficerForm, id_: int) -> Response:
    """Go on with what was left unfinished before another version came."""
    code = code_of(form, id_)
    with form.db.transaction() as session:
        editing.hold(session)
        now = form.db.now(session)
        found = editing.state(session, code)
        left = editing.left_over(session, code, found.kept.id) if found else None
        if found is None or left is None:
            raise Stale
        form.must_be_fresh(found.mark, left.id)
        rows = editing.at(session, code, f"d{left.id}")
        saved = editing.save(session, code, found.mark, rows or {}, form.staff.name, now)
        _note(form, session, now, code, saved)
    return form.see(path_of(saved.id), _said(saved))


@router.post(f"{EDIT}/{{section}}")
def save(form: OfficerForm, id_: int, section: str) -> Response:
    """Keep a page of an index; a button of a row changes only what is drawn."""
    chosen, code, mark = section_of(section), code_of(form, id_), form.seen
    with form.db.reading() as session:
        base = editing.at(session, code, mark)
    if base is None:
        raise Stale
    rows = typing.read(form, chosen, base)
    if chosen.list and typing.press(rows[0], form.value(BUTTON)):
        return draw(form, state_of(form, id_), chosen, rows, mark, is_saved=False)
    try:
        with form.db.transaction() as session:
            now = form.db.now(session)
            whole = _whole(base, rows)
            overrule = form.value("de-len")
            saved = editing.save(session, code, mark, whole, form.staff.name, now, overrule)
            _note(form, session, now, code, saved)
    except Clash as clash:
        return draw(form, clash.now, chosen, rows, mark, clash=clash, is_saved=False)
    except NotForExcel as refused:
        state = state_of(form, id_)
        return draw(form, state, chosen, rows, mark, refused=(str(refused), ""), is_saved=False)
    except NoPlace as wrong:
        state, refusal = state_of(form, id_), (str(wrong), wrong.field)
        return draw(form, state, chosen, rows, mark, refused=refusal, is_saved=False)
    except LookupError:
        raise HTTPException(404) from None
    return form.see(f"{path_of(saved.id, chosen)}{_page(form, chosen)}", _said(saved))


def _whole(base: Sheets, rows: list[Typed]) -> Sheets:
    """The whole index with the rows of a page as they were typed."""
    whole = base
    for each in rows:
        whole, origins = each.whole(whole)
        whole, origins = typing.moved(each, whole, origins)
        whole = typing.followed(base, whole, each.sheet, origins)
    return whole


def _note(form: OfficerForm, session: Session, now: datetime, code: str, saved: Saved) -> None:
    """A line of the log, if anything was changed."""
    told: dict[str, Any] = {"code": code, "changes": saved.changes[:MOST_LOGGED]}
    if saved.faults:
        told["faults"] = saved.faults
        form.note(session, now, "index.edit-unfinished", **told)
    elif saved.changes:
        told["digest"] = saved.digest
        form.note(session, now, "index.edit", **told)


def _page(form: OfficerForm, section: Section) -> str:
    asked = form.request.query_params.get("trang", "")
    return f"?trang={asked}" if section.list and asked.isdecimal() and len(asked) < 5 else ""


def _said(saved: Saved) -> str:
    """What came of saving, for the next page."""
    shown = joined(saved.changes, MOST_WORDS)
    if saved.faults:
        words = _("Đã lưu phần đang sửa dở, còn {number} lỗi nên chưa thay bản đang dùng.")
        said = words.format(number=number(saved.faults))
    elif not saved.changes:
        said = _("Không có gì đổi.")
    else:
        said = _("Đã lưu thành bản mới: {changes}.").format(changes=shown)
    if saved.together:
        words = _("Trong lúc đó người khác đã sửa: {changes}; cả hai phần đều được giữ.")
        said = f"{said} {words.format(changes=joined(saved.together, MOST_WORDS))}"
    return said
