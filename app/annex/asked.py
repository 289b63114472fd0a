"""Units and groups as officers type or paste them, a line each."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from app.annex.lines import number
from app.index.parts import Block, Group, Unit
from app.language import _, exact
from app.text.cleaning import clean, folded, same

CODE = re.compile(r"[a-zA-Z0-9_-]{1,64}")
SHARE = re.compile(r"(\d{1,4})/([1-9]\d{0,3})")
LISTED = re.compile(r"^(?:\d{1,3}\s?[.)]|[-–•*+])\s*")
RATES = {
    "all": _("mọi cơ quan"),
    "assigned": _("các cơ quan ghi trong danh sách"),
    "own": _("cơ quan của mình"),
}
SMALL = ("va", "cua", "cac", "thuoc", "tinh", "thanh pho")
MOST = 1_000


class LinesRefused(Exception):
    """Lines that cannot be used; the text says which and what to write."""


@dataclass(frozen=True)
class Units:
    blocks: tuple[Block, ...]
    units: tuple[Unit, ...]


def units(text: str) -> Units:
    """Names of units, a line each; a line that ends in a colon begins a block; a code may stand
    behind a semicolon. Raises `LinesRefused`."""
    blocks: list[Block] = []
    found: list[Unit] = []
    block_codes, codes, names = set[str](), set[str](), dict[str, str]()
    for line in _lines(text):
        name, own = _with_code(line)
        if name.endswith(":") or line.endswith(":"):
            name = name.rstrip(": ")
            code = _free(own or short(name), block_codes)
            blocks.append(Block(code, name))
            continue
        name = LISTED.sub("", name)
        if not name:
            continue
        if same(name) in names:
            raise LinesRefused(_("Cơ quan “{name}” ghi hai lần.").format(name=name))
        if own in codes and own:
            raise LinesRefused(_("Mã cơ quan {code} ghi hai lần.").format(code=own))
        if not blocks:
            blocks.append(Block(_free("so", block_codes), _("Các cơ quan, đơn vị")))
        names[same(name)] = name
        found.append(Unit(_free(own or short(name), codes), name, blocks[-1].code))
    if not found:
        raise LinesRefused(_("Chưa có cơ quan nào. Ghi mỗi cơ quan được đánh giá một dòng."))
    if len(found) > MOST:
        raise LinesRefused(_("Quá nhiều cơ quan; tối đa 1.000."))
    used = {unit.block for unit in found}
    return Units(tuple(block for block in blocks if block.code in used), tuple(found))


def groups(text: str) -> tuple[Group, ...]:
    """Names of groups, a line each: name; weight; whom they rate. Raises `LinesRefused`."""
    found: list[Group] = []
    codes, names = set[str](), set[str]()
    for line in _lines(text):
        name, *rest = [clean(part) for part in line.split(";")]
        name = LISTED.sub("", name)
        weight, rates, own = Fraction(1), "all", ""
        for part in filter(None, rest):
            value = _weight(part)
            which = next((key for key, told in RATES.items() if folded(told) == folded(part)), "")
            if value is not None:
                weight = value
            elif which:
                rates = which
            elif CODE.fullmatch(part):
                own = part
            else:
                words = _(
                    "Nhóm “{name}”: không hiểu “{part}”. Sau tên nhóm ghi trọng số (ví dụ 0,2) và"
                    " “{all}”, “{assigned}” hoặc “{own}”, cách nhau bằng dấu chấm phẩy."
                )
                raise LinesRefused(words.format(name=name, part=part, **RATES))
        if not name:
            continue
        if same(name) in names:
            raise LinesRefused(_("Nhóm “{name}” ghi hai lần.").format(name=name))
        names.add(same(name))
        found.append(Group(_free(own or short(name), codes), name, weight, rates))
    if not found:
        raise LinesRefused(_("Chưa có nhóm nào. Ghi mỗi nhóm đối tượng một dòng."))
    return tuple(found)


def units_as_lines(blocks: Iterable[Block], every: Iterable[Unit]) -> str:
    """Units as `units` reads them."""
    listed = list(every)
    found = []
    for block in blocks:
        found.append(f"{block.name}; {block.code}:")
        found.extend(f"{unit.name}; {unit.code}" for unit in listed if unit.block == block.code)
    return "\n".join(found)


def groups_as_lines(every: Iterable[Group]) -> str:
    """Groups as `groups` reads them."""
    return "\n".join(
        "; ".join((group.name, _shown(group.weight), str(RATES[group.rates]), group.code))
        for group in every
    )


def short(name: str) -> str:
    """A code of the first letters: "Sở Nội vụ" is snv."""
    words = [word for word in folded(name).split() if word not in SMALL]
    if len(words) < 2:
        return "".join(words)[:20] or "a"
    return "".join(word if word.isdigit() else word[0] for word in words)[:20]


def _shown(value: Fraction) -> str:
    return exact(value).replace(".", ",")


def _weight(text: str) -> Fraction | None:
    """A weight as `_shown` writes it: 0,2 or 1/3."""
    found = SHARE.fullmatch(text)
    return Fraction(int(found[1]), int(found[2])) if found else number(text)


def _lines(text: str) -> list[str]:
    return [line for each in text.splitlines() if (line := clean(each))]


def _with_code(line: str) -> tuple[str, str]:
    """A line without the code behind it, and the code."""
    name, sign, code = line.rpartition(";")
    bare = code.strip().rstrip(":").strip()
    if sign and CODE.fullmatch(bare):
        return clean(name), bare
    return line, ""


def _free(code: str, taken: set[str]) -> str:
    """A code that nothing has yet."""
    free, count = code, 1
    while free in taken:
        count += 1
        free = f"{code}-{count}"
    taken.add(free)
    return free
