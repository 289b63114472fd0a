"""The count itself: in batches, in two ways, and told as it goes on."""

import random
from collections import Counter

import pytest

from app.ballots import ballot as ballots
from app.count import adding as counting
from app.count import sums
from app.count.adding import count_urn
from app.count.sums import BATCH, CountsDiffer
from app.keys.keyfile import KeyFile
from app.keys.tokens import receipt_hash
from app.keys.urn import Answers, Layout
from app.store.db import Database
from app.waves import closing
from app.waves import wave as waves
from app.waves.wave import index_of
from tests.making.blocks import cast_all, cast_ballot, make_index, make_wave, names

INDEX = make_index()
LAYOUT = Layout(INDEX)
CODES = {"q1": frozenset("ABC-")}


def counted(number: int, seed: int = 1) -> tuple[sums.GroupCount, Counter[int]]:
    """Ballots of two items added one by one, and their counts by another hand."""
    chance, group = random.Random(seed), sums.GroupCount(INDEX, LAYOUT, b"ABC-")
    expected: Counter[int] = Counter()
    for _ballot in range(number):
        levels = bytes(chance.choice(b"ABC-\0") for _item in LAYOUT.items)
        group.add(levels)
        expected.update(256 * place + level for place, level in enumerate(levels) if level)
    return group, expected


@pytest.mark.parametrize("number", [0, 1, BATCH - 1, BATCH, BATCH + 1, 2 * BATCH + 7])
def test_batches_add_up(number: int) -> None:
    group, expected = counted(number)
    group.add_up()
    group.add_up()
    assert group.by_ballot == group.by_column == expected


def test_a_batch_full_of_one_answer_fits_its_bytes() -> None:
    group = sums.GroupCount(INDEX, LAYOUT, b"ABC-")
    for _ballot in range(BATCH):
        group.add(b"AA")
    assert group.by_ballot == group.by_column == {ord("A"): BATCH, 256 + ord("A"): BATCH}


def test_both_ways_of_counting_have_to_agree_on_levels_that_there_are() -> None:
    groups = {("xa", at_launch): counted(9, seed)[0] for seed, at_launch in ((1, True), (2, False))}
    found = sums.by_item(groups, LAYOUT, CODES)
    first, second = (counted(9, seed)[1] for seed in (1, 2))
    for place in range(len(LAYOUT.items)):
        both = {
            chr(key % 256): (first + second)[key] for key in first + second if key // 256 == place
        }
        item = found[LAYOUT.items[place]]
        assert item.by_group == {"xa": both}
        assert item.answers == {"xa": sum(both.values())}
        at_launch = sum(n for key, n in first.items() if key // 256 == place)
        assert item.at_launch == {"xa": at_launch}
    groups["xa", True].by_column[ord("A")] += 1
    with pytest.raises(CountsDiffer):
        sums.by_item(groups, LAYOUT, CODES)
    with pytest.raises(CountsDiffer):
        sums.by_item({("xa", True): counted(9)[0]}, LAYOUT, {"q1": frozenset("AB-")})


@pytest.mark.parametrize("number", [0, 9, BATCH, 2 * BATCH + 7])
def test_ballots_that_ticked_several_levels_are_counted_once_both_ways(number: int) -> None:
    index = make_index("choices")
    layout, chance = Layout(index), random.Random(number)
    group, answers = sums.GroupCount(index, layout, b"ABCD12-"), Counter[str]()
    ticks: Counter[tuple[str, str]] = Counter()
    for _ballot in range(number):
        said = {
            question: "".join(sorted(chance.sample("ABCD", chance.randint(0, most))))
            or chance.choice(["", "-"])
            for question, most in (("m1", 3), ("m3", 2))
        }
        units = {"m1": "", "m3": "stc"}
        levels = {(question, units[question]): ticked for question, ticked in said.items()}
        group.add(layout.pack(Answers(levels))[: len(layout.columns)])
        answers.update(question for question, ticked in said.items() if ticked)
        ticks.update((question, tick) for question, ticked in said.items() for tick in ticked)
    codes = {question: frozenset("ABCD12-") for question in index.question_of}
    found = sums.by_item({("xa", True): group}, layout, codes)
    for item in (("m1", ""), ("m3", "stc")):
        counted = found[item].by_group.get("xa", {})
        assert counted == {tick: n for (question, tick), n in ticks.items() if question == item[0]}
        assert found[item].answers["xa"] == found[item].at_launch["xa"] == answers[item[0]]
    group.answers_by_column[layout.several["m1", ""].start] += 1
    with pytest.raises(CountsDiffer):
        sums.by_item({("xa", True): group}, layout, codes)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_count_tells_how_far_it_is_and_which_receipts_it_found(
    db: Database, keys: KeyFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    wave = make_wave(db, keys, people=8)
    said = cast_all(db, keys, wave, share=0.625)
    with db.transaction() as session:
        closing.close(db, session, waves.load(session, wave.code))
    monkeypatch.setattr(counting, "BATCH", 2)
    steps: list[tuple[int, int]] = []
    with db.reading() as session:
        closed = waves.load(session, wave.code)
        index, layout = index_of(closed, keys)
        count = count_urn(session, closed, index, layout, keys, lambda *step: steps.append(step))
        again = count_urn(session, closed, index, layout, keys)
    assert steps == [(2, 5), (4, 5), (5, 5)]
    assert again == count
    assert (count.issued, count.issued_later, count.altered) == (8, 0, 0)
    assert (count.cast, count.counted, count.void, count.foreign) == (5, 5, 0, 0)
    assert [each.hex() for each in count.receipts] == sorted(map(receipt_hash, said))
    assert count.by_group == Counter(group for group, _answers in said.values())
    assert count.urn_digest == closed.urn_digest


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_unit_has_the_ballots_that_give_it_a_level(db: Database, keys: KeyFile) -> None:
    """Not those that say nothing of it, nor those without an opinion."""
    index = make_index()
    wave = make_wave(db, keys, index, people=24)
    given = Counter[str]()
    with db.reading() as session:
        found = [ballots.find(session, name) for name in names(session, wave)]
    for place, ballot in enumerate(found):
        answers = {
            item: ("", "-", "A", "B")[(place + item[1].count("t")) % 4]
            for item in ballot.asked(None)
        }
        answers = {item: level for item, level in answers.items() if level}
        cast_ballot(db, keys, ballot.name, Answers(answers))
        given.update(unit for (_question, unit), level in answers.items() if level != "-")
    with db.transaction() as session:
        closing.close(db, session, waves.load(session, wave.code))
    with db.reading() as session:
        closed = waves.load(session, wave.code)
        counted = count_urn(session, closed, *index_of(closed, keys), keys)
    assert min(given.values()) >= index.rules.min_ballots
    assert counted.tally.ballots == given
