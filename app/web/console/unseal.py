"""Mở hòm phiếu: who opens, with what, how far it is; then external results and the score."""

from fastapi import APIRouter
from starlette.responses import Response

from app import external, opening, proposals, rosterbook, scoresheets, waves
from app.db import Session
from app.keys import KeysMissing
from app.language import _, number
from app.models import Wave
from app.table import TableFault
from app.waves import WaveRefused, id_of
from app.web.console.cookies import ROOT
from app.web.console.desk import LOOK, CodeRefused, Desk, Officer, OfficerForm
from app.web.console.downloads import XLSX, download
from app.workbook import UnreadableTable, rows

router = APIRouter()
PATH = f"{ROOT}/dot/{{code}}/mo-hom-phieu"
EXTERNAL = f"{ROOT}/dot/{{code}}/ket-qua-khac"
Faults = list[tuple[str, str]]


@router.api_route(PATH, methods=LOOK)
def show(desk: Officer, code: str) -> Response:
    return _page(desk, code)


def _page(desk: Desk, code: str, faults: Faults | None = None) -> Response:
    with desk.db.reading() as session:
        wave, now = desk.wave(session, code), desk.db.now(session)
        head = desk.head(session, wave)
        waiting = [
            each for each in proposals.waiting(session, id_of(wave), now) if each.action == "unseal"
        ]
    keys, progress = desk.keys.has_wave(code), opening.progress(desk.keys, code)
    mine = any(each.staff_id == desk.staff.id for each in waiting)
    fields = set()
    if head.state == "closed" and progress.state != "running":
        fields = {"tep", "ma-xac-thuc-2"} | ({"ma-xac-thuc"} if keys and not mine else set())
    values: dict[str, object] = {
        "path": f"{ROOT}/dot/{code}/mo-hom-phieu",
        "code": code,
        "wave": wave,
        "keys": keys,
        "waiting": waiting,
        "mine": mine,
        "progress": progress,
        # Meanwhile the page may have lost the form that was sent.
        "faults": [(words, field if field in fields else "") for words, field in faults or []],
        "bad": [field for _words, field in faults or []],
    }
    status = 422 if faults else 200
    return desk.page("console/unseal.html", values, head=head, section="results", status=status)


@router.api_route(f"{PATH}/tien-do", methods=LOOK)
def show_progress(desk: Officer, code: str) -> Response:
    """The part of the page that changes while the urn is being opened."""
    with desk.db.reading() as session:
        wave = desk.wave(session, code)
    progress = opening.progress(desk.keys, code)
    values: dict[str, object] = {
        "path": f"{ROOT}/dot/{code}/mo-hom-phieu",
        "wave": wave,
        "progress": progress,
    }
    response = desk.fragment("console/unseal-progress.html", values)
    if wave.unsealed_at is not None or progress.state != "running":
        # What can be done next stands on the whole page.
        response.headers["HX-Refresh"] = "true"
    return response


@router.post(PATH)
def unseal(form: OfficerForm, code: str) -> Response:
    """Ask for a second person, or open as one."""
    try:
        with form.db.transaction() as session:
            wave, now = form.wave(session, code), form.db.now(session)
            _must_be_closed(form, session, wave)
            form.must_confirm(session, now)
            facts: dict[str, object] = {}
            if wave.two_people and not form.value("de-nghi"):
                proposals.propose(session, wave, "unseal", {}, form.staff.id, now)
                form.note(session, now, "wave.propose", code, proposal="unseal")
                words = _("Đã ghi đề nghị. Cần một chuyên viên khác xác nhận để mở hòm phiếu.")
                return form.see(f"{ROOT}/dot/{code}/mo-hom-phieu", words)
            if wave.two_people:
                number = form.number("de-nghi")
                taken = proposals.confirm(session, wave, "unseal", number, form.staff.id, now)
                facts["proposed"] = taken.staff_name
        started = opening.begin(form.db, form.keys, code, form.staff.who, **facts)
    except CodeRefused:
        wrong = _("Mã xác thực không đúng hoặc đã dùng. Đợi mã mới rồi nhập.")
        return _page(form, code, [(wrong, "ma-xac-thuc")])
    except (WaveRefused, KeysMissing) as refused:
        return _page(form, code, [(str(refused), "")])
    words = _("Đang mở hòm phiếu.") if started else _("Hòm phiếu đang được mở.")
    return form.see(f"{ROOT}/dot/{code}/mo-hom-phieu", words)


def _must_be_closed(form: OfficerForm, session: Session, wave: Wave) -> None:
    if waves.state(wave, form.db.now(session), False) != "closed":
        raise WaveRefused(_("Chỉ mở được hòm phiếu sau khi kết thúc thu phiếu, và chỉ một lần."))
    form.keys.wave(wave.code)


