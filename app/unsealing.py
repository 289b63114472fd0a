"""Unseal a wave, and keep its score sheets: what the count writes, and what is then erased."""

import json
import os
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlmodel import Session, col

from app import export, scoring
from app.closing import settle
from app.count import Count, Progress, UrnChanged, UrnDiffers, count_urn
from app.db import Database
from app.index import Index
from app.keys import KeyFile
from app.language import _, moment
from app.models import (
    Ballot,
    Comment,
    Draft,
    ExternalPercent,
    Minutes,
    ReceiptHash,
    Sheet,
    TallyRow,
    UnitBallots,
    UrnRow,
    Wave,
)
from app.waves import WaveRefused, id_of, index_of, load

# With fewer ballots a comment could point to who wrote it.
COMMENTS_FROM = 10


def unseal(db: Database, keys: KeyFile, code: str, progress: Progress | None = None) -> Minutes:
    """Open the urn of a closed wave into its tally, once, and erase its keys.

    Raises WaveRefused, KeysMissing; then nothing has been written and nothing is lost.
    """
    with db.transaction() as session:
        wave = load(session, code)
        settle(db, session, wave)
    _must_be_closed(wave)
    with db.reading() as session:
        index, layout = index_of(wave, keys)
        try:
            count = count_urn(session, wave, index, layout, keys.tokens, keys.wave(code), progress)
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
        minutes = _write(db, session, wave, index, count)
    finish(db, keys)
    return minutes


def _must_be_closed(wave: Wave) -> None:
    if wave.unsealed_at is not None:
        raise WaveRefused(
            _(
                "Đợt {code} đã mở hòm phiếu lúc {moment}. Việc tiếp theo: “phieu wave score"
                " {code}”."
            ).format(code=wave.code, moment=moment(wave.unsealed_at))
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
                " Đợi đến khi đó, hoặc kết thúc ngay bằng “phieu wave close {code}”."
            ).format(code=wave.code, closes=moment(wave.closes_at))
        )


def _write(db: Database, session: Session, wave: Wave, index: Index, count: Count) -> Minutes:
    """One transaction: all sums in, the urn and the drafts gone."""
    connection = session.connection()
    first = connection.execute(
        update(Wave)
        .where(
            col(Wave.id) == wave.id,
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
                "Đợt {code} vừa được mở, hủy hoặc gia hạn ở nơi khác. Xem “phieu wave status"
                " {code}”."
            ).format(code=wave.code)
        )
    wave_id = id_of(wave)
    minutes = Minutes(
        wave_id=wave_id,
        issued=count.issued,
        cast=count.cast,
        counted=count.counted,
        void=count.void,
        foreign=count.foreign,
        urn_digest=count.urn_digest,
        receipts=export.receipts_digest(count.receipts),
        comments_withheld=count.counted < COMMENTS_FROM and bool(count.comments),
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
            if count.counted >= COMMENTS_FROM
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
    return minutes


def finish(db: Database, keys: KeyFile) -> None:
    """Erase the keys of every wave that is unsealed or cancelled; a crash may have left them."""
    with db.reading() as session:
        left = session.scalars(
            select(Wave).where(
                col(Wave.keys_erased_at).is_(None),
                col(Wave.launched_at).is_not(None),
                col(Wave.unsealed_at).is_not(None) | col(Wave.cancelled_at).is_not(None),
            )
        ).all()
    for wave in left:
        keys.erase_wave(wave.code)
        with db.transaction() as session:
            session.connection().execute(
                update(Wave)
                .where(col(Wave.id) == wave.id, col(Wave.keys_erased_at).is_(None))
                .values(keys_erased_at=db.now(session))
            )
    if left:
        db.forget_deleted()


def score(db: Database, session: Session, code: str) -> tuple[export.Document, bool]:
    """Write the score sheet of an unsealed wave; gives the document and whether it is new.

    A sheet that would say the same as the last one is not written again. Raises WaveRefused.
    """
    wave = load(session, code)
    if wave.unsealed_at is None or wave.closed_at is None:
        raise WaveRefused(
            _(
                "Đợt {code} chưa mở hòm phiếu. Mở bằng “phieu wave unseal {code}” rồi tính điểm."
            ).format(code=code)
        )
    wave_id = id_of(wave)
    index, _layout = index_of(wave)
    minutes = session.get_one(Minutes, wave_id)
    sheet = scoring.score(index, _tally(session, wave_id), _external(session, wave_id))
    facts = export.WaveFacts(
        code=wave.code,
        mode=wave.mode,
        two_people=wave.two_people,
        issued=minutes.issued,
        cast=minutes.cast,
        counted=minutes.counted,
        void=minutes.void,
        foreign=minutes.foreign,
        closed_at=wave.closed_at,
        receipts=minutes.receipts,
    )
    last = (
        session.connection()
        .execute(select(func.max(col(Sheet.number))).where(col(Sheet.wave_id) == wave_id))
        .scalar()
    )
    if last is not None:
        same = export.document(facts, last, index, sheet)
        if same == json.loads(session.get_one(Sheet, (wave_id, last)).document):
            return same, False
    document = export.document(facts, (last or 0) + 1, index, sheet)
    session.add(
        Sheet(
            wave_id=wave_id,
            number=document["sheet"],
            created_at=db.now(session),
            document=json.dumps(document, ensure_ascii=False),
        )
    )
    session.flush()
    return document, True


def latest_sheet(session: Session, code: str) -> export.Document:
    """The document of a wave's newest score sheet. Raises WaveRefused when there is none."""
    wave = load(session, code)
    found = (
        session.connection()
        .execute(
            select(col(Sheet.document))
            .where(col(Sheet.wave_id) == wave.id)
            .order_by(col(Sheet.number).desc())
            .limit(1)
        )
        .scalar()
    )
    if found is None:
        raise WaveRefused(
            _("Đợt {code} chưa có bảng điểm. Tính bằng “phieu wave score {code}” trước.").format(
                code=code
            )
        )
    document: export.Document = json.loads(found)
    return document


def _tally(session: Session, wave_id: int) -> scoring.Tally:
    connection = session.connection()
    rows = connection.execute(select(TallyRow).where(col(TallyRow.wave_id) == wave_id))
    counts = {
        (row.question, row.unit): None if row.cells is None else json.loads(row.cells)
        for row in rows
    }
    ballots: Mapping[str, int] = {
        row.unit: row.ballots
        for row in connection.execute(
            select(UnitBallots).where(col(UnitBallots.wave_id) == wave_id)
        )
    }
    return scoring.Tally(counts, ballots)


def _external(session: Session, wave_id: int) -> dict[tuple[str, str], Fraction]:
    rows = session.connection().execute(
        select(ExternalPercent).where(col(ExternalPercent.wave_id) == wave_id)
    )
    return {(row.unit, row.criterion): Fraction(row.percent) for row in rows}
