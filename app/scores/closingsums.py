"""Whether the numbers of a closing fit each other, in words. Pure.

Each comes from where it is really known: how many ballots were issued from the key file, how many
were cast and how many not from their rows, how many lie in the urn from the urn. So they can
differ, and then somebody was at the database.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

from app.language import _, number

# What a line of the log tells of a closing, always; the others where they do not fit.
ALWAYS = ("issued", "cast", "not_cast")
IF_WRONG = ("altered", "lost")
URN = ("in_urn", "least", "most")


@dataclass(frozen=True)
class Sums:
    """The numbers of a closing. `altered` ballots have another row than was issued, `lost` ones no
    sound row. Of `in_urn` sealed ballots `least` to `most` are right: one that was cast and issued
    anew may lie there beside the other. None: as many as are right, or, where a closing by an
    earlier version was not `counted` so, not known."""

    issued: int
    cast: int
    not_cast: int
    altered: int = 0
    lost: int = 0
    in_urn: int | None = None
    least: int = 0
    most: int = 0
    counted: bool = True

    @property
    def urn_fits(self) -> bool:
        return self.in_urn is None or self.least <= self.in_urn <= self.most

    @property
    def facts(self) -> dict[str, int]:
        """What the log keeps. How many lie in an urn that fits would tell whether a ballot that
        was issued anew had been cast."""
        names = [*ALWAYS, *(name for name in IF_WRONG if getattr(self, name))]
        return {name: getattr(self, name) for name in (*names, *(() if self.urn_fits else URN))}


def read(facts: Mapping[str, Any]) -> Sums | None:
    """The numbers as the log has them; None in a line of an earlier version."""
    if not facts.keys() >= {*ALWAYS}:
        return None
    known = {name: int(facts[name]) for name in (*ALWAYS, *IF_WRONG, *URN) if name in facts}
    return replace(Sums(0, 0, 0), **cast(Any, known))


def difference(both: int, issued: int) -> str:
    """That ballots cast and not cast are not those issued."""
    words = _("đã gửi và chưa gửi cộng lại là {both}, không bằng số phiếu phát ra ({issued}): {by}")
    more = _("nhiều hơn số phát ra {number} phiếu")
    by = more if both > issued else _("ít hơn số phát ra {number} phiếu")
    told = by.format(number=number(abs(both - issued)))
    return words.format(both=number(both), issued=number(issued), by=told)


def wrong(sums: Sums) -> list[str]:
    """What does not fit, a sentence each; nothing where all is well."""
    return list(_wrong(sums))


def _wrong(sums: Sums) -> Iterator[str]:
    both = sums.cast + sums.not_cast
    if both != sums.issued:
        yield _("Không khớp: {difference}.").format(difference=difference(both, sums.issued))
    if sums.altered:
        words = _("Không khớp: trong cơ sở dữ liệu có {number} phiếu khác với lúc phát.")
        yield words.format(number=number(sums.altered))
    if sums.lost:
        words = _("Không khớp: trong số đã phát, {number} phiếu không còn dữ liệu đúng.")
        yield words.format(number=number(sums.lost))
    if not sums.urn_fits:
        yield _urn(sums)


def _urn(sums: Sums) -> str:
    there = sums.in_urn or 0
    if there < sums.least:
        by = _("ít hơn số phải có {number} phiếu").format(number=number(sums.least - there))
    else:
        by = _("nhiều hơn số có thể có {number} phiếu").format(number=number(there - sums.most))
    if sums.least == sums.most:
        words = _("Không khớp: trong hòm có {there} phiếu niêm phong, phải có {least}: {by}.")
    else:
        words = _(
            "Không khớp: trong hòm có {there} phiếu niêm phong, phải có từ {least} đến {most} (kể"
            " cả phiếu gửi rồi mới được cấp lại): {by}."
        )
    return words.format(
        there=number(there), least=number(sums.least), most=number(sums.most), by=by
    )


def right(sums: Sums) -> str:
    """That ballots cast and not cast are those issued."""
    words = _("Số phiếu phát ra ({issued}) bằng số đã gửi ({cast}) cộng số chưa gửi ({rest}).")
    return words.format(
        issued=number(sums.issued), cast=number(sums.cast), rest=number(sums.not_cast)
    )


def fits(sums: Sums) -> list[str]:
    """What does fit, a sentence each."""
    said = [right(sums)] if sums.cast + sums.not_cast == sums.issued else []
    if sums.counted and sums.urn_fits:
        said.append(
            _(
                "Số phiếu niêm phong trong hòm khớp số đã gửi (phiếu gửi rồi mới được cấp lại vẫn"
                " nằm trong hòm, không được đếm)."
            )
        )
    return said


def remedy() -> str:
    """What to do where numbers do not fit."""
    return _(
        "Dữ liệu đã bị sửa ngoài hệ thống khi đợt đang thu phiếu. Giữ nguyên máy chủ, ghi vào biên"
        " bản, báo Hội đồng; đối chiếu từng phiếu với lúc phát, khôi phục phần bị sửa từ bản lưu"
        " trước khi mở hòm phiếu. Không khôi phục được thì Hội đồng quyết định: tuyên bố các phiếu"
        " bị sửa vô hiệu, hoặc hủy đợt."
    )
