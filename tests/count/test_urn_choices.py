"""Choice questions from the sealed ballot to the score sheet, and ballots that say too much."""

import json
import tomllib
from collections import Counter
from collections.abc import Callable
from decimal import Decimal

import pytest
from sqlalchemy import update
from sqlmodel import col

from app.ballots import ballot as ballots
from app.count import scoresheets, tallies, unsealing
from app.count.adding import Count, UrnDiffers, count_urn
from app.count.tallies import TallyAltered
from app.index import file as indexfile
from app.index.definition import Index
from app.keys.keyfile import KeyFile
from app.keys.urn import Answers, Layout
from app.papers.export import Document, to_json
from app.papers.verify import verify
from app.scores.cells import Chosen, level_codes
from app.store.db import Database
from app.store.models import UrnRow, Wave
from app.store.resultmodels import TallyRow
from app.waves import closing
from app.waves import wave as waves
from app.waves.urndigest import urn_digest
from tests.making.blocks import (
    INDEXES,
    cast_all,
    cast_ballot,
    change_wave,
    make_index,
    make_wave,
    names,
)

sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
Said = dict[str, tuple[str, Answers]]


def without_choices() -> Index:
    raw = tomllib.loads((INDEXES / "choices.toml").read_text("utf-8"), parse_float=Decimal)
    raw["questions"] = [each for each in raw["questions"] if each.get("kind") != "choice"]
    raw["scales"] = [each for each in raw["scales"] if each["code"] == "tot"]
    return indexfile.read(raw)


def unseal(db: Database, keys: KeyFile, wave: Wave) -> Document:
    with db.transaction() as session:
        closing.close(db, session, waves.load(session, wave.code))
    unsealing.unseal(db, keys, wave.code)
    with db.transaction() as session:
        return scoresheets.score(db, session, wave.code)[0]


def by_hand(said: Said, question: str, unit: str) -> tuple[Counter[str], dict[str, Counter[str]]]:
    """How many ballots of each group answered, and what they ticked."""
    answers: Counter[str] = Counter()
    ticks: dict[str, Counter[str]] = {}
    for group, given in said.values():
        if ticked := given.levels.get((question, unit), ""):
            answers[group] += 1
            ticks.setdefault(group, Counter()).update(ticked)
    return answers, ticks


# What no ballot of ours can say


def attacks(layout: Layout) -> dict[str, Callable[[bytearray], None]]:
    """What is written into the bytes of a ballot of the group "xa", own agency snv."""

    def put(*said: tuple[str, str, str, str]) -> Callable[[bytearray], None]:
        def change(levels: bytearray) -> None:
            for question, unit, column, level in said:
                levels[layout.place[(question, unit), column]] = ord(level)

        return change

    return {
        "four ticks of three": put(*(("m1", "", level, level) for level in "ABCD")),
        "three ticks of two": put(*(("m3", "stc", level, level) for level in "ABC")),
        "no opinion beside a tick": put(("m1", "", "A", "A"), ("m1", "", "-", "-")),
        "one level in the place of another": put(("m1", "", "A", "B")),
        "no opinion in the place of a level": put(("m1", "", "A", "-")),
        "a level that the scale lacks": put(("m2", "stc", "", "3")),
        "a byte that is no level": put(("m3", "stc", "B", "\x01")),
        "a question of another group": put(("m4", "", "", "1")),
        "the own agency": put(("m2", "snv", "", "1")),
        "the own agency, among several": put(("m3", "snv", "A", "A")),
    }


@sqlite
def test_a_ballot_that_says_too_much_stops_the_count(db: Database, keys: KeyFile) -> None:
    index = make_index("choices")
    wave = make_wave(db, keys, index, people=8)
    layout, urn = Layout(index), keys.wave(wave.code).urn(wave.code)
    with db.reading() as session:
        everyone = names(session, wave)
    # The fourth person is of "xa" and of snv; only that ballot was cast.
    receipt = cast_ballot(db, keys, everyone[3], Answers())

    def counted(levels: bytes) -> Count:
        sealed = urn.seal(receipt, levels)
        with db.transaction() as session:
            session.connection().execute(update(UrnRow).values(sealed=sealed))
        with db.reading() as session:
            digest = urn_digest(session, wave, keys.cover(wave.code))
        change_wave(db, wave, urn_digest=digest)
        with db.reading() as session:
            return count_urn(session, waves.load(session, wave.code), index, layout, keys)

    fine = {("m1", ""): "ABD", ("m2", "stc"): "1", ("m3", "stc"): "-"}
    assert counted(layout.pack(Answers(fine))).counted == 1
    for what, change in attacks(layout).items():
        levels = bytearray(layout.pack(Answers()))
        change(levels)
        try:
            counted(bytes(levels))
        except UrnDiffers:
            continue
        pytest.fail(f"counted: {what}")


