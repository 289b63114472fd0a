"""The steps of a wave and the one thing to do next. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.language import HANOI, _, clock, day

STEPS = (
    _("Chuẩn bị"),
    _("Đã phát phiếu"),
    _("Đang thu phiếu"),
    _("Đã kết thúc thu phiếu"),
    _("Đã mở hòm phiếu"),
    _("Đã có kết quả"),
)
PLACE = {"draft": 0, "launched": 1, "open": 2, "closed": 3, "unsealed": 4, "scored": 5}


@dataclass(frozen=True)
class Step:
    """One dot of the line: `state` is done, now or later."""

    words: str
    state: str
    when: str = ""


@dataclass(frozen=True)
class Facts:
    """What the next step follows from."""

    state: str
    opens_at: datetime
    closes_at: datetime
    launched_at: datetime | None
    closed_at: datetime | None
    unsealed_at: datetime | None
    now: datetime
    people: int = 0
    red: tuple[str, ...] = ()  # what the checks say that are not green yet
    failed: int = 0
    waiting: int = 0  # letters still to go
    mail_fault: str = ""  # why no letters go out
    proposed_by: str = ""
    proposed_by_reader: bool = False
    two_people: bool = False
    rehearsal: bool = False


@dataclass(frozen=True)
class Next:
    """The one thing to do: what, why, and where (the last part of an address)."""

    title: str
    words: str
    button: str = ""
    path: str = ""
    items: tuple[str, ...] = ()


def steps(facts: Facts) -> tuple[Step, ...]:
    """The line of steps, with the dates that are known."""
    if facts.state == "cancelled":
        return ()
    now = PLACE[facts.state]
    times = (
        "",
        when(facts.launched_at),
        # Once it is over, when it was over stands a step further.
        _("đến {moment}").format(moment=until(facts.closes_at)) if 1 <= now <= 2 else "",
        when(facts.closed_at),
        when(facts.unsealed_at),
        "",
    )
    return tuple(
        Step(words, "done" if place < now else "now" if place == now else "later", times[place])
        for place, words in enumerate(STEPS)
    )


def when(moment: datetime | None) -> str:
    """A moment in a table: 12/3/2026, 17:00."""
    return f"{day(moment)}, {clock(moment)}" if moment else ""


def left(closes: datetime, now: datetime) -> tuple[int, str]:
    """How long it still is to a closing: whole days, in the last one hours, then minutes."""
    rest = max(closes - now, timedelta(0))
    if rest.days:
        return rest.days, _("ngày còn lại")
    if rest.seconds >= 3600:
        return rest.seconds // 3600, _("giờ còn lại")
    return rest.seconds // 60, _("phút còn lại")


def until(closes: datetime) -> str:
    """The same of a closing. It is exclusive: midnight is the end of the day before."""
    local = closes.astimezone(HANOI)
    if local.hour or local.minute:
        return when(closes)
    return _("hết {day}").format(day=day(local - timedelta(seconds=1)))


def next_step(facts: Facts) -> Next:
    """The one thing to do next."""
    simple = {
        "draft": _before_launch,
        "launched": _while_open,
        "open": _while_open,
        "closed": _after_close,
    }
    if facts.state in simple:
        return simple[facts.state](facts)
    if facts.state == "unsealed":
        return Next(
            _("Việc cần làm: tính bảng điểm"),
            _("Hòm phiếu đã mở. Có tiêu chí lấy kết quả từ nơi khác thì nhập trước rồi tính điểm."),
            _("Tính bảng điểm"),
            "mo-hom-phieu",
        )
    if facts.state == "scored":
        words = (
            _("Kết quả đã có.")
            if facts.rehearsal
            else _("Kết quả đã có. Xuất cho hệ thống chấm điểm và in biên bản.")
        )
        return Next(_("Việc cần làm: xem và xuất kết quả"), words, _("Xem kết quả"), "ket-qua")
    return Next(
        _("Đợt này đã hủy"),
        _("Hòm phiếu đã hủy mà không mở. Tạo đợt mới khi cần."),
    )


def for_council(facts: Facts) -> Next:
    """What the council is told instead: how far the wave is, and what can be read already."""
    closes = until(facts.closes_at)
    found = {
        "draft": Next(
            _("Đợt đang được chuẩn bị"),
            _("Chưa phát phiếu. Kết quả có sau khi thu phiếu và mở hòm phiếu."),
        ),
        "launched": Next(
            _("Đã phát phiếu"),
            _("Phiếu mở lúc {opens}, thu đến {closes}. Sau đó chuyên viên mở hòm phiếu.").format(
                opens=when(facts.opens_at), closes=closes
            ),
        ),
        "open": Next(
            _("Đang thu phiếu"),
            _(
                "Thu phiếu đến {closes}, rồi chuyên viên mở hòm phiếu. Trước lúc ấy không ai xem"
                " được câu trả lời."
            ).format(closes=closes),
        ),
        "closed": Next(
            _("Đang chờ mở hòm phiếu"),
            _("Đã kết thúc thu phiếu; chuyên viên mở hòm phiếu, rồi có biên bản và bảng điểm."),
        ),
        "unsealed": Next(
            _("Hòm phiếu đã mở"),
            _("Đã có biên bản. Bảng điểm có khi chuyên viên tính xong."),
            _("Xem biên bản"),
            "bien-ban",
        ),
        "scored": Next(
            _("Kết quả đã có"),
            _("Hội đồng xem kết quả, biên bản và nhật ký, kiểm tra lại được mọi con số."),
            _("Xem kết quả"),
            "ket-qua",
        ),
        "cancelled": Next(
            _("Đợt này đã hủy"),
            _("Hòm phiếu đã hủy mà không mở, nên không có kết quả."),
        ),
    }
    return found[facts.state]


def _before_launch(facts: Facts) -> Next:
    if not facts.people:
        return Next(
            _("Việc cần làm: tải danh sách lên"),
            _("Đợt đã có bộ chỉ số, chưa có người nhận phiếu."),
            _("Đến danh sách"),
            "danh-sach",
        )
    if facts.red:
        return Next(
            _("Việc cần làm: hoàn thành {number} mục kiểm tra").format(number=len(facts.red)),
            _("Phát được phiếu khi mọi mục trong danh sách kiểm tra đã đạt. Còn lại:"),
            _("Xem danh sách kiểm tra"),
            "phat-phieu",
            facts.red,
        )
    words = (
        _("Mọi mục kiểm tra đã đạt. Nên phát trước {opens}: thư mời gửi từ lúc ấy.")
        if facts.opens_at > facts.now
        else _("Mọi mục kiểm tra đã đạt. Giờ mở phiếu ({opens}) đã qua: phát là gửi thư mời ngay.")
    )
    return Next(
        _("Việc cần làm: phát phiếu"),
        words.format(opens=when(facts.opens_at)),
        _("Đến trang phát phiếu"),
        "phat-phieu",
    )


def _while_open(facts: Facts) -> Next:
    if facts.mail_fault and facts.waiting:
        return Next(
            _("Việc cần làm: báo người quản trị máy chủ"),
            _(
                "Còn {number} thư chưa gửi đi được. Không thư nào mất, hệ thống tự thử lại. Báo"
                " nguyên văn dòng này:"
            ).format(number=facts.waiting),
            _("Xem tiến độ gửi"),
            "phat-phieu",
            (facts.mail_fault,),
        )
    if facts.failed:
        return Next(
            _("Việc cần làm: sửa {number} địa chỉ thư").format(number=facts.failed),
            _("Những người này chưa nhận được thư mời. Sửa xong, hệ thống gửi lại thư mời cho họ."),
            _("Xem các địa chỉ hỏng"),
            "theo-doi#thu-hong",
        )
    if facts.waiting:
        return Next(
            _("Đang gửi thư mời"),
            _("Không phải làm gì: thư tự gửi đi, kể cả khi rời trang này."),
            _("Xem tiến độ gửi"),
            "phat-phieu",
        )
    return Next(
        _("Chưa có việc gì phải làm"),
        _("Hệ thống thu phiếu đến {closes}, rồi tự kết thúc. Sau đó mở hòm phiếu.").format(
            closes=until(facts.closes_at)
        ),
        _("Theo dõi"),
        "theo-doi",
    )


def _after_close(facts: Facts) -> Next:
    if facts.proposed_by_reader:
        return Next(
            _("Đang chờ người thứ hai"),
            _(
                "Ông/Bà đã đề nghị mở hòm phiếu. Nhờ một chuyên viên khác đăng nhập bằng tài khoản"
                " của mình rồi xác nhận."
            ),
            _("Đến trang mở hòm phiếu"),
            "mo-hom-phieu",
        )
    if facts.proposed_by:
        return Next(
            _("Việc cần làm: xác nhận mở hòm phiếu"),
            _("{name} đã đề nghị mở hòm phiếu; cần một chuyên viên khác xác nhận.").format(
                name=facts.proposed_by
            ),
            _("Đến trang mở hòm phiếu"),
            "mo-hom-phieu",
        )
    words = (
        _("Đã kết thúc thu phiếu. Mở hòm phiếu cần hai người: một đề nghị, một xác nhận.")
        if facts.two_people
        else _("Đã kết thúc thu phiếu. Mở hòm phiếu để có kết quả.")
    )
    return Next(_("Việc cần làm: mở hòm phiếu"), words, _("Mở hòm phiếu"), "mo-hom-phieu")
