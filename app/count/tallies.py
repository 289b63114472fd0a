"""What an opening wrote, held to the key file and read back: tally, sums, comments, precision …

The digest of all of it stands in the key file from the opening on, the digest of each score sheet
from its making on. What differs, or is gone, is altered: no sheet is made of it and none is handed
out.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, cast

import rfc8785
from sqlalchemy import select
from sqlalchemy.exc import NoResultFound
from sqlmodel import Session, col

from app.bonds import wavefacts
from app.keys.guard import keys_of
from app.keys.tokens import receipt_hash
from app.language import _
from app.papers import export
from app.precision import kept
from app.scores import scoring
from app.scores.cells import Chosen, Counts
from app.store.models import Wave
from app.store.resultmodels import (
    Comment,
    KeptPrecision,
    Minutes,
    ReceiptHash,
    Sheet,
    TallyRow,
    UnitBallots,
)
from app.waves.wave import WaveRefused, id_of

SUMS = (
    *("issued", "issued_later", "cast", "counted", "void", "altered", "foreign"),
    *("urn_digest", "receipts", "comments_withheld", "unproved"),
)


class TallyAltered(WaveRefused):
    """What an opening wrote is not as it was written."""

    def __init__(self, wave: str, what: str) -> None:
        super().__init__(
            _(
                "{what} của đợt {code} trong cơ sở dữ liệu khác với lúc hệ thống ghi. Chưa làm gì."
                " Giữ nguyên hiện trạng, báo Hội đồng, khôi phục cơ sở dữ liệu từ bản lưu."
            ).format(what=what, code=wave)
        )


def read(session: Session, wave: Wave) -> scoring.Tally:
    """The tally of an unsealed wave. Raises TallyAltered."""
    known = wavefacts.of_wave(session, wave).get("opened")
    try:
        if known is None or known == digest_of(session, wave):
            return _tally(session, id_of(wave))
    except (ValueError, TypeError, RecursionError, NoResultFound):
        pass  # nothing that this program ever wrote there
    raise TallyAltered(wave.code, _("Bảng kiểm phiếu"))


def _tally(session: Session, wave_id: int) -> scoring.Tally:
    connection = session.connection()
    rows = connection.execute(select(TallyRow).where(col(TallyRow.wave_id) == wave_id))
    counts: dict[tuple[str, str], Counts | None] = {}
    choices: dict[tuple[str, str], Chosen | None] = {}
    for row in rows:
        item, cells = (row.question, row.unit), None if row.cells is None else json.loads(row.cells)
        if row.answers is None:
            counts[item] = cells
        else:
            choices[item] = None if cells is None else Chosen(json.loads(row.answers), cells)
    found = connection.execute(select(UnitBallots).where(col(UnitBallots.wave_id) == wave_id))
    ballots: Mapping[str, int | None] = {row.unit: row.ballots for row in found}
    return scoring.Tally(counts, ballots, choices)


def of_opening(session: Session, wave: Wave) -> dict[str, str]:
    """What the key file keeps of all that an opening wrote."""
    return {
        "opened": digest_of(session, wave),
        "comments": comments_digest(session, id_of(wave)),
        "receipts": receipts_digest(session, id_of(wave)),
        "precision": wavefacts.sheet_digest(_precision(session, id_of(wave))),
    }


def precision(session: Session, wave: Wave) -> kept.Precision | None:
    """How sure the results are; None where an earlier version opened the urn. Raises
    TallyAltered."""
    states = keys_of(session).accepted("waves", wave.code, "facts")
    known = {(facts or {}).get("precision") for facts in states} - {None}
    if not known:
        return None
    document = _precision(session, id_of(wave))
    if wavefacts.sheet_digest(document) not in known:
        raise TallyAltered(wave.code, _("Sai số của kết quả"))
    return kept.read(document)


def _precision(session: Session, wave_id: int) -> str:
    query = select(col(KeptPrecision.document)).where(col(KeptPrecision.wave_id) == wave_id)
    return session.connection().execute(query).scalar() or ""


def digest_of(session: Session, wave: Wave) -> str:
    """One digest of tally and sums."""
    tally, minutes = _tally(session, id_of(wave)), session.get_one(Minutes, id_of(wave))
    said: Any = {
        "counts": sorted([*key, cells] for key, cells in tally.counts.items()),
        "ballots": dict(tally.ballots),
        "sums": {name: getattr(minutes, name) for name in SUMS},
    }
    if tally.choices:  # of a wave without any it is what it was before there were any
        said["choices"] = sorted(
            [*key, chosen and [chosen.answers, chosen.counts]]
            for key, chosen in tally.choices.items()
        )
    return "sha256:" + hashlib.sha256(rfc8785.dumps(said)).hexdigest()


def comments_digest(session: Session, wave_id: int) -> str:
    """One digest of all comments of a wave, in no order."""
    rows = session.connection().execute(
        select(col(Comment.question), col(Comment.text)).where(col(Comment.wave_id) == wave_id)
    )
    said = rfc8785.dumps(sorted([question, text] for question, text in rows))
    return "sha256:" + hashlib.sha256(said).hexdigest()


def check_comments(session: Session, wave: Wave) -> None:
    """Raises TallyAltered unless the comments are those that were in the urn."""
    known = wavefacts.of_wave(session, wave).get("comments")
    if known is not None and known != comments_digest(session, id_of(wave)):
        raise TallyAltered(wave.code, _("Góp ý"))


def receipts_digest(session: Session, wave_id: int) -> str:
    """One digest of all receipts of a wave that were counted."""
    rows = session.connection().execute(
        select(col(ReceiptHash.hash)).where(col(ReceiptHash.wave_id) == wave_id),
        execution_options={"yield_per": 1000},
    )
    return export.receipts_digest(rows.scalars())


def is_counted(session: Session, receipt: str) -> bool:
    """Whether a receipt (in its tidy form) was counted when an urn was opened. Raises TallyAltered:
    where receipts were put in, or taken away, nobody can say."""
    _check_receipts(session)
    statement = select(col(ReceiptHash.wave_id)).where(
        col(ReceiptHash.hash) == receipt_hash(receipt)
    )
    return session.connection().execute(statement).first() is not None


def _check_receipts(session: Session) -> None:
    keys = keys_of(session)
    opened = select(col(Wave.id), col(Wave.code)).where(col(Wave.unsealed_at).is_not(None))
    for wave_id, code in cast(Any, session.connection().execute(opened)).all():
        known = [(facts or {}).get("receipts") for facts in keys.accepted("waves", code, "facts")]
        # An opening by an earlier version left none.
        if any(known) and receipts_digest(session, wave_id) not in known:
            raise TallyAltered(code, _("Danh sách biên nhận"))


def must_be_sheet(session: Session, code: str, number: int, document: str) -> None:
    """Raises TallyAltered unless a stored score sheet is as it was made, and all are there."""
    must_be_all(session, code)
    for facts in keys_of(session).accepted("waves", code, "facts"):
        known = (facts or {}).get("sheets", {}).get(str(number))
        if known == wavefacts.sheet_digest(document):
            return
    raise TallyAltered(code, _("Bảng điểm số {number}").format(number=number))


def scored(session: Session) -> list[str]:
    """The waves that have score sheets, by the key file; no rehearsals."""
    found = []
    for code, entry in (keys_of(session).slot("waves") or {}).items():
        facts = entry.get("facts", {}).get("now") or {}
        if facts.get("sheets") and not facts["rehearsal"]:
            found.append(code)
    return found


def must_be_all(session: Session, code: str) -> None:
    """Raises TallyAltered when a score sheet of a wave is gone: an earlier one is not the newest,
    and its number is not another one's."""
    query = select(col(Sheet.number)).join(Wave, col(Wave.id) == col(Sheet.wave_id))
    there = set(session.connection().execute(query.where(col(Wave.code) == code)).scalars())
    states = keys_of(session).accepted("waves", code, "facts")
    gone = [set((facts or {}).get("sheets", {})) - set(map(str, there)) for facts in states]
    if gone and all(gone):
        raise TallyAltered(code, _("Bảng điểm số {number}").format(number=min(gone[0], key=int)))


def keep_sheet(
    session: Session, wave: Wave, before: wavefacts.Facts, number: int, document: str
) -> None:
    """Hold a new score sheet to the key file. The caller holds the wave; `before` are its facts
    (`wavefacts.of_wave`) as they were before the sheet was there."""
    sheets = {**before.get("sheets", {}), str(number): wavefacts.sheet_digest(document)}
    wavefacts.changed(session, wave, before, sheets=sheets)
