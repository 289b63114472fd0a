"""What differs between two states of an index, in the words of an officer.

Pure. Rows are the same when they have the same code; a level is told apart by its scale, a class
by its block.
"""

from collections.abc import Iterator, Mapping, Sequence

from app.index.columns import Column, Layout
from app.index.rows.texts import Row, Sheets
from app.index.sheets import LAYOUTS
from app.language import _, number

MOST = 3  # rows of which each is told by itself
SHORT = 40  # signs of a text that is told
NOUNS = {
    "classes": _("loại"),
    "blocks": _("khối"),
    "units": _("đơn vị"),
    "components": _("thành phần"),
    "criteria": _("tiêu chí"),
    "scales": _("mức của thang đo"),
    "groups": _("nhóm"),
    "questions": _("câu hỏi"),
}
# Titles that a sentence cannot take as they are.
SPOKEN = {
    "parent": _("cấp trên"),
    "kind": _("loại"),
    "rates": _("phạm vi đánh giá"),
    "about": _("phạm vi hỏi"),
    "most": _("số mức chọn tối đa"),
    "from": _("mức từ (%)"),
}
NAMES = ("name", "text", "levels.label")  # whose titles say what is named


def joined(found: Sequence[str], most: int) -> str:
    """The first of some sentences as one."""
    told = "; ".join(
        words if not place else _small(words) for place, words in enumerate(found[:most])
    )
    more = len(found) - most
    return told if more <= 0 else told + _("; và {number} điều khác").format(number=number(more))


def changes(before: Sheets, after: Sheets) -> list[str]:
    """A sentence for each kind of change, in the order of the sheets; none when all is alike."""
    found: list[str] = []
    for layout in LAYOUTS:
        if before[layout.key] == after[layout.key]:
            continue
        if layout.is_list:
            found += _of_list(layout, before[layout.key], after[layout.key])
        else:
            found += _of_keys(layout, *(sheets[layout.key][:1] for sheets in (before, after)))
    return found


def _of_keys(layout: Layout, before: Sequence[Row], after: Sequence[Row]) -> Iterator[str]:
    old, new = (rows[0] if rows else {} for rows in (before, after))
    for column in layout.columns:
        was, now = old.get(column.key, ""), new.get(column.key, "")
        if was != now:
            words = _("Sửa {what}").format(what=_what(column))
            yield words + _told(was, now)


def _of_list(layout: Layout, before: list[Row], after: list[Row]) -> Iterator[str]:
    noun = NOUNS[layout.key]
    old, new = _by_key(layout, before), _by_key(layout, after)
    renamed = _renamed(layout, old, new)
    for was, now in renamed.items():
        words = _("Đổi mã {noun} {old} thành {new}")
        yield words.format(noun=noun, old=was[0], new=now[0])
    gone = [key for key in old if key not in new and key not in renamed]
    come = [key for key in new if key not in old and key not in renamed.values()]
    for words, keys in (
        (_("Thêm {count} {noun}: {which}"), come),
        (_("Bỏ {count} {noun}: {which}"), gone),
    ):
        if keys:
            which = ", ".join(" ".join(filter(None, key)) for key in keys[:5])
            which += "…" if len(keys) > 5 else ""
            yield words.format(count=number(len(keys)), noun=noun, which=which)
    pairs = [(old[key], new[key]) for key in old if key in new]
    pairs += [(old[was], new[now]) for was, now in renamed.items()]
    for column in layout.columns:
        if column.key != "code":
            yield from _of_column(layout, column, pairs)
    kept = [key for key in old if key in new]
    if kept != [key for key in new if key in old]:
        yield _("Đổi thứ tự {noun}").format(noun=noun)


def _of_column(layout: Layout, column: Column, pairs: list[tuple[Row, Row]]) -> Iterator[str]:
    noun, key = NOUNS[layout.key], column.key
    changed = [(was, now) for was, now in pairs if was.get(key, "") != now.get(key, "")]
    if len(changed) > MOST:
        words = _("Sửa {what} của {count} {noun}")
        yield words.format(what=_what(column), count=number(len(changed)), noun=noun)
        return
    for was, now in changed:
        words = _("Sửa {what} của {noun} {name}")
        name = _name(layout, now)
        if column.key in NAMES:
            words, name = _("Sửa {what} {name}"), now.get("code", "")
        named = words.format(what=_what(column), noun=noun, name=name)
        yield named + _told(was.get(key, ""), now.get(key, ""))


def _told(was: str, now: str) -> str:
    """ ": 0,3 → 0,4", where both are short."""
    if len(was) > SHORT or len(now) > SHORT or "\n" in was + now:
        return ""
    blank = _("để trống")
    return f": {was or blank} → {now or blank}"


def _name(layout: Layout, row: Row) -> str:
    """What a row is called: its name where that is short, else its code."""
    name = row.get("name") or row.get("levels.label") or row.get("label") or ""
    return name if 0 < len(name) <= SHORT else row.get("code", "") or name[:SHORT]


def _by_key(layout: Layout, rows: list[Row]) -> dict[tuple[str, ...], Row]:
    """The rows by what tells them apart; one that stands twice by its place, too."""
    found: dict[tuple[str, ...], Row] = {}
    for place, row in enumerate(rows):
        key = _key(layout, row)
        found[key if key not in found else (*key, str(place))] = row
    return found


def _key(layout: Layout, row: Row) -> tuple[str, ...]:
    match layout.key:
        case "scales":
            return row.get("code", ""), row.get("levels.code", "")
        case "classes":
            return row.get("label", ""), row.get("block", "")
    return (row.get("code", ""),)


def _renamed(
    layout: Layout, old: Mapping[tuple[str, ...], Row], new: Mapping[tuple[str, ...], Row]
) -> dict[tuple[str, ...], tuple[str, ...]]:
    """Old key → new key of rows that differ in their code alone."""
    if layout.key in ("scales", "classes"):
        return {}
    come = {_rest(new[key]): key for key in new if key not in old}
    gone = ((_rest(old[key]), key) for key in old if key not in new)
    return {key: come[rest] for rest, key in gone if rest in come and any(rest)}


def _rest(row: Row) -> tuple[str, ...]:
    return tuple(value for key, value in sorted(row.items()) if key != "code")


def _what(column: Column) -> str:
    return SPOKEN.get(column.key) or _small(column.title)


def _small(title: str) -> str:
    return title if title[:2].isupper() else title[:1].lower() + title[1:]
