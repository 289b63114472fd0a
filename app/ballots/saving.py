"""What a posted page does to the draft, and what it may not do.

Pure. The content of a page maps field names to values: `q01.snv` to a level code or "-" (of a
choice question all that are ticked, in the order of the scale), a comment's code to its text, and
on the page of units a unit's code to "". What is left blank is absent.
"""

import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from app.ballots.page import COMMENTS, UNITS, Asked, Page
from app.ballots.questionnaire import questionnaire
from app.keys.urn import COMMENT_BYTES, COMMENT_SIGNS, DraftState
from app.language import _
from app.text.cleaning import normal, shown

# No question has an empty code, so these fields of our own are never a question's.
TICKET, WAY = ".phieu", ".den"

Content = dict[str, str]
Fields = Iterable[tuple[str, str]]


class FormFault(Exception):
    """A posted page says what its form cannot say; `faults` are sentences."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__(*faults)
        self.faults = faults


class SavedElsewhere(Exception):
    """Another device saved the page since this form was drawn, and saving would lose that.

    `stored` and `posted` are the two versions of `page` (None: it is asked no more); `unasked`
    the units that were answered here and are unticked now.
    """

    def __init__(
        self, page: Page | None, stored: Content, posted: Content, unasked: list[str]
    ) -> None:
        super().__init__()
        self.page = page
        self.stored = stored
        self.posted = posted
        self.unasked = unasked


@dataclass(frozen=True)
class Saved:
    """What became of a posted page.

    `unanswered` are fields to point out now; `too_long` comments that have to be shortened and
    `overticked` fields with more ticked than may be, and unless they are `kept` in the draft
    `state` is as it was.
    """

    page: Page
    content: Content
    state: DraftState
    unanswered: tuple[str, ...] = ()
    too_long: tuple[str, ...] = ()
    overticked: tuple[str, ...] = ()
    kept: bool = True


def save(
    asked: Asked,
    code: str,
    state: DraftState,
    fields: Fields,
    is_seen: Callable[[bytes], bool],
    point_out: bool,
    keep_faulty: bool = False,
) -> Saved:
    """The draft after page `code` was posted; what is unanswered is pointed out once.

    A comment that is too long is kept to be shortened, if it has room and `keep_faulty`; so are
    ticks that are too many. `is_seen` tells whether a `page_print` is that of the form. Raises
    FormFault, SavedElsewhere.
    """
    page = questionnaire(replace(asked, chosen=state.units)).page(code)
    if page is None or not is_seen(page_print(page, state)):
        page, posted = _stale(asked, code, page, state, fields)
    else:
        posted = read(page, fields)
    long, over = too_long(page, posted), overticked(page, posted)
    if long or over:
        kept = keep_faulty and all(len(text.encode()) <= COMMENT_BYTES for text in posted.values())
        after = with_content(page, state, posted) if kept else state
        after = replace(after, passed=after.passed - {code}) if kept else after
        return Saved(page, posted, after, too_long=long, overticked=over, kept=kept)
    after = with_content(page, state, posted)
    unanswered = missing(page, posted)
    if not point_out:
        return Saved(page, posted, after)
    told = code in state.pointed_out
    if unanswered or code == COMMENTS:
        after = replace(after, pointed_out=after.pointed_out | {code})
    if unanswered and not told:
        return Saved(page, posted, replace(after, passed=after.passed - {code}), unanswered)
    return Saved(page, posted, replace(after, passed=after.passed | {code}))


def pointed_out(page: Page, state: DraftState) -> tuple[str, ...]:
    """The fields of a page that are pointed out as long as it was not left behind."""
    if page.code not in state.pointed_out or page.code in state.passed:
        return ()
    if overticked(page, content(page, state)):
        return ()  # one thing after the other
    return () if page.code == COMMENTS else missing(page, content(page, state))


def _stale(
    asked: Asked, code: str, page: Page | None, state: DraftState, fields: Fields
) -> tuple[Page, Content]:
    """A form drawn from another state of the draft: it may add to what is stored, no more."""
    # It may ask about units that were unticked since.
    everything = asked.index.rated_units(asked.group, asked.agency, asked.assigned)
    wide = questionnaire(replace(asked, chosen=frozenset(everything))).page(code)
    if wide is None:
        raise FormFault([_("Phiếu này không có trang “{code}”.").format(code=shown(code))])
    said = read(wide, fields)
    unasked = [name for name in said if name in wide.items and not (page and name in page.items)]
    posted = {name: value for name, value in said.items() if name not in unasked}
    stored = content(page, state) if page else {}
    if page is None or unasked or overwrites(page, stored, posted):
        units = list(dict.fromkeys(wide.items[name][1] for name in unasked))
        raise SavedElsewhere(page, stored, posted, units)
    return page, posted


def content(page: Page, state: DraftState) -> Content:
    """What the draft holds of a page."""
    if page.code == UNITS:
        return {unit.code: "" for unit in page.offered if unit.code in (state.units or ())}
    if page.code == COMMENTS:
        texts = state.answers.comments
        return {ask.name: texts[ask.name] for ask in page.asks if ask.name in texts}
    levels = state.answers.levels
    return {name: levels[item] for name, item in page.items.items() if item in levels}


def with_content(page: Page, state: DraftState, content: Content) -> DraftState:
    """The draft with a page's content replaced."""
    if page.code == UNITS:
        units = frozenset(content)
        # Pages grow with the units, and what is new on them was never pointed out.
        grown = bool(units - (state.units or frozenset()))
        if not grown:
            return replace(state, units=units)
        told, passed = state.pointed_out & {UNITS, COMMENTS}, state.passed & {UNITS}
        return replace(state, units=units, pointed_out=told, passed=passed)
    if page.code == COMMENTS:
        texts = {n: text for n, text in state.answers.comments.items() if n not in page.fields}
        return replace(state, answers=replace(state.answers, comments=texts | content))
    levels = dict(state.answers.levels)
    for name, item in page.items.items():
        if name in content:
            levels[item] = content[name]
        else:
            levels.pop(item, None)
    return replace(state, answers=replace(state.answers, levels=levels))


