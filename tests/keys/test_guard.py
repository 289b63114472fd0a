"""A key file that is lost: nothing goes on as if it were a new one, and there are ways back."""

from pathlib import Path

import pytest

from app.audit import chain, checking
from app.audit.chain import ChainBroken
from app.keys import guard, recovery
from app.keys.keyfile import KeyFile, KeysMissing
from app.settings import Settings
from app.staff import accounts, passwords
from app.store.db import Database
from tests.audit.test_chain import tamper
from tests.commands.test_out_of_turn import PHRASE, Office
from tests.conftest import first_on_both
from tests.making.blocks import cast_all, make_wave, names
from tests.making.consoles import desk_of, make_staff, stranger
from tests.making.running import house

# Whether a database is in use is asked on both; what is done then turns on no SQL.
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

PASSWORD = "con trâu đen ăn cỏ"


def lose(keys: KeyFile) -> bytes:
    """The key file gone, as when a folder is not mounted; gives what was in it."""
    content = keys.path.read_bytes()
    for path in keys.path.parent.iterdir():
        path.unlink()
    return content


def test_beside_an_empty_database_the_key_file_is_made_on_first_use(
    db: Database, keys: KeyFile
) -> None:
    guard.guard(db, keys)
    keys.must_be_there()
    assert not keys.path.exists()
    with db.transaction() as session:
        chain.note(session, keys, db.now(session), "An", "account.setup")
    assert keys.path.exists()
    assert guard.in_use(db)


@pytest.mark.parametrize("what", ["account", "wave", "log"])
def test_beside_a_database_in_use_no_key_file_is_made(
    db: Database, keys: KeyFile, what: str
) -> None:
    if what == "account":
        make_staff(db, keys, "officer")
    elif what == "wave":
        make_wave(db, keys, people=4)
    else:
        with db.transaction() as session:
            chain.note(session, keys, db.now(session), "An", "index.upload")
    lose(keys)
    found = guard.guard(db, KeyFile(keys.path))
    for use in (
        found.must_be_there,
        lambda: found.audit_key,
        lambda: found.tokens,
        lambda: found.make_wave("moi", "sha256:00"),
    ):
        with pytest.raises(KeysMissing, match="chép lại từ bản lưu"):
            use()
    assert list(keys.path.parent.iterdir()) == []


