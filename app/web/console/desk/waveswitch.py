"""From a page of one wave to the same page of another: the open one first, rehearsals and drafts
apart."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from app.language import _
from app.store.db import Database
from app.waves import wave as waves
from app.web.console.desk.addresses import ROOT
from app.web.console.desk.waveline import WaveHead, head_of

# Pages that every wave has, by the first part of their address; those of officers alone.
FOR_OFFICERS = ("danh-sach", "phat-phieu", "theo-doi", "thu", "nguoi-dua-vao")
FOR_ALL = ("ket-qua", "xuat-bao-cao")
MOST = 40


@dataclass(frozen=True)
class Group:
    """Waves of one kind; the real ones need no title."""

    title: str
    waves: Sequence[WaveHead]


def grouped(heads: Sequence[WaveHead]) -> list[Group]:
    """Waves as lists of them go: those that run before those that are over, the newest first."""
    real = [each for each in heads if not each.rehearsal and each.state != "draft"]
    real.sort(key=lambda each: not each.runs)
    drafts = [each for each in heads if not each.rehearsal and each.state == "draft"]
    trials = [each for each in heads if each.rehearsal]
    found = (Group("", real), Group(_("Đang chuẩn bị"), drafts), Group(_("Tập dượt"), trials))
    return [group for group in found if group.waves]


def others(db: Database, code: str) -> list[Group]:
    """The other waves."""
    with db.reading() as session:
        found = [wave for wave in waves.every(session) if wave.code != code][:MOST]
        return grouped([head_of(db, session, wave) for wave in found])


def page_in(head: WaveHead, path: str, roles: Collection[str]) -> str:
    """Where the page at `path` has its like in another wave; where it has none, the page that this
    wave is about now."""
    _root, _way, rest = path.partition("/dot/")
    page = rest.partition("/")[2].partition("/")[0]
    officer = "officer" in roles
    if page not in (*FOR_ALL, *(FOR_OFFICERS if officer else ())):
        page = head.page if officer else "ket-qua"
    return f"{ROOT}/dot/{head.code}/{page}"
