"""The public record of a wave: an entry for each deed, held to the key file, read by anybody."""

import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta

import pytest
from sqlalchemy import text

from app.bonds.wavefacts import WaveAltered
from app.count import scoresheets, unsealing
from app.keys.keyfile import KeyFile
from app.mending import leftopen, repairing
from app.record import checking, entries, held, keeping
from app.record.entries import Document
from app.settings import Settings
from app.store.db import Database
from app.waves import closing, corrections, daysums
from app.waves import wave as waves
from app.waves.wave import WaveRefused
from tests.conftest import Clock
from tests.making.blocks import cast_all, issue_anew, make_index, make_people, make_wave, names
from tests.making.booths import open_booth

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def record(db: Database, code: str = "dot-thu") -> Document:
    with db.reading() as session:
        found = held.record(session, waves.load(session, code))
    assert found is not None
    assert checking.check(found) == []
    return found


def whats(found: Document) -> list[str]:
    return [entry["what"] for entry in found["entries"]]


def add_person(db: Database, keys: KeyFile) -> None:
    with db.transaction() as session:
        wave = waves.load(session, "dot-thu")
        person = make_people(make_index(), 30)[-1]
        corrections.add(session, keys, wave, person, db.now(session), "vi-du.vn")


def close(db: Database) -> None:
    with db.transaction() as session:
        closing.close(db, session, waves.load(session, "dot-thu"))


def extend(db: Database) -> None:
    with db.transaction() as session:
        later = db.now(session) + timedelta(days=20)
        closing.extend(db, session, waves.load(session, "dot-thu"), later)


def test_a_whole_wave_stands_in_its_record(db: Database, keys: KeyFile, clock: Clock) -> None:
    wave = make_wave(db, keys, make_index("choices"), 20)
    with db.reading() as session:
        first, *others = names(session, wave)
    cast_all(db, keys, wave)
    issue_anew(db, keys, first)
    add_person(db, keys)
    assert whats(record(db)) == ["launch"]
    clock.now += timedelta(days=1)
    daysums.tell_all(db)
    daysums.tell_all(db)
    assert whats(record(db)) == ["launch", "issue", "void"]
    close(db)
    extend(db)
    issue_anew(db, keys, others[0])
    close(db)
    unsealing.unseal(db, keys, "dot-thu")
    with db.transaction() as session:
        sheet, _fresh = scoresheets.score(db, session, "dot-thu")
        assert keeping.change_key(session, waves.load(session, "dot-thu"), db.now(session))
    found = record(db)
    launch, *_between, opened, scored, _key = (each["facts"] for each in found["entries"])
    expected = ["launch", "issue", "void", "close", "extend", "void", "close"]
    assert whats(found) == [*expected, "unseal", "score", "key"]
    assert launch["issued"] == 20
    assert launch["urn_key"] == entries.base64_of(wave.public_key or b"")
    assert found["entries"][3]["facts"]["cast"] == 19
    last = found["entries"][6]["facts"]
    assert (last["cast"], last["not_cast"]) == (18, 3)
    assert opened["tally"] == entries.tally_of_sheet(sheet)
    assert scored == {"sheet": 1, "digest": sheet["digest"]}
    assert found["key"] == launch["key"]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_deeds_at_once_take_turns_in_a_record(db: Database, keys: KeyFile, clock: Clock) -> None:
    wave = make_wave(db, keys)
    with db.reading() as session:
        four = names(session, wave)[:4]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda name: issue_anew(db, keys, name), four))
        clock.now += timedelta(days=1)
        list(pool.map(lambda _each: daysums.tell_all(db), four))
    found = record(db)
    assert [entry["facts"] for entry in found["entries"][1:]] == [{"count": 4}]


@SQLITE
def test_who_writes_to_the_database_cannot_change_a_record_unseen(
    db: Database, keys: KeyFile
) -> None:
    make_wave(db, keys)
    close(db)
    copy = entries.to_json(record(db))
    for how in (
        "UPDATE record_entry SET document = replace(document, '+07:00', '+08:00')",
        "DELETE FROM record_entry WHERE number = 1",
        "DELETE FROM record_entry",
        "INSERT INTO record_sum VALUES (1, 'void', '2026-01-01', 3)",
        "UPDATE record_entry SET document = 'x'",
    ):
        with db.transaction() as session:
            session.connection().execute(text(how))
        with db.reading() as session, pytest.raises(WaveAltered, match="sổ công khai"):
            held.record(session, waves.load(session, "dot-thu"))
        with pytest.raises(WaveAltered):
            extend(db)
        with db.transaction() as session:
            assert repairing.record_differs(session, "dot-thu")
            assert repairing.repair_record(session, "dot-thu", copy) == ["record"]
        assert entries.to_json(record(db)) == copy
    old = json.loads(copy)
    del old["entries"][1]
    with db.transaction() as session:
        session.connection().execute(text("DELETE FROM record_entry WHERE number = 1"))
        with pytest.raises(WaveRefused, match="không phải sổ"):
            repairing.repair_record(session, "dot-thu", json.dumps(old).encode())


