"""What an earlier version did, or what was before a key file was lost, taken over as it stands.

A key file of an earlier version knows nothing of launched waves, ballots and accounts; one made
anew or out of a copy knows nothing, or nothing recent. Then what the database says at that moment
is believed once, and bound from then on. That nobody altered it before cannot be proved, and the
minutes of such a wave say so. A key file asks for this itself (`adopt`), the database never can.
"""

import logging
from base64 import b64encode
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any, cast

from sqlalchemy import bindparam, select, update
from sqlmodel import Session, col

from app.bonds import ballotfacts, macs, wavefacts
from app.count import appraised, externals, lineages, tallies, wholesheets
from app.keys.content import Content, master_of
from app.keys.keyfile import KeyFile
from app.keys.tokens import BallotName, derive
from app.keys.urn import Spoiled, bind_draft
from app.language import _, moment
from app.preparation import wordings
from app.record import held
from app.staff import adoption
from app.store import turns
from app.store.db import Database
from app.store.models import Ballot, Draft, Respondent, Wave
from app.store.resultmodels import Sheet
from app.store.turns import take_close_lock
from app.trustees import body as trustees
from app.waves import alterations, proposals
from app.waves import officers as waveofficers
from app.waves.wave import WaveRefused

# What only the key file knows.
KEPT = ("voided", "contacts_months")
log = logging.getLogger("phieu.keys")


def adopt(db: Database, keys: KeyFile) -> None:
    """Take over what stands in the database, if the key file asks for it; twice does no harm."""
    if not keys.path.exists() or "adopt" not in keys.content():
        return
    with db.transaction() as session:
        turns.take(session.connection(), turns.MIGRATIONS)
        why = keys.content().get("adopt")
        if why is None:
            return
        now = db.now(session)
        accounts = adoption.take_over(session, keys, why, now)
        entries = _waves(session, keys, why, now)
    with keys.changing() as content:
        _lay_down(content, entries)
        content |= accounts
        content.pop("adopt", None)
    log.info("%d waves are taken over as the database has them (%s)", len(entries), why)


def _lay_down(content: Content, entries: Mapping[str, Content]) -> None:
    for code, entry in entries.items():
        content["waves"][code] = {**content["waves"].get(code, {}), **entry}


def accept(session: Session, keys: KeyFile, code: str, reason: str, now: datetime) -> Content:
    """A wave of a database that was restored from a backup, as an entry of the key file.

    What the rows say is believed as far as their MACs fit: states that were in force once, not what
    somebody made up. The minutes tell of it. The caller writes the entry down after the commit
    (`write_down`). Raises WaveRefused where nothing differs.
    """
    wave = session.scalars(select(Wave).where(col(Wave.code) == code)).first()
    if wave is None or wave.launched_at is None:
        words = _("Cơ sở dữ liệu không có đợt {code} đã phát phiếu. Khôi phục bản lưu mới hơn.")
        raise WaveRefused(words.format(code=code))
    take_close_lock(session, cast(int, wave.id))
    sound = not wavefacts.differing(keys, code, wave) and held.is_sound(session, wave)
    if sound and not alterations.find(session, keys, wave):
        words = _("Đợt {code} đang đúng như tệp khóa ghi; không có gì phải nhận.")
        raise WaveRefused(words.format(code=code))
    entry = take_over(session, keys, wave, "restored", now)
    (before,) = (*keys.accepted("waves", code, "facts"), {})[:1]
    facts = entry["facts"]["now"]
    told = _("Cơ sở dữ liệu được khôi phục từ bản lưu, nhận lúc {at}. Lý do: {reason}")
    facts["unproved"] = [
        *(before or {}).get("unproved", []),
        told.format(at=moment(now), reason=reason),
    ]
    facts |= {name: before[name] for name in KEPT if name in (before or {})}
    return entry


def write_down(keys: KeyFile, code: str, entry: Content) -> None:
    """Hold a wave to what was accepted of it."""
    with keys.changing() as content:
        _lay_down(content, {code: entry})


def _waves(session: Session, keys: KeyFile, why: str, now: datetime) -> dict[str, Content]:
    """What the key file is to know of each launched wave."""
    found = {}
    for wave in session.scalars(select(Wave).order_by(col(Wave.id))).all():
        external = externals.percents(session, cast(int, wave.id))
        if external:
            wave.external_mac = externals.mac(session, wave.code, external)
            session.add(wave)
        appraised.adopt(session, wave)
        lineages.adopt(session, wave)
        wordings.adopt(session, wave)
        proposals.adopt(session, wave)
        if wave.launched_at is not None:
            found[wave.code] = take_over(session, keys, wave, why, now)
        elif held_by := trustees.stand(session, wave):
            found[wave.code] = {trustees.SLOT: {"first": None, "now": held_by}}
    session.flush()
    return found


