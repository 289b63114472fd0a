"""Two people together: who they are, what exactly the second confirms, and what undoes it."""

import threading
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlmodel import col, select

from app.audit import chain
from app.count import unsealing, urnkeys, writing
from app.index import external
from app.keys import recovery
from app.keys.keyfile import KeyFile, KeysMissing
from app.language import HANOI, moment
from app.roster import people
from app.settings import Settings, read
from app.staff import accounts
from app.store.db import Database
from app.store.models import Wave
from app.store.resultmodels import Minutes
from app.store.staffmodels import Staff, StaffLetter
from app.waves import closing, deeds, officers, proposals
from app.waves import wave as waves
from app.waves.deeds import Deed
from app.waves.proposals import Second, Waiting
from app.waves.wave import WaveRefused
from tests.commands.test_out_of_turn import Office
from tests.conftest import Clock, first_on_both
from tests.making.blocks import cast_all, make_index, make_people, make_wave
from tests.making.consoles import Clerk, desk_of, make_staff, new_session
from tests.making.turns import until

CODE = "dot-thu"
BASE = f"/quan-tri/dot/{CODE}"
URN, EXTEND = f"{BASE}/mo-hom-phieu", f"{BASE}/gia-han"
PHRASE = "trâu ta ăn cỏ đồng ta"
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
NEXT = {"ngay": "25/03/2026", "gio": "17:00"}
CLOSES = datetime(2026, 3, 25, 17, tzinfo=HANOI)
ASK, AGREE = "Đề nghị mở hòm phiếu", "Xác nhận và mở hòm phiếu"


@pytest.fixture
def two(db: Database, keys: KeyFile, configured: Settings) -> tuple[Clerk, Clerk]:
    """Two officers, and a wave of theirs with six cast ballots, still open."""
    found = tuple(desk_of(db, keys, configured, name=name) for name in ("Trần Thu Hà", "Lò Văn B"))
    cast_all(db, keys, make_wave(db, keys, two_people=True), share=0.3)
    return found  # type: ignore[return-value]


def close(db: Database) -> None:
    with db.transaction() as session:
        closing.close(db, session, waves.load(session, CODE))


def wave_of(db: Database) -> Wave:
    with db.reading() as session:
        return waves.load(session, CODE)


def waiting(db: Database) -> list[proposals.Waiting]:
    with db.reading() as session:
        return proposals.waiting(session, waves.load(session, CODE), db.now(session))


def is_open(db: Database) -> bool:
    """Whether the urn is, once nobody is at work."""
    until(lambda: f"opening {CODE}" not in {thread.name for thread in threading.enumerate()})
    return wave_of(db).unsealed_at is not None


def said(when: datetime) -> str:
    return " ".join(moment(when).split())


def ask(clerk: Clerk, path: str, button: str, **typed: str) -> Clerk:
    clerk.open(path)
    clerk.press(button, {**typed, "ma-xac-thuc": clerk.code()})
    return clerk


def first_person(db: Database) -> str:
    with db.reading() as session:
        return f"{BASE}/danh-sach/{people.everyone(session, 1)[0].id}"


@SQLITE
@pytest.mark.parametrize("asked", ["void", "extend"])
def test_who_asked_for_another_deed_has_not_asked_to_open(
    db: Database, two: tuple[Clerk, Clerk], asked: str
) -> None:
    first, second = two
    if asked == "void":
        ask(first, first_person(db), "Đề nghị cấp lại")
    close(db)
    if asked == "extend":
        ask(first, EXTEND, "Đề nghị gia hạn", **NEXT)
    (found,) = waiting(db)
    assert found.action == asked
    form = second.open(URN).form_to("/mo-hom-phieu")
    sent = form.values | {"ma-xac-thuc": [second.code()], "de-nghi": [str(found.id)]}
    second.post(URN, [(name, value) for name, values in sent.items() for value in values])
    assert second.refused
    assert "không còn chờ" in second.text
    assert not is_open(db)
    assert waiting(db) == [found]


