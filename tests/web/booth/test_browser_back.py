"""Back, forward and reload through the whole ballot, after every refused page; the foot of a page,
which stays in sight and hides nothing; and how far a thumb has to go."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, Page, Request

from tests.load.thumb import GROUP, index_of, walk
from tests.making.blocks import make_people
from tests.making.browser import NARROW, PHONE, device, launch, press, resize
from tests.making.scenes import SCENES, begin, choose
from tests.making.stage import CLOSES, Stage

pytest_plugins = ["tests.making.browser_fixtures"]


@pytest.fixture(scope="module")
def remembering(browser: Browser) -> Iterator[Browser]:
    """A browser that keeps pages for its back button, as people's do."""
    with closing(launch(browser.browser_type, "--disable-back-forward-cache")) as made:
        yield made


# Two units, and every question but the first.
FILL = """() => {
  for (const each of [...document.querySelectorAll('.picks input')].slice(0, 2)) each.click();
  for (const each of [...document.querySelectorAll('.ask')].slice(1))
    each.querySelector('[type=radio]')?.click();
}"""


class Turned:
    """A page that is turned to and fro: only GET may be asked for by that."""

    def __init__(self, page: Page) -> None:
        self.page, self.asked = page, []
        page.on("request", self._asked)

    def _asked(self, request: Request) -> None:
        if request.is_navigation_request():
            self.asked.append(request.method)

    def to_and_fro(self) -> None:
        """Reload, back, forward: the same page again, and never the browser's own."""
        page = self.page
        seen, heading = page.url, page.locator("h1").inner_text()
        points_out = page.locator("#loi").count()
        self.asked.clear()
        page.reload(wait_until="domcontentloaded")
        assert page.locator("#loi").count() == points_out
        page.go_back(wait_until="domcontentloaded")
        assert page.url.startswith("http://127.0.0.1")
        assert page.locator("h1").count() == 1
        page.go_forward(wait_until="domcontentloaded")
        assert (page.url, page.locator("h1").inner_text()) == (seen, heading)
        assert page.locator("#loi").count() == points_out
        assert set(self.asked) <= {"GET"}


def test_back_forward_and_reload_walk_through_the_whole_ballot(
    remembering: Browser, stage: Stage
) -> None:
    ballot = stage.ballot("component")
    with device(remembering, stage.url) as watched:
        page = watched.page
        turned = Turned(page)
        page.goto("/tra-cuu")
        page.get_by_label("Mã biên nhận").fill("BBBB-BBBB-BBBB")
        press(page)
        turned.to_and_fro()
        page.goto("/")
        page.get_by_label("Mã truy cập").fill("BBBB-BBBB-BBBB-BBBB")
        press(page)
        turned.to_and_fro()
        assert page.get_by_label("Mã truy cập").input_value() == "BBBB-BBBB-BBBB-BBBB"
        page.get_by_label("Mã truy cập").fill(stage.booth.keys.tokens.access_code(ballot))
        press(page)
        turned.to_and_fro()
        press(page, "Bắt đầu")
        refused = 0
        while not page.url.endswith("/phieu/xem-lai"):
            if page.locator("textarea").count():
                page.locator("textarea").evaluate("each => each.removeAttribute('maxlength')")
                page.locator("textarea").fill("Quá dài. " * 250)
            press(page)  # as it stands
            if page.locator("#loi").count():
                refused += 1
                turned.to_and_fro()
                if page.locator("textarea").count():
                    assert len(page.locator("textarea").input_value()) == 2249
                    page.locator("textarea").fill("Xin bớt giấy tờ.")
                page.evaluate(FILL)
                press(page)
        # The units, seven components, and a comment that was too long.
        assert refused == 9
        turned.to_and_fro()
        stage_answers = stage.answers(ballot)
        assert len(stage_answers) == 38 - 7
        press(page, "Gửi phiếu")
        receipt = page.locator("#receipt").inner_text()
        page.reload()
        for _step in range(6):
            page.go_back(wait_until="commit")
            if page.locator("#receipt").count() == 0:
                # Pages of no ballot: what was mistyped, never an answer.
                assert page.locator("fieldset, .answers").count() == 0
                continue
            assert page.locator("#receipt").inner_text() == receipt
        assert watched.faults == []


