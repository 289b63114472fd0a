"""What becomes of accounts: set up, invited, proved, changed, reset, removed.

Every verb works inside the caller's transaction. An account whose row somebody has altered (see
`accountfacts`) is nobody's: only `listed`, `reset` and `remove` know of it.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import cast

from sqlalchemy import delete, select, update
from sqlmodel import Session, col

from app.bonds import accountfacts
from app.language import _
from app.staff import passwords, recoverycodes
from app.staff.list import Account, altered, count_of, everyone, listed
from app.staff.staff import ADMIN, OFFICER, ROLES
from app.store import turns
from app.store.officemodels import WaveOfficer
from app.store.staffmodels import Staff, StaffLetter, StaffSession
from app.text.cleaning import address_fault, clean, email_key

__all__ = ["Account", "altered", "count_of", "everyone", "listed"]


class AccountRefused(Exception):
    """The account cannot be changed so; the text says why and what to do."""


def any_account(session: Session) -> bool:
    """Whether there is an account, or ever was one."""
    return accountfacts.any_known(session)


def must_be_whole(session: Session) -> None:
    """Raises AccountRefused while any account is altered: where it is counted who there is, nobody
    may make two people one by altering the other."""
    if found := altered(session):
        raise AccountRefused(
            _(
                "Có tài khoản đã bị sửa ngoài hệ thống: {names}. Việc này tùy có mấy người nên chưa"
                " làm được. Báo người quản trị máy chủ và Hội đồng; người quản trị tài khoản đặt"
                " lại hoặc xóa các tài khoản ấy trước."
            ).format(names=", ".join(each.name for each in found))
        )


def find(session: Session, email: str) -> Account:
    """The account of an address, an altered one too. Raises AccountRefused."""
    key = email_key(email)
    doubtful = sorted(altered(session), key=lambda each: not each.can_begin_anew)
    for account in [*everyone(session), *doubtful]:
        if email_key(account.email) == key:
            return account
    raise AccountRefused(
        _("Không có tài khoản {email}. Xem danh sách bằng “phieu staff list”.").format(email=email)
    )


def get(session: Session, staff_id: int) -> Account:
    """The account of an id. Raises AccountRefused when it was removed, or is altered."""
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
    turns.take(session.connection(), turns.ACCOUNTS)


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
    take_turn(session)
    query = select(*accountfacts.COLUMNS).where(col(Staff.email_key) == email_key(email))
    existing = session.connection().execute(query.with_for_update()).first()
    if any(email_key(each.email) == email_key(email) for each in altered(session)):
        raise AccountRefused(
            _(
                "Tài khoản {email} đã bị sửa ngoài hệ thống. Đặt lại hoặc xóa tài khoản ấy trước."
            ).format(email=email)
        )
    if existing is None:
        return accountfacts.new(session, name, email, chosen, now, passwords.none())
    if existing.removed_at is None:
        raise AccountRefused(
            _("Đã có tài khoản {email}. Đổi vai trò hoặc mời lại ở chính tài khoản ấy.").format(
                email=email
            )
        )
    staff_id = cast(int, existing.id)
    named = {"name": clean(name), "email": clean(email), "roles": chosen, "removed_at": None}
    accountfacts.change(session, staff_id, **named, **_blank())
    _forget(session, staff_id)
    return staff_id


def _roles(roles: Iterable[str]) -> str:
    chosen = [role for role in ROLES if role in set(roles)]
    unknown = set(roles) - set(ROLES)
    if unknown or not chosen:
        raise AccountRefused(_("Chọn ít nhất một vai trò: officer, council, admin."))
    return " ".join(chosen)


def _blank() -> dict[str, object]:
    """No password, no second factor: whoever reads the mailbox by now becomes this account."""
    return {
        "password_hash": passwords.none(),
        "totp_sealed": None,
        "totp_confirmed_at": None,
        "totp_step": 0,
        "wrong_codes": "",
    }


def _forget(session: Session, staff_id: int) -> None:
    """What goes with a password and a second factor: recovery codes, sessions, being one of two in
    a wave (`waves.officers`)."""
    recoverycodes.forget(session, staff_id)
    session.connection().execute(delete(WaveOfficer).where(col(WaveOfficer.staff_id) == staff_id))
    end_sessions(session, staff_id)
    session.expire_all()


def reset(session: Session, staff_id: int, even_last: bool = False) -> None:
    """Forget password and second factor; a new invitation is the way back, for an account that
    somebody has altered too.

    Raises AccountRefused for the last administrator, unless `even_last`: on the server itself the
    new link is in hand at once.
    """
    if not even_last:
        _keep_an_admin(session, staff_id, ())
    found = next((each for each in altered(session) if each.id == staff_id), None)
    if found is None:
        accountfacts.change(session, staff_id, **_blank())
    elif found.can_begin_anew:
        accountfacts.set_right(session, staff_id, **_blank(), removed_at=None)
    else:
        raise AccountRefused(_("Tài khoản này {state}").format(state=found.altered))
    _forget(session, staff_id)


def remove(session: Session, staff_id: int, now: datetime) -> None:
    """Take an account away, an altered one too.

    Raises AccountRefused for the last administrator.
    """
    _keep_an_admin(session, staff_id, ())
    if accountfacts.is_altered(session, staff_id):
        accountfacts.set_right(session, staff_id, **_blank(), removed_at=now)
    else:
        accountfacts.change(session, staff_id, **_blank(), removed_at=now)
    _forget(session, staff_id)
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
    accountfacts.change(session, staff_id, roles=chosen)
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
    accountfacts.change(session, staff_id, name=clean(name))


def use_password(session: Session, staff_id: int, password_hash: str) -> None:
    """Set a password that was hashed before the transaction: hashing takes a tenth of a second,
    in which nobody could cast. Every session of the account ends."""
    accountfacts.change(session, staff_id, password_hash=password_hash)
    end_sessions(session, staff_id)


def end_sessions(session: Session, staff_id: int, but: bytes = b"") -> None:
    """End the sessions of an account, except one."""
    session.connection().execute(
        delete(StaffSession).where(
            col(StaffSession.staff_id) == staff_id, col(StaffSession.key_hash) != but
        )
    )
