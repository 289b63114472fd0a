"""A bounce makes of a letter what it says, when it is of that letter; nothing tells who cast."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select, update

from app.bounces import imap, mailbox, returned, taking
from app.bounces.mailbox import BouncesUnread
from app.bounces.verdicts import BLOCKED, DEAD, DELAYED, SOFT
from app.keys.keyfile import KeyFile
from app.letters import queue, standing
from app.settings import Inbox, ReturnPath, Settings
from app.store.db import Database
from app.store.models import DeadAddress, Letter, Respondent, Wave
from app.waves.wave import id_of
from app.worker import returns
from app.worker.sending import send_due
from tests.making.blocks import make_index, make_people, make_wave
from tests.making.bounces import imap_server, reply, standard
from tests.making.posting import make_letters, remind, rows, through
from tests.making.smtp import Kept, smtp_server

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PATH = ReturnPath("tra-lai+", "@so.gov.vn")
GONE, FULL = "550 5.1.1 user unknown", "552 5.2.2 mailbox full"


@pytest.fixture
def wave(db: Database, keys: KeyFile) -> Wave:
    return make_letters(db, keys, 4)


@pytest.fixture
def sent(db: Database, keys: KeyFile, configured: Settings, wave: Wave) -> list[Kept]:
    """What the relay took, each with where it comes back to; by the person's number."""
    return post(db, keys, configured)


def post(db: Database, keys: KeyFile, configured: Settings) -> list[Kept]:
    with smtp_server() as server:
        send_due(db, keys, through(replace(configured, return_path=PATH), server))
    return sorted(server.kept, key=lambda kept: kept.recipient)


def take(db: Database, keys: KeyFile, raw: bytes) -> str:
    with db.transaction() as session:
        return taking.take(session, keys, PATH, raw, db.now(session))


def bounce(kept: Kept, said: str = GONE, **how: str) -> bytes:
    return standard(kept.recipient, said, said.split()[1], back=kept.sender, **how)


def seen(db: Database, wave: Wave) -> tuple[list[str], list[str]]:
    """Whom the officer sees as failed, and as returned."""
    with db.reading() as session:
        dead = standing.failed(session, id_of(wave))
        back = returned.people(session, id_of(wave))
    return [each.email for each in dead], [each.email for each in back]


@SQLITE
def test_every_letter_comes_back_to_an_address_of_its_own(sent: list[Kept], db: Database) -> None:
    back = {kept.sender for kept in sent}
    assert len(back) == 4
    assert all(each.startswith("tra-lai+") and len(each.partition("@")[0]) <= 64 for each in back)
    assert not any(row.ballot_number.hex() in each for row in rows(db) for each in back)


def test_a_dead_address_makes_the_invitation_a_failed_one(
    db: Database, keys: KeyFile, wave: Wave, sent: list[Kept]
) -> None:
    for _twice in range(2):
        assert take(db, keys, bounce(sent[1])) == DEAD
        assert seen(db, wave) == (["nguoi1@vi-du.vn"], [])
    with db.reading() as session:
        assert "user unknown" in standing.failed(session, id_of(wave))[0].error
        assert standing.progress(session, id_of(wave))["failed"] == 1


@SQLITE
def test_what_was_blocked_or_found_a_full_mailbox_is_told_apart(
    db: Database, keys: KeyFile, wave: Wave, sent: list[Kept]
) -> None:
    assert take(db, keys, bounce(sent[0], FULL)) == SOFT
    assert take(db, keys, bounce(sent[1], "554 5.7.1 blocked by policy")) == BLOCKED
    assert seen(db, wave) == ([], ["nguoi1@vi-du.vn", "nguoi0@vi-du.vn"])
    with db.reading() as session:
        counted = returned.counts(session, id_of(wave))
    assert (counted.blocked, counted.soft) == (1, 1)


@SQLITE
def test_what_is_late_or_answers_by_itself_changes_nothing(
    db: Database, keys: KeyFile, wave: Wave, sent: list[Kept]
) -> None:
    assert take(db, keys, bounce(sent[0], action="delayed")) == DELAYED
    assert take(db, keys, reply("Trả lời tự động", back=sent[0].sender)) == taking.REPLY
    assert seen(db, wave) == ([], [])


@SQLITE
def test_a_forged_bounce_does_nothing(
    db: Database, keys: KeyFile, wave: Wave, sent: list[Kept]
) -> None:
    mark = sent[0].sender
    swapped = mark.replace(mark.partition("+")[2].partition("-")[0], "4", 1)
    forged = [mark[:-15] + ("a" if mark[-15] != "a" else "b") + mark[-14:], swapped]
    for back in [*forged, "tra-lai@so.gov.vn", mark.replace("so.gov", "la.gov"), f"x{mark}"]:
        assert (
            take(db, keys, standard("nguoi0@vi-du.vn", GONE, "5.1.1", back=back)) == taking.FOREIGN
        )
    assert seen(db, wave) == ([], [])


@SQLITE
def test_servers_that_change_the_case_of_an_address_are_understood(
    db: Database, keys: KeyFile, wave: Wave, sent: list[Kept]
) -> None:
    assert take(db, keys, bounce(replace(sent[0], sender=sent[0].sender.upper()))) == DEAD


@SQLITE
def test_the_bounce_of_an_old_address_says_nothing_of_the_new_one(
    db: Database, keys: KeyFile, wave: Wave, sent: list[Kept]
) -> None:
    with db.transaction() as session:
        moved = update(Respondent).where(col(Respondent.email) == sent[0].recipient)
        session.connection().execute(moved.values(email="khac@vi-du.vn"))
    assert take(db, keys, bounce(sent[0])) == taking.FOREIGN


