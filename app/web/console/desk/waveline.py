"""What every page of the console says of its wave: name, state, whether it is a rehearsal."""

import json
from dataclasses import dataclass

from app.language import _
from app.store.db import Database, Session
from app.store.models import Wave
from app.waves import situation
from app.waves import wave as waves

TAGS = {
    "draft": _("Chuẩn bị"),
    "launched": _("Đã phát phiếu"),
    "open": _("Đang thu phiếu"),
    "closed": _("Đã kết thúc thu phiếu"),
    "unsealed": _("Đã mở hòm phiếu"),
    "scored": _("Đã có kết quả"),
    "cancelled": _("Đã hủy"),
}


@dataclass(frozen=True)
class WaveHead:
    """A wave in one line."""

    code: str
    title: str
    year: int
    agency: str
    state: str
    rehearsal: bool

    @property
    def tag(self) -> str:
        return TAGS[self.state]

    @property
    def runs(self) -> bool:
        """Whether ballots are out, and can still be cast."""
        return self.state in ("launched", "open")

    @property
    def page(self) -> str:
        """The page that it is about now."""
        if self.state == "draft":
            return "phat-phieu"
        return "ket-qua" if self.state in ("scored", "unsealed") else "theo-doi"

    @property
    def has_results(self) -> bool:
        """Whether it has results that count."""
        return self.state == "scored" and not self.rehearsal


def head_of(db: Database, session: Session, wave: Wave) -> WaveHead:
    """The line of a wave, as things stand now."""
    title, year, agency = _of_index(wave)
    state = situation.state(wave, db.now(session), situation.is_scored(session, waves.id_of(wave)))
    return WaveHead(wave.code, title, year, agency, state, wave.rehearsal)


def latest_results(db: Database, session: Session) -> WaveHead | None:
    """The newest wave whose results count."""
    found = (head_of(db, session, wave) for wave in waves.every(session))
    return next((each for each in found if each.has_results), None)


def newest(db: Database) -> WaveHead | None:
    """The wave that the menu leads to on pages of no wave."""
    with db.reading() as session:
        wave = waves.current(session, db.now(session))
        return None if wave is None else head_of(db, session, wave)


def _of_index(wave: Wave) -> tuple[str, int, str]:
    """Title, year and agency; the whole index is read once, and not for every line."""
    if wave.index_digest not in _known:
        document = json.loads(wave.index_content)
        index, organiser = document["index"], document.get("organiser", {})
        _known[wave.index_digest] = (index["name"], int(index["year"]), organiser.get("name", ""))
    return _known[wave.index_digest]


_known: dict[str, tuple[str, int, str]] = {}
