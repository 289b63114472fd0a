"""A stage for browsers: a served app with waves of the Lai Châu index in every state.

A wave is launched when it is first asked for, and gives each caller a ballot nobody else has.
"""

import random
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from app import settings
from app.ballots import ballot as ballots
from app.ballots import casting, drafts
from app.ballots.ballot import OpenBallot
from app.count import unsealing
from app.index import file as indexfile
from app.index.definition import Index
from app.index.parts import Level, Question, Scale
from app.keys import guard
from app.keys.keyfile import KeyFile
from app.keys.tokens import BallotName
from app.keys.urn import Answers, DraftState
from app.roster.file import Person
from app.store.db import open_database
from app.waves import closing
from app.waves import wave as waves
from tests.conftest import Clock
from tests.making.blocks import LAI_CHAU, issue_anew, make_answers, make_people
from tests.making.booths import Booth, open_booth
from tests.making.eye import offer_axe

NOW = datetime(2023, 2, 22, 7, 32, tzinfo=UTC)
CLOSES = datetime(2023, 3, 4, 10, 0, tzinfo=UTC)
# Rules that differ from those of the file: one question a page, about the units dealt with.
SHAPES: dict[str, dict[str, Any]] = {
    "lai-chau": {},
    "component": {"paging": "component"},
    "all-units": {"choose_units": False},
    "unit": {"paging": "unit"},
    "choices": {},
}
# Questions that only ask, of the index of that shape.
WISHES = Scale(
    "mong",
    (
        Level("A", "Thủ tục đơn giản hơn", None),
        Level("B", "Trả kết quả đúng hẹn", None),
        Level("C", "Thái độ phục vụ", None),
        Level("D", "Dịch vụ trực tuyến dễ dùng", None),
        Level("E", "Công khai phí, lệ phí", None),
        Level("F", "Điều khác", None),
    ),
    "Không có ý kiến",
)
MET = Scale("gap", (Level("1", "Có", None), Level("2", "Không", None)), "Không nhớ")
ONLY_ASK = (
    Question("m1", "Ông/Bà mong điều gì nhất?", ("xa",), None, "mong", None, "none", 3),
    Question("m2", "Ông/Bà đã đến {unit} chưa?", ("xa",), None, "gap", None, "unit", 1),
    Question("m3", "Ông/Bà mong gì ở {unit}?", ("xa",), None, "mong", None, "unit", 2),
)
UNITS = ("snv", "snnptnt", "vpubnd")


@cache
def shape(name: str) -> Index:
    """The Lai Châu index, with other rules perhaps."""
    index = indexfile.parse(LAI_CHAU.read_bytes())
    if name == "choices":
        index = replace(
            index,
            scales=(*index.scales, WISHES, MET),
            questions=(*index.questions, *ONLY_ASK),
        )
    return replace(index, rules=replace(index.rules, **SHAPES[name]))


def commune_leaders(index: Index, number: int) -> list[Person]:
    """People who are asked about all units."""
    return [
        replace(person, group="xa", agency=None, agency_text="UBND xã", assigned=())
        for person in make_people(index, number)
    ]


