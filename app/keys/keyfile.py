"""The key file: master key, link keys, each wave's secrets until they are erased, and what the
database is held to.

The private urn key of a wave lies in it wrapped by the master key. Nothing of it is ever in the
database. How it is read and written is in `keptfile`.
"""

import os
from base64 import b64decode, b64encode
from dataclasses import dataclass
from functools import cached_property

from cryptography.exceptions import InvalidTag

from app.keys.committee import Committee
from app.keys.committee import read as read_committee
from app.keys.content import SECRETS, Content, derived_of_wave, is_launched, master_of, unwrap, wrap
from app.keys.cover import Cover
from app.keys.keptfile import KeptFile, KeyFileLost, KeysMissing
from app.keys.seals import OfficeOpener, Urn
from app.keys.tokens import BallotName, Tokens, derive, receipt
from app.keys.urn import new_key_pair
from app.language import _

__all__ = ["Altered", "KeyFile", "KeyFileLost", "KeysMissing", "WaveKeys"]


class Altered(Exception):
    """What the database says differs from what the key file holds it to."""


@dataclass(frozen=True)
class WaveKeys:
    """What only the key file knows of a launched wave."""

    secret: bytes  # drafts, and what trustees hand in
    private_key: bytes | None  # the urn; of a committee's there is none
    public_key: bytes
    index_digest: str  # of the index as it was launched
    versioned: bool  # rows of the urn begin with their version

    def urn(self, code: str) -> Urn:
        """What ballots of this wave are sealed to."""
        return Urn(code, self.index_digest, self.public_key, self.versioned)

    def opener(self, code: str, plain_bytes: int) -> OfficeOpener:
        """Opens the rows of an office's urn."""
        return OfficeOpener(self.urn(code), self.private_key or b"", plain_bytes)


