"""The words of the minutes (Biên bản mở hòm phiếu, kiểm phiếu), for the page and for Word. Pure."""

from dataclasses import dataclass, field
from datetime import datetime

from app.language import _, moment, number
from app.scores import keyholders, letterhead, protection, turnout, urnsums
from app.scores.closingsums import Sums
from app.scores.course import Course
from app.scores.keyholders import Keyholders
from app.scores.paper import Facts, Heading, Items, Paper, Part, Text
from app.scores.urnsums import Ballots

TITLE = _("Biên bản mở hòm phiếu, kiểm phiếu")


@dataclass(frozen=True)
class Opening:
    """What is known of one opening. `log` is number and code of its line, empty without one.

    `unproved` are sentences: what this opening could not prove, since the wave is older than the
    means to. `voided_by` declared the altered ballots void.
    """

    agency: str
    index_name: str
    wave: str
    rehearsal: bool
    mode: str  # office | committee
    two_people: bool
    closed_at: datetime
    unsealed_at: datetime
    keys_erased_at: datetime | None
    proposed_by: str  # empty when one person opened
    opened_by: str
    ballots: Ballots
    comments_withheld: bool
    urn: str
    receipts: str
    index_digest: str
    log: str
    unproved: tuple[str, ...] = ()
    voided_by: str = ""
    record: str = ""  # number and code of its entry in the public record
    closed: Sums | None = None  # what was counted at the closing
    closed_log: str = ""  # the same of the closing whose urn it is
    closed_record: str = ""
    roster: str = ""  # who put how many people on it, from what
    course: Course = field(default_factory=Course)


def paper(opening: Opening) -> Paper:
    """The minutes, to sign."""
    about = _("Đợt điều tra xã hội học phục vụ xác định {name}")
    held_by = opening.course.held_by
    ballots, head = opening.ballots, opening.course.head or letterhead.guessed(opening.agency)
    counted = [
        _(
            "Hòm phiếu được đối chiếu với mã ghi lúc kết thúc, rồi đếm hai lần bằng hai cách độc"
            " lập; hai lần đếm như nhau và khớp số phiếu đã gửi. Từng phiếu không được lưu lại."
        )
    ]
    # A wave of before there was a record has the minutes that it always had.
    if opening.record:
        counted = [
            *urnsums.sums(ballots),
            *(urnsums.beside_closing(ballots, opening.closed) if opening.closed else ()),
            *([_held_to(opening)] if opening.closed_record else counted),
        ]
    if opening.comments_withheld:
        counted.append(
            _("Góp ý của câu hỏi có dưới 10 phiếu được hỏi không được giữ lại, nếu có người viết.")
        )
    return Paper(
        above=head.above,
        agency=head.agency,
        number=head.number(_("BB")),
        place=head.place,
        dated=True,
        title=TITLE,
        about=about.format(name=opening.index_name),
        warning=_("PHIẾU THỬ: đợt tập dượt, không có giá trị.") if opening.rehearsal else "",
        parts=(
            Heading(_("1. Thời gian, người thực hiện")),
            Facts(_who_and_when(opening)),
            *([keyholders.table(held_by, opened=True)] if held_by else []),
            Heading(_("2. Kết quả kiểm phiếu")),
            urnsums.table(ballots),
            *turnout.parts(opening.course.cells, ballots.issued, ballots.cast)[:1],
            *map(Text, counted),
            Heading(_("3. Mã để đối chiếu về sau")),
            Facts(
                (
                    (_("Hòm phiếu"), opening.urn),
                    (_("Các mã biên nhận"), opening.receipts),
                    (_("Bộ chỉ số"), opening.index_digest),
                    *_codes_of_closing(opening),
                    (_("Nhật ký khi mở"), opening.log),
                    *([(_("Sổ công khai khi mở"), opening.record)] if opening.record else []),
                ),
                codes=True,
            ),
            Items(tuple(protection.stays_possible(opening.mode))),
            *_unproved(opening),
            *([keyholders.present(held_by)] if opening.record else []),
            Text(written_on()),
        ),
        signers=(_("Người lập biên bản"), _("Đại diện Hội đồng"), _("Người chứng kiến")),
    )


def written_on() -> str:
    """How minutes end."""
    return _(
        "Biên bản lập xong lúc ……… giờ ……… ngày ……… tháng ……… năm ………, tại"
        " ………………………………, đã đọc cho mọi người cùng nghe và nhất trí ký tên."
    )


def _held_to(opening: Opening) -> str:
    """What the urn was held to before it was opened, and how it was counted."""
    line, entry = _("nhật ký (dòng {number})"), _("sổ công khai (mục {number})")
    places = ((line, opening.closed_log), (entry, opening.closed_record))
    where = _(" và ").join(
        words.format(number=number(int(code.partition(":")[0]))) for words, code in places if code
    )
    return _(
        "Trước khi mở, mã hòm phiếu tính lại đúng là mã ghi khi kết thúc, trong {where}. Phiếu được"
        " đếm hai lần bằng hai cách độc lập; hai lần đếm như nhau. Từng phiếu không được lưu lại."
    ).format(where=where)


def _codes_of_closing(opening: Opening) -> tuple[tuple[str, str], ...]:
    codes = (
        (_("Nhật ký khi kết thúc"), opening.closed_log),
        (_("Sổ công khai khi kết thúc"), opening.closed_record),
    )
    return tuple(each for each in codes if each[1]) if opening.record else ()


def _unproved(opening: Opening) -> tuple[Part, ...]:
    if not opening.unproved:
        return ()
    return Heading(_("4. Những điều đợt này không chứng minh được")), Items(opening.unproved)


def _who_and_when(opening: Opening) -> tuple[tuple[str, str], ...]:
    people = (
        ((_("Người đề nghị"), opening.proposed_by), (_("Người xác nhận và mở"), opening.opened_by))
        if opening.proposed_by
        else ((_("Người mở"), opening.opened_by),)
    )
    erased = opening.keys_erased_at
    voided = opening.ballots.altered and opening.voided_by
    launched, held_by = opening.course.launched_at, opening.course.held_by
    return (
        (_("Mã đợt"), opening.wave),
        *([(_("Phát phiếu"), moment(launched))] if launched else []),
        (_("Kết thúc thu phiếu"), moment(opening.closed_at)),
        (_("Mở hòm phiếu"), moment(opening.unsealed_at)),
        *people,
        *([(_("Người tuyên bố phiếu vô hiệu"), opening.voided_by)] if voided else []),
        (_("Cách giữ khóa"), kept_in_words(opening.mode, opening.two_people, held_by)),
        *([(_("Xóa khóa sau khi mở"), moment(erased))] if erased else []),
        *([(_("Danh sách đối tượng"), opening.roster)] if opening.roster else []),
    )


def keys_in_words(mode: str) -> str:
    """Who held the key of the urn."""
    if mode == "office":
        return _("khóa trên máy chủ của cơ quan tổ chức")
    return _("các ủy viên giữ khóa")


def kept_in_words(mode: str, two_people: bool, held_by: Keyholders | None = None) -> str:
    """Who held the key, and how many it took to open the urn."""
    alone = _("một người mở được") if mode == "office" else _("sau đó một chuyên viên cho đếm")
    people = _("cần hai chuyên viên mới mở được") if two_people else alone
    return f"{held_by.words if held_by else keys_in_words(mode)}; {people}"
