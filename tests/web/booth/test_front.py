"""What needs no open ballot: access code, letter again, receipts, no more reminders, health."""

import gzip
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import col, select

from app.ballots import copies
from app.keys.keyfile import KeyFile
from app.keys.tokens import BallotName
from app.settings import Settings
from app.store.db import Database
from app.store.models import Ballot, Letter, Respondent
from app.web.throttle import ADDRESSES, Throttle
from tests.conftest import Clock, first_on_both
from tests.making.blocks import make_index, make_wave
from tests.making.booths import Booth, cast, open_booth
from tests.making.html import words

# What a page shows turns on no SQL that differs; what is stored and counted is tried on both.
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def booth(db: Database, keys: KeyFile, configured: Settings, clock: Clock) -> Iterator[Booth]:
    with open_booth(db, keys, configured, clock) as booth:
        yield booth


@SQLITE
def test_pages_for_everybody_say_to_search_engines_what_they_are(booth: Booth) -> None:
    for path in ("/", "/tra-cuu", "/quan-tri/dang-nhap"):
        said = [
            meta.get("content", "")
            for meta in booth.visitor().open(path).tree.iter("meta")
            if meta.get("name") == "description"
        ]
        assert len(said) == 1, path
        assert 50 < len(said[0]) < 160, path


def test_the_front_page_takes_the_access_code_however_it_is_typed(booth: Booth) -> None:
    ballot = booth.ballot()
    code = booth.keys.tokens.access_code(ballot)
    for typed in (code, code.lower(), code.replace("-", ""), f"  {code.replace('-', ' ')} "):
        visitor = booth.visitor().open("/").submit({"ma": typed})
        assert (visitor.status, visitor.path) == (200, booth.link(ballot))
    assert visitor.submit().path.startswith("/phieu/")


@first_on_both("typed", ["BBBB-BBBB-BBBB-BBBB", "", "abc", "<b>", "x" * 100_000])
def test_a_wrong_access_code_is_said_and_kept_in_the_field(booth: Booth, typed: str) -> None:
    booth.ballot()
    visitor = booth.visitor().open("/").submit({"ma": typed})
    assert (visitor.status, visitor.path, visitor.points_out) == (200, "/", True)
    assert visitor.title.startswith("Lỗi:")
    assert visitor.form.values["ma"] == [typed[:320]]
    # Reload shows it again, and nothing that was typed lies in the database.
    assert visitor.open("/").form.values["ma"] == [typed[:320]]
    assert not typed or len(typed) < 4 or typed not in repr(booth.dump())


@SQLITE
def test_one_wrong_sign_of_an_access_code_is_noticed(booth: Booth) -> None:
    code = booth.keys.tokens.access_code(booth.ballot())
    wrong = ("B" if code[0] != "B" else "C") + code[1:]
    assert booth.visitor().open("/").submit({"ma": wrong}).points_out


@SQLITE
def test_an_access_code_shows_the_receipt_after_the_cast(booth: Booth) -> None:
    ballot = booth.ballot()
    receipt = cast(booth.started(ballot))
    visitor = booth.visitor().open("/").submit({"ma": booth.keys.tokens.access_code(ballot)})
    assert visitor.receipt == receipt


def letters_of(booth: Booth, ballot: BallotName) -> list[str]:
    with booth.db.reading() as session:
        kinds = session.scalars(
            select(col(Letter.kind)).where(col(Letter.ballot_number) == ballot.number)
        )
        return sorted(kinds)


def by_the_clock(booth: Booth) -> None:
    """What the server does a second later."""
    copies.give(booth.db, "vi-du.vn")


def sent(booth: Booth) -> None:
    """As if every letter so far had gone out long ago."""
    with booth.db.transaction() as session:
        for letter in session.scalars(select(Letter)):
            letter.state = "sent"
    booth.clock.move(hours=1)


def test_a_letter_asked_for_again_is_queued_for_the_address_of_the_roster(booth: Booth) -> None:
    _wave, (ballot, other, *_rest) = booth.wave()
    sent(booth)
    with booth.db.reading() as session:
        number = session.get_one(Ballot, ballot.number).respondent_id
        address = session.get_one(Respondent, number).email
    visitor = booth.visitor().open("/")
    visitor.send(visitor.forms[1], {"thu": f" {address.upper()} "})
    assert visitor.status == 200
    by_the_clock(booth)
    assert letters_of(booth, ballot) == ["copy", "invitation"]
    assert letters_of(booth, other) == ["invitation"]


