"""Mở hòm phiếu: who opens, with what, how far it is; then the score."""

from datetime import timedelta

from fastapi import APIRouter
from starlette.responses import Response

from app.audit import chain
from app.count import closingfacts, opening, openingfacts, scoresheets, urnkeys
from app.index.estimate import deadline
from app.keys import recovery
from app.keys.keyfile import KeysMissing
from app.language import _, moment, number
from app.scores import closingsums, urnsums
from app.store.db import Session
from app.store.models import Wave
from app.trustees import body, shares
from app.waves import closing, closingletter, deeds, officers, proposals, situation
from app.waves.proposals import Second
from app.waves.wave import WaveRefused
from app.web.console.desk.addresses import LOOK, ROOT
from app.web.console.desk.desk import WRONG_CODE, CodeRefused, Desk, Faults
from app.web.console.desk.guards import Officer, OfficerForm
from app.web.console.outcome.externals import percents_of
from app.web.console.waves.together import held, pair_of
from app.web.console.waves.waveform import closing_of, typed_of, unread

router = APIRouter()
PATH = f"{ROOT}/dot/{{code}}/mo-hom-phieu"
# Until when people may object, unless the officer says otherwise.
HEARD = timedelta(days=3)


@router.api_route(PATH, methods=LOOK)
def show(desk: Officer, code: str) -> Response:
    return _page(desk, code)


