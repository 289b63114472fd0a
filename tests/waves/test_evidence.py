"""Between closing and opening: everybody can see whether their ballot was recorded, and a ballot
that somebody else cast is made void and issued again, for its own person alone."""

from collections import Counter
from datetime import datetime, timedelta

import pytest
from sqlalchemy import update
from sqlmodel import col, select

from app.ballots import ballot as ballots
from app.ballots.ballot import LinkReplaced, WaveClosed
from app.bonds.wavefacts import WaveAltered
from app.count import unsealing
from app.keys.keyfile import KeyFile
from app.keys.tokens import BallotName
from app.keys.urn import Answers
from app.record import checking, held
from app.settings import Settings
from app.store.db import Database
from app.store.models import Ballot, Letter, Respondent, Wave
from app.waves import closing, closingletter, corrections
from app.waves import wave as waves
from app.waves.wave import WaveRefused
from tests.conftest import Clock
from tests.making.blocks import cast_ballot, make_wave, names
from tests.making.booths import open_booth
from tests.making.posting import claim

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
CODE = "dot-thu"
DOMAIN = "vi-du.vn"


def closed(db: Database, keys: KeyFile) -> tuple[Wave, list[BallotName], list[str]]:
    """A closed wave of twelve people, half of whom have cast; with their receipts."""
    wave = make_wave(db, keys, people=12)
    with db.reading() as session:
        everyone = names(session, wave)
    receipts = [cast_ballot(db, keys, name, Answers()) for name in everyone[:6]]
    close(db)
    return wave, everyone, receipts


def close(db: Database) -> None:
    with db.transaction() as session:
        closing.close(db, session, waves.load(session, CODE))


def reopen(db: Database, keys: KeyFile, name: BallotName, until: datetime) -> BallotName:
    """Issue a ballot anew; gives its new name."""
    with db.transaction() as session:
        wave = waves.load(session, CODE)
        whose = session.get_one(Ballot, name.number).respondent_id
        person = session.get_one(Respondent, whose)
        now = db.now(session)
        corrections.reopen(session, keys, wave, person, until, now, DOMAIN)
    return BallotName(name.number, name.issue + 1)


def ask(db: Database, until: datetime) -> int:
    """Ask all whether their ballot was recorded; gives how many letters."""
    with db.transaction() as session:
        wave = waves.load(session, CODE)
        waves.hold(session, wave)
        return closingletter.ask(session, wave, until, db.now(session), DOMAIN)


def letters(db: Database, kind: str) -> set[bytes]:
    with db.reading() as session:
        query = select(col(Letter.ballot_number)).where(col(Letter.kind) == kind)
        return set(session.scalars(query))


def test_a_stolen_ballot_is_void_and_its_person_casts_another(
    db: Database, keys: KeyFile, clock: Clock
) -> None:
    _wave, everyone, receipts = closed(db, keys)
    stolen, uncast = everyone[0], everyone[7]
    until = clock.now + timedelta(hours=5)
    anew = reopen(db, keys, stolen, until)
    assert letters(db, "reopened") == {stolen.number}
    with db.reading() as session:
        with pytest.raises(LinkReplaced):
            ballots.find(session, stolen)
        # All others stay closed.
        with pytest.raises(WaveClosed):
            ballots.find(session, uncast).check_open(clock.now, begun=True)
    with pytest.raises(WaveRefused, match="chưa kết thúc"):
        unsealing.unseal(db, keys, CODE)
    receipt = cast_ballot(db, keys, anew, Answers())
    assert receipt not in receipts
    clock.now = until
    minutes = unsealing.unseal(db, keys, CODE)
    assert (minutes.issued, minutes.cast, minutes.counted) == (12, 6, 6)
    assert (minutes.void, minutes.foreign) == (1, 0)
    with db.reading() as session:
        record = held.record(session, waves.load(session, CODE))
    assert record is not None
    assert checking.check(record) == []
    told = [(each["what"], each["facts"]) for each in record["entries"]]
    assert [what for what, _facts in told] == [
        *("launch", "close", "reopen", "void", "close", "unseal")
    ]
    assert told[3][1] == {"count": 1}
    assert [facts["cast"] for what, facts in told if what == "close"] == [6, 6]


@SQLITE
def test_after_its_hour_a_ballot_issued_anew_is_closed_as_all_others(
    db: Database, keys: KeyFile, clock: Clock
) -> None:
    _wave, everyone, _receipts = closed(db, keys)
    first = reopen(db, keys, everyone[0], clock.now + timedelta(hours=1))
    second = reopen(db, keys, everyone[7], clock.now + timedelta(hours=3))
    clock.now += timedelta(hours=1)
    with pytest.raises(WaveClosed):
        cast_ballot(db, keys, first, Answers())
    cast_ballot(db, keys, second, Answers())
    clock.now += timedelta(hours=2)
    minutes = unsealing.unseal(db, keys, CODE)
    assert (minutes.cast, minutes.counted, minutes.void) == (6, 6, 1)
    with db.reading() as session:
        record = held.record(session, waves.load(session, CODE))
    assert record is not None
    assert checking.check(record) == []


