"""`phieu backup` and `phieu restore` as an administrator of the server meets them."""

import gzip
import hashlib
import json
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing as ended
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import insert, text
from sqlmodel import SQLModel, col, select

from app.audit import chain
from app.backup import folder, form, making, outside
from app.backup.folder import Seal
from app.backup.refused import Damaged
from app.bonds import wavefacts
from app.count import unsealing
from app.keys import guard
from app.keys.keyfile import KeyFile
from app.store import migrating, upkeep
from app.store.db import Database, open_database
from app.store.models import Respondent, Wave
from app.store.officemodels import CopyAsked, WrongTry
from app.store.privacymodels import Purge
from app.waves import closing
from app.waves import wave as waves
from tests.commands.test_staff import Shell
from tests.conftest import Clock
from tests.making.blocks import cast_all, make_index, make_wave, names
from tests.making.consoles import make_staff
from tests.making.elsewhere import Elsewhere, elsewhere, quick_tables
from tests.store.test_upkeep import switch_on

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
POSTGRESQL = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
CODE = "dot-thu"


@pytest.fixture
def shell(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    database_url: str,
    blank_sqlite: Path,
) -> Shell:
    quick_tables(monkeypatch, blank_sqlite)
    settle(monkeypatch, tmp_path / "data", database_url, tmp_path / "keys" / "phieu.key")
    return Shell(monkeypatch, capsys)


def settle(monkeypatch: pytest.MonkeyPatch, data: Path, url: str, key_file: Path) -> None:
    monkeypatch.setenv("PHIEU_DATA", str(data))
    monkeypatch.setenv("PHIEU_DATABASE_URL", url)
    monkeypatch.setenv("PHIEU_KEY_FILE", str(key_file))
    monkeypatch.setenv("PHIEU_MAIL_FROM", "phieu@vi-du.vn")


@pytest.fixture
def home(database_url: str, keys: KeyFile) -> Iterator[Database]:
    """A database by the real clock, as commands have it."""
    db = open_database(database_url)
    guard.guard(db, keys)
    yield db
    db.dispose()


@pytest.fixture
def there(request: pytest.FixtureRequest, tmp_path: Path, database_url: str) -> Iterator[Elsewhere]:
    with elsewhere(request, tmp_path / "may-khac", database_url.startswith("sqlite")) as found:
        yield found


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    """A folder for backups."""
    path = tmp_path / "sao-luu"
    path.mkdir()
    return path


def go(shell: Shell, there: Elsewhere) -> None:
    """From now on commands are run on the other machine."""
    data = there.folder / "data"
    settle(shell.monkeypatch, data, there.database_url, there.key_file)


def only(shelf: Path) -> Path:
    (found,) = shelf.iterdir()
    return found


def test_every_table_is_taken_along_or_named_as_left_out(
    home: Database, keys: KeyFile, tmp_path: Path
) -> None:
    made = folder.write(home, keys, tmp_path / "ban", Seal())
    assert set(made.counts) | set(making.LEFT_OUT) == set(SQLModel.metadata.tables)
    assert not set(made.counts) & set(making.LEFT_OUT)


def test_what_lasts_for_moments_is_not_kept_for_years(
    home: Database, keys: KeyFile, tmp_path: Path, configured: object
) -> None:
    with home.transaction() as session:
        now = home.now(session)
        key = {"key": "dau-cua-mot-mang", "ends_at": now, "number": 3}
        session.connection().execute(insert(WrongTry), [key])
        session.connection().execute(insert(CopyAsked), [{"email_key": "ai-do@la.vn"}])
    data = gzip.decompress(folder.write(home, keys, tmp_path / "ban", Seal()).file.read_bytes())
    assert b"dau-cua-mot-mang" not in data
    assert b"ai-do@la.vn" not in data


