"""The two programs that verify a sheet, side by side: `phieu verify` and the page for a browser.

Random sheets of every kind with a single change in each, and what each of the two says of them.
"""

import base64
import copy
import hashlib
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import rfc8785
from hypothesis import HealthCheck, Phase, given, seed, settings
from playwright.sync_api import Browser, Page

from app.index import file as indexfile
from app.index.appraised import leaves_of
from app.index.definition import Index
from app.papers import verifier, wholesheet
from app.papers.differences import Differs
from app.papers.export import Document, digest, document, to_json
from app.papers.verify import NotScores
from app.papers.wholeverify import verify_file
from app.scores.cells import Chosen, chosen
from app.scores.scoring import Tally, score
from tests.making.sheets import Case, cases, make_facts

PAGE = Path(verifier.__file__).with_name(verifier.NAME)
VERDICTS = """files => files.map((file) => {
  const said = verify(Uint8Array.from(atob(file), (sign) => sign.charCodeAt(0)));
  return [said.verdict, said.place || said.message || ""];
})"""
AT_ONCE = 50


@dataclass(frozen=True)
class Said:
    """right | differs | refused, and the place that differs, or why the file is refused."""

    verdict: str
    where: str = ""

    @property
    def is_right(self) -> bool:
        return self.verdict == "right"


def of_program(data: bytes) -> Said:
    try:
        verify_file(data)
    except Differs as differs:
        return Said("differs", differs.place)
    except NotScores as refused:
        return Said("refused", str(refused))
    return Said("right")


def of_page(page: Page, files: Sequence[bytes]) -> list[Said]:
    """What the page says of each file."""
    said: list[Said] = []
    for begin in range(0, len(files), AT_ONCE):
        sent = [base64.b64encode(file).decode() for file in files[begin : begin + AT_ONCE]]
        said += [Said(verdict, where) for verdict, where in page.evaluate(VERDICTS, sent)]
    return said


def open_page(browser: Browser) -> Page:
    """The page, opened from disk in a browser that reaches no network."""
    page = browser.new_page(offline=True)
    page.goto(PAGE.as_uri())
    return page


# Random sheets


def sheets(number: int, dice: random.Random) -> list[Document]:
    """Score sheets; every third with questions that only ask, every fourth as a whole index."""
    drawn: list[Case] = []

    @seed(dice.randrange(2**32))
    @settings(
        max_examples=number,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(cases())
    def draw(case: Case) -> None:
        drawn.append(case)

    while len(drawn) < number:
        draw()
    made = []
    for place, case in enumerate(drawn[:number]):
        found = with_choices(case, dice) if place % 3 == 2 else case.document
        made.append(appraised(found, dice) if place % 4 == 3 else found)
    return made


def with_choices(case: Case, dice: random.Random) -> Document:
    """The sheet of a case whose people were asked a few things besides."""
    content = indexfile.canonical(case.index)
    levels = [{"code": code, "label": f"Điều {code}"} for code in "ABCD"]
    content["scales"].append({"code": "mong", "levels": levels})
    groups = [group.code for group in case.index.groups]
    for place in range(dice.randint(1, 3)):
        asked: Document = {
            "code": f"m{place}",
            "text": "Ông/Bà mong điều gì nhất?",
            "kind": "choice",
            "scale": "mong",
            "about": dice.choice(["none", "unit"]),
            "most": dice.randint(1, 4),
            "groups": dice.sample(groups, dice.randint(1, len(groups))),
        }
        content["questions"].append(asked)
    index = indexfile.read(content)
    said = {(code, unit): _chosen(index, code, dice) for code, unit in index.choice_items}
    tally = Tally(case.tally.counts, case.tally.ballots, said)
    facts = make_facts(issued_later=case.document.get("issued_later", 0))
    return document(facts, 1, index, score(index, tally, case.external))


def _chosen(index: Index, code: str, dice: random.Random) -> Chosen | None:
    """Ballots of a few of each group, each with its ticks."""
    question = index.question_of[code]
    counts: dict[str, dict[str, int]] = {}
    answers: dict[str, int] = {}
    for group in question.groups:
        answers[group] = dice.randint(0, 9)
        counts[group] = dict.fromkeys("ABCD-", 0)
        for _ballot in range(answers[group]):
            ticks = dice.sample("ABCD", dice.randint(1, question.most or 1))
            for level in ticks if dice.random() < 0.8 else "-":
                counts[group][level] += 1
    return chosen(index, question, counts, answers)


def appraised(survey: Document, dice: random.Random) -> Document:
    """A sheet of the whole index, of a score sheet and most of the appraised points."""
    index = indexfile.read(survey["index"]["content"])
    points = {
        (unit.code, leaf.code): Fraction(
            int((leaf.max_points or Fraction(0)) * dice.randint(0, 100)), 100
        )
        for unit in index.units
        for leaf in leaves_of(index, unit)
        if dice.random() < 0.9
    }
    return wholesheet.document(dice.randint(1, 5), survey, points)


# Changed files


def changed(found: Document, dice: random.Random) -> bytes:
    """The file with a single change, and with digests that fit it unless the change is to one."""
    other = copy.deepcopy(found)
    path = dice.choice([path for path in _places(other) if path])
    above: Any = other
    for key in path[:-1]:
        above = above[key]
    dice.choice(_changes(above, path[-1], dice))()
    if path[-1] != "digest" and dice.random() < 0.9:
        _sign(other, redo_index=dice.random() < 0.7)
    return to_json(other)


def _places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    yield path
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _places(inner, (*path, key))


def _changes(above: Any, key: Any, dice: random.Random) -> list[Any]:
    """What can be done to an entry: another value, none, one more, another place."""
    value = above[key]
    changes = [lambda: above.__setitem__(key, _other(value, dice))]
    if not isinstance(value, dict | list):
        return changes * 3 + [lambda: above.pop(key)]
    changes.append(lambda: above.pop(key))
    if isinstance(value, list):
        changes.append(value.reverse)
        changes.append(lambda: value.append(copy.deepcopy(value[0]) if value else "x"))
    else:
        changes.append(lambda: value.__setitem__("la", 1))
    return changes


def _other(value: Any, dice: random.Random) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return max(0, value + dice.choice([-5, -1, 1, 1, 5]))
    if isinstance(value, str):
        cut = dice.randrange(len(value) + 1)
        return value[:cut] + dice.choice("0123456789a/.+ ") + value[cut + dice.randint(0, 1) :]
    return dice.choice([None, "0", 0, [], {}]) if value is None or value else 0


def _sign(found: Document, redo_index: bool) -> None:
    """Digests that fit, of the sheet within a whole one, too; what nothing fits stays as it is."""
    survey = found.get("survey")
    if isinstance(survey, dict) and isinstance(survey.get("content"), dict):
        _sign(survey["content"], redo_index)
        survey["digest"] = survey["content"].get("digest")
    index = found.get("index")
    if redo_index and isinstance(index, dict) and isinstance(index.get("content"), dict):
        told = hashlib.sha256(rfc8785.dumps(index["content"])).hexdigest()
        index["digest"] = f"sha256:{told}"
    found["digest"] = digest(found)
