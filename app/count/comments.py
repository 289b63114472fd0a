"""The comments of an opened wave: how many each question got, a page of them, or all."""

from sqlalchemy import Select, func, select
from sqlmodel import Session, col

from app.count import tallies
from app.store.models import Wave
from app.store.resultmodels import Comment

A_PAGE = 50


def counts(session: Session, wave_id: int) -> dict[str, int]:
    """How many comments each question got."""
    rows = session.connection().execute(
        select(col(Comment.question), func.count())
        .where(col(Comment.wave_id) == wave_id)
        .group_by(col(Comment.question))
    )
    return {row[0]: row[1] for row in rows}


def everything(session: Session, wave: Wave, question: str) -> list[str]:
    """All comments to a question, in the order of their random keys. Raises TallyAltered."""
    tallies.check_comments(session, wave)
    rows = session.connection().execute(_in_order(wave, question))
    return list(rows.scalars())


def page(session: Session, wave: Wave, question: str, page: int) -> list[str]:
    """One page of the comments to a question, in the order of their random keys. Raises
    TallyAltered."""
    tallies.check_comments(session, wave)
    shown = _in_order(wave, question).limit(A_PAGE).offset((page - 1) * A_PAGE)
    return list(session.connection().execute(shown).scalars())


def _in_order(wave: Wave, question: str) -> Select[str]:
    return (
        select(col(Comment.text))
        .where(col(Comment.wave_id) == wave.id, col(Comment.question) == question)
        .order_by(col(Comment.key))
    )
