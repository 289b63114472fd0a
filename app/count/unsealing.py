"""Unseal a wave, once: the urn counted, its tally written, its keys erased, and the log told."""

from collections.abc import Callable
from datetime import datetime

from sqlmodel import Session

from app.audit import chain
from app.count import writing
from app.count.adding import Progress, UrnChanged, UrnDiffers, count_urn, precision
from app.count.crew import CrewLost, crew_for
from app.count.urnkeys import erase_left
from app.keys.keyfile import KeyFile
from app.language import _, moment
from app.record import entries, held, keeping
from app.store.db import Database
from app.store.models import Wave
from app.store.resultmodels import Minutes
from app.trustees import handed, shares
from app.trustees import queue as trusteemail
from app.urn import rows as urnrows
from app.waves import deeds, proposals, staffmail, summons
from app.waves.closing import must_be_heard, note_closing, settle
from app.waves.deeds import Deed
from app.waves.proposals import Second, Waiting
from app.waves.wave import WaveRefused, hold, index_of, load


def unseal(
    db: Database,
    keys: KeyFile,
    code: str,
    progress: Progress | None = None,
    who: str = chain.COMMAND_LINE,
    second: Second | None = None,
) -> Minutes:
    """Open the urn of a closed wave into its tally, once, and erase its keys.

    Where two people are needed `second` confirms what another one proposed, in the transaction
    that opens: an opening that fails uses nothing up. The log says who did it.

    Raises WaveRefused, KeysMissing, WaveAltered, ChainBroken; then nothing has been written and
    nothing is lost.
    """
    with db.transaction() as session:
        wave = load(session, code)
        if settle(db, session, wave):
            note_closing(session, keys, wave, chain.CLOCK, db.now(session))
        _must_be_closed(wave)
        must_be_heard(wave, db.now(session))
        _agreed(session, wave, second, db.now(session), proposals.check)
    with db.reading() as session:
        index, layout = index_of(wave, keys)
        _check_closing(session, keys, wave)
        try:
            halves = _halves(progress)
            with crew_for(urnrows.number(session, wave)) as crew:
                count = count_urn(session, wave, index, layout, keys, halves[0], crew)
                sure = precision(session, wave, index, layout, count, halves[1])
        except CrewLost as error:
            raise WaveRefused(
                _(
                    "Một tiến trình mở phiếu của đợt {code} đã dừng giữa chừng. Chưa ghi gì, hòm"
                    " phiếu còn nguyên. Xem máy chủ còn bộ nhớ không, rồi mở lại."
                ).format(code=code)
            ) from error
        except UrnChanged as error:
            raise WaveRefused(
                _(
                    "Hòm phiếu của đợt {code} không còn như lúc kết thúc: có phiếu bị thêm, bớt"
                    " hoặc"
                    " sửa. Chưa ghi gì. Khôi phục cơ sở dữ liệu từ bản lưu rồi mở lại."
                ).format(code=code)
            ) from error
        except UrnDiffers as error:
            if missing := shares.told_of_missing(session, wave):
                raise WaveRefused(missing) from error
            raise WaveRefused(
                _(
                    "Số phiếu đếm được của đợt {code} không khớp số phiếu đã gửi. Chưa ghi gì. Khôi"
                    " phục cơ sở dữ liệu từ bản lưu; nếu vẫn vậy, lập biên bản."
                ).format(code=code)
            ) from error
    with db.transaction() as session:
        # No extension and no cancelling meanwhile, and none before the commit.
        hold(session, wave := load(session, code))
        _must_be_closed(wave)
        facts = _agreed(session, wave, second, db.now(session), proposals.confirm)
        minutes = writing.write(db, session, wave, index, count, sure)
        told = {
            "counted": minutes.counted,
            "void": minutes.void,
            "foreign": minutes.foreign,
            "receipts": minutes.receipts,
            "tally": entries.tally_digest(count.tally),
        }
        keeping.add(session, wave, db.now(session), "unseal", told)
        head = chain.note(
            session,
            keys,
            db.now(session),
            who,
            "wave.unseal",
            code,
            issued=minutes.issued,
            cast=minutes.cast,
            counted=minutes.counted,
            void=minutes.void,
            foreign=minutes.foreign,
            **({"altered": minutes.altered} if minutes.altered else {}),
            mode=wave.mode,
            two_people=wave.two_people,
            **facts,
        )
        staffmail.queue_heads(session, db.now(session), code, "wave.unseal", head)
        summons.opens_no_more(session, wave, db.now(session))
        if wave.mode == "committee":
            handed.empty(session, wave)
            trusteemail.to_all(session, wave, "end", db.now(session))
    erase_left(db, keys)
    return minutes


