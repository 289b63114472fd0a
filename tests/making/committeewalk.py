"""A wave in committee mode as everybody lives it, by browser and letters alone: from the link that
makes the first account to the minutes, the public record and the verifier.

Nobody here looks into the database. What the office, a trustee or a respondent has to know comes
from a letter that a relay took, or stands on a page.
"""

import json
import re
import time
from base64 import b32decode
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Page

from app.keys import phrase
from app.papers.verify import verify
from app.record import fetching, watching
from app.worker import sending
from tests.making import words
from tests.making.browser import PHONE, device
from tests.making.bureau import Bureau, Telephone, attach, send
from tests.making.guardian import Guardian
from tests.staff.test_staff import GOOD, setup_path

CODE = "hoi-dong"
BASE = f"/quan-tri/dot/{CODE}"
TRUSTEES = (
    ("Nguyễn Văn Minh, Thanh tra tỉnh", "minh.nguyen@vi-du.vn"),
    ("Lò Thị Hoa, Mặt trận Tổ quốc tỉnh", "hoa.lo@vi-du.vn"),
    ("Trần Đức Long, Hội đồng thẩm định", "long.tran@vi-du.vn"),
)
OFFICER = "ha@vi-du.vn"
LINK = re.compile(r"https?://[^/\s]+(/p/\S+)")
SEAT = re.compile(r"https?://[^/\s]+(/giu-khoa/\S+)")

# Casts the ballots of some links over HTTP; gives the receipts shown.
Crowd = Callable[[str, list[str]], list[str]]


