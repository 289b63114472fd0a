"""A wave that is still a draft: other dates, another index, or away with it."""

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlmodel import Session, col

from app.index import file as indexfile
from app.index.definition import Index
from app.language import _
from app.store.models import Respondent, Wave
from app.store.officemodels import LetterText, Preparation, Salutation
from app.store.resultmodels import ExternalPercent
from app.waves.wave import WaveRefused, check_dates, forget_draft, hold_draft, id_of


def change(
    session: Session, wave: Wave, index: Index, opens: datetime, closes: datetime, now: datetime
) -> None:
    """Another index or other dates for a draft; its roster must fit. Raises WaveRefused."""
    hold_draft(session, wave)
    check_dates(opens, closes, now)
    digest = indexfile.digest(index)
    if digest != wave.index_digest:
        _must_fit(session, wave, index)
        wave.index_content = json.dumps(indexfile.canonical(index), ensure_ascii=False)
        wave.index_digest = digest
    wave.opens_at, wave.closes_at = opens, closes
    session.add(wave)
    session.flush()


def _must_fit(session: Session, wave: Wave, index: Index) -> None:
    """Refuse an index that does not know a group or unit of the roster, or that would leave
    somebody with nothing to rate."""
    rows = session.connection().execute(
        select(col(Respondent.group), col(Respondent.agency), col(Respondent.assigned))
        .where(col(Respondent.wave_id) == wave.id, col(Respondent.removed_at).is_(None))
        .distinct()
    )
    groups, units = set(index.group_of), set(index.unit_of)
    for group, agency, assigned in rows:
        if group not in groups or not {*assigned.split(), *filter(None, [agency])} <= units:
            raise WaveRefused(
                _(
                    "Danh sách đang có không hợp với bộ chỉ số này: nhóm hoặc đơn vị khác nhau. Bỏ"
                    " đợt này rồi tạo đợt mới, hoặc sửa bộ chỉ số cho khớp."
                )
            )
        if not index.asked(group, index.rated_units(group, agency, assigned.split())):
            raise WaveRefused(
                _(
                    "Với bộ chỉ số này, có người trong nhóm {group} không được hỏi về đơn vị nào."
                    " Bỏ đợt này rồi tạo đợt mới với danh sách khác, hoặc sửa bộ chỉ số."
                ).format(group=index.group_of[group].name)
            )


@dataclass(frozen=True)
class Losses:
    """What goes with a draft for good."""

    people: int
    own_words: bool
    external: int
    tested: bool
    recovery: bool


def what_would_be_lost(session: Session, wave: Wave) -> Losses:
    """What somebody who drops a draft should know."""

    def count(table: type[Respondent | ExternalPercent | LetterText | Salutation]) -> int:
        mine = select(func.count()).select_from(table).where(col(table.wave_id) == wave.id)
        return session.connection().execute(mine).scalar_one()

    prepared = session.get(Preparation, id_of(wave)) or Preparation(wave_id=id_of(wave))
    return Losses(
        people=count(Respondent),
        own_words=count(LetterText) + count(Salutation) > 0,
        external=count(ExternalPercent),
        tested=prepared.test_confirmed_at is not None,
        recovery=prepared.recovery_at is not None,
    )


def drop(session: Session, wave: Wave) -> None:
    """Forget a draft, its roster and what was prepared for it."""
    hold_draft(session, wave)
    forget_draft(session, id_of(wave), wave.code)
