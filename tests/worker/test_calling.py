"""Other programs are told that there is a sheet: once, signed, again for a day, and only those
whose key may read it."""

import hmac
import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from app.count import appraised, scoresheets, wholesheets
from app.keys.keyfile import KeyFile
from app.settings import Settings
from app.staff import connections
from app.staff.connections import Grant
from app.store.db import Database
from app.waves import wave as waves
from app.webhooks import addresses, calls, hooks, posting
from app.worker import calling
from tests.conftest import Clock
from tests.making.receiver import Receiver, receiving
from tests.web.console.test_results import CODE, scored_wave

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
ADDRESS = "https://cham.vi-du.vn/nhan"


@dataclass
class Told:
    """A program with an address, and what it hears: `answer` is a status, or why it has none."""

    db: Database
    settings: Settings
    answer: int | str = 204
    came: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    secrets: dict[int, str] = field(default_factory=dict)

    def hook(self, name: str = "Chấm điểm", grant: Grant | None = None) -> int:
        with self.db.transaction() as session:
            now = self.db.now(session)
            connections.make(session, name, "Hà", now, grant)
            key = next(each for each in connections.issued(session) if each.name == name)
            secret = hooks.put(session, key.id, addresses.read(ADDRESS), "Hà", now)
            self.secrets[key.id] = secret
        return key.id

    def tell(self) -> None:
        """What the making of a sheet does."""
        with self.db.transaction() as session:
            calls.tell(session, CODE, 1, self.db.now(session))

    def run(self) -> int:
        return calling.tell_due(self.db, self.settings, Receiver().outside())

    def last(self, key_id: int) -> list[calls.Call]:
        with self.db.reading() as session:
            hook = hooks.of_key(session, key_id)
            return calls.last(session, hook.id) if hook else []


def spoil(db: Database) -> None:
    """Write into the sheets of an SQLite database past the program."""
    with db.transaction() as session:
        run = session.connection().execute
        found = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'sheet'"
        for (name,) in run(text(found)).all():
            run(text(f"DROP TRIGGER {name}"))
        run(text("UPDATE sheet SET document = replace(document, '24', '25')"))


@pytest.fixture
def told(db: Database, configured: Settings, monkeypatch: pytest.MonkeyPatch) -> Told:
    told = Told(db, configured)

    def post(_place: object, body: bytes, headers: dict[str, str], _outside: object) -> int:
        told.came.append((headers, body))
        if isinstance(told.answer, str):
            raise posting.NotTaken(told.answer)
        return told.answer

    monkeypatch.setattr(posting, "post", post)
    return told


def test_a_new_sheet_is_told_once_and_says_no_score(
    told: Told, keys: KeyFile, clock: Clock
) -> None:
    key_id = told.hook()
    document = scored_wave(told.db, keys)
    assert (told.run(), told.run()) == (1, 0)
    ((headers, body),) = told.came
    assert json.loads(body) == {
        "type": "sheet",
        "timestamp": json.loads(body)["timestamp"],
        "data": {
            "wave": CODE,
            "sheet": 1,
            "digest": document["digest"],
            "address": f"http://127.0.0.1:8000/api/v1/waves/{CODE}/scores?sheet=1",
        },
    }
    stamp, key = (
        headers["webhook-timestamp"],
        b64decode(told.secrets[key_id].removeprefix("whsec_")),
    )
    assert int(stamp) == int(clock.now.timestamp())
    signed = f"{headers['webhook-id']}.{stamp}.".encode() + body
    signature = "v1," + b64encode(hmac.new(key, signed, "sha256").digest()).decode()
    assert headers["webhook-signature"] == signature
    # Computed again without a change it is the same sheet, and nobody is told anew.
    with told.db.transaction() as session:
        assert scoresheets.score(told.db, session, CODE)[1] is False
    assert told.run() == 0
    (call,) = told.last(key_id)
    assert (call.answer, call.attempts, call.due_at) == ("Đã nhận (204)", 1, None)


@SQLITE
def test_who_does_not_take_it_is_asked_for_a_day(told: Told, keys: KeyFile, clock: Clock) -> None:
    scored_wave(told.db, keys)
    key_id = told.hook()
    told.tell()
    told.answer, begun, gaps = 503, clock.now, []
    while (call := (told.run(), told.last(key_id)[0])[1]).due_at is not None:
        gaps.append(call.due_at - clock.now)
        clock.now = call.due_at - timedelta(seconds=1)
        told.run()
        assert len(told.came) == len(gaps), "before its time nothing goes"
        clock.now = call.due_at
    assert len(told.came) == 1 + len(calls.GAPS)
    assert timedelta(hours=20) < clock.now - begun < timedelta(hours=24)
    assert all(0.9 <= gap / usual <= 1 for gap, usual in zip(gaps, calls.GAPS, strict=True))
    assert len({headers["webhook-id"] for headers, _body in told.came}) == 1
    assert len({headers["webhook-timestamp"] for headers, _body in told.came}) == len(told.came)
    assert call.is_given_up
    clock.move(hours=48)
    assert told.run() == 0
    assert len(told.came) == 1 + len(calls.GAPS)


