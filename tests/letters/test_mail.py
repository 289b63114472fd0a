"""A letter as its reader gets it, and as the wire carries it."""

import dataclasses
import email
import email.policy
import re
import unicodedata
from datetime import UTC, datetime, timedelta, timezone
from email.header import decode_header, make_header
from email.message import EmailMessage
from typing import Any

import html5lib
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from app.index import estimate
from app.index import file as indexfile
from app.index.definition import Index
from app.keys.tokens import BallotName, Tokens
from app.letters import mail, senders
from app.letters.facts import LetterFacts
from app.letters.mail import Letterhead
from app.letters.senders import Sender
from tests.making.blocks import LAI_CHAU, make_index

TOKENS = Tokens(b"m" * 32, [b"k" * 32])
BALLOT = BallotName(bytes(range(12)), 1)
NOW = datetime(2023, 2, 20, 1, 30, tzinfo=UTC)
PROMISE = (
    "Phiếu được mã hóa ngay khi Ông/Bà gửi và chỉ được mở sau khi kết thúc đợt điều tra.",
    "Khi mở, hệ thống chỉ cộng số liệu chung, không lưu từng phiếu.",
    "Hệ thống chỉ biết Ông/Bà đã gửi phiếu hay chưa, để không nhắc lại.",
)
NASTY = [
    "=?utf-8?q?a=0ABcc=3A_x=40y.vn?=",
    unicodedata.normalize("NFD", "Nguyễn Thị Hường"),
    "Lò \u202eVăn\u202c Minh",
    '"Trần, Văn" <x@y.vn>, Bcc: z@y.vn',
    "O'Brien (Sở) \\ ;:,.",
    "Lò  Văn   Minh",
    "Nguyen Van A",
    "Ự" * 300,
    "𝒱ăn 👩‍👩‍👧‍👧",
]


def make_letterhead(index: Index | None = None, **changes: Any) -> Letterhead:
    index = index or make_index()
    changes.setdefault("base_url", "https://phieu.vi-du.vn")
    if "sender" not in changes:
        changes["sender"] = senders.of(index, None)
    return Letterhead(index, TOKENS, **changes)


def make_facts(**changes: Any) -> LetterFacts:
    facts = LetterFacts(
        kind="invitation",
        message_id="0123456789abcdef@phieu.vi-du.vn",
        ballot=BALLOT,
        name="Lò Văn Minh",
        email="minh.lo@vi-du.vn",
        group="hdnd",
        agency=None,
        assigned=(),
        closes_at=datetime(2023, 3, 4, 10, 0, tzinfo=UTC),
    )
    return dataclasses.replace(facts, **changes)


