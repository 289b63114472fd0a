"""What happens to a wave while a letter of it is in a sender's hands: it goes to nobody whom it is
not for any more, with no link that is dead or another's."""

import time
from datetime import timedelta

import pytest
from sqlmodel import Session, col, select

from app.keys.keyfile import KeyFile
from app.letters import queue
from app.letters.outbox import Claimed, Outcome
from app.roster import rows
from app.settings import Settings
from app.store.db import Database
from app.store.models import Respondent, Wave
from app.waves import closing, corrections
from app.waves import wave as waves
from app.waves.wave import id_of
from app.worker import delivery
from app.worker.ledger import Ledger
from app.worker.sending import send_due
from tests.conftest import Clock, first_on_both
from tests.making.blocks import make_wave, names
from tests.making.posting import begin, claim, make_letters, record, states, through
from tests.making.smtp import smtp_server

DOMAIN = "vi-du.vn"
NEW = "moi@vi-du.vn"
AT_THE_NEW = {("invitation", NEW), ("moved", "nguoi1@vi-du.vn")}
LINKED = ("invitation", "reminder", "copy", "extended")


@pytest.fixture
def wave(db: Database, keys: KeyFile) -> Wave:
    return make_wave(db, keys, people=4)


class Deeds:
    """What officers do, to the first person of a wave or to the wave."""

    def __init__(self, db: Database, keys: KeyFile, configured: Settings, clock: Clock) -> None:
        self.db, self.keys, self.configured, self.clock = db, keys, configured, clock

    def do(self, name: str) -> None:
        with self.db.transaction() as session:
            wave = waves.load(session, "dot-thu")
            person = session.scalars(select(Respondent).order_by(col(Respondent.id))).first()
            assert person is not None
            getattr(self, name)(session, wave, person)

    def removed(self, session: Session, wave: Wave, person: Respondent) -> None:
        now = self.db.now(session)
        corrections.remove(session, self.keys, wave, person, now, DOMAIN)

    def corrected(self, session: Session, wave: Wave, person: Respondent) -> None:
        index, _layout = waves.index_of(wave)
        wanted = rows.person_of(index, rows.fields_of(person) | {"Email": NEW})
        now = self.db.now(session)
        corrections.correct(session, self.keys, wave, person, wanted, now, DOMAIN)

    def reissued(self, session: Session, wave: Wave, person: Respondent) -> None:
        corrections.reissue(session, self.keys, wave, person, self.db.now(session), DOMAIN)

    def cancelled(self, session: Session, wave: Wave, _person: Respondent) -> None:
        closing.cancel(self.db, session, self.configured, wave, "Danh sách sai")

    def closed(self, session: Session, wave: Wave, _person: Respondent) -> None:
        closing.close(self.db, session, wave)

    def run_out(self, _session: Session, wave: Wave, _person: Respondent) -> None:
        self.clock.now = wave.closes_at


@pytest.fixture
def deeds(db: Database, keys: KeyFile, configured: Settings, clock: Clock) -> Deeds:
    return Deeds(db, keys, configured, clock)


def in_hand(db: Database, wave: Wave, kind: str) -> Claimed:
    """A letter of a kind to the first person, claimed; their invitation has long gone."""
    if kind != "invitation":
        record(db, *(Outcome(each, "sent") for each in claim(db)))
        with db.transaction() as session:
            first = names(session, wave)[0].number
            queue.queue(session, id_of(wave), kind, [first], db.now(session), DOMAIN)
    return claim(db, most=1)[0]


def goes_instead(db: Database, clock: Clock) -> set[tuple[str, str]]:
    """What is claimed afterwards for the first person, by the living and after every claim."""
    clock.move(minutes=1)
    return {
        (each.facts.kind, each.facts.email)
        for each in claim(db, "b")
        if each.facts.email in ("nguoi1@vi-du.vn", NEW)
    }


@first_on_both(
    "deed,kind,instead",
    [
        (
            "corrected",
            "reminder",
            AT_THE_NEW | {("reminder", NEW)},
        ),
        ("removed", "invitation", {("removed", "nguoi1@vi-du.vn")}),
        ("cancelled", "invitation", {("cancellation", "nguoi1@vi-du.vn")}),
        *(("removed", kind, {("removed", "nguoi1@vi-du.vn")}) for kind in LINKED[1:]),
        ("corrected", "invitation", AT_THE_NEW),
        ("corrected", "copy", AT_THE_NEW),
        (
            "corrected",
            "extended",
            AT_THE_NEW | {("extended", NEW)},
        ),
        ("reissued", "invitation", {("invitation", "nguoi1@vi-du.vn")}),
        ("reissued", "copy", {("invitation", "nguoi1@vi-du.vn")}),
        *(
            ("reissued", kind, {("invitation", "nguoi1@vi-du.vn"), (kind, "nguoi1@vi-du.vn")})
            for kind in ("reminder", "extended")
        ),
        *(("cancelled", kind, {("cancellation", "nguoi1@vi-du.vn")}) for kind in LINKED[1:]),
        *((deed, kind, set()) for deed in ("closed", "run_out") for kind in LINKED),
    ],
    both=3,
)
def test_a_letter_in_hand_goes_to_nobody_whom_it_is_not_for_any_more(
    db: Database,
    wave: Wave,
    deeds: Deeds,
    clock: Clock,
    deed: str,
    kind: str,
    instead: set[tuple[str, str]],
) -> None:
    held = in_hand(db, wave, kind)
    assert held.facts.email == "nguoi1@vi-du.vn"
    deeds.do(deed)
    assert not begin(db, held)
    assert goes_instead(db, clock) == instead


def test_a_sender_stalled_past_its_claim_writes_to_no_address_of_then(
    db: Database, keys: KeyFile, configured: Settings, clock: Clock, deeds: Deeds
) -> None:
    """It stalls in the middle of the letter; another looks meanwhile, and the address changes."""
    make_letters(db, keys, 1)
    stalls = ["once"]

    def script(at: str, _to: str) -> None:
        if at == "data" and stalls:
            stalls.clear()
            clock.move(seconds=11)
            claim(db, "other")
            deeds.do("corrected")

    with smtp_server(script) as server:
        send_due(db, keys, through(configured, server))
    # What tells the old address has no link.
    came = sorted((kept.recipient, "/p/" in kept.text) for kept in server.kept)
    assert came == [(NEW, True), ("nguoi0@vi-du.vn", False)]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_sender_stalled_between_its_word_and_the_dot_sends_no_dot(
    db: Database,
    keys: KeyFile,
    configured: Settings,
    deeds: Deeds,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make_letters(db, keys, 1)
    commit, stalls = Ledger.commit, ["once"]

    def slow(ledger: Ledger, begun: Claimed | None) -> bool:
        done = commit(ledger, begun)
        if begun is not None and stalls:
            stalls.clear()
            deeds.do("cancelled")
            time.sleep(0.3)
        return done

    monkeypatch.setattr(Ledger, "commit", slow)
    monkeypatch.setattr(delivery, "LEASE", timedelta(seconds=0.2))
    with smtp_server() as server:
        send_due(db, keys, through(configured, server))
    assert ["/p/" in kept.text for kept in server.kept] == [False]
    assert states(db) == {"queued": 1}
    assert states(db, "cancellation") == {"sent": 1}
