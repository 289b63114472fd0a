"""How a wave ends: extend, cancel, close, and the digest of the urn that closing takes.

Every verb here holds the wave, so that nobody casts or ends it otherwise while it decides, and
changes its state by conditional update.
"""

import logging
from datetime import datetime

from sqlalchemy import delete, or_, select, update
from sqlmodel import Session, col

from app.audit import chain
from app.ballots.ballot import GRACE
from app.bonds import wavefacts
from app.bonds.wavefacts import WaveAltered
from app.index.estimate import deadline
from app.keys.guard import keys_of
from app.keys.keyfile import KeyFile
from app.language import _, day, moment
from app.letters import queue, texts
from app.record import entries, keeping
from app.settings import Settings
from app.store.db import Database
from app.store.models import Ballot, Draft, Wave
from app.store.officemodels import KeptBadRows, KeptList
from app.trustees import handed
from app.trustees import queue as trusteemail
from app.urn import rows as urnrows
from app.waves import deeds, laterclosing, proposals, staffmail, summons
from app.waves.proposals import Second
from app.waves.situation import state
from app.waves.urndigest import urn_digest
from app.waves.wave import WaveRefused, hold, id_of, load

log = logging.getLogger("phieu.closing")


def extend(
    db: Database,
    session: Session,
    wave: Wave,
    closes: datetime,
    second: Second | None = None,
    told_by: str = "",
) -> dict[str, object]:
    """Move the closing to a later time; a wave that is closed but not unsealed opens again.

    `told_by` (the right part of Message-IDs) tells those who were invited by letter. It takes two
    people to open again where the wave wants two; gives what the log should say of them.
    Raises WaveRefused.
    """
    hold(session, wave)
    now = db.now(session)
    must_extend(wave, closes, now)
    facts: dict[str, object] = {}
    if wave.two_people and state(wave, now, False) == "closed":
        alone = _(
            "Đợt {code} đã hết hạn và cần hai người để gia hạn: một người đề nghị, một"
            " người khác xác nhận, ở trang quản trị, mục Theo dõi, Gia hạn."
        )
        deed = deeds.extend(wave, closes, told=bool(told_by))
        facts = proposals.agreed(session, wave, deed, second, now, alone)
    again = {"reopened_until": None, "objections_until": None}
    change(session, wave, closes_at=closes, closed_at=None, urn_digest=None, **again)
    queue.reopened_to_all(session, id_of(wave))
    keeping.add(session, wave, now, "extend", {"closes_at": entries.written(closes)})
    # Who wanted the urn opened wanted the one of that close.
    proposals.withdraw_all(session, wave, now)
    summons.opens_no_more(session, wave, now)
    if told_by:
        laterclosing.tell(session, wave, now, told_by)
    return facts


def must_extend(wave: Wave, closes: datetime, now: datetime) -> None:
    """Raises WaveRefused when a wave cannot be extended to a time."""
    if wave.launched_at is None or wave.cancelled_at is not None or wave.unsealed_at is not None:
        raise WaveRefused(
            _(
                "Chỉ gia hạn được đợt đã phát phiếu và chưa mở hòm phiếu. Đợt {code} không như vậy."
            ).format(code=wave.code)
        )
    if wave.listed_at is not None:
        raise WaveRefused(
            _(
                "Danh sách người tham gia đã được lập lúc {at}, nên đợt {code} không gia hạn được"
                " nữa. Việc tiếp theo: mở hòm phiếu."
            ).format(at=moment(wave.listed_at), code=wave.code)
        )
    must_not_be_shared(wave)
    if closes <= wave.closes_at and wave.closed_at is None:
        raise WaveRefused(
            _(
                "Hạn mới phải sau hạn đang có ({closes}). Muốn kết thúc sớm thì không gia hạn mà"
                " kết thúc ngay."
            ).format(closes=deadline(wave.closes_at)),
            f"phieu wave close {wave.code}",
        )
    if closes <= now:
        words = _("Hạn mới ({closes}) đã qua. Chọn một hạn sau bây giờ.")
        raise WaveRefused(words.format(closes=deadline(closes)))


