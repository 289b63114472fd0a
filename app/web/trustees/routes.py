"""The page of a trustee, and what it sends: a public key, a file of what was opened.

GET looks and changes nothing, so that a scanner of mail does no harm. What is refused is told on
the page itself, which every form leads back to. What is to be opened is asked for by POST: from the
first time that ballots are given out the wave never opens again.
"""

import os

from anyio import to_thread
from fastapi import APIRouter, Request
from starlette.responses import Response

from app.bonds.refused import WaveRefused
from app.keys.copied import link_token
from app.keys.tokens import BallotName
from app.language import _
from app.store.db import Session
from app.store.models import Wave
from app.trustees import body, files, shares, trial
from app.waves import trusteedeeds
from app.waves import wave as waves
from app.web.booth.letterhead import Letterhead
from app.web.booth.opened import LOOK
from app.web.faults import Refused
from app.web.forms import FormRefused, FromHere
from app.web.house import House, house_of, wrong
from app.web.pages import page, see
from app.web.posts import LARGEST_UPLOAD, Posts, posts_up_to
from app.web.trustees import view

router = APIRouter()
PATH = "/giu-khoa/{token}"
# What the page sends, and what a refusal or a thing done is told by in its address.
FILE, STEP, TOLD = "tep", "buoc", "bao"
# A row of a file that comes back, at most: its id, its share, what stands around them.
ROW_BYTES = 200


@router.api_route(PATH, methods=LOOK)
def look(request: Request, token: str) -> Response:
    """What is due now."""
    house = house_of(request)
    if (meant := link_token(token)) != token:
        return see(f"/giu-khoa/{meant}")
    name = _named(request, token)
    with house.db.reading() as session:
        wave = _wave(session, name)
        try:
            shown = view.of(session, house.keys, wave, name, house.db.now(session))
        except WaveRefused as refused:
            raise _gone(refused) from refused
    return _page(shown, _told(house, request.query_params.get(TOLD, "")))


# Which page a step is on; the waiting ones say what is waited for.
WAITING = {
    view.KEYS: "keys",
    view.LAUNCH: "launch",
    view.CLOSE: "closing",
    view.HANDED: "others",
    view.DONE: "opened",
    view.CANCELLED: "cancelled",
}


def _page(shown: view.View, fault: str) -> Response:
    values: dict[str, object] = {
        "head": Letterhead.of(shown.index),
        "path": f"/giu-khoa/{shown.token}",
        "wave": shown.wave.code,
        "title": shown.index.name,
        "me": shown.mine,
        "need": shown.body.need,
        "number": len(shown.body.trustees),
        "fault": fault,
    }
    if shown.step == view.KEY:
        return page("trustees/key.html", values)
    if shown.step in (view.TRIAL, view.OPEN):
        return page("trustees/open.html", values | _to_open(shown))
    more = {"kind": WAITING[shown.step], "closes": shown.wave.closes_at, "there": shown.opened_by}
    return page("trustees/waiting.html", values | more)


def _to_open(shown: view.View) -> dict[str, object]:
    trial = shown.step == view.TRIAL
    return {
        "trial": trial,
        "index_digest": shown.wave.index_digest,
        "rows": 1 if trial else shown.rows,
        "urn": "" if trial else shown.wave.urn_digest,
    }


@router.post(PATH, dependencies=[FromHere])
async def hand_in(request: Request, token: str) -> Response:
    """A file of the step that its form stands on: a public key, what was opened of the trial, or of
    the urn. The script of the page makes it, or the command line of a trustee."""
    name = await to_thread.run_sync(_named, request, token)
    largest = await to_thread.run_sync(_largest, house_of(request), name)
    sent = await posts_up_to(request, largest)
    return await to_thread.run_sync(_hand_in, house_of(request), name, sent)


def _largest(house: House, name: BallotName) -> int:
    with house.db.reading() as session:
        return max(LARGEST_UPLOAD, ROW_BYTES * shares.rows(session, _wave(session, name)))


def _hand_in(house: House, name: BallotName, sent: Posts) -> Response:
    try:
        if FILE not in sent.uploads:
            raise WaveRefused(_("Chưa chọn tệp nào. Chọn tệp rồi gửi."))
        text = sent.uploads[FILE].data.decode(errors="replace")
        with house.db.transaction() as session:
            wave, now = _wave(session, name), house.db.now(session)
            if sent.value(STEP) == view.KEY:
                key = files.read_key(text, wave.code)
                trusteedeeds.hand_in_key(session, wave, name.number, key, now)
            elif wave.launched_at is None:
                opened = files.read_opened(text)
                trusteedeeds.hand_in_trial(session, wave, name.number, opened, now)
            else:
                opened = files.read_opened(text)
                trusteedeeds.hand_in_shares(session, wave, name.number, opened, now)
    except WaveRefused as refused:
        return _back(house, name, refused.words)
    return _back(house, name)


@router.post(f"{PATH}/phan-khoa.json", dependencies=[FromHere])
def give(request: Request, token: str) -> Response:
    """What is to be opened, for the script of the page or as a file: the trial, or all ballots."""
    house, name = house_of(request), _named(request, token)
    try:
        with house.db.transaction() as session:
            wave = _wave(session, name)
            if wave.launched_at is None:
                given = trial.given(session, wave, name.number)
            else:
                now = house.db.now(session)
                given = trusteedeeds.give(house.db, session, wave, name.number, now)
    except WaveRefused as refused:
        return _back(house, name, refused.words)
    headers = {"Content-Disposition": f'attachment; filename="{given.wave}-phan-khoa.json"'}
    return Response(files.given_file(given), headers=headers, media_type="application/json")


def _back(house: House, name: BallotName, words: str = "") -> Response:
    """To the page itself; with what was refused in its address, readable to us alone."""
    token = house.keys.tokens.trustee(name)
    if not words:
        return see(f"/giu-khoa/{token}")
    told = house.keys.tokens.veil(words.encode(), os.urandom(12)).rstrip("=")
    return see(f"/giu-khoa/{token}?{TOLD}={told}#loi")


def _told(house: House, veiled: str) -> str:
    found = house.keys.tokens.unveil(veiled + "=" * (-len(veiled) % 4)) if veiled else None
    return found.decode(errors="replace") if found else ""


def _named(request: Request, token: str) -> BallotName:
    """The trustee that a link names. Raises Refused."""
    name = house_of(request).keys.tokens.read_trustee(link_token(token))
    if name is None:
        if wrong(request):
            raise FormRefused(
                429,
                _("Có quá nhiều lần thử sai từ mạng này"),
                _("Đợi một phút rồi thử lại. Đường dẫn đúng thì lúc nào cũng mở được."),
            )
        raise Refused(
            404,
            _("Đường dẫn này không đúng"),
            _("Mở lại đường dẫn trong thư mời ủy viên giữ khóa; chép cho đủ đến dấu cuối."),
        )
    return name


def _wave(session: Session, name: BallotName) -> Wave:
    try:
        return waves.load(session, body.wave_of(session, name.number))
    except WaveRefused as refused:
        raise _gone(refused) from refused


def _gone(refused: WaveRefused) -> Refused:
    words = _("Hỏi chuyên viên của cơ quan tổ chức nếu Ông/Bà vẫn là ủy viên giữ khóa.")
    return Refused(404, refused.words, words)
