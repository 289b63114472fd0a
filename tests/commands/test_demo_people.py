"""The people of the demo: a roster that passes, and answers that a count takes."""

import csv
import io
import subprocess
import sys
from collections import Counter
from fractions import Fraction
from functools import cache
from hashlib import sha256
from pathlib import Path

from app.commands.demo import earlier, people, scenes
from app.folders import questionnaires
from app.index import file as indexfile
from app.index.definition import Index
from app.index.external import read_external
from app.keys.urn import DraftState, Layout
from app.papers import tables
from app.roster import file as rosterfile
from app.roster.columns import WANTED
from app.roster.file import Roster
from tests.making.blocks import make_index

ROOT = Path(__file__).parents[2]


@cache
def lai_chau() -> Index:
    return indexfile.parse((ROOT / "questionnaires" / "lai-chau-2022.toml").read_bytes())


@cache
def everybody() -> Roster:
    """The roster as the demo imports it: written as a file, read as a file."""
    text = io.StringIO()
    csv.writer(text).writerows(people.roster(lai_chau()))
    sheet = tables.table(text.getvalue().encode(), "danh-sach.csv", WANTED)
    return rosterfile.read(lai_chau(), sheet)


@cache
def replies() -> list[tuple[tuple[str, ...], str, DraftState]]:
    """Of all who cast: the units they rate, their group, and their reply."""
    index, found = lai_chau(), []
    for person in everybody().people:
        if people.casts(person.email):
            units = index.rated_units(person.group, person.agency, person.assigned)
            reply = people.reply(index, person.group, units, person.email)
            found.append((units, person.group, reply))
    return found


def test_the_roster_of_1611_people_passes_without_a_warning() -> None:
    assert len(everybody().people) == 1611
    assert everybody().warnings == ()


def test_everybody_is_somebody_else() -> None:
    assert len({person.name for person in everybody().people}) == 1611
    assert len({person.email for person in everybody().people}) == 1611


def test_every_group_of_the_index_has_people() -> None:
    assert Counter(person.group for person in everybody().people) == scenes.LAI_CHAU
    assert set(scenes.LAI_CHAU) == set(lai_chau().group_of)


def test_no_address_can_reach_anybody() -> None:
    # RFC 2606: no name under .example will ever exist.
    assert all(person.email.endswith(".example") for person in everybody().people)


def test_the_same_people_come_at_every_run() -> None:
    program = (
        "import hashlib, pathlib; from app.commands.demo import people;"
        "from app.index import file as indexfile;"
        "file = pathlib.Path('questionnaires/lai-chau-2022.toml');"
        "rows = people.roster(indexfile.parse(file.read_bytes()));"
        "print(hashlib.sha256(repr(rows).encode()).hexdigest())"
    )
    digest = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={"PYTHONHASHSEED": "1"},
        capture_output=True,
        check=True,
        text=True,
    ).stdout.strip()
    assert digest == sha256(repr(people.roster(lai_chau())).encode()).hexdigest()


def test_units_are_assigned_to_the_group_that_rates_assigned_ones() -> None:
    for person in everybody().people:
        expected = range(6, 9) if person.group == "phong" else range(1)
        assert len(person.assigned) in expected


def test_leaders_of_units_do_not_rate_their_own() -> None:
    leaders = [person for person in everybody().people if person.group == "so"]
    assert {person.agency for person in leaders} == set(lai_chau().unit_of)
    for person in leaders:
        assert person.agency not in lai_chau().rated_units("so", person.agency)


def test_some_six_in_ten_cast() -> None:
    assert 0.55 < len(replies()) / 1611 < 0.65


def test_a_reply_chooses_three_to_eight_of_the_units_and_answers_only_what_is_asked() -> None:
    index = lai_chau()
    for units, group, reply in replies():
        assert reply.units is not None
        assert 3 <= len(reply.units) <= 8
        assert reply.units <= set(units)
        assert reply.answers.levels.keys() <= set(index.asked(group, reply.units))
        for (question, _unit), level in reply.answers.levels.items():
            scale = index.scale_of[index.question_of[question].scale or ""]
            assert level in {"-", *(each.code for each in scale.levels)}


