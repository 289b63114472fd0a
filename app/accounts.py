"""What becomes of accounts: set up, invited, proved, changed, reset, removed.

Every verb works inside the caller's transaction.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import delete, select, text, update
from sqlmodel import Session, col

from app import passwords
from app.cleaning import address_fault, clean, email_key
from app.language import _
from app.officemodels import RecoveryCode, Staff, StaffLetter, StaffSession, WaveOfficer
from app.passwords import is_chosen
from app.staff import ADMIN, OFFICER, ROLES


class AccountRefused(Exception):
    """The account cannot be changed so; the text says why and what to do."""


@dataclass(frozen=True)
class Account:
    """One account, for the page of accounts."""

    id: int
    name: str
    email: str
    roles: frozenset[str]
    has_password: bool
    has_second_factor: bool

    @property
    def who(self) -> str:
        """How the log names this person."""
        return f"{self.name} <{self.email}>"


def any_account(session: Session) -> bool:
    return session.connection().execute(select(col(Staff.id)).limit(1)).first() is not None


def count_of(session: Session, role: str) -> int:
    """How many people have a role and can use it: who has not accepted yet may never do."""
    return sum(role in each.roles and each.has_second_factor for each in everyone(session))


def everyone(session: Session) -> list[Account]:
    """All accounts, by name."""
    rows = session.connection().execute(
        select(
            col(Staff.id),
            col(Staff.name),
            col(Staff.email),
            col(Staff.roles),
            col(Staff.password_hash),
            col(Staff.totp_confirmed_at).is_not(None),
        )
        .where(col(Staff.removed_at).is_(None))
        .order_by(col(Staff.name), col(Staff.id))
    )
    return [
        Account(cast(int, id_), name, email, frozenset(roles.split()), is_chosen(hash_), has_factor)
        for id_, name, email, roles, hash_, has_factor in rows
    ]


def find(session: Session, email: str) -> Account:
    """The account of an address. Raises AccountRefused."""
    key = email_key(email)
    for account in everyone(session):
        if email_key(account.email) == key:
            return account
    raise AccountRefused(
        _("Không có tài khoản {email}. Xem danh sách bằng “phieu staff list”.").format(email=email)
    )


def get(session: Session, staff_id: int) -> Account:
    """The account of an id. Raises AccountRefused when it was removed."""
    for account in everyone(session):
        if account.id == staff_id:
            return account
    raise AccountRefused(_("Tài khoản này không còn. Tải lại trang để xem danh sách."))


def name_fault(name: str) -> str | None:
    """What is wrong with a person's name, with the remedy; None for a good one."""
    if not clean(name):
        return _("Nhập họ và tên.")
    if not set(name).isdisjoint("<>@"):
        # The log says "name <address>": no name may read like somebody else's.
        return _("Họ và tên không có các dấu <, > và @. Địa chỉ thư ghi ở ô riêng.")
    return _("Họ và tên dài quá 100 ký tự.") if len(clean(name)) > 100 else None


def take_turn(session: Session) -> None:
    """Until the commit nobody else sets up, removes or changes roles.

    Taken before a second factor is confirmed, which locks the own row; else two administrators
    who change each other would wait for each other.
    """
    if session.connection().dialect.name == "postgresql":
        session.connection().execute(text("SELECT pg_advisory_xact_lock(20022023, -2)"))


def set_up(session: Session, name: str, email: str, password_hash: str, now: datetime) -> int:
    """The first account, officer and administrator. Raises AccountRefused when it is not first."""
    take_turn(session)
    if any_account(session):
        raise AccountRefused(_("Hệ thống đã có tài khoản. Đăng nhập, hoặc nhờ người quản trị mời."))
    staff_id = add(session, email, name, (OFFICER, ADMIN), now)
    use_password(session, staff_id, password_hash)
    return staff_id


def add(session: Session, email: str, name: str, roles: Iterable[str], now: datetime) -> int:
    """An account without a password; a removed one of the same address comes back empty.

    Raises AccountRefused.
    """
    chosen = _roles(roles)
    fault = address_fault(email) or name_fault(name)
    if fault is not None:
        raise AccountRefused(fault)
    existing = session.scalars(
        select(Staff).where(col(Staff.email_key) == email_key(email)).with_for_update()
    ).first()
    if existing is not None and existing.removed_at is None:
        raise AccountRefused(
            _("Đã có tài khoản {email}. Đổi vai trò hoặc mời lại ở chính tài khoản ấy.").format(
                email=email
            )
        )
    row = existing or Staff(name="", email="", email_key=email_key(email), roles="", created_at=now)
    row.name, row.email, row.roles = clean(name), clean(email), chosen
    row.removed_at = None
    session.add(row)
    session.flush()
    staff_id = cast(int, row.id)
    _empty(session, staff_id)
    return staff_id


