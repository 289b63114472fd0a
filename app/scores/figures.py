"""Figures that a page and a paper say alike: shares, changes against an earlier wave. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from app.index import rulewords
from app.index.definition import Index
from app.index.parts import Criterion
from app.language import _, decimal, number
from app.years.comparison import SCORED, Comparison


def share(part: int, whole: int) -> str:
    """A part in percent, empty where there is no whole."""
    return decimal(Fraction(100 * part, whole), 1) if whole else ""


def told(ballots: int | None, least: int) -> int | None:
    """How many ballots a unit got, None where they are too few to be told: one or none of a unit
    that few people rate tells of them. Sheets of older versions state small numbers, too."""
    return None if ballots is None or ballots < least else ballots


def ballots(count: int | None, least: int) -> str:
    """The same in words."""
    known = told(count, least)
    return _("dưới\u00a0{number}").format(number=least) if known is None else number(known)


def without_later(document: Mapping[str, Any]) -> str:
    """What "dưới 5" does not count; empty where every ballot was issued at the launch."""
    if not document.get("issued_later"):
        return ""
    return _(
        "Mức tối thiểu {number} phiếu chỉ tính phiếu phát lúc đầu, không kể phiếu cấp cho người"
        " thêm sau đó."
    ).format(number=document["index"]["content"]["rules"]["min_ballots"])


def change(value: Fraction | None, places: int) -> tuple[str, str]:
    """A change as (sign with number, in words)."""
    if value is None:
        return "", ""
    shown = decimal(abs(value), places)
    if value > 0:
        return f"▲ {shown}", _("điểm phần trăm, tăng")
    if value < 0:
        return f"▼ {shown}", _("điểm phần trăm, giảm")
    return shown, _("điểm phần trăm, không đổi")


def rose(changes: Iterable[Fraction | None]) -> tuple[int, int]:
    """How many changes are a rise, and how many are known."""
    known = [each for each in changes if each is not None]
    return sum(each > 0 for each in known), len(known)


def why_missing(leaf: Mapping[str, Any]) -> str:
    """Why a leaf of a document has no points: an external one has a percent, if only none yet."""
    return _("Chưa nhập tỷ lệ") if "percent" in leaf else _("Không đủ câu trả lời để tính điểm")


@dataclass(frozen=True)
class Changed:
    """In what two indexes differ that makes points: criteria, and rules in words."""

    new: tuple[Criterion, ...]
    other: tuple[tuple[Criterion, tuple[str, ...]], ...]  # with what of it is another
    gone: tuple[Criterion, ...]
    rules: tuple[str, ...]  # those of now that did not hold then
    rules_then: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.named or self.ruled)

    @property
    def named(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """The criteria in words: what became of them, and their names; empty when all are alike."""
        found = (
            (_("Tiêu chí mới"), [_named(leaf) for leaf in self.new]),
            (
                _("Tiêu chí đã đổi"),
                [f"{_named(leaf)} ({', '.join(what)})" for leaf, what in self.other],
            ),
            (_("Tiêu chí không còn"), [_named(leaf) for leaf in self.gone]),
        )
        return tuple((words, tuple(leaves)) for words, leaves in found if leaves)

    @property
    def ruled(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """The rules that are not alike, wave by wave; empty when all are."""
        found = ((_("Quy tắc đợt này"), self.rules), (_("Quy tắc đợt ấy"), self.rules_then))
        return tuple((words, rules) for words, rules in found if rules)


def changed(years: Comparison) -> Changed:
    """In what an index differs from an earlier one; such years compare by percent only.

    Texts are compared as they are written, so a year within one is told by `{year}` or it differs.
    """
    now, then = years.now.index, years.then.index
    rules, rules_then = rulewords.of_points(now), rulewords.of_points(then)
    other = ((now.criterion_of[code], _other(years, code)) for code in years.leaf_status)
    kept = {each for code in years.leaf_status for each in years.leaves_came.of[code]}
    return Changed(
        new=tuple(
            now.criterion_of[c] for c, status in years.leaf_status.items() if status == "new"
        ),
        other=tuple((leaf, what) for leaf, what in other if what),
        gone=tuple(leaf for leaf in then.leaves if leaf.method in SCORED and leaf.code not in kept),
        rules=tuple(words for words in rules if words not in rules_then),
        rules_then=tuple(words for words in rules_then if words not in rules),
    )


def other_criteria() -> str:
    """What other criteria mean for a comparison."""
    return _(
        "Bộ chỉ số hai đợt khác nhau ở các tiêu chí dưới đây, nên hai đợt chỉ so được bằng tỷ lệ"
        " phần trăm, và cần tính đến những khác biệt này."
    )


def other_rules() -> str:
    """What other rules mean for a comparison."""
    return _(
        "Quy tắc tính điểm hai đợt khác nhau: những câu trả lời như nhau vẫn có thể ra tỷ lệ khác"
        " nhau."
    )


def _other(years: Comparison, code: str) -> tuple[str, ...]:
    """In what a leaf is not the one it came from."""
    came = years.leaves_came.of[code]
    if len(came) > 1:
        return (_("gộp từ {codes}").format(codes=joined(came)),)
    if not came:
        return ()
    if code in years.leaves_came.split:
        return (_("tách từ {code}").format(code=came[0]),)
    moved = () if came[0] == code else (_("trước là {code}").format(code=came[0]),)
    now, then = _facts(years.now.index, code), _facts(years.then.index, came[0])
    there = set(years.then.index.units_of_leaf[came[0]])
    rated = (
        {unit for unit in years.now.index.units_of_leaf[code] if years.came.of[unit]},
        {unit for unit, parts in years.came.of.items() if not there.isdisjoint(parts)},
    )
    differing = [what for what, value in now.items() if value != then[what]]
    return (*moved, *differing, *([_("cơ quan được tính")] if rated[0] != rated[1] else []))


def _facts(index: Index, code: str) -> dict[str, object]:
    """What makes a leaf's points, by what people call it."""
    leaf = index.criterion_of[code]
    # The order of questions and groups changes no point, nor do their codes.
    asked = sorted(index.questions_of_leaf[code], key=lambda each: each.text)
    scales = [index.scale_of[each.scale or ""].levels for each in asked]
    return {
        _("tên"): leaf.name,
        _("điểm tối đa"): leaf.max_points,
        _("phương pháp"): leaf.method,
        _("chỉ số thành phần"): index.component_of[code].code,
        _("câu hỏi"): [(each.text, each.weight, set(each.groups)) for each in asked],
        _("thang đo"): scales,
    }


