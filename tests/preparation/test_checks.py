"""The check list before a launch: what is short of people is red, and only then."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.bonds.origins import Origin
from app.index.definition import Index
from app.language import number
from app.letters import texts
from app.preparation import checks, coverage
from app.preparation.checks import BAD, LOOK, OK, Facts, Waiting, Warned
from app.preparation.trustees import Trustees
from app.settings import Relay, read
from tests.making.blocks import make_index

NOW = datetime(2026, 3, 2, tzinfo=UTC)


def facts(index: Index, **changed: object) -> Facts:
    """Everything is as it should be, but for what is changed."""
    people = {(group.code, None, ()): 20 for group in index.groups}
    settings = replace(
        read({"PHIEU_MAIL_FROM": "phieu@vi-du.vn"}),
        relay=Relay("127.0.0.1", 25, None, None, False),
    )
    fine = Facts(
        index=index,
        warned=[],
        settings=settings,
        people=people,
        outside=0,
        origins=[Origin("A <a@vi-du.vn>", "tệp ds.xlsx", False, {"x": 20})],
        near=0,
        opens_at=NOW + timedelta(days=1),
        closes_at=NOW + timedelta(days=12),
        now=NOW,
        test_confirmed=True,
        recovery_checked=True,
        officers=2,
        rehearsal=False,
    )
    return replace(fine, **changed)  # type: ignore[arg-type]


def states(of: Facts) -> dict[str, str]:
    return {check.key: check.state for check in checks.check_list(of)}


def test_a_wave_that_is_ready_is_green() -> None:
    found = states(facts(make_index("pooled")))
    # That the office keeps the key is said plainly, and stops nothing.
    assert found.pop("mode") == LOOK
    assert set(found.values()) == {OK}


def test_trustees_are_ready_once_each_has_opened_the_trial_ballot() -> None:
    for without_key, untried, state in ((["A"], ["A"], BAD), ([], ["A"], BAD), ([], [], OK)):
        held = Trustees(2, 3, without_key, untried)
        found = states(facts(make_index("pooled"), trustees=held, recovery_checked=False))
        assert found["trustees"] == state
        assert not {"recovery", "mode"} & set(found)


@pytest.mark.parametrize(
    ("changed", "key", "state"),
    [
        ({"people": {}}, "roster", BAD),
        ({"near": 2}, "agencies", BAD),
        ({"outside": 3}, "outside", LOOK),
        ({"unrated": 3}, "unrated", LOOK),
        ({"dead": [("Lò Văn An", "an@vi-du.vn")]}, "dead", LOOK),
        ({"waiting": Waiting("ds.xlsx", 3, 20)}, "waiting", BAD),
        ({"waiting": Waiting("ds.xlsx", 0, 0, 20)}, "waiting", BAD),
        ({"waiting": Waiting("ds.xlsx", 0, 0)}, "waiting", BAD),
        ({"origins": [Origin("A", "", False, {"x": 1})]}, "origins", LOOK),
        ({"origins": [Origin(by, "tệp", False, {"x": 1}) for by in "AB"]}, "origins", LOOK),
        ({"test_confirmed": False}, "test", BAD),
        ({"recovery_checked": False}, "recovery", BAD),
        ({"officers": 1}, "two", LOOK),
        ({"closes_at": NOW}, "window", BAD),
        ({"closes_at": NOW + timedelta(days=2)}, "window", LOOK),
        ({"settings": read({"PHIEU_MAIL_FROM": "a@vi-du.vn"})}, "sender", BAD),
    ],
)
def test_each_check_tells_what_is_wrong(changed: dict[str, object], key: str, state: str) -> None:
    found = facts(make_index("pooled"), **changed)
    assert states(found)[key] == state
    assert checks.is_green(checks.check_list(found)) is (state != BAD)


@pytest.mark.parametrize(
    ("warned", "rehearsal", "state", "asks"),
    [
        (Warned("x", "odd"), False, BAD, True),
        (Warned("x", "odd"), True, LOOK, True),
        (Warned("x", "odd", "Hà, 9:05"), False, LOOK, False),
    ],
)
def test_a_warning_of_the_index_stops_a_launch_until_it_is_kept(
    warned: Warned, rehearsal: bool, state: str, asks: bool
) -> None:
    found = checks.check_list(facts(make_index("pooled"), warned=[warned], rehearsal=rehearsal))
    line = next(check for check in found if check.key == "x")
    assert (line.state, bool(line.ask)) == (state, asks)


def test_what_an_organiser_lacks_is_told_once() -> None:
    index = replace(make_index("pooled"), organiser=None)
    warned = [Warned("x", "odd", of_organiser=True)]
    assert "x" not in states(facts(index, warned=warned))
    assert "x" in states(facts(make_index("pooled"), warned=warned))


def test_an_index_without_an_organiser_cannot_be_launched() -> None:
    index = replace(make_index("pooled"), organiser=None)
    assert states(facts(index))["organiser"] == BAD


def test_coverage_counts_who_is_really_asked() -> None:
    index = make_index("pooled")
    group, unit = index.groups[0].code, index.units[0].code
    people = {(group, None, ()): 3, (group, unit, ()): 4}
    asked = coverage.coverage(index, people)
    for question, about in index.items:
        mine = group in index.question_of[question].groups
        own = about == unit and index.rules.own_unit == "exclude"
        assert asked[question, about] == (0 if not mine else 3 if own else 7)


def test_a_leaf_that_too_few_are_asked_about_is_named() -> None:
    index = make_index("pooled")
    few = {(group.code, None, ()): 1 for group in index.groups}
    short = coverage.short_leaves(index, few)
    least = index.rules.min_ballots
    assert short
    assert all(count < least for _unit, _leaf, count in short)
    assert states(facts(index, people=few))["coverage"] == BAD


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Kính gửi {họ tên}", ""),
        ("Kính gửi { HỌ TÊN }", ""),
        ("Kính gửi {tên riêng}", "Không có “{tên riêng}”"),
        ("Kính gửi {họ tên", "thiếu một nửa"),
        ("Xem http://vi-du.vn", "đường dẫn"),
        ("dòng\nhai", "xuống dòng"),
        ("ẩn \u202e đi", "điều khiển"),
        ("x" * 200, "Dài quá"),
    ],
)
def test_texts_of_letters_are_held_to_what_is_safe(text: str, words: str) -> None:
    found = " ".join(texts.faults(text, 150, one_line=True))
    assert words in found
    assert bool(found) is bool(words)


@pytest.mark.parametrize(
    "text",
    [
        "Vào vi-du-gia.vn/p/abc để trả lời",
        "Mời bấm VI-DU.COM",
        "Trả lời ở vi-du.vn.",
        "Trả lời ở (phieu.laichau.gov.vn)",
        "Vào thư-mời.vn nhé",
        "bit.ly/3xY",
        "bit.ly",
        "vi-du．vn",
        "xem a.example/p",
        "https://x",
        "www.x",
    ],
)
def test_what_a_mail_program_makes_a_link_of_is_a_link(text: str) -> None:
    (fault,) = texts.faults(text, 150, one_line=True)
    assert fault.startswith("Không đặt đường dẫn")


@pytest.mark.parametrize(
    "text",
    [
        "Các sở, ban, ngành v.v. của tỉnh",
        "Xin cảm ơn.Trân trọng",
        "Xong.Xin gửi lại",
        "TP.HCM, TS.BS Nguyễn Văn A, Q.3",
        "Hỏi ông A, nva@laichau.gov.vn, 0213.3876.543",
        "Hạn 28.2.2026, lúc 17.00; điểm 8.5/10",
        "Nghị quyết 76/NQ-CP và 5.1/2",
    ],
)
def test_words_numbers_and_addresses_are_no_links(text: str) -> None:
    assert texts.faults(text, 150, one_line=True) == []


def test_how_many_letters_there_are_and_how_long_they_take_is_told_before_they_go() -> None:
    index = make_index("pooled")
    people = {(group.code, None, ()): 900 for group in index.groups}
    of = facts(index, people=people)
    slow = replace(of, settings=replace(of.settings, mail_rate=2.5))
    told = {check.key: check.words for check in checks.check_list(slow)}["sender"]
    total = number(sum(people.values()))
    assert told.startswith(f"Thư gửi từ phieu@vi-du.vn: {total} thư mời, chừng")
    assert told.endswith("nếu gửi 2,5 thư mỗi giây.")
