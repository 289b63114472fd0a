"""Server CPU of the pages of results of a whole province: 127 units × 40 leaves."""

import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from fractions import Fraction
from multiprocessing import get_context

import httpx

from app import settings
from app.commands import serving
from app.count import scoresheets, unsealing
from app.folders import questionnaires
from app.index import file as indexfile
from app.index.definition import Index
from app.index.parts import Criterion, Group, Question
from app.keys.keyfile import KeyFile
from app.settings import Settings
from app.store.db import Database
from app.waves import closing
from app.waves import wave as waves
from app.web import pages as drawn
from tests.load.console import cost
from tests.load.premises import Premises
from tests.load.table import Row
from tests.making.blocks import cast_all, make_people, make_wave
from tests.making.consoles import InProcess, cookie_of

LEAVES, BALLOTS = 40, 12
TEMPLATES = [
    f"console/{name}.html"
    for name in (
        *("results", "heat", "result-groups", "result-years", "result-sure", "result-unit"),
        *("result-questions", "result-question", "result-filter", "rules", "shades", "parts"),
    )
]
BEFORE, NOW = "hai-phong-2024", "hai-phong-2025"


def large_index(year: int) -> Index:
    """The units and blocks of Hải Phòng, with 40 criteria that all count for everybody."""
    index = indexfile.parse(questionnaires()[NOW].read_bytes())
    codes = [index.components[n % len(index.components)].code for n in range(LEAVES)]
    leaves = [
        Criterion(f"{top}.{n}", top, f"Tiêu chí điều tra thứ {n}", Fraction(1), "survey")
        for n, top in enumerate(sorted(codes), start=1)
    ]
    asked = [
        Question(f"q{n}", f"{leaf.name} ở {{unit}}?", ("moi",), leaf.code, "tot", Fraction(1))
        for n, leaf in enumerate(leaves, start=1)
    ]
    return replace(
        index,
        year=year,
        blocks=tuple(replace(block, not_applicable=()) for block in index.blocks),
        criteria=tuple(leaves),
        max_points=Fraction(LEAVES),
        survey_points=Fraction(LEAVES),
        groups=(Group("moi", "Mọi người"),),
        questions=tuple(asked),
    )


def fill(db: Database, keys: KeyFile, configured: Settings) -> None:
    """Two years with results."""
    for code in (BEFORE, NOW):
        index = large_index(int(code[-4:]))
        people = make_people(index, BALLOTS)
        wave = make_wave(db, keys, index, people, code=code, base_url=configured.base_url)
        cast_all(db, keys, wave, seed=index.year)
        with db.transaction() as session:
            closing.close(db, session, waves.load(session, code))
        unsealing.unseal(db, keys, code)
        with db.transaction() as session:
            scoresheets.score(db, session, code)


def pages() -> dict[str, str]:
    at = f"/quan-tri/dot/{NOW}/ket-qua"
    return {
        "results": at,
        "results sorted": f"{at}?xep=ten",
        "one block": f"{at}?khoi=phuong",
        "results by group": f"{at}/theo-nhom",
        "beside last year": f"{at}/so-voi-nam-truoc",
        "how sure": f"{at}/do-chac",
        "one unit": f"{at}/co-quan/snv",
        "questions": f"{at}/cau-hoi",
        "one question": f"{at}/cau-hoi/q1",
    }


def first_looks(premises: Premises, cookie: tuple[str, str]) -> dict[str, float]:
    """Milliseconds of CPU of each page when a process shows it first, each in a process of its own
    that has started as the server does, looked at a page without results, and has its templates
    compiled."""
    found = {}
    for words, path in pages().items():
        with ProcessPoolExecutor(1, get_context("spawn")) as process:
            found[words] = process.submit(first_look, premises, cookie, path).result()
    return found


def first_look(premises: Premises, cookie: tuple[str, str], path: str) -> float:
    from app.main import create_app

    with premises.opened() as (db, keys):
        configured = settings.read(premises.environment)
        client = httpx.Client(
            transport=InProcess(create_app(configured, db, keys)),
            base_url=configured.base_url,
            cookies=dict([cookie]),
        )
        client.get("/quan-tri/ket-noi").raise_for_status()
        for name in TEMPLATES:
            drawn._template(name)
        serving.set_aside()
        begun = time.process_time()
        client.get(path).raise_for_status()
        return 1000 * (time.process_time() - begun)


def rows(premises: Premises) -> Iterator[Row]:
    """The page of results, with those beside it in its note."""
    from app.main import create_app

    with premises.opened() as (db, keys):
        configured = settings.read(premises.environment)
        fill(db, keys, configured)
        name, value = cookie_of(db, keys, configured, "officer", "council", "admin")
        client = httpx.Client(
            transport=InProcess(create_app(configured, db, keys)),
            base_url=configured.base_url,
            cookies={name: value},
        )
        costs = {words: cost(client, path) for words, path in pages().items()}
        first = first_looks(premises, (name, value))
    what = "results page of 127 units × 40 leaves"
    yield Row(what, costs["results"], "ms", 650, 325, note=_others(costs))
    what += ", the first time in a process"
    yield Row(what, first["results"], "ms", 650, None, note=_others(first))


def _others(costs: dict[str, float]) -> str:
    return ", ".join(f"{words} {costs[words]:.0f}" for words in costs if words != "results")
