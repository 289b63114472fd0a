"""The words of the minutes (Biên bản mở hòm phiếu, kiểm phiếu), for the page and for Word. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.language import _, moment, number
from app.scores import keyholders, letterhead, turnout
from app.scores.course import Course
from app.scores.keyholders import Keyholders
from app.scores.paper import Column, Facts, Heading, Items, Paper, Part, Table, Text

TITLE = _("Biên bản mở hòm phiếu, kiểm phiếu")


@dataclass(frozen=True)
class Ballots:
    """What the urn held."""

    issued: int
    cast: int
    counted: int
    void: int
    foreign: int
    issued_later: int | None = None  # of those issued, after the launch; None: not told
    altered: int = 0  # of those issued, declared void: their row was altered, or is gone


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
    if opening.record:
        sums = _("Số phiếu phát ra ({issued}) bằng số đã gửi ({cast}) cộng số chưa gửi ({rest}).")
        rest = number(ballots.issued - ballots.cast)
        issued, cast = number(ballots.issued), number(ballots.cast)
        counted.append(sums.format(issued=issued, cast=cast, rest=rest))
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
            ballot_table(ballots),
            *turnout.parts(opening.course.cells, ballots.issued, ballots.cast)[:1],
            *map(Text, counted),
            Heading(_("3. Mã để đối chiếu về sau")),
            Facts(
                (
                    (_("Hòm phiếu"), opening.urn),
                    (_("Các mã biên nhận"), opening.receipts),
                    (_("Bộ chỉ số"), opening.index_digest),
                    (_("Nhật ký khi mở"), opening.log),
                    *([(_("Sổ công khai khi mở"), opening.record)] if opening.record else []),
                ),
                codes=True,
            ),
            *_unproved(opening),
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
    people = _("cần hai chuyên viên mới mở được") if two_people else _("một người mở được")
    return f"{held_by.words if held_by else keys_in_words(mode)}; {people}"


def of_sheet(document: Mapping[str, Any]) -> Ballots:
    """The same as a score sheet states it. One without a word of later ballots may be older."""
    return Ballots(
        **{key: document[key] for key in ("issued", "cast", "counted", "void", "foreign")},
        issued_later=document.get("issued_later"),
        altered=document.get("altered", 0),
    )


def ballot_rows(ballots: Ballots) -> tuple[tuple[str, int], ...]:
    """What the urn held, as minutes, report and workbook say it."""
    later, altered = ballots.issued_later, ballots.altered
    voided = _("Trong đó tuyên bố vô hiệu vì dữ liệu bị sửa hoặc mất")
    return (
        (_("Phiếu phát ra"), ballots.issued),
        *([] if later is None else [(_("Trong đó cấp cho người thêm sau khi phát phiếu"), later)]),
        *([(voided, altered)] if altered else []),
        (_("Phiếu đã gửi, theo danh sách"), ballots.cast),
        (_("Phiếu đếm được trong hòm"), ballots.counted),
        (_("Phiếu mất hiệu lực: đã được cấp lại, không đếm"), ballots.void),
        (_("Phiếu lạ: không do hệ thống cấp, không đếm"), ballots.foreign),
    )


def ballot_table(ballots: Ballots) -> Table:
    """The same as a table."""
    return Table(
        _("Số phiếu"),
        (Column(_("Loại phiếu"), 4, number=False), Column(_("Số phiếu"), 1)),
        tuple((name, number(count)) for name, count in ballot_rows(ballots)),
    )
