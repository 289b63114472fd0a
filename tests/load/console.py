"""Server CPU of every page of the console, with 10,000 respondents and 40 units."""

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from statistics import median

import httpx
from sqlmodel import col, update

from app import settings
from app.count import scoresheets, unsealing
from app.index import file as indexfile
from app.index.definition import Index
from app.index.parts import Unit
from app.keys.keyfile import KeyFile
from app.preparation import library
from app.settings import Settings
from app.store.db import Database
from app.store.models import Letter
from app.waves import closing, notes
from app.waves import wave as waves
from tests.load.premises import Premises
from tests.load.table import Row
from tests.making.blocks import LAI_CHAU, cast_all, make_people, make_wave
from tests.making.consoles import InProcess, cookie_of

PEOPLE, UNITS, ROUNDS = 10_000, 40, 7
OPEN, DRAFT, SCORED = "dang-thu", "chuan-bi", "co-ket-qua"


def large_index() -> Index:
    """The index of Lai Châu with units enough for communes."""
    index = indexfile.parse(LAI_CHAU.read_bytes())
    more = [
        Unit(f"dv{number:02d}", f"Ủy ban nhân dân xã số {number}", index.units[0].block)
        for number in range(UNITS - len(index.units))
    ]
    return replace(index, units=(*index.units, *more))


def fill(
    db: Database, keys: KeyFile, configured: Settings, index: Index, number: int = PEOPLE
) -> None:
    """A wave that collects, one with results, one that waits for its launch."""
    people = make_people(index, number)
    base = configured.base_url
    make_wave(db, keys, index, people[:200], code=SCORED, base_url=base)
    with db.reading() as session:
        scored = waves.load(session, SCORED)
    cast_all(db, keys, scored)
    with db.transaction() as session:
        closing.close(db, session, waves.load(session, SCORED))
    unsealing.unseal(db, keys, SCORED)
    with db.transaction() as session:
        scoresheets.score(db, session, SCORED)
        now = db.now(session)
        library.store(session, index, "a.toml", b"", "An", now)
        draft = waves.new(session, DRAFT, index, now, now + timedelta(days=12), now)
        waves.import_roster(session, draft, people)
    make_wave(db, keys, index, people, code=OPEN, base_url=base)
    with db.transaction() as session:
        wave = waves.id_of(waves.load(session, OPEN))
        some = (col(Letter.wave_id) == wave, col(Letter.id) % 30 == 0)
        session.connection().execute(
            update(Letter).where(*some).values(state="failed", error="550")
        )
    notes.take_all(db)


def pages() -> dict[str, str]:
    """Every page by its name; the addresses are taken from the waves above."""
    unit = large_index().units[0].code
    at = "/quan-tri/dot/"
    return {
        "home": "/quan-tri",
        "indexes": "/quan-tri/bo-chi-so",
        "one index": "/quan-tri/bo-chi-so/1",
        "preview": "/quan-tri/bo-chi-so/1/xem-thu/hdnd",
        "a previewed page": "/quan-tri/bo-chi-so/1/phieu/hdnd/xem-lai",
        "new wave": f"{at}moi",
        "roster": f"{at}{DRAFT}/danh-sach",
        "columns by hand": f"{at}{DRAFT}/danh-sach/cot",
        "rows that wait": f"{at}{DRAFT}/danh-sach/cho-sua",
        "names to tidy": f"{at}{DRAFT}/danh-sach/goi-y",
        "agencies nobody rates": f"{at}{DRAFT}/danh-sach/khong-duoc-danh-gia",
        "roster, searched": f"{at}{OPEN}/danh-sach?tim=nguoi+thu+77&xep=-co-quan",
        "roster, by letter and agency": f"{at}{OPEN}/danh-sach?thu=dang-cho&co-quan=UBND+x%C3%A3",
        "failed letters": f"{at}{OPEN}/danh-sach/thu-hong",
        "guide": "/quan-tri/huong-dan",
        "people by agency": f"{at}{DRAFT}/danh-sach/co-quan",
        "removed people": f"{at}{OPEN}/danh-sach/da-bo",
        "one person": f"{at}{OPEN}/danh-sach/15000",
        "check list": f"{at}{DRAFT}/phat-phieu",
        "letters": f"{at}{DRAFT}/thu",
        "progress of sending": f"{at}{OPEN}/phat-phieu",
        "its part for every two seconds": f"{at}{OPEN}/phat-phieu/tien-do",
        "watch": f"{at}{OPEN}/theo-doi",
        "reminding": f"{at}{OPEN}/theo-doi/nhac",
        "extend": f"{at}{OPEN}/gia-han",
        "cancel": f"{at}{OPEN}/huy",
        "unseal": f"{at}{OPEN}/mo-hom-phieu",
        "results": f"{at}{SCORED}/ket-qua",
        "beside last year": f"{at}{SCORED}/ket-qua/so-voi-nam-truoc",
        "results by group": f"{at}{SCORED}/ket-qua/theo-nhom",
        "one unit": f"{at}{SCORED}/ket-qua/co-quan/{unit}",
        "one leaf": f"{at}{SCORED}/ket-qua/co-quan/{unit}/2.4.1",
        "questions": f"{at}{SCORED}/ket-qua/cau-hoi",
        "one question": f"{at}{SCORED}/ket-qua/cau-hoi/q01",
        "comments": f"{at}{SCORED}/ket-qua/gop-y",
        "external results": f"{at}{SCORED}/ket-qua-khac",
        "exports": f"{at}{SCORED}/xuat-bao-cao",
        "minutes": f"{at}{SCORED}/bien-ban",
        "keys of connection": "/quan-tri/ket-noi",
        "changing a wave": f"{at}{DRAFT}/sua",
        "rehearsal": f"{at}{DRAFT}/tap-duot",
        "adding a person": f"{at}{OPEN}/danh-sach/them",
        "closing": f"{at}{OPEN}/ket-thuc",
        "next telephone": "/quan-tri/xac-thuc-hai-lop",
        "log": "/quan-tri/nhat-ky",
        "accounts": "/quan-tri/tai-khoan",
        "one account": "/quan-tri/tai-khoan/1",
    }


def cost(client: httpx.Client, path: str) -> float:
    """Milliseconds of CPU of one page, the median of some; the client's own share is in it."""
    found = []
    for _round in range(ROUNDS):
        begun = time.process_time()
        response = client.get(path)
        found.append(1000 * (time.process_time() - begun))
        assert response.status_code == 200, (path, response.status_code)
    return median(found)


def rows(premises: Premises) -> Iterator[Row]:
    """The dearest page, with all the others in its note."""
    from app.main import create_app

    with premises.opened() as (db, keys):
        configured = settings.read(premises.environment)
        fill(db, keys, configured, large_index())
        name, value = cookie_of(db, keys, configured, "officer", "council", "admin")
        client = httpx.Client(
            transport=InProcess(create_app(configured, db, keys)),
            base_url=configured.base_url,
            cookies={name: value},
        )
        costs = {words: cost(client, path) for words, path in pages().items()}
    dearest = sorted(costs, key=lambda words: -costs[words])
    others = ", ".join(f"{words} {costs[words]:.0f}" for words in dearest[1:])
    yield Row(
        f"dearest page of the console, 10,000 respondents, 40 units: {dearest[0]}",
        costs[dearest[0]],
        "ms",
        650,
        None,
        note=others,
    )
