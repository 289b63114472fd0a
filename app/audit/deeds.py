"""What the log knows of: every deed with its words, and whose it was when nobody was signed in."""

from app.language import _

# Whose deed it was when nobody was signed in.
COMMAND_LINE = _("dòng lệnh")
CLOCK = _("hệ thống, theo giờ đã đặt")
# Who tried to sign in with an address that no account has.
NO_ACCOUNT = _("địa chỉ không có tài khoản")

# What the roles of the console are called.
ROLES = {
    "officer": _("chuyên viên"),
    "council": _("Hội đồng"),
    "admin": _("quản trị tài khoản"),
}

ACTIONS = {
    "account.setup": _("Tạo tài khoản đầu tiên"),
    "account.add": _("Thêm tài khoản"),
    "account.invite": _("Gửi lại lời mời"),
    "account.withdraw": _("Rút lời mời"),
    "account.roles": _("Đổi vai trò của tài khoản"),
    "account.remove": _("Xóa tài khoản"),
    "account.reset": _("Đặt lại tài khoản"),
    "account.name": _("Đổi tên tài khoản"),
    "account.password": _("Đổi mật khẩu"),
    "account.second-factor": _("Đặt xác thực hai lớp"),
    "account.recovery-codes": _("Tạo mã dự phòng mới"),
    "account.sign-in": _("Đăng nhập"),
    "account.sign-out": _("Đăng xuất"),
    "account.refused": _("Đăng nhập không thành công"),
    "account.code": _("Nhập sai mã xác thực"),
    "account.wrong-password": _("Nhập sai mật khẩu"),
    "index.upload": _("Tải lên bộ chỉ số"),
    "index.copy": _("Sao chép bộ chỉ số"),
    "index.remove": _("Bỏ bộ chỉ số"),
    "index.restore": _("Lấy lại bộ chỉ số"),
    "wave.new": _("Tạo đợt điều tra"),
    "wave.change": _("Sửa đợt điều tra"),
    "wave.drop": _("Bỏ đợt đang chuẩn bị"),
    "roster.import": _("Nhập danh sách"),
    "roster.take-over": _("Lấy danh sách đợt trước"),
    "roster.agencies": _("Xác nhận tên cơ quan"),
    "roster.add": _("Thêm một người"),
    "roster.correct": _("Sửa một người"),
    "roster.address": _("Đổi địa chỉ thư của một người"),
    "roster.remove": _("Bỏ một người"),
    "roster.restore": _("Khôi phục một người"),
    "roster.reissue": _("Cấp lại phiếu"),
    "roster.export": _("Xuất danh sách"),
    "roster.participation": _("Lập danh sách người tham gia"),
    "letters.edit": _("Sửa lời thư"),
    "letters.test": _("Gửi thư thử"),
    "letters.test-confirmed": _("Xác nhận thư thử"),
    "letters.resend": _("Gửi lại thư mời"),
    "keys.recovery": _("Tải bản khóa dự phòng"),
    "keys.recovery-checked": _("Mở thử bản khóa dự phòng"),
    "keys.restore": _("Lấy lại khóa từ bản dự phòng"),
    "keys.copy": _("Lấy bản sao khóa gốc"),
    "keys.restore-master": _("Lấy lại tệp khóa từ bản sao khóa gốc"),
    "wave.launch": _("Phát phiếu"),
    "wave.remind": _("Gửi thư nhắc"),
    "wave.remind-rule": _("Đặt lịch thư nhắc"),
    "wave.extend": _("Gia hạn"),
    "wave.close": _("Kết thúc thu phiếu"),
    "wave.cancel": _("Hủy đợt"),
    "wave.propose": _("Đề nghị, chờ người thứ hai"),
    "wave.withdraw": _("Rút đề nghị"),
    "wave.void-altered": _("Tuyên bố vô hiệu phiếu bị sửa"),
    "wave.accept": _("Nhận đợt sau khi khôi phục cơ sở dữ liệu"),
    "wave.repair": _("Đưa đợt về như tệp khóa ghi"),
    "wave.join": _("Nhận làm một trong hai người của đợt"),
    "wave.unseal": _("Mở hòm phiếu"),
    "wave.external": _("Nhập kết quả lấy từ nơi khác"),
    "wave.score": _("Tính bảng điểm"),
    "wave.export": _("Xuất bảng điểm"),
    "wave.minutes": _("Xuất biên bản"),
    "connection.make": _("Tạo khóa kết nối"),
    "connection.revoke": _("Thu hồi khóa kết nối"),
    "keys.new": _("Tạo tệp khóa mới, tệp cũ đã mất"),
    "audit.export": _("Xuất nhật ký"),
    "audit.accept": _("Nhận nhật ký sau khi khôi phục cơ sở dữ liệu"),
}
