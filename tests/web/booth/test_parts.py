"""The list of parts, where a ballot is gone on with, the questions read first, a page per unit."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from app.keys.keyfile import KeyFile
from app.settings import Settings
from app.store.db import Database
from app.waves import closing
from tests.conftest import Clock
from tests.making.blocks import make_index
from tests.making.booths import Booth, answers, cast, open_booth, walk
from tests.making.html import Visitor, words

# What a page shows turns on no SQL that differs.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def booth(db: Database, keys: KeyFile, configured: Settings, clock: Clock) -> Iterator[Booth]:
    with open_booth(db, keys, configured, clock) as booth:
        yield booth


def parts_of(visitor: Visitor) -> list[tuple[str, str]]:
    """Each part of the list, and how far it is."""
    rows = [each for each in visitor.tree.iter("li") if each.find("*[@class]") is not None]
    listed = [list(row) for row in rows if len(row) == 2]
    return [(words(name), words(how)) for name, how in listed]


def test_the_list_of_parts_says_what_is_done_and_what_is_lacking(booth: Booth) -> None:
    ballot = booth.ballot("paging-question")
    visitor = booth.started(ballot)
    second = visitor.submit(answers(visitor)).path
    visitor.submit().submit(button="Để trống và tiếp tục")
    visitor.open(second)
    assert not visitor.points_out, "what was left blank knowingly is pointed out no more"
    visitor.open(visitor.link("Câu 2/2: xem các phần của phiếu"))
    assert parts_of(visitor) == [
        ("Câu 1/2. Quyết tâm của lãnh đạo", "Xong"),
        ("Câu 2/2. Giải quyết hồ sơ", "Còn thiếu 1"),
    ]
    listed = parts_of(visitor)
    other = booth.visitor().open(booth.link(ballot))
    assert parts_of(other) == listed
    # From the first page of another device into one part, or after the furthest.
    (way,) = [
        each.get("formaction", "")
        for each in other.form.element.iter("button")
        if words(each).startswith("Câu 2/2")
    ]
    assert other.post(f"{booth.link(ballot)}{way}", []).path == second
    assert booth.visitor().open(booth.link(ballot)).submit().path == "/phieu/xem-lai"


def test_a_ballot_that_was_not_begun_lists_no_parts(booth: Booth) -> None:
    visitor = booth.visitor().open(booth.link(booth.ballot("paging-question")))
    assert parts_of(visitor) == []
    assert len(visitor.form.buttons) == 1


def test_a_part_that_a_ballot_does_not_have_leads_where_it_is_gone_on_with(booth: Booth) -> None:
    ballot = booth.ballot("paging-question")
    for strange in ("khong-co", "xem-lai", "../", "%00"):
        visitor = booth.visitor().open(booth.link(ballot))
        visitor.post(f"{booth.link(ballot)}?phan={strange}", [])
        assert visitor.path == "/phieu/cau-q1"


def test_every_page_of_questions_says_how_long_the_rest_takes(booth: Booth) -> None:
    visitor = booth.started(booth.ballot("paging-question"))
    assert "còn khoảng 1 phút" in visitor.text.replace("\u00a0", " ")
    choosing = booth.started(booth.ballot("choose-units", code="hai"))
    assert "Mỗi cơ quan có khoảng" in choosing.text


def test_all_questions_can_be_read_first_and_nothing_can_be_filled_in(booth: Booth) -> None:
    ballot = booth.ballot("comments")
    visitor = booth.visitor().open(booth.link(ballot))
    before = booth.dump()
    visitor.open(visitor.link("Đọc trước toàn bộ câu hỏi"))
    assert visitor.status == 200
    index = make_index("comments")
    group = index.groups[0].code
    for question in index.questions:
        if group in question.groups:
            assert index.question_text(question, None)[:30] in visitor.text
    kinds = [each.tag for each in visitor.tree.iter() if each.tag in ("input", "textarea", "form")]
    assert kinds == []
    assert booth.dump() == before
    assert visitor.open(visitor.link("Quay lại")).path == booth.link(ballot)
    started = visitor.submit()
    assert started.open("/phieu/mau-phieu").status == 200
    assert booth.visitor().open("/phieu/mau-phieu").status == 403
    assert booth.visitor().open("/phieu/mau-phieu?thu=x").status == 404


def test_of_a_cast_ballot_and_of_a_closed_wave_nothing_is_read_first(booth: Booth) -> None:
    wave, (first, second, *_rest) = booth.wave("tree")
    reads = [f"/phieu/mau-phieu?thu={booth.link(each)[3:]}" for each in (first, second)]
    receipt = cast(booth.started(first))
    assert booth.visitor().open(reads[0]).receipt == receipt
    booth.clock.now = wave.closes_at
    assert booth.visitor().open(reads[1]).status == 410


def test_a_wave_that_was_closed_early_says_so_and_why_the_letter_names_another_day(
    booth: Booth,
) -> None:
    wave, (first, _second, *_rest) = booth.wave("tree")
    with booth.db.transaction() as session:
        closing.close(booth.db, session, session.merge(wave))
    visitor = booth.visitor().open(booth.link(first))
    assert visitor.status == 410
    text = visitor.text.replace("\u00a0", " ")
    assert "kết thúc đợt điều tra sớm, lúc 9 giờ 00" in text
    assert "hạn ghi trong thư mời" in text
    _later, (third, *_rest) = booth.wave("tree", code="hai")
    booth.clock.now = _later.closes_at + timedelta(minutes=20)
    visitor.open(booth.link(third))
    assert "sớm" not in visitor.text
    assert "Hạn gửi phiếu là" in visitor.text


def test_a_page_may_hold_all_questions_about_one_unit(booth: Booth) -> None:
    index = make_index("paging-unit")
    open_to_all = replace(index, rules=replace(index.rules, own_unit="allow"))
    visitor = booth.started(booth.ballot(open_to_all))
    for place, unit in enumerate(index.units, start=1):
        assert visitor.path == f"/phieu/don-vi-{unit.code}"
        assert visitor.heading == unit.name
        assert visitor.title.startswith(f"Cơ quan {place}/{len(index.units)}")
        assert list(visitor.form.radios) == [f"{q.code}.{unit.code}" for q in index.questions]
        visitor.submit(answers(visitor))
    assert visitor.path == "/phieu/xem-lai"
    changes = [a.get("href") for a in visitor.tree.iter("a") if words(a).startswith("Sửa")]
    assert changes == [
        f"/phieu/don-vi-{unit.code}?xem-lai#{question.code}.{unit.code}"
        for unit in index.units
        for question in index.questions
    ]
    assert visitor.submit().receipt


def test_a_page_opened_from_the_review_leads_back_there_after_a_refusal_too(booth: Booth) -> None:
    visitor = booth.started(booth.ballot("paging-component"))
    path = visitor.path
    walk(visitor)
    visitor.open(f"{path}?xem-lai")
    first = next(iter(visitor.form.radios))
    fields = [(n, v) for n, vs in visitor.form.values.items() for v in vs if n != first]
    assert visitor.post(f"{path}?xem-lai", fields).points_out
    assert visitor.submit().path == "/phieu/xem-lai"


def test_what_is_set_aside_for_one_ballot_is_never_shown_in_another(booth: Booth) -> None:
    _wave, (first, second, *_rest) = booth.wave("paging-component")
    phone, desk = booth.started(first), booth.started(first)
    path = phone.path
    phone.submit(answers(phone, 0))
    assert desk.submit(answers(desk, 1)).points_out
    desk.open(booth.link(second)).submit()
    assert desk.path == path
    assert not desk.points_out
    assert not [v for n, v in desk.form.values.items() if n != ".phieu"]
    for cookie in desk.client.cookies.jar:
        # In letters of base64 three may come together by chance; a dot is none of them.
        assert ".snv" not in (cookie.value or "")
    # Somebody else's cookie, or one that was cut, is none.
    desk.client.cookies.set("phieu-lai", "x" * 3000)
    assert desk.open(path).status == 200
