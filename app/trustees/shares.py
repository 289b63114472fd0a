"""The urn opened by its trustees: parts given out, shares handed in, and the opener they make.

Each opens alone, in any order, hours apart, on any process: what is handed in lies in the database
until enough have. From the first file of ballots on a wave can be neither extended nor reopened,
and nothing in it voided: opened once and open again would be an interim result.
"""

import hashlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlmodel import Session, col

from app.bonds import wavefacts
from app.bonds.refused import WaveRefused
from app.keys import committee
from app.keys.guard import keys_of
from app.keys.seals import CommitteeOpener
from app.keys.urn import Spoiled
from app.language import _, moment
from app.store.models import Wave
from app.store.trusteemodels import HandedRow
from app.trustees import body, handed
from app.trustees.body import Body, Trustee
from app.trustees.files import Given, Opened
from app.trustees.trial import ballot_bytes
from app.urn import rows as urnrows


@dataclass(frozen=True)
class HandedIn:
    """What became of a file: how many rows its shares fit, of how many there was none, of how many
    it was a wrong one."""

    rows: int
    missing: int
    refused: int


@dataclass(frozen=True)
class Standing:
    """One trustee at the opening."""

    trustee: Trustee
    handed_at: datetime | None
    counts: HandedIn | None


def give(session: Session, wave: Wave, number: bytes, now: datetime) -> Given:
    """The parts of all rows that a trustee opens. The caller holds the wave, and settled its
    closing. Raises WaveRefused."""
    found = body.must_be(session, wave)
    mine = found.of(number)
    must_be_shut(wave)
    if not keys_of(session).has_wave(wave.code):
        keys_of(session).renew_secret(wave.code, wave.index_digest, wave.public_key or b"")
    if wave.shared_at is None:
        before = wavefacts.of_wave(session, wave)
        mine_only = update(Wave).where(col(Wave.id) == wave.id)
        session.connection().execute(mine_only.values(shared_at=now))
        session.refresh(wave)
        wavefacts.changed(session, wave, before)
    # What was not sealed to these trustees stands there as well, with nothing to open: the digest
    # of the urn is that of all rows.
    rows = sorted(
        (row_id, row.parts[mine.place - 1] if row else b"")
        for row_id, row in _rows(session, wave, found)
    )
    return Given(wave.code, wave.index_digest, mine.place, wave.urn_digest or "", rows)


def hand_in(session: Session, wave: Wave, number: bytes, opened: Opened, now: datetime) -> HandedIn:
    """What a trustee opened, once more as often as they like. The caller holds the wave.

    A share that does not fit its row is left out and told. Raises WaveRefused when none fits, or
    the file is not of this urn.
    """
    found = body.must_be(session, wave)
    mine = found.of(number)
    must_be_shut(wave)
    handed.check_head(wave, mine, opened, wave.urn_digest or "")
    fitting: dict[bytes, bytes] = {}
    fits = missing = refused = unknown = rows = 0
    for row_id, row in _rows(session, wave, found):
        rows += 1
        if row_id not in opened.shares:
            unknown += 1
            continue
        share = opened.shares[row_id]
        if row is None:
            continue
        if share is None:
            missing += 1
        elif row.fits(mine.place, share):
            fitting[row_id] = share
            fits += 1
        else:
            refused += 1
    if unknown or opened.rows != rows:
        raise WaveRefused(
            _(
                "Tệp phần khóa có {handed} phiếu, mà hòm phiếu có {rows}. Tệp bị cắt, hoặc của một"
                " hòm phiếu khác. Chưa ghi gì. Lấy lại tệp rồi mở lại."
            ).format(handed=opened.rows, rows=rows)
        )
    if missing + refused and not fitting:
        raise handed.wrong(mine)
    handed.keep(session, wave, mine.place, now, fitting, missing, refused)
    return HandedIn(fits, missing, refused)


def rows(session: Session, wave: Wave) -> int:
    """How many rows the urn has."""
    return urnrows.number(session, wave)


