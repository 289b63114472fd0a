"""What a message from the mailbox of bounces makes of a letter.

The mark in it must be that letter's, as it went to the address that its respondent has now. Then a
dead address makes the invitation a failed one, with all that follows; what was blocked, or found a
full mailbox, is noted as returned. A letter to somebody of the console or to a trustee is noted as
returned whatever it met. Taken twice, a message changes nothing the second time.

Everything runs inside the caller's transaction.
"""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlmodel import Session, col

from app.bounces import marks, report
from app.bounces.marks import Sent
from app.bounces.report import Finding
from app.bounces.verdicts import BLOCKED, DEAD, DELAYED, SOFT
from app.keys.keyfile import KeyFile
from app.language import _
from app.letters import errands
from app.letters.queue import letter
from app.letters.replies import said
from app.settings import ReturnPath
from app.store.models import Ballot, DeadAddress, Respondent
from app.store.staffmodels import Staff, StaffLetter
from app.store.trusteemodels import TrusteeLetter, TrusteeRow
from app.text.cleaning import email_key

REPLY, FOREIGN, UNREAD, QUIET = "reply", "foreign", "unread", "quiet"
# Whom these go to must not be told, and a bounce would tell it; or they went to an old address.
NEVER_TOLD = ("reminder", "copy", "moved", "removed")
KEPT = timedelta(days=3 * 366)


@dataclass
class Taken:
    """How many messages were what."""

    number: dict[str, int] = field(default_factory=dict)

    def add(self, what: str) -> str:
        self.number[what] = self.number.get(what, 0) + 1
        return what

    def of(self, *what: str) -> int:
        return sum(self.number.get(each, 0) for each in what)

    @property
    def all(self) -> int:
        return sum(self.number.values())


def is_ours(what: str) -> bool:
    """Whether a message was a bounce of our letter that has been understood."""
    return what in (DEAD, BLOCKED, SOFT, DELAYED, QUIET)


def return_key(keys: KeyFile) -> bytes:
    """What return paths are signed under."""
    return keys.derived("return path")


def take(session: Session, keys: KeyFile, path: ReturnPath, raw: bytes, now: datetime) -> str:
    """Write down what a message says; gives a verdict, or why nothing was written."""
    found = _letter_of(session, keys, path, raw)
    if found is None:
        return FOREIGN
    read = report.read(raw)
    if read.is_reply:
        return REPLY
    if not read.findings:
        return UNREAD
    judged, finding = whole(read.findings)
    if judged == DELAYED:
        return DELAYED
    if found.table is not None:
        errands.came_back(session, found.table, found.id, judged, in_words(judged, finding))
        return judged
    if found.kind in NEVER_TOLD:
        return QUIET
    invitation = letter.c.id == found.id
    if found.kind != "invitation":
        # Not one that was sent again since.
        before = (letter.c.ballot_number == found.ballot_number) & (letter.c.id < found.id)
        invitation = before & (letter.c.kind == "invitation")
    values: dict[str, object] = {"returned": judged, "error": in_words(judged, finding)}
    if judged == DEAD:
        values |= {"state": "failed", "returned": None}
        session.merge(DeadAddress(key=key_of(keys, found.email), at=now))
    session.connection().execute(
        update(letter).where(invitation, letter.c.state.in_(["sent", "uncertain"])).values(**values)
    )
    session.connection().execute(delete(DeadAddress).where(col(DeadAddress.at) < now - KEPT))
    return judged


def whole(findings: Sequence[Finding]) -> tuple[str, Finding]:
    """What became of a letter whose address may stand for several: dead only where all are."""
    for verdict in (BLOCKED, SOFT, DELAYED):
        for each in findings:
            if each.verdict == verdict:
                return verdict, each
    return DEAD, findings[0]


def in_words(judged: str, finding: Finding) -> str:
    """What the officer reads about a letter that came back."""
    words = {
        DEAD: _("Thư bị trả lại, địa chỉ không còn dùng: {answer}"),
        BLOCKED: _("Thư bị trả lại, nơi nhận chặn: {answer}"),
        SOFT: _("Thư bị trả lại, hộp thư đầy hoặc nơi nhận trục trặc: {answer}"),
    }
    answer = finding.said or finding.status or _("không nói lý do")
    return words[judged].format(answer=said(answer))


def key_of(keys: KeyFile, email: str) -> str:
    """The keyed print of an address."""
    return print_of(print_key(keys), email_key(email))


def print_key(keys: KeyFile) -> bytes:
    """What addresses are printed under."""
    return keys.derived("dead addresses")


def print_of(key: bytes, folded: str) -> str:
    """The print of an address that is folded already."""
    return hmac.digest(key, folded.encode("utf-8", "surrogatepass"), "sha256").hex()


@dataclass(frozen=True)
class _Of:
    id: int
    kind: str
    ballot_number: bytes
    email: str
    table: errands.Table | None = None  # of a letter that is about no ballot


def _letter_of(session: Session, keys: KeyFile, path: ReturnPath, raw: bytes) -> _Of | None:
    key = return_key(keys)
    for number, table, found in marks.found_in(path, raw):
        of = (
            _of_ballot(session, number)
            if table == marks.BALLOT
            else _errand(session, table, number)
        )
        if of is not None and marks.fits(key, of[0], found):
            return of[1]
    return None


def _of_ballot(session: Session, number: int) -> tuple[Sent, _Of] | None:
    columns = (letter.c.id, letter.c.kind, letter.c.ballot_number, letter.c.message_id)
    query = (
        select(*columns, letter.c.address, col(Respondent.email))
        .join(Ballot, col(Ballot.number) == letter.c.ballot_number)
        .join(Respondent, col(Respondent.id) == col(Ballot.respondent_id))
        .where(letter.c.id == number)
    )
    row = session.connection().execute(query).first()
    if row is None:
        return None
    email = row.address or row.email
    sent = Sent(row.id, row.message_id, email)
    return sent, _Of(row.id, row.kind, row.ballot_number, email)


def _errand(session: Session, table: str, number: int) -> tuple[Sent, _Of] | None:
    """A letter to somebody of the console, or to a trustee, as it went to their address of now."""
    if table == marks.STAFF:
        of: errands.Table = StaffLetter
        query = select(col(StaffLetter.mac), col(Staff.email)).join(
            Staff, col(Staff.id) == col(StaffLetter.staff_id)
        )
    else:
        of = TrusteeLetter
        query = select(col(TrusteeLetter.mac), col(TrusteeRow.email)).join(
            TrusteeRow, col(TrusteeRow.number) == col(TrusteeLetter.number)
        )
    row = session.connection().execute(query.where(col(of.id) == number)).first()
    if row is None or row.mac is None:
        return None
    sent = Sent(number, row.mac.hex(), row.email, table)
    return sent, _Of(number, "", b"", row.email, of)
