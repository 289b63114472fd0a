"""Whoever is taken off the roster is told by letter, alike whether they have cast or not."""

import random
from collections.abc import Callable
from datetime import timedelta
from email import message_from_bytes

import pytest
from sqlmodel import col, select, update

from app.ballots import ballot as ballots
from app.count import unsealing
from app.keys.keyfile import KeyFile
from app.letters import mail, queue, senders, standing
from app.letters.outbox import Claimed, Outcome
from app.preparation import wordings
from app.store.db import Database
from app.store.models import Letter, Respondent, Wave
from app.waves import closing, corrections, notes
from app.waves import wave as waves
from app.waves.wave import id_of
from tests.conftest import Clock, first_on_both
from tests.making.blocks import cast_ballot, make_answers, make_wave, names
from tests.making.posting import begin, claim, record

DOMAIN = "vi-du.vn"
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def wave(db: Database, keys: KeyFile) -> Wave:
    """An open wave of twelve people."""
    return make_wave(db, keys, people=12)


def send_all(db: Database) -> None:
    record(db, *(Outcome(each, "sent") for each in claim(db)))


def take_off(db: Database, keys: KeyFile, id_: int, code: str = "dot-thu") -> None:
    with db.transaction() as session:
        found, now = waves.load(session, code), db.now(session)
        corrections.remove(session, keys, found, session.get_one(Respondent, id_), now, DOMAIN)


def bring_back(db: Database, keys: KeyFile, id_: int) -> None:
    with db.transaction() as session:
        found, now = waves.load(session, "dot-thu"), db.now(session)
        corrections.restore(session, keys, found, id_, now, DOMAIN)


def told(db: Database) -> list[str]:
    """The states of the letters to who was taken off."""
    with db.reading() as session:
        query = select(col(Letter.state)).where(col(Letter.kind) == "removed")
        return list(session.exec(query.order_by(col(Letter.id))))


def due(db: Database) -> list[tuple[str, str]]:
    return [(each.facts.kind, each.facts.email) for each in claim(db)]


def cast(db: Database, keys: KeyFile, wave: Wave, place: int) -> None:
    with db.reading() as session:
        name = names(session, wave)[place]
        ballot = ballots.find(session, name)
    cast_ballot(db, keys, name, make_answers(ballot, random.Random(1)))


def test_who_has_cast_and_who_has_not_get_the_same_letter(
    db: Database, keys: KeyFile, wave: Wave
) -> None:
    send_all(db)
    cast(db, keys, wave, 0)
    for id_ in (1, 2):
        take_off(db, keys, id_)
    first, second = claim(db)
    assert [each.facts.email for each in (first, second)] == ["nguoi1@vi-du.vn", "nguoi2@vi-du.vn"]
    with db.reading() as session:
        index, _layout = waves.index_of(wave)
        wording = wordings.of(session, wave)
    words = [mail.form_of(each.facts, index, "http://x/", wording) for each in (first, second)]
    assert words[0] == words[1]


def test_the_letter_has_no_link_and_no_way_out_of_reminders(
    db: Database, keys: KeyFile, wave: Wave, clock: Clock
) -> None:
    send_all(db)
    take_off(db, keys, 1)
    (letter,) = claim(db)
    raw = raw_of(db, keys, wave, letter, clock)
    assert b"List-Unsubscribe" not in raw
    text = read(raw)
    assert "Kính gửi Ông/Bà Người thứ 1" in text
    assert "Nếu Ông/Bà đã gửi phiếu thì phiếu vẫn được đếm." in text
    assert "/p/" not in text
    assert "/khong-nhac/" not in text
    tokens = keys.tokens
    assert tokens.link(letter.facts.ballot) not in text
    assert tokens.access_code(letter.facts.ballot) not in text


def raw_of(db: Database, keys: KeyFile, wave: Wave, letter: Claimed, clock: Clock) -> bytes:
    with db.reading() as session:
        index, _layout = waves.index_of(wave)
        wording = wordings.of(session, wave)
    sender = senders.of(index, "phieu@vi-du.vn")
    head = mail.Letterhead(index, keys.tokens, sender, "http://127.0.0.1:8000", wording)
    return mail.render(letter.facts, head, clock())


def read(raw: bytes) -> str:
    """Both parts, decoded."""
    parts = [part for part in message_from_bytes(raw).walk() if not part.is_multipart()]
    return "".join(part.get_payload(decode=True).decode() for part in parts)  # type: ignore[union-attr]


NOT_SENT: dict[str, Callable[[Database], None]] = {
    "waiting": lambda db: None,
    "put off": lambda db: put(db, "deferred"),
}
MAY_HAVE: dict[str, Callable[[Database], None]] = {
    "sent": lambda db: put(db, "sent"),
    "failed": lambda db: put(db, "failed"),
    "uncertain": lambda db: put(db, "uncertain"),
    "under way": lambda db: bool(claim(db)) and None,
}


