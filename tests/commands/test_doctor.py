"""`phieu doctor` finds what is wrong, says what to do, and changes nothing."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from app.audit import chain
from app.commands.main import app
from app.doctor import clocks, inside, machine, reaching
from app.doctor.finding import BAD, GOOD, LOOK
from app.keys.keyfile import KeyFile
from app.letters import stops
from app.settings import Settings
from app.store import migrating
from app.store.db import Database
from tests.conftest import Clock
from tests.making.blocks import make_wave
from tests.making.posting import through
from tests.making.receiver import receiving
from tests.making.running import house
from tests.making.smtp import smtp_server
from tests.store.test_upkeep import switch_on

RUN = CliRunner()
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
BOTH = pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)


@BOTH
def test_what_runs_as_it_should_has_nothing_that_fails(tmp_path: Path, database_url: str) -> None:
    with (
        smtp_server() as relay,
        house(tmp_path, database_url, PHIEU_SMTP_URL=relay.url) as home,
    ):
        make_wave(home.db, home.keys)
        with home.serving() as server:
            home.environment["PHIEU_BASE_URL"] = f"http://127.0.0.1:{server.port}"
            found = home.phieu("doctor")
            assert found.returncode == 0, found.stdout
            assert "CHƯA ĐẠT" not in found.stdout
            assert "Không có gì chưa đạt." in found.stdout
            assert "Đang chạy trên máy này" in found.stdout
            server.kill()
        stopped = home.phieu("doctor")
        assert stopped.returncode == 1
        assert "Không tiến trình nào trên máy này đang gửi thư" in stopped.stdout
        assert "Không mở được http://127.0.0.1" in stopped.stdout
        assert not [kept for kept in relay.kept if "doctor" in kept.recipient]


def test_settings_that_are_refused_are_all_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PHIEU_BASE_URL", "http://phieu.tinh.gov.vn")
    monkeypatch.setenv("PHIEU_SMTP_URL", "sai")
    said = RUN.invoke(app, ["doctor"])
    assert said.exit_code == 1
    assert said.output.count("CHƯA ĐẠT") == 2
    assert "PHIEU_BASE_URL" in said.output
    assert "PHIEU_SMTP_URL" in said.output


def test_where_there_is_nothing_yet_nothing_is_made(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PHIEU_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("PHIEU_BASE_URL", "http://127.0.0.1:9")
    said = RUN.invoke(app, ["doctor"])
    assert "phieu serve" in said.output
    assert not list(tmp_path.iterdir())


def test_a_database_that_cannot_be_had_is_told_and_the_page_goes_on(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PHIEU_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("PHIEU_DATABASE_URL", "postgresql://phieu:bi-mat@127.0.0.1:9/phieu")
    monkeypatch.setenv("PHIEU_BASE_URL", "http://127.0.0.1:9")
    said = RUN.invoke(app, ["doctor"])
    assert said.exit_code == 1
    assert "Cơ sở dữ liệu: Không dùng được" in said.output
    assert "bi-mat" not in said.output
    assert "Máy chủ thư" in said.output


@SQLITE
def test_a_damaged_file_is_seen(configured: Settings, db: Database, keys: KeyFile) -> None:
    make_wave(db, keys)
    db.dispose()
    path = Path(configured.database_url.removeprefix("sqlite:///"))
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 2)
        file.write(b"\xff" * 20_000)
    broken = Database(configured.database_url)
    with broken.reading() as session:
        found = inside.of_tables(configured, session)
    broken.dispose()
    assert (found.state, "bị hỏng" in found.words) == (BAD, True)


def test_tables_of_another_version_are_told_apart(configured: Settings, db: Database) -> None:
    newest = migrating.revisions()[-1]
    try:
        for number, words in ((migrating.revisions()[0], "cũ hơn"), ("9999", "mới hơn")):
            with db.transaction() as session:
                session.connection().execute(
                    text("UPDATE alembic_version SET version_num = :n"), {"n": number}
                )
            with db.reading() as session:
                found = inside.of_tables(configured, session)
            assert (found.state, words in found.words) == (BAD, True)
    finally:
        with db.transaction() as session:
            session.connection().execute(
                text("UPDATE alembic_version SET version_num = :n"), {"n": newest}
            )


@SQLITE
def test_a_key_file_that_others_read_or_that_lies_with_the_data_is_told(
    configured: Settings, db: Database, keys: KeyFile
) -> None:
    make_wave(db, keys)
    assert [each.state for each in machine.of_key_file(configured, keys)] == [GOOD]
    keys.path.chmod(0o640)
    (found,) = machine.of_key_file(configured, keys)
    assert (found.state, "chmod 600" in found.remedy) == (BAD, True)
    keys.path.chmod(0o600)
    together = replace(configured, data=keys.path.parent)
    assert [each.state for each in machine.of_key_file(together, keys)] == [LOOK]
    keys.path.unlink()
    (found,) = machine.of_key_file(configured, keys)
    assert (found.state, "phieu keys restore" in found.remedy) == (BAD, True)


@SQLITE
def test_letters_keys_switch_and_clock_are_told(
    configured: Settings, db: Database, keys: KeyFile, clock: Clock
) -> None:
    wave = make_wave(db, keys)

    def bad() -> list[str]:
        with db.reading() as session:
            found = [*inside.of_rows(db, keys, session), clocks.of_clock(db, session)]
        return [each.about for each in found if each.state == BAD]

    assert bad() == []
    with db.transaction() as session:
        stops.mark(session, stops.OUT, db.now(session), "Máy chủ thư từ chối", for_good=True)
    assert bad() == ["Thư"]
    switch_on(db, 30)
    clock.move(hours=1)
    assert bad() == ["Thư", "Bảo trì"]
    keys.erase_wave(wave.code)
    assert bad() == ["Khóa của đợt", "Thư", "Bảo trì"]


@SQLITE
def test_a_clock_that_went_back_is_told(db: Database, keys: KeyFile, clock: Clock) -> None:
    with db.transaction() as session:
        chain.note(session, keys, db.now(session), "An", "roster.add")
    clock.move(minutes=-5)
    with db.reading() as session:
        found = clocks.of_clock(db, session)
    assert (found.state, "trước việc cuối cùng" in found.words) == (BAD, True)


def test_room_is_judged_by_what_is_free() -> None:
    states = [machine.of_room(Path("/"), free * machine.MB).state for free in (10, 500, 50_000)]
    assert states == [BAD, LOOK, GOOD]


@SQLITE
def test_the_relay_hears_who_would_send_and_gets_no_letter(configured: Settings) -> None:
    with smtp_server() as relay:
        assert reaching.of_relay(through(configured, relay)).state == GOOD
        assert not relay.kept
    with smtp_server(lambda at, _to: "550 5.7.1 not allowed" if at == "mail" else None) as relay:
        assert reaching.of_relay(through(configured, relay)).state == BAD
    assert reaching.of_relay(through(configured, 9)).state == BAD
    assert reaching.of_relay(replace(configured, relay=None)).state == BAD


@SQLITE
def test_a_certificate_that_no_browser_trusts_is_told(configured: Settings, tmp_path: Path) -> None:
    with receiving(tmp_path, "localhost") as server:
        there = replace(configured, base_url=f"https://localhost:{server.port}")
        found = reaching.of_address(there)
        assert (found.state, "không tin chứng thư" in found.words) == (BAD, True)
        # Trusted, but something else answers.
        found = reaching.of_address(there, server.trusted)
        assert (found.state, "không phải chương trình này" in found.words) == (BAD, True)


def test_a_certificate_that_ends_soon_is_told() -> None:
    body = json.dumps({"reasons": [], "warnings": []}).encode()
    states = [
        reaching._answered("https://a.vn", 200, body, timedelta(days=days), "", local=False).state
        for days in (3, 60)
    ]
    assert states == [LOOK, GOOD]
