"""What differs between a database that was put back from a backup and a key file that went on, and
what to do about each."""

from dataclasses import dataclass, field

from sqlalchemy import select
from sqlmodel import Session, col

from app.audit import checking
from app.bonds import wavefacts
from app.keys.keyfile import KeyFile
from app.language import _
from app.record import held
from app.staff import accounts
from app.store.models import Wave
from app.waves import alterations


@dataclass(frozen=True)
class Differences:
    """Codes of waves, by what became of them since the backup."""

    log_is_short: bool = False
    accounts: int = 0
    launched_since: list[str] = field(default_factory=list)
    opened_since: list[str] = field(default_factory=list)
    moved: list[str] = field(default_factory=list)  # other times than the key file has
    record: list[str] = field(default_factory=list)
    ballots: list[str] = field(default_factory=list)  # issued anew, addresses, people

    @property
    def steps(self) -> list[str]:
        """What is to be done, a line for each thing."""
        found = []
        if self.log_is_short:
            found.append(
                _(
                    "Nhật ký ngắn hơn lúc máy chủ ghi lần cuối: “phieu audit accept --reason …” ghi"
                    " rõ ai khôi phục, lúc nào, vì sao; Hội đồng nhận thư có mã mới."
                )
            )
        for codes, words in (
            (
                self.launched_since,
                _(
                    "Đợt {code} phát phiếu sau bản sao lưu, không có trong bản này. Tìm bản mới"
                    " hơn; các đường dẫn đã gửi của đợt không dùng được."
                ),
            ),
            (
                self.opened_since,
                _(
                    "Đợt {code} đã mở hòm phiếu sau bản sao lưu: khóa đã xóa, hòm phiếu trong bản"
                    " này không mở được nữa. Dùng bản sao lưu làm sau khi mở."
                ),
            ),
            (
                self.moved,
                _(
                    "Đợt {code} có mốc đã đổi sau bản sao lưu: “phieu wave repair {code}” ghi lại"
                    " theo tệp khóa."
                ),
            ),
            (
                self.record,
                _(
                    "Sổ công khai của đợt {code} ngắn hơn tệp khóa ghi: “phieu wave repair {code}"
                    " --record TỆP”, với bản mà ai đó đã giữ."
                ),
            ),
            (
                self.ballots,
                _(
                    "Đợt {code} có phiếu đã cấp lại, sửa, thêm hay bỏ sau bản sao lưu: “phieu wave"
                    " accept {code} --reason …” nhận đợt như bản này."
                ),
            ),
        ):
            found += [words.format(code=code) for code in codes]
        if self.accounts:
            found.append(
                _(
                    "{number} tài khoản đã đổi sau bản sao lưu, chưa đăng nhập được: xem “phieu"
                    " staff list”, rồi “phieu staff reset EMAIL” hoặc “phieu staff remove EMAIL”."
                ).format(number=self.accounts)
            )
        return found


def differences(session: Session, keys: KeyFile) -> Differences:
    """Look at everything that the key file holds the database to."""
    found = Differences(bool(checking.gap(session, keys)), len(accounts.altered(session)))
    waves = session.scalars(select(Wave).order_by(col(Wave.id))).all()
    there = {wave.code for wave in waves if wave.launched_at is not None}
    known = [code for code in keys.content()["waves"] if _was(keys, code, "launched_at")]
    found.launched_since.extend(sorted(set(known) - there))
    for wave in waves:
        if wave.code not in known:
            continue
        if wave.unsealed_at is None and _was(keys, wave.code, "unsealed_at"):
            found.opened_since.append(wave.code)
        elif wavefacts.differing(keys, wave.code, wave):
            found.moved.append(wave.code)
        elif alterations.find(session, keys, wave):
            found.ballots.append(wave.code)
        if not held.is_sound(session, wave):
            found.record.append(wave.code)
    return found


def _was(keys: KeyFile, code: str, name: str) -> bool:
    """Whether the key file knows of a time of a wave."""
    return any(facts.get(name) is not None for facts in wavefacts.accepted(keys, code))
