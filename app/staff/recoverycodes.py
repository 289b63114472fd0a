"""Codes for who has lost the telephone: ten at a time, each good once.

The table holds a MAC of each, and the key file one over all that an account has left: a code that
was used, or replaced, does not come back with its row.
"""

import hmac
import secrets

from sqlalchemy import delete, insert, select
from sqlmodel import Session, col

from app.bonds import macs as bonds
from app.bonds import pledges
from app.keys.guard import keys_of
from app.keys.keyfile import KeyFile
from app.keys.tokens import ALPHABET
from app.store.staffmodels import RecoveryCode

RECOVERY_CODES = 10
SLOTS = "recovery codes"


def recovery_mac(keys: KeyFile, staff_id: int, code: str) -> bytes:
    """What the table holds of a recovery code."""
    return hmac.digest(keys.derived("recovery codes"), f"{staff_id} {code}".encode(), "sha256")


def new_recovery_codes(session: Session, keys: KeyFile, staff_id: int) -> list[str]:
    """Ten new codes, shown once; the old ones are void."""
    codes = [
        "".join(secrets.choice(ALPHABET) for _sign in range(10)) for _n in range(RECOVERY_CODES)
    ]
    forget(session, staff_id)
    session.connection().execute(
        insert(RecoveryCode),
        [{"staff_id": staff_id, "mac": recovery_mac(keys, staff_id, code)} for code in codes],
    )
    _hold(session, keys, staff_id)
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def forget(session: Session, staff_id: int) -> None:
    """Make all codes of an account void."""
    session.connection().execute(delete(RecoveryCode).where(col(RecoveryCode.staff_id) == staff_id))
    _hold(session, keys_of(session), staff_id)


def use(session: Session, keys: KeyFile, staff_id: int, code: str) -> bool:
    """Whether that is a code of an account; it is used up by this. The caller holds the row."""
    if not recovery_codes_left(session, staff_id):
        return False
    mine = col(RecoveryCode.staff_id) == staff_id
    used = session.connection().execute(
        delete(RecoveryCode).where(
            mine, col(RecoveryCode.mac) == recovery_mac(keys, staff_id, code)
        )
    )
    if used.rowcount == 1:
        _hold(session, keys, staff_id)
    return used.rowcount == 1


def recovery_codes_left(session: Session, staff_id: int) -> int:
    """How many codes an account has left; none where somebody has altered which."""
    keys, macs = keys_of(session), _macs(session, staff_id)
    sound = _print(keys, staff_id, macs) in keys.accepted(SLOTS, str(staff_id))
    return len(macs) if sound else 0


def take_over(session: Session, keys: KeyFile, staff_id: int) -> str:
    """What the key file is to know of the codes that are there."""
    return _print(keys, staff_id, _macs(session, staff_id))


def _hold(session: Session, keys: KeyFile, staff_id: int) -> None:
    # Whoever comes here has proved to be the person, or begins the account anew: what stood there
    # before matters no more.
    said = _print(keys, staff_id, _macs(session, staff_id))
    pledges.set_right(session, keys, (SLOTS, str(staff_id)), said)


def _macs(session: Session, staff_id: int) -> list[bytes]:
    mine = select(col(RecoveryCode.mac)).where(col(RecoveryCode.staff_id) == staff_id)
    return sorted(bytes(mac) for mac in session.connection().execute(mine).scalars())


def _print(keys: KeyFile, staff_id: int, macs: list[bytes]) -> str:
    return bonds.mac(keys.derived("recovery codes"), "codes", staff_id, *macs).hex()
