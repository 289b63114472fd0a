"""The page that recomputes a sheet, as this server hands it out."""

import httpx
import pytest

from app.keys.keyfile import KeyFile
from app.main import create_app
from app.papers import verifier
from app.settings import Settings
from app.store.db import Database
from tests.making.booths import served

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_anybody_gets_the_page_as_it_ships_with_a_policy_for_it_alone(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    with served(create_app(configured, db, keys)) as url, httpx.Client(base_url=url) as client:
        got = client.get("/kiem-tra", headers={"accept-encoding": "identity"})
        packed = client.get("/kiem-tra", headers={"accept-encoding": "gzip"})
        head = client.head("/kiem-tra")
    assert (got.status_code, got.content) == (200, verifier.page())
    policy = got.headers["content-security-policy"]
    assert policy == f"{verifier.policy()}; frame-ancestors 'none'"
    assert "unsafe" not in policy
    assert "'self'" not in policy
    assert got.headers["cache-control"] == "public, max-age=3600"
    assert "set-cookie" not in got.headers
    assert (head.status_code, head.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert (packed.headers["content-encoding"], packed.content) == ("gzip", verifier.page())
