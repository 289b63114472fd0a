"""What a command can end with that is a refusal: said on stderr, without a traceback."""

from app.audit.chain import ChainBroken
from app.backup.refused import BackupRefused
from app.ballots.ballot import BallotAltered, WaveAltered
from app.bonds.accountfacts import AccountAltered
from app.index.file import IndexFault
from app.keys.keyfile import KeysMissing
from app.language import _
from app.papers.tables import UnreadableTable
from app.settings import SettingsRefused
from app.staff.accounts import AccountRefused
from app.store import upkeep
from app.store.db import DatabaseFault, DatabaseUnavailable
from app.text.table import TableFault
from app.waves.wave import WaveRefused

REFUSALS = (
    BackupRefused,
    AccountRefused,
    AccountAltered,
    ChainBroken,
    WaveRefused,
    WaveAltered,
    BallotAltered,
    IndexFault,
    TableFault,
    UnreadableTable,
    KeysMissing,
    SettingsRefused,
    DatabaseUnavailable,
    upkeep.ReadOnly,
)


def words_of(fault: Exception) -> str | None:
    """What is said of a fault; None of what is none of ours."""
    if isinstance(fault, REFUSALS):
        return str(fault)
    if isinstance(fault, DatabaseFault):
        return _(
            "Cơ sở dữ liệu gặp lỗi: {reason}. Lệnh chưa xong; những gì đã ghi trước đó vẫn còn."
            " Xem chỗ trống trên đĩa và máy chủ cơ sở dữ liệu, rồi chạy lại."
        ).format(reason=str(fault.orig).partition("\n")[0])
    return None
