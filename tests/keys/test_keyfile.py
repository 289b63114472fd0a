"""The key file: made once, private, changed whole, erased for good."""

import json
import subprocess
import sys
from base64 import b64decode, b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.keys import recovery
from app.keys.keyfile import KeyFile, KeysMissing
from app.keys.tokens import BallotName, derive, receipt
from app.keys.urn import Opener, seal

NAME = BallotName(bytes(12), 1)


def test_a_new_key_file_is_for_its_owner_only(keys: KeyFile) -> None:
    keys.tokens.link(NAME)
    assert keys.path.stat().st_mode & 0o777 == 0o600


def test_several_processes_make_one_key_file(tmp_path: Path) -> None:
    """Server and command line may both be the first."""
    script = (
        "import sys; from pathlib import Path; from app.keys.keyfile import KeyFile;"
        "from app.keys.tokens import BallotName;"
        "print(KeyFile(Path(sys.argv[1])).tokens.link(BallotName(bytes(12), 1)))"
    )
    command = [sys.executable, "-c", script, str(tmp_path / "phieu.key")]
    started = [subprocess.Popen(command, stdout=subprocess.PIPE) for _process in range(4)]
    assert len({process.communicate(timeout=60)[0] for process in started}) == 1


def test_another_process_s_wave_is_seen(keys: KeyFile) -> None:
    keys.make_wave("mot", "sha256:00")
    KeyFile(keys.path).make_wave("hai", "sha256:01")
    assert keys.wave("hai").index_digest == "sha256:01"


def test_the_private_key_fits_the_public_one(keys: KeyFile) -> None:
    public = keys.make_wave("mot", "sha256:00")
    sealed = seal(public, b"info", "R" * 19, b"answers")
    opener = Opener(keys.wave("mot").private_key, b"info")
    assert opener.open(sealed) == b"R" * 19 + b"answers"


def test_the_private_key_is_not_in_the_file_in_the_clear(keys: KeyFile) -> None:
    from base64 import b64encode

    keys.make_wave("mot", "sha256:00")
    assert b64encode(keys.wave("mot").private_key) not in keys.path.read_bytes()


def test_erased_keys_are_nowhere_in_the_folder(keys: KeyFile) -> None:
    keys.make_wave("mot", "sha256:00")
    keys.make_wave("hai", "sha256:00")
    entry = json.loads(keys.path.read_text())["waves"]["mot"]
    keys.erase_wave("mot")
    keys.erase_wave("mot")
    left = b"".join(path.read_bytes() for path in keys.path.parent.iterdir())
    assert entry["secret"].encode() not in left
    assert entry["private_key"].encode() not in left
    with pytest.raises(KeysMissing, match="mot"):
        keys.wave("mot")
    assert keys.has_wave("hai")


def test_links_outlive_the_keys_of_a_wave(keys: KeyFile) -> None:
    link = keys.tokens.link(NAME)
    keys.make_wave("mot", "sha256:00")
    keys.erase_wave("mot")
    assert KeyFile(keys.path).tokens.link(NAME) == link


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"format": 3}', '{"format": 2}', '{"format": 1, "master": "x"}']
)
def test_a_damaged_key_file_is_refused_and_left_as_it_is(keys: KeyFile, content: str) -> None:
    keys.path.parent.mkdir()
    keys.path.write_text(content)
    with pytest.raises(KeysMissing, match="bản lưu"):
        keys.make_wave("mot", "sha256:00")
    with pytest.raises(KeysMissing, match="bản lưu"):
        keys.tokens.link(NAME)
    assert keys.path.read_text() == content


def test_a_recovery_copy_brings_the_keys_back(keys: KeyFile) -> None:
    keys.make_wave("mot", "sha256:00")
    before = keys.wave("mot")
    copy = recovery.copy_of(keys, "mot", "ba con mèo đen")
    keys.erase_wave("mot")
    opened = recovery.open_copy(copy, "ba con mèo đen\n")
    assert opened.wave == "mot"
    recovery.put_back(keys, opened)
    assert keys.wave("mot") == before


