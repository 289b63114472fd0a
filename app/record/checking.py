"""A record held to itself: digests, signatures, the chain, and numbers that have to agree. Pure.

Whoever signs can write a false record, but not one in which ballots come in after the closing, an
urn is opened twice or a sheet is made of another opening.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.language import _, number
from app.record.entries import (
    FORMAT,
    NOTHING_BEFORE,
    Document,
    Entry,
    digest_of,
    is_signed,
)
from app.record.shapes import SHAPES, has_shape, is_count, is_key, is_moment, is_text
from app.scores import closingsums

FIELDS = {"number", "at", "what", "facts", "previous", "digest", "signature"}


class NotRecord(Exception):
    """What was got is no record; the text says what it is instead."""


@dataclass(frozen=True)
class Wrong:
    """What is wrong with an entry, by its place from 0; None: with the record as a whole."""

    entry: int | None
    words: str

    def __str__(self) -> str:
        if self.entry is None:
            return self.words
        return _("Mục {number}: {words}").format(number=self.entry, words=self.words)


def read(data: bytes) -> Document:
    """The document of a record. Raises NotRecord."""
    try:
        found = json.loads(
            data.decode(), object_pairs_hook=_once, parse_constant=_none, parse_float=_none
        )
    except (ValueError, RecursionError) as error:
        raise NotRecord(_("Nội dung nhận được không phải JSON của một sổ công khai.")) from error
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        words = _("Nội dung nhận được không phải sổ công khai dạng “{format}”.")
        raise NotRecord(words.format(format=FORMAT))
    entries = found.get("entries")
    named = is_text(found.get("wave")) and is_key(found.get("key"))
    if not named or not isinstance(entries, list) or not all(isinstance(e, dict) for e in entries):
        raise NotRecord(_("Sổ công khai nhận được thiếu mã đợt, khóa hoặc các mục."))
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Of a name that stands twice, one reader takes the first and another the last."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def _none(text: str) -> Any:
    raise ValueError(text)


def check(record: Mapping[str, Any]) -> list[Wrong]:
    """Everything that is wrong with a record, entry by entry."""
    found: list[Wrong] = []
    key, before, course = record["key"], None, _Course()
    for place, entry in enumerate(record["entries"]):
        wrong = list(_of_entry(record, place, entry, before, key))
        whole = not wrong
        if whole or _is_shaped(entry):
            wrong += course.take(entry)
            if entry["what"] == "launch" and entry["facts"]["key"] != record["key"]:
                wrong.append(_("khóa ghi trong mục không phải khóa đứng đầu sổ"))
            if entry["what"] == "launch" and entry["facts"]["wave"] != record["wave"]:
                wrong.append(_("mã đợt ghi trong mục không phải mã đợt của sổ"))
        found += [Wrong(place, words) for words in wrong]
        if whole and entry["what"] == "key":
            key = entry["facts"]["key"]
        before = entry
    return found


def is_whole(record: Mapping[str, Any]) -> bool:
    """Whether it hangs together, digests and signatures, whatever its numbers say."""
    key, before = record["key"], None
    for place, entry in enumerate(record["entries"]):
        if any(_of_entry(record, place, entry, before, key)):
            return False
        key = entry["facts"]["key"] if entry["what"] == "key" else key
        before = entry
    return True


def numbers(entries: Sequence[Entry]) -> list[Wrong]:
    """What does not fit in entries that hang together."""
    course = _Course()
    return [Wrong(place, words) for place, e in enumerate(entries) for words in course.take(e)]


def _is_shaped(entry: Entry) -> bool:
    known = isinstance(entry.get("what"), str) and entry["what"] in SHAPES
    facts = entry.get("facts")
    return (known and isinstance(facts, dict) and has_shape(entry["what"], facts)) and is_moment(
        entry.get("at")
    )


def _of_entry(
    record: Mapping[str, Any], place: int, entry: Entry, before: Entry | None, key: str
) -> Iterator[str]:
    if entry.keys() != FIELDS:
        yield _("thiếu hoặc thừa trường")
        return
    if not is_count(entry["number"]) or entry["number"] != place:
        yield _("số thứ tự là {found}, phải là {wanted}; có mục bị bớt, chèn hoặc đổi chỗ").format(
            found=str(entry["number"])[:20], wanted=place
        )
    previous = NOTHING_BEFORE if before is None else before.get("digest")
    if entry["previous"] != previous:
        yield _("không nối tiếp mục trước; có mục bị sửa, bớt, chèn hoặc đổi chỗ")
    try:
        digest = digest_of(entry)
    except (ValueError, RecursionError):
        digest = ""
    if entry["digest"] != digest:
        yield _("mã kiểm tra không khớp nội dung: mục này bị sửa")
    elif not is_signed(key, record["wave"], entry):
        yield _("chữ ký không phải của khóa đang dùng: mục bị sửa, hoặc khóa đổi mà sổ không ghi")
    if not isinstance(entry["what"], str) or entry["what"] not in SHAPES:
        yield _("loại “{what}” không có trong sổ công khai").format(what=str(entry["what"])[:40])
    elif not _is_shaped(entry):
        yield _("các điều ghi trong mục thiếu, thừa hoặc sai dạng")


class _Course:
    """What a wave has come to, entry by entry: each has to be possible after those before it."""

    def __init__(self) -> None:
        self.place = 0
        self.at: datetime | None = None
        self.issued: int | None = None  # None where the launch is not in the record
        self.closed: Mapping[str, Any] | None = None
        self.reopened = False  # for single ballots, since the closing
        self.voided = 0  # since the closing
        self.unsealed = self.cancelled = False
        self.sheet: int | None = None

    def take(self, entry: Entry) -> list[str]:
        what, facts, wrong = entry["what"], entry["facts"], []
        at = datetime.fromisoformat(entry["at"])
        if self.at is not None and at < self.at:
            wrong.append(_("ghi giờ trước giờ của mục trước"))
        if self.cancelled and what != "key":
            wrong.append(_("đứng sau mục hủy đợt"))
        if self.unsealed and what in ("issue", "extend", "cancel", "close", "void", "reopen"):
            wrong.append(_("đứng sau mục mở hòm phiếu"))
        wrong += getattr(self, f"_{what}", lambda _facts: [])(facts)
        self.at, self.place = max(at, self.at or at), self.place + 1
        return wrong

    def _launch(self, facts: Mapping[str, Any]) -> list[str]:
        self.issued = facts["issued"]
        wrong = []
        if self.place:
            wrong.append(_("phát phiếu phải là mục đầu tiên"))
        if facts["mode"] == "committee" and not 2 <= facts["need"] < len(facts["trustees"]):
            wrong.append(_("số người cần để mở hòm không hợp với số ủy viên giữ khóa"))
        return wrong

    def _issue(self, facts: Mapping[str, Any]) -> list[str]:
        if self.issued is not None:
            self.issued += facts["count"]
        return [_("cấp phiếu sau khi đã kết thúc thu phiếu")] if self.closed else []

    def _void(self, facts: Mapping[str, Any]) -> list[str]:
        self.voided += facts["count"]
        return []

    def _extend(self, _facts: Mapping[str, Any]) -> list[str]:
        self.closed, self.reopened, self.voided = None, False, 0
        return []

    def _reopen(self, _facts: Mapping[str, Any]) -> list[str]:
        # The first entry of a record that does not begin with the launch may follow a closing, and
        # a second ballot may be issued anew before the urn is closed again.
        may = self.closed or self.reopened or self.issued is None
        wrong = [] if may else [_("mở lại khi chưa kết thúc")]
        self.closed, self.reopened, self.voided = None, True, 0
        return wrong

    def _cancel(self, _facts: Mapping[str, Any]) -> list[str]:
        self.cancelled = True
        return []

    def _close(self, facts: Mapping[str, Any]) -> list[str]:
        wrong = [_("kết thúc lần nữa mà chưa gia hạn hay mở lại")] if self.closed else []
        both = facts["cast"] + facts["not_cast"]
        if self.issued is not None and both != self.issued:
            wrong.append(closingsums.difference(both, self.issued))
        self.closed, self.reopened, self.voided = facts, False, 0
        return wrong

    def _unseal(self, facts: Mapping[str, Any]) -> list[str]:
        wrong = [_("mở hòm phiếu lần thứ hai")] if self.unsealed else []
        self.unsealed = True
        if self.closed is None:
            if self.issued is not None:
                wrong.append(_("mở hòm phiếu khi chưa kết thúc thu phiếu"))
            return wrong
        cast, counted = self.closed["cast"], facts["counted"]
        if not cast - self.voided <= counted <= cast:
            words = _("đếm được {counted} phiếu, lúc kết thúc có {cast} phiếu đã gửi")
            wrong.append(words.format(counted=number(counted), cast=number(cast)))
        return wrong

    def _score(self, facts: Mapping[str, Any]) -> list[str]:
        wrong = []
        if not self.unsealed and self.issued is not None:
            wrong.append(_("có bảng điểm khi chưa mở hòm phiếu"))
        before = self.sheet if self.sheet is not None else (0 if self.unsealed else None)
        if before is not None and facts["sheet"] != before + 1:
            words = _("là bảng điểm số {sheet}, phải là số {wanted}")
            wrong.append(words.format(sheet=facts["sheet"], wanted=before + 1))
        self.sheet = facts["sheet"]
        return wrong