def _halves(progress: Progress | None) -> tuple[Progress | None, Progress | None]:
    """The progress of both looks as that of one."""
    if progress is None:
        return None, None
    return (
        lambda done, total: progress(done // 2, total),
        lambda done, total: progress((total + done) // 2, total),
    )


def _agreed(
    session: Session,
    wave: Wave,
    second: Second | None,
    now: datetime,
    step: Callable[[Session, Wave, Deed, Second, datetime], Waiting],
) -> dict[str, object]:
    """Check or take what another one proposed, where the wave wants two. Raises WaveRefused."""
    if not wave.two_people:
        return {}
    alone = _(
        "Đợt {code} cần hai người để mở hòm phiếu: một người đề nghị, một người khác xác"
        " nhận, ở trang quản trị, mục Mở hòm phiếu. Dòng lệnh không mở thay được."
    )
    return proposals.agreed(session, wave, deeds.unseal(wave), second, now, alone, step)


def _check_closing(session: Session, keys: KeyFile, wave: Wave) -> None:
    """The digest of the urn stands in the log and in the public record too: who writes into the
    database can change it in neither. Raises WaveRefused, ChainBroken, WaveAltered."""
    noted = chain.last(session, keys, "wave.close", wave.code)
    if noted is not None and noted.facts.get("urn") != wave.urn_digest:
        raise WaveRefused(
            _(
                "Mã kiểm tra hòm phiếu của đợt {code} khác với mã trong nhật ký lúc kết thúc. Chưa"
                " ghi gì. Khôi phục cơ sở dữ liệu từ bản lưu rồi mở lại."
            ).format(code=wave.code)
        )
    told = held.last_close(session, wave)
    if told is not None and told["facts"]["urn"] != wave.urn_digest:
        raise WaveRefused(
            _(
                "Mã kiểm tra hòm phiếu của đợt {code} khác với mã trong sổ công khai lúc kết thúc"
                " (mục {number}). Chưa ghi gì. Khôi phục cơ sở dữ liệu từ bản lưu rồi mở lại."
            ).format(code=wave.code, number=told["number"])
        )


def _must_be_closed(wave: Wave) -> None:
    if wave.unsealed_at is not None:
        raise WaveRefused(
            _("Đợt {code} đã mở hòm phiếu lúc {moment}. Việc tiếp theo: tính bảng điểm.").format(
                code=wave.code, moment=moment(wave.unsealed_at)
            ),
            f"phieu wave score {wave.code}",
        )
    if wave.cancelled_at is not None:
        raise WaveRefused(_("Đợt {code} đã hủy, hòm phiếu không còn.").format(code=wave.code))
    if wave.launched_at is None:
        raise WaveRefused(
            _("Đợt {code} chưa phát phiếu nên chưa có hòm phiếu.").format(code=wave.code)
        )
    if wave.closed_at is None:
        raise WaveRefused(
            _(
                "Đợt {code} chưa kết thúc: hạn gửi là {closes}, thêm 15 phút cho phiếu đang trả"
                " lời dở."
                " Đợi đến khi đó, hoặc kết thúc ngay."
            ).format(code=wave.code, closes=moment(wave.closes_at)),
            f"phieu wave close {wave.code}",
        )
