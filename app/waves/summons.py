"""Letters to the people of the console who have something to do next in a wave: a proposal waits,
a wave is over, results stand, invitations failed.

What happens once is told once: a letter is queued in the transaction of what it tells of, and what
the clock looks for is written down under the lock of its wave. It says what, by whom, until when
and on which page; no number in it is of ballots, and it names nobody of a roster. A rehearsal calls
for its second person alone.
"""

import json
import logging
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlmodel import Session, col

from app.bonds.wavefacts import WaveAltered
from app.language import _, moment, number
from app.letters import standing
from app.staff import accounts, queue
from app.staff.staff import COUNCIL, OFFICER
from app.store.db import Database
from app.store.models import Wave
from app.store.officemodels import FailuresTold, Proposal
from app.waves import deeds, officers
from app.waves.deeds import Deed
from app.waves.wave import hold_row, id_of, index_of, load

log = logging.getLogger("phieu.staffmail")
# How long letters of a launch may take before the failed ones are told of all the same.
UNDER_WAY = timedelta(hours=2)
BETWEEN_FAILURES = timedelta(days=1)


def proposed(session: Session, wave: Wave, asked: Proposal, deed: Deed, now: datetime) -> None:
    """To the others of a wave who can be one of two: one of them has to confirm."""
    who, until = accounts.get(session, asked.staff_id), asked.expires_at
    facts = {
        "who": who.name,
        "what": deeds.in_words(deed),
        "until": moment(until),
        "expires": until.isoformat(),
        "proposal": asked.id,
        "path": deeds.page_of(deed),
    }
    others = [each.id for each in officers.of(session, wave) if each.id != who.id]
    _put(session, wave, "proposal", others, now, **facts)


def proposal_over(session: Session, proposal_id: int, now: datetime) -> None:
    """It waits for nobody any more: who has no letter of it yet gets none."""
    queue.drop(session, "proposal", now, _("Đề nghị không còn chờ."), proposal=proposal_id)


def closed(session: Session, wave: Wave, who: str, now: datetime) -> None:
    """To the officers, but for who closed it (as the log names them): the urn can be opened."""
    if wave.rehearsal:
        return
    to = [each.id for each in _with(session, OFFICER) if each.who != who]
    two = "yes" if wave.two_people else ""
    _put(session, wave, "closed", to, now, two=two, path="mo-hom-phieu")


def opens_no_more(session: Session, wave: Wave, now: datetime) -> None:
    """The urn is open, or the wave goes on: nobody is told any more that it can be opened."""
    queue.drop(session, "closed", now, _("Không còn chờ mở hòm phiếu."), wave=wave.code)


def scored(session: Session, wave: Wave, sheet: int, now: datetime) -> None:
    """To officers and council: a score sheet stands."""
    if not wave.rehearsal:
        to = [each.id for each in _with(session, OFFICER, COUNCIL)]
        _put(session, wave, "scored", to, now, sheet=str(sheet), path="ket-qua")


def whole_made(session: Session, wave: Wave, sheet: int, now: datetime) -> None:
    """To officers and council: a sheet of the whole index stands."""
    if not wave.rehearsal:
        to = [each.id for each in _with(session, OFFICER, COUNCIL)]
        _put(session, wave, "whole", to, now, sheet=str(sheet), path="ca-bo")


def to_release(
    session: Session, wave: Wave, asked_by: int, sheet: int, now: datetime, until: datetime
) -> None:
    """To the council, but for who asked: one of them has to confirm that a sheet is released."""
    to = [each.id for each in _with(session, COUNCIL) if each.id != asked_by]
    facts = {
        "who": accounts.get(session, asked_by).name,
        "sheet": str(sheet),
        "until": moment(until),
        "expires": until.isoformat(),
        "path": "cong-bo",
    }
    _put(session, wave, "release", to, now, **facts)


def released(session: Session, wave: Wave, now: datetime) -> None:
    """Nothing waits to be released: who has no letter of it yet gets none."""
    queue.drop(session, "release", now, _("Không còn chờ công bố."), wave=wave.code)


def tell_failures(db: Database) -> None:
    """To the officers of each open wave: invitations failed since the last such letter. At most
    once a day, however many processes look."""
    with db.reading() as session:
        now = db.now(session)
        open_waves = session.scalars(
            select(Wave).where(
                col(Wave.launched_at).is_not(None),
                col(Wave.cancelled_at).is_(None),
                col(Wave.closed_at).is_(None),
                col(Wave.closes_at) > now,
                col(Wave.rehearsal).is_(False),
            )
        ).all()
        found = [wave.code for wave in open_waves if _new_failures(session, wave, now)]
    for code in found:
        try:
            with db.transaction() as session:
                _tell_failures(session, load(session, code), db.now(session))
        except WaveAltered as altered:
            # The others are not to wait for it.
            log.error("%s", altered)


def _tell_failures(session: Session, wave: Wave, now: datetime) -> None:
    hold_row(session, wave)
    if failed := _new_failures(session, wave, now):
        written = json.dumps(sorted(failed))
        session.merge(FailuresTold(wave_id=id_of(wave), told_at=now, letters=written))
        to = [each.id for each in _with(session, OFFICER)]
        count = number(len(failed))
        _put(session, wave, "failed", to, now, count=count, path="theo-doi#thu-hong")


def _new_failures(session: Session, wave: Wave, now: datetime) -> set[int]:
    """The letters of all failed invitations, if some are new and it is time to tell of them."""
    told = session.get(FailuresTold, id_of(wave))
    if told is not None and now - told.told_at < BETWEEN_FAILURES:
        return set()
    failed = standing.failed_letters(session, id_of(wave))
    known = _numbers(told.letters) if told is not None else set()
    begun = max(wave.opens_at, wave.launched_at or wave.opens_at)
    if not failed - known:
        return set()
    going = now - begun < UNDER_WAY and standing.progress(session, id_of(wave))["waiting"]
    return set() if going else failed


def _numbers(written: str) -> set[int]:
    """Numbers as they are kept; of what this program did not write there are none."""
    try:
        found = json.loads(written)
    except (ValueError, RecursionError):
        return set()
    return {each for each in found if isinstance(each, int)} if isinstance(found, list) else set()


def _with(session: Session, *roles: str) -> list[accounts.Account]:
    """Who works here with one of some roles, and could sign in to do something."""
    return [
        each
        for each in accounts.everyone(session)
        if each.has_second_factor and not each.roles.isdisjoint(roles)
    ]


def _put(
    session: Session, wave: Wave, kind: str, to: Iterable[int], now: datetime, **facts: object
) -> None:
    facts |= {"wave": wave.code, "title": index_of(wave)[0].name}
    for staff_id in to:
        queue.put(session, kind, staff_id, now, **facts)
