"""The addresses of a roster: each is one person's, taken off or not."""

from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from app.language import _
from app.store.models import Respondent
from app.text.cleaning import email_key
from app.waves import issuing
from app.waves.wave import WaveRefused


def holder(session: Session, wave_id: int, email: str) -> Any:
    """Who has an address in a wave, taken off or not: `id` and `removed_at`."""
    query = select(col(Respondent.id), col(Respondent.removed_at)).where(
        col(Respondent.wave_id) == wave_id, col(Respondent.email_key) == email_key(email)
    )
    return session.connection().execute(query).first()


def must_be_new(session: Session, wave_id: int, email: str) -> None:
    """Refuse an address of somebody who is on the roster."""
    known = holder(session, wave_id, email)
    if known is not None and known.removed_at is None:
        raise taken(email)


def must_be_free(session: Session, wave_id: int, email: str, person_id: int | None) -> None:
    """Refuse an address of somebody else who is on the roster, or was and has a ballot."""
    known = holder(session, wave_id, email)
    if known is None or known.id == person_id:
        return
    if known.removed_at is None:
        raise taken(email)
    if issuing.has_ballot(session, known.id):
        raise WaveRefused(
            _(
                "Địa chỉ {email} là của một người đã bỏ khỏi danh sách và đã có phiếu. Khôi phục"
                " người ấy, hoặc dùng địa chỉ khác."
            ).format(email=email)
        )


def taken(email: str) -> WaveRefused:
    """What is said of an address that somebody else has."""
    return WaveRefused(
        _("Địa chỉ {email} đã thuộc một người khác trong danh sách. Mỗi địa chỉ một phiếu.").format(
            email=email
        )
    )
