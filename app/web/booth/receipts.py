"""Whether a receipt was counted."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.ballots import enquiries
from app.count import tallies
from app.keys.copied import strange_signs, tidy
from app.language import _
from app.web.booth.faults import draw
from app.web.booth.front import strange_words, value_of
from app.web.booth.letterhead import letterhead
from app.web.booth.opened import LOOK
from app.web.booth.returned import kept_text, send_back
from app.web.faults import TOO_OFTEN
from app.web.forms import PlainForm
from app.web.house import house_of, wrong
from app.web.pages import page, see

router = APIRouter()


@router.api_route("/tra-cuu", methods=LOOK)
def ask_receipt(request: Request) -> Response:
    typed = kept_text(request, "bien-nhan")
    values = {
        "head": letterhead(request),
        "fault": "" if typed is None else _fault(typed),
        "typed": typed or "",
    }
    return page("ballot/lookup.html", values)


def _fault(typed: str) -> str:
    """Why a text is no receipt."""
    if strange := strange_signs(typed):
        return strange_words(strange)
    return _("Mã biên nhận không đúng. Xin đối chiếu từng chữ với mã đã nhận khi gửi phiếu.")


@router.post("/tra-cuu")
def look_up_receipt(request: Request, fields: PlainForm) -> Response:
    """Whether a receipt was counted. As long as an urn is sealed, nobody can know."""
    house = house_of(request)
    typed = value_of(fields, "bien-nhan")
    receipt = tidy(typed)
    if receipt is None:
        if wrong(request):
            return draw(request, TOO_OFTEN)
        return send_back(request, "/tra-cuu", "bien-nhan", typed.encode())
    with house.db.reading() as session:
        counted = tallies.is_counted(session, receipt)
        sealed = [] if counted else enquiries.sealed_waves(session)
    # As long as an urn is sealed it may be right.
    if not counted and not sealed and wrong(request):
        return draw(request, TOO_OFTEN)
    return send_back(request, "/tra-cuu/ket-qua", "tra-cuu", receipt.encode())


@router.api_route("/tra-cuu/ket-qua", methods=LOOK)
def show_receipt(request: Request) -> Response:
    """What was found of the receipt that this browser looked up; its code is in no address."""
    receipt = kept_text(request, "tra-cuu")
    if receipt is None:
        return see("/tra-cuu")
    with house_of(request).db.reading() as session:
        counted = tallies.is_counted(session, receipt)
        sealed = [] if counted else enquiries.sealed_waves(session)
    values = {
        "head": letterhead(request),
        "receipt": receipt,
        "counted": counted,
        "sealed": sealed,
    }
    return page("ballot/found.html", values)
