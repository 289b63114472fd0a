"""Fixtures of the modules that test in a browser; they name this one in `pytest_plugins`."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from app.keys.keyfile import KeyFile
from app.settings import Settings
from app.store.db import Database
from tests.conftest import Clock
from tests.making.browser import Watched, anew, device, open_browser
from tests.making.bureau import Bureau, open_bureau
from tests.making.stage import Stage, open_stage


# As long as Playwright runs, its thread has a running event loop, which other modules' tests must
# not find: hence not for the whole session.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as browser:
        yield browser


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with open_stage(tmp_path_factory.mktemp("stage")) as stage:
        yield stage


@pytest.fixture(scope="module")
def phone(browser: Browser, stage: Stage) -> Iterator[Watched]:
    """The phone that is made as new for test after test."""
    with device(browser, stage.url) as watched:
        yield watched


@pytest.fixture
def page(phone: Watched) -> Iterator[Page]:
    """A new phone, which fails the test when its page said something it should not."""
    yield anew(phone).page
    assert not phone.faults


@pytest.fixture
def bureau(
    browser: Browser, db: Database, keys: KeyFile, configured: Settings, clock: Clock
) -> Iterator[Bureau]:
    """A console of one test, on each database in turn."""
    with open_bureau(browser, db, keys, configured, clock) as bureau:
        yield bureau
