"""The numbers of a closing, each counted for itself: who writes into the database while a wave is
open makes them differ, and minutes, pages, log and public record say so, by how many, and what to
do."""

import json
import os
from collections.abc import Callable
from copy import deepcopy
from datetime import timedelta

import pytest

from app.audit import chain
from app.commands.status import status
from app.count import closingfacts, openingfacts
from app.keys.keyfile import KeyFile
from app.record import checking, entries, held, lines
from app.scores import closingminutes, closingsums, minutes
from app.settings import Settings
from app.store.db import Database
from app.store.models import Respondent
from app.waves import alterations, closing, closingcount, corrections, situation
from app.waves import wave as waves
from tests.bonds.test_attacks import Intruder, drop_triggers
from tests.conftest import Clock, first_on_both
from tests.count.test_closing_minutes import of_closing, said
from tests.making.blocks import cast_all, make_index, make_wave
from tests.making.consoles import desk_of

CODE, DOMAIN = "dot-thu", "phieu.vi-du.vn"
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def intruder(db: Database, keys: KeyFile, clock: Clock) -> Intruder:
    """A wave of twenty people, of whom twelve have cast."""
    made = Intruder(db, keys, clock, make_wave(db, keys, make_index(), 20))
    drop_triggers(db)
    cast_all(db, keys, made.wave, 0.6)
    return made


def made_up(intruder: Intruder, cast: bool = True) -> None:
    """A ballot of a person who never was, marked as cast."""
    intruder.copy_row(
        "respondent", "id = 1", id=900, email="ma@vi-du.vn", email_key="ma@vi-du.vn", name="Ma"
    )
    number = os.urandom(12)
    intruder.copy_row(
        "ballot",
        "respondent_id = 1",
        respondent_id=900,
        number=number,
        code_mac=os.urandom(32),
        cast=cast,
    )


def gone(intruder: Intruder, cast: bool) -> None:
    """A ballot deleted, with its person."""
    one = '(SELECT respondent_id FROM ballot WHERE "cast" = :cast LIMIT 1)'
    ((whose,),) = intruder.read(one[1:-1], cast=cast)
    intruder.write(
        "DELETE FROM letter WHERE ballot_number IN"
        " (SELECT number FROM ballot WHERE respondent_id = :w)",
        w=whose,
    )
    intruder.write("DELETE FROM ballot WHERE respondent_id = :w", w=whose)
    intruder.write("DELETE FROM respondent WHERE id = :w", w=whose)


def mark(intruder: Intruder, cast: bool, ever: bool = True) -> None:
    """The mark of one ballot set, or taken away."""
    ((number,),) = intruder.read('SELECT number FROM ballot WHERE "cast" <> :c LIMIT 1', c=cast)
    ever = ", ever_cast = :c" if ever else ""
    intruder.write(f'UPDATE ballot SET "cast" = :c{ever} WHERE number = :n', c=cast, n=number)


def row_in(intruder: Intruder) -> None:
    intruder.copy_row("urn", "1 = 1 LIMIT 1", key=os.urandom(16), sealed=os.urandom(64))


def row_out(intruder: Intruder) -> None:
    intruder.write("DELETE FROM urn WHERE key = (SELECT key FROM urn LIMIT 1)")


def another(intruder: Intruder) -> None:
    """One ballot in the place of another: the sums hold, and it is none of those issued."""
    gone(intruder, False)
    made_up(intruder, cast=False)


WRONG = "Các số lúc kết thúc không khớp nhau"
FEWER_ISSUED, MORE_ISSUED = "ít hơn số phát ra 1 phiếu", "nhiều hơn số phát ra 1 phiếu"
TOO_FEW, TOO_MANY = "ít hơn số phải có 1 phiếu", "nhiều hơn số có thể có 1 phiếu"
# What was done while the wave was open → cast, not cast, and what all papers say of it.
ATTACKS: dict[str, tuple[Callable[[Intruder], None], tuple[int, int], list[str]]] = {
    "made up": (made_up, (13, 8), [MORE_ISSUED, "1 phiếu khác với lúc phát", TOO_FEW]),
    "cast, gone": (lambda at: gone(at, True), (11, 8), [FEWER_ISSUED, TOO_MANY]),
    "marked": (lambda at: mark(at, True), (13, 7), [TOO_FEW]),
    "unmarked": (lambda at: mark(at, False), (11, 9), [TOO_MANY]),
    "not cast, gone": (lambda at: gone(at, False), (12, 7), [FEWER_ISSUED]),
    "a row in": (row_in, (12, 8), [TOO_MANY]),
    "a row out": (row_out, (12, 8), [TOO_FEW]),
    "another": (another, (12, 8), ["1 phiếu khác với lúc phát", "1 phiếu không còn dữ liệu đúng"]),
}


