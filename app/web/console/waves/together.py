"""What two people do together: who of a wave can, who waits for whom, taking back, coming in.

The pages where one asks and another confirms show the same lines and forms for it.
"""

from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter
from starlette.responses import Response

from app.language import _, moment
from app.store.db import Session
from app.store.models import Wave
from app.waves import officers, proposals
from app.waves import wave as waves
from app.waves.deeds import PAGES, Deed
from app.waves.proposals import Second, Waiting
from app.waves.wave import WaveRefused
from app.web.console.desk.addresses import ROOT
from app.web.console.desk.desk import Desk, Form
from app.web.console.desk.guards import OfficerForm
from app.web.console.waves.waveform import YEARS, closing_of

router = APIRouter()
PATH = f"{ROOT}/dot/{{code}}/hai-nguoi"
ASKED = _("Đã ghi đề nghị. Việc này cần một chuyên viên khác xác nhận.")


@dataclass(frozen=True)
class Pair:
    """What a page says of the two people of a wave, to one of its officers."""

    path: str
    names: list[str]  # who counts now
    mine: bool  # whether the reader is one of them
    coming: str  # who came in and counts later, and when
    short: bool  # fewer than two are left: another can come in
    altered: str  # who was put in or taken away past this program
    waiting: list[Waiting]
    reader: int
    able: list[str]  # who of the others can confirm

    @property
    def others(self) -> list[Waiting]:
        """What the reader can confirm."""
        return [each for each in self.waiting if self.mine and each.staff_id != self.reader]

    @property
    def asks(self) -> bool:
        """Whether the reader can confirm, or ask where only one may wait."""
        return bool(self.others) or (self.mine and not self.waiting)

    @property
    def asked(self) -> bool:
        """Whether the reader waits for another one."""
        return any(each.staff_id == self.reader for each in self.waiting)


def _for_log(deed: Deed, number: int) -> dict[str, object]:
    """Whom a deed is about: the log names nobody, so that who is not on the roster yet is known by
    the number of the proposal alone, as several people together are."""
    if deed.action in ("add", "addresses"):
        return {"request": number}
    return {name: deed.arguments[name] for name in ("respondent",) if name in deed.arguments}


def held(form: Form, session: Session, code: str) -> Wave:
    """The wave, read anew and kept from everybody else's deeds until this one is done."""
    wave = form.wave(session, code)
    waves.hold(session, wave)
    return wave


def agreed(
    form: Form, session: Session, wave: Wave, deed: Deed, now: datetime
) -> dict[str, object] | None:
    """Whether a deed about one person is to be done now: what the log says of who asked for it.

    None where the wave wants two people and this one has only asked. Raises WaveRefused.
    """
    if not wave.two_people:
        return {}
    if not form.value("de-nghi"):
        about = _for_log(deed, proposals.propose(session, wave, deed, form.staff.id, now))
        form.note(session, now, "wave.propose", wave.code, proposal=deed.action, **about)
        return None
    second = Second(form.number("de-nghi"), form.staff.id)
    asked = proposals.confirm(session, wave, deed, second, now)
    more = _for_log(deed, asked.id) if deed.action == "add" else {}
    return {"proposed": asked.who, **more}


def time_given(form: Form) -> datetime | None:
    """A closing: as it was typed, or as the page showed what another one proposed."""
    if not form.value("de-nghi"):
        return closing_of(form.value("ngay"), form.value("gio"))
    try:
        found = datetime.fromisoformat(form.value("den"))
    except ValueError:
        return None
    return found if found.tzinfo and found.year in YEARS else None


def held_draft(form: Form, session: Session, code: str) -> Wave:
    """The same of a wave that is a draft, and stays one meanwhile. Raises WaveRefused."""
    wave = held(form, session, code)
    waves.must_be_draft(wave)
    return wave


def pair_of(
    desk: Desk, session: Session, wave: Wave, action: str, respondent: int | None = None
) -> Pair | None:
    """What stands about an action, None where one person is enough."""
    if not wave.two_people:
        return None
    now, there = desk.db.now(session), officers.of(session, wave)
    found = proposals.waiting(session, wave, now, action)
    if respondent is not None:
        found = [each for each in found if each.arguments.get("respondent") == respondent]
    counting = [each for each in there if each.counts_from <= now]
    later = [f"{each.name} ({moment(each.counts_from)})" for each in there if each not in counting]
    return Pair(
        path=f"{ROOT}/dot/{wave.code}/hai-nguoi",
        names=[each.name for each in counting],
        mine=any(each.id == desk.staff.id for each in counting),
        coming=", ".join(later),
        short=len(there) < officers.NEEDED,
        altered=", ".join(officers.altered(session, wave)),
        waiting=found,
        reader=desk.staff.id,
        able=[each.name for each in counting if each.id != desk.staff.id],
    )


@router.post(f"{PATH}/rut-lai")
def withdraw(form: OfficerForm, code: str) -> Response:
    """Take a proposal back; anybody of the office may."""
    with form.db.transaction() as session:
        wave, now = held(form, session, code), form.db.now(session)
        found = proposals.waiting(session, wave, now)
        taken = next((each for each in found if each.id == form.number("de-nghi")), None)
        if taken is None:
            raise WaveRefused(_("Đề nghị này không còn chờ. Tải lại trang để xem."))
        proposals.withdraw(session, wave, taken.id, now)
        facts = _for_log(Deed(taken.action, taken.arguments), taken.id)
        form.note(session, now, "wave.withdraw", code, proposal=taken.action, **facts)
    back = PAGES[taken.action].format(**taken.arguments)
    return form.see(f"{ROOT}/dot/{code}/{back}", _("Đã rút đề nghị."))


@router.post(PATH)
def join(form: OfficerForm, code: str) -> Response:
    """Come in where too few are left; it counts a day later. Asks for a code."""
    with form.db.transaction() as session:
        wave, now = held(form, session, code), form.db.now(session)
        form.must_confirm(session, now)
        since: datetime = officers.join(session, wave, form.staff.id, now)
        form.note(session, now, "wave.join", code)
    words = _("Đã ghi. Ông/Bà đề nghị và xác nhận được từ {moment}.")
    return form.see(f"{ROOT}/dot/{code}/mo-hom-phieu", words.format(moment=moment(since)))
