"""How far a thumb goes through a ballot on a phone: screens scrolled and taps.

    python -m tests.load.thumb [--paging component|question|unit] [--look row|stacked|table]
                               [--pictures FOLDER] [--at-most N]

answers every question about 20 units in Chromium at 390 × 844, from the link to the receipt, and
prints how high every page is. A screen is the height of the phone; a page counts with its whole
height, as it is scrolled from top to end. A tap is a finger on a level, a box or a button.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from playwright.sync_api import Page

from app.index import file as indexfile
from app.index.definition import Index
from tests.making.blocks import LAI_CHAU, make_people
from tests.making.browser import PHONE, device, open_browser, press
from tests.making.stage import CLOSES, open_stage

GROUP = "hdnd"  # 13 questions; three of them are not asked of the five units of a kind of their own
MOST_PAGES = 60

# What else was tried (docs/ballot-on-a-phone.md), drawn over the pages as they are.
LOOKS = {
    "row": "",
    "stacked": """.levels.short { display: block; margin-inline: 0 }
      .levels.short label, .levels.short label.none { flex-direction: row; min-height: 3rem;
        padding: .5rem .75rem; font-size: 1.125rem; justify-content: flex-start }
      .levels.short label + label { margin: -1px 0 0 }
      .levels.short label.none { margin: .5rem 0 0 }""",
    "table": """.levels.short label, .levels.short label.none { min-height: 3rem; font-size: 0 }
      .hint::after { content: "Rất tốt · Tốt · Trung bình · Chưa tốt · Không có ý kiến";
        display: block; font-weight: 600 }
      .hint { position: sticky; top: 0; z-index: 3; background: var(--paper) }""",
}
TICK = """() => {
  const fields = [...document.querySelectorAll('main form input:not([type=hidden])')];
  const first = new Map(fields.map(each => [each.name + (each.type === 'radio' ? '' : each.value),
    each]).reverse());
  for (const each of first.values()) each.click();
  return first.size;
}"""
HEIGHT = "document.documentElement.scrollHeight"


@dataclass(frozen=True)
class Leg:
    """One page of the way: how high it is in screens, and how often it was tapped."""

    path: str
    screens: float
    taps: int


def index_of(paging: str) -> Index:
    """The Lai Châu index, its pages cut in another way perhaps."""
    index = indexfile.parse(LAI_CHAU.read_bytes())
    return replace(index, rules=replace(index.rules, paging=paging))


def walk(page: Page, link: str, pictures: Path | None = None, style: str = "") -> Iterator[Leg]:
    """From the link to the receipt, everything answered."""
    page.goto(link)
    for place in range(MOST_PAGES):
        page.wait_for_load_state("load")
        if style:
            page.add_style_tag(content=style)
        screens = page.evaluate(HEIGHT) / PHONE[1]
        path = "/" + page.url.split("/", 3)[3].split("/")[-1]
        if pictures:
            page.screenshot(path=pictures / f"{place:02}.png")
        if page.locator("#receipt").count():
            yield Leg("/bien-nhan", screens, 0)
            return
        taps = page.evaluate(TICK)
        press(page)
        yield Leg("/p" if place == 0 else path, screens, taps + 1)
    raise AssertionError(f"no receipt after {MOST_PAGES} pages")


def measure(paging: str, pictures: Path | None = None, look: str = "row") -> list[Leg]:
    """The legs of one ballot about 20 units, in a browser of its own."""
    index = index_of(paging)
    person = replace(make_people(index, 1)[0], group=GROUP, agency=None, assigned=())
    with (
        tempfile.TemporaryDirectory(prefix="phieu-thumb-") as folder,
        open_stage(Path(folder)) as stage,
        open_browser() as browser,
        device(browser, stage.url, bypass_csp=bool(LOOKS[look])) as watched,
    ):
        _wave, (ballot,) = stage.booth.wave(index, people=[person], code="thumb", closes=CLOSES)
        legs = list(walk(watched.page, stage.link(ballot), pictures, LOOKS[look]))
        assert watched.faults == []
    return legs


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.load.thumb", description=__doc__)
    parser.add_argument("--paging", default="question", choices=("component", "question", "unit"))
    parser.add_argument("--look", default="row", choices=LOOKS)
    parser.add_argument("--pictures", type=Path, help="where to put the first screen of each page")
    parser.add_argument("--at-most", type=float, help="end with 1 when there are more screens")
    wanted = parser.parse_args()
    if wanted.pictures:
        wanted.pictures.mkdir(parents=True, exist_ok=True)
    legs = measure(wanted.paging, wanted.pictures, wanted.look)
    for leg in legs:
        print(f"{leg.screens:6.1f} screens {leg.taps:4} taps  {leg.path}")
    screens = sum(leg.screens for leg in legs)
    print(f"{screens:6.1f} screens {sum(leg.taps for leg in legs):4} taps  {len(legs)} pages")
    if wanted.at_most and screens > wanted.at_most:
        sys.exit(1)


if __name__ == "__main__":
    main()
