"""The files that trustees and server exchange (CONTRACT §7): a public key, and what is to be
opened or was.

Pure. What comes in is of strangers: each field is looked at, and what is wrong is told.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.bonds.refused import WaveRefused
from app.keys.committee import PART, SHARE
from app.keys.inorder import sha256_of
from app.language import _

KEY_FORMAT, SHARES_FORMAT = "phieu.trustee/1", "phieu.shares/1"
ID_BYTES = 32


@dataclass(frozen=True)
class Given:
    """What a trustee is to open: `rows` are (id, their part) in the order of the ids, raw; the part
    is empty where a row was not sealed to the trustees."""

    wave: str
    index_digest: str
    place: int
    urn: str  # the digest of the closing; empty in a trial
    rows: Sequence[tuple[bytes, bytes]]

    @property
    def is_trial(self) -> bool:
        return not self.urn


@dataclass(frozen=True)
class Opened:
    """What came back of it: id of a row → x and share, None where the part did not open. `rows` is
    how many stood there: who writes to the database can put one there twice."""

    wave: str
    index_digest: str
    place: int
    urn: str
    shares: Mapping[bytes, bytes | None]
    rows: int


def urn_digest_of(ids: Iterable[bytes]) -> str:
    """The digest of an urn, out of the ids of its rows (CONTRACT §8)."""
    return "sha256:" + sha256_of(ids)


def key_file(wave: str, key: bytes) -> str:
    """A public key file."""
    return json.dumps({"format": KEY_FORMAT, "wave": wave, "key": b64encode(key).decode()})


def read_key(text: str, wave: str) -> bytes:
    """The key in a public key file for a wave. Raises WaveRefused."""
    document = _document(text, KEY_FORMAT, _("tệp khóa công khai của ủy viên giữ khóa"))
    if document.get("wave") != wave:
        words = _("Khóa trong tệp làm cho đợt “{other}”, không phải đợt {wave}. Chọn tệp khác.")
        raise WaveRefused(words.format(other=str(document.get("wave"))[:80], wave=wave))
    return _bytes(document.get("key"), 32)


def given_file(given: Given) -> str:
    """What a trustee has to open, as a file."""
    rows = [{"id": id_.hex(), "sealed": b64encode(part).decode()} for id_, part in given.rows]
    return json.dumps({**_head(given), "rows": rows})


def opened_file(given: Given, shares: Mapping[bytes, bytes | None]) -> str:
    """What a trustee hands back: in the order in which it was given."""
    rows = []
    for id_, _part in given.rows:
        share = shares[id_]
        rows.append(
            {"id": id_.hex(), "share": None if share is None else b64encode(share).decode()}
        )
    return json.dumps({**_head(given), "rows": rows})


def _head(given: Given) -> dict[str, object]:
    head: dict[str, object] = {
        "format": SHARES_FORMAT,
        "wave": given.wave,
        "index_digest": given.index_digest,
        "trustee": given.place,
        "trial": given.is_trial,
    }
    return head if given.is_trial else {**head, "urn": given.urn}


def read_given(text: str) -> Given:
    """A file of what is to be opened. Raises WaveRefused."""
    document = _shares_document(text)
    rows = [(_id(row), _bytes(row["sealed"], PART, 0)) for row in _rows(document, wanted="sealed")]
    if [id_ for id_, _part in rows] != sorted(id_ for id_, _part in rows):
        raise _spoiled()
    wave, index_digest, place, urn = _said(document)
    return Given(wave, index_digest, place, urn, rows)


def read_opened(text: str) -> Opened:
    """A file of what was opened. Raises WaveRefused."""
    document = _shares_document(text)
    shares: dict[bytes, bytes | None] = {}
    rows = _rows(document, wanted="share")
    for row in rows:
        share = row["share"]
        shares[_id(row)] = None if share is None else _bytes(share, SHARE)
    return Opened(*_said(document), shares, len(rows))


def _shares_document(text: str) -> dict[str, Any]:
    return _document(text, SHARES_FORMAT, _("tệp phần khóa"))


def _said(document: Mapping[str, Any]) -> tuple[str, str, int, str]:
    wave, index_digest = document.get("wave"), document.get("index_digest")
    place, trial, urn = document.get("trustee"), document.get("trial"), document.get("urn", "")
    texts = all(isinstance(each, str) and len(each) <= 200 for each in (wave, index_digest, urn))
    is_place = isinstance(place, int) and not isinstance(place, bool)
    if not texts or not is_place or trial is not (not urn):
        raise _spoiled()
    return str(wave), str(index_digest), int(str(place)), str(urn)


def _rows(document: Mapping[str, Any], wanted: str) -> list[dict[str, Any]]:
    rows = document.get("rows")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise _spoiled()
    if any(wanted not in row for row in rows):
        raise WaveRefused(
            _(
                "Đây là tệp chưa mở (máy chủ đưa ra), không phải tệp đã mở. Mở tệp bằng cụm từ khóa"
                " trước, rồi gửi tệp nhận được."
            )
            if wanted == "share"
            else _("Đây là tệp đã mở rồi. Cần tệp máy chủ đưa ra, chưa mở.")
        )
    return rows


def _id(row: Mapping[str, Any]) -> bytes:
    try:
        id_ = bytes.fromhex(row["id"])
    except (KeyError, TypeError, ValueError) as error:
        raise _spoiled() from error
    if len(id_) != ID_BYTES:
        raise _spoiled()
    return id_


def _bytes(value: object, *lengths: int) -> bytes:
    try:
        found = b64decode(value, validate=True) if isinstance(value, str) else None
    except ValueError:
        found = None
    if found is None or len(found) not in lengths:
        raise _spoiled()
    return found


def _document(text: str, wanted: str, name: str) -> dict[str, Any]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise WaveRefused(_("Đây không phải {name}. Chọn tệp khác.").format(name=name)) from error
    if not isinstance(document, dict) or document.get("format") != wanted:
        raise WaveRefused(_("Đây không phải {name}. Chọn tệp khác.").format(name=name))
    return document


def _spoiled() -> WaveRefused:
    return WaveRefused(_("Tệp bị cắt hoặc đã hỏng. Lấy lại tệp rồi làm lại."))
