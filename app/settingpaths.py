"""What lies where a setting points to: a folder, a file, or something that is refused in words."""

import os
import stat
from pathlib import Path

from app.language import _
from app.settingvalues import SettingsRefused


def folder(name: str, path: Path) -> None:
    kind = kind_of(name, path)
    if kind is not None and not stat.S_ISDIR(kind):
        raise SettingsRefused(
            _("{name} phải là một thư mục; {path} là tệp.").format(name=name, path=path)
        )


def file(name: str, path: Path) -> None:
    kind = kind_of(name, path)
    if kind is None:
        return
    if stat.S_ISDIR(kind):
        raise SettingsRefused(
            _("{name} phải là một tệp; {path} là thư mục. Viết thêm tên tệp, ví dụ {such}.").format(
                name=name, path=path, such=path / "phieu.key"
            )
        )
    if not os.access(path, os.R_OK):
        raise SettingsRefused(
            _("{name}: không đọc được {path}. Cho tài khoản chạy phieu quyền đọc và ghi.").format(
                name=name, path=path
            )
        )


def kind_of(name: str, path: Path) -> int | None:
    """What lies at a path, None where nothing does yet."""
    try:
        return path.stat().st_mode
    except FileNotFoundError:
        return None
    except OSError as error:
        raise SettingsRefused(
            _("{name}: không dùng được {path} ({reason}). Xem lại đường dẫn và quyền.").format(
                name=name, path=path, reason=error.strerror
            )
        ) from None
