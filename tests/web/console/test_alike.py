"""Every deed at the console twice: with somebody who has cast and with somebody who has not.

Both times just as many others have cast, so whatever the console shows must be the same: pages,
states of letters, the numbers of the next hours, the log.
"""

import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import pytest
from fastapi.routing import APIRoute
from sqlmodel import col, update

from app import settings
from app.audit import chain
from app.ballots import ballot as ballots
from app.keys import guard
from app.keys.keyfile import KeyFile
from app.letters.outbox import Outcome
from app.main import create_app
from app.roster import people
from app.settings import Settings
from app.store.db import open_database
from app.store.models import Letter
from app.waves import closing, notes
from app.waves import wave as waves
from app.waves.wave import id_of
from tests.conftest import Clock
from tests.making.blocks import cast_ballot, make_answers, make_wave, names
from tests.making.consoles import Clerk, desk_of
from tests.making.posting import claim, record
from tests.making.tables import rows as rows_of

CODE = "dot-thu"
BASE = f"/quan-tri/dot/{CODE}"
# The one whom the deeds are done to, another of the same group, and some who cast anyway.
ONE, OTHER, OTHERS = 3, 9, (4, 5, 6, 7)


@dataclass
class World:
    """A console with a wave of its own database."""

    clerk: Clerk
    keys: KeyFile
    clock: Clock
    configured: Settings
    person: str

    def looked(self) -> dict[str, object]:
        """Everything the console shows of the wave, by address."""
        return {path: self._shown(path) for path in self._paths()}

    def _paths(self) -> list[str]:
        assert self.clerk.db is not None
        app = create_app(self.configured, self.clerk.db, self.keys)
        routes = [each for each in app.routes if isinstance(each, APIRoute)]
        found = [
            route.path.replace("{code}", CODE).replace("{id_:int}", self.person)
            for route in routes
            if "GET" in route.methods and route.path.startswith("/quan-tri/dot/{code}/")
        ]
        assert f"{BASE}/danh-sach/{self.person}" in found
        assert f"{BASE}/theo-doi" in found
        return ["/quan-tri", "/quan-tri/nhat-ky", *(path for path in found if "{" not in path)]

    def _shown(self, path: str) -> object:
        if path.endswith(".xlsx"):
            response = self.clerk.client.get(path)
            return response.status_code, response.is_success and rows_of(response.content, path)
        self.clerk.open(path)
        return self.answer()

    def answer(self) -> tuple[object, ...]:
        """The page that is open now."""
        # Random in every world: accounts of the tests, prints of the log and of keys.
        text = re.sub(r"can-bo-\S+@vi-du\.vn|[0-9a-f]{16,}|(Cán bộ) \d+", "", self.clerk.text)
        forms = [(form.action, sorted(form.values)) for form in self.clerk.forms]
        return self.clerk.status, self.clerk.title, text, forms

    def logged(self) -> list[tuple[object, ...]]:
        assert self.clerk.db is not None
        with self.clerk.db.reading() as session:
            return [(line.action, line.wave, line.facts) for line in chain.lines(session)]

    def open(self) -> Clerk:
        return self.clerk.open(f"{BASE}/danh-sach/{self.person}")

    def cast_one(self, place: int) -> None:
        assert self.clerk.db is not None
        with self.clerk.db.reading() as session:
            name = names(session, waves.load(session, CODE))[place]
            ballot = ballots.find(session, name)
        answers = make_answers(ballot, random.Random(place))
        cast_ballot(self.clerk.db, self.keys, name, answers)

    def hour(self) -> None:
        assert self.clerk.db is not None
        self.clock.move(hours=1)
        notes.take_all(self.clerk.db)


def resend(world: World) -> None:
    world.open().send(world.clerk.form_to("/gui-lai"))


def resend_failed(world: World) -> None:
    world.clerk.open(f"{BASE}/theo-doi")
    world.clerk.send(world.clerk.form_to("/gui-lai"))


