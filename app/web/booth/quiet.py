"""No more reminders: where that link of a letter leads."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.ballots import enquiries
from app.ballots.ballot import LinkUnknown
from app.keys.copied import link_token
from app.keys.tokens import BallotName
from app.language import _
from app.web.booth.front import said
from app.web.booth.letterhead import letterhead
from app.web.booth.opened import LOOK
from app.web.house import House, house_of
from app.web.pages import page, see

router = APIRouter()


@router.api_route("/khong-nhac/{token}", methods=LOOK)
def ask_quiet(request: Request, token: str) -> Response:
    house = house_of(request)
    if (meant := link_token(token)) != token:
        return see(f"/khong-nhac/{meant}")
    name = _quiet(house, token)
    with house.db.reading() as session:
        quiet = enquiries.is_quiet(session, name)
    if quiet is None:
        raise LinkUnknown
    if quiet:
        return _done(request)
    return page("ballot/quiet.html", {"head": letterhead(request)})


@router.post("/khong-nhac/{token}")
def be_quiet(request: Request, token: str) -> Response:
    """No more reminders. Mail programs post here by themselves, so that no other site's post
    could do harm that the link alone does not allow; to them it is not answered by a redirection
    (RFC 8058), to a person's browser it is, so that Back and reload work."""
    house = house_of(request)
    name = _quiet(house, token)
    with house.db.transaction() as session:
        if not enquiries.stop_reminders(session, name):
            raise LinkUnknown
    # The form of our page has no fields.
    if request.headers.get("content-length") != "0":
        return _done(request)
    return see(f"/khong-nhac/{token}")


def _done(request: Request) -> Response:
    return said(
        request,
        _("Ông/Bà sẽ không nhận thư nhắc nữa"),
        [_("Đường dẫn mở phiếu trong thư mời vẫn dùng được đến hạn gửi.")],
    )


def _quiet(house: House, token: str) -> BallotName:
    name = house.keys.tokens.read_no_reminders(link_token(token))
    if name is None:
        raise LinkUnknown
    return name
