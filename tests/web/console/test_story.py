"""An officer's year, from the setup link to the exported score sheet, through pages alone."""

import json
import re
import time
from collections.abc import Iterator
from fractions import Fraction

import pytest

from app import settings
from app.keys.keyfile import KeyFile
from app.papers.verify import verify
from app.settings import Settings
from app.staff import accounts
from app.store.db import Database
from app.waves import notes
from app.waves import wave as waves
from app.web.console.desk.cookies import cookie_name
from app.worker import sending
from tests.conftest import Clock
from tests.making.blocks import INDEXES, cast_all, make_index, make_people
from tests.making.consoles import Clerk, desk_of, new_session, stranger
from tests.making.smtp import SmtpServer, smtp_server
from tests.staff.test_staff import GOOD, enrol, setup_path

CODE = "dot-mot"
BASE = f"/quan-tri/dot/{CODE}"
PHRASE = "trâu ta ăn cỏ đồng ta"
# The whole year is told on each database; the shorter stories take the same ways to it, and what
# they end in (two people, a cancelled wave) is done on both in tests/waves.
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def post(configured: Settings, database_url: str) -> Iterator[tuple[Settings, SmtpServer]]:
    """Settings with a real SMTP server."""
    with smtp_server() as server:
        made = settings.read(
            {
                "PHIEU_DATABASE_URL": database_url,
                "PHIEU_DATA": str(configured.data),
                "PHIEU_KEY_FILE": str(configured.key_file),
                "PHIEU_MAIL_FROM": "phieu@vi-du.vn",
                "PHIEU_SMTP_URL": server.url,
                "PHIEU_BASE_URL": configured.base_url,
            }
        )
        yield made, server


def roster_csv(number: int = 60) -> bytes:
    """People of the index `pooled`, one of them with a near match of a unit's name."""
    index = make_index("pooled")
    lines = [
        f"{person.name},{person.email},{person.group},{person.agency_text}"
        for person in make_people(index, number)
    ]
    return "\n".join(["Họ và tên,Email,Nhóm,Cơ quan", *lines]).encode()


def officer_of(db: Database, keys: KeyFile, configured: Settings, clock: Clock) -> Clerk:
    """The first account, by the setup link."""
    clerk = stranger(db, keys, configured)
    clerk.open(setup_path(db, keys)).submit(
        {"ten": "Trần Thu Hà", "email": "ha@vi-du.vn", "mat-khau": GOOD, "lap-lai": GOOD}
    )
    enrol(clerk, keys, clock)
    return clerk


def prepare(clerk: Clerk, clock: Clock, server: SmtpServer, number: int = 60) -> None:
    """From an empty console to a green check list."""
    clerk.open("/quan-tri")
    assert "tải bộ chỉ số lên" in clerk.text
    clerk.open("/quan-tri/bo-chi-so")
    data = (INDEXES / "pooled.toml").read_bytes()
    clerk.upload(clerk.forms[0], {"tep": ("bo-chi-so.toml", data)})
    assert clerk.fine, clerk.text
    clerk.open(clerk.link("Tạo đợt điều tra từ bộ chỉ số này"))
    clerk.submit(
        {
            "ma": CODE,
            "mo-ngay": "02/03/2026",
            "mo-gio": "08:00",
            "han-ngay": "12/03/2026",
            "han-gio": "17:00",
        }
    )
    assert clerk.path == f"{BASE}/danh-sach"
    assert "chưa có ai" in clerk.text
    clerk.upload(clerk.form_to("/danh-sach"), {"tep": ("ds.csv", roster_csv(number))})
    assert clerk.fine, clerk.text
    clerk.open(f"{BASE}/phat-phieu")
    assert "Chưa đạt." in clerk.text
    clerk.send(clerk.form_to("/thu-thu"))
    letter = server.to("ha@vi-du.vn")[-1]
    typed = re.search(r"Phát phiếu: ([A-Z0-9]{6})", letter.text)
    assert typed is not None
    clerk.send(clerk.form_to("/ma-thu"), {"ma-thu": "SAISAI"})
    assert clerk.refused
    clerk.send(clerk.form_to("/ma-thu"), {"ma-thu": typed[1].lower()})
    assert clerk.fine
    form = clerk.form_to("/khoa")
    copied = {"cau": PHRASE, "cau-lai": PHRASE, "ma-xac-thuc": clerk.code()}
    copy = clerk.client.post(
        form.action, data={**{n: v[0] for n, v in form.values.items()}, **copied}
    ).content
    assert json.loads(copy)["wave"] == CODE
    clerk.open(f"{BASE}/phat-phieu")
    clerk.upload(clerk.form_to("/mo-thu"), {"tep": ("k.json", copy)}, {"cau-thu": "sai câu"})
    assert clerk.refused
    clerk.upload(clerk.form_to("/mo-thu"), {"tep": ("k.json", copy)}, {"cau-thu": PHRASE})
    assert clerk.fine, clerk.text
    assert "Chưa đạt." not in clerk.text
    clock.move(minutes=1)