def correct(world: World) -> None:
    world.open().send(world.clerk.forms[0], {"ten": "Tên Khác", "chuc-vu": "Trưởng phòng"})


def readdress(world: World) -> None:
    for email in ("mot@vi-du.vn", "hai@vi-du.vn"):
        typed = {"thu": email, "ma-xac-thuc": world.clerk.code()}
        world.open().send(world.clerk.form_to("/dia-chi"), typed)
        assert world.clerk.status == 200


def remove(world: World) -> None:
    world.open().send(world.clerk.form_to("/bo"), {"ma-xac-thuc": world.clerk.code()})


def restore(world: World) -> None:
    remove(world)
    assert world.clerk.status == 200
    world.open().send(world.clerk.form_to("/khoi-phuc"), {"ma-xac-thuc": world.clerk.code()})


def reissue(world: World) -> None:
    world.open().send(world.clerk.form_to("/cap-lai"), {"ma-xac-thuc": world.clerk.code()})


def remind(world: World) -> None:
    """Twice, and something done to the one in between."""
    world.clerk.open(f"{BASE}/theo-doi")
    world.clerk.send(world.clerk.form_to("/nhac"))
    assert world.clerk.status == 200
    resend(world)
    world.clerk.open(f"{BASE}/theo-doi")
    world.clerk.send(world.clerk.form_to("/nhac"))
    assert world.clerk.status == 422
    assert "Lần nhắc trước là lúc" in world.clerk.text


@pytest.mark.parametrize(
    ("deed", "letter"),
    [
        *((deed, "queued") for deed in (resend, readdress, remove, restore, reissue, remind)),
        *((deed, "sent") for deed in (resend, readdress, remove, restore, reissue, remind)),
        (correct, "sent"),
        (resend_failed, "failed"),
    ],
)
def test_the_console_shows_the_same_whether_one_has_cast_or_not(
    tmp_path: Path, clock: Clock, deed: Callable[[World], None], letter: str
) -> None:
    begun, seen = clock.now, []
    for has_cast in (True, False):
        clock.now = begun
        seen.append(play(tmp_path / str(has_cast), clock, deed, letter, has_cast))
    steps = ("answer", "after", "later", "closed", "log")
    for moment, of_cast, of_not in zip(steps, *seen, strict=True):
        assert of_cast == of_not, moment


def play(
    folder: Path, clock: Clock, deed: Callable[[World], None], letter: str, has_cast: bool
) -> list[object]:
    """All that the console shows at each step of one world."""
    folder.mkdir()
    db = open_database(f"sqlite:///{folder / 'phieu.sqlite3'}", clock)
    keys = guard.guard(db, KeyFile(folder / "keys" / "phieu.key"))
    configured = settings.read(
        {
            "PHIEU_DATA": str(folder),
            "PHIEU_KEY_FILE": str(folder / "keys" / "phieu.key"),
            "PHIEU_MAIL_FROM": "phieu@vi-du.vn",
            "PHIEU_BASE_URL": "http://127.0.0.1:8000",
        }
    )
    wave = make_wave(db, keys, people=40)
    with db.transaction() as session:
        stored = people.everyone(session, id_of(wave))
        session.connection().execute(update(Letter).values(state=letter))
        if letter == "failed":
            session.connection().execute(update(Letter).values(error=col(Letter.kind)))
    clerk = desk_of(db, keys, configured)
    world = World(clerk, keys, clock, configured, str(cast(int, stored[ONE].id)))
    for place in (*OTHERS, ONE if has_cast else OTHER):
        world.cast_one(place)
    notes.take_all(db)
    deed(world)
    if deed is not remind:
        assert clerk.status == 200, clerk.text
    shown: list[object] = [world.answer(), world.looked()]
    for each in claim(db):
        record(db, Outcome(each, "sent"))
    world.hour()
    shown.append(world.looked())
    with db.transaction() as session:
        found = waves.load(session, CODE)
        closing.close(db, session, found)
    world.hour()
    shown.append(world.looked())
    shown.append(world.logged())
    db.dispose()
    return shown
