"""A whole list put in the place of the one there is, and what of it waits."""

from collections.abc import Sequence
from dataclasses import replace

from app.bonds import origins
from app.index.definition import Index
from app.language import _, number
from app.preparation import agencies, keptlist, keptrows
from app.preparation.keptlist import InHand, Note
from app.roster import badrows, people
from app.roster.badrows import BadRows
from app.roster.file import Person
from app.store.db import Session
from app.store.models import Wave
from app.text.headings import Sheet
from app.text.table import TableFault
from app.waves import wave as waves
from app.waves.wave import id_of
from app.web.console.desk.desk import Form, Stale
from app.web.console.lists.roster import Refused, replace_print
from app.web.console.waves.together import held_draft

REPLACE = "thay"


class ListStands(Exception):
    """There are people already, and nobody has said that they are to go; how many they are."""

    def __init__(self, people: int) -> None:
        super().__init__(people)
        self.people = people

    def refused(self, file: str = "") -> Refused:
        """What is said of it; `file` is to be chosen again."""
        words = _(
            "Danh sách đang có {number} người. Đánh dấu ô “Thay {number} người đang có” nếu đúng là"
            " muốn thay, rồi gửi lại."
        )
        return Refused(words.format(number=number(self.people)), REPLACE, file=file)


def must_replace(form: Form, session: Session, wave: Wave) -> int:
    """How many people go when a whole list comes. Raises ListStands."""
    standing = people.count(session, id_of(wave))
    # A page may have two such boxes, in two forms: no two boxes of a page have one name.
    said = form.value(REPLACE) or form.value(f"{REPLACE}-dot")
    if standing and said != replace_print(form, session, wave):
        raise ListStands(standing)
    return standing


def take(
    form: Form,
    seen: Wave,
    index: Index,
    taken: Sequence[Person],
    held: InHand,
    action: str,
    bad: BadRows | None = None,
    **facts: object,
) -> bool:
    """Put these people in the place of those there are; whether agencies are to be settled. `held`
    is what they come from, `bad` the rows that wait.

    `seen` is the wave as it was when they were read. Raises ListStands, Stale.
    """
    with form.db.transaction() as session:
        wave, now = held_draft(form, session, seen.code), form.db.now(session)
        if wave.index_digest != seen.index_digest:
            raise Stale
        if held.print:
            must_be_seen(session, wave, held)
        if gone := must_replace(form, session, wave):
            facts = {**facts, "replaced": gone}
        file = held.note.file
        source = origins.of_wave(file) if action == "roster.take-over" else origins.of_file(file)
        waves.import_roster(session, wave, taken, form.staff.who, source)
        near = agencies.roster_changed(session, wave, index, file, now)
        if bad:
            keptrows.keep(session, wave, bad, len(taken))
            facts = {**facts, "waiting": len(bad.rows)}
        keptlist.keep(session, wave, held)
        form.note(session, now, action, wave.code, people=len(taken), **facts)
    return bool(near)


def must_be_seen(session: Session, wave: Wave, held: InHand) -> None:
    """Raises Stale when the file in hand is another one by now."""
    now = keptlist.of(session, id_of(wave))
    if now is None or now.print != held.print:
        raise Stale


def hand(form: Form, session: Session, file: str) -> InHand:
    """A file that comes now."""
    return InHand(Note(file, form.db.now(session), form.staff.name, 0))


def keep_refused(
    form: Form, code: str, held: InHand, sheet: Sheet, fault: TableFault, settled: bool
) -> BadRows:
    """Keep a list of which nothing was taken, with what is wrong with it."""
    bad = badrows.of(sheet, fault.faults, held.note.file, fault.told)
    with form.db.transaction() as session:
        wave = held_draft(form, session, code)
        keep_waiting(session, wave, held, sheet, bad, settled)
    return bad


def keep_waiting(
    session: Session, wave: Wave, held: InHand, sheet: Sheet, bad: BadRows, settled: bool
) -> None:
    """Keep bad rows, and the sheet that they are in as far as something can be done with it."""
    keptrows.keep(session, wave, bad)
    note = replace(held.note, rows=bad.sound)
    if bad.rows or not settled:
        keptlist.keep(session, wave, replace(held, note=note, sheet=sheet, settled=settled))
    else:
        keptlist.forget(session, id_of(wave))


def with_near(words: str, near: bool) -> str:
    more = _("Có tên cơ quan gần giống một đơn vị; xem và xác nhận bên dưới.")
    return f"{words} {more}" if near else words
