"""The words of the minutes of closing (Biên bản kết thúc thu phiếu), for the page and for Word.
Pure."""

from dataclasses import dataclass
from datetime import datetime

from app.index.estimate import deadline
from app.language import _, moment, number
from app.scores import closingsums, keyholders, letterhead, protection
from app.scores.closingsums import Sums
from app.scores.keyholders import Keyholders
from app.scores.letterhead import Letterhead
from app.scores.minutes import kept_in_words, written_on
from app.scores.paper import Column, Facts, Heading, Items, Paper, Part, Table, Text

TITLE = _("Biên bản kết thúc thu phiếu")


@dataclass(frozen=True)
class Close:
    """One closing of a wave: when, by whom as the log names them, what was counted, and the digest
    of the urn."""

    at: datetime
    who: str
    sums: Sums
    urn: str

    @property
    def cast(self) -> int:
        return self.sums.cast

    @property
    def not_cast(self) -> int:
        return self.sums.not_cast


@dataclass(frozen=True)
class Closing:
    """What is known of the closings of a wave, the last one last. `log` and `record` are number and
    code of what stands last there; empty without."""

    agency: str
    index_name: str
    wave: str
    rehearsal: bool
    mode: str  # office | committee
    two_people: bool
    launched_at: datetime
    launched_by: str
    opens_at: datetime
    issued_later: int
    closes: tuple[Close, ...]
    extended: tuple[datetime, ...]  # until when, each time
    reopened: tuple[datetime, ...]  # the same for ballots that were issued anew
    index_digest: str
    log: str = ""
    record: str = ""
    head: Letterhead | None = None
    held_by: Keyholders | None = None

    @property
    def last(self) -> Close:
        return self.closes[-1]

    @property
    def issued(self) -> int:
        return self.last.sums.issued


def paper(closing: Closing) -> Paper:
    """The minutes, to sign."""
    about = _("Đợt điều tra xã hội học phục vụ xác định {name}")
    head = closing.head or letterhead.guessed(closing.agency)
    return Paper(
        above=head.above,
        agency=head.agency,
        number=head.number(_("BB")),
        place=head.place,
        dated=True,
        title=TITLE,
        about=about.format(name=closing.index_name),
        warning=_("PHIẾU THỬ: đợt tập dượt, không có giá trị.") if closing.rehearsal else "",
        parts=(
            Heading(_("1. Thời gian, người thực hiện")),
            Facts(_who_and_when(closing)),
            *([keyholders.table(closing.held_by, opened=False)] if closing.held_by else []),
            Heading(_("2. Kết quả thu phiếu")),
            *_ballots(closing),
            Heading(_("3. Mã để đối chiếu về sau")),
            Facts(
                (
                    *_earlier_urns(closing),
                    (_("Hòm phiếu"), closing.last.urn),
                    (_("Bộ chỉ số"), closing.index_digest),
                    *([(_("Nhật ký khi kết thúc"), closing.log)] if closing.log else []),
                    *([(_("Sổ công khai khi kết thúc"), closing.record)] if closing.record else []),
                ),
                codes=True,
            ),
            Text(
                _(
                    "Mã hòm phiếu tính từ mọi phiếu đã niêm phong lúc kết thúc. Thêm, bớt hay sửa"
                    " một phiếu thì mã khác, và hòm phiếu không mở được; so với biên bản mở hòm"
                    " phiếu để biết hòm phiếu còn nguyên."
                )
            ),
            Items(tuple(protection.stays_possible(closing.mode))),
            keyholders.present(closing.held_by),
            Text(written_on()),
        ),
        signers=(_("Người lập biên bản"), _("Đại diện Hội đồng"), _("Người chứng kiến")),
    )


def _who_and_when(closing: Closing) -> tuple[tuple[str, str], ...]:
    last = closing.last
    kept = kept_in_words(closing.mode, closing.two_people, closing.held_by)
    launched = ", ".join(filter(None, (moment(closing.launched_at), closing.launched_by)))
    longer = "; ".join(_("đến {at}").format(at=deadline(each)) for each in closing.extended)
    again = "; ".join(_("đến {at}").format(at=moment(each)) for each in closing.reopened)
    return (
        (_("Mã đợt"), closing.wave),
        (_("Phát phiếu"), launched),
        (_("Thu phiếu từ"), moment(closing.opens_at)),
        *([(_("Gia hạn"), longer)] if longer else []),
        *([(_("Mở lại riêng cho phiếu cấp lại"), again)] if again else []),
        (_("Kết thúc thu phiếu"), moment(last.at)),
        *([(_("Người kết thúc"), last.who)] if last.who else []),
        (_("Cách giữ khóa"), kept),
    )


def _ballots(closing: Closing) -> tuple[Part, ...]:
    last = closing.last
    rows = [
        (_("Phiếu phát ra"), number(closing.issued)),
        (_("Trong đó cấp cho người thêm sau khi phát phiếu"), number(closing.issued_later)),
        (_("Phiếu đã gửi"), number(last.cast)),
        (_("Phiếu chưa gửi"), number(last.not_cast)),
    ]
    columns = (Column(_("Loại phiếu"), 4, number=False), Column(_("Số phiếu"), 1))
    return (
        Table(_("Số phiếu"), columns, tuple(rows)),
        Text(
            _(
                "Số phát ra lấy từ tệp khóa, số đã gửi và chưa gửi đếm từng phiếu trong cơ sở dữ"
                " liệu, số trong hòm đếm trong hòm phiếu."
            )
        ),
        *map(Text, closingsums.fits(last.sums)),
        *_wrong(last.sums),
        *([_earlier(closing)] if len(closing.closes) > 1 else []),
    )


def _wrong(counted: Sums) -> tuple[Part, ...]:
    """What does not fit, and what to do; nothing where all is well."""
    found = closingsums.wrong(counted)
    if not found:
        return ()
    title = _("Các số lúc kết thúc không khớp nhau")
    return Heading(title, 2), Items(tuple(found)), Text(closingsums.remedy())


def _earlier(closing: Closing) -> Table:
    """All closings, where there were several: after an extension, or after single ballots that were
    issued anew."""
    columns = (
        Column(_("Lần"), 2, number=False, centred=True),
        Column(_("Kết thúc lúc"), 6, number=False),
        Column(_("Người kết thúc"), 6, number=False),
        Column(_("Đã gửi"), 2),
        Column(_("Chưa gửi"), 2),
    )
    rows = tuple(
        (str(place), moment(each.at), each.who, number(each.cast), number(each.not_cast))
        for place, each in enumerate(closing.closes, 1)
    )
    why = _("Kết thúc nhiều lần vì đã gia hạn, hoặc mở lại riêng cho phiếu cấp lại.")
    return Table(_("Các lần kết thúc thu phiếu"), columns, rows, (why,))


def _earlier_urns(closing: Closing) -> list[tuple[str, str]]:
    words = _("Hòm phiếu, lần {place}")
    earlier = enumerate(closing.closes[:-1], 1)
    return [(words.format(place=place), each.urn) for place, each in earlier]
