"""What two people do together: one asks, another confirms, within three days.

Where `wave.two_people` holds, unsealing, extending after the close, voiding a ballot and, after the
launch, what changes who can answer (adding, taking off, bringing back, another address) go this
way. A proposal is of one deed (`Deed`) with all that matters about it; who confirms confirms that
deed, in the transaction that does it. Both must be officers of the wave (`officers`) at that
very time: somebody who left meanwhile has asked for nothing.

A proposal is bound to the key file, and what was confirmed or taken back is noted there: a row that
somebody wrote, or opened again, asks for nothing.
"""

import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, select, update
from sqlmodel import Session, col

from app.bonds import macs, pledges
from app.keys.guard import keys_of
from app.language import _
from app.store.models import Wave
from app.store.officemodels import Proposal
from app.store.staffmodels import Staff
from app.waves import summons
from app.waves.deeds import Deed, clash, close_of, people_of
from app.waves.officers import counting, must_count
from app.waves.wave import WaveRefused, id_of

log = logging.getLogger("phieu.console")
LASTS = timedelta(days=3)


@dataclass(frozen=True)
class Second:
    """The second person, and the proposal that is confirmed."""

    proposal_id: int
    staff_id: int


@dataclass(frozen=True)
class Waiting:
    """A proposal that waits for a second person."""

    id: int
    action: str
    arguments: dict[str, Any]
    staff_id: int
    staff_name: str
    staff_email: str
    at: datetime

    @property
    def who(self) -> str:
        """How the log names who asked."""
        return f"{self.staff_name} <{self.staff_email}>"

    @property
    def until(self) -> datetime:
        """When it is too old to be confirmed."""
        return self.at + LASTS

    @property
    def closes(self) -> datetime:
        """Of an extension: until when."""
        return datetime.fromisoformat(self.arguments["closes"])

    @property
    def reopened_until(self) -> datetime:
        """Of a ballot issued anew after the closing: until when it may be cast."""
        return datetime.fromisoformat(self.arguments["until"])


def propose(session: Session, wave: Wave, deed: Deed, staff_id: int, now: datetime) -> int:
    """Ask for a second person; gives the number of the proposal. Raises WaveRefused when something
    of the kind is waiting already.

    Of two extensions to different times, or two addresses of one person, the second would leave
    open which one is meant.
    """
    must_count(session, wave, staff_id, now)
    for waits in waiting(session, wave, now):
        if clash(Deed(waits.action, waits.arguments), deed):
            raise WaveRefused(
                _(
                    "{name} đã đề nghị việc này; đang chờ một người khác xác nhận. Muốn khác đi thì"
                    " rút đề nghị ấy trước."
                ).format(name=waits.staff_name)
            )
    row = Proposal(
        wave_id=id_of(wave),
        action=deed.action,
        arguments=deed.written,
        staff_id=staff_id,
        at=now,
        expires_at=now + LASTS,
    )
    session.add(row)
    session.flush()
    row.mac = _mac(session, wave, row)
    session.flush()
    summons.proposed(session, wave, row, deed, now)
    return cast(int, row.id)


def _mac(session: Session, wave: Wave, row: Any) -> bytes:
    said = (row.id, row.action, row.arguments, row.staff_id, row.at, row.expires_at)
    return macs.mac(keys_of(session).derived("proposals"), "proposal", wave.code, *said)


def _slot(wave: Wave, proposal_id: int) -> tuple[str, ...]:
    return ("waves", wave.code, "proposals", str(proposal_id))


def _spend(session: Session, wave: Wave, proposal_id: int, now: datetime) -> None:
    """A proposal that is over stays so, whatever its row says later, and calls for nobody. The
    caller holds the wave."""
    keys, path = keys_of(session), _slot(wave, proposal_id)
    if not keys.accepted(*path):
        pledges.pledge(session, keys, path, None, "over")
    summons.proposal_over(session, proposal_id, now)


def waiting(session: Session, wave: Wave, now: datetime, action: str = "") -> list[Waiting]:
    """The open proposals of a wave as it stands, oldest first."""
    query = (
        select(
            col(Proposal.id),
            col(Proposal.action),
            col(Proposal.arguments),
            col(Proposal.staff_id),
            col(Proposal.at),
            col(Proposal.expires_at),
            col(Proposal.mac),
            col(Staff.name),
            col(Staff.email),
        )
        .join(Staff, col(Staff.id) == col(Proposal.staff_id))
        .where(*_is_open(session, wave, now))
        .order_by(col(Proposal.id))
    )
    if action:
        query = query.where(col(Proposal.action) == action)
    close = close_of(wave)["closed"]
    keys, found = keys_of(session), []
    for row in session.connection().execute(query):
        if not macs.fits(row.mac, _mac(session, wave, row)):
            log.error("proposal %d of %s was written past this program", row.id, wave.code)
        elif not keys.accepted(*_slot(wave, row.id)):
            said, who = json.loads(row.arguments), (row.staff_id, row.name, row.email)
            found.append(Waiting(row.id, row.action, said, *who, row.at))
    return [each for each in found if each.arguments.get("closed", close) == close]


