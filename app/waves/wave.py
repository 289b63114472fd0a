"""A wave: made, loaded, held under its locks; and as a draft, with its roster.

Launching is in `launch`, everything that ends a wave in `closing`. Each verb runs inside the
caller's transaction and refuses with `WaveRefused`, whose text says why and what to do. A
state is a time; only `situation` turns times into a word.
"""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any, cast

from sqlalchemy import and_, delete, insert, select
from sqlalchemy.exc import InvalidRequestError
from sqlalchemy.orm import defer
from sqlmodel import Session, col

from app.ballots.ballot import IndexChanged, launched_index
from app.bonds import wavefacts
from app.bonds.origins import person_row
from app.bonds.refused import WaveRefused as WaveRefused
from app.bonds.wavefacts import WaveAltered
from app.index import file as indexfile
from app.index.definition import Index
from app.keys import guard
from app.keys.keyfile import KeyFile
from app.keys.urn import Layout
from app.language import _, moment
from app.roster.file import Person
from app.store.models import Respondent, Wave
from app.store.officemodels import (
    KeptBadRows,
    KeptList,
    LetterText,
    Preparation,
    Proposal,
    Salutation,
)
from app.store.resultmodels import ExternalPercent
from app.store.turns import take_close_lock
from app.trustees import appointing


def new(
    session: Session,
    code: str,
    index: Index,
    opens: datetime,
    closes: datetime,
    now: datetime,
    replace: bool = False,
) -> Wave:
    """A wave in draft. With `replace` it takes the place of a draft of the same code."""
    if not code or len(code) > 64 or not set(code) <= CODE_SIGNS:
        raise WaveRefused(
            _(
                "Mã đợt “{code}” chỉ được gồm chữ cái không dấu, chữ số, - và _, tối đa 64 dấu."
            ).format(code=code[:80])
        )
    check_dates(opens, closes, now)
    query = select(col(Wave.id), col(Wave.launched_at)).where(col(Wave.code) == code)
    existing = session.connection().execute(query.with_for_update()).first()
    if existing is not None:
        if existing.launched_at is not None or not replace:
            raise WaveRefused(already_there(code, launched=existing.launched_at is not None))
        forget_draft(session, existing.id, code)
    content = json.dumps(indexfile.canonical(index), ensure_ascii=False)
    wave = Wave(
        code=code,
        index_content=content,
        index_digest=indexfile.digest(index),
        opens_at=opens,
        closes_at=closes,
        created_at=now,
    )
    session.add(wave)
    session.flush()
    return wave


def check_dates(opens: datetime, closes: datetime, now: datetime) -> None:
    """Raises WaveRefused unless a wave can close after it opens, and after now."""
    if closes <= opens:
        raise WaveRefused(_("Hạn gửi phiếu phải sau lúc mở. Xem lại hai thời điểm ấy."))
    if closes <= now:
        raise WaveRefused(
            _("Hạn gửi phiếu ({closes}) đã qua. Chọn một hạn sau bây giờ.").format(
                closes=moment(closes)
            )
        )


CODE_SIGNS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")


def already_there(code: str, launched: bool) -> str:
    if launched:
        return _(
            "Đợt {code} đã phát phiếu, không sửa được nữa. Đặt một mã khác cho đợt mới."
        ).format(code=code)
    return _("Đã có đợt {code} đang chuẩn bị. Thêm --replace để làm lại, hoặc đặt mã khác.").format(
        code=code
    )


def forget_draft(session: Session, wave_id: int, code: str) -> None:
    """Delete a draft and all that was prepared for it. The caller holds it and knows that it is
    one: what was launched could not be deleted so, and must not be."""
    appointing.forget(session, wave_id, code)
    preparing = (LetterText, Salutation, Preparation, Proposal, KeptBadRows, KeptList)
    for table in (Respondent, ExternalPercent, *preparing):
        session.connection().execute(delete(table).where(col(table.wave_id) == wave_id))
    session.connection().execute(delete(Wave).where(col(Wave.id) == wave_id))


def load(session: Session, code: str) -> Wave:
    """The wave of a code. Raises WaveRefused when there is none, WaveAltered."""
    wave = session.scalars(select(Wave).where(col(Wave.code) == code)).first()
    if wave is None:
        if not wavefacts.may_be_missing(guard.keys_of(session), code):
            raise WaveAltered(code, ["launched_at"])
        known = session.scalars(select(col(Wave.code)).order_by(col(Wave.id).desc()).limit(5)).all()
        raise WaveRefused(
            _("Không có đợt {code}. Đang có: {known}.").format(
                code=code, known=", ".join(known) or _("chưa đợt nào; tạo bằng “phieu wave new”")
            )
        )
    wavefacts.check(session, wave)
    return wave


