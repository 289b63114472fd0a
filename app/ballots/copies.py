"""Letters that somebody asks for again ("Gửi lại thư cho tôi"), for an address of whomever.

Asking writes the address down, and nothing else is done before the answer: so the time it takes
cannot tell whether the address is in a roster, in how many waves, or whether a letter goes. What
was written down is given by the clock a second later, or by the next `phieu send`; no restart loses
it.
"""

import logging
from collections.abc import Mapping

from app.ballots import enquiries
from app.store.db import Database, DatabaseFault

log = logging.getLogger("phieu.copies")

AT_ONCE = 100  # addresses in one transaction


def write_down(db: Database, addresses: Mapping[str, int]) -> None:
    """Note who asks, by the keys of their addresses (`email_key`)."""
    with db.transaction() as session:
        enquiries.note_asked(session, addresses)


def give(db: Database, domain: str) -> None:
    """Queue what was asked for; nobody waits for a lock when there is nothing."""
    with db.reading() as session:
        if not enquiries.any_asked(session):
            return
    while _give_some(db, domain):
        pass


def _give_some(db: Database, domain: str) -> bool:
    with db.transaction() as session:
        asked = enquiries.take_asked(session, AT_ONCE)
        for address in asked:
            try:
                with session.begin_nested():
                    enquiries.ask_copy(session, address, db.now(session), domain)
            except DatabaseFault:
                raise
            except Exception as error:  # noqa: BLE001  # one must not keep the others waiting
                log.warning("a letter asked for is not queued: %s", type(error).__name__)
    return bool(asked)
