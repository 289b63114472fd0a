"""The life of a wave whose urn trustees hold: nobody opens it alone, any k do, and nobody who lies
or loses a phrase stands in their way."""

import json
from datetime import timedelta
from itertools import combinations

import pytest
from sqlalchemy import update
from sqlmodel import col, select

from app.bonds.refused import WaveRefused
from app.bonds.wavefacts import WaveAltered
from app.count import unsealing
from app.keys.keyfile import KeyFile
from app.store.db import Database
from app.store.models import UrnRow, Wave
from app.store.trusteemodels import HandedRow, TrusteeBody, TrusteeRow
from app.trustees import shares
from app.waves import closing, launch, reopening
from app.waves import wave as waves
from tests.making import holders
from tests.making.blocks import cast_all
from tests.making.holders import Holder

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
CODE = "dot-thu"


def close(db: Database) -> None:
    with db.transaction() as session:
        closing.close(db, session, waves.load(session, CODE))


def test_two_of_three_open_an_urn_that_is_counted_as_any_other(db: Database, keys: KeyFile) -> None:
    wave, those = holders.launched(db, keys)
    said = cast_all(db, keys, wave)
    assert wave.mode == "committee"
    assert keys.wave(CODE).private_key is None
    close(db)
    with pytest.raises(WaveRefused, match="cần 2 ủy viên"):
        unsealing.unseal(db, keys, CODE)
    assert holders.hand_in(db, CODE, those[2]).rows == len(said)
    with pytest.raises(WaveRefused, match="mới có 1 người") as refused:
        unsealing.unseal(db, keys, CODE)
    assert f"Chưa gửi: {those[0].email}; {those[1].email}." in refused.value.words
    assert those[2].email not in refused.value.words
    holders.hand_in(db, CODE, those[0])
    minutes = unsealing.unseal(db, keys, CODE)
    assert (minutes.counted, minutes.void, minutes.foreign) == (len(said), 0, 0)
    with db.reading() as session:
        assert session.scalars(select(UrnRow)).all() == []
        assert [row.sealed for row in session.scalars(select(HandedRow))] == [b"", b""]
        told = shares.standing(session, waves.load(session, CODE))
    assert [each.handed_at is not None for each in told] == [True, False, True]
    assert not keys.has_wave(CODE)


@SQLITE
def test_any_two_of_three_give_the_same_tally(db: Database, keys: KeyFile) -> None:
    found = []
    for place, pair in enumerate(combinations(range(3), 2)):
        code = f"dot-{place}"
        wave, those = holders.launched(db, keys, code=code)
        cast_all(db, keys, wave)
        with db.transaction() as session:
            closing.close(db, session, waves.load(session, code))
        holders.open_with(db, code, [those[at] for at in pair])
        found.append(unsealing.unseal(db, keys, code).counted)
    assert found == [12, 12, 12]


@SQLITE
def test_a_lie_of_one_blocks_nobody_and_is_named(db: Database, keys: KeyFile) -> None:
    wave, those = holders.launched(db, keys)
    cast_all(db, keys, wave)
    close(db)
    liar, *honest = those
    file = json.loads(liar.opened(holders.given_shares(db, CODE, liar)))
    # Shares of other rows, and one that is said not to open.
    own = [row["share"] for row in file["rows"]]
    for row, other in zip(file["rows"][1:], own[2:] + own[1:2], strict=True):
        row["share"] = other
    told = holders.hand_in(db, CODE, liar, json.dumps(file))
    assert (told.rows, told.refused) == (1, 11)
    holders.hand_in(db, CODE, honest[0])
    with pytest.raises(WaveRefused, match=rf"{liar.email} \(11 phiếu\)"):
        unsealing.unseal(db, keys, CODE)
    holders.hand_in(db, CODE, honest[1])
    assert unsealing.unseal(db, keys, CODE).counted == 12


@SQLITE
def test_files_that_are_not_this_urns_are_refused_and_nothing_is_written(
    db: Database, keys: KeyFile
) -> None:
    wave, those = holders.launched(db, keys)
    cast_all(db, keys, wave)
    first, second, _third = those
    with pytest.raises(WaveRefused, match="chưa kết thúc thu phiếu"):
        holders.given_shares(db, CODE, first)
    close(db)
    given = holders.given_shares(db, CODE, first)
    right = json.loads(first.opened(given))

    def refused(match: str, holder: Holder = first, **changes: object) -> None:
        with pytest.raises(WaveRefused, match=match):
            holders.hand_in(db, CODE, holder, json.dumps({**right, **changes}))

    refused("của đợt “dot-khac”", wave="dot-khac")
    refused("của đợt", index_digest="sha256:" + "0" * 64)
    refused("của ủy viên thứ 1", holder=second)
    refused("một hòm phiếu khác", urn="sha256:" + "0" * 64)
    refused("bị cắt hoặc đã hỏng", trial=True)
    refused("có 11 phiếu, mà hòm phiếu có 12", rows=right["rows"][:-1])
    refused("có 12 phiếu", rows=[*right["rows"][:-1], {**right["rows"][0], "id": "0" * 64}])
    refused("Không phần khóa nào", rows=[{**row, "share": None} for row in right["rows"]])
    refused("bị cắt hoặc đã hỏng", rows=[{**row, "share": "AA"} for row in right["rows"]])
    refused("chưa mở", rows=json.loads(given)["rows"])
    refused("không phải tệp phần khóa", format="phieu.trustee/1")
    with db.reading() as session:
        assert session.scalars(select(HandedRow)).all() == []
    # The right one, twice: it takes its own place.
    for _again in range(2):
        assert holders.hand_in(db, CODE, first, json.dumps(right)).rows == 12
    with pytest.raises(WaveRefused, match="mới có 1 người"):
        unsealing.unseal(db, keys, CODE)