def read(page: Page, fields: Fields) -> Content:
    """A posted page's content. Raises FormFault with every fault; length and number of ticks are
    asked apart."""
    content: Content = {}
    faults: dict[str, None] = {}
    for name, value in fields:
        if name in (TICKET, WAY):
            continue
        if fault := _misfit(page, name, value):
            faults[fault] = None
        elif page.code == UNITS:
            content[value] = ""
        elif several := page.several.get(name):
            ticked = content.get(name, "") + value
            content[name] = "".join(level for level in several if level in ticked)
        elif content.setdefault(name, value) != value:
            faults[_("Mục “{name}” có hai câu trả lời.").format(name=shown(name))] = None
    if faults:
        raise FormFault(list(faults))
    if page.code != COMMENTS:
        return content
    return {name: text for name, value in content.items() if (text := tidy_comment(value))}


def _misfit(page: Page, name: str, value: str) -> str:
    """What is wrong with a field that no form of the page can send; empty when nothing is."""
    if name not in page.fields:
        return _("Trang này không có mục “{name}”.").format(name=shown(name))
    allowed = page.fields[name]
    if allowed is not None and value not in allowed:
        fault = _("Mục “{name}” không có lựa chọn “{value}”.")
        return fault.format(name=shown(name), value=shown(value))
    return ""


def tidy_comment(text: str) -> str:
    """A comment as it is kept: NFC, a line end is one sign, no control signs, no blank ends."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    # Only without the signs between them do marks stand in a row, to be cut and put in order.
    return normal("".join(sign for sign in text if _stays(sign))).strip()


def _stays(sign: str) -> bool:
    # Format signs could turn the text around them.
    return sign == "\n" or unicodedata.category(sign) not in ("Cc", "Cf", "Cs")


def too_long(page: Page, content: Content) -> tuple[str, ...]:
    """The comments of more than 2,000 signs."""
    if page.code != COMMENTS:
        return ()
    return tuple(name for name, text in content.items() if len(text) > COMMENT_SIGNS)


def overticked(page: Page, content: Content) -> tuple[str, ...]:
    """The fields with more ticked than their question takes, or "-" beside another tick."""
    return tuple(
        ask.name
        for ask in page.asks
        if ask.name in page.several and not ask.question.takes(content.get(ask.name, ""))
    )


def missing(page: Page, content: Content) -> tuple[str, ...]:
    """The fields left open. A comment never is one; on the page of units it is `units`."""
    if page.code == UNITS:
        return () if content else ("units",)
    return tuple(name for name in page.items if name not in content)


def overwrites(page: Page, stored: Content, posted: Content) -> bool:
    """Whether keeping `posted` instead of `stored` loses something."""
    if page.code == UNITS:
        return bool(stored) and stored != posted
    return any(posted.get(name) != value for name, value in stored.items())


def page_print(page: Page, state: DraftState) -> bytes:
    """What a page shows of the draft, to tell later whether it is still so."""
    return repr((page.code, tuple(page.fields), content(page, state))).encode()


def draft_print(state: DraftState) -> bytes:
    """What the review shows of the draft, to tell later whether it is still so."""
    answers = state.answers
    units = None if state.units is None else sorted(state.units)
    return repr((units, sorted(answers.levels.items()), sorted(answers.comments.items()))).encode()
