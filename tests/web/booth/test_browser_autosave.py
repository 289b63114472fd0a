"""What the one script adds: a page saves itself, says so, and prints. All else works without it."""

import re

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.making.browser import DESKTOP, device, press
from tests.making.scenes import SCENES, begin, choose, to_comments, two_devices
from tests.making.stage import UNITS, Stage

pytest_plugins = ["tests.making.browser_fixtures"]

SAVED = re.compile(r"^Đã lưu lúc \d\d:\d\d$")


def note(page: Page, text: str | re.Pattern[str]) -> None:
    """Wait until the page says so of its saving."""
    expect(page.get_by_role("status")).to_have_text(text)


def chosen(page: Page) -> dict[str, str]:
    """Field → value, as the page shows it now."""
    found: dict[str, str] = page.locator("fieldset :checked").evaluate_all(
        "all => Object.fromEntries(all.map(one => [one.name, one.value]))"
    )
    return found


def test_a_level_saves_itself_and_is_there_on_another_device(
    browser: Browser, stage: Stage
) -> None:
    ballot = stage.fill(stage.ballot(), questions=7)
    with device(browser, stage.url, DESKTOP) as desk, device(browser, stage.url) as phone:
        begin(stage, desk.page, ballot)
        choose(desk.page, "q08.snv")
        note(desk.page, SAVED)
        with desk.page.expect_response("**/phieu/cau-q08"):
            choose(desk.page, "q08.snv", level="C")
            choose(desk.page, "q08.vpubnd", level="-")
        begin(stage, phone.page, ballot)
        assert phone.page.url == desk.page.url
        assert chosen(phone.page) == {"q08.snv": "C", "q08.vpubnd": "-"}
        assert desk.faults + phone.faults == []


def test_ticked_units_save_themselves(page: Page, stage: Stage) -> None:
    ballot = stage.ballot()
    begin(stage, page, ballot)
    page.get_by_label("Sở Y tế").check()
    note(page, SAVED)
    page.reload()
    expect(page.get_by_label("Sở Y tế")).to_be_checked()
    assert page.locator(":checked").count() == 1


def test_a_comment_saves_itself_while_it_is_written(page: Page, stage: Stage) -> None:
    to_comments(stage, page)
    page.locator("textarea").press_sequentially("Xin bớt giấy tờ.")
    note(page, SAVED)
    page.reload()
    expect(page.locator("textarea")).to_have_value("Xin bớt giấy tờ.")


def test_a_comment_that_is_too_long_is_told_of_and_stays_in_its_field(
    page: Page, stage: Stage
) -> None:
    to_comments(stage, page)
    text = "Quá dài. " * 250
    page.locator("textarea").fill(text)
    note(page, "Góp ý dài quá nên chưa được lưu")
    assert page.locator("textarea").input_value() == text


def test_saving_by_itself_points_nothing_out(page: Page, stage: Stage) -> None:
    begin(stage, page, stage.fill(stage.ballot(), questions=7))
    choose(page, "q08.snv")
    note(page, SAVED)
    assert page.locator(".fault").count() == 0
    press(page)
    expect(page.locator(".fault")).to_be_focused()


def test_another_devices_answers_are_never_overwritten_by_saving_itself(
    page: Page, stage: Stage
) -> None:
    ballot = two_devices(stage, page)
    note(page, re.compile("^Phiếu này vừa được lưu trên một thiết bị khác."))
    found = stage.answers(ballot)
    assert {found["q08", unit] for unit in UNITS} != {"D"}
    press(page)
    assert page.locator("h1").inner_text() == "Ông/Bà dùng bản nào?"
    press(page, "Dùng bản vừa điền ở đây")
    found = stage.answers(ballot)
    assert {found["q08", unit] for unit in UNITS} == {"D"}


def test_a_page_that_could_not_save_itself_says_so_and_the_button_still_works(
    page: Page, stage: Stage
) -> None:
    ballot = stage.fill(stage.ballot(), ["snv"], 7)
    begin(stage, page, ballot)
    page.route("**/phieu/*", lambda route: route.fulfill(status=502, body="<h1>Bad Gateway</h1>"))
    choose(page, "q08.snv")
    note(page, "Chưa tự lưu được. Xin bấm “Lưu và tiếp tục”.")
    page.unroute("**/phieu/*")
    press(page)
    assert stage.answers(ballot)["q08", "snv"] == "B"
    assert page.url.endswith("/phieu/cau-q09")


def test_a_button_waits_for_what_is_being_saved(page: Page, stage: Stage) -> None:
    ballot = stage.fill(stage.ballot(), ["snv"], 7)
    begin(stage, page, ballot)
    held: list[Route] = []
    page.route("**/phieu/cau-q08", lambda route: held.append(route), times=1)
    with page.expect_request("**/phieu/cau-q08"):
        choose(page, "q08.snv")
    with page.expect_navigation():
        page.locator("main form button").first.click()
        assert page.url.endswith("/phieu/cau-q08")
        held[0].continue_()
    assert page.url.endswith("/phieu/cau-q09")
    assert stage.answers(ballot)["q08", "snv"] == "B"


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_only_where_scripts_run_there_is_a_button_to_print(
    browser: Browser, stage: Stage, scripts: bool
) -> None:
    with device(browser, stage.url, java_script_enabled=scripts) as watched:
        page = watched.page
        page.add_init_script("window.print = () => { document.title = 'đang in' }")
        SCENES["receipt"].play(stage, page)
        button = page.get_by_role("button", name="In trang này")
        assert button.count() == scripts
        if scripts:
            button.click()
            assert page.title() == "đang in"
