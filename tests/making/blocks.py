"""Building blocks of tests: an index, people, a launched wave, answers, a cast ballot."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from sqlmodel import Session, col, select

from app import settings
from app.ballots import ballot as ballots
from app.ballots import casting, drafts
from app.ballots.ballot import OpenBallot
from app.bonds import wavefacts
from app.index import file as indexfile
from app.index.definition import Index
from app.keys.keyfile import KeyFile
from app.keys.tokens import BallotName
from app.keys.urn import Answers, DraftState
from app.roster.file import Person
from app.store.db import Database
from app.store.models import Ballot, Respondent, Wave
from app.waves import corrections, launch
from app.waves import wave as waves

INDEXES = Path(__file__).parent.parent / "indexes"
LAI_CHAU = Path(__file__).parents[2] / "questionnaires" / "lai-chau-2022.toml"


def make_index(name: str = "pooled") -> Index:
    """One of the tiny indexes under tests/indexes."""
    return indexfile.parse((INDEXES / f"{name}.toml").read_bytes())


def make_people(index: Index, number: int = 20) -> list[Person]:
    """People of all groups in turn; each is of one of the units or of no unit, in turn."""
    units = [unit.code for unit in index.units]
    people = []
    for place in range(number):
        group = index.groups[place % len(index.groups)]
        agency: str | None = (*units, None)[place % (len(units) + 1)]
        if group.rates == "own" and agency is None:
            agency = units[place % len(units)]
        others = [unit for unit in units if unit != agency] or units
        assigned = tuple(others[:8]) if group.rates == "assigned" else ()
        person = Person(
            name=f"Người thứ {place + 1}",
            email=f"nguoi{place + 1}@vi-du.vn",
            group=group.code,
            agency=agency,
            agency_text=agency or "UBND xã",
            position="",
            phone="",
            assigned=assigned,
        )
        rated = index.rated_units(group.code, agency, assigned)
        if index.asked(group.code, rated):
            people.append(person)
    return people


def make_wave(
    db: Database,
    keys: KeyFile,
    index: Index | None = None,
    people: Sequence[Person] | int = 20,
    opens: datetime | None = None,
    closes: datetime | None = None,
    code: str = "dot-thu",
    base_url: str = "http://127.0.0.1:8000",
    rehearsal: bool = False,
    two_people: bool = False,
    origin: tuple[str, str] = ("", ""),
) -> Wave:
    """A launched wave, open now unless told otherwise; `origin` is who made its roster, and from
    what."""
    index = index or make_index()
    if isinstance(people, int):
        people = make_people(index, people)
    configured = settings.read({"PHIEU_MAIL_FROM": "phieu@vi-du.vn", "PHIEU_BASE_URL": base_url})
    with db.transaction() as session:
        now = db.now(session)
        opens, closes = opens or now - timedelta(days=1), closes or now + timedelta(days=10)
        wave = waves.new(session, code, index, opens, closes, min(now, opens))
        wave.rehearsal = rehearsal
        # The next verb reads the row again.
        session.flush()
        waves.import_roster(session, wave, people, *origin)
        launch.launch(db, session, keys, configured, wave, two_people)
    with db.reading() as session:
        return waves.load(session, code)


def names(session: Session, wave: Wave) -> list[BallotName]:
    """The ballots of a wave in roster order."""
    rows = session.connection().execute(
        select(col(Ballot.number), col(Ballot.issue))
        .join(Respondent, col(Respondent.id) == col(Ballot.respondent_id))
        .where(col(Ballot.wave_id) == wave.id)
        .order_by(col(Respondent.id))
    )
    return [BallotName(number, issue) for number, issue in rows]


def make_answers(ballot: OpenBallot, chance: random.Random) -> Answers:
    """Random answers to what a ballot asks, a few left blank, and a comment now and then."""
    levels = {}
    for question, unit in ballot.asked(None):
        scale = ballot.index.scale_of[ballot.index.question_of[question].scale or ""]
        level = chance.choice([*(level.code for level in scale.levels), "-", ""])
        asked = ballot.index.question_of[question]
        if asked.ticks_several and level not in ("", "-"):
            codes = [each.code for each in scale.levels]
            ticked = chance.sample(codes, chance.randint(1, asked.most or 1))
            level = "".join(code for code in codes if code in ticked)
        if level:
            levels[question, unit] = level
    comments = {
        question.code: f"Góp ý số {chance.randrange(10**6)}"
        for question in ballot.index.comments
        if ballot.group in question.groups and chance.random() < 0.5
    }
    return Answers(levels, comments)


def cast_ballot(db: Database, keys: KeyFile, name: BallotName, answers: Answers) -> str:
    """Start, answer and cast one ballot as the booth does; gives the receipt."""
    with db.transaction() as session:
        ballot = ballots.find(session, name)
        drafts.start(session, keys, ballot, db.now(session))
    with db.transaction() as session:
        state = DraftState(answers, frozenset(ballot.units))
        drafts.change(session, keys, ballot, db.now(session), lambda _before: state)
    with db.transaction() as session:
        return casting.cast(db, session, keys, name, lambda _ballot, _draft: True)


def cast_all(
    db: Database, keys: KeyFile, wave: Wave, share: float = 1.0, seed: int = 1
) -> dict[str, tuple[str, Answers]]:
    """Cast a share of a wave's ballots; receipt → (group, answers) as they were given."""
    chance = random.Random(seed)
    with db.reading() as session:
        everyone = names(session, wave)
    said = {}
    for name in everyone[: round(len(everyone) * share)]:
        with db.reading() as session:
            ballot = ballots.find(session, name)
        answers = make_answers(ballot, chance)
        said[cast_ballot(db, keys, name, answers)] = (ballot.group, answers)
    return said


def change_wave(db: Database, wave: Wave, **values: object) -> None:
    """Other facts of a launched wave, in its row and in the key file, as a deed leaves them."""
    with db.transaction() as session:
        found = waves.load(session, wave.code)
        before = wavefacts.of_wave(session, found)
        for name, value in values.items():
            setattr(found, name, value)
        session.add(found)
        session.flush()
        session.refresh(found)
        wavefacts.changed(session, found, before)


def issue_anew(db: Database, keys: KeyFile, name: BallotName) -> BallotName:
    """The ballot issued again, as an officer does it; gives its name from now on."""
    with db.transaction() as session:
        ballot = session.get_one(Ballot, name.number)
        wave = session.get_one(Wave, ballot.wave_id)
        person = session.get_one(Respondent, ballot.respondent_id)
        corrections.reissue(session, keys, wave, person, db.now(session), "vi-du.vn")
    return BallotName(name.number, name.issue + 1)


def mark_launched(db: Database, code: str) -> None:
    """A draft that somebody else launches, without ballots and letters."""
    with db.transaction() as session:
        wave = waves.load(session, code)
        wave.launched_at = db.now(session)
        session.add(wave)
        session.flush()
        session.refresh(wave)
        wavefacts.launched(session, wave, [])