@router.post(f"{PATH}/rut-lai")
def withdraw(form: OfficerForm, code: str) -> Response:
    """Take the proposal back; anybody of the office may."""
    number = form.value("de-nghi")
    with form.db.transaction() as session:
        wave, now = form.wave(session, code), form.db.now(session)
        for each in proposals.waiting(session, id_of(wave), now):
            if each.action == "unseal" and str(each.id) == number:
                proposals.withdraw(session, wave, each.id, now)
                form.note(session, now, "wave.withdraw", code, proposal="unseal")
    return form.see(f"{ROOT}/dot/{code}/mo-hom-phieu", _("Đã rút đề nghị mở hòm phiếu."))


@router.post(f"{PATH}/khoa")
def restore(form: OfficerForm, code: str) -> Response:
    """Bring the keys back from the recovery copy of this very wave."""
    sent = form.upload("tep")
    if sent is None:
        return _page(form, code, [(_("Chọn tệp khóa dự phòng."), "tep")])
    try:
        with form.db.transaction() as session:
            wave, now = form.wave(session, code), form.db.now(session)
            form.must_confirm(session, now)
            copy, phrase = sent.data.decode(errors="replace"), form.posts.raw("cau")
            # What was erased must not come back, nor another wave's keys by mistake.
            gone = wave.unsealed_at is not None or wave.cancelled_at is not None
            if gone or form.keys.check_copy(copy, phrase) != wave.public_key:
                raise KeysMissing(
                    _("Tệp này không phải bản khóa dự phòng của đợt {code}. Chọn tệp khác.").format(
                        code=code
                    )
                )
            form.keys.restore(copy, phrase)
            form.note(session, now, "keys.restore", code)
    except CodeRefused:
        wrong = _("Mã xác thực không đúng hoặc đã dùng. Đợi mã mới rồi nhập.")
        return _page(form, code, [(wrong, "ma-xac-thuc-2")])
    except KeysMissing as missing:
        return _page(form, code, [(str(missing), "tep")])
    return form.see(f"{ROOT}/dot/{code}/mo-hom-phieu", _("Đã lấy lại khóa."))


@router.post(f"{ROOT}/dot/{{code}}/tinh-diem")
def score(form: OfficerForm, code: str) -> Response:
    """Write the score sheet; one that would say the same is not written again."""
    with form.db.transaction() as session:
        document, fresh = scoresheets.score(form.db, session, code)
        if fresh:
            now = form.db.now(session)
            form.note(session, now, "wave.score", code, sheet=document["sheet"])
    words = _("Đã tính bảng điểm số {sheet}.") if fresh else _("Không có gì đổi.")
    return form.see(f"{ROOT}/dot/{code}/ket-qua", words.format(sheet=document["sheet"]))


@router.api_route(EXTERNAL, methods=LOOK)
def show_external(desk: Officer, code: str) -> Response:
    return _external(desk, code)


def _external(desk: Desk, code: str, faults: list[tuple[str, str]] | None = None) -> Response:
    with desk.db.reading() as session:
        wave = desk.wave(session, code)
        head = desk.head(session, wave)
        index, _layout = waves.index_of(wave)
        known = scoresheets.external_of(session, id_of(wave))
    wanted = [
        (unit, leaf)
        for unit in index.units
        for leaf in index.scored_leaves(unit)
        if leaf.method == "external"
    ]
    values: dict[str, object] = {
        "path": f"{ROOT}/dot/{code}/ket-qua-khac",
        "code": code,
        "wanted": wanted,
        "known": known,
        "faults": faults or [],
        "scored": wave.unsealed_at is not None,
    }
    status = 422 if faults else 200
    return desk.page("console/external.html", values, head=head, section="results", status=status)


@router.api_route(f"{EXTERNAL}/mau.xlsx", methods=LOOK)
def external_template(desk: Officer, code: str) -> Response:
    with desk.db.reading() as session:
        index, _layout = waves.index_of(desk.wave(session, code))
    lines = [
        (unit.code, leaf.code, "")
        for unit in index.units
        for leaf in index.scored_leaves(unit)
        if leaf.method == "external"
    ]
    columns = (external.UNIT, external.CRITERION, external.PERCENT)
    data = rosterbook.table(_("Kết quả lấy từ nơi khác"), columns, lines)
    return download(data, f"{code}-ket-qua-khac.xlsx", XLSX)


@router.post(EXTERNAL)
def upload_external(form: OfficerForm, code: str) -> Response:
    sent = form.upload("tep")
    if sent is None:
        return _external(form, code, [(_("Chọn một tệp."), "tep")])
    with form.db.reading() as session:
        index, _layout = waves.index_of(form.wave(session, code))
    try:
        # Before the transaction: a workbook takes its time, and ballots are cast meanwhile.
        percents = external.read_external(index, rows(sent.data, sent.name))
        with form.db.transaction() as session:
            wave, now = form.wave(session, code), form.db.now(session)
            waves.import_external(session, wave, percents)
            form.note(session, now, "wave.external", code, rows=len(percents))
    except TableFault as fault:
        return _external(form, code, [(str(each), "tep") for each in fault.faults[:50]])
    except (UnreadableTable, WaveRefused) as refused:
        return _external(form, code, [(str(refused), "tep")])
    words = _("Đã nhập {number} tỷ lệ.").format(number=number(len(percents)))
    return form.see(f"{ROOT}/dot/{code}/ket-qua-khac", words)