@first_on_both("how", ATTACKS, both=4)
def test_numbers_that_do_not_add_up_are_told_in_minutes_record_log_and_status(
    intruder: Intruder, how: str
) -> None:
    attack, (cast, not_cast), words = ATTACKS[how]
    attack(intruder)
    intruder.close()
    found = of_closing(intruder.db)
    assert (found.issued, found.last.cast, found.last.not_cast) == (20, cast, not_cast)
    paper = said(closingminutes.paper(found))
    assert [each for each in words if each not in paper] == []
    assert closingsums.remedy() in paper
    fits = cast + not_cast == 20
    assert ("Số phiếu phát ra (20) bằng" in paper) == fits
    with intruder.db.reading() as session:
        wave = waves.load(session, CODE)
        record = held.record(session, wave)
        (line,) = chain.lines(session, "wave.close", CODE)
        stands = situation.status(session, wave, intruder.db.now(session))
        told = " ".join(closingfacts.wrong(session, wave))
    assert [each for each in words if each not in told] == []
    assert record is not None
    close = record["entries"][-1]
    assert close["facts"].keys() == {"closed_at", "cast", "not_cast", "urn"}
    assert (close["facts"]["cast"], close["facts"]["not_cast"]) == (cast, not_cast)
    # Whoever watches adds up as well, and so does the page.
    wrong = [] if fits else [each for each in words if "phát ra" in each]
    for those in (checking.check(record), checking.numbers(record["entries"])):
        assert [each.entry for each in those] == [close["number"]] * len(wrong)
        assert all(each in those[0].words for each in wrong)
    assert [len(each.wrong) for each in lines.lines(record)] == [0, len(wrong)]
    assert (stands.issued, stands.cast) == (20, cast)
    assert stands.rows == cast + not_cast
    assert {"altered", "lost", "in_urn"} & {*line.facts}


def test_where_nobody_was_at_the_database_all_fits_and_the_log_tells_no_more_than_the_record(
    intruder: Intruder,
) -> None:
    intruder.close()
    paper = said(closingminutes.paper(of_closing(intruder.db)))
    assert "Số phiếu phát ra (20) bằng số đã gửi (12) cộng số chưa gửi (8)." in paper
    assert "Số phiếu niêm phong trong hòm khớp số đã gửi" in paper
    assert "Không khớp" not in paper
    with intruder.db.reading() as session:
        (line,) = chain.lines(session, "wave.close", CODE)
    assert line.facts.keys() == {"urn", "issued", "cast", "not_cast"}


@pytest.mark.parametrize("cast", [True, False])
def test_a_ballot_issued_anew_is_no_fault_and_nothing_tells_whether_it_had_been_cast(
    intruder: Intruder, cast: bool
) -> None:
    ((whose, _number),) = intruder.read(
        'SELECT respondent_id, number FROM ballot WHERE "cast" = :c LIMIT 1', c=cast
    )
    with intruder.db.transaction() as session:
        wave, person = waves.load(session, CODE), session.get_one(Respondent, whose)
        now = intruder.db.now(session)
        corrections.reissue(session, intruder.keys, wave, person, now, DOMAIN)
    intruder.close()
    found = of_closing(intruder.db)
    assert (found.issued, found.last.cast + found.last.not_cast) == (20, 20)
    paper = said(closingminutes.paper(found))
    assert "Không khớp" not in paper
    with intruder.db.reading() as session:
        (line,) = chain.lines(session, "wave.close", CODE)
    assert line.facts.keys() == {"urn", "issued", "cast", "not_cast"}
    # Of the one that lies there for good no more can be made than it is.
    before = closingcount_of(intruder)
    row_in(intruder)
    row_in(intruder)
    after = closingcount_of(intruder)
    assert before.urn_fits
    assert (after.urn_fits, after.most - after.least) == (False, before.most - before.least)


def closingcount_of(intruder: Intruder) -> closingsums.Sums:
    with intruder.db.reading() as session:
        return closingcount.of(session, waves.load(session, CODE))


