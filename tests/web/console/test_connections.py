"""The page of keys of connection: who makes and revokes them, what is shown, what the log says."""

import threading

import pytest

from app.audit import chain
from app.keys.keyfile import KeyFile
from app.settings import Settings
from app.staff import connections
from app.staff.connections import ConnectionRefused
from app.store.db import Database
from tests.conftest import Clock, first_on_both
from tests.making.consoles import Clerk, desk_of
from tests.making.html import words
from tests.web.console.test_results import scored_wave
from tests.web.console.test_routes import guards_of, routes

PATH = "/quan-tri/ket-noi"
NAME = "Hệ thống chấm điểm CCHC"


def shown_key(clerk: Clerk) -> str:
    """The key on the page that shows it."""
    (found,) = [each.text for each in clerk.tree.iter("code") if each.get("id") == "khoa"]
    assert found
    return found


def made(clerk: Clerk, name: str = NAME) -> str:
    """A key made on the page."""
    clerk.open(PATH)
    clerk.send(clerk.form_to(PATH), {"ten-khoa": name, "ma-xac-thuc": clerk.code()})
    assert clerk.fine, clerk.text
    return shown_key(clerk)


def works(db: Database, key: str) -> bool:
    with db.reading() as session:
        return connections.is_live(session, key)


def fill_up(db: Database, number: int = connections.MOST) -> None:
    with db.transaction() as session:
        for place in range(number):
            connections.make(session, f"Khóa {place}", "Hà", db.now(session))


def rows(clerk: Clerk) -> list[list[str]]:
    """The list of keys, each as [name and maker, state]."""
    found = [row for body in clerk.tree.iter("tbody") for row in body]
    return [[" ".join(" ".join(cell.itertext()).split()) for cell in row] for row in found]


