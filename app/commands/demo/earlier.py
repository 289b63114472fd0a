"""The survey of the year before, which the demo's is compared with: smaller, and over."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from app.audit import chain
from app.commands.demo import people, scenes
from app.commands.demo.casts import cast_all
from app.commands.demo.mailbox import Mailbox
from app.count import externals, scoresheets, unsealing
from app.index import file as indexfile
from app.index.definition import Index
from app.index.external import read_external
from app.keys import guard
from app.keys.keyfile import KeyFile
from app.language import HANOI
from app.roster.file import read as read_roster
from app.settings import Settings
from app.store.db import open_database
from app.waves import closing, launch
from app.waves import wave as waves
from app.worker import sending


def index_before(file: bytes) -> Index:
    """The index as it was a year before; its code is another one."""
    index = indexfile.parse(file)
    before = indexfile.parse(file.replace(b"%d" % index.year, b"%d" % (index.year - 1)))
    code = before.code if before.code != index.code else f"{index.code}-{before.year}"
    return replace(before, code=code)


def survey(
    keys: KeyFile, configured: Settings, mailbox: Mailbox, file: bytes, most: Mapping[str, int]
) -> None:
    """A wave of last year from its launch to its score sheet; its letters are thrown away. `most`
    are at most asked of each group."""
    index = index_before(file)
    opens = datetime.now(HANOI).replace(second=0, microsecond=0) - timedelta(days=365)
    closes, clock = opens + timedelta(days=13), [opens]
    db = open_database(configured.database_url, lambda: clock[0])
    try:
        guard.guard(db, keys)
        last = scenes.of(index).last_year(index)
        few = {group: min(size, last[group]) for group, size in most.items()}
        found = read_roster(index, people.roster(index, few)).people
        elsewhere = people.external(index)
        percents = read_external(index, elsewhere).percents if len(elsewhere) > 1 else {}
        with db.transaction() as session:
            wave = waves.new(session, index.code, index, opens, closes, opens)
            waves.import_roster(session, wave, found, chain.COMMAND_LINE)
            externals.put_in(session, wave, percents)
        with db.transaction() as session:
            launch.launch(db, session, keys, configured, waves.load(session, index.code))
        sending.send_due(db, keys, configured)
        clock[0] += timedelta(days=1)
        everyone = [person.email for person in found]
        cast_all(db, keys, configured.base_url, everyone, mailbox.letters(), mood=f"{index.year} ")
        mailbox.clear()
        clock[0] = closes - timedelta(minutes=1)
        with db.transaction() as session:
            closing.close(db, session, waves.load(session, index.code))
        unsealing.unseal(db, keys, index.code)
        with db.transaction() as session:
            scoresheets.score(db, session, index.code)
    finally:
        db.dispose()
