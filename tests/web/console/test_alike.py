"""Every deed at the console twice: with somebody who has cast and with somebody who has not.

Both times just as many others have cast, so whatever the console shows must be the same: pages,
states of letters, the numbers of the next hours, the log. Several deeds share a world, each done
to somebody of their own: what one of them tells on is told in a world of several as well, since
nothing of the other world takes it back. After each deed the pages that tell of people and letters
are compared, and at the end all there are.
"""

import random
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
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
from app.roster import people
from app.store.db import open_database
from app.store.models import Letter
from app.waves import closing, notes
from app.waves import wave as waves
from app.waves.wave import id_of
from app.web.console import routes
from tests.conftest import Clock
from tests.making.blocks import cast_ballot, make_answers, make_wave, names
from tests.making.consoles import Clerk, desk_of
from tests.making.posting import claim, record
from tests.making.tables import rows as rows_of

CODE = "dot-thu"
BASE = f"/quan-tri/dot/{CODE}"
# Some who cast anyway.
OTHERS = (4, 5, 6, 7)
# Where the console tells of people and letters, all of them together.
SOON = (
    "/quan-tri",
    "/quan-tri/nhat-ky",
    f"{BASE}/theo-doi",
    f"{BASE}/danh-sach",
    f"{BASE}/danh-sach/da-bo",
)
# Random in every world: accounts of the tests, tickets, prints of the log and of keys.
RANDOM = re.compile(
    r'(?<=name="ve" value=")[^"]+|can-bo-\S+@vi-du\.vn|[0-9a-f]{16,}|(?<=Cán bộ) \d+'
)
# How many cast in all, in the minutes of closing: the public record's entry of the closing says it
# to everybody. Of the two worlds of a test, more were voided in one that had cast.
PUBLISHED = re.compile(r'(?<=gửi</th><td class="n">)\d+|(?<=đã gửi \()\d+|(?<=chưa gửi \()\d+')


def tidied(page: str) -> str:
    """The whole page but for what is random in every world, and what everybody may know."""
    return PUBLISHED.sub("", RANDOM.sub("", page))


@dataclass
class World:
    """A console with a wave of its own database."""

    clerk: Clerk
    keys: KeyFile
    clock: Clock
    person: str = ""

    def looked(
        self, shown: dict[tuple[str, str], object], everybody: list[str], moment: str
    ) -> None:
        """Note everything the console shows of the wave and of these people, by address."""
        for path in self._paths(everybody):
            shown[moment, path] = self.shown(path)

    def _paths(self, everybody: list[str]) -> list[str]:
        every = [each for module in routes.MODULES for each in module.router.routes]
        found = [
            route.path.replace("{code}", CODE).replace("{id_:int}", person)
            for route in every
            if isinstance(route, APIRoute)
            for person in (everybody if "{id_:int}" in route.path else [""])
            if "GET" in route.methods and route.path.startswith("/quan-tri/dot/{code}/")
        ]
        assert f"{BASE}/danh-sach/{everybody[0]}" in found
        assert f"{BASE}/theo-doi" in found
        return ["/quan-tri", "/quan-tri/nhat-ky", *(path for path in found if "{" not in path)]

    def shown(self, path: str) -> object:
        response = self.clerk.client.get(path, follow_redirects=True)
        if path.endswith(".xlsx"):
            return response.status_code, response.is_success and rows_of(response.content, path)
        return response.status_code, response.url.path, tidied(response.text)

    def answer(self) -> object:
        """The page that is open now."""
        path = re.sub(r"(?<=lai=)[\w-]+", "", self.clerk.path)
        return self.clerk.refused, path, tidied(self.clerk.response.text)

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
        assert world.clerk.fine


def remove(world: World) -> None:
    world.open().send(world.clerk.form_to("/bo"), {"ma-xac-thuc": world.clerk.code()})


def restore(world: World) -> None:
    remove(world)
    assert world.clerk.fine
    world.open().send(world.clerk.form_to("/khoi-phuc"), {"ma-xac-thuc": world.clerk.code()})


def reissue(world: World) -> None:
    world.open().send(world.clerk.form_to("/cap-lai"), {"ma-xac-thuc": world.clerk.code()})


def remind(world: World) -> None:
    """Twice, and something done to the one in between."""
    world.clerk.open(f"{BASE}/theo-doi/nhac")
    world.clerk.send(form := world.clerk.form_to("/nhac"))
    assert world.clerk.fine
    resend(world)
    world.clerk.open(f"{BASE}/theo-doi/nhac")
    assert "Nhắc được từ" in world.clerk.text
    world.clerk.send(form)
    assert world.clerk.refused
    assert "Lần nhắc trước là lúc" in world.clerk.text


@dataclass(frozen=True)
class Deed:
    """What is done, and the places in the roster of who it is done to and of a stand-in."""

    act: Callable[[World], None]
    one: int
    other: int


# One after the other in one world, each to somebody of their own. Reminders come last: from them
# on nobody is reminded for a while.
DEEDS = [
    Deed(resend, 3, 15),
    Deed(readdress, 8, 20),
    Deed(remove, 9, 21),
    Deed(restore, 10, 22),
    Deed(reissue, 11, 23),
    Deed(remind, 14, 26),
]


@pytest.mark.parametrize(
    ("letter", "deeds"),
    [
        ("queued", DEEDS),
        ("sent", [Deed(correct, 12, 24), *DEEDS]),
        ("failed", [Deed(resend_failed, 3, 15)]),
    ],
    ids=["queued", "sent", "failed"],
)
def test_the_console_shows_the_same_whether_one_has_cast_or_not(
    tmp_path: Path, clock: Clock, blank_sqlite: Path, letter: str, deeds: list[Deed]
) -> None:
    begun, seen = clock.now, []
    for has_cast in (True, False):
        clock.now = begun
        folder = tmp_path / str(has_cast)
        folder.mkdir()
        shutil.copyfile(blank_sqlite, folder / "phieu.sqlite3")
        seen.append(play(folder, clock, letter, deeds, has_cast))
    of_cast, of_not = seen
    assert of_cast.keys() == of_not.keys()
    for moment, shown in of_cast.items():
        assert shown == of_not[moment], moment


def play(
    folder: Path, clock: Clock, letter: str, deeds: list[Deed], has_cast: bool
) -> dict[tuple[str, str], object]:
    """All that the console shows at each step of one world, by the step and the address."""
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
    assert all(stored[each.one].group == stored[each.other].group for each in deeds)
    clock.move(days=1)  # from then on people can be reminded
    clerk = desk_of(db, keys, configured)
    world = World(clerk, keys, clock)
    for place in (*OTHERS, *(each.one if has_cast else each.other for each in deeds)):
        world.cast_one(place)
    notes.take_all(db)
    shown: dict[tuple[str, str], object] = {}
    for deed in deeds:
        world.person = str(cast(int, stored[deed.one].id))
        name = deed.act.__name__
        deed.act(world)
        if deed.act is not remind:
            assert clerk.fine, clerk.text
        shown[name, "answer"] = world.answer()
        for path in (*SOON, f"{BASE}/danh-sach/{world.person}"):
            shown[name, path] = world.shown(path)
        clock.move(minutes=2)  # other codes of the telephone
    look = partial(world.looked, shown, [str(stored[each.one].id) for each in deeds])
    look("after")
    for each in claim(db):
        record(db, Outcome(each, "sent"))
    world.hour()
    look("later")
    with db.transaction() as session:
        found = waves.load(session, CODE)
        closing.close(db, session, found)
    world.hour()
    look("closed")
    shown["log", ""] = world.logged()
    db.dispose()
    return shown
