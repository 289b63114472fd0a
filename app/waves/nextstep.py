"""What people of the console have to do next with a wave, in words and with the way there. Pure."""

from dataclasses import dataclass

from app.language import _
from app.waves.overview import Facts, until, when


@dataclass(frozen=True)
class Next:
    """The one thing to do: what, why, and where (the last part of an address)."""

    title: str
    words: str
    button: str = ""
    path: str = ""
    items: tuple[str, ...] = ()


def of(facts: Facts) -> Next:
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
            "danh-sach/thu-hong",
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
