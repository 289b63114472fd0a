"""While nothing may be written programs still read, and hear when to hand in again."""

import pytest
from sqlalchemy import text

from app.staff.connections import Grant
from app.store.db import Session
from app.web.api import parts
from app.web.api.parts import Parts
from tests.store.test_upkeep import switch_off, switch_on
from tests.web.test_api import CODE
from tests.web.test_api_v1 import WAVE, Hall, own, problem, world

__all__ = ["own", "world"]  # the fixtures


def test_sheets_are_read_and_points_are_handed_in_later(
    own: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    def take(_db: object, session: Session, code: str, *_given: object) -> list[str]:
        renamed = text("UPDATE wave SET code = code WHERE code = :code")
        session.connection().execute(renamed, {"code": code})
        return []

    monkeypatch.setattr(parts, "PARTS", Parts(take=take))  # type: ignore[arg-type]
    key = own.key(Grant("write", frozenset([CODE])))
    body = b'{"points": [{"unit": "snv", "criterion": "1.1", "points": "1.10"}]}'
    switch_on(own.db, 30)
    assert own.get(f"{WAVE}/scores", key).status_code == 200
    got = own.post(key, body)
    assert "bảo trì, dự kiến đến" in problem(got, 503)["title"]
    assert got.headers["retry-after"] == "1800"
    switch_off(own.db)
    assert own.post(key, body).status_code == 200
