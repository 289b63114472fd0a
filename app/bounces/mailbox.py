"""Messages out of what a mail program keeps: a Maildir, a file in mbox form, or single messages."""

import contextlib
import mailbox
from collections.abc import Callable, Iterator
from pathlib import Path

from app.bounces.report import LARGEST
from app.language import _


class BouncesUnread(Exception):
    """The mailbox of bounces cannot be read; the text says why and what to do."""


def messages(path: Path) -> Iterator[bytes]:
    """Every message of a folder or a file, which stays as it is. Raises BouncesUnread."""
    try:
        if path.is_dir():
            files = [
                each
                for folder in ((path / "new", path / "cur") if _is_maildir(path) else (path,))
                for each in sorted(folder.iterdir())
                if each.is_file() and not each.name.startswith(".")
            ]
            yield from (_head(each) for each in files)
        elif _is_mbox(path):
            with contextlib.closing(mailbox.mbox(path, create=False)) as box:
                for message in box:
                    yield bytes(message)[:LARGEST]
        else:
            yield _head(path)
    except OSError as error:
        raise _unread(path, error) from error


def look(path: Path, take: Callable[[bytes], bool]) -> None:
    """Show what has come in to `take`. Of a Maildir what it answers True to is deleted, and what it
    answers False to is put among what was read; a file stays as it is. Raises BouncesUnread."""
    if not _is_maildir(path):
        for raw in messages(path):
            take(raw)
        return
    try:
        for each in sorted((path / "new").iterdir()):
            if not each.is_file():
                continue
            if take(_head(each)):
                each.unlink(missing_ok=True)
            else:
                each.rename(path / "cur" / f"{each.name.partition(':')[0]}:2,S")
    except OSError as error:
        raise _unread(path, error) from error


def _is_maildir(path: Path) -> bool:
    return (path / "new").is_dir() and (path / "cur").is_dir()


def _is_mbox(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(5) == b"From "


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(LARGEST)


def _unread(path: Path, error: OSError) -> BouncesUnread:
    words = _("Không đọc được hộp thư trả lại {path} ({reason}). Xem lại đường dẫn và quyền.")
    return BouncesUnread(words.format(path=path, reason=error.strerror or type(error).__name__))
