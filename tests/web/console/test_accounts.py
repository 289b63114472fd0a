"""Tài khoản: every change of an account asks for the second factor; what is pending is seen."""

from datetime import timedelta

import pytest
from sqlmodel import select

from app.audit import chain
from app.keys.keyfile import KeyFile
from app.settings import Settings
from app.staff import accounts, invitations, outbox
from app.staff.links import Links
from app.store.db import Database
from app.store.staffmodels import StaffLetter
from app.waves import staffmail
from app.web.console.desk.cookies import cookie_name
from app.worker import sending
from tests.conftest import Clock
from tests.making.consoles import Clerk, desk_of, make_staff, new_session, stranger
from tests.making.posting import through
from tests.making.smtp import smtp_server
from tests.staff.test_staff import GOOD, enrol

PATH = "/quan-tri/tai-khoan"
NEW = {"ten-moi": "Lò Văn A", "email": "a@vi-du.vn", "vai-tro": ["council"]}


@pytest.fixture
def admin(db: Database, keys: KeyFile, configured: Settings) -> Clerk:
    return desk_of(db, keys, configured, "admin", name="Trần Thu Hà")


def emails(db: Database) -> set[str]:
    with db.reading() as session:
        return {account.email for account in accounts.everyone(session)}


def invited(db: Database, email: str = "a@vi-du.vn", *roles: str) -> int:
    with db.transaction() as session:
        now = db.now(session)
        staff_id = accounts.add(session, email, "Lò Văn A", roles or ("council",), now)
        staffmail.queue(session, "invitation", staff_id, now)
    return staff_id


def link_of(db: Database, keys: KeyFile, staff_id: int) -> str:
    with db.reading() as session:
        return Links(keys).make(session, "invitation", staff_id, db.now(session))


def opened(clerk: Clerk, path: str) -> Clerk:
    clerk.open(path)
    return clerk


def last_deed(db: Database) -> str:
    with db.reading() as session:
        return chain.lines(session, limit=1)[0].action


def test_an_account_is_added_with_a_code_only(db: Database, admin: Clerk) -> None:
    before = emails(db)
    for code in ("", "000000"):
        opened(admin, PATH).press("Gửi lời mời", {**NEW, "ma-xac-thuc": code})
        assert admin.refused
        assert admin.title.startswith("Lỗi:")
        form = admin.form_to("/them")
        assert form.values["ten-moi"] == ["Lò Văn A"]
        assert form.values["email"] == ["a@vi-du.vn"]
        assert form.values["vai-tro"] == ["council"]
        assert admin.link("Mã xác thực không đúng hoặc đã dùng. Đợi mã mới rồi nhập.") == (
            "#ma-xac-thuc-3"
        )
    assert emails(db) == before
    with db.reading() as session:
        assert not session.scalars(select(StaffLetter)).all()
    admin.press("Gửi lời mời", {"ma-xac-thuc": admin.code()})
    assert "Đã thêm Lò Văn A" in admin.text
    assert "a@vi-du.vn" in emails(db)


def test_every_fault_of_an_invitation_stands_at_its_field(db: Database, admin: Clerk) -> None:
    typed = {"ten-moi": " ", "email": "a@", "vai-tro": [], "ma-xac-thuc": "x"}
    opened(admin, PATH).press("Gửi lời mời", typed)
    assert admin.refused
    targets = {a.get("href") for a in admin.tree.iter("a")}
    assert {"#ten-moi", "#email", "#vai-tro"} <= targets
    assert "officer, council" not in admin.text, "no code of a role on a page"
    opened(admin, PATH).press("Gửi lời mời", {**NEW, "ma-xac-thuc": admin.code()})
    admin.press("Gửi lời mời", {**NEW, "ma-xac-thuc": admin.code()})
    assert admin.refused
    assert "Đã có tài khoản a@vi-du.vn" in admin.text


@pytest.mark.parametrize("button", ["Đổi vai trò", "Đặt lại tài khoản", "Xóa tài khoản"])
def test_a_wrong_code_changes_no_account_and_is_told_at_its_field(
    db: Database, keys: KeyFile, admin: Clerk, button: str
) -> None:
    other, _secret = make_staff(db, keys, "officer", name="Lò Văn B")
    with db.reading() as session:
        before = accounts.get(session, other)
    opened(admin, f"{PATH}/{other}").press(button, {"ma-xac-thuc": "000000"})
    assert admin.refused
    wrong = [each for each in admin.tree.iter("input") if each.get("aria-invalid")]
    (form,) = [form for form in admin.forms if wrong[0] in list(form.element.iter())]
    assert form.button(button) is not None
    if button != "Đổi vai trò":
        details = [each for each in admin.tree.iter("details") if wrong[0] in list(each.iter())]
        assert details[0].get("open") is not None, "what is wrong is not folded away"
    with db.reading() as session:
        assert accounts.get(session, other) == before


