"""Who asks: the guards of the addresses for programs, and what a key may do."""

from typing import Annotated

from fastapi import Depends, Request

from app.language import _
from app.staff import connections
from app.staff.connections import Issued
from app.web.faults import Refused
from app.web.house import house_of, wrong

BEARER = 'Bearer realm="phieu"'


def caller(request: Request) -> Issued:
    """The guard: a live key of connection whose time is not over. Only wrong
    keys are counted, a right one always passes.

    Raises Refused.
    """
    scheme, _space, key = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        raise Refused(
            401,
            _("Chưa gửi khóa kết nối."),
            _(
                "Gửi khóa ở tiêu đề Authorization, dạng “Bearer KHÓA”. Khóa do chuyên viên tạo ở"
                " trang quản trị, mục Xuất báo cáo."
            ),
            headers={"WWW-Authenticate": BEARER},
        )
    house = house_of(request)
    with house.db.reading() as session:
        found = connections.presented(session, key.strip())
        is_over = found is not None and found.grant.is_over(house.db.now(session))
    if found is not None and not is_over:
        house.limits.used.add(found.id)
        return found
    if found is None and wrong(request):
        raise Refused(
            429,
            _("Có quá nhiều lần gửi sai khóa từ mạng này."),
            _("Đợi một phút rồi thử lại. Khóa kết nối đúng thì lúc nào cũng được nhận."),
            headers={"Retry-After": "60"},
        )
    raise Refused(
        401,
        _("Khóa kết nối đã hết hạn.") if is_over else _("Khóa kết nối không đúng hoặc đã thu hồi."),
        _("Xem lại khóa đã chép đủ chưa, hoặc nhờ chuyên viên tạo khóa mới."),
        headers={"WWW-Authenticate": f'{BEARER}, error="invalid_token"'},
    )


def reader(code: str, key: Annotated[Issued, Depends(caller)]) -> Issued:
    """The guard of a wave: a key that covers it. What a key does not cover is refused whether it is
    there or not. Raises Refused."""
    if not key.grant.covers(code):
        raise beyond()
    return key


def writer(key: Annotated[Issued, Depends(reader)]) -> Issued:
    """The guard of what changes something. Raises Refused."""
    if not key.grant.may_write:
        raise _beyond(
            _("Khóa này chỉ để đọc."),
            _("Nhờ chuyên viên tạo khóa được gửi điểm thẩm định."),
        )
    return key


def beyond() -> Refused:
    """A wave that a key does not cover, whether it is there or not."""
    return _beyond(
        _("Khóa này không được dùng cho đợt ấy."),
        _("Nhờ chuyên viên tạo khóa cho đợt ấy, hoặc cho mọi đợt."),
    )


def _beyond(title: str, remedy: str) -> Refused:
    header = f'{BEARER}, error="insufficient_scope"'
    return Refused(403, title, remedy, headers={"WWW-Authenticate": header})


AnyKey = Annotated[Issued, Depends(caller)]
WaveKey = Annotated[Issued, Depends(reader)]
WriteKey = Annotated[Issued, Depends(writer)]
HasKey = Depends(reader)
MayWrite = Depends(writer)
