"""From an empty console to a wave that is launched."""

import re

from app.staff import accounts
from app.store.db import Database
from app.worker import sending
from tests.golden_wave import half
from tests.golden_wave.half import CODE, FIRST, SECOND, names_of
from tests.golden_wave.world import BASE, COUNCIL, PHRASE, World
from tests.making.blocks import LAI_CHAU, make_people
from tests.staff.test_staff import GOOD, enrol, setup_path

DATES = {"mo-ngay": "03/03/2026", "mo-gio": "08:00", "han-ngay": "12/03/2026", "han-gio": "17:00"}
HEADING = "Họ và tên,Email,Nhóm,Cơ quan,Đơn vị đánh giá,Chức vụ,Điện thoại"
BAD = f"""{HEADING}
Lò Thị Hương,huong.lo@,hdnd,HĐND tỉnh,,,
Tao Văn Phúc,phuc.tao@vi-du.vn,Đại biểu,HĐND tỉnh,,,
Giàng A Sính,sinh.giang@vi-du.vn,hdnd,HĐND tỉnh,,,
Vàng Thị Mai,sinh.giang@vi-du.vn,hdnd,HĐND tỉnh,,,
"""
LETTERS = {
    "reminder.tieu-de": "Nhắc: phiếu đánh giá năm {năm}",
    "reminder.noi-dung": "Xin mời trả lời trước {hạn gửi}.",
    "xung-ho.hdnd": "Kính thưa đại biểu {họ tên}",
}


def prepare(world: World) -> None:
    """Accounts, an index, a draft, a list with its faults, the words of the letters."""
    world.at("1-before")
    first = world.stranger()
    first.open("/quan-tri")
    first.open(setup_path(world.db, world.keys))
    typed = {"ten": "Trần Thu Hà", "email": FIRST, "mat-khau": GOOD, "lap-lai": GOOD}
    first.submit({**typed, "lap-lai": "khác"})
    first.submit(typed)
    enrol(first, world.keys, world.clock)
    first.open("/quan-tri")
    world.clerks[FIRST] = first
    for email, name, role in (
        (SECOND, "Lò Văn Sơn", "officer"),
        (COUNCIL, "Nguyễn Thị Bích Hạnh", "council"),
    ):
        typed = {"ten_moi": name, "email": email}
        world.done(FIRST, "/quan-tri/tai-khoan", "/them", **typed, vai_tro=[role])
        sending.send_due(world.db, world.keys, world.settings)
        found = re.search(r"/quan-tri/moi/\S+", world.post.to(email)[0].text)
        assert found is not None
        clerk = world.clerks[email] = world.stranger()
        clerk.open(found.group()).submit({"mat-khau": GOOD, "lap-lai": GOOD})
        enrol(clerk, world.keys, world.clock)
    with world.db.reading() as session:
        for email, clerk in world.clerks.items():
            clerk.staff_id = accounts.find(session, email).id
    out = world.stranger()
    out.open("/quan-tri/dang-nhap").submit({"email": FIRST, "mat-khau": "sai", "ma": "000000"})
    out.open("/quan-tri/quen-mat-khau").submit({"email": FIRST})
    sending.send_due(world.db, world.keys, world.settings)
    found = re.search(r"/quan-tri/dat-lai-mat-khau/\S+", world.post.to(FIRST)[-1].text)
    assert found is not None
    code = world.code(world.clerks[FIRST])
    out.open(found.group()).submit({"ma": code, "mat-khau": GOOD, "lap-lai": GOOD})
    assert out.fine, out.text
    out.open("/quan-tri/dang-nhap")
    out.submit({"email": COUNCIL, "mat-khau": GOOD, "ma": world.code(world.clerks[COUNCIL])})
    world.letters()


def draft(world: World) -> None:
    world.at("2-draft")
    listed = b"choose_units = true\nparticipation_list = true"
    index = LAI_CHAU.read_bytes().replace(b"choose_units = true", listed)
    assert listed in index
    library = "/quan-tri/bo-chi-so"
    world.upload(FIRST, library, library, "sai.toml", index.replace(b"code = ", b"ma = ", 1))
    world.upload(FIRST, library, library, "bo-chi-so-2022.toml", index)
    world.clerks[FIRST].open("/quan-tri/dot/moi").submit({"ma": "đợt", **DATES})
    world.done(FIRST, "/quan-tri/dot/moi", "/moi", ma=CODE, **DATES)
    listing = f"{BASE}/danh-sach"
    world.upload(FIRST, listing, "/danh-sach", "sai.csv", BAD.encode())
    first = world.clerks[FIRST]
    form = first.form_to("/dong-loi")
    first.client.post(form.action, data={name: value[0] for name, value in form.values.items()})
    world.upload(SECOND, listing, "/danh-sach", "danh-sach.csv", roster(world.db).encode())
    world.done(FIRST, listing, "/co-quan", ten_0="khac")
    world.done(FIRST, f"{BASE}/thu", "/thu", **LETTERS)
    world.file(FIRST, listing, "/xuat")
    world.look_around(FIRST, COUNCIL)


def roster(db: Database) -> str:
    """32 people of all groups, one of them of an agency that is nearly a unit."""
    index = half.index_of(db)
    lines = [HEADING]
    for person in make_people(index, 32):
        agency = index.unit_of[person.agency].name if person.agency else "UBND xã Mường Than"
        what = (person.name, person.email, person.group, agency, ";".join(person.assigned))
        lines.append(",".join([f'"{each}"' for each in what] + ["Lãnh đạo", "0213 000 001"]))
    lines[1] = lines[1].replace("Sở Nội vụ", "Sở Nội Vụ tỉnh")
    return "\n".join([*lines, ""])


def launch(world: World) -> None:
    world.at("3-launch")
    page = f"{BASE}/phat-phieu"
    world.done(FIRST, page, "/thu-thu")
    (letter,) = world.post.to(FIRST)
    typed = re.search(r"Phát phiếu: ([A-Z0-9]{6})", letter.text)
    assert typed is not None
    world.ask(FIRST, page, "/ma-thu", ma_thu="SAISAI")
    world.done(FIRST, page, "/ma-thu", ma_thu=typed[1])
    copy = world.file(FIRST, page, "/khoa", cau=PHRASE, cau_lai=PHRASE)
    tried = world.upload(FIRST, page, "/mo-thu", "k.json", copy, cau_thu=PHRASE)
    assert tried.fine, tried.text
    world.done(FIRST, page, "/phat-phieu")
    ballots = names_of(world.db)
    world.device().open(world.link(ballots[0]))
    world.look_around(FIRST)
    world.letters()