# What ballots of ours say


@sqlite
def test_choices_are_counted_in_cells_and_touch_no_other_number(
    db: Database, keys: KeyFile
) -> None:
    index = make_index("choices")
    wave = make_wave(db, keys, index, people=36)
    said = cast_all(db, keys, wave, share=0.9)
    document = unseal(db, keys, wave)
    assert verify(to_json(document)).units == 2
    for question, unit in index.choice_items:
        answers, ticks = by_hand(said, question, unit)
        of_unit = next((each for each in document["units"] if each["code"] == unit), document)
        found = next(each for each in of_unit["choices"] if each["code"] == question)
        assert min(answers.values()) >= 5, "each group is a cell of its own"
        assert found["answers"] == dict(answers)
        levels = level_codes(index, index.question_of[question])
        assert found["counts"] == {
            group: {level: ticks[group][level] for level in levels} for group in answers
        }
    assert [each["code"] for each in document["choices"]] == ["m1", "m4"]
    # The same people say the same to an index that has no such questions.
    bare = without_choices()
    other = make_wave(db, keys, bare, people=36, code="khong-hoi-them")
    with db.reading() as session:
        everyone = names(session, other)
    for name, (_group, given) in zip(everyone, said.values(), strict=False):
        scored = {item: level for item, level in given.levels.items() if item in bare.items}
        cast_ballot(db, keys, name, Answers(scored, given.comments))
    plain = unseal(db, keys, other)
    assert "choices" not in plain
    units = [{k: v for k, v in unit.items() if k != "choices"} for unit in document["units"]]
    assert units == plain["units"]


@sqlite
def test_a_few_ticks_are_counted_together_or_not_at_all(db: Database, keys: KeyFile) -> None:
    index = make_index("choices")
    wave = make_wave(db, keys, index, people=24)
    with db.reading() as session:
        everyone = names(session, wave)
    # "hdnd" and "xa" in turn: three and nine tick at m1, four of "hdnd" at m4.
    for place, name in enumerate(everyone):
        mine: dict[tuple[str, str], str] = {("q1", "snv"): "A"} if place % 3 else {}
        if place % 2 == 0:
            mine |= {("m1", ""): "AB"} if place < 6 else {}
            mine |= {("m4", ""): "2"} if place < 8 else {}
        elif place < 18:
            mine |= {("m1", ""): "ACD" if place < 16 else "-"}
        with db.reading() as session:
            asked = {*ballots.find(session, name).asked(None)}
        cast_ballot(db, keys, name, Answers({k: v for k, v in mine.items() if k in asked}))
    document = unseal(db, keys, wave)
    verify(to_json(document))
    once, again = document["choices"]
    assert once["answers"] == {"hdnd+xa": 12}
    assert once["counts"] == {"hdnd+xa": {"A": 11, "B": 3, "C": 8, "D": 8, "-": 1}}
    assert (again["answers"], again["counts"]) == (None, None)


@sqlite
def test_what_was_ticked_is_held_to_the_key_file(db: Database, keys: KeyFile) -> None:
    wave = make_wave(db, keys, make_index("choices"), people=24)
    cast_all(db, keys, wave)
    unseal(db, keys, wave)
    with db.reading() as session:
        choices = tallies.read(session, waves.load(session, wave.code)).choices
    assert {item for item, chosen in choices.items() if chosen}
    row = (col(TallyRow.question) == "m1", col(TallyRow.unit) == "")
    answers = {cell: number + 1 for cell, number in (choices["m1", ""] or NOBODY).answers.items()}
    for values in ({"answers": json.dumps(answers)}, {"answers": None}):
        with db.transaction() as session:
            session.connection().execute(update(TallyRow).where(*row).values(**values))
        with db.reading() as session, pytest.raises(TallyAltered):
            tallies.read(session, waves.load(session, wave.code))


NOBODY = Chosen({}, {})


# The bytes


def test_a_ballot_has_one_size_and_without_choices_the_one_it_had() -> None:
    index, bare = make_index("choices"), without_choices()
    layout, plain = Layout(index), Layout(bare)
    some = Answers({("m1", ""): "ACD", ("m3", "stc"): "-", ("m2", "snv"): "2", ("q1", "snv"): "B"})
    assert layout.unpack(layout.pack(some)) == some
    assert len(layout.pack(some)) == len(layout.pack(Answers())) == layout.answer_bytes
    assert plain.columns == tuple((item, "") for item in bare.items)
    # m1 five bytes, m2 two, m3 five for each of two units, m4 one.
    assert layout.answer_bytes - plain.answer_bytes == 5 + 2 + 10 + 1
    assert plain.pages == ("co-quan", "phan-1", "gop-y")
    assert layout.pages == ("co-quan", "phan-1", "hoi-don-vi", "hoi-them", "gop-y")
