"""What two people do together: one asks, another confirms, within three days.

Where `wave.two_people` holds, unsealing, extending after the close, voiding a ballot and changing
an address go this way. Each step is a conditional update inside the caller's transaction.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import select, update
from sqlmodel import Session, col

from app.language import _
from app.models import Wave
from app.officemodels import Proposal, Staff
from app.waves import WaveRefused, id_of

LASTS = timedelta(days=3)


@dataclass(frozen=True)
class Waiting:
    """A proposal that waits for a second person."""

    id: int
    action: str  # unseal | extend | void | address
    arguments: dict[str, Any]
    staff_id: int
    staff_name: str
    at: datetime


def propose(
    session: Session,
    wave: Wave,
    action: str,
    arguments: dict[str, Any],
    staff_id: int,
    now: datetime,
) -> None:
    """Ask for a second person. Raises WaveRefused when the same is waiting already."""
    written = json.dumps(arguments, ensure_ascii=False, sort_keys=True)
    for waits in waiting(session, id_of(wave), now):
        if (waits.action, waits.arguments) == (action, json.loads(written)):
            raise WaveRefused(
                _("{name} đã đề nghị việc này; đang chờ một người khác xác nhận.").format(
                    name=waits.staff_name
                )
            )
    session.add(
        Proposal(
            wave_id=id_of(wave),
            action=action,
            arguments=written,
            staff_id=staff_id,
            at=now,
            expires_at=now + LASTS,
        )
    )
    session.flush()


def waiting(session: Session, wave_id: int, now: datetime) -> list[Waiting]:
    """The open proposals of a wave, oldest first."""
    rows = session.connection().execute(
        select(
            col(Proposal.id),
            col(Proposal.action),
            col(Proposal.arguments),
            col(Proposal.staff_id),
            col(Staff.name),
            col(Proposal.at),
        )
        .join(Staff, col(Staff.id) == col(Proposal.staff_id))
        .where(
            col(Proposal.wave_id) == wave_id,
            col(Proposal.done_at).is_(None),
            col(Proposal.withdrawn_at).is_(None),
            col(Proposal.expires_at) > now,
        )
        .order_by(col(Proposal.id))
    )
    return [
        Waiting(cast(int, id_), action, json.loads(arguments), staff_id, name, at)
        for id_, action, arguments, staff_id, name, at in rows
    ]


def confirm(
    session: Session, wave: Wave, action: str, proposal_id: int, staff_id: int, now: datetime
) -> Waiting:
    """Take a proposal as the second person; the caller then does it in the same transaction.

    Raises WaveRefused when it waits no more, is of another action, or is the same person's.
    """
    waits = [each for each in waiting(session, id_of(wave), now) if each.action == action]
    found = next((each for each in waits if each.id == proposal_id), None)
    if found is not None and found.staff_id == staff_id:
        raise WaveRefused(_("Việc này cần một người khác xác nhận, không phải người đã đề nghị."))
    taken = (
        session.connection()
        .execute(
            update(Proposal)
            .where(
                col(Proposal.id) == proposal_id,
                col(Proposal.wave_id) == wave.id,
                # Who agreed to one thing has not agreed to another.
                col(Proposal.action) == action,
                col(Proposal.done_at).is_(None),
                col(Proposal.withdrawn_at).is_(None),
                col(Proposal.expires_at) > now,
            )
            .values(done_at=now, confirmed_by=staff_id)
        )
        .rowcount
    )
    if found is None or taken != 1:
        raise WaveRefused(
            _("Đề nghị này không còn chờ: đã xong, đã rút, hoặc quá ba ngày. Tải lại trang để xem.")
        )
    return found


def withdraw(session: Session, wave: Wave, proposal_id: int, now: datetime) -> None:
    """Take a proposal back; doing it twice does no harm."""
    session.connection().execute(
        update(Proposal)
        .where(
            col(Proposal.id) == proposal_id,
            col(Proposal.wave_id) == wave.id,
            col(Proposal.done_at).is_(None),
            col(Proposal.withdrawn_at).is_(None),
        )
        .values(withdrawn_at=now)
    )
