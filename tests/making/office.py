"""A console as years of work leave it: believable people, dates, answers and letters.

The same at every run but for what is random on purpose (keys, links, the order of an urn). Nobody
in it exists: people and answers come from the dice of the demo, addresses from names of nobody.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import cache

from sqlmodel import Session, col, select, update

from app.audit import chain
from app.ballots import ballot as ballots
from app.ballots import casting, drafts
from app.bonds import origins
from app.commands.demo import people
from app.count import externals, scoresheets, unsealing
from app.index import file as indexfile
from app.index.definition import Index
from app.index.external import read_external
from app.keys.keyfile import KeyFile
from app.keys.tokens import BallotName
from app.keys.urn import DraftState
from app.language import HANOI, moment
from app.preparation import agencies, library
from app.roster import file as rosterfile
from app.roster.file import Person
from app.settings import Settings
from app.staff import accounts, factors, staff
from app.store.db import Database
from app.store.models import Ballot, Letter, Respondent, Wave
from app.store.staffmodels import Staff
from app.waves import closing, deeds, launch, notes, proposals, reminders
from app.waves import wave as waves
from app.waves.proposals import Second
from app.waves.wave import id_of
from app.web.console.desk.cookies import cookie_name
from tests.conftest import Clock
from tests.making.blocks import LAI_CHAU
from tests.making.consoles import employ

NOW = datetime(2026, 3, 2, 9, 5, tzinfo=HANOI)
SIZES = {"hdnd": 33, "ubnd": 6, "so": 40, "phong": 160, "xa": 120}
# Who answers, of each group: leaders more than the districts.
SHARES = {"hdnd": 0.78, "ubnd": 0.8, "so": 0.74, "phong": 0.62, "xa": 0.53}
HA, SON, HANH, TUAN = "Trần Thu Hà", "Lò Văn Sơn", "Nguyễn Thị Bích Hạnh", "Phạm Minh Tuấn"
SECRET = b"twenty bytes of tests"
STAFF = (
    (HA, "ha.tran@vi-du.gov.vn", "officer admin"),
    (SON, "son.lo@vi-du.gov.vn", "officer"),
    (HANH, "hanh.nguyen@vi-du.gov.vn", "council"),
    (TUAN, "tuan.pham@vi-du.gov.vn", "admin"),
)
FAILURES = (
    "Không có hộp thư này, hoặc hộp thư không nhận: 550 5.1.1 User unknown",
    "Hộp thư đầy, hoặc thư quá lớn với hộp thư này: 552 5.2.2 Mailbox full",
    "Không có hộp thư này, hoặc hộp thư không nhận: 550 5.1.1 User unknown",
    "Máy chủ thư từ chối thư gửi tới địa chỉ này: 554 5.7.1 Relay access denied",
)


@dataclass(frozen=True)
class Survey:
    """One year's survey: when it was taken, how it stands now."""

    year: int
    opens: date
    closes: date
    failed: int = 1

    @property
    def code(self) -> str:
        return f"cchc-{self.year}"

    @property
    def opens_at(self) -> datetime:
        return datetime.combine(self.opens, time(8), HANOI)

    @property
    def closes_at(self) -> datetime:
        return datetime.combine(self.closes, time(17), HANOI)

    def day_of(self, dice: random.Random) -> date:
        """When somebody answers: most at once, few at a weekend, nobody after the closing."""
        day = self.opens + timedelta(days=int(dice.expovariate(0.3)))
        while day.weekday() > 4 and dice.random() < 0.6:
            day += timedelta(days=1)
        return min(day, self.closes)

    @property
    def index(self) -> Index:
        return indexfile.parse(self.file)

    @property
    def file(self) -> bytes:
        """The index of Lai Châu as it would read in this year."""
        return LAI_CHAU.read_bytes().replace(b"2022", str(self.year).encode())


# Each year is surveyed in the first months of the next.
FIRST = Survey(2022, date(2023, 2, 20), date(2023, 3, 3))
SCORED = Survey(2023, date(2024, 2, 19), date(2024, 3, 1))
CLOSED = Survey(2024, date(2025, 2, 17), date(2025, 2, 28))
OPEN = Survey(2025, date(2026, 2, 24), date(2026, 3, 6), failed=4)
DRAFT = Survey(2026, date(2027, 2, 22), date(2027, 3, 5))


