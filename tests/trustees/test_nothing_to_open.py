"""Whoever has database, key file and k − 1 of the keys opens no ballot: with all that they have,
and all that can be made of it."""

import re
from base64 import b64decode
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import combinations

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlmodel import SQLModel, select

from app.keys import committee, split
from app.keys.committee import SHARES, TRIAL, Bound, Row
from app.keys.cover import Cover
from app.keys.keyfile import KeyFile
from app.keys.tokens import derive
from app.keys.urn import Opener, Spoiled, seal_info
from app.store.db import Database
from app.store.models import UrnRow, Wave
from app.trustees.trial import ballot_bytes
from app.urn import rows as urnrows
from app.waves import closing
from app.waves import wave as waves
from tests.making import holders
from tests.making.blocks import cast_all
from tests.making.holders import Holder

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
CODE = "dot-thu"


def rows_of(db: Database, keys: KeyFile, wave: Wave, number: int) -> list[Row]:
    """The rows as they were sealed: who has the key file takes their covers off."""
    with db.reading() as session:
        sealed = list(urnrows.read(session, wave, keys.cover(CODE)))
    return [committee.take_apart(row, number, ballot_bytes(wave)) for row in sealed]


def opens(row: Row, key: bytes) -> bool:
    try:
        AESGCM(key).decrypt(row.nonce, row.sealed, row.head)
    except InvalidTag:
        return False
    return True


def secrets_of(keys: KeyFile) -> Iterator[bytes]:
    """Every 32 bytes in the key file."""
    for text in re.findall(r'"([^"]+)"', keys.path.read_text()):
        for read in (bytes.fromhex, b64decode):
            with suppress(ValueError):
                found = read(text)
                yield from (found[at : at + 32] for at in range(0, len(found) - 31, 32))


def derived_of(secrets: Iterable[bytes]) -> Iterator[bytes]:
    """The same, and what the program derives of such secrets."""
    for each in secrets:
        yield each
        for purpose in ("urn key", "handed shares", "draft", "receipt key", "bond key"):
            yield derive(each, purpose)
            yield derive(each, purpose, CODE.encode())


def fragments(db: Database) -> set[bytes]:
    """32 bytes out of each binary column of the database."""
    found: set[bytes] = set()
    with db.reading() as session:
        for table in SQLModel.metadata.sorted_tables:
            for row in session.execute(select(table)).all():
                for value in row:
                    if isinstance(value, bytes) and len(value) >= 32:
                        found |= {value[at : at + 32] for at in range(min(len(value), 400) - 31)}
    return found


def shares_of(
    rows: Sequence[Row], wave: Wave, corrupt: dict[int, Holder]
) -> list[dict[int, bytes]]:
    """What the keys that an adversary has open of each row, under every label."""
    found = []
    for row in rows:
        mine = {}
        for place, holder in corrupt.items():
            for label in (SHARES, TRIAL):
                bound = Bound(wave.code, wave.index_digest, label)
                share = committee.open_part(holder.private, bound, place, row.parts[place - 1])
                if share is not None:
                    mine[place] = share[1:]
        found.append(mine)
    return found


@SQLITE
def test_all_trustees_with_a_database_but_without_its_key_file_have_no_row_to_open(
    db: Database, keys: KeyFile
) -> None:
    wave, those = holders.launched(db, keys, people=6)
    cast_all(db, keys, wave)
    with db.reading() as session:
        stored = [bytes(each) for each in session.scalars(select(UrnRow.sealed))]
    assert len(stored) == 6
    for each in stored:
        with pytest.raises(Spoiled):
            committee.take_apart(each, len(those), ballot_bytes(wave))
    # Nor do their own keys, or all that the database has, take a cover off.
    for key in {*(each.private for each in those), *fragments(db)}:
        for purpose in ("urn cover", "receipt key"):
            for derived in (key, derive(key, purpose), derive(key, purpose, CODE.encode())):
                assert Cover(derived, CODE, covers=True).off(stored[0]) == stored[0]


@SQLITE
@pytest.mark.parametrize(("need", "number"), [(2, 3), (3, 5)])
def test_all_that_an_adversary_has_with_one_key_too_few_opens_nothing(
    db: Database, keys: KeyFile, need: int, number: int
) -> None:
    wave, those = holders.launched(db, keys, need, holders.holders(number), people=6)
    cast_all(db, keys, wave)
    corrupt = {place: those[place - 1] for place in range(1, need)}
    before = list(secrets_of(keys)), fragments(db)
    with db.transaction() as session:
        closing.close(db, session, waves.load(session, CODE))
    # They hand in what they have, too: it lies under the secret that they have.
    for each in corrupt.values():
        holders.hand_in(db, CODE, each)
    wave, rows = holders.loaded(db), rows_of(db, keys, wave, number)
    known = shares_of(rows, wave, corrupt)
    assert all(len(each) == need - 1 for each in known), "they open their own parts"
    secrets = derived_of([*before[0], *secrets_of(keys)])
    candidates = {*secrets, *before[1], *fragments(db), bytes(32)}
    assert len(candidates) > 500
    for row, shares in zip(rows, known, strict=True):
        own = set(shares.values())
        for some in range(1, len(shares) + 1):
            for chosen in combinations(shares.items(), some):
                # As if fewer were needed, and with a made-up share at each free place.
                own.add(split.value_at(0, dict(chosen)))
                for place in set(range(1, number + 1)) - set(shares):
                    for guess in (bytes(32), row.hashes[place - 1], row.parts[place - 1][:32]):
                        own.add(split.value_at(0, dict(chosen) | {place: guess}))
        mixed = {
            bytes(a ^ b for a, b in zip(one, other, strict=True))
            for one, other in combinations(own, 2)
        }
        assert not [key for key in own | mixed if opens(row, key)]
    (first, *_rest) = rows
    assert not [key for key in candidates if opens(first, key)]
    info = seal_info(CODE, wave.index_digest)
    for key in candidates:
        for part in (first.sealed, *first.parts):
            with pytest.raises(Spoiled):
                Opener(key, info).open(part)
    # The same with one key more opens every ballot: this would have been seen.
    corrupt[need] = those[need - 1]
    for row, shares in zip(rows, shares_of(rows, wave, corrupt), strict=True):
        assert opens(row, split.value_at(0, shares))