def index_of(wave: Wave, keys: KeyFile | None = None) -> tuple[Index, Layout]:
    """The wave's index and ballot layout, checked against its digest.

    With `keys`, of a launched wave, also against the digest the key file kept. Raises
    WaveRefused when the stored index was changed.
    """
    try:
        if keys is not None and keys.wave(wave.code).index_digest != wave.index_digest:
            raise IndexChanged
        return launched_index(wave.index_content, wave.index_digest)
    except (IndexChanged, ValueError) as error:
        raise WaveRefused(
            _(
                "Bộ chỉ số của đợt {code} trong cơ sở dữ liệu đã bị sửa sau khi tạo đợt (mã kiểm"
                " tra"
                " tệp không khớp). Khôi phục cơ sở dữ liệu từ bản lưu rồi làm lại."
            ).format(code=wave.code)
        ) from error


def id_of(wave: Wave) -> int:
    """The key of a wave that has been stored."""
    return cast(int, wave.id)


def hold(session: Session, wave: Wave) -> None:
    """Read a wave anew, under its locks: until this transaction ends nobody else launches, changes
    or ends it, and nobody casts. First thing in a transaction (`app.store.db` says in what order).

    Raises WaveRefused when it was dropped meanwhile.
    """
    take_close_lock(session, id_of(wave))
    hold_row(session, wave)


def hold_row(session: Session, wave: Wave) -> None:
    """Read a wave anew, with its row locked until this transaction ends: nobody else changes it,
    but people cast. Raises WaveRefused when it was dropped meanwhile, WaveAltered."""
    try:
        # Casts refer to the wave's key and do not wait for this lock.
        session.refresh(wave, with_for_update={"key_share": True})
    except InvalidRequestError as error:
        if wave not in session:
            raise
        raise WaveRefused(_("Đợt này vừa bị bỏ.")) from error
    if wave.launched_at is not None:
        guard.keys_of(session).must_be_there()
    wavefacts.check(session, wave)


def hold_draft(session: Session, wave: Wave) -> None:
    """Read a draft anew and keep it one until this transaction ends. Raises WaveRefused."""
    hold_row(session, wave)
    must_be_draft(wave)


def must_be_draft(wave: Wave) -> None:
    """Raises WaveRefused for a wave that was launched or cancelled. As it was read: see
    `hold_draft`."""
    if wave.cancelled_at is not None:
        raise WaveRefused(_("Đợt {code} đã hủy. Tạo đợt mới với mã khác.").format(code=wave.code))
    if wave.launched_at is not None:
        raise WaveRefused(
            _(
                "Đợt {code} đã phát phiếu lúc {moment}; danh sách và bộ chỉ số không đổi được nữa."
            ).format(code=wave.code, moment=moment(wave.launched_at))
        )


def import_roster(
    session: Session, wave: Wave, people: Iterable[Person], by: str = "", source: str = ""
) -> int:
    """Replace the roster of a draft wave; gives the number of respondents. `by` and `source` are
    who puts them there and from what (see `origins`).

    Who was taken off and what was refused of the file before go as well.
    """
    hold_draft(session, wave)
    connection = session.connection()
    for table in (Respondent, KeptBadRows, KeptList):
        connection.execute(delete(table).where(col(table.wave_id) == wave.id))
    origin = {"added_by": by, "added_from": source}
    rows = [person_row(id_of(wave), person) | origin for person in people]
    if rows:
        connection.execute(insert(Respondent), rows)
    return len(rows)


def codes(session: Session) -> list[str]:
    """The codes of all waves, the newest first."""
    return list(session.scalars(select(col(Wave.code)).order_by(col(Wave.id).desc())).all())


def every(session: Session) -> list[Wave]:
    """All waves, the newest first, rehearsals last; their indexes are read when asked for."""
    query = select(Wave).options(defer(cast(Any, Wave.index_content)))
    return list(session.scalars(query.order_by(col(Wave.rehearsal), col(Wave.id).desc())).all())


def current(session: Session, now: datetime) -> Wave | None:
    """The wave that people of the console work at: no rehearsal and not cancelled, the one that
    runs before all others, else the newest."""
    runs = and_(
        col(Wave.launched_at).is_not(None), col(Wave.closed_at).is_(None), col(Wave.closes_at) > now
    )
    return session.scalars(
        select(Wave)
        .order_by(
            col(Wave.rehearsal), col(Wave.cancelled_at).is_not(None), ~runs, col(Wave.id).desc()
        )
        .limit(1)
    ).first()
