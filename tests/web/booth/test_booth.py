"""A respondent's way from the link to the receipt, through the real forms."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlmodel import select

from app.ballots import ballot as ballots
from app.ballots import drafts
from app.keys.copied import tidy
from app.keys.keyfile import KeyFile
from app.keys.tokens import receipt_hash
from app.keys.urn import DraftState
from app.settings import Settings
from app.store.db import Database
from app.store.models import UrnRow
from tests.conftest import Clock
from tests.making.blocks import INDEXES, make_index
from tests.making.booths import Booth, answers, cast, open_booth, walk

EVERY_INDEX = sorted(path.stem for path in INDEXES.glob("*.toml"))

# What a page shows turns on no SQL that differs; what is stored and counted is tried on both.
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def booth(db: Database, keys: KeyFile, configured: Settings, clock: Clock) -> Iterator[Booth]:
    with open_booth(db, keys, configured, clock) as booth:
        yield booth


@SQLITE
def test_everybody_gets_from_the_link_to_a_receipt_with_every_index(booth: Booth) -> None:
    for name in EVERY_INDEX:
        wave, people = booth.wave(name, people=len(make_index(name).groups), code=name)
        for ballot in people:
            visitor = booth.started(ballot)
            with booth.db.reading() as session:
                opened = ballots.find(session, ballot)
            asked = set(opened.asked(None))
            seen: set[tuple[str, str]] = set()
            while visitor.receipt is None:
                fields = [*visitor.form.radios, *visitor.form.boxes]
                seen |= {field.partition(".")[::2] for field in fields if field != "units"}
                visitor.submit(answers(visitor))
                assert visitor.status == 200, (name, visitor.path, visitor.text)
            assert seen == asked, name
            assert visitor.receipt == booth.keys.receipt(wave.code, ballot)


def test_what_was_ticked_is_what_lies_in_the_urn(booth: Booth) -> None:
    wave, (ballot, *_rest) = booth.wave("comments")
    visitor = booth.started(ballot)
    receipt = cast(visitor)
    with booth.db.reading() as session:
        found = ballots.find(session, ballot)
        (sealed,) = session.scalars(select(UrnRow.sealed)).all()
    opener = booth.keys.wave(wave.code).opener(wave.code, found.layout.ballot_bytes)
    opened = opener.unseal(booth.keys.cover(wave.code).off(sealed))
    assert opened[:19].decode() == receipt
    said = found.layout.unpack(opened[19:])
    scale = {q.code: found.index.scale_of[q.scale or ""] for q in found.index.scored_questions}
    assert said.levels == {item: scale[item[0]].levels[0].code for item in found.asked(None)}
    assert set(said.comments.values()) == {"Xin cảm ơn."}


@SQLITE
def test_the_start_page_says_who_asks_what_until_when_and_promises(booth: Booth) -> None:
    ballot = booth.ballot(
        "participation-list", closes=datetime.fromisoformat("2026-03-15T00:00+07:00")
    )
    visitor = booth.visitor().open(booth.link(ballot))
    assert visitor.status == 200
    organiser = make_index("participation-list").organiser
    assert organiser is not None
    assert organiser.name in visitor.response.text
    assert organiser.notice in visitor.text
    assert "hết Thứ Bảy, ngày 14/3/2026" in visitor.text.replace("thứ Bảy", "Thứ Bảy").replace(
        "\u00a0", " "
    )
    assert (
        "Phiếu được mã hóa ngay khi Ông/Bà gửi và chỉ được mở sau khi kết thúc đợt điều tra."
        " Khi mở, hệ thống chỉ cộng số liệu chung, không lưu từng phiếu."
        " Hệ thống chỉ biết Ông/Bà đã gửi phiếu hay chưa, để không nhắc lại."
    ) in visitor.text
    assert "danh sách người đã gửi phiếu" in visitor.text
    assert "Khóa hòm phiếu nằm trên máy chủ do" in visitor.text
    assert [len(visitor.forms), visitor.form.values] == [1, {}]


@SQLITE
def test_looking_at_a_link_changes_nothing(booth: Booth) -> None:
    ballot = booth.ballot()
    before = booth.dump()
    visitor = booth.visitor()
    for _time in range(2):
        assert visitor.client.head(booth.link(ballot)).status_code == 200
        assert visitor.open(booth.link(ballot)).status == 200
    assert not visitor.client.cookies
    assert booth.dump() == before


def test_looking_at_any_page_changes_nothing(booth: Booth) -> None:
    visitor = booth.started(booth.ballot("choose-units"))
    before = booth.dump()
    paths = ["/phieu", "/phieu/co-quan", "/phieu/phan-1", "/phieu/xem-lai", "/phieu/bien-nhan"]
    for path in [*paths, "/", "/tra-cuu", "/alive", "/ready"]:
        assert visitor.client.head(path, follow_redirects=True).status_code == 200
        assert visitor.client.get(path, follow_redirects=True).status_code == 200
    assert booth.dump() == before


@SQLITE
def test_an_unanswered_item_is_pointed_out_once_and_values_are_kept(booth: Booth) -> None:
    visitor = booth.started(booth.ballot("paging-question"))
    path, first = visitor.path, visitor.title
    given = answers(visitor)
    left_open = min(given)
    del given[left_open]
    visitor.submit(given)
    assert [each.status_code for each in visitor.response.history] == [303]
    assert (visitor.status, visitor.path) == (200, path)
    assert visitor.tree.find(".//main//*[@id='loi']") is not None
    assert visitor.title.startswith("Lỗi:")
    assert first != visitor.title
    assert visitor.tree.find(f".//main//a[@href='#{left_open}']") is not None
    focus = visitor.tree.find(".//main/*[@role='alert']")
    assert focus is not None
    assert (focus.get("tabindex"), focus.get("autofocus")) == ("-1", "")
    kept = visitor.form.values
    assert {name: kept[name] for name in given} == {name: [value] for name, value in given.items()}
    assert left_open not in kept
    visitor.submit(button="Để trống và tiếp tục")
    assert visitor.status == 200
    assert visitor.path != path


@SQLITE
def test_submitting_again_as_it_stands_goes_on_with_the_first_button_too(booth: Booth) -> None:
    visitor = booth.started(booth.ballot("paging-component"))
    path = visitor.path
    assert visitor.submit().points_out
    assert visitor.path == path
    assert not visitor.submit().points_out
    assert visitor.path != path


@SQLITE
def test_a_ballot_left_blank_can_be_cast(booth: Booth) -> None:
    visitor = booth.started(booth.ballot("pooled"))
    pointed_out = 0
    while visitor.path != "/phieu/xem-lai":
        visitor.submit()
        pointed_out += visitor.points_out
    assert pointed_out > 0
    assert "Còn thiếu" in visitor.text
    assert visitor.submit().receipt


@SQLITE
def test_only_the_units_dealt_with_are_asked_about(booth: Booth) -> None:
    visitor = booth.started(booth.ballot("choose-units"))
    assert visitor.path == "/phieu/co-quan"
    first, *others = visitor.form.boxes["units"]
    visitor.submit({"units": first})
    asked = {name.partition(".")[2] for name in visitor.form.radios}
    assert asked == {first}
    walk(visitor)
    visitor.open("/phieu/co-quan")
    assert visitor.form.values["units"] == [first]
    visitor.submit({"units": [first, *others]})
    assert {name.partition(".")[2] for name in visitor.form.radios} == {first, *others}
    assert {name.partition(".")[2] for name in visitor.form.values if "." in name[1:]} == {first}


@SQLITE
def test_no_unit_ticked_is_pointed_out_once_and_then_an_empty_ballot_is_cast(booth: Booth) -> None:
    visitor = booth.started(booth.ballot("choose-units"))
    assert visitor.submit().points_out
    assert visitor.title.startswith("Lỗi:")
    assert visitor.submit().path == "/phieu/xem-lai"
    assert "không chọn cơ quan nào" in visitor.text
    assert visitor.submit().receipt


@SQLITE
def test_the_same_link_on_another_device_resumes_after_the_furthest_page(booth: Booth) -> None:
    ballot = booth.ballot("tree")
    visitor = booth.started(ballot)
    visitor.submit(answers(visitor))
    reached, other = visitor.path, booth.visitor().open(booth.link(ballot))
    assert other.form.button("Trả lời tiếp") is not None
    assert other.submit().path == reached
    assert other.open("/phieu").path == reached
    # Left blank knowingly: it is lacking in the list, and nobody is led back to it.
    blank = booth.ballot("paging-component", code="hai")
    visitor = booth.started(blank)
    first = visitor.path
    visitor.submit().submit(button="Để trống và tiếp tục")
    assert booth.visitor().open(booth.link(blank)).submit().path == visitor.path != first


@SQLITE
def test_going_back_saves_and_points_nothing_out(booth: Booth) -> None:
    visitor = booth.started(booth.ballot("paging-question"))
    first = visitor.path
    visitor.submit(answers(visitor))
    second, (field, levels) = visitor.path, next(iter(visitor.form.radios.items()))
    visitor.submit({field: levels[1]}, button="Quay lại")
    assert (visitor.status, visitor.path) == (200, first)
    assert visitor.open(second).form.values[field] == [levels[1]]
    visitor.open(first).submit(button="Quay lại")
    assert visitor.path.startswith("/p/")


@SQLITE
def test_the_review_shows_every_answer_and_leads_to_the_page_and_back(booth: Booth) -> None:
    visitor = booth.started(booth.ballot("comments"))
    walk(visitor)
    index = make_index("comments")
    for question in index.scored_questions:
        if index.groups[0].code in question.groups:
            assert f"Sửa câu {1}" in visitor.text
    assert "Xin cảm ơn." in visitor.text
    assert not [each for each in visitor.form.element.iter("input") if each.get("type") != "hidden"]
    link = next(
        a.get("href", "") for a in visitor.tree.iter("a") if "?xem-lai" in a.get("href", "")
    )
    visitor.open(link.partition("#")[0])
    field, levels = next(iter(visitor.form.radios.items()))
    visitor.submit({field: levels[-1]})
    assert visitor.path == "/phieu/xem-lai"
    assert "Không có ý kiến" in visitor.text


@SQLITE
def test_going_back_from_the_review_leads_to_the_last_page(booth: Booth) -> None:
    visitor = booth.started(booth.ballot("comments"))
    *_others, last = walk(visitor)
    assert visitor.submit(button="Quay lại").path == last


@SQLITE
def test_comments_are_text_and_never_markup(booth: Booth) -> None:
    ballot = booth.ballot("comments")
    visitor = booth.started(ballot)
    while not visitor.form.texts:
        visitor.submit(answers(visitor))
    (name, *_others) = visitor.form.texts
    nasty = "\r\n<script>alert(1)</script> {{ 7*7 }} </textarea>\r\nHai\u202e dòng\x00\r\n"
    visitor.submit({name: nasty})
    assert "<script>alert(1)</script> {{ 7*7 }} </textarea>" in visitor.text
    with booth.db.reading() as session:
        state = drafts.read(session, booth.keys, ballots.find(session, ballot))
    assert state.answers.comments[name] == (
        "<script>alert(1)</script> {{ 7*7 }} </textarea>\nHai dòng"
    )
    assert visitor.open("/phieu/gop-y").form.values[name] == [
        "\r\n<script>alert(1)</script> {{ 7*7 }} </textarea>\r\nHai dòng".removeprefix("\r\n")
    ]


@SQLITE
def test_a_comment_has_2000_signs_and_a_line_end_is_one(booth: Booth) -> None:
    visitor = booth.started(booth.ballot("comments"))
    while not visitor.form.texts:
        visitor.submit(answers(visitor))
    path, (name, *_others) = visitor.path, visitor.form.texts
    full = "Ế" + "\r\n" * 999 + "ờ" * 1000
    visitor.submit({name: full + "x"})
    assert (visitor.status, visitor.path) == (200, path)
    assert visitor.points_out
    assert visitor.title.startswith("Lỗi:")
    assert visitor.form.values[name] == [full + "x"]
    assert visitor.open("/phieu/xem-lai").path == path
    assert visitor.submit({name: full}).path == "/phieu/xem-lai"


def test_after_the_cast_every_page_shows_the_receipt(booth: Booth) -> None:
    ballot = booth.ballot("tree")
    visitor = booth.started(ballot)
    receipt = cast(visitor)
    assert tidy(receipt) == receipt
    assert visitor.response.headers["clear-site-data"] == '"cache"'
    for path in ["/phieu", "/phieu/phan-1", "/phieu/xem-lai", "/phieu/bien-nhan"]:
        assert visitor.open(path).receipt == receipt
    before = booth.dump()
    for device in (visitor, booth.visitor()):
        device.open(booth.link(ballot))
        assert (device.status, device.receipt) == (200, receipt)
    assert device.post(booth.link(ballot), []).receipt == receipt
    assert booth.dump() == before


def test_nothing_in_the_database_tells_the_receipt(booth: Booth) -> None:
    receipt = cast(booth.started(booth.ballot()))
    assert receipt not in repr(booth.dump())
    assert receipt_hash(receipt) not in repr(booth.dump())


@SQLITE
def test_a_page_that_the_ballot_does_not_have_leads_to_one_that_it_has(booth: Booth) -> None:
    visitor = booth.started(booth.ballot("choose-units"))
    assert visitor.open("/phieu/phan-1").path == "/phieu/co-quan"
    assert visitor.open("/phieu/xem-lai").path == "/phieu/co-quan"
    assert visitor.open("/phieu/phan-khac").status == 404
    assert visitor.open("/phieu/gi-do").status == 404


def test_a_begun_ballot_is_a_draft_with_nothing_in_it(booth: Booth) -> None:
    ballot = booth.ballot()
    booth.started(ballot)
    with booth.db.reading() as session:
        found = ballots.find(session, ballot)
        assert drafts.read(session, booth.keys, found) == DraftState()
        assert booth.clock.now < found.closes_at - timedelta(days=1)