def test_a_sign_in_while_the_key_file_is_away_leaves_the_log_whole(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    staff_id, secret = make_staff(db, keys, "officer")
    with db.transaction() as session:
        accounts.use_password(session, staff_id, passwords.hashed(PASSWORD))
        chain.note(session, keys, db.now(session), "An", "index.upload")
        email = accounts.get(session, staff_id).email
    clerk = stranger(db, KeyFile(keys.path), configured)
    clerk.secret = secret
    head = keys.path.with_name(f"{keys.path.name}.head").read_text()
    content = lose(keys)
    typed = {"email": email, "mat-khau": PASSWORD, "ma": clerk.code()}
    refused = clerk.client.post("/quan-tri/dang-nhap", data=typed)
    assert refused.status_code == 503
    assert "Báo người quản trị máy chủ" in refused.text
    assert str(keys.path) not in refused.text
    assert not keys.path.exists()
    assert clerk.client.get("/ready").status_code == 503
    keys.path.write_bytes(content)
    keys.path.with_name(f"{keys.path.name}.head").write_text(head)
    with db.reading() as session:
        assert checking.verify(session, keys).number == 1
    clerk.used = 0
    clerk.open("/quan-tri/dang-nhap").submit({**typed, "ma": clerk.code()})
    assert clerk.path == "/quan-tri"


@SQLITE
def test_a_page_without_the_key_file_says_what_is_missing(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    clerk = desk_of(db, KeyFile(keys.path), configured)
    lose(keys)
    clerk.open("/quan-tri/tai-khoan")
    assert clerk.status == 503
    assert "Máy chủ thiếu tệp khóa. Báo người quản trị máy chủ" in clerk.text
    assert not keys.path.exists()


@SQLITE
def test_neither_server_nor_command_starts_without_the_key_file_of_its_database(
    tmp_path: Path, database_url: str
) -> None:
    with house(tmp_path, database_url) as home:
        make_staff(home.db, home.keys, "officer")
        lose(home.keys)
        for command in (
            ("serve", "--port", "0"),
            ("staff", "list"),
            ("audit", "verify"),
            ("wave", "status", "dot-thu"),
            ("send",),
        ):
            done = home.phieu(*command)
            assert done.returncode == 1, command
            assert "Không thấy tệp khóa" in done.stderr
            assert "phieu wave unseal MÃ --recovery TỆP" in done.stderr
            assert "Traceback" not in done.stderr
        assert list(home.keys.path.parent.iterdir()) == []


def test_a_new_key_file_is_made_by_command_alone_and_the_log_goes_on_from_where_it_was(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    office = Office(configured)
    office.says("staff", "add", "an@vi-du.vn", "--role", "admin")
    office.says("staff", "add", "binh@vi-du.vn", "--role", "officer")
    with pytest.raises(KeysMissing, match="Đã có tệp khóa"):
        office.says("keys", "new", "--yes")
    lose(keys)
    with pytest.raises(AssertionError, match="mọi tài khoản phải đặt lại"):
        office.says("keys", "new")
    assert not keys.path.exists()
    assert "phieu staff reset" in office.says("keys", "new", "--yes")
    assert "/quan-tri/moi/" in office.says("staff", "reset", "an@vi-du.vn")
    said = office.says("audit", "verify")
    assert "nguyên vẹn: 4 dòng" in said
    assert "Dòng 1 đến 2 ghi dưới tệp khóa đã mất" in said
    clerk = desk_of(db, keys, configured)
    clerk.open("/quan-tri/nhat-ky").press("Kiểm tra")
    assert "Dòng 1 đến 2 ghi dưới tệp khóa đã mất" in clerk.text
    assert "Tạo tệp khóa mới, tệp cũ đã mất" in clerk.text


@first_on_both(
    "statement,words",
    [
        ("DELETE FROM audit WHERE number = 1", "thiếu dòng 1"),
        ("UPDATE audit SET mac = 'x' WHERE number = 2", "Dòng 2"),
        ("UPDATE audit SET who = 'x' WHERE number = 3", "Dòng 3"),
        ("DELETE FROM audit WHERE number = 3", "thiếu dòng 3"),
    ],
)
def test_under_a_new_key_file_the_log_is_still_a_chain(
    db: Database, keys: KeyFile, configured: Settings, statement: str, words: str
) -> None:
    office = Office(configured)
    for name in ("an", "binh"):
        office.says("staff", "add", f"{name}@vi-du.vn", "--role", "admin")
    lose(keys)
    office.says("keys", "new", "--yes")
    tamper(db, statement)
    with db.reading() as session, pytest.raises(ChainBroken, match=words):
        checking.verify(session, keys)


@SQLITE
def test_a_recovery_copy_brings_its_wave_alone_into_a_key_file_made_anew(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    make_wave(db, keys, people=4)
    copy = recovery.copy_of(keys, "dot-thu", PASSWORD)
    lose(keys)
    Office(configured).says("keys", "new", "--yes")
    anew = KeyFile(keys.path)
    before = anew.content()["master"]
    recovery.put_back(anew, recovery.open_copy(copy, PASSWORD))
    assert anew.content()["master"] == before
    assert anew.has_wave("dot-thu")


@SQLITE
def test_a_copy_of_the_master_key_brings_a_lost_key_file_back(
    db: Database, keys: KeyFile, configured: Settings, tmp_path: Path
) -> None:
    """Links, accounts and the log go on; the urn opens with its own copy."""
    office, file, urn = Office(configured), tmp_path / "goc.json", tmp_path / "hom.json"
    wave = make_wave(db, keys, people=4)
    cast_all(db, keys, wave)
    twice = f"{PHRASE}\n{PHRASE}\n"
    office.says("keys", "copy", str(file), answers=twice)
    assert file.stat().st_mode & 0o777 == 0o600
    urn.write_text(recovery.copy_of(keys, "dot-thu", PHRASE))
    office.types("close", "dot-thu", "--yes")
    with db.reading() as session:
        links = [keys.tokens.link(name) for name in names(session, wave)]
    lose(keys)
    office.says("keys", "restore", str(file), answers=f"{PHRASE}\n")
    back = KeyFile(keys.path)
    with db.reading() as session:
        assert [back.tokens.link(name) for name in names(session, wave)] == links
    assert "nguyên vẹn" in office.says("audit", "verify")
    with pytest.raises(KeysMissing, match="không có khóa của đợt"):
        office.types("unseal", "dot-thu")
    opened = ("unseal", "dot-thu", "--recovery", str(urn))
    assert "đếm được 4" in office.types(*opened, answers=f"{PHRASE}\n")
