"""What a wave is held to: when it was launched, closes, was closed, opened, and by which rules.

The key file has these facts in the slot `facts` of the wave's entry, from the launch on, with how
many ballots were issued then and the digest of their bonds. A row that says otherwise is *altered*:
no verb works with it, and nothing of its ballots is shown.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from app.bonds import pledges
from app.keys.content import Content
from app.keys.guard import keys_of
from app.keys.inorder import sha256_of
from app.keys.keyfile import Altered, KeyFile
from app.language import _
from app.store.models import Wave
from app.store.resultmodels import Sheet, WholeSheet

TIMES = (
    "opens_at",
    "closes_at",
    "launched_at",
    "closed_at",
    "listed_at",
    "reopened_until",
    "objections_until",
    "shared_at",
    "unsealed_at",
    "cancelled_at",
    "contacts_erased_at",
    "cast_erased_at",
)
PLAIN = ("index_digest", "mode", "two_people", "rehearsal", "urn_digest", "cancel_reason")
# What stands in the row; the other facts are the key file's alone.
OF_ROW = (*TIMES, *PLAIN, "public_key")

Facts = dict[str, Any]
# Of a wave that was not launched nothing is known but this: what later deeds write is not there.
DRAFT: Facts = {
    "launched_at": None,
    "closed_at": None,
    "listed_at": None,
    "reopened_until": None,
    "objections_until": None,
    "shared_at": None,
    "unsealed_at": None,
    "contacts_erased_at": None,
    "cast_erased_at": None,
    "urn_digest": None,
    "public_key": None,
    "mode": "office",
}

# What an officer calls them.
NAMES = {
    "opens_at": _("lúc mở"),
    "closes_at": _("hạn gửi"),
    "launched_at": _("lúc phát phiếu"),
    "closed_at": _("lúc kết thúc thu phiếu"),
    "listed_at": _("lúc lập danh sách người tham gia"),
    "reopened_until": _("giờ mở lại cho phiếu cấp lại"),
    "objections_until": _("hạn phản ánh"),
    "shared_at": _("lúc giao tệp phiếu cho ủy viên giữ khóa"),
    "unsealed_at": _("lúc mở hòm phiếu"),
    "cancelled_at": _("lúc hủy"),
    "contacts_erased_at": _("lúc xóa thông tin liên hệ"),
    "cast_erased_at": _("lúc xóa dấu đã gửi phiếu"),
    "index_digest": _("bộ chỉ số"),
    "mode": _("cách giữ khóa"),
    "two_people": _("một hay hai người"),
    "rehearsal": _("đợt thật hay đợt tập dượt"),
    "urn_digest": _("mã kiểm tra hòm phiếu"),
    "cancel_reason": _("lý do hủy"),
    "public_key": _("khóa của hòm phiếu"),
    # Each held in a slot of its own: see app/record and app/trustees.
    "record": _("sổ công khai"),
    "trustees": _("các ủy viên giữ khóa"),
}


class WaveAltered(Exception):
    """The row of a wave differs from what the key file knows; `words` say in what, and what to do.
    Nothing is done with such a wave. How it is set right only the command line tells."""

    def __init__(self, code: str, names: Iterable[str]) -> None:
        self.code = code
        differs = ", ".join(NAMES[name] for name in names)
        self.words = _(
            "Đợt {code} trong cơ sở dữ liệu khác với tệp khóa ở: {differs}. Có người đã sửa ngoài"
            " hệ thống, hoặc cơ sở dữ liệu hay tệp khóa được chép lại từ bản cũ. Chưa làm gì. Giữ"
            " nguyên hiện trạng, báo Hội đồng; người quản trị máy chủ đưa được đợt về như tệp khóa"
            " ghi."
        ).format(code=code, differs=differs)
        super().__init__(f"{self.words} (“phieu wave repair {code}”)")


def of(row: object) -> Facts:
    """What the row of a wave says, as the key file keeps it."""
    return {name: _written(getattr(row, name)) for name in OF_ROW}


def _written(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return value.hex() if isinstance(value, bytes) else value


def _read(facts: Facts) -> Facts:
    """The facts as a row has them."""
    found = dict(facts)
    for name in TIMES:
        # A launch by an earlier version knew of fewer times.
        found[name] = datetime.fromisoformat(facts[name]) if facts.get(name) else None
    found["public_key"] = bytes.fromhex(facts["public_key"]) if facts["public_key"] else None
    return found


def accepted(keys: KeyFile, code: str) -> tuple[Facts, ...]:
    """What the row of a wave may say, times and bytes as in a row; DRAFT while it may be none of a
    launched wave."""

    def look(_content: Content) -> tuple[Facts, ...]:
        known = keys.accepted("waves", code, "facts") or (None,)
        return tuple(_read(facts) if facts else DRAFT for facts in known)

    return keys.worked_out(("facts", code), look, away=(DRAFT,))


def reopened(keys: KeyFile, code: str) -> dict[str, tuple[int, datetime]]:
    """The ballots issued anew after the closing, by number in hex: which issue may be cast, and
    until when. Only the key file knows them, so that no row lets a ballot in."""

    def look(_content: Content) -> dict[str, tuple[int, datetime]]:
        found: dict[str, tuple[int, datetime]] = {}
        for facts in keys.accepted("waves", code, "facts"):
            for number, (issue, until) in ((facts or {}).get("reopened") or {}).items():
                found[number] = (int(issue), datetime.fromisoformat(until))
        return found

    return keys.worked_out(("reopened", code), look, away={})


def differing(keys: KeyFile, code: str, row: object, names: Sequence[str] = OF_ROW) -> list[str]:
    """In which facts a row differs from all that is accepted of it; nothing when it is sound."""
    wrong: list[str] = []
    for facts in accepted(keys, code):
        if facts is DRAFT:
            wrong = [name for name in names if name in DRAFT and getattr(row, name) != DRAFT[name]]
            if "launched_at" not in names:
                wrong = ["launched_at"]
        else:
            wrong = [name for name in names if getattr(row, name) != facts[name]]
        if not wrong:
            return []
    return wrong


def may_be_missing(keys: KeyFile, code: str) -> bool:
    """Whether there need be no row of a wave: it was not launched, as far as the key file knows."""
    return DRAFT in accepted(keys, code)


def check(session: Session, wave: Wave) -> None:
    """Raises WaveAltered when a wave's row is not what the key file knows.

    While the key file is away nothing is known of a launched one; who does something with it asks
    for the file.
    """
    keys = keys_of(session)
    known = wave.launched_at is None or keys.path.exists()
    if known and differing(keys, wave.code, wave):
        # Or another process has changed it since it was read: then it is as the file says now.
        if wave in session and not session.is_modified(wave):
            session.refresh(wave)
        if names := differing(keys, wave.code, wave):
            raise WaveAltered(wave.code, names)


def of_wave(session: Session, wave: Wave) -> Facts:
    """All facts of a launched wave, as the key file keeps them. Raises Altered.

    Where a commit is not noted there yet, its facts; so whoever builds on them holds the wave.
    """
    said = of(wave)
    states: list[Facts] = [
        facts
        for facts in keys_of(session).accepted("waves", wave.code, "facts")
        if facts and all(facts.get(name) == said[name] for name in OF_ROW)
    ]
    if not states:
        raise Altered
    return states[-1] if came_to_be(session, wave, states[0], states[-1]) else states[0]


def came_to_be(session: Session, wave: Wave, now: Facts, pending: Facts) -> bool:
    """Whether the database has what was said of a wave before a commit, instead of `now`."""
    if pending is now:
        return True
    said = of(wave) | external(wave) | appraised(wave)
    return (
        all(said[name] == pending[name] for name in said if name in pending)
        and _has_sheets(session, wave, Sheet, pending.get("sheets", {}))
        and _has_sheets(session, wave, WholeSheet, pending.get("whole_sheets", {}))
        # Of this the database has nothing: it is declared once more.
        and pending.get("voided") == now.get("voided")
    )


def _has_sheets(
    session: Session, wave: Wave, table: type[Sheet | WholeSheet], known: Mapping[str, str]
) -> bool:
    """Whether these sheets, by their digests, are all there."""
    if not known:
        return True
    query = select(col(table.number), col(table.document)).where(col(table.wave_id) == wave.id)
    there = {str(n): sheet_digest(document) for n, document in session.connection().execute(query)}
    return known.items() <= there.items()


def sheet_digest(document: str) -> str:
    """What the key file keeps of a score sheet as it is stored."""
    return "sha256:" + hashlib.sha256(document.encode()).hexdigest()


def launched(session: Session, wave: Wave, bonds: Iterable[bytes], roster: str = "") -> None:
    """Hold a wave that is being launched to its row, and to the ballots issued with it; `roster` is
    who put their people there, in words for the minutes."""
    issued = sorted(bonds)
    facts = {**of(wave), "issued": len(issued), "bonds": digest(issued), "roster": roster}
    facts |= external(wave)
    pledges.pledge(session, keys_of(session), ("waves", wave.code, "facts"), None, facts)


def external(wave: Wave) -> Facts:
    """What binds the percents from elsewhere, as the key file keeps it of a launched wave."""
    return {"external": _written(wave.external_mac)}


def appraised(wave: Wave) -> Facts:
    """What binds the appraised points, as the key file keeps it once there are any."""
    return {"appraised": _written(wave.appraised_mac)}


def digest(bonds: Iterable[bytes]) -> str:
    """One digest of all ballots that were issued at a launch."""
    return "sha256:" + sha256_of(bonds)


def changed(session: Session, wave: Wave, before: Facts, **more: object) -> None:
    """Hold a wave to its row as it is now, instead of `before` (see `of_wave`); `more` are facts of
    the key file's alone. Raises Altered."""
    path = ("waves", wave.code, "facts")
    before = pledges.pledged(session, path) or before
    after = {**before, **of(wave), **more}
    pledges.pledge(session, keys_of(session), path, before, after)
