"""The entries of a public record in words, and what each of them proves. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.language import _, moment, number
from app.record import checking
from app.record.entries import Document, Entry

TITLES = {
    "launch": _("Phát phiếu"),
    "issue": _("Cấp thêm phiếu"),
    "extend": _("Gia hạn"),
    "cancel": _("Hủy đợt, hòm phiếu không mở"),
    "close": _("Kết thúc thu phiếu"),
    "void": _("Thu hồi phiếu, cấp lại"),
    "reopen": _("Mở lại cho phiếu cấp lại"),
    "unseal": _("Mở hòm phiếu"),
    "score": _("Lập bảng điểm"),
    "key": _("Đổi khóa ký sổ"),
}
PROOFS = {
    "launch": _(
        "Từ lúc này bộ chỉ số, quy tắc tính điểm, cách giữ khóa và số phiếu đã cố định. Ai có tệp"
        " bộ chỉ số đối chiếu được mã; đổi một chữ là mã khác."
    ),
    "issue": _(
        "Số phiếu cấp sau khi phát, cộng cả ngày. Số đã gửi và chưa gửi lúc kết thúc phải bằng tổng"
        " số phiếu đã cấp."
    ),
    "extend": _("Hạn gửi dời công khai; ai cũng biết từ lúc nào và đến bao giờ."),
    "cancel": _("Hòm phiếu bị hủy mà không mở; không có kết quả nào của đợt này."),
    "close": _(
        "Mã hòm phiếu là của mọi phiếu niêm phong có trong hòm lúc này. Sau đó thêm, bớt hay đổi"
        " một phiếu thì mã khác đi, và hòm không mở được. Đã gửi và chưa gửi là hai số đếm riêng:"
        " cộng lại phải bằng số đã cấp."
    ),
    "void": _(
        "Số phiếu bị thu hồi (mất, nhầm người, dữ liệu bị sửa), cộng cả ngày. Sổ không nói phiếu"
        " của ai và phiếu ấy đã gửi hay chưa."
    ),
    "reopen": _(
        "Chỉ phiếu cấp lại sau khi kết thúc được gửi, đến giờ ghi ở đây, rồi kết thúc lại."
    ),
    "unseal": _(
        "Hòm phiếu mở một lần. Số đếm được phải khớp số đã gửi lúc kết thúc. Từ bảng điểm tính lại"
        " được mã bảng kiểm phiếu: đổi một con số là mã khác."
    ),
    "score": _(
        "Bảng điểm công bố phải có đúng mã này; tệp JSON của bảng điểm ghi mã ở dòng cuối và tính"
        " lại được."
    ),
    "key": _("Các mục sau ký bằng khóa mới; mục này do khóa cũ ký."),
}
MODES = {
    "office": _("khóa trên máy chủ của cơ quan tổ chức"),
    "committee": _("các ủy viên giữ khóa"),
}


@dataclass(frozen=True)
class Fact:
    """Something that an entry says; `is_code`: to be compared sign by sign."""

    name: str
    value: str
    is_code: bool = False


@dataclass(frozen=True)
class Line:
    """An entry for the page."""

    number: int
    at: str
    title: str
    facts: tuple[Fact, ...]
    proves: str
    digest: str
    wrong: tuple[str, ...] = ()


def lines(record: Document) -> list[Line]:
    """The entries of a sound record, in their order; with what in them does not fit."""
    there = record["entries"]
    wrong: dict[int | None, list[str]] = {}
    for each in checking.numbers(there):
        wrong.setdefault(each.entry, []).append(each.words)
    return [_line(entry, wrong.get(place, ())) for place, entry in enumerate(there)]


def _line(entry: Entry, wrong: Sequence[str]) -> Line:
    what = entry["what"]
    return Line(
        entry["number"],
        _moment(entry["at"]),
        TITLES[what],
        tuple(_facts(what, entry["facts"])),
        PROOFS[what],
        entry["digest"],
        tuple(wrong),
    )


def title(entry: Mapping[str, Any]) -> str:
    """An entry in a few words, whoever wrote it."""
    words = _("Mục {number}: {what}, {at}")
    what = TITLES[entry["what"]]
    return words.format(number=entry["number"], what=what, at=_moment(entry["at"]))


def _facts(what: str, facts: Mapping[str, Any]) -> Iterator[Fact]:
    for name, words in NUMBERS.get(what, ()):
        yield Fact(words, number(facts[name]))
    for name, words in MOMENTS.get(what, ()):
        yield Fact(words, _moment(facts[name]))
    if what == "launch":
        office = facts["mode"] == "office"
        alone = _("một người mở được") if office else _("sau đó một chuyên viên cho đếm")
        people = _("cần hai người mới mở được") if facts["two_people"] else alone
        yield Fact(_("Cách giữ khóa"), f"{MODES[facts['mode']]}; {people}")
        if facts["mode"] == "committee":
            words = _("{need} trong {all} người")
            shown = words.format(need=facts["need"], all=len(facts["trustees"]))
            yield Fact(_("Số người cần để mở hòm"), shown)
            for place, key in enumerate(facts["trustees"], 1):
                yield Fact(_("Khóa của ủy viên {place}").format(place=place), key, is_code=True)
    for name, words in CODES.get(what, ()):
        if name in facts:
            yield Fact(words, facts[name], is_code=True)


NUMBERS = {
    "launch": [("issued", _("Phiếu phát ra"))],
    "issue": [("count", _("Phiếu cấp thêm"))],
    "void": [("count", _("Phiếu thu hồi"))],
    "close": [("cast", _("Phiếu đã gửi")), ("not_cast", _("Phiếu chưa gửi"))],
    "unseal": [
        ("counted", _("Phiếu đếm được")),
        ("void", _("Phiếu mất hiệu lực, không đếm")),
        ("foreign", _("Phiếu lạ, không đếm")),
    ],
    "score": [("sheet", _("Bảng điểm số"))],
}
MOMENTS = {
    "launch": [("opens_at", _("Mở")), ("closes_at", _("Hạn gửi"))],
    "extend": [("closes_at", _("Hạn gửi mới"))],
    "close": [("closed_at", _("Kết thúc lúc"))],
    "reopen": [("until", _("Đến"))],
}
CODES = {
    "launch": [
        ("index", _("Mã bộ chỉ số")),
        ("urn_key", _("Khóa niêm phong hòm phiếu")),
        ("key", _("Khóa ký sổ")),
    ],
    "close": [("urn", _("Mã hòm phiếu"))],
    "unseal": [("tally", _("Mã bảng kiểm phiếu")), ("receipts", _("Mã các biên nhận"))],
    "score": [("digest", _("Mã bảng điểm"))],
    "key": [("key", _("Khóa ký sổ mới"))],
}


def _moment(text: str) -> str:
    return moment(datetime.fromisoformat(text))
