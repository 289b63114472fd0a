"""What waits for a second person, in all waves."""

from dataclasses import dataclass

from app.index.estimate import deadline
from app.language import _, number
from app.roster import people
from app.store.db import Session
from app.store.models import Wave
from app.waves import officers, overview, proposals
from app.waves import wave as waves
from app.waves.deeds import PAGES, people_of
from app.waves.proposals import Waiting
from app.waves.wave import id_of
from app.web.console.desk.addresses import ROOT
from app.web.console.desk.desk import Desk


@dataclass(frozen=True)
class Asked:
    """A proposal of some wave, as the first page tells of it."""

    words: str
    path: str
    wave: str
    waiting: Waiting
    mine: bool  # the reader asked
    can: bool  # the reader can confirm
    until: str


def asked_anywhere(desk: Desk, session: Session) -> list[Asked]:
    """What waits for a second person in all waves, oldest first."""
    now, found = desk.db.now(session), []
    for wave in waves.every(session):
        if not wave.two_people or wave.unsealed_at or wave.cancelled_at:
            continue
        asked = proposals.waiting(session, wave, now)
        there = officers.of(session, wave) if asked else []
        counts = any(each.id == desk.staff.id and each.counts_from <= now for each in there)
        for each in asked:
            where = PAGES[each.action].format(respondent=each.arguments.get("respondent"))
            mine = each.staff_id == desk.staff.id
            found.append(
                Asked(
                    words=_words(session, wave, each),
                    path=f"{ROOT}/dot/{wave.code}/{where}",
                    wave=wave.code,
                    waiting=each,
                    mine=mine,
                    can=counts and not mine,
                    until=overview.when(each.until),
                )
            )
    return sorted(found, key=lambda each: each.waiting.at)


def _words(session: Session, wave: Wave, asked: Waiting) -> str:
    if asked.action == "unseal":
        return _("Mở hòm phiếu")
    if asked.action == "extend":
        return _("Gia hạn đến {closes}").format(closes=deadline(asked.closes))
    if asked.action == "altered":
        return _("Tuyên bố vô hiệu các phiếu bị sửa")
    if asked.action == "addresses":
        count = number(len(people_of(asked.arguments)))
        return _("Đổi địa chỉ thư của {count} người").format(count=count)
    if asked.action == "add":
        name = asked.arguments["name"]
    else:
        person = people.find(session, id_of(wave), asked.arguments["respondent"])
        name = person.name if person else ""
    return ABOUT_ONE[asked.action].format(name=name)


# What is asked about one person.
ABOUT_ONE = {
    "void": _("Cấp lại phiếu của {name}"),
    "address": _("Đổi địa chỉ thư của {name}"),
    "add": _("Thêm {name}"),
    "remove": _("Bỏ {name} khỏi danh sách"),
    "restore": _("Khôi phục {name}"),
}
