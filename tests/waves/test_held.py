"""Deeds at one wave at the same time: the second sees what the first has done, and nobody waits
for ever."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import pytest
from sqlmodel import Session, col, select

from app.ballots import ballot as ballots
from app.ballots import casting
from app.ballots import drafts as ballotdrafts
from app.ballots.ballot import OpenBallot
from app.bonds import origins
from app.count import externals, scoresheets, unsealing, writing
from app.index.definition import Index
from app.keys.keyfile import KeyFile
from app.keys.urn import DraftState
from app.preparation import drafts, wordings
from app.roster import people
from app.settings import Settings
from app.store.db import Database
from app.store.models import Ballot, Respondent, Wave
from app.store.resultmodels import Minutes
from app.waves import closing, corrections, launch
from app.waves import wave as waves
from app.waves.wave import WaveRefused
from tests.making.blocks import cast_all, make_index, make_people, make_wave, names
from tests.making.consoles import desk_of
from tests.making.turns import meanwhile, until, waits

CODE = "dot-thu"
BASE = f"/quan-tri/dot/{CODE}"
DOMAIN = "vi-du.vn"


@pytest.fixture
def index(db: Database, keys: KeyFile) -> Index:
    """Of a draft with twenty people."""
    assert keys.tokens  # a key file, as an officer's first deed makes it
    index = make_index()
    with db.transaction() as session:
        now = db.now(session)
        opens, closes = now - timedelta(days=1), now + timedelta(days=10)
        wave = waves.new(session, CODE, index, opens, closes, opens)
        waves.import_roster(session, wave, make_people(index))
    return index


@pytest.fixture
def launching(
    db: Database, keys: KeyFile, configured: Settings, index: Index
) -> Callable[[Session], object]:
    """The launch of that draft by somebody else."""
    return lambda session: launch.launch(
        db, session, keys, configured, waves.load(session, CODE), two_people=False
    )


def wave_of(db: Database) -> Wave:
    with db.reading() as session:
        return waves.load(session, CODE)


def close(db: Database) -> Callable[[Session], object]:
    return lambda session: closing.close(db, session, waves.load(session, CODE))


def test_nobody_is_added_without_a_ballot_while_the_wave_is_launched(
    db: Database,
    keys: KeyFile,
    configured: Settings,
    index: Index,
    launching: Callable[[Session], object],
) -> None:
    clerk = desk_of(db, keys, configured).open(f"{BASE}/danh-sach/them")
    typed = {"ten": "Người muộn", "thu": "muon@vi-du.vn", "nhom": index.groups[0].code}
    meanwhile(db, launching, lambda: clerk.submit({**typed, "co-quan": "UBND xã"}))
    assert clerk.refused
    with db.reading() as session:
        everyone = people.everyone(session, 1)
        held = set(session.scalars(select(col(Ballot.respondent_id))))
    assert {person.id for person in everyone} == held


def test_a_draft_saved_while_it_is_launched_changes_nothing(
    db: Database,
    keys: KeyFile,
    configured: Settings,
    launching: Callable[[Session], object],
) -> None:
    before = wave_of(db)
    clerk = desk_of(db, keys, configured).open(f"{BASE}/sua")
    dates = {"han-ngay": "03/03/2026", "han-gio": "08:00"}
    meanwhile(db, launching, lambda: clerk.submit({"bo-chi-so": "", **dates}))
    assert clerk.refused
    assert "đã phát phiếu" in clerk.text
    after = wave_of(db)
    assert after.launched_at is not None
    assert (after.closes_at, after.index_digest) == (before.closes_at, before.index_digest)


def test_another_index_does_not_come_under_ballots_that_are_being_issued(
    db: Database, keys: KeyFile, index: Index, launching: Callable[[Session], object]
) -> None:
    other = replace(index, name="Bộ chỉ số khác")

    def save() -> None:
        with db.transaction() as session:
            wave, now = waves.load(session, CODE), db.now(session)
            drafts.change(session, wave, other, wave.opens_at, wave.closes_at, now)

    with pytest.raises(WaveRefused, match="đã phát phiếu"):
        meanwhile(db, launching, save)
    assert len(cast_all(db, keys, wave_of(db))) == 20


def test_words_saved_while_the_wave_is_launched_do_not_go_out_untested(
    db: Database, keys: KeyFile, configured: Settings, launching: Callable[[Session], object]
) -> None:
    clerk = desk_of(db, keys, configured).open(f"{BASE}/thu")
    words = {"invitation.noi-dung": "Lời chưa ai thử."}
    meanwhile(db, launching, lambda: clerk.submit(words))
    assert clerk.refused
    with db.reading() as session:
        assert wordings.of(session, waves.load(session, CODE)).bodies == {}


def test_of_two_rosters_at_once_the_later_one_stands_alone(db: Database, index: Index) -> None:
    first = make_people(index)
    second = [replace(person, email=f"b{person.email}") for person in first]

    def load(session: Session, roster: list[waves.Person]) -> None:
        waves.import_roster(session, waves.load(session, CODE), roster)

    def upload() -> None:
        with db.transaction() as session:
            load(session, second)

    meanwhile(db, lambda session: load(session, first), upload)
    with db.reading() as session:
        addresses = {person.email for person in people.everyone(session, 1)}
    assert addresses == {person.email for person in second}


def test_a_draft_that_was_dropped_meanwhile_is_said_to_be_gone(db: Database, index: Index) -> None:
    def load() -> None:
        with db.transaction() as session:
            wave = waves.load(session, CODE)
            waves.import_roster(session, wave, make_people(index))

    with pytest.raises(WaveRefused):
        meanwhile(db, lambda session: drafts.drop(session, waves.load(session, CODE)), load)
    with db.reading() as session:
        assert session.scalars(select(Respondent)).all() == []


def test_an_extension_does_not_reopen_with_one_person_what_is_being_closed(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    clerk = desk_of(db, keys, configured)
    make_wave(db, keys, two_people=True)
    clerk.open(f"{BASE}/gia-han")
    until_when = {"ngay": "25/03/2026", "gio": "17:00", "ma-xac-thuc": clerk.code()}
    meanwhile(db, close(db), lambda: clerk.submit(until_when))
    assert clerk.refused, "the page was drawn from an open wave"
    assert wave_of(db).closed_at is not None


@pytest.mark.parametrize("deed", ["gia-han", "huy"])
def test_a_wave_does_not_end_otherwise_while_its_tally_is_written(
    db: Database,
    keys: KeyFile,
    configured: Settings,
    monkeypatch: pytest.MonkeyPatch,
    deed: str,
) -> None:
    cast_all(db, keys, make_wave(db, keys))
    with db.transaction() as session:
        close(db)(session)
    clerk = desk_of(db, keys, configured).open(f"{BASE}/{deed}")
    typed = {"ngay": "25/03/2026", "gio": "17:00"}
    if deed == "huy":
        typed = {"ly-do": "Danh sách sai", "ma-dot": CODE}
    pressed = threading.Thread(target=clerk.submit, args=({**typed, "ma-xac-thuc": clerk.code()},))
    real = writing.write

    def and_then(*parts: object) -> Minutes:
        minutes = real(*parts)  # type: ignore[arg-type]
        pressed.start()
        until(lambda: waits(db) or not pressed.is_alive())
        return minutes

    monkeypatch.setattr(writing, "write", and_then)
    assert unsealing.unseal(db, keys, CODE).counted == 20
    pressed.join(60)
    assert clerk.refused
    found = wave_of(db)
    assert found.unsealed_at is not None
    assert found.closed_at is not None
    assert found.cancelled_at is None
    with db.transaction() as session:
        assert scoresheets.score(db, session, CODE)[0]["counted"] == 20


def test_a_ballot_is_not_voided_once_the_wave_is_closed(db: Database, keys: KeyFile) -> None:
    said = cast_all(db, keys, make_wave(db, keys))

    def reissue() -> None:
        with db.transaction() as session:
            waves.hold(session, wave := waves.load(session, CODE))
            person, now = people.everyone(session, 1)[0], db.now(session)
            corrections.reissue(session, keys, wave, person, now, DOMAIN)

    with pytest.raises(WaveRefused, match="không còn thu phiếu"):
        meanwhile(db, close(db), reissue)
    assert unsealing.unseal(db, keys, CODE).counted == len(said)


def test_a_cast_and_another_ballot_for_the_same_person_do_not_wait_for_each_other(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    wave, clerk = make_wave(db, keys), desk_of(db, keys, configured)
    with db.reading() as session:
        name, person = names(session, wave)[0], people.everyone(session, 1)[0].id
    with db.transaction() as session:
        ballotdrafts.start(session, keys, ballots.find(session, name), db.now(session))
    clerk.open(f"{BASE}/danh-sach/{person}")
    sent = (clerk.form_to("/cap-lai"), {"ma-xac-thuc": clerk.code()})
    pressed = threading.Thread(target=clerk.send, args=sent)

    def seen(_ballot: OpenBallot, _draft: DraftState) -> bool:
        pressed.start()
        until(lambda: waits(db) or not pressed.is_alive())
        return True

    with db.transaction() as session:
        casting.cast(db, session, keys, name, seen)
    pressed.join(60)
    assert clerk.fine
    assert "Đã cấp lại phiếu" in clerk.text
    with db.reading() as session:
        first = session.scalars(select(Ballot).where(col(Ballot.respondent_id) == person)).one()
    assert (first.issue, first.cast) == (2, False)


@pytest.mark.parametrize("deed", ["score", "external"])
def test_a_form_that_was_sent_twice_is_no_crash(db: Database, keys: KeyFile, deed: str) -> None:
    index = make_index("external")
    cast_all(db, keys, make_wave(db, keys, index))
    with db.transaction() as session:
        close(db)(session)
    unsealing.unseal(db, keys, CODE)
    leaf = next(
        (unit.code, each.code)
        for unit in index.units
        for each in index.scored_leaves(unit)
        if each.method == "external"
    )

    def do(session: Session) -> None:
        if deed == "score":
            scoresheets.score(db, session, CODE)
        else:
            externals.put_in(session, waves.load(session, CODE), {leaf: Fraction(50)})

    def again() -> None:
        with db.transaction() as session:
            do(session)

    meanwhile(db, do, again)
    with db.reading() as session:
        assert externals.percents(session, 1) == ({leaf: 50} if deed == "external" else {})
        assert len(scoresheets.published(session)) == (deed == "score")


def test_who_is_on_the_roster_without_a_ballot_gets_one_by_coming_back_and_not_by_a_letter(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    wave, clerk = make_wave(db, keys), desk_of(db, keys, configured)
    late = origins.person_row(1, replace(make_people(make_index(), 1)[0], email="muon@vi-du.vn"))
    with db.transaction() as session:
        session.add(person := Respondent(**late))
        session.flush()
        where = f"{BASE}/danh-sach/{person.id}"
    assert "chưa có phiếu" in clerk.open(where).text
    clerk.send(clerk.form_to("/gui-lai"))
    assert clerk.refused
    assert "Người này chưa có phiếu" in clerk.text
    for deed in ("/bo", "/khoi-phuc"):
        clerk.open(where).send(clerk.form_to(deed), {"ma-xac-thuc": clerk.code()})
    assert "đang chờ gửi" in clerk.text
    with db.reading() as session:
        assert len(names(session, wave)) == 21
    assert len(cast_all(db, keys, wave)) == 21
