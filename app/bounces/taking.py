"""What a message from the mailbox of bounces makes of a letter.

The mark in it must be that letter's, as it went to the address that its respondent has now. Then a
dead address makes the invitation a failed one, with all that follows; what was blocked, or found a
full mailbox, is noted as returned. Taken twice, a message changes nothing the second time.

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
from app.letters.queue import letter
from app.letters.replies import said
from app.settings import ReturnPath
from app.store.models import Ballot, DeadAddress, Respondent
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
    text = email_key(email).encode("utf-8", "surrogatepass")
    return hmac.digest(keys.derived("dead addresses"), text, "sha256").hex()


@dataclass(frozen=True)
class _Of:
    id: int
    kind: str
    ballot_number: bytes
    email: str


def _letter_of(session: Session, keys: KeyFile, path: ReturnPath, raw: bytes) -> _Of | None:
    key = return_key(keys)
    for number, found in marks.found_in(path, raw):
        row = (
            session.connection()
            .execute(
                select(
                    letter.c.id,
                    letter.c.kind,
                    letter.c.ballot_number,
                    letter.c.message_id,
                    letter.c.address,
                    col(Respondent.email),
                )
                .join(Ballot, col(Ballot.number) == letter.c.ballot_number)
                .join(Respondent, col(Respondent.id) == col(Ballot.respondent_id))
                .where(letter.c.id == number)
            )
            .first()
        )
        if row is None:
            continue
        email = row.address or row.email
        if marks.fits(key, Sent(row.id, row.message_id, email), found):
            return _Of(row.id, row.kind, row.ballot_number, email)
    return None