@dataclass(frozen=True)
class Office:
    """What is filled, and the hand that fills it."""

    db: Database
    keys: KeyFile
    settings: Settings

    @property
    def clock(self) -> Clock:
        clock = self.db.clock
        assert isinstance(clock, Clock)
        return clock

    def note(
        self, session: Session, who: str, action: str, wave: str = "", **facts: object
    ) -> None:
        """A line of the log, as the console writes it."""
        email = next(email for name, email, _roles in STAFF if name == who)
        now = self.db.now(session)
        chain.note(session, self.keys, now, f"{who} <{email}>", action, wave, **facts)

    def prepare(self, survey: Survey, at: datetime, pause: timedelta) -> None:
        """The index in the library, the wave in draft, its roster; a pause after each."""
        index, self.clock.now = survey.index, at
        with self.db.transaction() as session:
            now, name = self.db.now(session), f"bo-chi-so-{survey.year}.toml"
            library.store(session, index, name, survey.file, HA, now)
            digest = indexfile.digest(index)
            self.note(session, HA, "index.upload", code=index.code, digest=digest, file=name)
        self.clock.now += pause
        with self.db.transaction() as session:
            now = self.db.now(session)
            opens, closes = survey.opens_at, survey.closes_at
            wave = waves.new(session, survey.code, index, opens, closes, now)
            told = {"digest": wave.index_digest, "opens": moment(opens), "closes": moment(closes)}
            self.note(session, HA, "wave.new", survey.code, **told)
        self.clock.now += pause
        with self.db.transaction() as session:
            wave, now = waves.load(session, survey.code), self.db.now(session)
            everyone = respondents(index, survey.year)
            file = f"danh-sach-{survey.year}.xlsx"
            by = f"{SON} <{STAFF[1][1]}>"
            waves.import_roster(session, wave, everyone, by, origins.of_file(file))
            agencies.roster_changed(session, wave, index, file, now)
            self.note(session, SON, "roster.import", survey.code, people=len(everyone))

    def launch(self, survey: Survey) -> None:
        """Issued at eight, and the letters of it gone within the hour."""
        self.prepare(survey, survey.opens_at - timedelta(days=20), timedelta(hours=121))
        self.clock.now = survey.opens_at + timedelta(minutes=2)
        with self.db.transaction() as session:
            wave = waves.load(session, survey.code)
            issued = launch.launch(self.db, session, self.keys, self.settings, wave, True)
            reminders.set_days(session, wave, [3, 1])
            self.note(session, HA, "wave.launch", survey.code, **launch.facts(wave, issued))
            self.note(session, HA, "wave.remind-rule", survey.code, days="3 1")
            went_out(session, wave, survey.failed, self.db.now(session) + timedelta(minutes=20))

    def collect(self, survey: Survey) -> None:
        """Day by day until the closing, or until now, with the notes of the clock."""
        with self.db.reading() as session:
            willing = reached(session, waves.load(session, survey.code))
        days: dict[date, list[tuple[BallotName, str]]] = {}
        for name, email, group in willing:
            dice = random.Random(f"day {survey.year} {email}")
            if dice.random() < SHARES[group]:
                days.setdefault(survey.day_of(dice), []).append((name, email))
        for day, casting_now in sorted(days.items()):
            self.clock.now = datetime.combine(day, time(8, 40), HANOI)
            if self.clock.now > NOW:
                break
            with self.db.transaction() as session:
                for name, email in casting_now:
                    self._cast(session, survey, name, email)
            self.clock.now = min(NOW, self.clock.now + timedelta(hours=8))
            notes.take_all(self.db)

    def _cast(self, session: Session, survey: Survey, name: BallotName, email: str) -> None:
        ballot = ballots.find(session, name)
        said = answered(ballot.index, ballot.group, ballot.units, f"{survey.year} {email}")
        now = self.db.now(session)
        drafts.start(session, self.keys, ballot, now)
        drafts.change(session, self.keys, ballot, now, lambda _before: said)
        casting.cast(self.db, session, self.keys, name, lambda _ballot, _draft: True)

    def close(self, survey: Survey) -> None:
        self.clock.now = survey.closes_at + timedelta(minutes=16)
        closing.settle_all(self.db, self.keys)

    def score(self, survey: Survey) -> None:
        self.clock.move(days=3)
        with self.db.transaction() as session:
            wave, now = waves.load(session, survey.code), self.db.now(session)
            asks, agrees = (officer(session, name) for name in (HA, SON))
            proposals.propose(session, wave, deeds.unseal(wave), asks, now)
            (asked,) = proposals.waiting(session, wave, now)
        who, second = f"{SON} <{STAFF[1][1]}>", Second(asked.id, agrees)
        unsealing.unseal(self.db, self.keys, survey.code, who=who, second=second)
        percents = read_external(survey.index, people.external(survey.index)).percents
        with self.db.transaction() as session:
            wave = waves.load(session, survey.code)
            externals.put_in(session, wave, percents)
            self.note(session, HA, "wave.external", survey.code, rows=len(percents))
            document, _new = scoresheets.score(self.db, session, survey.code)
            self.note(session, HA, "wave.score", survey.code, sheet=document["sheet"])


