"""The minutes of a closing: sums that add up, every closing, who keeps the key, the codes to hold
against it later."""

from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlmodel import col, select

from app.audit import chain
from app.count import closingfacts, openingfacts, unsealing
from app.keys.keyfile import KeyFile
from app.record import held
from app.scores import closingminutes, minutes
from app.scores.paper import Facts, Heading, Items, Paper, Table, Text
from app.settings import Settings
from app.store.db import Database
from app.store.models import Ballot
from app.store.staffmodels import StaffLetter
from app.store.trusteemodels import HandedRow
from app.waves import closing, staffmail
from app.waves import wave as waves
from tests.conftest import Clock
from tests.making import holders
from tests.making.blocks import cast_all, make_wave
from tests.making.consoles import desk_of

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
CODE = "dot-thu"


def close(db: Database, keys: KeyFile, who: str) -> None:
    with db.transaction() as session:
        wave = waves.load(session, CODE)
        closing.close(db, session, wave)
        closing.note_closing(session, keys, wave, who, db.now(session))


def of_closing(db: Database) -> closingminutes.Closing:
    with db.reading() as session:
        found = closingfacts.of(session, waves.load(session, CODE))
    assert found is not None
    return found


def said(paper: Paper) -> str:
    """All words of a paper, a part in a line."""
    lines = []
    for part in paper.parts:
        if isinstance(part, Text | Heading):
            lines.append(part.text)
        elif isinstance(part, Items):
            lines += part.texts
        elif isinstance(part, Facts):
            lines += [": ".join(row) for row in part.rows]
        elif isinstance(part, Table):
            lines += [" | ".join(row) for row in part.rows]
    return "\n".join(lines)


def test_each_closing_stands_there_with_what_had_come_in(
    db: Database, keys: KeyFile, clock: Clock
) -> None:
    wave = make_wave(db, keys, people=12)
    with db.reading() as session:
        assert closingfacts.of(session, waves.load(session, CODE)) is None
    cast_all(db, keys, wave, 0.5)
    close(db, keys, "Trần Thu Hà")
    first = of_closing(db)
    assert (first.issued, first.last.cast, first.last.not_cast) == (12, 6, 6)
    clock.move(hours=1)
    with db.transaction() as session:
        found = waves.load(session, CODE)
        closing.extend(db, session, found, db.now(session) + timedelta(days=2))
    clock.move(hours=1)
    close(db, keys, "Lò Văn B")
    second = of_closing(db)
    assert [each.who for each in second.closes] == ["Trần Thu Hà", "Lò Văn B"]
    assert second.closes[0] == first.last
    assert second.extended == (holders.loaded(db).closes_at,)
    words = said(closingminutes.paper(second))
    assert "Số phiếu phát ra (12) bằng số đã gửi (6) cộng số chưa gửi (6)." in words
    assert "Người kết thúc: Lò Văn B" in words
    wave = holders.loaded(db)
    assert f"Hòm phiếu: {wave.urn_digest}" in words
    with db.reading() as session:
        (line, *_earlier) = chain.lines(session, "wave.close", CODE)
        record = held.record(session, wave)
    assert record is not None
    assert f"Nhật ký khi kết thúc: {line.number}:{line.mac}" in words
    last = record["entries"][-1]
    assert f"Sổ công khai khi kết thúc: {last['number']}:{last['digest']}" in words
    # They say the same once the urn is open, and whatever rows of ballots say by then.
    unsealing.unseal(db, keys, CODE)
    with db.reading() as session:
        opening = openingfacts.of(session, waves.load(session, CODE))
    with db.transaction() as session:
        session.connection().execute(update(Ballot).values(at_launch=False, cast=False))
    assert said(closingminutes.paper(of_closing(db))) == words
    # Those of the opening name the same two codes, and say that the urn was held to them.
    assert opening is not None
    told = said(minutes.paper(opening))
    assert {line for line in words.splitlines() if "khi kết thúc: " in line} <= {*told.splitlines()}
    assert f"trong nhật ký (dòng {line.number}) và sổ công khai (mục {last['number']})" in told


@SQLITE
def test_both_minutes_name_the_trustees_and_who_opened_when(db: Database, keys: KeyFile) -> None:
    wave, those = holders.launched(db, keys)
    cast_all(db, keys, wave)
    close(db, keys, "Trần Thu Hà")
    words = said(closingminutes.paper(of_closing(db)))
    assert "3 ủy viên giữ khóa, phải có 2 người cùng mở" in words
    for each in those:
        assert each.email in words
    holders.open_with(db, CODE, [those[0], those[2]])
    unsealing.unseal(db, keys, CODE)
    with db.transaction() as session:
        # The log says who opened, not a table that anybody may have written to.
        session.connection().execute(update(HandedRow).values(place=HandedRow.place + 1))
    with db.reading() as session:
        opening = openingfacts.of(session, waves.load(session, CODE))
    assert opening is not None
    lines = said(minutes.paper(opening)).splitlines()
    of_each = [line for line in lines if "uy-vien-" in line and "| Ủy viên giữ khóa |" not in line]
    assert [line.endswith("*") for line in of_each] == [False, True, False]


@SQLITE
def test_the_council_gets_the_head_of_the_public_record(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    desk_of(db, keys, configured, "council")
    make_wave(db, keys, people=12)
    close(db, keys, "Trần Thu Hà")
    with db.reading() as session:
        head = staffmail.recordhead(session, CODE)
        (facts,) = session.scalars(
            select(col(StaffLetter.facts)).where(col(StaffLetter.kind) == "head")
        )
    assert head
    assert head in facts
