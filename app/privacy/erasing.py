"""One person erased on request: all that says who somebody of one wave's roster is.

What is answered, and what is done, is alike for who has cast and who has not. The number of the
ballot, its group and its unit stay: without them the count could not be checked any more.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlmodel import Session, col

from app.bonds import erasing
from app.bonds.keptsums import PERSON
from app.keys.guard import keys_of
from app.language import _, day
from app.letters.queue import letter, to_send
from app.preparation import keptlist, keptrows
from app.privacy import purging
from app.privacy.dates import months_after
from app.store.models import Ballot, Respondent, Wave
from app.text.cleaning import email_key, folded
from app.waves.wave import WaveRefused, hold, id_of


def may_erase(wave: Wave) -> bool:
    """Whether somebody can be erased now: before the launch, and once the urn was opened."""
    over = wave.unsealed_at is not None or wave.cancelled_at is not None
    return wave.launched_at is None or over


def erase(session: Session, wave: Wave, person: Respondent, now: datetime, who: str) -> None:
    """Erase one person of a wave, and report it. Raises WaveRefused while ballots are out."""
    hold(session, wave)
    if not may_erase(wave):
        raise WaveRefused(refusal(session, wave))
    if person.erased_at is not None:
        raise WaveRefused(
            _("Dữ liệu của người này đã xóa ngày {day}.").format(day=day(person.erased_at))
        )
    if wave.launched_at is None:
        _forget_files(session, wave, person)
        session.connection().execute(delete(Respondent).where(col(Respondent.id) == person.id))
        session.expunge(person)
    else:
        _forget_letters(session, person)
        erasing.blank_one(session, wave, int(person.id or 0), now)
        session.expire(person)
        purging.forget_beside(session, wave)
    purging.report(session, keys_of(session), now, who, wave, PERSON, {"people": 1}, now)


def refusal(session: Session, wave: Wave) -> str:
    """Why nobody is erased while ballots are out, and what can be done instead."""
    months = erasing.contacts_months(keys_of(session), wave.code)
    return _(
        "Chưa xóa được: phiếu của đợt còn niêm phong, và địa chỉ đang ghi là căn cứ để không ai đổi"
        " phiếu của người này mà không lộ. Người này không muốn nhận thư nữa thì bỏ khỏi danh sách"
        " khi đợt còn thu phiếu. Ngay sau khi mở hòm phiếu hoặc hủy đợt thì xóa được ở trang này;"
        " chậm nhất hệ thống tự xóa ngày {day}."
    ).format(day=day(months_after(wave.closed_at or wave.closes_at, months)))


def _forget_letters(session: Session, person: Respondent) -> None:
    """Nothing more goes to somebody, and no letter says any more where one went."""
    numbers = select(col(Ballot.number)).where(col(Ballot.respondent_id) == person.id)
    ballot = letter.c.ballot_number.in_(numbers)
    connection = session.connection()
    connection.execute(delete(letter).where(ballot, to_send))
    # An answer of a relay may quote the address.
    connection.execute(
        update(letter).where(ballot).values(address=None, address_mac=None, error=None)
    )


def _forget_files(session: Session, wave: Wave, person: Respondent) -> None:
    """Take somebody out of the rows of the last file that wait or were refused."""
    wave_id = id_of(wave)
    held = keptlist.of(session, wave_id)
    if held is not None:
        rows, sheet = 0, held.sheet
        if sheet is not None:
            first = (sheet.heading or 0) + 1
            theirs = {
                place
                for place, row in enumerate(sheet.rows)
                if place >= first and _is_about(person, row)
            }
            kept = [[] if place in theirs else list(row) for place, row in enumerate(sheet.rows)]
            sheet, rows = replace(sheet, rows=kept), len(theirs)
        asides = tuple(each for each in held.asides if not _is_about(person, [each.text]))
        note = replace(held.note, rows=max(0, held.note.rows - rows))
        waits = held.waits and not (held.settled and rows and note.rows == 0)
        sheet = sheet if waits else None
        keptlist.keep(
            session, wave, replace(held, note=note, asides=asides, sheet=sheet, waits=waits)
        )
    bad, note_of = keptrows.of(session, wave_id), keptrows.note(session, wave_id)
    if bad is not None:
        left = tuple(each for each in bad.rows if not _is_about(person, each.cells))
        keptrows.keep(session, wave, replace(bad, rows=left), note_of[2] if note_of else 0)


def _is_about(person: Respondent, cells: Iterable[str]) -> bool:
    """Whether the cells of a row name somebody: by the address, without any by the name."""
    texts = list(cells)
    if any("@" in text for text in texts):
        return any(person.email_key in email_key(text) for text in texts if "@" in text)
    return any(folded(person.name) in folded(text) for text in texts)
