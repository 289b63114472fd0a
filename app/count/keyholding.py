"""Who keeps the key of a wave's urn, out of its trustees and of the log, for papers and pages."""

from sqlmodel import Session

from app.audit import chain
from app.keys.guard import keys_of
from app.scores.keyholders import Holder, Keyholders
from app.store.models import Wave
from app.trustees import body


def of(session: Session, wave: Wave) -> Keyholders | None:
    """The trustees of a wave; None in office mode. When each handed in what they opened says the
    log: the table of it is held to nothing. Raises WaveAltered, ChainBroken."""
    found = body.of(session, wave) if wave.mode == "committee" else None
    if found is None:
        return None
    handed = {
        str(line.facts.get("trustee")): line.at
        for line in chain.every(session, keys_of(session), "trustees.shares", wave.code)
    }
    return Keyholders(
        found.need,
        tuple(
            Holder(each.place, each.called, each.print, handed.get(each.email))
            for each in found.trustees
        ),
    )
