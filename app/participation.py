"""Who took part in a wave: for payment, where the index says so, and never joined to answers."""

from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from app import proposals, wavefacts
from app.cleaning import folded
from app.closing import is_final
from app.keyguard import keys_of
from app.language import _
from app.models import Ballot, Respondent, Wave
from app.people import agency_name
from app.waves import WaveRefused, hold, id_of, index_of


def list_them(session: Session, wave: Wave, now: datetime) -> list[tuple[str, str, str]]:
    """Name, position and agency of everybody who cast, by the alphabet and by nothing else.

    Somebody who was taken off after casting took part. Once the list is drawn the wave cannot be
    extended: nobody may go collecting ballots with it in hand. Holds the wave. Raises WaveRefused.
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
    if wave.unsealed_at is None and wave.listed_at is None:
        before = wavefacts.of_wave(keys_of(session), wave)
        wave.listed_at = now
        session.add(wave)
        session.flush()
        wavefacts.changed(session, wave, before)
        proposals.withdraw_all(session, wave, now, ("extend",))
    rows = session.connection().execute(
        select(
            col(Respondent.name),
            col(Respondent.position),
            col(Respondent.agency),
            col(Respondent.agency_text),
        )
        .join(Ballot, col(Ballot.respondent_id) == col(Respondent.id))
        .where(col(Ballot.wave_id) == id_of(wave), col(Ballot.cast))
    )
    people = [
        (name, position, agency_name(index, unit, text)) for name, position, unit, text in rows
    ]
    return sorted(people, key=lambda person: (*map(folded, person), person))
