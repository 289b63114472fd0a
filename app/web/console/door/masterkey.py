"""Bản sao khóa gốc: a copy of the master key for who wants one, under a pass phrase.

With it links, accounts and the log outlive a lost key file. It opens no urn, but whoever has it can
make links and read second factors: so it takes a code of two people where there are two.
"""

from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter
from starlette.responses import Response

from app.audit import chain
from app.keys import recovery
from app.language import _
from app.staff import accounts, guesses, staff
from app.staff.accounts import Account
from app.staff.staff import ADMIN, OFFICER
from app.store.db import Session
from app.text.cleaning import email_key
from app.web.console.desk.addresses import LOOK, ROOT
from app.web.console.desk.desk import WRONG_CODE, CodeRefused, Desk, Faults
from app.web.console.desk.files import download
from app.web.console.desk.guards import Admin, AdminForm
from app.web.console.desk.tries import must_not_guess_codes, wrong_code
from app.web.console.desk.twice import phrase_faults, phrase_of

router = APIRouter()
PATH = f"{ROOT}/tai-khoan/khoa-goc"
OWN, OTHER, OTHERS_CODE = "ma-xac-thuc", "nguoi-hai", "ma-hai"


@dataclass
class OtherRefused(Exception):
    """The second person's code was wrong."""

    who: Account


@router.api_route(PATH, methods=LOOK)
def show(desk: Admin) -> Response:
    return _page(desk)


def _page(desk: Desk, faults: Faults | None = None, other: str = "") -> Response:
    with desk.db.reading() as session:
        others = _others(desk, session)
    values: dict[str, object] = {
        "path": PATH,
        "back": f"{ROOT}/tai-khoan",
        "phrase": recovery.SHORTEST_PHRASE,
        "others": others,
        "other": other,
        "faults": faults or [],
        "bad": [field for _words, field in faults or []],
    }
    status = 422 if faults else 200
    return desk.page("console/master-key.html", values, section="accounts", status=status)


def _others(desk: Desk, session: Session) -> list[Account]:
    """Who else can put in a code."""
    return [
        each
        for each in accounts.everyone(session)
        if each.id != desk.staff.id
        and each.has_second_factor
        and not each.roles.isdisjoint((ADMIN, OFFICER))
    ]


@router.post(PATH)
def make(form: AdminForm) -> Response:
    """The copy as a file, once both codes are right."""
    typed = form.value(OTHER)
    if faults := phrase_faults(form.posts):
        return _page(form, faults, typed)
    try:
        with form.db.transaction() as session:
            accounts.take_turn(session)
            accounts.must_be_whole(session)
            now = form.db.now(session)
            form.must_confirm(session, now)
            second = _second(form, session, now)
            form.note(session, now, "keys.copy", **({"confirmed": second} if second else {}))
    except CodeRefused:
        return _page(form, [(WRONG_CODE, OWN)], typed)
    except OtherRefused as refused:
        _tell(form, refused.who)
        return _page(form, [(WRONG_CODE, OTHERS_CODE)], typed)
    except LookupError:
        words = _("Không có người quản trị hay chuyên viên nào khác ở địa chỉ này.")
        return _page(form, [(words, OTHER)], typed)
    # It takes its time on purpose, and nobody has to wait for that.
    copy = recovery.copy_of_master(form.keys, phrase_of(form.posts))
    return download(copy.encode(), "phieu-khoa-goc.json", "application/json")


def _second(form: AdminForm, session: Session, now: datetime) -> str:
    """How the log names the second person; empty where there is none.

    Raises LookupError for an address of nobody, OtherRefused, TooManyTries.
    """
    others = _others(form, session)
    if not others:
        return ""
    wanted = email_key(form.value(OTHER))
    found = [each for each in others if email_key(each.email) == wanted]
    if not found:
        raise LookupError
    (other,), code = found, form.value(OTHERS_CODE)
    must_not_guess_codes(form.house, session, other.id, guesses.DEED, code, now)
    if not staff.confirm(session, form.keys, other.id, code, now):
        raise OtherRefused(other)
    return other.who


def _tell(form: AdminForm, other: Account) -> None:
    """Count the wrong code where it was typed for: nobody guesses another one's here either."""
    wrong_code(form.house, other.id, guesses.DEED)
    with form.db.transaction() as session:
        now = form.db.now(session)
        if guesses.wrong(session, other.id, guesses.DEED, now) <= guesses.MOST:
            chain.note(session, form.keys, now, other.who, "account.code")
