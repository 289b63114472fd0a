"""Tài khoản: one's own, and for administrators everybody's."""

from datetime import datetime

from fastapi import APIRouter, HTTPException
from starlette.responses import Response

from app.audit.deeds import ROLES
from app.language import _
from app.staff import accounts, factors, invitations, passwords, proofs, staff
from app.staff.accounts import Account, AccountRefused
from app.staff.staff import ADMIN, OFFICER
from app.store.db import Session
from app.text.cleaning import address_fault
from app.waves import officers, staffmail
from app.web.console.desk.addresses import LOOK, ROOT
from app.web.console.desk.desk import (
    WRONG_CODE,
    Admin,
    AdminForm,
    Anyone,
    AnyoneForm,
    CodeRefused,
    Desk,
    Form,
    NotSignedIn,
    WrongRole,
)
from app.web.console.desk.tries import Turn, must_not_guess

router = APIRouter()
PATH = f"{ROOT}/tai-khoan"
ROLE_WORDS = {
    "officer": _("Chuyên viên: đợt điều tra, danh sách, thư, mở hòm phiếu, kết quả"),
    "council": _("Hội đồng: xem kết quả, nhật ký, kiểm tra lại; không thấy danh sách"),
    "admin": _("Quản trị tài khoản"),
}
REMOVE, RESET = "xoa", "dat-lai"
DEEDS = (REMOVE, RESET)
NO_ROLE = _("Chọn ít nhất một vai trò.")
Faults = list[tuple[str, str]]


@router.api_route(PATH, methods=LOOK)
def show(desk: Anyone) -> Response:
    return _page(desk)


def _page(
    desk: Desk, faults: Faults | None = None, typed: dict[str, object] | None = None
) -> Response:
    with desk.db.reading() as session:
        now, found = desk.db.now(session), accounts.listed(session)
        values: dict[str, object] = {
            "places": staff.places_of(session, desk.staff, now),
            "left": factors.recovery_codes_left(session, desk.staff.id),
            "everyone": found if desk.is_a("admin") else [],
            "altered": [each for each in found if each.altered],
            "invited": invitations.latest(session) if desk.is_a("admin") else {},
            "now": now,
            "role_words": ROLE_WORDS,
            "role_names": ROLES,
            "faults": faults or [],
            "bad": {field for _words, field in faults or []},
            "typed": {
                "ten": desk.staff.name,
                "ten-moi": "",
                "email": "",
                "vai-tro": [],
                **(typed or {}),
            },
        }
    status = 422 if faults else 200
    return desk.page("console/accounts.html", values, section="accounts", status=status)


@router.post(f"{PATH}/ten")
def rename(form: AnyoneForm) -> Response:
    name = form.value("ten")
    fault = accounts.name_fault(name)
    if fault is not None:
        return _page(form, [(fault, "ten")], {"ten": name})
    with form.db.transaction() as session:
        accounts.rename(session, form.staff.id, name)
        form.note(session, form.db.now(session), "account.name")
    return form.see(PATH, _("Đã đổi tên."))


@router.post(f"{PATH}/mat-khau")
def change_password(form: AnyoneForm, _turn: Turn) -> Response:
    """The old password and a code; every other session ends."""
    new, account = form.posts.raw("mat-khau"), f"password {form.staff.id}"
    must_not_guess(form.house, account)
    with form.db.reading() as session:
        known = proofs.known_by(session, form.staff.email)
    if not proofs.is_right(known, form.posts.raw("mat-khau-cu")) or known is None:
        form.house.limits.sign_ins.wrong(account)
        form.house.limits.mistyped.add(form.staff.id)
        return _page(form, [(_("Mật khẩu đang dùng không đúng."), "mat-khau-cu")])
    weak = passwords.password_fault(new, form.staff.name, form.staff.email)
    if weak is not None:
        return _page(form, [(weak, "mat-khau")])
    if new != form.posts.raw("lap-lai"):
        return _page(form, [(_("Hai lần nhập mật khẩu khác nhau."), "lap-lai")])
    hashed = passwords.hashed(new)
    try:
        with form.db.transaction() as session:
            now = form.db.now(session)
            if not proofs.is_still(session, known):
                raise NotSignedIn
            form.must_confirm(session, now)
            accounts.use_password(session, form.staff.id, hashed)
            form.note(session, now, "account.password")
    except CodeRefused:
        return _page(form, [(WRONG_CODE, "ma-xac-thuc")])
    # This session ended with the others: a stolen one must not outlive the password.
    return form.see(f"{ROOT}/dang-nhap", _("Đã đổi mật khẩu. Đăng nhập lại bằng mật khẩu mới."))


@router.post(f"{PATH}/ma-du-phong")
def change_codes(form: AnyoneForm) -> Response:
    """Ten new recovery codes, shown once."""
    try:
        with form.db.transaction() as session:
            now = form.db.now(session)
            form.must_confirm(session, now)
            codes = factors.new_recovery_codes(session, form.keys, form.staff.id)
            form.note(session, now, "account.recovery-codes")
    except CodeRefused:
        return _page(form, [(WRONG_CODE, "ma-xac-thuc-2")])
    return form.page("console/signin-codes.html", {"codes": codes}, section="accounts")


@router.post(f"{PATH}/noi-khac")
def end_others(form: AnyoneForm) -> Response:
    with form.db.transaction() as session:
        accounts.end_sessions(session, form.staff.id, but=form.staff.key_hash)
        form.note(session, form.db.now(session), "account.sign-out")
    return form.see(PATH, _("Đã đăng xuất ở mọi nơi khác."))


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
        return _page(form, faults, typed)
    try:
        with form.db.transaction() as session:
            now = _must_still_manage(form, session)
            form.must_confirm(session, now)
            staff_id = accounts.add(session, email, name, roles, now)
            staffmail.queue(session, "invitation", staff_id, now)
            form.note(session, now, "account.add", staff=email, roles=sorted(roles))
    except CodeRefused:
        return _page(form, [(WRONG_CODE, "ma-xac-thuc-3")], typed)
    except AccountRefused as refused:
        return _page(form, [(str(refused), "email")], typed)
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
    staffmail.queue(session, "invitation", account.id, when)
    action = "account.invite" if pending else "account.reset"
    form.note(session, when, action, staff=account.email)
    words = (
        _("Đang gửi lại lời mời cho {name}; đường dẫn trong thư trước không dùng được nữa.")
        if pending
        else _("Đã đặt lại tài khoản của {name}; thư mời mới đang được gửi đi.")
    )
    return words.format(name=account.name)
