"""Sign in and out of the console."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from app import accounts, audit, staff
from app.cleaning import email_key
from app.language import _
from app.web.console.cookies import ROOT, SAID, cookie_name, leave_word, read_word, set_session
from app.web.console.desk import LOOK, SIGN_IN, SignedInForm, TooManyTries, must_not_guess
from app.web.console.faults import NOBODY, too_many
from app.web.console.posts import PostsOf
from app.web.pages import house_of, page, see

router = APIRouter()


@router.api_route(SIGN_IN, methods=LOOK)
def ask(request: Request) -> Response:
    back = _own_path(request.query_params.get("tiep", ""))
    return _form(request, back)


def _form(request: Request, back: str, email: str = "", fault: str = "") -> Response:
    word = read_word(request, house_of(request))
    values = {
        **NOBODY,
        "back": back,
        "email": email,
        "faults": [(fault, "email")] if fault else [],
        "said": "" if fault else word,
    }
    response = page("console/signin.html", values, 422 if fault else 200)
    if word:
        response.delete_cookie(SAID, path=ROOT)
    return response


def _own_path(path: str) -> str:
    """Where to go on, if that is a page of the console."""
    fine = path.startswith(f"{ROOT}/") and "//" not in path and "\\" not in path
    return path if fine and path.isprintable() and len(path) < 500 else ROOT


@router.post(SIGN_IN)
def sign_in(request: Request, posts: PostsOf) -> Response:
    """One answer for everything that may be wrong."""
    house, email = house_of(request), posts.value("email")
    back = _own_path(posts.value("tiep"))
    account, address = f"in {email_key(email)}", request.client.host if request.client else ""
    must_not_guess(house, account)
    with house.db.reading() as session:
        # Outside a transaction: it takes its time on purpose.
        found = accounts.password_of(session, email, posts.raw("mat-khau"))
    with house.db.transaction() as session:
        now = house.db.now(session)
        if found is not None and (
            not found.ready or staff.confirm(session, house.keys, found.id, posts.value("ma"), now)
        ):
            key = staff.begin_session(session, found.id, now)
            audit.note(session, house.keys, now, found.who, "account.sign-in")
            return set_session(see(back), house, key)
        if found is not None:
            audit.note(session, house.keys, now, found.who, "account.refused")
    house.sign_ins.wrong(account)
    if house.throttle.wrong(address):
        return too_many(request, TooManyTries())
    fault = _("Địa chỉ thư, mật khẩu hoặc mã xác thực không đúng. Kiểm tra rồi nhập lại cả ba.")
    return _form(request, back, email, fault)


@router.post(f"{ROOT}/dang-xuat")
def sign_out(form: SignedInForm) -> Response:
    with form.db.transaction() as session:
        staff.end_session(session, form.staff.key_hash)
        form.note(session, form.db.now(session), "account.sign-out")
    response = leave_word(see(SIGN_IN), form.house, _("Đã đăng xuất."))
    response.delete_cookie(
        cookie_name(form.settings), path="/", secure=form.settings.is_https, httponly=True
    )
    return response
