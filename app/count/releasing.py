"""A score sheet released to everybody, as a page for the press, and taken back.

The council releases. Where a wave wants two people, an officer or somebody of the council asks
first, and another one, of the council, confirms within three days. What is asked for and what is
released stands in one row; the key file holds it to what was said here, so that a row that somebody
wrote releases nothing. A row that differs is *altered*: nothing is shown of the sheet until the
council has taken it back, and released anew.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from app.bonds import pledges
from app.count import scoresheets
from app.keys.guard import keys_of
from app.language import _
from app.scores import figures
from app.staff import accounts
from app.staff.staff import COUNCIL, OFFICER
from app.store.models import Wave
from app.store.resultmodels import PressRelease
from app.waves import summons
from app.waves.wave import WaveRefused, hold_row, id_of

LASTS = timedelta(days=3)
SLOT = "press"


@dataclass(frozen=True)
class Released:
    """What is public: which sheet, since when, by whom as the log names them."""

    sheet: int
    at: datetime
    by: str


@dataclass(frozen=True)
class Asked:
    """What waits for a second person."""

    sheet: int
    at: datetime
    by: str
    staff_id: int

    @property
    def until(self) -> datetime:
        return self.at + LASTS


@dataclass(frozen=True)
class Standing:
    """How it stands with a wave; `altered`: the row is not what was said here."""

    released: Released | None
    asked: Asked | None
    altered: bool


def standing(session: Session, wave: Wave, now: datetime) -> Standing:
    """What is released, and what waits; nothing of either where the row is altered."""
    row = session.get(PressRelease, id_of(wave), populate_existing=True)
    if not _is_sound(session, wave.code, row):
        return Standing(None, None, altered=True)
    if row is None:
        return Standing(None, None, altered=False)
    asked = _asked(row)
    if asked and (now >= asked.until or not _works_here(session, asked.staff_id)):
        asked = None
    return Standing(_released(row), asked, altered=False)


def of_code(session: Session, code: str) -> tuple[int, Released] | None:
    """What is released of the wave of a code, with the wave's id; None for all else, without a word
    of why."""
    query = (
        select(PressRelease)
        .join(Wave, col(Wave.id) == col(PressRelease.wave_id))
        .where(col(Wave.code) == code, col(Wave.rehearsal).is_(False))
    )
    row = session.scalars(query).first()
    if row is None or not _is_sound(session, code, row):
        return None
    released = _released(row)
    return None if released is None else (row.wave_id, released)


def ask(session: Session, wave: Wave, sheet: int, staff_id: int, who: str, now: datetime) -> None:
    """Ask for a second person. Raises WaveRefused."""
    hold_row(session, wave)
    must_be_fit(session, wave, sheet)
    before = _must_be_sound(session, wave, now)
    if before.asked:
        words = _("{name} đã đề nghị việc này; đang chờ Hội đồng xác nhận.")
        raise WaveRefused(words.format(name=before.asked.by))

    def change(row: PressRelease) -> None:
        row.asked_sheet, row.asked_at = sheet, now
        row.asked_by, row.asked_staff_id = who, staff_id

    _keep(session, wave, change)
    summons.to_release(session, wave, staff_id, sheet, now, now + LASTS)


def withdraw(session: Session, wave: Wave, now: datetime) -> bool:
    """Take back what is asked for; whether anything was. Raises WaveRefused."""
    hold_row(session, wave)
    waited = _must_be_sound(session, wave, now).asked is not None
    _keep(session, wave, _ask_nothing)
    summons.released(session, wave, now)
    return waited


def release(
    session: Session, wave: Wave, sheet: int, staff_id: int, who: str, now: datetime
) -> dict[str, object]:
    """Release a sheet; gives what the log should say of who asked. The caller has made sure that it
    is somebody of the council. Raises WaveRefused."""
    hold_row(session, wave)
    must_be_fit(session, wave, sheet)
    asked = _must_be_sound(session, wave, now).asked
    told: dict[str, object] = {}
    if wave.two_people:
        if asked is None or asked.sheet != sheet:
            raise WaveRefused(
                _(
                    "Đề nghị công bố không còn chờ: đã xong, đã rút, hoặc quá ba ngày. Tải lại"
                    " trang để xem."
                )
            )
        if asked.staff_id == staff_id:
            raise WaveRefused(
                _("Việc này cần một người khác xác nhận, không phải người đã đề nghị.")
            )
        told["proposed"] = asked.by

    def change(row: PressRelease) -> None:
        row.sheet, row.released_at, row.released_by = sheet, now, who
        _ask_nothing(row)

    _keep(session, wave, change)
    summons.released(session, wave, now)
    return told


def take_back(session: Session, wave: Wave, now: datetime) -> None:
    """Release nothing any more, whatever the row says."""
    hold_row(session, wave)
    row = session.get(PressRelease, id_of(wave), populate_existing=True)
    sound, said = _is_sound(session, wave.code, row), _said(row)
    if row is not None:
        session.delete(row)
        session.flush()
    keys, path = keys_of(session), _slot(wave.code)
    if sound:
        pledges.pledge(session, keys, path, said, None)
    else:
        pledges.set_right(session, keys, path, None)
    summons.released(session, wave, now)


def must_be_fit(session: Session, wave: Wave, sheet: int) -> None:
    """Raises WaveRefused unless `sheet` is the newest one and may be shown to everybody,
    TallyAltered."""
    if wave.rehearsal:
        raise WaveRefused(_("Đây là đợt tập dượt (PHIẾU THỬ): không công bố được."))
    numbers = scoresheets.numbers(session, id_of(wave))
    if not numbers:
        raise WaveRefused(_("Chưa có bảng điểm để công bố. Tính bảng điểm trước."))
    if sheet != numbers[-1]:
        words = _("Bảng điểm mới nhất là số {number}. Xem lại trang này rồi công bố bảng ấy.")
        raise WaveRefused(words.format(number=numbers[-1]))
    document = scoresheets.document_of(session, id_of(wave), sheet)
    least = int(document["index"]["content"]["rules"]["min_ballots"])
    if any(
        unit["ballots"] is not None and figures.told(unit["ballots"], least) is None
        for unit in document["units"]
    ):
        raise WaveRefused(
            _(
                "Bảng điểm này do phiên bản cũ lập, còn ghi những số phiếu dưới {number}. Tính lại"
                " bảng điểm rồi công bố bảng mới."
            ).format(number=least)
        )


def _must_be_sound(session: Session, wave: Wave, now: datetime) -> Standing:
    found = standing(session, wave, now)
    if found.altered:
        raise WaveRefused(
            _(
                "Việc công bố của đợt {code} trong cơ sở dữ liệu khác với tệp khóa: có người đã sửa"
                " ngoài hệ thống. Chưa làm gì. Hội đồng bấm “Rút công bố”, rồi công bố lại."
            ).format(code=wave.code)
        )
    return found


def _keep(session: Session, wave: Wave, change: Callable[[PressRelease], None]) -> None:
    """Change the row, and what the key file holds it to. The caller holds the wave."""
    row = session.get(PressRelease, id_of(wave), populate_existing=True)
    before = _said(row)
    row = row or PressRelease(wave_id=id_of(wave))
    change(row)
    session.add(row)
    session.flush()
    pledges.pledge(session, keys_of(session), _slot(wave.code), before, _said(row))


def _slot(code: str) -> tuple[str, ...]:
    return ("waves", code, SLOT)


def _is_sound(session: Session, code: str, row: PressRelease | None) -> bool:
    return _said(row) in (keys_of(session).accepted(*_slot(code)) or (None,))


def _said(row: PressRelease | None) -> dict[str, Any] | None:
    """What a row says, as the key file keeps it."""
    if row is None:
        return None
    plain = {name: getattr(row, name) for name in PLAIN}
    return plain | {name: _written(getattr(row, name)) for name in TIMES}


PLAIN = ("sheet", "released_by", "asked_sheet", "asked_by", "asked_staff_id")
TIMES = ("released_at", "asked_at")


def _written(when: datetime | None) -> str | None:
    return None if when is None else when.astimezone(UTC).isoformat(timespec="microseconds")


def _released(row: PressRelease) -> Released | None:
    if row.sheet is None or row.released_at is None:
        return None
    return Released(row.sheet, row.released_at, row.released_by or "")


def _asked(row: PressRelease) -> Asked | None:
    if row.asked_sheet is None or row.asked_at is None or row.asked_staff_id is None:
        return None
    return Asked(row.asked_sheet, row.asked_at, row.asked_by or "", row.asked_staff_id)


def _ask_nothing(row: PressRelease) -> None:
    row.asked_sheet = row.asked_at = row.asked_by = row.asked_staff_id = None


def _works_here(session: Session, staff_id: int) -> bool:
    """Whether who asked could still ask."""
    return any(
        each.id == staff_id and not each.roles.isdisjoint((COUNCIL, OFFICER))
        for each in accounts.everyone(session)
    )
