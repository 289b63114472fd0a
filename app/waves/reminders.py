"""Reminders by rule: so many days before the closing, at eight in the morning, each once."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from app.audit import chain
from app.keys.keyfile import KeyFile
from app.language import HANOI
from app.settings import Settings
from app.store.db import Database
from app.store.models import Wave
from app.store.officemodels import ReminderRule
from app.waves import launch
from app.waves.situation import state
from app.waves.wave import WaveRefused, id_of, load

HOUR = 8
MOST = 5
# A server that was off over night still reminds; one that was off for days does not.
LATE = timedelta(hours=12)


def days_of(wave: Wave) -> list[int]:
    """The days of the rule, the earliest reminder first."""
    written = (day for day in wave.remind_days.split() if day.isdecimal() and len(day) < 3)
    return sorted({int(day) for day in written}, reverse=True)[:MOST]


def due_times(wave: Wave) -> list[datetime]:
    """When the reminders of the rule are due, in their order."""
    local = wave.closes_at.astimezone(HANOI)
    times = []
    for day in days_of(wave):
        due = (local - timedelta(days=day)).replace(hour=HOUR, minute=0, second=0, microsecond=0)
        if wave.opens_at < due < wave.closes_at:
            times.append(due)
    return times


def set_days(session: Session, wave: Wave, days: Sequence[int]) -> None:
    """Change the rule; none means no reminders by rule."""
    chosen = sorted({day for day in days if 0 < day < 60}, reverse=True)[:MOST]
    wave.remind_days = " ".join(map(str, chosen))
    session.add(wave)
    session.flush()


def done(session: Session, wave_id: int) -> set[datetime]:
    """The due times that were taken care of."""
    query = select(col(ReminderRule.due_at)).where(col(ReminderRule.wave_id) == wave_id)
    return set(session.connection().execute(query).scalars())


def remind_all(db: Database, keys: KeyFile, settings: Settings) -> None:
    """Queue what is due now, once however many servers look; none soon after one by hand."""
    with db.reading() as session:
        now = db.now(session)
        found = session.scalars(
            select(Wave).where(
                col(Wave.remind_days) != "",
                col(Wave.launched_at).is_not(None),
                col(Wave.cancelled_at).is_(None),
                col(Wave.closed_at).is_(None),
                col(Wave.closes_at) > now,
            )
        ).all()
    for wave in found:
        due = [time for time in due_times(wave) if now - LATE < time <= now]
        if due:
            try:
                with db.transaction() as session:
                    _remind(db, session, keys, settings, wave.code, due[-1])
            except (IntegrityError, WaveRefused):
                # Another server was first, or the wave ends.
                continue


def _remind(
    db: Database, session: Session, keys: KeyFile, settings: Settings, code: str, due: datetime
) -> None:
    wave, now = load(session, code), db.now(session)
    if due in done(session, id_of(wave)) or state(wave, now, False) != "open":
        return
    session.connection().execute(
        insert(ReminderRule), [{"wave_id": id_of(wave), "due_at": due, "done_at": now}]
    )
    try:
        launch.remind(db, session, settings, wave, by_rule=True)
    except launch.TooSoon:
        # Somebody did it by hand: this one is done with, and not made up for at night.
        return
    chain.note(session, keys, now, chain.CLOCK, "wave.remind", code)
