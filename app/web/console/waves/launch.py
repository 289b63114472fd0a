"""Phát phiếu: the check list, the test letter, the recovery copy, the launch, its progress."""

import hmac

from fastapi import APIRouter
from starlette.responses import Response

from app.bonds import origins
from app.index.definition import Index
from app.keys import recovery
from app.keys.keyfile import KeysMissing
from app.language import _, number
from app.letters import backlog, standing, testletter
from app.letters.testletter import TestRefused
from app.letters.texts import Wording
from app.preparation import agencies, checks, steps
from app.preparation import wordings as wording_of
from app.preparation.checks import Check, Facts
from app.staff import accounts
from app.staff.staff import OFFICER
from app.store.db import Session
from app.store.models import Wave
from app.store.officemodels import Preparation
from app.waves import launch, staffmail
from app.waves import wave as waves
from app.waves.wave import WaveRefused, id_of
from app.web.console.desk.addresses import LOOK, ROOT
from app.web.console.desk.desk import WRONG_CODE, CodeRefused, Desk, Officer, OfficerForm
from app.web.console.desk.downloads import download
from app.web.console.waves.together import held_draft
from app.web.console.waves.waveform import rehearsed

router = APIRouter()
PATH = f"{ROOT}/dot/{{code}}/phat-phieu"
Faults = list[tuple[str, str]]


def path_of(code: str) -> str:
    return f"{ROOT}/dot/{code}/phat-phieu"


@router.api_route(PATH, methods=LOOK)
def show(desk: Officer, code: str) -> Response:
    return _page(desk, code)


def _page(desk: Desk, code: str, faults: Faults | None = None) -> Response:
    with desk.db.reading() as session:
        wave = desk.wave(session, code)
        head = desk.head(session, wave)
        index, _layout = waves.index_of(wave)
        values: dict[str, object] = {
            "path": path_of(code),
            "code": code,
            "wave": wave,
            "index": index,
            "faults": faults or [],
            "bad": [field for _words, field in faults or []],
        }
        if wave.launched_at is None:
            row = steps.of(session, id_of(wave))
            found = check_list(desk, session, wave, index, row)
            values |= {
                "checks": found,
                "green": checks.is_green(found),
                "passed": {each.key for each in found if each.state == checks.OK},
                "at_once": wave.opens_at <= desk.db.now(session),
                "row": row,
                "seen": _seen(desk, session, wave, row),
                "phrase": recovery.SHORTEST_PHRASE,
                "people": sum(steps.people(session, id_of(wave)).values()),
            }
        else:
            values |= _progress(desk, session, wave) | {
                "source": rehearsed(code, waves.codes(session)) if wave.rehearsal else "",
            }
    name = "console/launch.html" if wave.launched_at is None else "console/launched.html"
    status = 422 if faults else 200
    return desk.page(name, values, head=head, section="launch", status=status)


def check_list(
    desk: Desk, session: Session, wave: Wave, index: Index, row: Preparation
) -> list[Check]:
    """The check list of a draft, as things stand now."""
    key = desk.keys.prepared(wave.code, wave.index_digest)
    facts = Facts(
        index=index,
        settings=desk.settings,
        people=steps.people(session, id_of(wave)),
        outside=steps.outside(session, id_of(wave)),
        origins=origins.of(session, wave),
        near=len(agencies.open_ones(row)),
        opens_at=wave.opens_at,
        closes_at=wave.closes_at,
        now=desk.db.now(session),
        test_confirmed=row.test_confirmed_at is not None
        and row.test_print == _letter_print(desk, session, wave),
        recovery_checked=key is not None and row.recovery_key == key,
        officers=accounts.count_of(session, OFFICER),
        rehearsal=wave.rehearsal,
    )
    return checks.check_list(facts)


def _seen(desk: Desk, session: Session, wave: Wave, row: Preparation) -> str:
    """What whoever launches has seen: all that is frozen then."""
    officers = accounts.count_of(session, OFFICER)
    frozen = (wave.launched_at, wave.index_digest, wave.opens_at, wave.closes_at, row.roster_at)
    # Not by the times of changes alone: who writes into the database leaves none.
    said = (steps.print_of_people(session, id_of(wave)), _letter_print(desk, session, wave))
    return desk.print_of(*frozen, *said, wave.rehearsal, officers)


