"""One thing that was looked at: how it stands, in words, and what to do."""

from dataclasses import dataclass

GOOD, LOOK, BAD = "good", "look", "bad"


@dataclass(frozen=True)
class Finding:
    """`state` is one of GOOD, LOOK (should be looked at), BAD (does not work, or is not safe)."""

    state: str
    about: str
    words: str
    remedy: str = ""
