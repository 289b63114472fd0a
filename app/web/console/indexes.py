"""Bộ chỉ số: those that are kept, an upload with its faults, an empty workbook."""

import tomllib
from functools import cache

from fastapi import APIRouter
from starlette.responses import Response

from app.folders import questionnaires
from app.index import file as indexfile
from app.index.definition import Index
from app.index.file import Fault, IndexFault
from app.language import _
from app.papers import indexbook, tables
from app.preparation import editing, library
from app.web.console.annex import upload as annexes
from app.web.console.desk.addresses import LOOK, ROOT
from app.web.console.desk.desk import Desk
from app.web.console.desk.files import XLSX, download
from app.web.console.desk.guards import OfficerForm, Reader

router = APIRouter()
PATH = f"{ROOT}/bo-chi-so"
EXAMPLE = "lai-chau-2022"  # the one that is chosen at first
MOST_FAULTS = 500  # on one page; the rest comes when these are mended


@router.api_route(PATH, methods=LOOK)
def show_all(desk: Reader) -> Response:
    return _library(desk)


def _library(
    desk: Desk, faults: list[tuple[str, str, str]] | None = None, name: str = ""
) -> Response:
    with desk.db.reading() as session:
        kept = library.listed(session)
        removed = library.removed(session)
        unfinished = editing.unfinished(session)
    found = faults or []
    values: dict[str, object] = {
        "kept": kept,
        "removed": removed,
        "unfinished": unfinished,
        "faults": found[:MOST_FAULTS],
        "count": len(found),
        # A file of another kind, or one that does not open: there is no cell to mend.
        "whole": len(found) == 1 and name and found[0][0].startswith(_("Tệp")),
        "file_name": name,
        "examples": _examples(),
        "usual": EXAMPLE,
    }
    status = 422 if faults else 200
    return desk.page("console/indexes.html", values, section="indexes", status=status)


@cache
def _examples() -> tuple[tuple[str, str], ...]:
    """Code and name of each index that comes with the program."""
    found = {
        code: tomllib.loads(path.read_text("utf-8")) for code, path in questionnaires().items()
    }
    return tuple((code, raw["index"]["name"]) for code, raw in found.items())


@router.post(PATH)
def upload(form: OfficerForm) -> Response:
    """Keep an index, or show every fault of it; a faulty one is not kept."""
    sent = form.upload("tep")
    if path := questionnaires().get(form.value("vi-du")):
        name, data = path.name, path.read_bytes()
    elif sent is None:
        return _library(form, [("", "", _("Chưa chọn tệp nào. Bấm ô chọn tệp rồi gửi lại."))])
    elif annexes.is_word(sent):
        return annexes.take(form, sent)
    else:
        name, data = sent.name, sent.data
    try:
        index = _read(data, name)
    except IndexFault as fault:
        return _library(form, library.tables_of(fault.faults), name)
    with form.db.transaction() as session:
        now = form.db.now(session)
        id_, fresh = library.store(session, index, name, data, form.staff.name, now)
        if fresh:
            digest = indexfile.digest(index)
            form.note(session, now, "index.upload", code=index.code, digest=digest, file=name)
    words = _("Đã nhận tệp: không có lỗi.") if fresh else _("Tệp này đã có, không có gì đổi.")
    return form.see(f"{PATH}/{id_}", words)


def _read(data: bytes, name: str) -> Index:
    """The index of an uploaded file. Raises IndexFault."""
    if not tables.is_workbook(data, name) and not name.lower().endswith(".toml"):
        place = _("Tệp “{name}”").format(name=name)
        message = _(
            "không phải bảng tính Excel (.xlsx), cũng không phải tệp cấu hình (.toml). Chọn lại"
            " tệp, hoặc điền vào tệp mẫu Excel."
        )
        raise IndexFault([Fault(place, message)])
    return indexbook.read_file(data, name)


@router.api_route(f"{PATH}/mau.xlsx", methods=LOOK)
def template(desk: Reader) -> Response:
    """An empty workbook with instructions and drop-downs."""
    return download(indexbook.template(), "mau-bo-chi-so.xlsx", XLSX)
