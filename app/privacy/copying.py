"""What is held about one person, as a text for that person.

It is alike for who has cast and who has not: whether somebody has is never in it, nor what would
tell it. A reminder goes only to who has not cast, a letter asked for again only until then, and an
invitation of another issue too; so of invitations the first one is told, of the others none.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlmodel import Session, col

from app.bonds import erasing
from app.keys.guard import keys_of
from app.language import _, day, moment
from app.letters.queue import letter
from app.privacy.dates import months_after
from app.roster import people
from app.store.models import Ballot, Respondent, Wave
from app.waves.wave import id_of, index_of

# Letters that go to everybody alike, or tell of what the officers did.
ALIKE = {
    "invitation": _("Thư mời"),
    "extended": _("Thư báo gia hạn"),
    "closing": _("Thư báo kết thúc"),
    "cancellation": _("Thư báo hủy"),
    "moved": _("Thư báo đổi địa chỉ"),
    "removed": _("Thư báo bỏ khỏi danh sách"),
}


def others(session: Session, wave: Wave, person: Respondent) -> list[tuple[Wave, Respondent]]:
    """Where else the same address stands: other waves, the newest first."""
    if not person.email or person.erased_at is not None:
        return []
    query = (
        select(Wave, Respondent)
        .join(Respondent, col(Respondent.wave_id) == col(Wave.id))
        .where(col(Respondent.email_key) == person.email_key, col(Wave.id) != wave.id)
        .order_by(col(Wave.id).desc())
    )
    return [(row[0], row[1]) for row in session.execute(query).all()]


def of_person(session: Session, wave: Wave, person: Respondent, now: datetime) -> str:
    """The text: what stands about somebody in every wave that has this address."""
    lines = [
        _("BẢN SAO DỮ LIỆU CÁ NHÂN"),
        _("Lập lúc {at}, theo yêu cầu của người có tên dưới đây.").format(at=moment(now)),
    ]
    for each, found in [(wave, person), *others(session, wave, person)]:
        lines += ["", *_of_wave(session, each, found)]
    lines += [
        "",
        _("Không có trong bản này, vì hệ thống không lưu hoặc không ai được biết:"),
        _("- Câu trả lời: phiếu niêm phong không gắn với tên, khi mở chỉ cộng số liệu chung."),
        _(
            "- Đã gửi phiếu hay chưa, và những thư nhắc, thư gửi lại: liệt kê thì lộ ra ai đã gửi"
            " phiếu."
        ),
    ]
    return "\n".join(lines) + "\n"


def _of_wave(session: Session, wave: Wave, person: Respondent) -> list[str]:
    index, _layout = index_of(wave)
    groups, units = index.group_of, index.unit_of
    assigned = [units[unit].name for unit in person.assigned.split() if unit in units]
    facts = [
        (_("Họ và tên"), person.name),
        (_("Địa chỉ thư"), person.email),
        (_("Nhóm"), groups[person.group].name if person.group in groups else person.group),
        (_("Cơ quan"), people.agency_name(index, person.agency, person.agency_text)),
        (_("Cơ quan như trong tệp"), person.agency_text),
        (_("Chức vụ"), person.position),
        (_("Điện thoại"), person.phone),
        (_("Đơn vị đánh giá"), ", ".join(assigned)),
        (_("Do ai đưa vào danh sách"), person.added_by),
        (_("Lấy từ"), person.added_from),
        (_("Bỏ khỏi danh sách"), moment(person.removed_at) if person.removed_at else ""),
    ]
    lines = [_("Đợt {code}: {name}").format(code=wave.code, name=index.name)]
    lines += [f"  {name}: {value}" for name, value in facts if value]
    lines += _letters(session, wave, person)
    months = erasing.contacts_months(keys_of(session), wave.code)
    until = months_after(wave.cancelled_at or wave.closed_at or wave.closes_at, months)
    lines.append("  " + _("Giữ đến ngày {day}, rồi xóa.").format(day=day(until)))
    return lines


def _letters(session: Session, wave: Wave, person: Respondent) -> list[str]:
    if wave.launched_at is None:
        return ["  " + _("Chưa gửi thư nào.")]
    first = or_(letter.c.kind != "invitation", letter.c.round == 1)
    rows: Sequence[Any] = (
        session.connection()
        .execute(
            select(letter.c.kind, letter.c.sent_at, letter.c.address)
            .join(Ballot, col(Ballot.number) == letter.c.ballot_number)
            .where(
                col(Ballot.respondent_id) == person.id,
                col(Ballot.wave_id) == id_of(wave),
                letter.c.kind.in_(ALIKE),
                letter.c.sent_at.is_not(None),
                first,
            )
            .order_by(letter.c.sent_at)
        )
        .all()
    )
    if not rows:
        return ["  " + _("Thư: không còn ghi thư nào.")]
    lines = []
    for row in rows:
        words = _("{kind}, gửi lúc {at}").format(kind=ALIKE[row.kind], at=moment(row.sent_at))
        to = _(" đến địa chỉ cũ {address}").format(address=row.address) if row.address else ""
        lines.append(f"  {words}{to}")
    return lines
