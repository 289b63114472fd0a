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

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, insert, or_, select
from sqlmodel import Session, col

from app.bonds import accountfacts, pledges
from app.bonds.accountfacts import is_sound
from app.keys.guard import keys_of
from app.keys.keyfile import KeyFile
from app.language import _, moment
from app.staff import queue
from app.staff.staff import COUNCIL, OFFICER
from app.store.models import Wave
from app.store.officemodels import WaveOfficer
from app.store.staffmodels import Staff
from app.text.order import person_key
from app.waves.wave import WaveRefused, id_of

COUNTS_AFTER = timedelta(hours=24)
NEEDED = 2
SLOT = "officers"


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
    keys, query = keys_of(session), select(*accountfacts.COLUMNS).where(*is_officer())
    found = [row for row in session.connection().execute(query) if is_sound(keys, row)]
    rows = [{"wave_id": id_of(wave), "staff_id": row.id, "counts_from": now} for row in found]
    if rows:
        session.connection().execute(insert(WaveOfficer), rows)
    said = {str(row.id): _said(row.totp_confirmed_at, now) for row in found}
    pledges.pledge(session, keys, (*_slot(wave), SLOT), None, said)


def of(session: Session, wave: Wave) -> list[Counted]:
    """Those who are officers still, by name; some may not count yet."""
    keys, known = keys_of(session), _known(session, wave)
    return [
        Counted(row.id, row.name, row.counts_from)
        for row in _rows(session, wave, *is_officer())
        if _fits(known, row) and is_sound(keys, row)
    ]


def counting(session: Session, wave: Wave, now: datetime) -> list[int]:
    """Whose word counts now."""
    return [each.id for each in of(session, wave) if each.counts_from <= now]


def altered(session: Session, wave: Wave) -> list[str]:
    """Who was put among the two, or taken away from them, past this program: their names."""
    keys, known, seen, found = keys_of(session), _known(session, wave), set(), []
    for row in _rows(session, wave):
        seen.add(str(row.id))
        if not _fits(known, row) or not is_sound(keys, row):
            found.append(_name(keys, row.id, row.name))
    for id_ in {id_ for said in known for id_ in said} - seen:
        # Who was removed or reset was struck off by this program.
        row = accountfacts.look(session, int(id_))
        since = None if row is None or not is_sound(keys, row) else row.totp_confirmed_at
        if row is None or any(_said(since)[0] == said.get(id_, [""])[0] for said in known):
            found.append(_name(keys, int(id_), ""))
    return sorted(found, key=person_key)


def _name(keys: KeyFile, staff_id: int, name: str) -> str:
    was = accountfacts.known(keys).get(staff_id)
    return str(was["name"] if was else name)


def _rows(session: Session, wave: Wave, *which: ColumnElement[bool]) -> list[Any]:
    query = (
        select(*accountfacts.COLUMNS, col(WaveOfficer.counts_from))
        .join(Staff, col(Staff.id) == col(WaveOfficer.staff_id))
        .where(col(WaveOfficer.wave_id) == wave.id, *which)
        .order_by(col(Staff.id))
    )
    rows = session.connection().execute(query).all()
    return sorted(rows, key=lambda row: person_key(str(row.name)))


def _slot(wave: Wave) -> tuple[str, str]:
    return "waves", wave.code


def _known(session: Session, wave: Wave) -> list[Mapping[str, list[str]]]:
    """What the key file has of the officers of a wave; two states while one changes."""
    return [said for said in keys_of(session).accepted(*_slot(wave), SLOT) if said is not None]


def _said(since: datetime | None, counts_from: datetime | None = None) -> list[str]:
    """Somebody as the key file knows them: with a second factor since, and counting from."""
    return [
        when.astimezone(UTC).isoformat(timespec="microseconds") if when else "-"
        for when in (since, counts_from)
    ]


def _fits(known: list[Mapping[str, list[str]]], row: Any) -> bool:
    said = _said(row.totp_confirmed_at, row.counts_from)
    return any(each.get(str(row.id)) == said for each in known)


def take_over(session: Session, wave: Wave) -> dict[str, list[str]]:
    """What the key file is to know of a wave's officers, as the table has them."""
    return {
        str(row.id): _said(row.totp_confirmed_at, row.counts_from) for row in _rows(session, wave)
    }


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
    if missing := altered(session, wave):
        raise WaveRefused(
            _(
                "Danh sách hai người của đợt này đã bị sửa ngoài hệ thống ({names}): không nhận"
                " thêm ai. Báo người quản trị máy chủ và Hội đồng; khôi phục cơ sở dữ liệu từ bản"
                " lưu."
            ).format(names=", ".join(missing))
        )
    since, known = now + COUNTS_AFTER, _known(session, wave)
    before = known[-1] if known else None
    row = {"wave_id": id_of(wave), "staff_id": staff_id, "counts_from": since}
    session.connection().execute(insert(WaveOfficer), [row])
    mine = accountfacts.found(session, staff_id)
    after = {**(before or {}), str(staff_id): _said(mine.totp_confirmed_at, since)}
    pledges.pledge(session, keys_of(session), (*_slot(wave), SLOT), before, after)
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
    keys, person = keys_of(session), accountfacts.found(session, staff_id)
    if OFFICER not in person.roles.split():
        return
    query = select(*accountfacts.COLUMNS).where(
        col(Staff.id) != staff_id,
        col(Staff.removed_at).is_(None),
        col(Staff.totp_confirmed_at).is_not(None),
        or_(col(Staff.roles).contains(OFFICER), col(Staff.roles).contains(COUNCIL)),
    )
    facts = {"who": f"{person.name} <{person.email}>", "wave": wave}
    facts["since"] = moment(since) if since else ""
    for row in session.connection().execute(query).all():
        if is_sound(keys, row):
            queue.put(session, "officer", row.id, now, **facts)
