"""Several devices and one ballot, and one browser with several ballots."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlmodel import func, select

from app.keys.keyfile import KeyFile
from app.settings import Settings
from app.store.db import Database
from app.store.models import Ballot, Draft, UrnRow
from tests.conftest import Clock
from tests.making.booths import Booth, answers, cast, open_booth, walk
from tests.making.html import Visitor

# What a page shows turns on no SQL that differs; what is stored and counted is tried on both.
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def booth(db: Database, keys: KeyFile, configured: Settings, clock: Clock) -> Iterator[Booth]:
    with open_booth(db, keys, configured, clock) as booth:
        yield booth


def two_devices(booth: Booth, index: str) -> tuple[Visitor, Visitor]:
    """Two devices with the first page of one ballot open."""
    ballot = booth.ballot(index)
    return booth.started(ballot), booth.started(ballot)


def test_two_devices_never_lose_an_answer_silently(booth: Booth) -> None:
    phone, desk = two_devices(booth, "paging-component")
    path, field = phone.path, next(iter(phone.form.radios))
    phone.submit(answers(phone, 0))
    desk.submit(answers(desk, 1))
    assert (desk.status, desk.path) == (200, path)
    assert desk.points_out
    assert desk.title.startswith("Lỗi:")
    assert "Ông/Bà dùng bản nào?" in desk.text
    kept = booth.visitor()
    kept.client.cookies = phone.client.cookies
    first, second = phone.open(path).form.radios[field][:2]
    assert kept.open(path).form.values[field] == [first]
    desk.submit(button="Dùng bản vừa điền ở đây")
    assert desk.status == 200
    assert kept.open(path).form.values[field] == [second]


@SQLITE
def test_the_version_of_the_other_device_can_be_kept(booth: Booth) -> None:
    phone, desk = two_devices(booth, "paging-component")
    path, field = phone.path, next(iter(phone.form.radios))
    first = phone.form.radios[field][0]
    phone.submit(answers(phone, 0))
    desk.submit(answers(desk, 1)).submit(button="Dùng bản đã lưu trên thiết bị kia")
    assert (desk.status, desk.path) == (200, path)
    assert desk.form.values[field] == [first]


@SQLITE
def test_the_question_comes_again_when_the_other_device_saves_again(booth: Booth) -> None:
    phone, desk = two_devices(booth, "paging-component")
    path = phone.path
    phone.submit(answers(phone, 0))
    desk.submit(answers(desk, 1))
    phone.open(path).submit(answers(phone, 2))
    assert desk.submit().points_out


@SQLITE
def test_the_same_answers_from_two_devices_are_no_question(booth: Booth) -> None:
    phone, desk = two_devices(booth, "paging-component")
    phone.submit(answers(phone))
    assert desk.submit(answers(desk)).status == 200


@SQLITE
def test_answers_that_only_add_are_no_question(booth: Booth) -> None:
    phone, desk = two_devices(booth, "paging-component")
    everything = answers(phone)
    some = dict(list(everything.items())[:1])
    assert phone.submit(some).points_out
    assert desk.submit(everything).status == 200


def test_a_double_submit_is_one(booth: Booth) -> None:
    visitor = booth.started(booth.ballot("paging-component"))
    form, given = visitor.form, answers(visitor)
    visitor.submit(given)
    following = visitor.path
    assert visitor.send(form, given).path == following
    assert visitor.status == 200


@SQLITE
def test_a_form_sent_again_from_before_the_pointing_out_goes_on(booth: Booth) -> None:
    visitor = booth.started(booth.ballot("paging-component"))
    form, path = visitor.form, visitor.path
    assert visitor.submit().points_out
    assert not visitor.send(form).points_out
    assert visitor.path != path


@SQLITE
def test_units_ticked_on_two_devices_are_a_question(booth: Booth) -> None:
    phone, desk = two_devices(booth, "choose-units")
    first, second, *_rest = phone.form.boxes["units"]
    phone.submit({"units": [first]})
    assert desk.submit({"units": [second]}).points_out
    desk.submit(button="Dùng bản vừa điền ở đây")
    assert desk.open("/phieu/co-quan").form.values["units"] == [second]


@SQLITE
def test_answers_about_a_unit_unticked_elsewhere_are_not_dropped_silently(booth: Booth) -> None:
    phone, desk = two_devices(booth, "choose-units")
    first, second, *_rest = phone.form.boxes["units"]
    phone.submit({"units": [first, second]})
    desk.open("/phieu/co-quan").submit({"units": [second]})
    phone.submit(answers(phone))
    assert phone.points_out
    assert "không còn hỏi về" in phone.text
    assert phone.submit().status == 200


@SQLITE
def test_a_page_asked_no_more_leads_on(booth: Booth) -> None:
    phone, desk = two_devices(booth, "choose-units")
    first, *_rest = phone.form.boxes["units"]
    phone.submit({"units": [first]})
    desk.open("/phieu/co-quan").submit({"units": []})
    desk.submit({"units": []})
    assert phone.submit(answers(phone)).points_out
    assert phone.submit().path == "/phieu/co-quan"


@SQLITE
def test_comments_on_two_devices_are_a_question(booth: Booth) -> None:
    ballot = booth.ballot("comments")
    phone = booth.started(ballot)
    while not phone.form.texts:
        phone.submit(answers(phone))
    desk = booth.started(ballot).open(phone.path)
    (name, *_others) = phone.form.texts
    phone.submit({name: "bản một\r\nhai dòng"})
    desk.submit({name: "bản hai\r\nhai dòng"})
    assert desk.points_out
    assert "bản một" in desk.text
    desk.submit()
    assert desk.open("/phieu/gop-y").form.values[name] == ["bản hai\r\nhai dòng"]


def test_a_review_that_another_device_has_outdated_is_shown_anew(booth: Booth) -> None:
    phone, desk = two_devices(booth, "tree")
    path = desk.path
    walk(phone)
    desk.open(path).submit(answers(desk, 1))
    phone.submit()
    assert (phone.points_out, phone.path, phone.receipt) == (True, "/phieu/xem-lai", None)
    assert phone.title.startswith("Lỗi:")
    assert phone.submit().receipt


def test_both_devices_get_the_same_receipt(booth: Booth) -> None:
    phone, desk = two_devices(booth, "tree")
    walk(phone)
    desk.open("/phieu/xem-lai")
    assert cast(phone) == desk.submit().receipt


def test_two_links_in_one_browser_stay_apart(booth: Booth) -> None:
    _wave, (first, second, *_rest) = booth.wave("tree")
    browser = booth.started(first)
    browser.submit(answers(browser))
    browser.open(booth.link(second)).submit()
    mine = cast(browser)
    assert mine == booth.keys.receipt("dot-thu", second)
    browser.open(booth.link(first))
    assert browser.receipt is None
    browser.submit()
    assert cast(browser) == booth.keys.receipt("dot-thu", first)


def test_30_ballots_cast_from_two_devices_at_once_give_30_ballots_and_receipts(
    booth: Booth,
) -> None:
    wave, people = booth.wave("pooled", people=30)
    pairs = []
    for ballot in people:
        phone = booth.started(ballot)
        walk(phone)
        pairs += [phone, booth.started(ballot).open("/phieu/xem-lai")]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda visitor: visitor.submit(), pairs))
    receipts = [visitor.receipt for visitor in pairs]
    assert receipts[::2] == receipts[1::2]
    assert set(receipts) == {booth.keys.receipt(wave.code, ballot) for ballot in people}
    with booth.db.reading() as session:
        assert session.scalar(select(func.count()).select_from(UrnRow)) == 30
        assert session.scalar(select(func.count()).select_from(Draft)) == 0
        assert session.scalars(select(Ballot.cast)).all() == [True] * 30
