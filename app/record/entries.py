"""An entry of a public record made, hashed and signed, and the document of all of them. Pure.

The formats are described in docs/record.md.
"""

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from app.language import HANOI
from app.scores.cells import Counts
from app.scores.scoring import Tally

FORMAT = "phieu.record/1"
LABEL = b"phieu record 1"
NOTHING_BEFORE = "0" * 64
# What an entry adds to the facts that its digest is of.
SEALS = ("digest", "signature")

Entry = dict[str, Any]
Document = dict[str, Any]


def digest_of(entry: Mapping[str, Any]) -> str:
    """The SHA-256 of an entry without its seals, as RFC 8785 writes it, in hex.

    ValueError or RecursionError for what RFC 8785 cannot hold.
    """
    plain = {name: value for name, value in entry.items() if name not in SEALS}
    return hashlib.sha256(rfc8785.dumps(plain)).hexdigest()


def signed(wave: str, digest: str) -> bytes:
    """What the signature of an entry is over."""
    return b"\0".join((LABEL, wave.encode(), digest.encode()))


def make(
    key: Ed25519PrivateKey, wave: str, before: Entry | None, at: datetime, what: str, facts: Entry
) -> Entry:
    """The entry after another one, None for the first. A clock that was set back does not show."""
    when = at if before is None else max(at, datetime.fromisoformat(before["at"]))
    entry: Entry = {
        "number": 0 if before is None else before["number"] + 1,
        "at": written(when),
        "what": what,
        "facts": facts,
        "previous": NOTHING_BEFORE if before is None else before["digest"],
    }
    digest = digest_of(entry)
    return entry | {"digest": digest, "signature": base64_of(key.sign(signed(wave, digest)))}


def written(when: datetime) -> str:
    """A time of an entry: Hà Nội's, to the second."""
    return when.astimezone(HANOI).isoformat(timespec="seconds")


def base64_of(data: bytes) -> str:
    return base64.b64encode(data).decode()


def public(key: Ed25519PrivateKey) -> str:
    """The public half of a key, as records have it."""
    return base64_of(key.public_key().public_bytes_raw())


def is_signed(key: str, wave: str, entry: Mapping[str, Any]) -> bool:
    """Whether an entry's digest is signed by a key, as records have it."""
    try:
        known = Ed25519PublicKey.from_public_bytes(base64.b64decode(key, validate=True))
        signature = base64.b64decode(entry["signature"], validate=True)
        known.verify(signature, signed(wave, entry["digest"]))
    except Exception:  # noqa: BLE001  # whatever a stranger wrote there, it is no signature
        return False
    return True


def document(wave: str, key: str, entries: Sequence[Entry]) -> Document:
    return {"format": FORMAT, "wave": wave, "key": key, "entries": list(entries)}


def to_json(record: Mapping[str, Any]) -> bytes:
    """UTF-8 with a readable indent and a line end; the same record is always the same bytes."""
    return (json.dumps(record, ensure_ascii=False, indent=1) + "\n").encode()


def tally_digest(tally: Tally) -> str:
    """The digest of the counts of an opening."""
    counts = {_name(*item): cells for item, cells in tally.counts.items()}
    asked = {_name(*at): said.counts if said else None for at, said in tally.choices.items()}
    return _of_counts({**counts, **asked})


def tally_of_sheet(sheet: Mapping[str, Any]) -> str:
    """The same out of a score sheet alone."""
    counts: dict[str, Counts | None] = {}
    for unit in sheet["units"]:
        asked = [each for leaf in unit["criteria"] for each in leaf.get("questions", ())]
        for each in (*asked, *unit.get("choices", ())):
            counts[_name(each["code"], unit["code"])] = each["counts"]
    for each in sheet.get("choices", ()):
        counts[_name(each["code"], "")] = each["counts"]
    return _of_counts(counts)


def _name(question: str, unit: str) -> str:
    return f"{question}.{unit}" if unit else question


def _of_counts(counts: Mapping[str, Counts | None]) -> str:
    plain: Any = dict(counts)
    return "sha256:" + hashlib.sha256(rfc8785.dumps(plain)).hexdigest()