def _letter_print(desk: Desk, session: Session, wave: Wave) -> str:
    """What a test letter holds for: the words, the index and the sender."""
    wording = wording_of.of(session, wave)
    said = (sorted(wording.subjects.items()), sorted(wording.bodies.items()))
    more = sorted(wording.salutations.items())
    relay = desk.settings.relay and (desk.settings.relay.host, desk.settings.relay.port)
    return desk.print_of(said, more, wave.index_digest, desk.settings.mail_from, relay)


def _progress(desk: Desk, session: Session, wave: Wave) -> dict[str, object]:
    """How the invitations stand. Of reminders nothing: who waits for one has not cast."""
    now = desk.db.now(session)
    put_off = backlog.put_off(session, now, id_of(wave), "invitation")
    return {
        "mail": standing.progress(session, id_of(wave)),
        "error": desk.worker_error,
        "put_off": [each.words(now) for each in put_off],
    }


@router.api_route(f"{PATH}/tien-do", methods=LOOK)
def show_progress(desk: Officer, code: str) -> Response:
    """The part of the page that changes while letters go out."""
    with desk.db.reading() as session:
        wave = desk.wave(session, code)
        values: dict[str, object] = {"path": path_of(code)} | _progress(desk, session, wave)
    return desk.fragment("console/launch-progress.html", values)


@router.post(f"{PATH}/thu-thu")
def send_test(form: OfficerForm, code: str) -> Response:
    """A letter to oneself, now; what the relay says is shown as it says it."""
    with form.db.reading() as session:
        wave = form.wave(session, code)
        index, _layout = waves.index_of(wave)
        wording: Wording = wording_of.of(session, wave)
        letter_print = _letter_print(form, session, wave)
    waves.must_be_draft(wave)
    group = form.value("nhom") if form.value("nhom") in index.group_of else index.groups[0].code
    to = form.staff.email
    facts = testletter.facts_of(index, group, form.staff.name, to, wave.closes_at)
    typed_back = testletter.new_code()
    try:
        testletter.send(form.settings, form.keys, index, wording, facts, typed_back)
    except TestRefused as refused:
        return _page(form, code, [(str(refused), "thu-thu")])
    with form.db.transaction() as session:
        wave, now = held_draft(form, session, code), form.db.now(session)
        row = steps.of(session, id_of(wave))
        row.test_code_mac = form.print_of("test letter", typed_back)
        row.test_print, row.test_sent_to, row.test_sent_at = letter_print, to, now
        row.test_confirmed_at = None
        steps.keep(session, row)
        form.note(session, now, "letters.test", code)
    words = _("Máy chủ thư đã nhận thư thử gửi đến {address}. Mở thư ấy, nhập mã vào đây.")
    return form.see(f"{path_of(code)}#thu-thu", words.format(address=to))


@router.post(f"{PATH}/ma-thu")
def confirm_test(form: OfficerForm, code: str) -> Response:
    typed = form.value("ma-thu").upper().replace(" ", "").replace("-", "")
    with form.db.transaction() as session:
        wave, now = held_draft(form, session, code), form.db.now(session)
        row = steps.of(session, id_of(wave))
        right = hmac.compare_digest(row.test_code_mac, form.print_of("test letter", typed))
        right = right and row.test_print == _letter_print(form, session, wave)
        if right:
            row.test_confirmed_at = now
            steps.keep(session, row)
            form.note(session, now, "letters.test-confirmed", code)
    if not right:
        words = _("Mã không đúng, hoặc lời thư đã đổi từ lúc gửi. Xem lại thư thử mới nhất.")
        return _page(form, code, [(words, "ma-thu")])
    return form.see(path_of(code), _("Thư thử đã đến nơi."))


