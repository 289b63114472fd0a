"""Unseal a wave: what the count writes, and what is then erased."""

import json
import logging
import os
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlmodel import Session, col

from app.audit import chain
from app.bonds import wavefacts
from app.count import tallies
from app.count.adding import Count, Progress, UrnChanged, UrnDiffers, count_urn
from app.index.definition import Index
from app.keys import recovery
from app.keys.keyfile import KeyFile, KeysMissing
from app.keys.recovery import OpenedCopy
from app.language import _, moment
from app.papers import export
from app.store.db import Database
from app.store.models import (
    Ballot,
    Comment,
    Draft,
    Minutes,
    ReceiptHash,
    TallyRow,
    UnitBallots,
    UrnRow,
    Wave,
)
from app.waves import proposals, staffmail
from app.waves.closing import note_closing, settle
from app.waves.proposals import Deed, Second, Waiting
from app.waves.wave import WaveRefused, hold, id_of, index_of, load

log = logging.getLogger("phieu.unsealing")
# With fewer ballots of those who were asked a comment could point to who wrote it.
COMMENTS_FROM = 10


def unseal(
    db: Database,
    keys: KeyFile,
    code: str,
    progress: Progress | None = None,
    who: str = chain.COMMAND_LINE,
    second: Second | None = None,
) -> Minutes:
    """Open the urn of a closed wave into its tally, once, and erase its keys.

    Where two people are needed `second` confirms what another one proposed, in the transaction
    that opens: an opening that fails uses nothing up. The log says who did it.

    Raises WaveRefused, KeysMissing; then nothing has been written and nothing is lost.
    """
    with db.transaction() as session:
        wave = load(session, code)
        if settle(db, session, wave):
            note_closing(session, keys, wave, chain.CLOCK, db.now(session))
        _must_be_closed(wave)
        _agreed(session, wave, second, db.now(session), proposals.check)
    with db.reading() as session:
        index, layout = index_of(wave, keys)
        _check_closing(session, keys, wave)
        try:
            count = count_urn(session, wave, index, layout, keys, progress)
        except UrnChanged as error:
            raise WaveRefused(
                _(
                    "Hòm phiếu của đợt {code} không còn như lúc kết thúc: có phiếu bị thêm, bớt"
                    " hoặc"
                    " sửa. Chưa ghi gì. Khôi phục cơ sở dữ liệu từ bản lưu rồi mở lại."
                ).format(code=code)
            ) from error
        except UrnDiffers as error:
            raise WaveRefused(
                _(
                    "Số phiếu đếm được của đợt {code} không khớp số phiếu đã gửi. Chưa ghi gì. Khôi"
                    " phục cơ sở dữ liệu từ bản lưu; nếu vẫn vậy, lập biên bản."
                ).format(code=code)
            ) from error
    with db.transaction() as session:
        # No extension and no cancelling meanwhile, and none before the commit.
        hold(session, wave := load(session, code))
        _must_be_closed(wave)
        facts = _agreed(session, wave, second, db.now(session), proposals.confirm)
        minutes = _write(db, session, wave, index, count)
        head = chain.note(
            session,
            keys,
            db.now(session),
            who,
            "wave.unseal",
            code,
            issued=minutes.issued,
            cast=minutes.cast,
            counted=minutes.counted,
            void=minutes.void,
            foreign=minutes.foreign,
            **({"altered": minutes.altered} if minutes.altered else {}),
            mode=wave.mode,
            two_people=wave.two_people,
            **facts,
        )
        staffmail.queue_heads(session, db.now(session), code, "wave.unseal", head)
    finish(db, keys)
    return minutes


def _agreed(
    session: Session,
    wave: Wave,
    second: Second | None,
    now: datetime,
    step: Callable[[Session, Wave, Deed, Second, datetime], Waiting],
) -> dict[str, object]:
    """Check or take what another one proposed, where the wave wants two. Raises WaveRefused."""
    if not wave.two_people:
        return {}
    if second is None:
        raise WaveRefused(
            _(
                "Đợt {code} cần hai người để mở hòm phiếu: một người đề nghị, một người khác xác"
                " nhận, ở trang quản trị, mục Mở hòm phiếu. Dòng lệnh không mở thay được."
            ).format(code=wave.code)
        )
    return {"proposed": step(session, wave, proposals.unseal(wave), second, now).who}


def _check_closing(session: Session, keys: KeyFile, wave: Wave) -> None:
    """The digest of the urn stands in the log too, where no administrator can change it."""
    noted = chain.last(session, keys, "wave.close", wave.code)
    if noted is not None and noted.facts.get("urn") != wave.urn_digest:
        raise WaveRefused(
            _(
                "Mã kiểm tra hòm phiếu của đợt {code} khác với mã trong nhật ký lúc kết thúc. Chưa"
                " ghi gì. Khôi phục cơ sở dữ liệu từ bản lưu rồi mở lại."
            ).format(code=wave.code)
        )


def _must_be_closed(wave: Wave) -> None:
    if wave.unsealed_at is not None:
        raise WaveRefused(
            _("Đợt {code} đã mở hòm phiếu lúc {moment}. Việc tiếp theo: tính bảng điểm.").format(
                code=wave.code, moment=moment(wave.unsealed_at)
            ),
            f"phieu wave score {wave.code}",
        )
    if wave.cancelled_at is not None:
        raise WaveRefused(_("Đợt {code} đã hủy, hòm phiếu không còn.").format(code=wave.code))
    if wave.launched_at is None:
        raise WaveRefused(
            _("Đợt {code} chưa phát phiếu nên chưa có hòm phiếu.").format(code=wave.code)
        )
    if wave.closed_at is None:
        raise WaveRefused(
            _(
                "Đợt {code} chưa kết thúc: hạn gửi là {closes}, thêm 15 phút cho phiếu đang trả"
                " lời dở."
                " Đợi đến khi đó, hoặc kết thúc ngay."
            ).format(code=wave.code, closes=moment(wave.closes_at)),
            f"phieu wave close {wave.code}",
        )


