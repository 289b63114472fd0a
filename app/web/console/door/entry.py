"""The ways to a password and a second factor: first account, invitation, forgotten password."""

from datetime import datetime

import segno
from fastapi import APIRouter, Request
from markupsafe import Markup
from starlette.responses import Response

from app.audit import chain
from app.keys.copied import STAFF_LINK, link_token
from app.language import _
from app.staff import accounts, factors, guesses, passwords, proofs, staff
from app.staff.accounts import AccountRefused
from app.staff.links import Links
from app.store.db import Session
from app.text.cleaning import address_fault
from app.waves import staffmail
from app.web.console.desk.addresses import LOOK, ROOT, SECOND_FACTOR, SIGN_IN
from app.web.console.desk.cookies import leave_word, set_browser, set_session
from app.web.console.desk.desk import (
    CONFIRM,
    WRONG_CODE,
    CodeRefused,
    Desk,
    LinkOver,
    SignedInDesk,
    SignedInForm,
    Stale,
)
from app.web.console.desk.posts import Posts, PostsOf
from app.web.console.desk.strangers import strangers_page
from app.web.console.desk.tries import Turn, must_not_guess_codes, wrong_code
from app.web.pages import House, house_of, see

router = APIRouter()
SETUP, INVITED = f"{ROOT}/thiet-lap", f"{ROOT}/moi"
FORGOT, RESET = f"{ROOT}/quen-mat-khau", f"{ROOT}/dat-lai-mat-khau"
Faults = list[tuple[str, str]]


def _public(name: str, values: dict[str, object], faults: Faults) -> Response:
    status = 422 if faults else 200
    return strangers_page(f"console/{name}.html", values | {"faults": faults}, status)


def _holder(house: House, session: Session, kind: str, token: str) -> int:
    found = Links(house.keys).read(session, kind, token, house.db.now(session))
    if found is None:
        raise LinkOver
    return found


def _held(house: House, session: Session, kind: str, token: str) -> int:
    """The same inside a transaction: of two who use a link at once one is first."""
    proofs.hold(session, _holder(house, session, kind, token))
    return _holder(house, session, kind, token)


def _password_faults(posts: Posts, *known: str) -> Faults:
    password = posts.raw("mat-khau")
    weak = passwords.password_fault(password, *known)
    if weak is not None:
        return [(weak, "mat-khau")]
    same = password == posts.raw("lap-lai")
    return [] if same else [(_("Hai lần nhập mật khẩu khác nhau."), "lap-lai")]


@router.api_route(f"{SETUP}/{{token}}", methods=LOOK)
def ask_setup(request: Request, token: str) -> Response:
    if (meant := link_token(token, STAFF_LINK)) != token:
        return see(f"{SETUP}/{meant}")
    house = house_of(request)
    with house.db.reading() as session:
        _holder(house, session, "setup", token)
    return _public("signin-setup", {"name": "", "email": ""}, [])


@router.post(f"{SETUP}/{{token}}")
def set_up(request: Request, posts: PostsOf, token: str, _turn: Turn) -> Response:
    """The first account; of two browsers with the link one is first."""
    house, name, email = house_of(request), posts.value("ten"), posts.value("email")
    found = [(accounts.name_fault(name), "ten"), (address_fault(email), "email")]
    faults = [(words, field) for words, field in found if words is not None]
    faults += _password_faults(posts, name, email)
    with house.db.reading() as session:
        _holder(house, session, "setup", token)
    if faults:
        return _public("signin-setup", {"name": name, "email": email}, faults)
    hashed = passwords.hashed(posts.raw("mat-khau"))
    with house.db.transaction() as session:
        _holder(house, session, "setup", token)
        now = house.db.now(session)
        try:
            staff_id = accounts.set_up(session, name, email, hashed, now)
        except AccountRefused as error:
            raise LinkOver from error
        who = accounts.get(session, staff_id).who
        chain.note(session, house.keys, now, who, "account.setup")
        return _begin(request, session, staff_id, now)


