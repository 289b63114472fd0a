"""One annex: as it was understood, what an officer settles of it, the index made of it."""

from fastapi import APIRouter, HTTPException
from starlette.responses import Response

from app.annex import annex as annexes_
from app.annex import making, usual
from app.annex.annex import Annex
from app.annex.levels import ROLES
from app.annex.making import Told
from app.index import file as indexfile
from app.index.file import IndexFault
from app.language import HANOI, _
from app.papers import indexbook
from app.papers.indextemplate import NotForExcel
from app.preparation import annexes, library
from app.preparation.annexes import InHand
from app.store.db import Session
from app.text.cells import letters
from app.web.console.annex import posted, shown, told
from app.web.console.annex.upload import INDEXES, PATH
from app.web.console.desk.addresses import LOOK
from app.web.console.desk.desk import Desk, Faults, Form, Stale
from app.web.console.desk.guards import Officer, OfficerForm

router = APIRouter()
ONE = f"{PATH}/{{id_:int}}"
MAKE = "tao"  # the value of the button that makes the index
CHANGED = _(
    "Phụ lục này vừa được sửa ở nơi khác; dưới đây là bản mới nhất. Chọn lại những chỗ cần sửa."
)


@router.api_route(ONE, methods=LOOK)
def show(desk: Officer, id_: int) -> Response:
    return _page(desk, id_)


def _held(session: Session, id_: int) -> InHand:
    """An annex that waits. Raises 404."""
    held = annexes.find(session, id_)
    if held is None:
        raise HTTPException(404)
    return held


def _page(desk: Desk, id_: int, faults: Faults | None = None, status: int = 422) -> Response:
    with desk.db.reading() as session:
        held = _held(session, id_)
        year = desk.db.now(session).astimezone(HANOI).year
        typed = told.begun(session, held, year)
    read = annexes_.understand(held.tables, held.choices)
    values: dict[str, object] = {
        "path": f"{PATH}/{id_}",
        "held": held,
        "annex": read,
        "questions": [
            (shown.field_of(what, line.id), words, line) for what, words, line in read.questions
        ],
        "rows": shown.rows(read, held.choices),
        "guesses": shown.guesses(read),
        "choices": held.choices,
        "roles_of_rows": ROLES,
        "tables": _tables(held, read),
        "used": ",".join(map(str, read.used)),
        "read": _told(held, read),
        "typed": typed,
        "scales": usual.SCALES,
        "leaves": len(read.tree.leaves()),
        "seen": desk.print_of(held.print),
        "faults": faults or [],
        "make": MAKE,
    }
    answer = status if faults else 200
    return desk.page("console/annex.html", values, section="indexes", status=answer)


def _tables(held: InHand, read: Annex) -> list[tuple[str, str]]:
    """What may be read, by the value of its choice: what is read now, and each table by itself."""
    names = dict(read.tables)
    every = {annexes_.usual(held.tables), read.used, *((place,) for place in names)}
    return [
        (
            ",".join(map(str, places)),
            names.get(places[0], held.tables[places[0]].name)
            if len(places) == 1
            else _("{first} đến {last}").format(
                first=held.tables[places[0]].name, last=held.tables[places[-1]].name
            ),
        )
        for places in sorted(every, key=lambda places: (-len(places), places))
        if places
    ]


def _told(held: InHand, read: Annex) -> str:
    """What of the file was read, and what was not."""
    names = [table.name for table in held.tables]
    used = [names[place] for place in read.used]
    found = [_("Đã đọc: {names}.").format(names=", ".join(used))]
    others = [name for place, name in enumerate(names) if place not in read.used]
    if others:
        found.append(_("Không đọc: {names}.").format(names=", ".join(others)))
    hidden = sorted({column for place in read.used for column in _hidden(held, place)})
    if hidden:
        columns = ", ".join(map(letters, hidden))
        found.append(_("Cột đang ẩn thì không đọc: {columns}.").format(columns=columns))
    return " ".join(found)


def _hidden(held: InHand, place: int) -> set[int]:
    """The hidden columns of a table that hold something."""
    table = held.tables[place]
    return {
        column
        for column in table.hidden_columns
        if any(table.cell(row, column).text.strip() for row in range(len(table.rows)))
    }


@router.post(ONE)
def settle(form: OfficerForm, id_: int) -> Response:
    """Keep what was settled; with the other button, make the index."""
    with form.db.transaction() as session:
        held = _held(session, id_)
        read = annexes_.understand(held.tables, held.choices)
        try:
            form.must_be_fresh(held.print)
            choices = posted.choices_of(form, read, held.choices)
            settled = annexes.settle(session, held, choices)
            if settled and choices != held.choices:
                now = form.db.now(session)
                form.note(session, now, "index.annex-settle", file=held.note.file)
        except Stale:
            settled = False
    if not settled:
        return _page(form, id_, [(CHANGED, "")], 409)
    if form.value("viec") == MAKE:
        return _make(form, id_)
    return form.see(f"{PATH}/{id_}", _("Đã lưu."))


def _make(form: Form, id_: int) -> Response:
    with form.db.reading() as session:
        held = _held(session, id_)
        year = form.db.now(session).astimezone(HANOI).year
        typed = told.begun(session, held, year)
        others = told.taken(session)
    read = annexes_.understand(held.tables, held.choices)
    faults = [
        (f"{line.where}: {words}", shown.field_of(what, line.id))
        for what, words, line in read.questions
    ]
    found = told.read(typed, others)
    if not read.tree.roots:
        faults.append((_("Chưa có dòng nào là lĩnh vực hay tiêu chí."), ""))
    if faults or not isinstance(found, Told):
        return _page(form, id_, faults + (found if isinstance(found, list) else []))
    return _keep(form, id_, read, found)


def _keep(form: Form, id_: int, read: Annex, found: Told) -> Response:
    try:
        index = making.make(read, found)
        book = indexbook.write_book(index)
    except IndexFault as fault:
        words = [indexbook.in_words(each) for each in fault.faults]
        return _page(form, id_, [(f"{each.place}: {each.message}", "") for each in words])
    except NotForExcel as refused:
        return _page(form, id_, [(str(refused), "")])
    with form.db.transaction() as session:
        now = form.db.now(session)
        if not annexes.forget(session, id_):
            raise HTTPException(404)
        made, _fresh = library.store(
            session, index, f"{index.code}.xlsx", book, form.staff.name, now
        )
        digest = indexfile.digest(index)
        form.note(session, now, "index.annex", code=index.code, digest=digest)
    words_ = _("Đã lập bộ chỉ số từ phụ lục. Xem lại câu hỏi, nhóm đối tượng rồi tạo đợt điều tra.")
    return form.see(f"{INDEXES}/{made}", words_)


@router.post(f"{ONE}/bo")
def drop(form: OfficerForm, id_: int) -> Response:
    """Use a file no more; what was settled of it goes with it."""
    with form.db.transaction() as session:
        held = annexes.find(session, id_)
        if held is not None and annexes.forget(session, id_):
            now = form.db.now(session)
            form.note(session, now, "index.annex-drop", file=held.note.file)
    return form.see(PATH, _("Đã bỏ tệp phụ lục."))