def read(wire: bytes) -> EmailMessage:
    message = email.message_from_bytes(wire, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    assert not message.defects
    return message


def parts(wire: bytes) -> tuple[str, str]:
    plain, html = (read(wire).get_body((kind,)) for kind in ("plain", "html"))
    assert plain is not None
    assert html is not None
    return plain.get_content(), html.get_content()


def letter(letterhead: Letterhead | None = None, **changes: Any) -> bytes:
    return mail.render(make_facts(**changes), letterhead or make_letterhead(), NOW)


def subject_of(index: Index, kind: str = "invitation") -> str:
    facts = make_facts(kind=kind, group=index.groups[0].code)
    return str(read(mail.render(facts, make_letterhead(index), NOW))["Subject"])


def words_of(wire: bytes, header: str, address: str) -> str:
    """The words before the one address of a header, as RFC 2047 reads them."""
    (mailbox,) = read(wire)[header].addresses
    assert mailbox.addr_spec == address
    head = wire.partition(b"\r\n\r\n")[0].decode()
    (field,) = re.findall(rf"(?m)^{header}: ((?:.*\r\n[ ])*).*$", head)
    # Read as a whole: the newer parser puts spaces between the encoded words of a long name.
    return str(make_header(decode_header(field.replace("\r\n", "").rstrip())))


LINK = f"https://phieu.vi-du.vn/p/{TOKENS.link(BALLOT)}"
CODE = TOKENS.access_code(BALLOT)


@pytest.mark.parametrize("kind", ["invitation", "reminder", "copy"])
def test_the_text_part_has_link_code_and_front_page_each_alone_on_a_line(kind: str) -> None:
    lines = parts(letter(kind=kind))[0].splitlines()
    assert lines.count(LINK) == 1
    assert lines.count(CODE) == 1
    assert "https://phieu.vi-du.vn/" in lines
    assert re.fullmatch(r"(\w{4}-){3}\w{4}", CODE)


@pytest.mark.parametrize("kind", ["invitation", "reminder", "copy"])
def test_the_html_part_opens_the_ballot_by_button_bare_link_and_code(kind: str) -> None:
    page = html5lib.parse(parts(letter(kind=kind))[1], namespaceHTMLElements=False)
    links = [(each.get("href"), "".join(each.itertext())) for each in page.iter("a")]
    assert (LINK, "Mở phiếu") in links
    assert (LINK, LINK) in links
    assert ("https://phieu.vi-du.vn/", "https://phieu.vi-du.vn/") in links
    assert CODE in "".join(page.itertext())


def test_a_link_stays_whole_however_long_it_is() -> None:
    base = "https://phieu.vi-du.vn/" + "dot-dieu-tra/" * 30 + "x"
    text, html = parts(letter(make_letterhead(base_url=base)))
    assert f"{base}/p/{TOKENS.link(BALLOT)}" in text.splitlines()
    assert f'href="{base}/p/{TOKENS.link(BALLOT)}"' in html


def test_both_parts_hold_the_promise_word_for_word() -> None:
    for part in parts(letter()):
        for sentence in PROMISE:
            assert sentence in part


def test_a_letter_says_who_asks_on_what_basis_why_this_person_and_whom_to_ask() -> None:
    index = make_index()
    assert index.organiser is not None
    for part in parts(letter()):
        plain = part.replace("\u00a0", " ")
        for words in (
            index.organiser.name,
            index.organiser.basis,
            index.organiser.contact,
            index.organiser.phone,
            index.group_of["hdnd"].name,
            "Lò Văn Minh",
        ):
            assert words is not None
            assert words in plain


def test_an_organiser_without_basis_phone_or_contact_gets_a_sound_letter() -> None:
    index = make_index()
    assert index.organiser is not None
    bare = dataclasses.replace(
        index.organiser, basis=None, phone=None, contact=None, notice=None, email=None
    )
    letterhead = make_letterhead(
        dataclasses.replace(index, organiser=bare), sender=Sender("a@b.vn", "Sở", None)
    )
    wire = letter(letterhead)
    assert read(wire)["Reply-To"] is None
    for part in parts(wire):
        assert "None" not in part
        assert "Cần hỏi" not in part
        assert "Sở Nội vụ xin mời Ông/Bà đánh giá" in part


@pytest.mark.parametrize(
    ("phone", "link"),
    [
        ("0213 000 000", "tel:+84213000000"),
        ("+84 (213) 000-000", "tel:+84213000000"),
        ("0213 000 000 hoặc 0912 000 000", None),
        ("máy lẻ 12", None),
    ],
)
def test_one_number_can_be_dialled_from_the_letter(phone: str, link: str | None) -> None:
    index = make_index()
    assert index.organiser is not None
    organiser = dataclasses.replace(index.organiser, phone=phone)
    html = parts(letter(make_letterhead(dataclasses.replace(index, organiser=organiser))))[1]
    page = html5lib.parse(html, namespaceHTMLElements=False)
    dialled = [each.get("href") for each in page.iter("a") if each.get("href")[:4] == "tel:"]
    assert dialled == ([link] if link else [])
    assert phone in html.replace("\u00a0", " ")


@pytest.mark.parametrize("name", NASTY)
def test_the_name_in_the_header_reads_as_it_was_given(name: str) -> None:
    assert words_of(letter(name=name), "To", "minh.lo@vi-du.vn") == name


@pytest.mark.parametrize("name", NASTY)
def test_the_organisers_name_reads_as_it_was_given(name: str) -> None:
    wire = letter(make_letterhead(sender=Sender("phieu@vi-du.vn", name, None)))
    assert words_of(wire, "From", "phieu@vi-du.vn") == name


@hypothesis_settings(max_examples=60, deadline=None)
@given(name=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=120))
def test_no_name_makes_a_header_or_a_line_of_its_own(name: str) -> None:
    wire = letter(name=name, kind="reminder")
    usual = read(letter(kind="reminder"))
    message = read(wire)
    assert message.keys() == usual.keys()
    assert [each.addr_spec for each in message["To"].addresses] == ["minh.lo@vi-du.vn"]
    assert parts(wire)[0].splitlines().count(LINK) == 1
    assert max(map(len, wire.split(b"\r\n"))) <= 998
    assert wire.isascii()
    assert b"\n" not in wire.replace(b"\r\n", b"")