@SQLITE
def test_a_wave_whose_ballots_were_given_out_never_opens_again(db: Database, keys: KeyFile) -> None:
    wave, those = holders.launched(db, keys)
    cast_all(db, keys, wave, 0.5)
    close(db)
    later = wave.closes_at.replace(year=wave.closes_at.year + 1)
    with db.transaction() as session:
        closing.extend(db, session, waves.load(session, CODE), later)
    close(db)
    holders.given_shares(db, CODE, those[0])
    with db.transaction() as session, pytest.raises(WaveRefused, match="không gia hạn"):
        closing.extend(db, session, waves.load(session, CODE), later)
    shut, now = holders.loaded(db), wave.closes_at
    with pytest.raises(WaveRefused, match="không hủy riêng phiếu"):
        reopening.must_reopen(shut, now + timedelta(hours=1), now)
    # Nor for who can write to the database.
    with db.transaction() as session:
        session.connection().execute(update(Wave).values(shared_at=None))
    with db.reading() as session, pytest.raises(WaveAltered, match="giao tệp phiếu"):
        waves.load(session, CODE)


def test_nothing_is_launched_before_each_trustee_has_opened_the_trial_ballot(
    db: Database, keys: KeyFile
) -> None:
    those = holders.holders()
    first, second, third = those
    holders.draft(db)

    def refused(match: str) -> None:
        with db.transaction() as session, pytest.raises(WaveRefused, match=match):
            launch.launch(db, session, keys, holders.CONFIGURED, waves.load(session, CODE))

    holders.appoint(db, CODE, 2, those)
    refused("chưa gửi khóa.*uy-vien-1")
    for each in those:
        holders.hand_in_key(db, CODE, each)
    refused("Chưa mở thử: uy-vien-1@vi-du.vn, uy-vien-2@vi-du.vn, uy-vien-3@vi-du.vn")
    # The right file with another's key.
    wrong = Holder(first.email, second.private).opened(holders.given_trial(db, CODE, first))
    with pytest.raises(WaveRefused, match="Không phần khóa nào"):
        holders.try_it(db, CODE, first, wrong)
    for each in (first, second):
        holders.try_it(db, CODE, each)
    refused("Chưa mở thử: uy-vien-3@vi-du.vn")
    # A list that changes begins the trial anew for all; who stays keeps the key.
    kept = holders.given_trial(db, CODE, third)
    other = holders.holders(4)[3]
    holders.appoint(db, CODE, 3, [*those, other])
    holders.hand_in_key(db, CODE, other)
    refused("Chưa mở thử: uy-vien-1@vi-du.vn")
    with pytest.raises(WaveRefused, match="một lần mở thử trước"):
        holders.try_it(db, CODE, third, third.opened(kept))
    for each in (*those, other):
        holders.try_it(db, CODE, each)
    with db.transaction() as session:
        wave = waves.load(session, CODE)
        assert launch.launch(db, session, keys, holders.CONFIGURED, wave) == 12


@SQLITE
def test_keys_that_are_no_trustees_own_are_refused(db: Database, keys: KeyFile) -> None:
    earlier, of_earlier = holders.launched(db, keys, code="nam-truoc")
    those = holders.holders()
    holders.draft(db)
    holders.appoint(db, CODE, 2, those)
    first, second, _third = those
    assert earlier.public_key is not None
    for key, match in (
        (bytes(32), "không phải một khóa dùng được"),
        (of_earlier[0].public, "một lần phát phiếu trước"),
    ):
        with pytest.raises(WaveRefused, match=match):
            holders.hand_in_key(db, CODE, first, key)
    holders.hand_in_key(db, CODE, first)
    holders.hand_in_key(db, CODE, first)
    with pytest.raises(WaveRefused, match="đã gửi khóa"):
        holders.hand_in_key(db, CODE, first, second.public)
    with pytest.raises(WaveRefused, match="Ủy viên khác đã gửi"):
        holders.hand_in_key(db, CODE, second, first.public)
    for need, number, match in ((2, 2, "Cần từ 3 đến 7"), (3, 3, "phải từ 2 đến 2")):
        with pytest.raises(WaveRefused, match=match):
            holders.appoint(db, CODE, need, holders.holders(number))
    with pytest.raises(WaveRefused, match="có hai lần"):
        holders.appoint(db, CODE, 2, [first, second, Holder(first.email.upper(), b"")])


@SQLITE
@pytest.mark.parametrize("after", [False, True], ids=["before the launch", "after it"])
def test_who_writes_into_the_database_puts_no_key_and_no_trustee_in(
    db: Database, keys: KeyFile, after: bool
) -> None:
    if after:
        holders.launched(db, keys)
    else:
        those = holders.holders()
        holders.draft(db)
        holders.appoint(db, CODE, 2, those)
        holders.hand_in_key(db, CODE, those[0])
    mine = holders.holders()[0]
    for change in (
        update(TrusteeRow).where(col(TrusteeRow.place) == 1).values(key=mine.public),
        update(TrusteeRow).where(col(TrusteeRow.place) == 2).values(email="khac@vi-du.vn"),
        update(TrusteeBody).values(need=3 if after else 1),
    ):
        with db.transaction() as session:
            session.connection().execute(change)
            wave = waves.load(session, CODE)
            with pytest.raises(WaveAltered, match="ủy viên giữ khóa"):
                shares.standing(session, wave)
            session.rollback()
