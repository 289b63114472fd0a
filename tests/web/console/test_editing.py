"""Sửa trên trang: an index edited in the browser, checked as a file is, two officers at once."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.index import file as indexfile
from app.keys.keyfile import KeyFile
from app.settings import Settings
from app.store.db import Database
from tests.making.blocks import INDEXES
from tests.making.consoles import Clerk, desk_of

PATH = "/quan-tri/bo-chi-so"
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def begun(clerk: Clerk, name: str = "two-blocks") -> str:
    clerk.open(PATH)
    clerk.upload(clerk.forms[0], {"tep": (f"{name}.toml", (INDEXES / f"{name}.toml").read_bytes())})
    return clerk.path


@SQLITE
def test_try(db: Database, keys: KeyFile, configured: Settings) -> None:
    clerk = desk_of(db, keys, configured)
    path = begun(clerk)
    clerk.open(f"{path}/sua")
    print(clerk.text)
    for part in (
        "chung",
        "quy-tac",
        "xep-loai",
        "khoi",
        "don-vi",
        "thanh-phan",
        "tieu-chi",
        "thang-do",
        "nhom",
        "cau-hoi",
        "nhom-cau-hoi",
    ):
        clerk.open(f"{path}/sua/{part}")
        print(clerk.status, clerk.heading)
        clerk.send(clerk.form_to(f"/sua/{part}"))
        print(clerk.path, clerk.text[:600])
        assert clerk.path == f"{path}/sua/{part}", part
