"""What no annex says and an officer types: name, year, units, groups, scale, words to ask."""

import re
from collections.abc import Collection, Mapping

from app.annex import asked, title, usual
from app.annex.asked import LinesRefused
from app.annex.making import Told
from app.annex.usual import NAME
from app.index.definition import Index
from app.language import _
from app.preparation import library
from app.preparation.annexes import InHand
from app.store.db import Session
from app.waves.wave import CODE_SIGNS
from app.web.console.desk.desk import Faults

FIELDS = ("ten", "ma", "nam", "co-quan", "nhom", "thang", "cau-hoi")
LONGEST_CODE = 64


def begun(session: Session, held: InHand, year: int) -> dict[str, str]:
    """What the fields hold: what was typed before, else what is likely: the units and groups of the
    last index."""
    last = _last(session)
    guessed = title.year_of(held.tables, held.note.file, year)
    found = {
        "ten": title.name_of(held.tables) or _("Bộ chỉ số năm {year}").format(year=guessed),
        "ma": _free(f"cchc-{guessed}", taken(session)),
        "nam": str(guessed),
        "co-quan": asked.units_as_lines(last.blocks, last.units) if last else "",
        "nhom": asked.groups_as_lines(last.groups if last else usual.GROUPS),
        "thang": next(iter(usual.SCALES)),
        "cau-hoi": str(usual.PATTERN),
    }
    return found | dict(held.choices.texts)


def taken(session: Session) -> set[str]:
    """The codes that some index in use has."""
    return {kept.code for kept in library.current(session)}


def _last(session: Session) -> Index | None:
    newest = max(library.current(session), key=lambda kept: kept.id, default=None)
    found = library.find(session, newest.id) if newest else None
    return found[1] if found else None


def _free(code: str, others: Collection[str]) -> str:
    free, count = code, 1
    while free in others:
        count += 1
        free = f"{code}-{count}"
    return free


def read(typed: Mapping[str, str], others: Collection[str]) -> Told | Faults:
    """What was typed, or every fault of it with its field."""
    faults: Faults = []
    units, groups = None, None
    try:
        units = asked.units(typed["co-quan"])
    except LinesRefused as refused:
        faults.append((str(refused), "co-quan"))
    try:
        groups = asked.groups(typed["nhom"])
    except LinesRefused as refused:
        faults.append((str(refused), "nhom"))
    if not typed["ten"]:
        faults.append((_("Nhập tên bộ chỉ số."), "ten"))
    code, year = typed["ma"], typed["nam"]
    if not code or len(code) > LONGEST_CODE or not set(code) <= CODE_SIGNS:
        words = _("Mã bộ chỉ số chỉ gồm chữ cái không dấu, chữ số, - và _, tối đa 64 dấu.")
        faults.append((words, "ma"))
    elif code in others:
        words = _("Đã có bộ chỉ số mã {code}. Chọn mã khác.")
        faults.append((words.format(code=code), "ma"))
    if not re.fullmatch("(19|20|21)[0-9]{2}", year):
        faults.append((_("Nhập năm bằng bốn chữ số, ví dụ 2026."), "nam"))
    scale = usual.SCALES.get(typed["thang"])
    if scale is None:
        faults.append((_("Chọn một thang đo."), "thang"))
    if NAME not in typed["cau-hoi"]:
        words = _("Trong lời câu hỏi cần có chữ {name}, chỗ đặt tên tiêu chí.")
        faults.append((words.format(name=NAME), "cau-hoi"))
    if faults or units is None or groups is None or scale is None:
        return faults
    return Told(code, typed["ten"], int(year), units, groups, scale, typed["cau-hoi"])
