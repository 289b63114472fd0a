"""A ballot issued anew between closing and opening, and let in alone.

Somebody's ballot was stolen or cast by mistake. Which ballots may be cast then, in which issue and
until when, only the key file knows. Another close follows, with a digest of its own.
"""

from datetime import datetime, timedelta

from sqlalchemy import update
from sqlmodel import Session, col

from app.bonds import wavefacts
from app.language import _, moment
from app.store.models import Wave
from app.waves.closing import must_not_be_shared
from app.waves.wave import WaveRefused

LONGEST = timedelta(days=7)


def reopen(session: Session, wave: Wave, number: bytes, issue: int, until: datetime) -> None:
    """Let one ballot that was issued anew after the closing be cast until a time; the urn is closed
    again after it. The caller holds the wave, and knows that it may (`must_reopen`)."""
    before = wavefacts.of_wave(session, wave)
    known = dict(before.get("reopened") or {})
    known[number.hex()] = [issue, until.isoformat()]
    last = max(until, wave.reopened_until or until)
    # Closed before its time, it is not to be open again for all until then.
    ended = min(wave.closes_at, wave.closed_at or wave.closes_at)
    session.connection().execute(
        update(Wave)
        .where(col(Wave.id) == wave.id)
        .values(reopened_until=last, closed_at=None, urn_digest=None, closes_at=ended)
    )
    session.refresh(wave)
    wavefacts.changed(session, wave, before, reopened=known)


def _has_closed(wave: Wave) -> bool:
    """Whether it was closed for good, grace included, even if it takes single ballots again."""
    return wave.closed_at is not None or wave.reopened_until is not None


def may_reopen(wave: Wave) -> bool:
    """Whether a ballot can be issued anew for itself: between closing and opening."""
    over = wave.cancelled_at is not None or wave.unsealed_at is not None
    shut = wave.shared_at is not None or wave.listed_at is not None
    return _has_closed(wave) and not (over or shut)


def must_reopen(wave: Wave, until: datetime, now: datetime) -> None:
    """Raises WaveRefused when no ballot can be issued anew until a time: only between closing and
    opening, while nobody has seen who took part and no trustee has the ballots."""
    if wave.launched_at is None or wave.cancelled_at is not None or wave.unsealed_at is not None:
        raise WaveRefused(_("Chỉ cấp lại được phiếu của đợt đã phát phiếu và chưa mở hòm phiếu."))
    if not _has_closed(wave):
        raise WaveRefused(
            _(
                "Đợt {code} chưa kết thúc hẳn (thêm 15 phút cho phiếu đang trả lời dở). Đợi đến khi"
                " kết thúc rồi cấp lại phiếu."
            ).format(code=wave.code)
        )
    must_not_be_shared(wave)
    if wave.listed_at is not None:
        words = _(
            "Danh sách người tham gia đã được lập lúc {at}, nên không cấp lại phiếu được nữa."
        )
        raise WaveRefused(words.format(at=moment(wave.listed_at)))
    if not now < until <= now + LONGEST:
        words = _("Giờ mở lại phải sau bây giờ, và trong {days} ngày.")
        raise WaveRefused(words.format(days=LONGEST.days))
