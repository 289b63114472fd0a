"""Launch a wave and remind: freeze, make keys, issue ballots, queue letters."""

import os
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import delete, insert, select, update
from sqlmodel import Session, col

from app.bonds import ballotfacts, origins, wavefacts
from app.bonds.macs import BallotFacts
from app.index.definition import Index
from app.index.estimate import deadline
from app.keys.committee import Committee
from app.keys.keyfile import KeyFile
from app.keys.tokens import NUMBER_BYTES
from app.keys.urn import Layout
from app.language import _, moment
from app.letters import queue
from app.record import keeping
from app.settings import Settings
from app.store.db import Database
from app.store.models import Ballot, Respondent, Wave
from app.store.officemodels import KeptBadRows, KeptList
from app.store.turns import take_close_lock
from app.trustees import body as trustees
from app.trustees import handed
from app.trustees.body import Body
from app.waves import notes, officers
from app.waves.situation import state
from app.waves.wave import WaveRefused, hold_row, id_of, index_of, must_be_draft

# A second reminder before that would be no help, only a nuisance.
BETWEEN_REMINDERS = timedelta(hours=12)
AFTER_INVITATION = timedelta(days=1)


class TooSoon(WaveRefused):
    """People were reminded a short while ago."""


def launch(
    db: Database,
    session: Session,
    keys: KeyFile,
    settings: Settings,
    wave: Wave,
    two_people: bool = False,
) -> int:
    """Freeze, make keys, try them, issue a ballot to each respondent, queue the invitations.

    Keys that were prepared for this very index are used, so that a recovery copy holds. Gives the
    number of ballots issued. Raises WaveRefused.
    """
    # Whoever is first launches; the locks hold the second until he is refused. The row's also
    # keeps off whoever would put somebody on the roster without asking.
    take_close_lock(session, id_of(wave))
    session.refresh(wave, with_for_update=True)
    wavefacts.check(session, wave)
    must_be_draft(wave)
    now = db.now(session)
    index, layout = index_of(wave)
    _check_launch(settings, index, wave, now)
    connection = session.connection()
    respondents = connection.execute(
        select(
            col(Respondent.id),
            col(Respondent.group),
            col(Respondent.agency),
            col(Respondent.assigned),
            col(Respondent.name),
            col(Respondent.email),
        ).where(col(Respondent.wave_id) == wave.id, col(Respondent.removed_at).is_(None))
    ).all()
    if not respondents:
        raise WaveRefused(
            _("Đợt {code} chưa có danh sách. Nhập danh sách trước.").format(code=wave.code),
            f"phieu wave roster {wave.code} TỆP",
        )
    body = trustees.of(session, wave)
    committee = _tried(wave, body)
    # Of a launch that was cut off nobody knows how it ended: its secrets are made anew. The keys of
    # trustees, which they have tried, are none of them.
    public_key = keys.prepared(wave.code, wave.index_digest, committee) or keys.make_wave(
        wave.code, wave.index_digest, committee
    )
    if committee is None:
        _trial_opening(keys, wave, layout)
    else:
        handed.forget(session, wave)
    mode = "office" if committee is None else "committee"
    connection.execute(
        update(Wave)
        .where(col(Wave.id) == wave.id)
        .values(launched_at=now, public_key=public_key, two_people=two_people, mode=mode)
    )
    if two_people:
        officers.freeze(session, wave, now)
    for table in (KeptBadRows, KeptList):
        connection.execute(delete(table).where(col(table.wave_id) == wave.id))
    rows = []
    for respondent_id, *person in cast(Any, respondents):
        number = os.urandom(NUMBER_BYTES)
        facts = BallotFacts._make([number, respondent_id, 1, True, *person, False])
        rows.append(ballotfacts.row_of(keys, id_of(wave), wave.code, facts))
    connection.execute(insert(Ballot), rows)
    session.refresh(wave)
    found = origins.of(session, wave)
    wavefacts.launched(
        *(session, wave, (cast(bytes, row["bond"]) for row in rows)),
        roster=origins.in_words(found),
        roster_after=origins.in_words(origins.without_files(found)),
        contacts_months=settings.contacts_months,
    )
    keeping.add(session, wave, now, "launch", keeping.launch_facts(keys, wave, len(rows)))
    notes.lay_down(session, wave)
    queue.queue(
        session,
        id_of(wave),
        "invitation",
        [cast(bytes, row["number"]) for row in rows],
        max(now, wave.opens_at),
        settings.host,
    )
    return len(rows)


def _check_launch(settings: Settings, index: Index, wave: Wave, now: datetime) -> None:
    if index.organiser is None or not index.organiser.name:
        raise WaveRefused(
            _("Bộ chỉ số chưa có cơ quan tổ chức. Thêm mục [organiser] có name rồi tạo lại đợt.")
        )
    if wave.closes_at <= now:
        raise WaveRefused(
            _("Hạn gửi phiếu ({closes}) đã qua. Tạo lại đợt với --replace và một hạn mới.").format(
                closes=moment(wave.closes_at)
            )
        )
    if not settings.mail_from and not index.organiser.email:
        raise WaveRefused(
            _("Chưa có địa chỉ người gửi. Đặt PHIEU_MAIL_FROM hoặc email trong mục [organiser].")
        )
    if settings.is_https and settings.keys_lie_with_data:
        raise WaveRefused(
            _(
                "Tệp khóa {path} nằm cùng thư mục với cơ sở dữ liệu: ai chép thư mục ấy mở được hòm"
                " phiếu. Đặt PHIEU_KEY_FILE sang thư mục khác rồi phát phiếu."
            ).format(path=settings.key_file)
        )


