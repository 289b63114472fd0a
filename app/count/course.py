"""How a wave went, for its papers: when ballots went out, how many came back from which group.

Groups are told as the pages tell them (app/waves/counts.py), and where these tell none neither does
a paper.
"""

from sqlmodel import Session

from app.count import keyholding, tallies
from app.index.definition import Index
from app.scores.course import Course
from app.scores.turnout import Cell
from app.store.models import Wave
from app.waves import counts, heads
from app.waves.wave import index_of, load


def of(session: Session, wave: Wave) -> Course:
    """What the papers of a wave say beside its sheet, once its urn is open."""
    index, _layout = index_of(wave)
    return Course(
        head=heads.of(session, index),
        launched_at=wave.launched_at,
        opens_at=wave.opens_at,
        cells=cells(session, wave, index),
        precision=tallies.precision(session, wave) if wave.unsealed_at else None,
        held_by=keyholding.of(session, wave),
    )


def of_code(session: Session, code: str) -> Course:
    return of(session, load(session, code))


def cells(session: Session, wave: Wave, index: Index) -> tuple[Cell, ...]:
    """The groups' ballots; empty where they may not be told."""
    told = counts.of(session, wave, wave.unsealed_at) if wave.unsealed_at else None
    return tuple(
        Cell(tuple(index.group_of[code].name for code in cell.split("+")), issued, cast)
        for cell, (issued, cast) in (told.cells.items() if told else ())
    )
