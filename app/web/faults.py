"""What people and programs are told when something goes wrong: what happened, and what to do next.

Every door has a table with a row for each exception, and draws what a row says as a page of its
own. A new fault is a new row. No row says more than its reader knows already: no path, no setting,
no message of a program.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from fastapi import FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response

from app.language import _
from app.store.db import DatabaseFault
from app.store.upkeep import ReadOnly
from app.web.house import house_of, wrong


@dataclass(frozen=True)
class Fault:
    """A status, what happened, what to do next; `faults` are several things that are wrong."""

    status: int
    title: str
    remedy: str
    faults: Sequence[str] = ()
    headers: Mapping[str, str] = field(default_factory=dict)


# Where the words depend on the request a row is a function; it may also lead somewhere else.
RowOf = Callable[[Request, Exception], Fault | Response]
Row = Fault | RowOf
Rows = Mapping[type[Exception], Row]


class Refused(Exception):
    """A request that is not granted, and what to say of it."""

    def __init__(
        self,
        status: int,
        title: str,
        remedy: str,
        faults: Sequence[str] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(title)
        self.fault = Fault(status, title, remedy, faults, headers or {})


TOO_OFTEN = Fault(
    429,
    _("Có quá nhiều lần thử sai từ mạng này"),
    _("Đợi một phút rồi thử lại. Đường dẫn và mã đúng thì lúc nào cũng mở được."),
)
TOO_SLOW = _("Đường truyền quá chậm, nội dung chưa tới hết. Hãy gửi lại")


def counted(unknown: Fault) -> Row:
    """A row for links that open nothing; who has too many of them hears that instead."""
    return lambda request, _error: TOO_OFTEN if wrong(request) else unknown


def by_status(said: Mapping[int, tuple[str, str]], other: tuple[str, str]) -> RowOf:
    """A row for HTTPException: title and remedy of some statuses, and of all others."""

    def row(_request: Request, error: Exception) -> Fault:
        assert isinstance(error, HTTPException)  # noqa: S101, for the type checker
        title, remedy = said.get(error.status_code, other)
        return Fault(error.status_code, title, remedy, headers=error.headers or {})

    return row


@dataclass(frozen=True)
class Door:
    """The addresses below `root`: what is said there of an exception, and how it is drawn.

    `bare` draws without asking the request, the keys or the database for anything; so are drawn
    `crash`, said of what has no row, and `too_long`, of an address or headers too long to be read.
    """

    root: str
    rows: Rows
    draw: Callable[[Request, Fault], Response]
    bare: Callable[[Fault], Response]
    crash: Fault
    too_long: Fault | None = None

    def row_of(self, error: Exception) -> Row | None:
        return next((self.rows[kind] for kind in type(error).__mro__ if kind in self.rows), None)


def upkeep(request: Request, error: Exception) -> Fault:
    """Nothing may be written: somebody works on the installation."""
    assert isinstance(error, ReadOnly)  # noqa: S101, for the type checker
    return Fault(
        503,
        error.standing.words.rstrip("."),
        _(
            "Chưa có gì của lần gửi này được lưu; những gì đã lưu trước đó vẫn còn. Xin thử lại"
            " sau."
        ),
        headers=later(request, error),
    )


def later(request: Request, refused: ReadOnly) -> dict[str, str]:
    """The header that says when to ask again."""
    db = house_of(request).db
    with db.reading() as session:
        return {"Retry-After": str(refused.standing.seconds(db.now(session)))}


# Of these every door says the same.
COMMON: Rows = {
    ReadOnly: upkeep,
    Refused: lambda _request, error: error.fault,  # type: ignore[attr-defined]
    # The browser left in the middle of an upload; nobody reads this.
    ClientDisconnect: lambda _request, _error: Response(status_code=400),
}


class Doors:
    """All doors of an app. The last one has every address that is of no other, and speaks where
    another one has no words of its own."""

    def __init__(self, *doors: Door) -> None:
        self.doors = doors

    def install(self, app: FastAPI) -> None:
        """Give the app an answer to every exception that has a row."""
        for fault in dict.fromkeys(fault for door in self.doors for fault in door.rows):
            app.add_exception_handler(fault, self.answer)

    def of(self, request: Request) -> Door:
        path = f"{request.url.path}/"
        return next(each for each in self.doors if path.startswith(f"{each.root}/"))

    def answer(self, request: Request, error: Exception) -> Response:
        """What the rows say of an exception, drawn. Raises it again where there is none."""
        for door in (self.of(request), self.doors[-1]):
            row = door.row_of(error)
            if row is not None:
                found = row if isinstance(row, Fault) else row(request, error)
                if isinstance(found, Response):
                    return found
                return _with_headers(door.draw(request, found), found)
        raise error

    async def last_resort(self, request: Request, error: Exception) -> Response:
        """What a crash shows. 503 when the database is the reason: later it goes on."""
        door = self.of(request)
        status = 503 if isinstance(error, DatabaseFault) else 500
        return door.bare(replace(door.crash, status=status))

    def too_long(self, request: Request, status: int) -> Response:
        """What is said of an address or headers too long to be read; nothing of them is looked at,
        so that mostly nobody knows whose request it is."""
        for door in (self.of(request), self.doors[-1]):
            if door.too_long is not None:
                return door.bare(replace(door.too_long, status=status))
        raise LookupError(status)


def _with_headers(response: Response, fault: Fault) -> Response:
    for name, value in fault.headers.items():
        response.headers[name] = value
    return response