def standing(session: Session, wave: Wave) -> list[Standing]:
    """Who of the trustees has handed in, in their order."""
    found = body.must_be(session, wave)
    query = select(
        col(HandedRow.place),
        col(HandedRow.handed_at),
        col(HandedRow.rows),
        col(HandedRow.missing),
        col(HandedRow.refused),
    )
    rows = session.connection().execute(query.where(col(HandedRow.wave_id) == wave.id))
    there = {place: (at, HandedIn(*counts)) for place, at, *counts in rows}
    return [Standing(each, *there.get(each.place, (None, None))) for each in found.trustees]


def opener(session: Session, wave: Wave) -> CommitteeOpener:
    """Opens the rows with what was handed in. Raises WaveRefused while too few have."""
    found = body.must_be(session, wave)
    of = committee.read(wave.public_key)
    if of is None or of != found.committee:
        raise wavefacts.WaveAltered(wave.code, [body.SLOT])
    there = handed.shares_of(session, wave)
    if len(there) < of.need:
        raise too_few(wave, found, there)
    return CommitteeOpener(of, there, ballot_bytes(wave))


def told_of_missing(session: Session, wave: Wave) -> str:
    """Whose file lacked shares, when the count does not come out and that may be why; else ""."""
    if wave.mode != "committee":
        return ""
    lacking = [
        _("{name} ({number} phiếu)").format(
            name=each.trustee.called, number=each.counts.missing + each.counts.refused
        )
        for each in standing(session, wave)
        if each.counts is not None and each.counts.missing + each.counts.refused
    ]
    if not lacking:
        return ""
    return _(
        "Số phiếu đếm được của đợt {code} không khớp số phiếu đã gửi. Có ủy viên giữ khóa gửi phần"
        " khóa thiếu hoặc không khớp: {names}. Chưa ghi gì. Nhờ người ấy mở lại, hoặc nhờ ủy viên"
        " khác mở, rồi mở hòm phiếu lại."
    ).format(code=wave.code, names=", ".join(lacking))


def too_few(wave: Wave, found: Body, there: Collection[int]) -> WaveRefused:
    """Whom an opening waits for; `there` are the places of those who have handed in."""
    # A name often has a comma in it, before the post.
    names = "; ".join(each.called for each in found.trustees if each.place not in there)
    words = _(
        "Hòm phiếu của đợt {code} cần {need} ủy viên giữ khóa cùng mở; mới có {there} người gửi"
        " phần khóa. Chưa gửi: {names}. Đợi đủ rồi mở."
    )
    return WaveRefused(words.format(code=wave.code, need=found.need, there=len(there), names=names))


def must_be_shut(wave: Wave) -> None:
    """Raises WaveRefused unless a wave is closed for good, and not open yet."""
    if wave.unsealed_at is not None:
        words = _("Đợt {code} đã mở hòm phiếu lúc {moment}.")
        raise WaveRefused(words.format(code=wave.code, moment=moment(wave.unsealed_at)))
    if wave.cancelled_at is not None:
        raise WaveRefused(_("Đợt {code} đã hủy, hòm phiếu không còn.").format(code=wave.code))
    if wave.closed_at is None:
        words = _(
            "Đợt {code} chưa kết thúc thu phiếu, nên chưa giao phiếu cho ủy viên giữ khóa nào."
        )
        raise WaveRefused(words.format(code=wave.code))


def _rows(
    session: Session, wave: Wave, found: Body
) -> Iterator[tuple[bytes, committee.Row | None]]:
    """The rows of the urn with their ids; None for what was not sealed to these trustees."""
    plain_bytes, number = ballot_bytes(wave), len(found.trustees)
    rows = urnrows.read(session, wave, keys_of(session).cover(wave.code))
    for sealed in rows:
        try:
            row = committee.take_apart(sealed, number, plain_bytes)
        except Spoiled:
            yield hashlib.sha256(sealed).digest(), None
            continue
        yield hashlib.sha256(sealed).digest(), row