def test_asking_again_is_answered_alike_whoever_asks(booth: Booth) -> None:
    _wave, (first, second, *_rest) = booth.wave()
    sent(booth)
    cast(booth.started(first))
    texts = set()
    for address in ("nguoi1@vi-du.vn", "nguoi2@vi-du.vn", "nguoi2@vi-du.vn", "la@vi-du.vn"):
        visitor = booth.visitor().open("/")
        texts.add(visitor.send(visitor.forms[1], {"thu": address}).response.text)
        by_the_clock(booth)
    assert len(texts) == 1
    assert letters_of(booth, first) == letters_of(booth, second) == ["copy", "invitation"]


@first_on_both("address", ["a@b", "", "abc", "a b@vi-du.vn", "x" * 5000])
def test_what_is_no_address_is_said(booth: Booth, address: str) -> None:
    booth.ballot()
    before = booth.dump()
    visitor = booth.visitor().open("/")
    assert visitor.send(visitor.forms[1], {"thu": address}).points_out
    assert visitor.title.startswith("Lỗi:")
    assert booth.dump() == before


@SQLITE
def test_nothing_is_sent_again_of_a_wave_that_is_over(booth: Booth) -> None:
    wave, (ballot, *_rest) = booth.wave()
    sent(booth)
    booth.clock.now = wave.closes_at + timedelta(seconds=1)
    visitor = booth.visitor().open("/")
    assert visitor.send(visitor.forms[1], {"thu": "nguoi1@vi-du.vn"}).status == 200
    by_the_clock(booth)
    assert letters_of(booth, ballot) == ["invitation"]


@SQLITE
def test_a_receipt_that_cannot_be_one_is_said(booth: Booth) -> None:
    booth.ballot()
    visitor = booth.visitor().open("/tra-cuu")
    assert visitor.submit({"bien-nhan": "abc"}).points_out
    assert visitor.title.startswith("Lỗi:")
    assert visitor.form.values["bien-nhan"] == ["abc"]


def test_looking_up_a_receipt_changes_nothing(booth: Booth) -> None:
    receipt = cast(booth.started(booth.ballot()))
    before = booth.dump()
    visitor = booth.visitor().open("/tra-cuu").submit({"bien-nhan": receipt})
    assert "Hòm phiếu chưa mở" in visitor.heading
    assert booth.dump() == before


def quiet(booth: Booth, ballot: BallotName) -> bool:
    with booth.db.reading() as session:
        return session.get_one(Ballot, ballot.number).no_reminders


def test_reminders_end_when_a_person_says_so_and_not_when_a_scanner_looks(booth: Booth) -> None:
    _wave, (ballot, other, *_rest) = booth.wave()
    path = f"/khong-nhac/{booth.keys.tokens.no_reminders(ballot)}"
    before = booth.dump()
    visitor = booth.visitor()
    assert visitor.client.head(path).status_code == 200
    assert visitor.open(path).status == 200
    assert booth.dump() == before
    assert visitor.submit().status == 200
    assert [quiet(booth, ballot), quiet(booth, other)] == [True, False]
    assert booth.visitor().open(booth.link(ballot)).status == 200


@SQLITE
def test_a_mail_program_ends_reminders_with_one_click(booth: Booth) -> None:
    ballot = booth.ballot()
    path = f"/khong-nhac/{booth.keys.tokens.no_reminders(ballot)}"
    response = booth.visitor().client.post(
        path,
        content=b"List-Unsubscribe=One-Click",
        headers={
            "content-type": "application/x-www-form-urlencoded",
            "sec-fetch-site": "cross-site",
        },
    )
    assert response.status_code == 200
    assert quiet(booth, ballot)


@SQLITE
def test_a_ballots_link_ends_no_reminders_and_the_other_opens_no_ballot(booth: Booth) -> None:
    ballot = booth.ballot()
    tokens = booth.keys.tokens
    visitor = booth.visitor()
    assert visitor.open(f"/khong-nhac/{tokens.link(ballot)}").status == 404
    assert visitor.post(f"/khong-nhac/{tokens.link(ballot)}", []).status == 404
    assert visitor.open(f"/p/{tokens.no_reminders(ballot)}").status == 404
    stranger = BallotName(b"y" * 12, 1)
    assert visitor.open(f"/khong-nhac/{tokens.no_reminders(stranger)}").status == 404
    assert visitor.post(f"/khong-nhac/{tokens.no_reminders(stranger)}", []).status == 404


