"""Committee mode in a real browser: from the first account to signed minutes, two of three open.
With 1,611 people, and on PostgreSQL, `tests/load/committeewalk.py` goes the same way."""

from pathlib import Path

import pytest

from tests.load.committeewalk import crowd
from tests.making.blocks import INDEXES
from tests.making.bureau import Bureau
from tests.making.committeewalk import Walk
from tests.web.console.test_story import roster_csv

pytest_plugins = ["tests.making.browser_fixtures"]

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PEOPLE = 24


def test_two_of_three_open_an_urn_that_the_office_cannot(bureau: Bureau, tmp_path: Path) -> None:
    walk = Walk(bureau, (INDEXES / "pooled.toml").read_bytes(), roster_csv(PEOPLE))
    assert walk.all(PEOPLE, crowd, tmp_path / "theo-doi") == PEOPLE - 1
