"""Sign in and out of the console."""

from datetime import datetime

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.audit import chain
from app.language import _
from app.staff import accounts, guesses, mistypes, proofs, staff
from app.staff.proofs import Known
from app.store.db import Session
from app.text.cleaning import email_key
from app.web.console.desk.addresses import LOOK, ROOT, SIGN_IN
from app.web.console.desk.cookies import (
    SAID,
    cookie_name,
    leave_word,
    read_word,
    set_browser,
    set_session,
)
from app.web.console.desk.guards import SignedInForm
from app.web.console.desk.strangers import strangers_page
from app.web.console.desk.tries import (
    TooManyTries,
    Turn,
    is_recovery,
    must_not_guess_codes,
    place_of,
    wrong_code,
)
from app.web.house import House, house_of
from app.web.pages import see
from app.web.posts import PostsOf

router = APIRouter()


@router.api_route(SIGN_IN, methods=LOOK)
def ask(request: Request) -> Response:
    back = _own_path(request.query_params.get("tiep", ""))
    return _form(request, back)


def _form(request: Request, back: str, email: str = "", wrong: bool = False) -> Response:
    fault = _("Địa chỉ thư, mật khẩu hoặc mã xác thực không đúng. Kiểm tra rồi nhập lại cả ba.")
    word = read_word(request, house_of(request))
    if not wrong and _is_new(house_of(request)):
        return strangers_page("console/signin-none.html", {"said": word})
    values: dict[str, object] = {
        "back": back,
        "email": email,
        "faults": [(fault, "email")] if wrong else [],
        "said": "" if wrong else word,
    }
    response = strangers_page("console/signin.html", values, 422 if wrong else 200)
    if word:
        response.delete_cookie(SAID, path=ROOT)
    return response


def _is_new(house: House) -> bool:
    """Whether there never was an account: nobody could pass the form."""
    with house.db.reading() as session:
        return not accounts.any_account(session)


def _own_path(path: str) -> str:
    """Where to go on, if that is a page of the console."""
    fine = path.startswith(f"{ROOT}/") and "//" not in path and "\\" not in path
    return path if fine and path.isprintable() and len(path) < 500 else ROOT


@router.post(SIGN_IN)
def sign_in(request: Request, posts: PostsOf, _turn: Turn) -> Response:
    """One answer for everything that may be wrong; see `tries` for what is too often."""
    house, email, typed = house_of(request), posts.value("email"), posts.value("ma")
    back, place = _own_path(posts.value("tiep")), place_of(request, email)
    limits, way = house.limits, f"in {email_key(email)} from {place}"
    if limits.knocks.is_over(place):
        raise TooManyTries
    in_time = not limits.sign_ins.is_over(way)
    if not in_time and not is_recovery(typed):
        raise TooManyTries
    with house.db.reading() as session:
        known = proofs.known_by(session, email)
    # No connection is held meanwhile: it takes its time on purpose.
    if proofs.is_right(known, posts.raw("mat-khau")) and known is not None:
        with house.db.transaction() as session:
            now = house.db.now(session)
            if _passes(house, session, known, typed, now, in_time):
                key = staff.begin_session(session, known.id, now)
                chain.note(session, house.keys, now, known.who, "account.sign-in")
                return set_session(set_browser(see(back), request, house, email), house, key)
    else:
        limits.mistyped.add(mistypes.NOBODY if known is None else known.id)
    limits.knocks.wrong(place)
    limits.sign_ins.wrong(way)
    if not in_time:
        raise TooManyTries
    return _form(request, back, email, wrong=True)


def _passes(
    house: House, session: Session, known: Known, typed: str, now: datetime, in_time: bool
) -> bool:
    """Whether somebody whose password was right gets in."""
    if not proofs.is_still(session, known):
        return False
    if not known.ready:
        return in_time
    try:
        must_not_guess_codes(house, session, known.id, guesses.SIGN_IN, typed, now)
    except TooManyTries:
        # Said as a wrong code is: else this would tell a guesser that the password is right.
        return False
    if staff.confirm(session, house.keys, known.id, typed, now):
        return True
    wrong_code(house, known.id, guesses.SIGN_IN)
    if guesses.wrong(session, known.id, guesses.SIGN_IN, now) <= guesses.MOST:
        chain.note(session, house.keys, now, known.who, "account.refused")
    return False


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