def put(db: Database, state: str) -> None:
    with db.transaction() as session:
        session.connection().execute(update(Letter).values(state=state))


@SQLITE
@pytest.mark.parametrize("invitation", [*NOT_SENT, *MAY_HAVE])
@pytest.mark.parametrize("has_cast", [True, False])
def test_who_never_heard_of_it_is_not_told_and_the_cast_decides_nothing(
    db: Database, keys: KeyFile, wave: Wave, invitation: str, has_cast: bool
) -> None:
    {**NOT_SENT, **MAY_HAVE}[invitation](db)
    if has_cast:
        cast(db, keys, wave, 0)
    take_off(db, keys, 1)
    assert told(db) == ["queued"] * (invitation in MAY_HAVE)


@SQLITE
def test_before_the_opening_of_a_wave_and_before_its_launch_nobody_is_told(
    db: Database, keys: KeyFile, clock: Clock
) -> None:
    opens = clock.now + timedelta(days=2)
    make_wave(db, keys, people=4, opens=opens, closes=opens + timedelta(days=2), code="sau")
    take_off(db, keys, 1, "sau")
    assert told(db) == []


def test_who_is_back_is_not_told_any_more(db: Database, keys: KeyFile, wave: Wave) -> None:
    send_all(db)
    take_off(db, keys, 1)
    bring_back(db, keys, 1)
    assert told(db) == []
    assert due(db) == [("invitation", "nguoi1@vi-du.vn")]


def test_a_letter_in_a_sender_s_hands_is_taken_from_it_when_its_reader_is_back(
    db: Database, keys: KeyFile, wave: Wave
) -> None:
    send_all(db)
    take_off(db, keys, 1)
    (letter,) = claim(db)
    bring_back(db, keys, 1)
    assert not begin(db, letter)


def test_each_removal_is_told_of(db: Database, keys: KeyFile, wave: Wave) -> None:
    send_all(db)
    for _time in range(2):
        take_off(db, keys, 1)
        send_all(db)
        bring_back(db, keys, 1)
        send_all(db)
    assert told(db) == ["sent", "sent"]


def test_it_goes_until_the_urn_is_opened(db: Database, keys: KeyFile, wave: Wave) -> None:
    send_all(db)
    for id_ in (1, 2):
        take_off(db, keys, id_)
    with db.transaction() as session:
        closing.close(db, session, waves.load(session, wave.code))
    (first, second) = claim(db)
    assert {each.facts.kind for each in (first, second)} == {"removed"}
    with db.transaction() as session:
        session.connection().execute(
            update(Letter).where(col(Letter.kind) == "removed").values(state="queued", claim=None)
        )
    unsealing.unseal(db, keys, wave.code)
    assert claim(db) == []


def test_no_count_of_the_console_changes_by_it(db: Database, keys: KeyFile, wave: Wave) -> None:
    send_all(db)
    take_off(db, keys, 1)
    (letter,) = claim(db)
    record(db, Outcome(letter, "failed", error="đầy"))
    with db.reading() as session:
        stands = standing.progress(session, id_of(wave))
        assert (stands["failed"], stands["withdrawn"]) == (0, 1)
        assert standing.failed(session, id_of(wave)) == []
        assert standing.invitation_of(session, 1) == ("dropped", "")
    notes.take_all(db)


def test_a_row_that_somebody_wrote_tells_nobody_of_what_did_not_happen(
    db: Database, keys: KeyFile, wave: Wave
) -> None:
    send_all(db)
    take_off(db, keys, 1)
    with db.transaction() as session:
        session.connection().execute(
            update(Letter).where(col(Letter.kind) == "removed").values(address="ke@xau.vn")
        )
        numbers = [name.number for name in names(session, wave)]
        now = db.now(session)
        queue.queue(session, id_of(wave), "removed", numbers[1:2], now, DOMAIN)
        queue.queue(session, id_of(wave), "moved", numbers[2:3], now, DOMAIN)
    assert due(db) == []
    assert told(db) == ["failed", "failed"]


@first_on_both("kind", ["copy", "extended", "reminder"])
def test_a_letter_on_its_way_goes_to_nobody_who_was_taken_off_meanwhile(
    db: Database, keys: KeyFile, wave: Wave, clock: Clock, kind: str
) -> None:
    """Whether a sender has it in hand, or gives it back."""
    send_all(db)
    clock.move(minutes=10)
    with db.transaction() as session:
        numbers = [name.number for name in names(session, wave)]
        queue.queue(session, id_of(wave), kind, numbers[:2], db.now(session), DOMAIN)
    held = claim(db)
    assert {each.facts.kind for each in held} == {kind}
    with db.reading() as session:
        gone = session.exec(select(Respondent.id).order_by(col(Respondent.id))).all()[:2]
    for id_ in gone:
        take_off(db, keys, id_ or 0)
    assert not begin(db, held[0])
    clock.move(minutes=1)
    assert {each.facts.kind for each in claim(db)} == {"removed"}