def _begin(request: Request, session: Session, staff_id: int, now: datetime) -> Response:
    """Signed in with a password alone; only the page of the second factor is open."""
    house, email = house_of(request), accounts.get(session, staff_id).email
    key = staff.begin_session(session, staff_id, now)
    return set_session(set_browser(see(SECOND_FACTOR), request, house, email), house, key)


@router.api_route(f"{INVITED}/{{token}}", methods=LOOK)
def ask_password(request: Request, token: str) -> Response:
    if (meant := link_token(token, STAFF_LINK)) != token:
        return see(f"{INVITED}/{meant}")
    house = house_of(request)
    with house.db.reading() as session:
        account = accounts.get(session, _holder(house, session, "invitation", token))
    return _public("signin-invited", {"account": account}, [])


@router.post(f"{INVITED}/{{token}}")
def accept(request: Request, posts: PostsOf, token: str, _turn: Turn) -> Response:
    """The password of somebody who was invited."""
    house = house_of(request)
    with house.db.reading() as session:
        account = accounts.get(session, _holder(house, session, "invitation", token))
    faults = _password_faults(posts, account.name, account.email)
    if faults:
        return _public("signin-invited", {"account": account}, faults)
    hashed = passwords.hashed(posts.raw("mat-khau"))
    with house.db.transaction() as session:
        staff_id = _held(house, session, "invitation", token)
        now = house.db.now(session)
        accounts.use_password(session, staff_id, hashed)
        chain.note(session, house.keys, now, account.who, "account.password")
        return _begin(request, session, staff_id, now)


@router.api_route(f"{SETUP}/{{token}}/{{_behind:path}}", methods=LOOK)
@router.api_route(f"{INVITED}/{{token}}/{{_behind:path}}", methods=LOOK)
@router.api_route(f"{RESET}/{{token}}/{{_behind:path}}", methods=LOOK)
def ask_before_slash(request: Request, token: str) -> Response:
    """A link that something stands behind."""
    meant = link_token(token, STAFF_LINK)
    if not STAFF_LINK.fullmatch(meant):
        raise LinkOver
    _root, _console, way, _behind = request.url.path.split("/", 3)
    return see(f"{ROOT}/{way}/{meant}")


@router.api_route(FORGOT, methods=LOOK)
def ask_address(_request: Request) -> Response:
    return _public("signin-forgot", {"done": False, "email": ""}, [])


@router.post(FORGOT)
def forgot(request: Request, posts: PostsOf) -> Response:
    """Queue a letter with a link; the answer is the same for every address."""
    house, email = house_of(request), posts.value("email")
    fault = address_fault(email)
    if fault is not None:
        return _public("signin-forgot", {"done": False, "email": email}, [(fault, "email")])
    with house.db.transaction() as session:
        staffmail.queue_reset(session, email, house.db.now(session))
    return _public("signin-forgot", {"done": True, "email": ""}, [])


@router.api_route(f"{RESET}/{{token}}", methods=LOOK)
def ask_new(request: Request, token: str) -> Response:
    if (meant := link_token(token, STAFF_LINK)) != token:
        return see(f"{RESET}/{meant}")
    house = house_of(request)
    with house.db.reading() as session:
        account = accounts.get(session, _holder(house, session, "reset", token))
    return _public("signin-reset", {"account": account}, [])


@router.post(f"{RESET}/{{token}}")
def choose_new(request: Request, posts: PostsOf, token: str, _turn: Turn) -> Response:
    """A new password takes the second factor too: the mailbox alone is not enough."""
    house, typed = house_of(request), posts.value("ma")
    with house.db.reading() as session:
        staff_id = _holder(house, session, "reset", token)
        account = accounts.get(session, staff_id)
        must_not_guess_codes(house, session, staff_id, guesses.RESET, typed, house.db.now(session))
    faults = _password_faults(posts, account.name, account.email)
    if faults:
        return _public("signin-reset", {"account": account}, faults)
    hashed = passwords.hashed(posts.raw("mat-khau"))
    with house.db.transaction() as session:
        _held(house, session, "reset", token)
        now = house.db.now(session)
        # Once more with the account held: of many tries at once none is beyond the limit.
        must_not_guess_codes(house, session, staff_id, guesses.RESET, typed, now)
        if not staff.confirm(session, house.keys, staff_id, typed, now):
            wrong_code(house, staff_id, guesses.RESET)
            if guesses.wrong(session, staff_id, guesses.RESET, now) <= guesses.MOST:
                chain.note(session, house.keys, now, account.who, "account.code")
            return _public("signin-reset", {"account": account}, [(WRONG_CODE, "ma")])
        accounts.use_password(session, staff_id, hashed)
        chain.note(session, house.keys, now, account.who, "account.password")
    words = _("Đã đổi mật khẩu. Mọi nơi đang đăng nhập đã được đăng xuất; đăng nhập lại.")
    return leave_word(see(SIGN_IN), house, words)


