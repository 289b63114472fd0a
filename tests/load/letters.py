"""How fast letters leave: 1,611 through `send_due`, and as many through bare aiosmtplib.

Both go over as many kept connections to the same aiosmtpd, in a process of its own, which takes
everything. The bare senders do nothing but send: their messages are rendered beforehand and nothing
is recorded.
"""

import asyncio
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiosmtplib
from aiosmtpd.smtp import SMTP, Envelope, Session

from app import settings
from app.index import file as indexfile
from app.keys import guard
from app.keys.keyfile import KeyFile
from app.letters import mail, outbox, senders
from app.store.db import Database, open_database
from app.waves.wave import index_of
from app.worker import sending
from app.worker.delivery import CONNECTIONS
from tests.making.blocks import LAI_CHAU, make_people, make_wave

LETTERS = 1611


class Sink:
    """Takes every message and forgets it."""

    async def handle_DATA(self, _server: SMTP, _session: Session, _envelope: Envelope) -> str:  # noqa: N802
        return "250 OK"


async def _serve() -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(Sink(), loop=loop), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


async def _bare(port: int, messages: list[tuple[str, str, bytes]]) -> None:
    """As fast as aiosmtplib goes over CONNECTIONS kept connections."""
    rest = iter(messages)

    async def carry() -> None:
        async with aiosmtplib.SMTP(hostname="127.0.0.1", port=port, start_tls=False) as client:
            for sender, recipient, content in rest:
                await client.mail(sender)
                await client.rcpt(recipient)
                await client.data(content)

    await asyncio.gather(*(carry() for _number in range(CONNECTIONS)))


def run(folder: Path | None = None, database_url: str | None = None) -> dict[str, float]:
    """Seconds of both ways, letters a second, and ours as a share of the bare speed."""
    with (
        tempfile.TemporaryDirectory() as made,
        subprocess.Popen(
            [sys.executable, "-m", "tests.load.letters"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        ) as sink,
    ):
        assert sink.stdout is not None
        try:
            return _measure(folder or Path(made), database_url, int(sink.stdout.readline()))
        finally:
            sink.terminate()


def _measure(folder: Path, database_url: str | None, port: int) -> dict[str, float]:
    environment = {
        "PHIEU_DATA": str(folder),
        "PHIEU_SMTP_URL": f"smtp://127.0.0.1:{port}",
        "PHIEU_MAIL_FROM": "phieu@vi-du.vn",
    }
    configured = settings.read(environment)
    if database_url is not None:
        configured = replace(configured, database_url=database_url)
    db, keys = open_database(configured.database_url), KeyFile(configured.key_file)
    guard.guard(db, keys)
    index = indexfile.parse(LAI_CHAU.read_bytes())
    wave = make_wave(db, keys, index, make_people(index, LETTERS))
    messages = _messages(db, keys)

    started = time.perf_counter()
    asyncio.run(_bare(port, messages))
    bare = time.perf_counter() - started

    started = time.perf_counter()
    result = sending.send_due(db, keys, configured)
    ours = time.perf_counter() - started
    db.dispose()
    assert result.sent == len(messages), (wave.code, result)
    return {
        "letters": len(messages),
        "seconds": ours,
        "bare_seconds": bare,
        "letters_per_second": len(messages) / ours,
        "share_of_bare": bare / ours,
    }


def _messages(db: Database, keys: KeyFile) -> list[tuple[str, str, bytes]]:
    """Every letter of the outbox, rendered; the outbox stays as it is."""
    with db.reading() as session:
        now = datetime.now(UTC)
        letters = outbox.claim(session, now, "bench", now + timedelta(minutes=1), LETTERS)
        wave = outbox.wave(session, letters[0].wave_id)
        session.expunge(wave)
        session.rollback()
    index, _layout = index_of(wave)
    letterhead = mail.Letterhead(
        index, keys.tokens, senders.of(index, "phieu@vi-du.vn"), "http://127.0.0.1:8000"
    )
    return [
        ("phieu@vi-du.vn", each.facts.email, mail.render(each.facts, letterhead, now))
        for each in letters
    ]


if __name__ == "__main__":
    asyncio.run(_serve())