@SQLITE
def test_only_who_may_read_the_wave_is_told(told: Told, keys: KeyFile, clock: Clock) -> None:
    scored_wave(told.db, keys)
    other = told.hook("Đợt khác", Grant(waves=frozenset(["dot-khac"])))
    over = told.hook("Hết hạn", Grant(expires_at=clock.now + timedelta(minutes=1)))
    mine = told.hook("Đúng đợt", Grant(waves=frozenset([CODE])))
    revoked = told.hook("Thu hồi")
    altered = told.hook("Bị sửa")
    clock.move(minutes=1)
    told.tell()
    with told.db.transaction() as session:
        connections.revoke(session, revoked, told.db.now(session))
        session.connection().execute(
            text("UPDATE webhook SET address = 'https://ke-khac.vi-du.vn/' WHERE key_id = :id"),
            {"id": altered},
        )
    assert told.run() == 1
    assert len(told.came) == 1
    assert [len(told.last(each)) for each in (other, over, mine)] == [0, 0, 1]
    assert "thu hồi" in told.last(revoked)[0].answer
    assert "bị sửa" in told.last(altered)[0].answer
    assert all(told.last(each)[0].is_given_up for each in (revoked, altered))


@SQLITE
def test_a_sheet_of_the_whole_index_is_told_as_one(told: Told, keys: KeyFile) -> None:
    scored_wave(told.db, keys, "external")
    told.hook()
    with told.db.transaction() as session:
        points = appraised.entries([("snv", "1.0", "1.5"), ("stc", "1.0", "4")])
        appraised.take(session, waves.load(session, CODE), points)
        whole, _new = wholesheets.make(told.db, session, CODE)
        calls.tell(session, CODE, 1, told.db.now(session))  # the score sheet of that number
    assert told.run() == 2
    said = {json.loads(body)["type"]: json.loads(body)["data"] for _headers, body in told.came}
    assert said["whole"] == {
        "wave": CODE,
        "sheet": 1,
        "digest": whole["digest"],
        "address": f"http://127.0.0.1:8000/api/v1/waves/{CODE}/whole?sheet=1",
    }
    assert said["sheet"]["digest"] == whole["survey"]["digest"]


@SQLITE
def test_a_rehearsal_is_told_to_nobody(told: Told, keys: KeyFile) -> None:
    key_id = told.hook()
    scored_wave(told.db, keys, rehearsal=True)
    assert told.run() == 0
    assert told.last(key_id) == []


@SQLITE
@pytest.mark.parametrize(
    ("answer", "words", "again"),
    [
        (410, "từ chối (410)", False),
        (302, "không đi theo", True),
        (500, "từ chối (500)", True),
        ("Không kết nối được tới máy ấy.", "Không kết nối được", True),
    ],
)
def test_what_an_answer_means(
    told: Told, keys: KeyFile, answer: int | str, words: str, again: bool
) -> None:
    scored_wave(told.db, keys)
    key_id, told.answer = told.hook(), answer
    told.tell()
    assert told.run() == 0
    (call,) = told.last(key_id)
    assert words in call.answer
    assert (call.due_at is not None) is again


def test_of_several_processes_one_tells(told: Told, keys: KeyFile, clock: Clock) -> None:
    scored_wave(told.db, keys)
    told.hook()
    told.tell()
    with told.db.transaction() as session:
        assert calls.take(session, told.db.now(session)) is not None
        assert calls.take(session, told.db.now(session)) is None
    assert told.run() == 0
    # Who has taken it and died gives way after a while.
    clock.move(seconds=calls.LEASE.total_seconds())
    assert told.run() == 1


@SQLITE
def test_an_altered_sheet_is_not_told(told: Told, keys: KeyFile, clock: Clock) -> None:
    scored_wave(told.db, keys)
    key_id = told.hook()
    told.tell()
    spoil(told.db)
    assert told.run() == 0
    assert told.came == []
    assert "bị sửa ngoài hệ thống" in told.last(key_id)[0].answer


@SQLITE
def test_trials_go_once_and_only_the_last_are_kept(told: Told, clock: Clock) -> None:
    key_id, told.answer = told.hook(), 500
    for turn in range(calls.SHOWN + 3):
        with told.db.transaction() as session:
            hook = hooks.of_key(session, key_id)
            assert hook is not None
            assert calls.try_out(session, hook.id, told.db.now(session))
            assert not calls.try_out(session, hook.id, told.db.now(session)), "one waits already"
        told.run()
        clock.move(hours=1)
        told.run()
        assert len(told.came) == turn + 1
    assert json.loads(told.came[0][1])["type"] == "trial"
    with told.db.reading() as session:
        (number,) = session.connection().execute(text("SELECT count(*) FROM webhook_call")).one()
    assert number == calls.SHOWN


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[Receiver]:
    with receiving(tmp_path) as receiver:
        yield receiver


@SQLITE
def test_it_goes_over_the_wire_and_by_the_real_way_out_never_to_this_machine(
    db: Database, keys: KeyFile, configured: Settings, clock: Clock, receiver: Receiver
) -> None:
    scored_wave(db, keys)
    with db.transaction() as session:
        now = db.now(session)
        connections.make(session, "Chấm điểm", "Hà", now)
        hooks.put(session, 1, addresses.read(receiver.address), "Hà", now)
        calls.tell(session, CODE, 1, now)
    resolve: Callable[[str, int], list[str]] = receiver.outside().resolve
    real = type(receiver.outside())(resolve=resolve)
    assert calling.tell_due(db, configured, real) == 0
    assert receiver.came == []
    clock.move(minutes=2)
    assert calling.tell_due(db, configured, receiver.outside()) == 1
    ((_path, headers, body),) = receiver.came
    assert json.loads(body)["data"]["wave"] == CODE
    assert headers["webhook-signature"].startswith("v1,")
