"""An annex of a decision becomes an index, with few clicks and no guess in secret."""

from collections.abc import Mapping

import pytest

from app.keys.keyfile import KeyFile
from app.papers import indexbook
from app.settings import Settings
from app.store.db import Database
from tests.making import annexes
from tests.making.consoles import Clerk, desk_of
from tests.making.html import FormOf

PATH = "/quan-tri/bo-chi-so"
UNITS = "Các sở:\nSở Nội vụ\nSở Tài chính\nCác xã, phường:\nPhường Hạc Thành"
MOST_CLICKS = 10
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


class Mouse:
    """An officer who counts: a link, a field that is changed, a file and a button are a click."""

    def __init__(self, clerk: Clerk) -> None:
        self.clerk, self.clicks = clerk, 0

    def follow(self, address: str) -> None:
        self.clicks += 1
        assert f'href="{address}"' in self.clerk.text
        self.clerk.open(address)

    def send(self, name: str, data: bytes) -> None:
        self.clicks += 2
        self.clerk.upload(self.form, {"tep": (name, data)})

    def press(self, button: str, values: Mapping[str, str] | None = None) -> None:
        self.clicks += 1 + len(values or {})
        self.clerk.send(self.form, values, button)

    @property
    def form(self) -> FormOf:
        return self.clerk.forms[0]


def begun(db: Database, keys: KeyFile, configured: Settings, name: str, data: bytes) -> Mouse:
    mouse = Mouse(desk_of(db, keys, configured))
    mouse.clerk.open(PATH)
    mouse.follow(f"{PATH}/phu-luc")
    mouse.send(name, data)
    return mouse


def made(mouse: Mouse) -> tuple[Clerk, bytes]:
    """The page of the index, and the index as a workbook."""
    clerk = mouse.clerk
    assert clerk.fine, clerk.text
    assert "Đã lập bộ chỉ số" in clerk.text
    return clerk, clerk.client.get(f"{clerk.path}.xlsx").content