def test_a_line_end_in_a_name_becomes_a_space() -> None:
    (address,) = read(letter(name="Lò\r\nBcc: x@y.vn"))["To"].addresses
    assert address.display_name == "Lò Bcc: x@y.vn"


def test_a_name_is_text_in_the_page_too() -> None:
    html = parts(letter(name="<script>alert(1)</script> & “Lò”"))[1]
    assert "<script" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; “Lò”" in html


def test_the_subject_keeps_its_spaces_and_its_letters() -> None:
    reform = indexfile.parse(LAI_CHAU.read_bytes())
    assert subject_of(reform) == f"Mời Ông/Bà đánh giá cải cách hành chính năm {reform.year}"
    assert subject_of(reform, "reminder").startswith("Nhắc lại: mời Ông/Bà")


def test_of_what_is_asked_alone_the_letters_say_the_name_and_nothing_of_reform() -> None:
    index = make_index()
    assert subject_of(index) == f"Mời Ông/Bà tham gia điều tra: {index.name}"
    kinds = ("reminder", "extended", "cancellation", "moved", "removed")
    assert [kind for kind in kinds if index.name not in subject_of(index, kind)] == []


def test_headers_say_that_a_program_wrote_and_a_person_reads_answers() -> None:
    message = read(letter())
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Reply-To"].addresses[0].addr_spec == "cchc@vi-du.vn"
    assert message["Message-ID"] == "<0123456789abcdef@phieu.vi-du.vn>"
    assert message["Date"].datetime == NOW
    assert message["Date"].datetime.utcoffset() == timedelta(hours=7)


def test_reminders_can_be_stopped_by_link_and_by_the_mail_program() -> None:
    for kind in ("invitation", "reminder", "copy"):
        wire = letter(kind=kind)
        message = read(wire)
        address = message["List-Unsubscribe"].strip("<>")
        base, _slash, token = address.rpartition("/")
        assert base == "https://phieu.vi-du.vn/khong-nhac"
        assert TOKENS.read_no_reminders(token) == BALLOT
        assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        text, html = parts(wire)
        assert address in text.splitlines()
        assert f'href="{address}"' in html


def test_one_click_is_offered_over_https_alone() -> None:
    head = dataclasses.replace(make_letterhead(), base_url="http://127.0.0.1:8000")
    message = read(letter(head))
    assert message["List-Unsubscribe"].startswith("<http://127.0.0.1:8000/khong-nhac/")
    assert message["List-Unsubscribe-Post"] is None


def test_nothing_in_the_headers_opens_the_ballot() -> None:
    head = letter().partition(b"\r\n\r\n")[0]
    assert TOKENS.link(BALLOT).encode() not in head
    assert CODE.encode() not in head


