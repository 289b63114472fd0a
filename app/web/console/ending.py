"""Extend, close, cancel: what each does, what cannot be undone, and the second factor."""

from datetime import datetime

from fastapi import APIRouter
from starlette.responses import Response

from app import closing, proposals, unsealing, waves
from app.db import Session
from app.estimate import deadline
from app.language import _, moment
from app.models import Wave
from app.proposals import Waiting
from app.waves import WaveRefused, id_of
from app.web.console.cookies import ROOT
from app.web.console.desk import LOOK, CodeRefused, Desk, Officer, OfficerForm
from app.web.console.waveform import closing_of, typed_of

router = APIRouter()
Faults = list[tuple[str, str]]
WRONG_CODE = _("Mã xác thực không đúng hoặc đã dùng. Đợi mã mới rồi nhập.")


def _needs_two(wave: Wave, now: datetime) -> bool:
    """Whether extending is to open again what was closed, and takes two people."""
    return wave.two_people and waves.state(wave, now, False) == "closed"


def _proposed(session: Session, wave: Wave, now: datetime) -> list[Waiting]:
    waiting = proposals.waiting(session, id_of(wave), now)
    return [each for each in waiting if each.action == "extend"]


def _closes_of(proposal: Waiting) -> datetime:
    return datetime.fromisoformat(proposal.arguments["closes"])


def _page(desk: Desk, code: str, name: str, faults: Faults, **typed: str) -> Response:
    with desk.db.reading() as session:
        wave, now = desk.wave(session, code), desk.db.now(session)
        head = desk.head(session, wave)
        index, _layout = waves.index_of(wave)
        # One that was left over when the wave opened again waits for nobody.
        waiting = _proposed(session, wave, now) if _needs_two(wave, now) else []
    day, clock = typed_of(wave.closes_at)
    values: dict[str, object] = {
        "path": f"{ROOT}/dot/{code}/{name}",
        "back": f"{ROOT}/dot/{code}/theo-doi",
        "code": code,
        "wave": wave,
        "state": head.state,
        "organiser": index.organiser.name if index.organiser else "",
        "deadline": deadline(wave.closes_at),
        "seen": desk.print_of(wave.closes_at, wave.closed_at, wave.cancelled_at),
        "waiting": waiting,
        "two": _needs_two(wave, now),
        "proposed": deadline(_closes_of(waiting[0])) if waiting else "",
        "mine": any(each.staff_id == desk.staff.id for each in waiting),
        "typed": {"ngay": day, "gio": clock, "ly-do": "", **typed},
        "faults": faults,
        "bad": [field for _words, field in faults],
    }
    template = {"gia-han": "extend", "ket-thuc": "close", "huy": "cancel"}[name]
    status = 422 if faults else 200
    return desk.page(
        f"console/ending-{template}.html", values, head=head, section="watch", status=status
    )


@router.api_route(f"{ROOT}/dot/{{code}}/gia-han", methods=LOOK)
def ask_extend(desk: Officer, code: str) -> Response:
    return _page(desk, code, "gia-han", [])


@router.post(f"{ROOT}/dot/{{code}}/gia-han")
def extend(form: OfficerForm, code: str) -> Response:
    """A later closing; after the close it takes two people where the wave wants two."""
    typed = {"ngay": form.value("ngay"), "gio": form.value("gio")}
    closes, number = closing_of(typed["ngay"], typed["gio"]), form.number("de-nghi")
    if closes is None and not number:
        words = _("Ghi ngày và giờ hết hạn mới, ví dụ 15/03/2026 và 17:00.")
        return _page(form, code, "gia-han", [(words, "ngay")], **typed)
    try:
        with form.db.transaction() as session:
            wave, now = form.wave(session, code), form.db.now(session)
            form.must_be_fresh(wave.closes_at, wave.closed_at, wave.cancelled_at)
            form.must_confirm(session, now)
            facts: dict[str, object] = {}
            if closes is None:
                taken = proposals.confirm(session, wave, "extend", number, form.staff.id, now)
                closes, facts = _closes_of(taken), {"proposed": taken.staff_name}
            elif _needs_two(wave, now):
                arguments = {"closes": closes.isoformat()}
                proposals.propose(session, wave, "extend", arguments, form.staff.id, now)
                form.note(session, now, "wave.propose", code, proposal="extend")
                words = _("Đã ghi đề nghị gia hạn. Cần một chuyên viên khác xác nhận.")
                return form.see(f"{ROOT}/dot/{code}/gia-han", words)
            closing.extend(form.db, session, wave, closes)
            form.note(session, now, "wave.extend", code, closes=moment(closes), **facts)
    except CodeRefused:
        return _page(form, code, "gia-han", [(WRONG_CODE, "ma-xac-thuc")], **typed)
    except WaveRefused as refused:
        return _page(form, code, "gia-han", [(str(refused), "ngay")], **typed)
    words = _("Hạn gửi mới: {closes}.").format(closes=deadline(closes))
    return form.see(f"{ROOT}/dot/{code}/theo-doi", words)


