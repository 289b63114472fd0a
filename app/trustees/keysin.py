"""The public halves of trustees' keys, handed in before the launch. The caller holds the draft."""

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session

from app.bonds.refused import WaveRefused
from app.keys import committee, phrase
from app.keys.guard import keys_of
from app.language import _
from app.store.models import Wave
from app.trustees import body, queue
from app.trustees.body import Body


def hand_in_key(session: Session, wave: Wave, number: bytes, key: bytes, now: datetime) -> Body:
    """The public half of a trustee's key; once, until an officer opens their place again.

    The same key once more does no harm. Raises WaveRefused.
    """
    before = body.must_be(session, wave)
    mine = before.of(number)
    if mine.key == key:
        return before
    if mine.key is not None:
        raise WaveRefused(
            _(
                "Ủy viên {name} đã gửi khóa. Muốn làm khóa khác thì chuyên viên mở lại chỗ của ủy"
                " viên trước."
            ).format(name=mine.called)
        )
    if not phrase.is_sound(key):
        raise WaveRefused(_("Đây không phải một khóa dùng được. Tạo lại cụm từ khóa."))
    if any(each.key == key for each in before.trustees):
        raise WaveRefused(_("Ủy viên khác đã gửi khóa này. Mỗi ủy viên tự tạo khóa của mình."))
    if any(key in _keys_in(urn) for urn in _earlier(session, wave)):
        raise WaveRefused(_("Khóa này đã dùng ở một lần phát phiếu trước. Tạo cụm từ khóa mới."))
    body.change(session, number, key=key, key_at=now, tried_at=None)
    after = body.changed(session, wave, before)
    return after or before


def _earlier(session: Session, wave: Wave) -> list[bytes]:
    """The urn keys of other waves, as the key file has them."""
    known: Mapping[str, bytes] = keys_of(session).urn_keys()
    return [key for code, key in known.items() if code != wave.code]


def _keys_in(urn_key: bytes) -> tuple[bytes, ...]:
    found = committee.read(urn_key)
    return found.keys if found else (urn_key,)


def open_again(session: Session, wave: Wave, number: bytes, now: datetime) -> Body:
    """A trustee may make another key: the old one is forgotten, and the trial begins anew for all.

    They get a letter. Raises WaveRefused.
    """
    before = body.must_be(session, wave)
    before.of(number)
    body.change(session, number, key=None, key_at=None)
    body.forget_trial(session, wave)
    after = body.changed(session, wave, before)
    queue.put(session, wave, "again", number, now)
    return after or before