@SQLITE
def test_a_reopened_ballot_that_was_closed_before_its_hour_stays_closed(
    db: Database, keys: KeyFile, clock: Clock
) -> None:
    _wave, everyone, _receipts = closed(db, keys)
    first = reopen(db, keys, everyone[7], clock.now + timedelta(days=2))
    close(db)
    second = reopen(db, keys, everyone[8], clock.now + timedelta(hours=5))
    with pytest.raises(WaveClosed):
        cast_ballot(db, keys, first, Answers())
    cast_ballot(db, keys, second, Answers())


@SQLITE
def test_while_a_ballot_is_reopened_all_others_are_told_what_the_closing_letter_says(
    db: Database, keys: KeyFile, configured: Settings, clock: Clock
) -> None:
    """Whether their ballot was recorded, on their page; and letters that wait still go."""
    _wave, everyone, _receipts = closed(db, keys)
    ask(db, clock.now + timedelta(hours=2))
    anew = reopen(db, keys, everyone[0], clock.now + timedelta(hours=48))
    with open_booth(db, keys, configured, clock) as booth:
        shown = (everyone[1], everyone[7], anew)
        pages = {name: booth.visitor().open(booth.link(name)).text for name in shown}
    assert "Phiếu của Ông/Bà đã được ghi nhận" in pages[everyone[1]]
    assert "Phiếu của Ông/Bà chưa được ghi nhận" in pages[everyone[7]]
    for name in (everyone[1], everyone[7]):
        assert "xin báo ngay cho nơi ghi ở cuối trang, trước" in pages[name]
    assert "ghi nhận" not in pages[anew]
    assert Counter(each.facts.kind for each in claim(db)) == {"closing": 12, "reopened": 1}
    # The time for objections ends before the second closing, of which all can be told as well.
    clock.now += timedelta(hours=48)
    with db.transaction() as session:
        assert closing.settle(db, session, waves.load(session, CODE))
    assert ask(db, clock.now + timedelta(days=1)) == 12


@SQLITE
def test_who_writes_into_the_database_lets_no_ballot_in_after_the_closing(
    db: Database, keys: KeyFile, clock: Clock
) -> None:
    _wave, everyone, _receipts = closed(db, keys)
    until = clock.now + timedelta(hours=5)
    with db.transaction() as session:
        session.connection().execute(update(Wave).values(reopened_until=until, closed_at=None))
    with pytest.raises(WaveAltered):
        cast_ballot(db, keys, everyone[7], Answers())
    with db.transaction() as session:
        session.connection().execute(update(Wave).values(reopened_until=None, closed_at=clock.now))
    # While one ballot is let in, another one's row does not let it in too.
    reopen(db, keys, everyone[0], until)
    with pytest.raises(WaveClosed):
        cast_ballot(db, keys, everyone[7], Answers())


@SQLITE
def test_no_ballot_is_issued_anew_at_another_time(
    db: Database, keys: KeyFile, clock: Clock
) -> None:
    wave = make_wave(db, keys, people=12)
    with db.reading() as session:
        everyone = names(session, wave)
    until = clock.now + timedelta(hours=5)
    with pytest.raises(WaveRefused, match="đang thu phiếu"):
        reopen(db, keys, everyone[0], until)
    close(db)
    for wrong in (clock.now, clock.now + timedelta(days=8)):
        with pytest.raises(WaveRefused, match="trong 7 ngày"):
            reopen(db, keys, everyone[0], wrong)
    unsealing.unseal(db, keys, CODE)
    with pytest.raises(WaveRefused, match="chưa mở hòm phiếu"):
        reopen(db, keys, everyone[0], until)


def test_the_closing_letter_goes_to_everybody_alike_and_keeps_the_urn_shut(
    db: Database, keys: KeyFile, clock: Clock
) -> None:
    _wave, everyone, _receipts = closed(db, keys)
    until = clock.now + timedelta(days=2)

    for wrong in (clock.now, clock.now + timedelta(days=15)):
        with pytest.raises(WaveRefused, match="trong 14 ngày"):
            ask(db, wrong)
    assert ask(db, until) == 12
    assert letters(db, "closing") == {name.number for name in everyone}
    with pytest.raises(WaveRefused, match="đã gửi"):
        ask(db, until)
    with pytest.raises(WaveRefused, match="nhận phản ánh"):
        unsealing.unseal(db, keys, CODE)
    clock.now = until
    assert unsealing.unseal(db, keys, CODE).counted == 6


def test_a_wave_extended_before_a_reopened_ballot_was_told_of_tells_of_it_as_an_invitation(
    db: Database, keys: KeyFile, clock: Clock
) -> None:
    """The wave is open to all again, and who has a new ballot knows of the old one alone."""
    _wave, everyone, _receipts = closed(db, keys)
    anew = reopen(db, keys, everyone[7], clock.now + timedelta(hours=5))
    with db.transaction() as session:
        closing.extend(db, session, waves.load(session, CODE), clock.now + timedelta(days=3))
    assert letters(db, "reopened") == set()
    told = [each.facts for each in claim(db) if each.facts.ballot.number == anew.number]
    assert [(facts.kind, facts.ballot) for facts in told] == [("invitation", anew)]
