"""One person corrected, removed, re-issued: alike whether the ballot was cast or not."""

import random
import re

import pytest
from sqlmodel import col, select

from app.ballots import ballot as ballots
from app.count import unsealing
from app.keys.keyfile import KeyFile
from app.keys.tokens import BallotName
from app.roster import file as rosterfile
from app.roster import listing, people, rows
from app.settings import Settings
from app.store.db import Database
from app.store.models import Letter, Respondent, Wave
from app.text.table import TableFault
from app.waves import corrections, situation
from app.waves import wave as waves
from app.waves.closing import close
from app.waves.wave import WaveRefused, id_of
from tests.conftest import Clock, first_on_both
from tests.making.blocks import cast_ballot, make_answers, make_index, make_wave, names
from tests.making.consoles import Clerk, desk_of

# The same deeds as in the tests around them, which run on both.
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

DOMAIN = "vi-du.vn"


def cast_first(db: Database, keys: KeyFile, name: BallotName) -> None:
    with db.reading() as session:
        ballot = ballots.find(session, name)
    cast_ballot(db, keys, name, make_answers(ballot, random.Random(1)))


def ids(db: Database, wave: Wave) -> list[int]:
    with db.reading() as session:
        return [person.id or 0 for person in people.everyone(session, id_of(wave))]


def plain(clerk: Clerk, id_: int, name: str) -> str:
    """The page without what differs between any two people."""
    text = re.sub(r'name="ve" value="[^"]*"', "", clerk.response.text)
    # The clock goes on from one person to the next.
    text = re.sub(r'data-(idle-)?left="\d+"|Phiên làm việc hết lúc[^<"]*', "", text)
    number = name.rpartition(" ")[2]
    text = text.replace(f"/danh-sach/{id_}", "/danh-sach/N").replace(name, "NGƯỜI")
    return re.sub(rf"nguoi{number}@|moi{number}@", "nguoi@", text)


@first_on_both("deed", ["restore", "correct", "remove", "resend"])
def test_nobody_sees_from_a_deed_who_has_cast(
    db: Database, keys: KeyFile, configured: Settings, clock: Clock, deed: str
) -> None:
    index = make_index("pooled")
    wave = make_wave(db, keys, index, people=2 * len(index.groups) * (len(index.units) + 1))
    everyone = ids(db, wave)
    # Two of one group and one agency: all that may differ is whether they have cast.
    with db.reading() as session:
        listed = people.everyone(session, id_of(wave))
        first = listed[0]
        second = next(p for p in listed[1:] if (p.group, p.agency) == (first.group, first.agency))
        all_names = dict(zip(everyone, names(session, wave), strict=True))
    assert first.id is not None
    assert second.id is not None
    cast_first(db, keys, all_names[first.id])
    clerk = desk_of(db, keys, configured)
    pages = []
    for person in (first, second):
        path = f"/quan-tri/dot/{wave.code}/danh-sach/{person.id}"
        seen = [plain(clerk.open(path), person.id or 0, person.name)]
        if deed == "correct":
            number = person.name.rpartition(" ")[2]
            typed = {"thu": f"moi{number}@vi-du.vn", "ma-xac-thuc": clerk.code()}
            clerk.send(clerk.form_to("/dia-chi"), typed)
        elif deed in ("remove", "restore"):
            clock.move(minutes=1)
            clerk.send(clerk.form_to("/bo"), {"ma-xac-thuc": clerk.code()})
            seen.append(plain(clerk, person.id or 0, person.name))
            if deed == "restore":
                clerk.send(clerk.form_to("/khoi-phuc"), {"ma-xac-thuc": clerk.code()})
        else:
            clerk.send(clerk.form_to("/gui-lai"))
        assert clerk.fine
        if deed != "remove":
            seen.append(plain(clerk, person.id or 0, person.name))
        clerk.open(f"/quan-tri/dot/{wave.code}/danh-sach/{person.id}")
        seen.append(plain(clerk, person.id or 0, person.name))
        pages.append(seen)
    assert pages[0] == pages[1]
    with db.reading() as session:
        kinds = {
            person.id: sorted(
                session.connection()
                .execute(
                    select(col(Letter.kind), col(Letter.state), col(Letter.address)).where(
                        col(Letter.ballot_number) == all_names[person.id or 0].number
                    )
                )
                .all(),
                key=repr,
            )
            for person in (first, second)
        }
    told = [
        [(kind, state, bool(address)) for kind, state, address in kinds[p.id]]
        for p in (first, second)
    ]
    if deed != "remove":
        assert told[0] == told[1]


