"""The links of the console: first account, invitation, new password.

They are signed, name what they are for, run out, and die with the password they could replace; an
invitation holds only while no password has been chosen. None is stored. An account that somebody
altered has none: an earlier password that is put back brings no old link to life.
"""

from datetime import datetime, timedelta
from hashlib import sha256

from itsdangerous import BadSignature, Signer

from app.keys.keyfile import KeyFile
from app.staff import accounts, proofs
from app.store.db import Session

LASTS = {
    "setup": timedelta(hours=24),
    "invitation": timedelta(hours=72),
    "reset": timedelta(hours=1),
}


class Links:
    """The links of letters to staff, and of the first start. `kind` as in LASTS."""

    def __init__(self, keys: KeyFile) -> None:
        self._signer = Signer(
            [keys.derived("staff links")],
            salt="phieu.staff",
            key_derivation="hmac",
            digest_method=sha256,
        )
        self._print = keys.tokens.fingerprint

    def make(self, session: Session, kind: str, staff_id: int, now: datetime) -> str:
        """The token of a link; 0 is who sets up the first account."""
        until = int((now + LASTS[kind]).timestamp())
        stamp = self._stamp(session, staff_id)
        return self._signer.sign(f"{kind}.{staff_id}.{until}.{stamp}".encode()).decode()

    def read(self, session: Session, kind: str, token: str, now: datetime) -> int | None:
        """Whose link it is, while it holds."""
        try:
            value = self._signer.unsign(token.encode("ascii")).decode()
            found, staff_id, until, stamp = value.split(".")
            known = self._stamp(session, int(staff_id))
            holds = found == kind and now.timestamp() < int(until) and stamp == known != ""
            # The last sign of a signature carries spare bits: four spellings of it would pass.
            holds = holds and self._signer.sign(value.encode()) == token.encode("ascii")
            # Also one that a late letter made afterwards: no way around the telephone.
            if kind == "invitation" and proofs.has_password(session, int(staff_id)):
                return None
        except (BadSignature, UnicodeError, ValueError):
            return None
        return int(staff_id) if holds else None

    def _stamp(self, session: Session, staff_id: int) -> str:
        """It changes with the password, and with the first account; of an account that is gone or
        altered there is none."""
        if staff_id == 0:
            return "set" if accounts.any_account(session) else "new"
        state = proofs.state_of(session, staff_id)
        return self._print(state.encode()) if state else ""
