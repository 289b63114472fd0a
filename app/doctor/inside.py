"""The database as it stands: reached, of this program's version, with its keys, with letters that
go, with backups."""

from datetime import timedelta

from app.audit import chain
from app.audit.deeds import ACTIONS
from app.ballots import enquiries
from app.doctor.finding import BAD, GOOD, LOOK, Finding
from app.keys.keyfile import KeyFile
from app.language import _, moment, number
from app.letters import backlog, stops
from app.settings import Settings
from app.staff import accounts
from app.store import soundness, upkeep
from app.store.db import Database, Session

BACKUP = "backup.make"
OLD_BACKUP = timedelta(days=2)


def of_tables(settings: Settings, session: Session) -> Finding:
    """Whether this program can work with the tables at all. Raises what the database raises."""
    about, found = _("Cơ sở dữ liệu"), soundness.tables(session)
    name = "SQLite" if settings.is_sqlite else "PostgreSQL"
    if found == soundness.EMPTY:
        words = _("{name}: còn trống.").format(name=name)
        return Finding(LOOK, about, words, _("Chạy “phieu serve” một lần để tạo các bảng."))
    if found == soundness.BEHIND:
        words = _("{name}: các bảng là của phiên bản cũ hơn ({number}).")
        remedy = _("Sao lưu, rồi khởi động lại dịch vụ: lúc khởi động các bảng được nâng lên.")
        number_found = soundness.found(session)
        return Finding(BAD, about, words.format(name=name, number=number_found), remedy)
    if found == soundness.AHEAD:
        words = _("{name}: các bảng là của phiên bản mới hơn chương trình này.").format(name=name)
        remedy = _("Cài phiên bản mới ở máy này, hoặc khôi phục bản sao lưu trước khi nâng cấp.")
        return Finding(BAD, about, words, remedy)
    if damage := soundness.damage(session):
        words = _("Tệp cơ sở dữ liệu bị hỏng: {said}").format(said=damage)
        remedy = _("Dừng dịch vụ, giữ tệp hỏng, khôi phục bản sao lưu gần nhất; kiểm tra ổ đĩa.")
        return Finding(BAD, about, words, remedy)
    if soundness.only_reads(session):
        words = _("PostgreSQL ở địa chỉ này chỉ cho đọc: là máy dự phòng, hoặc bị khóa ghi.")
        remedy = _("Trỏ PHIEU_DATABASE_URL tới máy chính.")
        return Finding(BAD, about, words, remedy)
    version = soundness.found(session)
    words = _("{name}, đúng phiên bản ({number}).").format(name=name, number=version)
    return Finding(GOOD, about, words)


def of_rows(db: Database, keys: KeyFile, session: Session) -> list[Finding]:
    """What the rows tell; only of tables that are this program's."""
    found = [*_of_keys(keys, session), *_of_letters(db, session), *_of_switch(db, session)]
    if BACKUP in ACTIONS:
        found.append(_of_backups(db, session))
    return found


def _of_keys(keys: KeyFile, session: Session) -> list[Finding]:
    found = []
    if lacking := enquiries.without_keys(session, keys):
        words = _("Tệp khóa thiếu khóa của đợt: {codes}.").format(codes=", ".join(lacking))
        remedy = _("Chép lại tệp khóa từ bản lưu mới nhất; nếu không có: “phieu keys restore TỆP”.")
        found.append(Finding(BAD, _("Khóa của đợt"), words, remedy))
    if altered := accounts.altered(session):
        words = _("{number} tài khoản đã bị sửa ngoài hệ thống.")
        remedy = _("Xem “phieu staff list”; lấy lại từng tài khoản: “phieu staff reset EMAIL”.")
        words = words.format(number=number(len(altered)))
        found.append(Finding(BAD, _("Tài khoản"), words, remedy))
    return found


def _of_letters(db: Database, session: Session) -> list[Finding]:
    found, about = [], _("Thư")
    remedy = _("Sửa điều vừa nêu; “phieu mail test ĐỊA-CHỈ” thử lại ngay. Thư chờ không mất.")
    out, back = stops.standing(session, stops.OUT), stops.standing(session, stops.BACK)
    if out is not None:
        state = BAD if out.is_alarm else LOOK
        found.append(Finding(state, about, out.in_words(), remedy))
    if back is not None:
        words = _("Không đọc được thư trả lại: {why}").format(why=back.words)
        found.append(Finding(LOOK, about, words, _("Xem lại PHIEU_BOUNCE_IMAP.")))
    if not found:
        due = backlog.waiting(session, db.now(session)).due
        words = _("{number} thư đến giờ gửi đang chờ.") if due else _("Không thư nào bị kẹt.")
        found.append(Finding(GOOD, about, words.format(number=number(due))))
    return found


def _of_switch(db: Database, session: Session) -> list[Finding]:
    found = upkeep.standing(session)
    if found is None:
        return []
    late = found.until is not None and found.until < db.now(session)
    words = _("Chỉ xem được từ {since}. {words}")
    words = words.format(since=moment(found.since), words=found.words)
    remedy = _("Bảo trì xong thì chạy “phieu readonly off”.")
    return [Finding(BAD if late else LOOK, _("Bảo trì"), words, remedy)]


def _of_backups(db: Database, session: Session) -> Finding:
    about = _("Sao lưu")
    remedy = _("Chạy “phieu backup NƠI”, mỗi ngày một lần, tới nơi ngoài máy này.")
    last = next(iter(chain.lines(session, BACKUP, limit=1)), None)
    if last is None:
        return Finding(LOOK, about, _("Chưa có bản sao lưu nào."), remedy)
    words = _("Bản sao lưu gần nhất: {at}.").format(at=moment(last.at))
    is_old = db.now(session) - last.at > OLD_BACKUP
    return Finding(LOOK, about, words, remedy) if is_old else Finding(GOOD, about, words)