def test_a_proposal_is_confirmed_as_it_was_made_or_not_at_all(
    db: Database, two: tuple[Clerk, Clerk]
) -> None:
    close(db)
    (first, second), later = two, timedelta(days=3)
    with db.transaction() as session:
        wave, now = waves.load(session, CODE), db.now(session)
        asked = deeds.extend(wave, now + later)
        proposals.propose(session, wave, asked, first.staff_id, now)
        (found,) = proposals.waiting(session, wave, now)
    agrees = Second(found.id, second.staff_id)
    for deed, who in (
        (deeds.extend(wave, now + later + later), agrees),
        (deeds.unseal(wave), agrees),
        (asked, Second(found.id + 1, second.staff_id)),
        (asked, Second(found.id, first.staff_id)),
    ):
        with pytest.raises(WaveRefused), db.transaction() as session:
            proposals.confirm(session, wave, deed, who, now)
    with db.transaction() as session:
        assert proposals.confirm(session, wave, asked, agrees, now) == found
    with pytest.raises(WaveRefused, match="không còn chờ"), db.transaction() as session:
        proposals.confirm(session, wave, asked, agrees, now)


def asked_to_open(db: Database, clerk: Clerk) -> tuple[Wave, Deed, Waiting]:
    """A closed wave, and what somebody has asked for in it: to open the urn."""
    close(db)
    with db.transaction() as session:
        wave, now = waves.load(session, CODE), db.now(session)
        deed = deeds.unseal(wave)
        proposals.propose(session, wave, deed, clerk.staff_id, now)
        (found,) = proposals.waiting(session, wave, now)
    return wave, deed, found


@first_on_both("how", ["reset", "removed", "no officer"])
def test_who_is_an_officer_no_more_has_asked_for_nothing(
    db: Database, keys: KeyFile, two: tuple[Clerk, Clerk], how: str
) -> None:
    first, second = two
    make_staff(db, keys, "admin")
    wave, deed, found = asked_to_open(db, first)
    with db.transaction() as session:
        now = db.now(session)
        if how == "removed":
            accounts.remove(session, first.staff_id, now)
        elif how == "reset":
            accounts.reset(session, first.staff_id)
        else:
            accounts.set_roles(session, first.staff_id, ["council"])
        assert proposals.waiting(session, wave, now) == []
    with pytest.raises(WaveRefused, match="không còn chờ"), db.transaction() as session:
        proposals.confirm(session, wave, deed, Second(found.id, second.staff_id), now)
    with pytest.raises(WaveRefused):
        unsealing.unseal(db, keys, CODE, second=Second(found.id, second.staff_id))
    assert not is_open(db)


@first_on_both("how", ["reset", "removed"])
def test_an_account_that_begins_anew_is_one_of_the_two_no_more(
    db: Database, keys: KeyFile, two: tuple[Clerk, Clerk], how: str
) -> None:
    first, second = two
    make_staff(db, keys, "admin")
    wave, deed, found = asked_to_open(db, first)
    with db.transaction() as session:
        now = db.now(session)
        if how == "reset":
            accounts.reset(session, first.staff_id)
        else:
            email = accounts.get(session, first.staff_id).email
            accounts.remove(session, first.staff_id, now)
            assert accounts.add(session, email, "Người Mới", ["officer"], now) == first.staff_id
        # Whoever reads the mailbox sets up a telephone of their own.
        session.get_one(Staff, first.staff_id).totp_confirmed_at = now
        session.flush()
        assert proposals.waiting(session, wave, now) == []
        with pytest.raises(WaveRefused, match="đặt lại"):
            proposals.propose(session, wave, deed, first.staff_id, now)
        with pytest.raises(WaveRefused, match="không còn chờ"):
            proposals.confirm(session, wave, deed, Second(found.id, second.staff_id), now)
        # With one left, they come in as anybody does: seen for a day first.
        since = officers.join(session, wave, first.staff_id, now)
        assert since == now + timedelta(hours=24)


@SQLITE
def test_an_account_that_came_after_the_launch_is_none_of_the_two(
    db: Database, keys: KeyFile, configured: Settings, two: tuple[Clerk, Clerk]
) -> None:
    close(db)
    late = desk_of(db, keys, configured, "officer", "admin", name="Vừa Thêm")
    ask(two[0], URN, ASK)
    late.open(URN)
    assert "mới làm được việc ấy. Những người ấy: Lò Văn B, Trần Thu Hà." in late.text
    assert [form.action for form in late.forms] == [f"{BASE}/hai-nguoi/rut-lai", f"{URN}/khoa"]
    (found,) = waiting(db)
    with pytest.raises(WaveRefused, match="có sau lúc ấy"):
        unsealing.unseal(db, keys, CODE, second=Second(found.id, late.staff_id))
    with db.transaction() as session:
        wave, now = waves.load(session, CODE), db.now(session)
        with pytest.raises(WaveRefused, match="có sau lúc ấy"):
            proposals.propose(session, wave, deeds.unseal(wave), late.staff_id, now)
    assert "Chỉ ai đã là chuyên viên" in late.open(EXTEND).text
    assert not is_open(db)