def take_over(session: Session, keys: KeyFile, wave: Wave, why: str, now: datetime) -> Content:
    """A launched wave as the database has it, as an entry of the key file."""
    entry: Content = {}
    over = wave.unsealed_at is not None or wave.cancelled_at is not None
    if why == "upgrade":
        # Earlier versions made all receipts under one key.
        entry["receipt_key"] = b64encode(derive(master_of(keys.content()), "receipt")).decode()
    if why == "upgrade" or (why == "new" and over):
        _bind(session, keys, wave)
    if why == "upgrade" and keys.has_wave(wave.code):
        _bind_drafts(session, keys, wave)
    rows = _rows(session, wave)
    issued = [bytes(row.bond or b"") for row in rows if row.at_launch]
    facts: dict[str, Any] = {
        **wavefacts.of(wave),
        **wavefacts.external(wave),
        "issued": len(issued),
        "bonds": wavefacts.digest(issued),
        "unproved": [unproved(why, now)],
    }
    if wave.unsealed_at is not None:
        facts |= tallies.of_opening(session, wave)
        sheets = session.connection().execute(
            select(col(Sheet.number), col(Sheet.document)).where(col(Sheet.wave_id) == wave.id)
        )
        facts["sheets"] = {str(n): wavefacts.sheet_digest(document) for n, document in sheets}
        facts |= wholesheets.facts_of(session, wave)
    entry["facts"] = {"first": None, "now": facts}
    entry["record"] = {"first": None, "now": held.state(session, wave)}
    if held_by := trustees.stand(session, wave):
        entry[trustees.SLOT] = {"first": None, "now": held_by}
    if wave.two_people and why != "restored":
        officers = waveofficers.take_over(session, wave)
        entry[waveofficers.SLOT] = {"first": None, "now": officers}
    entry["ballots"] = {
        row.number.hex(): {"first": None, "now": bytes(row.bond or b"").hex()}
        for row in rows
        if not row.at_launch
    }
    return entry


def _rows(session: Session, wave: Wave) -> list[Any]:
    query = (
        select(*ballotfacts.COLUMNS)
        .join(Respondent, col(Respondent.id) == col(Ballot.respondent_id))
        .where(col(Ballot.wave_id) == wave.id)
        .order_by(col(Ballot.number))
    )
    return list(session.connection().execute(query).all())


def _bind(session: Session, keys: KeyFile, wave: Wave) -> None:
    """Bind every ballot alike, cast or not, in the order of their random numbers."""
    key = keys.bond_key(wave.code)
    bound = [
        {"of": row.number, "made": macs.of_ballot(key, wave.code, ballotfacts.facts_of(row))}
        for row in _rows(session, wave)
    ]
    statement = update(Ballot).where(col(Ballot.number) == bindparam("of"))
    if bound:
        session.connection().execute(statement.values(bond=bindparam("made")), bound)


def _bind_drafts(session: Session, keys: KeyFile, wave: Wave) -> None:
    """What was saved under a link that replaced another stays; only such drafts read otherwise."""
    secret, connection = keys.wave(wave.code).secret, session.connection()
    query = (
        select(col(Ballot.number), col(Ballot.issue), col(Draft.sealed))
        .join(Draft, col(Draft.ballot_number) == col(Ballot.number))
        .where(col(Ballot.wave_id) == wave.id, col(Ballot.issue) > 1)
    )
    for number, issue, sealed in cast(Any, connection.execute(query)).all():
        mine = update(Draft).where(col(Draft.ballot_number) == number)
        with suppress(Spoiled):  # a start that was cut off has done it
            bound = bind_draft(secret, BallotName(number, issue), sealed)
            connection.execute(mine.values(sealed=bound))


def unproved(why: str, now: datetime) -> str:
    """What a wave cannot prove that was taken over at a time."""
    if why == "upgrade":
        words = _(
            "Đợt này phát phiếu khi hệ thống chưa ràng buộc từng phiếu với tệp khóa. Số phiếu phát"
            " ra, nhóm, cơ quan, đơn vị của từng phiếu và các mốc của đợt được ghi nhận theo cơ sở"
            " dữ liệu lúc nâng cấp, {at}; không chứng minh được là trước lúc ấy không ai sửa."
        )
    else:
        words = _(
            "Tệp khóa bị mất và được lấy lại lúc {at}. Số phiếu phát ra và các mốc của đợt được ghi"
            " nhận theo cơ sở dữ liệu lúc ấy; không chứng minh được là trước đó không ai sửa."
        )
    return words.format(at=moment(now))
