"""What each answer of a relay makes of a letter, and how fast letters may go."""

from datetime import UTC, datetime, timedelta

import pytest

from app.keys.tokens import BallotName
from app.letters.attempts import RELAY, Pace, SendResult, after_cut, after_reply, pause_after
from app.letters.facts import LetterFacts
from app.letters.outbox import Claimed, Outcome
from app.letters.replies import RETRIES, Reply


def make_claimed(kind: str = "invitation", attempts: int = 0, repeat: bool = False) -> Claimed:
    facts = LetterFacts(
        kind=kind,
        message_id="x@vi-du.vn",
        ballot=BallotName(b"x" * 12, 1),
        name="Lò Văn Minh",
        email="minh@Vi-Du.VN",
        group="hdnd",
        agency=None,
        assigned=(),
        closes_at=datetime(2023, 3, 4, tzinfo=UTC),
    )
    return Claimed(1, "sender", attempts, repeat, 1, facts)


@pytest.mark.parametrize("code", [250, 251, 299])
def test_only_a_yes_to_the_final_dot_is_sent(code: int) -> None:
    reply = Reply(code, "OK")
    assert after_reply(make_claimed(), reply, begun=True).state == "sent"
    assert after_reply(make_claimed(), reply, begun=False).state == "deferred"


@pytest.mark.parametrize("begun", [False, True])
@pytest.mark.parametrize("code", [421, 450, 451, 452, 499])
def test_a_4xx_is_tried_again_by_the_timetable_until_it_ends(code: int, begun: bool) -> None:
    for attempts, minutes in enumerate((1, 5, 15, 60, 240, 720)):
        outcome = after_reply(make_claimed(attempts=attempts), Reply(code, "later"), begun)
        assert outcome.state == "deferred"
        assert outcome.delay is not None
        assert timedelta(minutes=minutes) <= outcome.delay <= 1.2 * timedelta(minutes=minutes)
    last = after_reply(make_claimed(attempts=6), Reply(code, "later"), begun)
    assert last.state == "failed"
    assert "Đã thử 7 lần" in (last.error or "")


def test_letters_that_failed_together_come_back_apart() -> None:
    delays = {after_cut(make_claimed(), begun=False).delay for _letter in range(20)}
    assert len(delays) == 20


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (550, "Không có hộp thư này"),
        (553, "Không có hộp thư này"),
        (552, "Hộp thư đầy"),
        (554, "từ chối thư gửi tới địa chỉ này"),
    ],
)
def test_a_5xx_fails_with_a_reason_people_understand(code: int, words: str) -> None:
    for begun in (False, True):
        outcome = after_reply(make_claimed(), Reply(code, "5.1.1\nunknown user"), begun)
        assert (outcome.state, outcome.delay) == ("failed", None)
        assert words in (outcome.error or "")
        assert f"{code} 5.1.1 unknown user" in (outcome.error or "")


def test_an_answer_of_any_length_is_cut() -> None:
    outcome = after_reply(make_claimed(), Reply(550, "no " * 5000), begun=False)
    assert len(outcome.error or "") < 300


def test_a_cut_before_the_final_dot_is_tried_again_later() -> None:
    outcome = after_cut(make_claimed(), begun=False)
    assert outcome.state == "deferred"
    assert outcome.delay is not None
    assert outcome.delay >= RETRIES[0]


@pytest.mark.parametrize("kind", ["invitation", "copy", "cancellation"])
def test_a_cut_after_the_final_dot_is_uncertain_and_sent_again_twice_at_most(kind: str) -> None:
    first = after_cut(make_claimed(kind), begun=True)
    assert (first.state, first.delay) == ("uncertain", timedelta(0))
    second = after_cut(make_claimed(kind, attempts=1, repeat=True), begun=True)
    assert second.state == "uncertain"
    assert second.delay is not None
    assert second.delay >= RETRIES[1]
    third = after_cut(make_claimed(kind, attempts=2, repeat=True), begun=True)
    assert (third.state, third.delay) == ("uncertain", None)


def test_a_letter_that_was_put_off_often_is_repeated_once_all_the_same() -> None:
    first = after_cut(make_claimed(attempts=5), begun=True)
    assert (first.state, first.delay) == ("uncertain", timedelta(0))
    second = after_cut(make_claimed(attempts=6, repeat=True), begun=True)
    assert (second.state, second.delay) == ("uncertain", None)


def test_an_uncertain_reminder_is_not_sent_again() -> None:
    outcome = after_cut(make_claimed("reminder"), begun=True)
    assert (outcome.state, outcome.delay) == ("uncertain", None)


def test_an_answer_nobody_understands_after_the_dot_is_uncertain() -> None:
    assert after_reply(make_claimed(), Reply(354, "?"), begun=True).state == "uncertain"


def test_a_repeat_that_is_put_off_stays_a_repeat() -> None:
    outcome = after_reply(make_claimed(repeat=True), Reply(451, "later"), begun=False)
    assert outcome.state == "uncertain"
    assert outcome.delay is not None
    last = after_reply(make_claimed(attempts=6, repeat=True), Reply(451, "later"), begun=False)
    assert (last.state, last.delay) == ("uncertain", None)