@SQLITE
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_process_killed_at_its_commit_leaves_deed_and_entry_or_neither(
    db: Database, keys: KeyFile, when: str
) -> None:
    make_wave(db, keys)
    content = keys.path.read_bytes()
    if when == "before":
        with suppress(KeyboardInterrupt), db.transaction() as session:
            closing.close(db, session, waves.load(session, "dot-thu"))
            content = keys.path.read_bytes()
            raise KeyboardInterrupt
    else:
        with db.transaction() as session:
            closing.close(db, session, waves.load(session, "dot-thu"))
            content = keys.path.read_bytes()
    # The key file as a kill leaves it: it was told what will be, and never what came to be.
    keys.path.write_bytes(content)
    assert "next" in (keys.slot("waves", "dot-thu", "record") or {})
    assert whats(record(db)) == (["launch"] if when == "before" else ["launch", "close"])
    leftopen.settle(db, keys)
    assert "next" not in (keys.slot("waves", "dot-thu", "record") or {})
    if when == "before":
        close(db)
    assert whats(record(db)) == ["launch", "close"]


@SQLITE
def test_a_score_sheet_whose_making_was_killed_twice_is_made(db: Database, keys: KeyFile) -> None:
    cast_all(db, keys, make_wave(db, keys))
    close(db)
    unsealing.unseal(db, keys, "dot-thu")
    for _kill in range(2):
        with suppress(KeyboardInterrupt), db.transaction() as session:
            scoresheets.score(db, session, "dot-thu")
            content = keys.path.read_bytes()
            raise KeyboardInterrupt
        keys.path.write_bytes(content)
    with db.transaction() as session:
        scoresheets.score(db, session, "dot-thu")
    assert whats(record(db))[-2:] == ["unseal", "score"]


@SQLITE
def test_a_wave_of_an_earlier_version_begins_with_nothing_and_goes_on(
    db: Database, keys: KeyFile, configured: Settings, clock: Clock
) -> None:
    make_wave(db, keys)
    with keys.changing() as content:
        del content["waves"]["dot-thu"]["record"]
    with db.transaction() as session:
        session.connection().execute(text("DELETE FROM record_entry"))
    assert record(db)["entries"] == []
    with open_booth(db, keys, configured, clock) as booth:
        page = booth.visitor().client.get("/cong-khai/dot-thu")
    assert "phát phiếu trước khi hệ thống có sổ công khai" in page.text
    close(db)
    found = record(db)
    assert whats(found) == ["close"]
    assert (found["entries"][0]["facts"]["cast"], found["entries"][0]["facts"]["not_cast"]) == (
        *(0, 20),
    )


@SQLITE
def test_anybody_reads_a_record_and_nobody_that_of_a_draft_or_rehearsal(
    db: Database, keys: KeyFile, configured: Settings, clock: Clock
) -> None:
    make_wave(db, keys)
    make_wave(db, keys, code="tap-duot", rehearsal=True)
    with db.transaction() as session:
        now = db.now(session)
        day = timedelta(days=1)
        waves.new(session, "nhap", make_index(), now + day, now + 2 * day, now)
    close(db)
    with open_booth(db, keys, configured, clock) as booth:
        client = booth.visitor().client
        got = client.get("/cong-khai/dot-thu.json")
        assert got.json() == record(db)
        assert got.headers["cache-control"] == "public, max-age=60"
        again = client.get(
            "/cong-khai/dot-thu.json", headers={"If-None-Match": got.headers["etag"]}
        )
        assert (again.status_code, again.content) == (304, b"")
        page = client.get("/cong-khai/dot-thu")
        assert page.status_code == 200
        for entry in got.json()["entries"]:
            assert entry["digest"] in page.text
        nothing = client.get("/cong-khai/khong-co")
        for code in ("nhap", "tap-duot", "nhap.json", "tap-duot.json"):
            none = client.get(f"/cong-khai/{code}")
            assert (none.status_code, none.content) == (404, nothing.content)