@router.post(f"{PATH}/khoa")
def make_copy(form: OfficerForm, code: str) -> Response:
    """Keys for the urn, if there are none yet, and a recovery copy under a pass phrase.

    It opens everything, so it asks for a code: a browser left open is not enough.
    """
    phrase = form.posts.raw("cau").strip()
    if len(phrase) < recovery.SHORTEST_PHRASE:
        words = _("Câu mật khẩu cần ít nhất {number} ký tự.").format(
            number=recovery.SHORTEST_PHRASE
        )
        return _page(form, code, [(words, "cau")])
    if phrase != form.posts.raw("cau-lai").strip():
        return _page(form, code, [(_("Hai lần nhập câu mật khẩu khác nhau."), "cau-lai")])
    try:
        with form.db.transaction() as session:
            # Two officers here would make two pairs of keys.
            wave, now = held_draft(form, session, code), form.db.now(session)
            form.must_confirm(session, now)
            if form.keys.prepared(code, wave.index_digest) is None:
                form.keys.make_wave(code, wave.index_digest)
            form.note(session, now, "keys.recovery", code)
    except CodeRefused:
        return _page(form, code, [(WRONG_CODE, "ma-xac-thuc-khoa")])
    # It takes its time on purpose, and nobody has to wait for that.
    copy = recovery.copy_of(form.keys, code, phrase)
    return download(copy.encode(), f"{code}-khoa-du-phong.json", "application/json")


@router.post(f"{PATH}/mo-thu")
def try_copy(form: OfficerForm, code: str) -> Response:
    """Open the copy that was downloaded, with its pass phrase."""
    sent = form.upload("tep")
    if sent is None:
        return _page(form, code, [(_("Chọn tệp khóa dự phòng vừa tải về."), "tep")])
    try:
        public = recovery.check_copy(sent.data.decode(errors="replace"), form.posts.raw("cau-thu"))
    except KeysMissing as missing:
        return _page(form, code, [(str(missing), "tep")])
    with form.db.transaction() as session:
        wave, now = held_draft(form, session, code), form.db.now(session)
        if public != form.keys.prepared(code, wave.index_digest):
            words = _("Bản dự phòng này không phải của hòm phiếu đợt này, hoặc đã cũ. Tạo bản mới.")
            return _page(form, code, [(words, "tep")])
        row = steps.of(session, id_of(wave))
        row.recovery_key, row.recovery_at = public, now
        steps.keep(session, row)
        form.note(session, now, "keys.recovery-checked", code)
    return form.see(path_of(code), _("Bản khóa dự phòng mở được. Cất nó ở nơi khác máy chủ."))


@router.post(PATH)
def launch_now(form: OfficerForm, code: str) -> Response:
    """All or nothing; of two officers the first one launches."""
    try:
        with form.db.transaction() as session:
            # Nobody becomes an officer, or ceases to be one, between the count and the launch.
            accounts.take_turn(session)
            accounts.must_be_whole(session)
            wave, now = held_draft(form, session, code), form.db.now(session)
            row = steps.of(session, id_of(wave))
            if form.seen != _seen(form, session, wave, row):
                raise WaveRefused(
                    _("Đợt vừa được sửa từ lúc mở trang này. Xem lại danh sách kiểm tra rồi phát.")
                )
            index, _layout = waves.index_of(wave)
            if not checks.is_green(check_list(form, session, wave, index, row)):
                raise WaveRefused(_("Danh sách kiểm tra còn mục chưa đạt."))
            form.must_confirm(session, now)
            two = accounts.count_of(session, OFFICER) >= 2
            issued = launch.launch(form.db, session, form.keys, form.settings, wave, two)
            head = form.note(session, now, "wave.launch", code, **launch.facts(wave, issued))
            staffmail.queue_heads(session, now, code, "wave.launch", head)
    except CodeRefused:
        return _page(form, code, [(WRONG_CODE, "ma-xac-thuc")])
    except WaveRefused as refused:
        return _page(form, code, [(refused.words, "")])
    return form.see(path_of(code), _("Đã phát {number} phiếu.").format(number=number(issued)))
