"""What an official paper holds, without a look: page and Word file are drawn from it. Pure."""

from dataclasses import dataclass
from typing import ClassVar, TypeAlias

from app.language import _

STATE = _("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")
MOTTO = _("Độc lập - Tự do - Hạnh phúc")
SIGNED = _("(Ký, ghi rõ họ tên)")
BLANK = "…………………………"
MISSING = "*"


@dataclass(frozen=True)
class Heading:
    kind: ClassVar[str] = "heading"
    text: str
    level: int = 1


@dataclass(frozen=True)
class Text:
    kind: ClassVar[str] = "text"
    text: str


@dataclass(frozen=True)
class Items:
    """Sentences of a list."""

    kind: ClassVar[str] = "items"
    texts: tuple[str, ...]


@dataclass(frozen=True)
class Facts:
    """Names with their values. `codes`: the values are check codes, long and without spaces."""

    kind: ClassVar[str] = "facts"
    rows: tuple[tuple[str, str], ...]
    codes: bool = False


@dataclass(frozen=True)
class Column:
    """`width` is a share of the table's; numbers stand to the right."""

    title: str
    width: int
    number: bool = True


@dataclass(frozen=True)
class Table:
    """A row has a text for each column. `spans`: titles over so many columns, from the first."""

    kind: ClassVar[str] = "table"
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()
    spans: tuple[tuple[str, int], ...] = ()


Part: TypeAlias = Heading | Text | Items | Facts | Table


@dataclass(frozen=True)
class Paper:
    """`annex` comes after the signatures, on pages across. `sent_to` is "Nơi nhận"."""

    agency: str
    number: str
    title: str
    about: str
    parts: tuple[Part, ...]
    signers: tuple[str, ...]
    warning: str = ""
    addressee: str = ""
    dated: bool = False  # place and date in the letterhead, to be filled in
    sent_to: tuple[str, ...] = ()
    annex: tuple[Part, ...] = ()
