"""What needs no open ballot: the first page, an access code, a letter again."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.ballots import ballot as ballots
from app.ballots.ballot import LinkUnknown
from app.keys.copied import MOST_SIGNS, link_in, strange_signs, tidy
from app.keys.tokens import CODE_SIGNS
from app.language import _
from app.text.cleaning import address_fault, email_key
from app.web.booth.faults import draw
from app.web.booth.letterhead import letterhead
from app.web.booth.opened import LOOK
from app.web.booth.returned import forget, kept_text, send_back
from app.web.faults import TOO_OFTEN
from app.web.forms import Fields, PlainForm
from app.web.house import house_of, wrong
from app.web.pages import page, see

router = APIRouter()


@router.api_route("/", methods=LOOK)
def front(request: Request) -> Response:
    code, address = kept_text(request, "ma"), kept_text(request, "thu")
    values = {
        "head": letterhead(request),
        "code_fault": "" if code is None else _code_fault(tidy(code), code),
        "address_fault": "" if address is None else address_fault(address),
        "typed": code or address or "",
    }
    return page("ballot/front.html", values)


def value_of(fields: Fields, name: str) -> str:
    return next((value for field, value in fields if field == name), "").strip()[:MOST_SIGNS]


@router.post("/ma")
def open_by_code(request: Request, fields: PlainForm) -> Response:
    """From an access code to the ballot's link; from a link that was pasted here, too."""
    house = house_of(request)
    typed = value_of(fields, "ma")
    link = link_in(typed)
    if link is not None and house.keys.tokens.read_link(link) is not None:
        return forget(request, see(f"/p/{link}"))
    code = tidy(typed)
    if code is not None:
        try:
            with house.db.reading() as session:
                ballot = ballots.find_by_code(session, house.keys.tokens.code_mac(code))
            return forget(request, see(house.link(ballot.name)))
        except LinkUnknown:
            pass
    if wrong(request):
        return draw(request, TOO_OFTEN)
    return send_back(request, "/", "ma", typed.encode())


def _code_fault(code: str | None, typed: str) -> str:
    """Why a typed access code opens nothing."""
    if code is None and (strange := strange_signs(typed)):
        return strange_words(strange)
    if code or len(typed) >= CODE_SIGNS:
        return _("Mã truy cập này không đúng. Xin đối chiếu từng chữ với mã trong thư mới nhất.")
    return _("Mã truy cập có 16 chữ và số, ví dụ XXXX-XXXX-XXXX-XXXX. Xin nhập đủ.")


def strange_words(signs: list[str]) -> str:
    words = _("Trong mã không bao giờ có ký tự {signs}. Xin đối chiếu lại từng chữ với mã đã nhận.")
    return words.format(signs=", ".join(f"“{sign}”" for sign in signs))


@router.post("/gui-lai")
def letter_again(request: Request, fields: PlainForm) -> Response:
    """Ask for the letter again; the answer is the same whoever asks for whatever address, and so is
    all that is done before it."""
    house = house_of(request)
    typed = value_of(fields, "thu")
    if address_fault(typed) is not None:
        return send_back(request, "/", "thu", typed.encode())
    house.limits.asked.add(email_key(typed))
    return forget(request, see("/gui-lai"))


@router.api_route("/gui-lai", methods=LOOK)
def letter_asked(request: Request) -> Response:
    """What whoever asked for a letter again is told, whatever the address."""
    return said(
        request,
        _("Đã nhận yêu cầu"),
        [
            _(
                "Nếu địa chỉ này có trong danh sách mời của một đợt đang mở, thư sẽ đến trong ít"
                " phút."
            ),
            _("Nếu không thấy thư, xin xem cả hộp thư rác, hoặc hỏi cơ quan tổ chức."),
        ],
    )


def said(request: Request, title: str, lines: list[str]) -> Response:
    values = {"head": letterhead(request), "title": title, "lines": lines}
    return page("ballot/said.html", values)
