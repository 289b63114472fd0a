"""Personal data is erased by its dates: nowhere to be found, reported, and all goes on working."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import inspect, text
from sqlmodel import col, select

from app.audit import chain, checking
from app.ballots import ballot as ballots
from app.bonds import origins, wavefacts
from app.commands import privacy
from app.count import openingfacts, scoresheets, unsealing
from app.keys.keyfile import KeyFile
from app.letters import standing
from app.mending import adoption
from app.papers import verify
from app.privacy import dates, purging
from app.settings import Settings
from app.store import rewriting
from app.store.db import Database
from app.store.models import Ballot, Respondent, Wave
from app.store.officemodels import Preparation
from app.store.privacymodels import Purge
from app.waves import alterations, counts, launch, participation
from app.waves import wave as waves
from app.waves.closing import close
from app.waves.wave import WaveRefused, id_of
from tests.conftest import Clock
from tests.making import holders
from tests.making.blocks import cast_all, make_index, make_people, make_wave, names
from tests.making.consoles import desk_of, stranger

CODE = "cu"
POSTGRESQL = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def dump(db: Database) -> bytes:
    """Everything that the database says, and on SQLite the bytes of its files."""
    said = []
    with db.reading() as session:
        connection = session.connection()
        for table in inspect(connection).get_table_names():
            said += [
                repr(tuple(row)) for row in connection.execute(text(f'SELECT * FROM "{table}"'))
            ]
    found = "\n".join(said).encode()
    if db.is_sqlite:
        path = Path(str(db.engine.url.database))
        found += b"".join(each.read_bytes() for each in path.parent.glob(f"{path.name}*"))
    return found


def scored(db: Database, keys: KeyFile, **made: Any) -> Wave:
    """A wave of twenty people with a score sheet, of whom twelve have cast."""
    index = make_index("participation-list")
    make_wave(db, keys, index, make_people(index, 20), code=CODE, **made)
    with db.reading() as session:
        wave = waves.load(session, CODE)
    cast_all(db, keys, wave, share=0.6, seed=4)
    with db.transaction() as session:
        close(db, session, waves.load(session, CODE))
    unsealing.unseal(db, keys, CODE)
    with db.transaction() as session:
        scoresheets.score(db, session, CODE)
    with db.reading() as session:
        return waves.load(session, CODE)


def told(db: Database, keys: KeyFile) -> tuple[object, ...]:
    """What pages tell of the wave that is no person."""
    with db.reading() as session:
        wave = waves.load(session, CODE)
        whole = counts.of(session, wave, db.now(session))
        mail = standing.progress(session, id_of(wave))
        document = scoresheets.document_of(session, id_of(wave), 1)
    return whole, mail["sent"] + mail["failed"] + mail["withdrawn"], document["units"]


def test_after_its_dates_nothing_of_anybody_is_in_the_database_and_all_goes_on(
    db: Database, keys: KeyFile, clock: Clock
) -> None:
    wave = scored(db, keys)
    with db.reading() as session:
        links = names(session, wave)
        known = [(row.name, row.email) for row in session.scalars(select(Respondent))]
    before, whole = told(db, keys), dump(db)
    assert all(name.encode() in whole and email.encode() in whole for name, email in known)
    assert purging.purge(db, keys, chain.CLOCK) == [], "nothing is due"

    clock.move(days=59)
    purging.purge(db, keys, chain.CLOCK)
    with db.reading() as session:
        assert session.scalars(select(Ballot).where(col(Ballot.cast))).all()
    clock.move(days=2)
    assert [due.what for due in purging.purge(db, keys, chain.CLOCK)] == ["cast"]
    with db.reading() as session:
        marks = session.scalars(select(Ballot).where(col(Ballot.cast) | col(Ballot.ever_cast)))
        assert not marks.all()
        assert not alterations.find(session, keys, waves.load(session, CODE))
    clock.move(days=30)
    assert [due.what for due in purging.purge(db, keys, chain.CLOCK)] == ["letters"]
    clock.move(days=500)
    assert [due.what for due in purging.purge(db, keys, chain.CLOCK)] == ["contacts"]
    assert purging.purge(db, keys, chain.CLOCK) == [], "once is enough"

    whole = dump(db)
    for name, email in known:
        assert f"'{name}'".encode() not in whole, name
        assert email.encode() not in whole, email
    assert told(db, keys)[::2] == before[::2]
    with db.transaction() as session:
        wave = waves.load(session, CODE)
        assert not alterations.find(session, keys, wave), "a purge is no attack"
        with pytest.raises(WaveRefused, match="xóa theo lịch"):
            participation.list_them(session, wave, db.now(session))
    with db.reading() as session:
        for link in links:
            found = ballots.find(session, link)
            assert found.unsealed_at is not None
            assert not found.cast
        checking.verify(session, keys, None)
        said = [line.facts for line in chain.lines(session, "privacy.purge")]
        assert [each["what"] for each in said] == ["contacts", "letters", "cast"]
        reports = session.scalars(select(Purge)).all()
        assert all(report.is_clean for report in reports)
        verify.recomputed(scoresheets.document_of(session, id_of(wave), 1))


def files_of(db: Database) -> bytes:
    """The files in which PostgreSQL keeps a database, as they stand on the disk."""
    with db.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text("CHECKPOINT"))
        asked = "SELECT current_setting('data_directory'), oid FROM pg_database"
        where = connection.execute(text(f"{asked} WHERE datname = current_database()")).one()
    folder = Path(where[0]) / "base" / str(where[1])
    return b"".join(path.read_bytes() for path in folder.iterdir() if path.is_file())


@POSTGRESQL
def test_what_was_erased_is_not_readable_in_the_files_of_postgresql(
    db: Database, keys: KeyFile, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rewriting, "SNAPSHOTS", 0.0)
    monkeypatch.setattr(rewriting, "LOCK", 0.01)
    scored(db, keys)
    alone = db.engine.execution_options(isolation_level="AUTOCOMMIT")
    with alone.connect() as connection:
        connection.execute(text("ANALYZE"))  # it quotes what it found
    with db.reading() as session:
        known = [row.email.encode() for row in session.scalars(select(Respondent))]
    assert all(email in files_of(db) for email in known)
    clock.move(days=600)
    # Somebody who still has the database before him as it was: nothing is clean meanwhile.
    with alone.connect() as reader:
        reader.exec_driver_sql("BEGIN ISOLATION LEVEL REPEATABLE READ")
        reader.exec_driver_sql("SELECT count(*) FROM wave")
        purging.purge(db, keys, chain.CLOCK)
        assert not any(is_clean(db))
        reader.exec_driver_sql("ROLLBACK")
    # Somebody who holds one of the tables.
    with alone.connect() as reader:
        reader.exec_driver_sql("BEGIN")
        reader.exec_driver_sql("LOCK TABLE letter IN ACCESS SHARE MODE")
        purging.purge(db, keys, chain.CLOCK)
        assert not any(is_clean(db))
        reader.exec_driver_sql("ROLLBACK")
    assert purging.purge(db, keys, chain.CLOCK) == []
    assert all(is_clean(db))
    left = files_of(db)
    assert [email for email in known if email in left] == []
    assert "Người thứ".encode() not in left


@SQLITE
def test_a_reader_of_sqlite_keeps_what_was_erased_in_its_log_and_the_report_says_so(
    db: Database, keys: KeyFile, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rewriting, "SNAPSHOTS", 0.0)
    scored(db, keys)
    clock.move(days=600)
    with db.reading() as session:
        session.scalars(select(Wave)).all()
        purging.purge(db, keys, chain.CLOCK)
        assert db_has_no_log(db) or not any(is_clean(db))
    purging.purge(db, keys, chain.CLOCK)
    assert all(is_clean(db))


def db_has_no_log(db: Database) -> bool:
    """An SQLite that loses commits with a write-ahead log has none."""
    with db.reading() as session:
        return session.connection().exec_driver_sql("PRAGMA journal_mode").scalar() != "wal"


def is_clean(db: Database) -> list[bool]:
    with db.reading() as session:
        return list(session.scalars(select(col(Purge.is_clean))))


@SQLITE
def test_a_wave_keeps_to_the_months_that_were_set_when_it_was_launched(
    db: Database, keys: KeyFile, clock: Clock, configured: Settings
) -> None:
    """Respondents were told a day: no setting moves it afterwards, nor a row."""
    made_at = replace(holders.CONFIGURED, contacts_months=4)
    holders.draft(db, code=CODE)
    with db.transaction() as session:
        launch.launch(db, session, keys, made_at, waves.load(session, CODE))
    with db.reading() as session:
        name = names(session, waves.load(session, CODE))[0]
    page = stranger(db, keys, configured).client.get(f"/p/{keys.tokens.link(name)}").text
    assert "(4 tháng sau hạn gửi phiếu" in page
    with db.transaction() as session:
        close(db, session, wave := waves.load(session, CODE))
    unsealing.unseal(db, keys, CODE)
    with db.reading() as session:
        until = dates.of(session, waves.load(session, CODE), clock.now)
    assert until.contacts == dates.months_after(wave.closed_at or clock.now, 4)
    assert until.cast == until.contacts, "at the latest with the contacts"
    clock.move(days=121)
    purging.purge(db, keys, chain.CLOCK)
    with db.reading() as session:
        assert waves.load(session, CODE).contacts_erased_at is None
    clock.move(days=2)
    purging.purge(db, keys, chain.CLOCK)
    with db.reading() as session:
        assert waves.load(session, CODE).contacts_erased_at == clock.now


FILE = "nguyen-van-tam-0912345678.xlsx"


@SQLITE
@pytest.mark.parametrize("earlier", [False, True])
def test_the_name_of_a_roster_file_is_forgotten_with_the_people_in_it(
    db: Database, keys: KeyFile, clock: Clock, earlier: bool
) -> None:
    """It may name somebody. That they came from a file is told on."""
    wave = scored(db, keys, origin=("An", origins.of_file(FILE)))
    with db.transaction() as session:
        session.merge(Preparation(wave_id=id_of(wave), roster_file=FILE))
    if earlier:  # what a launch by an earlier version left
        with db.transaction() as session:
            facts = wavefacts.of_wave(session, wave)
            wavefacts.changed(session, waves.load(session, CODE), facts, roster_after="")
    where = (dump(db), *(each.read_bytes() for each in keys.path.parent.iterdir()))
    assert sum(FILE.encode() in each for each in where) == 2, "the database and the key file"
    clock.move(days=600)
    purging.purge(db, keys, chain.CLOCK)
    where = (dump(db), *(each.read_bytes() for each in keys.path.parent.iterdir()))
    assert not any(FILE.encode() in each for each in where)
    with db.reading() as session:
        wave = waves.load(session, CODE)
        (origin,) = origins.of(session, wave)
        opening = openingfacts.of(session, wave)
    assert (origin.by, origin.source, origin.people) == ("An", "một tệp", 20)
    assert opening is not None
    assert opening.roster == "20 người do An đưa vào từ một tệp"


@SQLITE
def test_rows_that_somebody_altered_before_a_purge_are_still_altered_after_it(
    db: Database, keys: KeyFile, clock: Clock
) -> None:
    wave = scored(db, keys)
    with db.transaction() as session:
        row = session.scalars(select(Respondent)).first()
        assert row is not None
        row.email = "ke-gian@vi-du.vn"
        session.add(row)
    clock.move(days=600)
    purging.purge(db, keys, chain.CLOCK)
    with db.reading() as session:
        found = alterations.find(session, keys, waves.load(session, CODE))
        assert len(found.altered) == 1
    assert b"ke-gian@vi-du.vn" not in dump(db)
    with db.transaction() as session:
        session.connection().execute(text("UPDATE wave SET contacts_erased_at = NULL"))
    with db.reading() as session, pytest.raises(wavefacts.WaveAltered):
        waves.load(session, wave.code)


@SQLITE
def test_a_backup_with_contacts_is_erased_again(db: Database, keys: KeyFile, clock: Clock) -> None:
    scored(db, keys)
    with db.reading() as session:
        rows = session.connection().execute(text("SELECT id, name, email FROM respondent")).all()
    clock.move(days=600)
    purging.purge(db, keys, chain.CLOCK)
    with db.transaction() as session:
        for id_, name, email in rows:
            session.connection().execute(
                text("UPDATE respondent SET name=:n, email=:e, erased_at=NULL WHERE id=:i"),
                {"n": name, "e": email, "i": id_},
            )
    assert [due.what for due in purging.purge(db, keys, chain.CLOCK)] == ["contacts"]
    assert rows[0].email.encode() not in dump(db)


@SQLITE
def test_a_purge_that_broke_off_goes_on_at_the_next(
    db: Database, keys: KeyFile, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    scored(db, keys)
    clock.move(days=600)
    verb = purging._VERBS["cast"]

    def breaks(*_given: object) -> dict[str, Any]:
        raise KeyboardInterrupt

    monkeypatch.setitem(purging._VERBS, "cast", breaks)
    with pytest.raises(KeyboardInterrupt):
        purging.purge(db, keys, chain.CLOCK)
    monkeypatch.setitem(purging._VERBS, "cast", verb)
    with db.reading() as session:
        assert [report.is_clean for report in session.scalars(select(Purge))] == [False]
    purging.purge(db, keys, chain.CLOCK)
    with db.reading() as session:
        found = session.scalars(select(Purge).order_by(col(Purge.id))).all()
    assert [report.what for report in found] == ["letters", "cast", "contacts"]
    assert all(report.is_clean for report in found)


@SQLITE
def test_an_open_or_sealed_wave_keeps_what_it_needs(
    db: Database, keys: KeyFile, clock: Clock
) -> None:
    make_wave(db, keys, code=CODE, closes=clock.now + timedelta(days=900))
    clock.move(days=700)
    assert purging.purge(db, keys, chain.CLOCK) == []


def test_eighteen_months_end_on_the_same_day_or_the_last_one() -> None:
    assert (
        dates.months_after(datetime(2026, 8, 31, 3, tzinfo=UTC), 18).date().isoformat()
        == "2028-02-29"
    )
    assert (
        dates.months_after(datetime(2026, 3, 4, 3, tzinfo=UTC), 18).date().isoformat()
        == "2027-09-04"
    )


@SQLITE
def test_the_command_tells_first_and_pages_open_after_it(
    db: Database,
    keys: KeyFile,
    clock: Clock,
    configured: Settings,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    scored(db, keys)
    clerk = desk_of(db, keys, configured, "officer", "council")

    @contextmanager
    def here() -> Iterator[tuple[Database, KeyFile, Settings]]:
        yield db, keys, configured

    monkeypatch.setattr(privacy, "workshop", here)
    privacy.purge(dry_run=True)
    assert "Không có dữ liệu cá nhân nào" in capsys.readouterr().out
    clock.move(days=600)
    privacy.purge(dry_run=True)
    said = capsys.readouterr().out
    assert "Đợt cu, dấu đã gửi phiếu hay chưa: 20 phiếu, đến hạn ngày" in said
    assert "chưa xóa gì" in said
    with db.reading() as session:
        assert not session.scalars(select(Purge)).all()
    privacy.purge()
    assert "thông tin liên hệ của người trong danh sách: 20 người" in capsys.readouterr().out
    clerk = desk_of(db, keys, configured, "officer", "council", name="Người mới")
    for page in ("danh-sach", "danh-sach/khong-gui-duoc", "theo-doi", "ket-qua", "xuat-bao-cao"):
        clerk.open(f"/quan-tri/dot/{CODE}/{page}")
        assert clerk.response.status_code in (200, 404), page
        assert "vi-du.vn</code>" not in clerk.response.text
    clerk.open("/quan-tri/du-lieu-ca-nhan")
    assert clerk.text.count("đã xóa ngày") == 3
    clerk.open("/quan-tri/nhat-ky?viec=privacy")
    assert "xóa: dấu đã gửi phiếu hay chưa" in clerk.text
    clerk.open(f"/quan-tri/dot/{CODE}/danh-sach")
    assert "20 người" in clerk.text
    assert "Thông tin liên hệ của mọi người đã xóa ngày" in clerk.text
    # There is nobody to look for, to download or to print.
    for offer in ("Từng người", "Tải danh sách về", "In trang này"):
        assert offer not in clerk.response.text, offer


@SQLITE
def test_a_key_file_made_anew_takes_an_erased_wave_over(
    db: Database, keys: KeyFile, clock: Clock
) -> None:
    scored(db, keys)
    clock.move(days=600)
    purging.purge(db, keys, chain.CLOCK)
    with keys.changing() as content:
        content["adopt"] = "new"
        del content["waves"][CODE]["facts"]
    adoption.adopt(db, keys)
    with db.reading() as session:
        wave = waves.load(session, CODE)
        assert wave.contacts_erased_at is not None
        assert not alterations.find(session, keys, wave)