def _tried(wave: Wave, body: Body | None) -> Committee | None:
    """The committee of a wave, None in office mode. Raises WaveRefused while somebody has not
    opened the trial ballot."""
    if body is None:
        return None
    missing = [each.called for each in body.trustees if each.key is None]
    if missing:
        words = _("Chưa phát phiếu được: còn ủy viên giữ khóa chưa gửi khóa ({names}).")
        raise WaveRefused(words.format(names=", ".join(missing)))
    if not body.is_tried(wave.index_digest):
        is_of_it = body.trial_of == wave.index_digest
        untried = [each.called for each in body.trustees if not (is_of_it and each.tried_at)]
        raise WaveRefused(f"{_not_tried()} {', '.join(untried)}.")
    return body.committee


def _not_tried() -> str:
    return _("Chưa phát phiếu được: mỗi ủy viên giữ khóa phải mở thử phiếu thử trước. Chưa mở thử:")


def _trial_opening(keys: KeyFile, wave: Wave, layout: Layout) -> None:
    """Seal and open a trial ballot, so that a key that cannot open is found before anyone casts."""
    found, answers = keys.wave(wave.code), bytes(layout.answer_bytes)
    sealed = found.urn(wave.code).seal("TRIAL-TRIAL-TRIAL-T", answers)
    opener = found.opener(wave.code, layout.ballot_bytes)
    if opener.unseal(sealed)[-layout.answer_bytes :] != answers:
        raise WaveRefused(
            _("Mở thử hòm phiếu không thành công; chưa phát phiếu. Xem lại tệp khóa.")
        )


def facts(wave: Wave, issued: int) -> dict[str, object]:
    """What the log keeps of a launch."""
    return {
        "digest": wave.index_digest,
        "issued": issued,
        "opens": moment(wave.opens_at),
        "closes": deadline(wave.closes_at),
        "mode": wave.mode,
        "two_people": wave.two_people,
        "trial": wave.rehearsal,
    }


def remind(
    db: Database, session: Session, settings: Settings, wave: Wave, by_rule: bool = False
) -> int:
    """Queue a reminder to those who have not cast and have not asked to be left alone.

    Refused for a day after the invitations, unless a rule was made for it, and for a while after
    the last one, by the clock alone: what is still queued would tell who
    has not cast. Gives how many were queued, which no page may show. Holds the wave's row, so that
    nobody ends it meanwhile. Raises WaveRefused.
    """
    hold_row(session, wave)
    now = db.now(session)
    if state(wave, now, False) != "open":
        raise WaveRefused(
            _("Đợt {code} không đang thu phiếu nên không có ai để nhắc.").format(code=wave.code)
        )
    if now < (from_when := first_reminder(wave)) and not by_rule:
        raise TooSoon(
            _("Thư mời mới gửi từ {invited}. Nhắc được từ {again}.").format(
                invited=moment(from_when - AFTER_INVITATION), again=moment(from_when)
            )
        )
    last = col(Wave.reminded_at)
    first = session.connection().execute(
        update(Wave)
        .where(col(Wave.id) == wave.id, last.is_(None) | (last <= now - BETWEEN_REMINDERS))
        .values(reminded_at=now)
    )
    if first.rowcount != 1:
        session.refresh(wave)
        raise TooSoon(_too_soon(wave))
    numbers = (
        session.connection()
        .execute(
            select(col(Ballot.number))
            .join(Respondent, col(Respondent.id) == col(Ballot.respondent_id))
            .where(
                col(Ballot.wave_id) == wave.id,
                col(Ballot.cast).is_(False),
                col(Ballot.no_reminders).is_(False),
                col(Respondent.removed_at).is_(None),
            )
        )
        .scalars()
        .all()
    )
    queue.drop_kind(session, id_of(wave), "reminder")
    return queue.queue(session, id_of(wave), "reminder", numbers, now, settings.host)


def first_reminder(wave: Wave) -> datetime:
    """From when a launched wave can be reminded by hand."""
    return max(wave.opens_at, wave.launched_at or wave.opens_at) + AFTER_INVITATION


def next_reminder(wave: Wave) -> datetime:
    """From when the next reminder by hand can go."""
    last = wave.reminded_at
    return max(first_reminder(wave), last + BETWEEN_REMINDERS) if last else first_reminder(wave)


def _too_soon(wave: Wave) -> str:
    last = cast(datetime, wave.reminded_at)
    return _("Lần nhắc trước là lúc {last}. Nhắc tiếp được từ {again}.").format(
        last=moment(last), again=moment(last + BETWEEN_REMINDERS)
    )
