"""The check list of a draft, and what whoever launches it has seen."""

from app.bonds import origins
from app.bounces import returned
from app.index import file as indexfile
from app.index.definition import Index
from app.preparation import agencies, checks, keptlist, keptrows, steps, warned
from app.preparation import wordings as wording_of
from app.preparation.checks import Check, Facts, Waiting, Warned
from app.preparation.trustees import Trustees
from app.staff import accounts
from app.staff.staff import OFFICER
from app.store.db import Session
from app.store.models import Wave
from app.store.officemodels import Preparation
from app.trustees import body
from app.trustees.body import Body
from app.waves.wave import id_of
from app.web.console.desk.desk import Desk


def check_list(
    desk: Desk, session: Session, wave: Wave, index: Index, row: Preparation
) -> list[Check]:
    """The check list of a draft, as things stand now."""
    key, held_by = desk.keys.prepared(wave.code, wave.index_digest), body.of(session, wave)
    facts = Facts(
        index=index,
        warned=warned.with_kept(row, warned_of(wave, index)),
        settings=desk.settings,
        people=steps.people(session, id_of(wave)),
        outside=steps.outside(session, id_of(wave)),
        origins=origins.of(session, wave),
        near=len(agencies.open_ones(row)),
        opens_at=wave.opens_at,
        closes_at=wave.closes_at,
        now=desk.db.now(session),
        test_confirmed=row.test_confirmed_at is not None
        and row.test_print == print_of_letter(desk, session, wave),
        recovery_checked=key is not None and row.recovery_key == key,
        officers=accounts.count_of(session, OFFICER),
        rehearsal=wave.rehearsal,
        waiting=_waiting(session, id_of(wave)),
        dead=returned.dead_before(session, desk.keys, id_of(wave), desk.db.now(session)),
        trustees=_trustees(wave, held_by) if held_by else None,
        unrated=len(agencies.unseen(row, index)),
    )
    return checks.check_list(facts)


def _trustees(wave: Wave, held_by: Body) -> Trustees:
    is_of_it = held_by.trial_of == wave.index_digest
    return Trustees(
        held_by.need,
        len(held_by.trustees),
        [each.called for each in held_by.trustees if each.key is None],
        [each.called for each in held_by.trustees if not (is_of_it and each.tried_at)],
    )


def warned_of(wave: Wave, index: Index) -> list[Warned]:
    """The warnings of a draft's index."""
    return warned.warned(wave.index_digest, indexfile.warnings(index))


def _waiting(session: Session, wave_id: int) -> Waiting | None:
    """What of the last list waits; None when nothing does."""
    note, held = keptrows.note(session, wave_id), keptlist.of(session, wave_id, whole=False)
    if note:
        return Waiting(*note)
    if held is not None and held.waits:
        return Waiting(held.note.file, 0, 0, held.note.rows if held.settled else 0)
    return None


def seen_of(desk: Desk, session: Session, wave: Wave, row: Preparation) -> str:
    """What whoever launches has seen: all that is frozen then."""
    officers = accounts.count_of(session, OFFICER)
    frozen = (wave.launched_at, wave.index_digest, wave.opens_at, wave.closes_at, row.roster_at)
    waiting = _waiting(session, id_of(wave))
    # Not by the times of changes alone: who writes into the database leaves none.
    said = (steps.print_of_people(session, id_of(wave)), print_of_letter(desk, session, wave))
    held_by = body.stand(session, wave)
    return desk.print_of(*frozen, *said, wave.rehearsal, officers, waiting, held_by)


def print_of_letter(desk: Desk, session: Session, wave: Wave) -> str:
    """What a test letter holds for: the words, the index and the sender."""
    wording = wording_of.of(session, wave)
    said = (sorted(wording.subjects.items()), sorted(wording.bodies.items()))
    more = sorted(wording.salutations.items())
    relay = desk.settings.relay and (desk.settings.relay.host, desk.settings.relay.port)
    return desk.print_of(said, more, wave.index_digest, desk.settings.mail_from, relay)
