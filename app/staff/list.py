"""Which accounts there are, and which of them somebody has altered past this program."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from app.bonds import accountfacts
from app.keys.guard import keys_of
from app.language import _
from app.staff.passwords import is_chosen
from app.store.staffmodels import Staff
from app.text.order import person_key

# What has become of an account that somebody altered, and what to do.
CHANGED = _(
    "đã bị sửa ngoài hệ thống; không đăng nhập được. Hỏi lại người ấy, rồi đặt lại hoặc xóa."
)
BACK = _("đã xóa, nay bị đưa trở lại ngoài hệ thống; không đăng nhập được. Xóa lại.")
ADDED = _("bị thêm vào ngoài hệ thống; không đăng nhập được. Xóa.")
GONE = _("bị xóa khỏi cơ sở dữ liệu ngoài hệ thống. Hỏi lại người ấy, rồi đặt lại hoặc xóa.")


@dataclass(frozen=True)
class Account:
    """One account, for the page of accounts."""

    id: int
    name: str
    email: str
    roles: frozenset[str]
    has_password: bool
    has_second_factor: bool
    altered: str = ""  # what somebody has done to it past this program, and what to do

    @property
    def who(self) -> str:
        """How the log names this person."""
        return f"{self.name} <{self.email}>"

    @property
    def can_begin_anew(self) -> bool:
        """Whether it can be reset: one that was removed, or never made, cannot."""
        return self.altered not in (BACK, ADDED)


def count_of(session: Session, role: str) -> int:
    """How many people have a role and can use it: who has not accepted yet may never do."""
    return sum(role in each.roles and each.has_second_factor for each in everyone(session))


def everyone(session: Session) -> list[Account]:
    """All accounts, by name, as long as nobody has altered them."""
    return [each for each in listed(session) if not each.altered]


def altered(session: Session) -> list[Account]:
    """The accounts that are not as this program left them."""
    return [each for each in listed(session) if each.altered]


def listed(session: Session) -> list[Account]:
    """All accounts by name, those too that somebody has altered, added or taken away."""
    keys, query = keys_of(session), select(*accountfacts.COLUMNS).order_by(col(Staff.id))
    found, known, seen = [], accountfacts.known(keys), set()
    for row in session.connection().execute(query):
        seen.add(row.id)
        if not accountfacts.is_sound(keys, row):
            found.append(_altered(row.id, known.get(row.id), row.name, row.email))
        elif row.removed_at is None:
            chosen, ready = is_chosen(row.password_hash), row.totp_confirmed_at is not None
            roles = frozenset(row.roles.split())
            found.append(Account(row.id, row.name, row.email, roles, chosen, ready))
    for id_, was in known.items():
        if id_ not in seen and not was["removed"]:
            found.append(_altered(id_, was, "", "", GONE))
    return sorted(found, key=lambda each: person_key(each.name))


def _altered(
    staff_id: int, was: Mapping[str, Any] | None, name: str, email: str, how: str = CHANGED
) -> Account:
    """An altered account, named by what the key file knows of it."""
    if was is None:
        return Account(staff_id, str(name), str(email), frozenset(), False, False, ADDED)
    roles = frozenset(was["roles"].split())
    how = BACK if was["removed"] else how
    return Account(staff_id, was["name"], was["email"], roles, False, False, how)