def the_first(db: Database, wave: Wave) -> tuple[int, BallotName]:
    with db.reading() as session:
        return ids(db, wave)[0], names(session, wave)[0]


def test_another_address_kills_the_old_link_and_tells_the_old_mailbox(
    db: Database, keys: KeyFile
) -> None:
    wave = make_wave(db, keys)
    id_, name = the_first(db, wave)
    with db.transaction() as session:
        person = session.get_one(Respondent, id_)
        wanted = rows.person_of(
            waves.index_of(wave)[0], {**rows.fields_of(person), rosterfile.EMAIL: "moi@vi-du.vn"}
        )
        wave = waves.load(session, wave.code)
        corrections.correct(session, keys, wave, person, wanted, db.now(session), DOMAIN)
    with db.reading() as session:
        with pytest.raises(ballots.LinkReplaced):
            ballots.find(session, name)
        assert not ballots.find(session, BallotName(name.number, 2)).cast
        found = session.exec(select(Letter).where(col(Letter.ballot_number) == name.number)).all()
        assert sorted((each.kind, each.address) for each in found) == [
            ("invitation", None),
            ("moved", "nguoi1@vi-du.vn"),
        ]


@SQLITE
def test_who_is_removed_finds_the_ballot_taken_back_and_can_return(
    db: Database, keys: KeyFile
) -> None:
    wave = make_wave(db, keys)
    id_, name = the_first(db, wave)
    with db.transaction() as session:
        person = session.get_one(Respondent, id_)
        typed = rows.fields_of(person)
        wave = waves.load(session, wave.code)
        corrections.remove(session, keys, wave, person, db.now(session), DOMAIN)
    with db.reading() as session:
        with pytest.raises(ballots.LinkRevoked):
            ballots.find(session, name)
        assert id_ not in ids(db, wave)
    with db.transaction() as session:
        person_again = rows.person_of(waves.index_of(wave)[0], typed)
        wave = waves.load(session, wave.code)
        assert id_ == corrections.add(session, keys, wave, person_again, db.now(session), DOMAIN)
    with db.reading() as session:
        assert not ballots.find(session, BallotName(name.number, 3)).cast
    assert id_ in ids(db, wave)


def test_a_voided_ballot_is_counted_as_void_and_its_successor_once(
    db: Database, keys: KeyFile
) -> None:
    wave = make_wave(db, keys)
    id_, name = the_first(db, wave)
    cast_first(db, keys, name)
    with db.transaction() as session:
        wave = waves.load(session, wave.code)
        corrections.reissue(
            session, keys, wave, session.get_one(Respondent, id_), db.now(session), DOMAIN
        )
    cast_first(db, keys, BallotName(name.number, 2))
    with db.transaction() as session:
        close(db, session, waves.load(session, wave.code))
    minutes = unsealing.unseal(db, keys, wave.code)
    assert (minutes.cast, minutes.counted, minutes.void, minutes.foreign) == (1, 1, 1, 0)


