"""The versions of an index: what each changed, what editing would lose, which waves have which."""

import json
import re
from itertools import islice, pairwise

from sqlmodel import Session

from app.index.rows import changes
from app.preparation import editing, library
from app.preparation.library import Kept
from app.store.models import Wave
from app.waves import wave as waves

MOST = 12  # versions whose changes are told
QUOTED = re.compile(r"\"[^\"\n]*\"|'[^'\n]*'")


def history(session: Session, versions: list[Kept]) -> dict[int, list[str]]:
    """What each of the newest versions changed of the one before, in words."""
    told: dict[int, list[str]] = {version.id: [] for version in versions}
    for version, before in islice(pairwise(versions), MOST):
        told[version.id] = _between(session, before, version)
    return told


def _between(session: Session, before: Kept, after: Kept) -> list[str]:
    pair = (before.digest, after.digest)
    if pair not in _told:
        sheets = [editing.of_version(session, each.id) for each in (before, after)]
        if len(_told) > 500:
            _told.clear()
        _told[pair] = changes.changes(*sheets)
    return _told[pair]


_told: dict[tuple[str, str], list[str]] = {}  # by the digests of two versions


def has_comments(session: Session, id_: int) -> bool:
    """Whether the file of a version holds comments, which no edited version will."""
    name, data = library.file_of(session, id_)
    if not name.lower().endswith(".toml"):
        return False
    return "#" in QUOTED.sub("", data.decode("utf-8", "replace"))


def waves_of(session: Session, code: str, digest: str) -> tuple[list[Wave], list[Wave]]:
    """The waves of an index: drafts with another version of it, and launched ones, which keep
    theirs."""
    drafts, launched = [], []
    known = {version.digest for version in library.versions(session, code)}
    for wave in waves.every(session):
        if wave.cancelled_at is not None:
            continue
        if wave.launched_at is not None:
            launched += [wave] if wave.index_digest in known else []
        elif wave.index_digest != digest:
            is_of_it = wave.index_digest in known
            if is_of_it or json.loads(wave.index_content)["index"]["code"] == code:
                drafts.append(wave)
    return drafts, launched
