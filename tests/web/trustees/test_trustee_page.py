"""The page of a trustee: one link from the key to the opening, on which the step is due."""

import json
import logging
from collections.abc import Iterator, Sequence

import httpx
import pytest

from app.count import unsealing
from app.keys.keyfile import KeyFile
from app.keys.tokens import BallotName
from app.settings import Settings
from app.store.db import Database
from app.trustees import files
from app.waves import closing, launch
from app.waves import wave as waves
from tests.conftest import Clock
from tests.making import holders
from tests.making.blocks import cast_all
from tests.making.booths import Booth, open_booth
from tests.making.holders import Holder

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
CODE = "dot-thu"
HANDED = "Đã nhận phần khóa của Ông/Bà"


class Sitting:
    """A trustee before their page."""

    def __init__(self, booth: Booth, holder: Holder) -> None:
        self.holder, self.client = holder, booth.visitor().client
        number = holders.number_of(booth.db, CODE, holder)
        self.path = f"/giu-khoa/{booth.keys.tokens.trustee(BallotName(number, 1))}"

    @property
    def step(self) -> str:
        page = self.client.get(self.path)
        assert page.status_code == 200
        step = page.text.partition('data-step="')[2].partition('"')[0]
        return step or page.text.partition("<h1>")[2].partition("</h1>")[0]

    def sends(self, step: str, text: str | None = None) -> str:
        """Send the file of a step, go where the answer leads; gives what the page says of it."""
        file = {} if text is None else {"tep": ("tep.json", text)}
        # A form without a file is none with parts otherwise.
        fields = {"buoc": (None, step), **file}
        answer = self.client.post(self.path, files=fields)
        assert answer.status_code == 303, answer.text
        page = self.client.get(answer.headers["location"])
        assert page.status_code == 200
        return page.text.partition('id="loi"')[2].partition("</div>")[0]

    def given(self) -> str:
        answer = self.client.post(f"{self.path}/phan-khoa.json")
        assert answer.status_code == 200, answer.headers
        return answer.text

    def opens(self) -> str:
        return self.sends("open", self.holder.opened(self.given()))

    def makes_key(self) -> str:
        return self.sends("key", files.key_file(CODE, self.holder.public))


@pytest.fixture
def booth(db: Database, keys: KeyFile, configured: Settings, clock: Clock) -> Iterator[Booth]:
    with open_booth(db, keys, configured, clock) as found:
        yield found


@pytest.fixture
def those(booth: Booth) -> Sequence[Holder]:
    made = holders.holders()
    holders.draft(booth.db)
    holders.appoint(booth.db, CODE, 2, made)
    return made


def test_two_of_three_open_by_their_links(booth: Booth, those: Sequence[Holder]) -> None:
    sitting = [Sitting(booth, each) for each in those]
    first, second, third = sitting
    for each in sitting:
        assert each.step == "key"
        assert each.makes_key() == ""
    assert [each.step for each in sitting] == ["trial"] * 3
    for each in sitting:
        assert each.opens() == ""
    assert [each.step for each in sitting] == ["Ông/Bà đã mở thử xong"] * 3
    with booth.db.transaction() as session:
        launch.launch(booth.db, session, booth.keys, holders.CONFIGURED, waves.load(session, CODE))
    wave = holders.loaded(booth.db)
    cast_all(booth.db, booth.keys, wave)
    assert first.step == "Đang thu phiếu"
    with booth.db.transaction() as session:
        closing.close(booth.db, session, waves.load(session, CODE))
    assert first.step == "open"
    assert holders.loaded(booth.db).shared_at is None, "looking gives nothing out"
    for each in (third, first):
        assert each.opens() == ""
    assert [each.step for each in sitting] == [HANDED, "open", HANDED]
    assert unsealing.unseal(booth.db, booth.keys, CODE).counted == 12
    assert [each.step for each in sitting] == ["Hòm phiếu đã mở"] * 3
    answer = second.client.post(f"{second.path}/phan-khoa.json")
    assert answer.status_code == 303, "nothing is left to be opened"


@SQLITE
def test_what_is_refused_is_told_on_the_page_and_changes_nothing(
    booth: Booth, those: Sequence[Holder]
) -> None:
    first, second, _third = (Sitting(booth, each) for each in those)
    before = booth.dump()
    assert "Chưa chọn tệp nào" in first.sends("key")
    assert "tệp khóa công khai" in first.sends("key", "{}")
    other = json.dumps({"format": "phieu.trustee/1", "wave": "khac", "key": "AAAA"})
    assert "cho đợt “khac”" in first.sends("key", other)
    low = files.key_file(CODE, bytes(32))
    assert "không phải một khóa dùng được" in first.sends("key", low)
    assert "tệp phần khóa" in first.sends("trial", "không phải JSON")
    answer = first.client.post(f"{first.path}/phan-khoa.json")
    assert "Chưa có phiếu mở thử" in first.client.get(answer.headers["location"]).text
    assert booth.dump() == before
    assert second.makes_key() == ""
    again = files.key_file(CODE, second.holder.public)
    assert "Ủy viên khác đã gửi" in first.sends("key", again)
    assert [first.step, second.step] == ["key", "Đã nhận khóa của Ông/Bà"]


@SQLITE
def test_a_link_is_the_right_to_its_page_alone(
    booth: Booth, those: Sequence[Holder], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    first = Sitting(booth, those[0])
    client = httpx.Client(base_url=booth.url, timeout=30)
    with client:
        assert client.get(first.path[:-1]).status_code == 404
        alien = {"sec-fetch-site": "cross-site"}
        assert client.post(first.path, headers=alien).status_code == 403
        ballots = booth.keys.tokens.link(BallotName(bytes(12), 1))
        assert client.get(f"/giu-khoa/{ballots}").status_code == 404, "a ballot's link is none"
    assert first.step == "key"
    log = "\n".join(
        each.getMessage() for each in caplog.records if not each.name.startswith("http")
    )
    assert "/giu-khoa/{token}" in log
    assert first.path.rpartition("/")[2][:16] not in log
    # Who is replaced has no page any more.
    holders.appoint(booth.db, CODE, 2, holders.holders(4)[1:])
    answer = first.client.get(first.path)
    assert answer.status_code == 404
    assert "không còn dùng" in answer.text
