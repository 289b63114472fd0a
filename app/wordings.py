"""What the officers of a wave wrote for its letters, kept."""

from collections.abc import Mapping

from sqlalchemy import delete, select
from sqlmodel import Session, col

from app.lettertexts import Wording
from app.models import Wave
from app.officemodels import LetterText, Salutation
from app.waves import id_of


def of(session: Session, wave: Wave) -> Wording:
    """The wording of a wave's letters."""
    texts = (
        session.connection()
        .execute(
            select(col(LetterText.kind), col(LetterText.subject), col(LetterText.body)).where(
                col(LetterText.wave_id) == wave.id
            )
        )
        .all()
    )
    salutations = (
        session.connection()
        .execute(
            select(col(Salutation.group), col(Salutation.text)).where(
                col(Salutation.wave_id) == wave.id
            )
        )
        .all()
    )
    return Wording(
        {kind: subject for kind, subject, _body in texts if subject},
        {kind: body for kind, _subject, body in texts if body},
        {row.group: row.text for row in salutations},
        wave.rehearsal,
    )


def keep(
    session: Session,
    wave: Wave,
    texts: Mapping[str, tuple[str, str]],
    salutations: Mapping[str, str],
) -> None:
    """Replace texts (kind → subject, body) and salutations; an empty one is said as usual."""
    connection = session.connection()
    for kind, (subject, body) in texts.items():
        connection.execute(
            delete(LetterText).where(
                col(LetterText.wave_id) == wave.id, col(LetterText.kind) == kind
            )
        )
        if subject or body:
            session.add(LetterText(wave_id=id_of(wave), kind=kind, subject=subject, body=body))
    if salutations:
        connection.execute(delete(Salutation).where(col(Salutation.wave_id) == wave.id))
        for group, text in salutations.items():
            if text:
                session.add(Salutation(wave_id=id_of(wave), group=group, text=text))
    session.flush()


def copy(session: Session, source: Wave, target: Wave) -> None:
    """Give a wave the wording of another."""
    wording = of(session, source)
    kinds = {*wording.subjects, *wording.bodies}
    texts = {k: (wording.subjects.get(k, ""), wording.bodies.get(k, "")) for k in kinds}
    keep(session, target, texts, wording.salutations)