def test_a_pending_invitation_is_seen_with_what_became_of_its_letter(
    db: Database, keys: KeyFile, configured: Settings, admin: Clerk, clock: Clock
) -> None:
    invited(db)
    invited(db, "khong-co@vi-du.vn")
    assert admin.open(PATH).text.count("thư mời đang chờ gửi") == 2
    with smtp_server(
        lambda step, to: "550 no" if step == "rcpt" and to.startswith("khong") else None
    ) as server:
        sending.send_due(db, keys, through(configured, server))
    assert "thư mời không gửi được: 550 no" in admin.open(PATH).text
    assert "dùng được đến 9\u00a0giờ\u00a000".replace("\u00a0", " ") in admin.text
    clock.move(hours=9)
    admin = again(db, configured, admin)
    assert "chưa nhận lời mời" in admin.open(PATH).text
    clock.move(hours=64)
    assert "lời mời đã hết hạn" in again(db, configured, admin).open(PATH).text


def again(db: Database, configured: Settings, clerk: Clerk) -> Clerk:
    """Signed in anew: a session ends after ten hours."""
    clerk.sit_down(cookie_name(configured), new_session(db, clerk.staff_id))
    return clerk


def test_an_invitation_is_sent_again_and_the_old_link_dies(
    db: Database, keys: KeyFile, configured: Settings, admin: Clerk, clock: Clock
) -> None:
    staff_id = invited(db)
    old = link_of(db, keys, staff_id)
    opened(admin, f"{PATH}/{staff_id}").press("Gửi lại lời mời", {"ma-xac-thuc": "000000"})
    assert admin.refused
    admin.press("Gửi lại lời mời", {"ma-xac-thuc": admin.code()})
    assert "Đang gửi lại lời mời cho Lò Văn A" in admin.text
    assert last_deed(db) == "account.invite"
    browser = stranger(db, keys, configured)
    assert browser.open(f"/quan-tri/moi/{old}").status == 404
    with smtp_server() as server:
        sending.send_due(db, keys, through(configured, server))
    assert len(server.to("a@vi-du.vn")) == 1, "the first letter had not gone yet"
    new = server.kept[0].text.partition("/quan-tri/moi/")[2].split()[0]
    browser.open(f"/quan-tri/moi/{new}").submit({"mat-khau": GOOD, "lap-lai": GOOD})
    enrol(browser, keys, clock)
    admin.open(f"{PATH}/{staff_id}")
    assert "đang dùng" in admin.text
    assert "Gửi lại lời mời" not in admin.text


def test_an_invitation_is_withdrawn(
    db: Database, keys: KeyFile, configured: Settings, admin: Clerk
) -> None:
    staff_id = invited(db)
    link = link_of(db, keys, staff_id)
    opened(admin, f"{PATH}/{staff_id}").press("Rút lời mời", {"ma-xac-thuc": admin.code()})
    assert "Đã rút lời mời Lò Văn A" in admin.text
    assert last_deed(db) == "account.withdraw"
    assert "a@vi-du.vn" not in emails(db)
    assert stranger(db, keys, configured).open(f"/quan-tri/moi/{link}").status == 404
    with smtp_server() as server:
        sending.send_due(db, keys, through(configured, server))
    assert not server.kept


def test_who_has_just_accepted_is_not_thrown_out_by_an_old_page(
    db: Database, keys: KeyFile, configured: Settings, admin: Clerk, clock: Clock
) -> None:
    staff_id = invited(db)
    admin.open(f"{PATH}/{staff_id}")
    guest = stranger(db, keys, configured)
    guest.open(f"/quan-tri/moi/{link_of(db, keys, staff_id)}")
    guest.submit({"mat-khau": GOOD, "lap-lai": GOOD})
    enrol(guest, keys, clock)
    admin.press("Gửi lại lời mời", {"ma-xac-thuc": admin.code()})
    assert admin.refused == "Trang vừa gửi đã cũ"
    assert guest.open(PATH).path == PATH


def test_nobody_resets_or_removes_the_own_account(
    db: Database, keys: KeyFile, configured: Settings, admin: Clerk
) -> None:
    make_staff(db, keys, "admin")
    own = f"{PATH}/{admin.staff_id}"
    admin.open(own)
    assert len(admin.forms) == 1, "only the roles"
    ticket = admin.form.values["ve"][0]
    for deed in ("xoa", "dat-lai"):
        fields = [("ve", ticket), (deed, "1"), ("ma-xac-thuc", admin.code())]
        admin.post(own, fields)
        assert admin.refused
        assert "nhờ một người quản trị khác" in admin.text
    assert admin.open(PATH).path == PATH, "still signed in"


