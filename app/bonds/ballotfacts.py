"""The bond of a ballot: what decides over it, held to the key file.

Each ballot's row has a MAC over its number and its respondent's, issue, group, agency, assigned
units, name, address, whether it was issued at the launch and whether its respondent was taken off.
What the console did to a ballot after the launch stands in the key file too (slot `ballots` of the
wave's entry), so that an earlier state of its row, sound as its MAC is, does not come back.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import insert, select, update
from sqlmodel import Session, col

from app.bonds import macs, pledges
from app.bonds.macs import BallotFacts
from app.keys.content import Content
from app.keys.guard import keys_of
from app.keys.keyfile import Altered, KeyFile
from app.keys.tokens import BallotName
from app.language import _
from app.store.models import Ballot, Respondent


class BallotAltered(Exception):
    """The row of a ballot, or of its respondent, is not as it was issued or changed by us."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "Dữ liệu về phiếu của người này không còn như hệ thống ghi: có người đã sửa thẳng"
                " vào cơ sở dữ liệu. Chưa làm gì. Giữ nguyên hiện trạng, báo Hội đồng, khôi phục cơ"
                " sở dữ liệu từ bản lưu."
            )
        )


# What a query reads first for `facts_of` and `is_sound`: the facts, in their order, and two more.
COLUMNS = (
    col(Ballot.number),
    col(Ballot.respondent_id),
    col(Ballot.issue),
    col(Ballot.at_launch),
    col(Respondent.group),
    col(Respondent.agency),
    col(Respondent.assigned),
    col(Respondent.name),
    col(Respondent.email),
    col(Respondent.removed_at),
    col(Ballot.bond),
)


def facts_of(row: Any) -> BallotFacts:
    """What decides over a ballot, out of a row that begins with COLUMNS."""
    return BallotFacts._make((*row[:9], row[9] is not None))


def is_sound(keys: KeyFile, wave: str, row: Any) -> bool:
    """Whether a ballot is as it was issued, or as the console has changed it since."""
    key, changed = keys.worked_out(("bonds", wave), lambda content: _held(keys, content, wave))
    expected = macs.of_ballot(key, wave, facts_of(row))
    if not macs.fits(row.bond, expected):
        return False
    slot = changed.get(row.number.hex())
    return slot is None or expected.hex() in (slot["now"], slot.get("next"))


def _held(keys: KeyFile, content: Content, wave: str) -> tuple[bytes, Mapping[str, Any]]:
    """What the ballots of a wave are held to: their key, and the slots of those changed since."""
    return keys.bond_key(wave), content["waves"].get(wave, {}).get("ballots", {})


def must_be_sound(keys: KeyFile, wave: str, row: Any) -> None:
    """Raises BallotAltered unless `is_sound`."""
    if not is_sound(keys, wave, row):
        raise BallotAltered


def row_of(keys: KeyFile, wave_id: int, wave: str, facts: BallotFacts) -> dict[str, object]:
    """A new ballot as a row of its table."""
    name = BallotName(facts.number, facts.issue)
    return {
        "number": facts.number,
        "wave_id": wave_id,
        "respondent_id": facts.respondent,
        "issue": facts.issue,
        "code_mac": keys.tokens.code_mac(keys.tokens.access_code(name)),
        "cast": False,
        "ever_cast": False,
        "at_launch": facts.at_launch,
        "no_reminders": False,
        "bond": macs.of_ballot(keys.bond_key(wave), wave, facts),
    }


def issue_later(
    session: Session, wave_id: int, wave: str, respondent_id: int, number: bytes
) -> None:
    """Issue a ballot after the launch; the key file knows of it."""
    keys = keys_of(session)
    person = (
        session.connection()
        .execute(
            select(
                col(Respondent.group),
                col(Respondent.agency),
                col(Respondent.assigned),
                col(Respondent.name),
                col(Respondent.email),
            ).where(col(Respondent.id) == respondent_id)
        )
        .one()
    )
    facts = BallotFacts._make([number, respondent_id, 1, False, *person, False])
    row = row_of(keys, wave_id, wave, facts)
    session.connection().execute(insert(Ballot), [row])
    path = ("waves", wave, "ballots", number.hex())
    pledges.pledge(session, keys, path, None, bytes(row["bond"]).hex())  # type: ignore[call-overload]


def found(session: Session, respondent_id: int) -> Any:
    """The row of COLUMNS of somebody's ballot, locked; None without a ballot."""
    query = select(*COLUMNS).join(Respondent, col(Respondent.id) == col(Ballot.respondent_id))
    return (
        session.connection()
        .execute(query.where(col(Respondent.id) == respondent_id).with_for_update(of=Ballot))
        .first()
    )


def bind(session: Session, wave: str, respondent_id: int, before: Any) -> None:
    """Bind a ballot to its row as it is now; `before` is its row as it was (`found`).

    Raises BallotAltered when that was not sound: nothing is built on what somebody has altered.
    """
    keys = keys_of(session)
    must_be_sound(keys, wave, before)
    after = found(session, respondent_id)
    bond = macs.of_ballot(keys.bond_key(wave), wave, facts_of(after))
    session.connection().execute(
        update(Ballot).where(col(Ballot.number) == after.number).values(bond=bond)
    )
    path = ("waves", wave, "ballots", after.number.hex())
    try:
        pledges.pledge(session, keys, path, bytes(before.bond).hex(), bond.hex())
    except Altered as error:
        raise BallotAltered from error


def address_mac(keys: KeyFile, wave: str, number: bytes, kind: str, address: str) -> bytes:
    """What lets one kind of letter about a ballot go to another address than its respondent's."""
    return macs.mac(keys.bond_key(wave), "letter address", wave, number, kind, address)
