"""What an urn held, as minutes, report, workbook and pages say it, and that it adds up. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.language import _, number
from app.scores import closingsums
from app.scores.closingsums import Sums
from app.scores.paper import Column, Table


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


def of_sheet(document: Mapping[str, Any]) -> Ballots:
    """The same as a score sheet states it. One without a word of later ballots may be older."""
    return Ballots(
        **{key: document[key] for key in ("issued", "cast", "counted", "void", "foreign")},
        issued_later=document.get("issued_later"),
        altered=document.get("altered", 0),
    )


def rows(ballots: Ballots) -> tuple[tuple[str, int], ...]:
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


def table(ballots: Ballots) -> Table:
    """The same as a table."""
    return Table(
        _("Số phiếu"),
        (Column(_("Loại phiếu"), 4, number=False), Column(_("Số phiếu"), 1)),
        tuple((name, number(count)) for name, count in rows(ballots)),
    )


def beside_closing(ballots: Ballots, closed: Sums) -> tuple[str, ...]:
    """The numbers of the opening beside those that were written down at the closing."""
    words = _("Lúc kết thúc đã ghi {cast} phiếu đã gửi, {rest} phiếu chưa gửi{same}.")
    same = (closed.cast, closed.not_cast) == (ballots.cast, ballots.issued - ballots.cast)
    told = words.format(
        cast=number(closed.cast),
        rest=number(closed.not_cast),
        same=_("; khi mở vẫn như vậy") if same else _("; khi mở thì khác"),
    )
    void = _("Phiếu tuyên bố vô hiệu sau khi kết thúc tính là chưa gửi.")
    return (
        told,
        *([void] if ballots.altered and not same else []),
        *(_("Lúc kết thúc: {what}").format(what=each) for each in closingsums.wrong(closed)),
    )


def sums(ballots: Ballots) -> tuple[str, ...]:
    """What of the ballots issued was cast, that what was cast was counted, and what those mean that
    were not. An opening that finds ballots issued without a sound row writes nothing, so what was
    not cast is all the rest."""
    issued, cast, counted = (number(n) for n in (ballots.issued, ballots.cast, ballots.counted))
    words = _("Phát ra {issued} phiếu: đã gửi {cast}, còn lại {rest} chưa gửi.")
    equal = _("Số phiếu đã gửi ({cast}) bằng số phiếu đếm được trong hòm ({counted}).")
    odd = [
        (
            ballots.void,
            _(
                "{count} phiếu mất hiệu lực: gửi rồi mới được cấp lại (mất, nhầm người, bị gửi"
                " thay); chỉ phiếu cấp lại được đếm."
            ),
        ),
        (
            ballots.foreign,
            _(
                "{count} phiếu lạ: có người ghi vào hòm phiếu ngoài hệ thống; không được đếm, và"
                " không làm mất phiếu của ai."
            ),
        ),
        (
            ballots.altered,
            _(
                "{count} phiếu bị tuyên bố vô hiệu: dữ liệu của phiếu bị sửa hoặc mất ngoài hệ"
                " thống; tính là chưa gửi."
            ),
        ),
    ]
    told = [said.format(count=number(count)) for count, said in odd if count]
    return (
        words.format(issued=issued, cast=cast, rest=number(ballots.issued - ballots.cast)),
        equal.format(cast=cast, counted=counted),
        *(told or [_("Không có phiếu mất hiệu lực hay phiếu lạ.")]),
    )
