"""Waves for the benchmark: launched and ready to be answered, or closed with a full urn."""

import os
import random
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from itertools import islice

from sqlalchemy import insert, select, update
from sqlmodel import col

from app.commands.demo import people
from app.index import file as indexfile
from app.index.definition import Index
from app.keys.keyfile import KeyFile
from app.keys.seals import Urn
from app.keys.tokens import NUMBER_BYTES, BallotName
from app.keys.urn import Answers, Layout
from app.mending import adoption
from app.roster import file as rosterfile
from app.roster.file import Person
from app.store.db import Database
from app.store.models import Ballot, Letter, Respondent, UrnRow, Wave
from app.waves import closing, situation
from app.waves import wave as waves
from tests.load.premises import Premises
from tests.load.shapes import Shape
from tests.making.blocks import make_people, make_wave, names

CHUNK = 2000


def open_wave(premises: Premises, shape: Shape, ballots: int) -> tuple[list[str], list[str]]:
    """A launched wave whose letters are out; gives the links of its ballots, and their receipts."""
    index = indexfile.parse(shape.index_file.encode())
    with premises.opened() as (db, keys):
        everybody = outsiders(index, ballots)
        wave = make_wave(db, keys, index, everybody, code=shape.code, base_url=premises.base_url)
        with db.transaction() as session:
            everyone = names(session, wave)
            session.connection().execute(
                update(Letter).where(col(Letter.wave_id) == wave.id).values(state="sent")
            )
        links = [f"/p/{keys.tokens.link(name)}" for name in everyone]
        return links, [keys.receipt(wave.code, name) for name in everyone]


def outsiders(index: Index, number: int) -> list[Person]:
    """People of the first group and of no unit, so that every ballot asks about all units."""
    return [
        replace(person, group=index.groups[0].code, agency=None)
        for person in make_people(index, number)
    ]


def cast_by(db: Database, code: str) -> int:
    """How many ballots of a wave are cast."""
    with db.reading() as session:
        return situation.status(session, waves.load(session, code), db.now(session)).cast


def roster_people(index: Index) -> Sequence[Person]:
    """1,611 people whose units are assigned by chance, as those of the demo."""
    return rosterfile.read(index, people.roster(index)).people


def full_urn(
    db: Database, keys: KeyFile, index: Index, everybody: Sequence[Person], ballots: int, code: str
) -> Wave:
    """A closed wave of so many cast ballots, sealed as the booth does but written in bulk.

    Where there are fewer people than ballots, more like them are added. Levels are A to D.
    """
    wave = make_wave(db, keys, index, everybody[:ballots], code=code)
    with db.reading() as session:
        statement = select(Respondent).where(col(Respondent.wave_id) == wave.id)
        rows = session.connection().execute(statement.order_by(col(Respondent.id))).mappings().all()
    for start in range(len(rows), ballots, CHUNK):
        _copy_people(db, wave, rows, range(start, min(start + CHUNK, ballots)))
    if ballots > len(rows):
        # They are bound as those of an earlier version are.
        with keys.changing() as content:
            content["adopt"] = "upgrade"
        adoption.adopt(db, keys)
    with db.reading() as session:
        layout = Layout(index)
        masks = {row["id"]: _mask(index, layout, row) for row in rows}
        everyone = [
            (name.packed(), masks[rows[place % len(rows)]["id"]])
            for place, name in enumerate(names(session, wave))
        ]
    seal_all(db, keys, wave, layout, everyone)
    with db.transaction() as session:
        stored = waves.load(session, code)
        closing.close(db, session, stored)
    return stored


def _copy_people(
    db: Database, wave: Wave, rows: Sequence[dict[str, object]], places: Iterable[int]
) -> None:
    """More people like those of `rows`, in turn, each with a ballot."""
    with db.transaction() as session:
        connection = session.connection()
        copies = [
            {name: value for name, value in rows[place % len(rows)].items() if name != "id"}
            | {"email_key": f"{place}@vi-du.vn"}
            for place in places
        ]
        ids = connection.scalars(
            insert(Respondent).returning(col(Respondent.id), sort_by_parameter_order=True), copies
        )
        ballots = [
            {
                "number": os.urandom(NUMBER_BYTES),
                "wave_id": wave.id,
                "respondent_id": respondent,
                "issue": 1,
                "code_mac": os.urandom(32),
                "cast": False,
                "no_reminders": False,
            }
            for respondent in ids
        ]
        connection.execute(insert(Ballot), ballots)


def _mask(index: Index, layout: Layout, row: dict[str, object]) -> bytes:
    """One byte per item: 255 where this respondent is asked."""
    assigned = str(row["assigned"]).split()
    agency = row["agency"]
    group = str(row["group"])
    asked = set(
        index.asked(group, index.rated_units(group, str(agency) if agency else None, assigned))
    )
    return bytes(255 * (item in asked) for item, _level in layout.columns)


def seal_all(
    db: Database,
    keys: KeyFile,
    wave: Wave,
    layout: Layout,
    everyone: list[tuple[bytes, bytes]],
) -> None:
    """Cast by everybody of a wave: ballots by their packed names, each with the mask of what it is
    asked."""
    urn, cover = keys.wave(wave.code).urn(wave.code), keys.cover(wave.code)
    chunks = list(_chunks(everyone))
    work = [
        (urn, layout, [(_receipt(keys, wave, n), mask) for n, mask in chunk]) for chunk in chunks
    ]
    with ProcessPoolExecutor(2) as pool, db.transaction() as session:
        connection = session.connection()
        connection.execute(update(Ballot).where(col(Ballot.wave_id) == wave.id).values(cast=True))
        for sealed in pool.map(_seal, work):
            places = sorted(os.urandom(16) for _ballot in sealed)
            connection.execute(
                insert(UrnRow),
                [
                    {"key": key, "wave_id": wave.id, "sealed": cover.over(row)}
                    for key, row in zip(places, sealed, strict=True)
                ],
            )


def _receipt(keys: KeyFile, wave: Wave, packed: bytes) -> str:
    name = BallotName(packed[:NUMBER_BYTES], int.from_bytes(packed[NUMBER_BYTES:], "big"))
    return keys.receipt(wave.code, name)


def _chunks(rows: list[tuple[bytes, bytes]]) -> Iterator[list[tuple[bytes, bytes]]]:
    rest = iter(rows)
    while chunk := list(islice(rest, CHUNK)):
        yield chunk


def _seal(work: tuple[Urn, Layout, list[tuple[str, bytes]]]) -> list[bytes]:
    """Ballots with random levels; one in ten has a comment."""
    urn, layout, ballots = work
    dice = random.Random(ballots[0][0])
    said = bytes(ord("ABCD-\0"[byte * 6 // 256]) for byte in range(256))
    comments = [
        layout.pack(Answers({}, dict.fromkeys(layout.comments, text)))[len(layout.columns) :]
        for text in ("", "Góp ý")
    ]
    sealed = []
    for receipt, mask in ballots:
        levels = dice.randbytes(len(mask)).translate(said)
        kept = int.from_bytes(levels, "big") & int.from_bytes(mask, "big")
        answers = kept.to_bytes(len(mask), "big") + comments[dice.random() < 0.1]
        sealed.append(urn.seal(receipt, answers))
    return sealed