@SQLITE
def test_another_officer_comes_in_only_where_too_few_are_left_and_is_seen_for_a_day_first(
    db: Database, keys: KeyFile, configured: Settings, clock: Clock, two: tuple[Clerk, Clerk]
) -> None:
    close(db)
    first, gone = two
    council = desk_of(db, keys, configured, "council")
    late = desk_of(db, keys, configured, name="Vừa Thêm")
    make_staff(db, keys, "admin")
    assert "Nhận làm một trong hai người" not in late.open(URN).text
    with db.transaction() as session:
        accounts.set_roles(session, gone.staff_id, ["council"])
    assert "chỉ còn một mình Ông/Bà" in first.open(URN).text
    ask(late, URN, "Nhận làm một trong hai người")
    counts = clock() + timedelta(hours=24)
    assert f"Ông/Bà đề nghị và xác nhận được từ {said(counts)}" in late.text
    with db.reading() as session:
        told = session.scalars(select(StaffLetter).where(col(StaffLetter.kind) == "officer")).all()
        assert {letter.staff_id for letter in told} == {
            first.staff_id,
            gone.staff_id,
            council.staff_id,
        }
        assert chain.lines(session, limit=1)[0].action == "wave.join"
    ask(first, URN, ASK)
    (found,) = waiting(db)
    with pytest.raises(WaveRefused, match="xác nhận được từ"):
        unsealing.unseal(db, keys, CODE, second=Second(found.id, late.staff_id))
    third = desk_of(db, keys, configured, name="Người Nữa").open(URN)
    assert "Nhận làm một trong hai người" not in third.text
    clock.now = counts
    late.sit_down("phieu-quan-tri", new_session(db, late.staff_id))
    ask(late, URN, AGREE)
    assert is_open(db)


@SQLITE
def test_while_ballots_come_in_another_officer_comes_in_where_it_is_said_that_one_is_missing(
    db: Database, keys: KeyFile, configured: Settings, two: tuple[Clerk, Clerk]
) -> None:
    first, gone = two
    late = desk_of(db, keys, configured, name="Vừa Thêm")
    with db.transaction() as session:
        accounts.set_roles(session, gone.staff_id, ["council"])
    person = first_person(db)
    assert "mở trang này rồi bấm “Nhận làm một trong hai người”" in first.open(person).text
    ask(late, person, "Nhận làm một trong hai người")
    assert "Ông/Bà đề nghị và xác nhận được từ" in late.text


@SQLITE
def test_an_invited_officer_is_told_to_the_others(
    db: Database, keys: KeyFile, configured: Settings, two: tuple[Clerk, Clerk]
) -> None:
    boss = desk_of(db, keys, configured, "admin")
    council = desk_of(db, keys, configured, "council")
    boss.open("/quan-tri/tai-khoan")
    typed = {"ten-moi": "Ai Đó", "email": "ai@vi-du.vn", "vai-tro": ["officer"]}
    boss.send(boss.form_to("/them"), {**typed, "ma-xac-thuc": boss.code()})
    with db.reading() as session:
        told = session.scalars(select(StaffLetter).where(col(StaffLetter.kind) == "officer")).all()
    wanted = {*(clerk.staff_id for clerk in two), council.staff_id}
    assert {letter.staff_id for letter in told} == wanted
    assert all("Ai Đó <ai@vi-du.vn>" in letter.facts for letter in told)


@SQLITE
def test_who_has_not_accepted_makes_no_two(db: Database, keys: KeyFile) -> None:
    make_staff(db, keys, "officer")
    with db.transaction() as session:
        accounts.add(session, "chua@vi-du.vn", "Chưa Nhận", ["officer"], db.now(session))
        assert accounts.count_of(session, "officer") == 1


