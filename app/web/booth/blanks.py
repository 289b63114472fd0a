"""Pages drawn once, with blanks for what differs between those who see them.

The text around the blanks turns on nothing but the key that a blank page is kept under, and on what
the program is made of: whoever draws one names in its key everything else that its template reads.
A page with something pointed out, which few see alike, is drawn whole each time.
"""

import re
import secrets
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass

from markupsafe import Markup
from starlette.responses import Response

from app.web.padding import Padding

MOST_KEPT = 400
# Nobody who writes an index, a name or a comment knows it.
_MARK = secrets.token_hex(16)
_BLANKS = re.compile(f"{_MARK}([a-z0-9]+)\\.")
COMMENT = "comment"


def mark(name: str) -> Markup:
    """Stands for what comes into a blank."""
    return Markup(f"{_MARK}{name}.")  # noqa: S704, made here


class Unpadded(Padding):
    """The padding of a page with blanks: what makes up for it comes into one of them."""

    def comment(self) -> Markup:
        return mark(COMMENT)


@dataclass(frozen=True)
class BlankPage:
    """The texts between the blanks, the names of these in their order, and how many bytes all but
    what comes into them is short."""

    texts: tuple[bytes, ...]
    names: tuple[str, ...]
    short: int

    def filled(self, values: Mapping[str, bytes], short: int | None = None) -> Response:
        """The page; with `short`, of what comes into its blanks, it is made up for."""
        if short is not None:
            padding = Padding()
            padding.short = self.short + short
            values = {**values, COMMENT: padding.comment().encode()}
        parts = [self.texts[0]]
        for name, text in zip(self.names, self.texts[1:], strict=True):
            parts += (values[name], text)
        return Response(b"".join(parts), media_type="text/html")


_kept: dict[Hashable, BlankPage] = {}


def blank(key: Hashable, draw: Callable[[Unpadded], Markup]) -> BlankPage:
    """The page of a key, drawn when it is asked for the first time."""
    found = _kept.get(key)
    if found is None:
        padding = Unpadded()
        pieces = _BLANKS.split(draw(padding))
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        texts = tuple(text.encode() for text in pieces[::2])
        found = _kept[key] = BlankPage(texts, tuple(pieces[1::2]), padding.short)
    return found
