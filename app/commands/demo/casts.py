"""Made-up people answer and cast, by the link in their letter."""

from collections.abc import Iterable, Sequence

from app.ballots import ballot as ballots
from app.ballots import casting, drafts
from app.commands.demo import people
from app.commands.demo.mailbox import Received
from app.count.adding import Progress
from app.keys.keyfile import KeyFile
from app.store.db import Database


def cast_all(
    db: Database,
    keys: KeyFile,
    base_url: str,
    everyone: Iterable[str],
    letters: Sequence[Received],
    progress: Progress | None = None,
    mood: str = "",
) -> int:
    """The ballots of those who do, by their addresses; gives how many. Of another `mood` they
    answer something else."""
    letter_to = {letter.recipient: letter for letter in letters}
    willing = [email for email in everyone if email in letter_to and people.casts(email)]
    for done, email in enumerate(willing, 1):
        _cast_one(db, keys, letter_to[email].token(base_url), mood + email)
        if progress is not None:
            progress(done, len(willing))
    return len(willing)


def _cast_one(db: Database, keys: KeyFile, token: str, who: str) -> None:
    name = keys.tokens.read_link(token)
    if name is None:
        raise ballots.LinkUnknown
    with db.transaction() as session:
        ballot = ballots.find(session, name)
        now = db.now(session)
        reply = people.reply(ballot.index, ballot.group, ballot.units, who)
        drafts.start(session, keys, ballot, now)
        drafts.change(session, keys, ballot, now, lambda _draft: reply)
        casting.cast(db, session, keys, name, lambda _ballot, _draft: True)
