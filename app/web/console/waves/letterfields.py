"""What can be written in the letters of a wave, field by field, and what is kept of it.

A field shows what goes: the usual words with their places in braces, or an officer's own. Usual
words are kept as nothing at all, so that a letter nobody touched follows them and the index.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from app.index.definition import Index
from app.language import _
from app.letters import mail, testletter, texts
from app.letters.facts import LetterFacts
from app.letters.texts import LONGEST_BODY, LONGEST_SALUTATION, LONGEST_SUBJECT, Wording
from app.preparation import wordings as wording_of
from app.store.db import Session
from app.store.models import Wave
from app.text.cleaning import normal
from app.waves import wave as waves
from app.web.console.desk.desk import Desk, Form
from app.web.console.desk.waveline import WaveHead

KINDS = {"invitation": _("Thư mời"), "reminder": _("Thư nhắc")}
SUBJECT, BODY, SALUTATION = "tieu-de", "noi-dung", "xung-ho"
USUAL = "thuong-dung"
# What no page can show, so that nobody could take it out again.
NO_TEXT = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]")


@dataclass(frozen=True)
class Field:
    """One thing that can be written: an address of a group, a subject or a text of a kind."""

    name: str
    part: str
    label: str
    usual: str
    longest: int
    one_line: bool = True


@dataclass(frozen=True)
class Row:
    """A field as the page shows it. `elsewhere`: what somebody else has kept meanwhile."""

    field: Field
    value: str
    wrong: list[str]
    elsewhere: str

    @property
    def is_own(self) -> bool:
        return self.value != self.field.usual


@dataclass(frozen=True)
class View:
    """What is kept, and what stands in the fields; `stale`: the page was drawn from other words."""

    wave: Wave
    head: WaveHead
    index: Index
    stored: Wording
    rows: list[Row]
    group: str
    stale: bool = False

    @property
    def fine(self) -> bool:
        return not self.stale and not any(row.wrong for row in self.rows)

    @property
    def faults(self) -> list[tuple[str, str]]:
        found = [
            (
                _(
                    "Có người vừa đổi lời thư, hoặc đợt đã sang bước khác. Chưa lưu gì của lần gửi"
                    " này; lời vừa gõ còn ở dưới. Ô nào hai người cùng sửa thì lời đang lưu ghi"
                    " ngay trên ô. Xem lại rồi lưu."
                ),
                "",
            )
        ] * self.stale
        for row in self.rows:
            where = f"{row.field.part}, {row.field.label}"
            both = [_("hai người cùng sửa.")] if row.elsewhere else []
            found += [(f"{where}: {words}", row.field.name) for words in both + row.wrong]
        return found

    @property
    def wording(self) -> Wording:
        """What stands in the fields; of what has no field, what is kept."""
        own = {row.field.name: row.value if row.is_own else "" for row in self.rows}

        def mixed(kept: Mapping[str, str], name: str) -> dict[str, str]:
            keys = {*kept, *(KINDS if SALUTATION not in name else self.index.group_of)}
            said = {key: own.get(name.format(key), kept.get(key, "")) for key in keys}
            return {key: words for key, words in said.items() if words}

        return Wording(
            mixed(self.stored.subjects, f"{{}}.{SUBJECT}"),
            mixed(self.stored.bodies, f"{{}}.{BODY}"),
            mixed(self.stored.salutations, f"{SALUTATION}.{{}}"),
            self.stored.rehearsal,
        )


def fields_of(wave: Wave, index: Index) -> list[Field]:
    """What may still be written: after the launch the reminder alone."""
    draft, found = wave.launched_at is None, []
    for group in index.groups if draft else ():
        name, usual = f"{SALUTATION}.{group.code}", texts.USUAL_GREETING
        found.append(Field(name, _("Xưng hô"), group.name, usual, LONGEST_SALUTATION))
    for kind, part in KINDS.items():
        if draft or kind == "reminder":
            subject, body = mail.usual_subject(kind, index), mail.usual_body(index)
            found += [
                Field(f"{kind}.{SUBJECT}", part, _("Tiêu đề"), subject, LONGEST_SUBJECT),
                Field(f"{kind}.{BODY}", part, _("Đoạn mở đầu"), body, LONGEST_BODY, False),
            ]
    return found


def kept_of(wording: Wording, field: Field) -> str:
    first, _dot, second = field.name.partition(".")
    if first == SALUTATION:
        return wording.salutations.get(second) or field.usual
    of = wording.subjects if second == SUBJECT else wording.bodies
    return of.get(first) or field.usual


def view_of(desk: Desk, session: Session, code: str) -> View:
    """The page of a wave as it is kept, and of a form with what was typed into it."""
    wave = desk.wave(session, code)
    index, _layout = waves.index_of(wave)
    stored = wording_of.of(session, wave)
    form = desk if isinstance(desk, Form) else None
    state, _bar, drawn = (form.seen if form else "").partition("|")
    stale = form is not None and state != desk.print_of(*state_of(wave, stored))
    asked = desk.request.query_params.get("nhom", "") if form is None else form.value("nhom")
    group = asked if asked in index.group_of else index.groups[0].code
    empty = [place for place, said in places_of(wave, index, group).items() if not said]
    rows = []
    for field in fields_of(wave, index):
        kept = value = kept_of(stored, field)
        if form is not None and form.has(field.name):
            value = _typed(form, field)
            # What nobody touched here takes what somebody else has made of it.
            if stale and mark_of(desk, field, value) in drawn.split("|"):
                value = kept
        wrong = texts.faults(value, field.longest, field.one_line, empty)
        elsewhere = kept if stale and kept != value else ""
        rows.append(Row(field, value, wrong if value != field.usual else [], elsewhere))
    return View(wave, desk.head(session, wave), index, stored, rows, group, stale)


def _typed(form: Form, field: Field) -> str:
    typed = form.value(field.name).replace("\r\n", "\n").replace("\t", " ")
    value = normal(NO_TEXT.sub("", typed))
    return field.usual if field.name in form.values(USUAL) else value or field.usual


def state_of(wave: Wave, stored: Wording) -> tuple[object, ...]:
    return repr(stored), wave.index_digest, wave.launched_at


def mark_of(desk: Desk, field: Field, value: str) -> str:
    """Tells later whether a field still holds what it was drawn with."""
    return desk.print_of(field.name, value)[:12]


def facts_of(wave: Wave, index: Index, group: str, kind: str = "invitation") -> LetterFacts:
    name, email = _("Nguyễn Văn A"), "a@vi-du.vn"
    return testletter.facts_of(index, group, name, email, wave.closes_at, kind=kind)


def places_of(wave: Wave, index: Index, group: str) -> dict[str, str]:
    return mail.places(facts_of(wave, index, group), index)
