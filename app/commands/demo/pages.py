"""The pages of the demo: four steps from a letter to the score table, each by one click.

They stand beside the product's own pages and use its verbs; nothing of them is in a real server.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request
from starlette.responses import Response

from app.audit import chain
from app.ballots import ballot as ballots
from app.commands.demo.commands import command, phieu
from app.commands.demo.mailbox import Received
from app.commands.demo.officer import telephone
from app.commands.demo.rehearsal import Rehearsal
from app.commands.demo.table import tables
from app.commands.demo.trustees import NEED, seats
from app.count import appraised, course, lineages, scoresheets, unsealing, wholesheets
from app.papers import export
from app.roster.file import Person
from app.staff import staff
from app.store.db import Session
from app.waves import closing, situation
from app.waves import wave as waves
from app.web.console.desk.addresses import ROOT
from app.web.console.desk.cookies import set_session
from app.web.console.desk.files import DOCX, XLSX
from app.web.forms import FromHere
from app.web.frame import set_header, style_hashes, styled_by_rules
from app.web.house import house_of
from app.web.pages import page, see

LISTED = 3  # letters of a group
# Two pages differ from the product's policy: one frames a letter, the other is that letter.
FRAMES = "default-src 'none'; style-src 'self'; img-src 'self'; frame-src 'self'; base-uri 'none'"
LETTER = (
    "default-src 'none'; style-src {hashes}; form-action 'none'; frame-ancestors 'self';"
    " base-uri 'none'; sandbox allow-top-navigation-by-user-activation"
)
EXPORTS = {
    "json": "application/json",
    "csv": "text/csv",
    "xlsx": XLSX,
    "docx": DOCX,
}
router = APIRouter(prefix="/demo")


@dataclass(frozen=True)
class Listed:
    """A letter of somebody who has not cast."""

    number: int
    person: Person


async def _rehearsal(request: Request) -> Rehearsal:
    rehearsal: Rehearsal = request.app.state.rehearsal
    return rehearsal


InDemo = Annotated[Rehearsal, Depends(_rehearsal)]


@router.get("")
def steps(demo: InDemo) -> Response:
    """The four steps, as far as the wave has come."""
    return _steps(demo)


def _steps(demo: Rehearsal, refused: str = "") -> Response:
    with demo.db.reading() as session:
        wave = waves.load(session, demo.code)
        status = situation.status(session, wave, demo.db.now(session))
        document = (
            scoresheets.latest_sheet(session, demo.code) if status.state == "scored" else None
        )
        seated = seats(session, wave, demo.papers, demo.mailbox.letters())
    opened = [seat.paper.name for seat in seated if seat.handed]
    return page(
        "demo/steps.html",
        {
            "refused": refused,
            "index": demo.index,
            "status": status,
            "cast_before": demo.cast,
            "step": STEPS[status.state],
            "groups": _not_cast(demo) if status.state == "open" else [],
            "document": document,
            "seats": seated,
            "opened": len(opened),
            "opened_by": opened,
            "need": NEED,
            "appraised": appraised.has_any(demo.index),
            "tables": [] if document is None else tables(demo.index, document),
            "run": lambda *words: command(demo.folder, "wave", *words),
            "alone": phieu,
            "verify": phieu("verify", f"{demo.code}.json"),
        },
        409 if refused else 200,
    )


# Which step is the next one in a state of the wave: 5 when all are done, 0 when none is left.
STEPS = {"open": 1, "closed": 3, "unsealed": 4, "scored": 5, "cancelled": 0}


def _not_cast(demo: Rehearsal) -> list[tuple[str, list[Listed]]]:
    """For each group a few letters of people who have not cast."""
    letter_to = {letter.recipient: letter for letter in demo.mailbox.letters()}
    groups: dict[str, list[Listed]] = {group.code: [] for group in demo.index.groups}
    with demo.db.reading() as session:
        for email, person in demo.people.items():
            letter = letter_to.get(email)
            if letter is None or len(groups[person.group]) == LISTED:
                continue
            name = demo.keys.tokens.read_link(letter.token(demo.settings.base_url))
            if name is not None and not ballots.find(session, name).cast:
                groups[person.group].append(Listed(letter.number, person))
    return [(group.name, groups[group.code]) for group in demo.index.groups if groups[group.code]]


async def _letter(demo: InDemo, number: int) -> Received:
    letter = demo.mailbox.letter(number)
    if letter is None:
        raise HTTPException(404)
    return letter


Letter = Annotated[Received, Depends(_letter)]


@router.get("/thu/{number}")
def letter(demo: InDemo, letter: Letter) -> Response:
    """A letter as a mail program shows it, with its HTML part in a frame."""
    person = demo.people.get(letter.recipient)
    trustee = next((each for each in demo.papers if each.email == letter.recipient), None)
    values = {
        "letter": letter,
        "name": person.name if person else trustee.name if trustee else letter.recipient,
        "mine": letter.recipient == demo.officer.email,
        "trustee": trustee,
    }
    return set_header(page("demo/letter.html", values), "content-security-policy", FRAMES)


@router.get("/thu/{number}/noi-dung")
def letter_part(letter: Letter) -> Response:
    """The HTML part of a letter; its links open in the whole window, not in the frame."""
    html = styled_by_rules(letter.html.replace("<head>", '<head><base target="_top">', 1))
    policy = LETTER.format(hashes=style_hashes(html) or "'none'")
    return set_header(Response(html, media_type="text/html"), "content-security-policy", policy)


@router.get("/so-noi-vu")
def office(demo: InDemo) -> Response:
    """The way into the console, the telephone of its officer, and the officer's own letters."""
    with demo.db.reading() as session:
        code, seconds = telephone(session, demo.officer, demo.db.now(session))
    values = {
        "officer": demo.officer,
        "code": f"{code[:3]} {code[3:]}".strip(),
        "seconds": seconds,
        "letters": [
            letter for letter in demo.mailbox.letters() if letter.recipient == demo.officer.email
        ],
    }
    return page("demo/office.html", values)


