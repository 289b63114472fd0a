"""Ballots that are not as they were issued: found, told, and declared void.

A row whose bond does not fit, or that the key file knows otherwise, is *altered*; a ballot that the
key file counts and no sound row stands for is *lost*. Neither is counted or left out in silence:
the urn stays shut until the rows are as they were, or until the ballots are declared void, by two
people where the wave wants two. What was declared stands in the key file, and minutes and result
tell of it.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import select
from sqlmodel import Session, col

from app.bonds import ballotfacts, macs, wavefacts
from app.keys.guard import keys_of
from app.keys.inorder import InOrder
from app.keys.keyfile import KeyFile
from app.language import _, number
from app.record import keeping
from app.store.models import Ballot, Respondent, Wave
from app.waves import deeds, proposals
from app.waves.proposals import Second
from app.waves.wave import WaveRefused, hold

NAMED = 20
MAC_BYTES = 32


@dataclass(frozen=True)
class AlteredBallot:
    """A ballot whose row is not as it was issued, and who stands there now."""

    number: bytes
    respondent_id: int
    name: str
    email: str


@dataclass(frozen=True)
class Alterations:
    """What of a wave's ballots is not as it was issued, and not declared void yet.

    `lost` is how many of the ballots issued have no sound row, in all: those of the altered rows,
    but for rows that somebody made up, and those whose row is gone.
    """

    altered: tuple[AlteredBallot, ...] = ()
    lost: int = 0

    @property
    def gone(self) -> int:
        """How many have no row at all, as far as one can tell."""
        return max(0, self.lost - len(self.altered))

    @property
    def digest(self) -> str:
        """What a declaration is about."""
        said = [each.number.hex() for each in self.altered]
        return hashlib.sha256(" ".join([*sorted(said), str(self.lost)]).encode()).hexdigest()

    def __bool__(self) -> bool:
        return bool(self.altered or self.lost)

    @property
    def lines(self) -> list[str]:
        """A line for each, for the officer."""
        words = _("Phiếu của {name} ({email}), người số {id}: dữ liệu khác với lúc phát.")
        said = [
            words.format(name=each.name, email=each.email, id=each.respondent_id)
            for each in self.altered[:NAMED]
        ]
        if len(self.altered) > NAMED:
            more = _("… và {number} phiếu nữa như vậy.")
            said.append(more.format(number=number(len(self.altered) - NAMED)))
        if self.gone:
            gone = _("{number} phiếu đã phát không còn trong cơ sở dữ liệu.")
            said.append(gone.format(number=number(self.gone)))
        return said


class BallotsAltered(WaveRefused):
    """An urn stays shut because of altered ballots; `found` are they."""

    def __init__(self, wave: str, found: Alterations) -> None:
        words = _(
            "Phiếu của đợt {code} không còn như lúc phát nên chưa mở hòm phiếu: {lines} Khôi phục"
            " cơ sở dữ liệu từ bản lưu rồi mở lại; không có bản lưu thì tuyên bố các phiếu ấy vô"
            " hiệu, ở trang Mở hòm phiếu."
        )
        super().__init__(
            words.format(code=wave, lines=" ".join(found.lines)), f"phieu wave void-altered {wave}"
        )
        self.found = found


class Scan:
    """One pass over the ballots of a wave: which are sound, and at the end what is altered or lost.

    `see` takes rows that begin with `ballotfacts.COLUMNS`.
    """

    def __init__(self, session: Session, keys: KeyFile, wave: Wave) -> None:
        self._code, self._bond_key = wave.code, keys.bond_key(wave.code)
        self.facts = wavefacts.of_wave(session, wave)
        voided = self.facts.get("voided") or {"ballots": [], "lost": 0}
        self._void, self._void_lost = frozenset(voided["ballots"]), int(voided["lost"])
        self._slots: dict[str, Any] = dict(keys.slot("waves", wave.code, "ballots") or {})
        # Issued after the launch; what a crash left undecided counts where its row is there.
        self._later = {
            key
            for key, slot in self._slots.items()
            if slot["first"] is None and slot["now"] is not None
        }
        self._bonds = InOrder(MAC_BYTES)  # of sound ballots issued at the launch, as then
        self._sound_later = 0
        self._altered: list[bytes] = []

    @property
    def issued(self) -> int:
        """How many ballots were issued, by the key file."""
        return int(self.facts["issued"]) + self.issued_later

    @property
    def issued_later(self) -> int:
        """Of these, after the launch."""
        return len(self._later)

    @property
    def lost(self) -> int:
        """How many of the ballots issued are not counted, since no sound row stands for them."""
        return self.issued - len(self._bonds) - self._sound_later

    def see(self, row: Any) -> bool:
        """Whether a ballot is sound, and not declared void."""
        key = row.number.hex()
        if key in self._void:
            return False
        if not self._is_sound(row, key):
            self._altered.append(row.number)
            return False
        if not row.at_launch:
            self._later.add(key)
            self._sound_later += 1
        elif key in self._slots:
            self._bonds.add(bytes.fromhex(self._slots[key]["first"]))
        else:
            self._bonds.add(bytes(row.bond))
        return True

    def _is_sound(self, row: Any, key: str) -> bool:
        """As `ballotfacts.is_sound`, by the key file as it was when the pass began."""
        expected = macs.of_ballot(self._bond_key, self._code, ballotfacts.facts_of(row))
        slot = self._slots.get(key)
        known = slot is None or expected.hex() in (slot["now"], slot.get("next"))
        return known and macs.fits(row.bond, expected)

    def found(self, session: Session) -> Alterations:
        """What is wrong and not declared void, once every row was seen."""
        lost = 0 if self.lost <= self._void_lost else self.lost
        if not self.lost and wavefacts.digest(self._bonds) != self.facts["bonds"]:
            lost = 1  # a row stands in another one's place
        people = session.connection().execute(
            select(
                col(Ballot.number),
                col(Respondent.id),
                col(Respondent.name),
                col(Respondent.email),
            )
            .join(Respondent, col(Respondent.id) == col(Ballot.respondent_id))
            .where(col(Ballot.number).in_(self._altered[:1000]))
            .order_by(col(Respondent.id))
        )
        altered = [AlteredBallot(*cast(Any, row)) for row in people]
        return Alterations(tuple(altered), lost)


def find(session: Session, keys: KeyFile, wave: Wave) -> Alterations:
    """What of a launched wave's ballots is not as it was issued."""
    scan = Scan(session, keys, wave)
    rows = session.connection().execute(
        select(*ballotfacts.COLUMNS)
        .join(Respondent, col(Respondent.id) == col(Ballot.respondent_id))
        .where(col(Ballot.wave_id) == wave.id),
        execution_options={"yield_per": 500},
    )
    for row in rows:
        scan.see(row)
    return scan.found(session)


