"""What a crash between a commit and the key file left open, closed as the database has it: until
then the state before, an earlier password, would be believed too."""

from collections.abc import Callable, Mapping
from typing import Any, cast

from sqlalchemy import select
from sqlmodel import Session, col

from app.bonds import accountfacts, wavefacts
from app.keys.keyfile import KeyFile
from app.record import held
from app.staff import accounts, recoverycodes
from app.store.db import Database
from app.store.models import Wave
from app.store.officemodels import WaveOfficer
from app.store.turns import take_close_lock
from app.trustees import body as trustees
from app.waves import officers

Path = tuple[str, ...]
Stands = Callable[[Session, Mapping[str, Any]], Any]


def settle(db: Database, keys: KeyFile) -> None:
    """Put in force what a transaction said of accounts and waves before its commit, and could not
    say after it; twice does no harm."""
    if keys.path.exists():
        _accounts(db, keys)
        _waves(db, keys)


def _accounts(db: Database, keys: KeyFile) -> None:
    """A transaction that is under way elsewhere is waited for."""
    content = keys.content()
    found: list[tuple[Path, Stands]] = []
    for slots, stands in ((accountfacts.SLOTS, _account), (recoverycodes.SLOTS, _codes)):
        for id_, slot in content.get(slots, {}).items():
            if "next" in slot:
                found.append(((slots, id_), stands(keys, int(id_))))
    for code, entry in content["waves"].items():
        if "next" in entry.get(officers.SLOT, {}):
            found.append((("waves", code, officers.SLOT), _officers(code)))
    for path, stand in found:
        with db.transaction() as session:
            accounts.take_turn(session)
            _settle(session, keys, path, stand)


def _settle(session: Session, keys: KeyFile, path: Path, stands: Stands) -> None:
    now = stands(session, keys.slot(*path) or {})
    with keys.changing() as content:
        place: Any = content
        for name in path[:-1]:
            place = place.get(name, {})
        slot = place.get(path[-1], {})
        if "next" not in slot or now not in (slot["now"], slot["next"]):
            return
        del slot["next"]
        slot["now"] = now
        if now is None:
            del place[path[-1]]  # it never came to be


def _account(keys: KeyFile, staff_id: int) -> Stands:
    def stands(session: Session, _slot: Mapping[str, Any]) -> Any:
        row = accountfacts.found(session, staff_id)
        return None if row is None else accountfacts.said_by(keys, row)

    return stands


def _codes(keys: KeyFile, staff_id: int) -> Stands:
    def stands(session: Session, _slot: Mapping[str, Any]) -> Any:
        accountfacts.found(session, staff_id)
        return recoverycodes.take_over(session, keys, staff_id)

    return stands


def _officers(code: str) -> Stands:
    def stands(session: Session, slot: Mapping[str, Any]) -> Any:
        wave = select(col(Wave.id)).where(col(Wave.code) == code).with_for_update()
        wave_id = session.connection().execute(wave).scalar()
        mine = select(col(WaveOfficer.staff_id)).where(col(WaveOfficer.wave_id) == wave_id)
        there = {str(id_) for id_ in session.connection().execute(mine).scalars()}
        before, after = slot.get("now"), slot.get("next") or {}
        # Who came in is there, or nobody did.
        return after if set(after) - set(before or {}) <= there else before

    return stands


def _waves(db: Database, keys: KeyFile) -> None:
    """A transaction that is under way elsewhere is not touched: its row still says what it said
    before."""
    waves = keys.content()["waves"]
    left = [
        code
        for code, entry in waves.items()
        if any("next" in entry.get(slot, {}) for slot in ("facts", "record", trustees.SLOT))
    ]
    for code in left:
        with db.transaction() as session:
            wave = session.scalars(select(Wave).where(col(Wave.code) == code)).first()
            if wave is None:
                continue
            take_close_lock(session, cast(int, wave.id))
            session.refresh(wave, with_for_update=True)
            with keys.changing() as content:
                told = content["waves"][code].get("record", {})
                _close_slot(told, held.state(session, wave))
                _close_slot(
                    content["waves"][code].get(trustees.SLOT, {}), trustees.stand(session, wave)
                )
                slot = content["waves"][code].get("facts", {})
                pending = slot.get("next")
                if pending and wavefacts.came_to_be(session, wave, slot["now"] or {}, pending):
                    slot["now"] = slot.pop("next")


def _close_slot(slot: dict[str, Any], stands: Any) -> None:
    """A slot whose change is not known to have come to be, as the database has it."""
    if "next" in slot and stands in (slot["now"], slot["next"]):
        slot["now"] = stands
        del slot["next"]