@SQLITE
def test_every_page_paper_and_command_of_a_closed_wave_tells_it(
    intruder: Intruder,
    configured: Settings,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    officer = desk_of(intruder.db, intruder.keys, configured)
    pages = [f"/quan-tri/dot/{CODE}/{each}" for each in ("mo-hom-phieu", "theo-doi")]
    minutes_page, public = f"/quan-tri/dot/{CODE}/bien-ban-ket-thuc", f"/cong-khai/{CODE}"
    assert not any(WRONG in officer.client.get(each).text for each in pages)
    made_up(intruder)
    intruder.close()
    assert all(WRONG in officer.client.get(each).text for each in pages)
    for each in (pages[0], minutes_page, public):
        assert MORE_ISSUED in officer.client.get(each).text, each
    # Whatever else befell the database, its pages and `status` go on.
    intruder.write("UPDATE record_entry SET document = '{}' WHERE number = 1")
    assert "sổ công khai" in officer.client.get(pages[0]).text
    for name, value in (("DATABASE_URL", configured.database_url), ("DATA", str(configured.data))):
        monkeypatch.setenv(f"PHIEU_{name}", value)
    monkeypatch.setenv("PHIEU_KEY_FILE", str(configured.key_file))
    status(CODE, as_json=True)
    said = capsys.readouterr()
    assert json.loads(said.out)["issued"] == 20
    assert "cơ sở dữ liệu có 21 phiếu, đã phát 20" in said.err
    assert "sổ công khai" in said.err


@SQLITE
def test_what_was_declared_void_is_not_cast_at_the_next_closing(intruder: Intruder) -> None:
    db, keys = intruder.db, intruder.keys
    ((whose,),) = intruder.read('SELECT respondent_id FROM ballot WHERE "cast" LIMIT 1')
    intruder.write("UPDATE respondent SET name = 'x' WHERE id = :w", w=whose)
    intruder.close()
    with db.transaction() as session:
        wave = waves.load(session, CODE)
        found = alterations.find(session, keys, wave)
        alterations.declare_void(session, wave, found.digest, db.now(session))
        closing.extend(db, session, wave, db.now(session) + timedelta(days=30))
    intruder.close()
    second = of_closing(db)
    assert (second.issued, second.last.cast, second.last.not_cast) == (20, 11, 9)
    assert closingsums.wrong(second.last.sums) == []
    intruder.unseal()
    with db.reading() as session:
        record = held.record(session, waves.load(session, CODE))
        opening = openingfacts.of(session, waves.load(session, CODE))
    assert record is not None
    assert checking.check(record) == []
    assert opening is not None
    assert "; khi mở vẫn như vậy" in said(minutes.paper(opening))


@SQLITE
def test_minutes_of_the_opening_tell_what_did_not_fit_when_the_wave_was_closed(
    intruder: Intruder,
) -> None:
    """What was put right in between stands there all the same."""
    ((number,),) = intruder.read('SELECT number FROM ballot WHERE "cast" = false LIMIT 1')
    intruder.write('UPDATE ballot SET "cast" = true WHERE number = :n', n=number)
    intruder.close()
    intruder.write('UPDATE ballot SET "cast" = false WHERE number = :n', n=number)
    intruder.unseal()
    with intruder.db.reading() as session:
        opening = openingfacts.of(session, waves.load(session, CODE))
    assert opening is not None
    paper = said(minutes.paper(opening))
    assert "Phát ra 20 phiếu: đã gửi 12, còn lại 8 chưa gửi." in paper
    assert "Lúc kết thúc đã ghi 13 phiếu đã gửi, 7 phiếu chưa gửi; khi mở thì khác." in paper
    assert f"Lúc kết thúc: Không khớp: trong hòm có 12 phiếu niêm phong, phải có 13: {TOO_FEW}" in (
        paper
    )


@SQLITE
def test_a_record_whose_numbers_do_not_fit_is_put_back_from_a_copy(intruder: Intruder) -> None:
    made_up(intruder)
    intruder.close()
    with intruder.db.reading() as session:
        copy = held.record(session, waves.load(session, CODE))
    assert copy is not None
    data = entries.to_json(copy)
    intruder.write("UPDATE record_entry SET document = '{}' WHERE number = 1")
    spoilt = deepcopy(copy)
    spoilt["entries"][1]["signature"] = spoilt["entries"][0]["signature"]
    with intruder.db.transaction() as session:
        wave = waves.load(session, CODE)
        assert held.put_back(session, wave, entries.to_json(spoilt)) == 0
        assert held.put_back(session, wave, data) == 2
        assert held.is_sound(session, wave)
