"""The pages of a trustee served by themselves, with what the routes of the program would say: for
tests of what a browser does on them."""

import hashlib
import json
import os
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC
from fastapi import FastAPI, Request
from starlette.middleware.base import RequestResponseEndpoint
from starlette.responses import HTMLResponse, JSONResponse, Response

from app.index.parts import Organiser
from app.keys.tokens import ALPHABET, check_sign
from app.keys.urn import SUITE
from app.web import assets
from app.web.booth.letterhead import Letterhead
from app.web.frame import Frame
from app.web.meters import Meters
from app.web.pages import page
from tests.making.booths import served
from tests.making.eye import offer_axe

WAVE, PLACE, INDEX = "lai-chau-2022", 2, "sha256:" + "ab" * 32
# A phrase, and the signs of it that make the key.
PHRASE = "BCDFG-HJKLM-NPQRS-TVXZM"
SIGNS = PHRASE.replace("-", "")[:-1]


def key_of(signs: str, wave: str = WAVE) -> X25519PrivateKey:
    salt = b"phieu trustee 1\0" + wave.encode()
    secret = PBKDF2HMAC(hashes.SHA256(), 32, salt, 600_000).derive(signs.encode())
    return X25519PrivateKey.from_private_bytes(secret)


def print_of(key: bytes) -> str:
    value = int.from_bytes(hashlib.sha256(key).digest()[:16], "big")
    digits = [value // 27**place % 27 for place in range(15)]
    signs = "".join(ALPHABET[digit] for digit in digits) + check_sign(digits)
    return "-".join(signs[at : at + 4] for at in range(0, 16, 4))


def given(
    key: X25519PrivateKey, number: int, trial: bool = False
) -> tuple[dict[str, Any], list[str]]:
    """A file of that many rows to open, and the shares in it in base64."""
    label = "phieu trial 1" if trial else "phieu share 1"
    info = "\0".join((label, WAVE, INDEX, str(PLACE))).encode()
    ids = sorted(os.urandom(32) for _ in range(number))
    shares = [bytes([PLACE]) + os.urandom(32) for _ in ids]
    rows = [
        {
            "id": id_.hex(),
            "sealed": b64encode(SUITE.encrypt(share, key.public_key(), info=info)).decode(),
        }
        for id_, share in zip(ids, shares, strict=True)
    ]
    head = {
        "format": "phieu.shares/1",
        "wave": WAVE,
        "index_digest": INDEX,
        "trustee": PLACE,
        "trial": trial,
    }
    if not trial:
        head["urn"] = "sha256:" + hashlib.sha256(b"".join(ids)).hexdigest()
    return {**head, "rows": rows}, [b64encode(share).decode() for share in shares]


@dataclass
class Keeping:
    """A page of a trustee in some step, and what was sent from it."""

    url: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    template: str = "key"
    file: dict[str, Any] = field(default_factory=dict)
    sent: list[dict[str, Any]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)  # addresses and headers

    def step(self, template: str, **values: Any) -> None:
        organiser = Organiser(
            name="Sở Nội vụ tỉnh Lai Châu", phone="0213 3876 543", email="cchc@laichau.gov.vn"
        )
        me = SimpleNamespace(called="Trần Thị Bình", place=PLACE, print=values.pop("print", ""))
        self.template, self.sent[:], self.bodies[:] = template, [], []
        self.values = {
            "head": Letterhead(organiser, "Phiếu đánh giá cải cách hành chính năm 2022"),
            "title": "Chỉ số CCHC tỉnh Lai Châu năm 2022",
            "wave": WAVE,
            "me": me,
            "need": 2,
            "number": 3,
            "path": "/giu-khoa/duong-dan",
            "fault": "",
            **values,
        }

    def opening(self, file: dict[str, Any], print: str) -> None:  # noqa: A002, as pages call it
        self.file = file
        self.step(
            "open",
            print=print,
            trial=file["trial"],
            index_digest=INDEX,
            rows=len(file["rows"]),
            urn=file.get("urn", ""),
        )


@contextmanager
def keeping() -> Iterator[Keeping]:
    app, found = FastAPI(), Keeping()
    app.include_router(assets.router)
    offer_axe(app)

    @app.middleware("http")
    async def note(request: Request, go_on: RequestResponseEndpoint) -> Response:
        found.asked.append(f"{request.url} {request.headers}")
        return await go_on(request)

    @app.get("/trong")
    def blank() -> HTMLResponse:
        return HTMLResponse("<!DOCTYPE html><title>Trống</title>")

    @app.get("/giu-khoa/duong-dan")
    def show() -> Response:
        return page(f"trustees/{found.template}.html", found.values)

    @app.post("/giu-khoa/duong-dan/phan-khoa.json")
    async def give(request: Request) -> Response:
        found.bodies.append(await request.body())
        return JSONResponse(found.file)

    @app.post("/giu-khoa/duong-dan")
    async def take(request: Request) -> Response:
        found.bodies.append(await request.body())
        async with request.form() as form:
            file = form["tep"]
            assert not isinstance(file, str)
            said = {"buoc": form["buoc"]}
            found.sent.append(said | {"tep": json.loads(await file.read())})
        return HTMLResponse("<!DOCTYPE html><title>Đã nhận</title>")

    async def last_resort(_request: Request, error: Exception) -> Response:
        raise error

    with served(Frame(app, False, last_resort, Meters())) as found.url:
        yield found
