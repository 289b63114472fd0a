"""What an official paper holds, without a look: page and Word file are drawn from it. Pure."""

from dataclasses import dataclass
from fractions import Fraction
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
    """`width` is a share of the table's; numbers stand to the right, ranks and boxes in the
    middle."""

    title: str
    width: int
    number: bool = True
    centred: bool = False


@dataclass(frozen=True)
class Table:
    """A row has a text for each column, or one text over all of them. `spans`: titles over so many
    columns, from the first."""

    kind: ClassVar[str] = "table"
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()
    spans: tuple[tuple[str, int], ...] = ()
    tall: bool = False


@dataclass(frozen=True)
class Chart:
    """Bars of percent: for each name one of each series, longest at 100; None is not drawn. With
    `lines` each series is a line over the names instead. `halves`: how far the interval of the
    first series reaches to both sides."""

    kind: ClassVar[str] = "chart"
    caption: str
    series: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Fraction | None, ...]], ...]
    places: int = 2
    halves: tuple[Fraction | None, ...] = ()
    lines: bool = False


@dataclass(frozen=True)
class Fill:
    """What the agency writes itself; `hint` tells what about, and goes when one begins."""

    kind: ClassVar[str] = "fill"
    hint: str


@dataclass(frozen=True)
class Lines:
    """So many dotted lines to write on by hand."""

    kind: ClassVar[str] = "lines"
    count: int


Part: TypeAlias = Heading | Text | Items | Facts | Table | Chart | Fill | Lines


@dataclass(frozen=True)
class Paper:
    """`annex` comes after the signatures, on pages across. `sent_to` is "Nơi nhận".

    `above` is the body above the agency. Without an agency there is no letterhead; `label` then
    stands at the top ("Mẫu số 01"), with `attached` beneath: what the paper is a part of.
    """

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
    above: str = ""
    place: str = ""  # where it is dated
    label: str = ""
    attached: str = ""

    @property
    def place_and_day(self) -> str:
        """The place, and the day to be filled in; empty where the paper has none."""
        words = _("{place}, ngày …… tháng …… năm ………").format(place=self.place or "…………")
        return words if self.dated else ""
