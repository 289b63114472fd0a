"""The forms of a ballot: for the ballot of the cookie, with the ticket of their page."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from app.ballots.saving import TICKET, WAY
from app.keys.tokens import BallotName
from app.language import _
from app.web.forms import Fields, FormRefused, from_here, read_fields
from app.web.house import house_of, named


class NoBallotOpen(Exception):
    """This browser has no cookie of a ballot."""


@dataclass(frozen=True)
class Posted:
    """A form of a ballot's page: for the ballot of the cookie, drawn when the page was `seen`."""

    ballot: BallotName
    page: str
    seen: str
    fields: Fields

    @property
    def goes_back(self) -> bool:
        return (WAY, "truoc") in self.fields

    @property
    def takes_stored(self) -> bool:
        return (WAY, "ban-kia") in self.fields


async def guest(request: Request) -> BallotName:
    """The guard of every page of a ballot: the cookie. Raises NoBallotOpen."""
    ballot = named(request)
    if ballot is None:
        raise NoBallotOpen
    return ballot


async def posted(request: Request) -> Posted:
    """The guard of every form of a ballot: origin, cookie, size, ticket."""
    await from_here(request)
    ballot = await guest(request)
    fields = await read_fields(request)
    tickets = {value for name, value in fields if name == TICKET}
    ticket = house_of(request).keys.tokens.read_ticket(tickets.pop()) if len(tickets) == 1 else None
    if ticket is None:
        raise FormRefused(
            403,
            _("Biểu mẫu này không còn dùng được"),
            _("Tải lại trang rồi điền lại. Những gì đã lưu trước đó vẫn còn."),
        )
    owner, page, seen = ticket
    if owner != ballot:
        raise FormRefused(
            409,
            _("Biểu mẫu này thuộc một phiếu khác"),
            _(
                "Trình duyệt này vừa mở phiếu khác, nên câu trả lời vừa gửi chưa được lưu. Mở lại"
                " đường dẫn trong thư mời của đúng phiếu rồi điền lại trang ấy."
            ),
        )
    return Posted(ballot, page, seen, fields)


Guest = Annotated[BallotName, Depends(guest)]
Form = Annotated[Posted, Depends(posted)]