def fill(db: Database, keys: KeyFile, settings: Settings) -> None:
    """Surveys of five years: two with results, one closed, one collecting, one in preparation."""
    office = Office(db, keys, settings)
    office.clock.now = FIRST.opens_at - timedelta(days=40)
    with db.transaction() as session:
        for name, email, roles in STAFF:
            staff_id = employ(session, keys, name, email, roles.split(), SECRET, db.now(session))
            factors.new_recovery_codes(session, keys, staff_id)
            action = "account.setup" if name == HA else "account.add"
            office.note(session, HA, action, staff=email, roles=roles.split())
    for survey in (FIRST, SCORED, CLOSED, OPEN):
        office.launch(survey)
        office.collect(survey)
        if survey is not OPEN:
            office.close(survey)
        if survey in (FIRST, SCORED):
            office.score(survey)
    # What is to come was prepared ahead, what was closed awaits its second person.
    office.prepare(DRAFT, NOW - timedelta(minutes=50), timedelta(minutes=15))
    office.clock.now = NOW
    notes.take_all(db)
    with db.transaction() as session:
        wave = waves.load(session, CLOSED.code)
        asks = officer(session, SON)
        proposals.propose(session, wave, deeds.unseal(wave), asks, NOW)
        office.note(session, SON, "wave.propose", CLOSED.code, proposal="unseal")


def officer(session: Session, name: str) -> int:
    return id_of_staff(session.scalars(select(Staff).where(Staff.name == name)).one())


def id_of_staff(row: Staff) -> int:
    assert row.id is not None
    return row.id


def sign_in(db: Database, settings: Settings, *more: str) -> tuple[str, str]:
    """Name and value of a cookie of Trần Thu Hà, with `more` roles than her own."""
    with db.transaction() as session:
        staff_id = officer(session, HA)
        accounts.set_roles(session, staff_id, {*accounts.get(session, staff_id).roles, *more})
        key = staff.begin_session(session, staff_id, db.now(session))
    return cookie_name(settings), key


def respondents(index: Index, year: int) -> Sequence[Person]:
    """The roster of a year: mostly the people of the year before."""
    rows = people.roster(index, {group: size + year % 3 for group, size in SIZES.items()})
    found = rosterfile.read(index, rows).people
    return [replace(each, email=_address(each.email)) for each in found]


def _address(email: str) -> str:
    local = email.partition("@")[0]
    # A few have no official mailbox.
    official = random.Random(f"mailbox {local}").random() < 0.94
    return f"{local}@vi-du.gov.vn" if official else f"{local}@vi-du.vn"


def went_out(session: Session, wave: Wave, failed: int, at: datetime) -> None:
    """The invitations as the sender leaves them: sent, but for a few addresses."""
    known = (
        select(col(Letter.id)).where(col(Letter.wave_id) == id_of(wave)).order_by(col(Letter.id))
    )
    letters = list(session.scalars(known))
    session.connection().execute(
        update(Letter)
        .where(col(Letter.wave_id) == id_of(wave))
        .values(state="sent", sent_at=at, attempts=1)
    )
    for place, reason in zip(range(failed), FAILURES, strict=False):
        session.connection().execute(
            update(Letter)
            .where(col(Letter.id) == letters[(place + 1) * 67])
            .values(state="failed", sent_at=None, error=reason)
        )


def reached(session: Session, wave: Wave) -> list[tuple[BallotName, str, str]]:
    """Ballot, address and group of everybody whose letter went out, in roster order."""
    rows = session.connection().execute(
        select(col(Ballot.number), col(Ballot.issue), col(Respondent.email), col(Respondent.group))
        .join(Respondent, col(Respondent.id) == col(Ballot.respondent_id))
        .join(Letter, col(Letter.ballot_number) == col(Ballot.number))
        .where(col(Ballot.wave_id) == wave.id, col(Letter.state) == "sent")
        .order_by(col(Respondent.id))
    )
    return [(BallotName(number, issue), email, group) for number, issue, email, group in rows]


def answered(index: Index, group: str, units: Sequence[str], who: str) -> DraftState:
    """What somebody says in a year: as in the demo, but units do better and worse by the year."""
    said = people.reply(index, group, units, who)
    dice = random.Random(f"year {who}")
    levels = dict(said.answers.levels)
    for (question, unit), level in levels.items():
        drift = _drift(index.year, unit)
        if level == "-" or dice.random() > abs(drift):
            continue
        scale = index.scale_of[index.question_of[question].scale or ""]
        order = [each.code for each in scale.levels]
        place = 0 if drift > 0 else min(order.index(level) + 1, len(order) - 2)
        levels[question, unit] = order[place]
    return replace(said, answers=replace(said.answers, levels=levels))


@cache
def _drift(year: int, unit: str) -> float:
    """How many of a unit's answers are better (or worse) in a year than its usual ones."""
    return random.Random(f"drift {year} {unit}").uniform(-0.12, 0.14)
