"""From the link to the receipt in a real browser: by keyboard, without scripts, without styles, on
several devices."""

import re
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.making.browser import DESKTOP, another_tab, device, launch, press
from tests.making.scenes import SCENES, begin, choose, press_begin, two_devices
from tests.making.stage import UNITS, Stage, open_stage

pytest_plugins = ["tests.making.browser_fixtures"]

REVIEW = re.compile("/phieu/xem-lai$")


def answer(page: Page, place: int = 0) -> None:
    """Press the level at `place` in every group of the page."""
    for group in page.locator("fieldset.ask").all():
        group.get_by_role("radio").nth(place).check()


def walk(page: Page) -> None:
    """Answer every page up to the review."""
    for _page in range(30):
        if REVIEW.search(page.url):
            return
        answer(page)
        press(page)
    raise AssertionError(f"going in circles at {page.url}")


def receipt_of(page: Page) -> str:
    return page.locator("#receipt").inner_text()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_whole_ballot_works_without_scripts(
    browser: Browser, database_url: str, tmp_path: Path
) -> None:
    with (
        open_stage(tmp_path, database_url) as stage,
        device(browser, stage.url, java_script_enabled=False) as watched,
    ):
        page, ballot = watched.page, stage.ballot("component")
        press_begin(stage, page, ballot)
        page.get_by_label("Sở Nội vụ").check()
        press(page)
        walk(page)
        expect(page.locator("dd", has_text="Rất tốt").first).to_be_visible()
        press(page, "Gửi phiếu")
        assert receipt_of(page) == stage.booth.keys.receipt("component", ballot)
        assert stage.find(ballot).cast
        assert watched.faults == []


def test_without_style_sheets_the_words_stand_in_order_and_the_forms_work(
    browser: Browser, stage: Stage
) -> None:
    with device(browser, stage.url) as watched:
        page = watched.page
        page.route("**/static/**", lambda route: route.abort())
        begin(stage, page, stage.fill(stage.ballot("component"), ["snv"], 5))
        said = page.locator("body").inner_text()
        for words in (
            "Đến nội dung chính",
            "Sở Nội vụ tỉnh Lai Châu",
            "Phần 3/7",
            page.locator("h1").inner_text(),
            page.locator("legend").first.inner_text(),
            "Lưu và tiếp tục",
            "Hạn gửi phiếu",
            "cchc@vi-du.vn",
        ):
            before, found, said = said.partition(words)
            assert found, f"{words!r} does not come after {before[-40:]!r}"
        for radio in page.get_by_role("radio").all():
            # The browser's own control, right before its words.
            box = radio.bounding_box()
            label = radio.locator("xpath=..").bounding_box()
            assert box is not None
            assert label is not None
            assert box["width"] > 0
            assert label["width"] > box["width"] + 20
        walk(page)
        press(page, "Gửi phiếu")
        assert page.locator("#receipt").is_visible()


FOCUS = """() => {
  const at = document.activeElement, style = getComputedStyle(at);
  return {tag: at.tagName, name: at.name ?? '', words: at.textContent.trim(),
    ring: style.outlineStyle === 'none' ? 0 : parseFloat(style.outlineWidth)}
}"""
# The browser may scroll to the focus a moment later.
SEEN = """() => {
  const box = document.activeElement.getBoundingClientRect();
  return box.top > -1 && box.bottom < innerHeight + 1 && box.width > 0
}"""


def tab_to(page: Page, *wanted: str) -> str:
    """Press Tab until the focus is on a field or button of one of these names; gives which.

    Wherever the focus stops on the way it must be seen.
    """
    for _step in range(60):
        page.keyboard.press("Tab")
        at = page.evaluate(FOCUS)
        if at["tag"] == "BODY":
            continue
        page.wait_for_function(SEEN)
        assert at["ring"] >= 2, f"the focus has no ring: {at}"
        for name in wanted:
            if name in (at["name"], at["words"]):
                return name
    raise AssertionError(f"Tab does not lead to {wanted}")


def enter(page: Page) -> None:
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_the_keyboard_alone_leads_from_the_link_to_the_receipt(page: Page, stage: Stage) -> None:
    page.goto(stage.link(stage.ballot("component")))
    page.keyboard.press("Tab")
    assert page.evaluate(FOCUS)["words"] == "Đến nội dung chính"
    tab_to(page, "Bắt đầu")
    enter(page)
    tab_to(page, "units")
    page.keyboard.press("Space")
    tab_to(page, "Lưu và tiếp tục")
    enter(page)
    while not REVIEW.search(page.url):
        groups = page.locator("fieldset.ask")
        for name in [group.get_attribute("id") or "" for group in groups.all()]:
            tab_to(page, name)
            page.keyboard.press("Space")
            page.keyboard.press("ArrowDown")
            assert page.evaluate("document.activeElement.checked")
        tab_to(page, "Lưu và tiếp tục")
        enter(page)
    said = page.locator(".answers dd").all_inner_texts()
    assert len(said) == 19
    # One step down from the first level everywhere.
    assert "Rất tốt" not in said
    assert "Không có ý kiến" not in said
    tab_to(page, "Gửi phiếu")
    enter(page)
    assert page.locator("#receipt").is_visible()