def test_both_deeds_are_in_the_log_and_the_log_is_whole(
    shell: Shell, home: Database, keys: KeyFile, shelf: Path, there: Elsewhere
) -> None:
    make_wave(home, keys, make_index(), 12)
    make_staff(home, keys, "officer")
    assert shell.run("backup", str(shelf)) == 0, shell.err
    file = only(shelf)
    assert file.stat().st_mode & 0o777 == 0o600
    there.bring_keys(keys)
    go(shell, there)
    assert shell.run("restore", str(file)) == 0, shell.err
    assert "Mọi người đăng nhập lại" in shell.out
    assert "audit accept" not in shell.out
    assert shell.run("audit", "verify") == 0, shell.err
    with there.opened() as (db, _keys), db.reading() as session:
        lines = chain.lines(session, "backup")
    assert [line.action for line in lines] == ["backup.restore", "backup.make"]
    assert all(line.facts["file"] == file.name for line in lines)
    assert lines[1].facts["sealed"] is False
    assert lines[0].words == "Khôi phục cơ sở dữ liệu từ bản sao lưu"


def test_a_backup_made_while_nothing_may_be_written_is_put_back_to_be_worked_with(
    shell: Shell, home: Database, keys: KeyFile, shelf: Path, there: Elsewhere
) -> None:
    make_wave(home, keys, make_index(), 12)
    switch_on(home)
    assert shell.run("backup", str(shelf)) == 0, shell.err
    assert shell.run("audit", "verify") == 0, shell.err
    with home.reading() as session:
        assert upkeep.standing(session) is not None
    there.bring_keys(keys)
    go(shell, there)
    assert shell.run("restore", str(only(shelf))) == 0, shell.err
    with there.opened() as (db, _keys), db.reading() as session:
        assert upkeep.standing(session) is None


def test_what_went_on_after_the_backup_is_told_with_what_to_do(
    shell: Shell, home: Database, keys: KeyFile, shelf: Path, there: Elsewhere
) -> None:
    wave = make_wave(home, keys, make_index(), 12)
    assert shell.run("backup", str(shelf)) == 0, shell.err
    with home.transaction() as session:
        found = waves.load(session, CODE)
        before = wavefacts.of_wave(session, found)
        found.closes_at += timedelta(days=1)
        session.add(found)
        session.flush()
        wavefacts.changed(session, found, before)
        chain.note(session, keys, home.now(session), "ai đó", "wave.extend", CODE)
    make_wave(home, keys, make_index("assigned"), 12, code="sau")
    make_staff(home, keys, "officer")
    there.bring_keys(keys)
    go(shell, there)
    assert shell.run("restore", str(only(shelf))) == 0, shell.err
    assert "phieu audit accept" in shell.out
    assert f"phieu wave repair {wave.code}" in shell.out
    assert "Đợt sau phát phiếu sau bản sao lưu" in shell.out
    assert shell.run("wave", "repair", CODE) == 0, shell.err
    assert shell.run("audit", "accept", "--reason", "đĩa hỏng") == 0, shell.err
    assert shell.run("audit", "verify") == 0, shell.err


def test_nothing_that_is_there_is_overwritten(
    shell: Shell, home: Database, keys: KeyFile, shelf: Path
) -> None:
    make_wave(home, keys, make_index(), 12)
    assert shell.run("backup", str(shelf / "mot")) == 0, shell.err
    assert shell.run("backup", str(shelf / "mot")) == 1
    assert "Đã có tệp" in shell.err
    assert shell.run("restore", str(shelf / "mot")) == 1
    assert "không ghi đè" in shell.err
    with home.reading() as session:
        assert len(names(session, waves.load(session, CODE))) == 12


@SQLITE
@pytest.mark.parametrize("ending", ["-wal", "-journal"])
def test_what_an_old_file_left_beside_is_not_taken_for_the_new_ones(
    shell: Shell, home: Database, keys: KeyFile, shelf: Path, there: Elsewhere, ending: str
) -> None:
    make_wave(home, keys, make_index(), 12)
    assert shell.run("backup", str(shelf)) == 0, shell.err
    go(shell, there)
    left = there.folder / "data" / f"phieu.sqlite3{ending}"
    left.parent.mkdir()
    left.write_bytes(b"of a database that was there")
    assert shell.run("restore", str(only(shelf))) == 1
    assert str(left) in shell.err