class KeyFile(KeptFile):
    """The keys that the file holds, and those that are made of them."""

    @cached_property
    def tokens(self) -> Tokens:
        content = self.content()
        keys = [b64decode(key) for key in content["link_keys"]]
        return Tokens(b64decode(content["master"]), keys)

    @property
    def audit_key(self) -> bytes:
        """What the lines of the log are chained under."""
        return self.derived("audit")

    def derived(self, purpose: str) -> bytes:
        """32 bytes for one purpose, always the same for this key file."""
        return self.worked_out(("derived", purpose), lambda c: derive(master_of(c), purpose))

    def bond_key(self, code: str) -> bytes:
        """What the ballots of a wave are bound under."""
        return self._of_wave("bond_key", code)

    def receipt(self, code: str, ballot: BallotName) -> str:
        """The receipt of a ballot's issue: the same from link, code and any device."""
        return receipt(self.receipt_key(code), code, ballot)

    def receipt_key(self, code: str) -> bytes:
        """What the receipts of a wave are made under."""
        return self._of_wave("receipt_key", code)

    def cover(self, code: str) -> Cover:
        """What covers the rows of a wave's urn in the database."""

        def look(content: Content) -> Cover:
            covers = content["waves"].get(code, {}).get("covered", False)
            return Cover(self.receipt_key(code), code, covers=covers)

        return self.worked_out(("cover", code), look)

    def record_key(self, code: str) -> bytes:
        """What the public record of a wave is signed with, from its first entry on."""
        return self._of_wave("record_key", code)

    def later_record_keys(self, code: str) -> list[bytes]:
        """Keys that a public record may have gone over to since."""
        entry = self.content()["waves"].get(code, {})
        return [b64decode(key) for key in entry.get("record_keys", ())]

    def make_record_key(self, code: str) -> bytes:
        """Another key for the public record of a wave; it signs once an entry names it."""
        fresh = os.urandom(32)
        with self.changing() as content:
            entry = content["waves"].setdefault(code, {})
            entry.setdefault("record_keys", []).append(b64encode(fresh).decode())
        return fresh

    def _of_wave(self, name: str, code: str) -> bytes:
        """A key that outlives the wave's secrets: of the master key and the wave, unless the entry
        holds another, from a recovery copy or an earlier version of this program."""

        def look(content: Content) -> bytes:
            known = content["waves"].get(code, {}).get(name)
            return b64decode(known) if known else derived_of_wave(content, name, code)

        return self.worked_out((name, code), look)

    @property
    def log_begins(self) -> str:
        """The last line of the log from before this file was made in place of a lost one."""
        return str(self.content().get("log_begins", ""))

    def make_anew(self, log_begins: str) -> None:
        """A new key file in place of one lost for good. Raises KeysMissing when one is there."""
        with self.changing(anew=True) as content:
            if self.path.exists():
                words = _("Đã có tệp khóa {path}; không tạo tệp khác.")
                raise KeysMissing(words.format(path=self.path))
            content |= {"log_begins": log_begins, "adopt": "new"}

    def make_wave(self, code: str, index_digest: str, committee: Committee | None = None) -> bytes:
        """Make a wave's secrets, and give the public urn key: a fresh one, or those of a committee,
        to which no private key is here.

        A launch that was cut off may have left keys behind: they are replaced, and with them all
        that was said of that launch, which can come true no more. Raises Altered for a wave that
        was launched: its keys stay.
        """
        private, public = new_key_pair() if committee is None else (b"", committee.packed())
        with self.changing() as content:
            entry = content["waves"].setdefault(code, {})
            if is_launched(entry):
                raise Altered
            for name in ("facts", *SECRETS):
                entry.pop(name, None)
            if private:
                entry["private_key"] = wrap(master_of(content), private, code)
            entry |= {
                "secret": b64encode(os.urandom(32)).decode(),
                "public_key": b64encode(public).decode(),
                "index_digest": index_digest,
                "versioned": True,
                "covered": True,
            }
        return public

    def prepared(
        self, code: str, index_digest: str, committee: Committee | None = None
    ) -> bytes | None:
        """The public urn key of a wave whose keys were made before its launch, for this index and
        this committee, if there is one.

        None while nobody knows how a launch ended that was cut off: a row says that it came to
        nothing, and rows are not believed. Those keys may be of a running wave.
        """
        entry = self.content()["waves"].get(code) if self.path.exists() else None
        if entry is None or entry.get("facts") or entry.get("index_digest") != index_digest:
            return None
        public = b64decode(entry.get("public_key", ""))
        return public if public and read_committee(public) == committee else None

    def wave(self, code: str) -> WaveKeys:
        """The keys of a launched wave. Raises KeysMissing."""

        def look(content: Content) -> WaveKeys | None:
            entry = content["waves"].get(code, {})
            if "secret" not in entry:
                return None
            public, private = b64decode(entry["public_key"]), None
            if read_committee(public) is None:
                if "private_key" not in entry:
                    return None
                private = unwrap(master_of(content), entry["private_key"], code)
            versioned = entry.get("versioned", False)
            return WaveKeys(
                b64decode(entry["secret"]), private, public, entry["index_digest"], versioned
            )

        try:
            found = self.worked_out(("wave", code), look)
        except InvalidTag as error:
            words = _("Khóa của đợt {code} trong {path} đã hỏng. Chép lại tệp khóa từ bản lưu.")
            raise KeysMissing(words.format(code=code, path=self.path)) from error
        if found is None:
            raise KeysMissing(
                _(
                    "Tệp khóa {path} không có khóa của đợt {code}. Chép lại đúng tệp khóa đã dùng"
                    " khi phát phiếu, hoặc dùng bản khóa dự phòng."
                ).format(path=self.path, code=code)
            )
        return found

    def renew_secret(self, code: str, index_digest: str, public_key: bytes) -> None:
        """A secret for what trustees hand in, where that of the wave is lost: drafts are lost with
        it, but no sealed ballot, since trustees open those."""
        with self.changing() as content:
            content["waves"].setdefault(code, {}).update(
                secret=b64encode(os.urandom(32)).decode(),
                public_key=b64encode(public_key).decode(),
                index_digest=index_digest,
                versioned=True,
            )

    def urn_keys(self) -> dict[str, bytes]:
        """The public urn key of each wave that has or had one, by its code."""
        waves = self.content()["waves"].items()
        return {
            code: b64decode(entry["public_key"]) for code, entry in waves if "public_key" in entry
        }

    def has_wave(self, code: str) -> bool:
        """Whether the file holds secrets of a wave: in office mode what opens its urn."""
        return self.path.exists() and "secret" in self.content()["waves"].get(code, {})

    def erase_wave(self, code: str) -> None:
        """Forget a wave's secrets for good; doing it twice does no harm. Raises KeysMissing when
        the file itself is not there: it may come back with all that was in it."""
        if not self.path.exists():
            raise KeysMissing(_("Không thấy tệp khóa {path}.").format(path=self.path))
        if self.has_wave(code):
            with self.changing() as content:
                entry = content["waves"][code]
                for name in SECRETS:
                    entry.pop(name, None)
                if "facts" not in entry:
                    del content["waves"][code]
