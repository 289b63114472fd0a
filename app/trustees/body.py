"""Who holds the keys of a wave together: named before its launch, and held to the key file.

Rows decide nothing by themselves: the slot `trustees` of the wave's entry says the same, from the
day they are named. Every verb here is of a draft that the caller holds; after the launch nothing of
them changes any more.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlmodel import Session, col

from app.bonds import pledges
from app.bonds.refused import WaveRefused
from app.bonds.wavefacts import WaveAltered
from app.keys import phrase
from app.keys.committee import Committee
from app.keys.guard import keys_of
from app.language import _
from app.store.models import Wave
from app.store.trusteemodels import HandedRow, TrusteeBody, TrusteeRow
from app.text.cleaning import email_key

SLOT = "trustees"


@dataclass(frozen=True)
class Trustee:
    """One of those who open an urn together."""

    number: bytes
    place: int
    name: str
    email: str
    key: bytes | None
    key_at: datetime | None
    tried_at: datetime | None

    @property
    def called(self) -> str:
        """What people call them: their name, or their address where nobody gave one."""
        return self.name or self.email

    @property
    def print(self) -> str:
        """What people compare of their key; empty while there is none."""
        return phrase.print_of(self.key) if self.key else ""


@dataclass(frozen=True)
class Body:
    """All trustees of a wave in their order, how many of them open, and the trial ballot."""

    need: int
    trustees: tuple[Trustee, ...]
    trial: bytes | None
    trial_of: str | None

    @property
    def committee(self) -> Committee | None:
        """None while somebody's key is missing."""
        keys = [each.key for each in self.trustees if each.key]
        whole = len(keys) == len(self.trustees)
        return Committee(self.need, tuple(keys)) if whole else None

    def is_tried(self, index_digest: str) -> bool:
        """Whether all have opened the trial ballot of this index."""
        is_of_it = self.trial is not None and self.trial_of == index_digest
        return is_of_it and all(each.tried_at for each in self.trustees)

    def of(self, number: bytes) -> Trustee:
        """The trustee of a link. Raises WaveRefused when they are no trustee any more."""
        for each in self.trustees:
            if each.number == number:
                return each
        raise WaveRefused(_gone())

    def at_address(self, email: str) -> Trustee:
        """The trustee of an address. Raises WaveRefused."""
        for each in self.trustees:
            if email_key(each.email) == email_key(email):
                return each
        known = ", ".join(each.email for each in self.trustees)
        words = _("{email} không phải ủy viên giữ khóa của đợt này. Các ủy viên: {known}.")
        raise WaveRefused(words.format(email=email, known=known))


def of(session: Session, wave: Wave) -> Body | None:
    """The trustees of a wave, None in office mode. Raises WaveAltered when what the tables say of
    them is not what the key file knows."""
    body, known = _read(session, wave), keys_of(session).accepted("waves", wave.code, SLOT)
    if said(body) not in (known or (None,)):
        raise WaveAltered(wave.code, [SLOT])
    return body


def wave_of(session: Session, number: bytes) -> str:
    """The code of the wave of a trustee's link. Raises WaveRefused when they are none any more."""
    query = select(col(Wave.code)).join(TrusteeRow, col(TrusteeRow.wave_id) == col(Wave.id))
    code = session.connection().execute(query.where(col(TrusteeRow.number) == number)).scalar()
    if code is None:
        raise WaveRefused(_gone())
    return str(code)


def _gone() -> str:
    return _("Đường dẫn này không còn dùng: ủy viên giữ khóa đã thay đổi.")


def stand(session: Session, wave: Wave) -> dict[str, Any] | None:
    """The trustees of a wave as the tables have them, as the key file is to know them."""
    return said(_read(session, wave))


def must_be(session: Session, wave: Wave) -> Body:
    """The same. Raises WaveRefused for a wave in office mode."""
    body = of(session, wave)
    if body is None:
        words = _("Đợt {code} do cơ quan tổ chức giữ khóa, không có ủy viên giữ khóa.")
        raise WaveRefused(words.format(code=wave.code))
    return body


def _read(session: Session, wave: Wave) -> Body | None:
    head = session.connection().execute(
        select(col(TrusteeBody.need), col(TrusteeBody.trial), col(TrusteeBody.trial_of)).where(
            col(TrusteeBody.wave_id) == wave.id
        )
    )
    columns = ("number", "place", "name", "email", "key", "key_at", "tried_at")
    rows = session.connection().execute(
        select(*(getattr(TrusteeRow, name) for name in columns))
        .where(col(TrusteeRow.wave_id) == wave.id)
        .order_by(col(TrusteeRow.place))
    )
    trustees, found = tuple(Trustee(*row) for row in rows), head.first()
    if found is None and not trustees:
        return None
    need, trial, trial_of = found or (0, None, None)
    return Body(need, trustees, trial, trial_of)


def said(body: Body | None) -> dict[str, Any] | None:
    """Trustees as the key file keeps them."""
    if body is None:
        return None
    return {
        "need": body.need,
        "trial": hashlib.sha256(body.trial).hexdigest() if body.trial else "",
        "trial_of": body.trial_of or "",
        "trustees": [
            [
                *(each.number.hex(), each.place, each.name, each.email),
                *(each.key.hex() if each.key else "", each.tried_at is not None),
            ]
            for each in body.trustees
        ],
    }


def changed(session: Session, wave: Wave, before: Body | None) -> Body | None:
    """Hold the key file to the tables as they are now, instead of `before`."""
    after = _read(session, wave)
    path = ("waves", wave.code, SLOT)
    pledges.pledge(session, keys_of(session), path, said(before), said(after))
    return after


def forget_trial(session: Session, wave: Wave) -> None:
    mine = col(TrusteeBody.wave_id) == wave.id
    connection = session.connection()
    connection.execute(update(TrusteeBody).where(mine).values(trial=None, trial_of=None))
    connection.execute(
        update(TrusteeRow).where(col(TrusteeRow.wave_id) == wave.id).values(tried_at=None)
    )
    connection.execute(delete(HandedRow).where(col(HandedRow.wave_id) == wave.id))


def lay_trial(session: Session, wave: Wave, before: Body, row: bytes) -> Body:
    """A trial ballot for all, in place of an earlier one."""
    forget_trial(session, wave)
    session.connection().execute(
        update(TrusteeBody)
        .where(col(TrusteeBody.wave_id) == wave.id)
        .values(trial=row, trial_of=wave.index_digest)
    )
    return changed(session, wave, before) or before


def tried(session: Session, wave: Wave, before: Body, number: bytes, now: datetime) -> Body:
    """A trustee has opened the trial ballot."""
    change(session, number, tried_at=now)
    return changed(session, wave, before) or before


def change(session: Session, number: bytes, **values: object) -> None:
    mine = col(TrusteeRow.number) == number
    session.connection().execute(update(TrusteeRow).where(mine).values(values))
