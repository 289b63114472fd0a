"""One person of a roster added, corrected, removed, or given another ballot.

What a verb does to a ballot depends on whether it was cast; what it answers, and what any page
shows afterwards, does not. Every verb works inside the caller's transaction.
"""

import os
from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import delete, insert, select, update
from sqlmodel import Session, col

from app import ballots, letters
from app.cleaning import email_key
from app.keys import KeyFile
from app.language import _
from app.models import Ballot, Draft, Letter, Respondent, Wave
from app.roster import Person
from app.tokens import NUMBER_BYTES, BallotName
from app.waves import WaveRefused, id_of, person_row


def may_change(wave: Wave, now: datetime) -> bool:
    """Whether the roster takes changes: until casting ends."""
    over = wave.closed_at is not None or wave.cancelled_at is not None
    return not over and (wave.launched_at is None or now < wave.closes_at)


def must_be_changeable(wave: Wave, now: datetime) -> None:
    if not may_change(wave, now):
        raise WaveRefused(
            _("Đợt {code} không còn thu phiếu, danh sách không đổi được nữa.").format(
                code=wave.code
            )
        )


def add(
    session: Session, keys: KeyFile, wave: Wave, person: Person, now: datetime, domain: str
) -> int:
    """Put one person on the roster; after the launch with a ballot and an invitation.

    Somebody who was taken off comes back. Raises WaveRefused when the address is taken.
    """
    must_be_changeable(wave, now)
    wave_id = id_of(wave)
    _must_be_free(session, wave_id, person.email, None)
    row: dict[str, Any] = person_row(wave_id, person)
    known = (
        session.connection()
        .execute(
            select(col(Respondent.id)).where(
                col(Respondent.wave_id) == wave_id, col(Respondent.email_key) == row["email_key"]
            )
        )
        .scalar()
    )
    if known is not None:
        # Group and units stay those of the ballot that was issued.
        kept = {name: row[name] for name in ("name", "position", "phone", "search")}
        session.connection().execute(
            update(Respondent).where(col(Respondent.id) == known).values(removed_at=None, **kept)
        )
        _invite_anew(session, keys, wave, known, now, domain)
        return known
    made = Respondent(**row)
    session.add(made)
    session.flush()
    respondent_id = cast(int, made.id)
    if wave.launched_at is not None:
        name = BallotName(os.urandom(NUMBER_BYTES), 1)
        session.connection().execute(
            insert(Ballot), [ballots.new_row(keys, wave_id, respondent_id, name)]
        )
        _queue(session, wave, name.number, now, domain)
    return respondent_id


def _must_be_free(session: Session, wave_id: int, email: str, but: int | None) -> None:
    taken = (
        session.connection()
        .execute(
            select(col(Respondent.id), col(Respondent.removed_at)).where(
                col(Respondent.wave_id) == wave_id, col(Respondent.email_key) == email_key(email)
            )
        )
        .first()
    )
    if taken is None or taken.id == but or (but is None and taken.removed_at is not None):
        return
    raise WaveRefused(
        _("Địa chỉ {email} đã thuộc một người khác trong danh sách. Mỗi địa chỉ một phiếu.").format(
            email=email
        )
    )


def correct(
    session: Session,
    keys: KeyFile,
    wave: Wave,
    person: Respondent,
    wanted: Person,
    now: datetime,
    domain: str,
) -> None:
    """Change what stands about one person.

    After the launch group, agency and units stay. Another address gets the invitation anew (the
    link in the old letters dies, unless the ballot was cast), and the old one is told.
    """
    must_be_changeable(wave, now)
    _must_be_free(session, id_of(wave), wanted.email, person.id)
    old = person.email
    row = person_row(id_of(wave), wanted)
    if wave.launched_at is not None:
        same = (row["group"], row["agency"], row["assigned"])
        if same != (person.group, person.agency, person.assigned):
            raise WaveRefused(
                _(
                    "Đã phát phiếu nên không đổi được nhóm, cơ quan và đơn vị đánh giá. Bỏ người"
                    " này rồi thêm lại với địa chỉ khác nếu cần."
                )
            )
    for name, value in row.items():
        setattr(person, name, value)
    session.add(person)
    session.flush()
    if wave.launched_at is None or email_key(old) == row["email_key"]:
        return
    number = _invite_anew(session, keys, wave, cast(int, person.id), now, domain)
    if number is not None:
        letters.queue(session, id_of(wave), "moved", [number], now, domain, address=old)