def test_a_domain_is_the_same_in_any_case() -> None:
    assert make_claimed().domain == "vi-du.vn"


def test_without_a_rate_nothing_waits() -> None:
    pace = Pace(None)
    for _letter in range(100):
        assert pace.first(5.0, ["a.vn"])[1] <= 0
        pace.take("a.vn", 5.0)


def test_a_rate_spaces_letters_out_over_all_domains() -> None:
    pace = Pace(4.0)
    pace.take("a.vn", 100.0)
    place, wait = pace.first(100.0, ["b.vn", "a.vn"])
    assert (place, round(wait, 6)) == (0, 0.25)
    assert pace.first(100.25, ["b.vn"])[1] <= 0


def test_an_idle_hour_saves_up_no_burst() -> None:
    pace = Pace(1.0)
    pace.take("a.vn", 10.0)
    pace.take("a.vn", 3600.0)
    pace.take("a.vn", 3600.0)
    assert pace.first(3600.0, ["a.vn"])[1] >= 1


def test_a_domain_that_asks_to_slow_down_is_spaced_and_others_overtake() -> None:
    pace = Pace(None)
    gaps = []
    for _time in range(8):
        pace.slow_down("a.vn")
        pace.take("a.vn", 50.0)
        gaps.append(pace.first(50.0, ["a.vn"])[1])
        assert pace.first(50.0, ["a.vn", "b.vn"])[0] == 1
    assert gaps == [0.5, 1, 2, 4, 8, 16, 30, 30]


@pytest.mark.parametrize("code", [250, 354, 451, 454, 550, 552])
def test_most_answers_leave_the_domain_alone(code: int) -> None:
    assert pause_after(make_claimed(), Reply(code, "")) is None


@pytest.mark.parametrize("code", [421, 450, 452])
def test_a_domain_that_is_busy_is_paused_as_long_as_the_letter_but_not_for_hours(
    code: int,
) -> None:
    minutes = [
        pause_after(make_claimed(attempts=attempts), Reply(code, "busy")) for attempts in range(8)
    ]
    assert minutes == [timedelta(minutes=each) for each in (1, 5, 15, 15, 15, 15, 15, 15)]


def test_a_run_counts_a_letter_once_whatever_happens_to_it() -> None:
    claimed = make_claimed()
    result = SendResult()
    for outcome in (
        Outcome(claimed, "uncertain", timedelta(0)),
        Outcome(claimed, "sent"),
        Outcome(claimed, "failed"),
        Outcome(claimed, "deferred", timedelta(minutes=1)),
        Outcome(claimed, "uncertain"),
    ):
        result = result.plus(outcome)
    assert result == SendResult(sent=1, failed=1, deferred=1, uncertain=1)
    assert result.done == 4


def test_a_letter_that_waits_behind_no_other_takes_the_next_turn_of_all() -> None:
    pace = Pace(2)
    pace.take("vi-du.vn", 10.0)
    assert pace.ahead(10.1) == pytest.approx(0.4)
    assert pace.ahead(10.1) == pytest.approx(0.9), "two of them do not go together"
    assert pace.first(10.1, ["vi-du.vn"]) == (0, pytest.approx(1.4)), "the others make room"
    assert Pace(None).ahead(10.0) == 0


def test_letters_that_are_taken_speed_a_domain_up_again() -> None:
    pace = Pace(None)
    for _time in range(4):
        pace.slow_down("a.vn")
    gaps = []
    while pace.first(0.0, ["a.vn"])[1] <= 0:
        pace.speed_up("a.vn")
        pace.take("a.vn", 0.0)
        wait = pace.first(0.0, ["a.vn"])[1]
        if wait <= 0:
            break
        gaps.append(wait)
        pace._domain_next.clear()
    assert gaps == sorted(gaps, reverse=True)
    assert gaps[0] < 4
    assert len(gaps) < 25, "full speed again within a few letters"
    pace.slow_down("a.vn")
    pace.take("a.vn", 50.0)
    assert pace.first(50.0, ["a.vn"])[1] == 0.5, "as if it had never asked"


def test_a_relay_that_asks_to_slow_down_spaces_all_letters() -> None:
    pace = Pace(None)
    pace.slow_down(RELAY)
    pace.take("a.vn", 10.0)
    assert pace.first(10.0, ["b.vn"])[1] == 0.5
    assert pace.ahead(10.0) == 0.5
    for _letter in range(20):
        pace.speed_up("c.vn")
    pace.take("a.vn", 20.0)
    assert pace.first(20.0, ["b.vn"])[1] <= 0


@pytest.mark.parametrize("repeat", [False, True])
def test_the_end_of_a_session_is_no_attempt_and_no_pause(repeat: bool) -> None:
    letter, reply = make_claimed(repeat=repeat), Reply(421, "bye", ends_session=True)
    outcome = after_reply(letter, reply, begun=True)
    assert (outcome.delay, outcome.counted) == (timedelta(0), False)
    assert outcome.state == ("uncertain" if repeat else "queued")
    assert pause_after(letter, reply) is None
    assert SendResult().plus(outcome) == SendResult()
