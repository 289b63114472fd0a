"""Posted forms: from our own pages, of a sane size, and readable.

Whatever is wrong is a `FormRefused` with a status, a sentence and a remedy, and nothing is stored.
"""

from typing import Annotated
from urllib.parse import parse_qsl, urlsplit

from fastapi import Depends, Request

from app.language import _
from app.web.faults import Refused
from app.web.house import house_of

# The largest page has some thousand radio groups or a few comments; the rest is room.
LARGEST_BODY = 1024 * 1024
MOST_FIELDS = 10_000
Fields = list[tuple[str, str]]
RELOAD = _("Tải lại trang rồi điền lại. Chưa có gì của lần gửi này được lưu.")


class FormRefused(Refused):
    """A form that cannot be taken; what to say of it."""


async def from_here(request: Request) -> None:
    """The guard of every form: it was not sent by another site's page."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        refused = site not in ("same-origin", "none")
    else:
        origin = request.headers.get("origin")
        refused = origin is not None and origin not in _our_origins(request)
    if refused:
        raise FormRefused(
            403,
            _("Biểu mẫu này được gửi từ một trang khác"),
            _("Mở lại đường dẫn trong thư mời rồi làm tiếp ở đó."),
        )


def _our_origins(request: Request) -> tuple[str, str]:
    base = urlsplit(house_of(request).settings.base_url)
    host = request.headers.get("host", "")
    return f"{base.scheme}://{base.netloc}", f"{request.url.scheme}://{host}"


async def plain_fields(request: Request) -> Fields:
    """The fields of a form that needs no ticket."""
    await from_here(request)
    return await read_fields(request)


async def read_fields(request: Request, largest: int = LARGEST_BODY) -> Fields:
    """The body as fields in their order. Raises FormRefused."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise _unreadable(415)
    body = await _body(request, largest)
    try:
        return parse_qsl(
            body.decode(), keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS
        )
    except ValueError as error:
        raise _unreadable(422) from error


async def _body(request: Request, largest: int) -> bytes:
    length = request.headers.get("content-length", "0")
    if not length.isdecimal() or int(length) > largest:
        raise _too_large()
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > largest:
            raise _too_large()
        parts.append(part)
    return b"".join(parts)


def _too_large() -> FormRefused:
    return FormRefused(
        413,
        _("Biểu mẫu gửi lên quá lớn"),
        _("Tải lại trang, điền ngắn hơn rồi gửi lại. Chưa có gì của lần gửi này được lưu."),
    )


def _unreadable(status: int) -> FormRefused:
    return FormRefused(
        status,
        _("Không đọc được biểu mẫu vừa gửi"),
        RELOAD,
    )


PlainForm = Annotated[Fields, Depends(plain_fields)]
FromHere = Depends(from_here)