def test_the_organiser_stands_on_every_page(booth: Booth) -> None:
    visitor = booth.visitor()
    assert visitor.open("/").status == 200
    organiser = make_index("tree").organiser
    assert organiser is not None
    ballot = booth.ballot("tree")
    # Somebody tries next year's index meanwhile.
    other = replace(make_index("tree"), organiser=replace(organiser, name="Cơ quan khác"))
    make_wave(booth.db, booth.keys, other, code="thu", rehearsal=True)
    for path in ("/", "/tra-cuu", "/khong-co", "/p/x", "/phieu", booth.link(ballot)):
        visitor.open(path)
        assert words(visitor.tree.find(".//header/p")) == organiser.name
        assert organiser.contact in words(visitor.tree.find(".//footer"))


@SQLITE
def test_static_files_are_packed_and_kept_for_good(booth: Booth) -> None:
    visitor = booth.visitor().open("/")
    names = [each.get("href", "") for each in visitor.tree.iter("link")]
    for path in names:
        response = visitor.client.get(path)
        assert response.status_code == 200
        assert response.headers["content-encoding"] == "gzip"
        assert "immutable" in response.headers["cache-control"]
        plain = visitor.client.get(path, headers={"accept-encoding": "identity"})
        assert plain.content == response.content
        assert int(response.headers["content-length"]) == len(gzip.compress(plain.content, 9))
        assert visitor.client.get(path.partition("?")[0]).headers["cache-control"] == "no-cache"
        assert visitor.client.head(path).content == b""
    assert visitor.client.get("/static/khong-co.css").status_code == 404
    assert visitor.client.get("/static/%2e%2e/main.py").status_code == 404


def test_the_throttle_counts_a_minute_and_forgets_it() -> None:
    now = [0.0]
    throttle = Throttle(lambda: now[0])
    assert [throttle.wrong("a") for _try in range(61)] == [False] * 60 + [True]
    now[0] = 59.9
    assert throttle.wrong("a")
    assert not throttle.wrong("b")
    now[0] = 119.9
    assert not throttle.wrong("a")


def test_the_throttle_takes_one_customers_ipv6_addresses_as_one() -> None:
    throttle = Throttle(lambda: 0.0)
    tries = [throttle.wrong(f"2001:db8:1:2::{n:x}") for n in range(61)]
    assert tries[-1]
    assert not throttle.wrong("2001:db8:1:3::1")


def test_the_throttle_remembers_so_many_addresses_and_no_more() -> None:
    throttle = Throttle(lambda: 0.0)
    for _try in range(60):
        throttle.wrong("đầu")
    for number in range(ADDRESSES):
        throttle.wrong(str(number))
    assert not throttle.wrong("đầu")


@SQLITE
def test_nobody_chooses_the_address_that_wrong_tries_are_counted_for(booth: Booth) -> None:
    """The right end of X-Forwarded-For is the proxy's, whatever the visitor wrote before it."""
    client = booth.visitor().client
    shapes = ("{own}, {real}", "{own},203.0.113.1 , {real}", "127.0.0.1, {own}, {real}, 127.0.0.1")
    statuses = []
    for number in range(62):
        said = shapes[number % 3].format(own=f"1.2.3.{number}", real="198.51.100.9")
        statuses.append(client.get("/p/x", headers={"x-forwarded-for": said}).status_code)
    assert statuses == [404] * 60 + [429] * 2
    # The visitor's header line, and the proxy's own after it.
    twice = [("x-forwarded-for", "1.2.3.99"), ("x-forwarded-for", "198.51.100.9")]
    assert client.get("/p/x", headers=twice).status_code == 429
    neighbour = {"x-forwarded-for": "198.51.100.9, 198.51.100.10"}
    assert client.get("/p/x", headers=neighbour).status_code == 404


def test_ready_tells_strangers_no_path_no_setting_and_no_wave(
    booth: Booth, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    wave, _ballots = booth.wave("tree", code="dot-mat-khoa")
    client, keys = booth.visitor().client, booth.keys

    def refused() -> list[str]:
        answer = client.get("/ready")
        assert answer.status_code == 503
        for secret in ("/", "\\", "PHIEU", "dot-mat-khoa", "sqlite", "Error", keys.path.name):
            assert secret not in "".join(answer.json()["reasons"]), secret
        return [record.getMessage() for record in caplog.records if record.name == "phieu.ready"]

    assert client.get("/ready").json() == {"ready": True, "reasons": [], "warnings": []}
    content = keys.path.read_bytes()
    keys.erase_wave(wave.code)
    assert "dot-mat-khoa" in refused()[-1]
    keys.path.unlink()
    assert str(keys.path) in refused()[-1]
    keys.path.write_bytes(content)
    assert client.get("/ready").status_code == 200

    def gone() -> None:
        raise RuntimeError(str(keys.path))

    monkeypatch.setattr(booth.db, "reading", gone)
    assert "RuntimeError" in refused()[-1]
