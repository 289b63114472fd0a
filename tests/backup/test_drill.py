"""The drill: a wave is backed up while its ballots are cast, the machine is lost, and the backup is
put back on another one.

Links work, receipts hold, the urn is opened and counts what was in it. What the database forgot by
itself is nowhere in the backup, and it tells nothing of who cast when.
"""

import gzip
import json
import threading
from base64 import b64decode
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlmodel import col

from app.backup import folder
from app.backup.folder import Made, Seal
from app.ballots import ballot as ballots
from app.ballots import drafts
from app.ballots.drafts import NotBegun
from app.count import unsealing
from app.keys.keyfile import KeyFile
from app.keys.tokens import BallotName
from app.keys.urn import Answers, DraftState
from app.store.db import Database
from app.store.models import Draft, UrnRow
from app.waves import closing
from app.waves import wave as waves
from tests.commands.test_leaks import found_in
from tests.count.test_urn_order import rank_correlation
from tests.making import holders
from tests.making.blocks import cast_all, cast_ballot, make_index, make_wave, names
from tests.making.elsewhere import Elsewhere, elsewhere
from tests.making.running import House, house
from tests.trustees.test_whole_life import STEP, STEPS, Life, right

CODE = "dot-thu"


@pytest.fixture
def home(tmp_path: Path, database_url: str) -> Iterator[House]:
    with house(tmp_path, database_url) as found:
        yield found


@pytest.fixture
def there(request: pytest.FixtureRequest, tmp_path: Path, database_url: str) -> Iterator[Elsewhere]:
    with elsewhere(request, tmp_path / "may-khac", database_url.startswith("sqlite")) as found:
        yield found


def backed_up(db: Database, keys: KeyFile, to: Path) -> Made:
    return folder.write(db, keys, to, Seal())


def content(made: Made) -> bytes:
    return gzip.decompress(made.file.read_bytes())


def test_a_backup_of_an_open_wave_goes_on_elsewhere(
    home: House, there: Elsewhere, tmp_path: Path
) -> None:
    db, keys = home.db, home.keys
    wave = make_wave(db, keys, make_index("pooled"), 30)
    said = cast_all(db, keys, wave, share=0.4)
    everyone = home.names(wave)
    begun, fresh = everyone[12], everyone[13]
    with db.transaction() as session:
        ballot = ballots.find(session, begun)
        drafts.start(session, keys, ballot, db.now(session))
        state = DraftState(Answers({("q1", "snv"): "A"}), frozenset(ballot.units))
        drafts.change(session, keys, ballot, db.now(session), lambda _before: state)
    done = home.phieu("backup", str(tmp_path / "ban.backup"))
    assert done.returncode == 0, done.stderr
    assert "Đã sao lưu và đọc lại" in done.stdout
    assert str(keys.path) in done.stdout, "it says that the key file is not in it"
    # The machine burns. Somebody has the key file, somebody the backup.
    there.bring_keys(keys)
    status, printed = there.phieu("restore", str(tmp_path / "ban.backup"))
    assert status == 0, printed
    assert "nguyên vẹn" in printed
    assert "Nhật ký ngắn hơn" not in printed, "its own line is in it"
    with there.opened() as (other, kept):
        with other.reading() as session:
            assert {name.number for name in names(session, wave)} == {n.number for n in everyone}
            cast = ballots.find(session, everyone[0])
            assert cast.cast
            assert kept.receipt(CODE, everyone[0]) in said
            with pytest.raises(NotBegun):
                drafts.opened(session, kept, ballots.find(session, begun), lock=False)
        # Who had begun begins anew, and who comes first; one by the very link of the letter.
        more = {cast_ballot(other, kept, name, Answers()) for name in (begun, fresh)}
        link = kept.tokens.link(everyone[14])
        assert link == keys.tokens.link(everyone[14])
        assert kept.tokens.read_link(link) == everyone[14]
        with other.transaction() as session:
            closing.close(other, session, waves.load(session, CODE))
        counted = unsealing.unseal(other, kept, CODE)
        assert counted.counted == len(said) + len(more)
    status, printed = there.phieu("audit", "verify")
    assert status == 0, printed


def test_every_backup_is_of_one_moment_however_many_cast_meanwhile(
    home: House, tmp_path: Path
) -> None:
    db, keys = home.db, home.keys
    wave = make_wave(db, keys, make_index("pooled"), 60)
    left, may = home.names(wave), threading.Semaphore(0)

    def casting() -> None:
        for _n in range(30):
            may.acquire()
            cast_ballot(db, keys, left.pop(), Answers({("q1", "snv"): "B"}))

    made: list[Made] = []
    with ThreadPoolExecutor(2) as those:
        busy = [those.submit(casting) for _n in range(2)]
        for number in range(12):
            may.release(5)  # some of these five during this backup, some after it
            made.append(backed_up(db, keys, tmp_path / f"ban-{number}"))
        for each in busy:
            each.result()
    seen = set()
    for each in made:
        lines = content(each).split(b"\n")
        cast = sum(line.count(b",true,true,") for line in rows_of(lines, b"ballot"))
        assert cast == each.counts["urn"]
        seen.add(cast)
    assert len(seen) > 1, "they were cast meanwhile"


