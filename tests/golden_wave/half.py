"""The wave half way: kept as a dump and a key file, opened again, and brought to its end.

Half way it is open: some have cast, some have begun, letters wait, two officers have accounts. From
there on the wave itself goes on through the console, and a copy of it by the verbs, here and in a
test: all must come to the same sheet. What tests/golden has of it is of version 0010 of the tables,
and never made anew: it stands for databases that people have.
"""

import hashlib
import json
import random
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing as closing_of
from dataclasses import astuple, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from app.ballots import ballot as ballots
from app.ballots import casting, copies, drafts
from app.count import externals, openingfacts, scoresheets, unsealing
from app.index import file as indexfile
from app.index.definition import Index
from app.index.external import read_external
from app.keys import guard
from app.keys.keyfile import KeyFile
from app.keys.tokens import BallotName
from app.language import HANOI
from app.mending import adoption
from app.papers import export
from app.scores import minutes
from app.settings import Settings
from app.staff import accounts
from app.store.db import Database, open_database
from app.waves import closing, deeds, proposals
from app.waves import wave as waves
from app.waves.proposals import Second
from app.worker import sending
from tests.conftest import Clock
from tests.making.blocks import cast_ballot, make_answers, names
from tests.making.smtp import Kept, SmtpServer

GOLDEN = Path(__file__).parent.parent / "golden" / "wave-0010"
CODE = "cchc-2022"
HALF = datetime(2026, 3, 5, 9, 0, tzinfo=HANOI)
CLOSED = datetime(2026, 3, 10, 9, 0, tzinfo=HANOI)
ASKED = datetime(2026, 3, 10, 10, 0, tzinfo=HANOI)
# Who asks for the urn, and who agrees.
FIRST, SECOND = "ha.tran@vi-du.vn", "son.lo@vi-du.vn"
# By their places on the roster: who casts in the first half, who has begun by then, and who casts
# what was begun.
EARLY, BEGUN, RESUMED = range(11), (11, 12, 13), 11
NEVER = (13, 27, 29, 30)
EXTERNAL = [["Đơn vị", "Tiêu chí", "Tỷ lệ"], ["snv", "8.2", "83,64"], ["stc", "8.2", "79,5"]]


def names_of(db: Database) -> list[BallotName]:
    with db.reading() as session:
        return names(session, waves.load(session, CODE))


def index_of(db: Database) -> Index:
    with db.reading() as session:
        return waves.index_of(waves.load(session, CODE))[0]


def cast_at(db: Database, keys: KeyFile, places: Iterable[int]) -> None:
    """Whoever stands at these places of the roster casts, if he still may."""
    everyone = names_of(db)
    for place in places:
        name = everyone[place]
        with db.reading() as session:
            ballot = ballots.find(session, name)
        cast_ballot(db, keys, name, make_answers(ballot, random.Random(place)))


@dataclass
class Half:
    """The wave as it was kept, in today's program."""

    db: Database
    keys: KeyFile
    clock: Clock


def opened(home: Path, written: str, known: Mapping[str, Any]) -> Half:
    """Database and key file as a program that starts has them."""
    database, key_file = home / "phieu.sqlite3", home / "keys" / "phieu.key"
    with closing_of(sqlite3.connect(database)) as connection:
        connection.executescript(written)
    key_file.parent.mkdir()
    key_file.write_text(json.dumps(known["key_file"]))
    key_file.with_name(f"{key_file.name}.head").write_text(known["head"])
    clock = Clock(HALF)
    db = open_database(f"sqlite:///{database}", clock)
    keys = guard.guard(db, KeyFile(key_file))
    adoption.adopt(db, keys)
    return Half(db, keys, clock)


def finish(half: Half, configured: Settings, post: SmtpServer) -> dict[str, bytes]:
    """The other half by the verbs: what the contract fixes of it, by name of file."""
    db, keys, clock = half.db, half.keys, half.clock
    copies.give(db, configured.host)
    sending.send_due(db, keys, configured)
    sent = letters(post.kept)
    post.kept.clear()
    cast_the_rest(db, keys)
    clock.now = CLOSED
    with db.transaction() as session:
        closing.close(db, session, waves.load(session, CODE))
    clock.now = ASKED
    with db.transaction() as session:
        wave, who = waves.load(session, CODE), accounts.find(session, FIRST)
        proposals.propose(session, wave, deeds.unseal(wave), who.id, db.now(session))
    unseal(db, keys)
    percents = read_external(index_of(db), EXTERNAL).percents
    with db.transaction() as session:
        scoresheets.score(db, session, CODE)
    with db.transaction() as session:
        externals.put_in(session, waves.load(session, CODE), percents)
        scoresheets.score(db, session, CODE)
    return exports(db) | {"letters.txt": sent}