@dataclass
class Walk:
    """One way through, and how long each step took; `look` is shown each page that matters."""

    bureau: Bureau
    index: bytes
    roster: bytes
    look: Callable[[Page, str], None] = lambda _page, _name: None
    took: dict[str, float] = field(default_factory=dict)
    guardians: list[Guardian] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page = self.bureau.another_browser().page

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        begun = time.perf_counter()
        yield
        self.took[name] = round(time.perf_counter() - begun, 2)

    def all(self, people: int, crowd: Crowd, kept: Path) -> int:
        """All of it; everybody casts but the last. Gives how many ballots were counted."""
        with self.step("account, index, roster"):
            self.prepare()
        with self.step("three keys, three trials"):
            self.appoint()
        with self.step("launch, all letters"):
            self.launch(people)
        *links, left = self.links()
        assert len(links) == people - 1
        with self.step("casting"):
            receipts = self.cast(links, crowd)
        assert len(set(receipts)) == len(links)
        with self.step("closing, letters to all"):
            self.close(left, links[0])
        with self.step("opening, score"):
            self.open()
        with self.step("minutes, record, verifier"):
            sheet = json.loads(self.papers(kept))
        assert (sheet["issued"], sheet["counted"], sheet["void"]) == (people, len(links), 0)
        assert not [fault for each in self.guardians for fault in each.faults]
        return int(sheet["counted"])

    @property
    def main(self) -> str:
        return self.page.locator("main").inner_text()

    def code(self) -> str:
        return self.telephone.code()

    def post(self) -> int:
        """All letters that are due go out; gives how many came since."""
        bureau, before = self.bureau, len(self.bureau.post.kept)
        with ThreadPoolExecutor(1) as sender:  # the browser's loop has this thread
            sender.submit(sending.send_due, bureau.db, bureau.keys, bureau.settings).result()
        return len(bureau.post.kept) - before

    def letter(self, to: str) -> str:
        return self.bureau.post.to(to)[-1].text

    def prepare(self) -> None:
        """The first account with its second factor, the index, the wave and its people."""
        bureau, page = self.bureau, self.page
        page.goto(setup_path(bureau.db, bureau.keys))
        send(page, "Tạo tài khoản", ten="Hà", email=OFFICER, mat_khau=GOOD, lap_lai=GOOD)
        page.get_by_text("Không quét được").click()
        spelled = page.locator("details code").inner_text()
        self.telephone = Telephone(bureau.clock, b32decode(spelled.replace(" ", "")))
        send(page, "Xác nhận", ma=self.code())
        page.get_by_role("link", name="Tôi đã cất, vào trang Tổng quan").click()
        page.get_by_role("link", name="Đến trang Bộ chỉ số").click()
        attach(page, "Kiểm tra và tải lên", "chi-so.toml", self.index)
        page.get_by_role("link", name="Tạo đợt điều tra từ bộ chỉ số này").click()
        dates = {"mo_ngay": "02/03/2026", "mo_gio": "08:00"}
        closes = {"han_ngay": "15/03/2026", "han_gio": "17:00"}
        send(page, "Tạo đợt", ma=CODE, **dates, **closes)
        attach(page, "Kiểm tra và nhập", "ds.csv", self.roster)
        self.look(page, "danh-sach")

    def appoint(self) -> None:
        """Three trustees by letter, each at a browser of their own: key, then trial."""
        bureau, page = self.bureau, self.page
        page.goto(f"{BASE}/uy-vien-giu-khoa")
        for place, (name, email) in enumerate(TRUSTEES, 1):
            page.locator(f"#ten-{place}").fill(name)
            page.locator(f"#thu-{place}").fill(email)
        send(page, "Lưu danh sách và gửi thư mời", can="2")
        assert self.post() == len(TRUSTEES)
        prints = []
        for _name, email in TRUSTEES:
            seat = SEAT.search(self.letter(email))
            assert seat is not None, self.letter(email)
            guardian = Guardian(bureau.browser, bureau.url, seat[1])
            prints.append(guardian.makes_a_key())
            self.guardians.append(guardian)
        for shown, each in zip(prints, self.guardians, strict=True):
            # The browser derives what we derive.
            private = phrase.private_key(phrase.read(each.paper), CODE)
            assert shown == phrase.print_of(phrase.public_key(private))
        first, second = self.guardians[:2]
        said = first.opens("Mở thử", phrase=second.paper)
        assert "không phải của khóa đã gửi" in said
        assert "nhập nhầm" in first.opens("Mở thử", phrase="B" * 19 + "C")
        for each in self.guardians:
            each.opens("Mở thử", ends="Ông/Bà đã mở thử xong")
        page.goto(f"{BASE}/uy-vien-giu-khoa")
        assert [code in self.main for code in prints] == [True] * len(prints)
        assert self.main.count("Đã mở thử lúc") == len(TRUSTEES)
        self.look(page, "uy-vien")

    def launch(self, people: int) -> None:
        """Everything on the check list, then the launch; all letters go."""
        page = self.page
        page.goto(f"{BASE}/phat-phieu")
        while page.get_by_role("button", name="Đã xem, giữ như vậy").count():
            with page.expect_navigation():
                page.get_by_role("button", name="Đã xem, giữ như vậy").first.click()
        send(page, "Gửi thư thử")
        typed = re.search(r"Phát phiếu: ([A-Z0-9]{6})", self.letter(OFFICER))
        assert typed is not None
        send(page, "Xác nhận", ma_thu=typed[1])
        self.look(page, "phat-phieu")
        assert "Mọi mục đã đạt" in self.main, self.main
        send(page, "Phát phiếu", ma_xac_thuc=self.code())
        assert f"Đã phát {told(people)} phiếu" in self.main, self.main
        # Trustees hear of the launch, too.
        assert self.post() >= people
        page.reload()
        page.get_by_text("Đã gửi xong thư mời").wait_for()

    def links(self) -> list[str]:
        """The links of the invitations, each once."""
        found = [LINK.search(kept.text) for kept in self.bureau.post.kept]
        return list(dict.fromkeys(each[1] for each in found if each))

    def cast(self, links: list[str], crowd: Crowd) -> list[str]:
        """One on a telephone, in a browser, the others over HTTP; gives all receipts."""
        first, *others = links
        with device(self.bureau.browser, self.bureau.url, PHONE) as watched:
            receipt = by_thumb(watched.page, first, self.look)
            assert not watched.faults
        return [receipt, *crowd(self.bureau.url, others)]

    def close(self, left_out: str, recorded: str) -> None:
        """Closed before its time; a letter to everybody, and what its link says to both kinds."""
        bureau, page = self.bureau, self.page
        bureau.clock.move(days=3)
        self.sign_in()
        page.goto(f"{BASE}/ket-thuc")
        self.look(page, "ket-thuc")
        send(page, "Kết thúc ngay", ma_xac_thuc=self.code())
        page.get_by_text("Hỏi mọi người").click()
        page.locator("#ma-xac-thuc-thu").fill(self.code())
        send(page, "Gửi thư báo kết thúc")
        self.post()
        for link, said in ((left_out, "chưa được ghi nhận"), (recorded, "đã được ghi nhận")):
            with device(bureau.browser, bureau.url, PHONE) as watched:
                watched.page.goto(link)
                assert said in watched.page.locator("main").inner_text()
                self.look(watched.page, f"sau-ket-thuc-{said[:2]}")
                assert not watched.faults
        page.goto(f"{BASE}/bien-ban-ket-thuc")
        assert all(name in self.main for name, _email in TRUSTEES)
        self.look(page, "bien-ban-ket-thuc")
        self.word("Tải biên bản kết thúc (Word)")

    def sign_in(self) -> None:
        """Days later the door asks again."""
        page = self.page
        page.goto("/quan-tri/dang-nhap")
        send(page, "Đăng nhập", email=OFFICER, mat_khau=GOOD, ma=self.code())

    def open(self) -> None:
        """Two of three, hours apart, each alone; one of them is not enough."""
        bureau, page = self.bureau, self.page
        third, first = self.guardians[2], self.guardians[0]
        for each, number in ((third, 1), (first, 2)):
            begun = time.perf_counter()
            each.opens("Mở và gửi phần khóa", ends="Đã nhận phần khóa của Ông/Bà")
            self.took[f"browser of trustee {number}"] = round(time.perf_counter() - begun, 2)
            bureau.clock.move(days=2)
            self.sign_in()
            page.goto(f"{BASE}/mo-hom-phieu")
            enough = page.get_by_role("button", name="Mở hòm phiếu", exact=True).count()
            assert enough == (number == 2), self.main
        self.look(page, "mo-hom-phieu")
        send(page, "Mở hòm phiếu", ma_xac_thuc=self.code())
        until = time.monotonic() + 120
        while not page.get_by_role("button", name="Tính bảng điểm").count():
            assert time.monotonic() < until, self.main
            page.wait_for_timeout(100)
        self.look(page, "da-mo")
        send(page, "Tính bảng điểm")
        self.look(page, "ket-qua")

    def papers(self, folder: Path) -> bytes:
        """Minutes, record, sheet; whoever was there, and whoever was not, can check them."""
        page, names = self.page, [name for name, _email in TRUSTEES]
        page.goto(f"{BASE}/bien-ban")
        assert "3 ủy viên giữ khóa, phải có 2 người cùng mở" in self.main
        assert all(name in self.main for name in names)
        self.look(page, "bien-ban")
        self.word("Tải biên bản (Word)")
        with page.expect_download() as exported:
            page.get_by_role("button", name="JSON tải về").click()
        data = Path(exported.value.path()).read_bytes()
        assert verify(data).wave == CODE
        with device(self.bureau.browser, self.bureau.url) as anybody:
            page = anybody.page
            page.goto(f"/cong-khai/{CODE}")
            self.look(page, "cong-khai")
            page.goto("/kiem-tra")
            page.locator("#tep").set_input_files(str(exported.value.path()))
            page.wait_for_selector("#phan-quyet")
            assert page.inner_text("#phan-quyet").startswith("Bảng điểm này đúng")
            self.look(page, "kiem-tra")
            assert not anybody.faults
        seen = watching.watch(
            f"{self.bureau.url}/cong-khai/{CODE}", folder, self.bureau.clock(), fetching.fetch
        )
        assert not seen.wrong
        return data

    def word(self, button: str) -> None:
        """The minutes as a file to sign, which anybody's Word opens, names of trustees in it."""
        self.page.goto(f"{BASE}/xuat-bao-cao")
        with self.page.expect_download() as written:
            self.page.get_by_role("button", name=button, exact=True).click()
        said = str(words.tables(Path(written.value.path()).read_bytes()))
        assert all(name in said for name, _email in TRUSTEES), said


def told(number: int) -> str:
    """A number as pages write it."""
    return f"{number:,}".replace(",", ".")


def by_thumb(page: Page, link: str, look: Callable[[Page, str], None]) -> str:
    """A ballot filled in on the page, the first level each; gives the receipt."""
    page.goto(link)
    look(page, "phieu")
    for _page in range(60):
        if page.locator("#receipt").count():
            look(page, "bien-nhan")
            return page.locator("#receipt").inner_text().strip()
        page.evaluate(
            """() => { const seen = new Set();
            for (const each of document.querySelectorAll("main input[type=radio]"))
              if (!seen.has(each.name)) { seen.add(each.name); each.checked = true; } }"""
        )
        with page.expect_navigation():
            page.locator(
                "main form button[type=submit], main form button:not([type])"
            ).first.click()
    raise AssertionError(page.url)
