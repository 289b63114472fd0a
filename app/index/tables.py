"""Reading one TOML table key by key: the form of every value is checked here, once.

Pure. A `Table` gives typed values and notes every fault with its place; after a fault it gives a
harmless stand-in, so that the rest of the file is still read. `close` reports the keys that nobody
asked for.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Mapping
from decimal import Decimal
from fractions import Fraction

from app.index import numbers
from app.index.faults import Faults, echo, entry_place
from app.language import _
from app.text.cleaning import normal

CODE = re.compile(r"[A-Za-z0-9_-]+")
DOTTED_CODE = re.compile(r"[A-Za-z0-9_.-]+")
LEVEL_CODE = re.compile(r"[A-Za-z0-9_]")
LONGEST = 10_000  # characters of a text: no page or letter holds more, and NFC stays quick


class Table:
    """One table of an index file and its place, for example `[[units]] số 3 (stc)`."""

    def __init__(self, raw: Mapping[str, object], place: str, faults: Faults) -> None:
        self.raw = raw
        self.place = place
        self.faults = faults
        self.known: list[str] = []

    def at(self, key: str) -> str:
        return f"{self.place}, {key}" if self.place else key

    def fault(self, key: str, message: str) -> None:
        self.faults.add(self.at(key), message)

    def __contains__(self, key: str) -> bool:
        self.known.append(key)
        return key in self.raw

    def close(self) -> None:
        """Report every key that was not asked for, with the nearest one that was."""
        known = sorted(set(self.known))
        for key in self.raw:
            if key not in known:
                self.fault(
                    echo(key) or '""',
                    _("không có khóa này.{near} Các khóa dùng được: {known}.").format(
                        near=self.faults.suggestion(key, known), known=", ".join(known)
                    ),
                )

    def word(self, key: str) -> str:
        """A required string as it stands, for codes and references; "" after a fault."""
        if key not in self:
            self.fault(key, _('thiếu khóa này; hãy ghi {key} = "…".').format(key=key))
            return ""
        value = self.raw[key]
        if isinstance(value, str):
            return value
        if isinstance(value, int | Decimal) and not isinstance(value, bool):
            self.fault(key, _('phải để trong ngoặc kép, ví dụ {key} = "2.4".').format(key=key))
        else:
            self.fault(key, _('phải là chữ trong ngoặc kép, ví dụ {key} = "…".').format(key=key))
        return ""

    def text(self, key: str, *, prose: bool = False) -> str:
        """A required text in NFC, trimmed; with `prose` it may run over several lines."""
        word = self.word(key)
        if len(word) > LONGEST:
            message = _("dài quá {most} ký tự; hãy viết gọn lại.").format(most=LONGEST)
            self.fault(key, message)
        if self.at(key) in self.faults:
            return ""
        text = normal(word).strip()
        if not text:
            self.fault(key, _("đang để trống; hãy điền nội dung."))
        for position, sign in enumerate(text, start=1):
            unseen = unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Zl", "Zp")
            if unseen and not (prose and sign in "\n\t"):
                self.fault(
                    key,
                    _(
                        "có ký tự điều khiển hoặc ký tự ẩn U+{sign:04X} ở vị trí {position}; "
                        "hãy xóa đi và gõ lại chỗ đó."
                    ).format(sign=ord(sign), position=position),
                )
                break
        return text

    def optional_text(self, key: str, *, prose: bool = False) -> str | None:
        return self.text(key, prose=prose) if key in self else None

    def code(self, pattern: re.Pattern[str] = CODE) -> str:
        """The entry's own code. A faulty one is given as it stands, for references to find it."""
        code = self.word("code")
        if self.at("code") not in self.faults and not pattern.fullmatch(code):
            allowed = {
                CODE: _("chữ cái không dấu, chữ số, “-” và “_”"),
                DOTTED_CODE: _("chữ cái không dấu, chữ số, “-”, “_” và dấu chấm"),
                LEVEL_CODE: _("đúng một chữ cái không dấu, chữ số hoặc “_”"),
            }
            self.fault(
                "code",
                _("mã “{code}” không dùng được; mã chỉ gồm {allowed}.").format(
                    code=echo(code), allowed=allowed[pattern]
                ),
            )
        return code

    def codes(self, key: str) -> tuple[str, ...]:
        """An optional list of references, each once."""
        values = self.raw[key] if key in self else []
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            example = _('phải là danh sách mã trong ngoặc vuông, ví dụ {key} = ["a", "b"].')
            self.fault(key, example.format(key=key))
            return ()
        for value in (value for value, times in Counter(values).items() if times > 1):
            self.fault(key, _("“{code}” ghi nhiều lần; hãy giữ lại một.").format(code=echo(value)))
        return tuple(values)

    def number(self, key: str, default: Fraction | None = None) -> Fraction:
        """An exact number of 0 or more; required unless there is a default."""
        exact = self.optional_number(key)
        if exact is None and default is None and self.at(key) not in self.faults:
            self.fault(key, _("thiếu khóa này; hãy ghi {key} = và một số.").format(key=key))
        return (default or Fraction(0)) if exact is None else exact

    def optional_number(self, key: str) -> Fraction | None:
        """None when the key is absent or at fault."""
        if key not in self:
            return None
        try:
            return numbers.read(self.raw[key])
        except ValueError as fault:
            self.fault(key, str(fault))
            return None

    def whole(self, key: str, low: int, high: int, default: int | None = None) -> int:
        """A whole number from `low` to `high`."""
        value = self.number(key, None if default is None else Fraction(default))
        fine = value.denominator == 1 and low <= value <= high
        if not fine and self.at(key) not in self.faults:
            message = _("phải là số nguyên từ {low} đến {high}.").format(low=low, high=high)
            self.fault(key, message)
        return value.numerator if fine else low

    def choice(self, key: str, allowed: Collection[str], default: str | None) -> str:
        """One of a list of words; required unless there is a default."""
        if default is not None and key not in self:
            return default
        value = self.word(key)
        if self.at(key) not in self.faults and value not in allowed:
            self.fault(
                key,
                _("không nhận “{value}”.{near} Hãy chọn một trong: {allowed}.").format(
                    value=echo(value),
                    near=self.faults.suggestion(value, allowed),
                    allowed=", ".join(f'"{word}"' for word in allowed),
                ),
            )
        return value

    def flag(self, key: str) -> bool:
        """true or false, by default false."""
        value = self.raw[key] if key in self else False
        if not isinstance(value, bool):
            self.fault(key, _("chỉ nhận true hoặc false, không có ngoặc kép."))
            return False
        return value

    def table(self, key: str) -> "Table | None":
        """The table `[key]`, None when absent or not a table."""
        if key not in self:
            return None
        value = self.raw[key]
        if not isinstance(value, Mapping):
            self.faults.add(
                f"[{key}]", _("phải là một mục viết [{key}], một dấu ngoặc vuông.").format(key=key)
            )
            return None
        return Table(value, f"[{key}]", self.faults)

    def tables(self, key: str, hint: str = "code") -> list["Table"]:
        """The tables of the list `[[key]]`, or of the inline list `key` of an entry.

        `hint` is the key whose value tells the entries apart in their places.
        """
        title = self.at(key) if self.place else f"[[{key}]]"
        values = self.raw[key] if key in self else []
        if not isinstance(values, list):
            many = (
                _("phải là danh sách các bảng: {key} = [{{…}}, {{…}}].")
                if self.place
                else _("là một danh sách; trước mỗi phần tử hãy viết [[{key}]], hai dấu ngoặc.")
            )
            self.faults.add(title, many.format(key=key))
            return []
        tables = []
        for position, value in enumerate(values, start=1):
            if isinstance(value, Mapping):
                place = entry_place(title, position, value.get(hint))
                tables.append(Table(value, place, self.faults))
            else:
                self.faults.add(
                    entry_place(title, position, None),
                    _('phải là một bảng gồm các khóa, ví dụ {{{hint} = "…"}}.').format(hint=hint),
                )
        return tables
