"""Trustees at work: keys made, the trial opened, shares handed in, as their own programs do it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from app import settings
from app.index.definition import Index
from app.keys import committee
from app.keys.committee import SHARES, TRIAL, Bound
from app.keys.keyfile import KeyFile
from app.store.db import Database
from app.store.models import Wave
from app.trustees import appointing, body, files, keysin, shares, trial
from app.trustees.shares import HandedIn
from app.waves import launch, trusteedeeds
from app.waves import wave as waves
from tests.making.blocks import make_index, make_people

CONFIGURED = settings.read({"PHIEU_MAIL_FROM": "phieu@vi-du.vn"})


@dataclass(frozen=True)
class Holder:
    """One trustee with the private key that only they have."""

    email: str
    private: bytes

    @property
    def public(self) -> bytes:
        key = X25519PrivateKey.from_private_bytes(self.private)
        return key.public_key().public_bytes_raw()

    def opened(self, given: str) -> str:
        """A file of what is to be opened, as the trustee hands it back."""
        found = files.read_given(given)
        label = TRIAL if found.is_trial else SHARES
        bound = Bound(found.wave, found.index_digest, label)
        opened = {
            row_id: committee.open_part(self.private, bound, found.place, part)
            for row_id, part in found.rows
        }
        return files.opened_file(found, opened)


def holders(number: int = 3) -> list[Holder]:
    # Stretched phrases take a third of a second each; their own tests have them.
    return [
        Holder(f"uy-vien-{place}@vi-du.vn", X25519PrivateKey.generate().private_bytes_raw())
        for place in range(1, number + 1)
    ]


def keys_of(db: Database) -> KeyFile:
    assert isinstance(db.guarded_by, KeyFile)
    return db.guarded_by


def draft(
    db: Database, index: Index | None = None, people: int = 12, code: str = "dot-thu"
) -> Wave:
    """A draft with its roster, open as soon as it is launched."""
    index = index or make_index()
    # As the first line of a log would.
    keys_of(db).content()
    with db.transaction() as session:
        now = db.now(session)
        opens, closes = now - timedelta(days=1), now + timedelta(days=10)
        wave = waves.new(session, code, index, opens, closes, opens)
        waves.import_roster(session, wave, make_people(index, people))
    return loaded(db, code)


def loaded(db: Database, code: str = "dot-thu") -> Wave:
    with db.reading() as session:
        return waves.load(session, code)


def appoint(db: Database, code: str, need: int, those: Sequence[Holder]) -> None:
    with db.transaction() as session:
        wave = waves.load(session, code)
        waves.hold_draft(session, wave)
        appointing.appoint(
            session, wave, need, [("", each.email) for each in those], db.now(session)
        )


def number_of(db: Database, code: str, holder: Holder) -> bytes:
    with db.reading() as session:
        found = body.must_be(session, waves.load(session, code))
        return found.at_address(holder.email).number


def hand_in_key(db: Database, code: str, holder: Holder, key: bytes | None = None) -> None:
    number = number_of(db, code, holder)
    with db.transaction() as session:
        wave = waves.load(session, code)
        waves.hold_draft(session, wave)
        keysin.hand_in_key(session, wave, number, key or holder.public, db.now(session))
        trial.renew(session, wave, db.now(session))


def given_trial(db: Database, code: str, holder: Holder) -> str:
    number = number_of(db, code, holder)
    with db.reading() as session:
        return files.given_file(trial.given(session, waves.load(session, code), number))


def try_it(db: Database, code: str, holder: Holder, file: str | None = None) -> None:
    opened = files.read_opened(file or holder.opened(given_trial(db, code, holder)))
    number = number_of(db, code, holder)
    with db.transaction() as session:
        wave = waves.load(session, code)
        waves.hold_draft(session, wave)
        trial.hand_in(session, wave, number, opened, db.now(session))


def launched(
    db: Database,
    keys: KeyFile,
    need: int = 2,
    those: Sequence[Holder] = (),
    index: Index | None = None,
    people: int = 12,
    code: str = "dot-thu",
    two_people: bool = False,
) -> tuple[Wave, Sequence[Holder]]:
    """A launched wave whose urn any `need` of these trustees open."""
    those = those or holders()
    draft(db, index, people, code)
    appoint(db, code, need, those)
    for each in those:
        hand_in_key(db, code, each)
    for each in those:
        try_it(db, code, each)
    with db.transaction() as session:
        launch.launch(db, session, keys, CONFIGURED, waves.load(session, code), two_people)
    return loaded(db, code), those


def given_shares(db: Database, code: str, holder: Holder) -> str:
    number = number_of(db, code, holder)
    with db.transaction() as session:
        wave = waves.load(session, code)
        waves.hold(session, wave)
        return files.given_file(shares.give(session, wave, number, db.now(session)))


def hand_in(db: Database, code: str, holder: Holder, file: str | None = None) -> HandedIn:
    opened = files.read_opened(file or holder.opened(given_shares(db, code, holder)))
    number = number_of(db, code, holder)
    with db.transaction() as session:
        wave = waves.load(session, code)
        return trusteedeeds.hand_in_shares(session, wave, number, opened, db.now(session))


def open_with(db: Database, code: str, those: Iterable[Holder]) -> None:
    for each in those:
        hand_in(db, code, each)