def _is_open(session: Session, wave: Wave, now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Not done, not taken back, not too old; and who asked is an officer of the wave still."""
    return (
        col(Proposal.wave_id) == wave.id,
        col(Proposal.done_at).is_(None),
        col(Proposal.withdrawn_at).is_(None),
        col(Proposal.expires_at) > now,
        col(Proposal.staff_id).in_(counting(session, wave, now)),
    )


def check(session: Session, wave: Wave, deed: Deed, second: Second, now: datetime) -> Waiting:
    """The proposal of just this deed, if this second person can confirm it. Raises WaveRefused."""
    must_count(session, wave, second.staff_id, now)
    asked = [
        each
        for each in waiting(session, wave, now, deed.action)
        if each.id == second.proposal_id and each.arguments == deed.arguments
    ]
    if not asked:
        raise gone()
    if asked[0].staff_id == second.staff_id:
        raise WaveRefused(_("Việc này cần một người khác xác nhận, không phải người đã đề nghị."))
    return asked[0]


def confirm(session: Session, wave: Wave, deed: Deed, second: Second, now: datetime) -> Waiting:
    """Take the proposal of just this deed as the second person; the caller then does it in the
    same transaction.

    Raises WaveRefused when it waits no more, is of anything else, or is the same person's.
    """
    found = check(session, wave, deed, second, now)
    taken = session.connection().execute(
        update(Proposal)
        .where(
            *_is_open(session, wave, now),
            col(Proposal.id) == second.proposal_id,
            col(Proposal.action) == deed.action,
            col(Proposal.arguments) == deed.written,
            col(Proposal.staff_id) != second.staff_id,
        )
        .values(done_at=now, confirmed_by=second.staff_id)
    )
    if taken.rowcount != 1:
        raise gone()
    _spend(session, wave, second.proposal_id, now)
    return found


def agreed(
    session: Session,
    wave: Wave,
    deed: Deed,
    second: Second | None,
    now: datetime,
    alone: str,
    step: Callable[[Session, Wave, Deed, Second, datetime], Waiting] = confirm,
) -> dict[str, object]:
    """Take (or only `check`) what another one proposed; gives what the log should say of it.

    `alone` is said to who comes without a second person. Raises WaveRefused.
    """
    if second is None:
        raise WaveRefused(alone.format(code=wave.code))
    return {"proposed": step(session, wave, deed, second, now).who}


def gone() -> WaveRefused:
    return WaveRefused(
        _("Đề nghị này không còn chờ: đã xong, đã rút, hoặc quá ba ngày. Tải lại trang để xem.")
    )


def withdraw(session: Session, wave: Wave, proposal_id: int, now: datetime) -> None:
    """Take a proposal back; doing it twice does no harm."""
    _withdraw(session, wave, now, col(Proposal.id) == proposal_id)


def withdraw_about(session: Session, wave: Wave, respondent_id: int, now: datetime) -> None:
    """Take back what was asked about somebody who is off the roster now, or on it again; what was
    asked about several people with them, as it cannot be done as it was asked."""
    for each in waiting(session, wave, now):
        if respondent_id in people_of(each.arguments):
            withdraw(session, wave, each.id, now)


def withdraw_all(
    session: Session,
    wave: Wave,
    now: datetime,
    actions: Sequence[str] = ("unseal", "extend", "altered", "reopen"),
) -> None:
    """Take back what was asked of a close that holds no more; what is about one person stays."""
    _withdraw(session, wave, now, col(Proposal.action).in_(actions))


def _withdraw(session: Session, wave: Wave, now: datetime, which: ColumnElement[bool]) -> None:
    still = (col(Proposal.done_at).is_(None), col(Proposal.withdrawn_at).is_(None))
    mine = (which, col(Proposal.wave_id) == wave.id, *still)
    ids = session.connection().execute(select(col(Proposal.id)).where(*mine)).scalars().all()
    session.connection().execute(update(Proposal).where(*mine).values(withdrawn_at=now))
    for id_ in ids:
        _spend(session, wave, cast(int, id_), now)


def adopt(session: Session, wave: Wave) -> None:
    """Bind the proposals of an earlier version as they stand (see `adoption`)."""
    for row in session.scalars(select(Proposal).where(col(Proposal.wave_id) == wave.id)):
        row.mac = _mac(session, wave, row)
        session.add(row)
