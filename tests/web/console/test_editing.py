"""Sửa trên trang: an index edited in the browser, checked as a file is, two officers at once."""

import json
from typing import Any

import pytest
from sqlmodel import select

from app.index import file as indexfile
from app.keys.keyfile import KeyFile
from app.preparation import library
from app.settings import Settings
from app.store.db import Database
from app.store.officemodels import IndexFile
from app.waves import wave as waves
from tests.making.blocks import INDEXES, LAI_CHAU, make_wave
from tests.making.consoles import Clerk, desk_of
from tests.making.html import Values, words

PATH = "/quan-tri/bo-chi-so"
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PARTS = (
    *("chung", "quy-tac", "xep-loai", "khoi", "don-vi", "thanh-phan", "tieu-chi", "thang-do"),
    *("nhom", "cau-hoi", "nhom-cau-hoi"),
)


def begun(clerk: Clerk, data: bytes) -> str:
    clerk.open(PATH)
    clerk.upload(clerk.forms[0], {"tep": ("bo.toml", data)})
    return clerk.path


def block(name: str) -> bytes:
    return (INDEXES / f"{name}.toml").read_bytes()


def send(clerk: Clerk, part: str, values: Values, button: str | None = None) -> Clerk:
    clerk.send(clerk.form_to(f"/sua/{part}"), values, button)
    return clerk


def edit(clerk: Clerk, part: str, values: Values) -> Clerk:
    """Type into a page of the newest version, and save."""
    current = clerk.path.partition("/sua")[0]
    clerk.open(f"{current}/sua/{part}")
    return send(clerk, part, values)


def newest(db: Database) -> dict[str, Any]:
    with db.reading() as session:
        (kept,) = library.current(session)
        found: dict[str, Any] = json.loads(session.get_one(IndexFile, kept.id).content)
        return found


def count(db: Database) -> int:
    with db.reading() as session:
        return len(session.exec(select(IndexFile.id)).all())


