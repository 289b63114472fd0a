"""One version of a bộ chỉ số: look through, copy, take away, bring back, download."""

from fastapi import APIRouter, HTTPException
from starlette.responses import Response

from app.index import file as indexfile
from app.index import tree
from app.index.definition import Index
from app.index.estimate import USUALLY_ASSIGNED, estimate
from app.index.file import IndexFault
from app.index.rows.changes import joined
from app.language import _
from app.papers import forms, indexbook
from app.papers.indextemplate import NotForExcel
from app.preparation import editing, library
from app.preparation import versions as editions
from app.preparation.library import Kept, LibraryRefused
from app.web.console.desk.addresses import LOOK
from app.web.console.desk.desk import Desk
from app.web.console.desk.files import DOCX, XLSX, download
from app.web.console.desk.guards import OfficerForm, Reader
from app.web.console.indexes import PATH

router = APIRouter()
METHODS = {
    "survey": _("điều tra"),
    "appraisal": _("thẩm định"),
    "external": _("lấy từ nơi khác"),
}
MOST_CHANGES = 8  # of a version
FIELDS = {"code": "ma", "name": "ten", "year": "nam"}  # of the form that copies
RATES = {
    "all": _("mọi cơ quan"),
    "assigned": _("các cơ quan ghi trong danh sách"),
    "own": _("cơ quan của mình"),
}


@router.api_route(f"{PATH}/{{id_:int}}", methods=LOOK)
def show(desk: Reader, id_: int) -> Response:
    return _one(desk, id_)


def found(desk: Desk, id_: int) -> tuple[Kept, Index]:
    """One version. Raises 404."""
    with desk.db.reading() as session:
        kept = library.find(session, id_)
    if kept is None:
        raise HTTPException(404)
    return kept


def _one(
    desk: Desk,
    id_: int,
    fault: tuple[str, str] | None = None,
    typed: dict[str, str] | None = None,
) -> Response:
    kept, index = found(desk, id_)
    with desk.db.reading() as session:
        versions = library.versions(session, kept.code)
        told = editions.history(session, versions)
        unfinished = editing.unfinished(session).get(kept.code)
        users = editions.waves_of(session, kept.code, kept.digest)
    newest = next((v.id for v in versions if v.removed_at is None), None)
    values: dict[str, object] = {
        "kept": kept,
        "index": index,
        "newest": newest,
        "versions": versions,
        "told": {id_: joined(words, MOST_CHANGES) for id_, words in told.items()},
        "waves": users,
        "unfinished": unfinished,
        "branches": tree.branches(index),
        "sums": tree.sums(index),
        "methods": METHODS,
        "rates": RATES,
        "scales": {scale.code: scale for scale in index.scales},
        "groups": [(group, _minutes(index, group.code)) for group in index.groups],
        # Whatever file it came as: the page is read by people, not by who wrote the file.
        "warnings": [indexbook.in_words(warning) for warning in indexfile.warnings(index)],
        "seen": desk.print_of(newest),
        "faults": [fault] if fault else [],
        "typed": typed
        or {
            "ma": kept.code.replace(str(index.year), str(index.year + 1)),
            "ten": index.name.replace(str(index.year), str(index.year + 1)),
            "nam": str(index.year + 1),
        },
    }
    status = 422 if fault else 200
    return desk.page("console/index.html", values, section="indexes", status=status)


def _minutes(index: Index, group: str) -> tuple[int, int, int]:
    """Questions, units and minutes of a usual ballot of a group."""
    agency = agency_of(index, group, None)
    guess = estimate(index, group, agency, assigned_to(index, group, agency))
    questions = sum(group in question.groups for question in index.scored_questions)
    return questions, guess.counted, guess.minutes


def agency_of(index: Index, group: str, asked_for: str | None) -> str | None:
    """Whose eyes a made-up ballot has; who rates nothing but the own agency is of one."""
    if asked_for in index.unit_of:
        return asked_for
    return index.units[0].code if index.group_of[group].rates == "own" else None


def assigned_to(index: Index, group: str, agency: str | None) -> tuple[str, ...]:
    """What a roster might give somebody of a group that rates what it was assigned."""
    if index.group_of[group].rates != "assigned":
        return ()
    return index.rated_units(group, agency, index.unit_of)[:USUALLY_ASSIGNED]


