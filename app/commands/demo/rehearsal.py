"""The wave of the demo, made by the same verbs as a real one: from the index file to cast ballots.

Everything lies in the one folder it is given.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from app import settings
from app.audit import chain
from app.bonds import origins
from app.commands import terminal
from app.commands.demo import earlier, people, scenes
from app.commands.demo.casts import cast_all
from app.commands.demo.mailbox import Mailbox
from app.commands.demo.officer import Officer, furnish
from app.commands.demo.trustees import Paper, seated
from app.count import appraised, externals
from app.count.adding import Progress
from app.folders import questionnaires
from app.index import file as indexfile
from app.index.definition import Index
from app.index.external import WANTED as EXTERNAL
from app.index.external import read_external
from app.keys import guard
from app.keys.keyfile import KeyFile
from app.language import HANOI, _, number
from app.papers import tables
from app.roster import columns
from app.roster.file import Person
from app.roster.file import read as read_roster
from app.settings import Settings
from app.store.db import Database, Session, open_database
from app.waves import launch
from app.waves import wave as waves
from app.worker import sending

CODE = "lai-chau-2022"
DAYS = 13


@dataclass(frozen=True)
class Rehearsal:
    """What the demo is made of. `people` are all respondents, by address."""

    code: str  # of the index and of the wave
    folder: Path
    settings: Settings
    db: Database
    keys: KeyFile
    mailbox: Mailbox
    index: Index
    people: Mapping[str, Person]
    cast: int
    officer: Officer
    papers: tuple[Paper, ...] = ()  # of its trustees; none where the office keeps the key


@contextmanager
def rehearse(
    folder: Path,
    base_url: str,
    sizes: Mapping[str, int] | None = None,
    code: str = CODE,
    committee: bool = False,
) -> Iterator[Rehearsal]:
    """The wave of a questionnaire, open, its letters in the mailbox, most ballots cast, until the
    block ends. `sizes`: how many of each group; None: as many as in its scene. `committee`: its
    urn is opened by two of three trustees, not by the office."""
    file = questionnaires()[code].read_bytes()
    index = indexfile.parse(file)
    scene = scenes.of(index)
    sizes = scene.sizes if sizes is None else sizes
    mailbox = Mailbox()
    configured = settings.read(
        {
            "PHIEU_DATA": str(folder),
            "PHIEU_SMTP_URL": mailbox.url,
            "PHIEU_MAIL_FROM": f"dieu-tra@{scene.domain}",
            "PHIEU_BASE_URL": base_url,
        }
    )
    db = open_database(configured.database_url)
    try:
        keys = guard.guard(db, KeyFile(configured.key_file))
        with stage(_("Đợt của năm trước, để so sánh")):
            earlier.survey(keys, configured, mailbox, file, sizes)
        officer = furnish(db, keys, index, file, scene.domain)
        respondents, papers = _launch(db, keys, configured, index, sizes, officer, committee)
        with stage(_("Gửi thư mời")) as progress:
            sending.send_due(db, keys, configured, progress=progress)
        with stage(_("Người trả lời giả định gửi phiếu")) as progress:
            letters, base = mailbox.letters(), configured.base_url
            cast = cast_all(db, keys, base, respondents, letters, progress)
        yield Rehearsal(
            *(code, folder, configured, db, keys, mailbox, index, respondents, cast, officer),
            papers=papers,
        )
    finally:
        db.dispose()
        mailbox.close()


@contextmanager
def stage(title: str) -> Iterator[Progress | None]:
    """A step of the preparation: a progress bar on a terminal, a line elsewhere."""
    with terminal.progress_bar(title) as progress:
        if progress is None:
            print(f"{title} …", flush=True)
        yield progress


def _launch(
    db: Database,
    keys: KeyFile,
    configured: Settings,
    index: Index,
    sizes: Mapping[str, int],
    officer: Officer,
    committee: bool,
) -> tuple[dict[str, Person], tuple[Paper, ...]]:
    """Make, fill and launch the wave, with lines in the log as the console writes them; gives its
    respondents by address, and the papers of its trustees."""
    title = _("Lập danh sách và phát {number} phiếu").format(number=number(sum(sizes.values())))
    papers: tuple[Paper, ...] = ()
    with stage(title) as progress:
        opens = datetime.now(HANOI).replace(second=0, microsecond=0)
        closes = (opens + timedelta(days=DAYS)).replace(hour=17, minute=0)
        roster = _file(configured.data / "danh-sach.csv", people.roster(index, sizes))
        elsewhere = people.external(index)

        def note(session: Session, action: str, **facts: object) -> None:
            chain.note(session, keys, db.now(session), officer.who, action, index.code, **facts)

        with db.transaction() as session:
            wave = waves.new(session, index.code, index, opens, closes, db.now(session))
            note(session, "wave.new", digest=wave.index_digest)
            listed = tables.table(roster.read_bytes(), roster.name, columns.WANTED)
            found = read_roster(index, listed).people
            source = origins.of_file(roster.name)
            waves.import_roster(session, wave, found, officer.who, source)
            note(session, "roster.import", people=len(found))
            if len(elsewhere) > 1:
                external = _file(configured.data / "ket-qua-khac.csv", elsewhere)
                rows = tables.table(external.read_bytes(), external.name, EXTERNAL)
                externals.put_in(session, wave, read_external(index, rows).percents)
        if committee:
            domain = scenes.of(index).domain
            papers = seated(db, keys, configured, index.code, domain, officer.who)
        with db.transaction() as session:
            wave = waves.load(session, index.code)
            issued = launch.launch(db, session, keys, configured, wave)
            note(session, "wave.launch", **launch.facts(wave, issued))
        if appraised.has_any(index):
            with db.transaction() as session:
                wave, heads = waves.load(session, index.code), people.heads(index)
                appraised.put_in(session, wave, people.appraised(index), heads)
                note(session, "wave.appraised", rows=len(appraised.checked(session, wave)))
        if progress is not None:
            progress(len(found), len(found))
    return {person.email: person for person in found}, papers


def _file(path: Path, rows: Sequence[Sequence[str]]) -> Path:
    """Rows as a CSV file, as Excel saves one."""
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    path.write_text(text.getvalue(), "utf-8-sig")
    return path