@SQLITE
def test_saving_without_a_change_is_the_same_index(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    clerk = desk_of(db, keys, configured)
    path = begun(clerk, block("two-blocks"))
    for part in PARTS:
        clerk.open(f"{path}/sua/{part}")
        send(clerk, part, {})
        assert "Không có gì đổi." in clerk.text, part
        assert clerk.path.partition("?")[0] == f"{path}/sua/{part}"
    assert count(db) == 1


def test_a_weight_becomes_a_version_that_says_what_it_changed_and_goes_back(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    clerk = desk_of(db, keys, configured)
    first = begun(clerk, block("weighting-groups"))
    assert "có ghi chú" in clerk.open(f"{first}/sua").text
    before = newest(db)["groups"][0]
    edit(clerk, "nhom", {"groups-0-weight": "40 %"})
    assert "Đã lưu thành bản mới: Sửa trọng số của nhóm" in clerk.text
    assert "→ 40 %" in clerk.text
    assert newest(db)["groups"][0] == before | {"weight": "2/5"}
    now = clerk.path.partition("/sua")[0]
    assert now != first
    assert "ghi chú" not in clerk.open(f"{now}/sua").text
    clerk.open(now)
    assert "Sửa trọng số của nhóm" in clerk.text
    assert "→ 0,4" in clerk.text
    # The ballot is that of the edited index, one click away.
    assert clerk.open(f"{now}/xem-thu/{before['code']}").status == 200
    clerk.open(first)
    clerk.send(clerk.form_to("/lay-lai"))
    assert newest(db)["groups"][0] == before
    # An old address leads to what is edited now.
    last = clerk.path
    assert clerk.open(f"{first}/sua/nhom").path.startswith(f"{last}/sua/nhom")
    clerk.open("/quan-tri/nhat-ky?viec=index")
    assert "Sửa bộ chỉ số trên trang" in clerk.text
    with db.reading() as session:
        name, data = library.file_of(session, int(now.rpartition("/")[2]))
    assert name.endswith(".xlsx")
    assert data[:2] == b"PK"


@SQLITE
def test_faults_stand_at_their_fields_and_nothing_typed_is_lost(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    clerk = desk_of(db, keys, configured)
    first = begun(clerk, block("two-blocks"))
    group = newest(db)["groups"][0]["code"]
    edit(clerk, "tieu-chi", {"criteria-1-max_points": "nhiều", "criteria-2-name": ""})
    assert clerk.title.startswith("Lỗi:")
    assert "còn 2 lỗi" in clerk.text
    fields = {each.get("id"): each for each in clerk.tree.iter("input")}
    assert fields["criteria-1-max_points"].get("value") == "nhiều"
    assert fields["criteria-1-max_points"].get("aria-invalid") == "true"
    assert fields["criteria-2-name"].get("aria-invalid") == "true"
    told = [words(each) for each in clerk.tree.iter("a") if each.get("href", "")[:9] == "#criteria"]
    assert len(told) == 2
    assert told[0].startswith("Tiêu chí, dòng 2, Điểm tối đa: “nhiều” không phải là số")
    assert "ô định dạng" not in clerk.text
    # No wave can have it; it waits, told on each page with a way to its field, and can be dropped.
    assert count(db) == 1
    assert clerk.open(f"{first}/sua/nhom").title.startswith("Lỗi:")
    assert f"{first}/sua/tieu-chi?trang=1#criteria-1-max_points" in {
        each.get("href") for each in clerk.tree.iter("a")
    }
    assert clerk.open(PATH).link("Đang sửa dở, còn 2 lỗi") == f"{first}/sua"
    assert "còn 2 lỗi" in clerk.open(first).text
    clerk.open(clerk.link("Sửa tiếp"))
    assert "Đang sửa dở, còn 2 lỗi" in clerk.text
    assert clerk.open(f"{first}/xem-thu/{group}").status == 200
    clerk.open(f"{first}/sua")
    edit(clerk, "khoi", {"blocks-0-name": "Khối sở"})
    assert "còn 2 lỗi" in clerk.text
    clerk.open(f"{first}/sua")
    clerk.send(clerk.form_to("/sua/bo"))
    assert "Đã bỏ phần đang sửa dở" in clerk.text
    assert "lỗi" not in clerk.open(f"{first}/sua/tieu-chi").title
    assert newest(db)["blocks"][0]["name"] != "Khối sở"


@SQLITE
def test_rows_are_added_moved_and_taken_off_without_a_script(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    clerk = desk_of(db, keys, configured)
    first = begun(clerk, block("two-blocks"))
    units = [unit["code"] for unit in newest(db)["units"]]
    clerk.open(f"{first}/sua/don-vi")
    send(clerk, "don-vi", {"units-0-name": "Tên mới", "lam": "them-1"})
    assert clerk.fine
    assert "Chưa lưu" in clerk.text
    send(clerk, "don-vi", {"units-1-code": "moi", "units-1-name": "Mới", "lam": "xuong-1"})
    send(clerk, "don-vi", {"lam": f"xoa-{len(units)}"})
    assert count(db) == 1
    form = clerk.form_to("/sua/don-vi").values
    block_code = form["units-0-block"]
    send(clerk, "don-vi", {"units-2-block": block_code, "so-0": "3"})
    made = newest(db)["units"]
    assert [unit["code"] for unit in made] == [units[1], "moi", units[0], *units[2:-1]]
    assert next(unit for unit in made if unit["code"] == units[0])["name"] == "Tên mới"
    assert "Thêm 1 đơn vị: moi" in clerk.text
    assert f"bỏ 1 đơn vị: {units[-1]}" in clerk.text


@SQLITE
def test_a_long_sheet_has_pages_and_a_row_goes_from_one_to_another(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    clerk = desk_of(db, keys, configured)
    first = begun(clerk, LAI_CHAU.read_bytes())
    before = newest(db)["criteria"]
    clerk.open(f"{first}/sua/tieu-chi?trang=3")
    send(clerk, "tieu-chi", {"criteria-1-name": "Tên khác", "so-1": "2"})
    moved = before[51] | {"name": "Tên khác"}
    rest = [each for each in before if each["code"] != moved["code"]]
    assert newest(db)["criteria"] == [rest[0], moved, *rest[1:]]
    assert clerk.path.endswith("/sua/tieu-chi?trang=3")
    send(clerk, "tieu-chi", {"criteria-0-name": "Chưa lưu", "so-0": "đầu"})
    assert "Thứ tự “đầu” không phải là số" in clerk.text
    assert clerk.form_to("/sua/tieu-chi").values["criteria-0-name"] == ["Chưa lưu"]


@SQLITE
def test_a_code_that_is_changed_is_followed_and_groups_are_ticked(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    clerk = desk_of(db, keys, configured)
    begun(clerk, block("weighting-groups"))
    groups = [group["code"] for group in newest(db)["groups"]]
    edit(clerk, "nhom", {"groups-0-code": "nhom-moi"})
    assert f"Đổi mã nhóm {groups[0]} thành nhom-moi" in clerk.text
    made = newest(db)
    assert not any(groups[0] in question["groups"] for question in made["questions"])
    assert any("nhom-moi" in question["groups"] for question in made["questions"])
    edit(clerk, "nhom-cau-hoi", {"questions-0-groups": [groups[1]]})
    assert newest(db)["questions"][0]["groups"] == [groups[1]]
    edit(clerk, "cau-hoi", {"lam": "them-0"})
    told = {"code": "mong", "text": "Mong gì?", "kind": "Câu hỏi thêm", "about": "Từng đơn vị"}
    told |= {"scale": newest(db)["scales"][0]["code"], "most": "2", "groups": groups[1]}
    send(clerk, "cau-hoi", {f"questions-0-{key}": value for key, value in told.items()})
    assert "Thêm 1 câu hỏi: mong" in clerk.text
    made = newest(db)["questions"][0]
    assert made.items() >= {"kind": "choice", "about": "unit", "most": "2"}.items()
    edit(clerk, "cau-hoi", {"questions-0-groups": []})
    assert "chưa hỏi nhóm nào" in clerk.text


def test_two_officers_at_once_lose_nothing_unsaid(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    one = desk_of(db, keys, configured, name="Trần Thu Hà")
    two = desk_of(db, keys, configured, name="Lê Văn Sơn")
    first = begun(one, block("weighting-groups"))
    for clerk in (one, two):
        clerk.open(f"{first}/sua/nhom")
    send(one, "nhom", {"groups-0-name": "Tên của Hà"})
    # Another field of the same page: both stay, and it is said.
    send(two, "nhom", {"groups-1-name": "Tên của Sơn"})
    assert "Trong lúc đó người khác đã sửa: Sửa tên nhóm" in two.text
    assert [g["name"] for g in newest(db)["groups"][:2]] == ["Tên của Hà", "Tên của Sơn"]
    for clerk in (one, two):
        clerk.open(f"{first}/sua/nhom")
    send(one, "nhom", {"groups-0-name": "Hà lần hai"})
    send(two, "nhom", {"groups-0-name": "Sơn lần hai"})
    assert two.refused == "Người khác vừa sửa cùng chỗ"
    assert "Trần Thu Hà đã lưu" in two.text
    assert "Hà lần hai" in two.text
    assert newest(db)["groups"][0]["name"] == "Hà lần hai"
    # Pressed again without having chosen, it asks again; what was typed is still there.
    send(two, "nhom", {})
    assert two.refused
    form = two.form_to("/sua/nhom")
    send(two, "nhom", {"de-len": form.boxes["de-len"]})
    assert newest(db)["groups"][0]["name"] == "Sơn lần hai"
    versions = 1 + 4
    assert count(db) == versions


@SQLITE
def test_what_was_unfinished_survives_another_file_and_waves_are_told(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    clerk = desk_of(db, keys, configured)
    data = block("two-blocks")
    first = begun(clerk, data)
    index = indexfile.parse(data)
    make_wave(db, keys, index, code="mo")
    with db.transaction() as session:
        now = db.now(session)
        waves.new(session, "nhap", index, now, now.replace(year=now.year + 1), now)
    edit(clerk, "nhom", {"groups-0-weight": "-1"})
    assert "Đợt" not in clerk.open(first).text.partition("Các đợt dùng")[0]
    second = begun(clerk, data.replace(b'name = "', b'name = "A ', 1))
    assert second != first
    assert "Đợt mo đã phát phiếu" in clerk.text
    offered = clerk.link("Dùng bản mới cho đợt nhap")
    clerk.open(f"{second}/sua")
    assert "Có phần sửa dở từ bản trước" in clerk.text
    clerk.send(clerk.form_to("/sua/tiep"))
    assert "còn 1 lỗi" in clerk.text
    edit(clerk, "nhom", {"groups-0-weight": "2"})
    third = clerk.path.partition("/sua")[0]
    assert clerk.open(third).link("Dùng bản mới cho đợt nhap") != offered
    clerk.open(clerk.link("Dùng bản mới cho đợt nhap"))
    chosen = clerk.form_to("/dot/nhap/sua").values["bo-chi-so"]
    assert chosen == [third.rpartition("/")[2]]


@SQLITE
def test_pages_that_are_not_there_and_forms_from_nowhere(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    clerk = desk_of(db, keys, configured)
    first = begun(clerk, block("two-blocks"))
    for path in (f"{first}/sua/la", f"{PATH}/99/sua", f"{PATH}/99/sua/nhom"):
        assert clerk.client.get(path).status_code == 404
    assert clerk.open(f"{first}/sua/nhom?trang=999").status == 200
    edit(clerk, "chung", {"index-0-max_points": "1.000"})
    assert "“1.000” đọc được hai cách; hãy ghi 1000, hoặc 1,000." in clerk.text
    clerk.open(f"{first}/sua/nhom")
    send(clerk, "nhom", {"dong": ["x", "77"], "cuoi": "99999"})
    assert clerk.status == 200
    council = desk_of(db, keys, configured, "council")
    assert council.client.get(f"{first}/sua").status_code == 403
