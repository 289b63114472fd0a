"""Questions that only ask, on the way from the link to the receipt: one tick, or several."""

import tomllib
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import pytest
from sqlmodel import select

from app.ballots import ballot as ballots
from app.ballots import casting, drafts
from app.ballots.casting import TooManyTicks
from app.index import file as indexfile
from app.index.definition import Index
from app.keys.keyfile import KeyFile
from app.keys.tokens import BallotName
from app.keys.urn import Answers, DraftState
from app.settings import Settings
from app.store.db import Database
from app.store.models import UrnRow
from tests.conftest import Clock
from tests.making.blocks import INDEXES
from tests.making.booths import Booth, answers, open_booth
from tests.making.html import Visitor, words

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
OF_UNITS, ONCE, REVIEW = "/phieu/hoi-don-vi", "/phieu/hoi-them", "/phieu/xem-lai"


@pytest.fixture
def booth(db: Database, keys: KeyFile, configured: Settings, clock: Clock) -> Iterator[Booth]:
    with open_booth(db, keys, configured, clock, in_turn=True) as booth:
        yield booth


def make_index(**rules: object) -> Index:
    """The index of these tests; with another rule, and a third unit that is only asked about."""
    raw = tomllib.loads((INDEXES / "choices.toml").read_text("utf-8"), parse_float=Decimal)
    if rules:
        raw["rules"] = rules
        other = {"code": "syt", "name": "Sở Y tế", "block": "so", "not_applicable": ["1.1"]}
        raw["units"].append(other)
    return indexfile.read(raw)


def draft_of(booth: Booth, name: BallotName) -> DraftState:
    with booth.db.reading() as session:
        return drafts.read(session, booth.keys, ballots.find(session, name))


def fill(booth: Booth, name: BallotName, levels: dict[tuple[str, str], str]) -> None:
    """Put answers into the draft past the pages."""
    with booth.db.transaction() as session:
        ballot, now = ballots.find(session, name), booth.db.now(session)
        drafts.change(
            session, booth.keys, ballot, now, lambda was: replace(was, answers=Answers(levels))
        )


def ticked(visitor: Visitor, field: str) -> list[str]:
    return visitor.form.values.get(field, [])


def test_choices_stand_on_pages_of_their_own_before_the_comments(booth: Booth) -> None:
    # The first person is of "hdnd" and of snv, which is left out.
    visitor = booth.started(booth.ballot("choices"))
    assert (visitor.path, list(visitor.form.radios)) == ("/phieu/phan-1", ["q1.stc"])
    visitor.submit(answers(visitor))
    assert (visitor.path, visitor.heading) == (OF_UNITS, "Câu hỏi thêm về Sở Tài chính")
    assert visitor.form.radios == {}
    assert visitor.form.boxes == {"m3.stc": ["A", "B", "C", "D", "-"]}
    assert "Theo Ông/Bà, Sở Tài chính nên làm gì trước? (chọn tối đa 2)" in visitor.text
    assert "không tính điểm" in visitor.text
    visitor.submit({"m3.stc": ["D", "A"]})
    assert (visitor.path, visitor.heading) == (ONCE, "Câu hỏi thêm")
    assert "còn khoảng 1 phút" in visitor.text
    assert visitor.form.boxes == {"m1": ["A", "B", "C", "D", "-"]}
    assert visitor.form.radios == {"m4": ["1", "2", "-"]}
    visitor.submit({"m1": ["-"], "m4": "2"})
    assert visitor.path == "/phieu/gop-y"
    visitor.submit(answers(visitor))
    assert visitor.path == REVIEW
    said = [words(each) for each in visitor.tree.iter("dd")]
    several = "Thủ tục đơn giản hơn; Dịch vụ trực tuyến dễ dùng"
    assert said == ["Tốt", several, "Không có ý kiến", "Không"]
    assert visitor.link("Sửa câu 3") == f"{ONCE}?xem-lai#o.m1"
    visitor.open(visitor.link("Sửa câu 2").partition("#")[0])
    assert ticked(visitor, "m3.stc") == ["A", "D"]
    visitor.submit({"m3.stc": ["B"]}).submit()
    assert visitor.receipt is not None


def test_more_ticks_than_may_be_are_pointed_out_until_they_are_fewer(booth: Booth) -> None:
    name = booth.ballot("choices")
    visitor = booth.started(name).open(ONCE)
    for faulty in (["A", "B", "C", "D"], ["B", "-"]):
        visitor.submit({"m1": faulty, "m4": "1"})
        assert (visitor.path, visitor.points_out) == (ONCE, True)
        assert visitor.title.startswith("Lỗi: có 1 câu chọn quá số cho phép")
        assert "Xin chọn tối đa 3 mục, hoặc chỉ chọn “Không có ý kiến”." in visitor.text
        assert (ticked(visitor, "m1"), ticked(visitor, "m4")) == (faulty, ["1"])
        assert "Để trống và tiếp tục" not in visitor.text
    # No way around: not by going on, by the list of parts, by the review, or by casting.
    assert visitor.submit().path == ONCE
    assert visitor.submit(button="Quay lại").path == ONCE
    assert "Cần sửa" in visitor.open("/phieu/cac-phan").text
    assert visitor.open(REVIEW).path == ONCE
    assert visitor.open("/phieu").path == ONCE
    visitor.submit({"m1": ["B"]})
    assert visitor.path == "/phieu/gop-y"
    # A review that is still open somewhere casts no such ballot either.
    visitor.open(REVIEW)
    fill(booth, name, {("m1", ""): "ABCD"})
    assert visitor.submit().points_out
    with booth.db.transaction() as session, pytest.raises(TooManyTicks):
        casting.cast(booth.db, session, booth.keys, name, lambda _ballot, _draft: True)
    with booth.db.reading() as session:
        assert session.scalars(select(UrnRow)).all() == []


