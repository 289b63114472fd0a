"""A backup that cannot be made or used."""

from pathlib import Path

from app.language import _


class BackupRefused(Exception):
    """A backup cannot be made, opened or put back; the text says why and what to do."""


class Damaged(BackupRefused):
    """A file is no whole backup, or was changed since it was made."""

    def __init__(self, file: Path, where: str) -> None:
        super().__init__(
            _(
                "Bản sao lưu {file} đã hỏng hoặc bị sửa ({where}). Chưa khôi phục gì. Chép lại tệp"
                " từ nơi cất, hoặc dùng bản sao lưu khác."
            ).format(file=file, where=where)
        )