def open_urn(clerk: Clerk, button: str = "Mở hòm phiếu") -> None:
    """Press the button and wait until it is done, as a person does: by looking again."""
    clerk.open(f"{BASE}/mo-hom-phieu")
    clerk.submit({"ma-xac-thuc": clerk.code()}, button)
    assert clerk.fine, clerk.text
    until = time.monotonic() + 30
    while "đã mở lúc" not in clerk.text:
        assert time.monotonic() < until, clerk.text
        time.sleep(0.05)
        clerk.open(f"{BASE}/mo-hom-phieu")


def test_an_officer_goes_from_the_setup_link_to_the_score_sheet(
    db: Database, keys: KeyFile, post: tuple[Settings, SmtpServer], clock: Clock
) -> None:
    configured, server = post
    clerk = officer_of(db, keys, configured, clock)
    prepare(clerk, clock, server)
    clerk.open(f"{BASE}/phat-phieu")
    clerk.send(clerk.form_to("/phat-phieu"), {"ma-xac-thuc": clerk.code()})
    assert "Đã phát 60 phiếu" in clerk.text
    assert "Đang gửi thư mời" in clerk.text
    sending.send_due(db, keys, configured)
    assert "Đã gửi 60 trên 60 thư" in clerk.open(f"{BASE}/phat-phieu").text
    with db.reading() as session:
        wave = waves.load(session, CODE)
    said = cast_all(db, keys, wave, share=0.5)
    clock.move(hours=1)
    notes.take_all(db)
    clerk.open(f"{BASE}/theo-doi")
    assert "Phiếu đã nhận theo nhóm" in clerk.text
    assert "Tất cả50,0%3060" in clerk.text.replace(" ", "").replace("Tấtcả", "Tất cả")
    clerk.send(clerk.form_to("/lich-nhac"), {"ngay": "5 2"})
    clerk.send(clerk.form_to("/nhac"))
    assert "khoảng 30 người" in clerk.text
    clerk.open(f"{BASE}/gia-han").submit(
        {"ngay": "14/03/2026", "gio": "", "ma-xac-thuc": clerk.code()}
    )
    assert "hết thứ Bảy" in clerk.text
    clock.move(minutes=2)
    clerk.open(f"{BASE}/ket-thuc").submit({"ma-xac-thuc": clerk.code()})
    assert clerk.path == f"{BASE}/mo-hom-phieu"
    clock.move(minutes=2)
    open_urn(clerk)
    clerk.send(clerk.form_to("/tinh-diem"))
    assert clerk.path == f"{BASE}/ket-qua"
    clerk.open(f"{BASE}/xuat-bao-cao")
    form = clerk.form_to("/json")
    fields = {name: values[0] for name, values in form.values.items()}
    exported = clerk.client.post(form.action, data=fields).content
    assert verify(exported).wave == CODE
    document = json.loads(exported)
    assert document["counted"] == len(said) == 30
    clerk.open(f"{BASE}/ket-qua")
    shown_everywhere(clerk, document)
    clerk.open(f"{BASE}/xuat-bao-cao")
    clerk.upload(clerk.form_to("/kiem-tra"), {"tep": ("a.json", exported)})
    assert "Đúng:" in clerk.text
    clerk.upload(
        clerk.form_to("/kiem-tra"),
        {"tep": ("a.json", exported.replace(b'"counted": 30', b'"counted": 29'))},
    )
    assert clerk.refused
    clerk.open(f"{BASE}/bien-ban")
    assert document["receipts"] in clerk.text
    clerk.open("/quan-tri/nhat-ky")
    clerk.send(clerk.form_to("/kiem-tra"))
    assert "nguyên vẹn" in clerk.text
    for deed in ("Phát phiếu", "Kết thúc thu phiếu", "Mở hòm phiếu", "Xuất bảng điểm"):
        assert deed in clerk.text
    for path in ("cau-hoi", "gop-y"):
        assert clerk.open(f"{BASE}/ket-qua/{path}").status == 200


def shown_everywhere(clerk: Clerk, document: dict[str, object]) -> None:
    """Ranking, units and leaves show the numbers of the document, and no other."""
    units = document["units"]
    assert isinstance(units, list)
    page = clerk.text
    for unit in units:
        if unit["points"] is not None:
            assert unit["percent"].replace(".", ",") in page
            assert unit["points"].replace(".", ",") in page
        clerk.open(f"{BASE}/ket-qua/co-quan/{unit['code']}")
        assert clerk.fine
        for leaf in unit["criteria"]:
            clerk.open(f"{BASE}/ket-qua/co-quan/{unit['code']}/{leaf['code']}")
            assert clerk.fine
            if leaf["exact"] is not None:
                assert f"là {Fraction(leaf['exact'])};" in clerk.text
            for question in leaf.get("questions", ()):
                for counts in (question["counts"] or {}).values():
                    assert "".join(map(str, counts.values())) in clerk.text.replace(" ", "")