def test_the_script_saves_no_more_ticks_than_may_be(booth: Booth) -> None:
    name = booth.ballot("choices")
    visitor = booth.started(name).open(ONCE)
    ticket = (".phieu", visitor.form.values[".phieu"][0])
    script = {"x-phieu-autosave": "1"}
    four = [("m1", level) for level in "ABCD"]
    visitor.post(ONCE, [ticket, *four], script)
    assert visitor.status == 422
    assert visitor.response.json()["note"].startswith("Có câu chọn quá số")
    assert draft_of(booth, name) == DraftState()
    visitor.post(ONCE, [ticket, *four[:3]], script)
    assert visitor.status == 200
    assert draft_of(booth, name).answers.levels == {("m1", ""): "ABC"}


@pytest.mark.parametrize(
    "fields",
    [
        [("m1", "E")],
        [("m1", "AB")],
        [("m1", "")],
        [("m4", "1"), ("m4", "2")],
        [("m4", "A")],
        [("m1.stc", "A")],
        [("m3.stc", "A")],
        [("m2", "1")],
        [("o.m1", "A")],
    ],
    ids=lambda fields: "&".join(map("=".join, fields)),
)
def test_what_no_form_of_ours_can_send_is_refused(
    booth: Booth, fields: list[tuple[str, str]]
) -> None:
    name = booth.ballot("choices")
    visitor = booth.started(name).open(ONCE)
    ticket = (".phieu", visitor.form.values[".phieu"][0])
    visitor.post(ONCE, [ticket, ("m1", "A"), *fields])
    assert visitor.status == 422
    assert draft_of(booth, name) == DraftState()


def test_what_is_left_open_is_pointed_out_once(booth: Booth) -> None:
    visitor = booth.started(booth.ballot("choices")).open(ONCE)
    visitor.submit({"m4": "1"})
    assert (visitor.path, visitor.points_out) == (ONCE, True)
    assert "Ông/Bà chưa trả lời câu này." in visitor.text
    assert "chưa trả lời" in visitor.title
    visitor.submit(button="Để trống và tiếp tục")
    assert visitor.path == "/phieu/gop-y"
    visitor.submit().open(REVIEW)
    assert "Ông/Bà đã trả lời 1 trên 4 mục" in visitor.text


def test_two_devices_are_asked_which_ticks_shall_be(booth: Booth) -> None:
    name = booth.ballot("choices")
    phone, desk = booth.started(name).open(ONCE), booth.started(name).open(ONCE)
    phone.submit({"m1": ["A", "B"], "m4": "1"})
    desk.submit({"m1": ["B", "C"], "m4": "1"})
    assert desk.points_out
    said = [words(each) for each in desk.tree.iter("dd")]
    assert said == [
        "Trả kết quả đúng hẹn; Thái độ phục vụ",
        "Thủ tục đơn giản hơn; Trả kết quả đúng hẹn",
    ]
    desk.submit(button="Dùng bản vừa điền ở đây")
    assert draft_of(booth, name).answers.levels == {("m1", ""): "BC", ("m4", ""): "1"}


def test_units_are_offered_that_are_only_asked_about(booth: Booth) -> None:
    name = booth.ballot(make_index(choose_units=True))
    visitor = booth.started(name)
    assert visitor.form.boxes == {"units": ["stc", "syt"]}
    visitor.submit({"units": ["syt"]})
    assert (visitor.path, list(visitor.form.boxes)) == (OF_UNITS, ["m3.syt"])
    # Who deals with none is still asked what is about none.
    visitor.open("/phieu/co-quan").submit({"units": []}).submit()
    assert visitor.path == ONCE
    visitor.submit(answers(visitor)).submit(answers(visitor))
    assert "Ông/Bà không chọn cơ quan nào. Ông/Bà đã trả lời 2 trên 2 câu hỏi thêm." in visitor.text
    assert visitor.submit().receipt is not None


@pytest.mark.parametrize("paging", ["question", "unit"])
def test_pages_of_questions_or_units_are_counted_without_those_that_only_ask(
    booth: Booth, paging: str
) -> None:
    visitor = booth.started(booth.ballot(make_index(paging=paging)))
    first = {"question": "Câu 1/1", "unit": "Cơ quan 1/1"}[paging]
    assert visitor.title.startswith(first)
    visitor.open(OF_UNITS)
    assert visitor.title.startswith("Hỏi thêm")
    assert list(visitor.form.boxes) == ["m3.stc", "m3.syt"]
    visitor.open(REVIEW)
    assert [words(each).partition(".")[0] for each in visitor.tree.iter("h3")][:4] == [*"1234"]
    assert visitor.open("/phieu/cac-phan").link("Câu hỏi thêm") == ONCE


def test_a_page_with_too_many_ticks_is_as_long_as_any(booth: Booth) -> None:
    name = booth.ballot("choices")
    visitor = booth.started(name)
    lengths = set()
    once, each = ("m1", ""), ("m3", "stc")
    for said in ({}, {once: "ABCD"}, {once: "C-"}, {once: "AB", each: "ABC"}, {each: "-"}):
        fill(booth, name, said)
        for path in (OF_UNITS, ONCE):
            visitor.open(path)
            lengths.add((path, len(visitor.response.content)))
    assert len(lengths) == 2
