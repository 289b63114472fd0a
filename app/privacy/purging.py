"""What is due is erased, each kind of data of each wave in a transaction of its own.

So a purge that broke off goes on at the next: what is done is done and reported, what is left is
found by what the tables hold, not by what a row says of it. After the commit the database's files
are cleaned of what was deleted (`Database.forget_deleted`); a report that has not seen this says
so, and the next purge does it.
"""

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, or_, select, update
from sqlmodel import Session, col

from app.audit import chain
from app.audit.chain import ChainBroken
from app.bonds import erasing, nameless
from app.bonds.keptsums import CAST, CONTACTS, LETTERS
from app.bonds.wavefacts import WaveAltered
from app.bounces.taking import key_of
from app.keys.guard import keys_of
from app.keys.keyfile import KeyFile
from app.letters import standing
from app.letters.queue import held, letter, lost
from app.privacy import dates
from app.store.db import Database
from app.store.models import Ballot, DeadAddress, Letter, Respondent, Wave
from app.store.officemodels import (
    FailuresTold,
    KeptBadRows,
    KeptList,
    Preparation,
    Proposal,
)
from app.store.privacymodels import Purge
from app.store.staffmodels import StaffLetter
from app.waves import counts, situation
from app.waves.wave import WaveRefused, hold, id_of, load

log = logging.getLogger("phieu.privacy")

KINDS = (LETTERS, CAST, CONTACTS)
# Whose rows are to be gone from the pages of the database, too.
TABLES = (
    *("respondent", "ballot", "letter", "proposal", "staff_letter", "kept_list", "bad_rows"),
    *("preparation", "urn", "draft"),
)
Numbers = dict[str, Any]


@dataclass(frozen=True)
class Due:
    """One kind of data of one wave that was to be erased by now. `altered`: the wave is not as the
    key file knows it, so that nothing is done with it."""

    wave: str
    what: str
    due_at: datetime
    counts: Mapping[str, int]
    altered: bool = False


def find(session: Session, now: datetime) -> list[Due]:
    """What is due at `now`, and how much of it there is."""
    found = []
    for wave in session.scalars(select(Wave).order_by(col(Wave.id))).all():
        until = dates.of(session, wave, now)
        for what in KINDS:
            due_at = until.of(what)
            if due_at is not None and due_at <= now and (number := _left(session, wave, what)):
                found.append(Due(wave.code, what, due_at, number))
    if letters := _staff_letters(session, now):
        found.append(Due("", LETTERS, now, {"letters": letters}))
    return found


def purge(db: Database, keys: KeyFile, who: str) -> list[Due]:
    """Erase all that is due; gives what was erased, and what could not be."""
    done = []
    with db.reading() as session:
        found = find(session, db.now(session))
    for due in found:
        try:
            with db.transaction() as session:
                if (erased := _erase(db, session, keys, due, who)) is not None:
                    done.append(erased)
        except (WaveAltered, WaveRefused, ChainBroken) as refused:
            # The others are not to wait for it.
            log.error("nothing of %s is erased: %s", due.wave, type(refused).__name__)
            done.append(Due(due.wave, due.what, due.due_at, due.counts, altered=True))
    clean(db, keys)
    return done


def _forget_bonds(db: Database, keys: KeyFile) -> None:
    """Let the key file know nothing any more by which a name that was erased could be tried out."""
    for code in nameless.left(keys):
        try:
            with db.transaction() as session:
                wave = load(session, code)
                if wave.unsealed_at is None and wave.cancelled_at is None:
                    continue  # nobody is erased yet, and nobody shall wait
                hold(session, wave)
                bonds = nameless.set_aside(session, wave)
        except (WaveAltered, WaveRefused) as refused:
            log.error("the bonds of %s stay: %s", code, type(refused).__name__)
            continue
        if bonds:
            nameless.forget(keys, code, bonds)


def clean(db: Database, keys: KeyFile) -> None:
    """Let nothing that was erased linger in the key file, nor in the database's files."""
    _forget_bonds(db, keys)
    unclean = col(Purge.is_clean).is_(False)
    with db.reading() as session:
        last = session.scalars(select(func.max(col(Purge.id))).where(unclean)).first()
    if last is None:
        return
    if not db.forget_deleted(TABLES, noted=True):
        log.warning("what was erased may linger in files of the database: it is read meanwhile")
        return
    with db.transaction() as session:
        seen = update(Purge).where(unclean, col(Purge.id) <= last)
        session.connection().execute(seen.values(is_clean=True))


def report(
    session: Session,
    keys: KeyFile,
    now: datetime,
    who: str,
    wave: Wave | None,
    what: str,
    numbers: Mapping[str, int],
    due_at: datetime,
    kept: Mapping[str, Any] | None = None,
) -> None:
    """Write down that something was erased, and how much: never of whom."""
    row = {
        "wave_id": None if wave is None else wave.id,
        "wave": "" if wave is None else wave.code,
        "what": what,
        "at": now,
        "due_at": due_at,
        "by": who,
        "counts": json.dumps(dict(numbers)),
        "kept": json.dumps(dict(kept or {})),
        "is_clean": False,
    }
    session.connection().execute(insert(Purge), [row])
    if what in KINDS:
        code = "" if wave is None else wave.code
        chain.note(session, keys, now, who, "privacy.purge", code, what=what, **numbers)


def reports(session: Session, limit: int = 100) -> list[tuple[Purge, Numbers]]:
    """The reports, the newest first, each with its numbers."""
    rows = session.scalars(select(Purge).order_by(col(Purge.id).desc()).limit(limit)).all()
    return [(row, json.loads(row.counts)) for row in rows]