def _write(db: Database, session: Session, wave: Wave, index: Index, count: Count) -> Minutes:
    """One transaction: all sums in, the urn and the drafts gone."""
    connection, before = session.connection(), wavefacts.of_wave(session, wave)
    first = connection.execute(
        update(Wave)
        .where(
            col(Wave.id) == wave.id,
            col(Wave.closed_at).is_not(None),
            col(Wave.unsealed_at).is_(None),
            col(Wave.cancelled_at).is_(None),
            col(Wave.urn_digest) == count.urn_digest,
        )
        .values(unsealed_at=db.now(session))
    )
    if first.rowcount != 1:
        session.refresh(session.merge(wave))
        raise WaveRefused(
            _(
                "Đợt {code} vừa được mở, hủy hoặc gia hạn ở nơi khác. Xem lại tình trạng của đợt."
            ).format(code=wave.code),
            f"phieu wave status {wave.code}",
        )
    wave_id = id_of(wave)
    kept = _comments_kept(index, count)
    minutes = Minutes(
        wave_id=wave_id,
        issued=count.issued,
        issued_later=count.issued_later,
        cast=count.cast,
        counted=count.counted,
        void=count.void,
        altered=count.altered,
        foreign=count.foreign,
        urn_digest=count.urn_digest,
        receipts=export.receipts_digest(count.receipts),
        # Whether somebody wrote there is not told either.
        comments_withheld=len(kept) < len(index.comments),
        unproved=json.dumps(before.get("unproved", []), ensure_ascii=False),
    )
    session.add(minutes)
    tables: dict[Any, list[dict[str, Any]]] = {
        TallyRow: [
            {
                "wave_id": wave_id,
                "question": question,
                "unit": unit,
                "cells": None if cells is None else json.dumps(cells),
            }
            for (question, unit), cells in count.tally.counts.items()
        ],
        UnitBallots: [
            {"wave_id": wave_id, "unit": unit, "ballots": ballots}
            for unit, ballots in count.tally.ballots.items()
        ],
        ReceiptHash: [{"wave_id": wave_id, "hash": value} for value in count.receipts],
        Comment: [
            {"key": os.urandom(16), "wave_id": wave_id, "question": question, "text": text}
            for question, text in count.comments
            if question in kept
        ],
    }
    for table, rows in tables.items():
        if table is Comment:
            rows.sort(key=lambda row: row["key"])
        if rows:
            connection.execute(insert(table), rows)
    connection.execute(delete(UrnRow).where(col(UrnRow.wave_id) == wave_id))
    connection.execute(
        delete(Draft).where(
            col(Draft.ballot_number).in_(
                select(col(Ballot.number)).where(col(Ballot.wave_id) == wave_id)
            )
        )
    )
    session.flush()
    session.refresh(wave)
    wavefacts.changed(session, wave, before, **tallies.of_opening(session, wave))
    return minutes


def _comments_kept(index: Index, count: Count) -> set[str]:
    """The comment questions that ballots enough were asked."""
    return {
        question.code
        for question in index.comments
        if sum(count.by_group[group] for group in question.groups) >= COMMENTS_FROM
    }


def restore_keys(keys: KeyFile, wave: Wave, copy: OpenedCopy) -> None:
    """Put the keys of a wave that the caller holds back; what was erased stays so, and another
    wave's keys are refused. Raises KeysMissing."""
    gone = wave.unsealed_at is not None or wave.cancelled_at is not None
    if gone or (copy.wave, copy.public_key) != (wave.code, wave.public_key):
        raise KeysMissing(
            _("Tệp này không phải bản khóa dự phòng của đợt {code}. Chọn tệp khác.").format(
                code=wave.code
            )
        )
    recovery.put_back(keys, copy)


def finish(db: Database, keys: KeyFile) -> None:
    """Erase the keys of every wave that is unsealed or cancelled; a crash may have left them.

    What a full disk beside the key file does not let be erased, or what is not there because a
    folder is not mounted, waits for the next call, which the server makes by the clock.
    """
    with db.reading() as session:
        ended = session.scalars(
            select(Wave).where(
                col(Wave.unsealed_at).is_not(None) | col(Wave.cancelled_at).is_not(None),
            )
        ).all()
    # The key file says whether it holds keys still, whatever the row says.
    left = [wave for wave in ended if wave.keys_erased_at is None or keys.has_wave(wave.code)]
    for wave in left:
        if wavefacts.differing(keys, wave.code, wave):
            # Who writes into the database shall not have an urn made unreadable.
            log.error("the keys of %s stay: its row is not as the key file knows it", wave.code)
            continue
        try:
            keys.erase_wave(wave.code)
        except (OSError, KeysMissing) as fault:
            why = fault.strerror if isinstance(fault, OSError) else "the key file is not there"
            log.error("the keys of %s are not erased yet: %s", wave.code, why)
            continue
        with db.transaction() as session:
            session.connection().execute(
                update(Wave).where(col(Wave.id) == wave.id).values(keys_erased_at=db.now(session))
            )
    if left:
        db.forget_deleted()
