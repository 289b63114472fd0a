"""Trustees named for a draft, named anew, or dismissed. The caller holds the draft."""

import os
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, insert
from sqlmodel import Session, col

from app.bonds import pledges
from app.bonds.refused import WaveRefused
from app.keys import committee
from app.keys.guard import keys_of
from app.keys.tokens import NUMBER_BYTES
from app.language import _
from app.store.models import Wave
from app.store.trusteemodels import HandedRow, TrusteeBody, TrusteeLetter, TrusteeRow
from app.text.cleaning import address_fault, clean, email_key
from app.trustees import body, queue
from app.trustees.body import SLOT, Body

LONGEST_NAME = 200


def appoint(
    session: Session, wave: Wave, need: int, people: Sequence[tuple[str, str]], now: datetime
) -> Body:
    """Name the trustees of a draft, as (name, address) in their order, any `need` of whom open.

    Who was one before keeps number and key. Each of the others gets a letter; the trial begins
    anew for all. Raises WaveRefused.
    """
    people = [(clean(name)[:LONGEST_NAME], clean(email)) for name, email in people]
    _check(need, people)
    before = body.of(session, wave)
    known = {email_key(each.email): each for each in before.trustees} if before else {}
    _forget_rows(session, wave, keep_letters_of=[known[k].number for k in known])
    session.connection().execute(insert(TrusteeBody), [{"wave_id": wave.id, "need": need}])
    rows, new = [], []
    for place, (name, email) in enumerate(people, 1):
        old = known.get(email_key(email))
        number = old.number if old else os.urandom(NUMBER_BYTES)
        kept = {"key": old.key if old else None, "key_at": old.key_at if old else None}
        row = {"number": number, "wave_id": wave.id, "place": place, "name": name, "email": email}
        rows.append({**row, **kept})
        if old is None:
            new.append(number)
    session.connection().execute(insert(TrusteeRow), rows)
    after = body.changed(session, wave, before)
    if after is None:
        raise AssertionError("they were just written")
    for number in new:
        queue.put(session, wave, "key", number, now)
    return after


def _check(need: int, people: Sequence[tuple[str, str]]) -> None:
    for _name, email in people:
        if fault := address_fault(email):
            raise WaveRefused(f"{email}: {fault}")
    keys = [email_key(email) for _name, email in people]
    if twice := sorted({email for email in keys if keys.count(email) > 1}):
        words = _(
            "{email} có hai lần trong danh sách. Mỗi ủy viên giữ khóa là một người khác nhau."
        )
        raise WaveRefused(words.format(email=twice[0]))
    if not committee.FEWEST <= len(people) <= committee.MOST:
        words = _("Cần từ {fewest} đến {most} ủy viên giữ khóa; danh sách có {number}.")
        raise WaveRefused(
            words.format(fewest=committee.FEWEST, most=committee.MOST, number=len(people))
        )
    if not 2 <= need < len(people):
        words = _(
            "Số ủy viên cần để mở hòm phiếu phải từ 2 đến {most}: ít hơn số ủy viên, để một người"
            " mất cụm từ khóa thì vẫn mở được."
        )
        raise WaveRefused(words.format(most=len(people) - 1))


def dismiss(session: Session, wave: Wave) -> None:
    """Back to office mode, before the launch."""
    before = body.of(session, wave)
    if before is not None:
        _forget_rows(session, wave)
        body.changed(session, wave, before)


def forget(session: Session, wave_id: int, code: str) -> None:
    """A draft goes, and its trustees with it, whatever their rows say."""
    if keys_of(session).slot("waves", code, SLOT) is None:
        return
    for table in (TrusteeLetter, HandedRow, TrusteeRow, TrusteeBody):
        session.connection().execute(delete(table).where(col(table.wave_id) == wave_id))
    pledges.set_right(session, keys_of(session), ("waves", code, SLOT), None)


def _forget_rows(session: Session, wave: Wave, keep_letters_of: Sequence[bytes] = ()) -> None:
    letters = delete(TrusteeLetter).where(
        col(TrusteeLetter.wave_id) == wave.id, col(TrusteeLetter.number).not_in(keep_letters_of)
    )
    session.connection().execute(letters)
    for table in (HandedRow, TrusteeRow, TrusteeBody):
        session.connection().execute(delete(table).where(col(table.wave_id) == wave.id))
