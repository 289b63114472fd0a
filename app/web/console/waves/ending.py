"""Extend, close, cancel: what each does, what cannot be undone, and the second factor."""

from fastapi import APIRouter
from starlette.responses import Response

from app.count import urnkeys
from app.index.estimate import deadline
from app.language import _
from app.letters import texts
from app.store.models import Wave
from app.waves import closing, deeds, proposals, situation
from app.waves import wave as waves
from app.waves.proposals import Second
from app.waves.wave import WaveRefused
from app.web.console.desk.addresses import LOOK, ROOT
from app.web.console.desk.desk import WRONG_CODE, CodeRefused, Desk, Faults
from app.web.console.desk.guards import Officer, OfficerForm
from app.web.console.waves.together import held, pair_of, time_given
from app.web.console.waves.waveform import (
    LONGEST_WAVE,
    too_far,
    typed_of,
    unread,
)

router = APIRouter()


def _page(desk: Desk, code: str, name: str, faults: Faults, **typed: str) -> Response:
    with desk.db.reading() as session:
        wave = desk.wave(session, code)
        head = desk.head(session, wave)
        index, _layout = waves.index_of(wave)
        reopens = head.state == "closed"
        listed = wave.listed_at is not None
        pair = pair_of(desk, session, wave, "extend") if reopens and not listed else None
    # The page may have lost the form that was sent.
    chooses = name != "gia-han" or (
        not listed and (pair is None or (pair.mine and not pair.waiting))
    )
    asks = chooses or bool(pair and pair.others)
    day, clock = typed_of(wave.closes_at)
    values: dict[str, object] = {
        "path": f"{ROOT}/dot/{code}/{name}",
        "back": f"{ROOT}/dot/{code}/theo-doi",
        "code": code,
        "wave": wave,
        "state": head.state,
        "organiser": index.organiser.name if index.organiser else "",
        "deadline": deadline(wave.closes_at),
        "seen": desk.print_of(*_state(wave)),
        "pair": pair,
        "chooses": chooses,
        "reopens": reopens,
        "letters": wave.launched_at is not None,
        "typed": {"ngay": day, "gio": clock, "ly-do": "", "ma-dot": "", "bao": "", **typed},
        "faults": [
            (words, field if (asks if field == "ma-xac-thuc" else chooses) else "")
            for words, field in faults
        ],
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


def _state(wave: Wave) -> tuple[object, ...]:
    """What a page of this file was drawn from."""
    ends = wave.closes_at, wave.closed_at, wave.cancelled_at, wave.unsealed_at
    return wave.launched_at, *ends, wave.listed_at


@router.post(f"{ROOT}/dot/{{code}}/gia-han")
def extend(form: OfficerForm, code: str) -> Response:
    """A later closing; after the close it takes two people where the wave wants two."""
    typed = {"ngay": form.value("ngay"), "gio": form.value("gio"), "bao": form.value("bao")}
    closes = time_given(form)
    if closes is None:
        return _page(form, code, "gia-han", [unread(typed["ngay"], typed["gio"], "")], **typed)
    try:
        with form.db.transaction() as session:
            # Held before anything is judged: a close may be under way.
            wave, now = held(form, session, code), form.db.now(session)
            form.must_be_fresh(*_state(wave))
            if closes - now > LONGEST_WAVE:
                # No later one brings it back.
                raise WaveRefused(too_far(closes))
            form.must_confirm(session, now)
            told = form.has("bao")
            second = None
            if wave.two_people and situation.state(wave, now, False) == "closed":
                if not form.value("de-nghi"):
                    closing.must_extend(wave, closes, now)
                    deed = deeds.extend(wave, closes, told)
                    proposals.propose(session, wave, deed, form.staff.id, now)
                    said = {"closes": deadline(closes)} | ({"told": True} if told else {})
                    form.note(session, now, "wave.propose", code, proposal="extend", **said)
                    words = _("Đã ghi đề nghị gia hạn. Cần một chuyên viên khác xác nhận.")
                    return form.see(f"{ROOT}/dot/{code}/gia-han", words)
                second = Second(form.number("de-nghi"), form.staff.id)
            told_by = form.settings.host if told else ""
            facts = closing.extend(form.db, session, wave, closes, second, told_by)
            facts |= {"told": True} if told else {}
            form.note(session, now, "wave.extend", code, closes=deadline(closes), **facts)
    except CodeRefused:
        return _page(form, code, "gia-han", [(WRONG_CODE, "ma-xac-thuc")], **typed)
    except WaveRefused as refused:
        return _page(form, code, "gia-han", [(refused.words, "ngay")], **typed)
    words = _("Hạn gửi mới: {closes}.").format(closes=deadline(closes))
    if told:
        words += " " + _("Thư báo hạn mới đang được gửi đi.")
    return form.see(f"{ROOT}/dot/{code}/theo-doi", words)


@router.api_route(f"{ROOT}/dot/{{code}}/ket-thuc", methods=LOOK)
def ask_close(desk: Officer, code: str) -> Response:
    return _page(desk, code, "ket-thuc", [])


@router.post(f"{ROOT}/dot/{{code}}/ket-thuc")
def close(form: OfficerForm, code: str) -> Response:
    try:
        with form.db.transaction() as session:
            wave, now = held(form, session, code), form.db.now(session)
            form.must_be_fresh(*_state(wave))
            form.must_confirm(session, now)
            closing.close(form.db, session, wave)
            closing.note_closing(session, form.keys, wave, form.staff.who, now)
    except CodeRefused:
        return _page(form, code, "ket-thuc", [(WRONG_CODE, "ma-xac-thuc")])
    except WaveRefused as refused:
        return _page(form, code, "ket-thuc", [(refused.words, "")])
    words = _("Đã kết thúc thu phiếu. Việc tiếp theo: mở hòm phiếu.")
    return form.see(f"{ROOT}/dot/{code}/mo-hom-phieu", words)


@router.api_route(f"{ROOT}/dot/{{code}}/huy", methods=LOOK)
def ask_cancel(desk: Officer, code: str) -> Response:
    return _page(desk, code, "huy", [])


@router.post(f"{ROOT}/dot/{{code}}/huy")
def cancel(form: OfficerForm, code: str) -> Response:
    """Destroy the urn unopened, tell everybody why, forget the keys."""
    typed = {name: form.value(name) for name in ("ly-do", "ma-dot")}
    reason = " ".join(typed["ly-do"].split())
    faults = [(words, "ly-do") for words in texts.reason_faults(reason)]
    if form.value("ma-dot") != code:
        faults.append((_("Gõ đúng mã đợt để xác nhận."), "ma-dot"))
    if faults:
        return _page(form, code, "huy", faults, **typed)
    try:
        with form.db.transaction() as session:
            wave, now = held(form, session, code), form.db.now(session)
            form.must_be_fresh(*_state(wave))
            form.must_confirm(session, now)
            letters = closing.cancel(form.db, session, form.settings, wave, reason)
            form.note(session, now, "wave.cancel", code, reason=reason)
        urnkeys.erase_left(form.db, form.keys)
    except CodeRefused:
        return _page(form, code, "huy", [(WRONG_CODE, "ma-xac-thuc")], **typed)
    except WaveRefused as refused:
        return _page(form, code, "huy", [(refused.words, "")], **typed)
    told = _("Đã hủy đợt. Thư báo hủy đang được gửi đến mọi người.")
    return form.see(ROOT, told if letters else _("Đã hủy đợt. Chưa ai nhận thư mời nào."))