@SQLITE
def test_who_confirms_an_extension_sees_until_when_and_confirms_just_that(
    db: Database, two: tuple[Clerk, Clerk], clock: Clock
) -> None:
    close(db)
    first, second = two
    second.open(EXTEND)
    other = second.form_to("/gia-han"), {**NEXT, "ngay": "27/03/2026"}
    ask(first, EXTEND, "Đề nghị gia hạn", **NEXT)
    second.send(other[0], {**other[1], "ma-xac-thuc": second.code()})
    assert second.refused
    assert "Trần Thu Hà đã đề nghị việc này" in second.text
    assert "Mở hòm phiếu thì không gia hạn được nữa." in second.open(URN).text
    clock.move(minutes=1)
    second.open(EXTEND)
    assert f"Trần Thu Hà đề nghị gia hạn đến {said(CLOSES)}" in second.text
    form = second.form_to("/gia-han")
    bent = {"den": "2026-12-31T00:00:00+00:00", "ma-xac-thuc": second.code()}
    second.send(form, bent)
    assert "không còn chờ" in second.text
    clock.move(minutes=1)
    second.open(EXTEND).submit({"ma-xac-thuc": second.code()})
    assert wave_of(db).closes_at == CLOSES
    with db.reading() as session:
        (line,) = chain.lines(session, "wave.extend")
    assert str(line.facts["proposed"]).startswith("Trần Thu Hà <")
    assert line.who.startswith("Lò Văn B <")


@SQLITE
def test_every_proposal_can_be_taken_back(db: Database, two: tuple[Clerk, Clerk]) -> None:
    first, second = two
    person = first_person(db)
    ask(first, person, "Đề nghị cấp lại")
    assert "Đang chờ một chuyên viên khác xác nhận" in first.text
    second.open(person).press("Rút đề nghị")
    assert (second.path, waiting(db)) == (person, [])
    close(db)
    ask(first, EXTEND, "Đề nghị gia hạn", **NEXT)
    first.press("Rút đề nghị")
    assert (first.path, waiting(db)) == (EXTEND, [])
    with db.reading() as session:
        assert [line.action for line in chain.lines(session, "wave")][:1] == ["wave.withdraw"]


@SQLITE
def test_two_void_a_ballot_and_the_log_names_both(db: Database, two: tuple[Clerk, Clerk]) -> None:
    first, second = two
    ask(first, first_person(db), "Đề nghị cấp lại")
    ask(second, first_person(db), "Xác nhận và cấp lại phiếu")
    with db.reading() as session:
        (line,) = chain.lines(session, "roster.reissue")
    assert str(line.facts["proposed"]).startswith("Trần Thu Hà <")
    assert line.who.startswith("Lò Văn B <")


@SQLITE
def test_what_is_asked_about_one_person_waits_on_over_an_extension(
    db: Database, two: tuple[Clerk, Clerk]
) -> None:
    with db.transaction() as session:
        wave, now = waves.load(session, CODE), db.now(session)
        for deed in (deeds.void(1), deeds.address(2, "moi@vi-du.vn")):
            proposals.propose(session, wave, deed, two[0].staff_id, now)
        closing.extend(db, session, wave, wave.closes_at + timedelta(days=1))
    assert [found.action for found in waiting(db)] == ["void", "address"]


@first_on_both("to", ["another time", "the same time"])
def test_what_was_asked_of_one_close_is_not_asked_of_the_next(
    db: Database, two: tuple[Clerk, Clerk], clock: Clock, to: str
) -> None:
    close(db)
    first, second = two
    with db.transaction() as session:
        wave, now = waves.load(session, CODE), db.now(session)
        closes = wave.closes_at + (timedelta(days=1) if to == "another time" else timedelta(0))
        proposals.propose(session, wave, deeds.unseal(wave), first.staff_id, now)
        asked = deeds.extend(wave, closes)
        proposals.propose(session, wave, asked, first.staff_id, now)
        opening, extension = proposals.waiting(session, wave, now)
    with db.transaction() as session:
        wave = waves.load(session, CODE)
        closing.extend(db, session, wave, closes, Second(extension.id, second.staff_id))
    clock.move(hours=30)
    close(db)
    assert waiting(db) == []
    with pytest.raises(WaveRefused, match="không còn chờ"):
        unsealing.unseal(db, keys_of(two), CODE, second=Second(opening.id, second.staff_id))


def keys_of(two: tuple[Clerk, Clerk]) -> KeyFile:
    found: KeyFile = two[0].client._transport.app.state.house.keys  # type: ignore[attr-defined]
    return found


