"""Which facts an entry of each kind has, and what each may be. Pure."""

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

Shape = Callable[[Any], bool]
DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


def is_count(value: object) -> bool:
    return type(value) is int and 0 <= value < 2**53


def is_number(value: object) -> bool:
    return is_count(value) and value != 0


def is_text(value: object) -> bool:
    return isinstance(value, str) and value != ""


def is_digest(value: object) -> bool:
    return isinstance(value, str) and DIGEST.fullmatch(value) is not None


def is_key(value: object) -> bool:
    """32 bytes in base64, padded, in the one way there is to write them."""
    try:
        raw = base64.b64decode(value, validate=True) if isinstance(value, str) else b""
    except (binascii.Error, ValueError):
        return False
    return len(raw) == 32 and base64.b64encode(raw).decode() == value


def is_moment(value: object) -> bool:
    """ISO 8601 with an offset."""
    try:
        return isinstance(value, str) and datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


def is_flag(value: object) -> bool:
    return isinstance(value, bool)


def are_keys(value: object) -> bool:
    return isinstance(value, list) and len(value) >= 2 and all(map(is_key, value))


LAUNCH: Mapping[str, Shape] = {
    "wave": is_text,
    "key": is_key,
    "index": is_digest,
    "mode": lambda value: value in ("office", "committee"),
    "two_people": is_flag,
    "issued": is_count,
    "opens_at": is_moment,
    "closes_at": is_moment,
}
# Who can open the urn: one key, or so many of these.
OF_MODE: Mapping[str, Mapping[str, Shape]] = {
    "office": {"urn_key": is_key},
    "committee": {"trustees": are_keys, "need": is_number},
}
SHAPES: Mapping[str, Mapping[str, Shape]] = {
    "launch": LAUNCH,
    "issue": {"count": is_number},
    "extend": {"closes_at": is_moment},
    "cancel": {},
    "close": {
        "closed_at": is_moment,
        "cast": is_count,
        "not_cast": is_count,
        "urn": is_digest,
    },
    "void": {"count": is_number},
    "reopen": {"until": is_moment},
    "unseal": {
        "counted": is_count,
        "void": is_count,
        "foreign": is_count,
        "receipts": is_digest,
        "tally": is_digest,
    },
    "score": {"sheet": is_number, "digest": is_digest},
    "key": {"key": is_key},
}


def has_shape(what: str, facts: Mapping[str, Any]) -> bool:
    """Whether an entry of a known kind has just its facts, each as it may be."""
    wanted = dict(SHAPES[what])
    if what == "launch":
        mode = facts.get("mode")
        wanted |= OF_MODE.get(mode, {}) if isinstance(mode, str) else {}
    return facts.keys() == wanted.keys() and all(fits(facts[k]) for k, fits in wanted.items())
