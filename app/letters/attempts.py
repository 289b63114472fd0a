"""What an attempt to send a letter means: the outcome of each answer, and the pace.

Pure, but for the jitter of retries.
"""

import math
import random
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta

from app.language import _, number
from app.letters.outbox import Claimed, Outcome
from app.letters.replies import RETRIES, Reply, SenderUnwelcome

JITTER = 0.2  # up to so much later, so that what failed together does not come back together
# "Slow down" and "try later" of a mailbox's host; the next letter there would hear the same.
PAUSING = (421, 450, 452)
FIRST_GAP, LONGEST_GAP = 0.5, 30.0  # seconds between letters to a domain that asked to slow down
# Each letter that is taken shrinks the gap so far, until it is not worth keeping.
SPEED_UP, SHORTEST_GAP = 0.8, 0.05
RELAY = ""  # in the place of a domain: the gap between any two letters

LONGEST_PAUSE = timedelta(minutes=15)
# After so many attempts an uncertain letter is repeated once at most. One that is cut off after its
# dot in its first two goes a third time: of a thousand letters through a relay that cuts one in
# fifty somebody would else be left without.
REPEATED_TWICE = 2

_random = random.SystemRandom()


@dataclass(frozen=True)
class SendResult:
    """What became of letters in one run; `later` ones wait in the outbox for their time."""

    sent: int = 0
    failed: int = 0
    deferred: int = 0
    uncertain: int = 0
    later: int = 0

    @property
    def done(self) -> int:
        """The letters this run is through with."""
        return self.sent + self.failed + self.deferred + self.uncertain

    def plus(self, outcome: Outcome) -> "SendResult":
        """With one outcome more; a letter that is to be repeated counts when the repeat is over."""
        if outcome.state == "queued" or (
            outcome.state == "uncertain" and outcome.delay is not None
        ):
            return self
        return replace(self, **{outcome.state: getattr(self, outcome.state) + 1})


def after_reply(letter: Claimed, reply: Reply, begun: bool) -> Outcome:
    """What the relay's answer makes of a letter; `begun`: it answers the final dot."""
    if begun and 200 <= reply.code < 300:
        return Outcome(letter, "sent")
    if reply.ends_session:
        state = "uncertain" if letter.repeat else "queued"
        return Outcome(letter, state, timedelta(0), counted=False)
    if 500 <= reply.code < 600:
        return Outcome(letter, "failed", error=_refusal(reply))
    if begun and not 400 <= reply.code < 500:
        return _uncertain(letter)
    return _again(letter, put_off(letter, reply))


def put_off(letter: Claimed, reply: Reply) -> str:
    """Why letters to the domain of one that was answered go later."""
    words = _("Hộp thư của {domain} hẹn gửi lại ({answer}).")
    return words.format(domain=letter.domain, answer=reply)


def after_cut(letter: Claimed, begun: bool) -> Outcome:
    """What a lost or silent connection makes of a letter."""
    if begun:
        return _uncertain(letter)
    return _again(letter, _("Mất kết nối với máy chủ thư khi đang gửi."))


def after_unwelcome(letter: Claimed, refused: SenderUnwelcome) -> Outcome:
    """What it makes of a letter that the relay takes nothing from us: it goes again later, so that
    nothing is burnt while that is mended, and others are tried before it."""
    return _again(letter, str(refused))


def pause_after(letter: Claimed, reply: Reply) -> timedelta | None:
    """How long the letter's domain is to be left alone, None if it did not ask for that."""
    if reply.code not in PAUSING or reply.ends_session:
        return None
    return min(RETRIES[min(letter.attempts, len(RETRIES) - 1)], LONGEST_PAUSE)


def _refusal(reply: Reply) -> str:
    if reply.code == 552:
        text = _("Hộp thư đầy, hoặc thư quá lớn với hộp thư này: {answer}")
    elif reply.code in (550, 551, 553):
        text = _("Không có hộp thư này, hoặc hộp thư không nhận: {answer}")
    else:
        text = _("Máy chủ thư từ chối thư gửi tới địa chỉ này: {answer}")
    return text.format(answer=reply)


def _again(letter: Claimed, reason: str) -> Outcome:
    if letter.attempts >= len(RETRIES):
        gave_up = _("{reason} Đã thử {times} lần.").format(reason=reason, times=letter.attempts + 1)
        return Outcome(letter, "uncertain" if letter.repeat else "failed", error=gave_up)
    # A letter that may have arrived already stays one that is repeated only so often.
    state = "uncertain" if letter.repeat else "deferred"
    return Outcome(letter, state, _later(letter.attempts), reason)


def _later(attempts: int) -> timedelta:
    return RETRIES[attempts] * _random.uniform(1, 1 + JITTER)


def _uncertain(letter: Claimed) -> Outcome:
    reason = _("Mất kết nối sau khi đã chuyển hết thư: không rõ thư đã tới hay chưa.")
    if letter.facts.kind == "reminder" or (letter.repeat and letter.attempts >= REPEATED_TWICE):
        return Outcome(letter, "uncertain", None, reason)
    delay = _later(letter.attempts) if letter.repeat else timedelta(0)
    return Outcome(letter, "uncertain", delay, reason)


def how_long(letters: int, rate: float | None) -> str:
    """How long so many letters take at a rate, in words; "" where nothing holds them up."""
    if rate is None:
        return ""
    minutes = max(1, math.ceil(letters / rate / 60))
    if minutes < 90:
        return _("chừng {minutes} phút").format(minutes=minutes)
    return _("chừng {hours} giờ").format(hours=number(math.ceil(minutes / 60)))


class Pace:
    """How fast letters may go, in all and per domain. Times are seconds of a monotonic clock."""

    def __init__(self, rate: float | None) -> None:
        """`rate`: letters a second in all, None for no limit."""
        self._gap = 1 / rate if rate else 0.0
        self._next = 0.0
        self._domain_gap: dict[str, float] = {}
        self._domain_next: dict[str, float] = {}

    def first(self, now: float, domains: Iterable[str]) -> tuple[int, float]:
        """Which of some letters may go first, and the seconds until then, 0 or less for now."""
        waits = []
        for domain in domains:
            waits.append(max(self._next, self._domain_next.get(domain, 0.0)) - now)
            if waits[-1] <= 0:
                break
        wait = min(waits)
        return waits.index(wait), wait

    def take(self, domain: str, now: float) -> None:
        """A letter to `domain` goes now."""
        self._next = now + max(self._gap, self._domain_gap.get(RELAY, 0.0))
        if domain in self._domain_gap:
            self._domain_next[domain] = now + self._domain_gap[domain]

    def ahead(self, now: float) -> float:
        """The next turn of all, for a letter that waits behind no other; the seconds until then."""
        turn = max(self._next, now)
        self._next = turn + max(self._gap, self._domain_gap.get(RELAY, 0.0))
        return turn - now

    def slow_down(self, domain: str) -> None:
        """`domain` (or RELAY) asked for fewer letters: each time it does its gap doubles."""
        gap = self._domain_gap.get(domain, FIRST_GAP / 2)
        self._domain_gap[domain] = min(2 * gap, LONGEST_GAP)

    def speed_up(self, domain: str) -> None:
        """A letter to `domain` was taken: its gap and the relay's shrink, and are gone in time."""
        for each in (domain, RELAY):
            if each in self._domain_gap:
                self._domain_gap[each] *= SPEED_UP
                if self._domain_gap[each] < SHORTEST_GAP:
                    del self._domain_gap[each]
