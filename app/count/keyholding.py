"""Who keeps the key of a wave's urn, out of its trustees, for papers and pages."""

from sqlmodel import Session

from app.scores.keyholders import Holder, Keyholders
from app.store.models import Wave
from app.trustees import body, shares


def of(session: Session, wave: Wave) -> Keyholders | None:
    """The trustees of a wave; None in office mode. Raises WaveAltered."""
    found = body.of(session, wave) if wave.mode == "committee" else None
    if found is None:
        return None
    return Keyholders(
        found.need,
        tuple(
            Holder(each.trustee.place, each.trustee.called, each.trustee.print, each.handed_at)
            for each in shares.standing(session, wave)
        ),
    )
