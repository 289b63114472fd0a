"""One person of a roster added, corrected, removed, or given another ballot.

What a verb does to a ballot depends on whether it was cast; what it answers, and what any page
shows afterwards, does not. Every verb works inside the caller's transaction and holds the wave.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, cast

from sqlalchemy import delete, select, update
from sqlmodel import Session, col

from app.bonds import ballotfacts
from app.bonds.origins import person_row
from app.keys.guard import keys_of
from app.keys.keyfile import KeyFile
from app.language import _
from app.letters import queue
from app.record import entries, keeping
from app.roster.file import Person
from app.store.models import Ballot, Respondent, Wave
from app.text.cleaning import email_key
from app.waves import issuing, notes, proposals, reopening, summons
from app.waves.addresses import holder, must_be_free, taken
from app.waves.wave import WaveRefused, hold, id_of


def may_change(wave: Wave, now: datetime) -> bool:
    """Whether the roster takes changes: until casting ends."""
    over = wave.closed_at is not None or wave.cancelled_at is not None
    over = over or wave.reopened_until is not None
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
    session: Session,
    keys: KeyFile,
    wave: Wave,
    person: Person,
    now: datetime,
    domain: str,
    by: str = "",
) -> int:
    """Put one person on the roster; after the launch with a ballot and an invitation. `by` is who
    does, as the log names them.

    Somebody who was taken off comes back. Raises WaveRefused when the address is taken.
    """
    _hold(session, wave, now)
    wave_id = id_of(wave)
    row: dict[str, Any] = person_row(wave_id, person)
    known = holder(session, wave_id, person.email)
    if known is None:
        made = Respondent(**row, added_by=by)
        session.add(made)
        session.flush()
        respondent_id = cast(int, made.id)
        if wave.launched_at is not None:
            issuing.issue(session, wave, respondent_id, now, domain)
        return respondent_id
    if known.removed_at is None:
        raise taken(person.email)
    if issuing.has_ballot(session, known.id):
        # Group and units stay those of the ballot that was issued.
        kept = ("name", "name_order", "position", "phone", "search")
        row = {name: row[name] for name in kept}
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
            number = issuing.invite_anew(session, keys, wave, respondent_id, now, domain)
            queue.drop_removed(session, cast(bytes, number))
    if wave.launched_at is not None and not has_ballot:
        # Taken off before the launch: no ballot was ever issued.
        issuing.issue(session, wave, respondent_id, now, domain)


@contextmanager
def _bound(session: Session, wave: Wave, respondent_id: int) -> Iterator[bool]:
    """Whatever is done within to somebody and their ballot, the ballot is bound to it afterwards;
    gives whether there is one. Raises BallotAltered when somebody else was at it."""
    before = ballotfacts.found(session, respondent_id)
    if before is not None:
        ballotfacts.must_be_sound(keys_of(session), wave.code, before)
    yield before is not None
    if before is not None:
        ballotfacts.bind(session, wave.code, respondent_id, before)


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
        number = issuing.invite_anew(session, keys, wave, cast(int, person.id), now, domain)
        if number is not None:
            mac = ballotfacts.address_mac(keys, wave.code, number, "moved", old)
            queue.queue(session, id_of(wave), "moved", [number], now, domain, old, mac)


def remove(
    session: Session, keys: KeyFile, wave: Wave, person: Respondent, now: datetime, domain: str
) -> None:
    """Take one person off; `restore` undoes it. A ballot that was cast stays and counts.

    Whoever may have got an invitation is told, whether they have cast or not.
    """
    _hold(session, wave, now)
    with _bound(session, wave, cast(int, person.id)):
        person.removed_at = now
        session.add(person)
        session.flush()
        if wave.launched_at is not None:
            notes.people_left(session, wave)
        number = issuing.next_issue(session, keys, cast(int, person.id), and_cast=False)
        if number is None:
            return
        if queue.may_have_arrived(session, number):
            queue.queue(session, id_of(wave), "removed", [number], now, domain)
        queue.replace(session, number)


def reissue(
    session: Session, keys: KeyFile, wave: Wave, person: Respondent, now: datetime, domain: str
) -> None:
    """Void the ballot, cast or not, and issue it anew: its link came into wrong hands."""
    _hold(session, wave, now)
    with _bound(session, wave, cast(int, person.id)):
        number = issuing.next_issue(session, keys, cast(int, person.id), and_cast=True)
        if number is not None:
            keeping.count(session, wave, now, "void")
            queue.replace(session, number)
            issuing.invite(session, wave, number, now, domain)


def reopen(
    session: Session,
    keys: KeyFile,
    wave: Wave,
    person: Respondent,
    until: datetime,
    now: datetime,
    domain: str,
) -> None:
    """Between closing and opening: void the ballot, cast or not, and issue it anew; it alone may be
    cast until a time. Raises WaveRefused."""
    hold(session, wave)
    if may_change(wave, now):
        words = _("Đợt đang thu phiếu: cấp lại phiếu thì gửi được đến hạn của đợt.")
        raise WaveRefused(words)
    reopening.must_reopen(wave, until, now)
    with _bound(session, wave, cast(int, person.id)):
        number = issuing.next_issue(session, keys, cast(int, person.id), and_cast=True)
    if number is None:
        raise WaveRefused(_("Người này chưa có phiếu, nên không có gì để cấp lại."))
    issue = session.connection().execute(
        select(col(Ballot.issue)).where(col(Ballot.number) == number)
    )
    reopening.reopen(session, wave, number, issue.scalar_one(), until)
    keeping.count(session, wave, now, "void")
    keeping.add(session, wave, now, "reopen", {"until": entries.written(until)})
    proposals.withdraw_all(session, wave, now)
    summons.opens_no_more(session, wave, now)
    queue.replace(session, number)
    queue.queue(session, id_of(wave), "reopened", [number], now, domain)


def resend(session: Session, wave: Wave, person: Respondent, now: datetime, domain: str) -> None:
    """Send the invitation once more, with the same link. Raises WaveRefused for who has no ballot:
    sending one again is not to issue one."""
    if not resend_to(session, wave, [cast(int, person.id)], now, domain):
        raise WaveRefused(
            _(
                "Người này chưa có phiếu nên không có thư mời để gửi lại. Bỏ người này khỏi danh"
                " sách rồi khôi phục: khi ấy phiếu được cấp, thư mời được gửi."
            )
        )


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
        queue.replace(session, number)
    due = max(now, wave.opens_at)
    return queue.queue(session, id_of(wave), "invitation", numbers, due, domain)