def must_not_be_shared(wave: Wave) -> None:
    """Raises WaveRefused once a trustee was given the ballots: opened once and open again, a wave
    would have an interim result."""
    if wave.shared_at is not None:
        raise WaveRefused(
            _(
                "Phiếu của đợt {code} đã giao cho ủy viên giữ khóa lúc {at} để mở, nên đợt không"
                " gia hạn, không mở lại và không hủy riêng phiếu nào được nữa. Việc tiếp theo: mở"
                " hòm phiếu."
            ).format(code=wave.code, at=moment(wave.shared_at))
        )


def change(session: Session, wave: Wave, **values: object) -> None:
    """Change a wave that has come to no end, here and in the key file. Raises WaveRefused."""
    launched = wave.launched_at is not None
    before = wavefacts.of_wave(session, wave) if launched else {}
    changed = session.connection().execute(
        update(Wave)
        .where(
            col(Wave.id) == wave.id,
            col(Wave.unsealed_at).is_(None),
            col(Wave.cancelled_at).is_(None),
        )
        .values(values)
    )
    if changed.rowcount != 1:
        raise WaveRefused(_("Đợt {code} vừa được mở hoặc hủy ở nơi khác.").format(code=wave.code))
    session.refresh(wave)
    if launched:
        # Ballots that were let in alone are let in no more once that has ended.
        ended = wave.reopened_until is None and before.get("reopened")
        wavefacts.changed(session, wave, before, **({"reopened": {}} if ended else {}))


def cancel(db: Database, session: Session, settings: Settings, wave: Wave, reason: str) -> int:
    """Destroy the urn unopened and queue a letter to all, which gives the reason; gives the number
    of letters. Raises WaveRefused.

    The caller erases the wave's keys after the commit.
    """
    hold(session, wave)
    if wave.cancelled_at is not None:
        raise WaveRefused(_("Đợt {code} đã hủy từ trước.").format(code=wave.code))
    if wave.unsealed_at is not None:
        raise WaveRefused(
            _("Đợt {code} đã mở hòm phiếu, có kết quả, không hủy được nữa.").format(code=wave.code)
        )
    if not reason.strip():
        raise WaveRefused(_("Cần nêu lý do hủy để ghi vào thư gửi mọi người."), "--reason LÝ-DO")
    if found := texts.disguises(reason):
        raise WaveRefused(" ".join(found))
    now = db.now(session)
    change(session, wave, cancelled_at=now, cancel_reason=" ".join(reason.split()))
    keeping.add(session, wave, now, "cancel", {})
    proposals.withdraw_all(session, wave, now)
    connection = session.connection()
    numbers = (
        connection.execute(select(col(Ballot.number)).where(col(Ballot.wave_id) == wave.id))
        .scalars()
        .all()
    )
    connection.execute(
        delete(Draft).where(
            col(Draft.ballot_number).in_(
                select(col(Ballot.number)).where(col(Ballot.wave_id) == wave.id)
            )
        )
    )
    urnrows.empty(session, wave)
    for table in (KeptBadRows, KeptList):
        connection.execute(delete(table).where(col(table.wave_id) == wave.id))
    if wave.mode == "committee":
        handed.empty(session, wave)
        trusteemail.to_all(session, wave, "end", now)
    queue.drop_all_queued(session, id_of(wave))
    return queue.queue(session, id_of(wave), "cancellation", numbers, now, settings.host)


def close(db: Database, session: Session, wave: Wave) -> None:
    """End casting now, grace included."""
    hold(session, wave)
    now = db.now(session)
    current = state(wave, now, False)
    if wave.closed_at is not None or current not in ("open", "closed"):
        raise _not_open(wave, current)
    _close(session, wave, now, now)