def test_a_fault_takes_the_focus_and_its_link_leads_to_the_field(page: Page, stage: Stage) -> None:
    SCENES["question-unanswered"].play(stage, page)
    fault = page.locator(".fault")
    expect(fault).to_be_focused()
    page.keyboard.press("Tab")
    assert (
        page.evaluate(FOCUS)["words"]
        == "Ông/Bà chưa trả lời về Sở Nông nghiệp và Phát triển nông thôn"
    )
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate(FOCUS)["name"] == "q08.snnptnt"
    page.wait_for_function(SEEN)


@pytest.mark.parametrize(
    ("scene", "field"),
    [
        ("front-wrong-code", "ma"),
        ("front-wrong-address", "thu"),
        ("lookup-garbled", "bien-nhan"),
        ("units-none", "units"),
        ("component-unanswered", "q05.snv"),
        ("comments-too-long", "q99"),
    ],
)
def test_every_fault_summary_leads_to_its_field(
    page: Page, stage: Stage, scene: str, field: str
) -> None:
    SCENES[scene].play(stage, page)
    expect(page.locator(".fault")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    if page.evaluate("document.activeElement.matches('a, body')"):
        page.keyboard.press("Tab")
    assert page.evaluate(FOCUS)["name"] == field


@pytest.mark.parametrize("scene", ["units", "question-20-units", "component"])
def test_nothing_is_chosen_beforehand_and_nothing_chooses_all(
    page: Page, stage: Stage, scene: str
) -> None:
    SCENES[scene].play(stage, page)
    form = page.locator("main form")
    assert form.locator(":checked").count() == 0
    assert form.locator("button").all_inner_texts() == ["Lưu và tiếp tục", "Quay lại"]
    assert form.locator("input:not([type=hidden])").count() == page.locator("main label").count()


def test_a_phone_goes_on_where_the_desk_stopped(browser: Browser, stage: Stage) -> None:
    ballot = stage.ballot()
    with device(browser, stage.url, DESKTOP) as desk, device(browser, stage.url) as phone:
        begin(stage, desk.page, ballot)
        desk.page.get_by_label("Sở Nội vụ").check()
        press(desk.page)
        for _question in range(2):
            answer(desk.page, 1)
            press(desk.page)
        reached = desk.page.url
        phone.page.goto(stage.link(ballot))
        press(phone.page, "Trả lời tiếp")
        assert phone.page.url == reached
        press(phone.page, "Quay lại")
        expect(phone.page.get_by_label("Tốt", exact=True)).to_be_checked()
        assert desk.faults + phone.faults == []


@pytest.mark.parametrize(
    ("button", "kept"),
    [("Dùng bản vừa điền ở đây", "D"), ("Dùng bản đã lưu trên thiết bị kia", None)],
)
def test_of_two_versions_the_one_chosen_is_kept(
    page: Page, stage: Stage, button: str, kept: str | None
) -> None:
    ballot = two_devices(stage, page)
    press(page)
    shown = page.locator("main").inner_text()
    assert "Chưa tốt" in shown
    press(page, button)
    page.goto("/phieu/cau-q08")
    chosen = page.locator("fieldset.ask :checked").evaluate_all("all => all.map(one => one.value)")
    assert len(chosen) == len(UNITS)
    assert (set(chosen) == {"D"}) == (kept == "D")
    assert not stage.find(ballot).cast


def test_two_links_in_one_browser_never_mix(page: Page, stage: Stage) -> None:
    first, second = stage.ballot("all-units"), stage.ballot("all-units")
    begin(stage, page, first)
    begin(stage, other := another_tab(page.context, "/"), second)
    choose(page, "q01.snv")
    choose(other, "q01.stc")
    press(page)
    assert page.locator("h1").inner_text() == "Biểu mẫu này thuộc một phiếu khác"
    press(other)
    for ballot, kept in ((first, []), (second, ["q01.stc"])):
        begin(stage, page, ballot)
        page.goto("/phieu/cau-q01")
        chosen = page.locator("fieldset :checked")
        assert chosen.evaluate_all("all => all.map(one => one.name)") == kept


def test_after_the_receipt_the_back_button_shows_no_answer(browser: Browser, stage: Stage) -> None:
    # Playwright turns the browser's own memory of pages off, where answers could linger.
    remembering = launch(browser.browser_type, "--disable-back-forward-cache")
    with closing(remembering), device(remembering, stage.url) as watched:
        page = watched.page
        press_begin(stage, page, stage.fill(stage.ballot("component"), ["snv"], 5))
        walk(page)
        press(page, "Gửi phiếu")
        receipt = receipt_of(page)
        for _step in range(4):
            page.go_back(wait_until="commit")
            assert page.locator("fieldset, .answers").count() == 0
            assert receipt_of(page) == receipt


def test_the_receipt_prints_on_one_page(page: Page, stage: Stage) -> None:
    SCENES["receipt"].play(stage, page)
    paper = page.pdf(format="A4")
    assert re.findall(rb"/Type /Pages\s+/Count (\d+)", paper) == [b"1"]


def test_the_review_prints_with_every_answer(page: Page, stage: Stage) -> None:
    SCENES["review"].play(stage, page)
    page.emulate_media(media="print")
    assert page.locator("main button").first.is_hidden()
    for part in page.locator("main details").all():
        assert part.locator(".answers").first.is_visible()
