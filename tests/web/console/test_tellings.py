"""The page of an address that is told of new sheets: set, tried, given up; its secret."""

from dataclasses import dataclass, replace

import pytest

from app.audit import chain
from app.keys.keyfile import KeyFile
from app.settings import Settings
from app.staff import connections
from app.store.db import Database
from app.web.house import House
from app.webhooks import calls, hooks
from app.webhooks.networks import Outside
from app.worker import calling
from tests.conftest import Clock
from tests.making.consoles import Clerk, InProcess, desk_of
from tests.web.console.test_connections import made

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
LIST, PATH = "/quan-tri/ket-noi", "/quan-tri/ket-noi/1/bao"
ADDRESS = "https://cham.vi-du.vn/nhan"


@dataclass
class Desk:
    """An officer whose server knows names and their addresses."""

    clerk: Clerk
    names: dict[str, list[str]]

    def put(self, address: str) -> Clerk:
        self.clerk.open(PATH)
        form = self.clerk.form_to("/1/bao")
        code = self.clerk.code()
        return self.clerk.send(form, {"dia-chi-nhan": address, "ma-xac-thuc": code})

    def secret(self) -> str:
        found = [each.text for each in self.clerk.tree.iter("code") if each.get("id") == "ma-ky"]
        return found[0] or "" if found else ""


@pytest.fixture
def desk(db: Database, keys: KeyFile, configured: Settings) -> Desk:
    clerk = desk_of(db, keys, configured)
    transport = clerk.client._transport
    assert isinstance(transport, InProcess)
    house: House = transport.app.state.house
    desk = Desk(clerk, {"cham.vi-du.vn": ["203.162.4.1"]})

    def resolve(host: str, _port: int) -> list[str]:
        return desk.names.get(host, [])

    transport.app.state.house = replace(house, outside=Outside(resolve=resolve))
    made(clerk)
    return desk


def test_an_address_is_set_and_its_secret_shown_once(
    desk: Desk, db: Database, clock: Clock
) -> None:
    clerk = desk.clerk
    clerk.open(LIST)
    clerk.open(clerk.link("Tự báo khi có bảng điểm Hệ thống chấm điểm CCHC"))
    assert (clerk.path, "Chưa đặt địa chỉ" in clerk.text) == (PATH, True)
    clock.move(minutes=1)
    desk.put(f"  {ADDRESS} ")
    secret = desk.secret()
    assert secret.startswith("whsec_")
    clerk.open(clerk.link("Tôi đã chép mã ký"))
    assert clerk.path == PATH
    assert ADDRESS in clerk.text
    assert secret not in clerk.response.text
    with db.reading() as session:
        (line,) = chain.lines(session, "connection.told")
        hook = hooks.of_key(session, 1)
    assert line.facts == {"name": "Hệ thống chấm điểm CCHC", "address": ADDRESS}
    assert hook is not None
    assert hook.secret == secret
    # Set anew: another secret.
    clock.move(minutes=1)
    desk.put(ADDRESS)
    assert desk.secret() not in ("", secret)
    assert "Tự báo: đang đặt" in clerk.open(LIST).text


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("http://cham.vi-du.vn/", "phải bắt đầu bằng https://"),
        ("https://10.0.0.5/nhan", "nằm trong mạng nội bộ"),
        ("https://[::1]/", "nằm trong mạng nội bộ"),
        ("https://noi-bo.vi-du.vn/", "nằm trong mạng nội bộ"),
        ("https://2130706433/", "đủ bốn số thập phân"),
        ("https://khong-co.vi-du.vn/", "Không tìm thấy máy khong-co.vi-du.vn"),
        ("https://toi@cham.vi-du.vn/", "Không đọc được địa chỉ"),
    ],
)
def test_a_bad_address_is_told_with_its_remedy_and_kept_in_the_field(
    desk: Desk, db: Database, address: str, said: str
) -> None:
    clerk = desk.clerk
    desk.names["noi-bo.vi-du.vn"] = ["203.162.4.1", "192.168.7.7"]
    desk.names["10.0.0.5"], desk.names["::1"] = ["10.0.0.5"], ["::1"]
    clerk.open(PATH).submit({"dia-chi-nhan": address, "ma-xac-thuc": "000000"})
    assert (bool(clerk.refused), clerk.title.startswith("Lỗi:")) == (True, True)
    assert said in clerk.text
    assert clerk.form_to("/1/bao").values["dia-chi-nhan"] == [address]
    with db.reading() as session:
        assert hooks.of_key(session, 1) is None