def test_a_recovery_copy_opens_its_urn_beside_another_key_file_and_nothing_else(
    keys: KeyFile, tmp_path: Path
) -> None:
    for code in ("mot", "hai"):
        keys.make_wave(code, "sha256:00")
    copy = recovery.copy_of(keys, "mot", "ba con mèo đen")
    fresh = KeyFile(tmp_path / "fresh.key")
    recovery.put_back(fresh, recovery.open_copy(copy, "ba con mèo đen"))
    assert fresh.wave("mot") == keys.wave("mot")
    assert fresh.receipt("mot", NAME) == keys.receipt("mot", NAME)
    assert fresh.bond_key("mot") == keys.bond_key("mot")
    assert fresh.tokens.link(NAME) != keys.tokens.link(NAME)
    assert fresh.audit_key != keys.audit_key
    for code in ("hai", "ba"):
        assert not fresh.has_wave(code)
        assert fresh.receipt(code, NAME) != keys.receipt(code, NAME)
        assert fresh.bond_key(code) != keys.bond_key(code)


def test_a_recovery_copy_holds_no_master_key_and_no_other_wave(keys: KeyFile) -> None:
    """What whoever finds copy and phrase can do ends with this urn."""
    for code in ("mot", "hai"):
        keys.make_wave(code, "sha256:00")
    _document, held = recovery._opened(
        recovery.copy_of(keys, "mot", "ba con mèo đen"), "ba con mèo đen", "wave"
    )
    content = keys.content()
    secrets = {content["master"], *content["link_keys"]}
    secrets |= {content["waves"]["hai"][name] for name in ("secret", "private_key")}
    assert not secrets & set(held.values())


def old_copy(keys: KeyFile, code: str, phrase: str) -> str:
    """A recovery copy as earlier versions made them: the key file but for other waves."""
    content = keys.content()
    held = {
        "format": 1,
        "master": content["master"],
        "link_keys": content["link_keys"],
        "waves": {code: content["waves"][code]},
    }
    return recovery._sealed({"phieu_recovery": 1, "wave": code}, held, phrase, code)


def test_a_copy_that_an_earlier_version_made_brings_a_lost_key_file_back(
    keys: KeyFile, tmp_path: Path
) -> None:
    keys.make_wave("mot", "sha256:00")
    copy = old_copy(keys, "mot", "ba con mèo đen")
    fresh = KeyFile(tmp_path / "fresh.key")
    recovery.put_back(fresh, recovery.open_copy(copy, "ba con mèo đen"))
    assert fresh.wave("mot") == keys.wave("mot")
    assert fresh.tokens.link(NAME) == keys.tokens.link(NAME)
    # All receipts were made under one key then.
    key = derive(b64decode(keys.content()["master"]), "receipt")
    assert fresh.receipt("mot", NAME) == receipt(key, "mot", NAME)


def test_a_copy_of_the_master_key_brings_all_back_but_secrets_of_waves(
    keys: KeyFile, tmp_path: Path
) -> None:
    keys.make_wave("mot", "sha256:00")
    copy = recovery.copy_of_master(keys, "ba con mèo đen")
    fresh = KeyFile(tmp_path / "fresh.key")
    held = recovery.open_master(copy, "ba con mèo đen")
    recovery.restore_master(fresh, held)
    assert fresh.tokens.link(NAME) == keys.tokens.link(NAME)
    assert fresh.audit_key == keys.audit_key
    assert fresh.receipt("mot", NAME) == keys.receipt("mot", NAME)
    assert not fresh.has_wave("mot")
    assert "adopt" in fresh.content()
    with pytest.raises(KeysMissing, match="Đã có tệp khóa"):
        recovery.restore_master(fresh, held)


@pytest.mark.parametrize("kind", ["wave", "master"])
def test_one_kind_of_copy_does_not_pass_for_the_other(keys: KeyFile, kind: str) -> None:
    keys.make_wave("master", "sha256:00")
    phrase = "ba con mèo đen"
    make, read = {
        "wave": (lambda: recovery.copy_of(keys, "master", phrase), recovery.open_master),
        "master": (lambda: recovery.copy_of_master(keys, phrase), recovery.open_copy),
    }[kind]
    with pytest.raises(KeysMissing):
        read(make(), phrase)