@SQLITE
def test_two_officers_open_together_and_neither_alone(
    db: Database, keys: KeyFile, post: tuple[Settings, SmtpServer], clock: Clock
) -> None:
    configured, server = post
    first = officer_of(db, keys, configured, clock)
    second = desk_of(db, keys, configured, "officer", name="Lò Văn B")
    prepare(first, clock, server)
    for clerk in (first, second):
        clerk.open(f"{BASE}/phat-phieu")
    first.send(first.form_to("/phat-phieu"), {"ma-xac-thuc": first.code()})
    assert "Đã phát 60 phiếu" in first.text
    second.send(second.form_to("/phat-phieu"), {"ma-xac-thuc": second.code()})
    assert second.refused, "somebody was first"
    assert "đã phát phiếu" in second.text
    with db.reading() as session:
        assert waves.load(session, CODE).two_people
    clock.move(days=12)
    for clerk, email in ((first, "ha@vi-du.vn"), (second, "")):
        with db.reading() as session:
            found = accounts.find(session, email).id if email else clerk.staff_id
        clerk.sit_down(cookie_name(configured), new_session(db, found))
    first.open(f"{BASE}/mo-hom-phieu")
    first.submit({"ma-xac-thuc": first.code()}, "Đề nghị mở hòm phiếu")
    assert "đang chờ một chuyên viên khác" in first.text
    clock.move(minutes=1)
    first.post(f"{BASE}/mo-hom-phieu", [("de-nghi", "1")])
    assert first.refused == "Biểu mẫu này không còn dùng được", "without a ticket nothing goes"
    open_urn(second, "Xác nhận và mở hòm phiếu")
    council = desk_of(db, keys, configured, "council")
    assert council.open(f"{BASE}/mo-hom-phieu").status == 403
    assert council.open(f"{BASE}/danh-sach").status == 403
    assert "Trần Thu Hà" in council.open(f"{BASE}/bien-ban").text


def test_a_rehearsal_says_so_everywhere_and_exports_nothing(
    db: Database, keys: KeyFile, post: tuple[Settings, SmtpServer], clock: Clock
) -> None:
    configured, server = post
    clerk = officer_of(db, keys, configured, clock)
    prepare(clerk, clock, server)
    clerk.open(f"{BASE}/tap-duot").submit(
        {"dia-chi": "ha@vi-du.vn\nB@vi-du.vn b@vi-du.vn", "ma-xac-thuc": clerk.code()}
    )
    assert clerk.path == f"/quan-tri/dot/{CODE}-thu/phat-phieu", clerk.text
    assert clerk.title.startswith("PHIẾU THỬ")
    sending.send_due(db, keys, configured)
    letter = server.to("b@vi-du.vn")[-1]
    assert "PHIẾU THỬ" in letter.message["subject"]
    link = re.search(r"http://\S+/p/\S+", letter.text)
    assert link is not None
    tester = stranger(db, keys, configured)
    assert "PHIẾU THỬ" in tester.open(link[0]).response.text
    assert "PHIẾU THỬ" in tester.submit().response.text
    clerk.open(f"/quan-tri/dot/{CODE}-thu/xuat-bao-cao")
    assert "không xuất được" in clerk.text
    assert [form.action for form in clerk.forms] == [
        f"/quan-tri/dot/{CODE}-thu/xuat-bao-cao/kiem-tra"
    ]
    with db.reading() as session:
        assert waves.load(session, CODE).launched_at is None


@SQLITE
def test_a_cancelled_wave_is_gone_for_good(
    db: Database, keys: KeyFile, post: tuple[Settings, SmtpServer], clock: Clock
) -> None:
    configured, server = post
    clerk = officer_of(db, keys, configured, clock)
    prepare(clerk, clock, server)
    clerk.open(f"{BASE}/phat-phieu")
    clerk.send(clerk.form_to("/phat-phieu"), {"ma-xac-thuc": clerk.code()})
    clock.move(minutes=1)
    clerk.open(f"{BASE}/huy").submit(
        {"ly-do": "Danh sách sai", "ma-dot": "khác", "ma-xac-thuc": clerk.code()}
    )
    assert clerk.refused
    assert "Danh sách sai" in clerk.response.text
    # The letter goes to everybody: it leads nowhere, and says what it shows.
    for reason in ("Sai, phiếu mới ở phieu-moi.xyz/lai-chau", "Danh sách \u202eias"):
        clerk.submit({"ly-do": reason, "ma-dot": CODE, "ma-xac-thuc": "000000"})
        assert clerk.refused
        assert "Không đặt đường dẫn" in clerk.text or "không nhìn thấy" in clerk.text
    clock.move(minutes=1)
    clerk.submit({"ly-do": "Danh sách sai", "ma-dot": CODE, "ma-xac-thuc": clerk.code()})
    assert clerk.path == "/quan-tri"
    assert not keys.has_wave(CODE)
    sending.send_due(db, keys, configured)
    assert "Danh sách sai" in server.to("nguoi1@vi-du.vn")[-1].text