@SQLITE
def test_the_bounce_of_a_reminder_tells_nobody_that_somebody_was_reminded(
    db: Database, keys: KeyFile, configured: Settings, wave: Wave, sent: list[Kept]
) -> None:
    """Only who has not answered gets one: a list of these would be a list of those."""
    number = rows(db)[1].ballot_number
    with db.transaction() as session:
        assert queue.queue_copy(session, id_of(wave), number, db.now(session), "vi-du.vn")
    remind(db, wave)
    later = post(db, keys, configured)
    assert len(later) == 5
    for kept in later:
        assert take(db, keys, bounce(kept)) == taking.QUIET
    assert seen(db, wave) == ([], [])
    with db.reading() as session:
        assert session.exec(select(DeadAddress)).all() == []
        assert returned.dead_before(session, keys, -1, db.now(session)) == []


def test_a_letter_to_everybody_that_comes_back_counts_for_the_invitation(
    db: Database, keys: KeyFile, configured: Settings, wave: Wave, sent: list[Kept]
) -> None:
    with db.transaction() as session:
        numbers = [row.ballot_number for row in rows(db)]
        queue.queue(session, id_of(wave), "extended", numbers, db.now(session), "vi-du.vn")
    back = bounce(post(db, keys, configured)[2])
    assert take(db, keys, back) == DEAD
    assert seen(db, wave) == (["nguoi2@vi-du.vn"], [])
    # Sent again, the invitation is not the one that came back, however often that is read.
    with db.transaction() as session:
        queue.replace(session, numbers[2])
        queue.queue(session, id_of(wave), "invitation", numbers[2:3], db.now(session), "vi-du.vn")
    post(db, keys, configured)
    take(db, keys, back)
    assert seen(db, wave) == ([], [])


def test_next_year_an_address_that_was_dead_is_told_even_if_nothing_else_is_left_of_it(
    db: Database, keys: KeyFile, wave: Wave, sent: list[Kept]
) -> None:
    take(db, keys, bounce(sent[3]))
    with db.transaction() as session:
        for letter in session.exec(select(Letter)):
            session.delete(letter)
    index = make_index()
    people = [
        replace(p, email=f"NGUOI{n + 2}@vi-du.vn") for n, p in enumerate(make_people(index, 3))
    ]
    following = make_wave(db, keys, index, people, code="nam-sau")
    with db.transaction() as session:
        found = returned.dead_before(session, keys, id_of(following), db.now(session))
        assert [email for _name, email in found] == ["NGUOI3@vi-du.vn"]
        (dead,) = session.exec(select(DeadAddress))
        assert "nguoi3" not in dead.key
        # And not for ever.
        dead.at -= taking.KEPT + timedelta(days=1)
        session.add(dead)
        session.flush()
        assert returned.dead_before(session, keys, id_of(following), db.now(session)) == []


@SQLITE
def test_bounces_come_out_of_a_mailbox_on_a_server_and_ours_are_deleted_there(
    db: Database, keys: KeyFile, configured: Settings, wave: Wave, sent: list[Kept]
) -> None:
    """They may hold our letter, with its link."""
    with imap_server([bounce(sent[0]), b"Subject: hoi\n\nChao", bounce(sent[1], FULL)]) as server:
        inbox = Inbox("127.0.0.1", server.port, "tra-lai", server.password, "INBOX", tls=False)
        settings = replace(configured, return_path=PATH, inbox=inbox)
        found = returns.look(db, keys, settings)
        assert (found.of(DEAD), found.of(SOFT), found.of(taking.FOREIGN)) == (1, 1, 1)
        assert server.gone == [1, 3]
        assert server.flags[2] == {"Seen"}
        assert returns.look(db, keys, settings).all == 0
        for wrong, words in (
            (replace(inbox, password="khac"), "mật khẩu"),
            (replace(inbox, folder="Khac"), "thư mục Khac"),
            (replace(inbox, port=1), "Không kết nối được"),
        ):
            with pytest.raises(BouncesUnread, match=words):
                imap.look(wrong, lambda _raw: True)
    assert seen(db, wave) == (["nguoi0@vi-du.vn"], ["nguoi1@vi-du.vn"])


@SQLITE
def test_bounces_come_out_of_a_folder_or_a_file(
    db: Database, keys: KeyFile, configured: Settings, sent: list[Kept], tmp_path: Path
) -> None:
    for name in ("new", "cur", "tmp"):
        (tmp_path / "thu" / name).mkdir(parents=True)
    (tmp_path / "thu" / "new" / "1.a").write_bytes(bounce(sent[0]))
    (tmp_path / "thu" / "new" / "2.a").write_bytes(b"Subject: hoi\n\nChao")
    settings = replace(configured, return_path=PATH, bounce_folder=tmp_path / "thu")
    assert returns.look(db, keys, settings).number == {DEAD: 1, taking.FOREIGN: 1}
    left = [str(each.relative_to(tmp_path)) for each in tmp_path.glob("thu/*/*")]
    assert left == ["thu/cur/2.a:2,S"]
    box = tmp_path / "tra-lai.mbox"
    box.write_bytes(b"".join(b"From x\n" + bounce(each) + b"\n" for each in sent[1:3]))
    assert len([*mailbox.messages(box)]) == 2
    assert [*mailbox.messages(tmp_path / "thu")] == [b"Subject: hoi\n\nChao"]
    with pytest.raises(BouncesUnread, match="khong-co"):
        list(mailbox.messages(tmp_path / "khong-co"))