def test_the_last_administrator_stays_one(
    db: Database, keys: KeyFile, configured: Settings, admin: Clerk, clock: Clock
) -> None:
    invited(db, "sau-nay@vi-du.vn", "admin")
    own = f"{PATH}/{admin.staff_id}"
    opened(admin, own).press("Đổi vai trò", {"vai-tro": ["officer"], "ma-xac-thuc": admin.code()})
    assert admin.refused, "who was only invited does not count"
    assert admin.form.boxes["vai-tro"]
    assert admin.form.values["vai-tro"] == ["officer"], "as it was chosen"
    opened(admin, own).press("Đổi vai trò", {"vai-tro": [], "ma-xac-thuc": admin.code()})
    assert admin.refused
    assert "Chọn ít nhất một vai trò." in admin.text
    with db.reading() as session:
        assert accounts.get(session, admin.staff_id).roles == {"admin"}


def test_who_has_lost_the_role_meanwhile_changes_nobody(
    db: Database, keys: KeyFile, configured: Settings, admin: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The role goes between the guard of the page and the turn of the request."""
    other, _secret = make_staff(db, keys, "admin")
    admin.open(f"{PATH}/{other}")
    turn = accounts.take_turn

    def late(session: object) -> None:
        turn(session)  # type: ignore[arg-type]
        monkeypatch.undo()
        accounts.set_roles(session, admin.staff_id, ["officer"])  # type: ignore[arg-type]

    monkeypatch.setattr(accounts, "take_turn", late)
    admin.press("Đổi vai trò", {"vai-tro": ["officer"], "ma-xac-thuc": admin.code()})
    assert admin.refused == "Trang này không thuộc vai trò của tài khoản này"
    with db.reading() as session:
        assert accounts.get(session, other).roles == {"admin"}


def test_the_own_places_are_shown_with_their_beginning_and_the_others_end(
    db: Database, keys: KeyFile, configured: Settings, admin: Clerk, clock: Clock
) -> None:
    assert "nơi này, từ 9 giờ 00" in admin.open(PATH).text
    assert "Đăng xuất ở mọi nơi khác" not in admin.text
    clock.move(minutes=30)
    elsewhere = again(db, configured, stranger_like(db, keys, configured, admin))
    somebody = desk_of(db, keys, configured)
    admin.open(PATH)
    assert "nơi này, từ 9 giờ 00" in admin.text
    assert "nơi khác, từ 9 giờ 30" in admin.text
    assert admin.text.count("nơi khác, từ") == 1, "nobody else's"
    admin.press("Đăng xuất ở mọi nơi khác")
    assert "Đã đăng xuất ở mọi nơi khác" in admin.text
    assert "nơi khác, từ" not in admin.text
    assert last_deed(db) == "account.sign-out"
    assert elsewhere.open(PATH).path.startswith("/quan-tri/dang-nhap")
    assert somebody.open(PATH).path == PATH


def stranger_like(db: Database, keys: KeyFile, configured: Settings, clerk: Clerk) -> Clerk:
    """Another browser of the same person."""
    other = stranger(db, keys, configured)
    other.staff_id = clerk.staff_id
    return other


def test_an_invitation_runs_from_when_it_was_sent(db: Database, clock: Clock) -> None:
    staff_id = invited(db)
    with db.reading() as session:
        assert invitations.latest(session)[staff_id].until is None
    clock.move(hours=5)
    with db.transaction() as session:
        now = db.now(session)
        taken = outbox.take(session, now)
        assert taken is not None
        outbox.record(session, taken, now, "", final=False)
    with db.reading() as session:
        assert invitations.latest(session)[staff_id].until == now + timedelta(hours=72)


@pytest.mark.parametrize(("before", "told"), [("council", 1), ("officer", 0)])
def test_who_becomes_an_officer_by_another_role_is_told_to_the_others(
    db: Database, keys: KeyFile, admin: Clerk, before: str, told: int
) -> None:
    make_staff(db, keys, "council")
    changed, _secret = make_staff(db, keys, before, name="Đổi Vai")
    opened(admin, f"{PATH}/{changed}")
    admin.press("Đổi vai trò", {"vai-tro": ["officer"], "ma-xac-thuc": admin.code()})
    assert admin.fine
    with db.reading() as session:
        letters = session.scalars(select(StaffLetter).where(StaffLetter.kind == "officer")).all()
    assert len(letters) == told
    assert all("Đổi Vai" in each.facts for each in letters)
