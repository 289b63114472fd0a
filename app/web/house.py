"""What an app was made of, and what it knows of who asks: the cookie of a ballot, wrong tries.

A handler finds everything it needs in the `House` of its app.
"""

from dataclasses import dataclass, field

from fastapi import Request
from starlette.responses import Response

from app.keys.keyfile import KeyFile
from app.keys.tokens import BallotName
from app.settings import Settings
from app.store.db import Database
from app.store.upkeep import Seen
from app.web.limits import Limits
from app.webhooks.networks import Outside
from app.worker.returns import Returns
from app.worker.sending import Worker


@dataclass(frozen=True)
class House:
    """What an app was made of."""

    settings: Settings
    db: Database
    keys: KeyFile
    worker: Worker | None = None  # the sender of this process, if it has one
    returns: Returns | None = None  # what reads there the letters that came back
    outside: Outside = field(default_factory=Outside)  # where other programs are told
    looks: dict[str, float] = field(default_factory=dict)  # when what works by the clock last did
    limits: Limits = field(init=False)
    upkeep: Seen = field(init=False)  # whether somebody works on the installation

    def __post_init__(self) -> None:
        object.__setattr__(self, "limits", Limits(self.db, self.keys))
        object.__setattr__(self, "upkeep", Seen(self.db))

    @property
    def cookie(self) -> str:
        # A browser takes a __Host- cookie from this very host and over https alone.
        return "__Host-phieu" if self.settings.is_https else "phieu"

    def link(self, ballot: BallotName) -> str:
        """The path of a ballot's link."""
        return f"/p/{self.keys.tokens.link(ballot)}"


def house_of(request: Request) -> House:
    house: House = request.app.state.house
    return house


def named(request: Request) -> BallotName | None:
    """The ballot that this browser's cookie names."""
    house = house_of(request)
    value = request.cookies.get(house.cookie)
    return None if value is None else house.keys.tokens.read_cookie(value)


def set_cookie(response: Response, house: House, ballot: BallotName) -> Response:
    response.set_cookie(
        house.cookie,
        house.keys.tokens.cookie(ballot),
        path="/",
        secure=house.settings.is_https,
        httponly=True,
        samesite="lax",
    )
    return response


def wrong(request: Request) -> bool:
    """Note a wrong link or code; True when its address had too many within a minute.

    Not for use inside a transaction.
    """
    address = request.client.host if request.client else ""
    return house_of(request).limits.links.wrong(address)
