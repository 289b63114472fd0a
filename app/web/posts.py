"""What a form with files sends: fields and files, of a sane size, from our own page."""

import re
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass, field
from typing import Annotated, cast

from anyio import to_thread
from fastapi import Depends, Request
from python_multipart.multipart import parse_options_header
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from app.language import _
from app.store.upkeep import ReadOnly
from app.web.forms import Fields, FormRefused, from_here, read_fields
from app.web.house import house_of

LARGEST_UPLOAD = 10 * 1024 * 1024
# Fields and boundaries around the file.
AROUND = 256 * 1024
MOST_FIELDS = 2_000
LARGEST_OF_STRANGERS = 64 * 1024


class FileTooLarge(FormRefused):
    """What somebody may well choose, and what is no fault of the form."""


@dataclass(frozen=True)
class Upload:
    """A file as the browser sent it; its name is only what a person reads."""

    name: str
    data: bytes


@dataclass(frozen=True)
class Posts:
    """The fields of a form in their order, and its files."""

    fields: list[tuple[str, str]]
    uploads: dict[str, Upload] = field(default_factory=dict)

    def value(self, name: str) -> str:
        return next((value for found, value in self.fields if found == name), "").strip()

    def raw(self, name: str) -> str:
        """A field as it was typed, spaces and all: a password."""
        return next((value for found, value in self.fields if found == name), "")

    def values(self, name: str) -> list[str]:
        return [value for found, value in self.fields if found == name]

    def number(self, name: str) -> int:
        """The key of a row that a field names; 0, which no row has, when it names none."""
        value = self.value(name)
        return int(value) if re.fullmatch("[0-9]{1,9}", value) else 0

    def has(self, name: str) -> bool:
        return any(found == name for found, _value in self.fields)


async def posts(request: Request) -> Posts:
    """Read a form of somebody who has a right to be here. Raises FormRefused."""
    return await posts_up_to(request, LARGEST_UPLOAD)


async def posts_up_to(request: Request, largest: int) -> Posts:
    """The same, with files of at most `largest` bytes."""
    await from_here(request)
    # A body can be read once; the queue for passwords asks for it too, and whoever tells that
    # nothing may be written now and gives back what was typed.
    request.state.posts = await _read(request, largest)
    await _must_be_open(request)
    return cast(Posts, request.state.posts)


async def _read(request: Request, largest: int) -> Posts:
    kind, options = parse_options_header(request.headers.get("content-type"))
    if kind != b"multipart/form-data":
        return _plain(await read_fields(request))
    if options.get(b"charset", b"utf-8").lower() != b"utf-8":
        # Our pages send no other, and some of what Python can read is a program.
        raise FormRefused(415, _("Không đọc được tệp vừa gửi lên"), TRY_FILE_AGAIN)
    length = request.headers.get("content-length", "")
    if not length.isdecimal() or len(length) > 15:
        raise FormRefused(411, _("Tệp gửi lên không nói rõ độ lớn"), TRY_FILE_AGAIN)
    if int(length) > largest + AROUND:
        raise _too_large(largest)
    parser = MultiPartParser(
        request.headers,
        _no_more(request.stream(), largest),
        max_files=1,
        max_fields=MOST_FIELDS,
        max_part_size=largest,
    )
    try:
        form = await parser.parse()
    except (MultiPartException, UnicodeError, KeyError) as error:
        raise FormRefused(422, _("Không đọc được tệp vừa gửi lên"), TRY_FILE_AGAIN) from error
    try:
        return await _kept(form, largest)
    finally:
        await form.close()


async def strangers_posts(request: Request) -> Posts:
    """Read a form of anybody: a few short fields and no file, unless it has been read as somebody's
    with a session. Raises FormRefused."""
    read: Posts | None = getattr(request.state, "posts", None)
    if read is not None:
        return read
    await from_here(request)
    await _must_be_open(request)
    return _plain(await read_fields(request, LARGEST_OF_STRANGERS))


async def _must_be_open(request: Request) -> None:
    """Refuse before anything is looked at while nothing may be written: a password that is right
    would else be told from a wrong one by where it is refused. Raises ReadOnly."""
    standing = await to_thread.run_sync(house_of(request).upkeep)
    if standing is not None:
        raise ReadOnly(standing)


def _plain(fields: Fields) -> Posts:
    return Posts([(name, _kept_text(value)) for name, value in fields])


async def _no_more(stream: AsyncIterator[bytes], largest: int) -> AsyncGenerator[bytes, None]:
    """A body, cut off where it is longer than any upload, whatever its length was said to be."""
    size = 0
    async for part in stream:
        size += len(part)
        if size > largest + AROUND:
            raise _too_large(largest)
        yield part


async def _kept(form: FormData, largest: int) -> Posts:
    fields, uploads = [], {}
    for name, value in form.multi_items():
        if not isinstance(value, UploadFile):
            fields.append((name, _kept_text(value)))
        elif value.filename:
            data = await value.read()
            if len(data) > largest:
                raise _too_large(largest)
            uploads[name] = Upload(_shown_name(value.filename), data)
    return Posts(fields, uploads)


def _kept_text(value: str) -> str:
    # PostgreSQL keeps no such sign, and nobody types it.
    return value.replace("\0", "")


TRY_FILE_AGAIN = _("Tải lại trang, chọn lại tệp rồi gửi. Chưa có gì của lần gửi này được lưu.")


def _too_large(largest: int) -> FileTooLarge:
    return FileTooLarge(
        413,
        _("Tệp gửi lên lớn hơn {size} MB").format(size=largest // 1024**2),
        _(
            "Bỏ các trang tính, ảnh và cột không cần, lưu lại rồi gửi tệp nhỏ hơn. Chưa có gì của"
            " lần gửi này được lưu."
        ),
    )


def _shown_name(name: str) -> str:
    """The last part of a path, without controls."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(sign for sign in last if sign.isprintable())[-120:]


# Before there is a session.
PostsOf = Annotated[Posts, Depends(strangers_posts)]
