"""The indexes that come with the program, by their codes."""

from pathlib import Path

from app.commands.terminal import refuse
from app.folders import questionnaires
from app.language import _


def shipped_index(code: str) -> Path:
    """The file of an index that comes with the program."""
    shipped = questionnaires()
    if code not in shipped:
        refuse(
            _("Không có bộ chỉ số mẫu mã {code}. Có: {codes}.").format(
                code=code, codes=", ".join(shipped)
            )
        )
    return shipped[code]
