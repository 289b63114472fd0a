"""Letters that came back, as the officers see them: dead ones among the failed, others apart."""

from dataclasses import replace
from datetime import timedelta

import pytest

from app.keys.keyfile import KeyFile
from app.settings import Settings
from app.store.db import Database
from app.waves import wave as waves
from app.worker.returns import look
from app.worker.sending import send_due
from tests.bounces.test_taking import PATH
from tests.making.blocks import make_index
from tests.making.bounces import standard
from tests.making.consoles import desk_of
from tests.making.posting import make_letters, rows, through
from tests.making.smtp import Kept, smtp_server

WAVE = "/quan-tri/dot/dot-thu"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_who_got_no_letter_is_listed_with_what_to_do(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    make_letters(db, keys, 6)
    folder = configured.data / "tra-lai"
    folder.mkdir(parents=True)
    settings = replace(configured, return_path=PATH, bounce_folder=folder)

    def sent() -> dict[str, Kept]:
        with smtp_server() as server:
            send_due(db, keys, through(settings, server))
        return {kept.recipient: kept for kept in server.kept}

    said = ("550 5.1.1 user unknown", "552 5.2.2 mailbox full", "554 5.7.1 blocked by policy")
    for place, (kept, words) in enumerate(zip(sent().values(), said, strict=False)):
        raw = standard(kept.recipient, words, words.split()[1], back=kept.sender)
        (folder / f"{place}.eml").write_bytes(raw)
    look(db, keys, settings)
    clerk = desk_of(db, keys, configured)
    watch = " ".join(clerk.open(f"{WAVE}/theo-doi").text.split())
    assert "không gửi được1" in watch
    assert "đã gửi, bị nơi nhận chặn1" in watch
    assert "đã gửi, hộp thư đầy hoặc trục trặc1" in watch
    page = clerk.open(f"{WAVE}/danh-sach/thu-hong").text
    assert "1 người chưa nhận được thư mời" in page
    assert "địa chỉ không còn dùng: 550 5.1.1 user unknown" in page
    assert "2 thư đã gửi mà bị trả lại" in page
    assert "đã gửi, chưa tới: Thư bị trả lại, hộp thư đầy" in clerk.open(f"{WAVE}/danh-sach/2").text
    clerk.open(f"{WAVE}/danh-sach/thu-hong")
    clerk.send(clerk.form_to("/thu-hong/gui-lai"))
    assert clerk.fine
    assert "mà bị trả lại" not in clerk.text
    assert len(sent()) == 2
    assert sum(row.state == "failed" for row in rows(db)) == 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_address_that_was_dead_last_year_is_named_when_the_next_list_is_uploaded(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    """And on the list and the check list for as long as it stands there, however many there are."""
    make_letters(db, keys, 6)
    folder = configured.data / "tra-lai"
    folder.mkdir(parents=True)
    settings = replace(configured, return_path=PATH, bounce_folder=folder)
    with smtp_server() as server:
        send_due(db, keys, through(settings, server))
    kept = server.kept[2]
    raw = standard(kept.recipient, "550 5.1.1 user unknown", "5.1.1", back=kept.sender)
    (folder / "1.eml").write_bytes(raw)
    look(db, keys, settings)
    index = make_index()
    with db.transaction() as session:
        now = db.now(session)
        waves.new(session, "nam-sau", index, now, now + timedelta(days=9), now)
    clerk = desk_of(db, keys, configured)
    clerk.open("/quan-tri/dot/nam-sau/danh-sach")
    group, unit = index.groups[0].code, index.units[0].name
    rows = [f"Lò Văn A,{kept.recipient.upper()},{group},{unit}", f"B,b@vi-du.vn,{group},{unit}"]
    data = "\n".join(["Họ và tên,Email,Nhóm,Cơ quan", *rows]).encode()
    clerk.upload(clerk.form_to("/danh-sach"), {"tep": ("ds.csv", data)})
    for page in ("", "/quan-tri/dot/nam-sau/phat-phieu"):
        text = clerk.open(page).text if page else clerk.text
        assert "thư của đợt trước không tới được" in text, text[:2000]
        assert kept.recipient.lower() in text.lower()
        assert "b@vi-du.vn" not in text.split("thư của đợt trước không tới được")[1][:200]
    clerk.open("/quan-tri/dot/nam-sau/danh-sach")
    clerk.open(clerk.link("Lò Văn A"))
    assert clerk.path.endswith("?tim=NGUOI2%40VI-DU.VN")
    assert "1 người" in clerk.text
