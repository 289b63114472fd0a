"""Recompute an exported score sheet from the file alone, and name the first thing that differs.

Pure: bytes in, facts or an error out; no database and no settings. From the index, the counts and
the imported percents in the file the whole document is made anew and compared in document order.
What a file states about its wave (how many ballots, when, receipts) cannot be recomputed; it is
held against what must be true of it. Nobody is trusted to send a sound file.

A file written before small numbers were withheld states `ballots` below `min_ballots` and is as
sound as it was, so such a number is accepted, unless something else in the file shows that it was
written since: a `null` beside it, or a key that no file had before.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any, NoReturn, TypeAlias, TypeVar

from app.index import file as indexfile
from app.index.definition import Index
from app.index.faults import IndexFault, echo
from app.index.parts import Criterion, Question, Unit
from app.language import HANOI, _
from app.papers.differences import ABSENT, compare
from app.papers.differences import Differs as Differs
from app.papers.export import FORMAT, Document, WaveFacts, digest, document
from app.scores.scoring import NO_OPINION, Counts, Tally, level_codes, score

LARGEST = 2**53 - 1  # the largest whole number that every JSON reader keeps exact
PERCENT = re.compile(r"(0|[1-9][0-9]?)(\.[0-9]{0,99}[1-9])?|100")
TEXTS = {
    "wave": re.compile(r"[A-Za-z0-9_-]{1,64}"),
    "mode": re.compile(r"office|committee"),
    "closed_at": re.compile(r"[0-9]{4}(-[0-9]{2}){2}T[0-9]{2}(:[0-9]{2}){2}\+07:00"),
    "receipts": re.compile(r"sha256:[0-9a-f]{64}"),
}
NUMBERS = ("sheet", "issued", "cast", "counted", "void", "foreign")
LATE_NUMBERS = ("issued_later", "altered")  # left out while 0

Key: TypeAlias = tuple[str, str]
Coded = TypeVar("Coded", Unit, Criterion, Question)


class NotScores(ValueError):
    """The file is no score sheet of this format, or cannot be read; the message says why."""


@dataclass(frozen=True)
class Verified:
    """What was found in order: for a message."""

    wave: str
    sheet: int
    units: int
    digest: str
    survey: int | None = None  # of a sheet of the whole index: the score sheet it is made of


def verify(data: bytes) -> Verified:
    """Check a JSON file of scores. Raises `NotScores`, or `Differs` at the first difference."""
    return recomputed(parsed(data))


def recomputed(found: Document) -> Verified:
    """The same of a document, its format already known."""
    facts, number = _stated(found)
    index = _index(found)
    tally, external = _inputs(found, index)
    _plausible(facts, tally, index)
    computed = document(facts, number, index, score(index, tally, external))
    compare(found, computed, "")
    return Verified(facts.code, number, len(index.units), computed["digest"])


def parsed(data: bytes, formats: Sequence[str] = (FORMAT,)) -> Document:
    """A JSON document of one of these formats. Raises `NotScores`."""
    try:
        found = json.loads(
            data.decode(),
            object_pairs_hook=_object,
            parse_float=_refused,
            parse_constant=_refused,
            parse_int=_whole,
        )
        if not isinstance(found, dict) or found.get("format") not in formats:
            raise NotScores(_("Đây không phải tệp điểm {format}.").format(format=FORMAT))
        digest(found)  # whatever RFC 8785 cannot hold ends here
    except NotScores:
        raise
    except (ValueError, RecursionError) as error:
        raise NotScores(_("Tệp không phải JSON hợp lệ, hoặc đã bị hỏng khi chép.")) from error
    return found


def _object(pairs: list[tuple[str, Any]]) -> Document:
    """A JSON object; a name twice would show one value to us and another to somebody else."""
    result = dict(pairs)
    if len(result) < len(pairs):
        # Not name by name: of a large file made for it that would take hours.
        counts = Counter(name for name, _value in pairs)
        twice = next(name for name, number in counts.items() if number > 1)
        raise NotScores(_("Tên “{name}” có hai lần trong một mục.").format(name=echo(twice)))
    return result


def _refused(text: str) -> NoReturn:
    raise NotScores(_("Tệp có số không được phép: {number}.").format(number=echo(text)))


def _whole(text: str) -> int:
    if len(text) > len(str(LARGEST)) or abs(int(text)) > LARGEST:
        _refused(text)
    return int(text)


def _stated(found: Document) -> tuple[WaveFacts, int]:
    """What the file says about its wave, each of the right kind."""
    for key, allowed in TEXTS.items():
        if not isinstance(found.get(key), str) or not allowed.fullmatch(found[key]):
            raise _unfit(key)
    for key in NUMBERS:
        if type(found.get(key)) is not int or found[key] < 0:
            raise _unfit(key)
    late = {key: found[key] for key in LATE_NUMBERS if key in found}
    for key, value in late.items():
        if type(value) is not int or value < 1:
            raise _unfit(key)
    if type(found.get("two_people")) is not bool:
        raise _unfit("two_people")
    if found["sheet"] == 0:
        raise _unfit("sheet")
    try:
        closed_at = datetime.fromisoformat(found["closed_at"]).astimezone(HANOI)
    except (ValueError, OverflowError) as error:
        raise _unfit("closed_at") from error
    same = {key: found[key] for key in ("mode", "two_people", "receipts", *NUMBERS[1:])}
    return WaveFacts(code=found["wave"], closed_at=closed_at, **same, **late), found["sheet"]


def _unfit(place: str) -> NotScores:
    return NotScores(_("{place}: thiếu hoặc không đúng kiểu.").format(place=place))


def _index(found: Document) -> Index:
    stated = found.get("index")
    if not isinstance(stated, dict) or not isinstance(stated.get("content"), dict):
        raise _unfit("index")
    try:
        index = indexfile.read(stated["content"])
    except IndexFault as fault:
        raise NotScores(
            _("index.content: không phải bộ chỉ số dùng được. {fault}").format(
                fault=fault.faults[0]
            )
        ) from fault
    content = indexfile.canonical(index)
    compare(stated, {"digest": indexfile.digest(index), "content": content}, "index")
    return index


def _inputs(found: Document, index: Index) -> tuple[Tally, dict[Key, Fraction]]:
    """The counts and percents to compute from, at the places where the index puts them."""
    ballots: dict[str, int | None] = {}
    counts: dict[Key, Counts | None] = {}
    external: dict[Key, Fraction] = {}
    for unit, row in entries(found, "units", index.units, ""):
        place = f"units[{unit.code}]"
        stated = row.get("ballots", ABSENT)
        known = None if stated is None else number_of(stated, f"{place}.ballots")
        ballots[unit.code] = known
        for leaf, of_leaf in entries(row, "criteria", index.scored_leaves(unit), place):
            at = f"{place}.criteria[{leaf.code}]"
            if leaf.method == "external":
                if of_leaf.get("percent") is not None:
                    percent = _percent(of_leaf["percent"], f"{at}.percent")
                    external[unit.code, leaf.code] = percent
                continue
            asked = index.questions_of_leaf[leaf.code]
            for question, answers in entries(of_leaf, "questions", asked, at):
                named = _place(unit.code, question)
                numbers = _counts(index, question, answers.get("counts"), named)
                counts[question.code, unit.code] = numbers
    return Tally(counts, ballots), external


def entries(
    row: Document, key: str, wanted: Sequence[Coded], place: str
) -> Iterator[tuple[Coded, Document]]:
    """What the index has in a list, each with its entry in the file: the same codes in order."""
    place = f"{place}.{key}" if place else key
    entries = row.get(key, ABSENT)
    if not isinstance(entries, list):
        raise Differs(place, entries, [entry.code for entry in wanted])
    for number, known in enumerate(wanted):
        entry = entries[number] if number < len(entries) else ABSENT
        if not isinstance(entry, dict):
            raise Differs(f"{place}[{known.code}]", entry, _("một mục"))
        if entry.get("code") != known.code:
            raise Differs(f"{place}[{known.code}].code", entry.get("code", ABSENT), known.code)
        yield known, entry
    if len(entries) > len(wanted):
        raise Differs(f"{place}[{len(wanted)}]", entries[len(wanted)], ABSENT)


def _place(unit: str, question: Question) -> str:
    return f"units[{unit}].criteria[{question.criterion}].questions[{question.code}].counts"


def number_of(value: object, place: str) -> int:
    if type(value) is not int or value < 0:
        raise Differs(place, value, _("số nguyên từ 0"))
    return value


def _percent(value: object, place: str) -> Fraction:
    if not isinstance(value, str) or not PERCENT.fullmatch(value):
        raise Differs(place, value, _("số từ 0 đến 100"))
    return Fraction(value)


def _counts(index: Index, question: Question, value: object, place: str) -> Counts | None:
    """Counts that rule 0 permits. What lay in the cells before it joined them is not known, nor
    which answers are of ballots issued later: those join cells further than the counts show."""
    if value is None:
        return None
    if not isinstance(value, dict) or not value:
        raise Differs(place, value, _("số phiếu của từng nhóm, hoặc null"))
    levels = level_codes(index, question)
    left = [group.code for group in index.groups if group.code in question.groups]
    for cell, numbers in value.items():
        codes = cell.split("+")
        if codes != [code for code in left if code in codes]:
            raise Differs(place, cell, _("nhóm được hỏi, theo thứ tự, mỗi nhóm một lần"))
        left = [code for code in left if code not in codes]
        at = f"{place}[{echo(cell)}]"
        if not isinstance(numbers, dict) or set(numbers) != set(levels):
            raise Differs(at, numbers, _("đủ các mức {levels}").format(levels=" ".join(levels)))
        total = sum(number_of(numbers[level], f"{at}.{level}") for level in levels)
        if total < index.rules.min_ballots:
            least = _("từ {number} phiếu").format(number=index.rules.min_ballots)
            raise Differs(at, total, least)
    if sum("+" in cell for cell in value) > 1:
        raise Differs(place, ", ".join(value), _("nhiều nhất một ô gồm nhiều nhóm"))
    return value


def _plausible(facts: WaveFacts, tally: Tally, index: Index) -> None:
    """What is stated must be possible: no ballot counted that was not cast, none twice."""
    for key in LATE_NUMBERS:
        _at_most(getattr(facts, key), facts.issued, key)
    _at_most(facts.cast, facts.issued - facts.altered, "cast")
    if facts.counted != facts.cast:
        raise Differs("counted", facts.counted, facts.cast)
    _plausible_ballots(facts, tally, index.rules.min_ballots)
    for (question, unit), counts in tally.counts.items():
        cells = (counts or {}).values()
        answers = sum(sum(levels.values()) for levels in cells)
        _at_most(answers, facts.counted, _place(unit, index.question_of[question]))
        levels = answers - sum(cell[NO_OPINION] for cell in cells)
        ballots = tally.ballots[unit]
        if ballots is None:
            # At the launch too few to be told, and all the others issued later.
            ballots = index.rules.min_ballots - 1 + facts.issued_later
        if levels > ballots:
            least = _("từ {number}").format(number=levels)
            raise Differs(f"units[{unit}].ballots", tally.ballots[unit], least)


def _plausible_ballots(facts: WaveFacts, tally: Tally, least: int) -> None:
    """How many ballots each unit got: no more than counted, and none too few to be told."""
    withheld = None in tally.ballots.values() or facts.issued_later or facts.altered
    for unit, ballots in tally.ballots.items():
        if ballots is None:
            continue
        place = f"units[{unit}].ballots"
        _at_most(ballots, facts.counted, place)
        if withheld and ballots < least:
            raise Differs(place, ballots, None)


def _at_most(value: int, most: int, place: str) -> None:
    if value > most:
        raise Differs(place, value, _("nhiều nhất {number}").format(number=most))
