"""A wave before its launch: make it, change it, drop it, rehearse it."""

from datetime import datetime, timedelta

from fastapi import APIRouter, HTTPException
from starlette.responses import Response

from app import drafts, indexlibrary, launch, preparation, waves, wordings
from app.db import Session
from app.estimate import deadline
from app.index import Index
from app.language import HANOI, _, moment
from app.people import person_of
from app.roster import AGENCY, EMAIL, GROUP, NAME, Person
from app.table import TableFault
from app.waves import WaveRefused
from app.web.console.cookies import ROOT
from app.web.console.desk import LOOK, CodeRefused, Desk, Officer, OfficerForm

router = APIRouter()
NEW = f"{ROOT}/dot/moi"
MOST_TESTERS = 20
Faults = list[tuple[str, str]]


@router.api_route(NEW, methods=LOOK)
def ask(desk: Officer) -> Response:
    tomorrow = datetime.now(HANOI).replace(hour=8, minute=0) + timedelta(days=1)
    typed = {
        "bo-chi-so": desk.request.query_params.get("bo-chi-so", ""),
        "ma": "",
        "mo-ngay": f"{tomorrow:%Y-%m-%d}",
        "mo-gio": "08:00",
        "han-ngay": f"{tomorrow + timedelta(days=12):%Y-%m-%d}",
        "han-gio": "17:00",
    }
    return _form(desk, typed, [])


