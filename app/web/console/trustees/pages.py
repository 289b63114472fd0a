"""Ủy viên giữ khóa: how the key of a wave is kept, and how far its trustees are."""

from dataclasses import dataclass

from fastapi import APIRouter
from starlette.responses import Response

from app.keys import committee
from app.language import _
from app.scores.protection import ROWS
from app.store.db import Session
from app.store.models import Wave
from app.trustees import body, outbox, shares
from app.trustees.body import Body
from app.waves import trusteedeeds
from app.waves.wave import WaveRefused
from app.web.console.desk.addresses import LOOK, ROOT
from app.web.console.desk.desk import Desk, Faults
from app.web.console.desk.guards import Officer, OfficerForm
from app.web.console.waves.together import held, held_draft
from app.web.posts import Posts

router = APIRouter()
PATH = f"{ROOT}/dot/{{code}}/uy-vien-giu-khoa"


def path_of(code: str) -> str:
    return f"{ROOT}/dot/{code}/uy-vien-giu-khoa"


@dataclass(frozen=True)
class Typed:
    """What the form has: a name and an address for each place, and how many open."""

    rows: tuple[tuple[str, str], ...]
    need: str

    @classmethod
    def of(cls, found: Body | None) -> "Typed":
        those = found.trustees if found else ()
        rows = tuple((each.name, each.email) for each in those)
        return cls(_filled(rows), str(found.need) if found else "2")

    @classmethod
    def sent(cls, posts: Posts) -> "Typed":
        places = range(1, committee.MOST + 1)
        rows = tuple((posts.value(f"ten-{n}"), posts.value(f"thu-{n}")) for n in places)
        return cls(rows, posts.value("can"))

    @property
    def people(self) -> list[tuple[str, str]]:
        return [(name, email) for name, email in self.rows if name or email]


def _filled(rows: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    return (*rows, *[("", "")] * (committee.MOST - len(rows)))


@router.api_route(PATH, methods=LOOK)
def show(desk: Officer, code: str) -> Response:
    return _page(desk, code)


def _page(
    desk: Desk, code: str, faults: Faults | None = None, typed: Typed | None = None
) -> Response:
    with desk.db.reading() as session:
        wave = desk.wave(session, code)
        head = desk.head(session, wave)
        found = body.of(session, wave)
        standing = shares.standing(session, wave) if found else []
        lost = outbox.not_arrived(session, wave)
    values: dict[str, object] = {
        "path": path_of(code),
        "code": code,
        "wave": wave,
        "draft": wave.launched_at is None and wave.cancelled_at is None,
        "body": found,
        "standing": standing,
        "lost": lost,
        "tried": bool(found and found.trial_of == wave.index_digest),
        "handed": sum(each.handed_at is not None for each in standing),
        "typed": typed or Typed.of(found),
        "fewest": committee.FEWEST,
        "most": committee.MOST,
        "protects": ROWS,
        "faults": faults or [],
    }
    status = 422 if faults else 200
    return desk.page("console/trustees.html", values, head=head, section="launch", status=status)


@router.post(PATH)
def appoint(form: OfficerForm, code: str) -> Response:
    """Name them, or name them anew; each new one gets a letter with their link."""
    typed = Typed.sent(form.posts)
    try:
        need = int(typed.need) if typed.need.isdecimal() and len(typed.need) < 3 else 0
        with form.db.transaction() as session:
            wave, now = held_draft(form, session, code), form.db.now(session)
            trusteedeeds.appoint(session, wave, need, typed.people, now, form.staff.who)
    except WaveRefused as refused:
        return _page(form, code, [(refused.words, "ten-1")], typed)
    return form.see(path_of(code), _("Đã lập danh sách ủy viên giữ khóa. Thư mời đang gửi."))


@router.post(f"{PATH}/co-quan")
def to_office(form: OfficerForm, code: str) -> Response:
    """The office keeps the key after all."""
    with form.db.transaction() as session:
        wave, now = held_draft(form, session, code), form.db.now(session)
        trusteedeeds.dismiss(session, wave, now, form.staff.who)
    return form.see(path_of(code), _("Cơ quan tổ chức giữ khóa của đợt này."))


@router.post(f"{PATH}/thu")
def write_again(form: OfficerForm, code: str) -> Response:
    """The letter of the step that is due, once more."""
    with form.db.transaction() as session:
        wave, now = held(form, session, code), form.db.now(session)
        sent = trusteedeeds.write_again(session, wave, _number(form, session, wave), now)
    return form.see(path_of(code), _("Đang gửi thư cho {name}.").format(name=sent.called))


@router.post(f"{PATH}/mo-lai")
def open_again(form: OfficerForm, code: str) -> Response:
    """A trustee may make another key; the trial begins anew for all."""
    with form.db.transaction() as session:
        wave, now = held_draft(form, session, code), form.db.now(session)
        number = _number(form, session, wave)
        mine = trusteedeeds.open_again(session, wave, number, now, form.staff.who)
    words = _("Đã mở lại chỗ của {name}, thư báo đang gửi.")
    return form.see(path_of(code), words.format(name=mine.called))


def _number(form: OfficerForm, session: Session, wave: Wave) -> bytes:
    """The trustee that a form names by their address: places change. Raises WaveRefused."""
    return body.must_be(session, wave).at_address(form.value("uy-vien")).number
