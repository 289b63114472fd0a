"""What officers and trustees do in committee mode, each with its line in the log.

Every verb holds the wave it is about. `who` is as the log names them. Raises WaveRefused.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from app.audit import chain
from app.keys.guard import keys_of
from app.language import _
from app.store.db import Database
from app.store.models import Wave
from app.trustees import appointing, body, keysin, queue, shares, trial
from app.trustees.body import Body, Trustee
from app.trustees.files import Given, Opened
from app.trustees.shares import HandedIn
from app.waves.closing import note_closing, settle
from app.waves.wave import WaveRefused, hold, hold_draft


def appoint(
    session: Session,
    wave: Wave,
    need: int,
    people: Sequence[tuple[str, str]],
    now: datetime,
    who: str,
) -> Body:
    """Name the trustees of a draft, as (name, address), any `need` of whom open its urn; each new
    one gets a letter with their link."""
    hold_draft(session, wave)
    found = appointing.appoint(session, wave, need, people, now)
    found = trial.renew(session, wave, now)
    names = [each.email for each in found.trustees]
    _note(session, wave, now, who, "trustees.name", need=need, trustees=names)
    return found


def dismiss(session: Session, wave: Wave, now: datetime, who: str) -> None:
    """Back to office mode, before the launch."""
    hold_draft(session, wave)
    if body.of(session, wave) is not None:
        appointing.dismiss(session, wave)
        _note(session, wave, now, who, "trustees.office")


def hand_in_key(
    session: Session, wave: Wave, number: bytes, key: bytes, now: datetime, who: str = ""
) -> Trustee:
    """The public half of a trustee's key; with the last one there is a trial ballot for all."""
    hold_draft(session, wave)
    before = body.must_be(session, wave).of(number)
    found = keysin.hand_in_key(session, wave, number, key, now)
    mine = trial.renew(session, wave, now).of(number)
    if before.key != mine.key:
        who = who or trustee_in_log(mine)
        _note(session, wave, now, who, "trustees.key", trustee=mine.email, print=mine.print)
    return found.of(number)


def open_again(session: Session, wave: Wave, number: bytes, now: datetime, who: str) -> Trustee:
    """A trustee may make another key; they get a letter."""
    hold_draft(session, wave)
    mine = keysin.open_again(session, wave, number, now).of(number)
    _note(session, wave, now, who, "trustees.again", trustee=mine.email)
    return mine


def write_again(session: Session, wave: Wave, number: bytes, now: datetime) -> Trustee:
    """The letter of the step that a trustee is at, once more. The caller holds the wave."""
    found = body.must_be(session, wave)
    mine = found.of(number)
    if wave.launched_at is None:
        is_trial = mine.key is not None and found.trial_of == wave.index_digest
        queue.put(session, wave, "trial" if is_trial else "key", number, now)
    elif wave.closed_at is not None:
        shares.must_be_shut(wave)
        queue.put(session, wave, "open", number, now)
    else:
        raise WaveRefused(
            _("Bây giờ ủy viên giữ khóa chưa có việc gì. Thư đi khi kết thúc thu phiếu.")
        )
    return mine


def hand_in_trial(
    session: Session, wave: Wave, number: bytes, opened: Opened, now: datetime, who: str = ""
) -> Body:
    """What a trustee opened of the trial ballot."""
    hold_draft(session, wave)
    found = trial.hand_in(session, wave, number, opened, now)
    mine = found.of(number)
    who = who or trustee_in_log(mine)
    _note(session, wave, now, who, "trustees.tried", trustee=mine.email)
    return found


def give(
    db: Database, session: Session, wave: Wave, number: bytes, now: datetime, who: str = ""
) -> Given:
    """What a trustee opens of the urn; from the first time on the wave never opens again."""
    hold(session, wave)
    if settle(db, session, wave):
        note_closing(session, keys_of(session), wave, chain.CLOCK, now)
    found = shares.give(session, wave, number, now)
    mine = body.must_be(session, wave).of(number)
    _note(session, wave, now, who or trustee_in_log(mine), "trustees.given", trustee=mine.email)
    return found


def hand_in_shares(
    session: Session, wave: Wave, number: bytes, opened: Opened, now: datetime, who: str = ""
) -> HandedIn:
    """What a trustee opened of the urn."""
    hold(session, wave)
    told = shares.hand_in(session, wave, number, opened, now)
    mine = body.must_be(session, wave).of(number)
    facts = {"rows": told.rows, "missing": told.missing, "refused": told.refused}
    who = who or trustee_in_log(mine)
    _note(session, wave, now, who, "trustees.shares", trustee=mine.email, **facts)
    return told


def trustee_in_log(trustee: Trustee) -> str:
    """How the log names a trustee who did something by their link."""
    return _("ủy viên giữ khóa {email}").format(email=trustee.email)


def _note(
    session: Session, wave: Wave, now: datetime, who: str, action: str, **facts: object
) -> None:
    chain.note(session, keys_of(session), now, who, action, wave.code, **facts)
