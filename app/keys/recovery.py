"""Copies of keys under a pass phrase (scrypt, AES-256-GCM): of one wave, or of the master key.

A wave's recovery copy holds that wave's keys and no master key: it opens this urn, and nothing else
of the program. The copy of the master key is for who has lost the key file: with it links, accounts
and the log go on; it holds no wave's secrets. Both are text files, made and opened here; putting
one back changes the key file.
"""

import json
import os
from base64 import b64decode, b64encode
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from app.keys import committee
from app.keys.content import SECRETS, Content, derived_of_wave, master_of, unwrap, wrap
from app.keys.keyfile import KeyFile, KeysMissing
from app.keys.tokens import derive
from app.keys.urn import Opener, Spoiled, seal
from app.language import _

# What one guess at the phrase of a copy costs: 64 MiB and its time. For every copy alike.
STRETCH = 2**16
SHORTEST_PHRASE = 16  # signs of it
MASTER = "master"
# Keys of a wave that are not secrets of its urn, and that its master key makes otherwise.
LASTING = ("receipt_key", "bond_key", "record_key")
# How the rows of its urn lie in the database: an earlier version knew nothing of it.
OF_ROWS = ("versioned", "covered")
# An earlier version made copies without it.
MAY_LACK = ("record_key", *OF_ROWS)


@dataclass(frozen=True)
class OpenedCopy:
    """A recovery copy of a wave that opens: of which wave, its public urn key, and all it holds."""

    wave: str
    public_key: bytes
    private_key: bytes = field(repr=False)
    content: dict[str, str] = field(repr=False)
    # Of a copy that an earlier version made: its whole key file but for other waves.
    file: Content | None = field(default=None, repr=False)


def copy_of(keys: KeyFile, code: str, pass_phrase: str) -> str:
    """All that opens a wave's urn, as text; of a committee's what is needed beside its trustees.
    Raises KeysMissing."""
    private, content = keys.wave(code).private_key, keys.content()
    entry = content["waves"][code]
    held = {
        "secret": entry["secret"],
        "private_key": b64encode(private or b"").decode(),
        "public_key": entry["public_key"],
        "index_digest": entry["index_digest"],
        **{name: "yes" for name in OF_ROWS if entry.get(name)},
        **{
            name: entry.get(name) or b64encode(derived_of_wave(content, name, code)).decode()
            for name in LASTING
        },
    }
    return _sealed({"phieu_recovery": 2, "wave": code}, held, pass_phrase, code)


def open_copy(copy: str, pass_phrase: str) -> OpenedCopy:
    """Open a recovery copy and try it: the work of a second. Raises KeysMissing."""
    document, held = _opened(copy, pass_phrase, "wave")
    code = str(document["wave"])
    try:
        file = held if "master" in held else None
        entry = _entry_of_file(held, code) if file else held
        private, public = b64decode(entry["private_key"]), b64decode(entry["public_key"])
        if committee.read(public) is None:
            Opener(private, b"trial").open(seal(public, b"trial", "", b"phieu"))
        found = {
            name: str(entry[name])
            for name in ("secret", "public_key", "index_digest", *OF_ROWS, *LASTING)
            if name in entry or name not in MAY_LACK
        }
    except (InvalidTag, Spoiled, ValueError, KeyError, TypeError) as error:
        raise KeysMissing(_("Bản khóa dự phòng mở không đúng. Tạo lại bản khác.")) from error
    return OpenedCopy(code, public, private, found, file)


def _entry_of_file(file: Content, code: str) -> dict[str, str]:
    """What a copy of today would hold, out of one that an earlier version made."""
    entry, master = file["waves"][code], master_of(file)
    return {
        **entry,
        "private_key": b64encode(unwrap(master, entry["private_key"], code)).decode(),
        "receipt_key": b64encode(derive(master, "receipt")).decode(),
        "bond_key": b64encode(derived_of_wave(file, "bond_key", code)).decode(),
    }


def check_copy(copy: str, pass_phrase: str) -> bytes:
    """Open a recovery copy and try it; gives its public urn key. Raises KeysMissing."""
    return open_copy(copy, pass_phrase).public_key