def test_a_thumb_needs_no_more_than_52_screens_for_20_units(page: Page, stage: Stage) -> None:
    person = replace(make_people(index_of("question"), 1)[0], group=GROUP, agency=None)
    _wave, (ballot,) = stage.booth.wave(
        index_of("question"), people=[person], code="thumb", closes=CLOSES
    )
    legs = list(walk(page, stage.link(ballot)))
    assert sum(leg.screens for leg in legs) <= 52
    # 245 answers, 20 units, the link's button, 15 pages and the cast.
    assert sum(leg.taps for leg in legs) <= 282


LEVELS = "[...document.querySelectorAll('.levels:first-of-type')][0].querySelectorAll('label')"
BOXES = f"""[...{LEVELS}].map(each => each.getBoundingClientRect())
  .map(box => [Math.floor(box.width + .1), Math.floor(box.height + .1), Math.round(box.top)])"""


def test_short_names_stand_in_a_row_of_boxes_and_long_ones_below_each_other(
    page: Page, stage: Stage
) -> None:
    SCENES["question-20-units"].play(stage, page)
    boxes = page.evaluate(BOXES)
    assert len(boxes) == 5
    assert {top for _width, _height, top in boxes} == {boxes[0][2]}
    assert all(width >= 72 and height >= 72 for width, height, _top in boxes)
    resize(page, (320, 640))
    assert len({top for _width, _height, top in page.evaluate(BOXES)}) == 5
    resize(page, PHONE)


HIDDEN = """() => {
  const at = document.activeElement, shown = at.closest('label') ?? at;
  if (at === document.body || at.closest('.stick')) return '';
  const box = shown.getBoundingClientRect(), foot = document.querySelector('.stick');
  const top = getComputedStyle(foot).position === 'sticky'
    ? foot.getBoundingClientRect().top : innerHeight;
  return box.bottom <= top + 1 || box.top >= foot.getBoundingClientRect().bottom - 1
    ? '' : `${at.name} ${box.bottom} under ${top}`;
}"""


@pytest.mark.parametrize("size", [PHONE, (320, 560), NARROW], ids=["phone", "320", "400 percent"])
def test_the_foot_never_hides_what_has_the_focus(
    page: Page, stage: Stage, size: tuple[int, int]
) -> None:
    begin(stage, page, stage.ballot("all-units"))
    press(page)
    resize(page, size)
    try:
        foot = page.locator(".stick")
        sticks = foot.evaluate("each => getComputedStyle(each).position") == "sticky"
        assert sticks == (size != NARROW)
        for _step in range(20):
            page.keyboard.press("Tab")
            assert page.evaluate(HIDDEN) == ""
        assert page.evaluate("document.activeElement.closest('.ask') !== null")
        box = foot.bounding_box()
        assert box is not None
        assert (box["y"] + box["height"] <= size[1] + 1) == sticks
        for _step in range(12):
            page.keyboard.press("Shift+Tab")
            assert page.evaluate(HIDDEN) == ""
    finally:
        resize(page, PHONE)


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_the_foot_counts_what_is_answered(browser: Browser, stage: Stage, scripts: bool) -> None:
    with device(browser, stage.url, java_script_enabled=scripts) as watched:
        page = watched.page
        SCENES["question-20-units"].play(stage, page)
        choose(page, "q01.snv", "q01.stc")
        foot = page.locator(".so-far")
        if scripts:
            assert foot.inner_text() == "2/20 cơ quan"
        else:
            # The browser itself counts.
            assert foot.inner_text() == "/20 cơ quan"
            counts = "each => getComputedStyle(each, '::before').content"
            assert foot.evaluate(counts) == "counter(said)"
            adds = "all => all.map(each => getComputedStyle(each).counterIncrement)"
            added = page.locator(".ask").evaluate_all(adds)
            assert [added.count("said 1"), added.count("none")] == [2, 18]
        assert watched.faults == []


def test_what_lacks_is_folded_beyond_five_and_leads_on(page: Page, stage: Stage) -> None:
    begin(stage, page, stage.ballot("all-units"))
    reached = page.url
    press(page)
    fault = page.locator("#loi")
    assert fault.locator("a:visible").count() == 5
    fault.locator("summary").click()
    assert fault.locator("a:visible").count() == 20
    with page.expect_navigation():
        fault.get_by_role("button", name="Để trống và tiếp tục").click()
    assert page.url != reached
    assert page.locator("#loi").count() == 0
