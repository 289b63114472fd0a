"""What an account is held to: name, address, roles, password, second factor, whether it was
removed.

The key file has a slot for each account with a MAC over these, and with name, address and roles
themselves, so that an account whose row says otherwise is named, and set right, by what it was. A
row that differs is *altered*; so is one that the key file does not know, and one that is gone. Such
an account signs in nobody, counts for nothing and gets no letter. Since the key file knows the
state in force, and not the row alone, an earlier row that is put back is noticed too.

`totp_step` is held to nothing: set back, it lets a code of the last minute and a half pass a second
time, and no more than that.
"""

import logging
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy import func, insert, select, update
from sqlmodel import Session, col

from app.bonds import macs, pledges
from app.keys.guard import keys_of
from app.keys.keyfile import Altered, KeyFile
from app.language import _
from app.store.staffmodels import Staff
from app.text.cleaning import clean, email_key

log = logging.getLogger("phieu.accounts")
SLOTS = "accounts"
# What a query has to read for `is_sound`.
COLUMNS = (
    col(Staff.id),
    col(Staff.name),
    col(Staff.email),
    col(Staff.email_key),
    col(Staff.roles),
    col(Staff.password_hash),
    col(Staff.totp_sealed),
    col(Staff.totp_confirmed_at),
    col(Staff.removed_at),
)


class AccountAltered(Exception):
    """The row of an account is not as this program left it; the text says what to do."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "Tài khoản này đã bị sửa ngoài hệ thống: có người ghi thẳng vào cơ sở dữ liệu, hoặc"
                " cơ sở dữ liệu hay tệp khóa được chép lại từ bản cũ. Chưa làm gì. Báo người quản"
                " trị máy chủ; người quản trị tài khoản đặt lại hoặc xóa tài khoản này ở trang Tài"
                " khoản."
            )
        )


def said_by(keys: KeyFile, row: Any) -> dict[str, Any]:
    """What a row of COLUMNS says, as the key file keeps it."""
    removed = row.removed_at is not None
    made = macs.mac(keys.derived("accounts"), "account", *(row[: len(COLUMNS)]))
    known = {"name": row.name, "email": row.email, "roles": row.roles, "removed": removed}
    return {"mac": made.hex(), **known}


def is_sound(keys: KeyFile, row: Any) -> bool:
    """Whether an account is as this program left it. `row` begins with COLUMNS."""
    said, accepted = said_by(keys, row), keys.accepted(SLOTS, str(row.id))
    if said in accepted:
        return True
    _tell(keys, row.id, said)
    return False


def _tell(keys: KeyFile, staff_id: int, said: Mapping[str, Any]) -> None:
    """A line of the program's log: one for each state of a row and of the key file."""
    words = "the account %d differs from what the key file knows of it"
    keys.worked_out(("told", staff_id, said["mac"]), lambda _content: log.error(words, staff_id))


def known(keys: KeyFile) -> dict[int, Mapping[str, Any]]:
    """What the key file knows of each account, removed ones too, by id."""
    found = {}
    for id_, slot in (keys.slot(SLOTS) or {}).items():
        value = slot.get("next") or slot["now"]
        if value is not None:
            found[int(id_)] = value
    return found


def look(session: Session, staff_id: int) -> Any:
    """The row of an account; None when there is none."""
    query = select(*COLUMNS).where(col(Staff.id) == staff_id)
    return session.connection().execute(query).first()


def found(session: Session, staff_id: int) -> Any:
    """The same, held until the commit."""
    query = select(*COLUMNS).where(col(Staff.id) == staff_id).with_for_update()
    return session.connection().execute(query).first()


def new(session: Session, name: str, email: str, roles: str, now: datetime, hash_: str) -> int:
    """A new account. The caller has the turn of the accounts (`accounts.take_turn`)."""
    keys = keys_of(session)
    # An account that is gone keeps its number: what the key file knows of it is not another's.
    ids = session.connection().execute(select(col(Staff.id))).scalars()
    slots = {int(id_) for id_ in keys.slot(SLOTS) or {}}
    taken, staff_id = {*ids, *slots}, max(slots, default=0) + 1
    while staff_id in taken:
        staff_id += 1
    row = {
        "id": staff_id,
        "name": clean(name),
        "email": clean(email),
        "email_key": email_key(email),
        "roles": roles,
        "password_hash": hash_,
        "created_at": now,
    }
    session.connection().execute(insert(Staff), [row])
    said = said_by(keys, found(session, staff_id))
    pledges.pledge(session, keys, (SLOTS, str(staff_id)), None, said)
    return staff_id


def change(session: Session, staff_id: int, **values: object) -> None:
    """Change an account, and hold it to that. Raises AccountAltered: nothing is built on a row that
    somebody has altered."""
    keys, before = keys_of(session), found(session, staff_id)
    if before is None or not is_sound(keys, before):
        raise AccountAltered
    _write(session, staff_id, values)
    path, said = (SLOTS, str(staff_id)), said_by(keys, found(session, staff_id))
    try:
        pledges.pledge(session, keys, path, said_by(keys, before), said)
    except Altered as error:
        raise AccountAltered from error


def is_altered(session: Session, staff_id: int) -> bool:
    """Whether an account is not as this program left it, unknown or gone."""
    row = found(session, staff_id)
    return row is None or not is_sound(keys_of(session), row)


def set_right(session: Session, staff_id: int, **values: object) -> None:
    """Make an altered account what the key file knows it to be, but for `values`.

    Name, address and roles come from the key file, never from the row: else whoever altered it
    would be invited. Of an account that the key file does not know only its end can be written
    down, with a `removed_at`; whatever address stands in it is let go.
    """
    keys, was = keys_of(session), known(keys_of(session)).get(staff_id)
    row = found(session, staff_id)
    if was is not None:
        values |= {"name": was["name"], "email": was["email"], "roles": was["roles"]}
        values["email_key"] = email_key(was["email"])
        _let_go(session, staff_id, email_key(was["email"]))
    else:
        values |= {"roles": "", "email_key": _nobodys(staff_id)}
    if row is None:
        # When it was made nobody knows any more, and nothing depends on that.
        made = {"id": staff_id, "created_at": datetime.now(UTC), **values}
        session.connection().execute(insert(Staff), [made])
    else:
        _write(session, staff_id, values)
    said = said_by(keys, found(session, staff_id))
    pledges.set_right(session, keys, (SLOTS, str(staff_id)), said)


def _let_go(session: Session, staff_id: int, key: str) -> None:
    """An address is its account's again, whatever other row was given it."""
    others = select(col(Staff.id)).where(col(Staff.email_key) == key, col(Staff.id) != staff_id)
    for id_ in session.connection().execute(others).scalars().all():
        _write(session, cast(int, id_), {"email_key": _nobodys(cast(int, id_))})


def _nobodys(staff_id: int) -> str:
    # Nobody can have written down a row with this one before.
    return f"!{staff_id}-{secrets.token_hex(8)}"


def _write(session: Session, staff_id: int, values: Mapping[str, object]) -> None:
    statement = update(Staff).where(col(Staff.id) == staff_id).values(**values)
    session.connection().execute(statement)


def any_known(session: Session) -> bool:
    """Whether there ever was an account: whoever empties the table makes no first one."""
    rows = session.connection().execute(select(func.count()).select_from(Staff)).scalar_one()
    return rows > 0 or bool(keys_of(session).slot(SLOTS))
