"""The trial: before the launch each trustee opens a sealed ballot, and together they do.

Who cannot is no trustee. The trial ballot says nothing: its text is random and forgotten. It is
sealed under a label of its own, so that no ballot of an urn passes for one.
"""

import hashlib
import os
from datetime import datetime

from sqlmodel import Session

from app.ballots.ballot import launched_index
from app.bonds.refused import WaveRefused
from app.keys import committee
from app.keys.committee import TRIAL, Bound
from app.keys.guard import keys_of
from app.keys.urn import Spoiled
from app.language import _
from app.store.models import Wave
from app.trustees import body, handed, queue
from app.trustees.body import Body
from app.trustees.files import Given, Opened


def bound(wave: Wave) -> Bound:
    return Bound(wave.code, wave.index_digest, TRIAL)


def ballot_bytes(wave: Wave) -> int:
    """How long a ballot of a wave is before it is sealed. Raises IndexChanged."""
    return launched_index(wave.index_content, wave.index_digest)[1].ballot_bytes


def renew(session: Session, wave: Wave, now: datetime) -> Body:
    """Make the secrets of the wave and a trial ballot, where all keys are there and it has none of
    this index; each trustee gets a letter. The caller holds the draft. Raises WaveRefused."""
    found = body.must_be(session, wave)
    of = found.committee
    if of is None or found.trial_of == wave.index_digest:
        return found
    keys_of(session).make_wave(wave.code, wave.index_digest, of)
    row = committee.seal(of, bound(wave), os.urandom(ballot_bytes(wave)))
    after = body.lay_trial(session, wave, found, row)
    for each in after.trustees:
        queue.put(session, wave, "trial", each.number, now)
    return after


def given(session: Session, wave: Wave, number: bytes) -> Given:
    """The part of the trial ballot that a trustee opens. Raises WaveRefused."""
    found = body.must_be(session, wave)
    mine, row = found.of(number), _row(found, wave)
    rows = [(_id(found), row.parts[mine.place - 1])]
    return Given(wave.code, wave.index_digest, mine.place, "", rows)


def hand_in(session: Session, wave: Wave, number: bytes, opened: Opened, now: datetime) -> Body:
    """What a trustee opened of it. The caller holds the draft. Raises WaveRefused."""
    found = body.must_be(session, wave)
    mine, row = found.of(number), _row(found, wave)
    handed.check_head(wave, mine, opened, "")
    if set(opened.shares) != {_id(found)}:
        raise WaveRefused(
            _(
                "Tệp này của một lần mở thử trước: khóa hay danh sách ủy viên đã thay đổi từ lúc"
                " ấy. Lấy tệp mở thử mới."
            )
        )
    share = opened.shares[_id(found)]
    if share is None or not row.fits(mine.place, share):
        raise handed.wrong(mine)
    before = handed.shares_of(session, wave)
    handed.keep(session, wave, mine.place, now, {_id(found): share}, missing=0, refused=0)
    shares = {place: each.of_id(_id(found)) for place, each in before.items()}
    shares[mine.place] = share
    fitting = {place: each for place, each in shares.items() if each is not None}
    if len(fitting) >= found.need:
        try:
            row.unseal(found.need, fitting)
        except Spoiled as error:
            raise WaveRefused(
                _("Các phần khóa cùng mở thử không được phiếu thử. Báo chuyên viên tổ chức.")
            ) from error
    return body.tried(session, wave, found, number, now)


def _row(found: Body, wave: Wave) -> committee.Row:
    if found.trial is None or found.trial_of != wave.index_digest:
        raise WaveRefused(
            _("Chưa có phiếu mở thử: đợi mọi ủy viên giữ khóa gửi khóa, rồi có thư báo.")
        )
    return committee.take_apart(found.trial, len(found.trustees), ballot_bytes(wave))


def _id(found: Body) -> bytes:
    return hashlib.sha256(found.trial or b"").digest()
