"""Tài khoản of somebody else, for administrators: add, other roles, a fresh start, the end."""

from datetime import datetime

from fastapi import APIRouter, HTTPException
from starlette.responses import Response

from app.language import _
from app.staff import accounts, invitations, outbox
from app.staff.accounts import Account, AccountRefused
from app.staff.staff import ADMIN, OFFICER
from app.store.db import Session
from app.text.cleaning import address_fault
from app.waves import officers, staffmail
from app.web.console.desk.addresses import LOOK
from app.web.console.desk.desk import WRONG_CODE, CodeRefused, Desk, Faults, Form
from app.web.console.desk.guards import Admin, AdminForm, NotSignedIn, WrongRole
from app.web.console.door.accounts import PATH, ROLE_WORDS, draw

router = APIRouter()
REMOVE, RESET = "xoa", "dat-lai"
DEEDS = (REMOVE, RESET)
NO_ROLE = _("Chọn ít nhất một vai trò.")


@router.post(f"{PATH}/them")
def add(form: AdminForm) -> Response:
    """An account for somebody else, and a letter with the way to a password; asks for a code."""
    email, name, roles = form.value("email"), form.value("ten-moi"), form.values("vai-tro")
    typed: dict[str, object] = {"ten-moi": name, "email": email, "vai-tro": roles}
    found = [
        (accounts.name_fault(name), "ten-moi"),
        (address_fault(email), "email"),
        (None if roles else NO_ROLE, "vai-tro"),
    ]
    faults = [(words, field) for words, field in found if words is not None]
    if faults:
        return draw(form, faults, typed)
    try:
        with form.db.transaction() as session:
            now = _must_still_manage(form, session)
            form.must_confirm(session, now)
            staff_id = accounts.add(session, email, name, roles, now)
            staffmail.queue(session, "invitation", staff_id, now, by=form.staff.who)
            form.note(session, now, "account.add", staff=email, roles=sorted(roles))
    except CodeRefused:
        return draw(form, [(WRONG_CODE, "ma-xac-thuc-3")], typed)
    except AccountRefused as refused:
        return draw(form, [(str(refused), "email")], typed)
    return form.see(PATH, _("Đã thêm {name}; thư mời đang được gửi đi.").format(name=name))


def _must_still_manage(form: Form, session: Session) -> datetime:
    """The time, once nobody else changes accounts and this one is still an administrator's.

    Raises WrongRole, NotSignedIn: the request may have waited while another one took it away.
    """
    accounts.take_turn(session)
    try:
        mine = accounts.get(session, form.staff.id)
    except AccountRefused as gone:
        raise NotSignedIn from gone
    if ADMIN not in mine.roles:
        raise WrongRole
    return form.db.now(session)


def _account(session: Session, staff_id: int) -> Account:
    """Anybody's account, one too that somebody altered past this program."""
    for account in accounts.listed(session):
        if account.id == staff_id:
            return account
    raise HTTPException(404)


@router.api_route(f"{PATH}/{{staff_id:int}}", methods=LOOK)
def show_one(desk: Admin, staff_id: int) -> Response:
    """Somebody else's account; whether there is one is for administrators alone."""
    return _one(desk, staff_id)


def _one(
    desk: Desk, staff_id: int, faults: Faults | None = None, roles: list[str] | None = None
) -> Response:
    with desk.db.reading() as session:
        account = _account(session, staff_id)
        values: dict[str, object] = {
            "account": account,
            "mine": account.id == desk.staff.id,
            "invited": invitations.latest(session).get(staff_id),
            "lost": outbox.not_arrived(session).get(staff_id),
            "now": desk.db.now(session),
            "seen": desk.print_of(_state(account)),
            "role_words": ROLE_WORDS,
            "chosen": account.roles if roles is None else roles,
            "faults": faults or [],
            "bad": {field for _words, field in faults or []},
        }
    status = 422 if faults else 200
    return desk.page("console/account.html", values, section="accounts", status=status)


def _state(account: Account) -> tuple[object, ...]:
    """What an administrator saw when deciding about an account."""
    return sorted(account.roles), account.has_password, account.has_second_factor, account.altered


@router.post(f"{PATH}/{{staff_id:int}}")
def change_one(form: AdminForm, staff_id: int) -> Response:
    """Other roles, a fresh start, or the end of an account; each asks for a code."""
    deed = next((deed for deed in DEEDS if form.has(deed)), "")
    roles = None if deed else form.values("vai-tro")
    if roles == []:
        return _one(form, staff_id, [(NO_ROLE, "vai-tro")], roles)
    try:
        with form.db.transaction() as session:
            now = _must_still_manage(form, session)
            account = _account(session, staff_id)
            form.must_be_fresh(_state(account))
            form.must_confirm(session, now)
            said = _change(form, session, account, now, deed)
    except CodeRefused:
        field = f"ma-xac-thuc-{deed}" if deed else "ma-xac-thuc"
        return _one(form, staff_id, [(WRONG_CODE, field)], roles)
    except AccountRefused as refused:
        return _one(form, staff_id, [(str(refused), "" if deed else "vai-tro")], roles)
    return form.see(PATH, said)


def _change(form: Form, session: Session, account: Account, when: datetime, deed: str) -> str:
    if not deed:
        roles = accounts.set_roles(session, account.id, form.values("vai-tro"))
        form.note(session, when, "account.roles", staff=account.email, roles=roles.split())
        if OFFICER not in account.roles:
            # Tells nobody unless that is what the account has become.
            officers.tell(session, account.id, when)
        return _("Đã đổi vai trò của {name}.").format(name=account.name)
    if account.id == form.staff.id:
        raise AccountRefused(
            _(
                "Không tự xóa hoặc tự đặt lại tài khoản của mình; nhờ một người quản trị khác. Đổi"
                " mật khẩu và điện thoại của mình ở trang Tài khoản."
            )
        )
    pending = not account.has_second_factor and not account.altered
    if deed == REMOVE:
        accounts.remove(session, account.id, when)
        action = "account.withdraw" if pending else "account.remove"
        form.note(session, when, action, staff=account.email)
        words = _("Đã rút lời mời {name}.") if pending else _("Đã xóa tài khoản của {name}.")
        return words.format(name=account.name)
    accounts.reset(session, account.id)
    invitations.drop_waiting(session, account.id, when, _("Đã có thư mời mới hơn."))
    staffmail.queue(session, "invitation", account.id, when, by=form.staff.who)
    action = "account.invite" if pending else "account.reset"
    form.note(session, when, action, staff=account.email)
    words = (
        _("Đang gửi lại lời mời cho {name}; đường dẫn trong thư trước không dùng được nữa.")
        if pending
        else _("Đã đặt lại tài khoản của {name}; thư mời mới đang được gửi đi.")
    )
    return words.format(name=account.name)
