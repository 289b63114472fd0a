"""What no browser of ours sends: other signs, other encodings, other lengths. Nothing breaks."""

from dataclasses import replace
from urllib.parse import urlencode

import pytest

from app.keys.keyfile import KeyFile
from app.settings import Settings
from app.staff import accounts, staff
from app.store.db import Database
from app.web.posts import LARGEST_OF_STRANGERS
from tests.conftest import Clock
from tests.making.blocks import make_index, make_people, make_wave
from tests.making.consoles import desk_of, stranger
from tests.making.tables import rows

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
FORM = {"content-type": "application/x-www-form-urlencoded"}
SIGN_IN = "/quan-tri/dang-nhap"
INDEXES = "/quan-tri/bo-chi-so"


def multipart(*parts: tuple[str, bytes], charset: str = "") -> tuple[bytes, dict[str, str]]:
    """A body of fields and what its header says of it."""
    body = b"".join(
        b'--x\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (name.encode(), value)
        for name, value in parts
    )
    kind = "multipart/form-data; boundary=x" + (f"; charset={charset}" if charset else "")
    return body + b"--x--\r\n", {"content-type": kind}


@SQLITE
@pytest.mark.parametrize("ticket", ["é.é", "é.", ".", "", "\ud7ff.x", "１.１"])
def test_a_ticket_of_other_signs_is_refused(
    db: Database, keys: KeyFile, configured: Settings, ticket: str
) -> None:
    clerk = desk_of(db, keys, configured)
    clerk.post("/quan-tri/tai-khoan/ten", [("ve", ticket), ("ten", "Tên Mới")])
    assert clerk.refused == "Biểu mẫu này không còn dùng được"
    assert "không còn dùng được" in clerk.heading


@SQLITE
@pytest.mark.parametrize("cookie", [b"YQ==.\xe9\xe9", b"\xe9.x", b"YQ==.", b"/w==.x", b"."])
def test_a_word_that_is_not_ours_is_not_said(
    db: Database, keys: KeyFile, configured: Settings, cookie: bytes
) -> None:
    visitor = stranger(db, keys, configured)
    found = visitor.client.get(SIGN_IN, headers={"cookie": b"phieu-loi-nhan=" + cookie})
    assert found.status_code == 200
    assert 'class="word"' not in found.text


@SQLITE
@pytest.mark.parametrize("digits", ["１２３４５６", "١٢٣٤٥٦", "१२३४५६", "²²²²²²"])
def test_a_code_in_other_digits_is_wrong(
    db: Database, keys: KeyFile, configured: Settings, digits: str
) -> None:
    clerk = desk_of(db, keys, configured)
    clerk.open("/quan-tri/tai-khoan")
    clerk.send(clerk.form_to("ma-du-phong"), {"ma-xac-thuc": digits})
    assert clerk.refused
    right = clerk.code()
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in right)
    with db.transaction() as session:
        now = db.now(session)
        assert not staff.confirm(session, keys, clerk.staff_id, wide, now)
        assert staff.confirm(session, keys, clerk.staff_id, right, now)


@SQLITE
@pytest.mark.parametrize("charset", ["unicode_escape", "utf-16", "idna", "khong-co", "latin-1"])
def test_a_form_is_read_as_utf_8_alone(
    db: Database, keys: KeyFile, configured: Settings, charset: str
) -> None:
    clerk = desk_of(db, keys, configured)
    body, headers = multipart(("ten", b"\\ud800a"), charset=charset)
    assert clerk.client.post(INDEXES, content=body, headers=headers).status_code == 415
    visitor = stranger(db, keys, configured)
    assert visitor.client.post(SIGN_IN, content=body, headers=headers).status_code == 415


@SQLITE
@pytest.mark.parametrize("charset", ["", "utf-8", "UTF-8"])
def test_a_form_that_says_utf_8_is_taken(
    db: Database, keys: KeyFile, configured: Settings, charset: str
) -> None:
    clerk = desk_of(db, keys, configured)
    ticket = clerk.open("/quan-tri/tai-khoan").form_to("/ten").values["ve"][0]
    body, headers = multipart(("ve", ticket.encode()), ("ten", "Tên Mới".encode()), charset=charset)
    found = clerk.client.post("/quan-tri/tai-khoan/ten", content=body, headers=headers)
    assert found.status_code == 303
    assert "Tên Mới" in clerk.open("/quan-tri/tai-khoan").text