def declare_void(
    session: Session, wave: Wave, digest: str, now: datetime, second: Second | None = None
) -> dict[str, object]:
    """Declare the altered ballots of a closed wave void: they are not counted, whatever the urn
    holds of them. Gives what the log should say.

    `digest` is that of the `Alterations` the person saw. Where the wave wants two people `second`
    confirms what another one proposed. Raises WaveRefused.
    """
    hold(session, wave)
    if wave.closed_at is None or wave.unsealed_at is not None or wave.cancelled_at is not None:
        raise WaveRefused(
            _("Chỉ tuyên bố phiếu vô hiệu được sau khi kết thúc thu phiếu và trước khi mở hòm.")
        )
    keys = keys_of(session)
    found = find(session, keys, wave)
    if not found:
        raise WaveRefused(_("Không có phiếu nào bị sửa; không có gì để tuyên bố vô hiệu."))
    if found.digest != digest:
        raise WaveRefused(_("Các phiếu bị sửa không còn như đã xem. Tải lại trang rồi xem lại."))
    facts: dict[str, object] = {
        "respondents": [each.respondent_id for each in found.altered],
        "lost": found.lost,
    }
    if wave.two_people:
        alone = _(
            "Đợt {code} cần hai người để tuyên bố phiếu vô hiệu: một người đề nghị, một"
            " người khác xác nhận, ở trang quản trị, mục Mở hòm phiếu."
        )
        deed = deeds.void_altered(wave, digest)
        facts |= proposals.agreed(session, wave, deed, second, now, alone)
    before = wavefacts.of_wave(session, wave)
    known = before.get("voided") or {"ballots": [], "lost": 0}
    numbers = sorted({*known["ballots"], *(each.number.hex() for each in found.altered)})
    lost = max(known["lost"], found.lost)
    more = max(len(numbers), lost) - max(len(known["ballots"]), known["lost"])
    keeping.count(session, wave, now, "void", more)
    wavefacts.changed(session, wave, before, voided={"ballots": numbers, "lost": lost})
    return facts
