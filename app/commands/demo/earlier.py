"""The survey of the year before, which the demo's is compared with: smaller, and over."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from app.audit import chain
from app.commands.demo import people
from app.commands.demo.casts import cast_all
from app.commands.demo.mailbox import Mailbox
from app.count import externals, scoresheets, unsealing
from app.index import file as indexfile
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

THIS, BEFORE = b"2022", b"2021"
SHARE = 10  # one of so many is asked, but ten of a group


def survey(
    keys: KeyFile, configured: Settings, mailbox: Mailbox, file: bytes, sizes: Mapping[str, int]
) -> None:
    """A wave of last year from its launch to its score sheet; its letters are thrown away."""
    index = indexfile.parse(file.replace(THIS, BEFORE))
    opens = datetime.now(HANOI).replace(second=0, microsecond=0) - timedelta(days=365)
    closes, clock = opens + timedelta(days=13), [opens]
    db = open_database(configured.database_url, lambda: clock[0])
    try:
        guard.guard(db, keys)
        few = {group: min(size, max(10, size // SHARE)) for group, size in sizes.items()}
        found = read_roster(index, people.roster(index, few)).people
        percents = read_external(index, people.external(index)).percents
        with db.transaction() as session:
            wave = waves.new(session, index.code, index, opens, closes, opens)
            waves.import_roster(session, wave, found, chain.COMMAND_LINE)
            externals.put_in(session, wave, percents)
        with db.transaction() as session:
            launch.launch(db, session, keys, configured, waves.load(session, index.code))
        sending.send_due(db, keys, configured)
        clock[0] += timedelta(days=1)
        everyone = [person.email for person in found]
        cast_all(db, keys, configured.base_url, everyone, mailbox.letters(), mood="2021 ")
        mailbox.clear()
        clock[0] = closes - timedelta(minutes=1)
        with db.transaction() as session:
            closing.close(db, session, waves.load(session, index.code))
        unsealing.unseal(db, keys, index.code)
        with db.transaction() as session:
            scoresheets.score(db, session, index.code)
    finally:
        db.dispose()