@pytest.mark.parametrize("kind", ["invitation", "reminder", "copy", "cancellation"])
def test_the_page_is_sound_and_fetches_nothing(kind: str) -> None:
    html = parts(letter(kind=kind, cancel_reason="Danh sách sai"))[1]
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    page = parser.parse(html)
    assert page.get("lang") == "vi"
    assert not re.search(r"\b(src|srcset|background|action)=|url\(|@import|<link|<script", html)
    assert "prefers-color-scheme: dark" in html
    assert all(table.get("role") == "presentation" for table in page.iter("table"))
    assert len(list(page.iter("h1"))) == 1
    assert {each.get("href", "").partition("/p/")[0] for each in page.iter("a")} <= {
        "https://phieu.vi-du.vn",
        "https://phieu.vi-du.vn/",
        f"https://phieu.vi-du.vn/khong-nhac/{TOKENS.no_reminders(BALLOT)}",
        "tel:+84213000000",
    }


@pytest.mark.parametrize(
    "kind", ["invitation", "reminder", "extended", "copy", "cancellation", "moved", "removed"]
)
def test_paragraphs_of_the_text_part_stand_one_blank_line_apart(kind: str) -> None:
    text = parts(letter(kind=kind, cancel_reason="Danh sách sai"))[0]
    assert "\n\n\n" not in text
    assert text == text.strip() + "\n"


def test_a_reminder_says_that_link_and_draft_are_the_same() -> None:
    for part in parts(letter(kind="reminder")):
        assert "Hệ thống chưa nhận được phiếu của Ông/Bà." in part
    for part in parts(letter()):
        assert "chưa nhận được" not in part


def test_a_copy_says_that_somebody_asked_for_it() -> None:
    for part in parts(letter(kind="copy")):
        assert "gửi lại theo yêu cầu" in part


def test_a_cancellation_gives_the_reason_and_no_way_in() -> None:
    wire = letter(kind="cancellation", cancel_reason="Danh sách <sai> & thiếu")
    text, html = parts(wire)
    assert "Lý do: Danh sách <sai> & thiếu" in text.splitlines()
    assert "Lý do: Danh sách &lt;sai&gt; &amp; thiếu" in html
    assert read(wire)["List-Unsubscribe"] is None
    for part in (text, html):
        assert "/p/" not in part
        assert CODE not in part


def test_letters_of_one_wave_do_not_mix_people_up() -> None:
    letterhead = make_letterhead()
    other = BallotName(b"y" * 12, 3)
    first = parts(letter(letterhead))
    second = parts(letter(letterhead, ballot=other, name="Giàng A Sáng"))
    assert [part for part in second if LINK in part or CODE in part or "Minh" in part] == []
    assert TOKENS.link(other) in second[0]
    assert first == parts(letter(letterhead))


def test_who_took_part_may_be_listed_only_where_the_letter_says_so() -> None:
    sentence = "có thể lập danh sách người đã gửi phiếu"
    listed = make_letterhead(make_index("participation-list"))
    group = listed.index.groups[0].code
    for part in parts(letter(listed, group=group)):
        assert sentence in part
    for part in parts(letter()):
        assert sentence not in part


@pytest.mark.parametrize(
    ("closes_at", "words"),
    [
        ("2023-03-04T17:00+07:00", "17\u00a0giờ\u00a000, thứ Bảy ngày\u00a004/3/2023"),
        ("2023-03-05T00:00+07:00", "hết thứ Bảy, ngày\u00a004/3/2023"),
        ("2023-03-04T17:00Z", "hết thứ Bảy, ngày\u00a004/3/2023"),
        ("2023-03-05T00:01+07:00", "0\u00a0giờ\u00a001, Chủ nhật ngày\u00a005/3/2023"),
    ],
)
def test_closing_at_midnight_is_the_end_of_the_day_before(closes_at: str, words: str) -> None:
    closes = datetime.fromisoformat(closes_at)
    assert estimate.deadline(closes) == words
    assert f"Hạn gửi: {words}" in parts(letter(closes_at=closes))[0].splitlines()


