"""The letters to trustees that are due, and what became of them."""

import hmac
import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col

from app.ballots.ballot import launched_index
from app.bonds.refused import WaveRefused
from app.bonds.wavefacts import WaveAltered
from app.keys.guard import keys_of
from app.keys.keyfile import KeyFile
from app.keys.tokens import BallotName
from app.language import _, moment
from app.letters import errands, plain
from app.settings import Settings
from app.store.models import Wave
from app.store.trusteemodels import TrusteeLetter
from app.trustees import body, queue
from app.trustees.body import Body, Trustee

log = logging.getLogger("phieu.trusteemail")

SUBJECTS = {
    "key": _("Mời tạo khóa hòm phiếu (đợt {wave})"),
    "again": _("Mời tạo lại khóa hòm phiếu (đợt {wave})"),
    "trial": _("Mời mở thử hòm phiếu (đợt {wave})"),
    "open": _("Mời mở hòm phiếu (đợt {wave})"),
    "end": _("Hủy cụm từ khóa (đợt {wave})"),
}

_COLUMNS = col(TrusteeLetter.number), col(TrusteeLetter.wave_id)


@dataclass(frozen=True)
class Taken:
    """A letter under way."""

    id: int
    kind: str
    attempts: int
    email: str
    mac: bytes
    words: dict[str, object]


def take(session: Session, now: datetime) -> Taken | None:
    """Claim the next letter that is due. What this program did not write does not go, nor anything
    to somebody who is no trustee any more."""
    keys = keys_of(session)
    while (row := errands.due(session, TrusteeLetter, now, *_COLUMNS)) is not None:
        wave = session.get_one(Wave, row.wave_id)
        found, to, why = _reader(session, keys, row, wave, now)
        if found is None or to is None:
            errands.stop(session, TrusteeLetter, row.id, now, why)
            continue
        index, _layout = launched_index(wave.index_content, wave.index_digest)
        attempts = errands.claim(session, TrusteeLetter, row, now)
        words: dict[str, object] = {
            "name": to.called,
            "wave": wave.code,
            "title": index.name,
            "agency": (index.organiser.name if index.organiser else "") or "",
            "need": found.need,
            "number": len(found.trustees),
            "closes": moment(wave.closes_at),
            "cancelled": wave.cancelled_at is not None,
            "token": keys.tokens.trustee(BallotName(to.number, 1)),
        }
        return Taken(row.id, row.kind, attempts, to.email, row.mac, words)
    return None


def _reader(
    session: Session, keys: KeyFile, row: Any, wave: Wave, now: datetime
) -> tuple[Body | None, Trustee | None, str]:
    """Whom a letter is to, or why it goes to nobody."""
    if not queue.is_sound(keys, row):
        log.error("the letter %d to a trustee is not as it was queued; it does not go", row.id)
        return None, None, _("Thư này đã bị sửa ngoài hệ thống nên không được gửi.")
    if queue.is_old(row, now):
        return None, None, _("Thư chờ quá bảy ngày nên không gửi nữa.")
    try:
        found = body.must_be(session, wave)
        return found, found.of(row.number), ""
    except (WaveRefused, WaveAltered) as refused:
        return None, None, refused.words


def may_go(session: Session, taken: Taken, now: datetime) -> bool:
    """Whether a letter in hand is still to go, to this address; asked before its final dot."""
    row = errands.held(session, TrusteeLetter, taken.id, taken.attempts, *_COLUMNS)
    if row is None:
        return False
    wave = session.get_one(Wave, row.wave_id)
    _found, to, _why = _reader(session, keys_of(session), row, wave, now)
    return to is not None and to.email == taken.email


def render(
    _session: Session, keys: KeyFile, settings: Settings, sender: str, taken: Taken, now: datetime
) -> bytes:
    """The message, text alone, in wire form."""
    words = taken.words | {"link": f"{settings.base_url}/giu-khoa/{taken.words['token']}"}
    number = hmac.digest(keys.derived("trustee letters"), b"%d" % taken.id, "sha256")[:16].hex()
    subject = SUBJECTS[taken.kind].format_map(words)
    text = plain.text_of(f"trustee-{taken.kind}.txt", words)
    return plain.message(sender, taken.email, subject, number, text, now)


def record(session: Session, taken: Taken, now: datetime, error: str, final: bool) -> None:
    """What became of it; `error` is empty when the relay took it."""
    errands.record(session, TrusteeLetter, taken.id, taken.attempts, now, error, final)


def not_arrived(session: Session, wave: Wave) -> dict[bytes, errands.NotArrived]:
    """To which trustees of a wave, by number, the last letter did not come."""
    of_wave = col(TrusteeLetter.wave_id) == wave.id
    return errands.not_arrived(session, TrusteeLetter, col(TrusteeLetter.number), of_wave)


def is_due(session: Session, now: datetime) -> bool:
    return errands.is_due(session, TrusteeLetter, now)


def release(session: Session, taken: Taken) -> None:
    """Give a letter back that nobody was asked to take: it was not tried."""
    errands.release(session, TrusteeLetter, taken.id, taken.attempts)
