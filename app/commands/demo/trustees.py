"""The trustees of the demo: three people, any two of whom open the urn, and what their papers say.

Of a real wave no program but a trustee's own browser sees a phrase. Here the visitor plays all
three, so the demo keeps their papers and shows them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from app.commands.demo.mailbox import Received
from app.keys import committee, phrase
from app.keys.committee import TRIAL, Bound
from app.keys.keyfile import KeyFile
from app.keys.tokens import BallotName
from app.settings import Settings
from app.store.db import Database, Session
from app.store.models import Wave
from app.text.cleaning import folded
from app.trustees import files, shares, trial
from app.trustees.body import Trustee
from app.waves import trusteedeeds
from app.waves import wave as waves
from app.worker import sending

NEED = 2
# Of different sides, as the page for naming them advises. No respondent can be called so: these
# given names are not among those that `names` draws from.
PEOPLE = (
    ("Nguyễn Thế Kỷ", "Chánh Thanh tra"),
    ("Lò Minh Khuê", "Phó Chủ tịch Ủy ban Mặt trận Tổ quốc"),
    ("Phạm Bá Lộc", "Phó Trưởng ban Pháp chế Hội đồng nhân dân"),
)


@dataclass(frozen=True)
class Paper:
    """A trustee's sheet of paper, with the phrase on it, and the path of their own page."""

    name: str
    position: str
    email: str
    place: int
    phrase: str
    path: str


@dataclass(frozen=True)
class Seat:
    """A trustee as the page shows them: whether they have opened, and the letters they got."""

    paper: Paper
    handed: bool
    letters: Sequence[Received]


def seated(
    db: Database, keys: KeyFile, configured: Settings, code: str, domain: str, who: str
) -> tuple[Paper, ...]:
    """Trustees of a draft, named by `who`; each has made a key and opened the trial ballot. They
    have got the letters that asked them to."""
    people = [
        (f"{name}, {position}", f"{folded(name).replace(' ', '.')}@{domain}")
        for name, position in PEOPLE
    ]
    with db.transaction() as session:
        wave = waves.load(session, code)
        found = trusteedeeds.appoint(session, wave, NEED, people, db.now(session), who)
    sending.send_due(db, keys, configured)
    papers = [_paper(keys, each, phrase.make()) for each in found.trustees]
    private = {paper.place: _private(paper, code) for paper in papers}
    for each in found.trustees:
        with db.transaction() as session:
            wave, key = waves.load(session, code), phrase.public_key(private[each.place])
            trusteedeeds.hand_in_key(session, wave, each.number, key, db.now(session))
    sending.send_due(db, keys, configured)
    for each in found.trustees:
        with db.transaction() as session:
            wave = waves.load(session, code)
            given = trial.given(session, wave, each.number)
            bound = Bound(given.wave, given.index_digest, TRIAL)
            opened = {
                row_id: committee.open_part(private[each.place], bound, given.place, part)
                for row_id, part in given.rows
            }
            handed = files.read_opened(files.opened_file(given, opened))
            trusteedeeds.hand_in_trial(session, wave, each.number, handed, db.now(session))
    return tuple(papers)


def _paper(keys: KeyFile, trustee: Trustee, made: str) -> Paper:
    name, position = PEOPLE[trustee.place - 1]
    path = f"/giu-khoa/{keys.tokens.trustee(BallotName(trustee.number, 1))}"
    return Paper(name, position, trustee.email, trustee.place, made, path)


def _private(paper: Paper, code: str) -> bytes:
    return phrase.private_key(phrase.read(paper.phrase), code)


def seats(
    session: Session, wave: Wave, papers: Sequence[Paper], letters: Sequence[Received]
) -> list[Seat]:
    """The papers with how far each trustee is; none in office mode."""
    if not papers:
        return []
    handed = {
        each.trustee.place: each.handed_at is not None for each in shares.standing(session, wave)
    }
    return [
        Seat(
            paper,
            handed[paper.place],
            [letter for letter in letters if letter.recipient == paper.email],
        )
        for paper in papers
    ]