@first_on_both("email,counted", [("nguoi1@vi-du.vn", 1), ("moi@vi-du.vn", 2)])
def test_who_is_removed_and_added_again_has_two_ballots_only_by_another_address(
    db: Database, keys: KeyFile, email: str, counted: int
) -> None:
    """The pages say so where it can happen."""
    wave = make_wave(db, keys)
    id_, name = the_first(db, wave)
    cast_first(db, keys, name)
    with db.transaction() as session:
        person, now = session.get_one(Respondent, id_), db.now(session)
        typed = {**rows.fields_of(person), rosterfile.EMAIL: email}
        again = rows.person_of(waves.index_of(wave)[0], typed)
        found = waves.load(session, wave.code)
        corrections.remove(session, keys, found, person, now, DOMAIN)
        made = corrections.add(session, keys, found, again, now, DOMAIN)
    with db.reading() as session:
        theirs = dict(zip(ids(db, wave), names(session, wave)[-20:], strict=True))
        invited = ballots.find(session, theirs[made])
    assert invited.cast == (made == id_)
    if not invited.cast:
        cast_first(db, keys, invited.name)
    with db.transaction() as session:
        close(db, session, waves.load(session, wave.code))
    assert unsealing.unseal(db, keys, wave.code).counted == counted


def test_one_added_after_the_launch_gets_a_ballot(db: Database, keys: KeyFile) -> None:
    wave = make_wave(db, keys)
    with db.transaction() as session:
        person = session.get_one(Respondent, ids(db, wave)[0])
        typed = {**rows.fields_of(person), rosterfile.EMAIL: "them@vi-du.vn"}
        made = rows.person_of(waves.index_of(wave)[0], typed)
        wave = waves.load(session, wave.code)
        corrections.add(session, keys, wave, made, db.now(session), DOMAIN)
        with pytest.raises(WaveRefused, match="đã thuộc một người khác"):
            corrections.add(session, keys, wave, made, db.now(session), DOMAIN)
    with db.reading() as session:
        status = situation.status(session, wave, db.now(session))
    assert status.issued == 21


@SQLITE
def test_a_closed_wave_takes_no_corrections(db: Database, keys: KeyFile) -> None:
    wave = make_wave(db, keys)
    with db.transaction() as session:
        close(db, session, waves.load(session, wave.code))
    with db.transaction() as session:
        found = waves.load(session, wave.code)
        person = session.get_one(Respondent, ids(db, wave)[0])
        with pytest.raises(WaveRefused, match="không còn thu phiếu"):
            corrections.remove(session, keys, found, person, db.now(session), DOMAIN)


def test_names_are_found_without_accents_and_case(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    wave = make_wave(db, keys, people=60)
    with db.reading() as session:
        listed, total = listing.page(session, id_of(wave), "NGUOI thu 59")
        assert (total, [each.name for each in listed]) == (1, ["Người thứ 59"])
        assert listing.page(session, id_of(wave), "nguoi17@vi-du")[1] == 1
        # As the check list leads to addresses that are of no office.
        assert listing.page(session, id_of(wave), "-.gov.vn")[1] == 60
        assert listing.page(session, id_of(wave), "thu -NGUOI17@")[1] == 59
        assert listing.page(session, id_of(wave), "-vi-du.vn")[1] == 0
        assert len(listing.page(session, id_of(wave), page=2)[0]) == 10
    clerk = desk_of(db, keys, configured)
    clerk.open(f"/quan-tri/dot/{wave.code}/danh-sach?tim=th%E1%BB%A9+17&xep=ten")
    assert "Người thứ 17" in clerk.text
    assert "Người thứ 18" not in clerk.text


def test_a_person_typed_in_the_console_is_judged_like_a_row_of_a_file() -> None:
    index = make_index("pooled")
    group = index.groups[0].code
    typed = {rosterfile.EMAIL: "a@vi-du.vn", rosterfile.GROUP: group, rosterfile.AGENCY: "UBND xã"}
    assert rows.person_of(index, typed | {rosterfile.NAME: "Nguyễn Văn Đức"}).name
    for name in ("NguyÔn V¨n §øc", "Nguy?n V?n ??c", "Nguyá»…n VÄƒn An", "Nguy\ufffdn"):
        with pytest.raises(TableFault, match="Họ và tên"):
            rows.person_of(index, typed | {rosterfile.NAME: name})
