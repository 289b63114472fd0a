"""“Xin không nhắc nữa” by one click of a mail program (RFC 8058): only a post of the signed link
does it, without a cookie, and no answer tells who has cast."""

import re
from collections.abc import Iterator

import httpx
import pytest

from app.count import unsealing
from app.keys.keyfile import KeyFile
from app.keys.tokens import BallotName
from app.settings import Settings
from app.store.db import Database
from app.store.models import Ballot
from app.waves import closing
from app.waves import wave as waves
from tests.conftest import Clock
from tests.making.booths import Booth, cast, open_booth

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
CLICK = b"List-Unsubscribe=One-Click"
FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.fixture
def booth(db: Database, keys: KeyFile, configured: Settings, clock: Clock) -> Iterator[Booth]:
    with open_booth(db, keys, configured, clock) as booth:
        yield booth


def path_of(booth: Booth, ballot: BallotName) -> str:
    return f"/khong-nhac/{booth.keys.tokens.no_reminders(ballot)}"


def click(booth: Booth, path: str, address: str | None = None) -> httpx.Response:
    """What a mail program posts: from nowhere, without cookies, not following anything."""
    client = booth.visitor(address).client
    return client.post(path, content=CLICK, headers=FORM, follow_redirects=False)


def quiet(booth: Booth, *ballots: BallotName) -> list[bool]:
    with booth.db.reading() as session:
        return [session.get_one(Ballot, each.number).no_reminders for each in ballots]


def test_one_click_takes_no_cookie_gives_none_and_leads_nowhere(booth: Booth) -> None:
    _wave, (ballot, other, *_rest) = booth.wave()
    answer = click(booth, path_of(booth, ballot))
    assert answer.status_code == 200
    assert not {"set-cookie", "location"} & set(answer.headers)
    assert quiet(booth, ballot, other) == [True, False]
    # Twice is once.
    assert click(booth, path_of(booth, ballot)).content == answer.content


@SQLITE
def test_the_same_as_parts_of_a_form_does_it_too(booth: Booth) -> None:
    """RFC 8058 lets a mail program choose."""
    ballot = booth.ballot()
    body = {"List-Unsubscribe": (None, "One-Click")}
    answer = booth.visitor().client.post(path_of(booth, ballot), files=body)
    assert answer.status_code == 200
    assert quiet(booth, ballot) == [True]


def test_scanners_that_open_or_try_the_link_change_nothing(booth: Booth) -> None:
    ballot = booth.ballot()
    path = path_of(booth, ballot)
    before, client = booth.dump(), booth.visitor().client
    for method in ("GET", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE"):
        answer = client.request(method, f"{path}?{CLICK.decode()}")
        assert (answer.status_code < 300) == (method in ("GET", "HEAD")), method
        assert "set-cookie" not in answer.headers
    assert booth.dump() == before


@SQLITE
def test_no_forged_link_does_anything(booth: Booth) -> None:
    """Not with any sign of it changed, not of another purpose, not of nobody."""
    ballot = booth.ballot()
    tokens = booth.keys.tokens
    token, before = tokens.no_reminders(ballot), booth.dump()
    changed = [f"{token[:at]}{'BA'[each == 'B']}{token[at + 1 :]}" for at, each in enumerate(token)]
    stranger = BallotName(b"y" * 12, 1)
    later = BallotName(ballot.number, ballot.issue + 1)
    others = [tokens.link(ballot), tokens.cookie(ballot), token[:-1], token + "A", "x", "A" * 64]
    forged = [*changed, *others, tokens.no_reminders(stranger), tokens.no_reminders(later)]
    for place, each in enumerate(forged):
        # Each from a network of its own: who tries many is sent away unheard.
        found = click(booth, f"/khong-nhac/{each}", f"10.{place}.0.1")
        assert found.status_code == 404, each
    assert booth.dump() == before


def alike(booth: Booth, ballots: tuple[BallotName, BallotName]) -> bytes:
    """The pages and answers of two people, which must be one and the same; gives the answer."""
    found = set()
    for ballot in ballots:
        path, client = path_of(booth, ballot), booth.visitor().client
        said = [client.get(path), click(booth, path), client.get(path)]
        token = path.rpartition("/")[2].encode()
        found.add(
            tuple(
                (each.status_code, each.content.replace(token, b""), _head(each)) for each in said
            )
        )
    ((_before, answer, _after),) = found
    assert answer[0] == 200
    return answer[1]


def _head(response: httpx.Response) -> tuple[tuple[str, str], ...]:
    return tuple((name, text) for name, text in response.headers.items() if name != "date")


@pytest.mark.parametrize("state", ["open", "closed", "unsealed", "cancelled"])
def test_it_is_answered_alike_for_who_has_cast_and_who_has_not_whatever_has_become_of_the_wave(
    booth: Booth, configured: Settings, state: str
) -> None:
    wave, ballots = booth.wave()
    for each in ballots[1:]:
        cast(booth.started(each))
    with booth.db.transaction() as session:
        found = waves.load(session, wave.code)
        if state in ("closed", "unsealed"):
            closing.close(booth.db, session, found)
        elif state == "cancelled":
            closing.cancel(booth.db, session, configured, found, "Danh sách sai")
    if state == "unsealed":
        unsealing.unseal(booth.db, booth.keys, wave.code)
    answer = alike(booth, (ballots[0], ballots[1]))
    assert "không nhận thư nhắc nữa" in answer.decode()
    assert not re.search(r"đã (gửi phiếu|được ghi nhận|trả lời)", answer.decode())
    assert quiet(booth, *ballots[:2]) == [True, True]