def put_back(keys: KeyFile, copy: OpenedCopy) -> None:
    """Put the keys of a recovery copy that was opened back. Raises KeysMissing.

    Of its own wave alone, and not in place of the same keys where they open: who knows the phrase
    can write into it. A copy that an earlier version made brings a lost key file back as well.
    """
    is_new = not keys.path.exists()
    if copy.file is None:
        keys.must_be_there()
    with keys.changing(anew=copy.file is not None) as content:
        if copy.file is not None and (is_new or _is_blank(content)):
            content |= {name: copy.file[name] for name in ("master", "link_keys")}
            content["adopt"] = "upgrade"
        entry = content["waves"].setdefault(copy.wave, {})
        of_office = committee.read(copy.public_key) is None
        if entry.get("public_key") == copy.content["public_key"] and "secret" in entry:
            with suppress(InvalidTag, ValueError, KeyError):
                if of_office:
                    unwrap(master_of(content), entry["private_key"], copy.wave)
                return
        entry |= {name: copy.content[name] for name in ("secret", "public_key", "index_digest")}
        entry |= {name: name in copy.content for name in OF_ROWS}
        if of_office:
            entry["private_key"] = wrap(master_of(content), copy.private_key, copy.wave)
        for name in LASTING:
            own = b64encode(derived_of_wave(content, name, copy.wave)).decode()
            held = copy.content.get(name, own)
            if held != own:
                entry[name] = held
    keys.__dict__.pop("tokens", None)


def _is_blank(content: Content) -> bool:
    """Whether a key file was just made and holds nothing yet."""
    return not content["waves"] and not content.get("accounts") and "log_begins" not in content


def copy_of_master(keys: KeyFile, pass_phrase: str) -> str:
    """The master key and what goes with it, as text; no wave's secrets."""
    content = keys.content()
    waves = {
        code: {name: value for name, value in entry.items() if name not in SECRETS}
        for code, entry in content["waves"].items()
        if "facts" in entry
    }
    return _sealed({"phieu_master": 1}, {**content, "waves": waves}, pass_phrase, MASTER)


def open_master(copy: str, pass_phrase: str) -> Content:
    """Open a copy of the master key and try it. Raises KeysMissing."""
    _document, held = _opened(copy, pass_phrase, MASTER)
    try:
        content: Content = held
        if len(master_of(content)) == 32 and held["link_keys"] and isinstance(held["waves"], dict):
            return content
    except (ValueError, KeyError, TypeError):
        pass
    raise KeysMissing(_("Bản sao khóa gốc mở không đúng. Tạo lại bản khác."))


def restore_master(keys: KeyFile, held: Content) -> None:
    """A key file out of a copy of the master key, where there is none. Raises KeysMissing.

    What became of waves and accounts since the copy was made is taken from the database.
    """
    with keys.changing(anew=True) as content:
        if keys.path.exists():
            raise KeysMissing(
                _("Đã có tệp khóa {path}; đổi tên tệp ấy (đừng xóa) rồi làm lại.").format(
                    path=keys.path
                )
            )
        content |= {**held, "adopt": "copy"}
    keys.__dict__.pop("tokens", None)


def _sealed(head: dict[str, Any], held: Any, pass_phrase: str, bound_to: str) -> str:
    salt, nonce = os.urandom(16), os.urandom(12)
    cipher = AESGCM(_stretch(pass_phrase, salt))
    sealed = cipher.encrypt(nonce, json.dumps(held).encode(), bound_to.encode())
    return json.dumps({**head, "keys": b64encode(salt + nonce + sealed).decode()})


def _opened(copy: str, pass_phrase: str, kind: str) -> tuple[dict[str, Any], Any]:
    """Document and content of a copy. Raises KeysMissing."""
    try:
        document: dict[str, Any] = json.loads(copy)
        bound_to = MASTER if kind == MASTER else str(document["wave"])
        raw = b64decode(document["keys"], validate=True)
        key = _stretch(pass_phrase, raw[:16])
        plain = AESGCM(key).decrypt(raw[16:28], raw[28:], bound_to.encode())
        return document, json.loads(plain)
    except (InvalidTag, ValueError, KeyError, TypeError, RecursionError) as error:
        words = (
            _("Không mở được bản sao khóa gốc: sai mật khẩu, hoặc tệp đã hỏng. Thử lại.")
            if kind == MASTER
            else _("Không mở được bản khóa dự phòng: sai mật khẩu, hoặc tệp đã hỏng. Thử lại.")
        )
        raise KeysMissing(words) from error


def _stretch(pass_phrase: str, salt: bytes) -> bytes:
    return Scrypt(salt=salt, length=32, n=STRETCH, r=8, p=1).derive(pass_phrase.strip().encode())
