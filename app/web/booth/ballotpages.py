"""What the pages of a ballot show: values for their templates, and their tickets."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from markupsafe import Markup
from starlette.responses import JSONResponse, Response

from app.ballots import saving
from app.ballots.ballot import OpenBallot
from app.ballots.page import COMMENTS, UNITS, Ask, Asked, Page
from app.ballots.saving import Content, Saved
from app.index.estimate import ANSWERS_A_MINUTE
from app.keys import urn
from app.keys.urn import COMMENT_SIGNS, DraftState
from app.language import _, clock, ngettext
from app.web.booth.asks import Drawn, drawn
from app.web.booth.blanks import Unpadded, blank, mark
from app.web.booth.letterhead import Letterhead
from app.web.booth.upkeep import UNSAVED, Notice
from app.web.forms import LARGEST_BODY
from app.web.house import House
from app.web.padding import COMMENT_BYTES, Padding, size
from app.web.pages import draw, page

TOO_LONG = _("Góp ý dài quá nên chưa được lưu")
SHORTEN = _("Góp ý dài quá, xin rút ngắn rồi lưu lại")
# How many of what is unanswered are listed before the others are folded.
SHOWN_AT_ONCE = 5
# Of so many UTF-16 units every text has room in a draft.
LONGEST_SENT = urn.COMMENT_BYTES // 3
STORED = _("Các câu trả lời trên trang này đã được lưu")
NO_COMMENTS = _("Chưa có góp ý nào được lưu")
NO_ANSWERS = _("Chưa có câu trả lời nào trên trang này")
CHECKED = Markup(" checked")
TOO_MANY = _("Có câu chọn quá số cho phép nên trang này chưa được lưu")
FEWER = _("Có câu chọn quá nhiều, xin bỏ bớt rồi lưu")
NOTES = (FEWER, SHORTEN, STORED, NO_COMMENTS, NO_ANSWERS)
QUESTIONS = "ballot/questions.html"
TEMPLATES = {UNITS: "ballot/units.html", COMMENTS: "ballot/comments.html"}


def asked(ballot: OpenBallot, state: DraftState | None = None) -> Asked:
    """Whom the ballot asks about what, in this state of its draft."""
    chosen = None if state is None else state.units
    return Asked(
        ballot.index_digest, ballot.group, ballot.agency, ballot.assigned, chosen, ballot.index
    )


def ticket(house: House, ballot: OpenBallot, code: str, shown: bytes) -> str:
    tokens = house.keys.tokens
    return tokens.ticket(ballot.name, code, tokens.fingerprint(shown))


def frame(ballot: OpenBallot) -> dict[str, object]:
    """What the frame around every page of a ballot needs."""
    return {"head": Letterhead.of(ballot.index), "ballot": ballot, "year": ballot.index.year}


def form_page(
    house: House,
    ballot: OpenBallot,
    state: DraftState,
    shown: Page,
    posted: Content | None = None,
    status: int = 200,
    upkeep: Notice | None = None,
) -> Response:
    """A page with its form and what is pointed out on it; with `posted` instead of what the draft
    holds, where that cannot be kept."""
    content = saving.content(shown, state) if posted is None else posted
    unanswered = saving.pointed_out(shown, state)
    long, over = saving.too_long(shown, content), saving.overticked(shown, content)
    if shown.items and posted is None and not (upkeep or unanswered or over):
        return _usual_page(house, ballot, state, shown, content)
    padding = Padding()
    if shown.code == UNITS:
        padding.short += (len(shown.offered) - len(content)) * size(CHECKED)
    asks = _asks(shown, content, over or unanswered, padding) if shown.items else []
    values = {
        **_of_page(shown, len(content), asks, padding),
        "panel": _panel(shown, asks, unanswered, over, padding) if asks else "",
        "content": content,
        "cost": cost_of(ballot) if shown.code == UNITS else None,
        "note": UNSAVED
        if upkeep and upkeep.unsaved
        else padding.fit(_note(shown, content, long, over), *NOTES),
        "upkeep": upkeep,
        "ticket": ticket(house, ballot, shown.code, saving.page_print(shown, state)),
        "unanswered": unanswered,
        "too_long": long,
        "overticked": over,
        "most": COMMENT_SIGNS,
        "longest": LONGEST_SENT,
        "most_sent": LARGEST_BODY,
        "comment_bytes": COMMENT_BYTES,
        "checked": CHECKED,
    }
    template = TEMPLATES.get(shown.code, QUESTIONS)
    return page(template, frame(ballot) | values, status)


def _of_page(
    shown: Page, answered: int, asks: Sequence[tuple[Ask, Drawn]], padding: Padding
) -> dict[str, object]:
    return {
        "page": shown,
        "padding": padding,
        "asks": asks,
        "answered": answered,
        "counted": counted(shown),
    }


def _usual_page(
    house: House, ballot: OpenBallot, state: DraftState, shown: Page, content: Content
) -> Response:
    """A page of questions on which nothing is pointed out."""

    def draw_blank(padding: Unpadded) -> Markup:
        asks = [
            (ask, Drawn(mark(f"ask{place}"), Markup(""), 0, b""))
            for place, ask in enumerate(shown.asks)
        ]
        values = {
            **_of_page(shown, len(content), asks, padding),
            "panel": _panel(shown, asks, (), (), padding),
            "note": padding.fit(_note(shown, content, (), ()), *NOTES),
            "upkeep": None,
            "ticket": mark("ticket"),
            "unanswered": (),
            "overticked": (),
        }
        return draw(QUESTIONS, frame(ballot) | values)

    where = (shown.code, shown.place, shown.count, shown.minutes, len(shown.asks))
    key = (asked(ballot, state), where, len(content), *of_frame(ballot))
    asks = [drawn(shown, ask, content.get(ask.name), False) for ask in shown.asks]
    own = ticket(house, ballot, shown.code, saving.page_print(shown, state))
    filled = {f"ask{place}": each.raw for place, each in enumerate(asks)}
    return blank(key, draw_blank).filled(
        filled | {"ticket": own.encode()}, sum(each.short for each in asks)
    )


def of_frame(ballot: OpenBallot) -> tuple[object, ...]:
    """What the frame and the foot of a page have of the ballot beside its index."""
    return ballot.rehearsal, ballot.closes_at


@dataclass(frozen=True)
class Cost:
    """What one more unit asks of a respondent."""

    questions: int
    minutes: int


def cost_of(ballot: OpenBallot) -> Cost:
    items, units = sum(bool(unit) for _question, unit in ballot.everything), len(ballot.units)
    questions = math.ceil(items / max(units, 1))
    return Cost(questions, max(1, round(questions / ANSWERS_A_MINUTE)))


def counted(shown: Page) -> str:
    """What the foot of a page counts: "20 cơ quan" in "12/20 cơ quan"."""
    if shown.code == UNITS or shown.by_question:
        number = len(shown.offered or shown.asks)
        return ngettext("{number} cơ quan", "{number} cơ quan", number).format(number=number)
    words = _("{number} câu") if len(shown.units) <= 1 else _("{number} mục")
    return words.format(number=len(shown.asks))


def _asks(
    shown: Page, content: Content, bad: tuple[str, ...], padding: Padding
) -> list[tuple[Ask, Drawn]]:
    """The questions of a page with their answers, some pointed out."""
    open_ = frozenset(bad)
    asks = [
        (ask, drawn(shown, ask, content.get(ask.name), ask.name in open_)) for ask in shown.asks
    ]
    padding.short += sum(each.short for _ask, each in asks)
    return asks


def _panel(
    shown: Page,
    asks: list[tuple[Ask, Drawn]],
    unanswered: tuple[str, ...],
    over: tuple[str, ...],
    padding: Padding,
) -> Markup | str:
    """What points out the unanswered, or what was ticked too often; the page has its room where
    there are none."""
    padding.short += max(
        _bare_panel(len(asks)), _bare_panel(len(shown.several), over=True) if shown.several else 0
    )
    if not unanswered and not over:
        return ""
    entries = [each.entry for _ask, each in asks if each.entry]
    panel = _drawn_panel(len(entries), entries, bool(over))
    padding.short -= size(panel) - sum(map(size, entries))
    return panel


def _drawn_panel(number: int, entries: list[Markup], over: bool) -> Markup:
    values = {"number": number, "entries": entries, "first": SHOWN_AT_ONCE}
    return draw("ballot/overticked.html" if over else "ballot/unanswered.html", values)


@lru_cache
def _bare_panel(number: int, over: bool = False) -> int:
    """The bytes of the panel without what it lists."""
    return size(_drawn_panel(number, [], over))


def _note(shown: Page, content: Content, long: tuple[str, ...], over: tuple[str, ...]) -> str:
    """What the page says of itself at its end, until the script says more."""
    if over:
        return FEWER
    if long:
        return SHORTEN
    if content:
        return STORED
    return NO_COMMENTS if shown.code == COMMENTS else NO_ANSWERS


def autosaved(house: House, ballot: OpenBallot, saved: Saved, now: datetime) -> Response:
    """What the script of a page is told: a note to show, and the ticket to go on with."""
    if saved.too_long or saved.overticked:
        return JSONResponse({"note": TOO_LONG if saved.too_long else TOO_MANY}, 422)
    drawn = ticket(house, ballot, saved.page.code, saving.page_print(saved.page, saved.state))
    note = _("Đã lưu lúc {time}").format(time=clock(now))
    return JSONResponse({"note": note, "ticket": drawn})


def autosaved_later() -> Response:
    note = _("Chưa tự lưu được: hệ thống đang bảo trì. Xin để nguyên trang và đợi.")
    return JSONResponse({"note": note}, 503)


def autosaved_elsewhere() -> Response:
    note = _("Phiếu này vừa được lưu trên một thiết bị khác. Bấm “Lưu và tiếp tục” để chọn bản.")
    return JSONResponse({"note": note}, 409)
