"""One question about one unit as pages have it, drawn once for everybody who answers alike."""

from dataclasses import dataclass
from functools import lru_cache

from markupsafe import Markup

from app.ballots.page import Ask, Page
from app.web.booth.rows import kind_of, kind_of_choice
from app.web.padding import size
from app.web.pages import draw

MOST_KEPT = 10_000


@dataclass(frozen=True, slots=True)
class Drawn:
    """The fieldset; its `entry` among what is pointed out, if it is; how many bytes both together
    are short of what another answer could take."""

    fieldset: Markup
    entry: Markup
    short: int
    raw: bytes  # the fieldset, as it goes out


@dataclass(frozen=True, slots=True)
class Said:
    """An answer in the review, and how many bytes it is short of the longest that was offered."""

    html: Markup
    short: int
    raw: bytes  # as it goes out


@lru_cache(MOST_KEPT)
def said(unit: str, answer: str | None, labels: tuple[str, ...]) -> Said:
    """The answer about a unit ("" where the question is about none), None where there is none; no
    answer is longer than the longest of `labels`."""
    forms = {
        label: draw("ballot/answer.html", {"unit": unit, "answer": label}) + "\n"
        for label in (*labels, answer, None)
    }
    html = forms[answer]
    return Said(html, max(map(size, forms.values())) - size(html), html.encode())


Key = tuple[str, str, int, bool, str | None, bool]
_drawn: dict[Key, Drawn] = {}
_most: dict[tuple[str, str, int, bool], int] = {}


def drawn(shown: Page, ask: Ask, chosen: str | None, bad: bool) -> Drawn:
    """A question with an answer, or pointed out (`bad`): unanswered, or ticked too often."""
    # Where a page is a question, its number stands in the heading.
    number = 0 if shown.by_question else ask.number
    key = (shown.digest, ask.name, number, shown.by_question, chosen, bad)
    found = _drawn.get(key)
    if found is None:
        if len(_drawn) >= MOST_KEPT:
            _drawn.clear()
        fieldset, entry = _draw(shown, ask, chosen, bad)
        short = _most_bytes(shown, ask, number) - size(fieldset) - size(entry)
        found = _drawn[key] = Drawn(fieldset, entry, short, fieldset.encode())
    return found


def _draw(shown: Page, ask: Ask, chosen: str | None, bad: bool) -> tuple[Markup, Markup]:
    scale = shown.index.scale_of[ask.question.scale or ""]
    values = {
        "page": shown,
        "ask": ask,
        "chosen": chosen or "",
        "bad": bad,
        "kind": kind_of_choice(scale, ask.question) if ask.question.is_choice else kind_of(scale),
        "most": ask.question.most or 1,
        "no_opinion": scale.no_opinion,
    }
    entry = draw("ballot/entry.html", values) + "\n" if bad else Markup("")
    return draw("ballot/ask.html", values), entry


def _most_bytes(shown: Page, ask: Ask, number: int) -> int:
    """The bytes of the largest of all that the question could be on its page."""
    key = (shown.digest, ask.name, number, shown.by_question)
    most = _most.get(key)
    if most is None:
        if len(_most) >= MOST_KEPT:
            _most.clear()
        every = shown.several.get(ask.name)
        values = [None, every] if every else [None, *(shown.fields[ask.name] or ())]
        forms = [_draw(shown, ask, value, bad=False) for value in values]
        forms += [
            _draw(shown, ask, value, bad=True) for value in ([None, every] if every else [None])
        ]
        most = _most[key] = max(size(fieldset) + size(entry) for fieldset, entry in forms)
    return most