def _roles(roles: Iterable[str]) -> str:
    chosen = [role for role in ROLES if role in set(roles)]
    unknown = set(roles) - set(ROLES)
    if unknown or not chosen:
        raise AccountRefused(_("Chọn ít nhất một vai trò: officer, council, admin."))
    return " ".join(chosen)


def _empty(session: Session, staff_id: int) -> None:
    """No password, no second factor, no session; one of two in no wave (`waveofficers`): whoever
    reads the mailbox by now becomes this account."""
    session.connection().execute(
        update(Staff)
        .where(col(Staff.id) == staff_id)
        .values(
            password_hash=passwords.none(),
            totp_sealed=None,
            totp_confirmed_at=None,
            totp_step=0,
            wrong_codes="",
        )
    )
    for table in (RecoveryCode, WaveOfficer):
        session.connection().execute(delete(table).where(col(table.staff_id) == staff_id))
    end_sessions(session, staff_id)
    session.expire_all()


def reset(session: Session, staff_id: int, even_last: bool = False) -> None:
    """Forget password and second factor; a new invitation is the way back.

    Raises AccountRefused for the last administrator, unless `even_last`: on the server itself the
    new link is in hand at once.
    """
    if not even_last:
        _keep_an_admin(session, staff_id, ())
    _empty(session, staff_id)


def remove(session: Session, staff_id: int, now: datetime) -> None:
    """Take an account away. Raises AccountRefused for the last administrator."""
    _keep_an_admin(session, staff_id, ())
    _empty(session, staff_id)
    session.connection().execute(
        update(Staff).where(col(Staff.id) == staff_id).values(removed_at=now)
    )
    session.connection().execute(
        update(StaffLetter)
        .where(
            col(StaffLetter.staff_id) == staff_id,
            col(StaffLetter.sent_at).is_(None),
            col(StaffLetter.failed_at).is_(None),
        )
        .values(failed_at=now, error=_("Tài khoản đã xóa."))
    )


def set_roles(session: Session, staff_id: int, roles: Iterable[str]) -> str:
    """Give an account other roles; they hold from its next page on. Raises AccountRefused."""
    chosen = _roles(roles)
    _keep_an_admin(session, staff_id, chosen.split())
    session.connection().execute(
        update(Staff).where(col(Staff.id) == staff_id).values(roles=chosen)
    )
    return chosen


def _keep_an_admin(session: Session, staff_id: int, roles: Iterable[str]) -> None:
    take_turn(session)
    admins = [a for a in everyone(session) if ADMIN in a.roles]
    # Who has not accepted an invitation yet may never do.
    others = [a for a in admins if a.id != staff_id and a.has_second_factor]
    is_one = any(a.id == staff_id for a in admins)
    if is_one and not others and ADMIN not in roles:
        raise AccountRefused(
            _("Đây là người quản trị cuối cùng. Trao vai trò ấy cho một người khác trước.")
        )


def rename(session: Session, staff_id: int, name: str) -> None:
    """Give an account another name, which `name_fault` must have found good. Lines of the log keep
    the name of their time."""
    session.connection().execute(
        update(Staff).where(col(Staff.id) == staff_id).values(name=clean(name))
    )


def use_password(session: Session, staff_id: int, password_hash: str) -> None:
    """Set a password that was hashed before the transaction: hashing takes a tenth of a second,
    in which nobody could cast. Every session of the account ends."""
    session.connection().execute(
        update(Staff).where(col(Staff.id) == staff_id).values(password_hash=password_hash)
    )
    end_sessions(session, staff_id)


def end_sessions(session: Session, staff_id: int, but: bytes = b"") -> None:
    """End the sessions of an account, except one."""
    session.connection().execute(
        delete(StaffSession).where(
            col(StaffSession.staff_id) == staff_id, col(StaffSession.key_hash) != but
        )
    )
