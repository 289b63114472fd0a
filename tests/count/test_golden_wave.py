"""A wave that version 0010 left half way: today's program opens it, goes on and ends it as ever.

`tests/golden/wave-0010` is its database, its key file, and what became of it in that version (see
`golden_wave`). What the contract fixes (the sheet as JSON and CSV, the words of minutes and
letters, the canonical index) is the same to the byte.
"""

import json
from base64 import b32decode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from app import settings
from app.audit import chain, checking
from app.ballots import ballot as ballots
from app.ballots import drafts
from app.keys.tokens import BallotName
from app.main import create_app
from app.papers import verify
from app.settings import Settings
from tests.golden_wave import half
from tests.golden_wave.half import BEGUN, CODE, EARLY, FIRST, GOLDEN, RESUMED, Half, names_of
from tests.making.consoles import InProcess, stranger
from tests.making.html import Visitor
from tests.making.posting import through
from tests.making.smtp import smtp_server
from tests.staff.test_staff import GOOD, signing_in


@pytest.fixture
def known() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((GOLDEN / "wave.json").read_text())
    return found


@pytest.fixture
def left(tmp_path: Path, known: dict[str, Any]) -> Iterator[Half]:
    """The wave as version 0010 left it, opened by today's program."""
    found = half.opened(tmp_path, (GOLDEN / "wave.sql").read_text(), known)
    yield found
    found.db.dispose()


@pytest.fixture
def office(tmp_path: Path) -> Settings:
    return settings.read(
        {
            "PHIEU_DATA": str(tmp_path),
            "PHIEU_KEY_FILE": str(tmp_path / "keys" / "phieu.key"),
            "PHIEU_MAIL_FROM": "phieu@vi-du.vn",
            "PHIEU_BASE_URL": "http://127.0.0.1:8000",
        }
    )


def device(left: Half, office: Settings) -> Visitor:
    app = create_app(office, left.db, left.keys)
    return Visitor(httpx.Client(transport=InProcess(app), base_url=office.base_url))


def test_every_link_code_and_receipt_of_before_is_that_of_the_same_ballot(
    left: Half, known: dict[str, Any]
) -> None:
    names, keys = names_of(left.db), left.keys
    assert [keys.tokens.link(name) for name in names] == known["links"]
    assert [keys.tokens.access_code(name) for name in names] == known["codes"]
    assert [keys.receipt(CODE, names[place]) for place in EARLY] == known["receipts"]
    with left.db.reading() as session:
        found = [ballots.find(session, name) for name in names]
        saved = drafts.read(session, keys, found[RESUMED])
    assert [place for place, ballot in enumerate(found) if ballot.cast] == list(EARLY)
    assert [found[place].begun for place in BEGUN] == [True, True, True]
    assert sorted([*item, level] for item, level in saved.answers.levels.items()) == known["saved"]


def test_its_people_open_their_links_as_before(
    left: Half, office: Settings, known: dict[str, Any]
) -> None:
    visitor = device(left, office)
    visitor.open(f"/p/{known['links'][0]}")
    assert visitor.receipt == known["receipts"][0]
    visitor.open(f"/p/{known['links'][RESUMED]}").submit()
    assert (visitor.status, visitor.path.partition("?")[0]) == (200, "/phieu/cau-q03")
    visitor.open("/").submit({"ma": known["codes"][14]})
    assert visitor.path == f"/p/{known['links'][14]}"
    replaced = names_of(left.db)[20]
    assert replaced.issue == 2
    old = left.keys.tokens.link(BallotName(replaced.number, 1))
    assert visitor.open(f"/p/{old}").status == 404
    assert "thay" in visitor.text


def test_its_officer_signs_in_and_its_log_is_whole(
    left: Half, office: Settings, known: dict[str, Any]
) -> None:
    clerk = stranger(left.db, left.keys, office)
    clerk.secret = b32decode(known["telephones"][FIRST])
    left.clock.move(minutes=10)
    signing_in(clerk, FIRST, GOOD, clerk.code())
    assert clerk.path == "/quan-tri/tai-khoan"
    assert clerk.open(f"/quan-tri/dot/{CODE}/theo-doi").status == 200
    with left.db.reading() as session:
        assert checking.verify(session, left.keys).number == len(chain.lines(session))


def test_its_other_half_comes_to_the_same_sheet_minutes_and_letters(
    left: Half, office: Settings
) -> None:
    with smtp_server() as post:
        found = half.finish(left, through(office, post), post)
    assert verify.verify(found["scores.json"]).sheet == 2
    for name in ("letters.txt", "minutes.txt", "scores.json"):
        # As text, so that a difference is shown by its lines.
        assert found[name].decode() == (GOLDEN / name).read_bytes().decode(), name
    assert half.digests(found) == (GOLDEN / "SHA256SUMS").read_text()
