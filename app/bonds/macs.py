"""MACs that bind what a row says to the key file, so that a row by itself decides nothing.

Pure. A MAC is HMAC-SHA256 over a kind and its parts, each with its length before it, so that no two
different rows have the same bytes. It is compared where the row is used.
"""

import hmac
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import NamedTuple

Part = str | bytes | int | bool | datetime | None


def mac(key: bytes, kind: str, *parts: Part) -> bytes:
    """32 bytes over a kind of row and what it says. A time counts to the microsecond."""
    return hmac.digest(key, b"".join(_packed((kind, *parts))), "sha256")


def fits(found: bytes | None, expected: bytes) -> bool:
    """Whether a row's MAC is the one expected; a row without one has none."""
    return found is not None and expected != b"" and hmac.compare_digest(bytes(found), expected)


def _packed(parts: Iterable[Part]) -> Iterable[bytes]:
    for part in parts:
        if part is None:
            yield b"-"
            continue
        if isinstance(part, str):
            # A lone surrogate can stand in what somebody wrote into the database.
            raw = part.encode("utf-8", "surrogatepass")
        elif isinstance(part, datetime):
            raw = part.astimezone(UTC).isoformat(timespec="microseconds").encode()
        else:
            raw = bytes(part) if isinstance(part, bytes | memoryview) else b"%d" % part
        yield b"%d:" % len(raw)
        yield raw


class BallotFacts(NamedTuple):
    """What decides over a ballot: where it counts, whose it is, where its letters go."""

    number: bytes
    respondent: int  # under which number a page, or a proposal, names this person
    issue: int
    at_launch: bool
    group: str
    agency: str | None
    assigned: str  # as the table holds them
    name: str
    email: str
    removed: bool


def of_ballot(key: bytes, wave: str, ballot: BallotFacts) -> bytes:
    """The bond of a ballot; `key` is that of its wave (`KeyFile.bond_key`)."""
    # Spelled out, since an opening makes one for each ballot: four times as fast as `mac`.
    number, respondent, issue, at_launch, group, agency, assigned, name, email, removed = ballot
    if None in (issue, at_launch, group, assigned, name, email):
        return b""  # which no row has: somebody has taken the table's own bounds away
    unit = "-" if agency is None else f"{len(agency)}:{agency}"
    written = (
        f"ballot {wave} {number.hex()} {respondent} {issue} {at_launch:d}{removed:d}"
        f" {len(group)}:{group} {unit} {len(assigned)}:{assigned}"
        f" {len(name)}:{name} {len(email)}:{email}"
    )
    return hmac.digest(key, written.encode("utf-8", "surrogatepass"), "sha256")
