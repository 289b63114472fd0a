"""One person of a roster added, corrected, removed, or given another ballot.

What a verb does to a ballot depends on whether it was cast; what it answers, and what any page
shows afterwards, does not. Every verb works inside the caller's transaction and holds the wave.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, cast

from sqlalchemy import delete, select, update
from sqlmodel import Session, col

from app import ballotbonds, letters, notes
from app.cleaning import email_key
from app.keyguard import keys_of
from app.keys import KeyFile
from app.language import _
from app.models import Ballot, Draft, Respondent, Wave
from app.roster import Person
from app.tokens import NUMBER_BYTES, BallotName
from app.waves import WaveRefused, hold, id_of, person_row


def may_change(wave: Wave, now: datetime) -> bool:
    """Whether the roster takes changes: until casting ends."""
    over = wave.closed_at is not None or wave.cancelled_at is not None
    return not over and (wave.launched_at is None or now < wave.closes_at)


def must_be_changeable(wave: Wave, now: datetime) -> None:
    """Raises WaveRefused once casting has ended. As the wave was read: hold it first."""
    if not may_change(wave, now):
        raise WaveRefused(
            _("Đợt {code} không còn thu phiếu, danh sách không đổi được nữa.").format(
                code=wave.code
            )
        )


def _hold(session: Session, wave: Wave, now: datetime) -> None:
    """Else a close would come in between, and a cast and we would wait for each other."""
    hold(session, wave)
    must_be_changeable(wave, now)


def add(
    session: Session, keys: KeyFile, wave: Wave, person: Person, now: datetime, domain: str
) -> int:
    """Put one person on the roster; after the launch with a ballot and an invitation.

    Somebody who was taken off comes back. Raises WaveRefused when the address is taken.
    """
    _hold(session, wave, now)
    wave_id = id_of(wave)
    row: dict[str, Any] = person_row(wave_id, person)
    known = _holder(session, wave_id, person.email)
    if known is None:
        made = Respondent(**row)
        session.add(made)
        session.flush()
        respondent_id = cast(int, made.id)
        if wave.launched_at is not None:
            _issue(session, wave, respondent_id, now, domain)
        return respondent_id
    if known.removed_at is None:
        raise _taken(person.email)
    if _has_ballot(session, known.id):
        # Group and units stay those of the ballot that was issued.
        row = {name: row[name] for name in ("name", "position", "phone", "search")}
    restore(session, keys, wave, known.id, now, domain, row)
    return cast(int, known.id)


def restore(
    session: Session,
    keys: KeyFile,
    wave: Wave,
    respondent_id: int,
    now: datetime,
    domain: str,
    values: Mapping[str, object] | None = None,
) -> None:
    """Put somebody who was taken off on the roster again; after the launch with a new invitation.

    The link of the letters before is dead, unless the ballot was cast. `values` are columns to
    change as well. Raises WaveRefused when the person is on the roster.
    """
    _hold(session, wave, now)
    with _bound(session, wave, respondent_id) as has_ballot:
        found = session.connection().execute(
            update(Respondent)
            .where(col(Respondent.id) == respondent_id, col(Respondent.removed_at).is_not(None))
            .values(removed_at=None, **(values or {}))
        )
        if found.rowcount != 1:
            raise WaveRefused(_("Người này đang ở trong danh sách rồi."))
        if has_ballot:
            _invite_anew(session, keys, wave, respondent_id, now, domain)
    if wave.launched_at is not None and not has_ballot:
        # Taken off before the launch: no ballot was ever issued.
        _issue(session, wave, respondent_id, now, domain)


@contextmanager
def _bound(session: Session, wave: Wave, respondent_id: int) -> Iterator[bool]:
    """Whatever is done within to somebody and their ballot, the ballot is bound to it afterwards;
    gives whether there is one. Raises BallotAltered when somebody else was at it."""
    before = ballotbonds.found(session, respondent_id)
    if before is not None:
        ballotbonds.must_be_sound(keys_of(session), wave.code, before)
    yield before is not None
    if before is not None:
        ballotbonds.bind(session, wave.code, respondent_id, before)


def _issue(session: Session, wave: Wave, respondent_id: int, now: datetime, domain: str) -> None:
    number = os.urandom(NUMBER_BYTES)
    ballotbonds.issue_later(session, id_of(wave), wave.code, respondent_id, number)
    _queue(session, wave, number, now, domain)


def _has_ballot(session: Session, respondent_id: int) -> bool:
    query = select(col(Ballot.wave_id)).where(col(Ballot.respondent_id) == respondent_id)
    return session.connection().execute(query).first() is not None


def _holder(session: Session, wave_id: int, email: str) -> Any:
    """Who has an address in a wave, taken off or not: `id` and `removed_at`."""
    query = select(col(Respondent.id), col(Respondent.removed_at)).where(
        col(Respondent.wave_id) == wave_id, col(Respondent.email_key) == email_key(email)
    )
    return session.connection().execute(query).first()


def must_be_free(session: Session, wave_id: int, email: str, person_id: int | None) -> None:
    """Refuse an address of somebody else who is on the roster, or was and has a ballot."""
    known = _holder(session, wave_id, email)
    if known is None or known.id == person_id:
        return
    if known.removed_at is None:
        raise _taken(email)
    if _has_ballot(session, known.id):
        raise WaveRefused(
            _(
                "Địa chỉ {email} là của một người đã bỏ khỏi danh sách và đã có phiếu. Khôi phục"
                " người ấy, hoặc dùng địa chỉ khác."
            ).format(email=email)
        )


def _taken(email: str) -> WaveRefused:
    return WaveRefused(
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
    _hold(session, wave, now)
    must_be_free(session, id_of(wave), wanted.email, person.id)
    old = person.email
    row = person_row(id_of(wave), wanted)
    # Who was taken off and never had a ballot gives up the address.
    same_address = col(Respondent.email_key) == row["email_key"]
    session.connection().execute(
        delete(Respondent).where(
            col(Respondent.wave_id) == wave.id, same_address, col(Respondent.id) != person.id
        )
    )
    if wave.launched_at is not None:
        same = (row["group"], row["agency"], row["assigned"])
        if same != (person.group, person.agency, person.assigned):
            raise WaveRefused(
                _("Đã phát phiếu nên không đổi được nhóm, cơ quan và đơn vị đánh giá.")
            )
    with _bound(session, wave, cast(int, person.id)):
        for name, value in row.items():
            setattr(person, name, value)
        session.add(person)
        session.flush()
        if wave.launched_at is None or email_key(old) == row["email_key"]:
            return
        number = _invite_anew(session, keys, wave, cast(int, person.id), now, domain)
        if number is not None:
            mac = ballotbonds.address_mac(keys, wave.code, number, "moved", old)
            letters.queue(session, id_of(wave), "moved", [number], now, domain, old, mac)


def remove(session: Session, keys: KeyFile, wave: Wave, person: Respondent, now: datetime) -> None:
    """Take one person off; `restore` undoes it. A ballot that was cast stays and counts."""
    _hold(session, wave, now)
    with _bound(session, wave, cast(int, person.id)):
        person.removed_at = now
        session.add(person)
        session.flush()
        if wave.launched_at is not None:
            notes.people_left(session, wave)
        number = _next_issue(session, keys, cast(int, person.id), and_cast=False)
        if number is not None:
            letters.replace(session, number)


def reissue(
    session: Session, keys: KeyFile, wave: Wave, person: Respondent, now: datetime, domain: str
) -> None:
    """Void the ballot, cast or not, and issue it anew: its link came into wrong hands."""
    _hold(session, wave, now)
    with _bound(session, wave, cast(int, person.id)):
        number = _next_issue(session, keys, cast(int, person.id), and_cast=True)
        if number is not None:
            letters.replace(session, number)
            _queue(session, wave, number, now, domain)


def resend(
    session: Session, keys: KeyFile, wave: Wave, person: Respondent, now: datetime, domain: str
) -> None:
    """Send the invitation once more, with the same link; who has no ballot gets one."""
    _hold(session, wave, now)
    if wave.launched_at is not None and not _has_ballot(session, id_ := cast(int, person.id)):
        _issue(session, wave, id_, now, domain)
    else:
        resend_to(session, wave, [cast(int, person.id)], now, domain)


def resend_to(
    session: Session, wave: Wave, people: Sequence[int], now: datetime, domain: str
) -> int:
    """Send the invitation of several people once more; gives how many letters are queued."""
    _hold(session, wave, now)
    query = select(col(Ballot.number)).where(
        col(Ballot.wave_id) == wave.id, col(Ballot.respondent_id).in_(people)
    )
    numbers = session.connection().execute(query).scalars().all()
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
