"""While an installation is worked on a ballot can be read, and what was chosen on a page stays."""

from collections.abc import Iterator

import pytest

from app.keys.keyfile import KeyFile
from app.settings import Settings
from app.store import upkeep
from app.store.db import Database
from tests.conftest import Clock
from tests.making.booths import Booth, answers, open_booth, walk
from tests.store.test_upkeep import switch_off, switch_on


@pytest.fixture
def booth(
    db: Database,
    keys: KeyFile,
    configured: Settings,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Booth]:
    monkeypatch.setattr(upkeep, "SEEN_FOR", 0.0)
    with open_booth(db, keys, configured, clock) as booth:
        yield booth


@pytest.mark.parametrize("index", ["comments", "choices", "tree"])
def test_a_page_that_cannot_be_saved_is_shown_again_as_it_was_filled_in(
    booth: Booth, index: str
) -> None:
    visitor = booth.started(booth.ballot(index))
    for _page in range(12):
        if visitor.path == "/phieu/xem-lai":
            break
        path, said = visitor.path, answers(visitor, text="Đường vào xã lầy lội.")
        switch_on(booth.db, 30)
        before = booth.dump()
        visitor.submit(said)
        assert visitor.status == 503
        assert visitor.response.headers["retry-after"] == "1800"
        assert visitor.path == path
        assert visitor.title.startswith("Lỗi: chưa lưu được")
        assert "Câu trả lời trên trang này chưa được lưu" in visitor.text
        assert "dự kiến đến" in visitor.text
        assert "đã được lưu" not in visitor.text
        for name, value in said.items():
            wanted = [value] if isinstance(value, str) else list(value)
            assert visitor.form.values.get(name, []) == wanted, name
        assert booth.dump() == before
        switch_off(booth.db)
        visitor.submit()
        assert visitor.status == 200
        assert visitor.path != path
    else:
        raise AssertionError("no review")


def test_a_ballot_that_cannot_be_cast_stays_as_it_is_and_is_cast_later(booth: Booth) -> None:
    visitor = booth.started(booth.ballot("comments"))
    walk(visitor)
    switch_on(booth.db)
    before = booth.dump()
    visitor.submit()
    assert (visitor.status, visitor.receipt) == (503, None)
    assert visitor.response.headers["retry-after"] == "60"
    assert "Phiếu chưa được gửi" in visitor.text
    assert visitor.title.startswith("Lỗi: phiếu chưa được gửi")
    assert booth.dump() == before
    switch_off(booth.db)
    visitor.submit()
    assert visitor.receipt is not None


def test_what_was_begun_and_what_was_cast_can_be_read(booth: Booth) -> None:
    wave, (first, second, third, *_rest) = booth.wave("comments")
    begun = booth.started(first)
    path = begun.path
    cast = booth.started(second)
    walk(cast)
    receipt = cast.submit().receipt
    switch_on(booth.db)
    assert begun.open(path).status == 200
    assert "chưa lưu và chưa gửi được" in begun.text
    device = booth.visitor()
    assert device.open(booth.link(second)).receipt == receipt
    assert device.open(booth.link(first)).status == 200
    assert "Hệ thống đang bảo trì" in device.text
    assert device.submit().status == 200, "who has begun goes on reading elsewhere"
    assert device.path == path
    assert device.open("/phieu/cac-phan").status == 200
    assert device.open("/phieu/xem-lai").status == 200
    stranger = booth.visitor().open(booth.link(third))
    assert stranger.status == 200
    assert stranger.submit().status == 503
    assert "bảo trì" in stranger.heading
    assert stranger.response.headers["retry-after"] == "60"
    assert "phieu readonly" not in stranger.text, "no command for a respondent"
    for address in ("/", "/tra-cuu", f"/cong-khai/{wave.code}"):
        assert stranger.client.get(address).status_code == 200
    assert stranger.client.get(f"/p/{'x' * 22}").status_code == 404
    assert booth.visitor().client.get("/alive").status_code == 200


def test_the_script_of_a_page_hears_that_it_could_not_save(booth: Booth) -> None:
    visitor = booth.started(booth.ballot("comments"))
    fields = {**visitor.form.values, **answers(visitor)}
    switch_on(booth.db)
    answer = visitor.client.post(visitor.path, data=fields, headers={"x-phieu-autosave": "1"})
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "60"
    assert "bảo trì" in answer.json()["note"]
    assert "ticket" not in answer.json()


def test_who_asks_for_a_letter_or_stops_reminders_hears_it_or_is_answered_later(
    booth: Booth,
) -> None:
    _wave, (first, *_rest) = booth.wave("comments")
    link = f"/khong-nhac/{booth.keys.tokens.no_reminders(first)}"
    switch_on(booth.db)
    before = booth.dump()
    visitor = booth.visitor().open(link)
    assert visitor.status == 200
    assert visitor.submit().status == 503
    asked = booth.visitor().client.post("/gui-lai", data={"thu": "an@vi-du.vn"})
    assert asked.status_code == 503
    assert booth.dump() == before
    switch_off(booth.db)
    assert visitor.open(link).submit().status == 200


@pytest.mark.parametrize("index", ["comments", "choices"])
def test_a_page_that_is_given_back_tells_nothing_by_its_length(booth: Booth, index: str) -> None:
    visitor = booth.started(booth.ballot(index))
    switch_on(booth.db)
    lengths = set()
    for said in ({}, answers(visitor)):
        visitor.submit(said)
        assert visitor.status == 503
        lengths.add(len(visitor.response.content))
    assert len(lengths) == 1
