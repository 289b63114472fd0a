"""What SpamAssassin makes of every kind of letter that the program writes, by its local rules.

    python -m tests.load.spam

prints a line for each kind, its points and the rules behind them, and ends with 1 when one has a
point or more. It needs `spamassassin` (Debian's package). The letters go through a real relay; the
line that a receiving server writes above each is added here.
"""

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from email.utils import format_datetime

from app import settings
from app.index import file as indexfile
from app.keys import guard
from app.keys.keyfile import KeyFile
from app.keys.tokens import Tokens
from app.letters import mail, senders, testletter
from app.letters.mail import Letterhead
from app.letters.unreached import WITH_LINK
from app.postmaster import trial
from app.staff import accounts
from app.staff.letters import SUBJECTS as TO_STAFF
from app.store.db import Database, open_database
from app.trustees import queue as trusteequeue
from app.trustees.outbox import SUBJECTS as TO_TRUSTEES
from app.waves import staffmail, trusteedeeds
from app.waves import wave as waves
from app.worker.sending import send_due
from tests.making import holders
from tests.making.blocks import LAI_CHAU
from tests.making.consoles import employ
from tests.making.posting import through
from tests.making.smtp import smtp_server

SENDER = "phieu@sonoivu.laichau.gov.vn"
TO = "an.nguyen@laichau.gov.vn"
BASE = "https://phieu.laichau.gov.vn"
MOST = 1.0
# Every word that a letter to staff may want; those of the code itself are made when it is sent.
FACTS = {
    "wave": "cchc-2022",
    "title": "Bộ chỉ số cải cách hành chính năm 2022",
    "action": "wave.launch",
    "head": "41:9f2c 77ab 03d1 5e60",
    "by": "Trần Thu Hà",
    "who": "Trần Thu Hà",
    "what": "mở hòm phiếu",
    "until": "17 giờ 00, thứ Sáu ngày 06/3/2026",
    "since": "8 giờ 00, thứ Sáu ngày 06/3/2026",
    "why": "Máy chủ thư mail.laichau.gov.vn:587 không cho đăng nhập: 535 5.7.8.",
    "sheet": "2",
    "count": "14",
    "two": "yes",
    "path": "theo-doi",
}


def letters() -> Iterator[tuple[str, bytes]]:
    """One of each kind, by name."""
    yield from to_respondents()
    yield "test of the relay", trial._letter(SENDER, TO, datetime.now().astimezone())
    with tempfile.TemporaryDirectory() as folder:
        configured = settings.read(
            {"PHIEU_DATA": folder, "PHIEU_MAIL_FROM": SENDER, "PHIEU_BASE_URL": BASE}
        )
        db, keys = open_database(configured.database_url), KeyFile(configured.key_file)
        guard.guard(db, keys)
        try:
            queue_all(db, keys)
            with smtp_server() as server:
                send_due(db, keys, through(configured, server))
        finally:
            db.dispose()
    assert len(server.kept) == len(TO_STAFF) + len(TO_TRUSTEES), len(server.kept)
    for kept in server.kept:
        yield kept.message["Subject"], kept.content


def to_respondents() -> Iterator[tuple[str, bytes]]:
    index = indexfile.parse(LAI_CHAU.read_bytes())
    head = Letterhead(index, Tokens(b"1" * 32, [b"2" * 32]), senders.of(index, SENDER), BASE)
    now = datetime.now().astimezone()
    for kind in dict.fromkeys((*WITH_LINK, "extended", *mail.SUBJECTS)):
        facts = testletter.facts_of(index, index.groups[0].code, "Nguyễn Văn An", TO, now, kind)
        message_id = facts.message_id.replace("localhost", "phieu.laichau.gov.vn")
        facts = replace(facts, message_id=message_id, cancel_reason="Danh sách có sai sót")
        yield kind, mail.render(facts, head, now)
    yield "test of the words", mail.render(facts, head, now, "ABC234", f"{BASE}/quan-tri")


def queue_all(db: Database, keys: KeyFile) -> None:
    """Every kind to staff, each to somebody of their own, and to trustees."""
    holders.draft(db)
    with db.transaction() as session:
        now = db.now(session)
        waves.hold_draft(session, wave := waves.load(session, "dot-thu"))
        people = [("", f"uy-vien-{n}@laichau.gov.vn") for n in range(1, len(TO_TRUSTEES) + 1)]
        trusteedeeds.appoint(session, wave, 2, people, now, "Trần Thu Hà")
        for kind, each in zip(
            TO_TRUSTEES, holders.body.must_be(session, wave).trustees, strict=True
        ):
            if kind != "key":
                trusteequeue.put(session, wave, kind, each.number, now)
        for place, kind in enumerate(TO_STAFF):
            to, facts = f"can-bo-{place}@laichau.gov.vn", FACTS
            if kind == "unready":  # a new password for who has no telephone yet
                kind, facts = "reset", {}
                staff_id = accounts.add(session, to, "Lò Văn A", ["officer"], now)
            else:
                staff_id = employ(session, keys, "Lò Văn A", to, ["officer"], b"1" * 20, now)
            if kind == "server":
                kind, facts = "head", FACTS | {"wave": ""}
            staffmail.queue(session, kind, staff_id, now, **facts)


def judged(wire: bytes) -> tuple[float, str]:
    """The points of a letter, and the rules that gave them."""
    come = format_datetime(datetime.now().astimezone())
    above = (
        "Received: from relay.laichau.gov.vn (relay.laichau.gov.vn [113.160.92.7])\r\n"
        f"\tby mx.laichau.gov.vn (Postfix) with ESMTPS id 4XyZ; {come}\r\n"
    )
    done = subprocess.run(
        ["spamassassin", "--local", "--test-mode"],
        input=above.encode() + wire,
        capture_output=True,
        check=True,
    )
    said = done.stdout.decode("utf-8", "replace")
    found = re.search(
        r"X-Spam-Status: \w+, score=(-?[\d.]+).*?tests=([\w,\s]*?)\s+autolearn", said, re.DOTALL
    )
    assert found is not None, said[:2000]
    return float(found[1]), re.sub(r"\s+", "", found[2])


def main() -> int:
    if shutil.which("spamassassin") is None:
        print("spamassassin is not installed", file=sys.stderr)
        return 2
    worst = 0.0
    for name, wire in letters():
        points, rules = judged(wire)
        worst = max(worst, points)
        print(f"{points:5.1f}  {name}  {rules}", flush=True)
    return int(worst >= MOST)


if __name__ == "__main__":
    sys.exit(main())
