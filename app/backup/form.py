"""The file of a backup: lines of JSON, one after the other, packed with gzip.

    {"format": "phieu.backup/1", "revision": …, "made_at": …, "keys": …}
    {"table": "wave", "columns": [["id", "int"], ["code", "text"], …]}
    [1, "LC2022", …]                    a row; bytes as base64, times as UTC, Boolean as true, false
    …
    {"end": {"wave": 1, …}, "sha256": …, "mac": …}

`sha256` is of all lines before the end; `mac` of that, under a key of the key file, so that what
was not written under it is found. Tables stand so that each comes after those it refers to.
"""

import gzip
import hashlib
import hmac
import io
import json
import zlib
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, BinaryIO

from app.backup.refused import Damaged
from app.keys.keyfile import KeyFile
from app.language import _

FORMAT = "phieu.backup/1"
BEGINS = b"\x1f\x8b"
LONGEST = 2**28  # bytes of a line: a whole score sheet is one
Value = Any
Row = tuple[Value, ...]

WRITES: dict[str, Callable[[Any], Value]] = {
    "int": int,
    "bool": bool,
    "text": str,
    "bytes": lambda value: b64encode(value).decode(),
    "time": lambda value: _utc(value).isoformat(timespec="microseconds"),
    "date": date.isoformat,
}
READS: dict[str, Callable[[Any], Value]] = {
    "int": lambda value: _must(int, value),
    "bool": lambda value: _must(bool, value),
    "text": lambda value: _must(str, value),
    "bytes": lambda value: b64decode(value, validate=True),
    "time": datetime.fromisoformat,
    "date": date.fromisoformat,
}


@dataclass(frozen=True)
class Head:
    """What a backup says of itself: of which version its tables are, when it was made, and the
    print of the key file that it was made under."""

    revision: str
    made_at: datetime
    keys: str


@dataclass(frozen=True)
class Table:
    """A table of which rows follow; each column has its kind, one of `READS`."""

    name: str
    columns: tuple[tuple[str, str], ...]


def print_of(keys: KeyFile) -> str:
    """What tells one key file from another, and nothing of it."""
    return keys.derived("backup print").hex()[:16]


def _mac(keys: KeyFile, digest: str) -> str:
    return hmac.digest(keys.derived("backup"), digest.encode(), "sha256").hex()


def _utc(value: datetime) -> datetime:
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _must(kind: type, value: object) -> object:
    if type(value) is not kind:
        raise ValueError(value)
    return value


class Writer:
    """Writes a backup; what it counted is in `counts`. To be ended, or the file is no backup."""

    def __init__(self, out: BinaryIO, keys: KeyFile, head: Head) -> None:
        self._packed = gzip.GzipFile(fileobj=out, mode="wb", compresslevel=5, mtime=0)
        self._digest, self._keys = hashlib.sha256(), keys
        self.counts: dict[str, int] = {}
        made_at = head.made_at.astimezone(UTC).isoformat(timespec="seconds")
        self._line(
            {
                "format": FORMAT,
                "revision": head.revision,
                "made_at": made_at,
                "keys": head.keys,
            }
        )

    def table(self, table: Table, rows: Iterable[Row]) -> None:
        """A table with all its rows."""
        self._line({"table": table.name, "columns": table.columns})
        writes = [WRITES[kind] for _name, kind in table.columns]
        number = 0
        for row in rows:
            number += 1
            self._line(
                [
                    None if value is None else write(value)
                    for write, value in zip(writes, row, strict=True)
                ]
            )
        self.counts[table.name] = number

    def end(self) -> str:
        """Write the end; gives the digest of all before it."""
        digest = self._digest.hexdigest()
        self._line({"end": self.counts, "sha256": digest, "mac": _mac(self._keys, digest)})
        self._packed.close()
        return digest

    def _line(self, value: object) -> None:
        line = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
        self._digest.update(line)
        self._packed.write(line)


class Reader:
    """Reads a backup from beginning to end; what does not hold together raises Damaged, the end
    itself too. `keys` vouches for it; without, nobody does."""

    def __init__(self, file: BinaryIO, path: Path, keys: KeyFile | None) -> None:
        self._lines = io.BufferedReader(gzip.GzipFile(fileobj=file, mode="rb"))
        self._path, self._keys = path, keys
        self._digest, self._number = hashlib.sha256(), 0
        self.counts: dict[str, int] = {}
        self.digest = ""
        said = self._next()
        try:
            if said["format"] != FORMAT:
                raise ValueError(said)
            made_at = datetime.fromisoformat(said["made_at"])
            self.head = Head(str(said["revision"]), made_at, str(said["keys"]))
        except (KeyError, TypeError, ValueError) as error:
            raise self._damaged(_("phần đầu")) from error

    def parts(self) -> Iterator[Table | Row]:
        """Each table, and after it its rows; to the end, or it was not looked at."""
        table: Table | None = None
        reads: list[tuple[str, Callable[[Any], Value]]] = []
        while True:
            before = self._digest.hexdigest()
            said = self._next()
            try:
                if isinstance(said, list) and table is not None:
                    row = tuple(
                        None if value is None else read(value)
                        for (_kind, read), value in zip(reads, said, strict=True)
                    )
                    self.counts[table.name] += 1
                elif "end" in said:
                    break
                else:
                    table = Table(
                        str(said["table"]), tuple((str(n), str(k)) for n, k in said["columns"])
                    )
                    reads = [(kind, READS[kind]) for _name, kind in table.columns]
                    if self.counts.setdefault(table.name, 0):
                        raise ValueError(table.name)
                    row = None
            except (KeyError, TypeError, ValueError) as error:
                raise self._damaged() from error
            yield table if row is None else row
        self._must_end(said, before)

    def _must_end(self, said: dict[str, Any], digest: str) -> None:
        self.digest = digest
        if said.get("end") != self.counts or said.get("sha256") != digest or self._more():
            raise self._damaged(_("phần cuối"))
        mac = str(said.get("mac"))
        if self._keys is not None and not hmac.compare_digest(
            _mac(self._keys, digest).encode(), mac.encode()
        ):
            raise self._damaged(_("dấu của tệp khóa không khớp"))

    def _more(self) -> bool:
        try:
            return bool(self._lines.read(1))
        except (OSError, EOFError, zlib.error) as error:
            raise self._damaged() from error

    def _next(self) -> Any:
        try:
            line = self._lines.readline(LONGEST)
            if not line.endswith(b"\n"):
                raise self._damaged(_("tệp bị cắt, sau dòng {number}").format(number=self._number))
            said = json.loads(line)
        except (OSError, EOFError, zlib.error, ValueError, RecursionError) as error:
            raise self._damaged() from error
        self._digest.update(line)
        self._number += 1
        return said

    def _damaged(self, where: str = "") -> Damaged:
        return Damaged(self._path, where or _("dòng {number}").format(number=self._number + 1))
