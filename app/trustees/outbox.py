"""The letters to trustees that are due, and what became of them."""

import hmac
import logging
from dataclasses import dataclass
from datetime import datetime

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

log = logging.getLogger("phieu.trusteemail")

SUBJECTS = {
    "key": _("Mời tạo khóa hòm phiếu (đợt {wave})"),
    "again": _("Mời tạo lại khóa hòm phiếu (đợt {wave})"),
    "trial": _("Mời mở thử hòm phiếu (đợt {wave})"),
    "open": _("Mời mở hòm phiếu (đợt {wave})"),
    "end": _("Hủy cụm từ khóa (đợt {wave})"),
}


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
    columns = col(TrusteeLetter.number), col(TrusteeLetter.wave_id)
    while (row := errands.due(session, TrusteeLetter, now, *columns)) is not None:
        wave = session.get_one(Wave, row.wave_id)
        why, to, found = "", None, None
        if not queue.is_sound(keys, row):
            log.error("the letter %d to a trustee is not as it was queued; it does not go", row.id)
            why = _("Thư này đã bị sửa ngoài hệ thống nên không được gửi.")
        elif queue.is_old(row, now):
            why = _("Thư chờ quá bảy ngày nên không gửi nữa.")
        else:
            try:
                found = body.must_be(session, wave)
                to = found.of(row.number)
            except (WaveRefused, WaveAltered) as refused:
                why = refused.words
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