def remove(session: Session, keys: KeyFile, wave: Wave, person: Respondent, now: datetime) -> None:
    """Take one person off. After the launch a ballot that was cast stays and counts."""
    must_be_changeable(wave, now)
    if wave.launched_at is None:
        session.delete(person)
        session.flush()
        return
    person.removed_at = now
    session.add(person)
    session.flush()
    number = _next_issue(session, keys, cast(int, person.id), and_cast=False)
    if number is not None:
        letters.replace(session, number)


def reissue(
    session: Session, keys: KeyFile, wave: Wave, person: Respondent, now: datetime, domain: str
) -> None:
    """Void the ballot, cast or not, and issue it anew: its link came into wrong hands."""
    must_be_changeable(wave, now)
    number = _next_issue(session, keys, cast(int, person.id), and_cast=True)
    if number is not None:
        letters.replace(session, number)
        _queue(session, wave, number, now, domain)


def resend(session: Session, wave: Wave, person: Respondent, now: datetime, domain: str) -> None:
    """Send the invitation once more, with the same link."""
    must_be_changeable(wave, now)
    number = (
        session.connection()
        .execute(select(col(Ballot.number)).where(col(Ballot.respondent_id) == person.id))
        .scalar()
    )
    if number is not None:
        letters.replace(session, number)
        _queue(session, wave, number, now, domain)


def resend_to(
    session: Session, wave: Wave, people: Sequence[int], now: datetime, domain: str
) -> int:
    """Send the invitation of several people once more; gives how many letters are queued."""
    numbers = (
        session.connection()
        .execute(
            select(col(Ballot.number)).where(
                col(Ballot.wave_id) == wave.id, col(Ballot.respondent_id).in_(people)
            )
        )
        .scalars()
        .all()
    )
    for number in numbers:
        letters.replace(session, number)
    due = max(now, wave.opens_at)
    return letters.queue(session, id_of(wave), "invitation", numbers, due, domain)


def _queue(session: Session, wave: Wave, number: bytes, now: datetime, domain: str) -> None:
    letters.queue(session, id_of(wave), "invitation", [number], max(now, wave.opens_at), domain)


def _invite_anew(
    session: Session, keys: KeyFile, wave: Wave, respondent_id: int, now: datetime, domain: str
) -> bytes | None:
    number = _next_issue(session, keys, respondent_id, and_cast=False)
    if number is not None:
        letters.replace(session, number)
        _queue(session, wave, number, now, domain)
    return number


def _next_issue(
    session: Session, keys: KeyFile, respondent_id: int, and_cast: bool
) -> bytes | None:
    """Kill the link of a ballot that was not cast (`and_cast`: of any); gives its number."""
    connection = session.connection()
    row = connection.execute(
        select(col(Ballot.number), col(Ballot.issue), col(Ballot.cast))
        .where(col(Ballot.respondent_id) == respondent_id)
        .with_for_update()
    ).first()
    if row is None:
        return None
    # The same work for all, so that time tells nothing.
    tokens = keys.tokens
    code_mac = tokens.code_mac(tokens.access_code(BallotName(row.number, row.issue + 1)))
    may = [col(Ballot.number) == row.number]
    if not and_cast:
        may.append(col(Ballot.cast).is_(False))
    connection.execute(
        update(Ballot).where(*may).values(issue=row.issue + 1, code_mac=code_mac, cast=False)
    )
    connection.execute(delete(Draft).where(col(Draft.ballot_number) == row.number))
    return cast(bytes, row.number)


def invitation(session: Session, wave: Wave, respondent_id: int) -> tuple[str, str]:
    """The state of a person's invitation: waiting, sent or failed (and why); "" before launch."""
    if wave.launched_at is None:
        return "", ""
    row = (
        session.connection()
        .execute(
            select(col(Letter.state), col(Letter.error))
            .join(Ballot, col(Ballot.number) == col(Letter.ballot_number))
            .where(
                col(Ballot.respondent_id) == respondent_id,
                col(Letter.kind) == "invitation",
                col(Letter.state) != "replaced",
            )
            .order_by(col(Letter.round).desc())
            .limit(1)
        )
        .first()
    )
    if row is None or row.state == "sent":
        # A letter that was still to go when its ballot was cast is gone: it had arrived.
        return "sent", ""
    if row.state in ("failed", "uncertain"):
        return "failed", row.error or ""
    return "waiting", ""
