"""Every page and every fault a respondent can meet: how to get there, and what it says.

A scene takes a page of a new device to one state of one page, through the real forms.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from playwright.sync_api import Page

from app.keys.tokens import BallotName
from tests.making.browser import another_tab, press
from tests.making.stage import NOW, UNITS, Stage

Act = Callable[[Stage, Page], None]


@dataclass(frozen=True)
class Scene:
    """One state of one page: its name, its status, words that stand in its `<main>`, and whether
    it points out what is wrong."""

    name: str
    status: int
    words: str
    play: Act
    points_out: bool = False


SCENES: dict[str, Scene] = {}


def scene(
    name: str, words: str, status: int = 200, points_out: bool = False
) -> Callable[[Act], Act]:
    def keep(play: Act) -> Act:
        assert name not in SCENES
        SCENES[name] = Scene(name, status, words, play, points_out)
        return play

    return keep


def press_begin(stage: Stage, page: Page, ballot: BallotName) -> None:
    """Open a link and press its button."""
    page.goto(stage.link(ballot))
    press(page)


def begin(stage: Stage, page: Page, ballot: BallotName) -> None:
    """What comes of a link and its button, without drawing the page they stand on."""
    link = f"{stage.url}{stage.link(ballot)}"
    begun = page.request.post(link, form={}, headers={"referer": link}, max_redirects=0)
    assert begun.status == 303, begun.text()
    page.goto(begun.headers["location"])


def choose(page: Page, *fields: str, level: str = "B") -> None:
    for name in fields:
        page.locator(f'input[name="{name}"][value="{level}"]').check()


def send_by_script(page: Page, path: str) -> None:
    """Post an empty form to a path."""
    with page.expect_navigation():
        page.evaluate(
            "path => { const form = document.createElement('form'); form.method = 'post';"
            " form.action = path; document.body.append(form); form.submit() }",
            path,
        )


# What needs no ballot


@scene("front", "Mở phiếu của Ông/Bà")
def _front(stage: Stage, page: Page) -> None:
    page.goto("/")


@scene("front-wrong-code", "Mã truy cập này không đúng", points_out=True)
def _wrong_code(stage: Stage, page: Page) -> None:
    _front(stage, page)
    page.get_by_label("Mã truy cập").fill("XXXX-XXXX-XXXX-XXXX")
    press(page)


@scene("front-wrong-address", "Chưa gửi lại được thư", points_out=True)
def _wrong_address(stage: Stage, page: Page) -> None:
    _front(stage, page)
    page.get_by_label("Thư điện tử").fill("an.nguyen@")
    press(page, "Gửi lại thư cho tôi")


@scene("letter-again", "Đã nhận yêu cầu")
def _letter_again(stage: Stage, page: Page) -> None:
    _front(stage, page)
    page.get_by_label("Thư điện tử").fill("an.nguyen@vi-du.vn")
    press(page, "Gửi lại thư cho tôi")


@scene("lookup", "Tra cứu mã biên nhận")
def _lookup(stage: Stage, page: Page) -> None:
    page.goto("/tra-cuu")


def look_up(page: Page, receipt: str, url: str = "") -> None:
    page.goto(f"{url}/tra-cuu")
    page.get_by_label("Mã biên nhận").fill(receipt)
    press(page)


@scene("lookup-garbled", "Chưa tra cứu được", points_out=True)
def _garbled(stage: Stage, page: Page) -> None:
    look_up(page, "không phải mã")


@scene("lookup-sealed", "Hòm phiếu chưa mở")
def _sealed(stage: Stage, page: Page) -> None:
    look_up(page, stage.cast(stage.ballot()))


@scene("lookup-counted", "Phiếu này đã được đếm")
def _counted(stage: Stage, page: Page) -> None:
    _ballot, receipt = stage.after
    look_up(page, receipt)


@scene("lookup-not-counted", "Mã này không có trong danh sách phiếu đã được đếm")
def _not_counted(stage: Stage, page: Page) -> None:
    # As long as one urn is sealed a receipt may lie in it: this needs a house of its own.
    alone = stage.another()
    alone.unseal(alone.ballot())
    look_up(page, stage.cast(stage.ballot()), alone.url)


@scene("quiet", "Ông/Bà không muốn nhận thư nhắc nữa?")
def _quiet(stage: Stage, page: Page) -> None:
    page.goto(f"/khong-nhac/{stage.booth.keys.tokens.no_reminders(stage.ballot())}")


@scene("quiet-done", "Ông/Bà sẽ không nhận thư nhắc nữa")
def _quiet_done(stage: Stage, page: Page) -> None:
    _quiet(stage, page)
    press(page)


@scene("cookies-blocked", "Trình duyệt này đang chặn cookie", 403)
def _cookies_blocked(stage: Stage, page: Page) -> None:
    begin(stage, page, stage.ballot())
    page.context.clear_cookies()
    page.goto("/phieu/co-quan", referer=f"{stage.url}{stage.link(stage.ballot())}")


# The ballot


@scene("start", "Ông/Bà chỉ trả lời về những cơ quan mình chọn.")
def _start(stage: Stage, page: Page) -> None:
    page.goto(stage.link(stage.ballot()))


@scene("start-all-units", "Phiếu của Ông/Bà được giữ kín")
def _start_all_units(stage: Stage, page: Page) -> None:
    page.goto(stage.link(stage.ballot("all-units")))
    for details in page.locator("main details").all():
        details.locator("summary").click()


@scene("start-begun", "Trả lời tiếp")
def _start_begun(stage: Stage, page: Page) -> None:
    page.goto(stage.link(stage.fill(stage.ballot(), questions=3)))


@scene("units", "Trước khi trả lời")
def _units(stage: Stage, page: Page) -> None:
    begin(stage, page, stage.ballot())


@scene("units-chosen", "Đơn vị đặc thù")
def _units_chosen(stage: Stage, page: Page) -> None:
    begin(stage, page, stage.fill(stage.ballot(), questions=0))
    page.goto("/phieu/co-quan")


@scene("units-none", "Ông/Bà chưa chọn cơ quan nào", points_out=True)
def _units_none(stage: Stage, page: Page) -> None:
    _units(stage, page)
    press(page)


@scene("question", "Câu 8/")
def _question(stage: Stage, page: Page) -> None:
    begin(stage, page, stage.fill(stage.ballot(), questions=7))
    choose(page, "q08.snv")


@scene("question-unanswered", "Còn 2 mục chưa trả lời", points_out=True)
def _question_unanswered(stage: Stage, page: Page) -> None:
    _question(stage, page)
    press(page)


@scene("question-20-units", "Câu 1/")
def _question_20_units(stage: Stage, page: Page) -> None:
    begin(stage, page, stage.ballot("all-units"))


@scene("component-one-unit", "Phần 3/7")
def _component_one_unit(stage: Stage, page: Page) -> None:
    begin(stage, page, stage.fill(stage.ballot("component"), ["snv"], 4))


@scene("component", "Phần 3/7")
def _component(stage: Stage, page: Page) -> None:
    begin(stage, page, stage.fill(stage.ballot("component"), questions=4))


@scene("component-unanswered", "chưa trả lời", points_out=True)
def _component_unanswered(stage: Stage, page: Page) -> None:
    _component(stage, page)
    press(page)


@scene("choices", "Câu hỏi thêm về từng cơ quan")
def _choices(stage: Stage, page: Page) -> None:
    begin(stage, page, stage.fill(stage.ballot("choices"), questions=0))
    page.goto("/phieu/hoi-don-vi")
    choose(page, "m3.snv")


@scene("choices-too-many", "Có 1 câu chọn quá số cho phép", points_out=True)
def _choices_too_many(stage: Stage, page: Page) -> None:
    _choices(stage, page)
    page.goto("/phieu/hoi-them")
    for level in "ABC-":
        choose(page, "m1", level=level)
    press(page)


def to_comments(stage: Stage, page: Page, comment: str = "") -> None:
    begin(stage, page, stage.fill(stage.ballot(), comment=comment))
    page.goto("/phieu/gop-y")


@scene("comments", "Không bắt buộc")
def _comments(stage: Stage, page: Page) -> None:
    to_comments(stage, page)


@scene("comments-kept", "Không bắt buộc")
def _comments_kept(stage: Stage, page: Page) -> None:
    to_comments(stage, page, "Thủ tục còn nhiều giấy tờ.\nXin bớt.")


@scene("comments-too-long", "Góp ý dài quá, xin rút ngắn", points_out=True)
def _comments_too_long(stage: Stage, page: Page) -> None:
    to_comments(stage, page)
    page.locator("textarea").fill("Quá dài. " * 250)
    press(page)


@scene("review", "Xem lại trước khi gửi")
def _review(stage: Stage, page: Page) -> None:
    begin(stage, page, stage.fill(stage.ballot(), comment="Thủ tục còn nhiều giấy tờ.\nXin bớt."))


@scene("review-missing", "Còn thiếu 4 mục")
def _review_missing(stage: Stage, page: Page) -> None:
    begin(stage, page, stage.fill(stage.ballot(), blanks=4))
    page.goto("/phieu/xem-lai")


@scene("review-much-missing", "Xem thêm")
def _review_much_missing(stage: Stage, page: Page) -> None:
    begin(stage, page, stage.fill(stage.ballot(), blanks=30))
    page.goto("/phieu/xem-lai")


@scene("review-empty", "Ông/Bà không chọn cơ quan nào")
def _review_empty(stage: Stage, page: Page) -> None:
    begin(stage, page, stage.fill(stage.ballot(), []))
    page.goto("/phieu/xem-lai")


@scene("review-changed", "Phiếu này vừa được sửa trên một thiết bị khác", points_out=True)
def _review_changed(stage: Stage, page: Page) -> None:
    ballot = stage.fill(stage.ballot())
    begin(stage, page, ballot)
    stage.fill(ballot, blanks=1)
    press(page, "Gửi phiếu")


@scene("receipt", "Phiếu đã được niêm phong trong hòm phiếu")
def _receipt(stage: Stage, page: Page) -> None:
    _review(stage, page)
    press(page, "Gửi phiếu")


@scene("receipt-unsealed", "Hòm phiếu đã được mở và kiểm xong")
def _receipt_unsealed(stage: Stage, page: Page) -> None:
    ballot, _receipt = stage.after
    page.goto(stage.link(ballot))


@scene("receipt-cancelled", "Hòm phiếu được hủy mà không mở")
def _receipt_cancelled(stage: Stage, page: Page) -> None:
    page.goto(stage.link(stage.cancelled[0]))


@scene("unit", "Cơ quan 2/3")
def _unit(stage: Stage, page: Page) -> None:
    begin(stage, page, stage.fill(stage.ballot("unit")))
    page.goto("/phieu/don-vi-snnptnt")


@scene("unit-unanswered", "Xem thêm", points_out=True)
def _unit_unanswered(stage: Stage, page: Page) -> None:
    begin(stage, page, stage.fill(stage.ballot("unit"), questions=0))
    press(page)


@scene("parts", "Xem lại và gửi phiếu")
def _parts(stage: Stage, page: Page) -> None:
    begin(stage, page, stage.fill(stage.ballot(), questions=7))
    choose(page, "q08.snv")
    page.get_by_role("link", name="Câu 8/19").click()


@scene("sheet", "Trang này để đọc hoặc in trước khi trả lời")
def _sheet(stage: Stage, page: Page) -> None:
    _start(stage, page)
    page.get_by_role("link", name="Đọc trước toàn bộ câu hỏi").click()


# What can go wrong


def two_devices(stage: Stage, page: Page) -> BallotName:
    """This device shows a question; the other one has answered it meanwhile."""
    ballot = stage.fill(stage.ballot(), questions=7)
    begin(stage, page, ballot)
    stage.fill(ballot, questions=8)
    choose(page, *(f"q08.{unit}" for unit in UNITS), level="D")
    return ballot


@scene("versions", "Ông/Bà dùng bản nào?", points_out=True)
def _versions(stage: Stage, page: Page) -> None:
    two_devices(stage, page)
    press(page)


@scene("versions-units", "Các cơ quan đã chọn", points_out=True)
def _versions_units(stage: Stage, page: Page) -> None:
    ballot = stage.ballot()
    begin(stage, page, ballot)
    stage.fill(ballot, questions=1)
    page.get_by_label("Sở Tài chính").check()
    press(page)


@scene("versions-unasked", "vừa được bỏ chọn", points_out=True)
def _versions_unasked(stage: Stage, page: Page) -> None:
    ballot = two_devices(stage, page)
    stage.fill(ballot, UNITS[:2], questions=8)
    press(page)


@scene("other-ballot", "Biểu mẫu này thuộc một phiếu khác", 409)
def _other_ballot(stage: Stage, page: Page) -> None:
    _question(stage, page)
    press(another_tab(page.context, stage.link(stage.ballot())))
    press(page)


@scene("no-ballot-open", "Trình duyệt này chưa mở phiếu nào", 403)
def _no_ballot_open(stage: Stage, page: Page) -> None:
    page.goto("/phieu")


@scene("form-without-ticket", "Biểu mẫu này không còn dùng được", 403)
def _form_without_ticket(stage: Stage, page: Page) -> None:
    _units(stage, page)
    page.locator("input[type=hidden]").evaluate("field => field.value = 'x'")
    press(page)


@scene("form-faulty", "Câu trả lời vừa gửi không hợp lệ", 422)
def _form_faulty(stage: Stage, page: Page) -> None:
    _question(stage, page)
    page.locator("input:checked").evaluate("field => field.value = 'Z'")
    press(page)


@scene("link-unknown", "Không có phiếu nào ở đường dẫn này", 404)
def _link_unknown(stage: Stage, page: Page) -> None:
    page.goto(stage.link(stage.ballot())[:-3])


@scene("link-replaced", "Đường dẫn này đã được thay", 404)
def _link_replaced(stage: Stage, page: Page) -> None:
    ballot = stage.ballot()
    stage.replace_link(ballot)
    page.goto(stage.link(ballot))


@scene("too-many-tries", "Có quá nhiều lần thử sai từ mạng này", 429)
def _too_many_tries(stage: Stage, page: Page) -> None:
    # An address of its own: the other scenes are allowed their wrong tries.
    page.context.set_extra_http_headers({"x-forwarded-for": "203.0.113.9"})
    for _time in range(60):
        page.context.request.get("/p/sai")
    page.goto("/p/sai")


@scene("not-open-yet", "Đợt điều tra chưa mở", 403)
def _not_open_yet(stage: Stage, page: Page) -> None:
    page.goto(stage.link(stage.ballot(wave="later", opens=NOW + timedelta(days=3))))


@scene("closed", "Đợt điều tra đã kết thúc", 410)
def _closed(stage: Stage, page: Page) -> None:
    page.goto(stage.link(stage.closed))


@scene("cancelled", "Đợt điều tra đã bị hủy", 410)
def _cancelled(stage: Stage, page: Page) -> None:
    page.goto(stage.link(stage.cancelled[1]))


@scene("keys-missing", "Tạm thời chưa mở được phiếu", 503)
def _keys_missing(stage: Stage, page: Page) -> None:
    ballot = stage.ballot(wave="lost")
    stage.booth.keys.erase_wave("lost")
    page.goto(stage.link(ballot))


@scene("no-page", "Không có trang này", 404)
def _no_page(stage: Stage, page: Page) -> None:
    page.goto("/khong-co")


@scene("no-such-request", "Trang này không nhận yêu cầu như vậy", 405)
def _no_such_request(stage: Stage, page: Page) -> None:
    _front(stage, page)
    send_by_script(page, "/")


@scene("crash", "Hệ thống gặp lỗi", 500)
def _crash(stage: Stage, page: Page) -> None:
    page.goto("/hong")
