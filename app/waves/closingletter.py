"""The closing letter: between closing and opening all can see whether their ballot was recorded.

It goes to all who have a ballot and are on the roster, whether they have cast or not, in the same
words: a mailbox, the gateway and the outbox tell nobody who has. The personal link says it. Until
the time that the letter names somebody can say that it is not so; the urn stays shut until then.
"""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlmodel import Session, col

from app.language import _
from app.letters import queue
from app.store.models import Ballot, Respondent, Wave
from app.waves import closing
from app.waves.wave import WaveRefused, id_of

SHORTEST, LONGEST = timedelta(hours=1), timedelta(days=14)


def must_ask(wave: Wave, until: datetime, now: datetime) -> None:
    """Raises WaveRefused when the letter cannot go, or not with this time."""
    if wave.closed_at is None or wave.unsealed_at is not None or wave.cancelled_at is not None:
        words = _("Thư báo kết thúc chỉ gửi giữa lúc kết thúc thu phiếu và lúc mở hòm phiếu.")
        raise WaveRefused(words)
    if wave.objections_until is not None:
        raise WaveRefused(_("Thư báo kết thúc của lần kết thúc này đã gửi."))
    if not now + SHORTEST <= until <= now + LONGEST:
        words = _("Hạn phản ánh phải sau bây giờ ít nhất {hours} giờ, và trong {days} ngày.")
        hours, days = SHORTEST // timedelta(hours=1), LONGEST.days
        raise WaveRefused(words.format(hours=hours, days=days))


def ask(session: Session, wave: Wave, until: datetime, now: datetime, domain: str) -> int:
    """Queue it, with a time until when people may object; gives how many letters. The caller holds
    the wave. Raises WaveRefused."""
    must_ask(wave, until, now)
    closing.change(session, wave, objections_until=until)
    numbers = session.connection().execute(
        select(col(Ballot.number))
        .join(Respondent, col(Respondent.id) == col(Ballot.respondent_id))
        .where(col(Ballot.wave_id) == wave.id, col(Respondent.removed_at).is_(None))
    )
    return queue.queue(session, id_of(wave), "closing", numbers.scalars().all(), now, domain)
