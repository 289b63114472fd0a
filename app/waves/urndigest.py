"""The digest of an urn: what its closing writes down, and its opening checks first."""

from hashlib import sha256

from sqlmodel import Session

from app.keys.cover import Cover
from app.store.models import Wave
from app.trustees.files import urn_digest_of
from app.urn import rows


def urn_digest(session: Session, wave: Wave, cover: Cover) -> str:
    """The digest of a wave's whole urn, in whatever order its rows come."""
    return urn_digest_of(sha256(row).digest() for row in rows.read(session, wave, cover))