SPOILS: list[tuple[str, Callable[[bytes], bytes]]] = [
    ("cut", lambda data: data[: len(data) // 2]),
    ("its end missing", lambda data: gz(gunz(data)[: gunz(data).rindex(b'{"end"')])),
    ("a byte of it", lambda data: data[:500] + bytes([data[500] ^ 8]) + data[501:]),
    ("a name", lambda data: gz(gunz(data).replace("Người thứ 3".encode(), "Người thứ 4".encode()))),
    ("a row missing", lambda data: gz(without(gunz(data), b'"Ng'))),
    ("more behind it", lambda data: gz(gunz(data) + b"[]\n")),
    ("empty", lambda data: b""),
    ("a table of its own", lambda data: gz(gunz(data).replace(b'"respondent"', b'"nguoi"'))),
    ("not JSON", lambda data: gz(gunz(data).replace(b'["', b'["\\', 3))),
    ("another form", lambda data: gz(gunz(data).replace(b"phieu.backup/1", b"phieu.backup/9"))),
    ("no backup at all", lambda data: b"PK\x03\x04" + data),
]


def gunz(data: bytes) -> bytes:
    return gzip.decompress(data)


def gz(data: bytes) -> bytes:
    return gzip.compress(data)


def without(data: bytes, sign: bytes) -> bytes:
    lines = data.split(b"\n")
    del lines[next(n for n, line in enumerate(lines) if sign in line)]
    return b"\n".join(lines)


@SQLITE
def test_a_damaged_file_is_refused_and_nothing_is_made(
    shell: Shell, home: Database, keys: KeyFile, shelf: Path, there: Elsewhere
) -> None:
    make_wave(home, keys, make_index(), 12)
    assert shell.run("backup", str(shelf)) == 0, shell.err
    file, spoilt = only(shelf), shelf / "hong"
    there.bring_keys(keys)
    go(shell, there)
    for what, spoil in SPOILS:
        spoilt.write_bytes(spoil(file.read_bytes()))
        assert spoilt.read_bytes() != file.read_bytes(), what
        assert shell.run("restore", str(spoilt)) == 1, what
        assert str(spoilt) in shell.err, what
        assert "Traceback" not in shell.err, what
        assert any(way in shell.err for way in ("Chép lại tệp", "Chọn tệp khác")), what
        assert not (there.folder / "data").exists(), what
    assert shell.run("restore", str(shelf / "khong-co")) == 1
    assert "Không đọc được tệp" in shell.err
    assert shell.run("restore", "--check", str(file)) == 0, shell.err
    assert not (there.folder / "data").exists()


@SQLITE
def test_whoever_writes_a_backup_of_their_own_is_found_by_the_key_file(
    shell: Shell, home: Database, keys: KeyFile, shelf: Path, there: Elsewhere, tmp_path: Path
) -> None:
    make_wave(home, keys, make_index(), 12)
    other = KeyFile(tmp_path / "la" / "phieu.key")
    foreign = folder.write(home, other, shelf / "la", Seal()).file
    there.bring_keys(keys)
    go(shell, there)
    assert shell.run("restore", str(foreign)) == 1
    assert "tệp khóa khác" in shell.err
    assert str(there.key_file) in shell.err
    # The same with the print of the right key file written into it, and all digests made anew.
    lines = gunz(foreign.read_bytes())
    lines = lines.replace(form.print_of(other).encode(), form.print_of(keys).encode())
    body, end = lines[: lines.rindex(b'{"end"')], json.loads(lines[lines.rindex(b'{"end"') :])
    end["sha256"] = hashlib.sha256(body).hexdigest()
    forged = shelf / "gia"
    forged.write_bytes(gz(body + json.dumps(end).encode() + b"\n"))
    assert shell.run("restore", str(forged)) == 1
    assert "dấu của tệp khóa không khớp" in shell.err


@SQLITE
def test_without_a_key_file_it_is_put_back_and_told_what_is_missing(
    shell: Shell, home: Database, keys: KeyFile, shelf: Path, there: Elsewhere
) -> None:
    make_wave(home, keys, make_index(), 12)
    assert shell.run("backup", str(shelf)) == 0, shell.err
    go(shell, there)
    assert shell.run("restore", str(only(shelf))) == 1
    assert "Đã khôi phục vào" in shell.out
    assert "chép tệp khóa của hệ thống vào" in shell.err
    assert not there.key_file.exists(), "none was made in its place"
    there.bring_keys(keys)
    assert shell.run("audit", "verify") == 0, shell.err


@SQLITE
def test_encrypted_to_a_key_or_a_phrase_only_who_has_it_restores(
    shell: Shell, home: Database, keys: KeyFile, shelf: Path, there: Elsewhere
) -> None:
    make_wave(home, keys, make_index(), 12)
    said = ["một câu dài đủ chữ"]
    shell.monkeypatch.setattr("typer.prompt", lambda *_words, **_how: said[0])
    key = shelf / "khoa.txt"
    assert shell.run("keys", "backup-key", str(key)) == 0, shell.err
    to = shell.out.split()[-1]
    assert key.stat().st_mode & 0o777 == 0o600
    assert shell.run("keys", "backup-key", str(key)) == 1
    assert shell.run("backup", str(shelf / "theo-khoa"), "--recipient", to) == 0, shell.err
    assert shell.run("backup", str(shelf / "theo-cau"), "--phrase") == 0, shell.err
    assert shell.run("backup", str(shelf / "x"), "--phrase", "--recipient", to) == 1
    assert shell.run("backup", str(shelf / "x"), "--recipient", to[:-1] + "q") == 1
    assert "age1…" in shell.err
    for name in ("theo-khoa", "theo-cau"):
        assert b"nguoi1@vi-du.vn" not in (shelf / name).read_bytes()
    there.bring_keys(keys)
    go(shell, there)
    assert shell.run("restore", str(shelf / "theo-khoa")) == 1
    assert "--identity" in shell.err
    said[0] = "một câu khác hẳn thế"
    assert shell.run("restore", str(shelf / "theo-cau")) == 1
    assert "sai mật khẩu" in shell.err
    assert not (there.folder / "data").exists()
    said[0] = "một câu dài đủ chữ"
    assert shell.run("restore", "--check", str(shelf / "theo-cau")) == 0, shell.err
    words = ("restore", str(shelf / "theo-khoa"), "--identity", str(key))
    assert shell.run(*words) == 0, shell.err


@SQLITE
def test_only_the_newest_are_kept_and_other_files_stay(
    shell: Shell, home: Database, keys: KeyFile, shelf: Path
) -> None:
    make_wave(home, keys, make_index(), 12)
    old = [f"phieu-2026010{day}T020000Z.backup{end}" for day in (1, 2, 3) for end in ("", ".age")]
    others = ["ghi-chu.txt", "phieu-20260101T020000Z.backup.txt", "dữ liệu.sqlite3"]
    left = "phieu-20260104T020000Z.backup.part"
    for name in (*old, *others, left):
        (shelf / name).write_bytes(b"")
    assert shell.run("backup", str(shelf), "--keep", "3") == 0, shell.err
    there = sorted(each.name for each in shelf.iterdir())
    assert [name for name in there if name in old] == old[4:]
    assert set(others) < set(there)
    assert left not in there, "of a backup that was cut off"
    assert len(there) == len(others) + 3
    assert shell.run("backup", str(shelf / "tep"), "--keep", "3") == 1
    assert "--keep" in shell.err


@SQLITE
def test_a_backup_that_is_being_written_is_not_taken_for_one_cut_off(
    home: Database, keys: KeyFile, shelf: Path
) -> None:
    with folder._new(shelf / "phieu-20260104T020000Z.backup.part"):
        assert folder.rotate(shelf, 1) == []
    assert len(folder.rotate(shelf, 1)) == 1


@SQLITE
def test_beside_the_key_file_no_backup_is_written(
    shell: Shell, home: Database, keys: KeyFile
) -> None:
    make_wave(home, keys, make_index(), 12)
    assert shell.run("backup", str(keys.path.parent)) == 1
    assert "không được nằm chung" in shell.err
    assert {each.suffix for each in keys.path.parent.iterdir()} <= {".key", ".head", ".lock"}


@SQLITE
def test_a_full_disk_leaves_no_half_of_a_backup(
    shell: Shell, home: Database, keys: KeyFile, shelf: Path
) -> None:
    make_wave(home, keys, make_index(), 12)

    def full(*_given: object) -> None:
        raise OSError(28, os.strerror(28))

    shell.monkeypatch.setattr("os.fsync", full)
    assert shell.run("backup", str(shelf)) == 1
    assert "chỗ trống" in shell.err
    assert list(shelf.iterdir()) == []


def test_backups_from_before_an_erasure_are_named(
    shell: Shell, home: Database, keys: KeyFile, shelf: Path
) -> None:
    make_wave(home, keys, make_index(), 12)
    assert shell.run("backup", str(shelf)) == 0, shell.err
    assert "còn giữ dữ liệu đã xóa" not in shell.err
    first = only(shelf)
    older = shelf / "phieu-20260101T020000Z.backup"
    first.rename(older)
    with home.transaction() as session:
        row = {
            "wave": CODE,
            "what": "letters",
            "due_at": home.now(session),
            "by": "",
            "counts": "{}",
        }
        now = home.now(session) - timedelta(hours=1)
        session.connection().execute(
            insert(Purge), [row | {"at": now, "kept": "{}", "is_clean": True}]
        )
    assert shell.run("backup", str(shelf)) == 0, shell.err
    assert "còn giữ dữ liệu đã xóa" in shell.err
    assert older.name in shell.err
    assert shell.err.count(".backup") == 1


@SQLITE
def test_what_was_due_is_erased_again_when_it_comes_back(
    shell: Shell,
    database_url: str,
    keys: KeyFile,
    clock: Clock,
    shelf: Path,
    there: Elsewhere,
) -> None:
    # A wave of long ago by the clock of commands; backed up before anything of it was erased.
    clock.move(days=-2000)
    db = open_database(database_url, clock)
    guard.guard(db, keys)
    make_wave(db, keys, make_index(), 12)
    cast_all(db, keys, make_of(db))
    clock.move(days=20)
    with db.transaction() as session:
        closing.close(db, session, waves.load(session, CODE))
    unsealing.unseal(db, keys, CODE)
    file = folder.write(db, keys, shelf / "cu", Seal()).file
    db.dispose()
    assert b"nguoi1@vi-du.vn" in gunz(file.read_bytes())
    there.bring_keys(keys)
    go(shell, there)
    assert shell.run("restore", str(file)) == 0, shell.err
    assert "Đã xóa lại dữ liệu cá nhân" in shell.out
    with there.opened() as (other, _keys), other.reading() as session:
        assert set(session.scalars(select(Respondent.email))) == {""}


def make_of(db: Database) -> Wave:
    with db.reading() as session:
        return waves.load(session, CODE)


@SQLITE
def test_a_backup_of_an_earlier_version_is_brought_up_and_one_of_a_later_refused(
    shell: Shell, home: Database, keys: KeyFile, shelf: Path, there: Elsewhere
) -> None:
    make_wave(home, keys, make_index(), 12)
    older = migrating.revisions()[-2]
    downgrade(home, older)
    assert shell.run("backup", str(shelf)) == 0, shell.err
    with home.reading() as session:
        assert migrating.revision(session.connection()) == older, "a backup upgrades nothing"
    file = only(shelf)
    there.bring_keys(keys)
    go(shell, there)
    shell.monkeypatch.setattr(migrating, "revisions", lambda: ["0001", "0002"])
    assert shell.run("restore", str(file)) == 1
    assert "phiên bản mới hơn" in shell.err
    shell.monkeypatch.undo()  # by all its migrations
    go(shell, there)
    assert shell.run("restore", str(file)) == 0, shell.err
    with there.opened() as (db, _keys), db.reading() as session:
        assert migrating.revision(session.connection()) == migrating.revisions()[-1]
        assert len(names(session, waves.load(session, CODE))) == 12


def downgrade(db: Database, to: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(migrating.MIGRATIONS))
    with db.engine.execution_options(phieu_write=True).begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, to)


@SQLITE
def test_without_a_database_there_is_nothing_to_back_up(
    shell: Shell, there: Elsewhere, shelf: Path
) -> None:
    go(shell, there)
    assert shell.run("backup", str(shelf)) == 1
    assert "Chưa có cơ sở dữ liệu" in shell.err
    assert not (there.folder / "data").exists()


@SQLITE
def test_a_restore_cut_off_leaves_nothing_in_the_way_of_the_next(
    shell: Shell, home: Database, keys: KeyFile, shelf: Path, there: Elsewhere
) -> None:
    make_wave(home, keys, make_index(), 12)
    assert shell.run("backup", str(shelf)) == 0, shell.err
    there.bring_keys(keys)
    go(shell, there)
    data = there.folder / "data"
    data.mkdir()
    # As a kill in the middle leaves it.
    shutil.copy(str(home.engine.url.database), data / "phieu.sqlite3.restoring")
    (data / "phieu.sqlite3.restoring-wal").write_bytes(b"half")
    assert shell.run("restore", str(only(shelf))) == 0, shell.err
    assert {each.name for each in data.iterdir()} <= {
        *("phieu.sqlite3", "phieu.sqlite3-wal", "phieu.sqlite3-shm")
    }
    with ended(sqlite3.connect(data / "phieu.sqlite3")) as line:
        assert line.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


@SQLITE
def test_a_place_that_cannot_be_written_to_is_told(
    shell: Shell, home: Database, keys: KeyFile, shelf: Path, there: Elsewhere
) -> None:
    make_wave(home, keys, make_index(), 12)
    assert shell.run("backup", str(shelf)) == 0, shell.err
    file = only(shelf)
    (shelf / "data").write_bytes(b"a file, not a folder")
    shell.monkeypatch.setenv("PHIEU_DATABASE_URL", f"sqlite:///{shelf}/data/phieu.sqlite3")
    shell.monkeypatch.setenv("PHIEU_DATA", str(there.folder))
    assert shell.run("restore", str(file)) == 1
    assert "Không ghi được bản sao lưu" in shell.err
    assert shell.run("backup", str(shelf / "data" / "x")) == 1


@POSTGRESQL
def test_on_postgresql_numbers_go_on_after_the_last_and_nothing_half_stays(
    shell: Shell, home: Database, keys: KeyFile, shelf: Path, there: Elsewhere
) -> None:
    make_wave(home, keys, make_index(), 12)
    assert shell.run("backup", str(shelf)) == 0, shell.err
    there.bring_keys(keys)
    go(shell, there)
    with shell.monkeypatch.context() as patch:
        patch.setattr("app.backup.restoring._must_hold", broken)
        assert shell.run("restore", str(only(shelf))) == 1
    with psycopg.connect(there.database_url, autocommit=True) as line:
        there_is = line.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
        assert there_is.fetchone() == (0,)
    assert shell.run("restore", str(only(shelf))) == 0, shell.err
    with there.opened() as (db, kept):
        make_wave(db, kept, make_index("assigned"), 12, code="hai")
        with db.reading() as session:
            assert [wave.id for wave in session.scalars(select(Wave).order_by(col(Wave.id)))] == [
                1,
                2,
            ]


def broken(*_given: object) -> None:
    raise Damaged(Path("x"), "half of it")


@POSTGRESQL
def test_archives_and_slots_of_the_log_are_warned_of(
    shell: Shell, home: Database, keys: KeyFile, shelf: Path, database_url: str
) -> None:
    assert outside.keepers(home, database_url) == []
    make_wave(home, keys, make_index(), 12)
    with psycopg.connect(database_url, autocommit=True) as line:
        name = f"ban_sao_{os.getpid()}"
        line.execute("SELECT pg_create_physical_replication_slot(%s)", [name])
        try:
            assert shell.run("backup", str(shelf)) == 0, shell.err
        finally:
            line.execute("SELECT pg_drop_replication_slot(%s)", [name])
    assert name in shell.err
    assert "hòm phiếu quên" in shell.err


@SQLITE
def test_litestream_is_warned_of(home: Database, database_url: str) -> None:
    assert outside.keepers(home, database_url) == []
    with home.engine.execution_options(phieu_write=True).begin() as connection:
        connection.execute(text("CREATE TABLE _litestream_seq (id INTEGER PRIMARY KEY)"))
    (told,) = outside.keepers(home, database_url)
    assert "Litestream" in told