@SQLITE
def test_while_ballots_still_come_in_nobody_opens_and_nothing_is_used_up(
    db: Database, two: tuple[Clerk, Clerk], clock: Clock, configured: Settings
) -> None:
    first, second = two
    closes = wave_of(db).closes_at
    clock.now = closes + timedelta(minutes=1)
    for clerk in two:
        clerk.sit_down("phieu-quan-tri", new_session(db, clerk.staff_id))
    first.open(URN)
    assert f"Mở được hòm phiếu từ {said(closes + timedelta(minutes=15))}" in first.text
    assert [form.action for form in first.forms] == [f"{URN}/khoa"]
    clock.now = closes + timedelta(minutes=15)
    ask(first, URN, ASK)
    assert wave_of(db).closed_at == closes, "nobody had to wait for the clock"
    ask(second, URN, AGREE)
    assert is_open(db)


@SQLITE
def test_an_opening_that_failed_has_used_nothing_up(
    db: Database, two: tuple[Clerk, Clerk], clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    close(db)
    first, second = two
    ask(first, URN, ASK)

    def breaks(*_parts: object) -> Minutes:
        raise RuntimeError

    with monkeypatch.context() as broken:
        broken.setattr(writing, "write", breaks)
        ask(second, URN, AGREE)
        assert not is_open(db)
    assert "Chưa ghi gì" in second.open(URN).text
    clock.move(minutes=1)
    ask(second, URN, AGREE)
    assert is_open(db)


@SQLITE
def test_a_proposal_that_is_taken_back_while_the_urn_is_counted_stops_the_opening(
    db: Database, two: tuple[Clerk, Clerk], keys: KeyFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    close(db)
    ask(two[0], URN, ASK)
    (found,) = waiting(db)
    real = unsealing.count_urn

    def and_then(*parts: object) -> object:
        count = real(*parts)  # type: ignore[arg-type]
        two[0].open(URN).press("Rút đề nghị")
        return count

    monkeypatch.setattr(unsealing, "count_urn", and_then)
    with pytest.raises(WaveRefused, match="không còn chờ"):
        unsealing.unseal(db, keys, CODE, second=Second(found.id, two[1].staff_id))
    assert not is_open(db)


@SQLITE
def test_the_command_line_is_nobody_s_second_person(
    db: Database, two: tuple[Clerk, Clerk], configured: Settings
) -> None:
    close(db)
    office = Office(configured)
    with pytest.raises(WaveRefused, match="Dòng lệnh không mở thay được"):
        office.types("unseal", CODE)
    with pytest.raises(WaveRefused, match="cần hai người để gia hạn"):
        office.types("extend", CODE, "--closes", "2999-01-01")
    assert not is_open(db)


@SQLITE
def test_an_open_wave_is_extended_by_one(db: Database, two: tuple[Clerk, Clerk]) -> None:
    ask(two[0], EXTEND, "Gia hạn", **NEXT)
    assert wave_of(db).closes_at == CLOSES


@SQLITE
@pytest.mark.parametrize("changed", ["closing", "officers"])
def test_whoever_launches_has_seen_all_that_is_frozen(
    db: Database, keys: KeyFile, configured: Settings, changed: str
) -> None:
    relay = read({"PHIEU_SMTP_URL": "smtp://127.0.0.1:9"}).relay
    index, clerk = make_index(), desk_of(db, keys, replace(configured, relay=relay))
    with db.transaction() as session:
        now = db.now(session)
        wave = waves.new(session, CODE, index, now, now + timedelta(days=9), now)
        # Then its check list is short.
        wave.rehearsal = True
        session.flush()
        waves.import_roster(session, wave, make_people(index, 60))
    form = clerk.open(f"{BASE}/phat-phieu").form_to("/phat-phieu")
    if changed == "officers":
        make_staff(db, keys, "officer")
    else:
        with db.transaction() as session:
            found = waves.load(session, CODE)
            found.closes_at += timedelta(days=1)
            session.add(found)
    clerk.send(form, {"ma-xac-thuc": clerk.code()})
    assert "Đợt vừa được sửa từ lúc mở trang này" in clerk.text
    assert wave_of(db).launched_at is None


@SQLITE
def test_erased_keys_do_not_come_back_from_a_copy_opened_before(
    db: Database, keys: KeyFile
) -> None:
    cast_all(db, keys, make_wave(db, keys))
    close(db)
    copy = recovery.open_copy(recovery.copy_of(keys, CODE, PHRASE), PHRASE)
    for wrong in (replace(copy, wave="dot-khac"), replace(copy, public_key=bytes(32))):
        with db.transaction() as session, pytest.raises(KeysMissing):
            urnkeys.restore(keys, waves.load(session, CODE), wrong)
    unsealing.unseal(db, keys, CODE)
    with db.transaction() as session:
        waves.hold(session, wave := waves.load(session, CODE))
        with pytest.raises(KeysMissing):
            urnkeys.restore(keys, wave, copy)
    assert not keys.has_wave(CODE)


@SQLITE
def test_others_cast_while_a_pass_phrase_is_stretched(
    db: Database, keys: KeyFile, configured: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_wave(db, keys)
    close(db)
    copy = recovery.copy_of(keys, CODE, PHRASE).encode()
    keys.erase_wave(CODE)
    clerk, real, writing = desk_of(db, keys, configured).open(URN), recovery._stretch, []

    def watched(phrase: str, salt: bytes) -> bytes:
        writing.append(db._writing.locked())
        return real(phrase, salt)

    monkeypatch.setattr(recovery, "_stretch", watched)
    sent = {"cau": PHRASE, "ma-xac-thuc": clerk.code()}
    clerk.upload(clerk.form_to("/khoa"), {"tep": ("k.json", copy)}, sent)
    assert keys.has_wave(CODE)
    assert writing == [False]


@SQLITE
def test_others_cast_while_a_file_is_read(
    db: Database, keys: KeyFile, configured: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_wave(db, keys, make_index("external"))
    clerk, real, writing = desk_of(db, keys, configured), external.read_external, []

    def watched(*parts: object) -> object:
        writing.append(db._writing.locked())
        return real(*parts)  # type: ignore[arg-type]

    monkeypatch.setattr(external, "read_external", watched)
    clerk.open(f"{BASE}/ket-qua-khac")
    sent = "Đơn vị,Tiêu chí,Tỷ lệ\nsnv,2.1,70\n".encode()
    clerk.upload(clerk.form_to("/ket-qua-khac"), {"tep": ("ty-le.csv", sent)})
    assert "Đã nhập 1 tỷ lệ" in clerk.text
    assert writing == [False]


@SQLITE
def test_a_cancelled_draft_leaves_no_keys_and_promises_no_letters(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    index, clerk = make_index(), desk_of(db, keys, configured)
    with db.transaction() as session:
        now = db.now(session)
        wave = waves.new(session, CODE, index, now, now + timedelta(days=9), now)
    keys.make_wave(CODE, wave.index_digest)
    clerk.open(f"{BASE}/huy")
    assert "thư báo hủy" not in clerk.text
    clerk.submit({"ly-do": "Chọn nhầm bộ chỉ số", "ma-dot": CODE, "ma-xac-thuc": clerk.code()})
    assert "Đã hủy đợt. Chưa ai nhận thư mời nào." in clerk.text
    assert not keys.has_wave(CODE)


@SQLITE
def test_the_first_page_tells_each_of_two_what_waits_for_whom(
    db: Database, keys: KeyFile, configured: Settings, two: tuple[Clerk, Clerk], clock: Clock
) -> None:
    first, second = two
    council = desk_of(db, keys, configured, "council")
    person = first_person(db)
    ask(first, person, "Đề nghị cấp lại")
    clock.move(minutes=2)
    ask(first, person, "Đề nghị đổi địa chỉ", thu="moi@vi-du.vn")
    with db.reading() as session:
        name = people.everyone(session, 1)[0].name
        # A wave that is newer takes the first page; what waits elsewhere stands on it still.
        index = make_index()
    with db.transaction() as session:
        now = db.now(session)
        waves.new(session, "dot-moi", index, now, now + timedelta(days=9), now)
    for clerk, words in ((first, "Chờ một chuyên viên khác"), (second, "Ông/Bà xác nhận được")):
        clerk.open("/quan-tri")
        assert clerk.link(f"Cấp lại phiếu của {name}") == person
        assert clerk.link(f"Đổi địa chỉ thư của {name}") == person
        assert clerk.text.count(words) == 2, clerk.text
        assert "05/3/2026, 09:00." in clerk.text, "until when"
        assert "moi@vi-du.vn" not in clerk.text
    assert name not in council.open("/quan-tri").text, "the council sees no people"
    with db.transaction() as session:
        waves.forget_draft(session, waves.id_of(waves.load(session, "dot-moi")), "dot-moi")
    close(db)
    ask(second, URN, ASK)
    assert "Việc cần làm: xác nhận mở hòm phiếu" in first.open("/quan-tri").text
    second.open("/quan-tri")
    assert "Việc cần làm" not in second.text
    assert "Ông/Bà đã đề nghị mở hòm phiếu." in second.text
