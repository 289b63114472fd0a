"""The ways to a password: first account, invitation, forgotten password."""

from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.audit import chain
from app.keys.copied import STAFF_LINK, link_token
from app.language import _
from app.staff import accounts, guesses, passwords, proofs, staff
from app.staff.accounts import AccountRefused
from app.staff.links import Links
from app.store.db import Session
from app.text.cleaning import address_fault
from app.waves import staffmail
from app.web.console.desk.addresses import LOOK, ROOT, SECOND_FACTOR, SIGN_IN
from app.web.console.desk.cookies import leave_word, set_browser, set_session
from app.web.console.desk.desk import WRONG_CODE, Faults
from app.web.console.desk.strangers import strangers_page
from app.web.console.desk.tries import Turn, must_not_guess_codes, wrong_code
from app.web.console.desk.twice import password_faults
from app.web.house import House, house_of
from app.web.pages import see
from app.web.posts import PostsOf

router = APIRouter()
FORGOT = f"{ROOT}/quen-mat-khau"


@dataclass(frozen=True)
class Way:
    """A link to a password: its address, its kind among `Links`, its page."""

    path: str
    kind: str
    page: str


SETUP = Way(f"{ROOT}/thiet-lap", "setup", "signin-setup")
INVITED = Way(f"{ROOT}/moi", "invitation", "signin-invited")
RESET = Way(f"{ROOT}/dat-lai-mat-khau", "reset", "signin-reset")


class LinkOver(Exception):
    """A link to the console that holds no more."""


def _public(name: str, values: dict[str, object], faults: Faults) -> Response:
    status = 422 if faults else 200
    return strangers_page(f"console/{name}.html", values | {"faults": faults}, status)


def _holder(house: House, session: Session, way: Way, token: str) -> int:
    found = Links(house.keys).read(session, way.kind, token, house.db.now(session))
    if found is None:
        raise LinkOver
    return found


def _held(house: House, session: Session, way: Way, token: str) -> int:
    """The same inside a transaction: of two who use a link at once one is first."""
    proofs.hold(session, _holder(house, session, way, token))
    return _holder(house, session, way, token)


@router.api_route(f"{SETUP.path}/{{token}}", methods=LOOK)
def ask_setup(request: Request, token: str) -> Response:
    return _ask(request, SETUP, token)


@router.api_route(f"{INVITED.path}/{{token}}", methods=LOOK)
def ask_password(request: Request, token: str) -> Response:
    return _ask(request, INVITED, token)


@router.api_route(f"{RESET.path}/{{token}}", methods=LOOK)
def ask_new(request: Request, token: str) -> Response:
    return _ask(request, RESET, token)


def _ask(request: Request, way: Way, token: str) -> Response:
    if (meant := link_token(token, STAFF_LINK)) != token:
        return see(f"{way.path}/{meant}")
    house = house_of(request)
    with house.db.reading() as session:
        holder = _holder(house, session, way, token)
        account = None if way is SETUP else accounts.get(session, holder)
    return _public(way.page, {"name": "", "email": "", "account": account}, [])


@router.post(f"{SETUP.path}/{{token}}")
def set_up(request: Request, posts: PostsOf, token: str, _turn: Turn) -> Response:
    """The first account; of two browsers with the link one is first."""
    house, name, email = house_of(request), posts.value("ten"), posts.value("email")
    found = [(accounts.name_fault(name), "ten"), (address_fault(email), "email")]
    faults = [(words, field) for words, field in found if words is not None]
    faults += password_faults(posts, name, email)
    with house.db.reading() as session:
        _holder(house, session, SETUP, token)
    if faults:
        return _public(SETUP.page, {"name": name, "email": email}, faults)
    hashed = passwords.hashed(posts.raw("mat-khau"))
    with house.db.transaction() as session:
        _holder(house, session, SETUP, token)
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


@router.post(f"{INVITED.path}/{{token}}")
def accept(request: Request, posts: PostsOf, token: str, _turn: Turn) -> Response:
    """The password of somebody who was invited."""
    house = house_of(request)
    with house.db.reading() as session:
        account = accounts.get(session, _holder(house, session, INVITED, token))
    faults = password_faults(posts, account.name, account.email)
    if faults:
        return _public(INVITED.page, {"account": account}, faults)
    hashed = passwords.hashed(posts.raw("mat-khau"))
    with house.db.transaction() as session:
        staff_id = _held(house, session, INVITED, token)
        now = house.db.now(session)
        accounts.use_password(session, staff_id, hashed)
        chain.note(session, house.keys, now, account.who, "account.password")
        return _begin(request, session, staff_id, now)


@router.api_route(f"{SETUP.path}/{{token}}/{{_behind:path}}", methods=LOOK)
@router.api_route(f"{INVITED.path}/{{token}}/{{_behind:path}}", methods=LOOK)
@router.api_route(f"{RESET.path}/{{token}}/{{_behind:path}}", methods=LOOK)
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


@router.post(f"{RESET.path}/{{token}}")
def choose_new(request: Request, posts: PostsOf, token: str, _turn: Turn) -> Response:
    """A new password takes the second factor too: the mailbox alone is not enough."""
    house, typed = house_of(request), posts.value("ma")
    with house.db.reading() as session:
        staff_id = _holder(house, session, RESET, token)
        account = accounts.get(session, staff_id)
        must_not_guess_codes(house, session, staff_id, guesses.RESET, typed, house.db.now(session))
    faults = password_faults(posts, account.name, account.email)
    if faults:
        return _public(RESET.page, {"account": account}, faults)
    hashed = passwords.hashed(posts.raw("mat-khau"))
    with house.db.transaction() as session:
        _held(house, session, RESET, token)
        now = house.db.now(session)
        # Once more with the account held: of many tries at once none is beyond the limit.
        must_not_guess_codes(house, session, staff_id, guesses.RESET, typed, now)
        if not staff.confirm(session, house.keys, staff_id, typed, now):
            wrong_code(house, staff_id, guesses.RESET)
            if guesses.wrong(session, staff_id, guesses.RESET, now) <= guesses.MOST:
                chain.note(session, house.keys, now, account.who, "account.code")
            return _public(RESET.page, {"account": account}, [(WRONG_CODE, "ma")])
        accounts.use_password(session, staff_id, hashed)
        chain.note(session, house.keys, now, account.who, "account.password")
    words = _("Đã đổi mật khẩu. Mọi nơi đang đăng nhập đã được đăng xuất; đăng nhập lại.")
    return leave_word(see(SIGN_IN), house, words)
