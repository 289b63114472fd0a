"""What a relay answers, in words that can be shown; and why it takes nothing.

Whatever a relay says passes `said`, here, before anybody else hears of it.
"""

import re
from dataclasses import dataclass
from datetime import timedelta

from app.language import _

# When a letter goes again that was not taken, from one attempt to the next; then it has failed.
RETRIES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 720))
LONGEST_SAID = 200
_ADDRESS = re.compile(r"[^\s<>()\[\]:;,\"']+@[^\s<>()\[\]:;,\"']+")


def said(text: str) -> str:
    """What a server said as a table, a page and a log can hold it: one short line of visible signs.

    Bytes that are no UTF-8 come as lone surrogates, which no database takes.
    """
    visible = "".join(
        sign if sign.isprintable() else "\ufffd" if "\ud800" <= sign <= "\udfff" else " "
        for sign in text[: 5 * LONGEST_SAID]
    )
    return " ".join(visible.split())[:LONGEST_SAID]


def naming_nobody(text: str, but: str) -> str:
    """What a server said to one letter, as all may read it who keep the server: without any
    address `but` ours."""
    return _ADDRESS.sub(lambda found: found[0] if found[0] == but else "…", text)


def unwritten() -> str:
    """What stands in the place of an answer that the database does not take."""
    return _("Máy chủ thư không nhận thư này; lời của máy chủ không ghi được.")


@dataclass(frozen=True)
class Reply:
    """What the relay answered about one letter, in words that can be shown.

    `ends_session`: with it the relay ended a session that had carried letters; it says nothing
    about this letter, which was not taken and may go again at once.
    """

    code: int
    text: str
    ends_session: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", said(self.text))

    def __str__(self) -> str:
        return f"{self.code} {self.text}".rstrip()[:LONGEST_SAID]


class RelayRefused(Exception):
    """The relay takes no letter from us at all now; the text says why and what to do.

    `temporary` is whether waiting may help.
    """

    def __init__(self, text: str, temporary: bool) -> None:
        super().__init__(text)
        self.temporary = temporary


class RelayBusy(RelayRefused):
    """The relay takes no further connection now; those that it has taken may go on."""

    def __init__(self, text: str) -> None:
        super().__init__(text, temporary=True)


class SenderUnwelcome(RelayRefused):
    """The relay answers one letter with what holds for all: it relays nothing for us, or takes
    nothing from this sender. `reply` is its answer."""

    def __init__(self, text: str, reply: Reply) -> None:
        super().__init__(text, temporary=False)
        self.reply = reply


class Cut(Exception):
    """The connection was lost (`stalled`: or fell silent) in the middle of a letter.

    `begun`: after its final dot, so that nobody knows whether it is taken.
    """

    def __init__(self, stalled: bool, begun: bool = False) -> None:
        super().__init__(stalled, begun)
        self.stalled, self.begun = stalled, begun