def test_without_a_code_nothing_is_set(desk: Desk, db: Database) -> None:
    clerk = desk.clerk
    clerk.open(PATH).submit({"dia-chi-nhan": ADDRESS, "ma-xac-thuc": "000000"})
    assert clerk.refused
    with db.reading() as session:
        assert hooks.of_key(session, 1) is None


def test_a_trial_shows_what_came_of_it_and_a_revoked_key_tells_no_more(
    desk: Desk, db: Database, keys: KeyFile, configured: Settings, clock: Clock
) -> None:
    clerk = desk.clerk
    clock.move(minutes=1)
    desk.put(ADDRESS)
    clerk.open(PATH).press("Gửi thử")
    assert "Đang gửi thử" in clerk.text
    clerk.press("Gửi thử")
    assert "Một lần gửi thử còn đang chờ" in clerk.text
    # Meanwhile the name leads into a network of ours.
    desk.names["cham.vi-du.vn"] = ["127.0.0.1"]
    outside = Outside(resolve=lambda host, _port: desk.names[host])
    assert calling.tell_due(db, configured, outside) == 0
    assert "nằm trong mạng nội bộ" in clerk.open(PATH).text
    clerk.press("Thôi báo")
    assert "Chưa đặt địa chỉ" in clerk.text
    clock.move(minutes=1)
    desk.put(ADDRESS)
    clerk.open(LIST).press("Thu hồi Hệ thống chấm điểm CCHC")
    assert clerk.open(PATH).status == 404
    with db.reading() as session:
        assert (hooks.everyone(session), calls.is_due(session, clock.now)) == ([], False)
        (line,) = chain.lines(session, "connection.told-no-more")
    assert line.facts == {"name": "Hệ thống chấm điểm CCHC"}


def test_the_council_looks_and_changes_nothing(
    desk: Desk, db: Database, keys: KeyFile, configured: Settings
) -> None:
    council = desk_of(db, keys, configured, "council")
    council.open(PATH)
    assert "Chuyên viên đặt và đổi địa chỉ" in council.text
    assert all("bao" not in form.action for form in council.forms)


def test_a_key_is_made_for_some_waves_to_write_until_a_day(
    desk: Desk, db: Database, keys: KeyFile, configured: Settings, clock: Clock
) -> None:
    clerk = desk.clerk
    clock.move(minutes=1)
    clerk.open(LIST)
    form, code = clerk.form_to("/ket-noi"), clerk.code()
    assert form.values["het-han"] == ["02/03/2027"]
    typed = {"ten-khoa": "Ghi", "quyen": "ghi", "ma-xac-thuc": code}
    for until, said in (("31/2/2027", "Không hiểu ngày"), ("1/3/2026", "đã qua")):
        clerk.open(LIST)
        clerk.send(clerk.form_to("/ket-noi"), typed | {"het-han": until})
        assert clerk.refused
        assert said in clerk.text
        assert clerk.form_to("/ket-noi").values["het-han"] == [until]
    clerk.open(LIST)
    clerk.send(clerk.form_to("/ket-noi"), typed | {"het-han": "2/3/2026"})
    assert "gửi được điểm thẩm định" in clerk.text
    with db.reading() as session:
        key = connections.issued(session)[0]
        (line, _first) = chain.lines(session, "connection.make")
    assert (key.grant.may_write, key.grant.waves) == (True, frozenset())
    assert key.grant.expires_at is not None
    assert key.grant.expires_at.isoformat() == "2026-03-02T17:00:00+00:00"
    assert line.facts == {"name": "Ghi", "scope": "write", "last_day": "02/03/2026"}
    clock.move(hours=20)
    assert "hết hạn" in desk_of(db, keys, configured, "council").open(LIST).text