@dataclass
class Stage:
    """A booth whose waves are launched on demand."""

    booth: Booth
    folder: Path
    opened: ExitStack
    unused: dict[str, list[BallotName]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return self.booth.url

    def ballot(self, name: str = "lai-chau", wave: str | None = None, **made: Any) -> BallotName:
        """A ballot that nobody has touched, of the wave `wave` of an index of SHAPES."""
        code, index = wave or name, shape(name)
        if code not in self.unused:
            _wave, self.unused[code] = self.booth.wave(
                index, people=commune_leaders(index, 100), code=code, closes=CLOSES, **made
            )
        return self.unused[code].pop()

    def link(self, ballot: BallotName) -> str:
        return self.booth.link(ballot)

    def find(self, ballot: BallotName) -> OpenBallot:
        with self.booth.db.reading() as session:
            return ballots.find(session, ballot)

    def fill(
        self,
        ballot: BallotName,
        units: Iterable[str] | None = UNITS,
        questions: int | None = None,
        blanks: int = 0,
        comment: str = "",
    ) -> BallotName:
        """Begin a ballot with the first `questions` answered but for the last `blanks` items."""
        found = self.find(ballot)
        chosen = None if units is None else frozenset(units)
        items = found.asked(chosen)
        order = list(dict.fromkeys(question for question, _unit in items))[:questions]
        said = [item for item in items if item[0] in order]
        chance = random.Random(7)
        levels = {item: chance.choice("AABBC-") for item in said[: len(said) - blanks]}
        texts = {question.code: comment for question in found.index.comments if comment}
        state = DraftState(
            Answers(levels, texts), chosen, frozenset({"gop-y"} if questions is None else ())
        )
        db, keys = self.booth.db, self.booth.keys
        with db.transaction() as session:
            drafts.start(session, keys, found, db.now(session))
        found = self.find(ballot)
        with db.transaction() as session:
            drafts.change(session, keys, found, db.now(session), lambda _before: state)
        return ballot

    def answers(self, ballot: BallotName) -> Mapping[tuple[str, str], str]:
        """What the ballot's draft says of (question, unit)."""
        found = self.find(ballot)
        with self.booth.db.reading() as session:
            return drafts.read(session, self.booth.keys, found).answers.levels

    def cast(self, ballot: BallotName) -> str:
        """Cast a ballot with random answers; gives the receipt."""
        found, db, keys = self.find(ballot), self.booth.db, self.booth.keys
        answers = make_answers(found, random.Random(1))
        self.fill(ballot)
        with db.transaction() as session:
            state = DraftState(answers, frozenset(found.units))
            drafts.change(session, keys, found, db.now(session), lambda _before: state)
        with db.transaction() as session:
            return casting.cast(db, session, keys, ballot, lambda _ballot, _draft: True)

    def close(self, ballot: BallotName) -> None:
        """End the ballot's wave now, by command."""
        with self.booth.db.transaction() as session:
            wave = waves.load(session, ballots.find(session, ballot).wave)
            closing.close(self.booth.db, session, wave)

    def cancel(self, ballot: BallotName, reason: str) -> None:
        house = self.booth.app.state.house
        with self.booth.db.transaction() as session:
            wave = waves.load(session, ballots.find(session, ballot).wave)
            closing.cancel(self.booth.db, session, house.settings, wave, reason)

    def unseal(self, ballot: BallotName) -> None:
        self.close(ballot)
        unsealing.unseal(self.booth.db, self.booth.keys, self.find(ballot).wave)

    def replace_link(self, ballot: BallotName) -> None:
        issue_anew(self.booth.db, self.booth.keys, ballot)

    @cached_property
    def after(self) -> tuple[BallotName, str]:
        """A cast ballot of an unsealed wave, and its receipt."""
        ballot = self.ballot(wave="after")
        receipt = self.cast(ballot)
        self.unseal(ballot)
        return ballot, receipt

    @cached_property
    def closed(self) -> BallotName:
        """A ballot not cast when its wave closed."""
        ballot = self.ballot(wave="closed")
        self.close(ballot)
        return ballot

    @cached_property
    def cancelled(self) -> tuple[BallotName, BallotName]:
        """A cast ballot and one not cast of a cancelled wave."""
        cast, other = self.ballot(wave="cancelled"), self.ballot(wave="cancelled")
        self.cast(cast)
        self.cancel(cast, "Sáp nhập cơ quan, danh sách không còn đúng.")
        return cast, other

    def another(self) -> "Stage":
        """A stage of its own, which goes when this one goes."""
        folder = tempfile.mkdtemp(dir=self.folder)
        return self.opened.enter_context(open_stage(Path(folder)))


@contextmanager
def open_stage(folder: Path, database_url: str | None = None) -> Iterator[Stage]:
    """A stage in a folder; on SQLite unless an address is given."""
    url = database_url or f"sqlite:///{folder / 'data' / 'phieu.sqlite3'}"
    clock = Clock(NOW)
    db, keys = open_database(url, clock), KeyFile(folder / "keys" / "phieu.key")
    guard.guard(db, keys)
    configured = settings.read(
        {
            "PHIEU_DATA": str(folder / "data"),
            "PHIEU_DATABASE_URL": url,
            "PHIEU_KEY_FILE": str(keys.path),
            "PHIEU_MAIL_FROM": "phieu@vi-du.vn",
            "PHIEU_BASE_URL": "http://127.0.0.1:8000",
        }
    )
    with open_booth(db, keys, configured, clock) as booth, ExitStack() as opened:
        booth.app.add_api_route("/hong", _broken)
        offer_axe(booth.app)
        stage = Stage(booth, folder, opened)
        stage.ballot()  # there is always a wave open
        yield stage
    db.dispose()


def _broken() -> None:
    raise RuntimeError("made to fail")
