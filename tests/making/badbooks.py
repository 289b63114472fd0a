"""Workbooks that no officer wants to upload: locked with a password, blown up, enormous."""

import io
import os
import struct
import zipfile
from functools import cache

SECTOR = 512
FREE, END, FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def locked(size: int = 8_192) -> bytes:
    """What Excel makes of a workbook with a password: a compound file of two streams, of which
    one says how the other, the whole workbook, is encrypted."""
    streams = [("EncryptionInfo", b"\4\0\4\0\x40\0\0\0" + bytes(4_096)), ("EncryptedPackage", b"")]
    streams[1] = ("EncryptedPackage", size.to_bytes(8, "little") + os.urandom(size))
    chain, data, places = [FAT, END], b"", []
    for _name, content in streams:
        sectors = -(-len(content) // SECTOR)
        places.append(len(chain))
        chain += [*range(len(chain) + 1, len(chain) + sectors), END]
        data += content.ljust(sectors * SECTOR, b"\0")
    root = _entry("Root Entry", 5, child=1, start=END, size=0)
    first = _entry(streams[0][0], 2, right=2, start=places[0], size=len(streams[0][1]))
    second = _entry(streams[1][0], 2, start=places[1], size=len(streams[1][1]))
    table = struct.pack(f"<{len(chain)}I", *chain).ljust(SECTOR, b"\xff")
    return _header() + table + root + first + second + bytes(128) + data


def _header() -> bytes:
    """Version 3, sectors of 512 bytes, one sector of chains (the first) and of names (the next)."""
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    head += struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    head += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4_096, END, 0, END, 0)
    return head + struct.pack("<109I", 0, *[FREE] * 108)


def _entry(
    name: str, kind: int, start: int, size: int, right: int = FREE, child: int = FREE
) -> bytes:
    written = (name + "\0").encode("utf-16-le")
    entry = written.ljust(64, b"\0") + struct.pack("<HBB", len(written), kind, 1)
    entry += struct.pack("<III", FREE, right, child) + bytes(36)
    return entry + struct.pack("<IQ", start, size)


@cache
def bomb() -> bytes:
    """A workbook that says it is small and is not."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w") as sheet:
            for _megabyte in range(300):
                sheet.write(bytes(2**20))
    return out.getvalue()


def enormous() -> bytes:
    """One megabyte more than is taken."""
    return b"PK\x03\x04" + bytes(11 * 2**20)