def test_replies_hold_blanks_no_opinions_and_comments_but_not_many() -> None:
    index = lai_chau()
    asked = sum(len(index.asked(group, reply.units or ())) for _units, group, reply in replies())
    levels = Counter(level for *_who, reply in replies() for level in reply.answers.levels.values())
    comments = sum(len(reply.answers.comments) for *_who, reply in replies())
    assert 0.01 < 1 - levels.total() / asked < 0.04
    assert 0.03 < levels["-"] / asked < 0.09
    assert 20 < comments < 120
    assert levels["A"] > levels["B"] > levels["C"] > levels["D"] > 0


def test_units_come_out_between_70_and_95_percent_and_apart() -> None:
    index = lai_chau()
    got: dict[str, list[Fraction]] = {unit.code: [] for unit in index.units}
    for *_who, reply in replies():
        for (question, unit), level in reply.answers.levels.items():
            scale = index.scale_of[index.question_of[question].scale or ""]
            got[unit] += [each.weight for each in scale.levels if each.code == level]
    percents = {unit: 100 * sum(weights) / len(weights) for unit, weights in got.items()}
    assert all(70 < percent < 95 for percent in percents.values()), percents
    assert max(percents.values()) - min(percents.values()) > 10


def test_where_units_are_not_chosen_a_reply_is_about_all() -> None:
    index = make_index("pooled")
    group = index.groups[0].code
    reply = people.reply(index, group, list(index.unit_of), "ai@vi-du.example")
    assert reply.units is None
    assert reply.answers.levels.keys() <= set(index.asked(group, index.unit_of))


def test_external_percents_pass_for_every_unit_they_apply_to() -> None:
    percents = read_external(lai_chau(), people.external(lai_chau())).percents
    so = {(unit.code, "8.2") for unit in lai_chau().units if unit.block == "so"}
    assert percents.keys() == so
    assert all(70 < percent < 97 for percent in percents.values())


def test_replies_tick_no_more_than_may_be() -> None:
    index = make_index("choices")
    several = set()
    for place in range(60):
        for group in index.group_of:
            said = people.reply(index, group, list(index.unit_of), f"{place}@vi-du.example")
            asked = {*index.asked(group, index.unit_of), *index.asked_choices(group, index.unit_of)}
            assert set(said.answers.levels) <= asked
            assert not index.overticked(said.answers.levels)
            several |= {len(ticks) for ticks in said.answers.levels.values()}
            layout = Layout(index)
            assert layout.unpack(layout.pack(said.answers)) == said.answers
    assert several == {1, 2, 3}


def test_every_index_of_the_program_has_people_who_pass_without_a_warning() -> None:
    for code, file in questionnaires().items():
        index = indexfile.parse(file.read_bytes())
        text, scene = io.StringIO(), scenes.of(index)
        assert scene.sizes.keys() == index.group_of.keys()
        csv.writer(text).writerows(people.roster(index, dict.fromkeys(scene.sizes, 20)))
        sheet = tables.table(text.getvalue().encode(), "danh-sach.csv", WANTED)
        found = rosterfile.read(index, sheet)
        assert (found.warnings, len(found.people)) == ((), 20 * len(index.groups)), code
        low, high = scene.each
        for person in found.people:
            rates = index.group_of[person.group].rates
            assert (low <= len(person.assigned) <= high) is (rates == "assigned"), code
        if code == "hai-phong-2025":
            assert scene.each == (8, 12)


def test_people_are_called_as_where_they_live() -> None:
    for code, domain in (("skm-2017", "kabupaten"), ("arta-csm", "municipality")):
        index = indexfile.parse(questionnaires()[code].read_bytes())
        rows = people.roster(index)[1:]
        assert all(
            name.isascii() and email.endswith(f"@{domain}.vi-du.example")
            for name, _p, email, *_ in rows
        )


def test_the_year_before_is_smaller_and_of_another_code() -> None:
    for code, before in (("hai-phong-2025", "hai-phong-2024"), ("sipas", "sipas-2023")):
        index = earlier.index_before(questionnaires()[code].read_bytes())
        assert index.code == before
        scene = scenes.of(index)
        last = scene.last_year(index)
        assert all(last[group] < size for group, size in scene.sizes.items())
