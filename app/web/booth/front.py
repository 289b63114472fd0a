"""What needs no open ballot: access code, letter again, receipt look-up, no more reminders."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.ballots import ballot as ballots
from app.ballots import enquiries
from app.ballots.ballot import LinkUnknown
from app.count import tallies
from app.keys.copied import LINK, MOST_SIGNS, link_in, link_token, strange_signs, tidy
from app.keys.tokens import CODE_SIGNS, BallotName
from app.language import _
from app.text.cleaning import address_fault, email_key
from app.web.booth.faults import draw, newest_index
from app.web.faults import TOO_OFTEN
from app.web.forms import Fields, PlainForm
from app.web.pages import House, Letterhead, house_of, page, see, wrong

router = APIRouter()
LOOK = ["GET", "HEAD"]


@router.api_route("/", methods=LOOK)
def front(request: Request) -> Response:
    return front_page(request)


def front_page(
    request: Request, code_fault: str = "", address_fault: str = "", typed: str = ""
) -> Response:
    values = {
        "head": Letterhead.of(newest_index(request)),
        "code_fault": code_fault,
        "address_fault": address_fault,
        "typed": typed,
    }
    faulty = code_fault or address_fault
    return page("ballot/front.html", values, 422 if faulty else 200)


def _value(fields: Fields, name: str) -> str:
    return next((value for field, value in fields if field == name), "").strip()[:MOST_SIGNS]


@router.post("/ma")
def open_by_code(request: Request, fields: PlainForm) -> Response:
    """From an access code to the ballot's link; from a link that was pasted here, too."""
    house = house_of(request)
    typed = _value(fields, "ma")
    link = link_in(typed)
    if link is not None and house.keys.tokens.read_link(link) is not None:
        return see(f"/p/{link}")
    code = tidy(typed)
    if code is not None:
        try:
            with house.db.reading() as session:
                ballot = ballots.find_by_code(session, house.keys.tokens.code_mac(code))
            return see(house.link(ballot.name))
        except LinkUnknown:
            pass
    if wrong(request):
        return draw(request, TOO_OFTEN)
    return front_page(request, code_fault=_code_fault(code, typed), typed=typed)


def _code_fault(code: str | None, typed: str) -> str:
    """Why a typed access code opens nothing."""
    if code is None and (strange := strange_signs(typed)):
        return _strange(strange)
    if code or len(typed) >= CODE_SIGNS:
        return _("Mã truy cập này không đúng. Xin đối chiếu từng chữ với mã trong thư mới nhất.")
    return _("Mã truy cập có 16 chữ và số, ví dụ XXXX-XXXX-XXXX-XXXX. Xin nhập đủ.")


def _strange(signs: list[str]) -> str:
    words = _("Trong mã không bao giờ có ký tự {signs}. Xin đối chiếu lại từng chữ với mã đã nhận.")
    return words.format(signs=", ".join(f"“{sign}”" for sign in signs))


@router.post("/gui-lai")
def letter_again(request: Request, fields: PlainForm) -> Response:
    """Ask for the letter again; the answer is the same whoever asks for whatever address, and so is
    all that is done before it."""
    house = house_of(request)
    typed = _value(fields, "thu")
    fault = address_fault(typed)
    if fault is not None:
        return front_page(request, address_fault=fault, typed=typed)
    house.limits.asked.add(email_key(typed))
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


@router.api_route("/tra-cuu", methods=LOOK)
def ask_receipt(request: Request) -> Response:
    return receipt_form(request)


def receipt_form(request: Request, fault: str = "", typed: str = "") -> Response:
    values = {"head": Letterhead.of(newest_index(request)), "fault": fault, "typed": typed}
    return page("ballot/lookup.html", values, 422 if fault else 200)


@router.post("/tra-cuu")
def look_up_receipt(request: Request, fields: PlainForm) -> Response:
    """Whether a receipt was counted. As long as an urn is sealed, nobody can know."""
    house = house_of(request)
    typed = _value(fields, "bien-nhan")
    receipt = tidy(typed)
    if receipt is None:
        if wrong(request):
            return draw(request, TOO_OFTEN)
        strange = strange_signs(typed)
        fault = _("Mã biên nhận không đúng. Xin đối chiếu từng chữ với mã đã nhận khi gửi phiếu.")
        return receipt_form(request, _strange(strange) if strange else fault, typed)
    with house.db.reading() as session:
        counted = tallies.is_counted(session, receipt)
        sealed = [] if counted else enquiries.sealed_waves(session)
    # As long as an urn is sealed it may be right.
    if not counted and not sealed and wrong(request):
        return draw(request, TOO_OFTEN)
    values = {
        "head": Letterhead.of(newest_index(request)),
        "receipt": receipt,
        "counted": counted,
        "sealed": sealed,
    }
    return page("ballot/found.html", values)


@router.api_route("/khong-nhac/{token}", methods=LOOK)
def ask_quiet(request: Request, token: str) -> Response:
    house = house_of(request)
    if (meant := link_token(token)) != token:
        return see(f"/khong-nhac/{meant}")
    name = _quiet(house, token)
    with house.db.reading() as session:
        if not enquiries.has_ballot(session, name):
            raise LinkUnknown
    return page("ballot/quiet.html", {"head": Letterhead.of(newest_index(request))})


@router.api_route("/khong-nhac/{token}/{_behind:path}", methods=LOOK)
def ask_quiet_before_slash(token: str) -> Response:
    """A link that something stands behind."""
    meant = link_token(token)
    if not LINK.fullmatch(meant):
        raise LinkUnknown
    return see(f"/khong-nhac/{meant}")


@router.post("/khong-nhac/{token}")
def be_quiet(request: Request, token: str) -> Response:
    """No more reminders. Mail programs post here by themselves, so that no other site's post
    could do harm that the link alone does not allow."""
    house = house_of(request)
    name = _quiet(house, token)
    with house.db.transaction() as session:
        if not enquiries.stop_reminders(session, name):
            raise LinkUnknown
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


def said(request: Request, title: str, lines: list[str]) -> Response:
    values = {"head": Letterhead.of(newest_index(request)), "title": title, "lines": lines}
    return page("ballot/said.html", values)