def must_be_heard(wave: Wave, now: datetime) -> None:
    """Raises WaveRefused while people may still say that their ballot was not recorded."""
    if wave.objections_until is not None and now < wave.objections_until:
        words = _("Thư báo kết thúc hẹn nhận phản ánh đến {until}. Mở được hòm phiếu từ lúc ấy.")
        raise WaveRefused(words.format(until=moment(wave.objections_until)))


def final_at(wave: Wave) -> datetime:
    """From when no ballot comes in any more, by the clock."""
    return max(wave.closes_at + GRACE, wave.reopened_until or wave.closes_at)


def _not_open(wave: Wave, current: str) -> WaveRefused:
    if current == "launched":
        words = _(
            "Đợt {code} chưa mở (mở ngày {day}), nên chưa kết thúc được. Muốn bỏ thì hủy đợt."
        )
        words = words.format(code=wave.code, day=day(wave.opens_at))
        return WaveRefused(words, f"phieu wave cancel {wave.code} --reason LÝ-DO")
    if current == "draft":
        words = _("Đợt {code} chưa phát phiếu nên không có gì để kết thúc.")
    elif current == "cancelled":
        words = _("Đợt {code} đã hủy.")
    else:
        words = _("Đợt {code} đã kết thúc thu phiếu. Việc tiếp theo: mở hòm phiếu.")
        return WaveRefused(words.format(code=wave.code), f"phieu wave unseal {wave.code}")
    return WaveRefused(words.format(code=wave.code))


def settle(db: Database, session: Session, wave: Wave) -> bool:
    """Make a scheduled closing final once its grace is over; whether it just became so."""
    hold(session, wave)
    if wave.launched_at is None or wave.closed_at is not None or wave.cancelled_at is not None:
        return False
    now = db.now(session)
    if now < final_at(wave):
        return False
    _close(session, wave, wave.reopened_until or wave.closes_at, now)
    return True


def is_final(wave: Wave, now: datetime) -> bool:
    """Whether no ballot comes in any more; `settle` writes it down."""
    over = wave.launched_at is not None and now >= final_at(wave)
    return wave.closed_at is not None or over


def note_closing(session: Session, keys: KeyFile, wave: Wave, who: str, now: datetime) -> None:
    """The digest of the closed urn goes into the log, and its head to the council; the officers
    hear that the urn can be opened."""
    head = chain.note(session, keys, now, who, "wave.close", wave.code, urn=wave.urn_digest)
    staffmail.queue_heads(session, now, wave.code, "wave.close", head)
    summons.closed(session, wave, who, now)
    if wave.mode == "committee":
        trusteemail.to_all(session, wave, "open", now)


def settle_all(db: Database, keys: KeyFile) -> None:
    """Settle every wave whose grace is over, each in a transaction of its own."""
    with db.reading() as session:
        now = db.now(session)
        due = session.scalars(
            select(Wave).where(
                col(Wave.launched_at).is_not(None),
                col(Wave.closed_at).is_(None),
                col(Wave.cancelled_at).is_(None),
                col(Wave.closes_at) <= now - GRACE,
                or_(col(Wave.reopened_until).is_(None), col(Wave.reopened_until) <= now),
            )
        ).all()
    for wave in due:
        try:
            with db.transaction() as session:
                found = load(session, wave.code)
                if settle(db, session, found):
                    note_closing(session, keys, found, chain.CLOCK, db.now(session))
        except WaveAltered as altered:
            # The others are not to wait for it.
            log.error("%s", altered)


def _close(session: Session, wave: Wave, at: datetime, now: datetime) -> None:
    cover = keys_of(session).cover(wave.code)
    urn = urn_digest(session, wave, cover)
    urnrows.stir_all(session, wave, cover)
    # A time for objections that is over was one of an earlier closing: of this one, too, people may
    # be told.
    heard = wave.objections_until if wave.objections_until and wave.objections_until > now else None
    end = {"closed_at": at, "urn_digest": urn, "reopened_until": None, "objections_until": heard}
    change(session, wave, **end)
    counts = keeping.cast_and_not(session, wave)
    keeping.add(
        session, wave, now, "close", {"closed_at": entries.written(at), **counts, "urn": urn}
    )
