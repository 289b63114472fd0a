"""What is proved before the launch: that a letter arrives, that a recovery copy opens, and that a
warning of the index is meant."""

import hmac

from fastapi import APIRouter
from starlette.responses import Response

from app.keys import recovery
from app.keys.keyfile import KeysMissing
from app.language import _
from app.letters import testletter
from app.letters.testletter import TestRefused
from app.letters.texts import Wording
from app.preparation import steps, warned
from app.preparation import wordings as wording_of
from app.trustees import body
from app.waves import mailstops
from app.waves import wave as waves
from app.waves.wave import WaveRefused, id_of
from app.web.console.desk.desk import WRONG_CODE, CodeRefused
from app.web.console.desk.files import download
from app.web.console.desk.guards import OfficerForm
from app.web.console.desk.twice import phrase_faults, phrase_of
from app.web.console.waves.checklist import print_of_letter, warned_of
from app.web.console.waves.launch import PATH, draw, path_of
from app.web.console.waves.preview import preview_of
from app.web.console.waves.together import held_draft

router = APIRouter()


@router.post(f"{PATH}/thu-thu")
def send_test(form: OfficerForm, code: str) -> Response:
    """A letter to oneself, now; what the relay says is shown as it says it."""
    with form.db.reading() as session:
        wave = form.wave(session, code)
        index, _layout = waves.index_of(wave)
        wording: Wording = wording_of.of(session, wave)
        letter_print = print_of_letter(form, session, wave)
    waves.must_be_draft(wave)
    group = form.value("nhom") if form.value("nhom") in index.group_of else index.groups[0].code
    to = form.staff.email
    facts = testletter.facts_of(index, group, form.staff.name, to, wave.closes_at)
    typed_back = testletter.new_code()
    try:
        preview_at = preview_of(code, group)
        testletter.send(form.settings, form.keys, index, wording, facts, typed_back, preview_at)
    except TestRefused as refused:
        return draw(form, code, [(str(refused), "thu-thu")])
    mailstops.goes(form.db)
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
        right = right and row.test_print == print_of_letter(form, session, wave)
        if right:
            row.test_confirmed_at = now
            steps.keep(session, row)
            form.note(session, now, "letters.test-confirmed", code)
    if not right:
        words = _("Mã không đúng, hoặc lời thư đã đổi từ lúc gửi. Xem lại thư thử mới nhất.")
        return draw(form, code, [(words, "ma-thu")])
    return form.see(path_of(code), _("Thư thử đã đến nơi."))


@router.post(f"{PATH}/giu")
def keep_warning(form: OfficerForm, code: str) -> Response:
    """One warning of the index stays as it is: somebody has looked at what it does."""
    with form.db.transaction() as session:
        wave, now = held_draft(form, session, code), form.db.now(session)
        index, _layout = waves.index_of(wave)
        asked = next((w for w in warned_of(wave, index) if w.key == form.value("dieu")), None)
        if asked and warned.keep_one(session, wave, asked, form.staff.name, now):
            form.note(session, now, "wave.keep-warning", code, warning=asked.words)
    if asked is None:
        words = _("Bộ chỉ số của đợt đã đổi từ lúc mở trang này. Xem lại danh sách kiểm tra.")
        return draw(form, code, [(words, "")])
    return form.see(path_of(code), _("Đã ghi: giữ như vậy."))


@router.post(f"{PATH}/khoa")
def make_copy(form: OfficerForm, code: str) -> Response:
    """Keys for the urn, if there are none yet, and a recovery copy under a pass phrase.

    It opens everything, so it asks for a code: a browser left open is not enough.
    """
    if faults := phrase_faults(form.posts):
        return draw(form, code, faults)
    try:
        with form.db.transaction() as session:
            # Two officers here would make two pairs of keys.
            wave, now = held_draft(form, session, code), form.db.now(session)
            form.must_confirm(session, now)
            if body.of(session, wave) is not None:
                raise WaveRefused(_("Máy chủ không có khóa mở hòm phiếu của đợt này."))
            if form.keys.prepared(code, wave.index_digest) is None:
                form.keys.make_wave(code, wave.index_digest)
            form.note(session, now, "keys.recovery", code)
    except CodeRefused:
        return draw(form, code, [(WRONG_CODE, "ma-xac-thuc-khoa")])
    # It takes its time on purpose, and nobody has to wait for that.
    copy = recovery.copy_of(form.keys, code, phrase_of(form.posts))
    return download(copy.encode(), f"{code}-khoa-du-phong.json", "application/json")


@router.post(f"{PATH}/mo-thu")
def try_copy(form: OfficerForm, code: str) -> Response:
    """Open the copy that was downloaded, with its pass phrase."""
    sent = form.upload("tep")
    if sent is None:
        return draw(form, code, [(_("Chọn tệp khóa dự phòng vừa tải về."), "tep")])
    try:
        public = recovery.check_copy(sent.data.decode(errors="replace"), form.posts.raw("cau-thu"))
    except KeysMissing as missing:
        return draw(form, code, [(str(missing), "tep")])
    with form.db.transaction() as session:
        wave, now = held_draft(form, session, code), form.db.now(session)
        if public != form.keys.prepared(code, wave.index_digest):
            words = _("Bản dự phòng này không phải của hòm phiếu đợt này, hoặc đã cũ. Tạo bản mới.")
            return draw(form, code, [(words, "tep")])
        row = steps.of(session, id_of(wave))
        row.recovery_key, row.recovery_at = public, now
        steps.keep(session, row)
        form.note(session, now, "keys.recovery-checked", code)
    return form.see(path_of(code), _("Bản khóa dự phòng mở được. Cất nó ở nơi khác máy chủ."))
