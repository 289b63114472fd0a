"""Who took part in a wave: for payment, where the index says so, and never joined to answers."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from app.bonds import ballotfacts, wavefacts
from app.keys.guard import keys_of
from app.keys.tokens import BallotName, receipt_hash
from app.language import _, day
from app.papers import export
from app.roster.people import agency_name
from app.store.models import Ballot, Respondent, Wave
from app.text.order import name_key, person_key
from app.waves import proposals
from app.waves.closing import is_final
from app.waves.wave import WaveRefused, hold, id_of, index_of


def list_them(session: Session, wave: Wave, now: datetime) -> list[tuple[str, str, str]]:
    """Name, position and agency of everybody who cast, by name and by nothing else.

    Somebody who was taken off after casting took part. Once the list is drawn the wave cannot be
    extended: nobody may go collecting ballots with it in hand. Nobody is named by a row that is not
    as it was issued, or by a mark of a cast that is not the count's. Holds the wave. Raises
    WaveRefused.
    """
    hold(session, wave)
    index, _layout = index_of(wave)
    if not index.rules.participation_list:
        raise WaveRefused(
            _(
                "Bộ chỉ số của đợt này không cho lập danh sách người tham gia, và thư mời đã không"
                " nói đến. Không lập được."
            )
        )
    if wave.cancelled_at is not None or not is_final(wave, now):
        raise WaveRefused(_("Danh sách người tham gia chỉ lập được sau khi đã kết thúc thu phiếu."))
    if erased := wave.cast_erased_at or wave.contacts_erased_at:
        words = _(
            "Ai đã gửi phiếu trong đợt {code} đã được xóa theo lịch ngày {day}. Không lập được."
        )
        raise WaveRefused(words.format(code=wave.code, day=day(erased)))
    if wave.unsealed_at is None and wave.listed_at is None:
        before = wavefacts.of_wave(session, wave)
        wave.listed_at = now
        session.add(wave)
        session.flush()
        wavefacts.changed(session, wave, before)
        proposals.withdraw_all(session, wave, now, ("extend",))
    rows = (
        session.connection()
        .execute(
            select(
                *ballotfacts.COLUMNS,
                col(Respondent.position),
                col(Respondent.agency_text),
                col(Respondent.erased_at),
            )
            .join(Respondent, col(Respondent.id) == col(Ballot.respondent_id))
            .where(col(Ballot.wave_id) == id_of(wave), col(Ballot.cast))
        )
        .all()
    )
    _must_be_as_counted(session, wave, rows)
    people = [
        (row.name, row.position, agency_name(index, row.agency, row.agency_text))
        for row in rows
        if row.erased_at is None
    ]
    return sorted(people, key=_place)


def _place(person: tuple[str, str, str]) -> tuple[str, ...]:
    """Where somebody stands; two who are written alike cannot be told apart by it."""
    name, position, agency = person
    return (person_key(name), name_key(agency), name_key(position), *person)


def _must_be_as_counted(session: Session, wave: Wave, rows: Sequence[Any]) -> None:
    """Raises WaveRefused unless each who is said to have cast is as issued, and after the opening
    they are those whose ballots were counted, but for those declared void."""
    keys, code = keys_of(session), wave.code
    facts = wavefacts.of_wave(session, wave)
    void = (facts.get("voided") or {"ballots": []})["ballots"]
    sound = [row for row in rows if ballotfacts.is_sound(keys, code, row)]
    hashes = (
        receipt_hash(keys.receipt(code, BallotName(row.number, row.issue)))
        for row in sound
        if row.number.hex() not in void
    )
    known = facts.get("receipts")
    counted = known in (None, export.receipts_digest(hashes))
    if not counted or any(row.number.hex() not in void for row in rows if row not in sound):
        raise WaveRefused(
            _(
                "Dữ liệu về người đã gửi phiếu của đợt {code} không còn như hệ thống ghi: có người"
                " đã sửa thẳng vào cơ sở dữ liệu. Không lập danh sách. Xem trang Phiếu bị sửa, báo"
                " Hội đồng, khôi phục cơ sở dữ liệu từ bản lưu."
            ).format(code=code)
        )