@router.api_route(SECOND_FACTOR, methods=LOOK)
def ask_code(desk: SignedInDesk) -> Response:
    return _second_factor(desk, [])


def _second_factor(desk: Desk, faults: Faults) -> Response:
    """The first telephone of an account, or the next one: then the old one is asked too."""
    with desk.db.reading() as session:
        secret = factors.secret_to_come(session, desk.keys, desk.staff)
    address = staff.provisioning(secret, desk.staff.email, _("Phiếu, điều tra CCHC"))
    code = segno.make(address, error="m")
    # Its colours are attributes, so that no style is needed.
    image = code.svg_inline(scale=5, border=4, dark="#000", light="#fff", omitsize=True)
    values: dict[str, object] = {
        "image": Markup(image),  # noqa: S704  # made here, of a secret of ours
        "secret": factors.in_fours(secret),
        "bad": {field for _words, field in faults},
        "faults": faults,
    }
    status = 422 if faults else 200
    if desk.staff.ready:
        return desk.page("console/signin-factor.html", values, section="accounts", status=status)
    # The menu leads nowhere yet.
    values["ticket"] = desk.ticket
    response = strangers_page("console/signin-factor.html", values, status)
    return set_session(response, desk.house, desk.staff.cookie)


@router.post(SECOND_FACTOR)
def confirm_code(form: SignedInForm) -> Response:
    """The first code of a telephone; the first telephone brings the recovery codes, shown once."""
    if form.staff.ready and not form.has(CONFIRM):
        # The form of a first telephone, sent twice: by a double click, or by reloading the codes.
        words = _(
            "Điện thoại đã đặt xong. Nếu chưa cất mã dự phòng, hãy tạo mã mới ở mục “Tạo mã dự"
            " phòng mới”."
        )
        return form.see(f"{ROOT}/tai-khoan", words)
    with form.db.reading() as session:
        secret = factors.secret_to_come(session, form.keys, form.staff)
        step = staff.step_of(secret, form.value("ma"), form.db.now(session))
    if step is None:
        words = _(
            "Mã không đúng. Nhập mã đang hiện trên điện thoại; vẫn không được thì bật giờ tự động"
            " trên điện thoại."
        )
        return _second_factor(form, [(words, "ma")])
    try:
        with form.db.transaction() as session:
            now = form.db.now(session)
            proofs.hold(session, form.staff.id)
            if factors.secret_to_come(session, form.keys, form.staff) != secret:
                raise Stale  # another telephone was first
            if form.staff.ready:
                form.must_confirm(session, now)
            first, who = not form.staff.ready, form.staff.id
            if not factors.use_secret(session, form.keys, who, secret, step, now, first):
                raise Stale
            accounts.end_sessions(session, form.staff.id, but=form.staff.key_hash)
            form.note(session, now, "account.second-factor")
            if form.staff.ready:
                return form.see(f"{ROOT}/tai-khoan", _("Từ nay dùng điện thoại mới."))
            codes = factors.new_recovery_codes(session, form.keys, form.staff.id)
    except CodeRefused:
        words = _("Mã của điện thoại cũ không đúng hoặc đã dùng. Đợi mã mới rồi nhập.")
        return _second_factor(form, [(words, CONFIRM)])
    return form.page("console/signin-codes.html", {"codes": codes}, section="accounts")