def _page(
    desk: Desk, code: str, faults: Faults | None = None, typed: dict[str, str] | None = None
) -> Response:
    with desk.db.reading() as session:
        wave, now = desk.wave(session, code), desk.db.now(session)
        head = desk.head(session, wave)
        pair = pair_of(desk, session, wave, "unseal")
        longer = proposals.waiting(session, wave, now, "extend") if pair else []
        wanted, known = percents_of(session, wave) if wave.unsealed_at else ([], {})
        sums = urnsums.sums(openingfacts.ballots(session, wave)) if wave.unsealed_at else ()
        wrong = closingfacts.wrong(session, wave)
        held_by = body.of(session, wave)
        standing = shares.standing(session, wave) if held_by else []
    keys, progress = desk.keys.has_wave(code), opening.progress(desk.keys, code)
    handed = sum(each.handed_at is not None for each in standing)
    enough = held_by is None or handed >= held_by.need
    # Ballots that were begun come in for 15 minutes after the time that was set.
    final = closing.is_final(wave, now)
    heard = wave.objections_until is None or now >= wave.objections_until
    asks = (
        keys
        and final
        and enough
        and heard
        and (pair is None or bool(pair.others) or (pair.mine and not pair.asked))
    )
    fields = set()
    if head.state == "closed" and progress.state != "running":
        fields = {"ngay", "ma-xac-thuc-thu"}
        fields |= ({"tep", "ma-xac-thuc-2"} if held_by is None else set()) | (
            {"ma-xac-thuc"} if asks else set()
        )
    values: dict[str, object] = {
        "path": f"{ROOT}/dot/{code}/mo-hom-phieu",
        "code": code,
        "wave": wave,
        "keys": keys,
        "pair": pair,
        "longer": longer,
        "final": final,
        "body": held_by,
        "standing": standing,
        "handed": handed,
        "enough": enough,
        "final_at": closing.final_at(wave),
        "heard": heard,
        "typed": typed or dict(zip(("ngay", "gio"), typed_of(now + HEARD), strict=True)),
        "asks": asks,
        "progress": progress,
        "wanted": bool(wanted),
        "sums": sums,
        "wrong": wrong,
        "remedy": closingsums.remedy(),
        "unknown": sum((unit.code, leaf.code) not in known for unit, leaf in wanted),
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
    """Ask for a second person, or open: as one, or as the second of two."""
    try:
        with form.db.transaction() as session:
            wave, now = held(form, session, code), form.db.now(session)
            _must_be_closed(form, session, wave)
            form.must_confirm(session, now)
            deed, second = deeds.unseal(wave), None
            if wave.two_people and not form.value("de-nghi"):
                proposals.propose(session, wave, deed, form.staff.id, now)
                form.note(session, now, "wave.propose", code, proposal="unseal")
                words = _("Đã ghi đề nghị. Cần một chuyên viên khác xác nhận để mở hòm phiếu.")
                return form.see(f"{ROOT}/dot/{code}/mo-hom-phieu", words)
            if wave.two_people:
                # The opening takes it, when it has counted and writes.
                second = Second(form.number("de-nghi"), form.staff.id)
                proposals.check(session, wave, deed, second, now)
        started = opening.begin(form.db, form.keys, code, form.staff.who, second)
    except CodeRefused:
        return _page(form, code, [(WRONG_CODE, "ma-xac-thuc")])
    except WaveRefused as refused:
        return _page(form, code, [(refused.words, "")])
    except KeysMissing as missing:
        return _page(form, code, [(str(missing), "")])
    words = _("Đang mở hòm phiếu.") if started else _("Hòm phiếu đang được mở.")
    return form.see(f"{ROOT}/dot/{code}/mo-hom-phieu", words)


def _must_be_closed(form: OfficerForm, session: Session, wave: Wave) -> None:
    if closing.settle(form.db, session, wave):
        now = form.db.now(session)
        closing.note_closing(session, form.keys, wave, chain.CLOCK, now)
    if situation.state(wave, form.db.now(session), False) != "closed":
        raise WaveRefused(_("Chỉ mở được hòm phiếu sau khi kết thúc thu phiếu, và chỉ một lần."))
    if wave.closed_at is None:
        raise WaveRefused(
            _("Phiếu đang trả lời dở được gửi thêm 15 phút. Mở được hòm phiếu từ {moment}.").format(
                moment=moment(closing.final_at(wave))
            )
        )
    closing.must_be_heard(wave, form.db.now(session))
    form.keys.wave(wave.code)


@router.post(f"{PATH}/thu-ket-thuc")
def ask_everybody(form: OfficerForm, code: str) -> Response:
    """The closing letter to everybody, with the time until when they may object."""
    typed = {"ngay": form.value("ngay"), "gio": form.value("gio")}
    until = closing_of(*typed.values())
    if until is None:
        words, _field = unread(typed["ngay"], typed["gio"], "")
        return _page(form, code, [(words, "ngay")], typed)
    try:
        with form.db.transaction() as session:
            wave, now = held(form, session, code), form.db.now(session)
            form.must_confirm(session, now)
            if wave.two_people:
                officers.must_count(session, wave, form.staff.id, now)
            if closing.settle(form.db, session, wave):
                closing.note_closing(session, form.keys, wave, chain.CLOCK, now)
            letters = closingletter.ask(session, wave, until, now, form.settings.host)
            form.note(session, now, "wave.closing-letter", code, closes=deadline(until))
    except CodeRefused:
        return _page(form, code, [(WRONG_CODE, "ma-xac-thuc-thu")], typed)
    except WaveRefused as refused:
        return _page(form, code, [(refused.words, "ngay")], typed)
    words = _("Đang gửi thư báo kết thúc cho {number} người.")
    return form.see(f"{ROOT}/dot/{code}/mo-hom-phieu", words.format(number=number(letters)))


@router.post(f"{PATH}/khoa")
def restore(form: OfficerForm, code: str) -> Response:
    """Bring the keys back from the recovery copy of this very wave."""
    sent = form.upload("tep")
    if sent is None:
        return _page(form, code, [(_("Chọn tệp khóa dự phòng."), "tep")])
    try:
        # A second of work, in which others cast.
        copy = recovery.open_copy(sent.data.decode(errors="replace"), form.posts.raw("cau"))
        with form.db.transaction() as session:
            wave, now = held(form, session, code), form.db.now(session)
            form.must_confirm(session, now)
            urnkeys.restore(form.keys, wave, copy)
            form.note(session, now, "keys.restore", code)
    except CodeRefused:
        return _page(form, code, [(WRONG_CODE, "ma-xac-thuc-2")])
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
