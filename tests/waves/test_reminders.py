"""Reminders, by hand and by rule, go to who has not answered, and show nobody who that is."""

import random
import re

from app.audit import chain
from app.ballots import ballot as ballots
from app.keys.keyfile import KeyFile
from app.roster import people
from app.settings import Settings
from app.store.db import Database
from app.store.models import Wave
from app.waves import notes, reminders
from app.waves import wave as waves
from app.waves.wave import id_of
from app.worker import sending
from tests.conftest import Clock, first_on_both
from tests.making.blocks import cast_ballot, make_answers, make_wave, names
from tests.making.consoles import Clerk, desk_of
from tests.making.posting import through
from tests.making.smtp import smtp_server

CODES = ("sinh-mot", "sinh-hai")


def two_of_a_group(db: Database, wave: Wave) -> tuple[int, int]:
    """The places of two people in the roster between whom nothing differs but the name."""
    with db.reading() as session:
        everyone = people.everyone(session, id_of(wave))
    first = everyone[0]
    return 0, next(n for n, each in enumerate(everyone) if n and each.group == first.group)


def make_twins(db: Database, keys: KeyFile) -> list[tuple[Wave, int]]:
    """Two waves of the same people; in the first one person has cast, in the second another."""
    twins = []
    for place, code in enumerate(CODES):
        wave = make_wave(db, keys, people=40, code=code)
        who = two_of_a_group(db, wave)[place]
        with db.reading() as session:
            name = names(session, wave)[who]
            ballot = ballots.find(session, name)
        cast_ballot(db, keys, name, make_answers(ballot, random.Random(3)))
        twins.append((wave, who))
    notes.take_all(db)
    return twins


def plain(clerk: Clerk, path: str, wave: Wave, first: int) -> str:
    """A page without what differs between any two waves: code, tickets, numbers of rows."""
    text = clerk.open(path.replace("{code}", wave.code)).response.text
    text = re.sub(r'name="ve" value="[^"]*"', "", text)
    text = re.sub(r"/danh-sach/(\d+)", lambda found: f"/danh-sach/{int(found[1]) - first}", text)
    # The way to the other wave names that one.
    return re.sub("|".join(CODES), "CODE", text)


def everything(db: Database, clerk: Clerk, wave: Wave) -> dict[str, str]:
    """All that an officer sees of a wave and of the two people."""
    with db.reading() as session:
        everyone = people.everyone(session, id_of(wave))
    first = everyone[0].id or 0
    found = {}
    for path in ("theo-doi", "danh-sach", "phat-phieu", "phat-phieu/tien-do", "thu"):
        found[path] = plain(clerk, f"/quan-tri/dot/{{code}}/{path}", wave, first)
    for place in two_of_a_group(db, wave):
        path = f"/quan-tri/dot/{{code}}/danh-sach/{everyone[place].id}"
        found[f"person {place}"] = plain(clerk, path, wave, first)
    with db.reading() as session:
        lines = chain.lines(session, wave=wave.code)
    found["log"] = repr([(line.action, line.who, line.facts) for line in lines])
    return found


def addresses(db: Database, wave: Wave) -> list[str]:
    with db.reading() as session:
        return [each.email for each in people.everyone(session, id_of(wave))]


@first_on_both("way,refused", [("rule", True), ("hand", True), ("rule", False), ("hand", False)])
def test_whom_a_reminder_goes_to_is_seen_nowhere(
    db: Database, keys: KeyFile, configured: Settings, clock: Clock, way: str, refused: bool
) -> None:
    twins = make_twins(db, keys)
    with smtp_server() as server:
        made = through(configured, server)
        sending.send_due(db, keys, made)
        invited = len(server.kept)
        assert invited == 80
        clock.move(days=1)
        clerk = desk_of(db, keys, made)
        pair = two_of_a_group(db, twins[0][0])
        odd = {addresses(db, twins[0][0])[place] for place in pair}
        if refused:
            # One of the two would get it in each wave, and the other in the other.
            server.script = lambda step, to: "550 no" if step == "rcpt" and to in odd else None
        for wave, _who in twins:
            if way == "hand":
                clerk.open(f"/quan-tri/dot/{wave.code}/theo-doi/nhac")
                clerk.send(clerk.form_to("/nhac"))
                assert "khoảng 39 người" in clerk.text
            else:
                with db.transaction() as session:
                    reminders.set_days(session, waves.load(session, wave.code), [3])
        if way == "rule":
            clock.now = reminders.due_times(reload(db, CODES[0]))[0]
            reminders.remind_all(db, keys, made)
            clerk = desk_of(db, keys, made)
        before = [everything(db, clerk, wave) for wave, _who in twins]
        assert before[0] == before[1], "while they wait"
        sending.send_due(db, keys, made)
        after = [everything(db, clerk, wave) for wave, _who in twins]
        assert after[0] == after[1], "when they went"
        sent = [kept.recipient for kept in server.kept[invited:]]
    for wave, who in twins:
        everyone = addresses(db, wave)
        # Each twin's own person is spared once; the other one of the pair is reminded once.
        assert sent.count(everyone[who]) == (0 if refused else 1)
    assert len(sent) == 78 - (2 if refused else 0)


def reload(db: Database, code: str) -> Wave:
    with db.reading() as session:
        return waves.load(session, code)