def _erase(db: Database, session: Session, keys: KeyFile, due: Due, who: str) -> Due | None:
    now = db.now(session)
    if not due.wave:
        return _erase_staff_letters(session, keys, now, who)
    wave = load(session, due.wave)
    hold(session, wave)
    due_at, numbers = dates.of(session, wave, now).of(due.what), _left(session, wave, due.what)
    if due_at is None or due_at > now or not numbers:
        return None  # another process was first, or the wave was opened again
    kept = _VERBS[due.what](session, wave, now)
    report(session, keys, now, who, wave, due.what, numbers, due_at, kept)
    return Due(due.wave, due.what, due_at, numbers)


def _left(session: Session, wave: Wave, what: str) -> dict[str, int]:
    """How much there is to erase; nothing when there is none."""
    connection, wave_id = session.connection(), id_of(wave)
    if what == CONTACTS:
        named = col(Respondent.wave_id) == wave_id, col(Respondent.erased_at).is_(None)
        people = select(func.count()).select_from(Respondent).where(*named)
        number = connection.execute(people).scalar_one()
        return {"people": number} if number else {}
    if what == LETTERS:
        letters = select(func.count()).where(letter.c.wave_id == wave_id, ~held)
        number = connection.execute(letters).scalar_one()
        return {"letters": number} if number else {}
    marked = or_(col(Ballot.cast), col(Ballot.ever_cast), col(Ballot.no_reminders))
    mine = col(Ballot.wave_id) == wave_id
    query = select(func.count(), func.count().filter(marked)).select_from(Ballot).where(mine)
    ballots, left = connection.execute(query).one()
    # All of the wave's ballots, and not how many bore a mark.
    return {"ballots": ballots} if left else {}


def _erase_contacts(session: Session, wave: Wave, now: datetime) -> Numbers:
    mine = col(Respondent.wave_id) == wave.id
    if wave.launched_at is None:
        session.connection().execute(delete(Respondent).where(mine))
    else:
        erasing.blank_all(session, wave, now)
    forget_beside(session, wave)
    for table in (KeptBadRows, KeptList):
        session.connection().execute(delete(table).where(col(table.wave_id) == wave.id))
    prepared = update(Preparation).where(col(Preparation.wave_id) == wave.id)
    session.connection().execute(prepared.values(agencies="[]", roster_file=""))
    return {}


def forget_beside(session: Session, wave: Wave) -> None:
    """Empty proposals of a wave that is over, which may name people and addresses."""
    mine = update(Proposal).where(col(Proposal.wave_id) == wave.id)
    named = col(Proposal.action).in_(["add", "address", "addresses"])
    # Its MAC would confirm who tries a name out.
    session.connection().execute(mine.where(named).values(arguments="{}", mac=None))


def _erase_letters(session: Session, wave: Wave, now: datetime) -> Numbers:
    """Keeps how many invitations went out, and a print of the addresses that were dead."""
    mail = standing.progress(session, id_of(wave))
    before = standing.kept(session, id_of(wave))
    kept = {name: mail[name] - before.get(name, 0) for name in standing.KEPT}
    keys, connection = keys_of(session), session.connection()
    dead = connection.execute(
        select(col(Respondent.email))
        .join(Ballot, col(Ballot.respondent_id) == col(Respondent.id))
        .join(letter, letter.c.ballot_number == col(Ballot.number))
        .where(
            letter.c.wave_id == wave.id,
            letter.c.kind == "invitation",
            lost,
            col(Respondent.email) != "",
        )
    )
    if not wave.rehearsal:
        for email in set(dead.scalars()):
            session.merge(DeadAddress(key=key_of(keys, email), at=now))
    session.flush()
    mine = delete(Letter).where(col(Letter.wave_id) == wave.id, col(Letter.state) != "claimed")
    connection.execute(mine)
    connection.execute(delete(FailuresTold).where(col(FailuresTold.wave_id) == wave.id))
    return kept


def _forget_cast(session: Session, wave: Wave, now: datetime) -> Numbers:
    """Keeps what is told of participation, in all and by the cells that are told."""
    told = counts.of(session, wave, now)
    issued, cast = situation.totals(session, wave)
    cells = {cell: list(both) for cell, both in told.cells.items()} if told and told.final else {}
    kept = {"issued": issued, "cast": cast, "cells": cells}
    erasing.forget_cast(session, wave, now)
    return kept


_VERBS: dict[str, Callable[[Session, Wave, datetime], Numbers]] = {
    CONTACTS: _erase_contacts,
    LETTERS: _erase_letters,
    CAST: _forget_cast,
}


def _old(now: datetime) -> tuple[Any, ...]:
    ended = or_(col(StaffLetter.sent_at).is_not(None), col(StaffLetter.failed_at).is_not(None))
    return ended, col(StaffLetter.due_at) < now - dates.LETTERS_DAYS


def _staff_letters(session: Session, now: datetime) -> int:
    query = select(func.count()).select_from(StaffLetter).where(*_old(now))
    return session.connection().execute(query).scalar_one()


def _erase_staff_letters(session: Session, keys: KeyFile, now: datetime, who: str) -> Due | None:
    """Letters to the people of the console, ninety days after they were due."""
    number = session.connection().execute(delete(StaffLetter).where(*_old(now))).rowcount
    if not number:
        return None
    report(session, keys, now, who, None, LETTERS, {"letters": number}, now)
    return Due("", LETTERS, now, {"letters": number})
