"""Every page and every fault of the ballot in a real browser, large and small, light and dark."""

import pytest
from playwright.sync_api import Page

from tests.making.browser import DESKTOP, NARROW, PHONE, Watched, anew, chromium_path, resize
from tests.making.eye import MADE, Eye
from tests.making.scenes import SCENES
from tests.making.stage import Stage

pytest_plugins = ["tests.making.browser_fixtures"]


@pytest.fixture(scope="module", params=SCENES)
def shown(request: pytest.FixtureRequest, phone: Watched, stage: Stage) -> Watched:
    """A phone with the page of each scene in turn."""
    SCENES[request.param].play(stage, anew(phone).page)
    return phone


@pytest.fixture
def scene(request: pytest.FixtureRequest) -> str:
    name: str = request.node.callspec.params["shown"]
    return name


def test_the_page_is_the_one_meant(shown: Watched, scene: str) -> None:
    assert shown.status == SCENES[scene].status
    words = " ".join(shown.page.evaluate("document.querySelector('main').innerText").split())
    assert SCENES[scene].words in words
    points_out = shown.page.locator("#loi").count() == 1
    assert shown.page.title().startswith("Lỗi:") == (
        points_out or (SCENES[scene].status >= 400 and shown.status != 410)
    )
    assert points_out == SCENES[scene].points_out


def test_the_page_asks_nobody_else_and_breaks_no_rule_of_its_own(shown: Watched) -> None:
    assert shown.faults == []


@pytest.fixture(scope="module")
def eye() -> Eye:
    """The eye that saw the scenes so far."""
    return Eye()


def test_axe_objects_to_nothing_on_a_phone_and_on_a_desk_in_light_and_dark(
    shown: Watched, eye: Eye
) -> None:
    page = shown.page
    assert [*eye.built(page), *eye.pale(page), *eye.small(page)] == []
    try:
        page.emulate_media(color_scheme="dark")
        # In dark only the colours differ.
        assert eye.pale(page) == []
        resize(page, DESKTOP)
        assert eye.pale(page) == []
        page.emulate_media(color_scheme="light")
        assert [*eye.pale(page), *eye.small(page)] == []
        made = page.evaluate(MADE)
        if made not in eye.seen:
            eye.seen.add(made)
            assert eye.built(page) == []
    finally:
        page.emulate_media(color_scheme="light")
        resize(page, PHONE)


def test_nothing_scrolls_sideways_at_320_px_and_at_400_percent(shown: Watched) -> None:
    page = shown.page
    resize(page, NARROW)
    try:
        assert page.evaluate("document.scrollingElement.scrollWidth") == NARROW[0]
        # Letters, words and lines as far apart as readers may set them (WCAG 1.4.12).
        page.evaluate(
            "document.body.style.cssText = 'line-height: 1.5; letter-spacing: .12em;"
            " word-spacing: .16em'"
        )
        assert page.evaluate("document.scrollingElement.scrollWidth") == NARROW[0]
    finally:
        page.evaluate("document.body.style.cssText = ''")
        resize(page, PHONE)


TARGETS = """() => [...document.querySelectorAll('a, button, summary, label, input, textarea')]
  .filter(each => each.checkVisibility() && !each.matches('.skip, label input, label.field'))
  // A link within a sentence is as high as its line.
  .filter(each => !(each.matches('a') && each.parentElement.matches('p, li, dd')
    && each.parentElement.textContent.trim() !== each.textContent.trim()))
  .map(each => [each.textContent.trim() || each.name, each.getBoundingClientRect()])
  .filter(([words, box]) => box.height < 44 || box.width < 44)
  .map(([words, box]) => `${words}: ${box.width} × ${box.height}`)"""


def test_everything_to_press_is_large_enough_for_a_thumb(shown: Watched) -> None:
    assert shown.page.evaluate(TARGETS) == []


def test_the_page_can_be_read_in_forced_colours(shown: Watched, eye: Eye) -> None:
    page = shown.page
    page.emulate_media(forced_colors="active", reduced_motion="reduce")
    try:
        assert eye.pale(page) == []
        # A chosen level must not be told by its ground alone: grounds are gone.
        assert page.evaluate(
            "[...document.querySelectorAll('fieldset input')]"
            ".every(each => getComputedStyle(each).appearance !== 'none')"
        )
    finally:
        page.emulate_media(forced_colors="none", reduced_motion="no-preference")


@pytest.mark.parametrize(
    ("fault", "rule"),
    [
        ("form p { color: #ddd !important }", "color-contrast"),
        ("@media (prefers-color-scheme: dark) { h1 { color: #333 !important } }", "color-contrast"),
        (
            "main button { padding: 0; min-height: 0; height: 9px; margin: 0; display: block }",
            "target-size",
        ),
    ],
)
def test_an_eye_that_saw_a_page_sees_what_is_drawn_worse_on_the_next(
    page: Page, fault: str, rule: str
) -> None:
    eye = Eye()
    page.goto("/")
    assert eye.objections(page, "/") == []
    page.goto("/khong-co")
    assert eye.objections(page, "/khong-co") == []
    page.goto("/")
    # The page is made as before, but for one element that it may hold.
    page.evaluate(
        """fault => { const sheet = new CSSStyleSheet(); sheet.replaceSync(fault);
        document.adoptedStyleSheets = [sheet];
        for (const form of document.querySelectorAll('main form'))
          form.insertAdjacentHTML('beforeend',
            '<p class="more">Thêm</p><button>Một</button><button>Hai</button>') }""",
        fault,
    )
    said = eye.objections(page, "/")
    assert said
    assert all(rule in line for line in said)


def test_an_eye_sees_headings_out_of_order_among_known_elements(page: Page) -> None:
    eye = Eye()
    page.goto("/")
    page.evaluate("document.querySelector('main').insertAdjacentHTML('beforeend', '<h3>Ba</h3>')")
    assert eye.objections(page, "/") == []
    page.goto("/khong-co")
    page.evaluate("document.querySelector('main').insertAdjacentHTML('beforeend', '<h3>Ba</h3>')")
    (said,) = eye.objections(page, "/khong-co")
    assert "heading-order" in said


def test_a_system_without_a_browser_is_told_how_to_get_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(AssertionError, match="apt-get install chromium"):
        chromium_path()