@SQLITE
def test_of_a_stranger_only_a_little_is_read(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    visitor = stranger(db, keys, configured)
    for address in (SIGN_IN, "/quan-tri/quen-mat-khau", "/quan-tri/thiet-lap/x", "/quan-tri/moi/x"):
        body, headers = multipart(("tep", b"a" * (10 << 20)))
        assert visitor.client.post(address, content=body, headers=headers).status_code == 415
        long = urlencode({"email": "a" * LARGEST_OF_STRANGERS}).encode()
        assert visitor.client.post(address, content=long, headers=FORM).status_code == 413
        # What it says of its length is not believed.
        lies = {**FORM, "content-length": "10"}
        assert visitor.client.post(address, content=long, headers=lies).status_code == 413
    short = urlencode({"email": "a" * 60_000, "mat-khau": "b", "ma": "0"}).encode()
    said = visitor.client.post(SIGN_IN, content=short, headers=FORM, follow_redirects=True)
    assert "mã xác thực không đúng" in said.text


@SQLITE
def test_no_upload_is_longer_than_it_says(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    clerk = desk_of(db, keys, configured)
    body, headers = multipart(("tep", b"a" * (11 << 20)))
    lies = {**headers, "content-length": "1000"}
    said = clerk.client.post(INDEXES, content=body, headers=lies, follow_redirects=True)
    assert "lớn hơn 10 MB" in said.text


@SQLITE  # none comes as far as the database
@pytest.mark.parametrize(
    ("page", "form", "values"),
    [
        ("gia-han", "/gia-han", {"ngay": "9999-12-31", "gio": ""}),
        ("gia-han", "/gia-han", {"ngay": "0001-01-01", "gio": "00:00"}),
        ("gia-han", "/gia-han", {"ngay": "２０２６-01-01", "gio": ""}),
        ("gia-han", "/gia-han", {"ngay": "15/03/2062", "gio": "17:00"}),
        ("gia-han", "/gia-han", {"de-nghi": "1", "den": "9999-12-31T16:55:00+00:00"}),
        ("gia-han", "/gia-han", {"de-nghi": "1", "den": "9999-12-31T23:59:59+00:00"}),
        ("theo-doi", "/lich-nhac", {"ngay": "0001" + "9" * 5_000}),
        ("theo-doi", "/lich-nhac", {"ngay": "0001" + "9" * 30}),
        ("theo-doi", "/lich-nhac", {"ngay": "５"}),
    ],
    ids=[
        *("far", "near", "wide", "a slip in the year", "the last day", "beyond the last day"),
        *("thousands of digits", "many digits", "a wide digit"),
    ],
)
def test_odd_days_are_refused_in_words(
    db: Database,
    keys: KeyFile,
    configured: Settings,
    clock: Clock,
    page: str,
    form: str,
    values: dict[str, str],
) -> None:
    make_wave(db, keys)
    clerk = desk_of(db, keys, configured).open(f"/quan-tri/dot/dot-thu/{page}")
    found = clerk.form_to(form)
    with_code = {"ma-xac-thuc": clerk.code()} if "ma-xac-thuc" in found.values else {}
    clerk.send(found, {**values, **with_code})
    assert clerk.refused


@SQLITE
@pytest.mark.parametrize("name", ["Trần Thu Hà <ha@vi-du.vn>", "ha@vi-du.vn", "A > B", "<b>An"])
def test_nobody_is_called_like_somebody_else_in_the_log(
    db: Database, keys: KeyFile, configured: Settings, name: str
) -> None:
    clerk = desk_of(db, keys, configured, name="Lò Văn B")
    clerk.open("/quan-tri/tai-khoan")
    clerk.send(clerk.form_to("/ten"), {"ten": name})
    assert clerk.refused
    assert "không có các dấu" in clerk.text
    with db.reading() as session:
        assert accounts.get(session, clerk.staff_id).name == "Lò Văn B"


@SQLITE
@pytest.mark.parametrize("name", ["<r>Nguyễn Văn A</r>", "<r></r>", "<r>A", "=1+1", "<t>A</t>"])
def test_a_name_is_no_markup_of_a_workbook(
    db: Database, keys: KeyFile, configured: Settings, name: str
) -> None:
    index = make_index()
    first, *others = make_people(index, 3)
    make_wave(db, keys, index, [replace(first, name=name), *others])
    clerk = desk_of(db, keys, configured).open("/quan-tri/dot/dot-thu/danh-sach")
    export = clerk.form_to("/xuat")
    values = {field: value[0] for field, value in export.values.items()}
    found = rows(clerk.client.post(export.action, data=values).content, "ds.xlsx")
    assert found[1][:2] == [name, first.email]
