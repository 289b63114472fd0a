"""One person's data copied and erased on request, alike for who has cast and who has not."""

import zlib

import pytest
from sqlmodel import col, select

from app.audit import chain, checking
from app.count import unsealing
from app.keys.keyfile import KeyFile
from app.roster import people
from app.settings import Settings
from app.store.db import Database
from app.store.models import Ballot, Letter, Respondent
from app.store.officemodels import KeptBadRows, KeptList
from app.waves import alterations
from app.waves import wave as waves
from app.waves.closing import close
from app.waves.wave import id_of
from tests.conftest import Clock
from tests.making.blocks import cast_all, make_index, make_wave
from tests.making.consoles import Clerk, desk_of
from tests.making.rosters import GROUP, HEADING, PATH, count, drafting, people_of, put
from tests.privacy.test_purging import dump

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
CODE = "mot"
LIST = f"/quan-tri/dot/{CODE}/danh-sach"


def packed(db: Database) -> bytes:
    """What lies packed in the kept files."""
    with db.reading() as session:
        rows = [*session.scalars(select(KeptBadRows)), *session.scalars(select(KeptList))]
    return b"".join(zlib.decompress(row.packed) for row in rows)


def page_of(clerk: Clerk, id_: int) -> Clerk:
    clerk.open(f"{LIST}/{id_}")
    return clerk


def opened(db: Database, keys: KeyFile) -> tuple[list[Respondent], list[Respondent]]:
    """Who has cast and who has not, in a wave whose urn is open."""
    wave = make_wave(db, keys, make_index(), 20, code=CODE)
    cast_all(db, keys, wave, share=0.6, seed=4)
    with db.transaction() as session:
        # As a relay quotes it, and as a correction leaves it.
        row = session.scalars(select(Letter)).all()
        for letter in row:
            letter.state, letter.sent_at = "sent", db.now(session)
            letter.error = "550 <nguoi1@vi-du.vn> unknown"
            session.add(letter)
    with db.transaction() as session:
        close(db, session, waves.load(session, CODE))
    with db.reading() as session:
        query = select(Respondent).join(Ballot, col(Ballot.respondent_id) == col(Respondent.id))
        did = list(session.scalars(query.where(col(Ballot.cast))))
        did_not = list(session.scalars(query.where(col(Ballot.cast).is_(False))))
    return did, did_not


@SQLITE
def test_nothing_of_an_erased_person_is_left_and_the_count_is_as_sound_as_before(
    db: Database, keys: KeyFile, configured: Settings, clock: Clock
) -> None:
    did, did_not = opened(db, keys)
    clerk = desk_of(db, keys, configured)
    page_of(clerk, did[0].id or 0)
    assert "Chưa xóa được" in clerk.text, "the urn is sealed"
    assert not any(form.action.endswith("/xoa-du-lieu") for form in clerk.forms)
    unsealing.unseal(db, keys, CODE)
    said = []
    for person in (did[0], did_not[0]):
        clock.move(minutes=2)
        page_of(clerk, person.id or 0)
        clerk.press("Bản sao dữ liệu")
        copy = clerk.response.content.decode("utf-8-sig")
        assert person.name in copy
        assert person.email in copy
        for own in (person.name, person.email, person.agency_text):
            copy = copy.replace(own, "…")
        said.append([line for line in copy.splitlines() if "Thư" in line or "Giữ" in line])
        page_of(clerk, person.id or 0)
        clerk.press("Xóa dữ liệu", {"ma-xac-thuc": clerk.code()})
        assert "Đã xóa dữ liệu" in clerk.text
        assert person.name not in clerk.text
        clerk.open(f"{LIST}/{person.id}")
        assert clerk.response.status_code == 404
    assert said[0] == said[1], "the copy is alike for who has cast and who has not"
    found = dump(db)
    for person in (did[0], did_not[0]):
        assert f"'{person.name}'".encode() not in found
        assert f"'{person.email}'".encode() not in found
        assert f"<{person.email}>".encode() not in found
    with db.reading() as session:
        wave = waves.load(session, CODE)
        assert not alterations.find(session, keys, wave)
        assert len(people.everyone(session, id_of(wave))) == 18
        assert sum(people.by_group(session, id_of(wave)).values()) == 20
        checking.verify(session, keys, None)
        lines = chain.lines(session, "privacy")
        assert {line.action for line in lines} == {"privacy.copy", "privacy.erase"}
        assert all(line.facts == {} for line in lines)
    clerk.open("/quan-tri/du-lieu-ca-nhan")
    assert f"Đợt {CODE}, dữ liệu của một người, theo yêu cầu" in clerk.text


@SQLITE
def test_before_the_launch_the_row_goes_and_the_files_kept_beside_it_too(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    clerk = drafting(db, keys, configured)
    put(clerk, people_of(3))
    # A file that waits: of one who is on the list already, of one who is not, of a sound one.
    rows = (
        "Người thứ 1,nguoi1@vi-du.vn,lạ,Khác",
        "Chín,chin@,lạ,Khác",
        f"Tám,tam@a.vn,{GROUP},Khác",
    )
    put(clerk, HEADING + "\n".join(rows))
    assert b"nguoi1@vi-du.vn" in packed(db)
    with db.reading() as session:
        first = session.scalars(select(Respondent).where(col(Respondent.name) == "Người thứ 1"))
        id_ = first.one().id
    clerk.open(f"{PATH}/{id_}")
    clerk.press("Xóa dữ liệu")
    assert clerk.path == PATH
    assert b"nguoi1@vi-du.vn" not in packed(db)
    assert "Người thứ 1".encode() not in packed(db)
    assert b"chin@" in packed(db), "others wait as before"
    assert b"nguoi1@vi-du.vn" not in dump(db)
    assert count(db) == 2
