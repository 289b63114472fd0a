"""What the page's script sends while a page is filled in, and what it is told."""

from collections.abc import Iterator
from urllib.parse import urlencode

import httpx
import pytest

from app.keys.keyfile import KeyFile
from app.settings import Settings
from app.store.db import Database
from tests.conftest import Clock
from tests.making.booths import Booth, answers, open_booth
from tests.making.html import Visitor

# What a page shows turns on no SQL that differs; what is stored and counted is tried on both.
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def booth(db: Database, keys: KeyFile, configured: Settings, clock: Clock) -> Iterator[Booth]:
    with open_booth(db, keys, configured, clock) as booth:
        yield booth


def autosave(visitor: Visitor, values: dict[str, str], ticket: str = "") -> httpx.Response:
    """Send the page as the script does."""
    fields = {n: v[0] for n, v in visitor.form.values.items()} | values
    if ticket:
        fields[".phieu"] = ticket
    response: httpx.Response = visitor.client.post(
        visitor.path,
        content=urlencode(fields).encode(),
        headers={
            "content-type": "application/x-www-form-urlencoded;charset=UTF-8",
            "x-phieu-autosave": "1",
        },
    )
    return response


@SQLITE
def test_a_page_is_saved_while_it_is_filled_in_and_nothing_pointed_out(booth: Booth) -> None:
    visitor = booth.started(booth.ballot("paging-component"))
    field = next(iter(visitor.form.radios))
    response = autosave(visitor, {field: "A"})
    assert response.status_code == 200
    assert response.json()["note"] == "Đã lưu lúc 09:00"
    assert response.headers["cache-control"] == "no-store"
    visitor.open(visitor.path)
    assert visitor.form.values[field] == ["A"]
    assert visitor.submit().points_out


@SQLITE
def test_every_saving_hands_out_the_ticket_of_the_next(booth: Booth) -> None:
    visitor = booth.started(booth.ballot("paging-component"))
    form, field = visitor.form, next(iter(visitor.form.radios))
    ticket = autosave(visitor, {field: "A"}).json()["ticket"]
    ticket = autosave(visitor, {field: "B"}, ticket).json()["ticket"]
    assert visitor.send(form, {**answers(visitor, 2), ".phieu": ticket}).status == 200


def test_saving_never_overwrites_what_another_device_saved(booth: Booth) -> None:
    ballot = booth.ballot("paging-component")
    phone, desk = booth.started(ballot), booth.started(ballot)
    path = phone.path
    phone.submit(answers(phone))
    before = booth.dump()
    response = autosave(desk, {next(iter(desk.form.radios)): "B"})
    assert response.status_code == 409
    assert "thiết bị khác" in response.json()["note"]
    assert booth.dump() == before
    assert desk.open(path).form.values


@SQLITE
def test_a_comment_that_is_too_long_is_said(booth: Booth) -> None:
    visitor = booth.started(booth.ballot("comments"))
    while not visitor.form.texts:
        visitor.submit(answers(visitor))
    before = booth.dump()
    response = autosave(visitor, {visitor.form.texts[0]: "x" * 2001})
    assert response.status_code == 422
    assert "chưa được lưu" in response.json()["note"]
    assert booth.dump() == before