def rows_of(lines: list[bytes], table: bytes) -> list[bytes]:
    begins = next(n for n, line in enumerate(lines) if line.startswith(b'{"table":"' + table))
    ends = next(n for n in range(begins + 1, len(lines)) if lines[n].startswith(b"{"))
    return lines[begins + 1 : ends]


@pytest.mark.parametrize(
    ("database_url", "mode"),
    [("sqlite", "office"), ("postgresql", "committee")],
    indirect=["database_url"],
)
def test_nothing_that_was_forgotten_is_in_a_backup(
    home: House, there: Elsewhere, tmp_path: Path, mode: str
) -> None:
    """The attack of test_whole_life on backups: searched for all that was ever half typed, and for
    the order of casting in whatever they have an order of."""
    db, keys = home.db, home.keys
    life = Life(db, keys, mode)
    # Everybody has begun, so that what is forgotten later is there at each backup before.
    forgotten = [half_typed(life, name) for name in life.left]
    made = []
    for _step in range(STEPS):
        for _cast in range(STEP):
            life.cast(life.left.pop())
        made.append(backed_up(db, keys, tmp_path / f"ban-{len(made)}"))
    assert len(found_in(everything(db), forgotten)) == 2, "the search finds those that are left"
    with db.transaction() as session:
        closing.close(db, session, waves.load(session, CODE))
    for each in life.those[:2]:
        holders.hand_in(db, CODE, each)
    with db.reading() as session:
        handed = [bytes(each) for each in session.scalars(text("SELECT sealed FROM handed")).all()]
    assert bool(handed) == (mode == "committee")
    made.append(backed_up(db, keys, tmp_path / "ban-cuoi"))
    for each in made:
        data = content(each)
        assert found_in(data, [*forgotten, *handed]) == []
        assert b'"table":"draft"' not in data
        assert b'"table":"handed"' in data
    # All of the urn is there: the search would have found it.
    last = life.stored()
    assert len(found_in(content(made[-1]), last)) == len(last) == STEP * STEPS
    chance(life, made[-1])
    # What the live database forgets at the opening does not come back with a backup from before.
    there.bring_keys(keys)
    assert unsealing.unseal(db, keys, CODE).counted == STEP * STEPS
    for each in keys.path.parent.iterdir():
        (there.key_file.parent / each.name).write_bytes(each.read_bytes())
    status, printed = there.phieu("restore", str(made[-1].file))
    assert status == 0, printed
    assert f"Đợt {CODE} đã mở hòm phiếu sau bản sao lưu" in printed


def everything(db: Database) -> bytes:
    """What a copy of all tables would hold."""
    with db.reading() as session:
        drafts_ = session.connection().execute(text("SELECT * FROM draft")).all()
    return b"".join(cell for row in drafts_ for cell in row)


def half_typed(life: Life, name: BallotName) -> bytes:
    """A draft, as it lies there."""
    db, keys = life.db, life.keys
    with db.transaction() as session:
        ballot = ballots.find(session, name)
        drafts.start(session, keys, ballot, db.now(session))
        state = DraftState(Answers({("q1", "snv"): "A"}), frozenset(ballot.units))
        drafts.change(session, keys, ballot, db.now(session), lambda _before: state)
    with db.reading() as session:
        found = session.scalars(select(Draft.sealed).where(col(Draft.ballot_number) == name.number))
        return bytes(found.one())


def chance(life: Life, made: Made) -> None:
    """Rows and ballots in the order of the file, and by where they lie in it packed."""
    lines = content(made).split(b"\n")
    with life.db.reading() as session:
        stored = {bytes(row.key): bytes(row.sealed) for row in session.scalars(select(UrnRow))}
    urn, cast = in_order(lines, stored, life)
    at = {number: place for place, number in enumerate(life.order)}
    assert abs(rank_correlation([at[life.whose(row)] for row in urn])) < 0.8
    assert abs(rank_correlation([at[number] for number in cast])) < 0.8
    assert right(urn, cast, life) <= 9, "1 by chance, more than 9 once in ten million times"
    assert right(list(life.inner), life.order, life) == STEP * STEPS


def in_order(
    lines: list[bytes], stored: dict[bytes, bytes], life: Life
) -> tuple[list[bytes], list[bytes]]:
    """The rows of the urn and the numbers of the ballots cast, as they stand in a backup."""
    urn = [stored[b64decode(json.loads(line)[0])] for line in rows_of(lines, b"urn")]
    those = set(life.order)
    numbers = [b64decode(json.loads(line)[0]) for line in rows_of(lines, b"ballot")]
    return urn, [number for number in numbers if number in those]
