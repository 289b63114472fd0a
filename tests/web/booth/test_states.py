"""Not open yet, closed, cancelled, replaced, unknown: a page each, with what to do next."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from app.count import unsealing
from app.keys.keyfile import KeyFile
from app.keys.tokens import BallotName
from app.settings import Settings
from app.store.db import Database
from app.waves import closing
from tests.conftest import Clock, first_on_both
from tests.making.blocks import LAI_CHAU, issue_anew
from tests.making.booths import Booth, answers, cast, open_booth, walk

# What a page shows turns on no SQL that differs; what is stored and counted is tried on both.
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def booth(db: Database, keys: KeyFile, configured: Settings, clock: Clock) -> Iterator[Booth]:
    with open_booth(db, keys, configured, clock) as booth:
        yield booth


@SQLITE
def test_a_wave_that_opens_later_says_when(booth: Booth) -> None:
    ballot = booth.ballot(opens=booth.clock.now + timedelta(days=3))
    before = booth.dump()
    visitor = booth.visitor().open(booth.link(ballot))
    assert visitor.status == 403
    assert "05/3/2026" in visitor.text
    assert visitor.post(booth.link(ballot), []).status == 403
    assert booth.dump() == before


@first_on_both("token", ["%00", "x", "", "a.b", "%C4%91", "x" * 5000, "a/b", "%2e%2e"])
def test_an_unknown_link_is_404(booth: Booth, token: str) -> None:
    booth.ballot()
    visitor = booth.visitor()
    assert visitor.open(f"/p/{token}").status == 404
    assert visitor.title.startswith("Lỗi:")
    assert visitor.client.head(f"/p/{token}").status_code == 404
    # No form of ours leads to a link with a slash in it.
    assert visitor.post(f"/p/{token}", []).status == (405 if "/" in token else 404)


@SQLITE
def test_a_link_of_no_ballot_is_404(booth: Booth) -> None:
    booth.ballot()
    stranger = BallotName(b"x" * 12, 1)
    assert booth.visitor().open(booth.link(stranger)).status == 404
    visitor = booth.visitor()
    visitor.client.cookies.set("phieu", booth.keys.tokens.cookie(stranger))
    assert visitor.open("/phieu").status == 404


@SQLITE
def test_every_sign_of_a_link_counts_the_last_one_too(booth: Booth) -> None:
    token = booth.link(booth.ballot()).removeprefix("/p/")
    signs = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    right = [s for s in signs if booth.keys.tokens.read_link(token[:-1] + s) is not None]
    assert right == [token[-1]]
    visitor = booth.visitor()
    for sign in signs[:8]:
        if sign != token[-1]:
            assert visitor.open(f"/p/{token[:-1]}{sign}").status == 404
    assert visitor.open(f"/p/{token}").status == 200


def test_a_replaced_link_says_that_it_was_replaced(booth: Booth) -> None:
    ballot = booth.ballot()
    visitor = booth.started(ballot)
    issue_anew(booth.db, booth.keys, ballot)
    for path in (booth.link(ballot), visitor.path):
        assert visitor.open(path).status == 404
        assert "đã được thay" in visitor.heading
        assert "thư mới nhất" in visitor.text
    newer = BallotName(ballot.number, 2)
    assert booth.visitor().open(booth.link(newer)).status == 200


@SQLITE
def test_60_wrong_links_a_minute_are_enough_and_a_right_one_always_passes(booth: Booth) -> None:
    ballot = booth.ballot()
    visitor, neighbour = booth.visitor("203.0.113.7"), booth.visitor("203.0.113.8")
    statuses = [visitor.client.get(f"/p/{n}").status_code for n in range(62)]
    assert statuses == [404] * 60 + [429] * 2
    assert visitor.open("/p/x").status == 429
    assert "Đợi một phút" in visitor.text
    assert visitor.post("/ma", [("ma", "sai")]).status == 429
    assert visitor.open(booth.link(ballot)).status == 200
    code = booth.keys.tokens.access_code(ballot)
    assert visitor.post("/ma", [("ma", code)]).path == booth.link(ballot)
    assert neighbour.open("/p/x").status == 404


def test_a_closed_wave_takes_nothing_but_shows_receipts(booth: Booth) -> None:
    wave, (first, second, third, *_rest) = booth.wave("tree")
    receipt, begun = cast(booth.started(first)), booth.started(second)
    path = begun.path
    with booth.db.transaction() as session:
        closing.close(booth.db, session, session.merge(wave))
    before = booth.dump()
    for visitor, url in [
        (begun, path),
        (begun, booth.link(second)),
        (begun, "/phieu"),
        (begun, "/phieu/xem-lai"),
        (booth.visitor(), booth.link(third)),
    ]:
        visitor.open(url)
        assert visitor.status == 410, url
        assert "đã kết thúc" in visitor.heading
        assert "tra cứu mã biên nhận" in visitor.text
        assert visitor.post(booth.link(second), []).status == 410
    assert booth.visitor().open(booth.link(first)).receipt == receipt
    assert booth.dump() == before


def test_a_page_or_a_cast_after_closing_is_410_and_stores_nothing(booth: Booth) -> None:
    wave, (first, second, *_rest) = booth.wave("tree")
    writing, reviewing = booth.started(first), booth.started(second)
    walk(reviewing)
    with booth.db.transaction() as session:
        closing.close(booth.db, session, session.merge(wave))
    before = booth.dump()
    assert writing.submit(answers(writing)).status == 410
    assert reviewing.submit().status == 410
    assert "đã kết thúc" in reviewing.heading
    assert booth.dump() == before


@SQLITE
def test_a_ballot_begun_before_closing_has_15_minutes_more(booth: Booth) -> None:
    wave, (first, second, third, *_rest) = booth.wave("tree")
    early, late = booth.started(first), booth.started(second)
    walk(late)
    booth.clock.now = wave.closes_at - timedelta(seconds=1)
    booth.started(third)
    booth.clock.now = wave.closes_at
    assert booth.visitor().open(booth.link(first)).status == 200
    assert cast(early)
    booth.clock.now = wave.closes_at + timedelta(minutes=15) - timedelta(microseconds=1)
    assert late.open("/phieu/xem-lai").status == 200
    booth.clock.now = wave.closes_at + timedelta(minutes=15)
    assert late.submit().status == 410
    assert booth.visitor().open(booth.link(third)).status == 410


@SQLITE
def test_a_ballot_not_begun_at_closing_is_closed(booth: Booth) -> None:
    wave, (ballot, *_rest) = booth.wave()
    booth.clock.now = wave.closes_at - timedelta(microseconds=1)
    assert booth.visitor().open(booth.link(ballot)).status == 200
    booth.clock.now = wave.closes_at
    assert booth.visitor().open(booth.link(ballot)).status == 410
    assert booth.visitor().post(booth.link(ballot), []).status == 410


def test_a_cancelled_wave_gives_its_reason(booth: Booth, configured: Settings) -> None:
    wave, (first, second, *_rest) = booth.wave("tree")
    receipt, begun = cast(booth.started(first)), booth.started(second)
    path = begun.path
    with booth.db.transaction() as session:
        closing.cancel(
            booth.db, session, configured, session.merge(wave), "Danh sách <b>sai</b> nhóm"
        )
    for visitor, url in ((begun, path), (booth.visitor(), booth.link(second))):
        assert visitor.open(url).status == 410
        assert "bị hủy" in visitor.heading
        assert "Danh sách <b>sai</b> nhóm" in visitor.text
    shown = booth.visitor().open(booth.link(first))
    assert (shown.status, shown.receipt) == (200, receipt)
    assert "bị hủy" in shown.text


def test_a_receipt_is_shown_after_the_urn_was_opened_and_the_keys_erased(booth: Booth) -> None:
    wave, people = booth.wave("tree", people=6)
    receipts = [cast(booth.started(ballot)) for ballot in people[:5]]
    for receipt in receipts:
        visitor = booth.visitor().open("/tra-cuu").submit({"bien-nhan": receipt})
        assert "Hòm phiếu chưa mở" in visitor.text
    with booth.db.transaction() as session:
        closing.close(booth.db, session, session.merge(wave))
    unsealing.unseal(booth.db, booth.keys, wave.code)
    assert not booth.keys.has_wave(wave.code)
    for ballot, receipt in zip(people, receipts, strict=False):
        visitor = booth.visitor().open(booth.link(ballot))
        assert (visitor.status, visitor.receipt) == (200, receipt)
        visitor.open("/tra-cuu").submit({"bien-nhan": receipt.lower().replace("-", " ")})
        assert "đã được đếm" in visitor.heading
    uncast = booth.keys.receipt(wave.code, people[5])
    assert (
        "không có trong danh sách" in visitor.open("/tra-cuu").submit({"bien-nhan": uncast}).heading
    )
    assert booth.visitor().open(booth.link(people[5])).status == 410


@SQLITE
def test_without_the_keys_no_ballot_is_served_and_ready_says_so(booth: Booth) -> None:
    wave, (first, second, *_rest) = booth.wave("tree", code="dot-mat-khoa")
    visitor = booth.started(first)
    assert visitor.client.get("/ready").json() == {"ready": True, "reasons": [], "warnings": []}
    booth.keys.erase_wave(wave.code)
    before = booth.dump()
    response = visitor.client.get("/ready")
    assert response.status_code == 503
    assert response.json()["reasons"] == [
        "Thiếu khóa của một đợt điều tra; nhật ký máy chủ ghi rõ."
    ]
    assert visitor.submit(answers(visitor)).status == 503
    for path in ("/phieu", "/phieu/xem-lai", booth.link(second)):
        assert visitor.open(path).status == 503
        assert str(booth.keys.path) not in visitor.response.text
    assert visitor.post(booth.link(second), []).status == 503
    assert visitor.client.get("/alive").text == "ok\n"
    assert booth.dump() == before


@SQLITE
def test_another_index_than_the_one_launched_is_not_asked(booth: Booth) -> None:
    ballot = booth.ballot("tree")
    started = booth.started(ballot)
    other = booth.keys.make_wave("khac", "sha256:00")
    assert other
    content = booth.keys.path.read_text()
    digest = booth.keys.wave("dot-thu").index_digest
    booth.keys.path.write_text(content.replace(digest, "sha256:" + "0" * 64))
    before = booth.dump()
    assert booth.visitor().open(booth.link(ballot)).status == 503
    assert started.open("/phieu/xem-lai").status == 503
    assert booth.dump() == before


@SQLITE
def test_the_index_of_lai_chau_is_walked_in_a_few_pages(booth: Booth) -> None:
    from app.index import file as indexfile

    ballot = booth.ballot(indexfile.parse(LAI_CHAU.read_bytes()), people=2)
    visitor = booth.started(ballot)
    units = visitor.form.boxes["units"]
    assert len(units) == 19
    visitor.submit({"units": units[:6]})
    assert visitor.title.startswith("Câu 1/12")
    pages = walk(visitor)
    assert len(pages) == 13
