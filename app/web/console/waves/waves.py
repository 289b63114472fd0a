"""A wave before its launch: make it, change it, drop it."""

from datetime import timedelta

from fastapi import APIRouter
from starlette.responses import Response

from app.index.definition import Index
from app.index.estimate import deadline
from app.language import _, moment
from app.preparation import agencies, drafts, library, steps
from app.store.db import Session
from app.store.models import Wave
from app.waves import wave as waves
from app.waves.wave import WaveRefused
from app.web.console.desk.addresses import LOOK, ROOT
from app.web.console.desk.desk import Desk, Faults
from app.web.console.desk.guards import Officer, OfficerForm
from app.web.console.waves import waveform
from app.web.console.waves.together import held_draft

router = APIRouter()
NEW = f"{ROOT}/dot/moi"
NO_INDEX = (
    _("Chọn một bộ chỉ số. Nếu chưa có, tải lên ở trang Bộ chỉ số."),
    "bo-chi-so",
)


@router.api_route(NEW, methods=LOOK)
def ask(desk: Officer) -> Response:
    with desk.db.reading() as session:
        tomorrow = desk.db.now(session) + timedelta(days=1)
    typed = {
        "bo-chi-so": desk.request.query_params.get("bo-chi-so", ""),
        "ma": "",
        "mo-ngay": waveform.typed_of(tomorrow)[0],
        "mo-gio": "08:00",
        "han-ngay": waveform.typed_of(tomorrow + timedelta(days=12))[0],
        "han-gio": "17:00",
    }
    return _form(desk, typed, [])


def _form(desk: Desk, typed: dict[str, str], faults: Faults, code: str = "") -> Response:
    with desk.db.reading() as session:
        kept = library.current(session)
        wave = desk.wave(session, code) if code else None
        head = desk.head(session, wave) if wave else None
        lost = drafts.what_would_be_lost(session, wave) if wave else None
        taken = waves.codes(session)
    if not typed["ma"] and kept:
        chosen = next((k for k in kept if str(k.id) == typed["bo-chi-so"]), kept[0])
        typed["ma"] = waveform.free_code(chosen.code, taken)
    values: dict[str, object] = {
        "kept": kept,
        "typed": typed,
        "code": code,
        "draft": wave is None or (wave.launched_at is None and wave.cancelled_at is None),
        "lost": lost,
        "seen": desk.print_of(wave and (wave.index_digest, wave.opens_at, wave.closes_at)),
        "seen_lost": desk.print_of(lost),
        "faults": faults,
        "bad": [field for _words, field in faults],
    }
    status = 422 if faults else 200
    return desk.page("console/wave-form.html", values, head=head, section="home", status=status)


def _typed(form: OfficerForm) -> dict[str, str]:
    return {
        name: form.value(name)
        for name in ("bo-chi-so", "ma", "mo-ngay", "mo-gio", "han-ngay", "han-gio")
    }


@router.post(NEW)
def make(form: OfficerForm) -> Response:
    """A draft; whatever is wrong is told at once, each at its field."""
    typed = _typed(form)
    with form.db.transaction() as session:
        now, chosen = form.db.now(session), _index(session, form.number("bo-chi-so"))
        found = waveform.dates(typed, now)
        faults = [] if chosen else [NO_INDEX]
        faults += waveform.code_faults(typed["ma"], waves.codes(session))
        if chosen is None or faults or isinstance(found, list):
            faults += found if isinstance(found, list) else []
        else:
            wave = waves.new(session, typed["ma"], chosen, *found, now)
            when = {"opens": moment(found[0]), "closes": deadline(found[1])}
            form.note(session, now, "wave.new", wave.code, digest=wave.index_digest, **when)
            words = _("Đã tạo đợt. Hạn gửi phiếu: {closes}. Việc tiếp theo: tải danh sách lên.")
            said = words.format(closes=deadline(wave.closes_at))
            if same := _same_index(session, wave):
                note = _("Lưu ý: bộ chỉ số này đã có đợt {codes}; phân biệt các đợt bằng mã đợt.")
                said = f"{said} {note.format(codes=', '.join(same))}"
            return form.see(f"{ROOT}/dot/{wave.code}/danh-sach", said)
    return _form(form, typed, faults)


def _same_index(session: Session, made: Wave) -> list[str]:
    """The codes of other waves of the same index: their pages bear the same name."""
    return [
        wave.code
        for wave in waves.every(session)
        if wave.index_digest == made.index_digest
        and wave.id != made.id
        and not wave.rehearsal
        and wave.cancelled_at is None
    ]


def _index(session: Session, chosen: int) -> Index | None:
    found = library.find(session, chosen)
    return None if found is None else found[1]


@router.api_route(f"{ROOT}/dot/{{code}}/sua", methods=LOOK)
def ask_change(desk: Officer, code: str) -> Response:
    with desk.db.reading() as session:
        wave = desk.wave(session, code)
        kept = library.current(session)
    opens, closes = waveform.typed_of(wave.opens_at), waveform.typed_of(wave.closes_at)
    same = next((str(k.id) for k in kept if k.digest == wave.index_digest), "")
    typed = {
        # A page of the library may offer another version.
        "bo-chi-so": desk.request.query_params.get("bo-chi-so", same),
        "ma": code,
        "mo-ngay": opens[0],
        "mo-gio": opens[1],
        "han-ngay": closes[0],
        "han-gio": closes[1],
    }
    return _form(desk, typed, [], code)


@router.post(f"{ROOT}/dot/{{code}}/sua")
def change(form: OfficerForm, code: str) -> Response:
    typed = _typed(form) | {"ma": code}
    with form.db.transaction() as session:
        wave, now = held_draft(form, session, code), form.db.now(session)
        form.must_be_fresh((wave.index_digest, wave.opens_at, wave.closes_at))
        chosen: Index | None = waves.index_of(wave)[0]
        if typed["bo-chi-so"]:
            chosen = _index(session, form.number("bo-chi-so"))
        found = waveform.dates(typed, now, wave.opens_at)
        faults = [] if chosen else [NO_INDEX]
        if chosen is None or isinstance(found, list):
            faults += found if isinstance(found, list) else []
        else:
            before = wave.index_digest
            try:
                drafts.change(session, wave, chosen, *found, now)
            except WaveRefused as refused:
                faults.append((refused.words, "bo-chi-so"))
            else:
                if wave.index_digest != before:
                    # Other units: other names of agencies nearly are one of them.
                    file = steps.of(session, waves.id_of(wave)).roster_file
                    agencies.roster_changed(session, wave, chosen, file, now)
                form.note(session, now, "wave.change", code, digest=wave.index_digest)
    if faults:
        return _form(form, typed, faults, code)
    return form.see(f"{ROOT}/dot/{code}/phat-phieu", _("Đã lưu."))


@router.post(f"{ROOT}/dot/{{code}}/bo")
def drop(form: OfficerForm, code: str) -> Response:
    """Forget a draft, if what goes with it is what the page said; nobody has got a letter of it."""
    with form.db.transaction() as session:
        wave = held_draft(form, session, code)
        lost = drafts.what_would_be_lost(session, wave)
        form.must_be_fresh(lost)
        drafts.drop(session, wave)
        form.note(session, form.db.now(session), "wave.drop", code, people=lost.people)
        # While nobody can begin another wave of this name.
        if form.keys.has_wave(code):
            form.keys.erase_wave(code)
    return form.see(ROOT, _("Đã bỏ đợt đang chuẩn bị."))
