"""Who can be one of two in a wave: its officers at the launch.

An account that is made after the launch may be anybody's second pair of hands: its administrator
could invite a mailbox of his own, ask as one person and confirm as the other. So the officers with
a second factor are written down when a wave that needs two people is launched, and they alone
propose and confirm, for as long as they are officers. An account that is removed or reset comes
back to whoever reads its mailbox then, and is struck off.

People leave. When fewer than two of them are left, another officer can come in, one at a time:
every officer and the council gets a letter at once, and it counts a day later, so that somebody
who came in unseen is seen first. That is weaker than the launch, and stronger than an urn that
nobody can open any more, or that the administrator opens from the command line.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import ColumnElement, insert, or_, select
from sqlmodel import Session, col

from app.language import _, moment
from app.models import Wave
from app.officemodels import Staff, StaffLetter, WaveOfficer
from app.staff import COUNCIL, OFFICER
from app.waves import WaveRefused, id_of

COUNTS_AFTER = timedelta(hours=24)
NEEDED = 2


@dataclass(frozen=True)
class Counted:
    """Somebody who can be one of two in a wave, from `counts_from` on."""

    id: int
    name: str
    counts_from: datetime


def is_officer() -> tuple[ColumnElement[bool], ...]:
    """Of a row of `staff`: an officer who can act."""
    return (
        col(Staff.removed_at).is_(None),
        col(Staff.totp_confirmed_at).is_not(None),
        col(Staff.roles).contains(OFFICER),
    )


def freeze(session: Session, wave: Wave, now: datetime) -> None:
    """Write down who is an officer now, at the launch."""
    found = session.connection().execute(select(col(Staff.id)).where(*is_officer())).scalars()
    rows = [{"wave_id": id_of(wave), "staff_id": id_, "counts_from": now} for id_ in found]
    if rows:
        session.connection().execute(insert(WaveOfficer), rows)


def of(session: Session, wave: Wave) -> list[Counted]:
    """Those who are officers still, by name; some may not count yet."""
    rows = session.connection().execute(
        select(col(Staff.id), col(Staff.name), col(WaveOfficer.counts_from))
        .join(Staff, col(Staff.id) == col(WaveOfficer.staff_id))
        .where(col(WaveOfficer.wave_id) == wave.id, *is_officer())
        .order_by(col(Staff.name), col(Staff.id))
    )
    return [Counted(cast(int, id_), name, counts_from) for id_, name, counts_from in rows]


def must_count(session: Session, wave: Wave, staff_id: int, now: datetime) -> None:
    """Raises WaveRefused unless somebody can be one of two in a wave."""
    found = next((each for each in of(session, wave) if each.id == staff_id), None)
    if found is None:
        raise WaveRefused(
            _(
                "Việc này cần hai người đã là chuyên viên của hệ thống từ lúc phát phiếu. Tài khoản"
                " này có sau lúc ấy, hoặc đã được đặt lại, nên không đề nghị, không xác nhận được."
            )
        )
    if found.counts_from > now:
        raise WaveRefused(
            _("Tài khoản này đề nghị và xác nhận được từ {moment}.").format(
                moment=moment(found.counts_from)
            )
        )


def join(session: Session, wave: Wave, staff_id: int, now: datetime) -> datetime:
    """Come in where fewer than two are left, and let everybody know; gives when it counts.

    The caller holds the wave. Raises WaveRefused.
    """
    there = of(session, wave)
    if not wave.two_people or wave.unsealed_at is not None or wave.cancelled_at is not None:
        raise WaveRefused(_("Đợt này không còn việc gì cần hai người."))
    if len(there) >= NEEDED or any(each.id == staff_id for each in there):
        raise WaveRefused(
            _("Đợt này đang có đủ người: {names}.").format(
                names=", ".join(each.name for each in there)
            )
        )
    since = now + COUNTS_AFTER
    row = {"wave_id": id_of(wave), "staff_id": staff_id, "counts_from": since}
    session.connection().execute(insert(WaveOfficer), [row])
    tell(session, staff_id, now, wave.code, since)
    return since


def tell(
    session: Session,
    staff_id: int,
    now: datetime,
    wave: str = "",
    since: datetime | None = None,
) -> None:
    """A letter to every other officer and the council: of a new officer, or one who came in."""
    person = session.get_one(Staff, staff_id)
    if OFFICER not in person.roles.split():
        return
    to = session.connection().execute(
        select(col(Staff.id)).where(
            col(Staff.id) != staff_id,
            col(Staff.removed_at).is_(None),
            col(Staff.totp_confirmed_at).is_not(None),
            or_(col(Staff.roles).contains(OFFICER), col(Staff.roles).contains(COUNCIL)),
        )
    )
    facts = {"who": f"{person.name} <{person.email}>", "wave": wave}
    facts["since"] = moment(since) if since else ""
    written = json.dumps(facts, ensure_ascii=False)
    rows = [
        {"kind": "officer", "staff_id": id_, "facts": written, "due_at": now, "attempts": 0}
        for id_ in to.scalars()
    ]
    if rows:
        session.connection().execute(insert(StaffLetter), rows)