def test_minutes_are_answers_by_twelve_rounded_up() -> None:
    index = make_index()
    asked = index.asked("hdnd", index.rated_units("hdnd", None))
    found = estimate.estimate(index, "hdnd", None)
    assert (found.minutes - 1) * 12 < len(asked) <= found.minutes * 12
    assert found.units == tuple(dict.fromkeys(unit for _question, unit in asked))


def test_questions_that_only_ask_take_their_time_too() -> None:
    index = make_index("choices")
    few = estimate.estimate(index, "xa", "snv")  # q1, m2 and m3 about one unit, and m1
    assert (few.units, few.counted, few.minutes) == (("stc",), 1, 1)
    units = [dataclasses.replace(index.units[0], code=f"u{place}") for place in range(9)]
    many = estimate.estimate(dataclasses.replace(index, units=tuple(units)), "xa", None)
    assert (len(many.units), many.minutes) == (9, 3)  # 28 answers


def test_where_units_are_chosen_the_minutes_are_for_six() -> None:
    index = indexfile.parse(LAI_CHAU.read_bytes())
    found = estimate.estimate(index, "ubnd", None)
    answers = len(index.asked("ubnd", list(index.unit_of)))
    assert found.counted == 6
    assert len(found.units) == 20
    assert (found.minutes - 1) * 12 * 20 < answers * 6 <= found.minutes * 12 * 20
    line = f"khoảng {found.minutes} phút cho 6 cơ quan, có thể dừng và trả lời tiếp"
    letterhead = make_letterhead(index)
    assert f"Thời gian: {line}" in parts(letter(letterhead, group="ubnd"))[0].splitlines()


def test_what_is_asked_of_one_person_is_what_the_letter_counts() -> None:
    index = make_index("own-unit-exclude")
    letterhead = make_letterhead(index)
    group = next(group.code for group in index.groups if group.rates == "all")
    everybody = parts(letter(letterhead, group=group))[0]
    of_a_unit = parts(letter(letterhead, group=group, agency=index.units[0].code))[0]
    assert everybody != of_a_unit


def test_the_sender_is_the_setting_before_the_organiser() -> None:
    index = make_index()
    assert senders.of(index, "phieu@tinh.gov.vn").address == "phieu@tinh.gov.vn"
    assert senders.of(index, "Sở Nội vụ <phieu@tinh.gov.vn>").address == "phieu@tinh.gov.vn"
    assert senders.of(index, None) == Sender("cchc@vi-du.vn", "Sở Nội vụ", "cchc@vi-du.vn")


@pytest.mark.parametrize("setting", ["phieu", "a b@c.vn", "a@b.vn\nBcc: x@y.vn", "<>"])
def test_a_sender_that_is_no_address_is_refused_with_the_remedy(setting: str) -> None:
    with pytest.raises(senders.SenderMissing, match="PHIEU_MAIL_FROM"):
        senders.of(make_index(), setting)


def test_an_international_domain_goes_in_its_ascii_form() -> None:
    assert mail.mailbox("minh@bücher.vn") == "minh@xn--bcher-kva.vn"


@pytest.mark.parametrize(
    "address",
    ["", "minh", "mình@vi-du.vn", "a@b.vn, c@d.vn", "<a@b.vn>", "a@b.vn\r\nRCPT TO:<c@d.vn>", "@"],
)
def test_what_is_no_single_mailbox_never_reaches_the_relay(address: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        mail.mailbox(address)


def test_dates_are_written_in_the_time_of_ha_noi() -> None:
    elsewhere = NOW.astimezone(timezone(timedelta(hours=-5)))
    assert mail.render(make_facts(), make_letterhead(), elsewhere) == letter()