def _form(desk: Desk, typed: dict[str, str], faults: Faults, code: str = "") -> Response:
    with desk.db.reading() as session:
        kept = indexlibrary.current(session)
        wave = desk.wave(session, code) if code else None
        head = desk.head(session, wave) if wave else None
    if not typed["ma"] and kept:
        chosen = next((k for k in kept if str(k.id) == typed["bo-chi-so"]), kept[0])
        typed["ma"] = chosen.code
    values: dict[str, object] = {
        "kept": kept,
        "typed": typed,
        "code": code,
        "seen": desk.print_of(wave and (wave.index_digest, wave.opens_at, wave.closes_at)),
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


def moment_of(day: str, clock: str) -> datetime | None:
    """A date and a time of Hà Nội as the fields have them."""
    try:
        return datetime.fromisoformat(f"{day}T{clock or '00:00'}").replace(tzinfo=HANOI)
    except ValueError:
        return None


def closing_of(day: str, clock: str) -> datetime | None:
    """A closing; without a time it is the end of that day."""
    found = moment_of(day, clock)
    return found + timedelta(days=1) if found and not clock else found


def _read(typed: dict[str, str]) -> tuple[datetime, datetime] | Faults:
    opens = moment_of(typed["mo-ngay"], typed["mo-gio"])
    closes = closing_of(typed["han-ngay"], typed["han-gio"])
    faults = []
    if opens is None:
        faults.append((_("Chọn ngày và giờ mở phiếu."), "mo-ngay"))
    if closes is None:
        faults.append((_("Chọn ngày hết hạn gửi phiếu."), "han-ngay"))
    return faults if opens is None or closes is None else (opens, closes)


@router.post(NEW)
def make(form: OfficerForm) -> Response:
    typed = _typed(form)
    read = _read(typed)
    if isinstance(read, list):
        return _form(form, typed, read)
    try:
        with form.db.transaction() as session:
            now = form.db.now(session)
            chosen = _index(session, typed["bo-chi-so"])
            wave = waves.new(session, typed["ma"], chosen, *read, now)
            form.note(
                session,
                now,
                "wave.new",
                wave.code,
                digest=wave.index_digest,
                opens=moment(read[0]),
                closes=moment(read[1]),
            )
    except WaveRefused as refused:
        return _form(form, typed, [(str(refused), "ma")])
    words = _("Đã tạo đợt. Hạn gửi phiếu: {closes}. Việc tiếp theo: tải danh sách lên.")
    return form.see(
        f"{ROOT}/dot/{wave.code}/danh-sach", words.format(closes=deadline(wave.closes_at))
    )


def _index(session: Session, chosen: str) -> Index:
    found = indexlibrary.find(session, int(chosen)) if chosen.isdecimal() else None
    if found is None:
        raise WaveRefused(_("Chọn một bộ chỉ số. Nếu chưa có, tải lên ở trang Bộ chỉ số."))
    return found[1]


@router.api_route(f"{ROOT}/dot/{{code}}/sua", methods=LOOK)
def ask_change(desk: Officer, code: str) -> Response:
    with desk.db.reading() as session:
        wave = desk.wave(session, code)
        kept = indexlibrary.current(session)
    opens, closes = wave.opens_at.astimezone(HANOI), wave.closes_at.astimezone(HANOI)
    same = next((str(k.id) for k in kept if k.digest == wave.index_digest), "")
    typed = {
        "bo-chi-so": same,
        "ma": code,
        "mo-ngay": f"{opens:%Y-%m-%d}",
        "mo-gio": f"{opens:%H:%M}",
        "han-ngay": f"{closes:%Y-%m-%d}",
        "han-gio": f"{closes:%H:%M}",
    }
    return _form(desk, typed, [], code)


@router.post(f"{ROOT}/dot/{{code}}/sua")
def change(form: OfficerForm, code: str) -> Response:
    typed = _typed(form) | {"ma": code}
    read = _read(typed)
    if isinstance(read, list):
        return _form(form, typed, read, code)
    try:
        with form.db.transaction() as session:
            wave, now = form.wave(session, code), form.db.now(session)
            form.must_be_fresh((wave.index_digest, wave.opens_at, wave.closes_at))
            if typed["bo-chi-so"]:
                chosen = _index(session, typed["bo-chi-so"])
            else:
                chosen, _layout = waves.index_of(wave)
            before = wave.index_digest
            drafts.change(session, wave, chosen, *read, now)
            if wave.index_digest != before:
                # Other units: other names of agencies nearly are one of them.
                file = preparation.of(session, waves.id_of(wave)).roster_file
                preparation.roster_changed(session, wave, chosen, file, now)
            form.note(session, now, "wave.change", code, digest=wave.index_digest)
    except WaveRefused as refused:
        return _form(form, typed, [(str(refused), "ma")], code)
    return form.see(f"{ROOT}/dot/{code}/phat-phieu", _("Đã lưu."))


@router.post(f"{ROOT}/dot/{{code}}/bo")
def drop(form: OfficerForm, code: str) -> Response:
    """Forget a draft; nobody has got a letter of it."""
    with form.db.transaction() as session:
        wave = form.wave(session, code)
        drafts.drop(session, wave)
        form.note(session, form.db.now(session), "wave.drop", code)
    return form.see(ROOT, _("Đã bỏ đợt đang chuẩn bị."))


@router.api_route(f"{ROOT}/dot/{{code}}/tap-duot", methods=LOOK)
def ask_rehearsal(desk: Officer, code: str) -> Response:
    return _rehearsal(desk, code, desk.staff.email, [])


def _rehearsal(
    desk: Desk, code: str, typed: str, faults: Faults, bad_code: bool = False
) -> Response:
    with desk.db.reading() as session:
        wave = desk.wave(session, code)
        head = desk.head(session, wave)
        index, _layout = waves.index_of(wave)
    values: dict[str, object] = {
        "path": f"{ROOT}/dot/{code}/tap-duot",
        "index": index,
        "typed": typed,
        "faults": faults,
        "bad_code": bad_code,
        "most": MOST_TESTERS,
    }
    status = 422 if faults else 200
    return desk.page("console/rehearsal.html", values, head=head, section="launch", status=status)


@router.post(f"{ROOT}/dot/{{code}}/tap-duot")
def rehearse(form: OfficerForm, code: str) -> Response:
    """Launch a wave that counts for nothing, with the same index and words, to a few people."""
    addresses = list(dict.fromkeys(form.value("dia-chi").split()))[: MOST_TESTERS + 1]
    try:
        with form.db.transaction() as session:
            source, now = form.wave(session, code), form.db.now(session)
            if source.rehearsal:
                raise HTTPException(404)
            form.must_confirm(session, now)
            index, _layout = waves.index_of(source)
            testers = _testers(index, addresses, form.value("nhom"))
            trial = waves.new(
                session, _free_code(session, code), index, now, now + timedelta(days=3), now
            )
            trial.rehearsal = True
            # The launch reads the row again.
            session.flush()
            waves.import_roster(session, trial, testers)
            wordings.copy(session, source, trial)
            issued = launch.launch(form.db, session, form.keys, form.settings, trial)
            form.note(session, now, "wave.launch", trial.code, **launch.facts(trial, issued))
    except CodeRefused:
        wrong = _("Mã xác thực không đúng hoặc đã dùng. Đợi mã mới rồi nhập.")
        return _rehearsal(form, code, form.value("dia-chi"), [(wrong, "ma-xac-thuc")], True)
    except TableFault as fault:
        faults = [(each.message, "dia-chi") for each in fault.faults]
        return _rehearsal(form, code, form.value("dia-chi"), faults)
    except WaveRefused as refused:
        return _rehearsal(form, code, form.value("dia-chi"), [(str(refused), "dia-chi")])
    words = _("Đã phát phiếu thử. Mọi trang phiếu đều ghi “PHIẾU THỬ”; kết quả không xuất được.")
    return form.see(f"{ROOT}/dot/{trial.code}/phat-phieu", words)


def _testers(index: Index, addresses: list[str], group: str) -> list[Person]:
    if not addresses or len(addresses) > MOST_TESTERS:
        raise WaveRefused(
            _("Ghi từ 1 đến {number} địa chỉ, mỗi dòng một địa chỉ.").format(number=MOST_TESTERS)
        )
    groups = [g for g in index.groups if g.code == group] or list(index.groups)
    own = index.units[0].code
    found = []
    for place, address in enumerate(addresses):
        chosen = groups[place % len(groups)]
        typed = {
            NAME: _("Người thử {number}").format(number=place + 1),
            EMAIL: address,
            GROUP: chosen.code,
            AGENCY: own if chosen.rates == "own" else _("Tập dượt"),
            "Đơn vị đánh giá": ";".join(list(index.unit_of)[:8])
            if chosen.rates == "assigned"
            else "",
        }
        found.append(person_of(index, typed))
    return found


def _free_code(session: Session, code: str) -> str:
    taken, number = set(waves.codes(session)), 1
    while (found := f"{code[:55]}-thu{number if number > 1 else ''}") in taken:
        number += 1
    return found
