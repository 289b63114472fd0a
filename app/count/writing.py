"""What an opening writes, all in one transaction: sums in, the urn and the drafts gone."""

import json
import os
from dataclasses import replace
from itertools import islice
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlmodel import Session, col

from app.bonds import wavefacts
from app.count import agencies, tallies
from app.count.adding import Count
from app.index.definition import Index
from app.language import _
from app.papers import export
from app.precision.kept import Precision, written
from app.scores.scoring import Tally
from app.store.db import Database
from app.store.models import Ballot, Draft, Wave
from app.store.resultmodels import (
    Comment,
    KeptPrecision,
    Minutes,
    ReceiptHash,
    TallyRow,
    UnitBallots,
)
from app.urn import rows as urnrows
from app.waves.wave import WaveRefused, id_of

# With fewer ballots of those who were asked a comment could point to who wrote it.
COMMENTS_FROM = 10
# Rows that go to the database in one statement.
TOGETHER = 5000


def write(
    db: Database, session: Session, wave: Wave, index: Index, count: Count, sure: Precision
) -> Minutes:
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
        receipts=export.receipts_digest(each.hex() for each in count.receipts),
        # Whether somebody wrote there is not told either.
        comments_withheld=len(kept) < len(index.comments),
        unproved=json.dumps(before.get("unproved", []), ensure_ascii=False),
    )
    session.add(minutes)
    tables: dict[Any, list[dict[str, Any]]] = {
        TallyRow: _tally_rows(wave_id, count.tally),
        UnitBallots: [
            {"wave_id": wave_id, "unit": unit, "ballots": ballots}
            for unit, ballots in count.tally.ballots.items()
        ],
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
    hashes = iter(count.receipts)
    while some := [{"wave_id": wave_id, "hash": h.hex()} for h in islice(hashes, TOGETHER)]:
        connection.execute(insert(ReceiptHash), some)
    urnrows.empty(session, wave)
    connection.execute(
        delete(Draft).where(
            col(Draft.ballot_number).in_(
                select(col(Ballot.number)).where(col(Ballot.wave_id) == wave_id)
            )
        )
    )
    session.flush()
    session.refresh(wave)
    sure = replace(sure, agencies=agencies.answered(session, wave))
    connection.execute(insert(KeptPrecision).values(wave_id=wave_id, document=written(sure)))
    wavefacts.changed(session, wave, before, **tallies.of_opening(session, wave))
    return minutes


def _tally_rows(wave_id: int, tally: Tally) -> list[dict[str, Any]]:
    scored = {item: (cells, None) for item, cells in tally.counts.items()}
    asked = {
        item: (said and said.counts, json.dumps(said and said.answers))
        for item, said in tally.choices.items()
    }
    return [
        {
            "wave_id": wave_id,
            "question": question,
            "unit": unit,
            "cells": None if cells is None else json.dumps(cells),
            "answers": answers,
        }
        for (question, unit), (cells, answers) in {**scored, **asked}.items()
    ]


def _comments_kept(index: Index, count: Count) -> set[str]:
    """The comment questions that ballots enough were asked."""
    return {
        question.code
        for question in index.comments
        if sum(count.by_group[group] for group in question.groups) >= COMMENTS_FROM
    }
