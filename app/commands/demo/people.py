"""The people of the demo: a made-up roster, and what they would answer.

Pure, and the same at every run: whoever is drawn is drawn from dice named after the thing itself.
Nobody here exists; the addresses end in a name that RFC 2606 keeps for nobody (`.example`).
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cache

from app.commands.demo import scenes
from app.commands.demo.scenes import Scene
from app.index.appraised import leaves_of
from app.index.definition import Index
from app.index.external import CRITERION, PERCENT, UNIT
from app.index.parts import Question, Scale
from app.keys.urn import Answers, DraftState
from app.roster.file import AGENCY, ASSIGNED, EMAIL, GROUP, NAME, POSITION
from app.text.cleaning import folded

CAST_SHARE = 0.6


def _dice(*names: str) -> random.Random:
    return random.Random(" ".join(names))  # noqa: S311 - made-up people, the same at every run


def roster(index: Index, sizes: Mapping[str, int] | None = None) -> list[list[str]]:
    """A roster file of `sizes[group]` people per group (None: those of its scene), as rows with
    their heading."""
    dice, scene = _dice("roster"), scenes.of(index)
    identities = _identities(dice, scene)
    rows = [[NAME, POSITION, EMAIL, GROUP, AGENCY, ASSIGNED]]
    for group, size in (scene.sizes if sizes is None else sizes).items():
        for place in range(size):
            position, agency = scene.post(index, dice, group, place)
            assigned = ""
            if index.group_of[group].rates == "assigned":
                others = [unit.code for unit in index.units if unit.name != agency]
                assigned = "; ".join(dice.sample(others, dice.randint(*scene.each)))
            name, email = next(identities)
            rows.append([name, position, email, group, agency, assigned])
    return rows


def _identities(dice: random.Random, scene: Scene) -> Iterator[tuple[str, str]]:
    """Names and addresses without end, each once."""
    names: set[str] = set()
    addresses: dict[str, int] = {}
    tongue = scene.tongue
    while True:
        sex = dice.choice(["nam", "nữ"])
        parts = (tongue.families, tongue.middles[sex], tongue.givens[sex])
        words = [dice.choice(part.split()) for part in parts]
        name = " ".join(reversed(words) if tongue.foreign else words)
        if name in names or words[1] == words[2]:
            continue
        names.add(name)
        local = folded(name).replace(" ", ".")
        addresses[local] = addresses.get(local, 0) + 1
        namesake = str(addresses[local]) if addresses[local] > 1 else ""
        yield name, f"{local}{namesake}@{scene.domain}"


def external(index: Index) -> list[list[str]]:
    """A file of external percents (SIPAS), as rows with their heading."""
    rows = [[UNIT, CRITERION, PERCENT]]
    for unit in index.units:
        for leaf in index.scored_leaves(unit):
            if leaf.method == "external":
                percent = 100 * quality(unit.code) + _dice(
                    "elsewhere", leaf.code, unit.code
                ).uniform(-3, 3)
                rows.append([unit.code, leaf.code, f"{min(percent, 96):.2f}".replace(".", ",")])
    return rows


def appraised(index: Index) -> dict[tuple[str, str], Fraction]:
    """(unit, leaf) → what a council might give, to a twentieth of the maximum."""
    found = {}
    for unit in index.units:
        dice = _dice("appraised", unit.code)
        for leaf in leaves_of(index, unit):
            share = min(1, max(0.4, dice.gauss(quality(unit.code), 0.09)))
            found[unit.code, leaf.code] = (leaf.max_points or 0) * Fraction(round(20 * share), 20)
    return found


def heads(index: Index) -> dict[str, str]:
    """Unit → who is at its head."""
    names = _identities(_dice("heads"), scenes.of(index))
    return {unit.code: next(names)[0] for unit in index.units}


@cache
def quality(unit: str) -> float:
    """How well a unit does on the whole, from 0.74 to 0.92."""
    return _dice("quality", unit).uniform(0.74, 0.92)


@cache
def _quality_in(question: str, unit: str) -> float:
    hardness = _dice("question", question).uniform(-0.06, 0.06)
    return quality(unit) + hardness + _dice("in question", question, unit).uniform(-0.05, 0.05)


def casts(email: str) -> bool:
    """Whether this person has cast before the visitor comes."""
    return _dice("casts", email).random() < CAST_SHARE


def reply(index: Index, group: str, units: Sequence[str], email: str) -> DraftState:
    """What a respondent answers about some of `units`, those of the ballot in index order."""
    dice = _dice("reply", email)
    chosen = None
    if index.rules.choose_units:
        chosen = frozenset(dice.sample(list(units), min(len(units), dice.randint(3, 8))))
    mood = dice.gauss(0, 0.05)
    levels = {}
    for question, unit in index.asked(group, units if chosen is None else chosen):
        blank = dice.random() < 0.02
        level = _level(index, question, unit, mood, dice)
        if not blank:
            levels[question, unit] = level
    for question, unit in index.asked_choices(group, units if chosen is None else chosen):
        if dice.random() >= 0.02:
            levels[question, unit] = _ticked(index.question_of[question], index, dice)
    comments = {
        question.code: dice.choice(scenes.of(index).tongue.comments)
        for question in index.comments
        if group in question.groups and dice.random() < 0.06
    }
    return DraftState(Answers(levels, comments), chosen)


def _level(index: Index, question: str, unit: str, mood: float, dice: random.Random) -> str:
    """A level of the question's scale, drawn so that the mean comes near the unit's quality."""
    scale = index.scale_of[index.question_of[question].scale or ""]
    if dice.random() < 0.06:
        return "-"
    others, shares, rest = _below_best(scale)
    best = float(scale.levels[0].worth)
    top = (_quality_in(question, unit) + mood - rest) / (best - rest)
    if dice.random() < min(max(top, 0.03), 0.97):
        return scale.levels[0].code
    return dice.choices(others, shares)[0]


def _ticked(question: Question, index: Index, dice: random.Random) -> str:
    """Some levels of a choice question, the earlier ones more often; or "-"."""
    if dice.random() < 0.05:
        return "-"
    levels = [level.code for level in index.scale_of[question.scale or ""].levels]
    liking = {level: dice.random() / (place + 2) for place, level in enumerate(levels)}
    ticked = sorted(levels, key=liking.__getitem__)[-dice.randint(1, question.most or 1) :]
    return "".join(level for level in levels if level in ticked)


@cache
def _below_best(scale: Scale) -> tuple[list[str], list[float], float]:
    """The levels but the first, their shares, and their mean weight by these.

    Whoever does not choose the best level mostly takes the next one.
    """
    others = scale.levels[1:]
    shares = [4.0**-place for place in range(len(others))]
    mean = sum(share * float(level.worth) for share, level in zip(shares, others, strict=True))
    return [level.code for level in others], shares, mean / sum(shares)
