"""Committee mode in a real browser, from the making of keys to an urn that two of three open."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from app.count import unsealing
from app.keys import phrase
from app.keys.keyfile import KeyFile
from app.keys.tokens import BallotName
from app.settings import Settings
from app.store.db import Database
from app.waves import closing, launch
from app.waves import wave as waves
from tests.conftest import Clock
from tests.making import holders
from tests.making.blocks import cast_all
from tests.making.booths import Booth, open_booth
from tests.making.guardian import Guardian

pytest_plugins = ["tests.making.browser_fixtures"]

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
CODE = "dot-thu"


@pytest.fixture
def booth(db: Database, keys: KeyFile, configured: Settings, clock: Clock) -> Iterator[Booth]:
    with open_booth(db, keys, configured, clock) as found:
        yield found


def test_three_make_keys_in_their_browsers_and_two_of_them_open_the_urn(
    booth: Booth, browser: Browser
) -> None:
    db, keys = booth.db, booth.keys
    those = holders.holders()
    holders.draft(db)
    holders.appoint(db, CODE, 2, those)
    guardians = []
    for each in those:
        number = holders.number_of(db, CODE, each)
        path = f"/giu-khoa/{keys.tokens.trustee(BallotName(number, 1))}"
        guardians.append(Guardian(browser, booth.url, path))
    prints = [each.makes_a_key() for each in guardians]
    # The browser derives what we derive.
    for shown, each in zip(prints, guardians, strict=True):
        private = phrase.private_key(phrase.read(each.paper), CODE)
        assert shown == phrase.print_of(phrase.public_key(private))
    first, second, third = guardians
    assert "không phải của khóa đã gửi" in first.opens("Mở thử", phrase=second.paper)
    assert "nhập nhầm" in first.opens("Mở thử", phrase="B" * 19 + "C")
    for each in guardians:
        each.opens("Mở thử", ends="Ông/Bà đã mở thử xong")
    with db.transaction() as session:
        launch.launch(db, session, keys, holders.CONFIGURED, waves.load(session, CODE))
    cast_all(db, keys, holders.loaded(db))
    with db.transaction() as session:
        closing.close(db, session, waves.load(session, CODE))
    for each in (third, first):
        each.opens("Mở và gửi phần khóa", ends="Đã nhận phần khóa của Ông/Bà")
    assert unsealing.unseal(db, keys, CODE).counted == 12
    assert [each.faults for each in guardians] == [[], [], []]
