"""Tài khoản: one's own, and for administrators the list of everybody's."""

from fastapi import APIRouter
from starlette.responses import Response

from app.audit.deeds import ROLES
from app.language import _
from app.staff import accounts, factors, invitations, outbox, passwords, proofs, staff
from app.web.console.desk.addresses import LOOK, ROOT
from app.web.console.desk.desk import WRONG_CODE, CodeRefused, Desk, Faults
from app.web.console.desk.guards import Anyone, AnyoneForm, NotSignedIn
from app.web.console.desk.tries import Turn, must_not_guess
from app.web.console.desk.twice import password_faults

router = APIRouter()
PATH = f"{ROOT}/tai-khoan"
ROLE_WORDS = {
    "officer": _("Chuyên viên: đợt điều tra, danh sách, thư, mở hòm phiếu, kết quả"),
    "council": _("Hội đồng: xem kết quả, nhật ký, kiểm tra lại; không thấy danh sách"),
    "admin": _("Quản trị tài khoản"),
}


@router.api_route(PATH, methods=LOOK)
def show(desk: Anyone) -> Response:
    return draw(desk)


def draw(
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
            "lost": outbox.not_arrived(session),
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
        return draw(form, [(fault, "ten")], {"ten": name})
    with form.db.transaction() as session:
        accounts.rename(session, form.staff.id, name)
        form.note(session, form.db.now(session), "account.name")
    return form.see(PATH, _("Đã đổi tên."))


@router.post(f"{PATH}/mat-khau")
def change_password(form: AnyoneForm, _turn: Turn) -> Response:
    """The old password and a code; every other session ends."""
    account = f"password {form.staff.id}"
    must_not_guess(form.house, account)
    with form.db.reading() as session:
        known = proofs.known_by(session, form.staff.email)
    if not proofs.is_right(known, form.posts.raw("mat-khau-cu")) or known is None:
        form.house.limits.sign_ins.wrong(account)
        form.house.limits.mistyped.add(form.staff.id)
        return draw(form, [(_("Mật khẩu đang dùng không đúng."), "mat-khau-cu")])
    faults = password_faults(form.posts, form.staff.name, form.staff.email)
    if faults:
        return draw(form, faults)
    hashed = passwords.hashed(form.posts.raw("mat-khau"))
    try:
        with form.db.transaction() as session:
            now = form.db.now(session)
            if not proofs.is_still(session, known):
                raise NotSignedIn
            form.must_confirm(session, now)
            accounts.use_password(session, form.staff.id, hashed)
            form.note(session, now, "account.password")
    except CodeRefused:
        return draw(form, [(WRONG_CODE, "ma-xac-thuc")])
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
        return draw(form, [(WRONG_CODE, "ma-xac-thuc-2")])
    values: dict[str, object] = {"codes": codes}
    return form.page("console/signin-codes.html", values, section="accounts", has_secret=True)


@router.post(f"{PATH}/noi-khac")
def end_others(form: AnyoneForm) -> Response:
    with form.db.transaction() as session:
        accounts.end_sessions(session, form.staff.id, but=form.staff.key_hash)
        form.note(session, form.db.now(session), "account.sign-out")
    return form.see(PATH, _("Đã đăng xuất ở mọi nơi khác."))
