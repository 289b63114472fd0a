"""One length for a page, whatever was answered on it.

TLS hides what a page says, not how long it is. What turns on the answers is therefore noted while
a page is drawn, with the most bytes it could take; what it falls short of that is made up for in a
comment at the page's end. So no page is ever longer than its padding expects: where a part takes
more than it should, a comment too long to be kept for one, the next of few lengths is taken.
"""

import secrets
from base64 import b64encode
from functools import cache

from markupsafe import Markup, escape

from app.keys.urn import COMMENT_SIGNS

# A sign of a text takes five bytes at most: "&" is "&amp;", and a quotation mark "&#34;".
SIGN_BYTES = 5
COMMENT_BYTES = SIGN_BYTES * COMMENT_SIGNS


class Padding:
    """How many bytes one page is `short` of its largest filling."""

    def __init__(self) -> None:
        self.short = 0

    def fit(self, part: str, *others: str) -> Markup:
        """A part that might have been one of the others; gives the part as the page has it."""
        return self.within(part, max(map(size, others)))

    def within(self, part: str, most: int) -> Markup:
        """A part that takes so many bytes at most. One that takes more counts as one that takes
        twice as many, or four times."""
        drawn = escape(part)
        taken = len(drawn.encode())
        while most < taken:
            most = 2 * most or taken
        self.short += most - taken
        return drawn

    def either(self, is_there: bool, part: str) -> Markup:
        """A part that is there or not."""
        return self.fit(part if is_there else "", part)

    def comment(self) -> Markup:
        """What makes up for it, when all else of the page is drawn."""
        noise = _noise()
        times, rest = divmod(self.short, len(noise))
        return Markup(f"<!--{noise * times}{noise[:rest]}-->")  # noqa: S704, made here


def size(part: str) -> int:
    """The bytes of a text on a page."""
    return len(escape(part).encode())


@cache
def _noise() -> str:
    """Longer than any packer on the way looks back, so that it stays as long as it is."""
    return b64encode(secrets.token_bytes(49_152)).decode()