def test_an_officer_makes_a_key_that_is_shown_once(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    clerk = desk_of(db, keys, configured, name="Trần Thu Hà")
    clerk.open(PATH)
    assert "Chưa có khóa nào" in clerk.text
    key = made(clerk, f"  {NAME}\u200b ")
    assert len(key) >= 43
    assert "Authorization: Bearer" in clerk.text
    assert "http://127.0.0.1:8000/api/v1/waves/" in clerk.text
    assert clerk.response.headers["cache-control"] == "no-store"
    assert works(db, key)
    clerk.open(clerk.link("Tôi đã chép khóa"))
    assert key not in clerk.response.text
    ((named, state),) = rows(clerk)
    assert named.startswith(f"{NAME} Trần Thu Hà tạo lúc ")
    assert state.startswith("đang dùng Chưa dùng lần nào")
    assert "Chỉ đọc Mọi đợt Đến hết ngày" in named
    with db.reading() as session:
        (line,) = chain.lines(session, "connection")
    assert (line.action, line.facts) == (
        "connection.make",
        {"name": NAME, "last_day": "02/03/2027"},
    )
    assert line.who.startswith("Trần Thu Hà <")


def test_two_keys_are_never_the_same(db: Database) -> None:
    with db.transaction() as session:
        now = db.now(session)
        assert len({connections.make(session, f"{n}", "Hà", now) for n in range(10)}) == 10


def test_a_key_is_revoked_at_once_with_one_button(
    db: Database, keys: KeyFile, configured: Settings, clock: Clock
) -> None:
    clerk = desk_of(db, keys, configured)
    key, other = made(clerk), made(clerk, "Hệ thống khác")
    clerk.open(PATH)
    assert [row[0].partition(" Cán bộ")[0] for row in rows(clerk)] == ["Hệ thống khác", NAME]
    form = clerk.form_to("/1/thu-hoi")
    clerk.send(form)
    assert f"Đã thu hồi khóa “{NAME}”" in clerk.text
    assert (works(db, key), works(db, other)) == (False, True)
    assert [row[1][:10].strip() for row in rows(clerk)] == ["đang dùng", "đã thu hồi"]
    assert [each.action for each in clerk.forms if "thu-hoi" in each.action] == [
        f"{PATH}/2/thu-hoi"
    ]
    # Pressed once more on a page left open: nothing happens twice.
    clock.move(minutes=1)
    assert clerk.send(form).status == 200
    with db.reading() as session:
        lines = chain.lines(session, "connection.revoke")
        assert [line.facts for line in lines] == [{"name": NAME}]
        assert connections.issued(session)[1].revoked_at == clock.now.replace(minute=0)


def test_a_name_may_be_used_again_after_its_key_was_revoked(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    clerk = desk_of(db, keys, configured)
    made(clerk)
    clerk.open(PATH)
    clerk.send(clerk.form_to(PATH), {"ten-khoa": NAME.upper(), "ma-xac-thuc": clerk.code()})
    assert (bool(clerk.refused), clerk.title.startswith("Lỗi:")) == (True, True)
    assert "đang dùng rồi" in clerk.text
    clerk.open(PATH)
    clerk.send(clerk.form_to("/1/thu-hoi"))
    assert works(db, made(clerk))


@first_on_both(
    "name, said",
    [
        ("", "Đặt tên cho khóa"),
        (" \u200b\u202e ", "Đặt tên cho khóa"),
        ("x" * 101, "quá 100 ký tự"),
    ],
)
def test_a_bad_name_is_told_and_costs_no_code(
    db: Database, keys: KeyFile, configured: Settings, name: str, said: str
) -> None:
    clerk = desk_of(db, keys, configured)
    code = clerk.code()
    clerk.open(PATH).submit({"ten-khoa": name, "ma-xac-thuc": code})
    assert (bool(clerk.refused), clerk.title.startswith("Lỗi:")) == (True, True)
    assert said in clerk.text
    assert (
        clerk.link(next(words(a) for a in clerk.tree.iter("a") if said in words(a))) == "#ten-khoa"
    )
    clerk.submit({"ten-khoa": NAME, "ma-xac-thuc": code})
    assert works(db, shown_key(clerk))


def test_without_a_code_of_the_second_factor_no_key_is_made(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    clerk = desk_of(db, keys, configured)
    used = clerk.code()
    for code in ("", "000000"):
        clerk.open(PATH).submit({"ten-khoa": NAME, "ma-xac-thuc": code})
        assert (bool(clerk.refused), clerk.title.startswith("Lỗi:")) == (True, True)
        assert clerk.form_to(PATH).values["ten-khoa"] == [NAME]
    clerk.submit({"ten-khoa": NAME, "ma-xac-thuc": used})
    again = [("ten-khoa", "Hai"), ("ma-xac-thuc", used)]
    ticket = clerk.open(PATH).form_to(PATH).values["ve"][0]
    clerk.post(PATH, [("ve", ticket), *again])
    assert clerk.refused, "a code makes one key"
    with db.reading() as session:
        assert [each.name for each in connections.issued(session)] == [NAME]
        assert len(chain.lines(session, "connection")) == 1


def test_at_most_twenty_keys_are_live(db: Database, keys: KeyFile, configured: Settings) -> None:
    clerk = desk_of(db, keys, configured)
    clerk.open(PATH)
    waiting = clerk.form_to(PATH).values
    fill_up(db)
    clerk.open(PATH)
    assert "Đã có 20 khóa đang dùng" in clerk.text
    assert PATH not in [form.action for form in clerk.forms]
    # A page left open from before.
    sent = waiting | {"ten-khoa": [NAME], "ma-xac-thuc": [clerk.code()]}
    clerk.post(PATH, [(name, value) for name, values in sent.items() for value in values])
    assert clerk.refused
    assert "Thu hồi khóa không còn cần" in clerk.text
    clerk.send(clerk.form_to("/3/thu-hoi"))
    assert works(db, made(clerk))
    with db.reading() as session:
        assert sum(each.is_live for each in connections.issued(session)) == 20


def test_of_two_who_make_the_last_key_one_is_refused(db: Database) -> None:
    fill_up(db, connections.MOST - 1)
    outcomes: list[str] = []

    def second() -> None:
        try:
            with db.transaction() as session:
                connections.make(session, "Hai", "Hà", db.now(session))
        except ConnectionRefused:
            outcomes.append("refused")
        else:
            outcomes.append("made")

    other = threading.Thread(target=second)
    with db.transaction() as session:
        connections.make(session, "Một", "Hà", db.now(session))
        other.start()
        # Who did not wait for the first would be through by now.
        other.join(0.5)
    other.join()
    assert outcomes == ["refused"]
    with db.reading() as session:
        assert len(connections.issued(session)) == connections.MOST


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_only_officers_make_and_revoke(db: Database, keys: KeyFile, configured: Settings) -> None:
    found = {}
    for route in routes(configured, db, keys):
        if route.path.startswith(PATH):
            roles = {role for guard in guards_of(route) for role in getattr(guard, "roles", ())}
            found[route.path, "POST" in route.methods] = roles
    assert found == {
        (PATH, False): {"officer", "council"},
        (PATH, True): {"officer"},
        (f"{PATH}/{{id_:int}}/thu-hoi", True): {"officer"},
        (f"{PATH}/{{id_:int}}/bao", False): {"officer", "council"},
        **{(f"{PATH}/{{id_:int}}/bao{end}", True): {"officer"} for end in ("", "/thu", "/thoi")},
    }


def test_the_council_sees_the_address_and_makes_no_keys(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    fill_up(db, 1)
    council = desk_of(db, keys, configured, "council")
    council.open(PATH)
    assert "http://127.0.0.1:8000/api/v1/waves" in council.text
    assert "Chuyên viên tạo và thu hồi khóa" in council.text
    assert rows(council)[0][0].startswith("Khóa 0 ")
    assert all("ket-noi" not in form.action for form in council.forms)
    for path in (PATH, f"{PATH}/1/thu-hoi"):
        council.post(path, [("ten-khoa", "x"), ("ma-xac-thuc", council.code())])
        assert council.refused == "Trang này không thuộc vai trò của tài khoản này"
    with db.reading() as session:
        assert [each.is_live for each in connections.issued(session)] == [True]


def test_a_key_that_never_was_cannot_be_revoked(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    fill_up(db, 1)
    clerk = desk_of(db, keys, configured)
    form = clerk.open(PATH).form_to("/1/thu-hoi")
    form.action = f"{PATH}/2/thu-hoi"
    assert clerk.send(form).refused == "Biểu mẫu này không còn dùng được", (
        "the ticket of another key"
    )
    assert clerk.open(f"{PATH}/1/thu-hoi").path == PATH
    with db.reading() as session:
        assert connections.issued(session)[0].is_live


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_page_of_exports_leads_there(db: Database, keys: KeyFile, configured: Settings) -> None:
    scored_wave(db, keys)
    scored_wave(db, keys, code="tap-duot", rehearsal=True)
    clerk = desk_of(db, keys, configured, "council")
    clerk.open("/quan-tri/dot/dot-thu/xuat-bao-cao")
    assert "http://127.0.0.1:8000/api/v1/waves/dot-thu/scores" in clerk.text
    clerk.open(clerk.link("Cách gọi và khóa kết nối"))
    assert clerk.path == PATH
    clerk.open("/quan-tri/dot/tap-duot/xuat-bao-cao")
    assert "/api/waves" not in clerk.text
