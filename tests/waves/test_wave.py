"""A wave before and at its launch, its reminders, and how it ends."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlmodel import col

from app import settings
from app.index import file as indexfile
from app.index.definition import Index
from app.keys import guard
from app.keys.keyfile import KeyFile
from app.letters import standing
from app.settings import Settings
from app.store.db import Database
from app.store.models import Ballot, Draft, Letter, Respondent, UrnRow, Wave
from app.waves import closing, launch, situation
from app.waves import wave as waves
from app.waves.wave import WaveRefused
from tests.conftest import Clock
from tests.making.blocks import cast_all, make_index, make_people, make_wave, names

# Refused before any SQL that differs; what is written is tried on both.
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

DAY = timedelta(days=1)


def new(db: Database, index: Index | None = None, **changes: object) -> Wave:
    arguments = {"opens": db.clock() - DAY, "closes": db.clock() + 10 * DAY, **changes}  # type: ignore[misc]
    with db.transaction() as session:
        return waves.new(session, "dot-thu", index or make_index(), now=db.clock(), **arguments)  # type: ignore[arg-type, misc]


def state(db: Database, wave: Wave) -> str:
    with db.reading() as session:
        return situation.status(session, waves.load(session, wave.code), db.now(session)).state


def count(db: Database, table: type) -> int:
    with db.reading() as session:
        return session.scalars(select(func.count()).select_from(table)).one()


def refused(db: Database, verb: object, *arguments: object, match: str) -> None:
    """`verb(session, wave, …)` is refused with a text that matches, and changes nothing."""
    with pytest.raises(WaveRefused, match=match), db.transaction() as session:
        verb(session, waves.load(session, "dot-thu"), *arguments)  # type: ignore[operator]


def test_a_new_wave_is_a_draft_with_its_index_whole(db: Database) -> None:
    wave = new(db)
    assert state(db, wave) == "draft"
    index, layout = waves.index_of(wave)
    assert index == make_index()
    assert layout.items == index.items
    assert wave.index_digest == indexfile.digest(index)


@pytest.mark.parametrize("code", ["", "đợt một", "a b", "a/b", "x" * 65])
@SQLITE
def test_a_wave_code_is_plain(db: Database, code: str) -> None:
    with pytest.raises(WaveRefused, match="Mã đợt"), db.transaction() as session:
        waves.new(session, code, make_index(), db.clock(), db.clock() + DAY, db.clock())  # type: ignore[misc]


@SQLITE
def test_closing_comes_after_opening_and_after_now(db: Database) -> None:
    now = db.now(None)  # type: ignore[arg-type]
    with pytest.raises(WaveRefused, match="sau lúc mở"):
        new(db, opens=now, closes=now)
    with pytest.raises(WaveRefused, match="đã qua"):
        new(db, opens=now - 2 * DAY, closes=now - DAY)


def test_a_draft_gives_way_only_when_told_to(db: Database) -> None:
    new(db)
    with pytest.raises(WaveRefused, match="--replace"):
        new(db)
    with db.transaction() as session:
        waves.import_roster(session, waves.load(session, "dot-thu"), make_people(make_index()))
    again = new(db, make_index("two-blocks"), replace=True)
    assert again.index_digest == indexfile.digest(make_index("two-blocks"))
    assert count(db, Respondent) == 0


def test_a_launched_wave_is_never_replaced(db: Database, keys: KeyFile) -> None:
    make_wave(db, keys)
    with pytest.raises(WaveRefused, match="đã phát phiếu"):
        new(db, replace=True)


@SQLITE
def test_an_unknown_wave_is_told_with_those_there_are(db: Database) -> None:
    with db.reading() as session, pytest.raises(WaveRefused, match="phieu wave new"):
        waves.load(session, "khac")
    new(db)
    with db.reading() as session, pytest.raises(WaveRefused, match="dot-thu"):
        waves.load(session, "khac")


def test_a_second_roster_replaces_the_first(db: Database) -> None:
    new(db)
    for size in (12, 7):
        with db.transaction() as session:
            waves.import_roster(
                session, waves.load(session, "dot-thu"), make_people(make_index(), size)
            )
        assert count(db, Respondent) == size


def test_launch_issues_a_ballot_and_a_letter_to_each(db: Database, keys: KeyFile) -> None:
    wave = make_wave(db, keys, people=12)
    assert state(db, wave) == "open"
    with db.reading() as session:
        numbers = set(session.scalars(select(col(Ballot.number))))
        assert len(numbers) == 12
        assert {len(number) for number in numbers} == {12}
        assert set(session.scalars(select(col(Letter.ballot_number)))) == numbers
        assert set(session.scalars(select(col(Letter.kind)))) == {"invitation"}


def test_letters_wait_for_the_opening(db: Database, keys: KeyFile, clock: Clock) -> None:
    opens = clock.now + 2 * DAY
    wave = make_wave(db, keys, opens=opens, closes=opens + DAY)
    assert state(db, wave) == "launched"
    with db.reading() as session:
        assert set(session.scalars(select(col(Letter.due_at)))) == {opens}
    clock.move(days=2)
    assert state(db, wave) == "open"
    clock.move(days=1)
    assert state(db, wave) == "closed"


def test_the_database_itself_keeps_a_launched_wave_frozen(db: Database, keys: KeyFile) -> None:
    wave = make_wave(db, keys)
    for change in (
        {"index_content": "{}"},
        {"index_digest": "sha256:00"},
        {"mode": "committee"},
        {"two_people": True},
        {"public_key": bytes(32)},
        {"opens_at": wave.opens_at + DAY},
        {"launched_at": None},
    ):
        with pytest.raises(DBAPIError, match="frozen"), db.transaction() as session:
            session.connection().execute(update(Wave).values(**change))
    with db.reading() as session:
        assert waves.load(session, wave.code) == wave


def test_nothing_of_a_launched_wave_is_imported_anew(db: Database, keys: KeyFile) -> None:
    make_wave(db, keys)
    refused(db, waves.import_roster, [], match="không đổi được nữa")
    assert count(db, Respondent) == 20


def launch_verb(db: Database, keys: KeyFile, configured: Settings) -> object:
    return lambda session, wave: launch.launch(db, session, keys, configured, wave)


def test_a_second_launch_is_refused(db: Database, keys: KeyFile, configured: Settings) -> None:
    make_wave(db, keys)
    before = keys.wave("dot-thu")
    refused(db, launch_verb(db, keys, configured), match="đã phát phiếu")
    assert keys.wave("dot-thu") == before
    assert count(db, Ballot) == 20


@SQLITE
def test_launch_wants_a_roster(db: Database, keys: KeyFile, configured: Settings) -> None:
    new(db)
    refused(db, launch_verb(db, keys, configured), match="phieu wave roster")


@SQLITE
def test_launch_wants_an_organiser(db: Database, keys: KeyFile, configured: Settings) -> None:
    raw = indexfile.canonical(make_index())
    del raw["organiser"]
    index = indexfile.read(raw)
    wave = new(db, index)
    with db.transaction() as session:
        waves.import_roster(session, waves.load(session, "dot-thu"), make_people(index))
    refused(db, launch_verb(db, keys, configured), match="organiser")
    assert state(db, wave) == "draft"


@SQLITE
def test_launch_wants_a_closing_still_to_come(
    db: Database, keys: KeyFile, configured: Settings, clock: Clock
) -> None:
    new(db)
    clock.move(days=11)
    refused(db, launch_verb(db, keys, configured), match="đã qua")


@SQLITE
def test_on_https_keys_and_database_may_not_share_a_folder(
    tmp_path_factory: pytest.TempPathFactory, db: Database
) -> None:
    folder = tmp_path_factory.mktemp("data")
    environment = {"PHIEU_DATA": str(folder), "PHIEU_BASE_URL": "https://phieu.vi-du.vn"}
    environment["PHIEU_MAIL_FROM"] = "phieu@vi-du.vn"
    wave = new(db)
    with db.transaction() as session:
        waves.import_roster(session, waves.load(session, "dot-thu"), make_people(make_index()))
    together = settings.read(environment)
    keys = guard.guard(db, KeyFile(together.key_file))
    refused(db, launch_verb(db, keys, together), match="PHIEU_KEY_FILE")
    apart = settings.read({**environment, "PHIEU_KEY_FILE": str(folder / "keys" / "k")})
    keys = guard.guard(db, KeyFile(apart.key_file))
    keys.may_be_made = lambda: True  # an officer's first deed, of which the log tells, made it
    with db.transaction() as session:
        launch.launch(db, session, keys, apart, waves.load(session, "dot-thu"))
    assert state(db, wave) == "open"


@SQLITE
def test_an_index_changed_by_hand_is_refused(db: Database, keys: KeyFile) -> None:
    wave = make_wave(db, keys)
    with db.transaction() as session:
        connection = session.connection()
        if db.is_sqlite:
            connection.execute(text("DROP TRIGGER wave_frozen"))
        else:
            connection.execute(text("DROP TRIGGER wave_frozen ON wave"))
        changed = wave.index_content.replace("Sở Nội vụ", "Sở Nội Vụ")
        connection.execute(update(Wave).values(index_content=changed))
    with db.reading() as session:
        found = waves.load(session, wave.code)
    with pytest.raises(WaveRefused, match="bản lưu"):
        waves.index_of(found)


def test_an_index_changed_with_its_digest_differs_from_the_key_file(
    db: Database, keys: KeyFile
) -> None:
    wave = make_wave(db, keys)
    other = make_index("two-blocks")
    wave.index_content = __import__("json").dumps(indexfile.canonical(other))
    wave.index_digest = indexfile.digest(other)
    waves.index_of(wave)
    with pytest.raises(WaveRefused, match="bản lưu"):
        waves.index_of(wave, keys)


def test_a_reminder_goes_to_those_who_have_not_cast(
    db: Database, keys: KeyFile, configured: Settings, clock: Clock
) -> None:
    wave = make_wave(db, keys, people=10)
    cast_all(db, keys, wave, 0.4)
    with db.reading() as session:
        everyone = names(session, wave)
    with db.transaction() as session:
        session.connection().execute(
            update(Ballot).where(col(Ballot.number) == everyone[9].number).values(no_reminders=True)
        )
    # Not on the day of the invitation.
    clock.move(hours=23, minutes=59)
    refused(db, lambda s, w: launch.remind(db, s, configured, w), match="Nhắc được từ 9")
    clock.move(minutes=1)
    with db.transaction() as session:
        found = waves.load(session, wave.code)
        assert launch.remind(db, session, configured, found) == 5
    with db.reading() as session:
        reminded = session.scalars(
            select(col(Letter.ballot_number)).where(col(Letter.kind) == "reminder")
        )
        assert set(reminded) == {name.number for name in everyone[4:9]}
    # By the clock alone, whatever is still queued; and nobody is reminded twice in a row.
    clock.move(hours=11, minutes=59)
    refused(db, lambda s, w: launch.remind(db, s, configured, w), match="Lần nhắc trước là lúc 9")
    clock.move(minutes=1)
    with db.transaction() as session:
        session.connection().execute(delete(Letter).where(col(Letter.kind) == "invitation"))
        assert launch.remind(db, session, configured, waves.load(session, wave.code)) == 5
        assert len(session.execute(select(Letter)).all()) == 5, (
            "the ones not sent yet are forgotten"
        )


@SQLITE
def test_nobody_is_reminded_of_a_wave_that_is_not_open(
    db: Database, keys: KeyFile, configured: Settings, clock: Clock
) -> None:
    make_wave(db, keys)
    clock.move(days=10)
    refused(db, lambda s, w: launch.remind(db, s, configured, w), match="không đang thu phiếu")


def extend(db: Database, closes: object) -> object:
    return lambda session, wave: closing.extend(db, session, wave, closes)  # type: ignore[arg-type]


def test_extending_moves_the_closing_and_opens_again(
    db: Database, keys: KeyFile, clock: Clock
) -> None:
    wave = make_wave(db, keys)
    clock.move(days=12)
    assert state(db, wave) == "closed"
    with db.transaction() as session:
        closing.settle(db, session, waves.load(session, wave.code))
    with db.transaction() as session:
        closing.extend(db, session, waves.load(session, wave.code), clock.now + DAY)
    assert state(db, wave) == "open"
    with db.reading() as session:
        assert waves.load(session, wave.code).urn_digest is None


@SQLITE
def test_extending_is_never_shortening(db: Database, keys: KeyFile, clock: Clock) -> None:
    wave = make_wave(db, keys)
    refused(db, extend(db, wave.closes_at), match="phieu wave close")
    refused(db, extend(db, clock.now + DAY), match="phieu wave close")
    clock.move(days=11)
    refused(db, extend(db, wave.closes_at + timedelta(hours=1)), match="đã qua")


@SQLITE
def test_a_draft_or_cancelled_wave_is_not_extended(
    db: Database, configured: Settings, clock: Clock
) -> None:
    new(db)
    refused(db, extend(db, clock.now + 20 * DAY), match="Chỉ gia hạn được")
    with db.transaction() as session:
        closing.cancel(db, session, configured, waves.load(session, "dot-thu"), "sai bộ chỉ số")
    refused(db, extend(db, clock.now + 20 * DAY), match="Chỉ gia hạn được")


def test_closing_ends_casting_at_once_and_takes_the_digest_of_the_urn(
    db: Database, keys: KeyFile, clock: Clock
) -> None:
    wave = make_wave(db, keys)
    cast_all(db, keys, wave, 0.5)
    with db.transaction() as session:
        closing.close(db, session, waves.load(session, wave.code))
    with db.reading() as session:
        found = waves.load(session, wave.code)
        assert found.closed_at == clock.now
        assert found.urn_digest == closing.urn_digest(session, found, keys.cover(found.code))
    assert state(db, wave) == "closed"
    refused(db, lambda s, w: closing.close(db, s, w), match="phieu wave unseal")


@SQLITE
def test_a_wave_that_is_not_open_is_not_closed(
    db: Database, keys: KeyFile, clock: Clock, configured: Settings
) -> None:
    assert keys.tokens
    new(db)
    refused(db, lambda s, w: closing.close(db, s, w), match="chưa phát phiếu")
    with db.transaction() as session:
        wave = waves.load(session, "dot-thu")
        waves.import_roster(session, waves.load(session, "dot-thu"), make_people(make_index()))
        wave.opens_at = clock.now + DAY
        session.add(wave)
        session.flush()
        launch.launch(db, session, keys, configured, wave)
    refused(db, lambda s, w: closing.close(db, s, w), match="phieu wave cancel")


def test_a_scheduled_closing_is_final_after_its_grace(
    db: Database, keys: KeyFile, clock: Clock
) -> None:
    wave = make_wave(db, keys)
    clock.now = wave.closes_at + timedelta(minutes=14, seconds=59)
    for closed_at in (None, wave.closes_at, wave.closes_at):
        with db.transaction() as session:
            found = waves.load(session, wave.code)
            closing.settle(db, session, found)
            assert found.closed_at == closed_at
        clock.move(seconds=1)


@SQLITE
def test_a_close_by_command_ends_the_grace(db: Database, keys: KeyFile, clock: Clock) -> None:
    wave = make_wave(db, keys)
    clock.now = wave.closes_at + timedelta(minutes=5)
    with db.transaction() as session:
        closing.close(db, session, waves.load(session, wave.code))
    with db.reading() as session:
        assert waves.load(session, wave.code).closed_at == clock.now


def test_cancelling_destroys_the_urn_and_tells_everybody(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    wave = make_wave(db, keys, people=10)
    cast_all(db, keys, wave, 0.5)
    with db.transaction() as session:
        found = waves.load(session, wave.code)
        with pytest.raises(WaveRefused, match="Không đặt đường dẫn"):
            closing.cancel(db, session, configured, found, "xem http://vi-du.vn")
        assert closing.cancel(db, session, configured, found, "  sai \n bộ chỉ số ") == 10
        assert found.cancel_reason == "sai bộ chỉ số"
    assert state(db, wave) == "cancelled"
    assert count(db, UrnRow) == count(db, Draft) == 0
    with db.reading() as session:
        waiting = session.scalars(select(col(Letter.kind)).where(col(Letter.state) == "queued"))
        assert sorted(waiting) == ["cancellation"] * 10
        assert standing.progress(session, waves.id_of(wave))["sent"] == 0
    refused(db, lambda s, w: closing.cancel(db, s, configured, w, "x"), match="đã hủy")


@SQLITE
def test_a_cancellation_needs_a_reason(db: Database, keys: KeyFile, configured: Settings) -> None:
    make_wave(db, keys)
    refused(db, lambda s, w: closing.cancel(db, s, configured, w, " \n"), match="lý do")


def test_every_scheduled_closing_is_settled_in_time(
    db: Database, keys: KeyFile, clock: Clock
) -> None:
    early = make_wave(db, keys, code="som", closes=clock.now + DAY)
    late = make_wave(db, keys, code="muon", closes=clock.now + 2 * DAY)
    clock.now = early.closes_at + timedelta(minutes=15)
    closing.settle_all(db, keys)
    with db.reading() as session:
        assert waves.load(session, "som").closed_at == early.closes_at
        assert waves.load(session, "som").urn_digest is not None
        assert waves.load(session, late.code).closed_at is None
