"""A run end to end over real HTTP and SMTP, then a search for what it said, bit by bit.

While the wave is open no answer, comment, receipt, link or access code is found in database files,
write-ahead log or logs, in whatever spelling; afterwards the sealed ballots are gone as well.
"""

import base64
import random
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import inspect, text
from sqlmodel import col, select

from app.index import file as indexfile
from app.keys.urn import Answers
from app.store.models import Draft, UrnRow, Wave
from app.waves import wave as waves
from tests.making.blocks import LAI_CHAU, make_people, make_wave
from tests.making.running import House, Server, house, until
from tests.making.smtp import SmtpServer, smtp_server

VISITOR = "127.0.0.77"
PROXIED = "203.0.113.77"
BROWSER = "Trinh-duyet-rieng/7.7"


def disguises(secret: str | bytes) -> set[bytes]:
    """A secret as it is, in UTF-16, in hexadecimal, and in base64 wherever it may begin."""
    raw = secret.encode() if isinstance(secret, str) else secret
    found = {raw, raw.hex().encode(), raw.hex().upper().encode()}
    if isinstance(secret, str):
        found |= {secret.encode("utf-16-le"), secret.encode("utf-16-be")}
        found |= {secret.encode("unicode_escape"), secret.replace("-", "").encode()}
    for before in range(3):
        packed = base64.b64encode(bytes(before) + raw)
        # The signs at both ends also hold bits of the neighbours.
        inner = packed[4 if before else 0 :][: 4 * ((len(raw) - 3) // 3)]
        found |= {inner, inner.translate(bytes.maketrans(b"+/", b"-_"))}
    return found


def found_in(haystack: bytes, secrets: Iterable[str | bytes]) -> list[str | bytes]:
    return [secret for secret in secrets if any(each in haystack for each in disguises(secret))]


@pytest.mark.parametrize("before", range(4))
def test_the_search_finds_a_secret_in_every_disguise(before: int) -> None:
    secret = "Góp ý: đường vào xã lầy lội?"
    around = random.Random(before).randbytes(before)
    for hidden in (
        secret.encode(),
        secret.encode("utf-16-le"),
        secret.encode().hex().encode(),
        base64.b64encode(around + secret.encode() + b"~"),
        base64.urlsafe_b64encode(around + secret.encode() + b"~"),
    ):
        assert found_in(b"\0\1" + hidden + b"\2", [secret]) == [secret]
    assert found_in(random.Random(7).randbytes(10_000), [secret]) == []


@dataclass
class Run:
    """What people did and saw, and where it must not be found."""

    house: House
    wave: Wave
    log: Path
    begun: tuple[str, int]  # where PostgreSQL's write-ahead log stood when the run began
    secrets: list[str | bytes] = field(default_factory=list)
    sealed: list[bytes] = field(default_factory=list)

    def stored(self) -> bytes:
        """Everything the database put on disk."""
        if self.house.db.is_sqlite:
            data = sorted((self.house.folder / "data").iterdir())
            assert {path.suffix for path in data} <= {".sqlite3", ".sqlite3-wal", ".sqlite3-shm"}
            return b"".join(path.read_bytes() for path in data)
        return b"".join(path.read_bytes() for path in self._tables())

    def _tables(self) -> list[Path]:
        oid = ask(self.house, "oid FROM pg_database WHERE datname = current_database()")
        return sorted((self._root() / "base" / oid).iterdir())

    def _root(self) -> Path:
        return Path(ask(self.house, "current_setting('data_directory')"))

    def journal(self) -> bytes:
        """PostgreSQL's write-ahead log since the run began, and its log."""
        if self.house.db.is_sqlite:
            return b""
        first, begin = self.begun
        last, end = wal_place(self.house)
        parts = []
        for path in sorted((self._root() / "pg_wal").iterdir()):
            if re.fullmatch("[0-9A-F]{24}", path.name) and first <= path.name <= last:
                content = path.read_bytes()[: end if path.name == last else None]
                parts.append(content[begin if path.name == first else 0 :])
        assert parts
        return b"".join([*parts, (self._root() / "log").read_bytes()])

    def dump(self) -> bytes:
        """Every row of every table, as text."""
        lines = []
        with self.house.db.reading() as session:
            for table in inspect(self.house.db.engine).get_table_names():
                for row in session.connection().execute(text(f'SELECT * FROM "{table}"')):
                    lines.append(f"{table} {tuple(row)!r}".encode())
                    lines += [cell for cell in row if isinstance(cell, bytes)]
        return b"\n".join(lines)

    def checkpoint(self) -> None:
        if not self.house.db.is_sqlite:
            with psycopg.connect(self.house.database_url, autocommit=True) as connection:
                connection.execute("CHECKPOINT")


@contextmanager
def a_run(
    folder: Path, database_url: str, **environment: str
) -> Iterator[tuple[Run, Server, SmtpServer]]:
    """Four people get letters; two cast, one stands before the review, one has begun."""
    with (
        smtp_server() as smtp,
        house(folder, database_url, PHIEU_SMTP_URL=smtp.url, **environment) as home,
    ):
        begun = ("", 0) if home.db.is_sqlite else wal_place(home)
        index = indexfile.parse(LAI_CHAU.read_bytes())
        wave = make_wave(home.db, home.keys, index, make_people(index, 4))
        with home.serving() as server:
            run = Run(home, wave, server.log, begun)
            until(lambda: len(smtp.kept) == 4, "the letters are sent")
            answer(run, server)
            yield run, server, smtp


def ask(home: House, expression: str) -> str:
    with home.db.reading() as session:
        return str(session.connection().execute(text(f"SELECT {expression}")).scalar_one())


def wal_place(home: House) -> tuple[str, int]:
    """The file that PostgreSQL's write-ahead log has reached, and how many bytes of it."""
    place = "pg_walfile_name_offset(pg_current_wal_flush_lsn())"
    return ask(home, f"({place}).file_name"), int(ask(home, f"({place}).file_offset"))


def answer(run: Run, server: Server) -> None:
    chance = random.Random(5)
    layout = waves.index_of(run.wave)[1]
    headers = {"User-Agent": BROWSER, "X-Forwarded-For": PROXIED, "Forwarded": f"for={PROXIED}"}
    for place, name in enumerate(run.house.names(run.wave)):
        said: dict[tuple[str, str], str] = {}

        def pick(field: str, values: list[str], said: dict[Any, str] = said) -> str:
            question, _dot, unit = field.partition(".")
            said[question, unit] = chance.choice(values)
            return said[question, unit]

        comment = f"Góp ý {chance.randrange(10**12):012} của người đã {place} lần đến"
        device = server.device(VISITOR, headers)
        if place == 3:
            device.open(run.house.link(name))
            device.post(device.page.fields)
            device.post(device.page.fields | device.page.boxes)
            device.post(
                device.page.fields | {f: [pick(f, v)] for f, v in device.page.offered.items()}
            )
            assert device.status == 200
        else:
            device.fill(run.house.link(name), pick, comment)
            run.secrets.append(comment)
            assert device.path == "/phieu/xem-lai"
        receipt = device.cast() if place < 2 else run.house.keys.receipt("dot-thu", name)
        assert receipt == run.house.keys.receipt("dot-thu", name)
        run.secrets += [receipt, run.house.keys.tokens.access_code(name)]
        run.secrets += [run.house.keys.tokens.link(name), run.house.keys.tokens.cookie(name)]
        levels = layout.pack(Answers(said))[: len(layout.items)]
        run.secrets.append(levels.strip(b"\0")[:40])
    with run.house.db.reading() as session:
        run.sealed += session.scalars(select(col(UrnRow.sealed)))
        run.sealed += session.scalars(select(col(Draft.sealed)))
    assert len(run.sealed) == 4
    assert all(run.secrets)


def misuse(run: Run, server: Server) -> None:
    """Visits that go wrong: 404, 422, 413, 403 and a crash in the middle of a cast."""
    device = server.device(VISITOR, {"User-Agent": BROWSER})
    names = run.house.names(run.wave)
    link = run.house.link(names[2])
    assert device.open(link[:-1]).status == 404
    assert device.open(f"/khong-co?{link}").status == 404
    device.open(link)
    device.post(device.page.fields)
    page = device.open("/phieu/gop-y").page.fields
    assert device.post(page | {"q404.snv": [run.secrets[0]]}).status == 422  # type: ignore[list-item]
    assert device.post(page | {"q99": ["x" * 2_000_000]}).status == 413
    device.path = "/phieu/xem-lai"
    assert device.post({"q01.snv": [str(run.secrets[0])]}).status == 403
    device.path = "/ma"
    assert device.post({"ma": [run.house.keys.tokens.access_code(names[2])]}).status == 200
    device.path = "/ma"
    assert device.post({"ma": ["BBBB-CCCC-DDDD-FFFF"]}).status == 200
    assert "Mã truy cập này không đúng" in device.text
    device.open("/phieu/xem-lai")
    with run.house.db.transaction() as session:
        session.connection().execute(text("ALTER TABLE urn RENAME TO urn_away"))
    assert device.cast() is None
    assert device.status >= 500
    assert "Những gì đã lưu trước đó vẫn còn" in device.text
    with run.house.db.transaction() as session:
        session.connection().execute(text("ALTER TABLE urn_away RENAME TO urn"))


def test_nothing_said_is_found_while_the_wave_is_open_nor_anything_sealed_afterwards(
    tmp_path: Path, database_url: str
) -> None:
    with a_run(tmp_path, database_url) as (run, server, smtp):
        misuse(run, server)
        addresses = [kept.recipient for kept in smtp.kept]
        log = run.log.read_bytes()
        run.checkpoint()
        stored = run.stored() + run.journal() + run.dump()
        # The search itself works: what belongs there is found.
        assert found_in(stored, addresses) == addresses
        assert [sealed for sealed in run.sealed if sealed[40:56] not in stored] == []
        assert b"/p/{token} 404" in log
        assert b"ERROR phieu.crash sqlalchemy.exc." in log
        assert found_in(log, [*run.secrets, *addresses, VISITOR, PROXIED, BROWSER]) == []
        assert found_in(stored, run.secrets) == []

        for verb in ("close", "unseal"):
            done = run.house.phieu("wave", verb, "dot-thu", *(["--yes"] if verb == "close" else []))
            assert done.returncode == 0, done.stderr
            assert found_in((done.stdout + done.stderr).encode(), run.secrets) == []
        run.checkpoint()
        stored = run.stored()
        assert found_in(stored, addresses) == addresses
        assert found_in(stored + run.dump(), run.secrets) == []
        pieces = [sealed[at : at + 16] for sealed in run.sealed for at in (40, 5000, 8400)]
        assert [piece for piece in pieces if piece in stored] == []
        assert run.house.phieu("wave", "score", "dot-thu").returncode == 0
        exported = run.house.folder / "bang-diem.json"
        out = run.house.phieu(
            "wave", "export", "dot-thu", "--format", "json", "--out", str(exported)
        )
        assert out.returncode == 0
        assert found_in(exported.read_bytes(), [*run.secrets, *addresses]) == []
        assert found_in(run.log.read_bytes(), [*run.secrets, *addresses]) == []
