"""What the officers of a wave wrote for its letters, kept.

Each text is bound to the key file: words that somebody else wrote into the table go into no letter;
the usual ones go, and the page of the letters tells of it.
"""

import logging
from collections.abc import Mapping

from sqlalchemy import delete, select
from sqlmodel import Session, col

from app.bonds import macs
from app.keys.guard import keys_of
from app.letters.texts import Wording
from app.store.models import Wave
from app.store.officemodels import LetterText, Salutation
from app.waves.wave import id_of

log = logging.getLogger("phieu.mail")


def of(session: Session, wave: Wave) -> Wording:
    """The wording of a wave's letters, as far as it is as it was written."""
    texts = session.connection().execute(
        select(
            col(LetterText.kind), col(LetterText.subject), col(LetterText.body), col(LetterText.mac)
        ).where(col(LetterText.wave_id) == wave.id)
    )
    salutations = session.connection().execute(
        select(col(Salutation.group), col(Salutation.text), col(Salutation.mac)).where(
            col(Salutation.wave_id) == wave.id
        )
    )
    key, altered = _key(session), False
    subjects: dict[str, str] = {}
    bodies: dict[str, str] = {}
    said: dict[str, str] = {}
    for kind, subject, body, mac in texts:
        if not macs.fits(mac, _text_mac(key, wave, kind, subject, body)):
            altered = True
            continue
        subjects |= {kind: subject} if subject else {}
        bodies |= {kind: body} if body else {}
    for group, text, mac in salutations:
        if not macs.fits(mac, _salutation_mac(key, wave, group, text)):
            altered = True
            continue
        said[group] = text
    if altered:
        log.error("words for letters of %s were changed past this program", wave.code)
    return Wording(subjects, bodies, said, wave.rehearsal, altered)


def _key(session: Session) -> bytes:
    return keys_of(session).derived("wordings")


def _text_mac(key: bytes, wave: Wave, kind: str, subject: str, body: str) -> bytes:
    return macs.mac(key, "letter text", wave.code, kind, subject, body)


def _salutation_mac(key: bytes, wave: Wave, group: str, text: str) -> bytes:
    return macs.mac(key, "salutation", wave.code, group, text)


def keep(
    session: Session,
    wave: Wave,
    texts: Mapping[str, tuple[str, str]],
    salutations: Mapping[str, str],
) -> None:
    """Replace texts (kind → subject, body) and salutations; an empty one is said as usual."""
    connection, key = session.connection(), _key(session)
    for kind, (subject, body) in texts.items():
        connection.execute(
            delete(LetterText).where(
                col(LetterText.wave_id) == wave.id, col(LetterText.kind) == kind
            )
        )
        if subject or body:
            mac = _text_mac(key, wave, kind, subject, body)
            row = LetterText(wave_id=id_of(wave), kind=kind, subject=subject, body=body, mac=mac)
            session.add(row)
    if salutations:
        connection.execute(delete(Salutation).where(col(Salutation.wave_id) == wave.id))
        for group, text in salutations.items():
            if text:
                mac = _salutation_mac(key, wave, group, text)
                session.add(Salutation(wave_id=id_of(wave), group=group, text=text, mac=mac))
    session.flush()


def adopt(session: Session, wave: Wave) -> None:
    """Bind the words of an earlier version as they stand (see `adoption`)."""
    key = _key(session)
    for text in session.scalars(select(LetterText).where(col(LetterText.wave_id) == wave.id)):
        text.mac = _text_mac(key, wave, text.kind, text.subject, text.body)
        session.add(text)
    for said in session.scalars(select(Salutation).where(col(Salutation.wave_id) == wave.id)):
        said.mac = _salutation_mac(key, wave, said.group, said.text)
        session.add(said)


def copy(session: Session, source: Wave, target: Wave) -> None:
    """Give a wave the wording of another."""
    wording = of(session, source)
    kinds = {*wording.subjects, *wording.bodies}
    texts = {k: (wording.subjects.get(k, ""), wording.bodies.get(k, "")) for k in kinds}
    keep(session, target, texts, wording.salutations)