@router.post(f"{ROOT}/dot/{{code}}/gia-han/rut-lai")
def withdraw(form: OfficerForm, code: str) -> Response:
    """Take the proposal back; anybody of the office may."""
    with form.db.transaction() as session:
        wave, now = form.wave(session, code), form.db.now(session)
        for each in _proposed(session, wave, now):
            if each.id == form.number("de-nghi"):
                proposals.withdraw(session, wave, each.id, now)
                form.note(session, now, "wave.withdraw", code, proposal="extend")
    return form.see(f"{ROOT}/dot/{code}/gia-han", _("Đã rút đề nghị gia hạn."))


@router.api_route(f"{ROOT}/dot/{{code}}/ket-thuc", methods=LOOK)
def ask_close(desk: Officer, code: str) -> Response:
    return _page(desk, code, "ket-thuc", [])


@router.post(f"{ROOT}/dot/{{code}}/ket-thuc")
def close(form: OfficerForm, code: str) -> Response:
    try:
        with form.db.transaction() as session:
            wave, now = form.wave(session, code), form.db.now(session)
            form.must_be_fresh(wave.closes_at, wave.closed_at, wave.cancelled_at)
            form.must_confirm(session, now)
            closing.close(form.db, session, wave)
            closing.note_closing(session, form.keys, wave, form.staff.who, now)
    except CodeRefused:
        return _page(form, code, "ket-thuc", [(WRONG_CODE, "ma-xac-thuc")])
    except WaveRefused as refused:
        return _page(form, code, "ket-thuc", [(str(refused), "")])
    words = _("Đã kết thúc thu phiếu. Việc tiếp theo: mở hòm phiếu.")
    return form.see(f"{ROOT}/dot/{code}/mo-hom-phieu", words)


@router.api_route(f"{ROOT}/dot/{{code}}/huy", methods=LOOK)
def ask_cancel(desk: Officer, code: str) -> Response:
    return _page(desk, code, "huy", [])


@router.post(f"{ROOT}/dot/{{code}}/huy")
def cancel(form: OfficerForm, code: str) -> Response:
    """Destroy the urn unopened, tell everybody why, forget the keys."""
    reason = " ".join(form.value("ly-do").split())
    faults = []
    if not 5 <= len(reason) <= 500:
        faults.append((_("Nêu lý do, từ 5 đến 500 ký tự; lý do được ghi vào thư."), "ly-do"))
    if form.value("ma-dot") != code:
        faults.append((_("Gõ đúng mã đợt để xác nhận."), "ma-dot"))
    if faults:
        return _page(form, code, "huy", faults, **{"ly-do": form.value("ly-do")})
    try:
        with form.db.transaction() as session:
            wave, now = form.wave(session, code), form.db.now(session)
            form.must_be_fresh(wave.closes_at, wave.closed_at, wave.cancelled_at)
            form.must_confirm(session, now)
            closing.cancel(form.db, session, form.settings, wave, reason)
            form.note(session, now, "wave.cancel", code, reason=reason)
        unsealing.finish(form.db, form.keys)
    except CodeRefused:
        return _page(form, code, "huy", [(WRONG_CODE, "ma-xac-thuc")], **{"ly-do": reason})
    except WaveRefused as refused:
        return _page(form, code, "huy", [(str(refused), "")], **{"ly-do": reason})
    return form.see(ROOT, _("Đã hủy đợt. Thư báo hủy đang được gửi đến mọi người."))