@router.post("/so-noi-vu", dependencies=[FromHere])
def sign_in(request: Request, demo: InDemo) -> Response:
    """Into the console as the officer: the password and the first code are taken as given."""
    with demo.db.transaction() as session:
        key = staff.begin_session(session, demo.officer.id, demo.db.now(session))
    return set_session(see(ROOT), house_of(request), key)


@router.post("/ket-thuc", dependencies=[FromHere])
def close(demo: InDemo) -> Response:
    def verb() -> None:
        with demo.db.transaction() as session:
            wave, now = waves.load(session, demo.code), demo.db.now(session)
            closing.close(demo.db, session, wave)
            closing.note_closing(session, demo.keys, wave, demo.officer.who, now)

    return _do(demo, verb, 3)


@router.post("/mo-hom-phieu", dependencies=[FromHere])
def unseal(demo: InDemo) -> Response:
    def verb() -> None:
        unsealing.unseal(demo.db, demo.keys, demo.code, who=demo.officer.who)

    return _do(demo, verb, 4)


@router.post("/tinh-diem", dependencies=[FromHere])
def score(demo: InDemo) -> Response:
    def verb() -> None:
        with demo.db.transaction() as session:
            document, fresh = scoresheets.score(demo.db, session, demo.code)
            if fresh:
                _note(demo, session, "wave.score", sheet=document["sheet"])
            if appraised.has_any(demo.index):
                whole, fresh = wholesheets.make(demo.db, session, demo.code)
                if fresh:
                    facts = {"sheet": whole["sheet"], "survey": whole["survey"]["sheet"]}
                    _note(demo, session, "wave.whole", **facts)

    return _do(demo, verb, 4)


def _note(demo: Rehearsal, session: Session, action: str, **facts: object) -> None:
    now = demo.db.now(session)
    chain.note(session, demo.keys, now, demo.officer.who, action, demo.code, **facts)


def _do(demo: Rehearsal, verb: Callable[[], object], following: int) -> Response:
    """Do it and go on to a step, or show the page with the reason why not."""
    try:
        verb()
    except waves.WaveRefused as refused:
        return _steps(demo, str(refused))
    return see(f"/demo#buoc-{following}")


@router.get("/bang-diem.{kind}")
def table(demo: InDemo, kind: str) -> Response:
    """The newest score sheet as a file."""
    if kind not in EXPORTS:
        raise HTTPException(404)
    try:
        with demo.db.reading() as session:
            document = scoresheets.latest_sheet(session, demo.code)
            wave = waves.load(session, demo.code)
            earlier, told = lineages.earlier(session, wave), course.of(session, wave)
            whole = wholesheets.beside(session, demo.code, document)
    except waves.WaveRefused as refused:
        return _steps(demo, str(refused))
    data = export.write(kind, document, earlier, told, whole)
    response = Response(data, media_type=EXPORTS[kind])
    return set_header(response, "content-disposition", f'attachment; filename="{demo.code}.{kind}"')
