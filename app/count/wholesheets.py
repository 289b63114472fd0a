"""The sheets of the whole index: made of a score sheet and the appraised points, numbered, never
changed. Each is held to the key file as a score sheet is."""

import json
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from app.bonds import wavefacts
from app.count import appraised, scoresheets
from app.count.tallies import TallyAltered
from app.keys.guard import keys_of
from app.language import _
from app.papers import wholesheet
from app.papers.export import Document
from app.scores.wholeresults import Whole
from app.store.db import Database
from app.store.models import Wave
from app.store.resultmodels import WholeSheet
from app.waves import summons
from app.waves.wave import WaveRefused, hold, id_of, index_of, load
from app.webhooks import calls


def make(db: Database, session: Session, code: str) -> tuple[Document, bool]:
    """Write a sheet of the whole index, of the newest score sheet and the points imported last;
    gives the document and whether it is new.

    A sheet that would say the same as the last one is not written again. Raises WaveRefused.
    """
    wave = load(session, code)
    hold(session, wave)
    document = draft(session, wave)
    last = numbers(session, wave)[-1:]
    if last:
        before = document_of(session, wave, last[0])
        if _said(before) == _said(document):
            return before, False
    written = json.dumps(document, ensure_ascii=False)
    number, now = document["sheet"], db.now(session)
    facts = wavefacts.of_wave(session, wave)  # before the sheet is there, as for score sheets
    session.add(WholeSheet(wave_id=id_of(wave), number=number, created_at=now, document=written))
    session.flush()
    sheets = {**facts.get("whole_sheets", {}), str(number): wavefacts.sheet_digest(written)}
    wavefacts.changed(session, wave, facts, whole_sheets=sheets)
    if not wave.rehearsal:
        calls.tell(session, code, number, now, calls.WHOLE)
    summons.whole_made(session, wave, number, now)
    return document, True


def _said(document: Document) -> Document:
    return {key: value for key, value in document.items() if key not in ("sheet", "digest")}


def draft(session: Session, wave: Wave) -> Document:
    """What the next sheet would say, to be looked at first. Raises WaveRefused."""
    index, _layout = index_of(wave)
    if not appraised.has_any(index):
        raise WaveRefused(
            _("Bộ chỉ số của đợt {code} không có tiêu chí nào chấm bằng thẩm định.").format(
                code=wave.code
            )
        )
    scored = scoresheets.numbers(session, id_of(wave))
    if not scored:
        raise WaveRefused(
            _("Đợt {code} chưa có bảng điểm. Tính bảng điểm trước.").format(code=wave.code),
            f"phieu wave score {wave.code}",
        )
    points = appraised.checked(session, wave)
    if not points:
        raise WaveRefused(
            _("Đợt {code} chưa có điểm thẩm định. Nhập điểm thẩm định trước.").format(
                code=wave.code
            ),
            f"phieu wave appraised {wave.code} …",
        )
    survey = scoresheets.document_of(session, id_of(wave), scored[-1])
    return wholesheet.document(len(numbers(session, wave)) + 1, survey, points)


def numbers(session: Session, wave: Wave) -> list[int]:
    """The numbers of a wave's whole sheets, oldest first. Raises TallyAltered when one is gone."""
    query = select(col(WholeSheet.number)).where(col(WholeSheet.wave_id) == wave.id)
    found = sorted(session.connection().execute(query).scalars())
    states = keys_of(session).accepted("waves", wave.code, "facts")
    known = [set((facts or {}).get("whole_sheets", {})) for facts in states]
    gone = [each - set(map(str, found)) for each in known]
    if gone and all(gone):
        raise _altered(wave, int(min(gone[0], key=int)))
    return found


def document_of(session: Session, wave: Wave, number: int) -> Document:
    """The document of one sheet, which is there. Raises TallyAltered."""
    query = select(col(WholeSheet.document)).where(
        col(WholeSheet.wave_id) == wave.id, col(WholeSheet.number) == number
    )
    written = session.connection().execute(query).scalar_one()
    digest = wavefacts.sheet_digest(written)
    for facts in keys_of(session).accepted("waves", wave.code, "facts"):
        if (facts or {}).get("whole_sheets", {}).get(str(number)) == digest:
            document: Document = json.loads(written)
            return document
    raise _altered(wave, number)


def _altered(wave: Wave, number: int) -> TallyAltered:
    words = _("Bảng điểm cả bộ chỉ số, số {number},")
    return TallyAltered(wave.code, words.format(number=number))


def facts_of(session: Session, wave: Wave) -> dict[str, Any]:
    """What the key file is to know of points and whole sheets as they stand (see `adoption`)."""
    if wave.appraised_mac is None:
        return {}
    query = select(col(WholeSheet.number), col(WholeSheet.document))
    rows = session.connection().execute(query.where(col(WholeSheet.wave_id) == wave.id))
    known = {str(number): wavefacts.sheet_digest(document) for number, document in rows}
    return {**wavefacts.appraised(wave), "whole_sheets": known}


def newest(session: Session, wave: Wave) -> Document | None:
    """The newest whole sheet of a wave; None where there is none. Raises TallyAltered."""
    made = numbers(session, wave)
    return document_of(session, wave, made[-1]) if made else None


def latest(session: Session, code: str) -> Document:
    """The same of a wave's code, to be handed out. Raises WaveRefused when there is none."""
    wave = load(session, code)
    if wave.rehearsal:
        raise WaveRefused(_("Đây là đợt tập dượt (PHIẾU THỬ); bảng điểm của nó không xuất được."))
    document = newest(session, wave)
    if document is None:
        raise WaveRefused(
            _("Đợt {code} chưa có bảng điểm cả bộ chỉ số. Lập bảng điểm ấy trước.").format(
                code=code
            ),
            f"phieu wave whole {code}",
        )
    return document


def beside(session: Session, code: str, survey: Document) -> Whole | None:
    """The newest whole sheet, with the names of heads, for the papers of the score sheet that it
    was made of; None where there is none of just this one."""
    wave = load(session, code)
    document = newest(session, wave)
    if document is None or document["survey"]["digest"] != survey["digest"]:
        return None
    return Whole(document, appraised.heads(session, wave))


def digest_of(session: Session, code: str, number: int) -> str | None:
    """The digest of one whole sheet of a wave, None where there is no such sheet."""
    wave = session.scalars(select(Wave).where(col(Wave.code) == code)).first()
    if wave is None or number not in numbers(session, wave):
        return None
    return str(document_of(session, wave, number)["digest"])
