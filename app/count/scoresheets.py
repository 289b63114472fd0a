"""The score sheets of an unsealed wave: computed from its tally, numbered, never changed."""

import json
from dataclasses import replace
from typing import cast

from sqlalchemy import func, select
from sqlmodel import Session, col

from app.bonds import wavefacts
from app.count import externals, tallies
from app.language import _
from app.papers import export
from app.record import keeping
from app.scores import figures, scoring
from app.store.db import Database
from app.store.models import Wave
from app.store.resultmodels import Minutes, Sheet
from app.waves import summons
from app.waves.wave import WaveRefused, hold, id_of, index_of, load
from app.webhooks import calls


def score(db: Database, session: Session, code: str) -> tuple[export.Document, bool]:
    """Write the score sheet of an unsealed wave; gives the document and whether it is new.

    A sheet that would say the same as the last one is not written again. Raises WaveRefused.
    """
    wave = load(session, code)
    # Of two at once the second finds what the first has written.
    hold(session, wave)
    if wave.unsealed_at is None or wave.closed_at is None:
        raise WaveRefused(
            _("Đợt {code} chưa mở hòm phiếu. Mở hòm phiếu rồi tính điểm.").format(code=code),
            f"phieu wave unseal {code}",
        )
    wave_id = id_of(wave)
    index, _layout = index_of(wave)
    tally, external = tallies.read(session, wave), externals.checked(session, wave)
    minutes = session.get_one(Minutes, wave_id)
    tallies.must_be_all(session, code)
    least = index.rules.min_ballots
    # What an older version counted stands there in small numbers, too.
    told = {unit: figures.told(count, least) for unit, count in tally.ballots.items()}
    sheet = scoring.score(index, replace(tally, ballots=told), external)
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
        issued_later=minutes.issued_later,
        altered=minutes.altered,
    )
    last = (
        session.connection()
        .execute(select(func.max(col(Sheet.number))).where(col(Sheet.wave_id) == wave_id))
        .scalar()
    )
    if last is not None:
        same = export.document(facts, last, index, sheet)
        if same == document_of(session, wave_id, last):
            return same, False
    document = export.document(facts, (last or 0) + 1, index, sheet)
    written = json.dumps(document, ensure_ascii=False)
    number, now = document["sheet"], db.now(session)
    # Once the sheet is there, what a killed attempt said of one like it seems to have come true.
    before = wavefacts.of_wave(session, wave)
    session.add(Sheet(wave_id=wave_id, number=number, created_at=now, document=written))
    session.flush()
    tallies.keep_sheet(session, wave, before, number, written)
    keeping.add(session, wave, now, "score", {"sheet": number, "digest": document["digest"]})
    summons.scored(session, wave, number, now)
    if not wave.rehearsal:
        calls.tell(session, code, number, now)
    return document, True


def latest_sheet(session: Session, code: str) -> export.Document:
    """The document of a wave's newest score sheet. Raises WaveRefused when there is none."""
    wave = load(session, code)
    if wave.rehearsal:
        raise WaveRefused(_("Đây là đợt tập dượt (PHIẾU THỬ); bảng điểm của nó không xuất được."))
    made = numbers(session, id_of(wave))
    tallies.must_be_all(session, code)
    if not made:
        raise WaveRefused(
            _("Đợt {code} chưa có bảng điểm. Tính bảng điểm trước.").format(code=code),
            f"phieu wave score {code}",
        )
    return document_of(session, id_of(wave), made[-1])


def published(
    session: Session, code: str | None = None, number: int | None = None
) -> list[export.Document]:
    """What other programs may read: the newest sheet of each wave, or of the wave `code` alone, or
    its sheet `number`; the newest wave first. A rehearsal has none. Raises TallyAltered."""
    newest = (
        select(func.max(col(Sheet.number)))
        .where(col(Sheet.wave_id) == col(Wave.id))
        .correlate(Wave)
        .scalar_subquery()
    )
    query = (
        select(col(Wave.code), col(Sheet.number), col(Sheet.document))
        .join(Wave, col(Wave.id) == col(Sheet.wave_id))
        .where(col(Wave.rehearsal).is_(False))
        .where(col(Sheet.number) == (newest if number is None else number))
        .order_by(col(Wave.id).desc())
    )
    if code is not None:
        query = query.where(col(Wave.code) == code)
    for known in tallies.scored(session) if code is None else [code]:
        tallies.must_be_all(session, known)
    return [_sound(session, *row) for row in session.connection().execute(query).all()]


def _sound(session: Session, code: str, number: int, written: str) -> export.Document:
    tallies.must_be_sheet(session, code, number, written)
    document: export.Document = json.loads(written)
    return document


def numbers(session: Session, wave_id: int) -> list[int]:
    """The numbers of a wave's sheets, oldest first."""
    query = select(col(Sheet.number)).where(col(Sheet.wave_id) == wave_id)
    return sorted(session.connection().execute(query).scalars())


def document_of(session: Session, wave_id: int, number: int) -> export.Document:
    """The document of one sheet, for pages; what is exported is `latest_sheet`.

    Raises TallyAltered.
    """
    query = (
        select(col(Wave.code), col(Sheet.number), col(Sheet.document))
        .join(Wave, col(Wave.id) == col(Sheet.wave_id))
        .where(col(Sheet.wave_id) == wave_id, col(Sheet.number) == number)
    )
    return _sound(session, *session.connection().execute(query).one())


def digest_of(session: Session, code: str, number: int) -> str | None:
    """The digest of one sheet of a wave, None where there is no such sheet."""
    query = (
        select(col(Wave.code), col(Sheet.number), col(Sheet.document))
        .join(Wave, col(Wave.id) == col(Sheet.wave_id))
        .where(col(Wave.code) == code, col(Sheet.number) == number)
    )
    found = session.connection().execute(query).first()
    return None if found is None else str(_sound(session, *found)["digest"])


def is_rehearsal(session: Session, code: str) -> bool:
    """Whether the wave of a code is a rehearsal, whose sheets are worth nothing."""
    query = select(col(Wave.rehearsal)).where(col(Wave.code) == code)
    return bool(session.connection().execute(query).scalar())


def comparable(session: Session, wave: Wave) -> list[tuple[str, int, int]]:
    """Waves before this one that have a sheet, newest first: (code, id, newest sheet)."""
    rows = session.connection().execute(
        select(col(Wave.code), col(Wave.id), func.max(col(Sheet.number)))
        .join(Sheet, col(Sheet.wave_id) == col(Wave.id))
        .where(col(Wave.id) < id_of(wave), col(Wave.rehearsal).is_(False))
        .group_by(col(Wave.code), col(Wave.id))
        .order_by(col(Wave.id).desc())
    )
    return [(code, cast(int, id_), number) for code, id_, number in rows]
