"""Committee mode from the command line: trustees without a browser, on machines of their own."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from app.commands.main import app
from app.keys import guard, phrase
from app.keys.keyfile import KeyFile
from app.settings import Settings
from app.store.db import open_database
from app.waves import closing
from app.waves import wave as waves
from tests.making import holders
from tests.making.blocks import cast_all

CODE = "dot-thu"
EMAILS = ["mot@vi-du.vn", "hai@vi-du.vn", "ba@vi-du.vn"]


class Shell:
    """Somebody at a shell; of a trustee in a folder of their own, with no server near."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder, self.environment = folder, environment

    def phieu(self, *arguments: str, typed: str | None = None) -> Result:
        return CliRunner().invoke(app, arguments, input=typed, env=self.environment)

    def fine(self, *arguments: str, typed: str | None = None) -> Result:
        done = self.phieu(*arguments, typed=typed)
        assert done.exit_code == 0, done.output
        return done

    def refused(self, *arguments: str, typed: str | None = None) -> str:
        done = self.phieu(*arguments, typed=typed)
        assert done.exit_code == 1, (done.output, done.exception)
        return done.stderr or str(done.exception)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_three_trustees_without_a_browser_hold_an_urn_and_two_of_them_open_it(
    configured: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A phrase is stretched for a fifth of a second; here that is not the point.
    monkeypatch.setattr(phrase, "ROUNDS", 1)
    # Commands go by the clock of the database.
    db = open_database(configured.database_url)
    keys = guard.guard(db, KeyFile(configured.key_file))
    office = Shell(
        tmp_path,
        PHIEU_DATABASE_URL=configured.database_url,
        PHIEU_KEY_FILE=str(keys.path),
        PHIEU_MAIL_FROM="phieu@vi-du.vn",
    )
    alone = Shell(tmp_path, PHIEU_DATA=str(tmp_path / "nowhere"), PHIEU_DATABASE_URL="")
    holders.draft(db)
    named = office.fine("wave", "trustees", CODE, "--need", "2", *EMAILS)
    assert "2 trong 3" in named.stdout
    assert "3. ba@vi-du.vn: chưa gửi khóa" in named.stdout
    phrases = {}
    for email in EMAILS:
        made = alone.fine("trustee", "key", CODE, "--out", str(tmp_path / email))
        (phrases[email],) = made.stdout.splitlines()
        assert "chỉ hiện lần này" in made.stderr
        handed = office.fine("wave", "trustee", CODE, email, str(tmp_path / email))
        assert handed.stdout.split()[-1].rstrip(".") in made.stderr, "the same print on both sides"
    given, opened = tmp_path / "given", tmp_path / "opened"

    def takes(email: str, typed: str) -> Result:
        office.fine("wave", "shares", CODE, email, "--out", str(given))
        return alone.fine("trustee", "open", str(given), "--out", str(opened), typed=typed)

    for email in EMAILS:
        assert "Phiếu mở thử" in takes(email, phrases[email].lower().replace("-", " ")).stderr
        assert "mở thử được" in office.fine("wave", "share", CODE, email, str(opened)).stdout
    office.fine("wave", "launch", CODE)
    wave = holders.loaded(db)
    cast_all(db, keys, wave)
    assert "chưa kết thúc" in office.refused("wave", "shares", CODE, EMAILS[0], "--out", str(given))
    with db.transaction() as session:
        closing.close(db, session, waves.load(session, CODE))
    seen = takes(EMAILS[2], phrases[EMAILS[2]])
    assert f"{CODE}: 12 phiếu" in seen.stderr
    assert (holders.loaded(db).urn_digest or "") in seen.stderr
    assert "khớp 12 phiếu" in office.fine("wave", "share", CODE, EMAILS[2], str(opened)).stdout
    assert "cần 2 ủy viên" in office.refused("wave", "unseal", CODE)
    # The wrong phrase, a mistyped one, and an urn that is not the one that was closed.
    office.fine("wave", "shares", CODE, EMAILS[0], "--out", str(given))
    open_it = ("trustee", "open", str(given), "--out", str(tmp_path / "wrong"))
    assert "không mở được phần nào" in alone.refused(*open_it, typed=phrases[EMAILS[1]])
    assert "đã nhập 5" in alone.refused(*open_it, typed="BCDFG")
    document = json.loads(given.read_text())
    (tmp_path / "fewer").write_text(json.dumps({**document, "rows": document["rows"][1:]}))
    fewer = ("trustee", "open", str(tmp_path / "fewer"), "--out", str(tmp_path / "wrong"))
    assert "Chưa hỏi cụm từ khóa" in alone.refused(*fewer, typed=phrases[EMAILS[0]])
    assert not (tmp_path / "wrong").exists()
    takes(EMAILS[0], phrases[EMAILS[0]])
    office.fine("wave", "share", CODE, EMAILS[0], str(opened))
    assert "đếm được 12" in office.fine("wave", "unseal", CODE).stdout
    assert not (tmp_path / "nowhere").exists()
    db.dispose()