def cast_the_rest(db: Database, keys: KeyFile) -> None:
    everyone = names_of(db)
    with db.transaction() as session:
        # Nothing but what was saved in the first half.
        casting.cast(db, session, keys, everyone[RESUMED], lambda _ballot, _draft: True)
    out = {*EARLY, RESUMED, *NEVER}
    cast_at(db, keys, (place for place in range(len(everyone)) if place not in out))


def unseal(db: Database, keys: KeyFile) -> None:
    """The second one agrees."""
    with db.reading() as session:
        wave, agrees = waves.load(session, CODE), accounts.find(session, SECOND)
        (asked,) = proposals.waiting(session, wave, db.now(session), "unseal")
    unsealing.unseal(db, keys, CODE, who=agrees.who, second=Second(asked.id, agrees.id))


def exports(db: Database) -> dict[str, bytes]:
    """What the contract fixes of the wave's end, by name of file."""
    with db.reading() as session:
        wave = waves.load(session, CODE)
        found = scoresheets.latest_sheet(session, CODE)
        opening = openingfacts.of(session, wave)
        index, _layout = waves.index_of(wave)
    assert opening is not None
    # Two that seal the same answers fill no two equal urns, and the log tells of the urn.
    opening = replace(opening, urn="…", log=opening.log.partition(":")[0])
    head = {"digest": indexfile.digest(index), "canonical": indexfile.canonical(index)}
    return {
        "scores.json": export.to_json(found),
        "scores.csv": export.to_csv(found),
        "minutes.txt": "\n".join([*words(astuple(minutes.paper(opening))), ""]).encode(),
        "index.json": json.dumps(head, ensure_ascii=False, indent=1).encode() + b"\n",
    }


def words(part: object) -> Iterator[str]:
    """The texts of a paper in their order, without its look."""
    if isinstance(part, str):
        yield part
    elif isinstance(part, tuple):
        for each in part:
            yield from words(each)


def digests(found: Mapping[str, bytes]) -> str:
    """One line for each of the files, as `sha256sum` has it."""
    lines = (f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in found.items())
    return "".join(lines)


def letters(kept: Iterable[Kept]) -> bytes:
    """The text of one letter of each kind, in the order of their readers."""
    first: dict[str, str] = {}
    for each in sorted(kept, key=lambda each: (each.recipient, each.content)):
        subject = str(each.message["Subject"])
        first.setdefault(subject, f"{each.recipient}: {subject}\n\n{each.text}")
    return "\n".join(first.values()).encode()


def dump(db: Database) -> str:
    """Its tables as SQL, from a copy: another library that opens the file loses its locks."""
    with tempfile.TemporaryDirectory() as folder, closing_of(db.engine.raw_connection()) as own:
        copy = f"{folder}/copy.sqlite3"
        own.cursor().execute("VACUUM INTO ?", (copy,))
        with closing_of(sqlite3.connect(copy)) as connection:
            return "\n".join([*connection.iterdump(), ""])


def facts(db: Database, keys: KeyFile, secrets: dict[str, str]) -> str:
    """What a test needs beside the dump: the key file, the log's head, and what people know."""
    known: dict[str, Any] = {"key_file": json.loads(keys.path.read_text())}
    known["head"] = keys.path.with_name(f"{keys.path.name}.head").read_text()
    known["telephones"] = secrets
    everyone = names_of(db)
    known["links"] = [keys.tokens.link(name) for name in everyone]
    known["codes"] = [keys.tokens.access_code(name) for name in everyone]
    known["receipts"] = [keys.receipt(CODE, everyone[place]) for place in EARLY]
    with db.reading() as session:
        ballot = ballots.find(session, everyone[RESUMED])
        saved = drafts.read(session, keys, ballot)
    known["saved"] = sorted([*item, level] for item, level in saved.answers.levels.items())
    return json.dumps(known, ensure_ascii=False, indent=1) + "\n"
