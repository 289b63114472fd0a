"""The counts that a file of scores states, held against what rule 0 and the questions permit. Pure.

Each function raises `Differs`, naming the place, where a number cannot be.
"""

from collections.abc import Mapping
from typing import Any

from app.index.definition import Index
from app.index.faults import echo
from app.index.parts import Question
from app.language import _
from app.papers.differences import ABSENT, Differs
from app.papers.export import Document
from app.scores.cells import NO_OPINION, Chosen, Counts, level_codes


def number(value: object, place: str) -> int:
    if type(value) is not int or value < 0:
        raise Differs(place, value, _("số nguyên từ 0"))
    return value


def at_most(value: int, most: int, place: str) -> None:
    if value > most:
        raise Differs(place, value, _("nhiều nhất {number}").format(number=most))


def counts(index: Index, question: Question, value: object, place: str) -> Counts | None:
    """Counts of answers to a scored question."""
    if value is None:
        return None
    found = _cells(index, question, value, place)
    for cell, levels in found.items():
        _enough(index, sum(levels.values()), f"{place}[{echo(cell)}]")
    return found


def chosen(index: Index, question: Question, said: Document, place: str) -> Chosen | None:
    """What was ticked at a choice question, and how many ballots did."""
    stated, answers = said.get("counts", ABSENT), said.get("answers", ABSENT)
    at = f"{place}.answers"
    if stated is None:
        if answers is not None:
            raise Differs(at, answers, None)
        return None
    found = _cells(index, question, stated, f"{place}.counts")
    if not isinstance(answers, dict) or set(answers) != set(found):
        raise Differs(at, answers, _("số phiếu trả lời của từng ô: {cells}").format(cells=[*found]))
    for cell, levels in found.items():
        here = f"{at}[{echo(cell)}]"
        _enough(index, number(answers[cell], here), here)
        _ticks(question, answers[cell], levels, f"{place}.counts[{echo(cell)}]")
    return Chosen(answers, found)


def _ticks(question: Question, answers: int, levels: Mapping[str, int], place: str) -> None:
    """Who has no opinion ticks nothing else; each of the others ticks something, and nothing
    twice."""
    at_most(levels[NO_OPINION], answers, f"{place}.{NO_OPINION}")
    others = answers - levels[NO_OPINION]
    ticks = {level: number for level, number in levels.items() if level != NO_OPINION}
    for level, ticked in ticks.items():
        at_most(ticked, others, f"{place}.{level}")
    least, most = others, others * (question.most or 1)
    if not least <= sum(ticks.values()) <= most:
        words = _("từ {least} đến {most} lượt chọn").format(least=least, most=most)
        raise Differs(place, sum(ticks.values()), words)


def _cells(index: Index, question: Question, value: object, place: str) -> dict[str, Any]:
    """Cells that rule 0 permits, each with all its levels. What lay in the cells before it joined
    them is not known, nor which answers are of ballots issued later: those join cells further than
    the counts show."""
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
        for level in levels:
            number(numbers[level], f"{at}.{level}")
    if sum("+" in cell for cell in value) > 1:
        raise Differs(place, ", ".join(value), _("nhiều nhất một ô gồm nhiều nhóm"))
    return value


def _enough(index: Index, answers: int, place: str) -> None:
    if answers < index.rules.min_ballots:
        least = _("từ {number} phiếu").format(number=index.rules.min_ballots)
        raise Differs(place, answers, least)
