"""Files and their rights, room on the disk: what the machine has to offer."""

import os
import shutil
import stat
from pathlib import Path

from app.doctor.finding import BAD, GOOD, LOOK, Finding
from app.keys.keyfile import KeyFile, KeysMissing
from app.language import _, number
from app.settings import Settings

MB = 1024**2
# Bytes that are free: below the first nothing is sure to be written, below the second it is time.
TOO_LITTLE, LITTLE = 200 * MB, 1024 * MB


def of_key_file(settings: Settings, keys: KeyFile) -> list[Finding]:
    """Whether the key file is there, can be read, and by nobody else."""
    about, path = _("Tệp khóa"), keys.path
    try:
        keys.must_be_there()
        if not path.exists():
            words = _("Chưa có {path}; lần chạy đầu tiên tạo ra.").format(path=path)
            return [Finding(LOOK, about, words, _("Chạy “phieu serve” một lần."))]
        keys.content()
    except KeysMissing as missing:
        return [Finding(BAD, about, _("Không dùng được tệp khóa."), str(missing))]
    found = []
    status = path.stat()
    if status.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        words = _("Người khác trên máy đọc được {path}: ai có tệp này mở được hòm phiếu.")
        remedy = _("Chạy “chmod 600 {path}”, rồi xem ai đã có thể chép tệp.").format(path=path)
        found.append(Finding(BAD, about, words.format(path=path), remedy))
    if not os.access(path.parent, os.W_OK):
        words = _("Không ghi được vào thư mục {folder}: khóa của đợt mới không lưu được.")
        remedy = _("Chạy “chown” để tài khoản chạy phieu là chủ thư mục ấy.")
        found.append(Finding(BAD, about, words.format(folder=path.parent), remedy))
    if settings.keys_lie_with_data:
        words = _("Tệp khóa nằm cùng thư mục với cơ sở dữ liệu: mất thư mục ấy là lộ cả hai.")
        remedy = _("Chuyển tệp khóa sang thư mục khác, ổ khác, rồi đặt PHIEU_KEY_FILE.")
        found.append(Finding(LOOK, about, words, remedy))
    return found or [Finding(GOOD, about, _("Có, và chỉ chủ tệp đọc được."))]


def of_disk(*folders: Path) -> list[Finding]:
    """Room in folders, each disk once."""
    found, seen = [], set[int]()
    for folder in folders:
        there = next((each for each in (folder, *folder.parents) if each.is_dir()), None)
        if there is None or there.stat().st_dev in seen:
            continue
        seen.add(there.stat().st_dev)
        found.append(of_room(there, shutil.disk_usage(there).free))
    return found


def of_room(folder: Path, free: int) -> Finding:
    """How the free bytes at a folder are to be judged."""
    about = _("Ổ đĩa")
    words = _("Còn trống {free} MB ở {folder}.").format(free=number(free // MB), folder=folder)
    remedy = _("Dọn chỗ: nhật ký cũ, bản sao lưu cũ, tệp tạm. Đĩa đầy thì phiếu không lưu được.")
    if free < TOO_LITTLE:
        return Finding(BAD, about, words, remedy)
    return Finding(LOOK, about, words, remedy) if free < LITTLE else Finding(GOOD, about, words)