@router.api_route(f"{PATH}/{{id_:int}}.xlsx", methods=LOOK)
def as_workbook(desk: Reader, id_: int) -> Response:
    """The index as a workbook: uploaded again it is the same."""
    kept, index = found(desk, id_)
    try:
        return download(indexbook.write_book(index), f"{kept.code}.xlsx", XLSX)
    except NotForExcel as refused:
        return desk.page(
            "console/fault.html",
            {"title": _("Không viết được thành tệp Excel"), "remedy": str(refused), "faults": []},
            section="indexes",
            status=422,
        )


@router.api_route(f"{PATH}/{{id_:int}}/mau-phieu.docx", methods=LOOK)
def as_forms(desk: Reader, id_: int) -> Response:
    """The questionnaires on paper, all groups in one Word file."""
    kept, index = found(desk, id_)
    return download(forms.to_docx(index, kept.uploaded_at), f"{kept.code}-mau-phieu.docx", DOCX)


@router.api_route(f"{PATH}/{{id_:int}}/mau-phieu/{{group}}.docx", methods=LOOK)
def as_form(desk: Reader, id_: int, group: str) -> Response:
    """The questionnaire of one group. Raises 404."""
    kept, index = found(desk, id_)
    if group not in index.group_of:
        raise HTTPException(404)
    data = forms.to_docx(index, kept.uploaded_at, group)
    return download(data, f"{kept.code}-mau-phieu-{group}.docx", DOCX)


@router.api_route(f"{PATH}/{{id_:int}}/tep", methods=LOOK)
def as_uploaded(desk: Reader, id_: int) -> Response:
    """The very file that was uploaded."""
    found(desk, id_)
    with desk.db.reading() as session:
        name, data = library.file_of(session, id_)
    return download(data, name)


@router.post(f"{PATH}/{{id_:int}}/chep")
def copy(form: OfficerForm, id_: int) -> Response:
    """Begin next year's index with this one."""
    _kept, index = found(form, id_)
    typed = {name: form.value(name) for name in ("ma", "ten", "nam")}
    year = int(typed["nam"]) if typed["nam"].isdecimal() and len(typed["nam"]) < 6 else 0
    try:
        with form.db.transaction() as session:
            now = form.db.now(session)
            made = library.copy(
                session, index, typed["ma"], typed["ten"], year, form.staff.name, now
            )
            form.note(session, now, "index.copy", code=typed["ma"], **{"from": index.code})
    except LibraryRefused as refused:
        return _one(form, id_, (str(refused), FIELDS[refused.key]), typed)
    except NotForExcel as refused:
        return _one(form, id_, (str(refused), ""), typed)
    except IndexFault as fault:
        return _one(form, id_, (str(indexbook.in_words(fault.faults[0])), "ten"), typed)
    return form.see(
        f"{PATH}/{made}",
        _("Đã chép. Bấm “Sửa trên trang” để sửa, hoặc tải về dạng Excel, sửa rồi tải lên lại."),
    )


@router.post(f"{PATH}/{{id_:int}}/bo")
def remove(form: OfficerForm, id_: int) -> Response:
    """Out of the list; it can be brought back."""
    kept, _index = found(form, id_)
    with form.db.transaction() as session:
        now = form.db.now(session)
        if library.remove(session, id_, now):
            form.note(session, now, "index.remove", code=kept.code, digest=kept.digest)
    return form.see(f"{PATH}/{id_}", _("Đã bỏ. Bấm “Dùng bản này” để lấy lại."))


@router.post(f"{PATH}/{{id_:int}}/lay-lai")
def restore(form: OfficerForm, id_: int) -> Response:
    """Make this version the current one again."""
    kept, _index = found(form, id_)
    with form.db.transaction() as session:
        versions = library.versions(session, kept.code)
        newest = next((v.id for v in versions if v.removed_at is None), None)
        form.must_be_fresh(newest)
        now = form.db.now(session)
        made = library.restore(session, id_, form.staff.name, now)
        form.note(session, now, "index.restore", code=kept.code, digest=kept.digest)
    return form.see(f"{PATH}/{made}", _("Bản này nay là bản đang dùng."))