def _named(leaf: Criterion) -> str:
    return f"{leaf.code} {leaf.name}"


def rank_title(index: Index) -> str:
    """The head of a column of ranks in a table of all units."""
    several = len({unit.block for unit in index.units}) > 1
    return _("Hạng trong khối") if several and index.rules.ranking == "blocks" else _("Hạng")


def years(index: Index, before: Index) -> tuple[str, str]:
    """What people call the earlier wave and this one: by their years, where these differ."""
    if index.year == before.year:
        return _("đợt trước"), _("đợt này")
    words = _("năm {year}")
    return words.format(year=before.year), words.format(year=index.year)


def titled(words: str) -> str:
    """The same at the head of a column."""
    return words[0].upper() + words[1:]


def piece(words: str, first: int, size: int, count: int) -> str:
    """The caption of a chart that shows `size` of `count` names from `first` on, counted from 0."""
    return words if count <= size else f"{words} ({first + 1}–{min(first + size, count)})"


def exact_sums() -> str:
    """Why numbers of a table that are each rounded may not add up to its sums."""
    return _(
        "Tổng và tỷ lệ tính từ giá trị chính xác. Mỗi con số làm tròn riêng, nên cộng các số đã"
        " hiện có thể lệch ở số lẻ cuối."
    )


def see_below() -> str:
    return _("* Thiếu số liệu; lý do ghi ở mục “Tiêu chí chưa có số liệu”.")


def joined(names: Iterable[str]) -> str:
    *others, last = names
    return _("{names} và {last}").format(names=", ".join(others), last=last) if others else last