def forged(copy: str, phrase: str, change: Callable[[dict[str, Any]], object], code: str) -> str:
    """A recovery copy with other things in it, by somebody who knows its phrase."""
    old = json.loads(copy)
    raw = b64decode(old["keys"])
    cipher = AESGCM(recovery._stretch(phrase, raw[:16]))
    content = json.loads(cipher.decrypt(raw[16:28], raw[28:], old["wave"].encode()))
    change(content)
    sealed = cipher.encrypt(raw[16:28], json.dumps(content).encode(), code.encode())
    return json.dumps({"wave": code, "keys": b64encode(raw[:28] + sealed).decode()})


def test_a_recovery_copy_touches_no_other_wave_and_no_keys_that_open(keys: KeyFile) -> None:
    phrase = "ba con mèo đen"
    for code in ("mot", "hai"):
        keys.make_wave(code, "sha256:00")
    before = keys.path.read_text()

    def spoil(content: dict[str, Any]) -> None:
        content |= {"waves": {"hai": dict(content)}, "secret": "AAAA", "index_digest": "sha256:11"}

    copy = forged(recovery.copy_of(keys, "mot", phrase), phrase, spoil, "mot")
    recovery.put_back(keys, recovery.open_copy(copy, phrase))
    assert json.loads(keys.path.read_text()) == json.loads(before)


def test_a_recovery_copy_comes_before_older_keys_of_its_wave(keys: KeyFile) -> None:
    """A key file from a backup of before the index changed, and with it the keys."""
    phrase = "ba con mèo đen"
    keys.make_wave("mot", "sha256:00")
    backup = keys.path.read_bytes()
    public = keys.make_wave("mot", "sha256:11")
    copy = recovery.copy_of(keys, "mot", phrase)
    keys.path.write_bytes(backup)
    restored = KeyFile(keys.path)
    assert restored.wave("mot").public_key != public
    recovery.put_back(restored, recovery.open_copy(copy, phrase))
    assert restored.wave("mot").public_key == public


@pytest.mark.parametrize("spoilt", ["secret", "bond_key", "private_key"])
def test_a_forged_copy_is_refused_in_words(keys: KeyFile, spoilt: str) -> None:
    phrase = "ba con mèo đen"
    keys.make_wave("mot", "sha256:00")

    def spoil(content: dict[str, Any]) -> None:
        if spoilt == "private_key":
            content |= {"private_key": "AAAA", "public_key": 7}
        else:
            del content[spoilt]

    copy = forged(recovery.copy_of(keys, "mot", phrase), phrase, spoil, "mot")
    with pytest.raises(KeysMissing, match="mở không đúng"):
        recovery.open_copy(copy, phrase)


@pytest.mark.parametrize("phrase", ["ba con mèo", "", "BA CON MÈO ĐEN"])
def test_another_pass_phrase_does_not_open_the_copy(keys: KeyFile, phrase: str) -> None:
    keys.make_wave("mot", "sha256:00")
    copy = recovery.copy_of(keys, "mot", "ba con mèo đen")
    with pytest.raises(KeysMissing, match="mật khẩu"):
        recovery.put_back(keys, recovery.open_copy(copy, phrase))


@pytest.mark.parametrize("copy", ["", "{}", "[]", '{"wave": "mot", "keys": "@@"}'])
def test_a_damaged_copy_is_refused(keys: KeyFile, copy: str) -> None:
    with pytest.raises(KeysMissing, match="hỏng"):
        recovery.put_back(keys, recovery.open_copy(copy, "ba con mèo đen"))


def test_secrets_are_not_erased_while_the_file_is_away(keys: KeyFile) -> None:
    """A folder that is not mounted comes back with all that was in it."""
    keys.make_wave("mot", "sha256:00")
    away = keys.path.rename(keys.path.with_name("noi-khac"))
    with pytest.raises(KeysMissing, match="Không thấy tệp khóa"):
        keys.erase_wave("mot")
    away.rename(keys.path)
    keys.erase_wave("mot")
    assert not keys.has_wave("mot")
