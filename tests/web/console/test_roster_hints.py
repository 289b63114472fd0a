"""What a page offers about a list that went in: mistyped domains, untidy names, agencies that are
no unit. Nothing is changed unasked."""

import pytest
from sqlmodel import col, select

from app.audit import chain
from app.keys.keyfile import KeyFile
from app.settings import Settings
from app.store.db import Database
from app.store.models import Respondent
from app.waves import launch
from tests.making.blocks import make_index
from tests.making.consoles import Clerk
from tests.making.rosters import GROUP, HEADING, PATH, draft_of, drafting, listed, put

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
OFFERED, UNRATED = f"{PATH}/goi-y", f"{PATH}/khong-duoc-danh-gia"


@pytest.fixture
def clerk(db: Database, keys: KeyFile, configured: Settings) -> Clerk:
    return drafting(db, keys, configured)


def emails(db: Database) -> list[str]:
    with db.reading() as session:
        return sorted(session.scalars(select(col(Respondent.email))).all())


def agencies(db: Database) -> dict[str, str | None]:
    with db.reading() as session:
        query = select(col(Respondent.name), col(Respondent.agency))
        return dict(session.connection().execute(query).all())


def test_a_mistyped_domain_is_put_right_by_one_press_for_all_who_have_it(
    clerk: Clerk, db: Database
) -> None:
    people = [("An", "an@gmial.com"), ("Ba", "ba@GMIAL.com"), ("Cả", "ca@gmail.com")]
    people += [("Bé", "ca@gmial.com"), ("Út", "ut@vi-du.vn")]
    put(clerk, HEADING + "".join(f"{n},{e},{GROUP},UBND xã\n" for n, e in people))
    assert "1 tên miền có vẻ gõ nhầm." in clerk.text
    clerk.open(OFFERED)
    assert "gmial.com: 3 địa chỉ, có lẽ là gmail.com" in clerk.text
    stale = clerk.form_to("/ten-mien")
    clerk.press("Sửa thành gmail.com")
    assert "Đã sửa 2 địa chỉ. 1 địa chỉ giữ nguyên vì sửa xong thì trùng" in clerk.text
    wanted = ["an@gmail.com", "ba@gmail.com", "ca@gmail.com", "ca@gmial.com", "ut@vi-du.vn"]
    assert emails(db) == wanted
    clerk.send(stale)
    assert clerk.refused
    assert emails(db) == wanted
    with db.reading() as session:
        (line,) = chain.lines(session, "roster.tidy")
    assert line.facts == {"people": 2}, "the log names nobody"


def test_names_are_tidied_where_they_are_ticked(
    clerk: Clerk, db: Database, keys: KeyFile, configured: Settings
) -> None:
    names = ["Ông Lò Văn An", "TAO THỊ BÌNH", "vàng a cơ", "Đặng Thị Út"]
    rows = "".join(f"{name},n{n}@vi-du.vn,{GROUP},UBND xã\n" for n, name in enumerate(names))
    put(clerk, HEADING + rows)
    assert "3 họ tên có danh xưng hoặc viết hoa, viết thường cả." in clerk.text
    assert listed(clerk) == names, "nothing is changed unasked"
    clerk.open(OFFERED)
    form = clerk.form_to("/ho-ten")
    assert "nguoi" not in form.values, "nothing is ticked beforehand"
    clerk.send(form)
    assert "Chưa đánh dấu họ tên nào." in clerk.text
    first = form.boxes["nguoi"][0] if isinstance(form.boxes["nguoi"], list) else form.boxes["nguoi"]
    clerk.send(clerk.form_to("/ho-ten"), {"nguoi": [first]})
    assert "Đã sửa 1 họ tên." in clerk.text
    assert listed(clerk.open(PATH)) == ["Lò Văn An", *names[1:]]
    clerk.open(OFFERED).press("Sửa cả 2 họ tên")
    assert listed(clerk.open(f"{PATH}?tim=tao+thi+binh")) == ["Tao Thị Bình"]
    assert listed(clerk.open(PATH)) == ["Lò Văn An", "Tao Thị Bình", "Vàng A Cơ", "Đặng Thị Út"]
    assert "danh xưng" not in clerk.text
    put(clerk, HEADING + rows)
    stale = clerk.open(OFFERED).form_to("/ho-ten")
    with db.transaction() as session:
        launch.launch(db, session, keys, configured, draft_of(session))
    clerk.send(stale, button="Sửa cả 3 họ tên")
    assert clerk.refused
    assert listed(clerk.open(PATH)) == names


@SQLITE
def test_agencies_that_are_no_unit_are_looked_at_once(clerk: Clerk, db: Database) -> None:
    unit = make_index("pooled").units[0]
    rows = [("An", "Phòng Một cửa"), ("Ba", "Phòng Một cửa"), ("Cả", "Công an"), ("Út", "")]
    text = "".join(f"{n},n{i}@vi-du.vn,{GROUP},{a}\n" for i, (n, a) in enumerate(rows))
    put(clerk, HEADING + text + f"Bé,be@vi-du.vn,{GROUP},{unit.code}\n")
    assert "3 cơ quan trong danh sách không phải đơn vị được đánh giá." in clerk.text
    clerk.open("/quan-tri/dot/nhap/phat-phieu")
    assert "3 cơ quan trong danh sách không phải đơn vị được đánh giá, chưa ai xem" in clerk.text
    form = clerk.open(UNRATED).form_to("/khong-duoc-danh-gia")
    clerk.send(form, {"la-0": "Sở Lạ"})
    assert clerk.refused
    assert "“Sở Lạ” không phải mã hay tên một đơn vị." in clerk.text
    assert clerk.form_to("/khong-duoc-danh-gia").values["la-0"] == ["Sở Lạ"]
    clerk.send(clerk.form_to("/khong-duoc-danh-gia"), {"la-0": unit.name.upper()})
    assert "Đã xem 3 cơ quan" in clerk.text
    mine = {"An": unit.code, "Ba": unit.code, "Cả": None, "Út": None, "Bé": unit.code}
    assert agencies(db) == mine
    assert "không phải đơn vị được đánh giá" not in clerk.open(PATH).text
    clerk.send(form, {"la-1": unit.code})
    assert clerk.refused
    # What was said of a name holds for who comes later; a new name is looked at anew.
    put(clerk, HEADING + text + f"Mơ,mo@vi-du.vn,{GROUP},Báo\n")
    assert agencies(db)["An"] == unit.code
    assert "1 cơ quan trong danh sách không phải" in clerk.text


@SQLITE
def test_a_short_name_of_two_units_can_be_the_other_one(clerk: Clerk, db: Database) -> None:
    first, second = make_index("pooled").units[:2]
    put(clerk, HEADING + f"An,an@vi-du.vn,{GROUP},{first.name} tỉnh\n")
    clerk.send(clerk.form_to("/co-quan"), {"ten-0": "khac"})
    assert agencies(db) == {"An": None}
    clerk.open(UNRATED)
    clerk.send(clerk.form_to("/khong-duoc-danh-gia"), {"la-0": second.name})
    assert agencies(db) == {"An": second.code}
    put(clerk, HEADING + f"Ba,ba@vi-du.vn,{GROUP},{first.name} tỉnh\n")
    assert agencies(db) == {"Ba": second.code}
